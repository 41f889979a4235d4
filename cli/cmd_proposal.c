/* SPDX-License-Identifier: ISC */
/*
 * hrvault proposal: list, show, approve, reject. Layer: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/fitted.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/docmake.h"
#include "hrvault/proposal.h"

/* A row as people read it: "approved" would send them on a useless errand
 * where something changed since. */
static int
list_row(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const char *const keys[] = { "id", "kind", "status", "expires",
		"proposer_user_id", "proposer" };
	struct cli *c = ctx;
	struct hrv_doc *row;
	bool ok = true;
	int rc;

	if (c->json || (hrv_doc_str(doc, "outdated_by") == NULL &&
			   !hrv_doc_true(doc, "overtaken")))
		return out_row(c, doc, err);
	row = hrv_doc_new_object();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (hrv_doc_str(doc, keys[i]) != NULL)
			ok = hrv_doc_set_str(
				 row, keys[i], hrv_doc_str(doc, keys[i])) &&
			     ok;
	ok = hrv_doc_set_str(row, "status", "outdated") && ok;
	rc = ok ? out_row(c, row, err)
		: hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(row);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "proposal", 0 },
		{ "kind", NULL, 0 }, { "status", NULL, 0 },
		{ "expires", "until", 0 }, { "proposer_user_id", "by", 0 },
		{ "proposer", "fingerprint", OUT_MINOR }, { NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "no proposals");
	rc = hrv_proposal_list(c->vault, list_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* The next command, for the two who may type one. */
static void
print_next(struct cli *c, const struct hrv_doc *doc)
{
	const char *status = hrv_doc_str(doc, "status");
	const char *id = hrv_doc_str(doc, "id");

	out_gap(c);
	out_line(c, "SHA-256 of all that is approved:");
	out_line(c, "  %s", hrv_doc_str(doc, "sha256"));
	out_gap(c);
	if (hrv_doc_str(doc, "outdated_by") != NULL)
		out_line(c,
		    "Approved for another state of things: the command was "
		    "repeated since, and\n%s waits for what it does now.",
		    hrv_doc_str(doc, "outdated_by"));
	else if (hrv_doc_true(doc, "overtaken"))
		out_line(c, "Approved, but what it starts from is not so any "
			    "more: its proposer repeats the\ncommand, which "
			    "makes a new proposal.");
	else if (strcmp(status, "approved") == 0)
		out_line(c, "%s",
		    strcmp(hrv_doc_str(doc, "kind"), "review") == 0
			? "Approved: the next 'hrvault purge run' carries it "
			  "out."
			: "Approved; waits to be carried out: its proposer "
			  "repeats the command.");
	if (strcmp(status, "open") != 0)
		return;
	out_line(c, "May be approved by: %s.", hrv_doc_str(doc, "approvers"));
	out_line(c, "  hrvault proposal approve %s", id);
	out_line(c, "  hrvault proposal reject %s --reason T", id);
}

/* The reason as it was typed, or how it is read. */
static void
print_reason(struct cli *c, const struct hrv_doc *doc)
{
	static const struct {
		const char *key, *head;
	} texts[] = { { "matter", "matter: " }, { "authority", "ordered by: " },
		{ "reason", "reason: " } };

	out_gap(c);
	out_heading(c, "Why");
	if (!hrv_doc_true(doc, "has_reason")) {
		out_line(c, "no reason was given");
	} else if (!opt_flag(c, "reason")) {
		out_line(c, "sealed; opened, and that is logged, for hr, legal "
			    "and dpo by:");
		out_line(c, "  hrvault proposal show %s --reason",
		    hrv_doc_str(doc, "id"));
	} else if (hrv_doc_true(doc, "reason_withheld")) {
		out_line(c, "its key is not granted to you");
	} else if (hrv_doc_true(doc, "reason_gone")) {
		out_line(c, "gone, as is what it was about");
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (hrv_doc_str(doc, texts[i].key) != NULL)
			out_text(
			    c, texts[i].head, hrv_doc_str(doc, texts[i].key));
}

static void
print_effects(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *effects = hrv_doc_get(doc, "effects");

	out_gap(c);
	out_heading(c, "What will happen");
	for (size_t i = 0; i < hrv_doc_len(effects); i++) {
		char *text =
		    fitted_text(c, hrv_doc_text(hrv_doc_at(effects, i)));

		out_wrapped(c, i == 0 ? 0 : 2, i == 0 ? NULL : "- ",
		    text == NULL ? "?" : text);
		free(text);
	}
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "id", "proposal", 0 },
		{ "kind", NULL, 0 }, { "status", NULL, 0 },
		{ "proposer_user_id", "proposed by", 0 },
		{ "proposer", "with the key", 0 }, { "opened", "on", 0 },
		{ "expires", "until", 0 },
		{ "approver_user_id", "approved by", 0 },
		{ "approver", "with the key", 0 }, { NULL, NULL, 0 } };
	struct hrv_doc *doc = NULL;
	int rc = opt_flag(c, "reason")
		     ? hrv_proposal_show_reason(c->vault, arg(c, 0), &doc, err)
		     : hrv_proposal_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	if (rc == HRV_OK && !c->json) {
		print_effects(c, doc);
		print_reason(c, doc);
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

static const struct opt show_options[] = {
	{ "reason", OPT_FLAG, NULL,
	    "open the reason that was typed with it: hr, legal, dpo; itself "
	    "logged",
	    0 },
	OPT_END,
};

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
	    .more = "Decrypts and writes nothing, but for --reason. Look "
		    "here before you approve.",
	    .options = show_options,
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
