/* SPDX-License-Identifier: ISC */
/*
 * Filed in error: moved to another subject, put into another class. What was
 * sealed for the wrong one does not open any more, and nothing protected
 * moves.
 */
#include "tests/unit/unit.h"

#include "tests/unit/recordhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/hold.h"
#include "hrvault/record.h"
#include "vault/base/enc.h"
#include "vault/keys.h"
#include "vault/log/append.h"
#include "vault/store/keystore.h"
#include "vault/store/db_priv.h"
#include "vault/verify.h"
#include "vault/version.h"

#define TEXT "the marmot was filed under the wrong name"

struct world {
	struct vaulthome h;
	struct hrv_vault *v;
	struct hrv_id wrong, right, candidate, r;
	char rid[ID_TEXT_SIZE], wid[ID_TEXT_SIZE], sid[ID_TEXT_SIZE];
	char cid[ID_TEXT_SIZE];
};

static void
setup(struct world *w)
{
	vaulthome_init(&w->h);
	w->v = vaulthome_open(&w->h);
	recordhome_subject(w->v, "employee", NULL, &w->wrong);
	recordhome_subject(w->v, "employee", NULL, &w->right);
	recordhome_subject(w->v, "candidate", NULL, &w->candidate);
	recordhome_record(w->v, &w->wrong, "payslip", TEXT, &w->r);
	id_format(&w->r, w->rid);
	id_format(&w->wrong, w->wid);
	id_format(&w->right, w->sid);
	id_format(&w->candidate, w->cid);
}

static void
teardown(struct world *w)
{
	hrv_close(w->v);
	vaulthome_clear(&w->h);
}

static int
keep(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	buf_add(ctx, data, len);
	return buf_ok(ctx, err);
}

/* Reads a version; its text is compared, the code returned. */
static int
read_version(struct world *w, uint32_t n, const char *want)
{
	struct buf got = BUF_INIT_SECRET;
	struct hrv_record_read_args a = { .record = w->rid,
		.purpose = "administration",
		.version = n,
		.write = keep,
		.write_ctx = &got };
	struct hrv_doc *doc = NULL;
	struct hrv_err err = { 0 };
	int rc = hrv_record_read(w->v, &a, &doc, &err);

	if (rc == HRV_OK)
		assert_string_equal(buf_str(&got), want);
	hrv_doc_free(doc);
	buf_clear(&got);
	return rc;
}

static int
move(struct world *w, const char *to, struct hrv_err *err)
{
	struct hrv_record_move_args a = {
		.record = w->rid, .subject = to, .reason = "a mix-up of names"
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_move(w->v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

static int
reclassify(struct world *w, const char *class_name, struct hrv_err *err)
{
	struct hrv_record_reclassify_args a = { .record = w->rid,
		.class_name = class_name,
		.reason = "it is no payslip" };
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_reclassify(w->v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

static void
amend(struct world *w, const char *text)
{
	struct hrv_record_amend_args a = { .record = w->rid,
		.reason = "a correction",
		.content = { .fd = -1 } };
	struct hrv_doc *doc = NULL;
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/new", w->h.root);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	a.content.path = path;
	OK_(hrv_record_amend(w->v, &a, &doc, err));
	hrv_doc_free(doc);
}

static uint64_t
log_size(struct world *w)
{
	struct tree_frontier f;

	OK_(log_frontier(w->v->db, &f, err));
	return f.size;
}

/* The newest entry of the log as text. */
static void
last_entry(struct world *w, char out[2048])
{
	struct buf leaf = BUF_INIT, payload = BUF_INIT;

	OK_(log_read(w->v->db, log_size(w) - 1, &leaf, &payload, err));
	snprintf(out, 2048, "%s\n%s", buf_str(&leaf), buf_str(&payload));
	buf_clear(&leaf);
	buf_clear(&payload);
}

static void
log_verifies(struct world *w)
{
	struct verify_report report = { 0 };
	struct verify_args a = { 0 };

	OK_(verify_log(w->v, &a, &report, err));
	assert_true(report.ok);
	verify_report_clear(&report);
}

/* Demands that what fails is refused with that name, by one entry alone, and
 * that the record is the same as before. */
static void
refused(struct world *w, int (*step)(struct world *w, struct hrv_err *err),
    const char *name)
{
	struct record_row before, after;
	uint64_t size = log_size(w);
	struct hrv_err why = { 0 };
	char entry[2048];

	OK_(record_load(w->v, &w->r, &before, err));
	assert_int_equal(step(w, &why), HRV_EREFUSED);
	assert_string_equal(why.name, name);
	assert_int_equal(log_size(w), size + 1);
	last_entry(w, entry);
	assert_non_null(strstr(entry, "refused:"));
	OK_(record_load(w->v, &w->r, &after, err));
	assert_memory_equal(before.state, after.state, 32);
	assert_true(id_equal(&before.subject, &after.subject));
	assert_string_equal(before.class_name, after.class_name);
	assert_int_equal(read_version(w, 1, TEXT), HRV_OK);
}

static int
move_right(struct world *w, struct hrv_err *err)
{
	return move(w, w->sid, err);
}

static int
move_to_candidate(struct world *w, struct hrv_err *err)
{
	return move(w, w->cid, err);
}

static int
make_note(struct world *w, struct hrv_err *err)
{
	return reclassify(w, "note", err);
}

static int
count_rows(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)doc;
	(void)err;
	(*(int *)ctx)++;
	return HRV_OK;
}

static int
records_of(struct world *w, const char *subject)
{
	int n = 0;

	OK_(hrv_record_list(w->v, subject, true, count_rows, &n, err));
	return n;
}

static void
test_a_moved_record_is_whole_and_the_other_persons(void **state)
{
	struct world w;
	struct hrv_record_move_args to = { .reason = "a mix-up" };
	struct hrv_doc *doc = NULL;
	char entry[2048], hash[65];
	struct record_row rec;
	(void)state;

	setup(&w);
	amend(&w, "second thoughts");
	OK_(hrv_record_event(w.v, w.rid,
	    &(struct hrv_record_event){ "closed", { 2026, 11, 1 } }, false,
	    &doc, err));
	hrv_doc_free(doc);
	to.record = w.rid;
	to.subject = w.sid;
	OK_(hrv_record_move(w.v, &to, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "subject"), w.sid);
	snprintf(hash, sizeof(hash), "%s", hrv_doc_str(doc, "sha256"));
	hrv_doc_free(doc);
	OK_(record_load(w.v, &w.r, &rec, err));
	assert_int_equal(rec.state_leaf, log_size(&w) - 1);
	last_entry(&w, entry);
	assert_non_null(strstr(entry, "record.move"));
	assert_non_null(strstr(entry, w.wid));
	assert_null(strstr(entry, hash));
	assert_null(strstr(entry, "mix-up"));
	assert_int_equal(read_version(&w, 1, TEXT), HRV_OK);
	assert_int_equal(read_version(&w, 2, "second thoughts"), HRV_OK);
	assert_int_equal(records_of(&w, w.wid), 0);
	assert_int_equal(records_of(&w, w.sid), 1);
	OK_(hrv_record_show(w.v, w.rid, &doc, err));
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "events")), 1);
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "versions")), 2);
	hrv_doc_free(doc);
	log_verifies(&w);
	FAILS(move(&w, w.sid, err), HRV_EUSAGE);
	teardown(&w);
}

/* The old row put back behind the program's back: the old key is still in the
 * keystore, and opens nothing. */
static void
test_what_was_sealed_for_the_wrong_person_does_not_open(void **state)
{
	struct world w;
	struct version_row old = { .header = BUF_INIT };
	struct keystore_dek row;
	struct buf sql = BUF_INIT;
	(void)state;

	for (int i = 0; i < 2; i++) {
		setup(&w);
		OK_(version_load(w.v, &w.r, 1, &old, err));
		if (i == 0)
			OK_(move_right(&w, err));
		else
			OK_(make_note(&w, err));
		OK_(keys_open(w.v, err));
		OK_(keystore_get(w.v->ks, old.dek, &row, err));
		buf_adds(&sql, "UPDATE version SET dek = x'");
		enc_hex(&sql, old.dek, DEK_ID_LEN);
		buf_adds(&sql, "', header = x'");
		enc_hex(&sql, old.header.data, old.header.len);
		buf_addf(&sql,
		    "', kek = %u, pack = %u, pos = %llu,"
		    " length = %llu WHERE record = x'",
		    old.kek, old.body.pack, (unsigned long long)old.body.offset,
		    (unsigned long long)old.body.len);
		enc_hex(&sql, w.r.b, ID_BYTES);
		buf_adds(&sql, "';");
		tamper(w.v, buf_str(&sql));
		buf_clear(&sql);
		assert_int_equal(read_version(&w, 1, TEXT), HRV_EINTEGRITY);
		version_clear(&old);
		teardown(&w);
	}
}

static void
test_a_reclassified_record_is_under_the_other_key(void **state)
{
	struct world w;
	struct record_row rec;
	char entry[2048];
	(void)state;

	setup(&w);
	OK_(make_note(&w, err));
	last_entry(&w, entry);
	assert_non_null(strstr(entry, "record.reclassify"));
	assert_non_null(strstr(entry, "\"from\":\"payslip\""));
	OK_(record_load(w.v, &w.r, &rec, err));
	assert_string_equal(rec.class_name, "note");
	assert_string_equal(rec.compartment, "general");
	assert_int_equal(read_version(&w, 1, TEXT), HRV_OK);
	log_verifies(&w);
	FAILS(make_note(&w, err), HRV_EUSAGE);
	FAILS(reclassify(&w, "nota", err), HRV_EUSAGE);
	FAILS(reclassify(&w, "vault.case", err), HRV_EUSAGE);
	OK_(move_to_candidate(&w, err));
	assert_int_equal(read_version(&w, 1, TEXT), HRV_OK);
	teardown(&w);
}

static void
test_a_class_is_not_for_everybody(void **state)
{
	struct world w;
	(void)state;

	setup(&w);
	refused(&w, move_to_candidate, "wrong-kind");
	teardown(&w);
}

static void
test_what_a_hold_covers_stays_where_it_is(void **state)
{
	struct world w;
	const char *subjects[] = { w.wid, NULL };
	struct hrv_hold_args a = {
		.matter = "M-9", .reason = "a claim", .subjects = subjects
	};
	struct hrv_doc *doc = NULL;
	char hold[40];
	(void)state;

	setup(&w);
	OK_(hrv_hold_place(w.v, &a, &doc, err));
	snprintf(hold, sizeof(hold), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	refused(&w, move_right, "held");
	refused(&w, make_note, "held");
	/* Released: it may be altered, but not out of the hold's reach. */
	OK_(hrv_hold_release(w.v, hold, "it is over", &doc, err));
	hrv_doc_free(doc);
	refused(&w, move_right, "cooling-off");
	refused(&w, make_note, "cooling-off");
	teardown(&w);
}

static void
test_a_full_disk_moves_nothing(void **state)
{
	struct world w;
	struct record_row rec;
	struct hrv_err why;
	int rc = HRV_EIO;
	(void)state;

	setup(&w);
	for (unsigned n = 1; n < 400 && rc != HRV_OK; n += 7) {
		db_fail_after(w.v->db, n);
		rc = move_right(&w, &why);
		db_fail_after(w.v->db, 0);
		OK_(record_load(w.v, &w.r, &rec, err));
		assert_int_equal(read_version(&w, 1, TEXT), HRV_OK);
		if (!id_equal(&rec.subject, &w.wrong))
			break; /* moved; only the answer was not read */
	}
	assert_false(id_equal(&rec.subject, &w.wrong));
	assert_int_equal(read_version(&w, 1, TEXT), HRV_OK);
	log_verifies(&w);
	teardown(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_moved_record_is_whole_and_the_other_persons),
		cmocka_unit_test(
		    test_what_was_sealed_for_the_wrong_person_does_not_open),
		cmocka_unit_test(
		    test_a_reclassified_record_is_under_the_other_key),
		cmocka_unit_test(test_a_class_is_not_for_everybody),
		cmocka_unit_test(test_what_a_hold_covers_stays_where_it_is),
		cmocka_unit_test(test_a_full_disk_moves_nothing),
	};

	return RUN(tests);
}
