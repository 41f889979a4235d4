/* SPDX-License-Identifier: ISC */
/*
 * Copies of a case open with the key of casework alone and the records they
 * were made from do not; a copy opens in its own place only; copies die with
 * the case.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/status.h"
#include "vault/case_copy.h"
#include "vault/crypto/wrap.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"
#include "vault/unseal.h"

static struct holdhome w;

static int
file_of(const char *text)
{
	int to[2];

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(
	    write(to[1], text, strlen(text)), (ssize_t)strlen(text));
	(void)close(to[1]);
	return to[0];
}

static void
redact(const char *kase, const char *record, const char *with)
{
	struct hrv_record_source file = { NULL, file_of(with) };
	struct hrv_case_redact_args a = { .which = kase,
		.record = record,
		.replacement = &file,
		.code = "S2P3-16",
		.reason = "somebody else" };
	struct hrv_doc *doc = NULL;

	OK_(hrv_case_redact(w.v, &a, &doc, err));
	hrv_doc_free(doc);
	(void)close(file.fd);
}

static void
collect(const char *kase)
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_case_collect(w.v, kase, NULL, NULL, &doc, err));
	hrv_doc_free(doc);
}

/* A receipt for a case and a record. */
static struct receipt *
receipt(const struct hrv_id *kase, const struct hrv_id *record)
{
	struct entry e = ENTRY("case.show");
	struct manifest m = { 0 };
	struct receipt *r = NULL;

	e.kase = kase;
	OK_(manifest_add(&m, kase, NULL, err));
	OK_(manifest_add(&m, record, NULL, err));
	OK_(receipt_open(w.v, &e, &m, &r, err));
	return r;
}

static int
take(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	buf_add(ctx, data, len);
	return buf_ok(ctx, err);
}

/* Every key that is left, against the record's own, for every purpose. */
static void
none_opens(const struct version_row *ver, const struct hrv_id *record)
{
	struct wrap_context c = { .kek_version = 1 };
	struct keystore_dek row;
	struct key *dek = NULL;

	OK_(keystore_get(w.v->ks, ver->dek, &row, err));
	memcpy(c.vault_id, w.v->id, sizeof(c.vault_id));
	memcpy(c.dek_id, ver->dek, sizeof(c.dek_id));
	memcpy(c.record_id, record->b, sizeof(c.record_id));
	for (size_t i = 0; i < w.v->ring.n; i++) {
		const struct keyring_entry *e = &w.v->ring.entries[i];

		for (int p = WRAP_CONTENT; p <= WRAP_CASE_COPY; p++) {
			c.kek_name = e->name;
			c.purpose = (enum wrap_purpose)p;
			FAILS(wrap_open(
				  e->key, &c, row.wrapped, WRAP_LEN, &dek, err),
			    HRV_EINTEGRITY);
			c.kek_name = "kek/pay";
			FAILS(wrap_open(
				  e->key, &c, row.wrapped, WRAP_LEN, &dek, err),
			    HRV_EINTEGRITY);
		}
	}
}

static void
copy_opens(const struct receipt *r, const struct case_copy *c, int want)
{
	struct buf text = BUF_INIT_SECRET;
	struct hrv_err err = { 0 };

	assert_int_equal(unseal_copy_body(w.v, r, c, take, &text, &err), want);
	if (want == HRV_OK)
		assert_string_equal(buf_str(&text), "clean");
	buf_clear(&text);
}

static void
the_key_of_casework_opens_the_copy_and_not_the_record(void **state)
{
	char s[40], talk[40], other[40], kase[40], kase2[40];
	struct case_copy c, moved;
	struct version_row ver;
	struct record_row rec;
	struct hrv_id ck, rk, ok, ck2;
	struct receipt *r;
	json_t *header = NULL;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", HH_OLD, talk);
	hh_record(w.v, s, "talk", HH_OLD, other);
	hh_case(&w, s, kase);
	hh_case(&w, s, kase2);
	collect(kase);
	redact(kase, talk, "clean");
	assert_true(id_parse(kase, ID_CASE, &ck));
	assert_true(id_parse(kase2, ID_CASE, &ck2));
	assert_true(id_parse(talk, ID_RECORD, &rk));
	assert_true(id_parse(other, ID_RECORD, &ok));
	OK_(record_load(w.v, &rk, &rec, err));
	OK_(version_load(w.v, &rk, 1, &ver, err));
	OK_(case_copy_load(w.v, &ck, &rk, 1, &c, err));
	r = receipt(&ck, &rk);

	/* From here on a handler who was never given the compartment. */
	keyring_drop(&w.v->ring, "kek/pay.1");
	assert_false(unseal_may(w.v, &rec, &ver));
	FAILS(unseal_header(w.v, r, &rec, &ver, &header, err), HRV_EREFUSED);
	copy_opens(r, &c, HRV_OK);
	none_opens(&ver, &rk);

	/* The row of a copy that names something else's key or place. */
	moved = c;
	memcpy(moved.dek, ver.dek, sizeof(moved.dek));
	copy_opens(r, &moved, HRV_EINTEGRITY);
	moved = c;
	moved.record = ok;
	copy_opens(r, &moved, HRV_EINTEGRITY);
	moved = c;
	moved.n = 2;
	copy_opens(r, &moved, HRV_EINTEGRITY);
	moved = c;
	moved.kase = ck2;
	copy_opens(r, &moved, HRV_EREFUSED);
	receipt_drop(&r);
	r = receipt(&ck2, &rk);
	copy_opens(r, &moved, HRV_EINTEGRITY);
	copy_opens(r, &c, HRV_EREFUSED);
	receipt_drop(&r);
	version_clear(&ver);
	case_copy_clear(&c);
	holdhome_clear(&w);
	holdhome_init(&w);
	hh_law(w.v);
}

static void
whole(bool want)
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_check(w.v, false, &doc, err));
	assert_int_equal(hh_says(doc, "\"ok\":true"), want);
}

static void
an_edited_decision_or_copy_is_found(void **state)
{
	static const char *const damage[] = {
		"UPDATE kase_item SET disposition = 'disclosed', code = NULL;",
		"UPDATE kase_item SET gate = 'signoff';",
		"UPDATE kase_copy SET body_hash = zeroblob(32);",
		"UPDATE kase_copy SET pos = pos + 1 WHERE pack IS NOT NULL;",
		"UPDATE kase_copy SET n = 7 WHERE n = 1;",
		"DELETE FROM kase_copy;",
	};
	char s[40], talk[40], kase[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", HH_OLD, talk);
	hh_case(&w, s, kase);
	collect(kase);
	redact(kase, talk, "clean");
	whole(true);
	tamper(w.v, "CREATE TABLE kept AS SELECT * FROM kase_item;"
		    "CREATE TABLE kept2 AS SELECT * FROM kase_copy;");
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		tamper(w.v, damage[i]);
		whole(false);
		tamper(w.v, "DELETE FROM kase_item; DELETE FROM kase_copy;"
			    "INSERT INTO kase_item SELECT * FROM kept;"
			    "INSERT INTO kase_copy SELECT * FROM kept2;");
	}
	tamper(w.v, "DROP TABLE kept; DROP TABLE kept2;");
	whole(true);
}

/* What a stub tells, and that nobody is left to ask. */
static void
what_was_destroyed_is_told_and_who_is_gone_asks_nothing(void **state)
{
	char s[40], gone[40], kept[40], kase[40], nobody[40];
	struct hrv_case_open_args a = {
		.subject = nobody, .right = "access", .received = "2026-11-20"
	};
	struct hrv_doc *doc = NULL;
	struct hrv_err why;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, nobody);
	hh_record(w.v, s, "note", HH_OLD, gone);
	hh_record(w.v, s, "note", "2026-11-01", kept);
	hh_record(w.v, nobody, "note", HH_OLD, kase);
	assert_int_equal(hh_run(w.v), 2);
	hh_case(&w, s, kase);
	OK_(hrv_case_collect(w.v, kase, NULL, NULL, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 1);
	assert_int_equal(hrv_doc_int(doc, "records", -1), 3);
	hrv_doc_free(doc);
	assert_int_equal(hrv_case_open(w.v, &a, &doc, &why), HRV_EPURGED);
	assert_true(why.hint[0] != '\0');
}

/* A schedule that keeps case files for a month. */
static void
adopt_short_files(void)
{
	static const char file[] =
	    " { id = \"vault.case\"; rules = ( \"casefile\" ); } );"
	    " rules = ( { id = \"casefile\"; cite = \"test\"; at_expiry ="
	    " \"purge\"; keep = { on = \"record.closed\"; plus = \"P1M\"; }; "
	    "},";
	const char *cut = strstr(hh_schedule, " ); rules = (");
	char *text = NULL;

	assert_non_null(cut);
	assert_true(asprintf(&text, "%.*s,%s%s", (int)(cut - hh_schedule),
			hh_schedule, file, cut + strlen(" ); rules = (")) > 0);
	memcpy(strstr(text, "version = \"2\""), "version = \"3\"", 13);
	hh_adopt(w.v, text);
	free(text);
}

static bool
key_is_there(const uint8_t dek[DEK_ID_LEN])
{
	struct keystore_dek row;
	struct hrv_err ignored;
	int rc;

	OK_(keys_open(w.v, err));
	rc = keystore_get(w.v->ks, dek, &row, &ignored);
	assert_true(rc == HRV_OK || rc == HRV_ENOTFOUND);
	return rc == HRV_OK;
}

static void
run_with_something_due(void)
{
	char s[40], due[40];

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, due);
	assert_int_equal(hh_run(w.v), 1);
}

static void
copies_die_with_the_case_and_not_before(void **state)
{
	struct hrv_audit_verify_args all = { .full = true };
	char s[40], talk[40], kase[40];
	struct hrv_doc *doc = NULL;
	struct case_copy first, copy, frozen;
	struct hrv_id ck, rk;
	(void)state;

	adopt_short_files();
	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", "2026-11-01", talk);
	hh_case(&w, s, kase);
	collect(kase);
	assert_true(id_parse(kase, ID_CASE, &ck));
	assert_true(id_parse(talk, ID_RECORD, &rk));
	redact(kase, talk, "clean");
	OK_(case_copy_load(w.v, &ck, &rk, 1, &first, err));
	redact(kase, talk, "cleaner");
	OK_(case_copy_load(w.v, &ck, &rk, 1, &copy, err));
	OK_(case_copy_load(w.v, &ck, &ck, 0, &frozen, err));
	assert_true(memcmp(first.dek, copy.dek, DEK_ID_LEN) != 0);

	/* A run while the case is open takes what was replaced alone. */
	run_with_something_due();
	assert_false(key_is_there(first.dek));
	assert_true(key_is_there(copy.dek));
	assert_true(key_is_there(frozen.dek));

	OK_(hrv_case_refuse(w.v, kase, "withdrawn", "by mail", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_case_close(w.v, kase, &doc, err));
	hrv_doc_free(doc);
	(void)hh_days(&w, 84);
	run_with_something_due();
	assert_true(key_is_there(copy.dek)); /* frozen for 90 days */
	/* By itself, with nothing else due. */
	(void)hh_days(&w, 14);
	assert_false(key_is_there(copy.dek));
	assert_false(key_is_there(frozen.dek));
	FAILS(case_copy_load(w.v, &ck, &rk, 1, &copy, err), HRV_ENOTFOUND);
	assert_true(hh_lives(w.v, talk));
	OK_(hrv_audit_verify(w.v, &all, &doc, err));
	if (!hh_says(doc, "\"ok\":true"))
		fail_msg("the log does not verify");
	case_copy_clear(&first);
	case_copy_clear(&copy);
	case_copy_clear(&frozen);
}

static int
setup(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_law(w.v);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_key_of_casework_opens_the_copy_and_not_the_record),
		cmocka_unit_test(an_edited_decision_or_copy_is_found),
		cmocka_unit_test(
		    what_was_destroyed_is_told_and_who_is_gone_asks_nothing),
		cmocka_unit_test(copies_die_with_the_case_and_not_before),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
