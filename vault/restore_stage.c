/* SPDX-License-Identifier: ISC */
/*
 * Building a vault from its backups. Layer: verbs. Invariants: every byte is
 * compared with the manifest before it is used; the folder has no name that
 * anybody would take for a vault's until it is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/keys.h"
#include "vault/log/append.h"
#include "vault/reserve.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

#define MODE_SEEN 03770

static int
make_folders(const struct restore *r, struct hrv_err *err)
{
	static const char *const subs[] = { "pack", "certificates",
		"sessions" };
	char *path = NULL;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < 3; i++) {
		rc = file_join(r->stage, subs[i], &path, err);
		if (rc == HRV_OK)
			rc = file_mkdir(path, FILE_MODE_DIR, err);
		free(path);
		path = NULL;
	}
	if (rc == HRV_OK)
		rc = file_join(r->stage, "seen", &path, err);
	if (rc == HRV_OK)
		rc = file_mkdir(path, MODE_SEEN, err);
	free(path);
	return rc;
}

/* Copies a file that must be exactly this. */
static int
copy_exact(const char *from, const char *to, const struct segment *want,
    struct hrv_err *err)
{
	uint8_t hash[32] = { 0 };
	uint64_t size = 0;
	int rc = file_size(from, &size, err);

	if (rc == HRV_OK)
		rc = file_extend(from, to, 0, want->bytes, hash, err);
	if (rc == HRV_OK && chmod(to, FILE_MODE_SHARED) != 0)
		rc = file_error(errno, "making shared", to, err);
	if (rc == HRV_OK && (size != want->bytes ||
				memcmp(hash, want->hash, sizeof(hash)) != 0))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a file of the backup is not what its manifest says");
	return rc;
}

static int
copy_named(const struct restore *r, const char *name,
    const struct segment *want, struct hrv_err *err)
{
	char suffix[32], *from = NULL, *to = NULL;
	int rc;

	snprintf(suffix, sizeof(suffix), "/%s", name);
	rc = backup_path(
	    r->args->records, "records", &r->snap.id, suffix, &from, err);
	if (rc == HRV_OK)
		rc = file_join(r->stage, name, &to, err);
	if (rc == HRV_OK)
		rc = copy_exact(from, to, want, err);
	free(from);
	free(to);
	return rc;
}

/* Segment by segment, each against its hash. */
static int
copy_pack(
    const struct restore *r, const struct pack_copy *p, struct hrv_err *err)
{
	char name[32], *from = NULL, *to = NULL;
	uint8_t hash[32];
	uint64_t at = 0;
	int rc;

	snprintf(name, sizeof(name), "pack/%u", (unsigned)p->n);
	rc = file_join(r->args->records, name, &from, err);
	if (rc == HRV_OK)
		rc = file_join(r->stage, name, &to, err);
	for (size_t i = 0; rc == HRV_OK && i < p->count; i++) {
		const struct segment *s = &p->segments[i];

		rc = file_extend(from, to, at, at + s->bytes, hash, err);
		if (rc == HRV_OK && memcmp(hash, s->hash, sizeof(hash)) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "a pack of the backup is not what its manifest "
			    "says");
		at += s->bytes;
	}
	if (rc == HRV_OK && chmod(to, FILE_MODE_SHARED) != 0)
		rc = file_error(errno, "making shared", to, err);
	free(from);
	free(to);
	return rc;
}

static int
write_slots(const struct restore *r, const uint8_t *text, size_t len,
    struct hrv_err *err)
{
	struct slots *s = NULL;
	char name[32], *path = NULL;
	int rc;

	if (len == 0)
		return HRV_OK;
	rc = slots_parse(text, len, &s, err);
	if (rc == HRV_OK) {
		snprintf(name, sizeof(name), "slots.%u", (unsigned)s->gen);
		rc = file_join(r->stage, name, &path, err);
	}
	if (rc == HRV_OK)
		rc = file_write_new(path, text, len, FILE_MODE_SHARED, err);
	free(path);
	slots_free(s);
	return rc;
}

static int
copy_files(struct restore *r, struct hrv_err *err)
{
	char *cfg = NULL;
	int rc = make_folders(r, err);

	if (rc == HRV_OK)
		rc = copy_named(r, NAME_DB, &r->snap.db, err);
	for (size_t i = 0; rc == HRV_OK && i < r->snap.n_packs; i++)
		rc = copy_pack(r, &r->snap.packs[i], err);
	if (rc == HRV_OK)
		rc = write_slots(r, r->keys.slots.data, r->keys.slots.len, err);
	if (rc == HRV_OK)
		rc = write_slots(
		    r, r->keys.before.data, r->keys.before.len, err);
	if (rc == HRV_OK)
		rc = file_join(r->stage, NAME_CFG, &cfg, err);
	if (rc == HRV_OK)
		rc = file_write_new(cfg, r->keys.cfg.data, r->keys.cfg.len,
		    FILE_MODE_SHARED, err);
	free(cfg);
	return rc;
}

static int
older_keys(const struct restore *r, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "older-keys",
	    "members or keys were changed after this key backup and before "
	    "this snapshot");
	return hrv_hint(err,
	    "use a newer key backup (--keys), one that covers %llu entries of "
	    "the log or more (the head of each .hrvk file says it), or an "
	    "older snapshot (--snapshot B)",
	    (unsigned long long)r->snap.log_size);
}

static int
open_stage(struct restore *r, struct hrv_err *err)
{
	struct hrv_open_args a = r->args->open;
	int rc;

	a.dir = r->stage;
	a.state_dir = r->private;
	a.staged = true;
	a.restoring = true;
	rc = hrv_open(&a, &r->v, err);
	if (rc == HRV_EKEY && strcmp(err->name, "database-key") == 0 &&
	    r->keys.log.size <= r->snap.log_size)
		rc = older_keys(r, err);
	return rc;
}

/* The database is the one of the manifest, and every page of it opens. */
static int
check_db(struct restore *r, struct hrv_err *err)
{
	struct tree_frontier f;
	uint8_t root[TREE_HASH];
	int rc = db_check(r->v->db, err);

	if (rc == HRV_OK)
		rc = log_frontier(r->v->db, &f, err);
	if (rc != HRV_OK)
		return rc;
	tree_frontier_root(&f, root);
	if (f.size != r->snap.log_size ||
	    memcmp(root, r->snap.log_root, sizeof(root)) != 0 ||
	    memcmp(r->v->id, r->vault, sizeof(r->vault)) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the database of the backup is not the one of its "
		    "manifest");
	return HRV_OK;
}

/* The slot file of the key backup must be the one of the snapshot, or come
 * after it: an older one knows neither the members nor the keys. */
static int
check_slots(struct restore *r, struct hrv_err *err)
{
	uint8_t hash[32];
	struct buf hex = BUF_INIT;
	struct stmt *st;
	bool said = false;
	int rc;

	crypt_sha256(r->keys.slots.data, r->keys.slots.len, hash);
	if (memcmp(hash, r->v->slots->hash, sizeof(hash)) == 0)
		return HRV_OK;
	enc_hex(&hex, hash, sizeof(hash));
	rc = db_stmt(r->v->db, SQL_LOG_GET_SAYING, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_blob(st, 1, hex.data, hex.len);
		rc = db_step(st, &said, err);
		db_reset(st);
	}
	buf_clear(&hex);
	return rc == HRV_OK && said ? older_keys(r, err) : rc;
}

static int
fill_keystore(struct restore *r, struct hrv_err *err)
{
	struct keystore_dek dek;
	bool more = true;
	int rc = keystore_begin(r->v->ks, err);

	while (rc == HRV_OK && more) {
		rc = bundle_next(&r->keys, &dek, &more, err);
		if (rc == HRV_OK && more)
			rc = keystore_add(r->v->ks, &dek, err);
	}
	if (rc == HRV_OK)
		rc = keystore_commit(r->v->ks, err);
	else
		keystore_rollback(r->v->ks);
	return rc;
}

static int
make_keystore(struct restore *r, struct hrv_err *err)
{
	const struct key *kw =
	    keyring_current(&r->v->ring, r->v->slots, KEY_WRITE, NULL);
	int rc = kw == NULL ? hrv_fail_as(err, HRV_EREFUSED, "role",
				  "the role %s restores nothing",
				  role_name(r->v->role))
			    : keystore_restore(r->stage, r->v->gen, kw, err);

	if (rc == HRV_OK)
		rc = keys_open(r->v, err);
	return rc == HRV_OK ? fill_keystore(r, err) : rc;
}

int
restore_stage(struct restore *r, struct hrv_err *err)
{
	int rc = copy_files(r, err);

	if (rc == HRV_OK)
		rc = open_stage(r, err);
	if (rc == HRV_OK)
		rc = check_db(r, err);
	if (rc == HRV_OK)
		rc = check_slots(r, err);
	if (rc == HRV_OK)
		rc = role_may(r->v->role, "restore", err);
	if (rc == HRV_OK)
		rc = make_keystore(r, err);
	if (rc == HRV_OK)
		rc = reserve_make(r->v, err);
	return rc;
}
