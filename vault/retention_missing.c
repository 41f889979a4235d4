/* SPDX-License-Identifier: ISC */
/*
 * Which event a pending record waits for. Layer: verbs. Found by asking the
 * engine what if: it alone knows how terms are put together, so nothing about
 * terms is known here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vault/retention.h"

#define NAME_SIZE 80
#define GUESS_AGE                                                              \
	60 /* years; any known birth date gives an age rule a date             \
	    */

struct what_if {
	const struct hrv_class *klass;
	struct hrv_facts base;
	struct hrv_date today;
	struct hrv_fact *fact; /* those that are known, then the guesses */
	size_t known;
	char (*names)[NAME_SIZE]; /* of the guesses */
	bool *used;
	size_t n; /* guesses; two more stand for birth dates */
};

/* Whether the guesses in use would give a date. */
static bool
gives_date(struct what_if *w)
{
	struct hrv_facts f = w->base;
	struct hrv_decision d;
	struct hrv_date born = w->today;

	born.year = (int16_t)(born.year - GUESS_AGE);
	if (born.month == 2 && born.day == 29)
		born.day = 28;
	f.fact = w->fact;
	f.count = w->known;
	for (size_t i = 0; i < w->n; i++) {
		if (w->used[i])
			w->fact[f.count++] =
			    (struct hrv_fact){ .event = w->names[i],
				    .date = w->today };
	}
	if (w->used[w->n])
		f.born = born;
	if (w->used[w->n + 1])
		f.dependant_born = born;
	hrv_class_decide(w->klass, &f, w->today, &d);
	return d.purge_from.kind == HRV_BOUND_DATE;
}

static int
what_if_init(struct what_if *w, const struct hrv_schedule *s,
    const struct retention *r, struct hrv_err *err)
{
	size_t max = s->event_count + s->class_count;

	w->klass = hrv_schedule_class(s, r->rec.class_name);
	w->base = r->facts.facts;
	w->known = r->facts.facts.count;
	w->fact = calloc(w->known + max + 1, sizeof(*w->fact));
	w->names = calloc(max + 1, sizeof(*w->names));
	w->used = calloc(max + 2, sizeof(*w->used));
	if (w->klass == NULL || w->fact == NULL || w->names == NULL ||
	    w->used == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < w->known; i++)
		w->fact[i] = r->facts.facts.fact[i];
	for (size_t i = 0; i < s->event_count; i++)
		snprintf(w->names[w->n++], NAME_SIZE, "%s", s->event[i]);
	for (size_t i = 0; i < s->class_count; i++) {
		if (!s->klass[i].built_in)
			snprintf(w->names[w->n++], NAME_SIZE,
			    "class.%s.destroyed", s->klass[i].id);
	}
	return HRV_OK;
}

static void
what_if_clear(struct what_if *w)
{
	free(w->fact);
	free(w->names);
	free(w->used);
}

static const char *
guess_name(const struct what_if *w, size_t i)
{
	if (i < w->n)
		return w->names[i];
	return i == w->n ? "subject.born" : "dependant.born";
}

/* Guesses that are enough each by itself. */
static bool
find_single(struct what_if *w, json_t *list)
{
	for (size_t i = 0; i < w->n + 2; i++) {
		w->used[i] = true;
		if (gives_date(w))
			(void)json_array_append_new(
			    list, json_string(guess_name(w, i)));
		w->used[i] = false;
	}
	return json_array_size(list) > 0;
}

/* Guesses that are enough together, and none of which can be spared. */
static void
find_set(struct what_if *w, json_t *list)
{
	for (size_t i = 0; i < w->n + 2; i++)
		w->used[i] = true;
	if (!gives_date(w))
		return;
	for (size_t i = 0; i < w->n + 2; i++) {
		w->used[i] = false;
		if (!gives_date(w))
			w->used[i] = true;
	}
	for (size_t i = 0; i < w->n + 2; i++) {
		if (w->used[i])
			(void)json_array_append_new(
			    list, json_string(guess_name(w, i)));
	}
}

int
retention_missing(const struct hrv_schedule *s, const struct retention *r,
    struct hrv_date today, json_t **ret_missing, bool *ret_any,
    struct hrv_err *err)
{
	struct what_if w = { .today = today };
	json_t *list = json_array();
	int rc = what_if_init(&w, s, r, err);

	if (rc == HRV_OK && list == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		*ret_any = find_single(&w, list);
		if (!*ret_any)
			find_set(&w, list);
	}
	what_if_clear(&w);
	if (rc != HRV_OK)
		json_decref(list);
	else
		*ret_missing = list;
	return rc;
}
