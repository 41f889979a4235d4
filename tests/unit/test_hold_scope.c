/* SPDX-License-Identifier: ISC */
/*
 * What a hold covers, what it stops and what it does not stop: numbers 1 to 11
 * of the table of requirements for holds, each by its number. What a number
 * asks that the program does not have is listed in the test of holds from the
 * command line.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "vault/version.h"

static struct holdhome w;

static void
c01_a_hold_says_all_about_itself_and_is_never_edited(void **state)
{
	struct hrv_hold_args a = { .matter = "M-41",
		.reason = "claim of unequal pay",
		.review = "2027-02-01" };
	char s[40], hold[40];
	const char *subjects[] = { s, NULL };
	struct hrv_doc *doc = NULL, *after = NULL;
	const struct hrv_doc *scope;
	(void)state;

	hh_subject(w.v, s);
	a.subjects = subjects;
	(void)hh_place(w.v, a, hold);
	OK_(hrv_hold_show(w.v, hold, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "id"), hold);
	assert_string_equal(hrv_doc_str(doc, "matter"), "M-41");
	assert_string_equal(hrv_doc_str(doc, "reason"), a.reason);
	assert_string_equal(hrv_doc_str(doc, "review"), a.review);
	assert_string_equal(hrv_doc_str(doc, "status"), "active");
	scope = hrv_doc_get(hrv_doc_get(doc, "scope"), "subjects");
	assert_string_equal(hrv_doc_text(hrv_doc_at(scope, 0)), s);
	OK_(hh_release(w.v, hold, err));
	OK_(hrv_hold_show(w.v, hold, &after, err));
	assert_string_equal(hrv_doc_str(after, "status"), "cooling");
	for (size_t i = 0; i < 4; i++) {
		static const char *const same[] = { "matter", "reason",
			"review", "placed" };

		assert_string_equal(
		    hrv_doc_str(doc, same[i]), hrv_doc_str(after, same[i]));
	}
	hrv_doc_free(doc);
	hrv_doc_free(after);
}

static void
c02_a_scope_is_a_record_a_person_a_class_a_range_or_both(void **state)
{
	char s[40], t[40], r[40], other[40], late[40];
	const char *subjects[] = { s, NULL }, *records[] = { other, NULL };
	const char *classes[] = { "memo", NULL };
	struct hrv_hold_args by = { 0 };
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, t);
	hh_record(w.v, s, "note", "2026-06-01", r);
	hh_record(w.v, s, "memo", "2026-06-03", late);
	hh_record(w.v, t, "memo", "2026-06-04", other);
	by.records = records;
	assert_int_equal(hh_preview(w.v, by), 1);
	/* A person is their two records and who they are. */
	by = (struct hrv_hold_args){ .subjects = subjects };
	assert_int_equal(hh_preview(w.v, by), 3);
	by = (struct hrv_hold_args){ .classes = classes };
	assert_int_equal(hh_preview(w.v, by), 2);
	by = (struct hrv_hold_args){ .from = "2026-06-02", .to = "2026-06-03" };
	assert_int_equal(hh_preview(w.v, by), 1);
	by.classes = classes;
	by.subjects = subjects;
	assert_int_equal(hh_preview(w.v, by), 2); /* and the identity */
	by.records = records;
	assert_int_equal(hh_preview(w.v, by), 3);
}

static void
c03_records_that_come_later_are_held_as_well(void **state)
{
	char s[40], hold[40], r[40];
	(void)state;

	hh_subject(w.v, s);
	(void)hh_hold_subject(w.v, s, hold);
	hh_record(w.v, s, "note", HH_OLD, r);
	hh_verdict_is(w.v, r, "hold");
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, r));
}

static void
c04_a_fixed_set_is_said_by_naming_records(void **state)
{
	char s[40], a[40], b[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, a);
	assert_int_equal(hh_hold_record(w.v, a, NULL), 1);
	hh_record(w.v, s, "note", HH_OLD, b);
	hh_verdict_is(w.v, a, "hold");
	hh_verdict_is(w.v, b, "destroy");
	assert_int_equal(hh_run(w.v), 1);
	assert_true(hh_lives(w.v, a));
	assert_false(hh_lives(w.v, b));
	/* A hold that came too late says that it covers nothing. */
	assert_int_equal(hh_hold_record(w.v, b, NULL), 0);
}

static void
c05_a_record_is_free_when_no_hold_is_left(void **state)
{
	char s[40], r[40], first[40], second[40], third[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	(void)hh_hold_subject(w.v, s, first);
	(void)hh_hold_record(w.v, r, second);
	(void)hh_hold_record(w.v, r, third); /* the same scope, once more */
	OK_(hh_release(w.v, first, err));
	OK_(hh_release(w.v, third, err));
	FAILS(hh_release(w.v, third, err), HRV_EREFUSED); /* counts once */
	assert_int_equal(hh_days(&w, 35), 0);
	hh_verdict_is(w.v, r, "hold");
	OK_(hh_release(w.v, second, err));
	assert_int_equal(hh_days(&w, 29), 0);
	assert_int_equal(hh_days(&w, 1), 1);
	assert_false(hh_lives(w.v, r));
}

static void
c06_no_way_to_destruction_gets_past_a_hold(void **state)
{
	char s[40], r[40], gone[40];
	struct hrv_doc *doc = NULL;
	struct hrv_subject_event_args ended = { .name = "ended",
		.date = HH_OLD };
	struct hrv_vault *purge;
	(void)state;

	/* the job, and an operator */
	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, r);
	(void)hh_hold_record(w.v, r, NULL);
	ended.who = s;
	OK_(hrv_subject_event(w.v, &ended, &doc, err));
	hrv_doc_free(doc);
	purge = people_open(&w.p, w.p.purge);
	assert_int_equal(hh_run(purge), 0);
	hrv_close(purge);
	assert_int_equal(hh_run(w.v), 0);
	hh_verdict_is(w.v, r, "hold");
	/* the end of a person: who a held person is stays known */
	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, gone);
	(void)hh_place(w.v,
	    (struct hrv_hold_args){ .subjects = (const char *[]){ s, NULL },
		.classes = (const char *[]){ "memo", NULL } },
	    NULL);
	assert_int_equal(hh_run(w.v), 1);
	OK_(hrv_subject_show(w.v, s, &doc, err));
	assert_true(hrv_doc_true(doc, "protected"));
	hrv_doc_free(doc);
}

static void
c07_what_is_held_may_be_added_to_and_not_changed(void **state)
{
	char s[40], r[40];
	struct hrv_record_amend_args a = { .record = r, .reason = "typo" };
	struct hrv_record_event closed = { "closed", { 2026, 1, 1 } };
	size_t n = 0;
	struct hrv_record_read_args old = { .record = r,
		.purpose = "administration",
		.version = 1,
		.write = hh_swallow,
		.write_ctx = &n };
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, r);
	OK_(hrv_record_event(w.v, r, &closed, false, &doc, err));
	hrv_doc_free(doc);
	doc = NULL;
	(void)hh_hold_record(w.v, r, NULL);
	assert_int_equal(
	    hrv_record_event(w.v, r, &closed, true, &doc, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "held");
	a.content.fd = hh_content();
	OK_(hrv_record_amend(w.v, &a, &doc, err));
	(void)close(a.content.fd);
	hrv_doc_free(doc);
	OK_(hrv_record_read(w.v, &old, &doc, err));
	hrv_doc_free(doc);
	assert_true(n > 0);
}

static void
c08_a_hold_stops_no_reading_adding_or_further_hold(void **state)
{
	char s[40], r[40], more[40], hold[40];
	struct hrv_vault *hr;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	(void)hh_hold_subject(w.v, s, hold);
	hr = people_open(&w.p, w.p.hr);
	assert_true(hh_lives(hr, r));
	hh_record(hr, s, "note", HH_OLD, more);
	assert_true(hh_lives(hr, more));
	hrv_close(hr);
	assert_int_equal(hh_hold_record(w.v, r, NULL), 1);
	hh_verdict_is(w.v, more, "hold");
}

static void
c09_c10_a_release_waits_and_a_new_hold_in_the_wait_wins(void **state)
{
	char s[40], r[40], keep[40], hold[40], again[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	hh_record(w.v, s, "note", HH_OLD, keep);
	(void)hh_hold_subject(w.v, s, hold);
	OK_(hh_release(w.v, hold, err));
	assert_int_equal(hh_run(w.v), 0); /* not in the run of that day */
	hh_verdict_is(w.v, r, "cooling-off");
	assert_int_equal(hh_days(&w, 28), 0);
	(void)hh_hold_record(w.v, keep, again);
	assert_int_equal(hh_days(&w, 1), 0);
	assert_int_equal(hh_days(&w, 1), 1); /* the thirtieth day */
	assert_false(hh_lives(w.v, r));
	assert_true(hh_lives(w.v, keep));
	hh_verdict_is(w.v, keep, "hold");
	/* Its own release begins the whole wait again. */
	OK_(hh_release(w.v, again, err));
	assert_int_equal(hh_days(&w, 29), 0);
	assert_true(hh_lives(w.v, keep));
}

/* The day a record's time is over, as `record explain` gives it. */
static void
purge_from(const char *record, char out[16])
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_record_explain(w.v, record, HRV_DATE_NONE, &doc, err));
	snprintf(out, 16, "%s", hrv_doc_str(doc, "purge_from"));
	hrv_doc_free(doc);
}

static void
c11_the_clock_of_a_record_goes_on_under_a_hold(void **state)
{
	char s[40], r[40], hold[40], day[16];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", "2026-10-01", r);
	purge_from(r, day);
	assert_string_equal(day, "2027-10-02");
	(void)hh_hold_record(w.v, r, hold);
	(void)hh_days(&w, 14);
	purge_from(r, day);
	assert_string_equal(day, "2027-10-02");
	OK_(hh_release(w.v, hold, err));
	(void)hh_days(&w, 42);
	purge_from(r, day);
	assert_string_equal(day, "2027-10-02");
	assert_true(hh_lives(w.v, r));
}

/* The schedule of the test under another jurisdiction and version. */
static void
adopt_for(const char *jurisdiction, const char *version)
{
	char text[sizeof(hh_schedule) + 8];
	char *p;

	snprintf(text, sizeof(text), "%s", hh_schedule);
	p = strstr(text, "\"UK\"");
	assert_non_null(p);
	memcpy(p + 1, jurisdiction, 2);
	p = strstr(text, "version = \"2\"");
	assert_non_null(p);
	memcpy(p + 11, version, 1);
	hh_adopt(w.v, text);
}

static void
hold_query(const char *query)
{
	struct hrv_hold_args a = { .query = query };

	assert_true(hh_place(w.v, a, NULL) > 0);
}

/* A later schedule brings a jurisdiction and takes none away, however the
 * query is turned; and which one was in force when, the log says and no row. */
static void
c02_no_schedule_sets_free_what_a_jurisdiction_holds(void **state)
{
	char s[40], before[40], after[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, before);
	w.p.h.now += DAY;
	adopt_for("US", "3");
	w.p.h.now += 3 * DAY;
	hh_record(w.v, s, "memo", HH_OLD, after);
	hold_query("jurisdiction = UK and class = note");
	hh_verdict_is(w.v, before, "hold");
	hh_verdict_is(w.v, after, "destroy");
	hold_query("jurisdiction != UK and class = memo");
	hh_verdict_is(w.v, after, "hold");
	tamper(w.v, "CREATE TABLE kept AS SELECT * FROM policy;"
		    "UPDATE policy SET adopted = '2020-01-01T00:00:00Z'"
		    " WHERE version = '3';");
	hh_verdict_is(w.v, before, "hold");
	assert_int_equal(hh_run(w.v), 0);
	tamper(w.v, "DELETE FROM policy; INSERT INTO policy SELECT * FROM kept;"
		    "DROP TABLE kept;");
	adopt_for("UK", "4");
	hh_verdict_is(w.v, before, "hold");
	hh_verdict_is(w.v, after, "hold");
	assert_int_equal(hh_run(w.v), 0);
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    c01_a_hold_says_all_about_itself_and_is_never_edited),
		cmocka_unit_test(
		    c02_a_scope_is_a_record_a_person_a_class_a_range_or_both),
		cmocka_unit_test(c03_records_that_come_later_are_held_as_well),
		cmocka_unit_test(c04_a_fixed_set_is_said_by_naming_records),
		cmocka_unit_test(c05_a_record_is_free_when_no_hold_is_left),
		cmocka_unit_test(c06_no_way_to_destruction_gets_past_a_hold),
		cmocka_unit_test(
		    c07_what_is_held_may_be_added_to_and_not_changed),
		cmocka_unit_test(
		    c08_a_hold_stops_no_reading_adding_or_further_hold),
		cmocka_unit_test(
		    c09_c10_a_release_waits_and_a_new_hold_in_the_wait_wins),
		cmocka_unit_test(
		    c11_the_clock_of_a_record_goes_on_under_a_hold),
		cmocka_unit_test(
		    c02_no_schedule_sets_free_what_a_jurisdiction_holds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
