/* SPDX-License-Identifier: ISC */
/*
 * Lists of records for destruction, and the other steps of a purge that take
 * two people: reviewable records, runs beyond the brakes, a doubtful clock,
 * and the cooling-off after a hold.
 */
#include "tests/unit/unit.h"

#include "tests/unit/proposalhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/hold.h"
#include "hrvault/purge.h"
#include "hrvault/record.h"
#include "hrvault/schedule.h"
#include "hrvault/subject.h"

/* Files are for review, notes are not; two records are a crowd. */
static const char schedule[] =
    "schedule = { id = \"t\"; version = \"2\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\" ); events = ();"
    " purge = { notice = \"P14D\"; max_per_run = 2; max_share = \"100%\";"
    "   release_cooling_off = \"P30D\"; max_silence = \"P40D\"; };"
    " classes = ("
    "  { id = \"note\"; title = \"Note\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"r\" );"
    "    special_category = false; },"
    "  { id = \"file\"; title = \"File\"; who = ( \"employee\" );"
    "    compartment = \"pay\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"look\" );"
    "    special_category = false; } );"
    " rules = ( { id = \"r\"; cite = \"test\"; at_expiry = \"purge\";"
    "   keep = { on = \"record.created\"; plus = \"P1Y\"; }; },"
    "  { id = \"look\"; cite = \"test\"; at_expiry = \"review\";"
    "   keep = { on = \"record.created\"; plus = \"P1Y\"; }; } ); };";

static struct people w;
static char subject[40], other[40], lasting[40];

static void
add_subject(struct hrv_vault *v, const char *name, char out[40])
{
	struct hrv_subject_add_args s = { .kind = "employee" };
	struct hrv_doc *doc = NULL;

	s.fields.name = name;
	OK_(hrv_subject_add(v, &s, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

static void
add(const char *class_name, const char *date, char out[40])
{
	struct hrv_vault *v = people_open(&w, w.hr);
	struct hrv_record_add_args a = { .subject = subject,
		.class_name = class_name };
	struct hrv_doc *doc = NULL;
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/in.txt", w.h.root);
	f = fopen(path, "we");
	assert_non_null(f);
	fprintf(f, "content of %s\n", date);
	fclose(f);
	a.content.path = path;
	a.content.fd = -1;
	assert_true(hrv_date_parse(date, &a.date));
	OK_(hrv_record_add(v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	hrv_close(v);
}

/* A run of the purge account; *doc belongs to the caller. */
static int
run_as(const char *fpr, const char *plan, struct hrv_doc **doc,
    struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	int rc;

	*doc = NULL;
	rc = hrv_purge_run_plan(v, plan, doc, err);
	hrv_close(v);
	return rc;
}

/* How many records it destroyed and how many of a list it dropped. */
static int64_t
run(int64_t *dropped)
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	OK_(run_as(w.purge, NULL, &doc, err));
	n = hrv_doc_int(doc, "destroyed", -1);
	if (dropped != NULL)
		*dropped = (int64_t)hrv_doc_len(hrv_doc_get(doc, "dropped"));
	hrv_doc_free(doc);
	return n;
}

static int
propose(const char *fpr, struct people_newest *p, struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_propose(v, &doc, err);

	*p = people_newest(v);
	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

static void
hold(const char *record, char out[40])
{
	struct hrv_vault *v = people_open(&w, w.h.founder);
	const char *records[] = { record, NULL };
	struct hrv_hold_args a = {
		.matter = "M", .reason = "a claim", .records = records
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_hold_place(v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	hrv_close(v);
}

static int
release(const char *fpr, const char *which, struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_release(v, which, "settled", &doc, err);

	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

static void
in_founding_the_member_carries_his_own_list_out(void **state)
{
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	char file[40];
	(void)state;

	add("file", "2020-01-01", file);
	w.h.now += 20 * DAY;
	assert_int_equal(run(NULL), 0);
	FAILS(propose(w.h.founder, &p, err), HRV_ECONFIRM);
	/* Neither the timer nor somebody else. */
	assert_int_equal(run(NULL), 0);
	FAILS(people_approve(&w, w.h.founder, p.id, err), HRV_EREFUSED);
	OK_(run_as(w.h.founder, p.id, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", 0), 1);
	hrv_doc_free(doc);
	FAILS(run_as(w.h.founder, p.id, &doc, err), HRV_EREFUSED);
	people_end_founding(&w);
}

static void
a_list_is_approved_by_another_and_carried_out_next(void **state)
{
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char file[40], gone[40], changed[40], h[40];
	struct hrv_vault *v;
	int64_t dropped;
	(void)state;

	add("file", "2020-01-01", file);
	add("file", "2020-01-02", gone);
	add("file", "2020-01-03", changed);
	w.h.now += 20 * DAY;
	FAILS(propose(w.legal, &p, err), HRV_EREFUSED);
	FAILS(propose(w.purge, &p, err), HRV_EREFUSED);
	FAILS(propose(w.hr, &p, err), HRV_ECONFIRM);
	assert_string_equal(p.kind, "review");
	FAILS(run_as(w.purge, p.id, &doc, err), HRV_ECONFIRM);
	assert_int_equal(people_approve(&w, w.clerk, p.id, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "key-not-held");
	FAILS(people_approve(&w, w.hr, p.id, err), HRV_EREFUSED);
	FAILS(people_approve(&w, w.legal, p.id, err), HRV_EREFUSED);
	assert_int_equal(run(NULL), 0);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	/* A hold and a change since then take two of the three off it. */
	hold(file, h);
	v = people_open(&w, w.hr);
	OK_(hrv_record_link(v, changed, other, "author", &doc, err));
	hrv_doc_free(doc);
	hrv_close(v);
	assert_int_equal(run(&dropped), 1);
	assert_int_equal(dropped, 2);
	/* Used up: nothing of it goes later. */
	FAILS(run_as(w.purge, p.id, &doc, err), HRV_EREFUSED);
	w.h.now += 20 * DAY;
	assert_int_equal(run(&dropped), 0);
	assert_int_equal(dropped, 0);
}

static void
beyond_the_brakes_a_run_needs_the_list_approved(void **state)
{
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char a[40], b[40], c[40];
	(void)state;

	add("note", "2020-02-01", a);
	add("note", "2020-02-02", b);
	add("note", "2020-02-03", c);
	w.h.now += 20 * DAY;
	assert_int_equal(run_as(w.purge, NULL, &doc, &e), HRV_ECONFIRM);
	assert_string_equal(e.name, "brake");
	FAILS(propose(w.h.founder, &p, err), HRV_ECONFIRM);
	assert_int_equal(run_as(w.purge, NULL, &doc, &e), HRV_ECONFIRM);
	OK_(people_approve(&w, w.hr, p.id, err));
	/* The three, and the file that changed before and is due again. */
	assert_int_equal(run(NULL), 4);
}

static void
a_list_that_only_the_table_calls_approved_stops_the_run(void **state)
{
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	struct hrv_vault *v;
	char file[40];
	(void)state;

	add("file", "2020-03-01", file);
	w.h.now += 20 * DAY;
	FAILS(propose(w.hr, &p, err), HRV_ECONFIRM);
	v = people_open(&w, w.hr);
	tamper(v, "UPDATE proposal SET status = 'approved', approver ="
		  " (SELECT approver FROM proposal WHERE approver IS NOT"
		  " NULL), signature = (SELECT signature FROM proposal WHERE"
		  " signature IS NOT NULL) WHERE status = 'open';");
	hrv_close(v);
	FAILS(run_as(w.purge, NULL, &doc, err), HRV_EINTEGRITY);
	v = people_open(&w, w.hr);
	tamper(v, "UPDATE proposal SET status = 'open', approver = NULL,"
		  " signature = NULL WHERE status = 'approved';");
	hrv_close(v);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	assert_int_equal(run(NULL), 1);
}

static void
what_was_held_stays_until_the_cooling_off_is_over(void **state)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char note[40], h[40];
	struct people_newest p;
	struct hrv_vault *v;
	(void)state;

	add("note", "2020-04-01", note);
	hold(note, h);
	w.h.now += 20 * DAY;
	assert_int_equal(run(NULL), 0);
	assert_int_equal(release(w.legal, h, &e), HRV_ECONFIRM);
	v = people_open(&w, w.legal);
	p = people_newest(v);
	hrv_close(v);
	OK_(people_approve(&w, w.h.founder, p.id, err));
	OK_(release(w.legal, h, err));
	assert_int_equal(run(NULL), 0);
	w.h.now += 29 * DAY;
	assert_int_equal(run(NULL), 0);
	w.h.now += 1 * DAY;
	OK_(run_as(w.purge, NULL, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 1);
	hrv_doc_free(doc);
}

static int
confirm(const char *fpr, struct people_newest *p, struct hrv_err *err)
{
	struct hrv_vault *v = people_open(&w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_confirm_clock(v, &doc, err);

	*p = people_newest(v);
	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

static void
a_doubtful_clock_is_confirmed_by_two(void **state)
{
	struct people_newest p, q;
	struct hrv_doc *doc = NULL;
	(void)state;

	w.h.now += 60 * DAY;
	FAILS(run_as(w.purge, NULL, &doc, err), HRV_ECONFIRM);
	FAILS(confirm(w.purge, &p, err), HRV_ECONFIRM);
	assert_string_equal(p.kind, "clock");
	FAILS(run_as(w.purge, NULL, &doc, err), HRV_ECONFIRM);
	FAILS(people_approve(&w, w.hr, p.id, err), HRV_EREFUSED);
	OK_(people_approve(&w, w.legal, p.id, err));
	FAILS(run_as(w.purge, NULL, &doc, err), HRV_ECONFIRM);
	OK_(confirm(w.purge, &p, err));
	OK_(run_as(w.purge, NULL, &doc, err));
	hrv_doc_free(doc);
	/* The same words again are another confirmation. */
	FAILS(confirm(w.purge, &q, err), HRV_ECONFIRM);
	assert_string_not_equal(p.id, q.id);
}

static int
set_up(void **state)
{
	struct hrv_doc *doc = NULL;
	struct hrv_vault *v;
	(void)state;

	people_init(&w);
	v = people_open(&w, w.h.founder);
	OK_(hrv_policy_adopt(v, schedule, strlen(schedule), &doc, err));
	hrv_doc_free(doc);
	add_subject(v, "Aoife N\xc3\xad Bhriain", subject);
	add_subject(v, "\xe5\xbc\xa0\xe4\xbc\x9f", other);
	hrv_close(v);
	/* Not due here: the subject stays. */
	add("note", "2026-11-01", lasting);
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
		    in_founding_the_member_carries_his_own_list_out),
		cmocka_unit_test(
		    a_list_is_approved_by_another_and_carried_out_next),
		cmocka_unit_test(
		    beyond_the_brakes_a_run_needs_the_list_approved),
		cmocka_unit_test(
		    a_list_that_only_the_table_calls_approved_stops_the_run),
		cmocka_unit_test(
		    what_was_held_stays_until_the_cooling_off_is_over),
		cmocka_unit_test(a_doubtful_clock_is_confirmed_by_two),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
