/* SPDX-License-Identifier: ISC */
/*
 * Copies of the log. Layer: verbs. A copy holds what the log alone cannot say:
 * payloads, manifests, texts of policies and the facts of destruction runs,
 * each named by its hash in an entry.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/backup.h"
#include "vault/audit_int.h"
#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/log/append.h"
#include "vault/store/db.h"

/* A copy on its way. */
struct work {
	struct hrv_vault *v;
	struct backup_out *out;
	struct manifest rows;
	uint64_t size;
};

static int
put_number(struct work *w, uint64_t value, unsigned bytes, struct hrv_err *err)
{
	uint8_t b[8];

	for (unsigned i = 0; i < bytes; i++)
		b[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
	return backup_out_add(w->out, b, bytes, err);
}

static int
put_row(struct work *w, struct stmt *st, struct hrv_err *err)
{
	const char *kind = db_col_text(st, 0);
	uint8_t id[ID_BYTES];
	const uint8_t *state;
	size_t len;
	int rc = db_col_fixed(st, 1, id, sizeof(id), err);

	state = db_col_blob(st, 2, &len);
	if (rc == HRV_OK)
		rc = put_number(w, kind == NULL ? 0 : (uint8_t)kind[0], 1, err);
	if (rc == HRV_OK)
		rc = backup_out_add(w->out, id, sizeof(id), err);
	if (rc == HRV_OK)
		rc = put_number(w, len == 32, 1, err);
	if (rc == HRV_OK && len == 32)
		rc = backup_out_add(w->out, state, 32, err);
	return rc;
}

/* The rows of an entry's manifest, counted first. */
static int
put_manifest(struct work *w, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	uint64_t n = 0;
	bool more = false;
	int rc = HRV_OK;

	for (int pass = 0; rc == HRV_OK && pass < 2; pass++) {
		if (pass == 1)
			rc = put_number(w, n, 4, err);
		if (rc == HRV_OK)
			rc = db_stmt(w->v->db, SQL_LOG_LIST_MANIFEST, &st, err);
		if (rc != HRV_OK)
			return rc;
		(void)db_bind_int(st, 1, (int64_t)leaf);
		while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
			n += pass == 0;
			if (pass == 1)
				rc = put_row(w, st, err);
			if (rc != HRV_OK)
				break;
		}
		db_reset(st);
	}
	return rc;
}

static int
put_entry(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct work *w = ctx;
	int rc;

	if (row->index >= w->size)
		return HRV_OK;
	rc = backup_out_string(w->out, row->leaf, row->leaf_len, err);
	if (rc == HRV_OK)
		rc = put_number(w, row->payload_len > 0, 1, err);
	if (rc == HRV_OK && row->payload_len > 0)
		rc = backup_out_string(
		    w->out, row->payload, row->payload_len, err);
	return rc == HRV_OK ? put_manifest(w, row->index, err) : rc;
}

static int
put_text(struct work *w, struct stmt *st, int at, struct hrv_err *err)
{
	size_t len;
	const uint8_t *p = db_col_blob(st, at, &len);

	return backup_out_string(w->out, p, len, err);
}

static int
put_policy(struct work *w, struct stmt *st, struct hrv_err *err)
{
	int rc = put_number(w, (uint64_t)db_col_int(st, 0), 8, err);

	for (int i = 1; rc == HRV_OK && i <= 5; i++)
		rc = put_text(w, st, i, err);
	return rc;
}

static int
put_run(struct work *w, struct stmt *st, struct hrv_err *err)
{
	uint8_t id[ID_BYTES];
	int rc = db_col_fixed(st, 0, id, sizeof(id), err);

	if (rc == HRV_OK)
		rc = backup_out_add(w->out, id, sizeof(id), err);
	if (rc == HRV_OK)
		rc = put_number(w, (uint64_t)db_col_int(st, 1), 8, err);
	return rc == HRV_OK ? put_text(w, st, 2, err) : rc;
}

/* All rows of a statement, after their number. */
static int
put_all(struct work *w, enum sql_id sql,
    int (*put)(struct work *w, struct stmt *st, struct hrv_err *err),
    struct hrv_err *err)
{
	struct stmt *st;
	uint64_t n = 0;
	bool more = false;
	int rc = HRV_OK;

	for (int pass = 0; rc == HRV_OK && pass < 2; pass++) {
		if (pass == 1)
			rc = put_number(w, n, 4, err);
		if (rc == HRV_OK)
			rc = db_stmt(w->v->db, sql, &st, err);
		if (rc != HRV_OK)
			return rc;
		while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
			n += pass == 0;
			if (pass == 1)
				rc = put(w, st, err);
			if (rc != HRV_OK)
				break;
		}
		db_reset(st);
	}
	return rc;
}

static int
put_content(struct work *w, const struct buf *note, struct hrv_err *err)
{
	int rc = backup_out_add(
	    w->out, BACKUP_PLAIN_LOG, strlen(BACKUP_PLAIN_LOG), err);

	if (rc == HRV_OK)
		rc = backup_out_string(
		    w->out, w->v->origin, strlen(w->v->origin), err);
	if (rc == HRV_OK)
		rc = backup_out_string(w->out, note->data, note->len, err);
	if (rc == HRV_OK)
		rc = put_number(w, w->size, 8, err);
	if (rc == HRV_OK)
		rc = log_each(w->v->db, 0, put_entry, w, err);
	if (rc == HRV_OK)
		rc = put_all(w, SQL_BACKUP_LIST_POLICIES, put_policy, err);
	if (rc == HRV_OK)
		rc = put_all(w, SQL_BACKUP_LIST_RUNS, put_run, err);
	return rc;
}

static int
make_head(struct hrv_vault *v, const struct hrv_id *id, uint64_t size,
    uint32_t version, struct buf *head, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	buf_adds(head, BACKUP_MAGIC_LOG "\nvault ");
	enc_hex(head, v->id, sizeof(v->id));
	buf_addf(head, "\nbackup %s\ncovers %llu\nmeta %u\n\n", text,
	    (unsigned long long)size, (unsigned)version);
	return buf_ok(head, err);
}

static int
make(struct hrv_vault *v, const char *dir, struct backup_run *run,
    struct segment *file, struct hrv_err *err)
{
	struct work w = { .v = v };
	struct note_checkpoint cp = { .size = 0 };
	struct buf head = BUF_INIT, note = BUF_INIT;
	struct key *key = NULL;
	const struct key *meta;
	char *path = NULL;
	uint32_t version = 0;
	int rc = backup_path(dir, "log", &run->id, ".hrvl", &path, err);

	meta = keyring_current(&v->ring, v->slots, KEY_META, &version);
	if (rc == HRV_OK)
		rc = backup_log_key(meta, &key, err);
	if (rc == HRV_OK)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK)
		rc = audit_newest(v, &note, &cp, err);
	/* Entries behind the newest signed head are left for the next copy. */
	w.size = cp.size;
	if (rc == HRV_OK)
		rc = make_head(v, &run->id, w.size, version, &head, err);
	if (rc == HRV_OK)
		rc = backup_out_new(path, &head, key, &w.out, err);
	if (rc == HRV_OK)
		rc = put_content(&w, &note, err);
	db_rollback(v->db);
	if (rc == HRV_OK)
		rc = backup_out_finish(w.out, file, err);
	run->log_size = w.size;
	run->bytes = run->copied = file->bytes;
	backup_out_free(w.out);
	key_free(key);
	buf_clear(&head);
	buf_clear(&note);
	free(path);
	return rc;
}

/* The outcome, then the copy once more with the outcome in it: whoever ran this
 * remembers it, and a restore must not know less than that. */
static int
conclude(struct hrv_vault *v, const char *dir, struct backup_run *run,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct segment file = { 0 };
	char id[ID_TEXT_SIZE];
	json_t *p = json_object();
	int rc = HRV_OK;

	id_format(&run->id, id);
	if (p == NULL || json_set_int(p, "log_size", (int64_t)run->log_size))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = backup_end(v, run, p, err);
	if (rc == HRV_OK)
		rc = make(v, dir, run, &file, err);
	if (rc == HRV_OK &&
	    (json_set_str(p, "backup", id) ||
		json_set_int(p, "log_size", (int64_t)run->log_size) ||
		json_set_int(p, "bytes", (int64_t)file.bytes) ||
		json_set_hex(p, "sha256", file.hash, sizeof(file.hash))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK) {
		json_decref(p);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)p;
	return HRV_OK;
}

int
hrv_backup_log(struct hrv_vault *v, const char *dir, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct backup_run run = { .op = "backup.log", .kind = "log" };
	struct backup_dir d = BACKUP_DIR_INIT;
	struct segment file = { 0 };
	int rc = role_may(v->role, run.op, err);

	vault_new_id(ID_BACKUP, &run.id);
	if (rc == HRV_OK)
		rc = backup_dir_open(v, dir, "log", &d, err);
	if (rc == HRV_OK)
		rc = backup_begin(v, &run, err);
	if (rc == HRV_OK)
		rc = make(v, dir, &run, &file, err);
	if (rc == HRV_OK)
		rc = conclude(v, dir, &run, ret_doc, err);
	else
		rc = backup_fail(v, &run, err);
	receipt_drop(&run.intent);
	backup_dir_close(&d);
	return rc;
}
