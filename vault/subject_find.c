/* SPDX-License-Identifier: ISC */
/*
 * Finding and listing subjects. Layer: verbs. Invariant: every identity that
 * is opened stands in the one batch intent of the command, and results leave
 * only after its outcome is durable.
 */
#include "hrvault/subject.h"

#include <string.h>

#include "vault/identity.h"
#include "vault/store/db.h"
#include "vault/subject_match.h"
#include "vault/subject_view.h"

/* How people say which field they mean. */
static const struct word {
	const char *prefix;
	enum text_field field;
	const char *member;
} words[] = { { "name:", TEXT_NAME, "name" },
	{ "number:", TEXT_NUMBER, "number" },
	{ "email:", TEXT_EMAIL, "emails" },
	{ "phone:", TEXT_PHONE, "phones" } };

#define WORDS (sizeof(words) / sizeof(words[0]))

/* A search: which fields of `words`, as bits, and what for. */
struct query {
	unsigned fields;
	const char *text;
};

static struct query
query_of(const char *text)
{
	struct query q = { 0, text };

	for (size_t i = 0; i < WORDS; i++) {
		size_t n = strlen(words[i].prefix);

		if (strncmp(text, words[i].prefix, n) == 0)
			return (struct query){ 1u << i, text + n };
		q.fields |= 1u << i;
	}
	return q;
}

static int
candidates(struct hrv_vault *v, const struct query *q, struct subject_set *s,
    struct hrv_err *err)
{
	int rc = text_check_field(TEXT_NAME, q->text, strlen(q->text), err);

	if (rc != HRV_OK) {
		hrv_fail(err, HRV_EUSAGE,
		    "this cannot be searched for: it is empty, too long or no "
		    "text");
		return hrv_hint(err, "give words of a name, a number, an "
				     "e-mail address or a phone number");
	}
	for (size_t i = 0; rc == HRV_OK && i < WORDS; i++) {
		if ((q->fields & 1u << i) != 0)
			rc =
			    subject_set_add(v, s, words[i].field, q->text, err);
	}
	return rc;
}

/* The fields of an identity that answer the query. */
static int
matched(const json_t *identity, const struct query *q, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < WORDS; i++) {
		if ((q->fields & 1u << i) == 0 ||
		    !subject_has(identity, words[i].field, q->text))
			continue;
		if (json_array_append_new(list, json_string(words[i].member))) {
			json_decref(list);
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		}
	}
	*ret = list;
	return HRV_OK;
}

/* Adds the view of one opened subject to docs. */
static int
add_view(json_t *docs, const struct subject_row *s, const json_t *identity,
    json_t *fields, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = view_subject(s, &doc, err);

	if (rc == HRV_OK)
		rc = view_copy(doc, identity, "name", err);
	if (rc == HRV_OK)
		rc = view_copy(doc, identity, "number", err);
	if (rc == HRV_OK && fields != NULL) {
		rc = view_copy(doc, identity, "emails", err);
		if (rc == HRV_OK && json_object_set(doc, "matched", fields))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK && json_array_append(docs, doc))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(doc);
	return rc;
}

/* Opens one subject; q NULL: it is wanted in any case. */
static int
open_one(struct hrv_vault *v, const struct receipt *r, const struct hrv_id *id,
    const struct query *q, json_t *docs, struct hrv_err *err)
{
	json_t *identity = NULL, *fields = NULL;
	struct subject_row s;
	int rc = subject_load(v, id, &s, err);

	if (rc == HRV_OK && s.gone)
		return q == NULL ? add_view(docs, &s, NULL, NULL, err) : rc;
	if (rc == HRV_OK)
		rc = identity_open(v, r, &s, &identity, err);
	if (rc == HRV_OK && q != NULL)
		rc = matched(identity, q, &fields, err);
	if (rc == HRV_OK && (q == NULL || json_array_size(fields) > 0))
		rc = add_view(docs, &s, identity, fields, err);
	json_decref(fields);
	json_decref(identity);
	return rc;
}

/* Opens all of a set under one intent. */
static int
open_set(struct hrv_vault *v, const char *op, const struct subject_set *s,
    const struct query *q, json_t *docs, struct hrv_err *err)
{
	struct entry e = ENTRY(op);
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	int rc = subject_set_manifest(s, &m, err);

	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, &r, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = open_one(v, r, &s->ids[i], q, docs, err);
	if (rc == HRV_OK)
		rc = receipt_close(v, &r, &e, NULL, err);
	else
		rc = subject_read_failed(v, &r, &e, err);
	manifest_clear(&m);
	return rc;
}

int
hrv_subject_find(struct hrv_vault *v, const char *text, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct query q = query_of(text);
	struct entry refused = ENTRY("subject.find");
	struct subject_set set = { 0 };
	json_t *docs;
	int rc = role_may(v->role, "subject.find", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	docs = json_array();
	if (docs == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = candidates(v, &q, &set, err);
	if (rc == HRV_OK)
		rc = open_set(v, "subject.find", &set, &q, docs, err);
	if (rc == HRV_OK)
		rc = view_emit(docs, fn, ctx, err);
	subject_set_clear(&set);
	json_decref(docs);
	return rc;
}

/* All subjects that are listed; what is clear of them goes to docs where the
 * member is to see no more. */
static int
all_subjects(struct hrv_vault *v, bool with_gone, bool clear,
    struct subject_set *set, json_t *docs, struct hrv_err *err)
{
	struct subject_row s;
	size_t kept = 0;
	int rc = ids_of(
	    v, SQL_SUBJECT_LIST, NULL, ID_SUBJECT, &set->ids, &set->n, err);

	for (size_t i = 0; rc == HRV_OK && i < set->n; i++) {
		rc = subject_load(v, &set->ids[i], &s, err);
		if (rc != HRV_OK || (s.gone && !with_gone))
			continue;
		set->ids[kept++] = s.id;
		if (clear)
			rc = add_view(docs, &s, NULL, NULL, err);
	}
	if (rc == HRV_OK)
		set->n = kept;
	return rc;
}

int
hrv_subject_list(struct hrv_vault *v, bool gone, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct hrv_err ignored;
	struct subject_set set = { 0 };
	bool names = role_may(v->role, "subject.list", &ignored) == HRV_OK;
	json_t *docs = json_array();
	int rc =
	    docs == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;

	if (rc == HRV_OK)
		rc = all_subjects(v, gone, !names, &set, docs, err);
	if (rc == HRV_OK && names && set.n > 0)
		rc = open_set(v, "subject.list", &set, NULL, docs, err);
	if (rc == HRV_OK)
		rc = view_emit(docs, fn, ctx, err);
	subject_set_clear(&set);
	json_decref(docs);
	return rc;
}
