/* SPDX-License-Identifier: ISC */
/*
 * The stub of a record ends when the schedule says so and nothing asks for it:
 * no record that counts from the destruction, no hold, no case.
 */
#include "tests/unit/unit.h"

#include "tests/unit/paperhome.h"
#include "tests/unit/tamper.h"

/* Notes go a year after their date, files after fifty; a memo a month after the
 * last note was destroyed. Stubs end after a month. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"3\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\", \"legal_claim\","
    "  \"subject_request\" ); purge = { notice = \"P7D\";"
    "  max_silence = \"P45D\"; release_cooling_off = \"P10D\"; };"
    " classes = ( { id = \"note\"; title = \"Note\";"
    "  who = ( \"employee\" ); compartment = \"general\";"
    "  purpose = \"administration\"; legal_basis = \"contract\";"
    "  rules = ( \"year\" ); special_category = false; },"
    "  { id = \"memo\"; title = \"Memo\"; who = ( \"employee\" );"
    "  compartment = \"general\"; purpose = \"administration\";"
    "  legal_basis = \"contract\"; rules = ( \"after\" );"
    "  special_category = false; }, { id = \"file\"; title = \"File\";"
    "  who = ( \"employee\" ); compartment = \"general\";"
    "  purpose = \"administration\"; legal_basis = \"contract\";"
    "  rules = ( \"long\" ); special_category = false; } );"
    " rules = ( { id = \"year\"; cite = \"test\"; at_expiry = \"purge\";"
    "  keep = { on = \"record.created\"; plus = \"P1Y\"; }; },"
    "  { id = \"after\"; cite = \"test\"; at_expiry = \"purge\";"
    "  keep = { on = \"class.note.destroyed\"; plus = \"P3M\"; }; },"
    "  { id = \"long\"; cite = \"test\"; at_expiry = \"purge\";"
    "  keep = { on = \"record.created\"; plus = \"P50Y\"; }; },"
    "  { id = \"vault.tombstone\"; cite = \"cited\"; at_expiry = \"purge\";"
    "  keep = { on = \"record.created\"; plus = \"P1M\"; }; } ); };";

static struct holdhome w;

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_adopt(w.v, schedule);
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

/* Lets days pass with a run at their end; how many papers it took. */
static int64_t
after(int days)
{
	int64_t papers;

	w.p.h.now += days * DAY;
	(void)ph_run(w.v, &papers, NULL);
	return papers;
}

static bool
has(const char *record)
{
	struct hrv_id id;
	struct hrv_err ignored;
	struct record_row rec;

	if (!id_parse(record, ID_RECORD, &id))
		fail_msg("%s is no id", record);
	return record_load(w.v, &id, &rec, &ignored) == HRV_OK;
}

static void
a_stub_ends_and_its_person_with_it(void **state)
{
	char who[40], record[40];
	struct hrv_id id;
	struct subject_row s;
	(void)state;

	hh_subject(w.v, who);
	hh_record(w.v, who, "note", HH_OLD, record);
	assert_int_equal(after(8), 0);
	assert_int_equal(
	    hh_read_for(w.v, record, "administration"), HRV_EPURGED);
	assert_int_equal(ph_forecast(w.v), 2); /* and who it was */
	assert_int_equal(ph_due(w.v), 0);
	assert_int_equal(after(30), 0);
	assert_true(id_parse(who, ID_SUBJECT, &id));
	OK_(subject_load(w.v, &id, &s, err));
	w.p.h.now += 3 * DAY;
	assert_int_equal(ph_due(w.v), 2);
	ph_why_is(w.v, record, "destroy");
	assert_int_equal(after(0), 2);
	assert_int_equal(
	    hh_read_for(w.v, record, "administration"), HRV_ENOTFOUND);
	FAILS(subject_load(w.v, &id, &s, err), HRV_ENOTFOUND);
	assert_int_equal(ph_forecast(w.v), 0);
	assert_int_equal(after(30), 0);
	ph_sound(w.v);
}

static void
a_stub_stays_while_a_record_counts_from_it(void **state)
{
	char who[40], record[40], memo[40], hold[40];
	(void)state;

	hh_subject(w.v, who);
	hh_record(w.v, who, "note", HH_OLD, record);
	hh_record(w.v, who, "memo", HH_OLD, memo);
	assert_int_equal(after(8), 0);
	(void)hh_hold_record(w.v, memo, hold);
	assert_int_equal(after(40), 0);
	assert_int_equal(after(40), 0);
	ph_why_is(w.v, record, "");
	OK_(hh_release(w.v, hold, err));
	/* The memo still has its date, and goes by it. */
	assert_int_equal(after(30), 0);
	assert_false(hh_lives(w.v, memo));
	/* Nothing counts from the note's end any more. */
	assert_int_equal(after(1), 1);
	assert_false(has(record));
	assert_true(has(memo));
	/* The file of the hold still names the memo; who it was goes. */
	assert_int_equal(after(35), 1);
	assert_true(has(memo));
	ph_sound(w.v);
}

static void
a_stub_stays_under_a_hold_or_a_case(void **state)
{
	char who[40], record[40], live[40], hold[40], request[40];
	(void)state;

	hh_subject(w.v, who);
	hh_record(w.v, who, "note", HH_OLD, record);
	hh_record(w.v, who, "file", HH_OLD, live);
	assert_int_equal(after(8), 0);
	assert_int_equal(after(31), 0);
	w.p.h.now += 2 * DAY;
	ph_why_is(w.v, record, "destroy");
	(void)hh_hold_subject(w.v, who, hold);
	ph_why_is(w.v, record, "hold");
	assert_int_equal(after(0), 0);
	OK_(hh_release(w.v, hold, err));
	ph_why_is(w.v, record, "cooling-off");
	w.p.h.now += 11 * DAY;
	ph_why_is(w.v, record, "destroy");
	hh_case(&w, who, request);
	ph_why_is(w.v, record, "case");
	assert_int_equal(after(0), 0);
	assert_true(has(record));
}

/* A key that nothing refers to, as a change leaves it that was cut off. */
static void
orphan(void)
{
	struct hrv_id owner;
	struct keys_new_args a = {
		.kek = "kek/general", .owner = &owner, .purpose = WRAP_CONTENT
	};
	uint8_t dek[DEK_ID_LEN];
	struct key *key = NULL;
	uint32_t kek;

	vault_new_id(ID_RECORD, &owner);
	OK_(txn_begin(w.v, err));
	OK_(keys_new(w.v, &a, &key, dek, &kek, err));
	OK_(keystore_commit(w.v->ks, err));
	txn_abort(w.v);
	key_free(key);
}

/* Before such a key is left out, every record of the log has to be there, but
 * not those whose stub has ended: earlier, or in this run. */
static void
a_stub_that_ended_is_no_lost_row(void **state)
{
	char who[40], first[40], second[40], live[40];
	(void)state;

	hh_subject(w.v, who);
	hh_record(w.v, who, "note", HH_OLD, first);
	hh_record(w.v, who, "file", HH_OLD, live);
	assert_int_equal(after(8), 0);
	hh_record(w.v, who, "note", HH_OLD, second);
	assert_int_equal(after(8), 0);
	orphan();
	assert_int_equal(after(26), 1);
	assert_false(has(first));
	assert_int_equal(after(6), 1);
	assert_false(has(second));
	ph_sound(w.v);
	orphan();
	hh_record(w.v, who, "note", HH_OLD, first);
	w.p.h.now += 32 * DAY;
	assert_int_equal(hh_run(w.v), 1);
	ph_sound(w.v);
}

static void
a_stub_that_was_dated_back_ends_nothing(void **state)
{
	struct hrv_doc *doc = NULL;
	char who[40], record[40], live[40];
	(void)state;

	hh_subject(w.v, who);
	hh_record(w.v, who, "note", HH_OLD, record);
	hh_record(w.v, who, "file", HH_OLD, live);
	assert_int_equal(after(8), 0);
	tamper(w.v, "UPDATE tombstone SET day = '2001-01-01' WHERE day ="
		    " (SELECT max(day) FROM tombstone);");
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	assert_true(has(record));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stub_ends_and_its_person_with_it),
		cmocka_unit_test(a_stub_stays_while_a_record_counts_from_it),
		cmocka_unit_test(a_stub_stays_under_a_hold_or_a_case),
		cmocka_unit_test(a_stub_that_ended_is_no_lost_row),
		cmocka_unit_test(a_stub_that_was_dated_back_ends_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
