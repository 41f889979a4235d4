/* SPDX-License-Identifier: ISC */
/*
 * What never falls due by itself: a person looks at it, it is asked about
 * again later and never destroyed by that; and people who should not be in the
 * vault go out of turn, by two people, and never against a hold or a case.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"

#include "hrvault/status.h"
#include "vault/version.h"

static struct holdhome w;

/* file: pending until the person left, asked about after 30 days. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"4\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\" ); purge = { notice = \"P0D\"; };"
    " classes = ("
    "  { id = \"file\"; title = \"File\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"after\" );"
    "    special_category = false; },"
    "  { id = \"note\"; title = \"Note\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"year\" );"
    "    special_category = false; } );"
    " rules = ("
    "  { id = \"after\"; cite = \"test\"; at_expiry = \"purge\";"
    "    review_if_pending = \"P30D\";"
    "    keep = { on = \"subject.ended\"; plus = \"P6Y\"; }; },"
    "  { id = \"year\"; cite = \"test\"; at_expiry = \"purge\";"
    "    keep = { on = \"record.created\"; plus = \"P1Y\"; }; } ); };";

/* What orphans says of a record or a subject. */
struct wanted {
	const char *id;
	bool listed;
	bool review;
};

static int
look(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct wanted *x = ctx;
	const char *record = hrv_doc_str(doc, "record");
	const char *subject = hrv_doc_str(doc, "subject");

	(void)err;
	if ((record != NULL && strcmp(record, x->id) == 0) ||
	    (record == NULL && subject != NULL &&
		strcmp(hrv_doc_str(doc, "finding"), "no-record") == 0 &&
		strcmp(subject, x->id) == 0)) {
		x->listed = true;
		x->review = x->review || hrv_doc_true(doc, "review");
	}
	return HRV_OK;
}

static struct wanted
orphan(const char *id)
{
	struct wanted x = { .id = id };

	OK_(hrv_retention_orphans(w.v, look, &x, err));
	return x;
}

/* Whether status and plan call for a look, and at how much. */
static int64_t
asked(void)
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	OK_(hrv_purge_plan(w.v, &doc, err));
	n = (int64_t)hrv_doc_len(hrv_doc_get(doc, "to_review"));
	hrv_doc_free(doc);
	OK_(hrv_status(w.v, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "pending_review", -1), n);
	hrv_doc_free(doc);
	return n;
}

static int
review(struct hrv_vault *v, const char *what, const char *again,
    const char *destroy, struct hrv_err *err)
{
	struct hrv_review_args a = { .what = what,
		.reason = "looked at the file",
		.again = again,
		.destroy = destroy };
	struct hrv_doc *doc = NULL;
	int rc = hrv_retention_review(v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

static void
a_pending_record_is_looked_at_and_never_destroyed(void **state)
{
	char s[40], file[40], note[40];
	(void)state;

	hh_subject(w.v, s);
	hh_record(w.v, s, "file", HH_OLD, file);
	hh_record(w.v, s, "note", "2026-11-01", note);
	assert_true(orphan(file).listed);
	assert_false(orphan(file).review);
	assert_int_equal(asked(), 0);
	assert_int_equal(hh_days(&w, 31), 0);
	assert_true(orphan(file).review);
	assert_int_equal(asked(), 1);
	OK_(review(w.v, file, "P60D", NULL, err));
	assert_int_equal(asked(), 0);
	assert_true(orphan(file).listed);
	assert_false(orphan(file).review);
	assert_int_equal(hh_days(&w, 61), 0);
	assert_int_equal(asked(), 1);
	/* Nothing destroys it, and nothing puts off what has a date. */
	FAILS(review(w.v, file, NULL, "no-record", err), HRV_EUSAGE);
	FAILS(review(w.v, note, NULL, NULL, err), HRV_EREFUSED);
	FAILS(review(w.v, file, "P0D", NULL, err), HRV_EUSAGE);
	FAILS(review(w.v, file, "-P1Y", NULL, err), HRV_EUSAGE);
	assert_true(hh_lives(w.v, file));
	assert_int_equal(hh_logged(w.v, "record.review", "ok", NULL), 1);
	/* The date it waited for takes it off the list. */
	OK_(review(w.v, file, "P1Y", NULL, err));
	assert_int_equal(asked(), 0);
}

static void
child(const char *born, char out[40])
{
	struct hrv_subject_add_args a = { .kind = "employee" };
	struct hrv_subject_update_args u = { .who = out,
		.reason = "true birth date" };
	struct hrv_doc *doc = NULL;

	a.fields.name = "Nguyễn Bé";
	OK_(hrv_subject_add(w.v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	u.fields.born = born;
	OK_(hrv_subject_update(w.v, &u, &doc, err));
	hrv_doc_free(doc);
}

static bool
is_gone(const char *subject)
{
	struct subject_row row;
	struct hrv_id id;

	OK_(lookup_subject(w.v, subject, &id, err));
	OK_(subject_load(w.v, &id, &row, err));
	return row.gone;
}

/* The birth date is corrected. */
static bool
reborn(struct hrv_vault *hr, const char *s, const char *born)
{
	struct hrv_subject_update_args u = { .who = s,
		.reason = "typing error" };
	struct hrv_doc *doc = NULL;
	struct hrv_err err = { 0 };
	int rc;

	u.fields.born = born;
	rc = hrv_subject_update(hr, &u, &doc, &err);
	hrv_doc_free(doc);
	return rc == HRV_OK;
}

static void
a_child_goes_out_of_turn_and_never_when_held(void **state)
{
	char s[40], grown[40], file[40], note[40], hold[40], id[40], kase[40];
	struct hrv_vault *hr = people_open(&w.p, w.p.hr);
	struct hrv_audit_verify_args all = { .full = true };
	struct hrv_doc *doc = NULL;
	(void)state;

	child("2016-05-05", s);
	child("2000-05-05", grown);
	hh_record(w.v, s, "file", "2026-11-01", file);
	hh_record(w.v, s, "note", "2026-11-01", note);
	/* The ground has to be true. */
	FAILS(review(hr, grown, NULL, "under-age", err), HRV_EREFUSED);
	FAILS(review(hr, s, NULL, "no-record", err), HRV_EREFUSED);
	FAILS(review(hr, s, NULL, "whim", err), HRV_EUSAGE);
	(void)hh_hold_record(w.v, note, hold);
	FAILS(review(hr, s, NULL, "under-age", err), HRV_EREFUSED);
	/* Stored, and not used, from the first try on. */
	assert_int_equal(hh_read_for(hr, file, "administration"), HRV_EREFUSED);
	/* A hold that is over protects through its cooling-off. */
	OK_(hh_release(w.v, hold, err));
	FAILS(review(hr, s, NULL, "under-age", err), HRV_EREFUSED);
	assert_int_equal(hh_days(&w, 31), 0);
	hh_case(&w, s, kase);
	FAILS(review(hr, s, NULL, "under-age", err), HRV_EREFUSED);
	OK_(hrv_case_refuse(w.v, kase, "withdrawn", "taken back", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_case_close(w.v, kase, &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(hh_days(&w, 92), 0);
	people_end_founding(&w.p);
	hrv_close(hr);
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	hr = people_open(&w.p, w.p.hr);
	FAILS(review(hr, s, NULL, "under-age", err), HRV_ECONFIRM);
	assert_false(is_gone(s));
	snprintf(id, sizeof(id), "%s", people_newest(hr).id);
	FAILS(people_approve(&w.p, w.p.hr, id, err), HRV_EREFUSED);
	OK_(people_approve(&w.p, w.p.h.founder, id, err));
	/* What was approved is what was there then. */
	hh_record(w.v, s, "note", "2026-11-02", note);
	FAILS(review(hr, s, NULL, "under-age", err), HRV_ECONFIRM);
	OK_(people_approve(&w.p, w.p.h.founder, people_newest(hr).id, err));
	/* And the birth date that was there then. */
	assert_true(reborn(hr, s, "2016-05-06"));
	FAILS(review(hr, s, NULL, "under-age", err), HRV_ECONFIRM);
	assert_false(is_gone(s));
	OK_(people_approve(&w.p, w.p.h.founder, people_newest(hr).id, err));
	OK_(review(hr, s, NULL, "under-age", err));
	assert_true(is_gone(s));
	assert_int_equal(hh_read_for(w.v, file, "legal_claim"), HRV_EPURGED);
	FAILS(hrv_subject_show(w.v, s, &doc, err), HRV_EPURGED);
	OK_(hrv_audit_verify(w.v, &all, &doc, err));
	assert_true(hh_says(doc, "\"ok\":true"));
	assert_false(is_gone(grown));
	hrv_close(hr);
}

/* Somebody of whom nothing was ever stored, by two people as well. */
static void
a_person_without_a_record_is_looked_at(void **state)
{
	struct hrv_vault *hr = people_open(&w.p, w.p.hr);
	char s[40], empty[40], note[40];
	(void)state;

	hh_subject(w.v, s);
	hh_subject(w.v, empty);
	hh_record(w.v, s, "note", "2026-11-01", note);
	assert_true(orphan(empty).review);
	assert_false(orphan(s).listed);
	OK_(review(hr, empty, "P90D", NULL, err));
	assert_true(orphan(empty).listed);
	assert_false(orphan(empty).review);
	FAILS(review(hr, empty, NULL, "no-record", err), HRV_ECONFIRM);
	OK_(people_approve(&w.p, w.p.h.founder, people_newest(hr).id, err));
	OK_(review(hr, empty, NULL, "no-record", err));
	assert_true(is_gone(empty));
	assert_false(orphan(empty).listed);
	FAILS(review(hr, s, NULL, "no-record", err), HRV_EREFUSED);
	hrv_close(hr);
}

static int
set_up(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_adopt(w.v, schedule);
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
		cmocka_unit_test(
		    a_pending_record_is_looked_at_and_never_destroyed),
		cmocka_unit_test(a_child_goes_out_of_turn_and_never_when_held),
		cmocka_unit_test(a_person_without_a_record_is_looked_at),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
