/* SPDX-License-Identifier: ISC */
/*
 * The record of processing (Art. 30), made from the schedule in force and the
 * register of recipients. Layer: verbs. Needs no key but that of the database;
 * nobody is named in it.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "hrvault/rights.h"
#include "vault/base/json.h"
#include "vault/contact.h"
#include "vault/measures.h"
#include "vault/recipient.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
put_words(json_t *o, const char *key, const struct hrv_term *t)
{
	char *words;
	int bad;

	if (t == NULL)
		return 0;
	words = hrv_term_words(t);
	bad = words == NULL || json_set_str(o, key, words);
	free(words);
	return bad;
}

/* One erasure limit, in words. */
static json_t *
limit_json(const struct hrv_rule *r)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "rule", r->id) ||
	    json_set_str(o, "authority", r->cite) ||
	    put_words(o, "kept_until", r->keep) ||
	    put_words(o, "used_until", r->limit) ||
	    json_set_str(o, "then", hrv_at_expiry_name(r->at_expiry))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
class_json(const struct hrv_class *c)
{
	json_t *o = json_object(), *who = json_array(), *limits = json_array();
	int bad = o == NULL || json_set_str(o, "class", c->id) ||
		  json_set_str(o, "data", c->title) ||
		  json_set_str(o, "legal_basis", c->legal_basis) ||
		  json_set_str(o, "compartment", c->compartment) ||
		  json_object_set_new(
		      o, "special_category", json_boolean(c->special_category));

	if ((c->who & HRV_WHO_CANDIDATE) != 0)
		bad = bad ||
		      json_array_append_new(who, json_string("candidates"));
	if ((c->who & HRV_WHO_EMPLOYEE) != 0)
		bad =
		    bad || json_array_append_new(who, json_string("employees"));
	for (size_t i = 0; i < c->rule_count; i++)
		bad = bad ||
		      json_array_append_new(limits, limit_json(c->rule[i]));
	bad = json_object_set_new(o, "subjects", who) || bad;
	bad = json_object_set_new(o, "erasure", limits) || bad;
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* The classes of one purpose, or NULL-free nothing. */
static int
add_activity(const struct hrv_schedule *s, const char *purpose, json_t *list,
    struct hrv_err *err)
{
	json_t *classes = json_array(), *o = NULL;
	bool bad = classes == NULL;

	for (size_t i = 0; !bad && i < s->class_count; i++) {
		const struct hrv_class *c = &s->klass[i];

		if (!c->built_in && strcmp(c->purpose, purpose) == 0)
			bad = json_array_append_new(classes, class_json(c));
	}
	if (!bad && json_array_size(classes) > 0) {
		o = json_pack(
		    "{s:s,s:O}", "purpose", purpose, "classes", classes);
		bad = o == NULL || json_array_append_new(list, o);
	}
	json_decref(classes);
	return bad ? no_memory(err) : HRV_OK;
}

static int
add_activities(const struct hrv_schedule *s, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = list == NULL ? no_memory(err) : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->purpose_count; i++)
		rc = add_activity(s, s->purpose[i], list, err);
	if (rc == HRV_OK && json_object_set(doc, "activities", list))
		rc = no_memory(err);
	json_decref(list);
	return rc;
}

/* By id, kind and country; the names are sealed ('recipient list'). */
static int
add_recipients(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	struct recipient_row row;
	struct hrv_id *ids = NULL;
	json_t *list = json_array(), *o = NULL;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RIGHTS_LIST_RECIPIENTS, NULL, ID_RECIPIENT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = recipient_load(v, &ids[i], &row, err);
		if (rc == HRV_OK)
			rc = recipient_view(v, &row, &o, err);
		if (rc == HRV_OK &&
		    (json_object_set_new(o, "transfer",
			 json_boolean(!recipient_near(v, row.country))) ||
			json_array_append(list, o)))
			rc = no_memory(err);
		json_decref(o);
		o = NULL;
	}
	if (rc == HRV_OK && json_object_set(doc, "recipients", list))
		rc = no_memory(err);
	json_decref(list);
	free(ids);
	return rc;
}

static int
add_head(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	char day[HRV_DATE_TEXT];
	json_t *security = measures_list();
	int rc = vault_today_text(v, day, err);
	bool bad = doc == NULL || security == NULL;

	if (rc == HRV_OK &&
	    (bad || json_set_str(doc, "vault", v->origin) ||
		json_set_str(doc, "as_of", day) ||
		json_set_str(doc, "schedule", s->id) ||
		json_set_str(doc, "version", s->version) ||
		json_set_str(doc, "title", s->title) ||
		json_set_str(doc, "jurisdiction", s->jurisdiction) ||
		json_set_hex(doc, "sha256", v->schedule_hash, 32) ||
		json_object_set(doc, "security", security)))
		rc = no_memory(err);
	json_decref(security);
	return rc;
}

/* Art. 30(1)(a), or null: the register shows what is missing. */
static int
add_controller(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	json_t *who = NULL;
	int rc = contact_json(v, NULL, &who, err);

	if (rc == HRV_ENOTFOUND) {
		who = json_null();
		rc = HRV_OK;
	}
	if (rc == HRV_OK && json_object_set(doc, "controller", who))
		rc = no_memory(err);
	json_decref(who);
	return rc;
}

int
hrv_policy_register(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *doc;
	int rc;

	if (v->schedule == NULL)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "no schedule was adopted here");
	doc = json_object();
	rc = add_head(v, doc, err);
	if (rc == HRV_OK)
		rc = add_controller(v, doc, err);
	if (rc == HRV_OK)
		rc = add_activities(v->schedule, doc, err);
	if (rc == HRV_OK)
		rc = add_recipients(v, doc, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
