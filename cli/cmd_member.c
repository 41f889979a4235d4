/* SPDX-License-Identifier: ISC */
/*
 * hrvault member: who may open the vault. Layer: cli.
 */
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/hold.h"
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

	if (rc == HRV_EEXISTS && err->hint[0] == '\0')
		hrv_hint(err,
		    "'hrvault member show %s' shows the role; 'hrvault member "
		    "renew %s' changes dates and compartments",
		    args.who, args.who);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

/* What somebody who knew it leaves behind to be done. */
static int
show_rotations(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "key", NULL, 0 },
		{ "by", "can be rotated by", 0 }, { "command", NULL, 0 },
		{ NULL, NULL, 0 } };
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_gap(c);
	out_heading(c, "To be rotated");
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	if (rc == HRV_OK)
		rc = out_list_end(c, err);
	out_line(c, "until then 'hrvault status' stays critical");
	return rc;
}

static int
show_change(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "fingerprint", NULL, 0 },
		{ "role", NULL, 0 }, { "compartments", NULL, 0 },
		{ "until", NULL, 0 }, { "status", NULL, 0 },
		{ NULL, NULL, 0 } };
	int rc = out_doc(c, doc, c->json ? NULL : fields, err);

	if (rc == HRV_OK && !c->json)
		rc = show_rotations(c, hrv_doc_get(doc, "rotations"), err);
	return rc;
}

static int
run_renew(struct cli *c, struct hrv_err *err)
{
	const struct hrv_member_renew_args args = {
		.who = arg(c, 0),
		.compartments = opt_text(c, "compartment"),
		.until = opt_text(c, "until"),
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_renew(c->vault, &args, &doc, err);

	if (rc == HRV_OK)
		rc = show_change(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_remove(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_remove(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = show_change(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = {
		{ "fingerprint", NULL, 0 },
		{ "user_id", "name", 0 },
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

static int
run_link(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_link(c->vault, arg(c, 0), opt_text(c, "subject"),
	    opt_flag(c, "retract"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static const struct opt link_options[] = {
	{ "subject", OPT_TEXT, "S", "the person that the member is",
	    OPT_NEEDED },
	{ "retract", OPT_FLAG, NULL,
	    "it was said in error; never about oneself", 0 },
	OPT_END,
};

static const struct opt add_options[] = {
	{ "role", OPT_CHOICE, "hr|legal|dpo|purge|auditor",
	    "what the member may do ('hrvault help roles')", OPT_NEEDED },
	{ "compartment", OPT_TEXT, "A,B",
	    "compartments whose keys are granted; you must hold them", 0 },
	{ "until", OPT_DATE, NULL, "last day of the membership", 0 },
	OPT_END,
};

static const struct opt renew_options[] = {
	{ "compartment", OPT_TEXT, "A,B",
	    "compartments from now on, '-' for none; you must hold them", 0 },
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
	{ .verb = "link",
	    .args = "KEY",
	    .summary = "Say which person of the vault a member is",
	    .more = "Who a matter is about decides nothing in it: such a "
		    "member can neither extend,\n"
		    "see nor release a hold about that person, nor approve "
		    "it; and members who are\n"
		    "the same person approve nothing for each other. Of "
		    "oneself one says it alone;\n"
		    "who somebody else is, and taking it back, takes two "
		    "people after founding.",
	    .examples = "hrvault member link 0123456789ABCDEF --subject "
			"number:E-1001",
	    .options = link_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_link },
	{ .verb = "renew",
	    .args = "KEY",
	    .summary = "Take in an extended certificate, or other compartments",
	    .more = "KEY is a member's fingerprint, or a tail of it of 16 or "
		    "more digits. What the\n"
		    "local keyring has of the certificate is merged into what "
		    "the vault has. A\n"
		    "compartment that is taken away has to be rotated. After "
		    "founding it takes two.",
	    .examples = "gpg --import extended.asc\n"
			"hrvault member renew 0123456789ABCDEF",
	    .options = renew_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_renew },
	{ .verb = "remove",
	    .args = "KEY",
	    .summary = "Revoke a member's keys",
	    .more = "The grants are gone at once. What the member knew stays "
		    "to be rotated by those\n"
		    "who hold it; this lists what, by whom, and how. Copies "
		    "that somebody made\n"
		    "outside of hrvault no rotation calls back. After founding "
		    "it takes two.",
	    .examples = "hrvault member remove 0123456789ABCDEF",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_remove },
	CMD_END,
};
const struct noun noun_member = { "member", "Who may open the vault", verbs };
