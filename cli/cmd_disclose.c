/* SPDX-License-Identifier: ISC */
/*
 * hrvault disclose: records go to a registered recipient. Layer: cli.
 */
#include "cli/disclose.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/record.h"
#include "hrvault/rights.h"

static int
run_one(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_read_args a = { .record = arg(c, 0),
		.purpose = opt_text(c, "purpose"),
		.reason = opt_text(c, "reason") };
	struct record_output to = { .c = c };
	struct hrv_doc *doc = NULL;
	int rc = record_output_choose(&to, &a, err);

	if (rc == HRV_OK)
		rc = hrv_disclose(c->vault, opt_text(c, "to"), &a, &doc, err);
	if (rc != HRV_OK)
		record_output_failed(&to, err);
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

/* One record as it is, or any number without names. */
static int
run(struct cli *c, struct hrv_err *err)
{
	static const char *const of_many[] = { "subject", "class", "field",
		"replacement", "all" };

	if (opt_flag(c, "pseudonymised"))
		return disclose_many(c, err);
	for (size_t i = 0; i < sizeof(of_many) / sizeof(of_many[0]); i++) {
		if (opt_count(c, of_many[i]) > 0) {
			hrv_fail(err, HRV_EUSAGE,
			    "--%s is for many records at once", of_many[i]);
			return hrv_hint(err, "these go with --pseudonymised");
		}
	}
	if (c->n_args != 1) {
		hrv_fail(err, HRV_EUSAGE, "one record is disclosed as it is");
		return hrv_hint(err, "many go with --pseudonymised");
	}
	return run_one(c, err);
}

static const struct opt options[] = {
	{ "to", OPT_TEXT, "RECIPIENT", "a recipient of the register",
	    OPT_NEEDED },
	{ "purpose", OPT_TEXT, "PURPOSE", "one of the schedule", OPT_NEEDED },
	{ "output", OPT_FILE, "FILE|-",
	    "a new file, for you alone; - only for one record", OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT",
	    "why; kept sealed; of one record only", 0 },
	{ "pseudonymised", OPT_FLAG, NULL,
	    "many records, letters in the place of people; takes two people",
	    0 },
	{ "subject", OPT_TEXT, "S", "all records of these people", OPT_MANY },
	{ "class", OPT_TEXT, "CLASS", "of these classes", OPT_MANY },
	{ "all", OPT_FLAG, NULL, "all records of everybody", 0 },
	{ "field", OPT_TEXT, "PTR",
	    "only these fields of a document: JSON pointers", OPT_MANY },
	{ "replacement", OPT_TEXT, "R=FILE",
	    "a file in the place of a document that names people", OPT_MANY },
	OPT_END,
};

static const struct command verbs[] = {
	{ .args = "[R]...",
	    .summary = "Take records out for a registered recipient",
	    .more = "The disclosure stands in the log and with the record, and "
		    "the person is told of it. 'hrvault recipient add' "
		    "registers a recipient.\n"
		    "With --pseudonymised many go at once, as a tar, after "
		    "somebody else approved exactly what goes: letters stand "
		    "for people, fields that identify are left out, names in "
		    "texts are replaced. Documents that are no JSON or name "
		    "somebody of the vault who is not linked to them, special "
		    "categories that are not named by --class, and what one "
		    "disclosure would refuse stay here and are listed.",
	    .examples =
		"hrvault disclose R-01ABCD --to T-01ABCD "
		"--purpose payroll \\\n"
		"    --output for-payroll.pdf\n"
		"hrvault disclose --to T-01ABCD --purpose "
		"administration --pseudonymised \\\n"
		"    --class contract --field /salary --output sale.tar",
	    .options = options,
	    .max_args = -1,
	    .flags = CMD_VAULT,
	    .run = run },
	CMD_END,
};
const struct noun noun_disclose = { "disclose",
	"Take records out for a registered recipient", verbs };
