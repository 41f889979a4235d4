/* SPDX-License-Identifier: ISC */
/*
 * hrvault record move, reclassify, void: what was filed in error. Layer: cli.
 */
#include "cli/options.h"
#include "cli/out.h"
#include "cli/record.h"
#include "cli/subject.h"

static int
print_filed(struct cli *c, const struct hrv_doc *doc, const char *key,
    struct hrv_err *err)
{
	if (c->json)
		return out_doc(c, doc, NULL, err);
	out_line(c, "%s: now filed under %s", hrv_doc_str(doc, "id"),
	    hrv_doc_str(doc, key));
	subject_print_moved(c, doc);
	return HRV_OK;
}

int
record_run_move(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_move_args a = { .record = arg(c, 0),
		.subject = opt_text(c, "to"),
		.reason = opt_text(c, "reason"),
		.use = {
		    opt_text(c, "purpose"), opt_text(c, "restricted-for") } };
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_move(c->vault, &a, &doc, err);

	if (rc == HRV_OK)
		rc = print_filed(c, doc, "subject", err);
	hrv_doc_free(doc);
	return rc;
}

int
record_run_reclassify(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_reclassify_args a = { .record = arg(c, 0),
		.class_name = opt_text(c, "class"),
		.reason = opt_text(c, "reason"),
		.use = {
		    opt_text(c, "purpose"), opt_text(c, "restricted-for") } };
	const char *born = opt_text(c, "dependant-born");
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (born != NULL && !hrv_date_parse(born, &a.dependant_born))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the dependant's birth date is not a date (YYYY-MM-DD)");
	if (rc == HRV_OK)
		rc = hrv_record_reclassify(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = print_filed(c, doc, "class", err);
	hrv_doc_free(doc);
	return rc;
}

int
record_run_void(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "record", NULL, 0 },
		{ "destroyed", "versions destroyed", 0 },
		{ "certificate", NULL, 0 }, { NULL, NULL, 0 } };
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_void(
	    c->vault, arg(c, 0), opt_text(c, "reason"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	if (rc == HRV_OK && !hrv_doc_true(doc, "finished")) {
		rc = hrv_fail(err, HRV_EPARTIAL,
		    "the record is gone from the database, but a running "
		    "command still holds the old keys");
		hrv_hint(err, "the next 'hrvault purge run' finishes it and "
			      "writes the certificate");
	}
	hrv_doc_free(doc);
	return rc;
}
