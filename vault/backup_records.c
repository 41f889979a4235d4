/* SPDX-License-Identifier: ISC */
/*
 * Snapshots of records. Layer: verbs. Invariants: what is copied is one
 * committed state, whatever writers do meanwhile; a pack's copy only grows; a
 * snapshot counts once its manifest is there, and that comes after everything
 * was read back. Keys, anchors and slot files are never touched here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/store/pack.h"

/* A snapshot on its way. */
struct work {
	struct hrv_vault *v;
	struct backup_dir dir;
	struct backup_run run;
	struct snapshot before; /* the newest there is */
	bool has_before;
	struct snapshot now;
	char *tmp; /* records/<id>.tmp */
	struct pack_end *packs;
	size_t n_packs;
	uint8_t manifest[32];
};

/* The folder can be continued only while the log continues what is in it. */
static int
check_history(
    struct work *w, const struct tree_frontier *f, struct hrv_err *err)
{
	uint8_t root[TREE_HASH];
	int rc = HRV_OK;

	if (!w->has_before)
		return HRV_OK;
	if (w->before.log_size < f->size)
		rc = log_root_at(w->v->db, w->before.log_size, root, err);
	else
		tree_frontier_root(f, root);
	if (rc == HRV_OK &&
	    (w->before.log_size > f->size ||
		memcmp(root, w->before.log_root, sizeof(root)) != 0)) {
		hrv_fail_as(err, HRV_EREFUSED, "other-history",
		    "this folder holds a later or another history than the "
		    "vault has now");
		rc = hrv_hint(err,
		    "keep the folder as it is and name a new one; 'hrvault "
		    "audit verify' tells whether the vault was rolled back");
	}
	return rc;
}

static int
list_packs(struct work *w, struct hrv_err *err)
{
	struct pack_end *list;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(w->v->db, SQL_PACK_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		list = realloc(w->packs, (w->n_packs + 1) * sizeof(*list));
		if (list == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		w->packs = list;
		list[w->n_packs].pack = (uint32_t)db_col_int(st, 0);
		list[w->n_packs++].len = (uint64_t)db_col_int(st, 1);
	}
	db_reset(st);
	return rc;
}

static int
count_records(struct work *w, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_VERSION_COUNT_LIVE, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	w->now.records = (uint64_t)db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

/* What the snapshot says of itself, from the state that is copied. */
static int
describe(struct work *w, struct hrv_err *err)
{
	struct hrv_vault *v = w->v;
	struct tree_frontier f;
	int rc = log_frontier(v->db, &f, err);

	if (rc == HRV_OK)
		rc = check_history(w, &f, err);
	if (rc == HRV_OK && !when_format(vault_now(v), w->now.time))
		rc = hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	if (rc == HRV_OK)
		rc = list_packs(w, err);
	if (rc == HRV_OK)
		rc = count_records(w, err);
	w->now.id = w->run.id;
	memcpy(w->now.vault, v->id, sizeof(v->id));
	memcpy(w->now.origin, v->origin, sizeof(v->origin));
	memcpy(w->now.slots, v->slots->hash, sizeof(w->now.slots));
	w->now.gen = v->gen;
	w->now.log_size = f.size;
	tree_frontier_root(&f, w->now.log_root);
	return rc;
}

/* Inside one read transaction: description and copy are of the same state. */
static int
copy_db(struct work *w, struct hrv_err *err)
{
	struct hrv_vault *v = w->v;
	char *path = NULL;
	int rc = db_begin_read(v->db, err);

	if (rc == HRV_OK)
		rc = describe(w, err);
	if (rc == HRV_OK)
		rc = file_mkdir(w->tmp, BACKUP_MODE_DIR, err);
	if (rc == HRV_OK)
		rc = file_join(w->tmp, NAME_DB, &path, err);
	if (rc == HRV_OK)
		rc = db_copy(v->db,
		    keyring_current(&v->ring, v->slots, KEY_META, NULL), path,
		    err);
	db_rollback(v->db);
	free(path);
	return rc;
}

/* Every page of the copy opens, and its log is the one it is said to have. */
static int
check_db(struct work *w, const char *path, struct hrv_err *err)
{
	struct db_open_args a = {
		.path = path, .mode = DB_READONLY, .key_verified = true
	};
	struct tree_frontier f;
	uint8_t root[TREE_HASH];
	struct db *db = NULL;
	int rc;

	a.key = keyring_current(&w->v->ring, w->v->slots, KEY_META, NULL);
	rc = db_open(&a, &db, err);
	if (rc == HRV_OK)
		rc = db_check(db, err);
	if (rc == HRV_OK)
		rc = log_frontier(db, &f, err);
	if (rc == HRV_OK) {
		tree_frontier_root(&f, root);
		if (f.size != w->now.log_size ||
		    memcmp(root, w->now.log_root, sizeof(root)) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the copy of the database has another log");
	}
	db_close(db);
	return rc;
}

static int
measure(const char *path, struct segment *ret, struct hrv_err *err)
{
	int rc = file_size(path, &ret->bytes, err);

	return rc == HRV_OK ? file_hash(path, 0, ret->bytes, ret->hash, err)
			    : rc;
}

static int
finish_db(struct work *w, struct hrv_err *err)
{
	char *path = NULL;
	int rc = file_join(w->tmp, NAME_DB, &path, err);

	if (rc == HRV_OK && chmod(path, FILE_MODE_PRIVATE) != 0)
		rc = hrv_fail(err, HRV_EIO, "the copy cannot be made private");
	if (rc == HRV_OK)
		rc = check_db(w, path, err);
	if (rc == HRV_OK)
		rc = measure(path, &w->now.db, err);
	w->run.copied += w->now.db.bytes;
	free(path);
	return rc;
}

static int
copy_cfg(struct work *w, struct hrv_err *err)
{
	char *from = NULL, *to = NULL;
	uint64_t size = 0;
	int rc = vault_path(w->v, NAME_CFG, &from, err);

	if (rc == HRV_OK)
		rc = file_join(w->tmp, NAME_CFG, &to, err);
	if (rc == HRV_OK)
		rc = file_size(from, &size, err);
	if (rc == HRV_OK)
		rc = file_extend(from, to, 0, size, w->now.cfg.hash, err);
	w->now.cfg.bytes = size;
	w->run.copied += size;
	free(from);
	free(to);
	return rc;
}

/* What the folder has of a pack already. */
static int
take_segments(struct work *w, uint32_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; i < w->before.n_packs; i++) {
		const struct pack_copy *p = &w->before.packs[i];

		for (size_t j = 0; rc == HRV_OK && p->n == n && j < p->count;
		     j++)
			rc = snapshot_add(&w->now, n, &p->segments[j], err);
	}
	return rc;
}

/* Adds what is new, and reads that back. */
static int
copy_pack(struct work *w, const struct pack_end *end, struct hrv_err *err)
{
	char name[32], *from = NULL, *to = NULL;
	struct segment seg = { 0 };
	uint8_t again[32];
	uint64_t have;
	int rc = take_segments(w, end->pack, err);

	have = snapshot_pack_len(&w->now, end->pack);
	if (rc != HRV_OK || have >= end->len)
		return rc;
	snprintf(name, sizeof(name), "pack/%u", (unsigned)end->pack);
	rc = vault_path(w->v, name, &from, err);
	if (rc == HRV_OK)
		rc = file_join(w->dir.path, name, &to, err);
	if (rc == HRV_OK)
		rc = file_extend(from, to, have, end->len, seg.hash, err);
	if (rc == HRV_OK)
		rc = file_hash(to, have, end->len, again, err);
	if (rc == HRV_OK && memcmp(again, seg.hash, sizeof(again)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the copy of a pack does not read back as it was written");
	seg.bytes = end->len - have;
	w->run.copied += seg.bytes;
	if (rc == HRV_OK)
		rc = snapshot_add(&w->now, end->pack, &seg, err);
	free(from);
	free(to);
	return rc;
}

static int
copy_packs(struct work *w, struct hrv_err *err)
{
	char *dir = NULL;
	int rc = file_join(w->dir.path, "pack", &dir, err);

	if (rc == HRV_OK && access(dir, F_OK) != 0)
		rc = file_mkdir(dir, BACKUP_MODE_DIR, err);
	for (size_t i = 0; rc == HRV_OK && i < w->n_packs; i++)
		rc = copy_pack(w, &w->packs[i], err);
	free(dir);
	return rc;
}

/* The manifest, then the name: from here on it is a backup. */
static int
finish(struct work *w, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *path = NULL, *name = NULL;
	int rc = snapshot_write(&w->now, &text, err);

	if (rc == HRV_OK)
		rc = file_join(w->tmp, "manifest.json", &path, err);
	if (rc == HRV_OK)
		rc = file_write_new(
		    path, text.data, text.len, FILE_MODE_PRIVATE, err);
	if (rc == HRV_OK)
		rc = backup_path(
		    w->dir.path, "records", &w->run.id, "", &name, err);
	if (rc == HRV_OK && rename(w->tmp, name) != 0)
		rc = hrv_fail(
		    err, HRV_EIO, "the backup cannot be given its name");
	if (rc == HRV_OK)
		rc = file_sync_parent(name, err);
	crypt_sha256(text.data, text.len, w->manifest);
	w->run.log_size = w->now.log_size;
	w->run.bytes = w->now.db.bytes + w->now.cfg.bytes;
	for (size_t i = 0; i < w->n_packs; i++)
		w->run.bytes += w->packs[i].len;
	free(name);
	free(path);
	buf_clear(&text);
	return rc;
}

static int
make(struct work *w, struct hrv_err *err)
{
	int rc = backup_path(
	    w->dir.path, "records", &w->run.id, ".tmp", &w->tmp, err);

	if (rc == HRV_OK)
		rc = snapshot_newest(
		    w->dir.path, NULL, &w->before, &w->has_before, err);
	if (rc == HRV_OK)
		rc = copy_db(w, err);
	if (rc == HRV_OK)
		rc = finish_db(w, err);
	if (rc == HRV_OK)
		rc = copy_cfg(w, err);
	if (rc == HRV_OK)
		rc = copy_packs(w, err);
	if (rc == HRV_OK)
		rc = finish(w, err);
	if (rc != HRV_OK && w->tmp != NULL)
		file_remove_tree(w->tmp);
	return rc;
}

static json_t *
payload(const struct work *w)
{
	json_t *p = json_object();

	if (p == NULL || json_set_int(p, "bytes", (int64_t)w->run.bytes) ||
	    json_set_int(p, "copied", (int64_t)w->run.copied) ||
	    json_set_int(p, "log_size", (int64_t)w->run.log_size) ||
	    json_set_hex(p, "manifest_sha256", w->manifest, 32) ||
	    json_set_int(p, "records", (int64_t)w->now.records)) {
		json_decref(p);
		return NULL;
	}
	return p;
}

static int
conclude(struct work *w, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *p = payload(w), *doc;
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : backup_end(w->v, &w->run, p, err);

	if (rc != HRV_OK) {
		json_decref(p);
		return rc;
	}
	doc = json_deep_copy(p);
	json_decref(p);
	id_format(&w->run.id, id);
	if (doc == NULL || json_set_str(doc, "backup", id)) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_backup_records(struct hrv_vault *v, const char *dir,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct work w = { .v = v,
		.dir = BACKUP_DIR_INIT,
		.run = { .op = "backup.records", .kind = "records" } };
	int rc = role_may(v->role, w.run.op, err);

	vault_new_id(ID_BACKUP, &w.run.id);
	if (rc == HRV_OK)
		rc = backup_dir_open(v, dir, "records", &w.dir, err);
	if (rc == HRV_OK)
		rc = backup_begin(v, &w.run, err);
	if (rc == HRV_OK)
		rc = make(&w, err);
	if (rc == HRV_OK)
		rc = conclude(&w, ret_doc, err);
	else
		rc = backup_fail(v, &w.run, err);
	receipt_drop(&w.run.intent);
	backup_dir_close(&w.dir);
	snapshot_clear(&w.before);
	snapshot_clear(&w.now);
	free(w.packs);
	free(w.tmp);
	return rc;
}
