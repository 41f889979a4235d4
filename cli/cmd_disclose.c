/* SPDX-License-Identifier: ISC */
/*
 * hrvault disclose: a record goes to a registered recipient. Layer: cli.
 */
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/rights.h"

static int
run(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_read_args a = { .record = arg(c, 0),
		.purpose = opt_text(c, "purpose"),
		.reason = opt_text(c, "reason"),
		.output = opt_text(c, "output") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_disclose(c->vault, opt_text(c, "to"), &a, &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		say(c,
		    "%lld bytes of version %lld for %s; entry %lld of the "
		    "log",
		    (long long)hrv_doc_int(doc, "bytes", 0),
		    (long long)hrv_doc_int(doc, "version", 0),
		    hrv_doc_str(doc, "recipient"),
		    (long long)hrv_doc_int(doc, "audit_index", 0));
	hrv_doc_free(doc);
	return rc;
}

static const struct opt options[] = {
	{ "to", OPT_TEXT, "RECIPIENT", "a recipient of the register",
	    OPT_NEEDED },
	{ "purpose", OPT_TEXT, "PURPOSE", "one of the schedule", OPT_NEEDED },
	{ "output", OPT_FILE, "FILE", "a new file, for you alone", OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .args = "R",
	    .summary = "Take a record out for a registered recipient",
	    .more = "The disclosure stands in the log and with the record, and "
		    "the person is told of it. 'hrvault recipient add' "
		    "registers a recipient.",
	    .examples = "hrvault disclose R-01ABCD --to T-01ABCD "
			"--purpose payroll \\\n"
			"    --output for-payroll.pdf",
	    .options = options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run },
	CMD_END,
};
const struct noun noun_disclose = { "disclose",
	"Take a record out for a registered recipient", verbs };
