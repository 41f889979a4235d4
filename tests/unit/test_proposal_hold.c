/* SPDX-License-Identifier: ISC */
/*
 * The mechanism, on the release of a hold: who may, in which order, once, and
 * only for exactly what was approved; forged approvals count for nothing.
 */
#include "tests/unit/unit.h"

#include "tests/unit/proposalhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/hold.h"
#include "vault/fold.h"
#include "vault/verify.h"

static struct people w;

static void
place(char out[40])
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	const char *classes[] = { "note", NULL };
	struct hrv_hold_args a = {
		.matter = "M-7", .reason = "a claim", .classes = classes
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_place(v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	hrv_close(v);
}

/* Releases as that member; the newest proposal afterwards goes to *p. */
static int
release(const char *fpr, const char *hold, struct people_newest *p,
    struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_release(v, hold, "it is over", &doc, err);

	*p = people_newest(v);
	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

static void
status_of(const char *hold, char out[16])
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_show(v, hold, &doc, err));
	snprintf(out, 16, "%s", hrv_doc_str(doc, "status"));
	hrv_doc_free(doc);
	hrv_close(v);
}

static void
is_active(const char *hold)
{
	char status[16];

	status_of(hold, status);
	assert_string_equal(status, "active");
}

static void
in_founding_dpo_releases_alone_and_hr_only_asks(void **state)
{
	struct people_newest p;
	struct hrv_err e = { 0 };
	char hold[40], status[16];
	(void)state;

	place(hold);
	assert_int_equal(release(w.hr, hold, &p, &e), HRV_ECONFIRM);
	assert_non_null(strstr(e.msg, p.id));
	assert_string_equal(p.kind, "hold.request");
	is_active(hold);
	/* Asking again finds the same request. */
	assert_int_equal(release(w.hr, hold, &p, &e), HRV_ECONFIRM);
	assert_int_equal(p.n, 1);
	FAILS(people_approve(&w, w.h.founder, p.id, err), HRV_EREFUSED);
	FAILS(release(w.purge, hold, &p, err), HRV_EREFUSED);
	is_active(hold);
	OK_(release(w.h.founder, hold, &p, err));
	assert_string_equal(p.status, "done");
	status_of(hold, status);
	assert_string_equal(status, "cooling");
	FAILS(release(w.h.founder, hold, &p, err), HRV_EREFUSED);
	people_end_founding(&w);
}

static void
it_takes_an_approval_of_somebody_else_and_uses_it_once(void **state)
{
	struct people_newest p, q;
	struct hrv_err e = { 0 };
	char hold[40], other[40];
	(void)state;

	place(hold);
	place(other);
	assert_int_equal(release(w.h.founder, hold, &p, &e), HRV_ECONFIRM);
	assert_string_equal(e.name, "approval");
	assert_non_null(strstr(e.msg, p.id));
	assert_non_null(strstr(e.hint, p.id));
	assert_string_equal(p.kind, "hold.release");
	/* Repeating without approval finds the same one. */
	assert_int_equal(release(w.h.founder, hold, &q, &e), HRV_ECONFIRM);
	assert_string_equal(q.id, p.id);
	assert_int_equal(
	    people_approve(&w, w.h.founder, p.id, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "self-approval");
	FAILS(people_approve(&w, w.hr, p.id, err), HRV_EREFUSED);
	FAILS(people_approve(&w, w.purge, p.id, err), HRV_EREFUSED);
	is_active(hold);
	OK_(people_approve(&w, w.legal, p.id, err));
	/* Approving only approves; twice is once. */
	is_active(hold);
	FAILS(people_approve(&w, w.legal, p.id, err), HRV_EREFUSED);
	/* Nobody else can use it, and it is for this hold alone. */
	assert_int_equal(release(w.legal, hold, &q, &e), HRV_ECONFIRM);
	assert_string_not_equal(q.id, p.id);
	assert_int_equal(release(w.h.founder, other, &q, &e), HRV_ECONFIRM);
	assert_string_not_equal(q.id, p.id);
	OK_(release(w.h.founder, hold, &q, err));
	FAILS(release(w.h.founder, hold, &q, err), HRV_EREFUSED);
	is_active(other);
}

static void
amend(const char *hold, const char *review)
{
	struct hrv_vault *v = people_open(&w, w.legal);
	const char *classes[] = { "payslip", NULL };
	struct hrv_hold_args a = { .reason = "the claim grew",
		.classes = review == NULL ? classes : NULL,
		.review = review };
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_amend(v, hold, &a, &doc, err));
	hrv_doc_free(doc);
	hrv_close(v);
}

/* What an amendment added, nobody has agreed to set free. */
static void
an_approval_is_for_what_the_hold_covered_then(void **state)
{
	struct people_newest p, q;
	struct hrv_err e = { 0 };
	char hold[40];
	(void)state;

	place(hold);
	FAILS(release(w.h.founder, hold, &p, err), HRV_ECONFIRM);
	OK_(people_approve(&w, w.legal, p.id, err));
	amend(hold, NULL);
	assert_int_equal(release(w.h.founder, hold, &q, &e), HRV_ECONFIRM);
	assert_string_equal(e.name, "approval");
	assert_string_not_equal(q.id, p.id);
	is_active(hold);
	/* Nor is one that is given now for what was proposed before. */
	amend(hold, NULL);
	OK_(people_approve(&w, w.legal, q.id, err));
	FAILS(release(w.h.founder, hold, &p, err), HRV_ECONFIRM);
	is_active(hold);
	/* Another day of review sets nothing more free. */
	OK_(people_approve(&w, w.legal, p.id, err));
	amend(hold, "2027-06-01");
	OK_(release(w.h.founder, hold, &q, err));
}

static void
a_rejected_or_lapsed_proposal_is_of_no_use(void **state)
{
	struct people_newest p, q;
	struct hrv_doc *doc = NULL;
	struct hrv_vault *v;
	char hold[40];
	(void)state;

	place(hold);
	FAILS(release(w.legal, hold, &p, err), HRV_ECONFIRM);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	v = people_open(&w, w.hr);
	FAILS(hrv_proposal_reject(v, p.id, "no", &doc, err), HRV_EREFUSED);
	hrv_close(v);
	v = people_open(&w, w.h.founder);
	OK_(hrv_proposal_reject(v, p.id, "on second thought", &doc, err));
	hrv_doc_free(doc);
	doc = NULL;
	FAILS(hrv_proposal_reject(v, p.id, "again", &doc, err), HRV_EREFUSED);
	hrv_close(v);
	FAILS(release(w.legal, hold, &q, err), HRV_ECONFIRM);
	assert_string_not_equal(q.id, p.id);
	FAILS(people_approve(&w, w.h.founder, p.id, err), HRV_EREFUSED);
	OK_(people_approve(&w, w.h.founder, q.id, err));
	/* On its last day it counts, on the day after it does not. */
	w.h.now += 15 * DAY;
	FAILS(release(w.legal, hold, &p, err), HRV_ECONFIRM);
	assert_string_not_equal(q.id, p.id);
	FAILS(people_approve(&w, w.h.founder, q.id, err), HRV_EREFUSED);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	w.h.now += 14 * DAY;
	OK_(release(w.legal, hold, &q, err));
}

/* Somebody with the database's key and another program. */
static void
forged_approvals_count_for_nothing(void **state)
{
	struct people_newest p, q;
	struct hrv_err e = { 0 };
	struct hrv_vault *v;
	char hold[40];
	(void)state;

	place(hold);
	FAILS(release(w.h.founder, hold, &p, err), HRV_ECONFIRM);
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET status = 'approved', approver ="
		  " (SELECT approver FROM proposal WHERE approver IS NOT NULL"
		  " AND approver <> proposer LIMIT 1), signature ="
		  " (SELECT signature FROM proposal WHERE signature IS NOT"
		  " NULL LIMIT 1) WHERE status = 'open';");
	hrv_close(v);
	assert_int_equal(release(w.h.founder, hold, &q, &e), HRV_EINTEGRITY);
	is_active(hold);
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET status = 'open', approver = NULL,"
		  " signature = NULL WHERE status = 'approved';");
	hrv_close(v);
	/* A payload that was changed is not shown and not approved. */
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET payload = replace(payload,"
		  " '\"kind\"', '\"kinX\"') WHERE status = 'open';");
	hrv_close(v);
	FAILS(people_approve(&w, w.legal, p.id, err), HRV_EINTEGRITY);
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET payload = replace(payload,"
		  " '\"kinX\"', '\"kind\"') WHERE status = 'open';");
	hrv_close(v);
}

static void
a_used_approval_cannot_be_brought_back(void **state)
{
	struct people_newest p, q;
	struct hrv_err e = { 0 };
	struct hrv_vault *v;
	char hold[40];
	(void)state;

	place(hold);
	FAILS(release(w.h.founder, hold, &p, err), HRV_ECONFIRM);
	OK_(people_approve(&w, w.legal, p.id, err));
	OK_(release(w.h.founder, hold, &q, err));
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET status = 'approved' WHERE status ="
		  " 'done' AND kind = 'hold.release';"
		  "UPDATE hold SET status = 'active';");
	hrv_close(v);
	assert_int_equal(release(w.h.founder, hold, &q, &e), HRV_EINTEGRITY);
	v = people_open(&w, w.h.founder);
	tamper(v, "UPDATE proposal SET status = 'done' WHERE status ="
		  " 'approved'; UPDATE hold SET status = 'cooling' WHERE"
		  " free_from IS NOT NULL;");
	hrv_close(v);
}

static void
showing_one_says_what_happens_and_writes_nothing(void **state)
{
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *effects;
	struct hrv_vault *v;
	char hold[40];
	int64_t before;
	(void)state;

	place(hold);
	FAILS(release(w.h.founder, hold, &p, err), HRV_ECONFIRM);
	v = people_open(&w, w.clerk);
	OK_(txn_begin(v, err));
	before = (int64_t)v->frontier.size;
	txn_abort(v);
	OK_(hrv_proposal_show(v, p.id, &doc, err));
	effects = hrv_doc_get(doc, "effects");
	assert_int_equal(hrv_doc_len(effects), 2);
	assert_non_null(strstr(hrv_doc_text(hrv_doc_at(effects, 0)), hold));
	assert_non_null(strstr(hrv_doc_text(hrv_doc_at(effects, 1)), "scope "));
	assert_string_equal(
	    hrv_doc_str(hrv_doc_get(doc, "what"), "hold"), hold);
	hrv_doc_free(doc);
	OK_(txn_begin(v, err));
	assert_int_equal((int64_t)v->frontier.size, before);
	txn_abort(v);
	hrv_close(v);
}

/* All that these tests logged is a log that verifies and folds. */
static void
the_log_of_all_this_verifies(void **state)
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	struct verify_args a = { 0 };
	struct verify_report r = { 0 };
	struct buf text = BUF_INIT;
	(void)state;

	OK_(verify_log(v, &a, &r, err));
	if (!r.ok) {
		verify_problem_text(&r.problems[0], &text);
		fail_msg("%s", buf_str(&text));
	}
	verify_report_clear(&r);
	buf_clear(&text);
	hrv_close(v);
}

static int
set_up(void **state)
{
	(void)state;
	people_init(&w);
	return 0;
}

static int
tear_down(void **state)
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
		    in_founding_dpo_releases_alone_and_hr_only_asks),
		cmocka_unit_test(
		    it_takes_an_approval_of_somebody_else_and_uses_it_once),
		cmocka_unit_test(an_approval_is_for_what_the_hold_covered_then),
		cmocka_unit_test(a_rejected_or_lapsed_proposal_is_of_no_use),
		cmocka_unit_test(forged_approvals_count_for_nothing),
		cmocka_unit_test(a_used_approval_cannot_be_brought_back),
		cmocka_unit_test(
		    showing_one_says_what_happens_and_writes_nothing),
		cmocka_unit_test(the_log_of_all_this_verifies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
