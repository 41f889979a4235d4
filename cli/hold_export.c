/* SPDX-License-Identifier: ISC */
/*
 * hrvault hold export. Layer: cli.
 */
#include <string.h>

#include "cli/hold.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/hold.h"

int
hold_export_run(struct cli *c, struct hrv_err *err)
{
	const char *output = opt_text(c, "output");
	struct hrv_doc *doc = NULL;
	int rc;

	if (strcmp(output, "-") == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "an export has its name only when it is whole, so it goes "
		    "into a file");
	rc = hrv_hold_export(c->vault, arg(c, 0), output,
	    opt_flag(c, "metadata-only"), &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK)
		say(c, "the file holds the contents in the clear: keep it as "
		       "they were kept");
	hrv_doc_free(doc);
	return rc;
}

const struct opt hold_export_options[] = {
	{ "output", OPT_FILE, "FILE", "a tar file; never overwritten",
	    OPT_NEEDED },
	{ "metadata-only", OPT_FLAG, NULL, "no contents and no titles", 0 },
	OPT_END,
};
