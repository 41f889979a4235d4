/* SPDX-License-Identifier: ISC */
/*
 * Rows of copies derived for a case. Layer: verbs. Invariant: a row that goes
 * leaves its key among the retired ones, so the next destruction takes it.
 */
#include "vault/case_copy.h"

#include <string.h>

#include "vault/store/db.h"

static int
bind_place(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *kase,
    const struct hrv_id *record, uint32_t n, struct stmt **ret,
    struct hrv_err *err)
{
	int rc = db_stmt(v->db, sql, ret, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(*ret, 1, kase->b, ID_BYTES);
	(void)db_bind_blob(*ret, 2, record->b, ID_BYTES);
	(void)db_bind_int(*ret, 3, (int64_t)n);
	return HRV_OK;
}

static int
read_row(struct stmt *st, struct case_copy *c, struct hrv_err *err)
{
	const uint8_t *p;
	size_t len;
	int rc = db_col_fixed(st, 0, c->dek, sizeof(c->dek), err);

	c->kek = (uint32_t)db_col_int(st, 1);
	p = db_col_blob(st, 2, &len);
	buf_add(&c->header, p, len);
	if (!db_col_null(st, 3)) {
		c->body.pack = (uint32_t)db_col_int(st, 3);
		c->body.offset = (uint64_t)db_col_int(st, 4);
		c->body.len = (uint64_t)db_col_int(st, 5);
	}
	if (rc == HRV_OK)
		rc = db_col_fixed(
		    st, 6, c->body_hash, sizeof(c->body_hash), err);
	c->size = (uint64_t)db_col_int(st, 7);
	return rc == HRV_OK ? buf_ok(&c->header, err) : rc;
}

int
case_copy_load(struct hrv_vault *v, const struct hrv_id *kase,
    const struct hrv_id *record, uint32_t n, struct case_copy *ret,
    struct hrv_err *err)
{
	struct case_copy c = {
		.kase = *kase, .record = *record, .n = n, .header = BUF_INIT
	};
	struct stmt *st;
	int rc = bind_place(v, SQL_KASE_GET_COPY, kase, record, n, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "the case has no such copy");
	if (rc != HRV_OK)
		return rc;
	rc = read_row(st, &c, err);
	db_reset(st);
	if (rc != HRV_OK) {
		case_copy_clear(&c);
		return rc;
	}
	*ret = c;
	return HRV_OK;
}

void
case_copy_clear(struct case_copy *c)
{
	buf_clear(&c->header);
}

static int
add_row(struct hrv_vault *v, const struct case_copy_args *a,
    const struct sealed *s, struct hrv_err *err)
{
	struct stmt *st;
	int rc = bind_place(
	    v, SQL_KASE_ADD_COPY, a->kase, a->record, a->n, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 4, s->dek, sizeof(s->dek));
	(void)db_bind_int(st, 5, (int64_t)s->kek);
	(void)db_bind_blob(st, 6, s->header.data, s->header.len);
	if (s->body.pack != 0) {
		(void)db_bind_int(st, 7, (int64_t)s->body.pack);
		(void)db_bind_int(st, 8, (int64_t)s->body.offset);
		(void)db_bind_int(st, 9, (int64_t)s->body.len);
	}
	(void)db_bind_blob(st, 10, s->body_hash, sizeof(s->body_hash));
	(void)db_bind_int(st, 11, (int64_t)s->size);
	(void)db_bind_int(st, 12, (int64_t)v->frontier.size);
	return db_run(st, err);
}

int
case_copy_put(struct hrv_vault *v, const struct case_copy_args *args,
    uint8_t ret_sha256[32], struct hrv_err *err)
{
	struct seal_args a = { .subject = args->subject,
		.record = args->record,
		.version = args->n,
		.class_name = CASE_COPY_CLASS,
		.kase = args->kase,
		.header = args->header,
		.body = args->body,
		.giver = args->giver };
	struct sealed s = { .header = BUF_INIT };
	char text[ID_TEXT_SIZE];
	int rc = HRV_OK;

	id_format(args->record, text);
	if (json_set_str(args->header, "record", text) ||
	    json_set_int(args->header, "version", (int64_t)args->n))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = seal_version(v, &a, &s, err);
	if (rc == HRV_OK)
		rc = case_copy_drop(v, args->kase, args->record, args->n, err);
	if (rc == HRV_OK)
		rc = add_row(v, args, &s, err);
	if (rc == HRV_OK && ret_sha256 != NULL)
		memcpy(ret_sha256, s.sha256, 32);
	sealed_clear(&s);
	return rc;
}

int
case_copy_drop(struct hrv_vault *v, const struct hrv_id *kase,
    const struct hrv_id *record, uint32_t n, struct hrv_err *err)
{
	struct stmt *st;
	int rc = bind_place(v, SQL_KASE_RETIRE_COPY, kase, record, n, &st, err);

	if (rc == HRV_OK)
		rc = db_run(st, err);
	if (rc == HRV_OK)
		rc =
		    bind_place(v, SQL_KASE_DEL_COPY, kase, record, n, &st, err);
	return rc == HRV_OK ? db_run(st, err) : rc;
}
