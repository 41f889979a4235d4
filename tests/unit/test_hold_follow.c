/* SPDX-License-Identifier: ISC */
/*
 * Holds in the database that do not follow from the log: nothing is written
 * over them, so that the log verifies again once the table is whole.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/status.h"

static struct holdhome w;
static char subject[40], record[40], hold[40];

static const char keep[] = "CREATE TABLE kept AS SELECT * FROM hold;";
static const char mend[] = "DELETE FROM hold; INSERT INTO hold SELECT * FROM"
			   " kept; DROP TABLE kept;";
static const char one_more[] =
    "INSERT INTO hold (id, scope, status, placed_leaf, placed)"
    " VALUES (zeroblob(16), '{}', 'active', 1, '2026');";
static const char *const damage[] = {
	"UPDATE hold SET scope = '{';",
	"UPDATE hold SET scope = replace(scope, 'R-', 'S-');",
	"UPDATE hold SET status = 'released', free_from = '2026-01-02';",
	"DELETE FROM hold;",
	one_more,
};
#define DAMAGES (sizeof(damage) / sizeof(damage[0]))

static bool
verifies(void)
{
	struct hrv_audit_verify_args a = { .full = true };
	struct hrv_doc *doc = NULL;
	bool ok;

	OK_(hrv_audit_verify(w.v, &a, &doc, err));
	ok = hrv_doc_true(doc, "ok");
	hrv_doc_free(doc);
	return ok;
}

/* Writers of every sort; each must leave the log as it was. */
static void
writers_refuse(void)
{
	const char *classes[] = { "memo", NULL };
	struct hrv_hold_args h = {
		.matter = "M", .reason = "because", .classes = classes
	};
	struct hrv_subject_add_args s = { .kind = "employee" };
	struct hrv_subject_event_args left = {
		.who = subject, .name = "ended", .date = "2026-01-01"
	};
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };

	s.fields.name = "محمد Nguyễn";
	assert_int_equal(hrv_subject_add(w.v, &s, &doc, &e), HRV_EINTEGRITY);
	assert_string_equal(e.name, "holds");
	assert_true(e.hint[0] != '\0');
	FAILS(hrv_hold_place(w.v, &h, &doc, err), HRV_EINTEGRITY);
	/* Some damages hide the hold: then it cannot be released anyway. */
	assert_int_not_equal(hh_release(w.v, hold, &e), HRV_OK);
	assert_int_not_equal(hrv_hold_show(w.v, hold, &doc, &e), HRV_OK);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	FAILS(hrv_subject_event(w.v, &left, &doc, err), HRV_EINTEGRITY);
	assert_int_equal(
	    hh_read_for(w.v, record, "administration"), HRV_EINTEGRITY);
}

static void
nothing_is_written_over(const char *sql)
{
	size_t entries = hh_logged(w.v, NULL, NULL, NULL);
	struct hrv_doc *doc = NULL;

	tamper(w.v, keep);
	tamper(w.v, sql);
	writers_refuse();
	assert_int_equal(hh_logged(w.v, NULL, NULL, NULL), entries);
	assert_false(verifies());
	OK_(hrv_status(w.v, &doc, err)); /* goes on telling */
	hrv_doc_free(doc);
	tamper(w.v, mend);
	assert_true(verifies());
}

static void
a_damaged_table_is_not_written_over(void **state)
{
	char other[40];
	(void)state;

	hh_subject(w.v, other); /* the newest entry is about no hold */
	for (size_t i = 0; i < DAMAGES; i++)
		nothing_is_written_over(damage[i]);
	hh_subject(w.v, other);
	assert_true(verifies());
}

static void
nor_right_after_a_hold_was_placed(void **state)
{
	const char *classes[] = { "note", NULL };
	struct hrv_hold_args a = { .classes = classes };
	char other[40];
	(void)state;

	(void)hh_hold_record(w.v, record, NULL);
	nothing_is_written_over(damage[1]);
	(void)hh_place(w.v, a, NULL);
	nothing_is_written_over(damage[3]);
	(void)hh_place(w.v, a, NULL);
	nothing_is_written_over(damage[4]);
	hh_subject(w.v, other);
	assert_true(verifies());
}

static void
nor_right_after_one_was_released(void **state)
{
	char h[40], other[40];
	(void)state;

	(void)hh_hold_record(w.v, record, h);
	OK_(hh_release(w.v, h, err));
	nothing_is_written_over("UPDATE hold SET status = 'active';");
	(void)hh_hold_record(w.v, record, h);
	OK_(hh_release(w.v, h, err));
	nothing_is_written_over("DELETE FROM hold WHERE status = 'active';");
	hh_subject(w.v, other);
	assert_true(verifies());
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_subject(w.v, subject);
	hh_record(w.v, subject, "note", "2026-06-01", record);
	(void)hh_hold_record(w.v, record, hold);
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
		cmocka_unit_test(a_damaged_table_is_not_written_over),
		cmocka_unit_test(nor_right_after_a_hold_was_placed),
		cmocka_unit_test(nor_right_after_one_was_released),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
