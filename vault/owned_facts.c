/* SPDX-License-Identifier: ISC */
/*
 * What the log says was destroyed of people, held against what the tables say
 * of it. Layer: verbs. Invariant: nothing counts from a day that no entry has.
 */
#include <stdio.h>
#include <string.h>

#include "vault/owned_int.h"

/* The place of the first loss of a person, after all merges. */
static size_t
first_loss(const struct owned *o, const struct hrv_id *last)
{
	size_t lo = 0, hi = o->n_counts;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(o->counts[mid].last.b, last->b, ID_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The next one, or NULL; *at goes on. */
static const struct owned_loss *
next_loss(const struct owned *o, const struct hrv_id *last, size_t *at)
{
	if (*at >= o->n_counts || !id_equal(&o->counts[*at].last, last))
		return NULL;
	return &o->counts[(*at)++];
}

/* Whether any record but who it is was the person's, living or not. */
static int
had_record(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	size_t at = owned_first(o, subject);
	const struct owned_record *r;
	struct record_row rec;
	int rc = HRV_OK;

	while (rc == HRV_OK && !*ret) {
		r = owned_next(o, subject, &at);
		if (r == NULL)
			break;
		rc = record_load(v, &r->record, &rec, err);
		*ret =
		    rc == HRV_OK && strcmp(rec.class_name, CLASS_IDENTITY) != 0;
	}
	return rc;
}

int
owned_is_over(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	struct hrv_id last = owned_last(o, subject);
	size_t at = first_loss(o, &last);
	const struct owned_loss *l;
	bool known = false;
	int rc = HRV_OK;

	*ret = !id_equal(&last, subject);
	while (!*ret && (l = next_loss(o, &last, &at)) != NULL) {
		if (!id_equal(&l->subject, subject) ||
		    strcmp(l->class_name, CLASS_IDENTITY) == 0)
			continue;
		known = true;
		*ret = !l->voided && !l->doubt;
	}
	if (!*ret && !known)
		rc = had_record(v, o, subject, &known, err);
	return rc == HRV_OK && !*ret && !known ? owned_differs(subject, err)
					       : rc;
}

/* What the log says of one class of a person. */
struct truth {
	const char *class_name;
	char day[HRV_DATE_TEXT];   /* the last destruction, or "" */
	char doubt[HRV_DATE_TEXT]; /* the last that may be one, or "" */
	bool lives;		   /* one of them is there */
	char got[HRV_DATE_TEXT];   /* what the tables say */
	bool known;		   /* an entry has that day, too */
};

static void
later(char day[HRV_DATE_TEXT], const char *other)
{
	if (strcmp(other, day) > 0)
		memcpy(day, other, HRV_DATE_TEXT);
}

static int
find_truth(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, struct truth *t, struct hrv_err *err)
{
	struct hrv_id last = owned_last(o, subject);
	size_t at = owned_first(o, subject);
	const struct owned_record *r;
	const struct owned_loss *l;
	struct record_row rec;
	int rc = HRV_OK;

	while (rc == HRV_OK && !t->lives) {
		r = owned_next(o, subject, &at);
		if (r == NULL)
			break;
		rc = record_load(v, &r->record, &rec, err);
		t->lives = rc == HRV_OK && !rec.purged &&
			   strcmp(rec.class_name, t->class_name) == 0;
	}
	at = first_loss(o, &last);
	while (!t->lives && (l = next_loss(o, &last, &at)) != NULL) {
		if (strcmp(l->class_name, t->class_name) != 0)
			continue;
		t->known = t->known || strcmp(l->day, t->got) == 0;
		if (l->doubt)
			later(t->doubt, l->day);
		else if (!l->voided)
			later(t->day, l->day);
	}
	return rc;
}

/* The place of the fact on that class; their number where there is none. */
static size_t
find_fact(const struct facts *f, const char *class_name)
{
	char name[CLASS_NAME_SIZE + 32];
	size_t i;

	snprintf(name, sizeof(name), "class.%s.destroyed", class_name);
	for (i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].event, name) == 0)
			break;
	}
	return i;
}

/* Keeps longer of what is possible: the last day of both, and none at all where
 * it is not even certain that there is one. */
static void
settle(struct facts *f, size_t at, const struct truth *t)
{
	char day[HRV_DATE_TEXT];

	memcpy(day, t->day, sizeof(day));
	if (day[0] != '\0')
		later(day, t->doubt);
	if (at == f->n || hrv_date_parse(day, &f->list[at].date))
		return;
	f->list[at] = f->list[--f->n];
	f->facts.count = f->n;
}

int
owned_check_facts(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, const struct hrv_class *c,
    struct facts *facts, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->class_count; i++) {
		struct truth t = { .class_name = s->klass[i].id };
		size_t at;

		if (c == NULL || !hrv_class_waits_for(c, t.class_name))
			continue;
		at = find_fact(facts, t.class_name);
		if (at < facts->n)
			hrv_date_format(facts->list[at].date, t.got);
		rc = find_truth(v, o, subject, &t, err);
		if (rc != HRV_OK || strcmp(t.got, t.day) == 0)
			continue;
		if (t.doubt[0] == '\0' || (t.got[0] != '\0' && !t.known))
			rc = owned_differs(subject, err);
		else
			settle(facts, at, &t);
	}
	return rc;
}
