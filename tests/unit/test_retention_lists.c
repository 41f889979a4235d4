/* SPDX-License-Identifier: ISC */
/*
 * The lists: what is due and why it is kept, what will never fall due by
 * itself, and the forecast. They read only, for every role.
 */
#include "tests/unit/unit.h"

#include "tests/unit/retentionhome.h"

#include "hrvault/hold.h"

static struct vaulthome h;
static struct hrv_vault *v;
static struct hrv_id subject, note, file, talk;
static char auditor[41];

static int
set_up(void **state)
{
	struct variant x = { .version = "2",
		.plus = "P1Y",
		.more_classes = RETENTIONHOME_CLASSES,
		.more_rules = RETENTIONHOME_RULES };
	struct hrv_member_args m = { auditor, "auditor", NULL, NULL };
	struct hrv_doc *doc = NULL;

	(void)state;
	vaulthome_init(&h);
	h.open.as = h.founder;
	assert_true(gpghome_key(&h.gpg, "auditor", auditor));
	v = vaulthome_open(&h);
	retentionhome_adopt(v, &x);
	OK_(hrv_member_add(v, &m, &doc, err));
	hrv_doc_free(doc);
	recordhome_subject(v, "employee", NULL, &subject);
	retentionhome_record(v, &subject, "note", "2025-12-20", &note);
	retentionhome_record(v, &subject, "file", "2020-01-01", &file);
	retentionhome_record(v, &subject, "talk", "2026-06-01", &talk);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	hrv_close(v);
	vaulthome_clear(&h);
	return 0;
}

struct seen {
	char text[4096];
};

static int
take_due(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);
	const struct hrv_doc *why = hrv_doc_get(doc, "why");
	const char *keep = hrv_doc_str(doc, "keep_until");
	const char *limit = hrv_doc_str(doc, "limit_until");
	const char *notice = hrv_doc_str(doc, "notice_until");

	(void)err;
	assert_string_equal(
	    hrv_doc_str(doc, "subject") == NULL ? "" : "S", "S");
	snprintf(s->text + n, sizeof(s->text) - n, "%s %s %s %s %s %s",
	    hrv_doc_str(doc, "class"), hrv_doc_str(doc, "rule"),
	    keep == NULL ? "-" : keep, limit == NULL ? "-" : limit,
	    hrv_doc_str(doc, "purge_from"), hrv_doc_str(doc, "state"));
	n = strlen(s->text);
	if (notice != NULL)
		snprintf(s->text + n, sizeof(s->text) - n, " until %s", notice);
	for (size_t i = 0; i < hrv_doc_len(why); i++) {
		n = strlen(s->text);
		snprintf(s->text + n, sizeof(s->text) - n, " %s",
		    hrv_doc_text(hrv_doc_at(why, i)));
	}
	assert_int_equal(hrv_doc_true(doc, "protected"), hrv_doc_len(why) > 0);
	n = strlen(s->text);
	snprintf(s->text + n, sizeof(s->text) - n, "\n");
	return HRV_OK;
}

static void
due_is(const char *as_of, const char *within, const char *want)
{
	struct hrv_due_args a = { .within = within };
	struct seen s = { "" };

	if (as_of != NULL)
		assert_true(hrv_date_parse(as_of, &a.as_of));
	OK_(hrv_retention_due(v, &a, take_due, &s, err));
	assert_string_equal(s.text, want);
}

#define TALK "talk decide - 2026-07-01 2026-07-02 review"

static void
the_due_list_is_right_for_any_day(void **state)
{
	struct hrv_due_args bad = { .within = "90" };
	struct seen s = { "" };
	(void)state;

	/* Entered today, so its notice has just begun. */
	due_is(NULL, NULL, TALK " until 2026-12-07\n");
	due_is("2026-11-23", NULL, TALK "\n");
	due_is("2026-07-01", NULL, "");
	due_is("2026-07-02", NULL, TALK "\n");
	due_is("2026-12-20", NULL, TALK "\n");
	due_is(
	    "2026-12-21", NULL, TALK "\nnote r 2026-12-20 - 2026-12-21 due\n");
	due_is("2026-12-20", "P1D",
	    TALK "\nnote r 2026-12-20 - 2026-12-21 live\n");
	due_is(NULL, "P28D",
	    TALK " until 2026-12-07\n"
		 "note r 2026-12-20 - 2026-12-21 live\n");
	due_is(
	    "9999-12-31", NULL, TALK "\nnote r 2026-12-20 - 2026-12-21 due\n");
	FAILS(hrv_retention_due(v, &bad, take_due, &s, err), HRV_EUSAGE);
	bad.within = "P9999Y";
	FAILS(hrv_retention_due(v, &bad, take_due, &s, err), HRV_EUSAGE);
}

static void
an_auditor_sees_the_same(void **state)
{
	struct hrv_vault *founder = v;
	(void)state;

	h.open.as = auditor;
	v = vaulthome_open(&h);
	due_is(
	    "2026-12-21", NULL, TALK "\nnote r 2026-12-20 - 2026-12-21 due\n");
	hrv_close(v);
	h.open.as = h.founder;
	v = founder;
}

static int
take_orphan(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct seen *s = ctx;
	const struct hrv_doc *missing = hrv_doc_get(doc, "missing");
	const char *class_name = hrv_doc_str(doc, "class");
	size_t n = strlen(s->text);

	(void)err;
	snprintf(s->text + n, sizeof(s->text) - n, "%s",
	    hrv_doc_str(doc, "finding"));
	if (class_name != NULL) {
		n = strlen(s->text);
		snprintf(s->text + n, sizeof(s->text) - n, " %s %s", class_name,
		    hrv_doc_true(doc, "review") ? "review" : "-");
	}
	for (size_t i = 0; i < hrv_doc_len(missing); i++) {
		n = strlen(s->text);
		snprintf(s->text + n, sizeof(s->text) - n, " %s",
		    hrv_doc_text(hrv_doc_at(missing, i)));
	}
	n = strlen(s->text);
	snprintf(s->text + n, sizeof(s->text) - n, "\n");
	return HRV_OK;
}

static void
orphans_are(const char *want)
{
	struct seen s = { "" };

	OK_(hrv_retention_orphans(v, take_orphan, &s, err));
	assert_string_equal(s.text, want);
}

static void
orphans_say_what_is_missing(void **state)
{
	struct hrv_id candidate;
	int64_t now = h.now;
	(void)state;

	orphans_are("no-trigger file - subject.ended\nno-start\n");
	recordhome_subject(v, "candidate", NULL, &candidate);
	orphans_are("no-trigger file - subject.ended\nno-outcome\nno-start\n"
		    "no-record\n");
	h.now += INT64_C(366) * 86400 * 1000000;
	orphans_are("no-trigger file review subject.ended\nno-outcome\n"
		    "no-start\nno-record\n");
	h.now = now;
}

static int
take_month(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	(void)err;
	if (hrv_doc_int(doc, "records", 0) == 0)
		return HRV_OK;
	snprintf(s->text + n, sizeof(s->text) - n, "%s %d %d\n",
	    hrv_doc_str(doc, "period"), (int)hrv_doc_int(doc, "records", 0),
	    (int)hrv_doc_int(doc, "review", 0));
	return HRV_OK;
}

static void
the_forecast_counts_every_version_once(void **state)
{
	struct seen s = { "" };
	(void)state;

	OK_(hrv_retention_forecast(v, 12, take_month, &s, err));
	assert_string_equal(s.text, "due 1 1\n2026-12 1 0\npending 1 0\n");
	s.text[0] = '\0';
	OK_(hrv_retention_forecast(v, 1, take_month, &s, err));
	assert_string_equal(s.text, "due 1 1\nlater 1 0\npending 1 0\n");
	FAILS(hrv_retention_forecast(v, 0, take_month, &s, err), HRV_EUSAGE);
}

static void
a_hold_shows_that_it_protects_and_not_why(void **state)
{
	char id[ID_TEXT_SIZE];
	const char *records[] = { id, NULL };
	struct hrv_hold_args a = { .matter = "secret matter",
		.reason = "tribunal",
		.records = records };
	struct hrv_doc *doc = NULL;
	(void)state;

	id_format(&talk, id);
	OK_(hrv_hold_place(v, &a, &doc, err));
	hrv_doc_free(doc);
	due_is("2026-11-23", NULL, TALK " hold\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_due_list_is_right_for_any_day),
		cmocka_unit_test(an_auditor_sees_the_same),
		cmocka_unit_test(orphans_say_what_is_missing),
		cmocka_unit_test(the_forecast_counts_every_version_once),
		cmocka_unit_test(a_hold_shows_that_it_protects_and_not_why),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
