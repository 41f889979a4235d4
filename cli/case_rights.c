/* SPDX-License-Identifier: ISC */
/*
 * hrvault case erase, keep, resolve, outcome, told: cases of other rights than
 * access. Layer: cli. The rows of the verbs are in cmd_case.c.
 */
#include "cli/case.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/case.h"

/* The sentences, one a line, and frees. */
static int
print(struct cli *c, int rc, struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *said;

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		said = hrv_doc_get(doc, "sentences");
		out_line(c, "%s  %s, %s", hrv_doc_str(doc, "id"),
		    hrv_doc_str(doc, "right"), hrv_doc_str(doc, "status"));
		for (size_t i = 0; i < hrv_doc_len(said); i++)
			out_line(c, "  %s", hrv_doc_text(hrv_doc_at(said, i)));
	}
	hrv_doc_free(doc);
	return rc;
}

int
case_erase_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_erase(c->vault, arg(c, 0), &doc, err);

	return print(c, rc, doc, err);
}

const struct opt case_keep_options[] = {
	{ "ground", OPT_CHOICE,
	    "expression|legal-obligation|public-health|archive|claims",
	    "of Art. 17(3); needed, but with --withdraw", 0 },
	{ "reason", OPT_PERSONAL, "TEXT",
	    "why; stored sealed; needed, but with --withdraw", 0 },
	{ "withdraw", OPT_FLAG, NULL,
	    "take it back before the answer is delivered", 0 },
	OPT_END,
};

int
case_keep_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_keep_args a = { .which = arg(c, 0),
		.record = arg(c, 1),
		.ground = opt_text(c, "ground"),
		.reason = opt_text(c, "reason"),
		.withdraw = opt_flag(c, "withdraw") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_keep(c->vault, &a, &doc, err);

	return print(c, rc, doc, err);
}

const struct opt case_resolve_options[] = {
	{ "outcome", OPT_CHOICE, "granted|partly|rejected", "what was decided",
	    OPT_NEEDED },
	{ "ground", OPT_CHOICE, "accuracy|unlawful|claims|objection",
	    "of a restriction that is granted", 0 },
	{ "reason", OPT_PERSONAL, "TEXT",
	    "why, as the person is told; stored sealed", 0 },
	OPT_END,
};

int
case_resolve_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_resolve_args a = { .which = arg(c, 0),
		.outcome = opt_text(c, "outcome"),
		.ground = opt_text(c, "ground"),
		.reason = opt_text(c, "reason") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_resolve(c->vault, &a, &doc, err);

	return print(c, rc, doc, err);
}

int
case_outcome_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_outcome(c->vault, arg(c, 0), &doc, err);

	return print(c, rc, doc, err);
}

const struct opt case_told_options[] = {
	{ "recipient", OPT_TEXT, "T", "who was told", OPT_NEEDED },
	{ "on", OPT_DATE, NULL, "the day of it; default today", 0 },
	OPT_END,
};

int
case_told_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_told(c->vault, arg(c, 0), opt_text(c, "recipient"),
	    opt_text(c, "on"), &doc, err);

	return print(c, rc, doc, err);
}
