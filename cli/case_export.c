/* SPDX-License-Identifier: ISC */
/*
 * hrvault case export. Layer: cli. Invariant: the package has its name only
 * when it is whole and verified, and loses it again when the log could not
 * take the outcome.
 */
#include <string.h>
#include <unistd.h>

#include "cli/case.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "hrvault/case.h"

static const struct out_field fields[] = { { "id", "case", 0 },
	{ "status", NULL, 0 }, { "audit_index", "log entry", 0 },
	{ "manifest_sha256", "manifest.json", 0 },
	{ "content_sha256", "content", 0 }, { NULL, NULL, 0 } };

/* The file on its way to its name, and what was said before. */
struct placing {
	struct cli *c;
	struct outfile file;
	bool placed;
	size_t named; /* record versions */
};

static int
say_named(void *ctx, const struct hrv_doc *row, struct hrv_err *err)
{
	struct placing *p = ctx;

	(void)err;
	case_say_named(p->c, row);
	p->named++;
	return HRV_OK;
}

static int
place(void *ctx, struct hrv_err *err)
{
	struct placing *p = ctx;
	int rc = outfile_commit(&p->file, err);

	p->placed = rc == HRV_OK;
	return rc;
}

static int
check_words(const struct cli *c, struct hrv_err *err)
{
	bool to = opt_text(c, "to") != NULL;
	bool pass = opt_number(c, "passphrase-fd", -1) >= 0;

	if (to == pass) {
		hrv_fail(err, HRV_EUSAGE,
		    "say for whom: either --to or --passphrase-fd");
		return hrv_hint(err,
		    "--to FINGERPRINT where the requester has an OpenPGP key");
	}
	if (to && opt_flag(c, "zip"))
		return hrv_fail(
		    err, HRV_EUSAGE, "--zip goes with --passphrase-fd only");
	if (strcmp(opt_text(c, "output"), "-") == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "a package is verified before it is given out, so it "
		    "goes into a file");
	return HRV_OK;
}

static int export(
    struct cli *c, const struct hrv_case_export_args *a, struct hrv_err *err)
{
	const char *output = opt_text(c, "output");
	struct placing p = { .c = c, .file = OUTFILE_INIT };
	struct hrv_case_export_args args = *a;
	struct hrv_doc *doc = NULL;
	int rc = outfile_open(&p.file, output, err);

	if (rc == HRV_OK) {
		args.fd = p.file.fd;
		args.place = place;
		args.named = say_named;
		args.ctx = &p;
		rc = hrv_case_export(c->vault, &args, &doc, err);
	}
	if (p.named > 0)
		case_say_named_next(c, args.which);
	if (rc != HRV_OK && p.placed)
		(void)unlink(output);
	outfile_clear(&p.file);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, fields, err);
	if (rc == HRV_OK)
		say(c, "the package was read again and is whole; hand it over, "
		       "then 'hrvault case deliver'");
	hrv_doc_free(doc);
	return rc;
}

int
case_export_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_case_export_args a = { .which = arg(c, 0),
		.to = opt_text(c, "to"),
		.zip = opt_flag(c, "zip") };
	struct pages p = { .index = { NULL, 0 } };
	char *passphrase = NULL;
	int rc = check_words(c, err);

	if (rc == HRV_OK)
		rc = pages_index(c, opt_text(c, "page"), &p, err);
	if (rc == HRV_OK)
		rc = pages_letter(c, "cover", opt_text(c, "letter"), &p, err);
	if (rc == HRV_OK)
		rc = pages_frame(c, &p, err);
	if (rc == HRV_OK && a.to == NULL)
		rc = input_passphrase(c, "passphrase-fd", &passphrase, err);
	if (rc == HRV_OK) {
		a.pages = pages_use(&p);
		a.passphrase = passphrase;
		rc = export(c, &a, err);
	}
	pages_clear(&p);
	input_free(passphrase);
	return rc;
}

const struct opt case_export_options[] = {
	{ "to", OPT_TEXT, "FINGERPRINT",
	    "the requester's OpenPGP key, 40 hex digits", 0 },
	{ "passphrase-fd", OPT_NUMBER, "N",
	    "read a passphrase from this descriptor instead", 0 },
	{ "zip", OPT_FLAG, NULL,
	    "an AES-256 ZIP file, for people without OpenPGP", 0 },
	{ "output", OPT_FILE, "FILE", "the package; never overwritten",
	    OPT_NEEDED },
	{ "lang", OPT_TEXT, "CODE",
	    "language of the page and the letter; default en", 0 },
	{ "page", OPT_FILE, "FILE", "a template of the page of your own", 0 },
	{ "letter", OPT_FILE, "FILE", "a template of the letter of your own",
	    0 },
	OPT_END,
};
