/* SPDX-License-Identifier: ISC */
/*
 * The plan of a run: what would be destroyed, what is protected and why, how
 * many have no trigger yet. Layer: verbs. Writes nothing.
 */
#include "hrvault/purge.h"

#include "vault/holdtell.h"
#include "vault/purge.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/survey.h"

int
purge_tell(const struct survey *s, const struct candidate *c, json_t **ret,
    struct hrv_err *err)
{
	char record[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&c->record, record);
	id_format(&c->subject, subject);
	if (o == NULL || json_set_str(o, "record", record) ||
	    json_set_int(o, "version", (int64_t)c->n) ||
	    json_set_str(o, "subject", subject) ||
	    json_set_str(o, "class", c->class_name) ||
	    json_set_str(o, "rule", c->rule) ||
	    json_set_str(o, "purge_from", c->purge_from) ||
	    json_set_str(o, "why",
		c->verdict == VERDICT_DESTROY ? NULL
					      : verdict_name(c->verdict)) ||
	    json_set_str(o, "until", c->until[0] == '\0' ? NULL : c->until)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (c->verdict == VERDICT_HOLD || c->verdict == VERDICT_COOLING) {
		struct record_row rec;
		int rc = record_load(s->judge.v, &c->record, &rec, err);

		if (rc == HRV_OK)
			rc = holdtell_add(
			    s->judge.v, s->judge.protect, &rec, c->n, o, err);
		if (rc != HRV_OK) {
			json_decref(o);
			return rc;
		}
	}
	*ret = o;
	return HRV_OK;
}

size_t
purge_protected(const struct survey *s)
{
	return survey_count(s, VERDICT_HOLD) +
	       survey_count(s, VERDICT_COOLING) +
	       survey_count(s, VERDICT_CASE) + survey_count(s, VERDICT_NOTICE) +
	       survey_count(s, VERDICT_REVIEW);
}

int
purge_skipped(const struct survey *s, json_t **ret, struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		const struct candidate *c = &s->list[i];
		json_t *o = NULL;

		if (c->chosen || c->verdict == VERDICT_DESTROY ||
		    c->verdict == VERDICT_NOT_DUE ||
		    c->verdict == VERDICT_PERMANENT)
			continue;
		rc = purge_tell(s, c, &o, err);
		if (rc == HRV_OK && json_array_append_new(list, o) != 0)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}

static int
fill(const struct survey *s, json_t *doc, struct hrv_err *err)
{
	json_t *destroy = json_array(), *protect = json_array();
	int bad = json_object_set_new(doc, "destroy", destroy) |
		  json_object_set_new(doc, "protected", protect);
	int rc = bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		const struct candidate *c = &s->list[i];
		json_t *o = NULL;

		if (c->verdict == VERDICT_NOT_DUE ||
		    c->verdict == VERDICT_PERMANENT)
			continue;
		rc = purge_tell(s, c, &o, err);
		if (rc == HRV_OK &&
		    json_array_append_new(
			c->verdict == VERDICT_DESTROY ? destroy : protect, o) !=
			0)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK &&
	    (json_set_int(doc, "destroy_records",
		 (int64_t)survey_count(s, VERDICT_DESTROY)) ||
		json_set_int(
		    doc, "protected_records", (int64_t)purge_protected(s)) ||
		json_set_int(doc, "pending", (int64_t)s->pending)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* The vault's own papers that are due, and what keeps them. */
static int
fill_papers(const struct survey *s, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = json_object_set_new(doc, "papers", list)
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->papers.n; i++) {
		json_t *o = NULL;

		rc = paper_tell(&s->papers.list[i], &o, err);
		if (rc == HRV_OK && json_array_append_new(list, o))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	return rc;
}

/* People of whom nothing else is left: who they are goes. */
static int
fill_identities(const struct survey *s, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = json_object_set_new(doc, "identities", list);

	for (size_t i = 0; !bad && i < s->over.n; i++) {
		char text[ID_TEXT_SIZE];

		id_format(&s->over.ids[i], text);
		bad = json_array_append_new(
		    list, json_pack("{s:s}", "subject", text));
	}
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

/* Without a trigger, and for longer than the schedule leaves unasked: a person
 * looks why. Nothing of it is destroyed meanwhile. */
static int
to_review(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	char today[HRV_DATE_TEXT];
	struct stmt *st;
	bool more = false;
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK && json_object_set_new(doc, "to_review", list))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_REVIEW_LIST_DUE, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, today);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct candidate c = { .record.kind = ID_RECORD,
			.subject.kind = ID_SUBJECT };
		char record[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];

		rc = db_col_fixed(st, 0, c.record.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = db_col_fixed(st, 2, c.subject.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		id_format(&c.record, record);
		id_format(&c.subject, subject);
		if (json_array_append_new(list,
			json_pack("{s:s,s:I,s:s,s:s,s:s}", "record", record,
			    "version", (json_int_t)db_col_int(st, 1), "subject",
			    subject, "class", db_col_text(st, 3), "review_on",
			    db_col_text(st, 4)))) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
	}
	db_reset(st);
	return rc;
}

int
hrv_purge_plan(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct survey s = { 0 };
	json_t *doc = json_object();
	int rc = survey_look(v, &s, err);

	if (rc == HRV_OK && doc == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = fill(&s, doc, err);
	if (rc == HRV_OK)
		rc = fill_papers(&s, doc, err);
	if (rc == HRV_OK)
		rc = fill_identities(&s, doc, err);
	if (rc == HRV_OK)
		rc = to_review(v, doc, err);
	survey_clear(&s);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
