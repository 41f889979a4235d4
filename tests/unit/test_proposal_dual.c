/* SPDX-License-Identifier: ISC */
/*
 * Every step for which a schedule may ask two people, when it does: nothing
 * happens until somebody else approved exactly that, the approval is good
 * once, and what differs from it needs another one.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/import.h"
#include "hrvault/rights.h"

static const char listed[] =
    "schedule = { id = \"t\"; version = \"9\"; title = \"test\";"
    " dual_control = ( \"record.amend\", \"record.move\","
    " \"record.reclassify\", \"record.read\", \"subject.update\","
    " \"subject.restrict\", \"subject.lift\", \"disclose\", \"import\","
    " \"case.close\" );";

static struct holdhome w;
static struct hrv_vault *hr;
static char subject[40], other[40], third[40], record[40], kase[40],
    recipient[40];
static size_t got; /* bytes that were handed out */

/* Each does its step, `other` than the one approved when asked for. */
static int
do_amend(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_record_amend_args a = { .record = record,
		.reason = "a better copy",
		.title = differs ? "another title" : "a title" };
	int rc;

	a.content.fd = hh_content();
	rc = hrv_record_amend(hr, &a, doc, err);
	(void)close(a.content.fd);
	return rc;
}

static int
do_move(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_record_move_args a = { .record = record,
		.subject = differs ? subject : other,
		.reason = "in error" };

	return hrv_record_move(hr, &a, doc, err);
}

static int
do_reclassify(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_record_reclassify_args a = { .record = record,
		.class_name = differs ? "file" : "memo",
		.reason = "in error" };

	return hrv_record_reclassify(hr, &a, doc, err);
}

static int
do_read(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_record_read_args a = { .record = record,
		.purpose = differs ? "legal_claim" : "administration",
		.write = hh_swallow,
		.write_ctx = &got };

	return hrv_record_read(hr, &a, doc, err);
}

static int
do_disclose(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_record_read_args a = { .record = record,
		.purpose = differs ? "legal_claim" : "administration",
		.write = hh_swallow,
		.write_ctx = &got };

	return hrv_disclose(hr, recipient, &a, doc, err);
}

static int
do_update(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	struct hrv_subject_update_args a = { .who = subject,
		.reason = "misspelt" };

	a.fields.name = differs ? "Ayşe Ødegaard" : "Ayşe Ödegård";
	return hrv_subject_update(hr, &a, doc, err);
}

static int
do_restrict(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	return hrv_subject_restrict(
	    hr, subject, differs ? "claims" : "accuracy", doc, err);
}

static int
do_lift(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	return hrv_subject_lift(hr, differs ? other : subject, NULL,
	    "it is settled", "2026-11-23", doc, err);
}

static int
do_close(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	(void)differs;
	return hrv_case_close(hr, kase, doc, err);
}

static int
do_import(bool differs, struct hrv_doc **doc, struct hrv_err *err)
{
	static const char map[] =
	    "map = { format = \"hrvault-map/1\"; id = \"m\"; version = \"1\";"
	    " title = \"m\"; kind = \"employee\"; columns = ("
	    "  { column = \"No\"; to = \"subject.number\"; },"
	    "  { column = \"Name\"; to = \"subject.name\"; required = true; } "
	    ");"
	    " rest = \"refuse\"; };";
	char path[] = "/tmp/hvdual.XXXXXX";
	struct hrv_import_args a = { .fd = mkstemp(path),
		.file = "people.csv",
		.map = map,
		.map_len = sizeof(map) - 1,
		.map_name = "map" };
	int rc;

	assert_true(a.fd >= 0);
	(void)unlink(path);
	assert_true(
	    dprintf(a.fd, "No,Name\nE-7,%s\n", differs ? "Bo" : "Ọlá") > 0);
	rc = hrv_import(hr, &a, doc, err);
	(void)close(a.fd);
	return rc;
}

static const struct step {
	const char *kind;
	int (*run)(bool differs, struct hrv_doc **doc, struct hrv_err *err);
	bool once;     /* the same cannot be done twice */
	bool no_other; /* there is no other way to do it */
} steps[] = {
	{ "record.amend", do_amend, false, false },
	{ "record.move", do_move, true, true },
	{ "record.reclassify", do_reclassify, true, false },
	{ "record.read", do_read, false, false },
	{ "disclose", do_disclose, false, false },
	{ "subject.update", do_update, true, false },
	{ "subject.restrict", do_restrict, true, false },
	{ "subject.lift", do_lift, true, true },
	{ "import", do_import, true, false },
	{ "case.close", do_close, true, true },
};

static void
waits(const struct step *s, bool differs)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err why = { 0 };
	size_t before = got;
	int rc = s->run(differs, &doc, &why);

	hrv_doc_free(doc);
	if (rc != HRV_ECONFIRM)
		fail_msg("%s: got %d (%s)", s->kind, rc, why.msg);
	assert_string_equal(people_newest(hr).kind, s->kind);
	assert_int_equal(got, before);
}

static void
every_listed_step_takes_two(void **state)
{
	struct hrv_audit_verify_args all = { .full = true };
	struct hrv_doc *doc = NULL;
	char id[40];
	(void)state;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct step *s = &steps[i];
		size_t done = hh_logged(hr, s->kind, "ok", NULL);
		struct hrv_err why = { 0 };

		waits(s, false);
		assert_int_equal(hh_logged(hr, s->kind, "ok", NULL), done);
		snprintf(id, sizeof(id), "%s", people_newest(hr).id);
		/* Nobody approves his own. */
		FAILS(people_approve(&w.p, w.p.hr, id, err), HRV_EREFUSED);
		waits(s, false);
		OK_(people_approve(&w.p, w.p.h.founder, id, err));
		/* What was approved is not something else. */
		if (!s->no_other)
			waits(s, true);
		if (s->run(false, &doc, &why) != HRV_OK)
			fail_msg("%s, approved: %s", s->kind, why.msg);
		hrv_doc_free(doc);
		doc = NULL;
		if (!s->once)
			waits(s, false);
	}
	assert_true(got > 0);
	OK_(hrv_audit_verify(hr, &all, &doc, err));
	assert_true(hh_says(doc, "\"ok\":true"));
}

/* A run that dies between the intent and the end has used its approval. */
static void
an_approval_to_read_is_good_for_one_try(void **state)
{
	struct hrv_record_read_args a = { .record = record,
		.purpose = "subject_request",
		.write = hh_swallow,
		.write_ctx = &got };
	struct hrv_doc *doc = NULL;
	(void)state;

	FAILS(hrv_record_read(hr, &a, &doc, err), HRV_ECONFIRM);
	OK_(people_approve(&w.p, w.p.h.founder, people_newest(hr).id, err));
	OK_(hrv_record_read(hr, &a, &doc, err));
	hrv_doc_free(doc);
	/* The table alone does not bring it back. */
	tamper(hr, "UPDATE proposal SET status = 'approved', ended_leaf = NULL"
		   " WHERE kind = 'record.read' AND status = 'done';");
	FAILS(hrv_record_read(hr, &a, &doc, err), HRV_EINTEGRITY);
}

static void
adopt_listed(void)
{
	static char text[8192];
	const char *rest = strstr(hh_schedule, " jurisdiction");

	snprintf(text, sizeof(text), "%s%s", listed, rest);
	hh_adopt(w.v, text);
}

static int
set_up(void **state)
{
	struct hrv_recipient_args r = { .name = "Payroll Bureau",
		.kind = "processor",
		.country = "GB",
		.safeguard = "adequacy" };
	struct hrv_doc *doc = NULL;
	(void)state;

	holdhome_init(&w);
	hh_law(w.v);
	hh_subject(w.v, subject);
	hh_subject(w.v, other);
	hh_record(w.v, subject, "note", "2026-11-01", record);
	hh_subject(w.v, third);
	hh_case(&w, third, kase);
	OK_(hrv_case_refuse(w.v, kase, "withdrawn", "taken back", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_recipient_add(w.v, &r, &doc, err));
	snprintf(recipient, sizeof(recipient), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	adopt_listed();
	people_end_founding(&w.p);
	hr = people_open(&w.p, w.p.hr);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	hrv_close(hr);
	holdhome_clear(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_listed_step_takes_two),
		cmocka_unit_test(an_approval_to_read_is_good_for_one_try),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
