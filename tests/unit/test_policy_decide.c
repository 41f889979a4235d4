/* SPDX-License-Identifier: ISC */
/*
 * Decisions: every state and bound of the language, what a later rule may
 * change, what is kept for the certificate, and the sentences.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"

/* A schedule with one class "c"; rules is the inside of rules = ( ). */
static struct hrv_schedule *
with_rules(const char *rules, const char *names)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	char text[8192];
	int n;

	n = snprintf(text, sizeof(text),
	    "schedule = { id = \"t\"; version = \"1\"; title = \"t\";\n"
	    "jurisdiction = \"XX\"; timezone = \"UTC\";\n"
	    "periods = { leap = \"02-29\"; month = \"end\"; };\n"
	    "compartments = ( \"general\" ); purposes = ( \"payroll\" );\n"
	    "classes = ( { id = \"c\"; title = \"C\"; who = ( \"employee\" );\n"
	    "compartment = \"general\"; purpose = \"administration\";\n"
	    "legal_basis = \"contract\"; rules = ( %s ); } );\n"
	    "rules = ( %s ); };\n",
	    names, rules);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	s = hrv_schedule_parse(text, (size_t)n, &e);
	if (s == NULL)
		fail_msg("line %d: %s", e.item[0].line, e.item[0].message);
	return s;
}

static struct hrv_date
day(const char *text)
{
	struct hrv_date d = HRV_DATE_NONE;

	assert_true(hrv_date_parse(text, &d));
	return d;
}

/* Facts from "name=date name=date"; static storage, one at a time. */
static const struct hrv_facts *
facts_of(const char *list)
{
	static struct hrv_fact fact[8];
	static struct hrv_facts facts;
	static char copy[512];
	char *rest = copy, *w;

	snprintf(copy, sizeof(copy), "%s", list);
	facts = (struct hrv_facts){ .fact = fact };
	while ((w = strsep(&rest, " ")) != NULL && *w != '\0') {
		char *date = strchr(w, '=');

		assert_non_null(date);
		*date++ = '\0';
		if (strcmp(w, "born") == 0)
			facts.born = day(date);
		else
			fact[facts.count++] =
			    (struct hrv_fact){ w, day(date), NULL };
	}
	return &facts;
}

static const struct hrv_decision *
ask(const struct hrv_schedule *s, const char *facts, const char *on)
{
	static struct hrv_decision d;

	OK_(hrv_policy_decide(s, "c", facts_of(facts), day(on), &d, err));
	return &d;
}

static void
is_(struct hrv_bound b, const char *want)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(b, text);
	assert_string_equal(text, want);
}

static void
every_row_of_the_state_table_holds(void **state)
{
	static const char rules[] =
	    "{ id = \"k\"; cite = \"c\"; keep = { on = \"record.closed\"; "
	    "absent = \"ignore\"; plus = \"P2Y\"; }; }, "
	    "{ id = \"p\"; cite = \"c\"; keep = { on = \"record.issued\"; "
	    "when = { has = ( \"record.last_entry\" ); }; }; }, "
	    "{ id = \"l\"; cite = \"c\"; limit = { "
	    "on = \"record.superseded\"; }; }";
	static const struct {
		const char *facts, *on, *keep, *limit, *purge, *restricted;
		enum hrv_state state;
		bool overdue;
	} row[] = {
		/* nothing yet */
		{ "", "2026-01-01", "", "pending", "pending", "",
		    HRV_STATE_PENDING, false },
		/* keep pending, limit before and after */
		{ "record.last_entry=2020-01-01", "2026-01-01", "pending",
		    "pending", "pending", "", HRV_STATE_PENDING, false },
		{ "record.last_entry=2020-01-01 record.superseded=2026-01-01",
		    "2026-01-01", "pending", "2026-01-01", "pending",
		    "2026-01-02", HRV_STATE_PENDING, false },
		{ "record.last_entry=2020-01-01 record.superseded=2026-01-01",
		    "2026-01-02", "pending", "2026-01-01", "pending",
		    "2026-01-02", HRV_STATE_RESTRICTED, true },
		/* keep only */
		{ "record.closed=2024-01-01", "2026-01-01", "2026-01-01",
		    "pending", "2026-01-02", "", HRV_STATE_LIVE, false },
		{ "record.closed=2024-01-01", "2026-01-02", "2026-01-01",
		    "pending", "2026-01-02", "", HRV_STATE_DUE, false },
		/* limit only */
		{ "record.superseded=2026-01-01", "2026-01-01", "",
		    "2026-01-01", "2026-01-02", "", HRV_STATE_LIVE, false },
		{ "record.superseded=2026-01-01", "2026-01-02", "",
		    "2026-01-01", "2026-01-02", "", HRV_STATE_DUE, true },
		/* limit before keep */
		{ "record.closed=2024-01-01 record.superseded=2025-01-01",
		    "2025-01-01", "2026-01-01", "2025-01-01", "2026-01-02",
		    "2025-01-02", HRV_STATE_LIVE, false },
		{ "record.closed=2024-01-01 record.superseded=2025-01-01",
		    "2025-01-02", "2026-01-01", "2025-01-01", "2026-01-02",
		    "2025-01-02", HRV_STATE_RESTRICTED, true },
		/* keep before limit */
		{ "record.closed=2024-01-01 record.superseded=2027-01-01",
		    "2026-01-02", "2026-01-01", "2027-01-01", "2026-01-02", "",
		    HRV_STATE_DUE, false },
	};
	struct hrv_schedule *s = with_rules(rules, "\"k\", \"p\", \"l\"");

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct hrv_decision *d = ask(s, row[i].facts, row[i].on);

		is_(d->keep_until, row[i].keep);
		is_(d->limit_until, row[i].limit);
		is_(d->purge_from, row[i].purge);
		is_(d->restrict_from, row[i].restricted);
		assert_int_equal(d->state, row[i].state);
		assert_int_equal(d->overdue, row[i].overdue);
	}
	hrv_schedule_free(s);
}

static void
the_most_cautious_rule_says_what_happens_at_the_end(void **state)
{
	static const char rules[] =
	    "{ id = \"a\"; cite = \"c\"; "
	    "keep = { on = \"record.closed\"; }; }, "
	    "{ id = \"r\"; cite = \"c\"; at_expiry = \"review\"; "
	    "keep = { on = \"record.closed\"; }; }, "
	    "{ id = \"p\"; cite = \"c\"; at_expiry = \"permanent\"; }";
	static const char f[] = "record.closed=2020-01-01";
	struct hrv_schedule *s = with_rules(rules, "\"a\"");

	(void)state;
	assert_int_equal(ask(s, f, "2020-01-02")->state, HRV_STATE_DUE);
	hrv_schedule_free(s);
	s = with_rules(rules, "\"a\", \"r\"");
	assert_int_equal(ask(s, f, "2020-01-02")->state, HRV_STATE_REVIEW);
	hrv_schedule_free(s);
	s = with_rules(rules, "\"r\", \"p\", \"a\"");
	assert_int_equal(ask(s, f, "2020-01-02")->state, HRV_STATE_LIVE);
	is_(ask(s, f, "2020-01-02")->purge_from, "2020-01-02");
	hrv_schedule_free(s);
}

static void
a_later_rule_follows_live_records_and_revives_none(void **state)
{
	static const char rules[] =
	    "{ id = \"old\"; cite = \"c\"; "
	    "keep = { on = \"record.closed\"; plus = \"P3Y\"; }; }, "
	    "{ id = \"new\"; cite = \"c\"; valid_from = \"2021-04-01\"; "
	    "keep = { on = \"record.closed\"; plus = \"P6Y\"; }; }, "
	    "{ id = \"newer\"; cite = \"c\"; valid_from = \"2022-01-01\"; "
	    "keep = { on = \"record.closed\"; plus = \"P9Y\"; }; }";
	struct hrv_schedule *s =
	    with_rules(rules, "\"newer\", \"new\", \"old\"");
	const struct hrv_decision *d;

	(void)state;
	/* purgeable on 2021-04-01 itself: caught by both */
	is_(ask(s, "record.closed=2018-03-31", "2021-04-01")->keep_until,
	    "2027-03-31");
	/* one day before: gone under the old rule, and stays gone */
	d = ask(s, "record.closed=2018-03-30", "2021-04-01");
	is_(d->keep_until, "2021-03-30");
	assert_int_equal(d->rule_count, 1);
	assert_string_equal(d->rule[0]->id, "old");
	/* pending: no date has passed, everything counts */
	is_(ask(s, "", "2021-04-01")->keep_until, "pending");
	assert_int_equal(ask(s, "", "2021-04-01")->rule_count, 3);
	hrv_schedule_free(s);
}

static void
a_record_whose_trigger_never_came_is_looked_at(void **state)
{
	static const char rules[] =
	    "{ id = \"a\"; cite = \"c\"; review_if_pending = \"P2Y\"; "
	    "keep = { on = \"record.closed\"; }; }, "
	    "{ id = \"b\"; cite = \"c\"; review_if_pending = \"P18M\"; "
	    "limit = { on = \"record.issued\"; }; }";
	struct hrv_schedule *s = with_rules(rules, "\"a\", \"b\"");
	const struct hrv_decision *d;

	(void)state;
	d = ask(s, "record.stored=2020-01-31", "2021-07-30");
	assert_false(d->review_pending);
	assert_int_equal(hrv_date_cmp(d->review_on, day("2021-07-31")), 0);
	d = ask(s, "record.stored=2020-01-31", "2021-07-31");
	assert_true(d->review_pending);
	assert_int_equal(d->state, HRV_STATE_PENDING);
	d = ask(s, "record.stored=2020-01-31 record.closed=2021-01-01",
	    "2021-07-31");
	assert_false(d->review_pending);
	assert_false(ask(s, "", "2021-07-31")->review_pending);
	hrv_schedule_free(s);
}

static void
what_the_dates_came_from_is_kept_without_birth_dates(void **state)
{
	static const char rules[] =
	    "{ id = \"a\"; cite = \"c\"; keep = { max = ( "
	    "{ age = \"P75Y\"; of = \"subject\"; }, "
	    "{ on = \"record.last_entry\"; plus = \"P30Y\"; } ); }; }";
	struct hrv_schedule *s = with_rules(rules, "\"a\"");
	const struct hrv_decision *d = ask(s,
	    "born=1999-06-01 record.last_entry=2026-03-10 "
	    "record.created=2020-01-01",
	    "2026-11-23");

	(void)state;
	assert_int_equal(d->fact_count, 2);
	assert_string_equal(d->fact[0].event, "subject.age");
	assert_int_equal(d->fact[0].age, 75);
	assert_false(hrv_date_is_set(d->fact[0].date));
	assert_true(d->fact[0].decisive);
	assert_string_equal(d->fact[1].event, "record.last_entry");
	assert_false(d->fact[1].decisive);
	assert_string_equal(d->keep_rule->id, "a");
	assert_null(d->limit_rule);
	assert_true(hrv_schedule_class(s, "c")->needs_born);
	assert_false(hrv_schedule_class(s, "c")->needs_dependant_born);
	hrv_schedule_free(s);
}

static void
wrong_questions_are_refused(void **state)
{
	struct hrv_schedule *s =
	    with_rules("{ id = \"a\"; cite = \"c\"; "
		       "keep = { on = \"record.closed\"; }; }",
		"\"a\"");
	const struct hrv_fact bad = { "record.closed", { 2023, 2, 29 }, NULL };
	struct hrv_facts f = { .fact = &bad, .count = 1 };
	struct hrv_decision d;

	(void)state;
	FAILS(hrv_policy_decide(s, "d", &f, day("2020-01-01"), &d, err),
	    HRV_ENOTFOUND);
	FAILS(hrv_policy_decide(s, "c", &f, day("2020-01-01"), &d, err),
	    HRV_EUSAGE);
	f.count = 0;
	FAILS(
	    hrv_policy_decide(s, "c", &f, HRV_DATE_NONE, &d, err), HRV_EUSAGE);
	f.born = (struct hrv_date){ 2000, 13, 1 };
	FAILS(hrv_policy_decide(s, "c", &f, day("2020-01-01"), &d, err),
	    HRV_EUSAGE);
	assert_string_equal(
	    hrv_schedule_nearest_class(s, "vault.cas"), "vault.case");
	assert_string_equal(
	    hrv_schedule_nearest_event(s, "subject.endde"), "subject.ended");
	assert_true(hrv_schedule_knows_event(s, "class.c.destroyed"));
	assert_false(hrv_schedule_knows_event(s, "class.d.destroyed"));
	assert_false(hrv_schedule_knows_event(s, "class.vault.log.destroyed"));
	assert_false(hrv_schedule_knows_event(s, "ended"));
	hrv_schedule_free(s);
}

static void
the_vaults_own_papers_have_rules(void **state)
{
	static const char *const ids[] = { "vault.identity", "vault.case",
		"vault.hold", "vault.tombstone", "vault.certificate",
		"vault.disclosure", "vault.log" };
	struct hrv_schedule *s =
	    with_rules("{ id = \"a\"; cite = \"c\"; "
		       "keep = { on = \"record.closed\"; }; }, "
		       "{ id = \"vault.hold\"; cite = \"c\"; "
		       "keep = { on = \"record.closed\"; plus = \"P1Y\"; }; }",
		"\"a\"");
	struct hrv_decision d;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		const struct hrv_class *c = hrv_schedule_class(s, ids[i]);

		assert_non_null(c);
		assert_true(c->built_in);
		assert_int_equal(c->with_subject, i == 0);
		assert_int_equal(c->rule_count, i == 0 ? 0 : 1);
	}
	OK_(hrv_policy_decide(s, "vault.identity",
	    facts_of("record.created=2000-01-01"), day("2026-01-01"), &d, err));
	assert_int_equal(d.state, HRV_STATE_PENDING);
	OK_(hrv_policy_decide(s, "vault.hold",
	    facts_of("record.closed=2020-01-01"), day("2026-01-01"), &d, err));
	is_(d.keep_until, "2021-01-01");
	OK_(hrv_policy_decide(s, "vault.log",
	    facts_of("record.created=1990-01-01"), day("2026-01-01"), &d, err));
	assert_int_equal(d.state, HRV_STATE_LIVE);
	assert_string_equal(
	    hrv_schedule_class(s, "vault.case")->compartment, "casework");
	assert_string_equal(s->purpose[0], "administration");
	assert_true(
	    hrv_class_allows_purpose(hrv_schedule_class(s, "c"), "payroll"));
	assert_false(
	    hrv_class_allows_purpose(hrv_schedule_class(s, "c"), "curiosity"));
	assert_int_equal(s->purge.max_per_run, 500);
	assert_int_equal(s->purge.notice.days, 14);
	hrv_schedule_free(s);
}

static void
thirteen_is_reached_on_the_birthday(void **state)
{
	struct hrv_schedule *s =
	    with_rules("{ id = \"a\"; cite = \"c\"; "
		       "keep = { on = \"record.closed\"; }; }",
		"\"a\"");

	(void)state;
	assert_int_equal(s->minimum_age, 13);
	assert_true(
	    hrv_schedule_old_enough(s, day("2013-11-23"), day("2026-11-23")));
	assert_false(
	    hrv_schedule_old_enough(s, day("2013-11-24"), day("2026-11-23")));
	assert_false(
	    hrv_schedule_old_enough(s, day("2012-02-29"), day("2025-02-28")));
	assert_true(
	    hrv_schedule_old_enough(s, day("2012-02-29"), day("2025-03-01")));
	hrv_schedule_free(s);
}

/* Whether any sentence holds the text. */
static bool
said(const struct hrv_reasons *r, const char *text)
{
	for (size_t i = 0; i < r->count; i++)
		if (strstr(r->line[i], text) != NULL)
			return true;
	return false;
}

static void
the_sentences_name_law_facts_and_arithmetic(void **state)
{
	static const char rules[] =
	    "{ id = \"pay\"; cite = \"Reg 97\"; keep = { max = ( "
	    "{ on = \"record.issued\"; round = \"leap\"; plus = \"P3Y\"; }, "
	    "{ on = \"subject.ended\"; absent = \"ignore\"; }, "
	    "{ age = \"P18Y\"; of = \"subject\"; } ); }; }, "
	    "{ id = \"in\"; cite = \"Reg 1\"; limit = { "
	    "on = \"record.created\"; plus = \"P6Y\"; "
	    "start = \"inclusive\"; "
	    "when = { lacks = ( \"subject.died\" ); "
	    "service_below = \"P1Y\"; }; }; }";
	struct hrv_schedule *s = with_rules(rules, "\"pay\", \"in\"");
	struct hrv_reasons r = HRV_REASONS_INIT;
	char *words;

	(void)state;
	OK_(hrv_policy_explain(s, "c",
	    facts_of("born=1990-05-05 record.issued=2023-03-01 "
		     "subject.hired=2020-01-01 subject.ended=2019-01-01 "
		     "record.created=2024-04-30"),
	    day("2026-01-01"), &r, err));
	assert_true(said(&r, "Rule pay (Reg 97) keeps it until 2027-02-28"));
	assert_true(said(&r, "record.issued is 2023-03-01, the leap ends on "
			     "2024-02-29, and 3 years later is 2027-02-28"));
	assert_true(said(&r, "subject.ended of 2019-01-01 does not count, "
			     "because subject.hired of 2020-01-01 came "
			     "later"));
	assert_true(said(&r, "the subject reaches 18 years on 2008-05-05"));
	assert_false(said(&r, "1990"));
	assert_true(said(&r, "dates of the employment are not known"));
	assert_true(said(&r, "It may be destroyed from 2027-03-01") ||
		    said(&r, "it may be destroyed from 2027-03-01"));
	assert_true(said(&r, "On 2026-01-01 it is live."));
	hrv_reasons_clear(&r);
	words = hrv_term_words(hrv_schedule_rule(s, "in")->limit);
	assert_string_equal(words,
	    "record.created, then 6 years beginning "
	    "with that day if there is no subject.died and the service "
	    "was shorter than 1 year");
	free(words);
	hrv_schedule_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_state_table_holds),
		cmocka_unit_test(
		    the_most_cautious_rule_says_what_happens_at_the_end),
		cmocka_unit_test(
		    a_later_rule_follows_live_records_and_revives_none),
		cmocka_unit_test(
		    a_record_whose_trigger_never_came_is_looked_at),
		cmocka_unit_test(
		    what_the_dates_came_from_is_kept_without_birth_dates),
		cmocka_unit_test(wrong_questions_are_refused),
		cmocka_unit_test(the_vaults_own_papers_have_rules),
		cmocka_unit_test(thirteen_is_reached_on_the_birthday),
		cmocka_unit_test(the_sentences_name_law_facts_and_arithmetic),
	};

	return RUN(tests);
}
