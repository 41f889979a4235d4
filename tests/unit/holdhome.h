/* SPDX-License-Identifier: ISC */
/*
 * A vault for tests of holds and of destruction: the people of proposalhome.h,
 * a schedule without notice, so that a run may act on the day it is asked, and
 * a class for each way in which a record can be due or not. Header only.
 */
#ifndef TESTS_UNIT_HOLDHOME_H
#define TESTS_UNIT_HOLDHOME_H

#include "tests/unit/proposalhome.h"

#include "hrvault/audit.h"
#include "hrvault/case.h"
#include "hrvault/hold.h"
#include "hrvault/purge.h"
#include "hrvault/record.h"
#include "hrvault/schedule.h"
#include "hrvault/subject.h"

#define HH_OLD "2020-01-01" /* due by any rule below but the last two */

/* note, memo: due a year after their date. file: six years after the person
 * left. talk: due like a note, but a person decides. both: kept ten years and
 * in use for one. */
static const char hh_schedule[] __attribute__((unused)) =
    "schedule = { id = \"t\"; version = \"2\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\", \"legal_claim\","
    " \"subject_request\" ); purge = { notice = \"P0D\"; };"
    " classes = ("
    "  { id = \"note\"; title = \"Note\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"year\" );"
    "    special_category = false; },"
    "  { id = \"memo\"; title = \"Memo\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"year\" );"
    "    special_category = false; },"
    "  { id = \"file\"; title = \"File\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"after\" );"
    "    special_category = false; },"
    "  { id = \"talk\"; title = \"Talk\"; who = ( \"employee\" );"
    "    compartment = \"pay\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"decide\" );"
    "    special_category = false; },"
    "  { id = \"both\"; title = \"Both\"; who = ( \"employee\" );"
    "    compartment = \"general\"; purpose = \"administration\";"
    "    legal_basis = \"contract\"; rules = ( \"ten\", \"one\" );"
    "    special_category = false; } );"
    " rules = ("
    "  { id = \"year\"; cite = \"test\"; at_expiry = \"purge\";"
    "    keep = { on = \"record.created\"; plus = \"P1Y\"; }; },"
    "  { id = \"after\"; cite = \"test\"; at_expiry = \"purge\";"
    "    keep = { on = \"subject.ended\"; plus = \"P6Y\"; }; },"
    "  { id = \"decide\"; cite = \"test\"; at_expiry = \"review\";"
    "    keep = { on = \"record.created\"; plus = \"P1Y\"; }; },"
    "  { id = \"ten\"; cite = \"test\"; at_expiry = \"purge\";"
    "    keep = { on = \"record.created\"; plus = \"P10Y\"; }; },"
    "  { id = \"one\"; cite = \"test\"; at_expiry = \"purge\";"
    "    limit = { on = \"record.created\"; plus = \"P1Y\"; }; } ); };";

struct holdhome {
	struct people p;
	struct hrv_vault *v; /* the founder's, a dpo */
};

VAULTHOME_FN void
hh_adopt(struct hrv_vault *v, const char *text)
{
	struct hrv_doc *doc = NULL;

	OK_(hrv_policy_adopt(v, text, strlen(text), &doc, err));
	hrv_doc_free(doc);
}

/* With its people in founding still, or with two who approve. */
VAULTHOME_FN void
holdhome_init(struct holdhome *w)
{
	memset(w, 0, sizeof(*w));
	people_init(&w->p);
	w->v = people_open(&w->p, w->p.h.founder);
	hh_adopt(w->v, hh_schedule);
}

VAULTHOME_FN void
holdhome_clear(struct holdhome *w)
{
	hrv_close(w->v);
	people_clear(&w->p);
}

VAULTHOME_FN void
hh_subject(struct hrv_vault *v, char out[40])
{
	struct hrv_subject_add_args a = { .kind = "employee" };
	struct hrv_doc *doc = NULL;

	a.fields.name = "Ayşe Ødegård";
	OK_(hrv_subject_add(v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

/* A descriptor from which a small document can be read. */
VAULTHOME_FN int
hh_content(void)
{
	int to[2];

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(write(to[1], "a document", 10), 10);
	(void)close(to[1]);
	return to[0];
}

VAULTHOME_FN void
hh_record(struct hrv_vault *v, const char *subject, const char *class_name,
    const char *date, char out[40])
{
	struct hrv_record_add_args a = {
		.subject = subject, .class_name = class_name, .title = "t"
	};
	struct hrv_doc *doc = NULL;

	assert_true(hrv_date_parse(date, &a.date));
	a.content.fd = hh_content();
	OK_(hrv_record_add(v, &a, &doc, err));
	(void)close(a.content.fd);
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

/* Places; returns how many records it covers. */
VAULTHOME_FN int64_t
hh_place(struct hrv_vault *v, struct hrv_hold_args a, char out[40])
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	a.matter = a.matter == NULL ? "M-1" : a.matter;
	a.reason = a.reason == NULL ? "a claim was announced" : a.reason;
	OK_(hrv_hold_place(v, &a, &doc, err));
	n = hrv_doc_int(doc, "matched", -1);
	if (out != NULL)
		snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	return n;
}

/* A hold on one record, and one on one person. */
VAULTHOME_FN int64_t
hh_hold_record(struct hrv_vault *v, const char *record, char out[40])
{
	const char *list[] = { record, NULL };

	return hh_place(v, (struct hrv_hold_args){ .records = list }, out);
}

VAULTHOME_FN int64_t
hh_hold_subject(struct hrv_vault *v, const char *subject, char out[40])
{
	const char *list[] = { subject, NULL };

	return hh_place(v, (struct hrv_hold_args){ .subjects = list }, out);
}

/* What a scope would cover, without placing it. */
VAULTHOME_FN int64_t
hh_preview(struct hrv_vault *v, struct hrv_hold_args a)
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	OK_(hrv_hold_preview(v, &a, &doc, err));
	n = hrv_doc_int(doc, "matched", -1);
	hrv_doc_free(doc);
	return n;
}

VAULTHOME_FN int
hh_swallow(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	(void)data;
	(void)err;
	*(size_t *)ctx += len;
	return HRV_OK;
}

/* The code with which reading a record ends. */
VAULTHOME_FN int
hh_read_for(struct hrv_vault *v, const char *record, const char *purpose)
{
	size_t n = 0;
	struct hrv_record_read_args a = { .record = record,
		.purpose = purpose,
		.write = hh_swallow,
		.write_ctx = &n };
	struct hrv_doc *doc = NULL;
	struct hrv_err err = { 0 };
	int rc = hrv_record_read(v, &a, &doc, &err);

	hrv_doc_free(doc);
	assert_true(rc == HRV_OK ? n > 0 : n == 0);
	return rc;
}

VAULTHOME_FN bool
hh_lives(struct hrv_vault *v, const char *record)
{
	int rc = hh_read_for(v, record, "administration");

	assert_true(rc == HRV_OK || rc == HRV_EPURGED);
	return rc == HRV_OK;
}

/* One run; returns the number of records it destroyed. */
VAULTHOME_FN int64_t
hh_run(struct hrv_vault *v)
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	OK_(hrv_purge_run(v, &doc, err));
	n = hrv_doc_int(doc, "destroyed", -1);
	hrv_doc_free(doc);
	return n;
}

/* Lets days pass with a run every week; returns what they destroyed. */
VAULTHOME_FN int64_t
hh_days(struct holdhome *w, int days)
{
	int64_t n = 0;

	for (; days > 0; days -= 7) {
		w->p.h.now += (days < 7 ? days : 7) * DAY;
		n += hh_run(w->v);
	}
	return n;
}

/* Why a run would not destroy a record: "hold", ...; "destroy" where it would,
 * "" where it does not look at it. */
VAULTHOME_FN void
hh_verdict(struct hrv_vault *v, const char *record, char out[24])
{
	static const char *const groups[] = { "destroy", "protected" };
	struct hrv_doc *doc = NULL;

	out[0] = '\0';
	OK_(hrv_purge_plan(v, &doc, err));
	for (size_t g = 0; g < 2; g++) {
		const struct hrv_doc *list = hrv_doc_get(doc, groups[g]);

		for (size_t i = 0; i < hrv_doc_len(list); i++) {
			const struct hrv_doc *o = hrv_doc_at(list, i);

			if (strcmp(hrv_doc_str(o, "record"), record) == 0)
				snprintf(out, 24, "%s",
				    g == 0 ? groups[0] : hrv_doc_str(o, "why"));
		}
	}
	hrv_doc_free(doc);
}

#define hh_verdict_is(v, record, want)                                         \
	do {                                                                   \
		char got_[24];                                                 \
		hh_verdict((v), (record), got_);                               \
		assert_string_equal(got_, (want));                             \
	} while (0)

/* Releases as that member; the code of it. */
VAULTHOME_FN int
hh_release(struct hrv_vault *v, const char *hold, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_release(v, hold, "it is over", &doc, err);

	hrv_doc_free(doc);
	return rc;
}

/* Takes the law of England and Wales into force, with its calendar. */
VAULTHOME_FN void
hh_law(struct hrv_vault *v)
{
	static const char *const files[] = { "policy/calendars/uk-ew.cfg",
		"policy/laws/uk-ew.cfg" };
	static char text[65536];

	for (size_t i = 0; i < 2; i++) {
		FILE *f = fopen(files[i], "r");

		assert_non_null(f);
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
		hh_adopt(v, text);
	}
}

/* Opens a case of that person today. */
VAULTHOME_FN void
hh_case(struct holdhome *w, const char *subject, char out[40])
{
	char day[HRV_DATE_TEXT];
	struct hrv_case_open_args a = {
		.subject = subject, .right = "access", .received = day
	};
	struct hrv_doc *doc = NULL;
	struct hrv_date d;

	assert_true(hrv_date_from_days((int32_t)(w->p.h.now / DAY), &d));
	hrv_date_format(d, day);
	OK_(hrv_case_open(w->v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

struct hh_log {
	const char *result; /* NULL: any */
	const char *code;   /* NULL: any */
	size_t n;
};

VAULTHOME_FN int
hh_log_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct hh_log *l = ctx;
	const char *result = hrv_doc_str(doc, "result");
	const char *code = hrv_doc_str(doc, "code");

	(void)err;
	if ((l->result == NULL ||
		(result != NULL && strcmp(result, l->result) == 0)) &&
	    (l->code == NULL || (code != NULL && strcmp(code, l->code) == 0)))
		l->n++;
	return HRV_OK;
}

/* How many entries of an operation (NULL: any) have that result and code. */
VAULTHOME_FN size_t
hh_logged(
    struct hrv_vault *v, const char *op, const char *result, const char *code)
{
	struct hrv_audit_filter f = { .op = op };
	struct hh_log l = { .result = result, .code = code };

	OK_(hrv_audit_log(v, &f, hh_log_one, &l, err));
	return l.n;
}

/* Whether a result holds that text anywhere; frees the result. */
VAULTHOME_FN bool
hh_says(struct hrv_doc *doc, const char *text)
{
	char *json = NULL;
	bool found;

	OK_(hrv_doc_json(doc, false, &json, err));
	found = strstr(json, text) != NULL;
	hrv_doc_text_free(json);
	hrv_doc_free(doc);
	return found;
}

#endif
