/* SPDX-License-Identifier: ISC */
/*
 * hrvault case: the requests of the people the records are about. Layer: cli.
 * The export, which makes a file, is in case_export.c.
 */
#include "cli/case.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/case.h"

static const struct out_field clock_fields[] = { { "id", "case", 0 },
	{ "subject", NULL, 0 }, { "event", "step", 0 }, { "on", NULL, 0 },
	{ "right", NULL, 0 }, { "status", NULL, 0 }, { "received", NULL, 0 },
	{ "channel", NULL, 0 }, { "law", NULL, 0 }, { "due", NULL, 0 },
	{ "days_left", NULL, 0 }, { "safe_target", NULL, 0 },
	{ "internal_target", NULL, 0 }, { "acknowledge_by", NULL, 0 },
	{ "awaiting", NULL, 0 }, { "frozen_until", NULL, 0 },
	{ "missing", "still missing", 0 }, { "next", "next step", 0 },
	{ "reasons", "how it is counted", 0 }, { NULL, NULL, 0 } };

/* Prints a result and frees it. */
static int
print(struct cli *c, int rc, struct hrv_doc *doc,
    const struct out_field *fields, struct hrv_err *err)
{
	if (rc == HRV_OK)
		rc = out_doc(c, doc, fields, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_open(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_open_args a = { .subject = opt_text(c, "subject"),
		.right = opt_text(c, "right"),
		.received = opt_text(c, "received"),
		.law = opt_text(c, "law"),
		.channel = opt_text(c, "channel") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_open(c->vault, &a, &doc, err);

	if (rc == HRV_OK)
		say(c, "nothing about this person is destroyed or altered "
		       "while the case is open");
	return print(c, rc, doc, clock_fields, err);
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "case", 0 },
		{ "status", NULL, 0 }, { "right", NULL, 0 },
		{ "received", NULL, 0 }, { "due", NULL, 0 },
		{ "days_left", "days left", OUT_RIGHT },
		{ "awaiting", NULL, 0 }, { "subject", NULL, OUT_MINOR },
		{ NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "no cases");
	rc = hrv_case_list(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	static const struct out_field steps[] = { { "on", NULL, 0 },
		{ "event", "step", 0 },
		{ "audit_index", "log entry", OUT_RIGHT }, { NULL, NULL, 0 } };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, clock_fields, err);
	/* With --json all of it stands in the one document. */
	if (rc == HRV_OK && !c->json && hrv_doc_int(doc, "records", 0) > 0)
		rc = out_doc(c, doc, case_count_fields(doc) + 1, err);
	if (rc == HRV_OK)
		rc = case_print_list(
		    c, "Steps", hrv_doc_get(doc, "timeline"), steps, err);
	if (rc == HRV_OK)
		rc = case_print_list(c, "Records", hrv_doc_get(doc, "items"),
		    case_item_columns, err);
	hrv_doc_free(doc);
	return rc;
}

/* A dated step. */
static int
step(struct cli *c, enum hrv_case_event event, const char *text,
    struct hrv_err *err)
{
	struct hrv_case_event_args a = { .which = arg(c, 0),
		.event = event,
		.on = opt_text(c, "on"),
		.text = text };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_event(c->vault, &a, &doc, err);

	return print(c, rc, doc, clock_fields, err);
}

static int
run_identity(struct cli *c, struct hrv_err *err)
{
	const char *method = opt_text(c, "method");

	if (opt_flag(c, "asked") == (method != NULL)) {
		hrv_fail(err, HRV_EUSAGE,
		    "say either --asked, or how it was checked with --method");
		return hrv_hint(err, "'hrvault case identity C --method "
				     "\"passport seen in person\"'");
	}
	return step(c,
	    method != NULL ? HRV_CASE_IDENTITY_GIVEN : HRV_CASE_IDENTITY_ASKED,
	    method, err);
}

static int
run_authority(struct cli *c, struct hrv_err *err)
{
	return step(c,
	    opt_flag(c, "asked") ? HRV_CASE_AUTHORITY_ASKED
				 : HRV_CASE_AUTHORITY_GIVEN,
	    NULL, err);
}

static int
run_fee(struct cli *c, struct hrv_err *err)
{
	return step(c,
	    opt_flag(c, "asked") ? HRV_CASE_FEE_ASKED : HRV_CASE_FEE_GIVEN,
	    NULL, err);
}

static int
run_ask(struct cli *c, struct hrv_err *err)
{
	return step(c, HRV_CASE_QUESTION_ASKED, opt_text(c, "question"), err);
}

static int
run_answer(struct cli *c, struct hrv_err *err)
{
	return step(c, HRV_CASE_QUESTION_ANSWERED, NULL, err);
}

static int
run_extend(struct cli *c, struct hrv_err *err)
{
	return step(c, HRV_CASE_EXTENDED, opt_text(c, "reason"), err);
}

static int
run_deliver(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_deliver(c->vault, arg(c, 0), opt_text(c, "method"),
	    opt_text(c, "on"), &doc, err);

	return print(c, rc, doc, NULL, err);
}

static int
run_refuse(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_refuse(c->vault, arg(c, 0), opt_text(c, "ground"),
	    opt_text(c, "reason"), &doc, err);

	return print(c, rc, doc, NULL, err);
}

static int
run_close(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_close(c->vault, arg(c, 0), &doc, err);

	return print(c, rc, doc, NULL, err);
}

static int
run_reopen(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_reopen(c->vault, arg(c, 0), &doc, err);

	return print(c, rc, doc, clock_fields, err);
}

#define ON                                                                     \
	{                                                                      \
		"on", OPT_DATE, NULL, "the day of it; default today", 0        \
	}
#define REASON(help)                                                           \
	{                                                                      \
		"reason", OPT_PERSONAL, "TEXT", help, OPT_NEEDED               \
	}
#define TWO_ARGS .min_args = 2, .max_args = 2, .flags = CMD_VAULT
#define ONE_CASE .min_args = 1, .max_args = 1, .flags = CMD_VAULT
#define TWO_IDS .min_args = 2, .max_args = 2, .flags = CMD_VAULT

static const struct opt open_options[] = {
	{ "subject", OPT_TEXT, "S",
	    "id, number:E-1001 or email:a@b.c of the person", OPT_NEEDED },
	{ "right", OPT_CHOICE,
	    "access|portability|rectification|erasure|restriction|objection",
	    "what is asked for", OPT_NEEDED },
	{ "received", OPT_WHEN, NULL,
	    "day or instant at which the request came in", OPT_NEEDED },
	{ "law", OPT_TEXT, "ID",
	    "law that counts; default: the one adopted here", 0 },
	{ "channel", OPT_TEXT, "WORD",
	    "how it came: letter, e-mail as email, desk, ...", 0 },
	OPT_END,
};
static const struct opt identity_options[] = {
	{ "asked", OPT_FLAG, NULL, "a proof of identity was asked for", 0 },
	{ "method", OPT_PERSONAL, "TEXT",
	    "how the identity was checked; stored sealed", 0 },
	ON,
	OPT_END,
};
static const struct opt asked_options[] = {
	{ "asked", OPT_FLAG, NULL, "it was asked for; without: it came", 0 },
	ON,
	OPT_END,
};
static const struct opt ask_options[] = {
	{ "question", OPT_PERSONAL, "TEXT", "what was asked; stored sealed",
	    OPT_NEEDED },
	ON,
	OPT_END,
};
static const struct opt on_options[] = { ON, OPT_END };
static const struct opt extend_options[] = {
	REASON("why more time is needed, as the person was told"),
	ON,
	OPT_END,
};
static const struct opt deliver_options[] = {
	{ "method", OPT_TEXT, "WORD", "how: post, email, desk, ...",
	    OPT_NEEDED },
	ON,
	OPT_END,
};
static const struct opt refuse_options[] = {
	{ "ground", OPT_TEXT, "G",
	    "unfounded, excessive, identity, withdrawn, died, unanswered, "
	    "or a code of the law",
	    OPT_NEEDED },
	REASON("why, as the person was told; stored sealed"),
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "open",
	    .summary = "Open a case for a request that came in",
	    .more = "Its clock starts, and destruction and alteration of the "
		    "person's records are\nfrozen until some time after the "
		    "case was closed (the law says how long).",
	    .examples = "hrvault case open --subject number:E-1001 --right "
			"access --received 2026-03-02",
	    .options = open_options,
	    .flags = CMD_VAULT,
	    .run = run_open },
	{ .verb = "list",
	    .summary = "List cases, the one due first at the top",
	    .flags = CMD_VAULT,
	    .run = run_list },
	{ .verb = "show",
	    .args = "C",
	    .summary = "Show a case: due date, steps, records",
	    ONE_CASE,
	    .run = run_show },
	{ .verb = "identity",
	    .args = "C",
	    .summary = "Identity of the requester: asked for, or checked",
	    .options = identity_options,
	    ONE_CASE,
	    .run = run_identity },
	{ .verb = "authority",
	    .args = "C",
	    .summary = "Authority of a representative: asked for, or shown",
	    .options = asked_options,
	    ONE_CASE,
	    .run = run_authority },
	{ .verb = "fee",
	    .args = "C",
	    .summary = "A fee: asked for, or paid",
	    .options = asked_options,
	    ONE_CASE,
	    .run = run_fee },
	{ .verb = "ask",
	    .args = "C",
	    .summary = "A question to the requester; the clock may stop",
	    .options = ask_options,
	    ONE_CASE,
	    .run = run_ask },
	{ .verb = "answer",
	    .args = "C",
	    .summary = "The question was answered",
	    .options = on_options,
	    ONE_CASE,
	    .run = run_answer },
	{ .verb = "extend",
	    .args = "C",
	    .summary = "Notice of an extension was given",
	    .options = extend_options,
	    ONE_CASE,
	    .run = run_extend },
	{ .verb = "collect",
	    .args = "C",
	    .summary = "Find everything about the person; repeat at will",
	    .more = "What you may open and what is about nobody else stands "
		    "as disclosed; all else\nhas to be decided. What was "
		    "decided stays so. The history of access and the\nnames "
		    "that are replaced are frozen with it.",
	    .options = case_collect_options,
	    ONE_CASE,
	    .run = case_collect_run },
	{ .verb = "decide",
	    .args = "C R",
	    .summary = "Decide that a record goes into the package",
	    .options = case_decide_options,
	    TWO_IDS,
	    .run = case_decide_run },
	{ .verb = "withhold",
	    .args = "C R",
	    .summary = "Keep a record back on a ground of the law",
	    .examples = "hrvault case withhold C-7Q2M9X R-4K1PZ8 --code "
			"S2P4-24 --reason @why.txt",
	    .options = case_withhold_options,
	    TWO_IDS,
	    .run = case_withhold_run },
	{ .verb = "redact",
	    .args = "C R",
	    .summary = "Take parts of a record out of a copy of it",
	    .more = "A field of a JSON document by its pointer, again for each "
		    "more field; or all\nthat a replacement does not have. "
		    "The copy goes into the package, the record\nstays as it "
		    "is. The copy has no file name, and a title only with "
		    "--title.",
	    .examples =
		"hrvault case redact C-7Q2M9X R-4K1PZ8 --field "
		"/witness/phone --code S2P3-16\nhrvault case redact C-7Q2M9X "
		"R-4K1PZ8 --replacement clean.pdf --code S2P3-16",
	    .options = case_redact_options,
	    TWO_IDS,
	    .run = case_redact_run },
	{ .verb = "signoff",
	    .args = "C R",
	    .summary = "Legal lets a record out of its compartment",
	    .options = case_signoff_options,
	    TWO_IDS,
	    .run = case_signoff_run },
	{ .verb = "contribute",
	    .args = "C",
	    .summary = "Hand over what the case's handler cannot open",
	    .more = "Copies of what you decided to disclose in compartments "
		    "that the member who\nopened the case does not hold. The "
		    "keys of the records stay where they are.",
	    ONE_CASE,
	    .run = case_contribute_run },
	{ .verb = "erase",
	    .args = "C",
	    .summary = "Order the erasure of what was found",
	    .more = case_erase_more,
	    ONE_CASE,
	    .run = case_erase_run },
	{ .verb = "keep",
	    .args = "C R",
	    .summary = "Keep a record of an erasure on a ground of the law",
	    .more = case_keep_more,
	    .examples = "hrvault case keep C-7Q2M9X R-4K1PZ8 --ground claims "
			"--reason @why.txt\nhrvault case keep C-7Q2M9X "
			"R-4K1PZ8 --withdraw",
	    .options = case_keep_options,
	    TWO_ARGS,
	    .run = case_keep_run },
	{ .verb = "resolve",
	    .args = "C",
	    .summary = "Decide a correction, restriction or objection",
	    .more = case_resolve_more,
	    .options = case_resolve_options,
	    ONE_CASE,
	    .run = case_resolve_run },
	{ .verb = "outcome",
	    .args = "C",
	    .summary = "What came of it, as the person is told",
	    ONE_CASE,
	    .run = case_outcome_run },
	{ .verb = "told",
	    .args = "C",
	    .summary = "A recipient was told of the correction or erasure",
	    .options = case_told_options,
	    ONE_CASE,
	    .run = case_told_run },
	{ .verb = "export",
	    .args = "C",
	    .summary = "Make the encrypted package for the requester",
	    .more = "A folder with a page to read, the documents as they "
		    "are, the data for machines\nand a signed list of it "
		    "all. It is read again before this says that it is done.",
	    .examples = "hrvault case export C-7Q2M9X --to FINGERPRINT "
			"--output answer.tar.gpg\nhrvault case export C-7Q2M9X "
			"--passphrase-fd 3 --zip --output answer.zip 3<pass",
	    .options = case_export_options,
	    ONE_CASE,
	    .run = case_export_run },
	{ .verb = "letter",
	    .args = "C",
	    .summary = "Write a letter to the requester",
	    .more = "It tells what the case has come to: the step it is about "
		    "comes first ('case\nrefuse', 'case extend', 'case ask', "
		    "...). Names and reasons are opened for it,\nso it is "
		    "logged as a read.",
	    .examples = "hrvault case letter C-7Q2M9X --kind extension "
			"--output letter.html\nhrvault case letter C-7Q2M9X "
			"--kind refusal --lang de --output letter.txt",
	    .options = case_letter_options,
	    ONE_CASE,
	    .run = case_letter_run },
	{ .verb = "deliver",
	    .args = "C",
	    .summary = "The package was handed over",
	    .options = deliver_options,
	    ONE_CASE,
	    .run = run_deliver },
	{ .verb = "refuse",
	    .args = "C",
	    .summary = "The request was refused",
	    .options = refuse_options,
	    ONE_CASE,
	    .run = run_refuse },
	{ .verb = "close",
	    .args = "C",
	    .summary = "Close an answered case",
	    ONE_CASE,
	    .run = run_close },
	{ .verb = "reopen",
	    .args = "C",
	    .summary = "Open a closed or refused case again",
	    ONE_CASE,
	    .run = run_reopen },
	CMD_END,
};
const struct noun noun_case = { "case",
	"Requests: access to one's own data, with the clock of the law",
	verbs };
