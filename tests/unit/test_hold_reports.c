/* SPDX-License-Identifier: ISC */
/*
 * What is kept, said and logged of holds: numbers 23 to 32 (and 12, 14) of
 * the table of requirements for holds, each by its number. What a number asks
 * that the program does not have is listed in the test of holds from the
 * command line.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "vault/destroy.h"
#include "vault/survey.h"
#include "vault/txn.h"

static struct holdhome w;
static char subject[40]; /* of the test */

static void
c23_a_held_record_keeps_its_key_through_a_new_generation(void **state)
{
	char held[40], due[40];
	uint32_t before = w.v->gen;
	(void)state;

	hh_record(w.v, subject, "note", HH_OLD, held);
	hh_record(w.v, subject, "note", HH_OLD, due);
	(void)hh_hold_record(w.v, held, NULL);
	assert_int_equal(hh_run(w.v), 1);
	assert_int_equal(w.v->gen, before + 1);
	assert_true(hh_lives(w.v, held));
	assert_false(hh_lives(w.v, due));
}

static void
c25_the_plan_lists_what_is_kept_and_the_day_it_would_go(void **state)
{
	char r[40];
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *list;
	bool found = false;
	(void)state;

	hh_record(w.v, subject, "note", HH_OLD, r);
	(void)hh_hold_record(w.v, r, NULL);
	OK_(hrv_purge_plan(w.v, &doc, err));
	list = hrv_doc_get(doc, "protected");
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *o = hrv_doc_at(list, i);

		if (strcmp(hrv_doc_str(o, "record"), r) != 0)
			continue;
		found = true;
		assert_string_equal(hrv_doc_str(o, "why"), "hold");
		assert_string_equal(hrv_doc_str(o, "purge_from"), "2021-01-02");
	}
	assert_true(found);
	hrv_doc_free(doc);
}

static void
c26_what_a_hold_would_cover_is_shown_before_it_is_placed(void **state)
{
	char s[40], r[40];
	const char *subjects[] = { s, NULL };
	struct hrv_hold_args a = { .subjects = subjects };
	struct hrv_doc *doc = NULL;
	size_t entries;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	entries = hh_logged(w.v, NULL, NULL, NULL);
	OK_(hrv_hold_preview(w.v, &a, &doc, err));
	assert_true(hh_says(doc, r));
	assert_int_equal(hh_logged(w.v, NULL, NULL, NULL), entries);
	hh_verdict_is(w.v, r, "destroy");
	assert_int_equal(hh_run(w.v), 1);
}

static void
c28_placing_releasing_and_refusals_are_entries(void **state)
{
	char r[40], hold[40];
	size_t placed = hh_logged(w.v, "hold.place", "ok", NULL);
	size_t released = hh_logged(w.v, "hold.release", "ok", NULL);
	size_t refused = hh_logged(w.v, "hold.release", "refused", NULL);
	struct hrv_vault *purge;
	struct survey survey;
	(void)state;

	hh_record(w.v, subject, "note", "2026-01-01", r);
	(void)hh_hold_record(w.v, r, hold);
	purge = people_open(&w.p, w.p.purge);
	FAILS(hh_release(purge, hold, err), HRV_EREFUSED);
	hrv_close(purge);
	OK_(hh_release(w.v, hold, err));
	assert_int_equal(hh_logged(w.v, "hold.place", "ok", NULL), placed + 1);
	assert_int_equal(
	    hh_logged(w.v, "hold.release", "ok", NULL), released + 1);
	assert_int_equal(
	    hh_logged(w.v, "hold.release", "refused", NULL), refused + 1);
	/* No verb takes one away, and neither can who has the database. */
	tamper(w.v, "CREATE TABLE kept AS SELECT * FROM hold;"
		    "DELETE FROM hold WHERE status <> 'active';");
	FAILS(survey_make(w.v, &survey, err), HRV_EINTEGRITY);
	tamper(w.v, "DELETE FROM hold; INSERT INTO hold SELECT * FROM"
		    " kept; DROP TABLE kept;");
	(void)hh_run(w.v);
}

struct due {
	const char *record;
	bool late;
};

static int
due_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct due *d = ctx;
	const struct hrv_doc *why = hrv_doc_get(doc, "why");

	(void)err;
	if (strcmp(hrv_doc_str(doc, "record"), d->record) != 0)
		return HRV_OK;
	assert_true(hrv_doc_true(doc, "protected"));
	assert_string_equal(hrv_doc_text(hrv_doc_at(why, 0)), "hold");
	assert_string_equal(hrv_doc_str(doc, "limit_until"), "2017-02-01");
	d->late = true;
	return HRV_OK;
}

static void
c29_what_is_held_beyond_its_limit_is_reported(void **state)
{
	char r[40];
	struct due d = { r, false };
	struct hrv_due_args a = { .as_of = HRV_DATE_NONE };
	(void)state;

	hh_record(w.v, subject, "both", "2016-02-01", r);
	(void)hh_hold_record(w.v, r, NULL);
	OK_(hrv_retention_due(w.v, &a, due_one, &d, err));
	assert_true(d.late);
}

static void
c32_a_record_made_in_the_same_instant_is_held(void **state)
{
	char s[40], before[40], after[40], hold[40];
	struct hrv_doc *doc = NULL;
	const char *placed;
	(void)state;

	/* The clock of these tests stands still. */
	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, before);
	(void)hh_hold_subject(w.v, s, hold);
	hh_record(w.v, s, "note", HH_OLD, after);
	hh_verdict_is(w.v, before, "hold");
	hh_verdict_is(w.v, after, "hold");
	OK_(hrv_hold_show(w.v, hold, &doc, err));
	placed = hrv_doc_str(doc, "placed");
	assert_int_equal(placed[strlen(placed) - 1], 'Z');
	assert_true(strlen(placed) >= strlen("2026-11-23T12:00:00Z"));
	hrv_doc_free(doc);
}

/* From here on two people are asked for. */
static void
c12_legal_places_two_people_release_and_hr_only_asks(void **state)
{
	char r[40], hold[40], mine[40];
	const char *records[] = { r, NULL };
	struct hrv_hold_args a = {
		.matter = "M", .reason = "because", .records = records
	};
	struct hrv_vault *hr, *purge, *legal;
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	(void)state;

	people_end_founding(&w.p);
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	hh_record(w.v, subject, "note", HH_OLD, r);
	hr = people_open(&w.p, w.p.hr);
	purge = people_open(&w.p, w.p.purge);
	legal = people_open(&w.p, w.p.legal);
	FAILS(hrv_hold_place(hr, &a, &doc, err), HRV_EREFUSED);
	FAILS(hrv_hold_place(purge, &a, &doc, err), HRV_EREFUSED);
	(void)hh_hold_record(legal, r, hold);
	(void)hh_hold_record(w.v, r, mine);
	FAILS(hh_release(purge, hold, err), HRV_EREFUSED);
	FAILS(hh_release(hr, hold, err), HRV_ECONFIRM);
	FAILS(hh_release(w.v, hold, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	FAILS(hrv_proposal_approve(w.v, p.id, &doc, err), HRV_EREFUSED);
	FAILS(hrv_proposal_approve(hr, p.id, &doc, err), HRV_EREFUSED);
	hh_verdict_is(w.v, r, "hold");
	OK_(hrv_proposal_approve(legal, p.id, &doc, err));
	hrv_doc_free(doc);
	OK_(hh_release(w.v, hold, err));
	hh_verdict_is(w.v, r, "hold"); /* by the other one */
	hrv_close(hr);
	hrv_close(purge);
	hrv_close(legal);
}

static void
c14_a_run_that_cannot_read_a_hold_destroys_nothing(void **state)
{
	char s[40], r[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	hh_verdict_is(w.v, r, "destroy");
	tamper(w.v, "CREATE TABLE kept AS SELECT * FROM hold;"
		    "UPDATE hold SET scope = '{';");
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	tamper(w.v, "DELETE FROM hold; INSERT INTO hold SELECT * FROM"
		    " kept; DROP TABLE kept;");
	assert_true(hh_lives(w.v, r));
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_subject(w.v, subject);
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
		    c23_a_held_record_keeps_its_key_through_a_new_generation),
		cmocka_unit_test(
		    c25_the_plan_lists_what_is_kept_and_the_day_it_would_go),
		cmocka_unit_test(
		    c26_what_a_hold_would_cover_is_shown_before_it_is_placed),
		cmocka_unit_test(
		    c28_placing_releasing_and_refusals_are_entries),
		cmocka_unit_test(c29_what_is_held_beyond_its_limit_is_reported),
		cmocka_unit_test(c32_a_record_made_in_the_same_instant_is_held),
		cmocka_unit_test(
		    c12_legal_places_two_people_release_and_hr_only_asks),
		cmocka_unit_test(
		    c14_a_run_that_cannot_read_a_hold_destroys_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
