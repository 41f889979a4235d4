/* SPDX-License-Identifier: ISC */
/*
 * The plan of a run: what would be destroyed, what is protected and why, how
 * many have no trigger yet. Layer: verbs. Writes nothing.
 */
#include "hrvault/purge.h"

#include "vault/purge.h"
#include "vault/survey.h"

static int
candidate_doc(const struct candidate *c, json_t **ret, struct hrv_err *err)
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
		rc = candidate_doc(c, &o, err);
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
	survey_clear(&s);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
