/* SPDX-License-Identifier: ISC */
/*
 * Nothing that decides over destruction is believed from a table alone: rows
 * of cases and of the vault itself, edited or put back behind the program's
 * back, stop a run, and what it would have destroyed stays.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "vault/base/enc.h"
#include "vault/keys.h"
#include "vault/store/keystore.h"
#include "vault/version.h"

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
	OK_(hrv_case_collect(w.v, kase, NULL, NULL, &doc, err));
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
	OK_(hrv_case_collect(w.v, kase, NULL, NULL, &doc, err));
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

static bool
key_there(const uint8_t dek[DEK_ID_LEN])
{
	struct keystore_dek got;
	struct hrv_err ignored;

	OK_(keys_open(w.v, err));
	return keystore_get(w.v->ks, dek, &got, &ignored) == HRV_OK;
}

/* That somebody looked is an entry; no row that says so is believed, whichever
 * way it errs. */
static void
reviews_are_those_of_the_log(void **state)
{
	struct hrv_review_args a = { .reason = "looked at the file" };
	char s[40], talk[40], file[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", HH_OLD, talk);
	hh_record(w.v, s, "file", HH_OLD, file);
	a.what = file;
	OK_(hrv_retention_review(w.v, &a, &doc, err));
	hrv_doc_free(doc);
	/* No approval of what a person has to decide about, */
	stops("review",
	    "INSERT INTO review (thing, next, leaf) SELECT id, '2000-01-01',"
	    " state_leaf FROM record WHERE class = 'talk';",
	    talk);
	/* no day that nobody set, */
	stops("review", "UPDATE review SET next = '2999-01-01';", file);
	stops("review", "DELETE FROM review;", file);
	/* and with the log a review is no reason to destroy. */
	hh_verdict_is(w.v, talk, "review");
	hh_verdict_is(w.v, file, "");
	assert_int_equal(hh_run(w.v), 0);
}

/* Rows of a record as if a page from before it was stored had been put back;
 * then no run may destroy anything. */
static void
lose(bool record, const struct hrv_id *id, const struct version_row *ver)
{
	struct buf hex = BUF_INIT;
	struct hrv_doc *doc = NULL;
	char sql[256];

	enc_hex(&hex, id->b, ID_BYTES);
	tamper(w.v, "CREATE TABLE kept_version AS SELECT * FROM version;"
		    "CREATE TABLE kept_record AS SELECT * FROM record;");
	snprintf(sql, sizeof(sql), "DELETE FROM version WHERE record = x'%s';",
	    buf_str(&hex));
	tamper(w.v, sql);
	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE id = x'%s';",
	    buf_str(&hex));
	if (record)
		tamper(w.v, sql);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	assert_true(key_there(ver->dek));
	tamper(w.v, "DELETE FROM version; DELETE FROM record;"
		    "INSERT INTO version SELECT * FROM kept_version;"
		    "INSERT INTO record SELECT * FROM kept_record;"
		    "DROP TABLE kept_version; DROP TABLE kept_record;");
	buf_clear(&hex);
}

/* A key as a change leaves it that was cut off between its two commits. */
static void
orphan(uint8_t dek[DEK_ID_LEN])
{
	struct hrv_id owner;
	struct keys_new_args a = {
		.kek = "kek/general", .owner = &owner, .purpose = WRAP_CONTENT
	};
	struct key *key = NULL;
	uint32_t kek;

	vault_new_id(ID_RECORD, &owner);
	OK_(txn_begin(w.v, err));
	OK_(keys_new(w.v, &a, &key, dek, &kek, err));
	OK_(keystore_commit(w.v->ks, err));
	txn_abort(w.v);
	key_free(key);
}

/* Such a page knows nothing of the key either, which would then belong to
 * nothing and be left out of the keystore once it is old enough. */
static void
a_row_that_is_lost_loses_no_key(void **state)
{
	static const char *const classes[] = { "file", "note" };
	struct version_row ver[2] = { { .header = BUF_INIT },
		{ .header = BUF_INIT } };
	char s[40], other[40], held[2][40], due[40];
	uint8_t young[DEK_ID_LEN], old[DEK_ID_LEN];
	struct hrv_id id[2];
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, other);
	/* A run does not look at the one, and at the other because it is due.
	 */
	for (size_t i = 0; i < 2; i++) {
		hh_record(w.v, s, classes[i], HH_OLD, held[i]);
		(void)hh_hold_record(w.v, held[i], NULL);
		OK_(lookup_record(w.v, held[i], &id[i], err));
		OK_(version_load(w.v, &id[i], 1, &ver[i], err));
	}
	orphan(old);
	(void)hh_days(&w, 35);
	orphan(young);
	hh_record(w.v, other, "note", HH_OLD, due);
	for (size_t i = 0; i < 2; i++) {
		lose(false, &id[i], &ver[i]);
		lose(true, &id[i], &ver[i]);
	}
	assert_true(hh_lives(w.v, due));
	assert_true(key_there(old));
	assert_int_equal(hh_run(w.v), 1);
	/* With the log and the tables at one, what belongs to nothing goes. */
	assert_false(key_there(old));
	assert_true(key_there(young));
	for (size_t i = 0; i < 2; i++) {
		assert_true(key_there(ver[i].dek));
		assert_true(hh_lives(w.v, held[i]));
		version_clear(&ver[i]);
	}
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
		cmocka_unit_test(a_row_that_is_lost_loses_no_key),
		cmocka_unit_test(reviews_are_those_of_the_log),
		cmocka_unit_test(cases_are_those_of_the_log),
		cmocka_unit_test(a_row_orders_no_erasure),
		cmocka_unit_test(a_closed_case_freezes_to_its_day),
		cmocka_unit_test(an_edited_row_does_not_bring_founding_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
