/* SPDX-License-Identifier: ISC */
/*
 * hrvault key share and key recover: what custodians do, and what for. Layer:
 * cli.
 */
#include <stdlib.h>

#include "cli/input.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "hrvault/custody.h"

#define SHARE_MAX 65536

static int
write_out(struct cli *c, const char *data, size_t len, struct hrv_err *err)
{
	struct outfile f = OUTFILE_INIT;
	int rc = outfile_open(&f, opt_text(c, "output"), err);

	if (rc == HRV_OK)
		rc = outfile_write(&f, data, len, err);
	if (rc == HRV_OK)
		rc = outfile_commit(&f, err);
	outfile_clear(&f);
	return rc;
}

int
key_share_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_share_args a = {
		.passphrase = c->own_pass,
		.to = opt_text(c, "to"),
	};
	struct hrv_doc *doc = NULL;
	char *file = NULL, *data = NULL;
	size_t len = 0;
	int rc;

	if ((a.to == NULL) == !opt_flag(c, "confirm")) {
		hrv_fail(
		    err, HRV_EUSAGE, "say what for: either --confirm or --to");
		return hrv_hint(err, "hrvault key share FILE --confirm "
				     "--output WORD");
	}
	rc = input_read_file(c, arg(c, 0), SHARE_MAX, &file, &a.share.len, err);
	a.share.data = file;
	if (rc == HRV_OK)
		rc = hrv_share_use(&a, &data, &len, &doc, err);
	if (rc == HRV_OK)
		rc = write_out(c, data, len, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	hrv_share_free(data);
	input_free(file);
	return rc;
}

int
key_recover_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_blob *blobs = calloc(c->n_args + 1, sizeof(*blobs));
	char **texts = calloc(c->n_args + 1, sizeof(*texts));
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (blobs == NULL || texts == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < c->n_args; i++) {
		rc = input_read_file(
		    c, arg(c, i), SHARE_MAX, &texts[i], &blobs[i].len, err);
		blobs[i].data = texts[i];
	}
	if (rc == HRV_OK)
		rc = hrv_key_recover(c->vault, blobs, c->n_args,
		    opt_flag(c, "quorum"), &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	for (size_t i = 0; texts != NULL && i < c->n_args; i++)
		input_free(texts[i]);
	free(texts);
	free(blobs);
	hrv_doc_free(doc);
	return rc;
}

const struct opt key_share_options[] = {
	{ "confirm", OPT_FLAG, NULL, "sign that you can open it", 0 },
	{ "to", OPT_TEXT, "KEY",
	    "hand it over to this key: fingerprint, its tail, or address", 0 },
	{ "output", OPT_FILE, "FILE", "what goes to the vault's member",
	    OPT_NEEDED },
	OPT_END,
};

const struct opt key_recover_options[] = {
	{ "quorum", OPT_FLAG, NULL,
	    "nobody is left who could approve; your own share does not count",
	    0 },
	OPT_END,
};
