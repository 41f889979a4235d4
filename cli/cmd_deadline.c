/* SPDX-License-Identifier: ISC */
/*
 * hrvault deadline: when a request has to be answered, without a vault.
 * Layer: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policyfile.h"
#include "hrvault/deadline.h"
#include "hrvault/docmake.h"
#include "hrvault/zone.h"

static int
bad(struct hrv_err *err, const char *name, const char *what, const char *hint)
{
	hrv_fail(err, HRV_EUSAGE, "--%s: %s", name, what);
	return hrv_hint(err, "%s", hint);
}

/* A proof: the day it came, ASKED..GIVEN, or "asked" while it has not come. */
static int
read_proof(const struct cli *c, const char *name, struct hrv_proof *ret,
    struct hrv_err *err)
{
	const char *text = opt_text(c, name);
	struct hrv_span span;

	if (text == NULL)
		return HRV_OK;
	ret->asked = true;
	if (strcmp(text, "asked") == 0 || hrv_date_parse(text, &ret->given_on))
		return HRV_OK;
	if (!hrv_span_parse(text, &span))
		return bad(err, name, "not a date",
		    "write the day it came as 2026-03-10, the days of asking "
		    "and coming as 2026-03-04..2026-03-10, or \"asked\"");
	ret->asked_on = span.from;
	ret->given_on = span.to;
	return HRV_OK;
}

/* Questions with answers into facts->pauses (freed by the caller); one
 * without ("2026-03-04..") is open. */
static int
read_pauses(const struct cli *c, struct hrv_deadline_facts *facts,
    struct hrv_span **ret_list, struct hrv_err *err)
{
	size_t n = opt_count(c, "pause");
	struct hrv_span *list = calloc(n + 1, sizeof(*list));

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret_list = list;
	facts->pauses = list;
	for (size_t i = 0; i < n; i++) {
		const char *text = opt_nth(c, "pause", i)->text;
		char day[HRV_DATE_TEXT] = "";

		if (hrv_span_parse(text, &list[facts->n_pauses])) {
			facts->n_pauses++;
			continue;
		}
		if (strlen(text) == 12 && strcmp(text + 10, "..") == 0)
			memcpy(day, text, 10);
		if (facts->question_open ||
		    !hrv_date_parse(day, &facts->question_asked))
			return bad(err, "pause",
			    "not the days of a question and its answer",
			    "write 2026-03-04..2026-03-10, or 2026-03-04.. "
			    "while there is no answer");
		facts->question_open = true;
	}
	return HRV_OK;
}

static bool
set_date(struct hrv_doc *doc, const char *key, struct hrv_date d)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	return hrv_doc_set_str(doc, key, text[0] != '\0' ? text : NULL);
}

static bool
set_lists(struct hrv_doc *doc, const struct hrv_deadline *r)
{
	struct hrv_doc *awaiting = hrv_doc_new_array();
	struct hrv_doc *reasons = hrv_doc_new_array();
	bool ok = true;

	for (unsigned bits = r->awaiting; bits != 0; bits &= bits - 1)
		ok = hrv_doc_add_str(awaiting, hrv_await_name(bits)) && ok;
	for (size_t i = 0; i < r->n_reasons; i++)
		ok = hrv_doc_add_str(reasons, r->reasons[i]) && ok;
	ok = hrv_doc_set(doc, "awaiting", awaiting) && ok;
	return hrv_doc_set(doc, "reasons", reasons) && ok;
}

static struct hrv_doc *
deadline_doc(const struct hrv_law *law, struct hrv_date received,
    const struct hrv_deadline *r)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	bool ok = hrv_doc_set_str(doc, "law", law->id) &&
		  set_date(doc, "received", received) &&
		  set_date(doc, "start", r->start) &&
		  set_date(doc, "due", r->due) &&
		  hrv_doc_set_str(doc, "weekday",
		      r->weekday[0] != '\0' ? r->weekday : NULL) &&
		  set_date(doc, "safe_target", r->safe_target) &&
		  set_date(doc, "internal_target", r->internal_target) &&
		  set_date(doc, "acknowledge_by", r->acknowledge_by) &&
		  hrv_doc_set_bool(doc, "extended", r->extended) &&
		  set_date(doc, "extension_limit", r->extension_limit) &&
		  hrv_doc_set_int(doc, "pause_days", r->pause_days) &&
		  set_lists(doc, r);

	if (ok)
		return doc;
	hrv_doc_free(doc);
	return NULL;
}

static int
read_facts(const struct cli *c, const struct hrv_law *law,
    struct hrv_deadline_facts *facts, struct hrv_span **ret_list,
    struct hrv_err *err)
{
	int rc;

	rc = hrv_local_date_parse(
	    opt_text(c, "received"), law->timezone, &facts->received, err);
	if (rc == HRV_OK)
		rc = read_proof(c, "identity", &facts->identity, err);
	if (rc == HRV_OK)
		rc = read_proof(c, "authority", &facts->authority, err);
	if (rc == HRV_OK)
		rc = read_proof(c, "fee", &facts->fee, err);
	if (rc == HRV_OK)
		rc = read_pauses(c, facts, ret_list, err);
	facts->extension_notice = opt_date(c, "extension-notice");
	return rc;
}

static int
run_deadline(struct cli *c, struct hrv_err *err)
{
	struct hrv_deadline_facts facts = { .n_pauses = 0 };
	struct hrv_span *pauses = NULL;
	struct hrv_calendar *cal = NULL;
	struct hrv_law *law = NULL;
	struct hrv_doc *doc = NULL;
	struct hrv_deadline r;
	int rc;

	rc =
	    policyfile_law_and_calendar(c, opt_text(c, "law"), &law, &cal, err);
	if (rc == HRV_OK)
		rc = read_facts(c, law, &facts, &pauses, err);
	if (rc == HRV_OK)
		rc = hrv_deadline(law, cal, &facts, &r, err);
	if (rc == HRV_OK &&
	    (doc = deadline_doc(law, facts.received, &r)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	free(pauses);
	hrv_calendar_free(cal);
	hrv_law_free(law);
	return rc;
}

static const struct opt options[] = {
	{ "law", OPT_FILE, "ID|FILE", "the law, shipped or your own",
	    OPT_NEEDED },
	{ "received", OPT_WHEN, NULL,
	    "day of receipt, or instant with its offset "
	    "(2026-03-01T23:30:00Z)",
	    OPT_NEEDED },
	{ "identity", OPT_TEXT, "DATE",
	    "proof of identity was asked for and came that day; "
	    "ASKED..GIVEN; \"asked\": it has not come",
	    0 },
	{ "authority", OPT_TEXT, "DATE",
	    "likewise, the authority of a representative", 0 },
	{ "fee", OPT_TEXT, "DATE", "likewise, the fee", 0 },
	{ "pause", OPT_TEXT, "DATE..DATE",
	    "a question and its answer; \"DATE..\": no answer yet", OPT_MANY },
	{ "extension-notice", OPT_DATE, NULL,
	    "the requester was told that it takes longer", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .summary = "Work out when a request has to be answered",
	    .args = "--law ID --received DATE",
	    .examples =
		"hrvault deadline --law uk-ew --received 2026-03-02\n"
		"hrvault deadline --law eu-de --received 2026-03-02 \\\n"
		"    --identity 2026-03-04..2026-03-10 --json",
	    .options = options,
	    .flags = CMD_PURE,
	    .run = run_deadline },
	CMD_END,
};
const struct noun noun_deadline = { "deadline",
	"Work out when a request has to be answered", verbs };
