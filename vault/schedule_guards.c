/* SPDX-License-Identifier: ISC */
/*
 * Safeguards of two schedules compared. Layer: verbs. The dates of records tell
 * nothing of them: a schedule that moves no date may still let all of it go by
 * itself.
 */
#include <stdio.h>
#include <string.h>

#include "vault/schedule.h"

#define GUARD_TEXT 64

static int
add(json_t *list, const char *name, const char *was, const char *now, bool less)
{
	return json_array_append_new(
	    list, json_pack("{s:s,s:s,s:s,s:s}", "safeguard", name, "was", was,
		      "now", now, "change", less ? "weaker" : "stronger"));
}

/* The longer, the stronger. */
static int
add_period(json_t *list, const char *name, struct hrv_duration was,
    struct hrv_duration now)
{
	const struct hrv_date from = { 2001, 1, 1 };
	char a[HRV_DURATION_TEXT], b[HRV_DURATION_TEXT];
	struct hrv_date x = HRV_DATE_NONE, y = HRV_DATE_NONE;
	int order;

	(void)!hrv_date_add(from, was, &x);
	(void)!hrv_date_add(from, now, &y);
	order = hrv_date_cmp(y, x);
	if (order == 0)
		return 0;
	hrv_duration_format(was, a);
	hrv_duration_format(now, b);
	return add(list, name, a, b, order < 0);
}

/* The more, the weaker; with what stands before and after it. */
static int
add_number(json_t *list, const char *name, const char *const around[2],
    const int32_t of[2])
{
	char a[GUARD_TEXT], b[GUARD_TEXT];

	if (of[0] == of[1])
		return 0;
	snprintf(a, sizeof(a), "%s%d%s", around[0], (int)of[0], around[1]);
	snprintf(b, sizeof(b), "%s%d%s", around[0], (int)of[1], around[1]);
	return add(list, name, a, b, of[1] > of[0]);
}

static int
add_numbers(json_t *list, const struct hrv_purge_settings *a,
    const struct hrv_purge_settings *b)
{
	static const char *const bare[2] = { "", "" };
	static const char *const share[2] = { "", "%" };
	static const char *const days[2] = { "P", "D" };
	const int32_t run[2] = { a->max_per_run, b->max_per_run };
	const int32_t of[2] = { a->max_share, b->max_share };
	const int32_t silence[2] = { a->max_silence, b->max_silence };

	return add_number(list, "max_per_run", bare, run) ||
	       add_number(list, "max_share", share, of) ||
	       add_number(list, "max_silence", days, silence);
}

static bool
takes_two(const struct hrv_schedule *s, const char *step)
{
	for (size_t i = 0; i < s->dual_control_count; i++) {
		if (strcmp(s->dual_control[i], step) == 0)
			return true;
	}
	return false;
}

/* Steps that one of them puts under two people and the other does not. */
static int
add_steps(json_t *list, const struct hrv_schedule *has,
    const struct hrv_schedule *lacks, bool less)
{
	static const char *const words[] = { "one person", "two people" };
	char name[GUARD_TEXT];
	int bad = 0;

	for (size_t i = 0; !bad && i < has->dual_control_count; i++) {
		if (takes_two(lacks, has->dual_control[i]))
			continue;
		snprintf(name, sizeof(name), "dual_control %s",
		    has->dual_control[i]);
		bad = add(list, name, words[less], words[!less], less);
	}
	return bad;
}

/* What becomes of most of a class: of its rules the most careful counts. */
static enum hrv_at_expiry
end_of(const struct hrv_class *c)
{
	enum hrv_at_expiry end = HRV_EXPIRY_PURGE;

	for (size_t i = 0; i < c->rule_count; i++) {
		if (c->rule[i]->at_expiry > end)
			end = c->rule[i]->at_expiry;
	}
	return end;
}

static int
add_ends(json_t *list, const struct hrv_schedule *was,
    const struct hrv_schedule *now)
{
	char name[2 * GUARD_TEXT];
	int bad = 0;

	for (size_t i = 0; !bad && i < now->class_count; i++) {
		const struct hrv_class *b = &now->klass[i];
		const struct hrv_class *a = hrv_schedule_class(was, b->id);

		if (a == NULL || end_of(a) == end_of(b))
			continue;
		snprintf(name, sizeof(name), "at_expiry %s", b->id);
		bad = add(list, name, hrv_at_expiry_name(end_of(a)),
		    hrv_at_expiry_name(end_of(b)), end_of(b) < end_of(a));
	}
	return bad;
}

json_t *
safeguards_json(const struct hrv_schedule *was, const struct hrv_schedule *now)
{
	const struct hrv_purge_settings *a, *b = &now->purge;
	json_t *list = json_array();
	int bad = list == NULL;

	if (was == NULL)
		return list;
	a = &was->purge;
	bad = bad || add_period(list, "notice", a->notice, b->notice) ||
	      add_numbers(list, a, b) ||
	      add_period(list, "release_cooling_off", a->release_cooling_off,
		  b->release_cooling_off) ||
	      add_steps(list, was, now, true) ||
	      add_steps(list, now, was, false) || add_ends(list, was, now);
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return list;
}
