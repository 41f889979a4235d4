/* SPDX-License-Identifier: ISC */
/*
 * Backups in the log. Layer: verbs. Invariant: the intent is durable before
 * the first byte of a copy is written, so that the log knows of every copy
 * there may be, also of one whose writer was killed.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/backup_int.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
backup_begin(struct hrv_vault *v, struct backup_run *r, struct hrv_err *err)
{
	struct entry e = ENTRY(r->op);
	struct manifest none = { 0 };
	json_t *p = json_object();
	int rc = HRV_OK;

	if (p == NULL || (r->epoch > 0 && json_set_int(p, "epoch", r->epoch)))
		rc = no_memory(err);
	e.backup = &r->id;
	e.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &none, &r->intent, err);
	if (rc == HRV_OK)
		r->intent_leaf = receipt_index(r->intent);
	json_decref(p);
	return rc;
}

static int
add_row(struct hrv_vault *v, const struct backup_run *r, uint64_t leaf,
    struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc = vault_today_text(v, day, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_BACKUP_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->id.b, ID_BYTES);
	(void)db_bind_text(st, 2, r->kind);
	(void)db_bind_int(st, 3, (int64_t)r->intent_leaf);
	(void)db_bind_int(st, 4, (int64_t)leaf);
	(void)db_bind_text(st, 5, day);
	if (r->epoch > 0)
		(void)db_bind_int(st, 6, r->epoch);
	else
		(void)db_bind_null(st, 6);
	(void)db_bind_int(st, 7, (int64_t)r->log_size);
	(void)db_bind_int(st, 8, (int64_t)r->bytes);
	(void)db_bind_int(st, 9, (int64_t)r->copied);
	return db_run(st, err);
}

int
backup_end(struct hrv_vault *v, struct backup_run *r, json_t *payload,
    struct hrv_err *err)
{
	struct entry e = ENTRY(r->op);
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	e.backup = &r->id;
	e.payload = payload;
	if (rc == HRV_OK)
		rc = receipt_entry(v, &r->intent, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = add_row(v, r, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
backup_fail(struct hrv_vault *v, struct backup_run *r, struct hrv_err *err)
{
	struct entry e = ENTRY(r->op);
	struct hrv_err why = *err, ignored;

	e.backup = &r->id;
	if (r->intent != NULL) {
		(void)!receipt_close(v, &r->intent, &e, &why, &ignored);
		*err = why;
		return (int)why.code;
	}
	return txn_refuse(v, &e, err);
}

/* ---- the last key backup, by the log ---- */

/* Which epochs can still open a key backup. What a restore knows of those that
 * its snapshot does not is logged "again"; key backups in them, or in older
 * ones, may have been made by entries that were given up. */

struct lives {
	uint64_t before;
	struct epoch_life {
		char dies[HRV_DATE_TEXT];
		bool used;
		bool ended;
	} * list; /* by number, from 1 */
	int64_t n;
};

static bool
has_line(const struct log_row *row, const char *line)
{
	return memmem(row->leaf, row->leaf_len, line, strlen(line)) != NULL;
}

static int
begin_life(struct lives *l, const json_t *p, struct hrv_err *err)
{
	const char *dies = json_str(p, "dies");
	int64_t n = json_int(p, "epoch", 0);
	struct epoch_life *list;

	if (json_int(p, "ended", 0) == 1 && n >= 1 && n <= l->n) {
		l->list[n - 1].ended = true;
		return HRV_OK;
	}
	list = realloc(l->list, (size_t)(l->n + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	l->list = list;
	memset(&list[l->n], 0, sizeof(*list));
	if (dies == NULL || strlen(dies) != HRV_DATE_TEXT - 1 || n != l->n + 1)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the epochs of the log do not follow one another");
	list[l->n].used = json_int(p, "again", 0) == 1;
	memcpy(list[l->n++].dies, dies, HRV_DATE_TEXT);
	return HRV_OK;
}

static void
use_all(struct lives *l)
{
	for (int64_t i = 0; i < l->n; i++)
		l->list[i].used = true;
}

static int
note_life(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct lives *l = ctx;
	bool keys = has_line(row, "\nop backup.keys\n");
	bool ends = has_line(row, "\nop backup.expire\n");
	bool intent = has_line(row, "\nphase intent\n");
	bool moves = has_line(row, "\nop log.succession\n");
	json_t *p = NULL;
	int64_t n;
	int rc;

	if (row->index >= l->before ||
	    (!keys && !ends && !moves && !has_line(row, "\nop backup.epoch\n")))
		return HRV_OK;
	if (row->payload_len == 0 ||
	    (!intent && !has_line(row, "\nresult ok\n")))
		return HRV_OK;
	rc = json_read(row->payload, row->payload_len, &p, err);
	if (rc != HRV_OK)
		return rc;
	n = json_int(p, "epoch", 0);
	if (json_str(p, "orphan") != NULL)
		rc = HRV_OK;
	else if (moves)
		use_all(l);
	else if (!keys && !ends)
		rc = begin_life(l, p, err);
	else if (n < 1 || n > l->n)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "an entry names an epoch that never began");
	else if (keys)
		l->list[n - 1].used = true;
	else if (!intent && json_int(p, "found", 0) == 1)
		l->list[n - 1].ended = true;
	json_decref(p);
	return rc;
}

int
backup_last_day(struct hrv_vault *v, uint64_t before, char ret[HRV_DATE_TEXT],
    struct hrv_err *err)
{
	struct lives l = { .before = before };
	int rc = log_each(v->db, 0, note_life, &l, err);

	ret[0] = '\0';
	for (int64_t i = 0; rc == HRV_OK && i < l.n; i++) {
		if (l.list[i].used && !l.list[i].ended &&
		    strcmp(l.list[i].dies, ret) > 0)
			memcpy(ret, l.list[i].dies, HRV_DATE_TEXT);
	}
	free(l.list);
	return rc;
}
