/* SPDX-License-Identifier: ISC */
/*
 * Rows of subjects, records and versions, and finding them by what a person
 * typed. Layer: verbs.
 */
#include "vault/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/index.h"
#include "vault/store/db.h"

static void
copy_text(struct stmt *st, int at, char *out, size_t size)
{
	const char *t = db_col_text(st, at);

	snprintf(out, size, "%s", t == NULL ? "" : t);
}

static int
not_found(const char *what, const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return hrv_fail(
	    err, HRV_ENOTFOUND, "there is no %s %s in this vault", what, text);
}

static int
one_row(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct stmt **ret, const char *what, struct hrv_err *err)
{
	int rc = db_stmt(v->db, sql, ret, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(*ret, 1, id->b, ID_BYTES);
	rc = db_step_one(*ret, err);
	return rc == HRV_ENOTFOUND ? not_found(what, id, err) : rc;
}

bool
is_statement(const struct record_row *rec)
{
	return rec->statement_on.kind == ID_RECORD;
}

int
record_load(struct hrv_vault *v, const struct hrv_id *id,
    struct record_row *ret, struct hrv_err *err)
{
	struct record_row r = { .id = *id };
	const char *status;
	struct stmt *st;
	int rc = one_row(v, SQL_RECORD_GET, id, &st, "record", err);

	if (rc != HRV_OK)
		return rc;
	r.subject.kind = ID_SUBJECT;
	rc = db_col_fixed(st, 0, r.subject.b, ID_BYTES, err);
	copy_text(st, 1, r.class_name, sizeof(r.class_name));
	copy_text(st, 2, r.compartment, sizeof(r.compartment));
	r.version = (uint32_t)db_col_int(st, 3);
	status = db_col_text(st, 4);
	r.purged = status == NULL || strcmp(status, "live") != 0;
	copy_text(st, 5, r.created, sizeof(r.created));
	copy_text(st, 6, r.stored, sizeof(r.stored));
	copy_text(st, 7, r.born, sizeof(r.born));
	copy_text(st, 8, r.dependant_born, sizeof(r.dependant_born));
	copy_text(st, 9, r.provided_by, sizeof(r.provided_by));
	copy_text(st, 10, r.restricted, sizeof(r.restricted));
	r.state_leaf = (uint64_t)db_col_int(st, 11);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 12, r.state, sizeof(r.state), err);
	r.confidential = db_col_int(st, 13) != 0;
	if (rc == HRV_OK && !db_col_null(st, 14)) {
		r.statement_on.kind = ID_RECORD;
		rc = db_col_fixed(st, 14, r.statement_on.b, ID_BYTES, err);
	}
	db_reset(st);
	if (rc == HRV_OK)
		*ret = r;
	return rc;
}

int
subject_load(struct hrv_vault *v, const struct hrv_id *id,
    struct subject_row *ret, struct hrv_err *err)
{
	struct subject_row r = { .id = *id };
	const char *status;
	struct stmt *st;
	int rc = one_row(v, SQL_SUBJECT_GET, id, &st, "subject", err);

	if (rc != HRV_OK)
		return rc;
	copy_text(st, 0, r.kind, sizeof(r.kind));
	status = db_col_text(st, 1);
	r.gone = status == NULL || strcmp(status, "live") != 0;
	r.merged = status != NULL && strcmp(status, "merged") == 0;
	r.identity.kind = ID_RECORD;
	rc = db_col_fixed(st, 2, r.identity.b, ID_BYTES, err);
	r.state_leaf = (uint64_t)db_col_int(st, 3);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 4, r.state, sizeof(r.state), err);
	copy_text(st, 5, r.restricted, sizeof(r.restricted));
	if (rc == HRV_OK && !db_col_null(st, 6)) {
		r.went.kind = ID_SUBJECT;
		rc = db_col_fixed(st, 6, r.went.b, ID_BYTES, err);
	}
	db_reset(st);
	if (rc == HRV_OK)
		*ret = r;
	return rc;
}

int
version_load(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct version_row *ret, struct hrv_err *err)
{
	struct version_row r = { .n = n, .header = BUF_INIT };
	const uint8_t *p;
	size_t len;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc == HRV_ENOTFOUND
			   ? hrv_fail(err, HRV_ENOTFOUND,
				 "this record has no version %u", n)
			   : rc;
	rc = db_col_fixed(st, 0, r.dek, sizeof(r.dek), err);
	r.kek = (uint32_t)db_col_int(st, 1);
	p = db_col_blob(st, 2, &len);
	buf_add(&r.header, p, len);
	r.body.pack = (uint32_t)db_col_int(st, 3);
	r.body.offset = (uint64_t)db_col_int(st, 4);
	r.body.len = (uint64_t)db_col_int(st, 5);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 6, r.body_hash, sizeof(r.body_hash), err);
	r.size = (uint64_t)db_col_int(st, 7);
	copy_text(st, 8, r.stored, sizeof(r.stored));
	copy_text(st, 9, r.superseded, sizeof(r.superseded));
	db_reset(st);
	if (rc == HRV_OK)
		rc = buf_ok(&r.header, err);
	if (rc != HRV_OK) {
		version_clear(&r);
		return rc;
	}
	*ret = r;
	return HRV_OK;
}

void
version_clear(struct version_row *r)
{
	buf_clear(&r->header);
}

/* An id or an unambiguous prefix, by a statement that lists ids in a range. */
static int
by_prefix(struct hrv_vault *v, const char *text, char kind, enum sql_id sql,
    struct hrv_id *ret, struct hrv_err *err)
{
	struct hrv_id first, last, found = { .kind = kind };
	struct stmt *st;
	bool more = false;
	int rc = id_parse_prefix(text, kind, &first, &last, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, sql, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, first.b, ID_BYTES);
	(void)db_bind_blob(st, 2, last.b, ID_BYTES);
	rc = db_step(st, &more, err);
	if (rc == HRV_OK && !more)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "there is no %s in this vault", text);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 0, found.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = db_step(st, &more, err);
	if (rc == HRV_OK && more)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "several ids begin with %s; type more of it", text);
	db_reset(st);
	if (rc == HRV_OK)
		*ret = found;
	return rc;
}

/* The next one that a subject became, if any. */
static int
step_on(
    struct hrv_vault *v, struct hrv_id *id, bool *ret_more, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_SUBJECT_GET_WENT, &st, err);

	*ret_more = false;
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step(st, ret_more, err);
	if (rc == HRV_OK && *ret_more)
		rc = db_col_fixed(st, 0, id->b, ID_BYTES, err);
	db_reset(st);
	return rc;
}

int
subject_last(struct hrv_vault *v, struct hrv_id *id, struct hrv_err *err)
{
	bool more = true;
	int rc = HRV_OK;

	for (size_t n = 0; rc == HRV_OK && more; n++) {
		if (n > WENT_MAX)
			return hrv_fail(err, HRV_EINTEGRITY,
			    "who became whom in the database has no end");
		rc = step_on(v, id, &more, err);
	}
	return rc;
}

int
lookup_subject(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	int rc;

	if (strncmp(text, "number:", 7) == 0)
		return index_lookup_one(v, TEXT_NUMBER, text + 7, ret, err);
	if (strncmp(text, "email:", 6) == 0)
		return index_lookup_one(v, TEXT_EMAIL, text + 6, ret, err);
	rc = by_prefix(v, text, ID_SUBJECT, SQL_SUBJECT_LIST_RANGE, ret, err);
	return rc == HRV_OK ? subject_last(v, ret, err) : rc;
}

int
lookup_recipient(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(
	    v, text, ID_RECIPIENT, SQL_RIGHTS_LIST_RECIPIENT_RANGE, ret, err);
}

int
lookup_record(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(v, text, ID_RECORD, SQL_RECORD_LIST_RANGE, ret, err);
}

int
lookup_hold(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(v, text, ID_HOLD, SQL_HOLD_LIST_RANGE, ret, err);
}

int
lookup_case(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(v, text, ID_CASE, SQL_KASE_LIST_RANGE, ret, err);
}

int
lookup_run(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(v, text, ID_RUN, SQL_RUN_LIST_RANGE, ret, err);
}

int
lookup_proposal(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err)
{
	return by_prefix(
	    v, text, ID_PROPOSAL, SQL_PROPOSAL_LIST_RANGE, ret, err);
}

int
ids_of(struct hrv_vault *v, int sql, const struct hrv_id *param, char kind,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	struct stmt *st;
	size_t n = 0, cap = 0;
	bool more = false;
	int rc = db_stmt(v->db, (enum sql_id)sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (param != NULL)
		(void)db_bind_blob(st, 1, param->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		if (n == cap) {
			size_t want = cap == 0 ? 16 : cap * 2;
			struct hrv_id *p = realloc(list, want * sizeof(*p));

			if (p == NULL) {
				rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
				break;
			}
			list = p;
			cap = want;
		}
		list[n].kind = kind;
		rc = db_col_fixed(st, 0, list[n].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		n++;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

int
ids_together(struct hrv_vault *v, const struct record_row *rec,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	const struct hrv_id *on =
	    is_statement(rec) ? &rec->statement_on : &rec->id;
	struct hrv_id *ids = NULL;
	size_t n = 1;
	int rc = HRV_OK;

	*ret = NULL;
	*ret_n = 0;
	/* A look into the small index alone, for each of a million. */
	if (!is_statement(rec))
		rc = ids_of(v, SQL_RECORD_LIST_STATEMENTS, on, ID_RECORD, &ids,
		    &n, err);
	free(ids);
	if (rc != HRV_OK || n == 0)
		return rc;
	return ids_of(
	    v, SQL_RECORD_LIST_TOGETHER, on, ID_RECORD, ret, ret_n, err);
}
