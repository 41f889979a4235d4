/* SPDX-License-Identifier: ISC */
/*
 * What the log says of people's records, held against the tables. Layer: verbs.
 * Rows are read by the key of the record, never found by whose they are: an old
 * page of an index would leave some out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/fold.h"
#include "vault/owned.h"
#include "vault/paper_ended.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/version.h"

static int
differs(const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says: nothing "
	    "is destroyed",
	    text);
	return hrv_hint(err, "run 'hrvault check' and 'hrvault audit verify'");
}

/* Whether a version of it is left. */
static int
has_version(struct hrv_vault *v, const struct hrv_id *record, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

/* Whether it names that person (NULL: anybody). */
static int
has_link(struct hrv_vault *v, const struct hrv_id *record,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LINK_LIST_OF, &st, err);

	*ret = false;
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while (!*ret && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_SUBJECT };

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		*ret = subject == NULL || id_equal(&id, subject);
	}
	db_reset(st);
	return rc;
}

static int
check_one(struct hrv_vault *v, const struct paper_ended *ended,
    struct owned_record *r, struct hrv_err *err)
{
	struct record_row rec;
	uint8_t state[32];
	bool lives = false;
	int rc = record_load(v, &r->record, &rec, err);

	r->there = rc == HRV_OK;
	if (rc == HRV_ENOTFOUND)
		return paper_ended_has(ended, &r->record)
			   ? HRV_OK
			   : differs(&r->record, err);
	if (rc == HRV_OK)
		rc = state_record(v, &r->record, state, err);
	if (rc == HRV_OK)
		rc = has_version(v, &r->record, &lives, err);
	if (rc == HRV_OK)
		rc = has_link(v, &r->record, NULL, &r->links, err);
	if (rc != HRV_OK)
		return rc;
	r->subject = rec.subject;
	return r->known && memcmp(state, r->state, sizeof(state)) == 0 &&
		       lives != rec.purged
		   ? HRV_OK
		   : differs(&r->record, err);
}

/* Whom somebody became at last, by the log. */
static struct hrv_id
last_of(const struct owned *o, const struct hrv_id *subject)
{
	struct hrv_id id = *subject;

	for (size_t i = 0; i < o->n_merges; i++) {
		if (id_equal(&o->merges[i].a, &id))
			id = o->merges[i].b;
	}
	return id;
}

/* Who became one of those that are looked at is looked at as well, or the
 * tables do not know of it. */
static int
check_merges(const struct fold *f, struct hrv_err *err)
{
	for (size_t i = 0; i < f->owned.n_merges; i++) {
		const struct hrv_id *from = &f->owned.merges[i].a;
		struct hrv_id last = last_of(&f->owned, from);

		if (fold_find(f, &last) != NULL && fold_find(f, from) == NULL)
			return differs(from, err);
	}
	return HRV_OK;
}

static int
by_subject(const void *a, const void *b, void *ctx)
{
	const struct owned_record *list = ctx;
	const struct owned_record *x = &list[*(const uint32_t *)a];
	const struct owned_record *y = &list[*(const uint32_t *)b];
	int c = memcmp(x->subject.b, y->subject.b, ID_BYTES);

	return c != 0 ? c : memcmp(x->record.b, y->record.b, ID_BYTES);
}

static int
sort(struct owned *o, struct hrv_err *err)
{
	free(o->sorted);
	o->sorted = calloc(o->n + 1, sizeof(*o->sorted));
	if (o->sorted == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < o->n; i++)
		o->sorted[i] = (uint32_t)i;
	if (o->n > 1)
		qsort_r(
		    o->sorted, o->n, sizeof(*o->sorted), by_subject, o->list);
	return HRV_OK;
}

int
owned_check(struct hrv_vault *v, struct fold *f, struct hrv_err *err)
{
	struct owned *o = &f->owned;
	struct paper_ended ended = { .n = 0 };
	int rc = check_merges(f, err);

	o->checked = false;
	if (rc == HRV_OK)
		rc = paper_ended_load(v, &ended, err);
	paper_ended_sort(&ended);
	for (size_t i = 0; rc == HRV_OK && i < o->n; i++)
		rc = check_one(v, &ended, &o->list[i], err);
	paper_ended_clear(&ended);
	if (rc == HRV_OK)
		rc = sort(o, err);
	o->checked = rc == HRV_OK;
	return rc;
}

/* The place of the first record of a person in o->sorted. */
static size_t
first_of(const struct owned *o, const struct hrv_id *subject)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(o->list[o->sorted[mid]].subject.b, subject->b,
			ID_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The i-th record of a person whose row is there, or NULL; *at goes on. */
static const struct owned_record *
next_of(const struct owned *o, const struct hrv_id *subject, size_t *at)
{
	while (*at < o->n) {
		const struct owned_record *r = &o->list[o->sorted[(*at)++]];

		if (!r->there)
			continue;
		return id_equal(&r->subject, subject) ? r : NULL;
	}
	return NULL;
}

/* A living record of somebody else that names the person. */
static int
is_named(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && !*ret && i < o->n; i++) {
		if (o->list[i].links)
			rc = has_link(v, &o->list[i].record, subject, ret, err);
	}
	return rc;
}

int
owned_lives(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	size_t at = first_of(o, subject);
	const struct owned_record *r;
	struct record_row rec;
	int rc = HRV_OK;

	*ret = false;
	while (rc == HRV_OK && !*ret) {
		r = next_of(o, subject, &at);
		if (r == NULL)
			break;
		rc = record_load(v, &r->record, &rec, err);
		if (rc == HRV_OK && strcmp(rec.class_name, CLASS_IDENTITY) != 0)
			rc = has_version(v, &r->record, ret, err);
	}
	return rc == HRV_OK && !*ret ? is_named(v, o, subject, ret, err) : rc;
}

int
owned_is_over(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	size_t at = first_of(o, subject), n = 0;
	const struct owned_record *r;
	struct record_row rec;
	int rc = HRV_OK;

	*ret = false;
	for (size_t i = 0; i < o->n_merges; i++)
		*ret = *ret || id_equal(&o->merges[i].a, subject);
	while (rc == HRV_OK && !*ret) {
		r = next_of(o, subject, &at);
		if (r == NULL)
			break;
		rc = record_load(v, &r->record, &rec, err);
		if (rc != HRV_OK || strcmp(rec.class_name, CLASS_IDENTITY) == 0)
			continue;
		n++;
		*ret = rec.purged && r->day[0] != '\0' && !r->voided;
	}
	return rc == HRV_OK && !*ret && n == 0 ? differs(subject, err) : rc;
}

/* What the log says of one class of a person. */
struct truth {
	const char *class_name;
	char day[HRV_DATE_TEXT]; /* the last destruction, or "" */
	bool lives;		 /* one of them is there */
	bool unsure;
};

/* Of one of the entries that the person was merged from, or of his own. */
static int
look_at(struct hrv_vault *v, const struct owned *o, const struct hrv_id *who,
    bool own, struct truth *t, struct hrv_err *err)
{
	size_t at = first_of(o, who);
	const struct owned_record *r;
	struct record_row rec;
	int rc = HRV_OK;

	while (rc == HRV_OK && (r = next_of(o, who, &at)) != NULL) {
		rc = record_load(v, &r->record, &rec, err);
		t->unsure = t->unsure || r->reclassified;
		if (rc != HRV_OK || strcmp(rec.class_name, t->class_name) != 0)
			continue;
		t->lives = t->lives || (own && !rec.purged);
		if (rec.purged && !r->voided && strcmp(r->day, t->day) > 0)
			memcpy(t->day, r->day, sizeof(r->day));
	}
	return rc;
}

static int
find_truth(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, struct truth *t, struct hrv_err *err)
{
	int rc = look_at(v, o, subject, true, t, err);

	for (size_t i = 0; rc == HRV_OK && i < o->n_merges; i++) {
		struct hrv_id last = last_of(o, &o->merges[i].a);

		if (id_equal(&last, subject))
			rc = look_at(v, o, &o->merges[i].a, false, t, err);
	}
	if (t->lives)
		t->day[0] = '\0';
	return rc;
}

/* The day that the facts have for it, or "". */
static void
claimed(const struct hrv_facts *facts, const char *class_name,
    char out[HRV_DATE_TEXT])
{
	char name[CLASS_NAME_SIZE + 32];

	out[0] = '\0';
	snprintf(name, sizeof(name), "class.%s.destroyed", class_name);
	for (size_t i = 0; i < facts->count; i++) {
		if (strcmp(facts->fact[i].event, name) == 0)
			hrv_date_format(facts->fact[i].date, out);
	}
}

int
owned_check_facts(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, const struct hrv_class *c,
    const struct hrv_facts *facts, bool *ret, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	int rc = HRV_OK;

	*ret = true;
	for (size_t i = 0; rc == HRV_OK && *ret && i < s->class_count; i++) {
		struct truth t = { .class_name = s->klass[i].id };
		char got[HRV_DATE_TEXT];

		if (c == NULL || !hrv_class_waits_for(c, t.class_name))
			continue;
		claimed(facts, t.class_name, got);
		rc = find_truth(v, o, subject, &t, err);
		if (rc != HRV_OK || strcmp(got, t.day) == 0)
			continue;
		*ret = false;
		rc = t.unsure ? HRV_OK : differs(subject, err);
	}
	return rc;
}
