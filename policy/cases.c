/* SPDX-License-Identifier: ISC */
/*
 * The cases that a schedule brings along: reading and running them. Layer:
 * policy (pure). Invariant: a case that cannot be understood, or that expects
 * nothing, is an error of the file and not a case that passes.
 */
#include "policy/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"

/* A date, or "" for none. */
static struct hrv_date
read_birth(struct reader *r, const struct cfg_node *g, const char *key)
{
	const struct cfg_node *n = cfg_find(g, key);
	struct hrv_date d = HRV_DATE_NONE;

	if (n == NULL || (n->type == CFG_STRING && n->v.string[0] == '\0'))
		return d;
	cfg_date(g, key, &d, r->errors);
	return d;
}

/* What is expected of a bound: NULL where the case does not ask. */
static const char *
read_expected(struct reader *r, const struct cfg_node *g, const char *key)
{
	const char *s = cfg_string(g, key, false, r->errors);
	struct hrv_date d;

	if (s == NULL)
		return NULL;
	if (s[0] == '\0' || strcmp(s, "pending") == 0 || hrv_date_parse(s, &d))
		return pool_strdup(r->pool, s);
	cfg_error(r->errors, cfg_find(g, key)->line,
	    "write a date, \"pending\", or \"\" for none",
	    "%s cannot be \"%.40s\"", key, s);
	return NULL;
}

static const char *
read_state(struct reader *r, const struct cfg_node *g)
{
	const char *s = cfg_string(g, "state", false, r->errors);

	if (s == NULL)
		return NULL;
	for (int i = 0; i <= HRV_STATE_REVIEW; i++)
		if (strcmp(s, hrv_state_name((enum hrv_state)i)) == 0)
			return hrv_state_name((enum hrv_state)i);
	cfg_error(r->errors, cfg_find(g, "state")->line,
	    "write \"pending\", \"live\", \"restricted\", \"due\" or "
	    "\"review\"",
	    "state cannot be \"%.40s\"", s);
	return NULL;
}

/* ( "record.created", "2026-01-31" ) */
static bool
read_fact(struct reader *r, const struct cfg_node *n, struct hrv_fact *f)
{
	static const char remedy[] =
	    "write ( \"record.created\", \"2026-01-31\" )";

	if ((n->type != CFG_LIST && n->type != CFG_ARRAY) || n->count != 2 ||
	    n->child[0]->type != CFG_STRING ||
	    n->child[1]->type != CFG_STRING) {
		cfg_error(r->errors, n->line, remedy,
		    "an event of a case is a pair of name and date");
		return false;
	}
	f->event = read_event(r, n->child[0]->v.string, n->child[0]->line);
	if (hrv_date_parse(n->child[1]->v.string, &f->date))
		return f->event != NULL;
	cfg_error(r->errors, n->child[1]->line, remedy,
	    "\"%.40s\" is not a date", n->child[1]->v.string);
	return false;
}

static void
read_facts(struct reader *r, const struct cfg_node *g, struct hrv_facts *f)
{
	const struct cfg_node *list = cfg_list(g, "events", false, r->errors);
	struct hrv_fact *fact;

	f->born = read_birth(r, g, "born");
	f->dependant_born = read_birth(r, g, "dependant_born");
	fact =
	    pool_alloc(r->pool, list != NULL ? list->count : 0, sizeof(*fact));
	if (list == NULL || fact == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (read_fact(r, list->child[i], &fact[f->count]))
			f->count++;
	f->fact = fact;
}

static void
read_test(struct reader *r, const struct cfg_node *g, struct schedule_test *t)
{
	static const char *const keys[] = { "class", "events", "born",
		"dependant_born", "on", "keep_until", "limit_until",
		"purge_from", "restrict_from", "state", "note", NULL };
	const struct hrv_schedule *s = &r->s->pub;
	const char *id = cfg_string(g, "class", true, r->errors);

	t->line = g->line;
	cfg_check_keys(g, keys, "a case", r->errors);
	t->klass = id != NULL ? hrv_schedule_class(s, id) : NULL;
	if (id != NULL && t->klass == NULL) {
		const char *near = hrv_schedule_nearest_class(s, id);
		char remedy[100] = "";

		if (near != NULL)
			snprintf(remedy, sizeof(remedy), "did you mean %.64s?",
			    near);
		cfg_error(r->errors, cfg_find(g, "class")->line, remedy,
		    "unknown class \"%.64s\"", id);
	}
	read_facts(r, g, &t->facts);
	if (cfg_get(g, "on", true, r->errors) != NULL)
		cfg_date(g, "on", &t->on, r->errors);
	t->keep_until = read_expected(r, g, "keep_until");
	t->limit_until = read_expected(r, g, "limit_until");
	t->purge_from = read_expected(r, g, "purge_from");
	t->restrict_from = read_expected(r, g, "restrict_from");
	t->state = read_state(r, g);
	if (cfg_find(g, "keep_until") == NULL &&
	    cfg_find(g, "limit_until") == NULL &&
	    cfg_find(g, "purge_from") == NULL &&
	    cfg_find(g, "restrict_from") == NULL &&
	    cfg_find(g, "state") == NULL)
		cfg_error(r->errors, g->line,
		    "add keep_until, limit_until, purge_from or state",
		    "the case expects nothing");
}

void
read_tests(struct reader *r, const struct cfg_node *g)
{
	const struct cfg_node *list = cfg_list(g, "tests", false, r->errors);
	struct schedule *s = r->s;
	size_t n = list != NULL ? list->count : 0;

	s->test = pool_alloc(r->pool, n, sizeof(*s->test));
	for (size_t i = 0; s->test != NULL && i < n; i++)
		if (cfg_is(list->child[i], CFG_GROUP, "a case", r->errors))
			read_test(
			    r, list->child[i], &s->test[s->pub.test_count++]);
}

/* ---- running ---- */

static void
compare(struct buf *b, const char *what, const char *got, const char *want)
{
	if (want == NULL || strcmp(got, want) == 0)
		return;
	buf_addf(b, "%s%s is %s, expected %s", b->len == 0 ? "" : "; ", what,
	    got[0] != '\0' ? got : "none", want[0] != '\0' ? want : "none");
}

static void
compare_bound(
    struct buf *b, const char *what, struct hrv_bound got, const char *want)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(got, text);
	compare(b, what, text, want);
}

static int
add_failure(struct hrv_test_report *ret, const struct schedule_test *t,
    const struct buf *b, struct hrv_err *err)
{
	struct hrv_test_failure *f;
	size_t len = strlen(t->klass->id) + b->len + 16;
	char *text;

	f = reallocarray(ret->failure, ret->failed + 1, sizeof(*f));
	if (f == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	ret->failure = f;
	text = malloc(len);
	if (text == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	snprintf(text, len, "class %s: %s", t->klass->id, buf_str(b));
	f[ret->failed].line = t->line;
	f[ret->failed].text = text;
	ret->failed++;
	return HRV_OK;
}

static int
run_one(const struct schedule_test *t, struct hrv_test_report *ret,
    struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	struct hrv_decision d;
	int rc;

	hrv_class_decide(t->klass, &t->facts, t->on, &d);
	compare_bound(&b, "keep_until", d.keep_until, t->keep_until);
	compare_bound(&b, "limit_until", d.limit_until, t->limit_until);
	compare_bound(&b, "purge_from", d.purge_from, t->purge_from);
	compare_bound(&b, "restrict_from", d.restrict_from, t->restrict_from);
	compare(&b, "state", hrv_state_name(d.state), t->state);
	rc = buf_ok(&b, err);
	if (rc == HRV_OK && b.len > 0)
		rc = add_failure(ret, t, &b, err);
	else if (rc == HRV_OK)
		ret->passed++;
	buf_clear(&b);
	return rc;
}

static bool
touched(const struct schedule *s, const struct hrv_rule *rule)
{
	for (size_t i = 0; i < s->pub.test_count; i++) {
		const struct hrv_class *c = s->test[i].klass;

		for (size_t k = 0; k < c->rule_count; k++)
			if (c->rule[k] == rule)
				return true;
	}
	return false;
}

int
hrv_policy_run_tests(const struct hrv_schedule *schedule,
    struct hrv_test_report *ret, struct hrv_err *err)
{
	const struct schedule *s = (const struct schedule *)schedule;
	struct hrv_test_report r = HRV_TEST_REPORT_INIT;
	int rc = HRV_OK;

	r.untested = calloc(s->file_rules + 1, sizeof(struct hrv_rule *));
	if (r.untested == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < schedule->test_count; i++)
		rc = run_one(&s->test[i], &r, err);
	for (size_t i = 0; rc == HRV_OK && i < s->file_rules; i++)
		if (!touched(s, &schedule->rule[i]))
			r.untested[r.untested_count++] = &schedule->rule[i];
	if (rc == HRV_OK)
		*ret = r;
	else
		hrv_test_report_clear(&r);
	return rc;
}

void
hrv_test_report_clear(struct hrv_test_report *report)
{
	for (size_t i = 0; i < report->failed; i++)
		free(report->failure[i].text);
	free(report->failure);
	free((void *)report->untested);
	*report = (struct hrv_test_report)HRV_TEST_REPORT_INIT;
}
