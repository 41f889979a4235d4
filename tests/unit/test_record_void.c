/* SPDX-License-Identifier: ISC */
/*
 * A record that should never have been stored: destroyed through the purge,
 * by two people, never against a hold; keys that a move left over go along.
 */
#include "tests/unit/unit.h"

#include "tests/unit/proposalhome.h"
#include "tests/unit/recordhome.h"

#include "hrvault/hold.h"
#include "hrvault/purge.h"
#include "hrvault/record.h"
#include "vault/keys.h"
#include "vault/log/append.h"
#include "vault/purge.h"
#include "vault/store/keystore.h"
#include "vault/verify.h"
#include "vault/version.h"

static struct people w;
static struct hrv_id subject, other;

static void
store(const char *class_name, char out[40], struct hrv_id *ret)
{
	struct hrv_vault *v = people_open(&w, w.h.founder);

	recordhome_record(v, &subject, class_name, "the wrong marmot", ret);
	id_format(ret, out);
	hrv_close(v);
}

static uint64_t
log_size(struct hrv_vault *v)
{
	struct tree_frontier f;

	OK_(log_frontier(v->db, &f, err));
	return f.size;
}

static bool
key_there(struct hrv_vault *v, const uint8_t dek[DEK_ID_LEN])
{
	struct keystore_dek row;
	struct hrv_err ignored;

	OK_(keys_open(v, err));
	return keystore_get(v->ks, dek, &row, &ignored) == HRV_OK;
}

/* What the vault has of a record: status, state, generation, whether its key
 * is there. */
struct seen {
	struct record_row rec;
	uint8_t dek[DEK_ID_LEN];
	bool key;
	uint32_t gen;
	uint64_t log;
};

static struct seen
look(const struct hrv_id *id)
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	struct version_row ver = { .header = BUF_INIT };
	struct seen s;

	memset(&s, 0, sizeof(s));
	OK_(record_load(v, id, &s.rec, err));
	OK_(version_load(v, id, 1, &ver, err));
	memcpy(s.dek, ver.dek, DEK_ID_LEN);
	version_clear(&ver);
	s.key = key_there(v, s.dek);
	s.gen = v->gen;
	s.log = log_size(v);
	hrv_close(v);
	return s;
}

static void
is_untouched(const struct hrv_id *id, const struct seen *before, uint64_t more)
{
	struct seen now = look(id);

	assert_false(now.rec.purged);
	assert_memory_equal(now.rec.state, before->rec.state, 32);
	assert_true(now.key);
	assert_int_equal(now.gen, before->gen);
	assert_int_equal(now.log, before->log + more);
}

/* Voids as that member; the newest proposal goes to *p (may be NULL). */
static int
void_it(const char *fpr, const char *record, struct people_newest *p,
    struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_void(v, record, "it belongs to nobody", &doc, err);

	if (rc == HRV_OK) {
		assert_int_equal(hrv_doc_int(doc, "destroyed", 0), 1);
		assert_true(hrv_doc_true(doc, "finished"));
		assert_non_null(hrv_doc_str(doc, "certificate"));
	}
	if (p != NULL)
		*p = people_newest(v);
	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

static void
log_verifies(struct hrv_vault *v)
{
	struct verify_report report = { 0 };
	struct verify_args a = { 0 };

	OK_(verify_log(v, &a, &report, err));
	assert_true(report.ok);
	verify_report_clear(&report);
}

/* Gone: key, header, and a certificate that says by which rule. */
static void
is_void(const struct hrv_id *id, const struct seen *before)
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	struct record_row rec;
	struct subject_row s;
	struct hrv_doc *doc = NULL;
	struct hrv_id run = { .kind = ID_RUN };
	struct stmt *st;
	char text[ID_TEXT_SIZE];

	OK_(record_load(v, id, &rec, err));
	assert_true(rec.purged);
	assert_false(key_there(v, before->dek));
	assert_int_equal(v->gen, before->gen + 1);
	OK_(subject_load(v, &rec.subject, &s, err));
	assert_false(s.gone);
	OK_(db_stmt(v->db, SQL_TOMBSTONE_GET, &st, err));
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	OK_(db_step_one(st, err));
	OK_(db_col_fixed(st, 3, run.b, ID_BYTES, err));
	assert_string_equal(db_col_text(st, 5), "void");
	db_reset(st);
	id_format(&run, text);
	OK_(hrv_purge_show(v, text, &doc, err));
	assert_non_null(strstr(hrv_doc_str(doc, "json"), "\"rule\": \"void\""));
	assert_non_null(strstr(hrv_doc_str(doc, "text"), "filed in error"));
	hrv_doc_free(doc);
	log_verifies(v);
	hrv_close(v);
}

static void
hold_it(const char *record, char hold[40])
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	const char *records[] = { record, NULL };
	struct hrv_hold_args a = {
		.matter = "M-4", .reason = "a claim", .records = records
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_place(v, &a, &doc, err));
	snprintf(hold, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	hrv_close(v);
}

static void
in_founding_one_member_voids_what_nothing_protects(void **state)
{
	struct hrv_err e = { 0 };
	struct hrv_id held, r;
	struct hrv_doc *doc = NULL;
	struct hrv_vault *v;
	struct seen before;
	char rid[40], hid[40], hold[40];
	(void)state;

	store("note", hid, &held);
	store("note", rid, &r);
	hold_it(hid, hold);
	before = look(&held);
	assert_int_equal(void_it(w.h.founder, hid, NULL, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "held");
	is_untouched(&held, &before, 2); /* a session and one refusal */
	v = people_open(&w, w.h.founder);
	OK_(hrv_hold_release(v, hold, "it is over", &doc, err));
	hrv_doc_free(doc);
	hrv_close(v);
	before = look(&held);
	assert_int_equal(void_it(w.h.founder, hid, NULL, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "cooling-off");
	is_untouched(&held, &before, 2);

	before = look(&r);
	FAILS(void_it(w.purge, rid, NULL, err), HRV_EREFUSED);
	is_untouched(&r, &before, 2);
	OK_(void_it(w.h.founder, rid, NULL, err));
	is_void(&r, &before);
	FAILS(void_it(w.h.founder, rid, NULL, err), HRV_EPURGED);
}

static void
it_takes_the_approval_of_somebody_else(void **state)
{
	struct people_newest p, q;
	struct hrv_err e = { 0 };
	struct hrv_id r;
	struct seen before;
	char rid[40], hold[40];
	(void)state;

	people_end_founding(&w);
	store("payslip", rid, &r);
	before = look(&r);
	assert_int_equal(void_it(w.hr, rid, &p, &e), HRV_ECONFIRM);
	assert_string_equal(e.name, "approval");
	assert_string_equal(p.kind, "record.void");
	is_untouched(&r, &before, 2);
	FAILS(people_approve(&w, w.hr, p.id, err), HRV_EREFUSED);
	FAILS(people_approve(&w, w.clerk, p.id, err), HRV_EREFUSED);
	FAILS(people_approve(&w, w.legal, p.id, err), HRV_EREFUSED);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	/* Nobody else's, and an approval is no way round a hold. */
	assert_int_equal(void_it(w.clerk, rid, &q, &e), HRV_ECONFIRM);
	assert_string_not_equal(p.id, q.id);
	hold_it(rid, hold);
	before = look(&r);
	assert_int_equal(void_it(w.hr, rid, NULL, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "held");
	is_untouched(&r, &before, 2);

	store("payslip", rid, &r);
	FAILS(void_it(w.hr, rid, &p, err), HRV_ECONFIRM);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	before = look(&r);
	OK_(void_it(w.hr, rid, &q, err));
	is_void(&r, &before);
	assert_string_equal(q.id, p.id);
	assert_string_equal(q.status, "done");
}

/* What was approved is this record as it was. */
static void
a_record_that_changed_needs_a_new_approval(void **state)
{
	struct people_newest p, q;
	struct hrv_id r;
	struct seen before;
	struct hrv_vault *v;
	struct hrv_record_move_args move = { .reason = "not even hers" };
	struct hrv_doc *doc = NULL;
	char rid[40], sid[40];
	(void)state;

	store("note", rid, &r);
	FAILS(void_it(w.hr, rid, &p, err), HRV_ECONFIRM);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	v = people_open(&w, w.hr);
	id_format(&other, sid);
	before = look(&r);
	move.record = rid;
	move.subject = sid;
	OK_(hrv_record_move(v, &move, &doc, err));
	hrv_doc_free(doc);
	hrv_close(v);
	FAILS(void_it(w.hr, rid, &q, err), HRV_ECONFIRM);
	assert_string_not_equal(p.id, q.id);
	OK_(people_approve(&w, w.h.founder, q.id, err));
	v = people_open(&w, w.h.founder);
	assert_true(key_there(v, before.dek));
	hrv_close(v);
	OK_(void_it(w.hr, rid, &q, err));
	/* The key from before the move is gone as well, young as it is. */
	is_void(&r, &before);
}

/* The inner step itself, as if the checks before it had been left out. */
struct forced {
	struct survey s;
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
	const char *approval;
};

static int
force(struct hrv_vault *v, void *ctx, struct hrv_err *err)
{
	struct forced *f = ctx;
	struct destroy_item item = { .record = f->s.list[0].record,
		.n = f->s.list[0].n,
		.reason = DESTROY_VOID,
		.approval = f->approval };
	struct destroy_args a = { .run = &f->run,
		.judge = &f->s.judge,
		.items = &item,
		.n = 1,
		.intent = &f->intent };

	return destroy_commit(v, &a, &f->result, err);
}

static void
is_spared(const struct hrv_id *id, const char *approval)
{
	struct hrv_vault *v = people_open(&w, w.hr);
	struct forced f = { .approval = approval };
	struct purge_commit_args a = { .survey = &f.s,
		.run = &f.run,
		.intent = &f.intent,
		.destroy = force,
		.ctx = &f,
		.result = &f.result };
	struct seen before = look(id);

	vault_new_id(ID_RUN, &f.run);
	OK_(survey_make_record(v, id, &f.s, err));
	OK_(purge_announce(v, &f.s, &f.run, NULL, &f.intent, err));
	OK_(purge_commit(v, &a, err));
	assert_int_equal(f.result.versions, 0);
	assert_int_equal(json_array_size(f.result.spared), 1);
	destroy_clear(&f.result);
	survey_clear(&f.s);
	hrv_close(v);
	is_untouched(id, &before, 3); /* session, intent, its outcome */
}

static void
the_last_step_lets_nothing_pass_either(void **state)
{
	struct hrv_id r;
	char rid[40], hold[40];
	(void)state;

	store("note", rid, &r);
	is_spared(&r, NULL);
	hold_it(rid, hold);
	is_spared(&r, "P-01ABCDEFGHJKMNPQRSTVWXYZ01");
}

static int
setup(void **state)
{
	struct hrv_vault *v;

	(void)state;
	people_init(&w);
	v = people_open(&w, w.h.founder);
	recordhome_subject(v, "employee", NULL, &subject);
	recordhome_subject(v, "employee", NULL, &other);
	hrv_close(v);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	people_clear(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    in_founding_one_member_voids_what_nothing_protects),
		cmocka_unit_test(it_takes_the_approval_of_somebody_else),
		cmocka_unit_test(a_record_that_changed_needs_a_new_approval),
		cmocka_unit_test(the_last_step_lets_nothing_pass_either),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
