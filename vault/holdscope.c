/* SPDX-License-Identifier: ISC */
/*
 * Scopes from arguments, and what they cover. Layer: verbs.
 */
#include "vault/holdscope.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/enc.h"
#include "vault/event.h"
#include "vault/store/db.h"

static int
read_classes(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0;
	     rc == HRV_OK && args->classes != NULL && args->classes[i] != NULL;
	     i++) {
		const char *c = args->classes[i], *near;

		if (hrv_schedule_class(v->schedule, c) == NULL) {
			near = hrv_schedule_nearest_class(v->schedule, c);
			hrv_fail_as(err, HRV_EUSAGE, "unknown-class",
			    "the schedule in force has no class '%.64s'", c);
			if (near != NULL)
				return hrv_hint(
				    err, "did you mean '%s'?", near);
			return hrv_hint(
			    err, "'hrvault policy show' lists the classes");
		}
		rc = scope_add_class(s, c, err);
	}
	return rc;
}

static int
read_day(const char *text, char out[11], struct hrv_err *err)
{
	struct hrv_date d;

	if (text == NULL)
		return HRV_OK;
	if (!hrv_date_parse(text, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the range of a hold takes dates (YYYY-MM-DD)");
	hrv_date_format(d, out);
	return HRV_OK;
}

static int
read_people(struct hrv_vault *v, const char *const *list, struct scope *s,
    int (*add)(struct scope *s, const struct hrv_id *id, struct hrv_err *err),
    struct hrv_err *err)
{
	struct hrv_id id;
	int rc = HRV_OK;

	for (; rc == HRV_OK && list != NULL && *list != NULL; list++) {
		rc = lookup_subject(v, *list, &id, err);
		if (rc == HRV_OK)
			rc = add(s, &id, err);
	}
	return rc;
}

static int
look_id(struct hrv_vault *v, bool record, const char *word,
    char out[QUERY_WORD_SIZE], struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id id;
	int rc = record ? lookup_record(v, word, &id, err)
			: lookup_subject(v, word, &id, err);

	if (rc == HRV_OK) {
		id_format(&id, text);
		memcpy(out, text, sizeof(text));
	}
	return rc;
}

static int
look_class(const struct hrv_schedule *s, const char *word, struct hrv_err *err)
{
	const char *near;

	if (strcmp(word, CLASS_IDENTITY) == 0 ||
	    hrv_schedule_class(s, word) != NULL)
		return HRV_OK;
	near = hrv_schedule_nearest_class(s, word);
	hrv_fail_as(err, HRV_EUSAGE, "unknown-class",
	    "the schedule in force has no class '%.64s'", word);
	return near == NULL
		   ? hrv_hint(err, "'hrvault policy show' lists the classes")
		   : hrv_hint(err, "did you mean '%s'?", near);
}

static int
look_compartment(
    const struct hrv_schedule *s, const char *word, struct hrv_err *err)
{
	for (size_t i = 0; i < s->compartment_count; i++) {
		if (strcmp(s->compartment[i], word) == 0)
			return HRV_OK;
	}
	if (strcmp(word, COMP_IDENTITY) == 0)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE,
	    "the schedule in force has no compartment '%.64s'", word);
	return hrv_hint(err, "'hrvault policy show' lists them");
}

static int
look_jurisdiction(struct hrv_vault *v, const char *word, struct hrv_err *err)
{
	struct scope_laws laws = { 0 };
	int rc = scope_laws_load(v, &laws, err);

	/* A day before any schedule: every one of them counts. */
	if (rc == HRV_OK && scope_laws_have(&laws, "", word) == SCOPE_NONE) {
		hrv_fail(err, HRV_EUSAGE,
		    "no schedule of that jurisdiction was ever in force here");
		rc = hrv_hint(err, "'hrvault policy show' names the one of the "
				   "schedule in force");
	}
	scope_laws_clear(&laws);
	return rc;
}

/* A query_look(); ctx is the vault. */
static int
look(void *ctx, enum query_about about, const char *word,
    char out[QUERY_WORD_SIZE], struct hrv_err *err)
{
	struct hrv_vault *v = ctx;
	char kind = word[0] == 'r' ? ID_RECORD : ID_SUBJECT;

	if (about == QUERY_RECORD || about == QUERY_SUBJECT)
		return look_id(v, about == QUERY_RECORD, word, out, err);
	if (about == QUERY_EVENT)
		return event_full_name(v, kind, word, out, err);
	memcpy(out, word, strlen(word) + 1);
	if (about == QUERY_CLASS)
		return look_class(v->schedule, word, err);
	if (about == QUERY_COMPARTMENT)
		return look_compartment(v->schedule, word, err);
	return look_jurisdiction(v, word, err);
}

/* Query and jurisdiction, which is a query as well. */
static int
read_query(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *s, struct hrv_err *err)
{
	struct buf text = BUF_INIT, hex = BUF_INIT;
	int rc;

	if (args->query == NULL && args->jurisdiction == NULL)
		return HRV_OK;
	/* Read alone first: it must be whole before it is put together. */
	rc = args->query == NULL
		 ? HRV_OK
		 : query_parse(args->query, look, v, &s->query, err);
	if (rc == HRV_OK && args->jurisdiction != NULL) {
		query_free(s->query);
		s->query = NULL;
		if (args->query != NULL)
			buf_addf(&text, "(%s) and ", args->query);
		buf_addf(&text, "jurisdiction = %s", args->jurisdiction);
		rc = buf_ok(&text, err);
		if (rc == HRV_OK)
			rc = query_parse(
			    buf_str(&text), look, v, &s->query, err);
	}
	enc_hex(&hex, v->schedule_hash, sizeof(v->schedule_hash));
	if (rc == HRV_OK)
		rc = buf_ok(&hex, err);
	if (rc == HRV_OK)
		memcpy(s->policy, buf_str(&hex), sizeof(s->policy));
	buf_clear(&hex);
	buf_clear(&text);
	return rc;
}

static int
read_all(struct hrv_vault *v, const struct hrv_hold_args *args, struct scope *s,
    struct hrv_err *err)
{
	struct hrv_id id;
	int rc = read_people(v, args->subjects, s, scope_add_subject, err);

	if (rc == HRV_OK)
		rc = read_people(v, args->also, s, scope_add_subject, err);
	if (rc == HRV_OK)
		rc = read_people(v, args->about, s, scope_add_about, err);
	for (size_t i = 0;
	     rc == HRV_OK && args->records != NULL && args->records[i] != NULL;
	     i++) {
		rc = lookup_record(v, args->records[i], &id, err);
		if (rc == HRV_OK)
			rc = scope_add_record(s, &id, err);
	}
	if (rc == HRV_OK)
		rc = read_classes(v, args, s, err);
	if (rc == HRV_OK)
		rc = read_day(args->from, s->from, err);
	if (rc == HRV_OK)
		rc = read_day(args->to, s->to, err);
	return rc == HRV_OK ? read_query(v, args, s, err) : rc;
}

int
holdscope_read(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *ret, struct hrv_err *err)
{
	struct scope s = { 0 };
	int rc = read_all(v, args, &s, err);

	if (rc == HRV_OK && scope_is_empty(&s)) {
		rc =
		    hrv_fail(err, HRV_EUSAGE, "a hold must say what it covers");
		hrv_hint(err, "add --subject S, --class C, --record R, "
			      "--query Q or a range of dates");
	}
	if (rc != HRV_OK) {
		scope_clear(&s);
		return rc;
	}
	*ret = s;
	return HRV_OK;
}

static int
cmp_id(const void *a, const void *b)
{
	const struct hrv_id *x = a, *y = b;

	return memcmp(x->b, y->b, ID_BYTES);
}

/* Each once, in order. */
static size_t
unique(struct hrv_id *list, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), cmp_id);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !id_equal(&list[i], &list[kept - 1]))
			list[kept++] = list[i];
	}
	return kept;
}

/* A named record, with all that is kept together with it. */
static int
add_named(struct hrv_vault *v, const struct hrv_id *id, struct hrv_id **list,
    size_t *n, struct hrv_err *err)
{
	struct hrv_id *ids = NULL, *p = NULL;
	struct record_row rec;
	size_t more = 0;
	int rc = record_load(v, id, &rec, err);

	if (rc == HRV_OK)
		rc = ids_together(v, &rec, &ids, &more, err);
	if (rc == HRV_OK &&
	    (p = realloc(*list, (*n + more + 1) * sizeof(*p))) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		*list = p;
		p[(*n)++] = *id;
		if (more > 0)
			memcpy(p + *n, ids, more * sizeof(*p));
		*n += more;
	}
	free(ids);
	return rc;
}

/* A scope that only names records needs a look at those only. */
static int
candidates(struct hrv_vault *v, const struct scope *s, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	if (!scope_only_names(s))
		return ids_of(
		    v, SQL_RECORD_LIST_LIVE, NULL, ID_RECORD, ret, ret_n, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n_records; i++)
		rc = add_named(v, &s->records[i], &list, &n, err);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = unique(list, n);
	return HRV_OK;
}

int
holdscope_each(struct hrv_vault *v, const struct scope *s, holdscope_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct scope_laws laws = { 0 };
	struct hrv_id *ids = NULL;
	bool asks = scope_has_query(s);
	size_t n = 0;
	int rc = asks ? scope_laws_load(v, &laws, err) : HRV_OK;

	if (rc == HRV_OK)
		rc = candidates(v, s, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct scope_thing t = { 0 };
		struct record_row rec;

		rc = record_load(v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged)
			continue; /* named, and destroyed before */
		rc = scopething_load(v, &rec, asks ? &laws : NULL, &t, err);
		if (rc == HRV_OK && scope_covers(s, &t))
			rc = fn(ctx, &t, err);
		scopething_clear(&t);
	}
	free(ids);
	scope_laws_clear(&laws);
	return rc;
}

static int
add_match(void *ctx, const struct scope_thing *t, struct hrv_err *err)
{
	return manifest_add(ctx, &t->rec->id, NULL, err);
}

int
holdscope_matches(struct hrv_vault *v, const struct scope *scope,
    struct manifest *ret, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = holdscope_each(v, scope, add_match, &m, err);

	if (rc != HRV_OK) {
		manifest_clear(&m);
		return rc;
	}
	*ret = m;
	return HRV_OK;
}
