/* SPDX-License-Identifier: ISC */
/*
 * The file of a hold ends: when the schedule says so, with the approval it
 * asks for, never under another hold or case of the same person, and never by
 * a row that the log does not bear out.
 */
#include "tests/unit/unit.h"

#include "tests/unit/paperhome.h"
#include "tests/unit/tamper.h"

static struct holdhome w;
static char subject[40];

static struct ph_keys
keys_of(const struct deklist *l)
{
	return ph_live(w.v, l);
}

/* The keys that the rows of a hold name. */
static struct deklist
words_of(const char *hold)
{
	struct deklist l = { 0 };
	struct hrv_id id;

	OK_(lookup_hold(w.v, hold, &id, err));
	OK_(deklist_query(w.v, &l, SQL_DETAIL_LIST_OF, &id, err));
	return l;
}

/* Released, in founding by one. */
static void
place_and_release(char hold[40])
{
	(void)hh_hold_subject(w.v, subject, hold);
	OK_(hh_release(w.v, hold, err));
}

static void
days(int n)
{
	int64_t papers;

	for (; n > 0; n -= 30) {
		w.p.h.now += (n < 30 ? n : 30) * DAY;
		(void)ph_run(w.v, &papers, NULL);
	}
}

static int
set_up(void **state)
{
	char record[40];
	(void)state;

	holdhome_init(&w);
	ph_adopt(w.v, "3", "vault.hold", "record.closed", "review");
	hh_subject(w.v, subject);
	hh_record(w.v, subject, "note", "2026-11-01", record);
	hh_law(w.v);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

static void
a_file_for_review_goes_only_with_its_list(void **state)
{
	struct hrv_doc *doc = NULL;
	struct people_newest p;
	struct deklist keys;
	char hold[40], cert[40];
	int64_t papers;
	(void)state;

	place_and_release(hold);
	keys = words_of(hold);
	assert_int_equal(keys.n, 2); /* why it was placed and released */
	assert_int_equal(ph_due(w.v), 0);
	assert_int_equal(ph_forecast(w.v), 1);
	days(39);
	ph_why_is(w.v, hold, "");
	days(3); /* ten of cooling, and a month */
	ph_why_is(w.v, hold, "review");
	assert_int_equal(ph_due(w.v), 1);
	assert_int_equal(ph_run(w.v, &papers, NULL), 0);
	assert_int_equal(papers, 0);
	FAILS(hrv_purge_propose(w.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	OK_(hrv_proposal_show(w.v, p.id, &doc, err));
	assert_true(hh_says(doc, "vault.hold"));
	OK_(hrv_purge_run_plan(w.v, p.id, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "papers", -1), 1);
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 0);
	snprintf(cert, sizeof(cert), "%s", hrv_doc_str(doc, "certificate"));
	hrv_doc_free(doc);
	assert_int_equal(keys_of(&keys).live, 0);
	deklist_clear(&keys);
	keys = words_of(hold);
	assert_int_equal(keys.n, 0);
	OK_(hrv_purge_show(w.v, cert, &doc, err));
	assert_true(hh_says(doc, hold));
	assert_true(hh_logged(w.v, "purge.certificate", "ok", NULL) > 0);
	assert_int_equal(ph_due(w.v), 0);
	assert_int_equal(ph_forecast(w.v), 0);
	/* What it covered is still known, why is not. */
	OK_(hrv_hold_show(w.v, hold, &doc, err));
	assert_null(hrv_doc_str(doc, "matter"));
	assert_true(hh_says(doc, subject));
	ph_sound(w.v);
	deklist_clear(&keys);
}

static void
another_hold_or_a_case_of_the_person_keeps_it(void **state)
{
	struct hrv_doc *doc = NULL;
	struct deklist keys;
	char hold[40], other[40], request[40];
	(void)state;

	place_and_release(hold);
	days(45);
	ph_why_is(w.v, hold, "review");
	(void)hh_hold_subject(w.v, subject, other);
	ph_why_is(w.v, hold, "hold");
	/* Nothing to decide about, so nothing is proposed. */
	OK_(hrv_purge_propose(w.v, &doc, err));
	hrv_doc_free(doc);
	OK_(hh_release(w.v, other, err));
	ph_why_is(w.v, hold, "cooling-off");
	days(11);
	ph_why_is(w.v, hold, "review");
	hh_case(&w, subject, request);
	ph_why_is(w.v, hold, "case");
	keys = words_of(hold);
	assert_int_equal(keys_of(&keys).live, 2);
	deklist_clear(&keys);
}

static void
a_list_is_void_once_a_hold_came(void **state)
{
	struct hrv_doc *doc = NULL;
	struct people_newest p;
	struct deklist keys;
	char hold[40], other[40], who[40];
	(void)state;

	hh_subject(w.v, who);
	(void)hh_hold_subject(w.v, who, hold);
	OK_(hh_release(w.v, hold, err));
	days(45);
	FAILS(hrv_purge_propose(w.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	(void)hh_hold_subject(w.v, who, other);
	OK_(hrv_purge_run_plan(w.v, p.id, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "papers", -1), 0);
	assert_true(hh_says(doc, "\"why\":\"hold\""));
	keys = words_of(hold);
	assert_int_equal(keys_of(&keys).live, 2);
	deklist_clear(&keys);
}

static void
a_row_that_was_edited_ends_nothing(void **state)
{
	static const char *const edits[] = {
		"UPDATE hold SET free_from = '2020-01-01'"
		" WHERE status = 'cooling';",
		"UPDATE hold SET released_leaf = 1 WHERE released_leaf > 0;",
	};
	struct hrv_doc *doc = NULL;
	char hold[40], who[40];
	(void)state;

	hh_subject(w.v, who);
	(void)hh_hold_subject(w.v, who, hold);
	OK_(hh_release(w.v, hold, err));
	for (size_t i = 0; i < 2; i++) {
		tamper(w.v, "CREATE TABLE was AS SELECT id, free_from,"
			    " released_leaf FROM hold;");
		tamper(w.v, edits[i]);
		FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
		tamper(w.v,
		    "UPDATE hold SET free_from = (SELECT free_from FROM was"
		    " WHERE was.id = hold.id), released_leaf = (SELECT"
		    " released_leaf FROM was WHERE was.id = hold.id);"
		    " DROP TABLE was;");
		/* Over, so that the second edit is of what is due. */
		days(45);
	}
	ph_sound(w.v);
}

static void
where_the_schedule_says_purge_nobody_is_asked(void **state)
{
	struct deklist keys;
	char hold[40], who[40];
	int64_t papers;
	(void)state;

	hh_subject(w.v, who);
	(void)hh_hold_subject(w.v, who, hold);
	OK_(hh_release(w.v, hold, err));
	days(60);
	keys = words_of(hold);
	ph_adopt(w.v, "4", "vault.hold", "record.closed", "purge");
	ph_why_is(w.v, hold, "notice");
	assert_int_equal(ph_run(w.v, &papers, NULL), 0);
	assert_int_equal(papers, 0);
	w.p.h.now += 7 * DAY;
	ph_why_is(w.v, hold, "destroy");
	assert_int_equal(ph_run(w.v, &papers, NULL), 0);
	assert_true(papers >= 1);
	assert_int_equal(keys_of(&keys).live, 0);
	ph_why_is(w.v, hold, "");
	ph_sound(w.v);
	deklist_clear(&keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_for_review_goes_only_with_its_list),
		cmocka_unit_test(another_hold_or_a_case_of_the_person_keeps_it),
		cmocka_unit_test(a_list_is_void_once_a_hold_came),
		cmocka_unit_test(a_row_that_was_edited_ends_nothing),
		cmocka_unit_test(where_the_schedule_says_purge_nobody_is_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
