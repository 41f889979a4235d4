/* SPDX-License-Identifier: ISC */
/*
 * What counts from the destruction of another class: the run that destroys
 * the last record of it gives the others their first date, and their notice
 * counts from that run.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"

#include "hrvault/status.h"

#define RULE(id, on, plus)                                                     \
	"{ id = \"" id "\"; cite = \"test\"; at_expiry = \"purge\";"           \
	" keep = { on = \"" on "\"; plus = \"" plus "\"; }; }"
#define CLASS(id, rule)                                                        \
	"{ id = \"" id "\"; title = \"T\"; who = ( \"employee\" );"            \
	" compartment = \"general\"; purpose = \"administration\";"            \
	" legal_basis = \"contract\"; special_category = false;"               \
	" rules = ( \"" rule "\" ); }"

/* note: due a year after its date. card: a day after the last note is gone.
 * stub: a day after the last card. memo: nothing to do with either. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"3\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\" ); purge = { notice = \"P14D\"; };"
    " classes = (" CLASS("note", "year") "," CLASS(
	"card", "after-note") "," CLASS("stub", "after-card") "," CLASS("memo",
	"year") " );"
		" rules = (" RULE("year", "record.created", "P1Y") "," RULE(
		    "after-note", "class.note.destroyed",
		    "P1D") "," RULE("after-card", "class.card.destroyed",
		    "P1D") " ); };";

static struct holdhome w;

/* What the table says of a record: its purge_from, or "" while pending. */
static void
term(const char *record, char out[16])
{
	struct hrv_doc *doc = NULL;
	const char *day;

	OK_(hrv_record_explain(w.v, record, HRV_DATE_NONE, &doc, err));
	day = hrv_doc_str(doc, "purge_from");
	snprintf(out, 16, "%s",
	    day == NULL || strcmp(day, "pending") == 0 ? "" : day);
	hrv_doc_free(doc);
}

static int
count_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)doc;
	(void)err;
	++*(size_t *)ctx;
	return HRV_OK;
}

static size_t
orphans(void)
{
	size_t n = 0;

	OK_(hrv_retention_orphans(w.v, count_one, &n, err));
	return n;
}

static void
a_run_gives_what_waited_its_date_and_notice(void **state)
{
	char s[40], note[40], card[40], stub[40], memo[40], day[16];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, note);
	hh_record(w.v, s, "card", HH_OLD, card);
	hh_record(w.v, s, "stub", HH_OLD, stub);
	hh_record(w.v, s, "memo", "2026-11-01", memo);
	assert_int_equal(hh_days(&w, 13), 0);
	hh_verdict_is(w.v, note, "notice");
	hh_verdict_is(w.v, card, "");
	assert_int_equal(hh_days(&w, 1), 1);
	assert_false(hh_lives(w.v, note));
	/* The run itself brought the table up to date. */
	term(card, day);
	assert_string_not_equal(day, "");
	term(stub, day);
	assert_string_equal(day, "");
	assert_int_equal(hh_days(&w, 2), 0);
	hh_verdict_is(w.v, card, "notice");
	/* Fourteen days from that run, although its facts are older. */
	assert_int_equal(hh_days(&w, 11), 0);
	hh_verdict_is(w.v, card, "notice");
	assert_true(hh_lives(w.v, card));
	assert_int_equal(hh_days(&w, 1), 1);
	assert_false(hh_lives(w.v, card));
	assert_int_equal(hh_days(&w, 13), 0);
	assert_true(hh_lives(w.v, stub));
	assert_int_equal(hh_days(&w, 1), 1);
	assert_false(hh_lives(w.v, stub));
	assert_true(hh_lives(w.v, memo));
}

/* A later record of that class takes the date away again. */
static void
a_new_record_takes_the_date_away(void **state)
{
	char s[40], note[40], card[40], again[40];
	struct hrv_audit_verify_args all = { .full = true };
	struct hrv_doc *doc = NULL;
	size_t before;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, note);
	hh_record(w.v, s, "card", HH_OLD, card);
	assert_int_equal(hh_days(&w, 14), 1);
	assert_int_equal(hh_days(&w, 7), 0);
	hh_verdict_is(w.v, card, "notice");
	before = orphans();
	hh_record(w.v, s, "note", "2026-12-01", again);
	hh_verdict_is(w.v, card, "");
	assert_int_equal(orphans(), before + 1);
	assert_int_equal(hh_days(&w, 28), 0);
	assert_true(hh_lives(w.v, card));
	OK_(hrv_audit_verify(w.v, &all, &doc, err));
	assert_true(hh_says(doc, "\"ok\":true"));
}

/* Whether `status` says that. */
static bool
status_says(const char *text)
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_status(w.v, &doc, err));
	return hh_says(doc, text);
}

/* Runs that are refused day after day are not runs: the schedule lets 25
 * records pass whatever the share, and 26 are due. */
static void
refused_runs_do_not_count_as_runs(void **state)
{
	char s[40], r[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	for (int i = 0; i < 26; i++)
		hh_record(w.v, s, "note", HH_OLD, r);
	assert_int_equal(hh_days(&w, 13), 0);
	assert_false(status_says("no purge has succeeded"));
	for (int i = 0; i < 10; i++) {
		w.p.h.now += DAY;
		FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	}
	assert_true(status_says("the last purge did not run: refused: brake"));
	assert_true(status_says("no purge has succeeded for 10 days"));
	assert_true(hh_lives(w.v, r));
}

/* What is entered while the clock is slow is no older than what was entered
 * before it; the notice counts from there. */
static void
a_slow_clock_shortens_no_notice(void **state)
{
	static const int slow[] = { 7, 400 };
	char s[40], note[40];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		hh_subject(w.v, s);
		assert_int_equal(hh_days(&w, 21), 0);
		w.p.h.now -= slow[i] * DAY;
		hh_record(w.v, s, "note", HH_OLD, note);
		w.p.h.now += slow[i] * DAY;
		/* A year is too long a silence, and two people may say that it
		 * was one. */
		if (slow[i] > 8) {
			assert_int_equal(
			    hrv_purge_run(w.v, &doc, &e), HRV_ECONFIRM);
			OK_(hrv_purge_confirm_clock(w.v, &doc, err));
			hrv_doc_free(doc);
		}
		assert_int_equal(hh_run(w.v), 0);
		assert_int_equal(hh_days(&w, 13), 0);
		assert_true(hh_lives(w.v, note));
		assert_int_equal(hh_days(&w, 1), 1);
		assert_false(hh_lives(w.v, note));
	}
}

/* Nor a cooling-off: thirty days from the newest entry. */
static void
a_slow_clock_shortens_no_cooling_off(void **state)
{
	char s[40], note[40], hold[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, note);
	(void)hh_hold_record(w.v, note, hold);
	assert_int_equal(hh_days(&w, 21), 0);
	w.p.h.now -= 7 * DAY;
	OK_(hh_release(w.v, hold, err));
	w.p.h.now += 7 * DAY;
	assert_int_equal(hh_run(w.v), 0);
	assert_int_equal(hh_days(&w, 28), 0);
	hh_verdict_is(w.v, note, "cooling-off");
	assert_int_equal(hh_days(&w, 1), 0);
	assert_true(hh_lives(w.v, note));
	assert_int_equal(hh_days(&w, 1), 1);
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_adopt(w.v, schedule);
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
		cmocka_unit_test(a_run_gives_what_waited_its_date_and_notice),
		cmocka_unit_test(a_new_record_takes_the_date_away),
		cmocka_unit_test(a_slow_clock_shortens_no_notice),
		cmocka_unit_test(a_slow_clock_shortens_no_cooling_off),
		cmocka_unit_test(refused_runs_do_not_count_as_runs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
