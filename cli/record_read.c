/* SPDX-License-Identifier: ISC */
/*
 * hrvault record read: contents leave the vault. Layer: cli. A terminal gets
 * them only when asked for with "--output -".
 */
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/out.h"
#include "cli/record.h"

static int
write_out(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct record_output *o = ctx;

	o->wrote = o->wrote || len > 0;
	return out_contents(o->c, data, len, err);
}

int
record_output_choose(struct record_output *o, struct hrv_record_read_args *a,
    struct hrv_err *err)
{
	const char *output = opt_text(o->c, "output");

	if (output != NULL && strcmp(output, "-") != 0) {
		a->output = output;
		return HRV_OK;
	}
	if (o->c->json) {
		hrv_fail(err, HRV_EUSAGE,
		    "with --json, standard output is for the answer");
		return hrv_hint(err, "name a new file with --output FILE");
	}
	if (output == NULL && isatty(STDOUT_FILENO)) {
		hrv_fail(err, HRV_EUSAGE,
		    "contents go to a terminal only when asked for");
		return hrv_hint(err, "name a new file with --output FILE, or "
				     "say --output -");
	}
	a->write = write_out;
	a->write_ctx = o;
	return HRV_OK;
}

void
record_output_failed(const struct record_output *o, struct hrv_err *err)
{
	if (o->wrote)
		hrv_hint(err, "what was written so far is not the whole "
			      "document: discard it");
}

int
record_run_read(struct cli *c, struct hrv_err *err)
{
	struct record_output to = { .c = c };
	struct hrv_record_read_args a = { .record = arg(c, 0),
		.purpose = opt_text(c, "purpose"),
		.reason = opt_text(c, "reason"),
		.restricted_for = opt_text(c, "restricted-for"),
		.version = (uint32_t)opt_number(c, "version", 0) };
	struct hrv_doc *doc = NULL;
	int rc = record_output_choose(&to, &a, err);

	if (rc == HRV_OK)
		rc = hrv_record_read(c->vault, &a, &doc, err);
	if (rc != HRV_OK)
		record_output_failed(&to, err);
	if (rc == HRV_OK && a.output != NULL && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		say(c, "%lld bytes of version %lld; entry %lld of the log",
		    (long long)hrv_doc_int(doc, "bytes", 0),
		    (long long)hrv_doc_int(doc, "version", 0),
		    (long long)hrv_doc_int(doc, "audit_index", 0));
	hrv_doc_free(doc);
	return rc;
}
