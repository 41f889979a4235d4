/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/recordhome.h"

#include "vault/unseal.h"

static void
test_a_stored_record_has_a_row_terms_and_the_logged_state(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct hrv_id s, r;
	struct record_row row;
	uint8_t now[32];
	struct stmt *st;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	recordhome_subject(v, "employee", NULL, &s);
	recordhome_record(v, &s, "note", "plain text", &r);
	OK_(record_load(v, &r, &row, err));
	assert_string_equal(row.class_name, "note");
	assert_string_equal(row.compartment, "general");
	assert_string_equal(row.created, "2026-11-23");
	assert_string_equal(row.provided_by, "employer");
	assert_false(row.purged);
	OK_(state_record(v, &r, now, err));
	assert_memory_equal(now, row.state, 32);
	OK_(db_stmt(v->db, SQL_TERM_GET, &st, err));
	(void)db_bind_blob(st, 1, r.b, ID_BYTES);
	(void)db_bind_int(st, 2, 1);
	OK_(db_step_one(st, err));
	assert_string_equal(db_col_text(st, 2), "2027-11-24");
	db_reset(st);
	hrv_close(v);
	vaulthome_clear(&h);
}

/* Tries to store a record of that class and gives the code back. */
static int
try_store(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, const char *event, struct hrv_err *why)
{
	struct event ev = { event, { 2026, 1, 31 } };
	struct record_header h = { .title = "t" };
	struct body_memory m = { (const uint8_t *)"x", 1, 0 };
	struct body_source src = { body_memory_read, &m };
	struct record_store_args a = { .subject = subject,
		.class_name = class_name,
		.events = &ev,
		.n_events = event == NULL ? 0 : 1,
		.body = &src };
	struct record_stored s;
	int rc;

	vault_new_id(ID_RECORD, &a.id);
	OK_(record_header_new(&h, &a.header, err));
	OK_(txn_begin(v, err));
	rc = record_store(v, &a, &s, why);
	txn_abort(v);
	json_decref(a.header);
	return rc;
}

static void
test_classes_kinds_and_events_are_checked_first(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct hrv_id s;
	struct hrv_err e;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	recordhome_subject(v, "candidate", NULL, &s);
	assert_int_equal(try_store(v, &s, "paylip", NULL, &e), HRV_EUSAGE);
	assert_non_null(strstr(e.hint, "payslip"));
	FAILS(try_store(v, &s, "vault.case", NULL, err), HRV_EUSAGE);
	assert_int_equal(try_store(v, &s, "payslip", NULL, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "wrong-kind");
	assert_int_equal(try_store(v, &s, "note", "closde", &e), HRV_EUSAGE);
	assert_non_null(strstr(e.hint, "closed"));
	FAILS(try_store(v, &s, "note", "record.created", err), HRV_EUSAGE);
	FAILS(try_store(v, &s, "note", "subject.ended", err), HRV_EUSAGE);
	OK_(try_store(v, &s, "note", "closed", err));
	OK_(try_store(v, &s, "note", "record.closed", err));
	vault_new_id(ID_SUBJECT, &s);
	FAILS(try_store(v, &s, "note", NULL, err), HRV_ENOTFOUND);
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
test_headers_keep_the_last_part_of_a_path_and_no_nonsense(void **state)
{
	struct record_header h = { .file = "/home/x/Zeugnis – Ø.pdf" };
	json_t *o = NULL;
	(void)state;

	OK_(record_header_new(&h, &o, err));
	assert_string_equal(json_str(o, "file"), "Zeugnis – Ø.pdf");
	json_decref(o);
	h.file = "bad\xff.txt";
	OK_(record_header_new(&h, &o, err));
	assert_null(json_str(o, "file"));
	json_decref(o);
	h.title = "bad\xff";
	FAILS(record_header_new(&h, &o, err), HRV_EUSAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_stored_record_has_a_row_terms_and_the_logged_state),
		cmocka_unit_test(
		    test_classes_kinds_and_events_are_checked_first),
		cmocka_unit_test(
		    test_headers_keep_the_last_part_of_a_path_and_no_nonsense),
	};

	return RUN(tests);
}
