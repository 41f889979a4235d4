/* SPDX-License-Identifier: ISC */
/*
 * Scopes of holds. Layer: verbs. Pure but for memory. Invariant: one scope
 * has one canonical text.
 */
#include "vault/scope.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"

static int
add_id(struct hrv_id **list, size_t *n, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct hrv_id *p;
	size_t at = *n;

	/* From the end: lists are mostly read in their own order. */
	while (at > 0 && memcmp((*list)[at - 1].b, id->b, ID_BYTES) >= 0)
		at--;
	if (at < *n && id_equal(&(*list)[at], id))
		return HRV_OK;
	p = realloc(*list, (*n + 1) * sizeof(*p));
	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*list = p;
	memmove(p + at + 1, p + at, (*n - at) * sizeof(*p));
	p[at] = *id;
	(*n)++;
	return HRV_OK;
}

int
scope_add_record(struct scope *s, const struct hrv_id *id, struct hrv_err *err)
{
	return add_id(&s->records, &s->n_records, id, err);
}

int
scope_add_subject(struct scope *s, const struct hrv_id *id, struct hrv_err *err)
{
	return add_id(&s->subjects, &s->n_subjects, id, err);
}

int
scope_add_about(struct scope *s, const struct hrv_id *id, struct hrv_err *err)
{
	return add_id(&s->about, &s->n_about, id, err);
}

int
scope_add_more(struct scope *s, struct scope *more, struct hrv_err *err)
{
	struct scope *p = realloc(s->also, (s->n_also + 1) * sizeof(*p));

	if (p == NULL) {
		scope_clear(more);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	s->also = p;
	p[s->n_also++] = *more;
	*more = (struct scope){ 0 };
	return HRV_OK;
}

bool
scope_has_query(const struct scope *s)
{
	bool has = s->query != NULL;

	for (size_t i = 0; !has && i < s->n_also; i++)
		has = s->also[i].query != NULL;
	return has;
}

int
scope_add_class(struct scope *s, const char *name, struct hrv_err *err)
{
	char(*p)[CLASS_NAME_SIZE];
	size_t at = 0;

	while (at < s->n_classes && strcmp(s->classes[at], name) < 0)
		at++;
	if (at < s->n_classes && strcmp(s->classes[at], name) == 0)
		return HRV_OK;
	p = realloc(s->classes, (s->n_classes + 1) * sizeof(*p));
	if (p == NULL || strlen(name) >= CLASS_NAME_SIZE) {
		if (p != NULL)
			s->classes = p;
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	s->classes = p;
	memmove(p + at + 1, p + at, (s->n_classes - at) * sizeof(*p));
	memset(p[at], 0, sizeof(*p));
	memcpy(p[at], name, strlen(name));
	s->n_classes++;
	return HRV_OK;
}

/* Whether it names anything but records: then those are not all it covers. */
static bool
narrows(const struct scope *s)
{
	return s->n_subjects > 0 || s->n_classes > 0 || s->from[0] != '\0' ||
	       s->to[0] != '\0' || s->query != NULL;
}

bool
scope_is_empty(const struct scope *s)
{
	return s->n_records == 0 && !narrows(s);
}

bool
scope_only_names(const struct scope *s)
{
	return !narrows(s) && s->n_also == 0;
}

static json_t *
id_list(const struct hrv_id *ids, size_t n)
{
	json_t *list = json_array();
	char text[ID_TEXT_SIZE];

	for (size_t i = 0; i < n; i++) {
		id_format(&ids[i], text);
		if (json_array_append_new(list, json_string(text)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int
put_query(const struct scope *s, json_t *o)
{
	struct buf text = BUF_INIT;
	int bad;

	query_format(s->query, &text);
	bad = buf_ok(&text, NULL) != HRV_OK ||
	      json_set_str(o, "query", buf_str(&text)) ||
	      json_set_str(o, "policy", s->policy);
	buf_clear(&text);
	return bad;
}

/* What is not there is not written. NULL: no memory. */
static json_t *
scope_json(const struct scope *s)
{
	json_t *o = json_object(), *classes = json_array(), *also;
	int bad = o == NULL || classes == NULL;

	for (size_t i = 0; i < s->n_classes; i++)
		bad |=
		    json_array_append_new(classes, json_string(s->classes[i]));
	bad |= json_object_set_new(o, "classes", classes);
	bad |= json_object_set_new(
	    o, "records", id_list(s->records, s->n_records));
	bad |= json_object_set_new(
	    o, "subjects", id_list(s->subjects, s->n_subjects));
	if (s->from[0] != '\0')
		bad |= json_set_str(o, "from", s->from);
	if (s->to[0] != '\0')
		bad |= json_set_str(o, "to", s->to);
	if (s->n_about > 0)
		bad |= json_object_set_new(
		    o, "about", id_list(s->about, s->n_about));
	if (s->frozen)
		bad |= json_set_int(o, "frozen", 1);
	if (s->query != NULL)
		bad |= put_query(s, o);
	also = s->n_also == 0 ? NULL : json_array();
	for (size_t i = 0; i < s->n_also; i++)
		bad |= json_array_append_new(also, scope_json(&s->also[i]));
	if (also != NULL)
		bad |= json_object_set_new(o, "also", also);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
scope_format(const struct scope *s, struct buf *out, struct hrv_err *err)
{
	json_t *o = scope_json(s);
	int rc = o == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : json_canonical(o, out, err);

	json_decref(o);
	return rc;
}

bool
scope_hash_before(const json_t *scope, uint8_t out[32])
{
	json_t *was = json_deep_copy(scope);
	json_t *also = json_object_get(was, "also");
	struct buf text = BUF_INIT;
	size_t n = json_array_size(also);
	bool ok = n > 0 && json_array_remove(also, n - 1) == 0;

	if (ok && n == 1)
		ok = json_object_del(was, "also") == 0;
	ok = ok && json_canonical(was, &text, NULL) == HRV_OK;
	if (ok)
		crypt_sha256(text.data, text.len, out);
	buf_clear(&text);
	json_decref(was);
	return ok;
}

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY, "the scope of a hold is damaged");
}

static int
read_ids(const json_t *list, char kind, struct scope *s,
    int (*add)(struct scope *s, const struct hrv_id *id, struct hrv_err *err),
    struct hrv_err *err)
{
	int rc = json_is_array(list) ? HRV_OK : damaged(err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct hrv_id id;

		if (text == NULL || !id_parse(text, kind, &id))
			return damaged(err);
		rc = add(s, &id, err);
	}
	return rc;
}

static int
read_day(const json_t *o, const char *key, char out[11], struct hrv_err *err)
{
	const char *text = json_str(o, key);

	if (text == NULL)
		return HRV_OK;
	if (strlen(text) != 10)
		return damaged(err);
	memcpy(out, text, 11);
	return HRV_OK;
}

static int
read_classes(const json_t *o, struct scope *s, struct hrv_err *err)
{
	const json_t *list = json_object_get(o, "classes");
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const char *c = json_string_value(json_array_get(list, i));

		rc = c == NULL ? damaged(err) : scope_add_class(s, c, err);
	}
	return rc;
}

static int
read_query(const json_t *o, struct scope *s, struct hrv_err *err)
{
	const char *text = json_str(o, "query"),
		   *policy = json_str(o, "policy");

	if (text == NULL)
		return json_object_get(o, "query") == NULL ? HRV_OK
							   : damaged(err);
	if (policy == NULL || strlen(policy) + 1 != sizeof(s->policy))
		return damaged(err);
	memcpy(s->policy, policy, sizeof(s->policy));
	return query_parse(text, NULL, NULL, &s->query, err);
}

/* A member that this program does not know may be one that protects. */
static int
read_known(const json_t *o, struct hrv_err *err)
{
	static const char *const known[] = { "about", "also", "classes", "from",
		"frozen", "policy", "query", "records", "subjects", "to" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		n += json_object_get(o, known[i]) != NULL;
	return n == json_object_size(o) ? HRV_OK : damaged(err);
}

static int read_scope(
    const json_t *o, struct scope *s, bool top, struct hrv_err *err);

static int
read_also(const json_t *o, struct scope *s, bool top, struct hrv_err *err)
{
	const json_t *list = json_object_get(o, "also");
	int rc = list == NULL || (top && json_array_size(list) > 0)
		     ? HRV_OK
		     : damaged(err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		struct scope more = { 0 };

		rc = read_scope(json_array_get(list, i), &more, false, err);
		if (rc == HRV_OK)
			rc = scope_add_more(s, &more, err);
		scope_clear(&more);
	}
	return rc;
}

static int
read_scope(const json_t *o, struct scope *s, bool top, struct hrv_err *err)
{
	const json_t *about = json_object_get(o, "about");
	int rc = read_known(o, err);

	if (rc == HRV_OK)
		rc = read_ids(json_object_get(o, "records"), ID_RECORD, s,
		    scope_add_record, err);
	if (rc == HRV_OK)
		rc = read_ids(json_object_get(o, "subjects"), ID_SUBJECT, s,
		    scope_add_subject, err);
	if (rc == HRV_OK && about != NULL)
		rc = read_ids(about, ID_SUBJECT, s, scope_add_about, err);
	if (rc == HRV_OK)
		rc = read_classes(o, s, err);
	if (rc == HRV_OK)
		rc = read_day(o, "from", s->from, err);
	if (rc == HRV_OK)
		rc = read_day(o, "to", s->to, err);
	if (rc == HRV_OK)
		rc = read_query(o, s, err);
	s->frozen = json_object_get(o, "frozen") != NULL;
	return rc == HRV_OK ? read_also(o, s, top, err) : rc;
}

int
scope_parse(const char *text, struct scope *ret, struct hrv_err *err)
{
	struct scope s = { 0 };
	json_t *o = NULL;
	int rc = text == NULL ? damaged(err)
			      : json_read(text, strlen(text), &o, err);

	if (rc == HRV_OK)
		rc = read_scope(o, &s, true, err);
	json_decref(o);
	if (rc != HRV_OK) {
		scope_clear(&s);
		return rc == HRV_ENOMEM ? rc : damaged(err);
	}
	*ret = s;
	return HRV_OK;
}

void
scope_clear(struct scope *s)
{
	free(s->records);
	free(s->subjects);
	free(s->classes);
	free(s->about);
	query_free(s->query);
	for (size_t i = 0; i < s->n_also; i++)
		scope_clear(&s->also[i]);
	free(s->also);
	*s = (struct scope){ 0 };
}

static int
cmp_id(const void *a, const void *b)
{
	const struct hrv_id *x = a, *y = b;

	return memcmp(x->b, y->b, ID_BYTES);
}

static bool
has_id(const struct hrv_id *list, size_t n, const struct hrv_id *id)
{
	return n > 0 && bsearch(id, list, n, sizeof(*list), cmp_id) != NULL;
}

static int
is_same(void *ctx, const struct hrv_id *id)
{
	return id_equal(ctx, id);
}

bool
scope_names_subject(const struct scope *s, const struct hrv_id *id)
{
	struct hrv_id copy = *id;
	bool names =
	    has_id(s->subjects, s->n_subjects, id) ||
	    (s->query != NULL && query_each_id(s->query, is_same, &copy) != 0);

	for (size_t i = 0; !names && i < s->n_also; i++)
		names = scope_names_subject(&s->also[i], id);
	return names;
}

bool
scope_is_about(const struct scope *s, const struct hrv_id *id)
{
	bool about =
	    has_id(s->about, s->n_about, id) || scope_names_subject(s, id);

	for (size_t i = 0; !about && i < s->n_also; i++)
		about = scope_is_about(&s->also[i], id);
	return about;
}

static bool
has_class(const struct scope *s, const char *name)
{
	for (size_t i = 0; i < s->n_classes; i++) {
		if (strcmp(s->classes[i], name) == 0)
			return true;
	}
	return false;
}

static bool
covers_person(const struct scope *s, const struct scope_thing *t)
{
	bool person = s->n_subjects == 0 ||
		      has_id(s->subjects, s->n_subjects, &t->rec->subject);

	for (size_t i = 0; !person && i < t->n_links; i++)
		person = has_id(s->subjects, s->n_subjects, &t->links[i]);
	return person;
}

static bool
covers_one(const struct scope *s, const struct scope_thing *t)
{
	const struct record_row *rec = t->rec;

	if (has_id(s->records, s->n_records, &rec->id))
		return true;
	/* A scope of records alone covers nothing else. */
	if (!narrows(s) || !covers_person(s, t))
		return false;
	/* Who a held person is stays known, whatever the classes. */
	if (s->n_subjects > 0 && strcmp(rec->class_name, CLASS_IDENTITY) == 0)
		return true;
	if (s->n_classes > 0 && !has_class(s, rec->class_name))
		return false;
	if ((s->from[0] != '\0' && strcmp(rec->created, s->from) < 0) ||
	    (s->to[0] != '\0' && strcmp(rec->created, s->to) > 0))
		return false;
	/* What a query cannot tell is covered. */
	return s->query == NULL || query_test(s->query, t) != QUERY_NO;
}

static bool
covers_thing(const struct scope *s, const struct scope_thing *t)
{
	bool covers = covers_one(s, t);

	for (size_t i = 0; !covers && i < s->n_also; i++)
		covers = covers_one(&s->also[i], t);
	return covers;
}

bool
scope_covers(const struct scope *s, const struct scope_thing *t)
{
	bool covers = covers_thing(s, t);

	for (size_t i = 0; !covers && i < t->n_kin; i++)
		covers = covers_thing(s, &t->kin[i].thing);
	return covers;
}
