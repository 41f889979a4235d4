/* SPDX-License-Identifier: ISC */
/*
 * No change by one person takes a record out of a hold that asks a query: one
 * test for each way in which a fact changes that a query may ask.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"

#include "hrvault/rights.h"

static struct holdhome w;

static void
place(const char *query, char hold[40])
{
	struct hrv_hold_args a = { .query = query };

	(void)hh_place(w.v, a, hold);
}

static void
amend_by_name(const char *hold, const char *record)
{
	const char *list[] = { record, NULL };
	struct hrv_hold_args a = { .reason = "by name", .records = list };
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_amend(w.v, hold, &a, &doc, err));
	hrv_doc_free(doc);
}

/* A refusal, by its name; "" for none. */
static void
said(int rc, struct hrv_doc *doc, const struct hrv_err *err, const char *want)
{
	hrv_doc_free(doc);
	assert_string_equal(rc == HRV_OK ? "" : err->name, want);
	assert_int_equal(rc, want[0] == '\0' ? HRV_OK : HRV_EREFUSED);
}

static void
dated(const char *who, const char *name, const char *day, const char *want)
{
	struct hrv_subject_event_args a = {
		.who = who, .name = name, .date = day
	};
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc = hrv_subject_event(w.v, &a, &doc, &e);

	said(rc, doc, &e, want);
}

static void
kind_becomes(const char *who, const char *kind, const char *want)
{
	struct hrv_subject_update_args a = {
		.who = who, .reason = "a mistake", .kind = kind
	};
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc = hrv_subject_update(w.v, &a, &doc, &e);

	said(rc, doc, &e, want);
}

static void
a_candidate_stays_one_under_a_hold_of_candidates(void **state)
{
	struct hrv_subject_add_args a = { .kind = "candidate" };
	struct hrv_doc *doc = NULL;
	char s[40], hold[40];
	const char *who[] = { s, NULL };
	struct hrv_hold_args more = { .reason = "by name", .subjects = who };
	(void)state;

	a.fields.name = "Bo Lund";
	OK_(hrv_subject_add(w.v, &a, &doc, err));
	snprintf(s, sizeof(s), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	place("kind = candidate", hold);
	dated(s, "hired", "2024-01-01", "held");
	kind_becomes(s, "employee", "held");
	/* Another fact of the same person changes nothing for the hold. */
	dated(s, "applied", "2024-01-01", "");
	OK_(hrv_hold_amend(w.v, hold, &more, &doc, err));
	hrv_doc_free(doc);
	dated(s, "hired", "2024-01-01", "");
	OK_(hrv_subject_show(w.v, s, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "kind"), "employee");
	assert_true(hrv_doc_true(doc, "protected"));
	hrv_doc_free(doc);
}

static void
a_first_day_ends_no_hold(void **state)
{
	char s[40], r[40], hold[40];
	struct hrv_err e = { 0 };
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, r);
	place("class = file and subject.ended < 2020-01-01", hold);
	dated(s, "ended", "2024-05-01", "held");
	dated(s, "ended", "2019-05-01", "");
	assert_int_equal(hh_release(w.v, hold, &e), HRV_OK);
	/* Cooling off protects as well. */
	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, r);
	dated(s, "ended", "2024-05-01", "cooling-off");
}

static void
an_event_of_a_record_ends_no_hold(void **state)
{
	struct hrv_record_event late = { "closed", { 2024, 1, 1 } };
	struct hrv_record_event early = { "closed", { 2019, 1, 1 } };
	char s[40], r[40], hold[40];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "memo", HH_OLD, r);
	place("class = memo and record.closed < 2020-01-01", hold);
	rc = hrv_record_event(w.v, r, &late, false, &doc, &e);
	said(rc, doc, &e, "held");
	assert_non_null(strstr(e.msg, hold)); /* to a dpo */
	assert_non_null(strstr(e.hint, r));
	doc = NULL;
	OK_(hrv_record_event(w.v, r, &early, false, &doc, err));
	hrv_doc_free(doc);
}

static void
a_link_ends_no_hold(void **state)
{
	char s[40], witness[40], other[40], r[40], hold[40], query[96];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;
	struct hrv_vault *hr;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, witness);
	hh_subject(w.v, other);
	hh_record(w.v, s, "both", HH_OLD, r);
	snprintf(
	    query, sizeof(query), "class = both and linked != %s", witness);
	place(query, hold);
	hr = people_open(&w.p, w.p.hr);
	rc = hrv_record_link(hr, r, witness, "witness", &doc, &e);
	said(rc, doc, &e, "held");
	assert_null(strstr(e.msg, hold)); /* not to hr */
	assert_null(strstr(e.hint, hold));
	doc = NULL;
	OK_(hrv_record_link(hr, r, other, "witness", &doc, err));
	hrv_doc_free(doc);
	hrv_close(hr);
}

static void
a_restriction_ends_no_hold_and_nor_does_lifting_it(void **state)
{
	char s[40], t[40], r[40], hold[40], day[HRV_DATE_TEXT];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;
	struct hrv_date d;
	(void)state;

	assert_true(hrv_date_from_days((int32_t)(w.p.h.now / DAY), &d));
	hrv_date_format(d, day);
	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", HH_OLD, r);
	OK_(hrv_subject_restrict(w.v, s, "accuracy", &doc, err));
	hrv_doc_free(doc);
	place("class = talk and restricted = accuracy", hold);
	doc = NULL;
	rc = hrv_subject_lift(w.v, s, NULL, "settled", day, &doc, &e);
	said(rc, doc, &e, "held");
	amend_by_name(hold, r);
	doc = NULL;
	OK_(hrv_subject_lift(w.v, s, NULL, "settled", day, &doc, err));
	hrv_doc_free(doc);
	hh_verdict_is(w.v, r, "hold");
	hh_subject(w.v, t);
	hh_record(w.v, t, "talk", HH_OLD, r);
	place("class = talk and restricted = none", hold);
	doc = NULL;
	rc = hrv_subject_restrict(w.v, t, "accuracy", &doc, &e);
	said(rc, doc, &e, "held");
}

static void
an_objection_is_open_to_whoever_is_held(void **state)
{
	char s[40], r[40], hold[40], day[HRV_DATE_TEXT];
	struct hrv_case_open_args a = {
		.subject = s, .right = "objection", .received = day
	};
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	struct hrv_vault *hr;
	struct hrv_date d;
	(void)state;

	assert_true(hrv_date_from_days((int32_t)(w.p.h.now / DAY), &d));
	hrv_date_format(d, day);
	hh_law(w.v);
	hh_subject(w.v, s);
	hh_record(w.v, s, "talk", HH_OLD, r);
	place("class = talk and restricted = none", hold);
	hr = people_open(&w.p, w.p.hr);
	OK_(hrv_case_open(hr, &a, &doc, err));
	hrv_doc_free(doc);
	hrv_close(hr);
	OK_(hrv_subject_show(w.v, s, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "restricted"), "objection");
	hrv_doc_free(doc);
	hh_verdict_is(w.v, r, "hold");
	/* Legal, who lets go of the one, has not let go of what was held. */
	assert_int_equal(hh_release(w.v, hold, &e), HRV_OK);
	hh_verdict_is(w.v, r, "hold");
}

static void
a_merge_brings_no_fact_that_ends_a_hold(void **state)
{
	char s[40], twin[40], r[40], hold[40];
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, twin);
	hh_record(w.v, s, "both", HH_OLD, r);
	dated(twin, "ended", "2024-05-01", "");
	place("class = both and subject.ended < 2020-01-01", hold);
	rc = hrv_subject_merge(w.v, twin, s, &doc, &e);
	said(rc, doc, &e, "held");
	amend_by_name(hold, r);
	doc = NULL;
	OK_(hrv_subject_merge(w.v, twin, s, &doc, err));
	hrv_doc_free(doc);
}

static void
consents(const char *who, const char *given, const char *withdrawn, bool waits)
{
	struct hrv_consent_args a = { .who = who,
		.purpose = "administration",
		.text_version = "1",
		.given = given,
		.withdrawn = withdrawn };
	struct hrv_doc *doc = NULL;

	OK_(hrv_subject_consent(w.v, &a, &doc, err));
	assert_int_equal(hrv_doc_true(doc, "waits"), waits);
	hrv_doc_free(doc);
}

/* Art. 7(3) and the hold: it counts at once, and its event waits. */
static void
a_withdrawal_counts_and_ends_no_hold(void **state)
{
	char s[40], r[40], hold[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "note", HH_OLD, r);
	consents(s, "2020-01-01", NULL, false);
	place("class = note and subject.consent_withdrawn < 2020-01-01", hold);
	consents(s, NULL, "2024-01-01", true);
	consents(s, NULL, "2024-01-01", true);
	hh_verdict_is(w.v, r, "hold");
	amend_by_name(hold, r);
	consents(s, NULL, "2024-01-01", false);
	hh_verdict_is(w.v, r, "hold");
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
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
		cmocka_unit_test(
		    a_candidate_stays_one_under_a_hold_of_candidates),
		cmocka_unit_test(an_event_of_a_record_ends_no_hold),
		cmocka_unit_test(a_link_ends_no_hold),
		cmocka_unit_test(
		    a_restriction_ends_no_hold_and_nor_does_lifting_it),
		cmocka_unit_test(a_withdrawal_counts_and_ends_no_hold),
		cmocka_unit_test(an_objection_is_open_to_whoever_is_held),
		cmocka_unit_test(a_first_day_ends_no_hold),
		cmocka_unit_test(a_merge_brings_no_fact_that_ends_a_hold),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
