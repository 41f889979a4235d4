/* SPDX-License-Identifier: ISC */
/*
 * Nothing that decides over destruction is believed from a table alone: rows
 * of cases and of the vault itself, edited or put back behind the program's
 * back, stop a run, and what it would have destroyed stays.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

static struct holdhome w;

/* A run and an audit see each damage; afterwards all is as before. */
static void
stops(const char *table, const char *damage, const char *record)
{
	struct hrv_audit_verify_args all = { .full = true };
	struct hrv_doc *doc = NULL;
	char sql[256];

	snprintf(
	    sql, sizeof(sql), "CREATE TABLE kept AS SELECT * FROM %s;", table);
	tamper(w.v, sql);
	tamper(w.v, damage);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	OK_(hrv_audit_verify(w.v, &all, &doc, err));
	if (!hh_says(doc, "\"ok\":false"))
		fail_msg("not found by the audit: %s", damage);
	snprintf(sql, sizeof(sql),
	    "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept;"
	    " DROP TABLE kept;",
	    table, table);
	tamper(w.v, sql);
	assert_true(hh_lives(w.v, record));
}

static void
cases_are_those_of_the_log(void **state)
{
	static const char *const damage[] = {
		"DELETE FROM kase;",
		"UPDATE kase SET status = 'closed';",
		"UPDATE kase SET status = 'closed', frozen_until = "
		"'2000-01-01';",
		"UPDATE kase SET status = 'closed', frozen_until = "
		"'2999-01-01';",
		"UPDATE kase SET subject = zeroblob(16);",
		"UPDATE kase SET id = zeroblob(16);",
		"INSERT INTO kase SELECT zeroblob(16), subject, claim, status,"
		" law, calendar, received, channel, opened_leaf, frozen_until"
		" FROM kase;",
	};
	char s[40], other[40], due[40], linked[40], kase[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, other);
	hh_record(w.v, s, "note", HH_OLD, due);
	hh_record(w.v, other, "note", HH_OLD, linked);
	OK_(hrv_record_link(w.v, linked, s, "witness", &doc, err));
	hrv_doc_free(doc);
	hh_case(&w, s, kase);
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++)
		stops("kase", damage[i], due);
	/* What a case lists is another person's: nothing else protects it. */
	OK_(hrv_case_collect(w.v, kase, NULL, &doc, err));
	hrv_doc_free(doc);
	stops("kase_item", "DELETE FROM kase_item;", linked);
	stops("kase_item", "DELETE FROM kase_item WHERE via = 'witness';",
	    linked);
	hh_verdict_is(w.v, due, "case");
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, due));
}

/* An erasure is an entry of two people; a row that says so is none. */
static void
a_row_orders_no_erasure(void **state)
{
	char s[40], due[40], kase[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, due);
	hh_case(&w, s, kase);
	OK_(hrv_case_collect(w.v, kase, NULL, &doc, err));
	hrv_doc_free(doc);
	tamper(w.v, "UPDATE kase_item SET disposition = 'ordered';");
	hh_verdict_is(w.v, due, "destroy"); /* so would who believes it say */
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, due));
	tamper(w.v, "UPDATE kase_item SET disposition = 'undecided';");
}

/* A closed case freezes on, to the day that the log says and no other. */
static void
a_closed_case_freezes_to_its_day(void **state)
{
	char s[40], due[40], kase[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, due);
	hh_case(&w, s, kase);
	OK_(hrv_case_refuse(w.v, kase, "withdrawn", "taken back", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_case_close(w.v, kase, &doc, err));
	hrv_doc_free(doc);
	stops("kase", "UPDATE kase SET frozen_until = '2026-01-01';", due);
	stops("kase", "UPDATE kase SET frozen_until = NULL;", due);
	assert_int_equal(hh_run(w.v), 0);
	OK_(hrv_case_reopen(w.v, kase, &doc, err));
	hrv_doc_free(doc);
	stops("kase",
	    "UPDATE kase SET status = 'closed', frozen_until ="
	    " '2026-01-01' WHERE status = 'open';",
	    due);
	assert_true(hh_lives(w.v, due));
}

static void
an_edited_row_does_not_bring_founding_back(void **state)
{
	char s[40], held[40], hold[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, held);
	(void)hh_hold_record(w.v, held, hold);
	people_end_founding(&w.p);
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	stops("vault", "UPDATE vault SET founding = 1;", held);
	tamper(w.v, "UPDATE vault SET founding = 1;");
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	FAILS(hrv_hold_release(w.v, hold, "it is over", &doc, err),
	    HRV_EINTEGRITY);
	FAILS(hrv_record_void(w.v, held, "in error", &doc, err), HRV_EREFUSED);
	assert_true(hh_lives(w.v, held));
	tamper(w.v, "UPDATE vault SET founding = 0;");
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_those_of_the_log),
		cmocka_unit_test(a_row_orders_no_erasure),
		cmocka_unit_test(a_closed_case_freezes_to_its_day),
		cmocka_unit_test(an_edited_row_does_not_bring_founding_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
