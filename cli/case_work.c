/* SPDX-License-Identifier: ISC */
/*
 * hrvault case: what becomes of the records of a case. Layer: cli.
 */
#include <unistd.h>

#include "cli/case.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/case.h"
#include "hrvault/record.h"

static const struct out_field count_fields[] = { { "id", "case", 0 },
	{ "records", "record versions", 0 }, { "disclosed", NULL, 0 },
	{ "redacted", NULL, 0 }, { "withheld", NULL, 0 },
	{ "destroyed", NULL, 0 }, { "undecided", NULL, 0 },
	{ "added", NULL, 0 }, { NULL, NULL, 0 } };

/* Of a case that asks that records are destroyed. */
static const struct out_field erase_fields[] = { { "id", "case", 0 },
	{ "records", "record versions", 0 }, { "erase", "to be erased", 0 },
	{ "ordered", "erasure ordered", 0 }, { "refused", "kept", 0 },
	{ "destroyed", NULL, 0 }, { "undecided", NULL, 0 },
	{ "added", NULL, 0 }, { NULL, NULL, 0 } };

const struct out_field *
case_count_fields(const struct hrv_doc *doc)
{
	return hrv_doc_int(doc, "erase", 0) + hrv_doc_int(doc, "ordered", 0) +
			   hrv_doc_int(doc, "refused", 0) >
		       0
		   ? erase_fields
		   : count_fields;
}

const struct out_field case_item_columns[] = { { "record", NULL, 0 },
	{ "version", NULL, OUT_RIGHT }, { "class", NULL, 0 },
	{ "compartment", NULL, 0 }, { "disposition", NULL, 0 },
	{ "code", NULL, 0 }, { "via", NULL, 0 },
	{ "waits_for", "waits for", 0 }, { NULL, NULL, 0 } };

/* Prints a result and frees it. */
static int
print(struct cli *c, int rc, struct hrv_doc *doc, struct hrv_err *err)
{
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

int
case_print_list(struct cli *c, const char *heading, const struct hrv_doc *list,
    const struct out_field *columns, struct hrv_err *err)
{
	size_t n = hrv_doc_len(list);
	int rc = HRV_OK;

	if (n == 0 || c->json)
		return HRV_OK;
	out_gap(c);
	out_heading(c, heading);
	out_list(c, columns, "");
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static void
say_all_named(const struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "named");

	for (size_t i = 0; i < hrv_doc_len(list); i++)
		case_say_named(c, hrv_doc_at(list, i));
	if (hrv_doc_len(list) > 0)
		case_say_named_next(c, hrv_doc_str(doc, "id"));
}

int
case_collect_run(struct cli *c, struct hrv_err *err)
{
	const char *untold = opt_text(c, "untold"), *tell = opt_text(c, "tell");
	struct hrv_case_untold u = { .recipient = tell != NULL ? tell : untold,
		.code = opt_text(c, "code"),
		.reason = opt_text(c, "reason"),
		.tell = tell != NULL };
	struct hrv_doc *doc = NULL;
	int rc;

	if (tell != NULL
		? untold != NULL || u.code != NULL
		: untold == NULL && (u.code != NULL || u.reason != NULL))
		return hrv_fail(err, HRV_EUSAGE,
		    "--untold has a --code and a --reason, --tell no code");
	rc = hrv_case_collect(c->vault, arg(c, 0), opt_text(c, "names"),
	    u.recipient == NULL ? NULL : &u, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, case_count_fields(doc), err);
	if (rc == HRV_OK)
		rc = case_print_list(c, "Records", hrv_doc_get(doc, "items"),
		    case_item_columns, err);
	if (rc == HRV_OK)
		say_all_named(c, doc);
	hrv_doc_free(doc);
	return rc;
}

static struct hrv_case_gate
gate_of(const struct cli *c)
{
	return (struct hrv_case_gate){ .opinion = opt_text(c, "opinion"),
		.opinion_on = opt_date(c, "opinion-date"),
		.known = opt_flag(c, "already-known"),
		.checked = opt_flag(c, "checked") };
}

int
case_decide_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_decide_args a = { .which = arg(c, 0),
		.record = arg(c, 1),
		.version = (uint32_t)opt_number(c, "version", 0),
		.reason = opt_text(c, "reason"),
		.gate = gate_of(c) };
	struct hrv_doc *doc = NULL;
	int rc;

	if (!opt_flag(c, "disclose"))
		return hrv_fail(err, HRV_EUSAGE,
		    "say --disclose, or use 'hrvault case withhold'");
	rc = hrv_case_decide(c->vault, &a, &doc, err);
	return print(c, rc, doc, err);
}

int
case_withhold_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_decide_args a = { .which = arg(c, 0),
		.record = arg(c, 1),
		.version = (uint32_t)opt_number(c, "version", 0),
		.code = opt_text(c, "code"),
		.reason = opt_text(c, "reason"),
		.gate = { .opinion = opt_text(c, "opinion"),
		    .opinion_on = opt_date(c, "opinion-date") } };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_decide(c->vault, &a, &doc, err);

	return print(c, rc, doc, err);
}

int
case_redact_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_redact_args a = { .which = arg(c, 0),
		.record = arg(c, 1),
		.version = (uint32_t)opt_number(c, "version", 0),
		.field = opt_text(c, "field"),
		.code = opt_text(c, "code"),
		.reason = opt_text(c, "reason"),
		.title = opt_text(c, "title"),
		.hide_source = opt_flag(c, "hide-source"),
		.gate = gate_of(c) };
	struct hrv_record_source file = { opt_text(c, "replacement"), -1 };
	struct hrv_doc *doc = NULL;
	int rc;

	if ((a.field == NULL) == (file.path == NULL))
		return hrv_fail(
		    err, HRV_EUSAGE, "say either --field or --replacement");
	if (file.path != NULL)
		a.replacement = &file;
	rc = hrv_case_redact(c->vault, &a, &doc, err);
	return print(c, rc, doc, err);
}

int
case_signoff_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_signoff(
	    c->vault, arg(c, 0), arg(c, 1), opt_text(c, "reason"), &doc, err);

	return print(c, rc, doc, err);
}

int
case_contribute_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_contribute(c->vault, arg(c, 0), &doc, err);

	return print(c, rc, doc, err);
}

#define VERSION                                                                \
	{                                                                      \
		"version", OPT_NUMBER, "N",                                    \
		    "one version; default all of them", 0                      \
	}
#define CODE                                                                   \
	{                                                                      \
		"code", OPT_TEXT, "X",                                         \
		    "code of the law; any other word lists them", OPT_NEEDED   \
	}
/* What opens the law's gate before a compartment. */
#define OPINION                                                                \
	{ "opinion", OPT_PERSONAL, "TEXT",                                     \
		"which opinion of a health professional; kept sealed", 0 },    \
	{                                                                      \
		"opinion-date", OPT_DATE, NULL, "the day it was given", 0      \
	}
#define GATE                                                                   \
	OPINION,                                                               \
	    { "already-known", OPT_FLAG, NULL,                                 \
		    "the person gave it or has seen it before", 0 },           \
	{                                                                      \
		"checked", OPT_FLAG, NULL,                                     \
		    "it was looked through for other people and may go out "   \
		    "as it is; needs --reason",                                \
		    0                                                          \
	}

const struct opt case_collect_options[] = {
	{ "names", OPT_PERSONAL, "TEXT",
	    "other people to be replaced by letters: one a line, spellings "
	    "divided by =; kept sealed",
	    0 },
	{ "untold", OPT_TEXT, "T",
	    "a recipient of whom the person is not told until --tell; takes "
	    "--code and --reason",
	    0 },
	{ "code", OPT_TEXT, "X", "code of the law", 0 },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", 0 },
	{ "tell", OPT_TEXT, "T", "that one is told of again", 0 },
	OPT_END,
};
const struct opt case_decide_options[] = {
	{ "disclose", OPT_FLAG, NULL, "it goes into the package", 0 },
	VERSION,
	GATE,
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", 0 },
	OPT_END,
};
const struct opt case_withhold_options[] = {
	CODE,
	VERSION,
	{ "reason", OPT_PERSONAL, "TEXT",
	    "why; the person reads it in the package", OPT_NEEDED },
	OPINION,
	OPT_END,
};
const struct opt case_redact_options[] = {
	{ "field", OPT_PERSONAL, "PTR",
	    "JSON pointer of what goes: /bank/iban, /years/0", 0 },
	{ "replacement", OPT_FILE, "FILE", "a copy that stands in for it", 0 },
	CODE,
	VERSION,
	{ "title", OPT_PERSONAL, "TITLE", "of the copy; default none", 0 },
	{ "hide-source", OPT_FLAG, NULL, "nor say where it came from", 0 },
	GATE,
	{ "reason", OPT_PERSONAL, "TEXT",
	    "why; the person reads it in the package", 0 },
	OPT_END,
};
const struct opt case_signoff_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why it may go out; kept sealed",
	    OPT_NEEDED },
	OPT_END,
};
