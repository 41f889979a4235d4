/* SPDX-License-Identifier: ISC */
/*
 * Who may, what it stands beside, and what is known of it: numbers 12 to 22 of
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
c13_a_run_that_began_before_the_hold_looks_again(void **state)
{
	char r[40], s[40];
	struct hrv_vault *other = people_open(&w.p, w.p.h.founder);
	struct manifest m = { 0 };
	struct entry e = ENTRY("purge.intent");
	struct receipt *intent = NULL;
	struct destroy_item item = { .reason = DESTROY_SCHEDULE };
	struct destroy_result result;
	struct destroy_args a = { .items = &item, .n = 1, .intent = &intent };
	struct survey survey;
	struct hrv_id run;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	OK_(survey_make(w.v, &survey, err));
	assert_int_equal(survey_count(&survey, VERDICT_DESTROY), 1);
	item.record = survey.list[0].record;
	item.n = 1;
	for (size_t i = 0; i < survey.n; i++) {
		if (survey.list[i].verdict == VERDICT_DESTROY)
			item.record = survey.list[i].record;
	}
	vault_new_id(ID_RUN, &run);
	e.run = &run;
	OK_(manifest_add(&m, &item.record, NULL, err));
	OK_(receipt_open(w.v, &e, &m, &intent, err));
	(void)hh_hold_subject(other, s, NULL);
	hrv_close(other);
	a.run = &run;
	OK_(txn_begin(w.v, err));
	OK_(survey_update(w.v, &survey, err));
	a.judge = &survey.judge;
	OK_(destroy_commit(w.v, &a, &result, err));
	assert_int_equal(result.versions, 0);
	assert_int_equal(json_array_size(result.spared), 1);
	assert_string_equal(
	    json_str(json_array_get(result.spared, 0), "why"), "hold");
	txn_abort(w.v);
	receipt_drop(&intent);
	destroy_clear(&result);
	survey_clear(&survey);
	manifest_clear(&m);
	assert_true(hh_lives(w.v, r));
}

static void
c14_holds_that_cannot_be_read_protect_everything(void **state)
{
	static const char *const damage[] = {
		"UPDATE hold SET scope = '{';",
		"UPDATE hold SET status = 'released', free_from = NULL;",
		"UPDATE hold SET status = 'released', free_from = '2000-1-1';",
		"UPDATE hold SET scope = replace(scope, 'S-', 'R-');",
		"DELETE FROM hold;",
	};
	char r[40], s[40], held[40], hold[40];
	struct survey survey;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, held);
	hh_record(w.v, s, "note", HH_OLD, r);
	(void)hh_hold_subject(w.v, held, hold);
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		tamper(w.v, "CREATE TABLE kept AS SELECT * FROM hold;");
		tamper(w.v, damage[i]);
		FAILS(survey_make(w.v, &survey, err), HRV_EINTEGRITY);
		tamper(w.v, "DELETE FROM hold; INSERT INTO hold SELECT * FROM"
			    " kept; DROP TABLE kept;");
	}
	assert_int_equal(hh_run(w.v), 1);
	assert_false(hh_lives(w.v, r));
}

static int
says_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	char *json = NULL;
	int rc = hrv_doc_json(doc, false, &json, err);

	if (rc == HRV_OK && strstr(json, "M-secret") != NULL)
		*(bool *)ctx = true;
	hrv_doc_text_free(json);
	return rc;
}

static void
c15_who_may_not_know_sees_only_that_it_cannot_be_destroyed(void **state)
{
	char r[40], hold[40];
	const char *records[] = { r, NULL };
	struct hrv_hold_args a = { .matter = "M-secret", .records = records };
	struct hrv_record_event closed = { "closed", { 2026, 1, 1 } };
	const char *who[] = { w.p.hr, w.p.purge };
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	struct hrv_vault *v;
	bool told = false;
	(void)state;

	hh_record(w.v, subject, "file", HH_OLD, r);
	(void)hh_place(w.v, a, hold);
	for (size_t i = 0; i < 2; i++) {
		v = people_open(&w.p, who[i]);
		FAILS(hrv_hold_show(v, hold, &doc, err), HRV_EREFUSED);
		OK_(hrv_record_explain(v, r, HRV_DATE_NONE, &doc, err));
		assert_false(hh_says(doc, hold));
		OK_(hrv_purge_plan(v, &doc, err));
		assert_false(hh_says(doc, hold));
		OK_(hrv_hold_list(v, says_one, &told, err));
		assert_false(told);
		hrv_close(v);
	}
	v = people_open(&w.p, w.p.hr);
	OK_(hrv_subject_show(v, subject, &doc, err));
	assert_true(hrv_doc_true(doc, "protected"));
	assert_false(hh_says(doc, hold));
	OK_(hrv_record_event(v, r, &closed, false, &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(
	    hrv_record_event(v, r, &closed, true, &doc, &e), HRV_EREFUSED);
	assert_null(strstr(e.msg, hold));
	assert_null(strstr(e.msg, "M-secret"));
	hrv_close(v);
	doc = NULL;
	OK_(hrv_record_explain(w.v, r, HRV_DATE_NONE, &doc, err));
	assert_true(hh_says(doc, hold));
}

struct overdue {
	const char *hold;
	int seen; /* -1: not there */
};

static int
overdue_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct overdue *o = ctx;

	(void)err;
	if (strcmp(hrv_doc_str(doc, "id"), o->hold) == 0)
		o->seen = hrv_doc_true(doc, "review_overdue");
	return HRV_OK;
}

static void
c17_an_overdue_review_is_reported_and_the_hold_still_holds(void **state)
{
	char r[40], hold[40], day[HRV_DATE_TEXT];
	const char *records[] = { r, NULL };
	struct hrv_hold_args a = { .records = records, .review = day };
	struct overdue o = { hold, -1 };
	struct hrv_date d;
	(void)state;

	hh_record(w.v, subject, "note", HH_OLD, r);
	assert_true(hrv_date_from_days((int32_t)(w.p.h.now / DAY) + 3, &d));
	hrv_date_format(d, day);
	(void)hh_place(w.v, a, hold);
	OK_(hrv_hold_list(w.v, overdue_one, &o, err));
	assert_int_equal(o.seen, 0);
	(void)hh_days(&w, 4);
	OK_(hrv_hold_list(w.v, overdue_one, &o, err));
	assert_int_equal(o.seen, 1);
	hh_verdict_is(w.v, r, "hold");
	assert_true(hh_lives(w.v, r));
}

static void
c18_an_open_case_is_a_hold_that_nobody_has_to_place(void **state)
{
	char s[40], r[40], c[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_law(w.v);
	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	hh_verdict_is(w.v, r, "destroy");
	hh_case(&w, s, c);
	hh_verdict_is(w.v, r, "case");
	assert_int_equal(hh_run(w.v), 0);
	OK_(hrv_case_refuse(w.v, c, "withdrawn", "taken back", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_case_close(w.v, c, &doc, err));
	hrv_doc_free(doc);
	hh_verdict_is(w.v, r, "case"); /* frozen for a while still */
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, r));
}

static void
c20_a_correction_of_what_is_held_keeps_what_was_there(void **state)
{
	char s[40];
	struct hrv_subject_update_args a = { .who = s, .reason = "misspelt" };
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	(void)hh_hold_subject(w.v, s, NULL);
	a.fields.name = "Ayşe Ødegaard";
	OK_(hrv_subject_update(w.v, &a, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "version", 0), 2);
	hrv_doc_free(doc);
}

static void
c21_held_and_restricted_is_kept_and_read_for_claims_only(void **state)
{
	char r[40];
	(void)state;

	hh_record(w.v, subject, "both", HH_OLD, r);
	(void)hh_hold_record(w.v, r, NULL);
	assert_int_equal(hh_read_for(w.v, r, "administration"), HRV_EREFUSED);
	assert_int_equal(hh_read_for(w.v, r, "legal_claim"), HRV_OK);
	(void)hh_run(w.v);
	assert_int_equal(hh_read_for(w.v, r, "legal_claim"), HRV_OK);
}

static void
c22_a_hold_on_a_person_covers_what_they_witnessed(void **state)
{
	char s[40], witness[40], r[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, witness);
	hh_record(w.v, s, "note", HH_OLD, r);
	(void)hh_hold_subject(w.v, witness, NULL);
	hh_verdict_is(w.v, r, "destroy");
	OK_(hrv_record_link(w.v, r, witness, "witness", &doc, err));
	hrv_doc_free(doc);
	hh_verdict_is(w.v, r, "hold");
	(void)hh_run(w.v);
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
		    c13_a_run_that_began_before_the_hold_looks_again),
		cmocka_unit_test(
		    c14_holds_that_cannot_be_read_protect_everything),
		cmocka_unit_test(
		    c15_who_may_not_know_sees_only_that_it_cannot_be_destroyed),
		cmocka_unit_test(
		    c17_an_overdue_review_is_reported_and_the_hold_still_holds),
		cmocka_unit_test(
		    c18_an_open_case_is_a_hold_that_nobody_has_to_place),
		cmocka_unit_test(
		    c20_a_correction_of_what_is_held_keeps_what_was_there),
		cmocka_unit_test(
		    c21_held_and_restricted_is_kept_and_read_for_claims_only),
		cmocka_unit_test(
		    c22_a_hold_on_a_person_covers_what_they_witnessed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
