/* SPDX-License-Identifier: ISC */
/*
 * hrvault subject restrict, lift, consent, preference, suppressed: rights of
 * the people concerned. Layer: cli. The rows of the verbs are in cmd_subject.c.
 */
#include <string.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/subject.h"
#include "hrvault/rights.h"

const struct opt subject_restrict_options[] = {
	{ "ground", OPT_CHOICE, "accuracy|unlawful|claims|objection",
	    "what the person contests or asks for", OPT_NEEDED },
	OPT_END,
};

const struct opt subject_lift_options[] = {
	{ "ground", OPT_CHOICE, "accuracy|unlawful|claims|objection",
	    "the one that is over; needed where there are several", 0 },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	{ "told", OPT_DATE, NULL, "day on which the person was told", 0 },
	OPT_END,
};

int
subject_restrict(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_restrict(
	    c->vault, arg(c, 0), opt_text(c, "ground"), &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s is restricted (%s)%s", hrv_doc_str(doc, "id"),
		    hrv_doc_str(doc, "restricted"),
		    hrv_doc_true(doc, "unchanged") ? ", as before" : "");
	if (rc == HRV_OK)
		say(c, "its records may be read for legal_claim and "
		       "subject_request only; the person is to be told before "
		       "this is lifted");
	hrv_doc_free(doc);
	return rc;
}

int
subject_lift(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_lift(c->vault, arg(c, 0), opt_text(c, "ground"),
	    opt_text(c, "reason"), opt_text(c, "told"), &doc, err);
	const char *left;

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK &&
		 (left = hrv_doc_str(doc, "restricted")) != NULL)
		out_line(c, "%s is still restricted (%s; it was: %s)",
		    hrv_doc_str(doc, "id"), left, hrv_doc_str(doc, "was"));
	else if (rc == HRV_OK)
		out_line(c, "%s is no longer restricted (it was: %s)",
		    hrv_doc_str(doc, "id"), hrv_doc_str(doc, "was"));
	hrv_doc_free(doc);
	return rc;
}

const struct opt subject_consent_options[] = {
	{ "purpose", OPT_TEXT, "PURPOSE", "one of the schedule", OPT_NEEDED },
	{ "text-version", OPT_TEXT, "VERSION", "of the text agreed to", 0 },
	{ "given", OPT_DATE, NULL, "day on which it was given", 0 },
	{ "withdrawn", OPT_DATE, NULL, "day on which it was withdrawn", 0 },
	OPT_END,
};

int
subject_consent(struct cli *c, struct hrv_err *err)
{
	struct hrv_consent_args a = { .who = arg(c, 0),
		.purpose = opt_text(c, "purpose"),
		.text_version = opt_text(c, "text-version"),
		.given = opt_text(c, "given"),
		.withdrawn = opt_text(c, "withdrawn") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_consent(c->vault, &a, &doc, err);

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		out_line(c, "%s: consent for %s %s on %s%s",
		    hrv_doc_str(doc, "id"), hrv_doc_str(doc, "purpose"),
		    hrv_doc_str(doc, "act"), hrv_doc_str(doc, "date"),
		    hrv_doc_true(doc, "unchanged") ? ", as before" : "");
		subject_print_moved(c, doc);
	}
	if (rc == HRV_OK && hrv_doc_true(doc, "waits"))
		say(c,
		    "it counts from now on; what would be destroyed sooner, "
		    "or leave a legal hold, waits for a second person%s%s",
		    hrv_doc_str(doc, "proposal") != NULL
			? ": hrvault proposal approve "
			: ", whom an hr member asks by this command",
		    hrv_doc_str(doc, "proposal") != NULL
			? hrv_doc_str(doc, "proposal")
			: "");
	hrv_doc_free(doc);
	return rc;
}

const struct opt subject_preference_options[] = {
	{ "channel", OPT_CHOICE, "email|phone|post", "how they are reached",
	    OPT_NEEDED },
	{ "set", OPT_CHOICE, "yes|no", "whether they want it", OPT_NEEDED },
	OPT_END,
};

int
subject_preference(struct cli *c, struct hrv_err *err)
{
	bool allowed = strcmp(opt_text(c, "set"), "yes") == 0;
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_preference(
	    c->vault, arg(c, 0), opt_text(c, "channel"), allowed, &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s: %s %s", hrv_doc_str(doc, "id"),
		    hrv_doc_str(doc, "channel"), allowed ? "yes" : "no");
	hrv_doc_free(doc);
	return rc;
}

int
subject_suppressed(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	char *text = NULL;
	int rc = input_value(c, arg(c, 0), "address", &text, err);

	if (rc == HRV_OK)
		rc = hrv_suppressed(c->vault, text, &doc, err);
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK && hrv_doc_true(doc, "suppressed"))
		out_line(c, "suppressed since %s", hrv_doc_str(doc, "since"));
	else if (rc == HRV_OK)
		out_line(c, "not suppressed");
	hrv_doc_free(doc);
	input_free(text);
	return rc;
}

const struct opt subject_mailing_options[] = {
	{ "channel", OPT_CHOICE, "email|phone", "how they are reached",
	    OPT_NEEDED },
	OPT_END,
};

int
subject_mailing(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "subject", 0 },
		{ "address", NULL, 0 }, { NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "nobody to write to");
	rc = hrv_subject_mailing(
	    c->vault, opt_text(c, "channel"), out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}
