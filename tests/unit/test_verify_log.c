/* SPDX-License-Identifier: ISC */
/*
 * Somebody changes the database behind the program's back: every change is
 * found, at the entry it was made to.
 */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "tests/unit/tamper.h"

#include "vault/log/append.h"
#include "vault/receipt.h"
#include "vault/session.h"
#include "vault/verify.h"

static struct vaulthome home;

/* A log with what most commands write: changes, a batch, a reading. */
static void
fill(struct hrv_vault *v)
{
	struct entry plain = ENTRY("clock.confirm");
	struct entry batch = ENTRY("record.due");
	struct entry read = ENTRY("record.read");
	struct manifest m = { 0 }, empty = { 0 };
	struct hrv_id id;
	struct receipt *r = NULL;
	uint8_t state[32] = { 7 };
	json_t *p = json_pack("{s:i}", "n", 1);

	plain.payload = p;
	OK_(txn_begin(v, err));
	OK_(txn_entry(v, &plain, NULL, err));
	for (int i = 0; i < 3; i++) {
		vault_new_id(ID_RECORD, &id);
		OK_(manifest_add(&m, &id, state, err));
	}
	batch.manifest = &m;
	OK_(txn_entry(v, &batch, NULL, err));
	OK_(txn_commit(v, true, err));
	vault_new_id(ID_RECORD, &id);
	read.record = &id;
	OK_(receipt_open(v, &read, &empty, &r, err));
	OK_(receipt_close(v, &r, &read, NULL, err));
	manifest_clear(&m);
	json_decref(p);
}

static int
set_up(void **state)
{
	struct hrv_vault *v;

	vaulthome_init(&home);
	v = vaulthome_open(&home);
	fill(v);
	hrv_close(v);
	(void)state;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vaulthome_clear(&home);
	return 0;
}

static bool
says(const struct verify_report *r, const char *word)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf b = BUF_INIT;
		bool found;

		verify_problem_text(&r->problems[i], &b);
		found = strstr(buf_str(&b), word) != NULL;
		buf_clear(&b);
		if (found)
			return true;
	}
	return false;
}

static void
show(const struct verify_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf b = BUF_INIT;

		verify_problem_text(&r->problems[i], &b);
		print_message("# %s\n", buf_str(&b));
		buf_clear(&b);
	}
}

/* Runs sql on a copy of the vault's state, verifies, expects the word. */
static void
found(const char *sql, const char *word)
{
	struct verify_args a = { 0 };
	struct verify_report r;
	struct hrv_vault *v = vaulthome_open(&home);

	db_unguard(v->db);
	OK_(db_begin(v->db, err));
	OK_(db_script(v->db, sql, err));
	OK_(verify_log(v, &a, &r, err));
	if (r.ok || !says(&r, word)) {
		show(&r);
		fail_msg("%s: not found as '%s'", sql, word);
	}
	verify_report_clear(&r);
	db_rollback(v->db);
	db_guard(v->db);
	hrv_close(v);
}

static int
count(void *ctx, const struct verify_entry *e, struct hrv_err *err)
{
	size_t *n = ctx;

	(void)err;
	assert_int_equal(e->index, *n);
	assert_string_equal(e->member, home.founder);
	(*n)++;
	return HRV_OK;
}

static void
test_an_untouched_log_has_no_problem(void **state)
{
	struct verify_args a = { .each = count };
	struct verify_report r;
	struct hrv_vault *v = vaulthome_open(&home);
	size_t n = 0;

	(void)state;
	a.ctx = &n;
	OK_(verify_log(v, &a, &r, err));
	show(&r);
	assert_true(r.ok);
	assert_int_equal(r.size, n);
	assert_int_equal(r.sessions, 2);
	assert_int_equal(r.n_remarks, 0);
	verify_report_clear(&r);
	hrv_close(v);
}

static void
test_changed_bytes_of_an_entry_are_found(void **state)
{
	(void)state;
	found("UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT),"
	      " 'clock.confirm', 'clock.confirn') AS BLOB)",
	    "entry 4: ");
	found("UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT),"
	      " 'result ok', 'result refused:no') AS BLOB) WHERE idx = 4",
	    "entry 4: its bytes are not those");
	found("UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT),"
	      " 'result ok', 'result refused:no') AS BLOB) WHERE idx = 4",
	    "entry 4: its session's signature");
}

static void
test_a_dropped_entry_is_found(void **state)
{
	(void)state;
	found("DELETE FROM leaf WHERE idx = 4", "entry 4: it is missing");
	found("DELETE FROM leaf WHERE idx = 4;"
	      " UPDATE leaf SET idx = idx - 1 WHERE idx > 4",
	    "entry 4: it says that it is entry 5");
	found("DELETE FROM leaf WHERE idx > 4", "the log was cut");
	found("DELETE FROM leaf", "the log was cut");
}

static void
test_reordered_entries_are_found(void **state)
{
	(void)state;
	found("UPDATE leaf SET idx = -4 WHERE idx = 4;"
	      " UPDATE leaf SET idx = 4 WHERE idx = 5;"
	      " UPDATE leaf SET idx = 5 WHERE idx = -4",
	    "reordered");
}

static void
test_a_changed_payload_is_found(void **state)
{
	(void)state;
	found("UPDATE leaf SET payload = CAST('{\"n\":2}' AS BLOB)"
	      " WHERE idx = 4",
	    "entry 4: its payload is not the one");
	found("UPDATE leaf SET payload = NULL WHERE idx = 4",
	    "entry 4: its payload is not the one");
	found("UPDATE leaf SET payload = CAST('{}' AS BLOB) WHERE idx = 5",
	    "entry 5: a payload is stored");
}

static void
test_a_changed_list_is_found(void **state)
{
	(void)state;
	found("UPDATE manifest SET state = zeroblob(32) WHERE seq = 1",
	    "entry 5: its list of things");
	found("DELETE FROM manifest WHERE seq = 2",
	    "entry 5: its list of things");
	found("INSERT INTO manifest SELECT 3, seq, kind, thing, state"
	      " FROM manifest",
	    "rows of lists");
}

static void
test_a_changed_tree_is_found(void **state)
{
	(void)state;
	found("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND pos = 1",
	    "the stored tree differs at level 1, place 1");
	found("DELETE FROM node WHERE level = 2", "the stored tree has");
	found("UPDATE vault SET frontier = (SELECT x'0000000000000000')",
	    "another length");
}

static void
test_a_foreign_checkpoint_is_found(void **state)
{
	(void)state;
	found("UPDATE checkpoint SET note = (SELECT note FROM checkpoint"
	      " ORDER BY size LIMIT 1)",
	    "is not of these entries");
	found("UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT),"
	      " 'hrvault.example', 'hrvault.examplf') AS BLOB)",
	    "the checkpoint of");
	found("UPDATE checkpoint SET size = size + 1000", "the log was cut");
}

static void
test_a_hold_row_that_nobody_placed_is_found(void **state)
{
	(void)state;
	found("INSERT INTO hold (id, scope, status, placed_leaf, placed)"
	      " VALUES (zeroblob(16), '{}', 'active', 1, '')",
	    "the table of holds");
}

static void
test_a_swapped_schedule_is_found(void **state)
{
	(void)state;
	found("UPDATE policy SET text = CAST('x' AS BLOB)",
	    "not the text that was adopted");
	found("DELETE FROM policy", "is not stored");
	found("UPDATE policy SET name = 'other'", "that no entry adopted");
}

static void
test_open_intents_are_the_tables(void **state)
{
	(void)state;
	found("INSERT INTO intent VALUES (1, 'x')", "is none");
	found("INSERT INTO intent VALUES (6, 'x')", "is none");
	found("INSERT INTO intent VALUES (600, 'x')", "is none");
}

/* Somebody with a session key of his own, but no member's OpenPGP key. */
static void
test_a_session_without_a_member_is_found(void **state)
{
	struct verify_args a = { 0 };
	struct verify_report r;
	struct hrv_vault *v = vaulthome_open(&home);
	struct buf text = BUF_INIT;
	struct leaf l;

	(void)state;
	OK_(txn_begin(v, err));
	/* The same key under another session id, certified by nobody. */
	l = v->session->open_leaf;
	l.session[0] ^= 1;
	l.index = v->frontier.size;
	tree_frontier_root(&v->frontier, l.root);
	OK_(leaf_format(&l, &text, err));
	OK_(leaf_sign(&text, v->id, v->session->seed, err));
	OK_(log_add(v->db, &v->frontier, &text, NULL, err));
	buf_clear(&text);
	OK_(verify_log(v, &a, &r, err));
	assert_false(r.ok);
	assert_true(says(&r, "OpenPGP signature"));
	verify_report_clear(&r);
	/* It is no use to say that it was verified before. */
	a.from_size = v->frontier.size;
	a.from_root = (const uint8_t[32]){ 1 };
	OK_(verify_log(v, &a, &r, err));
	assert_false(r.ok);
	assert_true(says(&r, "it was to begin from"));
	verify_report_clear(&r);
	txn_abort(v);
	hrv_close(v);
}

static void
test_an_intent_that_still_runs_is_a_remark(void **state)
{
	struct verify_args a = { 0 };
	struct verify_report r;
	struct hrv_vault *v = vaulthome_open(&home);
	struct entry e = ENTRY("record.read");
	struct manifest m = { 0 };
	struct receipt *receipt = NULL;
	struct hrv_id id;

	(void)state;
	vault_new_id(ID_RECORD, &id);
	e.record = &id;
	OK_(receipt_open(v, &e, &m, &receipt, err));
	OK_(verify_log(v, &a, &r, err));
	show(&r);
	assert_true(r.ok);
	assert_int_equal(r.n_remarks, 1);
	verify_report_clear(&r);
	OK_(receipt_close(v, &receipt, &e, NULL, err));
	hrv_close(v);
}

static void
test_what_was_verified_is_remembered(void **state)
{
	struct verify_args a = { 0 };
	struct verify_report r;
	struct verify_mark m;
	struct hrv_vault *v = vaulthome_open(&home);

	(void)state;
	verify_mark_load(v, &m);
	assert_int_equal(m.size, 0);
	OK_(verify_log(v, &a, &r, err));
	verify_mark_save(v, &r);
	verify_report_clear(&r);
	verify_mark_load(v, &m);
	assert_true(m.size > 0);
	assert_true(m.time == home.now);
	a.from_size = m.size;
	a.from_root = m.root;
	OK_(verify_log(v, &a, &r, err));
	assert_true(r.ok);
	assert_int_equal(r.sessions, 0);
	verify_report_clear(&r);
	hrv_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_untouched_log_has_no_problem),
		cmocka_unit_test(test_changed_bytes_of_an_entry_are_found),
		cmocka_unit_test(test_a_dropped_entry_is_found),
		cmocka_unit_test(test_reordered_entries_are_found),
		cmocka_unit_test(test_a_changed_payload_is_found),
		cmocka_unit_test(test_a_changed_list_is_found),
		cmocka_unit_test(test_a_changed_tree_is_found),
		cmocka_unit_test(test_a_foreign_checkpoint_is_found),
		cmocka_unit_test(test_a_hold_row_that_nobody_placed_is_found),
		cmocka_unit_test(test_a_swapped_schedule_is_found),
		cmocka_unit_test(test_open_intents_are_the_tables),
		cmocka_unit_test(test_a_session_without_a_member_is_found),
		cmocka_unit_test(test_an_intent_that_still_runs_is_a_remark),
		cmocka_unit_test(test_what_was_verified_is_remembered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
