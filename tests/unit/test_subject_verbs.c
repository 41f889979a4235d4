/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

#include "hrvault/hold.h"
#include "vault/adopt.h"
#include "vault/record_store.h"
#include "vault/state.h"

/* Classes that end by an event and by an age. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"2\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\" ); events = ();"
    " purge = { notice = \"P14D\"; };"
    " classes = ("
    "  { id = \"file\"; title = \"File\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"end\" );"
    "    special_category = false; },"
    "  { id = \"health\"; title = \"Health\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"age\" );"
    "    special_category = false; },"
    "  { id = \"application\"; title = \"Application\";"
    "    who = ( \"candidate\" ); compartment = \"general\";"
    "    purpose = \"administration\"; legal_basis = \"consent\";"
    "    rules = ( \"closed\" ); special_category = false; } );"
    " rules = ( { id = \"end\"; cite = \"test\";"
    "   keep = { on = \"subject.ended\"; plus = \"P6Y\"; }; },"
    "  { id = \"age\"; cite = \"test\";"
    "   keep = { age = \"P75Y\"; of = \"subject\"; }; },"
    "  { id = \"closed\"; cite = \"test\";"
    "   limit = { on = \"subject.closed\"; plus = \"P6M\"; }; } ); };";

static void
adopt(void)
{
	struct adopt_text t = { .kind = ADOPT_SCHEDULE,
		.text = schedule,
		.len = strlen(schedule) };

	OK_(adopt_check(&t, err));
	OK_(txn_begin(v, err));
	OK_(adopt_store(v, &t, err));
	OK_(txn_commit(v, true, err));
}

static int
setup(void **state)
{
	(void)subjecthome_setup(state);
	adopt();
	return 0;
}

/* A record of that class for a subject; born may be NULL. */
static struct hrv_id
add_record(const char *who, const char *class_name, const char *born)
{
	static const uint8_t text[] = "text";
	struct body_memory mem = { text, sizeof(text), 0 };
	struct body_source body = { body_memory_read, &mem };
	struct record_header head = { .title = "t" };
	struct record_store_args a = { .class_name = class_name,
		.body = &body };
	struct record_stored stored;
	struct entry e = ENTRY("record.add");
	struct hrv_id subject;
	uint64_t leaf = 0;

	vault_new_id(ID_RECORD, &a.id);
	assert_true(id_parse(who, ID_SUBJECT, &subject));
	a.subject = &subject;
	if (born != NULL)
		assert_true(hrv_date_parse(born, &a.born));
	OK_(record_header_new(&head, &a.header, err));
	OK_(txn_begin(v, err));
	OK_(record_store(v, &a, &stored, err));
	e.record = &a.id;
	e.state = stored.state;
	OK_(txn_entry(v, &e, &leaf, err));
	OK_(state_set_record(v, &a.id, leaf, stored.state, err));
	OK_(txn_commit(v, true, err));
	json_decref(a.header);
	return a.id;
}

static int
event(const char *who, const char *name, const char *day, bool retract,
    struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_subject_event_args a = { who, name, day, retract };

	*doc = NULL;
	return hrv_subject_event(v, &a, doc, err);
}

static int64_t
moved(const struct hrv_doc *doc, const char *how)
{
	return hrv_doc_int(hrv_doc_get(doc, "moved"), how, -1);
}

/* Every state in the tables is the one that was logged. */
static void
check_states(const char *who, const struct hrv_id *record)
{
	struct subject_row s;
	struct record_row r;
	struct hrv_id id;
	uint8_t now[32];

	assert_true(id_parse(who, ID_SUBJECT, &id));
	OK_(subject_load(v, &id, &s, err));
	OK_(state_subject(v, &id, now, err));
	assert_memory_equal(s.state, now, 32);
	OK_(record_load(v, &s.identity, &r, err));
	OK_(state_record(v, &r.id, now, err));
	assert_memory_equal(r.state, now, 32);
	if (record == NULL)
		return;
	OK_(record_load(v, record, &r, err));
	OK_(state_record(v, record, now, err));
	assert_memory_equal(r.state, now, 32);
}

static void
test_a_number_belongs_to_one_subject(void **state)
{
	struct hrv_subject_add_args a = { .kind = "employee",
		.fields = { .name = "Second", .number = " e-u7" } };
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("First", "E-U7", id);
	assert_int_equal(hrv_subject_add(v, &a, &doc, &e), HRV_EEXISTS);
	assert_non_null(strstr(e.msg, id));
	/* No id has a U. */
	assert_null(strcasestr(e.msg, "u7"));
	a.fields.number = "E-U8";
	OK_(hrv_subject_add(v, &a, &doc, err));
	hrv_doc_free(doc);
}

static void
test_a_resume_becomes_a_subject_and_a_record(void **state)
{
	static const char resume[] =
	    "{\"basics\":{\"name\":\"Wang Xiulan\","
	    "\"email\":\"wang@example.org\",\"phone\":\"+86 10 5555 0100\"},"
	    "\"work\":[]}";
	struct hrv_subject_add_args a = { .kind = "candidate",
		.from = resume,
		.from_len = sizeof(resume) - 1,
		.from_name = "wang.json",
		.fields = { .number = "C-9" } };
	struct subjecthome_hits h;
	struct hrv_doc *doc = NULL, *shown = NULL;
	struct hrv_id record;
	const char *id;
	(void)state;

	OK_(hrv_subject_add(v, &a, &doc, err));
	id = hrv_doc_str(doc, "id");
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "records")), 1);
	assert_int_equal(subjecthome_find("wang@example.org", &h), 1);
	assert_int_equal(subjecthome_find("C-9", &h), 1);
	assert_string_equal(h.name[0], "Wang Xiulan");
	OK_(hrv_subject_show(v, id, &shown, err));
	assert_string_equal(
	    hrv_doc_str(hrv_doc_at(hrv_doc_get(shown, "records"), 0), "class"),
	    "application");
	assert_true(
	    id_parse(hrv_doc_text(hrv_doc_at(hrv_doc_get(doc, "records"), 0)),
		ID_RECORD, &record));
	check_states(id, &record);
	a.kind = "employee";
	a.fields.number = NULL;
	hrv_doc_free(doc);
	FAILS(hrv_subject_add(v, &a, &doc, err), HRV_EREFUSED);
	hrv_doc_free(shown);
}

static void
test_an_identity_document_has_only_its_own_members(void **state)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
		{ "{\"name\":\"A B\",\"given\":\"A\",\"family\":\"B\","
		  "\"emails\":[\"a@b.example\"],\"born\":\"1990-02-28\"}",
		    HRV_OK },
		{ "{\"name\":\"A B\",\"religion\":\"x\"}", HRV_EUSAGE },
		{ "{\"name\":7}", HRV_EUSAGE },
		{ "{\"name\":\"A\",\"emails\":\"a@b.example\"}", HRV_EUSAGE },
		{ "{\"name\":\"A\",\"emails\":[1]}", HRV_EUSAGE },
		{ "{\"name\":\"A\",\"born\":19900228}", HRV_EUSAGE },
		{ "{\"name\":\"A\",\"born\":\"1990-02-30\"}", HRV_EUSAGE },
		{ "{\"name\":\"A\",\"name\":\"B\"}", HRV_EUSAGE },
		{ "{\"name\":\"A\\u0000B\"}", HRV_EUSAGE },
		{ "{\"number\":\"7\"}", HRV_EUSAGE },
		{ "[]", HRV_EUSAGE },
		{ "", HRV_EUSAGE },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hrv_subject_add_args a = { .kind = "employee",
			.from = cases[i].text,
			.from_len = strlen(cases[i].text) };
		struct hrv_doc *doc = NULL;
		struct hrv_err e = { 0 };

		if (hrv_subject_add(v, &a, &doc, &e) != cases[i].code)
			fail_msg("%s: %s", cases[i].text, e.msg);
		hrv_doc_free(doc);
	}
}

static void
test_ending_dates_the_file_and_retracting_undates_it(void **state)
{
	struct hrv_doc *doc;
	struct hrv_id rec;
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("Ending", NULL, id);
	rec = add_record(id, "file", NULL);
	OK_(event(id, "ended", "2026-10-31", false, &doc, err));
	assert_int_equal(moved(doc, "dated"), 1);
	assert_int_equal(moved(doc, "earlier"), 0);
	assert_string_equal(
	    hrv_doc_str(doc, "earliest_destruction"), "2032-11-01");
	hrv_doc_free(doc);
	check_states(id, &rec);

	/* The last one counts: an earlier one changes nothing. */
	OK_(event(id, "subject.ended", "2026-09-30", false, &doc, err));
	assert_int_equal(moved(doc, "dated") + moved(doc, "later") +
			     moved(doc, "earlier") + moved(doc, "pending"),
	    0);
	assert_null(hrv_doc_str(doc, "earliest_destruction"));
	hrv_doc_free(doc);
	OK_(event(id, "ended", "2026-10-31", true, &doc, err));
	assert_int_equal(moved(doc, "earlier"), 1);
	hrv_doc_free(doc);
	OK_(event(id, "ended", "2026-09-30", true, &doc, err));
	assert_int_equal(moved(doc, "pending"), 1);
	hrv_doc_free(doc);
	FAILS(event(id, "ended", "2026-09-30", true, &doc, err), HRV_ENOTFOUND);
	check_states(id, &rec);
}

static void
test_what_would_be_due_at_once_waits_for_the_notice(void **state)
{
	struct hrv_doc *doc;
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("Long gone", NULL, id);
	(void)add_record(id, "file", NULL);
	OK_(event(id, "ended", "2001-01-31", false, &doc, err));
	assert_string_equal(
	    hrv_doc_str(doc, "earliest_destruction"), "2026-12-07");
	hrv_doc_free(doc);
}

static void
test_the_same_event_twice_is_one_entry(void **state)
{
	struct hrv_doc *doc;
	char id[ID_TEXT_SIZE];
	uint64_t size;
	(void)state;

	subjecthome_add("Twice", NULL, id);
	OK_(event(id, "hired", "2027-01-04", false, &doc, err));
	assert_false(hrv_doc_true(doc, "unchanged"));
	hrv_doc_free(doc);
	size = v->frontier.size;
	OK_(event(id, "hired", "2027-01-04", false, &doc, err));
	assert_true(hrv_doc_true(doc, "unchanged"));
	hrv_doc_free(doc);
	OK_(txn_begin(v, err));
	assert_int_equal(v->frontier.size, size);
	txn_abort(v);
	FAILS(event(id, "died", "2027-01-04", false, &doc, err), HRV_EUSAGE);
	FAILS(event(id, "endet", "2026-01-04", false, &doc, err), HRV_EUSAGE);
	FAILS(event(id, "ended", "04.01.2026", false, &doc, err), HRV_EUSAGE);
	FAILS(event("S-ZZZZZZ", "ended", "2026-01-04", false, &doc, err),
	    HRV_ENOTFOUND);
}

static void
test_being_hired_makes_a_candidate_an_employee(void **state)
{
	struct hrv_subject_add_args a = { .kind = "candidate",
		.fields = { .name = "Hired" } };
	struct hrv_doc *doc = NULL, *done;
	(void)state;

	OK_(hrv_subject_add(v, &a, &doc, err));
	OK_(event(
	    hrv_doc_str(doc, "id"), "hired", "2026-11-01", false, &done, err));
	assert_string_equal(hrv_doc_str(done, "kind"), "employee");
	check_states(hrv_doc_str(doc, "id"), NULL);
	hrv_doc_free(done);
	hrv_doc_free(doc);
}

static void
test_a_correction_is_a_new_version_and_a_new_index(void **state)
{
	static const char *const emails[] = { "new@example.org" };
	struct hrv_subject_update_args a = { .fields = { .name = "Married Name",
						 .emails = emails,
						 .n_emails = 1 },
		.reason = "deed poll seen" };
	struct subjecthome_hits h;
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("Maiden Name", "U-1", id);
	a.who = id;
	OK_(hrv_subject_update(v, &a, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "version", 0), 2);
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "changed")), 2);
	assert_null(hrv_doc_get(doc, "under_age"));
	hrv_doc_free(doc);
	check_states(id, NULL);
	assert_int_equal(subjecthome_find("married", &h), 1);
	assert_int_equal(subjecthome_find("maiden", &h), 0);
	assert_int_equal(subjecthome_find("new@example.org", &h), 1);
	assert_int_equal(subjecthome_find("U-1", &h), 1);

	FAILS(hrv_subject_update(v, &a, &doc, err), HRV_EUSAGE);
	a.reason = NULL;
	FAILS(hrv_subject_update(v, &a, &doc, err), HRV_EUSAGE);
	a.reason = "typing error";
	a.fields = (struct hrv_subject_fields){ .number = "U-2" };
	subjecthome_add("Other", "U-2", NULL);
	assert_int_equal(hrv_subject_update(v, &a, &doc, &e), HRV_EEXISTS);
	check_states(id, NULL);
	a.fields.number = "u-1";
	OK_(hrv_subject_update(v, &a, &doc, err));
	hrv_doc_free(doc);
	a.fields.number = NULL;
	a.remove = (const char *const[]){ "emails" };
	a.n_remove = 1;
	OK_(hrv_subject_update(v, &a, &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(subjecthome_find("new@example.org", &h), 0);
}

static void
test_a_corrected_birth_date_moves_the_records(void **state)
{
	struct hrv_subject_add_args add = { .kind = "employee",
		.fields = { .name = "Aged", .born = "1950-06-01" } };
	struct hrv_subject_update_args a = { .fields = { .born = "1960-06-01" },
		.reason = "passport seen" };
	struct hrv_doc *doc = NULL, *done = NULL;
	struct hrv_id health, file;
	struct record_row r;
	(void)state;

	OK_(hrv_subject_add(v, &add, &doc, err));
	health = add_record(hrv_doc_str(doc, "id"), "health", "1950-06-01");
	file = add_record(hrv_doc_str(doc, "id"), "file", NULL);
	a.who = hrv_doc_str(doc, "id");
	OK_(hrv_subject_update(v, &a, &done, err));
	assert_int_equal(moved(done, "later"), 1);
	assert_string_equal(
	    hrv_doc_str(done, "earliest_destruction"), "2035-06-02");
	hrv_doc_free(done);
	OK_(record_load(v, &health, &r, err));
	assert_string_equal(r.born, "1960-06-01");
	OK_(record_load(v, &file, &r, err));
	assert_string_equal(r.born, "");
	check_states(hrv_doc_str(doc, "id"), &health);
	check_states(hrv_doc_str(doc, "id"), &file);
	a.fields.born = "1955-06-01";
	OK_(hrv_subject_update(v, &a, &done, err));
	assert_int_equal(moved(done, "earlier"), 1);
	hrv_doc_free(done);
	/* Found out later: said, not refused. */
	a.fields.born = "2020-06-01";
	OK_(hrv_subject_update(v, &a, &done, err));
	assert_true(hrv_doc_true(done, "under_age"));
	hrv_doc_free(done);
	hrv_doc_free(doc);
}

static void
test_a_held_subject_is_added_to_and_never_taken_from(void **state)
{
	const char *subjects[2] = { NULL, NULL };
	struct hrv_hold_args hold = { .matter = "m", .reason = "r" };
	struct hrv_doc *doc = NULL, *shown = NULL;
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("Held", NULL, id);
	OK_(event(id, "hired", "2010-01-01", false, &doc, err));
	hrv_doc_free(doc);
	subjects[0] = id;
	hold.subjects = subjects;
	OK_(hrv_hold_place(v, &hold, &doc, err));
	hrv_doc_free(doc);
	OK_(event(id, "ended", "2026-01-01", false, &doc, err));
	hrv_doc_free(doc);
	FAILS(event(id, "hired", "2010-01-01", true, &doc, err), HRV_EREFUSED);
	OK_(hrv_subject_show(v, id, &shown, err));
	assert_true(hrv_doc_true(shown, "protected"));
	assert_int_equal(hrv_doc_len(hrv_doc_get(shown, "holds")), 1);
	assert_int_equal(hrv_doc_len(hrv_doc_get(shown, "events")), 2);
	hrv_doc_free(shown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_number_belongs_to_one_subject),
		cmocka_unit_test(test_a_resume_becomes_a_subject_and_a_record),
		cmocka_unit_test(
		    test_an_identity_document_has_only_its_own_members),
		cmocka_unit_test(
		    test_ending_dates_the_file_and_retracting_undates_it),
		cmocka_unit_test(
		    test_what_would_be_due_at_once_waits_for_the_notice),
		cmocka_unit_test(test_the_same_event_twice_is_one_entry),
		cmocka_unit_test(
		    test_being_hired_makes_a_candidate_an_employee),
		cmocka_unit_test(
		    test_a_correction_is_a_new_version_and_a_new_index),
		cmocka_unit_test(test_a_corrected_birth_date_moves_the_records),
		cmocka_unit_test(
		    test_a_held_subject_is_added_to_and_never_taken_from),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, subjecthome_teardown);
}
