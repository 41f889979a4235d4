/* SPDX-License-Identifier: ISC */
/*
 * Candidates and hits. Layer: verbs. Invariant: the index alone never decides
 * that two people are one; an opened identity does.
 */
#include "vault/subject_match.h"

#include <stdlib.h>
#include <string.h>

#include "vault/identity.h"
#include "vault/index.h"

static int
by_id(const void *a, const void *b)
{
	const struct hrv_id *x = a, *y = b;

	return memcmp(x->b, y->b, ID_BYTES);
}

/* Appends n ids, sorts and makes them distinct. */
static int
merge(struct subject_set *s, const struct hrv_id *ids, size_t n,
    struct hrv_err *err)
{
	struct hrv_id *all;
	size_t kept = 0;

	if (n == 0)
		return HRV_OK;
	all = realloc(s->ids, (s->n + n) * sizeof(*all));
	if (all == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	memcpy(all + s->n, ids, n * sizeof(*ids));
	s->ids = all;
	s->n += n;
	qsort(all, s->n, sizeof(*all), by_id);
	for (size_t i = 0; i < s->n; i++) {
		if (i == 0 || !id_equal(&all[i], &all[kept - 1]))
			all[kept++] = all[i];
	}
	s->n = kept;
	return HRV_OK;
}

int
subject_set_add(struct hrv_vault *v, struct subject_set *s,
    enum text_field field, const char *value, struct hrv_err *err)
{
	struct hrv_err ignored;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc;

	if (text_check_field(field, value, strlen(value), &ignored) != HRV_OK)
		return HRV_OK;
	rc = index_lookup(v, field, value, &ids, &n, err);
	if (rc == HRV_OK)
		rc = merge(s, ids, n, err);
	free(ids);
	return rc;
}

void
subject_set_drop(struct subject_set *s, const struct hrv_id *id)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!id_equal(&s->ids[i], id))
			s->ids[kept++] = s->ids[i];
	}
	s->n = kept;
}

bool
subject_set_equal(const struct subject_set *a, const struct subject_set *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!id_equal(&a->ids[i], &b->ids[i]))
			return false;
	}
	return true;
}

int
subject_set_manifest(
    const struct subject_set *s, struct manifest *m, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = manifest_add(m, &s->ids[i], NULL, err);
	return rc;
}

void
subject_set_clear(struct subject_set *s)
{
	free(s->ids);
	*s = (struct subject_set){ 0 };
}

static bool
one_has(const json_t *text, enum text_field field, const char *value)
{
	const char *t = json_string_value(text);

	return t != NULL && text_matches(field, t, value);
}

bool
subject_has(const json_t *identity, enum text_field field, const char *value)
{
	const json_t *list;

	if (field == TEXT_NAME)
		return one_has(json_object_get(identity, "name"), field, value);
	if (field == TEXT_NUMBER)
		return one_has(
		    json_object_get(identity, "number"), field, value);
	list = json_object_get(
	    identity, field == TEXT_EMAIL ? "emails" : "phones");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (one_has(json_array_get(list, i), field, value))
			return true;
	}
	return false;
}

static int
opened_has(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *id, enum text_field field, const char *value,
    bool *ret, struct hrv_err *err)
{
	struct subject_row s;
	json_t *identity = NULL;
	int rc = subject_load(v, id, &s, err);

	if (rc == HRV_OK && s.gone)
		return HRV_OK;
	if (rc == HRV_OK)
		rc = identity_open(v, r, &s, &identity, err);
	*ret = rc == HRV_OK && subject_has(identity, field, value);
	json_decref(identity);
	return rc;
}

int
subject_set_having(struct hrv_vault *v, const struct receipt *r,
    const struct subject_set *s, enum text_field field, const char *value,
    json_t *list, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		bool has = false;

		rc = opened_has(v, r, &s->ids[i], field, value, &has, err);
		id_format(&s->ids[i], text);
		if (rc == HRV_OK && has &&
		    json_array_append_new(list, json_string(text)))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	return rc;
}

int
subject_number_free(struct hrv_vault *v, const struct receipt *r,
    const struct subject_set *s, const char *number, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	bool taken = false;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		rc = opened_has(
		    v, r, &s->ids[i], TEXT_NUMBER, number, &taken, err);
		if (rc != HRV_OK || !taken)
			continue;
		id_format(&s->ids[i], text);
		hrv_fail(err, HRV_EEXISTS,
		    "%s has this number already; nothing was stored", text);
		rc = hrv_hint(
		    err, "'hrvault subject show %s' shows who that is", text);
	}
	return rc;
}

int
subject_number_same(struct hrv_vault *v, const struct subject_set *before,
    const char *number, const struct hrv_id *self, struct hrv_err *err)
{
	struct subject_set now = { 0 };
	int rc;

	if (number == NULL)
		return HRV_OK;
	rc = subject_set_add(v, &now, TEXT_NUMBER, number, err);
	if (self != NULL)
		subject_set_drop(&now, self);
	if (rc == HRV_OK && !subject_set_equal(before, &now)) {
		hrv_fail(
		    err, HRV_EBUSY, "somebody else has just used this number");
		rc = hrv_hint(err, "run the command again");
	}
	subject_set_clear(&now);
	return rc;
}

int
subject_read_failed(struct hrv_vault *v, struct receipt **r,
    const struct entry *what, struct hrv_err *err)
{
	struct entry e = ENTRY(what->op);
	struct hrv_err why = *err, ignored;

	txn_abort(v);
	e.subject = what->subject;
	if (*r != NULL)
		(void)!receipt_close(v, r, &e, &why, &ignored);
	*err = why;
	return (int)why.code;
}
