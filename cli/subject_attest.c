/* SPDX-License-Identifier: ISC */
/*
 * hrvault subject confirm, unconfirmed, notice, untold: what people said is
 * right, and what they were told. Layer: cli. The rows of the verbs are in
 * cmd_subject.c.
 */
#include "cli/options.h"
#include "cli/out.h"
#include "cli/subject.h"
#include "hrvault/rights.h"

const struct opt subject_confirm_options[] = {
	{ "on", OPT_DATE, NULL, "day on which they did; today where not given",
	    0 },
	OPT_END,
};

const struct opt subject_notice_options[] = {
	{ "text-version", OPT_TEXT, "VERSION", "of the notice", OPT_NEEDED },
	{ "on", OPT_DATE, NULL, "day of telling; today where not given", 0 },
	{ "all", OPT_FLAG, NULL, "everybody was told", 0 },
	OPT_END,
};

const struct opt subject_unconfirmed_options[] = {
	{ "for", OPT_DURATION, NULL,
	    "how long a confirmation counts; a year where not given", 0 },
	OPT_END,
};

const struct opt subject_untold_options[] = {
	{ "text-version", OPT_TEXT, "VERSION",
	    "of the notice; the newest anybody was told of where not given",
	    0 },
	OPT_END,
};

int
subject_confirm(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_confirm(
	    c->vault, arg(c, 0), opt_text(c, "on"), &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s confirmed on %s%s", hrv_doc_str(doc, "id"),
		    hrv_doc_str(doc, "date"),
		    hrv_doc_true(doc, "unchanged") ? ": known already" : "");
	hrv_doc_free(doc);
	return rc;
}

int
subject_notice(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc;

	if (opt_flag(c, "all") == (arg(c, 0) != NULL))
		return hrv_fail(
		    err, HRV_EUSAGE, "who was told is one subject, or --all");
	rc = hrv_subject_notice(c->vault, arg(c, 0),
	    opt_text(c, "text-version"), opt_text(c, "on"), &doc, err);
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK && hrv_doc_true(doc, "unchanged"))
		out_line(
		    c, "notice %s: known already", hrv_doc_str(doc, "version"));
	else if (rc == HRV_OK)
		out_line(c, "notice %s: %lld told on %s",
		    hrv_doc_str(doc, "version"),
		    (long long)hrv_doc_int(doc, "subjects", 0),
		    hrv_doc_str(doc, "date"));
	hrv_doc_free(doc);
	return rc;
}

int
subject_unconfirmed(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "subject", 0 },
		{ "kind", NULL, 0 }, { "since", NULL, 0 }, { "due", NULL, 0 },
		{ "confirmed", "ever confirmed", OUT_YESNO },
		{ NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "every confirmation is recent enough");
	rc = hrv_subject_unconfirmed(
	    c->vault, opt_text(c, "for"), out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

int
subject_untold(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "subject", 0 },
		{ "kind", NULL, 0 }, { "version", "knows version", 0 },
		{ "date", "since", 0 }, { NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "everybody knows it");
	rc = hrv_subject_untold(
	    c->vault, opt_text(c, "text-version"), out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}
