/* SPDX-License-Identifier: ISC */
/*
 * Why a record is kept until when. Layer: verbs. From layer 1 alone: no key,
 * no log entry, any role.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/base/json.h"
#include "vault/record_view.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The sentences of the policy engine. */
static int
put_reasons(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct hrv_date day, json_t *o,
    struct hrv_err *err)
{
	struct hrv_reasons why = HRV_REASONS_INIT;
	struct facts f = { 0 };
	json_t *list = json_array();
	int rc = facts_load(v, rec, ver, &f, err);

	if (rc == HRV_OK)
		rc = hrv_policy_explain(
		    v->schedule, rec->class_name, &f.facts, day, &why, err);
	for (size_t i = 0; rc == HRV_OK && i < why.count; i++) {
		if (json_array_append_new(list, json_string(why.line[i])))
			rc = no_memory(err);
	}
	if (rc == HRV_OK && json_object_set(o, "reasons", list))
		rc = no_memory(err);
	json_decref(list);
	hrv_reasons_clear(&why);
	facts_clear(&f);
	return rc;
}

static int
put_version(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct hrv_date day, json_t *o,
    struct hrv_err *err)
{
	struct hrv_decision d = { .rule_count = 0 };
	int rc = record_decide(v, rec, ver, day, &d, err);

	if (rc == HRV_OK && (json_set_int(o, "version", (int64_t)ver->n) ||
				record_put_dates(o, &d)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = put_reasons(v, rec, ver, day, o, err);
	return rc;
}

/* Versions before the newest that are still there, newest first. */
static int
put_older(struct hrv_vault *v, const struct record_row *rec,
    struct hrv_date day, json_t *o, struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = HRV_OK;

	for (uint32_t n = rec->version - 1; rc == HRV_OK && n > 0; n--) {
		struct version_row ver = { .header = BUF_INIT };
		json_t *one = json_object();

		rc = version_load(v, &rec->id, n, &ver, err);
		if (rc == HRV_OK && ver.header.len > 0)
			rc = put_version(v, rec, &ver, day, one, err);
		if (rc == HRV_OK && ver.header.len > 0 &&
		    (json_set_str(one, "superseded", ver.superseded) ||
			json_array_append(list, one)))
			rc = no_memory(err);
		json_decref(one);
		version_clear(&ver);
	}
	if (json_object_set_new(o, "older", list) && rc == HRV_OK)
		rc = no_memory(err);
	return rc;
}

static void
say_hold(const struct hrv_vault *v, const struct protect_why *why, json_t *list)
{
	char id[ID_TEXT_SIZE];

	id_format(&why->hold_id, id);
	if (why->hold && (v->role == ROLE_LEGAL || v->role == ROLE_DPO))
		(void)!json_array_append_new(list,
		    json_sprintf("A legal hold (%s) keeps it from being "
				 "destroyed or altered, whatever the dates "
				 "say.",
			id));
	else if (why->hold)
		(void)!json_array_append_new(list,
		    json_string("A legal hold keeps it from being destroyed "
				"or altered, whatever the dates say."));
	if (why->cooling)
		(void)!json_array_append_new(list,
		    json_sprintf("A legal hold was released; until %s nothing "
				 "that it covered is destroyed.",
			why->until));
}

/* What stands in the way apart from dates, as of now. */
static int
put_protection(struct hrv_vault *v, const struct record_row *rec, json_t *o,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], notice[HRV_DURATION_WORDS];
	struct protect *p = NULL;
	struct protect_why why;
	json_t *list = json_array();
	int rc = protect_load(v, &p, err);

	if (rc == HRV_OK)
		rc = protect_record(v, p, rec, &why, err);
	protect_free(p);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	say_hold(v, &why, list);
	id_format(&why.case_id, id);
	if (why.kase)
		(void)!json_array_append_new(list,
		    json_sprintf("The case %s freezes it: it is neither "
				 "destroyed nor altered until that is over.",
			id));
	if (rec->restricted[0] != '\0')
		(void)!json_array_append_new(list,
		    json_sprintf("Its use is restricted (%s): it is read only "
				 "for legal claims and for the person's own "
				 "requests.",
			rec->restricted));
	hrv_duration_words(v->schedule->purge.notice, notice);
	(void)!json_array_append_new(list,
	    json_sprintf("Once it is due, %s of notice pass before it is "
			 "destroyed, counted from the log entry that said "
			 "so.",
		notice));
	return json_object_set_new(o, "protection", list) ? no_memory(err)
							  : HRV_OK;
}

/* What is left to say of a destroyed record. */
static int
put_gone(struct hrv_vault *v, const struct record_row *rec, json_t *o,
    struct hrv_err *err)
{
	struct hrv_err why;
	int rc = record_purged(v, rec, rec->version, &why);

	if (rc != HRV_EPURGED) {
		*err = why;
		return rc;
	}
	if (json_set_str(o, "state", "purged") ||
	    json_object_set_new(o, "reasons", json_pack("[s]", why.msg)))
		return no_memory(err);
	return HRV_OK;
}

static int
put_live(struct hrv_vault *v, const struct record_row *rec, struct hrv_date day,
    json_t *o, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	int rc = version_load(v, &rec->id, rec->version, &ver, err);

	if (rc == HRV_OK)
		rc = put_version(v, rec, &ver, day, o, err);
	if (rc == HRV_OK)
		rc = put_protection(v, rec, o, err);
	if (rc == HRV_OK)
		rc = put_older(v, rec, day, o, err);
	version_clear(&ver);
	return rc;
}

int
hrv_record_explain(struct hrv_vault *v, const char *record, struct hrv_date on,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct record_row rec;
	json_t *o = json_object();
	int rc = record_find(v, record, &rec, err);

	if (rc == HRV_OK && !hrv_date_is_set(on))
		rc = vault_today(v, &on, err);
	hrv_date_format(on, day);
	if (rc == HRV_OK &&
	    (o == NULL || record_put_id(o, "record", &rec.id) ||
		record_put_id(o, "subject", &rec.subject) ||
		json_set_str(o, "class", rec.class_name) ||
		json_set_str(o, "compartment", rec.compartment) ||
		json_set_str(o, "on", day)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = rec.purged ? put_gone(v, &rec, o, err)
				: put_live(v, &rec, on, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}
