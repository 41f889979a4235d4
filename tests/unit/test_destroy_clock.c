/* SPDX-License-Identifier: ISC */
/*
 * Wrong clocks: no run destroys early because a clock jumped, in whichever
 * direction and to whichever day, and what it says can be understood. The
 * clock is that of the handle; nothing here sets the machine's.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"

static struct holdhome w;
static char subject[40];

static int64_t
instant(int16_t year, uint8_t month, uint8_t day, int hour, int minute)
{
	int64_t days = hrv_date_to_days((struct hrv_date){ year, month, day });

	return days * DAY + ((int64_t)hour * 60 + minute) * INT64_C(60000000);
}

static void
begin(int64_t now)
{
	w.p.h.now = now;
}

static void
a_jump_forward_destroys_nothing_and_says_so(void **state)
{
	static const int16_t years[] = { 2036, 2038, 2100 };
	int64_t start = w.p.h.now;
	char due[40], later[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_record(w.v, subject, "note", "2026-11-22", later);
	hh_record(w.v, subject, "note", HH_OLD, due);
	for (size_t i = 0; i < 3; i++) {
		struct hrv_err e = { 0 };

		begin(instant(years[i], 1, 20, 3, 14));
		assert_int_equal(hrv_purge_run(w.v, &doc, &e), HRV_ECONFIRM);
		assert_string_equal(e.name, "clock");
		assert_non_null(strstr(e.msg, "silent"));
		assert_non_null(strstr(e.msg, "days"));
		assert_non_null(strstr(e.hint, "purge confirm-clock"));
		/* The refusal is in the log; the jump back is noticed too. */
		begin(start);
		memset(&e, 0, sizeof(e));
		assert_int_equal(hrv_purge_run(w.v, &doc, &e), HRV_ECONFIRM);
		assert_string_equal(e.name, "clock");
		assert_non_null(strstr(e.msg, "before the newest"));
	}
	assert_true(hh_lives(w.v, due));
	assert_true(hh_lives(w.v, later));
}

static void
a_jump_back_destroys_nothing_and_says_so(void **state)
{
	int64_t start = w.p.h.now;
	int64_t when[3] = { start - 3653 * DAY, instant(1970, 1, 1, 0, 0),
		instant(2000, 2, 29, 12, 0) };
	char due[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_record(w.v, subject, "note", HH_OLD, due);
	for (size_t i = 0; i < 3; i++) {
		struct hrv_err e = { 0 };

		begin(when[i]);
		assert_int_equal(hrv_purge_run(w.v, &doc, &e), HRV_ECONFIRM);
		assert_string_equal(e.name, "clock");
		assert_non_null(strstr(e.msg, "before the newest"));
		assert_non_null(strstr(e.hint, "clock"));
	}
	begin(start);
	assert_true(hh_lives(w.v, due));
}

static void
a_weekend_or_a_week_without_runs_is_no_obstacle(void **state)
{
	char due[40];
	(void)state;

	assert_int_equal(hh_run(w.v), 0);
	begin(w.p.h.now + 3 * DAY);
	assert_int_equal(hh_run(w.v), 0);
	begin(w.p.h.now + 7 * DAY);
	hh_record(w.v, subject, "note", HH_OLD, due);
	assert_int_equal(hh_run(w.v), 1);
	assert_false(hh_lives(w.v, due));
}

/* The day is London's: in summer it begins at 23:00 UTC. */
static void
nights_of_clock_changes(void)
{
	char spring[40], autumn[40];

	/* 2029: forward on 25 March, back on 28 October, both at 01:00 UTC. */
	hh_record(w.v, subject, "note", "2028-03-24", spring);
	hh_record(w.v, subject, "note", "2028-10-27", autumn);
	while (w.p.h.now < instant(2029, 3, 18, 0, 0)) {
		begin(w.p.h.now + 5 * DAY);
		assert_int_equal(hh_run(w.v), 0);
	}
	begin(instant(2029, 3, 24, 23, 59)); /* winter time: still the 24th */
	assert_int_equal(hh_run(w.v), 0);
	begin(instant(2029, 3, 25, 0, 0));
	assert_int_equal(hh_run(w.v), 1);
	assert_false(hh_lives(w.v, spring));
	begin(instant(2029, 3, 25, 1, 30)); /* 02:30, an hour after 00:30 */
	assert_int_equal(hh_run(w.v), 0);
	while (w.p.h.now < instant(2029, 10, 20, 0, 0)) {
		begin(w.p.h.now + 7 * DAY);
		assert_int_equal(hh_run(w.v), 0);
	}
	begin(instant(2029, 10, 27, 22, 59)); /* 23:59 in summer time */
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, autumn));
	begin(instant(2029, 10, 27, 23, 0));
	assert_int_equal(hh_run(w.v), 1);
	begin(instant(2029, 10, 28, 0, 30)); /* 01:30, the first time */
	assert_int_equal(hh_run(w.v), 0);
	begin(instant(2029, 10, 28, 1, 30)); /* and the second */
	assert_int_equal(hh_run(w.v), 0);
}

/* A note is kept a year: from 29 February until 28 February of the next, and
 * so it goes on 1 March and not before. */
static void
leap_days_and_clock_changes_end_a_day_once(void **state)
{
	char r[40];
	(void)state;

	hh_record(w.v, subject, "note", "2024-02-29", r);
	hh_verdict_is(w.v, r, "destroy");
	assert_int_equal(hh_run(w.v), 1);
	while (w.p.h.now < instant(2028, 2, 26, 0, 0)) {
		begin(w.p.h.now + 7 * DAY);
		assert_int_equal(hh_run(w.v), 0);
	}
	begin(instant(2028, 2, 29, 12, 0) > w.p.h.now
		  ? instant(2028, 2, 29, 12, 0)
		  : w.p.h.now);
	hh_record(w.v, subject, "note", "2027-02-28", r);
	assert_int_equal(hh_run(w.v), 1); /* its last day was yesterday */
	hh_record(w.v, subject, "note", "2028-02-29", r);
	while (w.p.h.now < instant(2029, 2, 21, 0, 0)) {
		begin(w.p.h.now + 7 * DAY);
		assert_int_equal(hh_run(w.v), 0);
	}
	begin(instant(2029, 2, 28, 23, 59));
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, r));
	begin(instant(2029, 3, 1, 0, 0));
	assert_int_equal(hh_run(w.v), 1);
	nights_of_clock_changes();
}

static void
a_month_of_silence_takes_two_people(void **state)
{
	char due[40];
	struct hrv_doc *doc = NULL;
	struct hrv_vault *legal;
	struct people_newest p;
	struct hrv_err e = { 0 };
	(void)state;

	people_end_founding(&w.p);
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	assert_int_equal(hh_run(w.v), 0);
	begin(w.p.h.now + 31 * DAY);
	hh_record(w.v, subject, "note", HH_OLD, due);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	assert_int_equal(hrv_purge_confirm_clock(w.v, &doc, &e), HRV_ECONFIRM);
	p = people_newest(w.v);
	assert_string_equal(p.kind, "clock");
	assert_non_null(strstr(e.msg, p.id));
	FAILS(hrv_proposal_approve(w.v, p.id, &doc, err), HRV_EREFUSED);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	assert_true(hh_lives(w.v, due));
	legal = people_open(&w.p, w.p.legal);
	OK_(hrv_proposal_approve(legal, p.id, &doc, err));
	hrv_doc_free(doc);
	hrv_close(legal);
	/* Approved is not yet confirmed. */
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	OK_(hrv_purge_confirm_clock(w.v, &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(hh_run(w.v), 1);
	assert_false(hh_lives(w.v, due));
}

/* Each test has a vault of its own: a wrong clock stays in the log. */
static int
set_up(void **state)
{
	char stays[40]; /* without it the subject goes with a last record */
	(void)state;

	holdhome_init(&w);
	hh_subject(w.v, subject);
	hh_record(w.v, subject, "file", HH_OLD, stays);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_jump_forward_destroys_nothing_and_says_so),
		TEST(a_jump_back_destroys_nothing_and_says_so),
		TEST(a_weekend_or_a_week_without_runs_is_no_obstacle),
		TEST(leap_days_and_clock_changes_end_a_day_once),
		TEST(a_month_of_silence_takes_two_people),
	};

	return RUN(tests);
}
