/* SPDX-License-Identifier: ISC */
/*
 * Scopes of holds. Layer: verbs. Pure but for memory. Invariant: one scope
 * has one canonical text.
 */
#include "vault/scope.h"

#include <stdlib.h>
#include <string.h>

static int
add_id(struct hrv_id **list, size_t *n, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct hrv_id *p;
	size_t at = 0;

	while (at < *n && memcmp((*list)[at].b, id->b, ID_BYTES) < 0)
		at++;
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

bool
scope_is_empty(const struct scope *s)
{
	return s->n_records == 0 && s->n_subjects == 0 && s->n_classes == 0 &&
	       s->from[0] == '\0' && s->to[0] == '\0';
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

int
scope_format(const struct scope *s, struct buf *out, struct hrv_err *err)
{
	json_t *o = json_object(), *classes = json_array();
	int bad = o == NULL || classes == NULL, rc;

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
	rc = bad ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		 : json_canonical(o, out, err);
	json_decref(o);
	return rc;
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

int
scope_parse(const char *text, struct scope *ret, struct hrv_err *err)
{
	struct scope s = { 0 };
	const json_t *classes;
	json_t *o = NULL;
	int rc = text == NULL ? damaged(err)
			      : json_read(text, strlen(text), &o, err);

	if (rc == HRV_OK)
		rc = read_ids(json_object_get(o, "records"), ID_RECORD, &s,
		    scope_add_record, err);
	if (rc == HRV_OK)
		rc = read_ids(json_object_get(o, "subjects"), ID_SUBJECT, &s,
		    scope_add_subject, err);
	classes = json_object_get(o, "classes");
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(classes); i++) {
		const char *c = json_string_value(json_array_get(classes, i));

		rc = c == NULL ? damaged(err) : scope_add_class(&s, c, err);
	}
	if (rc == HRV_OK)
		rc = read_day(o, "from", s.from, err);
	if (rc == HRV_OK)
		rc = read_day(o, "to", s.to, err);
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

bool
scope_names_subject(const struct scope *s, const struct hrv_id *id)
{
	return has_id(s->subjects, s->n_subjects, id);
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

bool
scope_covers(const struct scope *s, const struct record_row *rec,
    const struct hrv_id *links, size_t n_links)
{
	bool person;

	if (has_id(s->records, s->n_records, &rec->id))
		return true;
	/* A scope of records alone covers nothing else. */
	if (s->n_subjects == 0 && s->n_classes == 0 && s->from[0] == '\0' &&
	    s->to[0] == '\0')
		return false;
	person = s->n_subjects == 0 || scope_names_subject(s, &rec->subject);
	for (size_t i = 0; !person && i < n_links; i++)
		person = scope_names_subject(s, &links[i]);
	if (!person)
		return false;
	/* Who a held person is stays known, whatever the classes. */
	if (s->n_subjects > 0 && strcmp(rec->class_name, CLASS_IDENTITY) == 0)
		return true;
	if (s->n_classes > 0 && !has_class(s, rec->class_name))
		return false;
	return (s->from[0] == '\0' || strcmp(rec->created, s->from) >= 0) &&
	       (s->to[0] == '\0' || strcmp(rec->created, s->to) <= 0);
}
