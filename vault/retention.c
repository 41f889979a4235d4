/* SPDX-License-Identifier: ISC */
/*
 * Judging one version for a list. Layer: verbs. The table of terms finds the
 * rows; what is shown of them is decided anew from the facts.
 */
#include "vault/retention.h"

#include "vault/store/db.h"

#define STALE_MAX INT64_C(0x7fffffffffffffff)

void
retention_clear(struct retention *r)
{
	facts_clear(&r->facts);
}

int
retention_load(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct hrv_date day, struct retention *ret, bool *ret_live,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct retention r = { .n = n };
	int rc = record_load(v, record, &r.rec, err);

	if (rc == HRV_OK)
		rc = version_load(v, record, n, &ver, err);
	if (rc != HRV_OK)
		return rc;
	*ret_live = !r.rec.purged && ver.header.len > 0;
	if (*ret_live)
		rc = facts_load(v, &r.rec, &ver, &r.facts, err);
	if (rc == HRV_OK && *ret_live)
		rc = hrv_policy_decide(v->schedule, r.rec.class_name,
		    &r.facts.facts, day, &r.decision, err);
	version_clear(&ver);
	if (rc != HRV_OK)
		retention_clear(&r);
	else if (*ret_live)
		*ret = r;
	return rc;
}

int
retention_set_bound(json_t *o, const char *key, struct hrv_bound b)
{
	char text[HRV_DATE_TEXT];

	if (b.kind == HRV_BOUND_NONE)
		return json_object_set_new(o, key, json_null());
	hrv_bound_text(b, text);
	return json_set_str(o, key, text);
}

int
retention_json(const struct retention *r, json_t *o)
{
	char record[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];

	id_format(&r->rec.id, record);
	id_format(&r->rec.subject, subject);
	return o == NULL || json_set_str(o, "record", record) ||
	       json_set_int(o, "version", (int64_t)r->n) ||
	       json_set_str(o, "subject", subject) ||
	       json_set_str(o, "class", r->rec.class_name);
}

int
retention_each_stale(
    struct hrv_vault *v, retention_stale_fn *fn, void *ctx, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_TERM_LIST_STALE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, v->schedule_hash, sizeof(v->schedule_hash));
	(void)db_bind_int(st, 2, STALE_MAX);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *was[2] = { db_col_text(st, 2), db_col_text(st, 3) };

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc =
			    fn(ctx, &id, (uint32_t)db_col_int(st, 1), was, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}
