/* SPDX-License-Identifier: ISC */
/*
 * hrvault member: who may open the vault. Layer: cli.
 */
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/vault.h"

static int
run_add(struct cli *c, struct hrv_err *err)
{
	const struct hrv_member_args args = {
		.who = arg(c, 0),
		.role = opt_text(c, "role"),
		.compartments = opt_text(c, "compartment"),
		.until = opt_text(c, "until"),
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_add(c->vault, &args, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = {
		{ "fingerprint", NULL, 0 },
		{ "role", NULL, 0 },
		{ "status", NULL, 0 },
		{ "until", NULL, 0 },
		{ "compartments", NULL, 0 },
		{ NULL, NULL, 0 },
	};

	out_list(c, columns, "no members");
	return hrv_member_list(c->vault, out_row, c, err);
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static const struct opt add_options[] = {
	{ "role", OPT_CHOICE, "hr|legal|dpo|purge|auditor",
	    "what the member may do ('hrvault help roles')", OPT_NEEDED },
	{ "compartment", OPT_TEXT, "A,B",
	    "compartments whose keys are granted; you must hold them", 0 },
	{ "until", OPT_DATE, NULL, "last day of the membership", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "add",
	    .args = "KEY",
	    .summary = "Grant a person a role and keys",
	    .more = "KEY is an OpenPGP key in the local keyring: its "
		    "fingerprint, a tail of it of\n"
		    "16 or more digits, or an address. Compare the "
		    "fingerprint with its owner first.",
	    .examples =
		"hrvault member add 6F2A...C41B --role hr --compartment "
		"general,pay",
	    .options = add_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_add },
	{ .verb = "list",
	    .summary = "List members and former members",
	    .flags = CMD_VAULT,
	    .run = run_list },
	{ .verb = "show",
	    .args = "KEY",
	    .summary = "Show one member",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_show },
	CMD_END,
};
const struct noun noun_member = { "member", "Who may open the vault", verbs };
