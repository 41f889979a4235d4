/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <string.h>

#include "hrvault/zone.h"
#include "tests/policy/deadline_load.h"

/* The law that a test counts with, and what came out last. */
static struct hrv_law *law;
static struct hrv_calendar *cal;
static struct hrv_deadline got;

static void
with_law(const char *id)
{
	hrv_law_free(law);
	hrv_calendar_free(cal);
	law = load_law(id);
	cal = load_calendar(law->calendar);
}

static int
teardown(void **state)
{
	(void)state;
	hrv_law_free(law);
	hrv_calendar_free(cal);
	law = NULL;
	cal = NULL;
	return 0;
}

static struct hrv_date
day(const char *text)
{
	struct hrv_date d = HRV_DATE_NONE;

	assert_true(hrv_date_parse(text, &d));
	return d;
}

static void
is_day(struct hrv_date d, const char *want)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	assert_string_equal(text, want);
}

static struct hrv_proof
given(const char *on)
{
	return (struct hrv_proof){ true, HRV_DATE_NONE, day(on) };
}

static void
count(const struct hrv_deadline_facts *f)
{
	OK_(hrv_deadline(law, cal, f, &got, err));
}

/* Whether one of the reasons has this in it. */
static bool
says(const char *part)
{
	for (size_t i = 0; i < got.n_reasons; i++)
		if (strstr(got.reasons[i], part) != NULL)
			return true;
	return false;
}

/* Reads the options of one line as the command line takes them. */
static void
read_options(char *text, struct hrv_deadline_facts *f, struct hrv_span *pauses)
{
	char *save = NULL, *value;

	for (char *key = strtok_r(text, " ", &save); key != NULL;
	     key = strtok_r(NULL, " ", &save)) {
		value = strtok_r(NULL, " ", &save);
		assert_non_null(value);
		if (strcmp(key, "--received") == 0)
			OK_(hrv_local_date_parse(
			    value, law->timezone, &f->received, err));
		else if (strcmp(key, "--identity") == 0)
			f->identity = given(value);
		else if (strcmp(key, "--authority") == 0)
			f->authority = given(value);
		else if (strcmp(key, "--fee") == 0)
			f->fee = given(value);
		else if (strcmp(key, "--extension-notice") == 0)
			f->extension_notice = day(value);
		else if (strcmp(key, "--pause") == 0)
			assert_true(
			    hrv_span_parse(value, &pauses[f->n_pauses++]));
		else
			fail_msg("option %s", key);
	}
	f->pauses = pauses;
}

static void
test_every_case_of_the_table_has_its_due_date(void **state)
{
	struct buf b = BUF_INIT;
	char *line, *save = NULL;
	size_t n = 0;
	(void)state;

	assert_true(load_file("tests/policy/deadlines.tsv", &b));
	buf_addc(&b, '\0');
	for (line = strtok_r((char *)b.data, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char id[16], law_id[16], options[200], due[16];
		struct hrv_deadline_facts f = { 0 };
		struct hrv_span pauses[8];

		if (line[0] == '#' || strncmp(line, "id\t", 3) == 0)
			continue;
		assert_int_equal(
		    sscanf(line, "%15[^\t]\t%15[^\t]\t%199[^\t]\t%15s", id,
			law_id, options, due),
		    4);
		with_law(law_id);
		read_options(options, &f, pauses);
		count(&f);
		is_day(got.due, due);
		n++;
	}
	assert_int_equal(n, 45);
	buf_clear(&b);
}

static void
test_three_dates_are_shown_with_their_reasons(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2026-03-03") };
	(void)state;

	with_law("uk-ew");
	count(&f);
	is_day(got.start, "2026-03-03");
	is_day(got.unrolled, "2026-04-03");
	is_day(got.due, "2026-04-07");
	assert_string_equal(got.weekday, "Tuesday");
	is_day(got.safe_target, "2026-04-02");
	is_day(got.internal_target, "2026-03-31");
	is_day(got.extension_limit, "2026-04-03");
	is_day(got.acknowledge_by, "");
	assert_false(got.extended);
	assert_false(got.holidays_missing);
	assert_int_equal(got.awaiting, 0);
	assert_true(says("uk-ew 2026.2: UK GDPR Art 12, 12A"));
	assert_true(says("received on 2026-03-03"));
	assert_true(says("that is a Friday and a holiday"));
	assert_true(says("aim at 2026-04-02"));
}

static void
test_there_is_no_due_date_while_something_is_awaited(void **state)
{
	static const struct {
		struct hrv_deadline_facts f;
		unsigned awaiting;
		const char *name;
	} c[] = {
		{ { .identity = { .asked = true } }, HRV_AWAIT_IDENTITY,
		    "identity" },
		{ { .authority = { .asked = true } }, HRV_AWAIT_AUTHORITY,
		    "authority" },
		{ { .fee = { .asked = true } }, HRV_AWAIT_FEE, "fee" },
		{ { .question_open = true }, HRV_AWAIT_ANSWER, "answer" },
		{ { .fee = { .asked = true }, .question_open = true },
		    HRV_AWAIT_FEE | HRV_AWAIT_ANSWER, "fee" },
	};
	(void)state;

	with_law("uk-ew");
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct hrv_deadline_facts f = c[i].f;

		f.received = day("2026-03-02");
		count(&f);
		assert_int_equal(got.awaiting, c[i].awaiting);
		assert_string_equal(hrv_await_name(got.awaiting), c[i].name);
		is_day(got.due, "");
		is_day(got.unrolled, "");
		is_day(got.safe_target, "");
		is_day(got.internal_target, "");
		is_day(got.extension_limit, "");
		assert_string_equal(got.weekday, "");
		assert_false(got.extended);
	}
	assert_null(hrv_await_name(0));
}

static void
test_what_was_not_asked_for_does_not_count(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2026-03-02"),
		.identity = given("2026-03-10"),
		.fee = given("2026-03-12") };
	(void)state;

	with_law("uk-ew");
	f.identity.asked = false;
	f.fee.asked = false;
	count(&f);
	is_day(got.due, "2026-04-02");
	f.fee.asked = true;
	count(&f);
	is_day(got.due, "2026-04-13");
	/* Something that was on file before the request starts nothing. */
	f.fee = given("2026-02-01");
	count(&f);
	is_day(got.start, "2026-03-02");
}

static void
test_identity_stops_the_clock_where_the_law_says_so(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2026-03-02"),
		.identity = { true, day("2026-03-03"), day("2026-03-16") } };
	(void)state;

	with_law("eu-de");
	count(&f);
	assert_int_equal(got.pause_days, 13);
	is_day(got.due, "2026-04-15");
	is_day(got.start, "2026-03-02");
	/* Without the day of asking, from receipt. */
	f.identity.asked_on = HRV_DATE_NONE;
	count(&f);
	is_day(got.due, "2026-04-16");
	assert_true(says("taken as the day asked"));
	f.identity.given_on = HRV_DATE_NONE;
	count(&f);
	assert_int_equal(got.awaiting, HRV_AWAIT_IDENTITY);
	/* California counts on, whoever is asked for what. */
	with_law("us-ca");
	f.authority.asked = true;
	f.fee.asked = true;
	count(&f);
	assert_int_equal(got.awaiting, 0);
	is_day(got.due, "2026-04-16");
}

static void
test_questions_stop_no_clock_under_the_general_regulation(void **state)
{
	struct hrv_span pause = { day("2026-03-04"), day("2026-03-20") };
	struct hrv_deadline_facts f = { .received = day("2026-03-02"),
		.pauses = &pause,
		.n_pauses = 1,
		.question_open = true };
	(void)state;

	with_law("eu-ie");
	count(&f);
	assert_int_equal(got.awaiting, 0);
	is_day(got.due, "2026-04-02");
	assert_true(says("do not stop the clock"));
}

static void
test_only_what_lies_after_the_start_is_a_pause(void **state)
{
	struct hrv_span pause = { day("2026-03-05"), day("2026-03-13") };
	struct hrv_deadline_facts f = { .received = day("2026-03-02"),
		.identity = given("2026-03-10"),
		.pauses = &pause,
		.n_pauses = 1 };
	(void)state;

	with_law("uk-ew");
	count(&f);
	assert_int_equal(got.pause_days, 3);
	is_day(got.due, "2026-04-13");
	pause.to = day("2026-03-09");
	count(&f);
	assert_int_equal(got.pause_days, 0);
	is_day(got.due, "2026-04-10");
}

static void
test_a_question_after_the_time_was_over_is_pointed_out(void **state)
{
	struct hrv_span pauses[] = { { day("2026-03-10"), day("2026-03-15") },
		{ day("2026-04-06"), day("2026-04-09") } };
	struct hrv_deadline_facts f = {
		.received = day("2026-03-02"), .pauses = pauses, .n_pauses = 2
	};
	(void)state;

	with_law("uk-ew");
	count(&f);
	is_day(got.due, "2026-04-10");
	assert_false(says("careful"));
	pauses[1].from = day("2026-04-08");
	count(&f);
	assert_true(says("the question of 2026-04-08 was put after the time "
			 "was over on 2026-04-07"));
}

static void
test_a_late_extension_changes_nothing(void **state)
{
	struct hrv_span pause = { day("2026-06-03"), day("2026-06-08") };
	struct hrv_deadline_facts f = { .received = day("2026-06-01"),
		.pauses = &pause,
		.n_pauses = 1,
		.extension_notice = day("2026-07-06") };
	(void)state;

	/* The limit is 1 July and five days; it does not roll. */
	with_law("uk-ew");
	count(&f);
	assert_true(got.extended);
	is_day(got.due, "2026-09-07");
	is_day(got.unrolled, "2026-09-06");
	is_day(got.safe_target, "2026-09-04");
	f.extension_notice = day("2026-07-07");
	count(&f);
	assert_false(got.extended);
	is_day(got.due, "2026-07-06");
	is_day(got.extension_limit, "2026-07-06");
	assert_true(says("changes nothing"));
	/* A limit on a Sunday stays there. */
	f.received = day("2026-07-02");
	f.n_pauses = 0;
	f.extension_notice = day("2026-08-03");
	count(&f);
	assert_false(got.extended);
	is_day(got.due, "2026-08-03");
	f.extension_notice = day("2026-08-02");
	count(&f);
	assert_true(got.extended);
}

static void
test_time_for_the_notice_stands_with_the_clock(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2026-03-02"),
		.question_open = true,
		.question_asked = day("2026-04-01"),
		.extension_notice = day("2026-04-20") };
	(void)state;

	with_law("uk-ew");
	count(&f);
	assert_true(got.extended);
	f.question_asked = day("2026-04-03");
	count(&f);
	assert_false(got.extended);
}

static void
test_california_acknowledges_in_ten_working_days(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2026-11-09") };
	(void)state;

	with_law("us-ca");
	count(&f);
	/* 11 November is a holiday. */
	is_day(got.acknowledge_by, "2026-11-24");
	is_day(got.due, "2026-12-24");
	is_day(got.internal_target, "2026-12-19");
	/* No roll: Sunday 27 December stays, the safe target is Thursday. */
	f.received = day("2026-11-12");
	count(&f);
	is_day(got.due, "2026-12-27");
	is_day(got.safe_target, "2026-12-24");
	assert_string_equal(got.weekday, "Sunday");
}

static void
test_years_without_holidays_are_said(void **state)
{
	struct hrv_deadline_facts f = { .received = day("2030-12-01") };
	(void)state;

	with_law("uk-ew");
	count(&f);
	is_day(got.due, "2031-01-01");
	assert_true(got.holidays_missing);
	assert_true(says("knows the holidays of 2024 to 2030 only"));
}

static void
test_contradicting_facts_are_refused(void **state)
{
	struct hrv_span p[] = { { day("2026-03-04"), day("2026-03-10") },
		{ day("2026-03-09"), day("2026-03-12") } };
	struct hrv_deadline_facts f = {
		.received = day("2026-03-02"), .pauses = p, .n_pauses = 2
	};
	struct hrv_calendar *other = load_calendar("uk-sc");
	(void)state;

	with_law("uk-ew");
	memset(&got, 0, sizeof(got));
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	p[1].from = day("2026-03-13");
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	f.n_pauses = 1;
	FAILS(hrv_deadline(law, other, &f, &got, err), HRV_EUSAGE);
	f.identity =
	    (struct hrv_proof){ true, day("2026-03-09"), day("2026-03-08") };
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	f.identity.asked = false;
	f.extension_notice = day("2026-03-01");
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	f.extension_notice = HRV_DATE_NONE;
	f.received = (struct hrv_date){ 2026, 2, 30 };
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	f.received = HRV_DATE_NONE;
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	f.received = day("9999-12-20");
	f.n_pauses = 0;
	FAILS(hrv_deadline(law, cal, &f, &got, err), HRV_EUSAGE);
	assert_int_equal(got.n_reasons, 0);
	/* One question may follow on the day of the answer before it. */
	f.received = day("2026-03-02");
	f.n_pauses = 2;
	p[0] = (struct hrv_span){ day("2026-03-10"), day("2026-03-12") };
	p[1] = (struct hrv_span){ day("2026-03-04"), day("2026-03-10") };
	count(&f);
	assert_int_equal(got.pause_days, 8);
	hrv_calendar_free(other);
}

static void
test_spans_are_two_days_in_order(void **state)
{
	static const char *const bad[] = { "", "2026-03-04", "2026-03-04..",
		"2026-03-04..2026-03-03", "2026-03-04...2026-03-05",
		"2026-03-04--2026-03-05", "2026-02-30..2026-03-05",
		"2026-03-04..2026-03-05 ", "2026-03-04 .2026-03-05" };
	struct hrv_span s = { HRV_DATE_NONE, HRV_DATE_NONE };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(hrv_span_parse(bad[i], &s));
	assert_false(hrv_span_parse(NULL, &s));
	assert_false(hrv_date_is_set(s.from));
	assert_true(hrv_span_parse("2026-03-04..2026-03-04", &s));
	is_day(s.to, "2026-03-04");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_case_of_the_table_has_its_due_date),
		cmocka_unit_test(test_three_dates_are_shown_with_their_reasons),
		cmocka_unit_test(
		    test_there_is_no_due_date_while_something_is_awaited),
		cmocka_unit_test(test_what_was_not_asked_for_does_not_count),
		cmocka_unit_test(
		    test_identity_stops_the_clock_where_the_law_says_so),
		cmocka_unit_test(
		    test_questions_stop_no_clock_under_the_general_regulation),
		cmocka_unit_test(
		    test_only_what_lies_after_the_start_is_a_pause),
		cmocka_unit_test(
		    test_a_question_after_the_time_was_over_is_pointed_out),
		cmocka_unit_test(test_a_late_extension_changes_nothing),
		cmocka_unit_test(
		    test_time_for_the_notice_stands_with_the_clock),
		cmocka_unit_test(
		    test_california_acknowledges_in_ten_working_days),
		cmocka_unit_test(test_years_without_holidays_are_said),
		cmocka_unit_test(test_contradicting_facts_are_refused),
		cmocka_unit_test(test_spans_are_two_days_in_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, teardown);
}
