/* SPDX-License-Identifier: ISC */
/*
 * hrvault purge: plan, run, confirm-clock, confirm-restore, show, verify.
 * Layer: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/certfiles.h"
#include "hrvault/proposal.h"
#include "hrvault/purge.h"

/* One group of the plan as a table. */
static int
print_group(struct cli *c, const char *heading, const struct hrv_doc *list,
    bool with_why, struct hrv_err *err)
{
	static const struct out_field due[] = { { "record", NULL, 0 },
		{ "class", NULL, 0 }, { "rule", NULL, 0 },
		{ "purge_from", "due since", 0 }, { NULL, NULL, 0 } };
	static const struct out_field kept[] = { { "record", NULL, 0 },
		{ "class", NULL, 0 }, { "why", "protected by", 0 },
		{ "until", "until", 0 }, { "purge_from", "due since", 0 },
		{ NULL, NULL, 0 } };
	static const struct out_field held[] = { { "record", NULL, 0 },
		{ "class", NULL, 0 }, { "why", "protected by", 0 },
		{ "holds", NULL, 0 }, { "until", "until", 0 },
		{ "purge_from", "due since", 0 }, { NULL, NULL, 0 } };
	const struct out_field *columns = with_why ? kept : due;
	int rc = HRV_OK;

	out_heading(c, heading);
	if (hrv_doc_len(list) == 0) {
		out_line(c, "none");
		return HRV_OK;
	}
	/* Only legal and dpo are told which. */
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		if (hrv_doc_get(hrv_doc_at(list, i), "holds") != NULL)
			columns = held;
	}
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* The vault's own papers that are due. */
static int
print_papers(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "paper", NULL, 0 },
		{ "class", NULL, 0 }, { "why", "protected by", 0 },
		{ "until", "until", 0 }, { "purge_from", "due since", 0 },
		{ NULL, NULL, 0 } };
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_gap(c);
	out_heading(c, "Papers of the vault itself that are due");
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* Those without a trigger that somebody should look at. */
static int
print_waiting(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "record", NULL, 0 },
		{ "class", NULL, 0 }, { "review_on", "to look at since", 0 },
		{ NULL, NULL, 0 } };
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	if (rc == HRV_OK)
		rc = out_list_end(c, err);
	say(c, "'hrvault retention orphans' says what they wait for; "
	       "'hrvault retention review' puts them off");
	return rc;
}

/* People of whom a run would destroy who they were, and nothing else. */
static int
print_identities(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = {
		{ "subject", "nothing else is left of", 0 }, { NULL, NULL, 0 }
	};
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_gap(c);
	out_list(c, columns, "nobody");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* Ends in exit 6 with the proposal, unless there is nothing to decide. */
static int
propose(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_propose(c->vault, &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "nothing needs a decision");
	hrv_doc_free(doc);
	return rc;
}

static int
run_plan(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc;

	if (opt_flag(c, "propose"))
		return propose(c, err);
	rc = hrv_purge_plan(c->vault, &doc, err);

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		rc = print_group(c, "To be destroyed",
		    hrv_doc_get(doc, "destroy"), false, err);
		out_gap(c);
		if (rc == HRV_OK)
			rc = print_group(c, "Due, but protected",
			    hrv_doc_get(doc, "protected"), true, err);
		out_gap(c);
		out_heading(c, "No trigger yet");
		out_line(c, "%lld record%s",
		    (long long)hrv_doc_int(doc, "pending", 0),
		    out_s(hrv_doc_int(doc, "pending", 0)));
		if (rc == HRV_OK)
			rc = print_waiting(
			    c, hrv_doc_get(doc, "to_review"), err);
		if (rc == HRV_OK)
			rc = print_papers(c, hrv_doc_get(doc, "papers"), err);
		if (rc == HRV_OK)
			rc = print_identities(
			    c, hrv_doc_get(doc, "identities"), err);
	}
	hrv_doc_free(doc);
	return rc;
}

/* What was approved and stays all the same. */
static int
print_dropped(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "record", NULL, 0 },
		{ "version", NULL, OUT_RIGHT }, { "paper", NULL, 0 },
		{ "why", NULL, 0 }, { "plan", "approved as", 0 },
		{ NULL, NULL, 0 } };
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_gap(c);
	out_heading(c, "Approved, but not destroyed");
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_run(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "destroyed", NULL, 0 },
		{ "protected", NULL, 0 }, { "pending", "no trigger yet", 0 },
		{ "identities", "identities that went along", 0 },
		{ "papers", "papers of the vault itself", 0 },
		{ "certificate", NULL, 0 }, { NULL, NULL, 0 } };
	const char *plan = opt_text(c, "plan");
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	/* A mistyped list is no run that was refused. */
	if (plan != NULL)
		rc = hrv_proposal_show(c->vault, plan, &doc, err);
	hrv_doc_free(doc);
	doc = NULL;
	if (rc == HRV_OK)
		rc = hrv_purge_run_plan(c->vault, plan, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	if (rc == HRV_OK && !c->json)
		rc = print_dropped(c, hrv_doc_get(doc, "dropped"), err);
	if (rc == HRV_OK && !hrv_doc_true(doc, "finished")) {
		rc = hrv_fail(err, HRV_EPARTIAL,
		    "the records are gone from the database, but a running "
		    "command still holds the old keys");
		hrv_hint(err, "the next 'hrvault purge run' finishes it and "
			      "writes the certificate");
	}
	hrv_doc_free(doc);
	return rc;
}

static int
run_confirm(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_confirm_clock(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_confirm_restore(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_confirm_restore(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	const char *dir = opt_text(c, "output");
	struct hrv_doc *doc = NULL;
	int rc = hrv_purge_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK && dir != NULL)
		rc = certfiles_write(dir, doc, err);
	if (rc == HRV_OK && (c->json || dir != NULL)) {
		if (!c->json)
			out_line(c, "wrote the certificate of %s",
			    hrv_doc_str(doc, "run"));
		else
			rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		const char *text = hrv_doc_str(doc, "text");

		rc = out_raw(c, text, strlen(text), err);
	}
	hrv_doc_free(doc);
	return rc;
}

/* Whoever forged the certificate may have named a log of his own in it. */
static void
print_verified(struct cli *c, bool ok, bool vkey)
{
	out_gap(c);
	if (!ok)
		return;
	if (vkey) {
		out_line(c, "ok: unaltered, signed, and in the log whose key "
			    "you gave");
		return;
	}
	out_line(c, "unaltered and signed; the log's key was NOT checked: it "
		    "is the one that the");
	out_line(c, "certificate itself names. Give the key that you trust "
		    "with --vkey; 'hrvault");
	out_line(c, "audit vkey' prints that of the vault.");
}

static int
run_verify(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "run", NULL, 0 },
		{ "signer", NULL, 0 }, { "signed", NULL, 0 },
		{ "origin", NULL, 0 }, { "index", NULL, 0 },
		{ "size", NULL, 0 }, { "problems", NULL, 0 },
		{ NULL, NULL, 0 } };
	struct certfiles files = { 0 };
	struct hrv_certificate_files f = { 0 };
	struct hrv_doc *doc = NULL;
	int rc = certfiles_read(c, arg(c, 0), &files, err);

	if (rc == HRV_OK) {
		f = files.f;
		f.vkey = opt_text(c, "vkey");
		rc = hrv_certificate_verify(&f, &doc, err);
	}
	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	if (rc == HRV_OK && !c->json)
		print_verified(c, hrv_doc_true(doc, "ok"), f.vkey != NULL);
	if (rc == HRV_OK && !hrv_doc_true(doc, "ok"))
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "this certificate does not verify");
	hrv_doc_free(doc);
	certfiles_clear(&files);
	return rc;
}

static const struct opt plan_options[] = {
	{ "propose", OPT_FLAG, NULL,
	    "propose what needs a decision, for somebody else to approve", 0 },
	OPT_END,
};

static const struct opt run_options[] = {
	{ "plan", OPT_TEXT, "P", "carry out only this approved list", 0 },
	OPT_END,
};

static const struct opt show_options[] = {
	{ "output", OPT_FILE, "DIR",
	    "write the four files of the certificate here", 0 },
	OPT_END,
};

static const struct opt verify_options[] = {
	{ "vkey", OPT_TEXT, "VKEY",
	    "public key of the log that you trust; without it, the one that "
	    "the certificate names",
	    0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "plan",
	    .summary = "Show what a run would destroy, and what it would not",
	    .options = plan_options,
	    .flags = CMD_VAULT,
	    .run = run_plan },
	{ .verb = "run",
	    .summary = "Destroy what is due and not protected",
	    .more = "For a timer: asks nothing inside the brakes of the "
		    "schedule, and is logged also\nwhen nothing is due. A "
		    "record goes only after its notice, under no hold and "
		    "in\nno open case.",
	    .options = run_options,
	    .flags = CMD_VAULT,
	    .run = run_run },
	{ .verb = "confirm-clock",
	    .summary = "Say that the clock is right after a long silence",
	    .flags = CMD_VAULT,
	    .run = run_confirm },
	{ .verb = "confirm-restore",
	    .summary =
		"Say that what a restore or rollback lost was entered again",
	    .more = "Until then nothing is destroyed. 'hrvault audit log --op "
		    "restore --json'\nhas the list ('reenter'). Takes two "
		    "people.",
	    .flags = CMD_VAULT,
	    .run = run_confirm_restore },
	{ .verb = "show",
	    .args = "D",
	    .summary = "Show the certificate of a run",
	    .options = show_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_show },
	{ .verb = "verify",
	    .args = "FILE",
	    .summary = "Verify a certificate, without a vault",
	    .more = "FILE is the D-....json; its signature and proof are "
		    "found beside it.\nWithout --vkey the log's key is not "
		    "checked, "
		    "and it says so.",
	    .options = verify_options,
	    .min_args = 1,
	    .max_args = 1,
	    .run = run_verify },
	CMD_END,
};
const struct noun noun_purge = { "purge",
	"Destroy what the schedule says is over", verbs };
