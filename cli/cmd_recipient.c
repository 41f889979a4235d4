/* SPDX-License-Identifier: ISC */
/*
 * hrvault recipient: to whom records may be disclosed. Layer: cli.
 */
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/rights.h"

static int
run_add(struct cli *c, struct hrv_err *err)
{
	struct hrv_recipient_args a = { .kind = opt_text(c, "kind"),
		.country = opt_text(c, "country"),
		.safeguard = opt_text(c, "safeguard"),
		.until = opt_text(c, "until"),
		.name = opt_text(c, "name") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_recipient_add(c->vault, &a, &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s", hrv_doc_str(doc, "id"));
	if (rc == HRV_OK && !hrv_doc_true(doc, "usable"))
		say(c,
		    "%s needs a safeguard that is in force: nothing may go "
		    "there yet",
		    hrv_doc_str(doc, "country"));
	hrv_doc_free(doc);
	return rc;
}

static const struct out_field columns[] = {
	{ "id", NULL, 0 },
	{ "name", NULL, 0 },
	{ "kind", NULL, 0 },
	{ "country", NULL, 0 },
	{ "safeguard", NULL, 0 },
	{ "until", NULL, 0 },
	{ "usable", NULL, OUT_YESNO },
	{ NULL, NULL, 0 },
};

static int
run_list(struct cli *c, struct hrv_err *err)
{
	int rc;

	out_list(c, columns, "no recipients");
	rc = hrv_recipient_list(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static const struct opt add_options[] = {
	{ "name", OPT_PERSONAL, "NAME", "of the organisation; kept sealed",
	    OPT_NEEDED },
	{ "kind", OPT_CHOICE, "group|processor|authority|other",
	    "what it is to the employer", OPT_NEEDED },
	{ "country", OPT_TEXT, "CC", "where it is: two capital letters",
	    OPT_NEEDED },
	{ "safeguard", OPT_CHOICE, "adequacy|scc|bcr|consent|none",
	    "what protects a transfer abroad", 0 },
	{ "until", OPT_DATE, "DATE", "last day of that safeguard", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "add",
	    .summary = "Register an organisation that may be given records",
	    .more = "The European Economic Area, the United Kingdom and the "
		    "schedule's own jurisdiction need no safeguard. Anywhere "
		    "else nothing goes without one, or after its last day.",
	    .examples =
		"hrvault recipient add --name 'Payroll Ltd' --kind processor "
		"--country IE\n"
		"hrvault recipient add --name 'Head office' --kind group "
		"--country US \\\n"
		"    --safeguard scc --until 2027-06-30",
	    .options = add_options,
	    .flags = CMD_VAULT,
	    .run = run_add },
	{ .verb = "list",
	    .summary = "List the recipients by name",
	    .flags = CMD_VAULT,
	    .run = run_list },
	CMD_END,
};
const struct noun noun_recipient = { "recipient",
	"Organisations that may be given records", verbs };
