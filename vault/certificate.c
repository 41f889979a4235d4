/* SPDX-License-Identifier: ISC */
/*
 * Certificates of destruction. Layer: verbs. Built from what the run committed
 * to the log, signed by the member who finishes it, and provable years later
 * with gpg and the proof alone. No personal data in it: it outlives the
 * records.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/certtext.h"
#include "vault/contact.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/destroy.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/log/proof.h"
#include "vault/logkeys.h"
#include "vault/purge.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

/* Newest checkpoint that covers an entry. */
static int
covering_checkpoint(struct hrv_vault *v, uint64_t index, struct buf *note,
    uint64_t *ret_size, struct hrv_err *err)
{
	const uint8_t *p;
	size_t len;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_LOG_GET_CHECKPOINT_AT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)index + 1);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "no checkpoint covers the entry of a run");
	*ret_size = (uint64_t)db_col_int(st, 0);
	p = db_col_blob(st, 1, &len);
	buf_add(note, p, len);
	db_reset(st);
	return buf_ok(note, err);
}

static int
make_proof(struct hrv_vault *v, uint64_t index, const struct buf *note,
    uint64_t size, struct buf *out, struct hrv_err *err)
{
	struct tree_source src = log_source(v->db);
	struct proof p = { .index = index };
	int rc = tree_inclusion(&src, index, size, &p.path, err);

	p.note = buf_str(note);
	p.note_len = note->len;
	return rc == HRV_OK ? proof_write(&p, out, err) : rc;
}

/* The run's entry in the log: bytes for whoever verifies, time for readers. */
static int
put_log(struct hrv_vault *v, json_t *doc, const struct run_row *r,
    uint64_t size, struct hrv_err *err)
{
	struct buf leaf = BUF_INIT, payload = BUF_INIT, vkey = BUF_INIT;
	struct leaf l = LEAF_INIT;
	struct note_vkey key;
	uint8_t root[TREE_HASH];
	char when[WHEN_TEXT_LEN + 1];
	json_t *log = json_object();
	int rc = log_read(v->db, r->commit_leaf, &leaf, &payload, err);

	if (rc == HRV_OK)
		rc = leaf_parse(leaf.data, leaf.len, &l, err);
	if (rc == HRV_OK)
		rc = log_root_at(v->db, size, root, err);
	if (rc == HRV_OK && !when_format(l.time, when))
		rc = hrv_fail(err, HRV_EINTEGRITY, "an entry has no time");
	if (rc == HRV_OK)
		rc = logkeys_vkey(v, v->origin, size, &key, err);
	if (rc == HRV_OK)
		note_vkey_format(&key, &vkey);
	if (rc == HRV_OK &&
	    (log == NULL || json_set_str(doc, "time", when) ||
		json_set_str(log, "origin", v->origin) ||
		json_set_str(log, "vkey", buf_str(&vkey)) ||
		json_set_int(log, "index", (int64_t)r->commit_leaf) ||
		json_set_int(log, "size", (int64_t)size) ||
		json_set_b64(log, "root", root, sizeof(root)) ||
		json_set_b64(log, "entry", leaf.data, leaf.len) ||
		json_set_str(log, "payload", buf_str(&payload)) ||
		json_object_set(doc, "log", log)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(log);
	buf_clear(&vkey);
	buf_clear(&payload);
	buf_clear(&leaf);
	return rc;
}

/* Where the anchor lay: what overwriting it is worth depends on that. */
static int
put_medium(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	struct file_medium m = { .text = "unknown" };
	char *path = NULL;
	int rc = vault_path(v, NAME_CFG, &path, err);

	if (rc == HRV_OK && file_medium(path, &m, NULL) != HRV_OK)
		memcpy(m.text, "unknown", 8);
	free(path);
	if (rc == HRV_OK && json_set_str(doc, "anchor_medium", m.text) != 0)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* Whom to ask about it: the controller in force when it is made. */
static int
put_controller(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	json_t *who = NULL;
	int rc = contact_json(v, NULL, &who, err);

	if (rc == HRV_ENOTFOUND) {
		who = json_null();
		rc = HRV_OK;
	}
	if (rc == HRV_OK && json_object_set(doc, "controller", who))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(who);
	return rc;
}

/* Until when a copy of a key that this run destroyed can be opened. */
static int
put_last_day(struct hrv_vault *v, json_t *doc, const struct run_row *r,
    struct hrv_err *err)
{
	char day[HRV_DATE_TEXT] = "";
	int rc = backup_last_day(v, r->commit_leaf, day, err);

	if (rc == HRV_OK &&
	    json_object_set_new(doc, "last_key_backup_dies",
		day[0] == '\0' ? json_null() : json_string(day)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

static int
make_json(struct hrv_vault *v, const struct run_row *r, uint64_t size,
    json_t **ret, struct hrv_err *err)
{
	char run[ID_TEXT_SIZE];
	json_t *doc = json_object(), *facts = NULL;
	int rc = json_read(r->facts.data, r->facts.len, &facts, err);

	id_format(&r->id, run);
	if (rc == HRV_OK &&
	    (doc == NULL ||
		json_set_str(doc, "format", "hrvault-certificate/1") ||
		json_set_str(doc, "run", run) ||
		json_set_hex(doc, "vault", v->id, sizeof(v->id)) ||
		json_set_str(doc, "day", r->day) ||
		json_set_str(doc, "member", v->fpr) ||
		json_set_str(doc, "role", role_name(v->role)) ||
		json_object_set(doc, "facts", facts)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = put_last_day(v, doc, r, err);
	if (rc == HRV_OK)
		rc = put_log(v, doc, r, size, err);
	if (rc == HRV_OK)
		rc = put_medium(v, doc, err);
	if (rc == HRV_OK)
		rc = put_controller(v, doc, err);
	json_decref(facts);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = doc;
	return HRV_OK;
}

static int
build(struct hrv_vault *v, struct run_row *r, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	uint64_t size = 0;
	json_t *doc = NULL;
	int rc = covering_checkpoint(v, r->commit_leaf, &note, &size, err);

	if (rc == HRV_OK)
		rc = make_proof(
		    v, r->commit_leaf, &note, size, &r->cert_proof, err);
	if (rc == HRV_OK)
		rc = make_json(v, r, size, &doc, err);
	if (rc == HRV_OK)
		rc = json_pretty(doc, &r->cert_json, err);
	if (rc == HRV_OK) {
		buf_addc(&r->cert_json, '\n');
		rc = certtext_write(doc, &r->cert_text, err);
	}
	if (rc == HRV_OK)
		rc = pgp_sign_detached(v->pgp, v->fpr, r->cert_json.data,
		    r->cert_json.len, &r->cert_sig, err);
	json_decref(doc);
	buf_clear(&note);
	return rc;
}

static int
store_row(struct hrv_vault *v, const struct run_row *r, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RUN_SET_CERT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, r->cert_json.data, r->cert_json.len);
	(void)db_bind_blob(st, 3, r->cert_text.data, r->cert_text.len);
	(void)db_bind_blob(st, 4, r->cert_sig.data, r->cert_sig.len);
	(void)db_bind_blob(st, 5, r->cert_proof.data, r->cert_proof.len);
	return db_run(st, err);
}

static int
set_destroyed(struct hrv_vault *v, const struct hrv_id *run, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RUN_SET_DESTROYED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, run->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	return db_run(st, err);
}

/* Under the write lock: what another command did for this run meanwhile. A
 * certificate of its own takes the place of ours; there is one of each run. */
static int
look_again(struct hrv_vault *v, struct run_row *r, struct hrv_err *err)
{
	struct run_row now;
	int rc = run_load(v, &r->id, &now, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(r->status, now.status, sizeof(r->status));
	if (strcmp(now.status, "certified") == 0) {
		run_clear(r);
		*r = now;
	} else {
		run_clear(&now);
	}
	return HRV_OK;
}

/* States the destruction of the old generation and the certificate. */
static int
log_finish(struct hrv_vault *v, struct run_row *r, struct hrv_err *err)
{
	struct entry destroyed = ENTRY("purge.destroyed");
	struct entry cert = ENTRY("purge.certificate");
	json_t *p = json_object();
	uint8_t hash[32];
	uint64_t leaf = 0;
	int rc = HRV_OK;

	crypt_sha256(r->cert_json.data, r->cert_json.len, hash);
	if (p == NULL || json_set_hex(p, "sha256", hash, sizeof(hash)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	destroyed.run = cert.run = &r->id;
	cert.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = look_again(v, r, err);
	if (rc == HRV_OK && strcmp(r->status, "certified") == 0)
		goto out;
	if (rc == HRV_OK && strcmp(r->status, "committed") == 0) {
		rc = txn_entry(v, &destroyed, &leaf, err);
		if (rc == HRV_OK)
			rc = set_destroyed(v, &r->id, leaf, err);
	}
	if (rc == HRV_OK)
		rc = txn_entry(v, &cert, NULL, err);
	if (rc == HRV_OK)
		rc = store_row(v, r, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
out:
	txn_abort(v);
	json_decref(p);
	return rc;
}

/* The files of a certificate. */
#define PARTS 4
static const char *const suffixes[PARTS] = { ".json", ".txt", ".json.sig",
	".tlog-proof" };

/* *ret_path is freed by the caller. */
static int
part_path(struct hrv_vault *v, const struct hrv_id *id, const char *suffix,
    char **ret_path, struct hrv_err *err)
{
	char run[ID_TEXT_SIZE];
	struct buf name = BUF_INIT;
	int rc;

	id_format(id, run);
	buf_addf(&name, "certificates/%s%s", run, suffix);
	rc = buf_ok(&name, err);
	if (rc == HRV_OK)
		rc = vault_path(v, buf_str(&name), ret_path, err);
	buf_clear(&name);
	return rc;
}

static int
write_files(struct hrv_vault *v, const struct run_row *r, struct hrv_err *err)
{
	const struct buf *data[PARTS] = { &r->cert_json, &r->cert_text,
		&r->cert_sig, &r->cert_proof };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < PARTS; i++) {
		char *path = NULL;

		rc = part_path(v, &r->id, suffixes[i], &path, err);
		if (rc == HRV_OK)
			rc = file_write_atomic(path, data[i]->data,
			    data[i]->len, FILE_MODE_SHARED, err);
		free(path);
	}
	return rc;
}

/* *ret_done is false when a reader still holds the old generation. */
static int
finish_run(struct hrv_vault *v, const struct hrv_id *id, bool *ret_done,
    struct hrv_err *err)
{
	struct run_row r;
	int rc = run_load(v, id, &r, err);

	*ret_done = false;
	if (rc != HRV_OK)
		return rc;
	if (strcmp(r.status, "certified") == 0) {
		*ret_done = true;
		goto out;
	}
	rc = destroy_finish(v, r.gen_before, err);
	if (rc == HRV_EBUSY) {
		rc = HRV_OK;
		goto out;
	}
	if (rc == HRV_OK)
		rc = build(v, &r, err);
	if (rc == HRV_OK)
		rc = log_finish(v, &r, err);
	/* Files come last: they can be written again from the row. */
	if (rc == HRV_OK)
		rc = write_files(v, &r, err);
	*ret_done = rc == HRV_OK;
out:
	run_clear(&r);
	return rc;
}

/* Whether one of the files of a certificate is not there. */
static int
is_missing(struct hrv_vault *v, const struct hrv_id *id, bool *ret,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret = false;
	for (size_t i = 0; rc == HRV_OK && !*ret && i < PARTS; i++) {
		char *path = NULL;
		struct stat st;

		rc = part_path(v, id, suffixes[i], &path, err);
		*ret = rc == HRV_OK && lstat(path, &st) != 0 && errno == ENOENT;
		free(path);
	}
	return rc;
}

/* A run that died after its commit left a certificate without its files, and
 * files get lost: they are made up from the row. */
static int
make_up_files(struct hrv_vault *v, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_RUN_LIST_CERTIFIED, NULL, ID_RUN, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct run_row r;
		bool missing;

		rc = is_missing(v, &ids[i], &missing, err);
		if (rc != HRV_OK || !missing)
			continue;
		rc = run_load(v, &ids[i], &r, err);
		if (rc != HRV_OK)
			break;
		rc = write_files(v, &r, err);
		run_clear(&r);
	}
	free(ids);
	return rc;
}

int
purge_finish_runs(struct hrv_vault *v, size_t *ret_left, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0, left = 0;
	int rc = ids_of(v, SQL_RUN_LIST_OPEN, NULL, ID_RUN, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		bool done = false;

		rc = finish_run(v, &ids[i], &done, err);
		left += !done;
	}
	free(ids);
	if (rc == HRV_OK)
		rc = make_up_files(v, err);
	if (rc == HRV_OK)
		*ret_left = left;
	return rc;
}
