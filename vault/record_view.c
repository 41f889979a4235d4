/* SPDX-License-Identifier: ISC */
/*
 * Records seen from outside. Layer: verbs. Nothing here opens a key.
 */
#include "vault/record_view.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/eventdates.h"
#include "vault/store/db.h"
#include "vault/terms.h"

int
record_find(struct hrv_vault *v, const char *text, struct record_row *ret,
    struct hrv_err *err)
{
	char subject[ID_TEXT_SIZE];
	struct record_row rec;
	struct hrv_id id;
	int rc = lookup_record(v, text, &id, err);

	if (rc == HRV_OK)
		rc = record_load(v, &id, &rec, err);
	if (rc != HRV_OK)
		return rc;
	if (strcmp(rec.class_name, CLASS_IDENTITY) == 0) {
		id_format(&rec.subject, subject);
		hrv_fail(err, HRV_EUSAGE,
		    "this record is who the subject is, not a document");
		return hrv_hint(err,
		    "use 'hrvault subject show %s', or "
		    "subject update",
		    subject);
	}
	*ret = rec;
	return HRV_OK;
}

/* What a tombstone says, copied out of the row. */
struct grave {
	bool found;
	struct hrv_id run;
	char day[11];
	char rule[65];
};

static int
grave_load(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct grave *g, struct hrv_err *err)
{
	const char *day, *rule;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_GET_OF, &st, err);

	*g = (struct grave){ .run = { .kind = ID_RUN } };
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	rc = db_step(st, &g->found, err);
	if (rc != HRV_OK || !g->found)
		return rc;
	rc = db_col_fixed(st, 0, g->run.b, ID_BYTES, err);
	day = db_col_text(st, 1);
	rule = db_col_text(st, 2);
	snprintf(g->day, sizeof(g->day), "%s", day == NULL ? "" : day);
	snprintf(g->rule, sizeof(g->rule), "%s", rule == NULL ? "" : rule);
	db_reset(st);
	return rc;
}

int
record_purged(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], run[ID_TEXT_SIZE];
	struct grave g;
	int rc = grave_load(v, &rec->id, n, &g, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&rec->id, id);
	if (!g.found)
		return hrv_fail_as(
		    err, HRV_EPURGED, "purged", "%s was destroyed", id);
	id_format(&g.run, run);
	hrv_fail_as(err, HRV_EPURGED, "purged",
	    "version %u of %s was destroyed on %s under the rule %s (run %s)",
	    n, id, g.day, g.rule, run);
	return hrv_hint(
	    err, "'hrvault purge show %s' shows the certificate", run);
}

int
record_no_statement(const struct record_row *rec, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], on[ID_TEXT_SIZE];

	if (!is_statement(rec))
		return HRV_OK;
	id_format(&rec->id, id);
	id_format(&rec->statement_on, on);
	hrv_fail_as(err, HRV_EREFUSED, "statement",
	    "%s is a statement that was filed with %s: its place, its dates "
	    "and its end are those of that record",
	    id, on);
	return hrv_hint(err, "do it to %s, and the statement follows", on);
}

int
record_decide(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct hrv_date day,
    struct hrv_decision *ret, struct hrv_err *err)
{
	struct facts f = { 0 };
	int rc = facts_load(v, rec, ver, &f, err);

	if (rc == HRV_OK)
		rc = hrv_policy_decide(
		    v->schedule, rec->class_name, &f.facts, day, ret, err);
	facts_clear(&f);
	if (rc == HRV_ENOTFOUND) {
		*ret = (struct hrv_decision){ .keep_until = { HRV_BOUND_PENDING,
						  HRV_DATE_NONE },
			.purge_from = { HRV_BOUND_PENDING, HRV_DATE_NONE },
			.state = HRV_STATE_PENDING };
		rc = HRV_OK;
	}
	return rc;
}

static int
put_bound(json_t *o, const char *key, struct hrv_bound b)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(b, text);
	return b.kind == HRV_BOUND_NONE
		   ? json_object_set_new(o, key, json_null())
		   : json_set_str(o, key, text);
}

int
record_put_dates(json_t *o, const struct hrv_decision *d)
{
	return put_bound(o, "keep_until", d->keep_until) |
	       put_bound(o, "limit_until", d->limit_until) |
	       put_bound(o, "purge_from", d->purge_from) |
	       put_bound(o, "restrict_from", d->restrict_from) |
	       json_set_str(o, "state", hrv_state_name(d->state));
}

int
record_put_id(json_t *o, const char *key, const struct hrv_id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return json_set_str(o, key, text);
}

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
put_grave(struct hrv_vault *v, const struct record_row *rec, json_t *o,
    struct hrv_err *err)
{
	struct grave g;
	int rc = grave_load(v, &rec->id, rec->version, &g, err);

	if (rc != HRV_OK)
		return rc;
	if (json_set_str(o, "state", "purged") ||
	    json_set_str(o, "purged_on", g.found ? g.day : NULL) ||
	    json_set_str(o, "rule", g.found ? g.rule : NULL) ||
	    (g.found && record_put_id(o, "run", &g.run)))
		return no_memory(err);
	return HRV_OK;
}

/* Size, dates and protection of a record that is there. */
static int
put_live(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, json_t *o, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct protect_why why;
	struct hrv_decision d = { .rule_count = 0 };
	struct hrv_date today;
	int rc = version_load(v, &rec->id, rec->version, &ver, err);

	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = record_decide(v, rec, &ver, today, &d, err);
	if (rc == HRV_OK)
		rc = protect_record(v, p, rec, &why, err);
	if (rc == HRV_OK && (json_set_int(o, "bytes", (int64_t)ver.size) ||
				record_put_dates(o, &d) ||
				json_object_set_new(o, "held",
				    json_boolean(why.hold || why.cooling))))
		rc = no_memory(err);
	version_clear(&ver);
	return rc;
}

int
record_put(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, json_t *o, struct hrv_err *err)
{
	if (record_put_id(o, "id", &rec->id) ||
	    json_set_str(o, "class", rec->class_name) ||
	    json_set_str(o, "compartment", rec->compartment) ||
	    json_set_str(o, "created", rec->created) ||
	    json_set_int(o, "version", (int64_t)rec->version) ||
	    (is_statement(rec) &&
		record_put_id(o, "statement_on", &rec->statement_on)) ||
	    json_set_str(o, "restricted",
		rec->restricted[0] == '\0' ? NULL : rec->restricted))
		return no_memory(err);
	return rec->purged ? put_grave(v, rec, o, err)
			   : put_live(v, p, rec, o, err);
}

int
record_put_header(json_t *o, const json_t *header)
{
	return json_set_str(o, "title", json_str(header, "title")) |
	       json_set_str(o, "file", json_str(header, "file")) |
	       json_set_str(o, "media", json_str(header, "media")) |
	       json_set_str(o, "source", json_str(header, "source")) |
	       json_set_str(o, "note", json_str(header, "note"));
}

int
record_result(struct hrv_vault *v, const struct hrv_id *id, const char *media,
    const uint8_t sha256[32], json_t **ret, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct record_row rec;
	struct hrv_decision d = { .rule_count = 0 };
	struct hrv_date today;
	json_t *o = json_object();
	int rc = record_load(v, id, &rec, err);

	if (rc == HRV_OK)
		rc = version_load(v, id, rec.version, &ver, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = record_decide(v, &rec, &ver, today, &d, err);
	if (rc == HRV_OK &&
	    (o == NULL || record_put_id(o, "id", id) ||
		record_put_id(o, "subject", &rec.subject) ||
		json_set_str(o, "class", rec.class_name) ||
		json_set_str(o, "compartment", rec.compartment) ||
		json_set_int(o, "version", (int64_t)rec.version) ||
		json_set_int(o, "bytes", (int64_t)ver.size) ||
		json_set_str(o, "media", media) ||
		json_set_hex(o, "sha256", sha256, 32) ||
		record_put_dates(o, &d)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = eventdates_put_missing(v, &rec, &ver, o, err);
	version_clear(&ver);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

int
record_failed(struct hrv_vault *v, struct entry *e, struct receipt **r,
    struct hrv_err *err)
{
	struct hrv_err why = *err, ignored;

	txn_abort(v);
	e->state = NULL;
	e->detail = NULL;
	if (*r != NULL)
		(void)!receipt_close(v, r, e, &why, &ignored);
	else if (why.code == HRV_EREFUSED || why.code == HRV_ECONFIRM)
		return txn_refuse(v, e, err);
	*err = why;
	return (int)why.code;
}
