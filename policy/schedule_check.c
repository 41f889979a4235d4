/* SPDX-License-Identifier: ISC */
/*
 * What can be seen only when a schedule has been read whole. Layer: policy
 * (pure). Invariant: no record can wait for itself, no rule contradicts
 * itself, and no class asks for more than a decision can hold.
 */
#include "policy/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- classes that wait for each other ---- */

struct walk {
	struct reader *r;
	char *colour; /* per class: 0 new, 1 on the path, 2 done */
	size_t *path;
	size_t length;
	int line; /* of the term being followed */
};

static void visit(struct walk *w, size_t at);

static void
report_cycle(struct walk *w, size_t at, int line)
{
	const struct hrv_class *c = w->r->s->pub.klass;
	char text[300];
	size_t from = 0, used;

	while (w->path[from] != at)
		from++;
	used = (size_t)snprintf(text, sizeof(text), "%s", c[at].id);
	for (size_t i = from + 1; i < w->length && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    " -> %s", c[w->path[i]].id);
	if (used < sizeof(text))
		snprintf(text + used, sizeof(text) - used, " -> %s", c[at].id);
	cfg_error(w->r->errors, line,
	    "let one of them end by an event of its own",
	    "the classes wait for each other's destruction: %s", text);
}

static void
follow(const struct hrv_term *t, const char *event, void *arg)
{
	struct walk *w = arg;
	const struct schedule *s = w->r->s;
	const char *id;
	size_t len;

	if (!class_event(event, &id, &len))
		return;
	for (size_t i = 0; i < s->file_classes; i++) {
		const char *other = s->pub.klass[i].id;

		if (strncmp(other, id, len) != 0 || other[len] != '\0')
			continue;
		if (w->colour[i] == 1)
			report_cycle(w, i, t->line);
		else if (w->colour[i] == 0)
			visit(w, i);
		return;
	}
}

static void
visit(struct walk *w, size_t at)
{
	const struct hrv_class *c = &w->r->s->pub.klass[at];

	w->colour[at] = 1;
	w->path[w->length++] = at;
	for (size_t i = 0; i < c->rule_count; i++) {
		term_each_event(c->rule[i]->keep, follow, w);
		term_each_event(c->rule[i]->limit, follow, w);
	}
	w->length--;
	w->colour[at] = 2;
}

static void
check_cycles(struct reader *r)
{
	size_t n = r->s->file_classes;
	struct walk w = { .r = r };

	w.colour = calloc(n + 1, sizeof(*w.colour));
	w.path = calloc(n + 1, sizeof(*w.path));
	if (w.colour == NULL || w.path == NULL)
		r->errors->no_memory = true;
	else
		for (size_t i = 0; i < n; i++)
			if (w.colour[i] == 0)
				visit(&w, i);
	free(w.colour);
	free(w.path);
}

/* ---- a limit before its own keep ---- */

/* Surely shorter, in whatever months the two fall. */
static bool
shorter(struct hrv_duration a, struct hrv_duration b)
{
	int64_t ma = (int64_t)a.years * 12 + a.months, da = a.days;
	int64_t mb = (int64_t)b.years * 12 + b.months, db = b.days;

	if (ma <= mb && da <= db)
		return ma < mb || da < db;
	/* A month has 30.44 days; three days cover what February takes. */
	return (ma * 3044 + (da + 3) * 100) < (mb * 3044 + db * 100);
}

static void
check_order(struct reader *r, const struct hrv_rule *rule)
{
	const struct hrv_term *k = rule->keep, *l = rule->limit;
	bool wrong = false;

	if (k == NULL || l == NULL || k->kind != l->kind)
		return;
	if (k->kind == TERM_EVENT)
		wrong = strcmp(k->event, l->event) == 0 &&
			k->first == l->first && k->round == l->round &&
			k->when == NULL && l->when == NULL &&
			shorter(l->plus, k->plus);
	else if (k->kind == TERM_AGE)
		wrong = k->dependant == l->dependant && l->years < k->years;
	if (wrong)
		cfg_error(r->errors, l->line,
		    "make limit at least as long as keep",
		    "rule %.64s: its limit comes before its keep", rule->id);
}

/* ---- room in a decision ---- */

struct census {
	const char *event[HRV_DECISION_FACTS];
	size_t events;
	uint64_t age[HRV_DECISION_FACTS];
	size_t ages;
	bool full;
};

static void
count_event(const struct hrv_term *t, const char *event, void *arg)
{
	struct census *c = arg;

	(void)t;
	if (string_index(c->event, c->events, event) >= 0)
		return;
	if (c->events == HRV_DECISION_FACTS)
		c->full = true;
	else
		c->event[c->events++] = event;
}

static void
count_ages(const struct hrv_term *t, struct census *c)
{
	uint64_t age;

	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		count_ages(t->child[i], c);
	if (t->kind != TERM_AGE)
		return;
	age = (uint64_t)t->years * 2 + t->dependant;
	for (size_t i = 0; i < c->ages; i++)
		if (c->age[i] == age)
			return;
	if (c->ages == HRV_DECISION_FACTS)
		c->full = true;
	else
		c->age[c->ages++] = age;
}

static void
check_room(struct reader *r, const struct hrv_class *k)
{
	struct census c = { .events = 0 };

	for (size_t i = 0; i < k->rule_count; i++) {
		term_each_event(k->rule[i]->keep, count_event, &c);
		term_each_event(k->rule[i]->limit, count_event, &c);
		count_ages(k->rule[i]->keep, &c);
		count_ages(k->rule[i]->limit, &c);
	}
	/* An event can be asked for its first and its last date. */
	if (c.full || 2 * c.events + c.ages > HRV_DECISION_FACTS)
		cfg_error(r->errors, k->line, "split the class",
		    "the rules of class %.64s ask for more than %d facts",
		    k->id, HRV_DECISION_FACTS / 2);
	if (k->rule_count > HRV_DECISION_RULES)
		cfg_error(r->errors, k->line, "split the class",
		    "class %.64s has more than %d rules", k->id,
		    HRV_DECISION_RULES);
}

void
check_schedule(struct reader *r)
{
	const struct schedule *s = r->s;

	check_cycles(r);
	for (size_t i = 0; i < s->file_rules; i++)
		check_order(r, &s->pub.rule[i]);
	for (size_t i = 0; i < s->file_classes; i++)
		check_room(r, &s->pub.klass[i]);
}
