/* SPDX-License-Identifier: ISC */
/*
 * Looking things up in a schedule, see include/hrvault/policy.h. Layer:
 * policy (pure). Invariant: a schedule is never written to here.
 */
#include "policy/schedule.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 256 /* looked at for a typing error */

const char *const builtin_events[] = { "record.created", "record.stored",
	"record.last_entry", "record.closed", "record.superseded",
	"record.issued", "subject.applied", "subject.closed", "subject.hired",
	"subject.ended", "subject.died", "subject.consent_given",
	"subject.consent_withdrawn", "subject.last_contact",
	"subject.terminated_involuntarily" };
const size_t builtin_event_count =
    sizeof(builtin_events) / sizeof(builtin_events[0]);

void
hrv_schedule_free(struct hrv_schedule *schedule)
{
	struct schedule *s = (struct schedule *)schedule;

	if (s == NULL)
		return;
	pool_clear(&s->pool);
	free(s);
}

bool
hrv_policy_check_text(
    const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct hrv_schedule *s = hrv_schedule_parse(text, len, errors);

	hrv_schedule_free(s);
	return s != NULL;
}

const struct hrv_class *
hrv_schedule_class(const struct hrv_schedule *s, const char *id)
{
	for (size_t i = 0; i < s->class_count; i++)
		if (strcmp(s->klass[i].id, id) == 0)
			return &s->klass[i];
	return NULL;
}

const struct hrv_rule *
hrv_schedule_rule(const struct hrv_schedule *s, const char *id)
{
	for (size_t i = 0; i < s->rule_count; i++)
		if (strcmp(s->rule[i].id, id) == 0)
			return &s->rule[i];
	return NULL;
}

const char *
hrv_schedule_nearest_class(const struct hrv_schedule *s, const char *id)
{
	const char **list = calloc(s->class_count + 1, sizeof(*list));
	const char *found = NULL;

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < s->class_count; i++)
		list[i] = s->klass[i].id;
	found = cfg_nearest(id, list, s->class_count);
	free(list);
	return found;
}

bool
class_event(const char *event, const char **ret_id, size_t *ret_len)
{
	static const char head[] = "class.", tail[] = ".destroyed";
	size_t h = sizeof(head) - 1, t = sizeof(tail) - 1, n = strlen(event);

	if (n <= h + t || strncmp(event, head, h) != 0 ||
	    strcmp(event + n - t, tail) != 0)
		return false;
	*ret_id = event + h;
	*ret_len = n - h - t;
	return true;
}

bool
hrv_schedule_knows_event(const struct hrv_schedule *s, const char *name)
{
	const char *id;
	size_t len;

	if (string_index(s->event, s->event_count, name) >= 0)
		return true;
	if (!class_event(name, &id, &len))
		return false;
	for (size_t i = 0; i < s->class_count; i++)
		if (strncmp(s->klass[i].id, id, len) == 0 &&
		    s->klass[i].id[len] == '\0')
			return !s->klass[i].built_in;
	return false;
}

/* What hrv_schedule_waits_for() looks for, and whether it was seen. */
struct wanted {
	const char *class_id;
	bool found;
};

static void
look_for(const struct hrv_term *at, const char *event, void *arg)
{
	struct wanted *w = arg;
	const char *id;
	size_t len;

	(void)at;
	if (class_event(event, &id, &len) &&
	    strncmp(w->class_id, id, len) == 0 && w->class_id[len] == '\0')
		w->found = true;
}

bool
hrv_schedule_waits_for(const struct hrv_schedule *s, const char *class_id)
{
	struct wanted w = { .class_id = class_id };

	for (size_t i = 0; i < s->rule_count; i++) {
		term_each_event(s->rule[i].keep, look_for, &w);
		term_each_event(s->rule[i].limit, look_for, &w);
	}
	return w.found;
}

bool
hrv_class_waits_for(const struct hrv_class *c, const char *class_id)
{
	struct wanted w = { .class_id = class_id };

	for (size_t i = 0; i < c->rule_count; i++) {
		term_each_event(c->rule[i]->keep, look_for, &w);
		term_each_event(c->rule[i]->limit, look_for, &w);
	}
	return w.found;
}

struct asked {
	const char *event;
	bool found;
};

static void
look_at_event(const struct hrv_term *at, const char *event, void *arg)
{
	struct asked *a = arg;

	(void)at;
	a->found = a->found || strcmp(event, a->event) == 0;
}

bool
hrv_class_asks_event(const struct hrv_class *c, const char *event)
{
	struct asked a = { .event = event };

	for (size_t i = 0; i < c->rule_count; i++) {
		term_each_event(c->rule[i]->keep, look_at_event, &a);
		term_each_event(c->rule[i]->limit, look_at_event, &a);
	}
	return a.found;
}

const char *
hrv_schedule_nearest_event(const struct hrv_schedule *s, const char *name)
{
	const char *tails[EVENTS_MAX];
	const char *dot = strchr(name, '.'), *near;
	size_t prefix = dot == NULL ? 0 : (size_t)(dot - name) + 1;

	/* What the prefix has in common says nothing about the rest. */
	for (size_t i = 0; i < s->event_count && i < EVENTS_MAX; i++)
		tails[i] = strncmp(s->event[i], name, prefix) == 0
			       ? s->event[i] + prefix
			       : NULL;
	near = cfg_nearest(name + prefix, tails,
	    s->event_count < EVENTS_MAX ? s->event_count : EVENTS_MAX);
	for (size_t i = 0; near != NULL && i < s->event_count; i++) {
		if (near == s->event[i] + prefix)
			return s->event[i];
	}
	return NULL;
}

bool
hrv_class_allows_purpose(const struct hrv_class *c, const char *purpose)
{
	return string_index(c->purposes, c->purpose_count, purpose) >= 0;
}

bool
hrv_schedule_old_enough(
    const struct hrv_schedule *s, struct hrv_date born, struct hrv_date day)
{
	struct hrv_date birthday;

	return hrv_date_birthday(born, (uint32_t)s->minimum_age, &birthday) &&
	       hrv_date_cmp(birthday, day) <= 0;
}

const char *
hrv_at_expiry_name(enum hrv_at_expiry e)
{
	static const char *const name[] = { "purge", "review", "permanent" };

	return name[e];
}

int
string_index(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] != NULL && strcmp(list[i], text) == 0)
			return (int)i;
	return -1;
}

static void
each_when(const struct hrv_term *t,
    void (*f)(const struct hrv_term *at, const char *event, void *arg),
    void *arg)
{
	const struct term_when *w = t->when;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->has_count; i++)
		f(t, w->has[i], arg);
	for (size_t i = 0; i < w->lacks_count; i++)
		f(t, w->lacks[i], arg);
	if (w->has_below || w->has_at_least) {
		f(t, "subject.hired", arg);
		f(t, "subject.ended", arg);
	}
}

void
term_each_event(const struct hrv_term *t,
    void (*f)(const struct hrv_term *at, const char *event, void *arg),
    void *arg)
{
	if (t == NULL)
		return;
	each_when(t, f, arg);
	if (t->kind == TERM_EVENT)
		f(t, t->event, arg);
	for (size_t i = 0; i < t->count; i++)
		term_each_event(t->child[i], f, arg);
}
