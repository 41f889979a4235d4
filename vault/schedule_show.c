/* SPDX-License-Identifier: ISC */
/*
 * policy show: the schedule in force as a result, with what was adopted
 * before. Layer: verbs. Needs no key but that of the database.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "hrvault/schedule.h"
#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/store/db.h"

static json_t *
texts(const char *const *list, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; a != NULL && i < n; i++)
		(void)json_array_append_new(a, json_string(list[i]));
	return a;
}

static int
set_duration(json_t *o, const char *key, struct hrv_duration d)
{
	char text[HRV_DURATION_TEXT];

	hrv_duration_format(d, text);
	return json_set_str(o, key, text);
}

static int
set_words(json_t *o, const char *key, const struct hrv_term *t)
{
	char *words;
	int bad;

	if (t == NULL)
		return json_object_set_new(o, key, json_null());
	words = hrv_term_words(t);
	bad = words == NULL || json_set_str(o, key, words);
	free(words);
	return bad;
}

static json_t *
rule_json(const struct hrv_rule *r)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "id", r->id) ||
	    json_set_str(o, "cite", r->cite) || set_words(o, "keep", r->keep) ||
	    set_words(o, "limit", r->limit) ||
	    json_set_str(o, "at_expiry", hrv_at_expiry_name(r->at_expiry)) ||
	    json_set_str(o, "note", r->note[0] == '\0' ? NULL : r->note) ||
	    (r->has_review_if_pending &&
		set_duration(o, "review_if_pending", r->review_if_pending))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
who_json(unsigned who)
{
	json_t *a = json_array();

	if ((who & HRV_WHO_CANDIDATE) != 0)
		(void)json_array_append_new(a, json_string("candidate"));
	if ((who & HRV_WHO_EMPLOYEE) != 0)
		(void)json_array_append_new(a, json_string("employee"));
	return a;
}

/* What its rules ask for, also in a condition. */
static json_t *
events_json(const struct hrv_schedule *s, const struct hrv_class *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < s->event_count; i++) {
		if (hrv_class_asks_event(c, s->event[i]))
			(void)json_array_append_new(
			    a, json_string(s->event[i]));
	}
	for (size_t i = 0; i < s->class_count; i++) {
		if (hrv_class_waits_for(c, s->klass[i].id))
			(void)json_array_append_new(a,
			    json_sprintf("class.%s.destroyed", s->klass[i].id));
	}
	return a;
}

static json_t *
class_json(const struct hrv_schedule *s, const struct hrv_class *c)
{
	json_t *o = json_object(), *rules = json_array();
	int bad = o == NULL || json_set_str(o, "id", c->id) ||
		  json_set_str(o, "title", c->title) ||
		  json_object_set_new(o, "who", who_json(c->who)) ||
		  json_set_str(o, "compartment", c->compartment) ||
		  json_set_str(o, "purpose", c->purpose) ||
		  json_object_set_new(
		      o, "purposes", texts(c->purposes, c->purpose_count)) ||
		  json_object_set_new(o, "events", events_json(s, c)) ||
		  json_set_str(o, "legal_basis", c->legal_basis) ||
		  json_object_set_new(o, "special_category",
		      json_boolean(c->special_category)) ||
		  json_object_set_new(o, "built_in", json_boolean(c->built_in));

	for (size_t i = 0; !bad && i < c->rule_count; i++)
		bad = json_array_append_new(rules, rule_json(c->rule[i]));
	if (bad) {
		json_decref(rules);
		json_decref(o);
		return NULL;
	}
	(void)json_object_set_new(o, "rules", rules);
	return o;
}

static json_t *
purge_json(const struct hrv_purge_settings *p)
{
	json_t *o = json_object();

	if (o == NULL || set_duration(o, "notice", p->notice) ||
	    json_set_int(o, "max_per_run", p->max_per_run) ||
	    json_set_int(o, "max_share_percent", p->max_share) ||
	    set_duration(o, "release_cooling_off", p->release_cooling_off) ||
	    json_set_int(o, "max_silence_days", p->max_silence)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* Every text ever adopted, newest last; *current gets when the schedule in
 * force was. */
static int
add_texts(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_POLICY_LIST, &st, err);

	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 1);
		const char *adopted = db_col_text(st, 5);
		json_t *o = json_object();
		size_t len;
		const uint8_t *hash = db_col_blob(st, 0, &len);

		if (json_set_str(o, "kind", kind) ||
		    json_set_str(o, "id", db_col_text(st, 2)) ||
		    json_set_str(o, "version", db_col_text(st, 3)) ||
		    json_set_hex(o, "sha256", hash, len) ||
		    json_set_str(o, "adopted", adopted) ||
		    json_set_int(o, "audit_index", db_col_int(st, 4)) ||
		    json_array_append(list, o))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		json_decref(o);
		if (kind != NULL && strcmp(kind, "schedule") == 0)
			(void)json_set_str(doc, "adopted", adopted);
	}
	if (rc == HRV_OK && json_object_set(doc, "texts", list))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(list);
	return rc;
}

static int
add_classes(const struct hrv_schedule *s, const char *class_id, json_t *doc,
    struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t i = 0; !bad && i < s->class_count; i++) {
		if (class_id == NULL || strcmp(s->klass[i].id, class_id) == 0)
			bad = json_array_append_new(
			    list, class_json(s, &s->klass[i]));
	}
	if (bad || json_object_set(doc, "classes", list)) {
		json_decref(list);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(list);
	return HRV_OK;
}

static int
add_head(const struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;

	if (doc == NULL || json_set_str(doc, "id", s->id) ||
	    json_set_str(doc, "version", s->version) ||
	    json_set_str(doc, "title", s->title) ||
	    json_set_str(doc, "jurisdiction", s->jurisdiction) ||
	    json_set_str(doc, "timezone", s->timezone) ||
	    json_set_int(doc, "minimum_age", s->minimum_age) ||
	    json_set_hex(doc, "sha256", v->schedule_hash, 32) ||
	    json_set_str(doc, "adopted", "") ||
	    json_object_set_new(doc, "compartments",
		texts(s->compartment, s->compartment_count)) ||
	    json_object_set_new(
		doc, "purposes", texts(s->purpose, s->purpose_count)) ||
	    json_object_set_new(
		doc, "events", texts(s->event, s->event_count)) ||
	    json_object_set_new(doc, "dual_control",
		texts(s->dual_control, s->dual_control_count)) ||
	    json_object_set_new(doc, "purge", purge_json(&s->purge)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
hrv_policy_show(struct hrv_vault *v, const char *class_id,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	json_t *doc = NULL;
	int rc;

	if (s == NULL)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "no schedule was adopted here");
	if (class_id != NULL && hrv_schedule_class(s, class_id) == NULL) {
		const char *near = hrv_schedule_nearest_class(s, class_id);

		hrv_fail(err, HRV_ENOTFOUND,
		    "the schedule in force has no such class");
		return near == NULL
			   ? hrv_hint(err, "'hrvault policy show' lists the "
					   "classes")
			   : hrv_hint(err, "did you mean %s?", near);
	}
	doc = json_object();
	rc = add_head(v, doc, err);
	if (rc == HRV_OK)
		rc = add_classes(s, class_id, doc, err);
	if (rc == HRV_OK && class_id == NULL)
		rc = add_texts(v, doc, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	else
		json_decref(doc);
	return rc;
}
