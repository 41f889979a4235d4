/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "vault/base/enc.h"
#include "vault/identity.h"
#include "vault/index.h"
#include "vault/state.h"
#include "vault/subject_store.h"

static struct vaulthome home;
static struct hrv_vault *v;

static int
setup(void **state)
{
	(void)state;
	vaulthome_init(&home);
	v = vaulthome_open(&home);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	hrv_close(v);
	vaulthome_clear(&home);
	return 0;
}

/* Takes identity over. */
static int
store(const char *kind, json_t *identity, struct subject_new *n,
    struct hrv_err *err)
{
	struct entry e = ENTRY("subject.add");
	struct manifest m = { 0 };
	uint64_t leaf = 0;
	int rc;

	n->kind = kind;
	n->identity = identity;
	vault_new_id(ID_SUBJECT, &n->id);
	e.subject = &n->id;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = subject_store(v, n, err);
	if (rc == HRV_OK)
		rc = subject_manifest(n, &m, err);
	e.manifest = &m;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = subject_logged(v, n, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	manifest_clear(&m);
	json_decref(identity);
	return rc;
}

static void
test_a_stored_subject_opens_and_has_the_logged_states(void **state)
{
	static const struct event hired = { "subject.hired", { 2020, 2, 29 } };
	struct subject_new n = { .events = &hired, .n_events = 1 };
	struct entry e = ENTRY("subject.show");
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	struct subject_row row;
	struct record_row rec;
	uint8_t now[32];
	json_t *id = NULL;
	(void)state;

	OK_(store("employee",
	    json_pack("{s:s,s:s}", "name", "Łukasz Ødegård", "number", "E-1"),
	    &n, err));
	OK_(subject_load(v, &n.id, &row, err));
	assert_string_equal(row.kind, "employee");
	OK_(state_subject(v, &n.id, now, err));
	assert_memory_equal(row.state, now, 32);
	OK_(record_load(v, &row.identity, &rec, err));
	assert_string_equal(rec.class_name, CLASS_IDENTITY);
	OK_(state_record(v, &rec.id, now, err));
	assert_memory_equal(rec.state, now, 32);
	assert_int_equal(rec.state_leaf, row.state_leaf);
	assert_true(row.state_leaf > 0);

	e.subject = &n.id;
	OK_(manifest_add(&m, &n.id, NULL, err));
	OK_(receipt_open(v, &e, &m, &r, err));
	OK_(identity_open(v, r, &row, &id, err));
	assert_string_equal(json_str(id, "name"), "Łukasz Ødegård");
	OK_(receipt_close(v, &r, &e, NULL, err));
	json_decref(id);
}

static void
test_minimum_age_is_reached_on_the_birthday_itself(void **state)
{
	static const struct {
		int y, m, d;
		const char *born;
		int code;
	} cases[] = {
		{ 2026, 11, 23, "2013-11-23", HRV_OK },
		{ 2026, 11, 23, "2013-11-24", HRV_EREFUSED },
		{ 2025, 2, 28, "2012-02-29", HRV_EREFUSED },
		{ 2025, 3, 1, "2012-02-29", HRV_OK },
		{ 2026, 11, 23, "2026-11-24", HRV_EUSAGE },
		{ 2026, 11, 23, "1880-01-01", HRV_EUSAGE },
		{ 2026, 11, 23, "2013-02-30", HRV_EUSAGE },
	};
	int64_t before = home.now;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hrv_date day = { (int16_t)cases[i].y,
			(uint8_t)cases[i].m, (uint8_t)cases[i].d };
		json_t *id = json_pack(
		    "{s:s,s:s}", "name", "Ann", "born", cases[i].born);
		struct hrv_err why = { 0 };

		home.now =
		    (hrv_date_to_days(day) * INT64_C(86400) + 43200) * 1000000;
		assert_int_equal(
		    subject_check(v, "candidate", id, &why), cases[i].code);
		if (cases[i].code == HRV_EREFUSED)
			assert_string_equal(why.name, "under-age");
		assert_null(strstr(why.msg, "Ann"));
		assert_null(strstr(why.msg, cases[i].born));
		json_decref(id);
	}
	home.now = before;
}

static void
test_what_is_refused_leaves_no_row_of_the_index(void **state)
{
	struct subject_new n = { .n_events = 0 };
	struct hrv_id *list = NULL;
	size_t count = 1;
	(void)state;

	FAILS(store("candidate",
		  json_pack("{s:s,s:s}", "name", "Kleines Kind", "born",
		      "2020-01-01"),
		  &n, err),
	    HRV_EREFUSED);
	FAILS(store("visitor", json_pack("{s:s}", "name", "Kleines Kind"), &n,
		  err),
	    HRV_EUSAGE);
	OK_(index_lookup(v, TEXT_NAME, "kleines kind", &list, &count, err));
	assert_int_equal(count, 0);
	free(list);
}

static void
test_event_names_are_those_of_the_schedule(void **state)
{
	char name[EVENT_NAME_SIZE];
	struct hrv_err e = { 0 };
	(void)state;

	OK_(event_full_name(v, ID_SUBJECT, "ended", name, err));
	assert_string_equal(name, "subject.ended");
	OK_(event_full_name(v, ID_SUBJECT, "subject.died", name, err));
	assert_string_equal(name, "subject.died");
	OK_(event_full_name(v, ID_RECORD, "last_entry", name, err));
	assert_string_equal(name, "record.last_entry");
	assert_int_equal(
	    event_full_name(v, ID_SUBJECT, "endde", name, &e), HRV_EUSAGE);
	assert_non_null(strstr(e.hint, "'ended'"));
	assert_null(strstr(e.msg, "endde"));
	FAILS(event_full_name(v, ID_SUBJECT, "record.closed", name, err),
	    HRV_EUSAGE);
	FAILS(event_full_name(v, ID_RECORD, "created", name, err), HRV_EUSAGE);
	FAILS(event_full_name(v, ID_RECORD, "class.note.destroyed", name, err),
	    HRV_EUSAGE);
	FAILS(event_full_name(v, ID_SUBJECT, "", name, err), HRV_EUSAGE);
}

static void
test_nobody_dies_in_the_future_but_may_be_hired_then(void **state)
{
	struct hrv_date today = { 2026, 11, 23 };
	struct event e = { "subject.died", { 2026, 11, 24 } };
	(void)state;

	FAILS(event_check_day(&e, today, err), HRV_EUSAGE);
	e.day = today;
	OK_(event_check_day(&e, today, err));
	e = (struct event){ "subject.hired", { 2027, 1, 4 } };
	OK_(event_check_day(&e, today, err));
	e.day = (struct hrv_date){ 226, 1, 4 };
	FAILS(event_check_day(&e, today, err), HRV_EUSAGE);
	e.day = (struct hrv_date){ 2026, 2, 30 };
	FAILS(event_check_day(&e, today, err), HRV_EUSAGE);
}

static void
test_the_state_of_a_subject_is_the_documented_one(void **state)
{
	static const struct event events[] = { { "subject.hired",
						   { 2015, 1, 5 } },
		{ "subject.ended", { 2020, 1, 31 } } };
	struct subject_new n = { .events = events, .n_events = 2 };
	struct buf hex = BUF_INIT;
	(void)state;

	OK_(store("employee", json_pack("{s:s}", "name", "Known"), &n, err));
	enc_hex(&hex, n.state, 32);
	assert_string_equal(buf_str(&hex),
	    "206e3c7727da828a54e86ee3a8fdb13724566d1047cb9c16778eb6290a8e86b6");
	buf_clear(&hex);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_stored_subject_opens_and_has_the_logged_states),
		cmocka_unit_test(
		    test_the_state_of_a_subject_is_the_documented_one),
		cmocka_unit_test(
		    test_minimum_age_is_reached_on_the_birthday_itself),
		cmocka_unit_test(
		    test_what_is_refused_leaves_no_row_of_the_index),
		cmocka_unit_test(test_event_names_are_those_of_the_schedule),
		cmocka_unit_test(
		    test_nobody_dies_in_the_future_but_may_be_hired_then),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
