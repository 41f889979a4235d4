/* SPDX-License-Identifier: ISC */
/*
 * Reads terms and the periods they round to. Layer: policy (pure). Invariant:
 * a term is either exactly one of the forms of the language or reported; an
 * option that would have no effect where it stands is an error, because its
 * author believes it has one.
 */
#include "policy/schedule.h"

#include <stdio.h>
#include <string.h>

static const char term_forms[] =
    "write { on = \"record.created\"; plus = \"P6Y\"; }, { age = \"P75Y\"; "
    "of = \"subject\"; }, { max = ( term, term ); } or { min = ( ... ); }";

const char *
read_event(struct reader *r, const char *name, int line)
{
	const struct hrv_schedule *s = &r->s->pub;
	int at = string_index(s->event, s->event_count, name);
	const char *id, *near;
	char remedy[200];
	size_t len;

	if (at >= 0)
		return s->event[at];
	if (class_event(name, &id, &len)) {
		for (size_t i = 0; r->classes != NULL && i < r->classes->count;
		     i++) {
			const struct cfg_node *c = r->classes->child[i];
			const struct cfg_node *n =
			    c->type == CFG_GROUP ? cfg_find(c, "id") : NULL;

			if (n != NULL && n->type == CFG_STRING &&
			    strlen(n->v.string) == len &&
			    strncmp(n->v.string, id, len) == 0 &&
			    !is_builtin_class(n->v.string))
				return pool_strdup(r->pool, name);
		}
		cfg_error(r->errors, line, "name a class of this schedule",
		    "%.80s: there is no class %.*s", name, (int)len, id);
		return NULL;
	}
	near = cfg_nearest(name, s->event, s->event_count);
	if (near != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean %.64s?", near);
	else
		snprintf(remedy, sizeof(remedy),
		    "name a built-in event, or add it to events = ( ... )");
	cfg_error(r->errors, line, remedy, "unknown event \"%.64s\"", name);
	return NULL;
}

/* One of two words; the first is the default. */
static bool
read_choice(struct reader *r, const struct cfg_node *g, const char *key,
    const char *usual, const char *other)
{
	const char *s = cfg_string(g, key, false, r->errors);
	char remedy[64];

	if (s == NULL || strcmp(s, usual) == 0)
		return false;
	if (strcmp(s, other) == 0)
		return true;
	snprintf(
	    remedy, sizeof(remedy), "write \"%s\" or \"%s\"", usual, other);
	cfg_error(r->errors, cfg_find(g, key)->line, remedy,
	    "%s cannot be \"%.40s\"", key, s);
	return false;
}

static const char *const *
read_when_events(struct reader *r, const struct cfg_node *g, const char *key,
    size_t *ret_count)
{
	const char *const *names = read_strings(r, g, key, false, ret_count);
	const struct cfg_node *list = cfg_find(g, key);

	if (list == NULL)
		return NULL;
	if ((list->type == CFG_LIST || list->type == CFG_ARRAY) &&
	    list->count == 0)
		cfg_error(r->errors, list->line, "name an event, or remove it",
		    "%s is empty", key);
	for (size_t i = 0; i < *ret_count; i++)
		read_event(r, names[i], list->line);
	return names;
}

static const struct term_when *
read_when(struct reader *r, const struct cfg_node *term)
{
	static const char *const keys[] = { "has", "lacks", "service_below",
		"service_at_least", NULL };
	const struct cfg_node *g;
	struct term_when *w;

	if (cfg_find(term, "when") == NULL)
		return NULL;
	g = cfg_group(term, "when", true, r->errors);
	w = pool_alloc(r->pool, 1, sizeof(*w));
	if (g == NULL || w == NULL)
		return NULL;
	cfg_check_keys(g, keys, "when", r->errors);
	if (g->count == 0)
		cfg_error(r->errors, g->line,
		    "write has, lacks, service_below or service_at_least",
		    "when is empty");
	w->has = read_when_events(r, g, "has", &w->has_count);
	w->lacks = read_when_events(r, g, "lacks", &w->lacks_count);
	w->has_below = cfg_duration(g, "service_below", &w->below, r->errors);
	w->has_at_least =
	    cfg_duration(g, "service_at_least", &w->at_least, r->errors);
	return w;
}

static const struct period *
read_round(struct reader *r, const struct cfg_node *term)
{
	const char *name = cfg_string(term, "round", false, r->errors);
	const struct schedule *s = r->s;
	const char *names[64];
	size_t n = 0;

	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < s->period_count; i++) {
		if (strcmp(s->period[i].name, name) == 0)
			return &s->period[i];
		if (n < sizeof(names) / sizeof(names[0]))
			names[n++] = s->period[i].name;
	}
	report_unknown(r, cfg_find(term, "round")->line,
	    "period (see periods = { ... })", name, names, n);
	return NULL;
}

/* What every term but an age may have. */
static void
read_shared(struct reader *r, const struct cfg_node *n, struct hrv_term *t)
{
	t->round = read_round(r, n);
	t->has_plus = cfg_duration(n, "plus", &t->plus, r->errors);
	t->when = read_when(r, n);
}

static void
read_on(struct reader *r, const struct cfg_node *n, struct hrv_term *t)
{
	static const char *const keys[] = { "on", "round", "plus", "start",
		"occurrence", "absent", "when", NULL };
	const char *event = cfg_string(n, "on", true, r->errors);

	t->kind = TERM_EVENT;
	cfg_check_keys(n, keys, "a term with on", r->errors);
	t->event = event != NULL ? read_event(r, event, cfg_find(n, "on")->line)
				 : NULL;
	t->later = event != NULL ? event_voided_by(event) : NULL;
	t->first = read_choice(r, n, "occurrence", "last", "first");
	t->absent_ignore = read_choice(r, n, "absent", "pending", "ignore");
	t->inclusive = read_choice(r, n, "start", "exclusive", "inclusive");
	read_shared(r, n, t);
	if (!t->inclusive)
		return;
	if (cfg_find(n, "plus") == NULL)
		cfg_error(r->errors, cfg_find(n, "start")->line,
		    "add plus, or remove start",
		    "start = \"inclusive\" says how a period begins, but "
		    "there is no plus");
	else if (t->has_plus && hrv_duration_is_zero(t->plus))
		cfg_error(r->errors, cfg_find(n, "plus")->line,
		    "write a longer plus, or remove start",
		    "a period of no length cannot begin with a day");
}

/* Birthdays are counted in years; anything finer is a sum on a group. */
static void
read_age(struct reader *r, const struct cfg_node *n, struct hrv_term *t)
{
	static const char *const keys[] = { "age", "of", NULL };
	struct hrv_duration p = { 0, 0, 0 };
	const char *of;

	t->kind = TERM_AGE;
	for (size_t i = 0; i < n->count; i++)
		if (string_index(keys, 2, n->child[i]->name) < 0)
			cfg_error(r->errors, n->child[i]->line,
			    "put the age into { max = ( { age = ...; } ); }, "
			    "which takes round, plus and when",
			    "a term with age has only age and of, not %.64s",
			    n->child[i]->name);
	if (cfg_duration(n, "age", &p, r->errors) &&
	    (p.months != 0 || p.days != 0))
		cfg_error(r->errors, cfg_find(n, "age")->line,
		    "write years, as \"P18Y\"; more than that goes into "
		    "{ max = ( { age = ...; } ); plus = ...; }",
		    "an age is counted in whole years");
	t->years = p.years;
	if (cfg_find(n, "of") == NULL) {
		cfg_error(r->errors, n->line,
		    "add of = \"subject\"; or of = \"dependant\";",
		    "age without of: whose age is meant?");
		return;
	}
	of = cfg_string(n, "of", true, r->errors);
	t->dependant = of != NULL && strcmp(of, "dependant") == 0;
	if (of != NULL && !t->dependant && strcmp(of, "subject") != 0)
		cfg_error(r->errors, cfg_find(n, "of")->line,
		    "write \"subject\" or \"dependant\"",
		    "of cannot be \"%.40s\"", of);
}

static void
read_children(struct reader *r, const struct cfg_node *list, int depth,
    struct hrv_term *t)
{
	const struct hrv_term **child =
	    pool_alloc(r->pool, list->count, sizeof(struct hrv_term *));

	if (child == NULL)
		return;
	for (size_t i = 0; i < list->count; i++) {
		child[t->count] = read_term(r, list->child[i], depth);
		if (child[t->count] != NULL)
			t->count++;
	}
	t->child = child;
}

static void
read_group(
    struct reader *r, const struct cfg_node *n, int depth, struct hrv_term *t)
{
	static const char *const keys[] = { "max", "min", "plus", "round",
		"when", "start", "absent", NULL };
	static const char *const leaf[] = { "start", "absent" };
	const char *key = cfg_find(n, "max") != NULL ? "max" : "min";
	const struct cfg_node *list = cfg_list(n, key, true, r->errors);

	t->kind = key[1] == 'a' ? TERM_MAX : TERM_MIN;
	cfg_check_keys(n, keys, "a group", r->errors);
	for (size_t i = 0; i < 2; i++)
		if (cfg_find(n, leaf[i]) != NULL)
			cfg_error(r->errors, cfg_find(n, leaf[i])->line,
			    "write it in the terms inside",
			    "%s has no meaning on a group", leaf[i]);
	read_shared(r, n, t);
	if (list == NULL)
		return;
	if (list->count == 0)
		cfg_error(r->errors, list->line, "write terms into it",
		    "%s is empty", key);
	if (depth >= TERM_GROUPS_MAX)
		cfg_error(r->errors, n->line, "write it flatter",
		    "groups can be nested %d deep, not more", TERM_GROUPS_MAX);
	else
		read_children(r, list, depth + 1, t);
}

const struct hrv_term *
read_term(struct reader *r, const struct cfg_node *n, int depth)
{
	static const char *const heads[] = { "on", "age", "max", "min" };
	struct hrv_term *t = pool_alloc(r->pool, 1, sizeof(*t));
	int found = 0, which = 0;

	if (t == NULL || !cfg_is(n, CFG_GROUP, "a term", r->errors))
		return NULL;
	t->line = n->line;
	for (int i = 0; i < 4; i++)
		if (cfg_find(n, heads[i]) != NULL) {
			which = i;
			found++;
		}
	if (found != 1) {
		cfg_error(r->errors, n->line, term_forms,
		    found == 0 ? "a term needs one of on, age, max and min"
			       : "a term can have only one of on, age, max "
				 "and min");
		return NULL;
	}
	if (which == 0)
		read_on(r, n, t);
	else if (which == 1)
		read_age(r, n, t);
	else
		read_group(r, n, depth, t);
	return t;
}

/* "04-05" or "end". */
static bool
read_period_end(const char *text, struct period *p)
{
	struct hrv_date d;
	char day[16];

	if (strcmp(text, "end") == 0)
		return true;
	/* In a leap year every day of any year exists. */
	if (strlen(text) != 5)
		return false;
	snprintf(day, sizeof(day), "2000-%s", text);
	if (!hrv_date_parse(day, &d))
		return false;
	p->month = d.month;
	p->day = d.day;
	return true;
}

void
read_periods(struct reader *r, const struct cfg_node *g)
{
	struct schedule *s = r->s;

	g = cfg_group(g, "periods", false, r->errors);
	s->period =
	    pool_alloc(r->pool, g != NULL ? g->count : 0, sizeof(*s->period));
	if (g == NULL || s->period == NULL)
		return;
	for (size_t i = 0; i < g->count; i++) {
		const struct cfg_node *c = g->child[i];
		struct period *p = &s->period[s->period_count];

		p->name = pool_strdup(r->pool, c->name);
		if (p->name == NULL)
			return;
		s->period_count++;
		if (c->type != CFG_STRING || !read_period_end(c->v.string, p))
			cfg_error(r->errors, c->line,
			    "write its last day as \"12-31\", or \"end\" for "
			    "the end of each month",
			    "period %.64s is not a day of the year", c->name);
	}
}
