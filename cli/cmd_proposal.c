/* SPDX-License-Identifier: ISC */
/*
 * hrvault proposal: list, show, approve, reject. Layer: cli.
 */
#include <string.h>

#include "cli/context.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/proposal.h"

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "proposal", 0 },
		{ "kind", NULL, 0 }, { "status", NULL, 0 },
		{ "expires", "until", 0 }, { "proposer", NULL, 0 },
		{ NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "no proposals");
	rc = hrv_proposal_list(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* The next command, for the two who may type one. */
static void
print_next(struct cli *c, const struct hrv_doc *doc)
{
	const char *status = hrv_doc_str(doc, "status");
	const char *id = hrv_doc_str(doc, "id");

	out_line(c, " ");
	if (strcmp(status, "approved") == 0)
		out_line(c, "Approved; waits to be carried out: its proposer "
			    "repeats the command.");
	if (strcmp(status, "open") != 0)
		return;
	out_line(c, "May be approved by: %s.", hrv_doc_str(doc, "approvers"));
	out_line(c, "  hrvault proposal approve %s", id);
	out_line(c, "  hrvault proposal reject %s --reason T", id);
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "id", "proposal", 0 },
		{ "kind", NULL, 0 }, { "status", NULL, 0 },
		{ "proposer", NULL, 0 }, { "opened", NULL, 0 },
		{ "expires", "until", 0 }, { "approver", NULL, 0 },
		{ "sha256", NULL, 0 }, { NULL, NULL, 0 } };
	const struct hrv_doc *effects;
	struct hrv_doc *doc = NULL;
	int rc = hrv_proposal_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	if (rc == HRV_OK && !c->json) {
		effects = hrv_doc_get(doc, "effects");
		out_line(c, " ");
		out_heading(c, "What will happen");
		for (size_t i = 0; i < hrv_doc_len(effects); i++)
			out_wrapped(c, i == 0 ? 0 : 2, NULL,
			    hrv_doc_text(hrv_doc_at(effects, i)));
		print_next(c, doc);
	}
	hrv_doc_free(doc);
	return rc;
}

static int
run_approve(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_proposal_approve(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_reject(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_proposal_reject(
	    c->vault, arg(c, 0), opt_text(c, "reason"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static const struct opt reject_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why; stored sealed", OPT_NEEDED },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "list",
	    .summary = "List proposals and how they stand",
	    .flags = CMD_VAULT | CMD_RESTORING,
	    .run = run_list },
	{ .verb = "show",
	    .args = "P",
	    .summary = "Show in full what a proposal would do",
	    .more = "Decrypts and writes nothing. Look here before you "
		    "approve.",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT | CMD_RESTORING,
	    .run = run_show },
	{ .verb = "approve",
	    .args = "P",
	    .summary = "Approve a proposal of somebody else",
	    .more = "Your OpenPGP key signs exactly what was proposed. "
		    "Nothing else happens: the\nproposer repeats the command, "
		    "which then finds the approval and uses it once.\nA list "
		    "of records to destroy is carried out by the next 'purge "
		    "run'.",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT | CMD_RESTORING,
	    .run = run_approve },
	{ .verb = "reject",
	    .args = "P",
	    .summary = "Reject a proposal, or take one of your own back",
	    .options = reject_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT | CMD_RESTORING,
	    .run = run_reject },
	CMD_END,
};
const struct noun noun_proposal = { "proposal", "Steps that take two people",
	verbs };
