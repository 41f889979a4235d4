/* SPDX-License-Identifier: ISC */
/*
 * That other records of a person were destroyed, and that nothing is left of
 * one, is not believed from a table: rows forged, edited, lost or put back
 * behind the program's back stop a run, and what it would have destroyed stays.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#define RULE(id, on, plus)                                                     \
	"{ id = \"" id "\"; cite = \"test\"; at_expiry = \"purge\";"           \
	" keep = { on = \"" on "\"; plus = \"" plus "\"; }; }"
#define CLASS(id, rule)                                                        \
	"{ id = \"" id "\"; title = \"T\"; who = ( \"employee\" );"            \
	" compartment = \"general\"; purpose = \"administration\";"            \
	" legal_basis = \"contract\"; special_category = false;"               \
	" rules = ( \"" rule "\" ); }"

/* note: due a year after its date, talk likewise, when a person says so. card:
 * thirty days after the last note is gone. file: never here. draft: each
 * version thirty days after the next came. slip: thirty days after the last
 * draft. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"4\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\" ); purge = { notice = \"P0D\"; };"
    " classes = (" CLASS("note", "year") "," CLASS("card", "after") "," CLASS(
	"file", "left") "," CLASS("talk", "ask") "," CLASS("draft",
	"next") "," CLASS("slip", "gone") " ); rules = (" RULE("next",
	"record.superseded", "P30D") "," RULE("gone", "class.draft.destroyed",
	"P30D") "," RULE("year", "record.created", "P1Y") "," RULE("after",
	"class.note.destroyed", "P30D") "," RULE("left", "subject.ended",
	"P6Y") ", { id = \"ask\"; cite = \"test\"; at_expiry = \"review\";"
	       " keep = { on = \"record.created\"; plus = \"P1Y\"; }; } ); };";

static struct holdhome w;
static const char *const tables[] = { "record", "version", "tombstone", "link",
	"term", "subject" };

static void
keep_tables(void)
{
	char sql[256];

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "CREATE TABLE kept_%s AS SELECT * FROM %s;", tables[i],
		    tables[i]);
		tamper(w.v, sql);
	}
}

static void
give_tables_back(void)
{
	char sql[256];

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept_%s;"
		    " DROP TABLE kept_%s;",
		    tables[i], tables[i], tables[i], tables[i]);
		tamper(w.v, sql);
	}
}

/* A run sees the damage; afterwards all is as before. */
static void
stops(const char *damage)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;

	keep_tables();
	tamper(w.v, damage);
	rc = hrv_purge_run(w.v, &doc, &e);
	if (rc != HRV_EINTEGRITY)
		fail_msg("%d %s: %s", rc, e.msg, damage);
	give_tables_back();
}

/* Who it is can be opened still. */
static bool
is_known(const char *subject)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err ignored;

	return hrv_subject_show(w.v, subject, &doc, &ignored) == HRV_OK &&
	       hh_says(doc, "Ayşe");
}

#define FORGED                                                                 \
	"INSERT INTO tombstone (record, n, subject, class, compartment, run,"  \
	" day, rule) SELECT zeroblob(16), 1, id, 'note', 'general',"           \
	" zeroblob(16), '2020-01-01', 'year' FROM subject"                     \
	" WHERE status = 'live';"

static void
a_forged_destruction_is_no_trigger(void **state)
{
	char s[40], card[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "card", HH_OLD, card);
	stops(FORGED
	    "UPDATE term SET purge_from = '2020-02-01' WHERE class = 'card';");
	assert_true(hh_lives(w.v, card));
	assert_int_equal(hh_run(w.v), 0);
	assert_true(hh_lives(w.v, card));
}

static void
the_day_of_a_destruction_is_logged(void **state)
{
	char s[40], card[40], first[40], second[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "card", HH_OLD, card);
	hh_record(w.v, s, "note", HH_OLD, first);
	assert_int_equal(hh_run(w.v), 1);
	stops("UPDATE tombstone SET day = '2020-01-01' WHERE class = 'note';"
	      "UPDATE term SET purge_from = '2020-02-01' WHERE class = "
	      "'card';");
	assert_int_equal(hh_days(&w, 20), 0);
	hh_record(w.v, s, "note", HH_OLD, second);
	assert_int_equal(hh_run(w.v), 1);
	assert_int_equal(hh_days(&w, 20), 0);
	/* The last of them is gone for twenty days, the first for forty. */
	stops("DELETE FROM tombstone WHERE class = 'note' AND day ="
	      " (SELECT max(day) FROM tombstone);"
	      "UPDATE term SET purge_from = '2020-02-01' WHERE class = "
	      "'card';");
	assert_true(hh_lives(w.v, card));
	assert_int_equal(hh_days(&w, 14), 1);
	assert_false(hh_lives(w.v, card));
	assert_false(is_known(s));
}

/* As if a page of a table had been put back from before the file was stored,
 * or one of an index: the rows that say so are not asked. */
static void
who_has_a_record_left_stays_known(void **state)
{
	static const char *const damage[] = {
		"UPDATE record SET status = 'purged' WHERE class = 'file';",
		"UPDATE record SET subject = zeroblob(16) WHERE class ="
		" 'file';",
		"UPDATE record SET class = 'vault.identity' WHERE class ="
		" 'file';",
		"DELETE FROM version WHERE record IN (SELECT id FROM record"
		" WHERE class = 'file'); DELETE FROM record WHERE class ="
		" 'file';",
		"DELETE FROM version WHERE record IN (SELECT id FROM record"
		" WHERE class = 'file');",
	};
	char s[40], note[40], file[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, file);
	hh_record(w.v, s, "note", HH_OLD, note);
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++)
		stops(damage[i]);
	assert_true(hh_lives(w.v, note));
	assert_int_equal(hh_run(w.v), 1);
	assert_true(hh_lives(w.v, file));
	assert_true(is_known(s));
}

static void
whom_a_record_names_stays_known(void **state)
{
	char s[40], other[40], note[40], file[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, other);
	hh_record(w.v, s, "note", HH_OLD, note);
	hh_record(w.v, other, "file", HH_OLD, file);
	OK_(hrv_record_link(w.v, file, s, "witness", &doc, err));
	hrv_doc_free(doc);
	stops("DELETE FROM link;");
	assert_int_equal(hh_run(w.v), 1);
	assert_true(is_known(s));
}

static void
who_never_had_a_record_stays_known(void **state)
{
	char s[40];
	(void)state;

	hh_subject(w.v, s);
	stops(FORGED);
	assert_int_equal(hh_run(w.v), 0);
	assert_true(is_known(s));
}

/* Nobody approved a person's going with a list of records of others. */
static void
a_single_list_takes_nobody_along(void **state)
{
	char s[40], other[40], note[40], naming[40], talk[40], list[40];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, other);
	hh_record(w.v, s, "note", HH_OLD, note);
	hh_record(w.v, other, "note", "2025-12-10", naming);
	hh_record(w.v, other, "talk", HH_OLD, talk);
	OK_(hrv_record_link(w.v, naming, s, "witness", &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(hh_run(w.v), 1);
	assert_int_equal(hh_days(&w, 21), 1); /* what named the person goes */
	assert_true(is_known(s));
	OK_(hrv_purge_plan(w.v, &doc, err));
	assert_true(hh_says(doc, s));
	assert_int_equal(hrv_purge_propose(w.v, &doc, &e), HRV_ECONFIRM);
	snprintf(list, sizeof(list), "%s", strstr(e.msg, "P-"));
	list[28] = '\0';
	OK_(hrv_purge_run_plan(w.v, list, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 1);
	hrv_doc_free(doc);
	assert_true(is_known(s));
	assert_int_equal(hh_run(w.v), 0);
	assert_false(is_known(s));
}

/* A record of which the schedule has taken all but the newest version. */
static void
with_an_older_version_gone(const char *subject, char out[40])
{
	struct hrv_record_amend_args a = {
		.record = out, .reason = "a correction", .title = "u"
	};
	struct hrv_doc *doc = NULL;

	a.content.fd = hh_content();
	hh_record(w.v, subject, "draft", HH_OLD, out);
	OK_(hrv_record_amend(w.v, &a, &doc, err));
	(void)close(a.content.fd);
	hrv_doc_free(doc);
	(void)hh_days(&w, 31);
	assert_int_equal(hh_logged(w.v, "purge.commit", "ok", NULL), 1);
	assert_true(hh_lives(w.v, out));
}

static void
void_it(const char *record)
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_record_void(w.v, record, "not theirs", &doc, err));
	hrv_doc_free(doc);
	assert_false(hh_lives(w.v, record));
}

static void
move_it(const char *record)
{
	char other[40];
	struct hrv_record_move_args a = {
		.record = record, .subject = other, .reason = "a mix-up"
	};
	struct hrv_doc *doc = NULL;

	hh_subject(w.v, other);
	OK_(hrv_record_move(w.v, &a, &doc, err));
	hrv_doc_free(doc);
}

static void
file_it(const char *record)
{
	struct hrv_record_reclassify_args a = {
		.record = record, .class_name = "file", .reason = "a mix-up"
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_record_reclassify(w.v, &a, &doc, err));
	hrv_doc_free(doc);
}

static void
a_record_that_moved_stops_nothing(void **state)
{
	char s[40], draft[40];
	(void)state;

	hh_subject(w.v, s);
	with_an_older_version_gone(s, draft);
	assert_true(is_known(s));
	move_it(draft);
	assert_int_equal(hh_run(w.v), 0);
	assert_false(is_known(s));
	assert_true(hh_lives(w.v, draft));
}

static void
a_person_goes_though_the_rest_was_an_error(void **state)
{
	char s[40], draft[40];
	(void)state;

	hh_subject(w.v, s);
	with_an_older_version_gone(s, draft);
	void_it(draft);
	assert_true(is_known(s));
	assert_int_equal(hh_run(w.v), 0);
	assert_false(is_known(s));
}

/* Whatever became of the rest: the older version was destroyed on that day, as
 * a draft of that person, and no earlier day is believed. */
static void
waits_for_the_older_version(void (*then)(const char *))
{
	char s[40], draft[40], slip[40];

	hh_subject(w.v, s);
	hh_record(w.v, s, "slip", HH_OLD, slip);
	with_an_older_version_gone(s, draft);
	then(draft);
	stops("UPDATE tombstone SET day = '2020-01-01';"
	      "UPDATE term SET purge_from = '2020-02-01' WHERE class ="
	      " 'slip';");
	tamper(w.v, "UPDATE term SET purge_from = '2020-02-01' WHERE class ="
		    " 'slip';");
	assert_int_equal(hh_days(&w, 29), 0);
	assert_true(hh_lives(w.v, slip));
	assert_int_equal(hh_days(&w, 2), 1);
	assert_false(hh_lives(w.v, slip));
}

static void
what_waits_is_due_after_a_void(void **state)
{
	(void)state;
	waits_for_the_older_version(void_it);
}

static void
what_waits_is_due_after_a_move(void **state)
{
	(void)state;
	waits_for_the_older_version(move_it);
}

static void
what_waits_is_due_after_another_class(void **state)
{
	(void)state;
	waits_for_the_older_version(file_it);
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
		cmocka_unit_test_setup_teardown(
		    a_forged_destruction_is_no_trigger, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_day_of_a_destruction_is_logged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_has_a_record_left_stays_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    whom_a_record_names_stays_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_never_had_a_record_stays_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_single_list_takes_nobody_along, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_record_that_moved_stops_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_person_goes_though_the_rest_was_an_error, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_waits_is_due_after_a_void, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_waits_is_due_after_a_move, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_waits_is_due_after_another_class, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
