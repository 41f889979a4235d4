/* SPDX-License-Identifier: ISC */
/*
 * hrvault key split: shares for custodians, and what they confirm. Layer: cli.
 * Invariant: the files of shares have their names only when the split is in
 * the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "hrvault/custody.h"

#define WORD_MAX 65536
#define CUSTODIANS_MAX 255 /* the library says how many a vault allows */

static const struct out_field split_fields[] = { { "split", NULL, 0 },
	{ "threshold", NULL, 0 }, { "shares", NULL, 0 },
	{ "confirmed", NULL, 0 }, { "state", NULL, 0 }, { "keys", NULL, 0 },
	{ NULL, NULL, 0 } };

/* The files on their way. */
struct shares {
	const char *dir;
	struct outfile files[CUSTODIANS_MAX];
	size_t n;
};

static int
take_share(void *ctx, unsigned index, const char *custodian, const void *data,
    size_t len, struct hrv_err *err)
{
	struct shares *s = ctx;
	char path[4096];
	int rc;

	if (s->n == CUSTODIANS_MAX ||
	    snprintf(path, sizeof(path), "%s/share-%.8s-%u.gpg", s->dir,
		custodian + 32, index) >= (int)sizeof(path))
		return hrv_fail(err, HRV_EUSAGE, "the path is too long");
	s->files[s->n] = (struct outfile)OUTFILE_INIT;
	rc = outfile_open(&s->files[s->n], path, err);
	if (rc != HRV_OK)
		return rc;
	s->n++;
	return outfile_write(&s->files[s->n - 1], data, len, err);
}

/* All of them get their names, or it is said that one could not. */
static int
place(struct shares *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = outfile_commit(&s->files[i], err);
	if (rc != HRV_OK)
		(void)hrv_hint(err, "the split was made but cannot be used; "
				    "make another into an empty folder");
	return rc;
}

static int
divide(struct cli *c, struct hrv_err *err)
{
	struct shares *s = calloc(1, sizeof(*s));
	struct hrv_split_args a = {
		.threshold = (unsigned)opt_number(c, "threshold", 0),
		.custodians = (const char *const *)c->args,
		.n = c->n_args,
		.compartments = opt_text(c, "compartment"),
		.give = take_share,
		.ctx = s,
	};
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (s == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	s->dir = opt_text(c, "output") == NULL ? "." : opt_text(c, "output");
	if (a.threshold == 0) {
		hrv_fail(err, HRV_EUSAGE, "how many custodians are needed?");
		rc = hrv_hint(err, "--threshold M");
	}
	if (rc == HRV_OK)
		rc = hrv_key_split(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = place(s, err);
	for (size_t i = 0; i < s->n; i++) {
		if (rc == HRV_OK)
			say(c, "share %zu: hand over %s", i + 1,
			    s->files[i].path);
		outfile_clear(&s->files[i]);
	}
	if (rc == HRV_OK)
		rc = out_doc(c, doc, split_fields, err);
	hrv_doc_free(doc);
	free(s);
	return rc;
}

static int
confirm(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "split", NULL, 0 },
		{ "index", "share", OUT_RIGHT }, { "custodian", NULL, 0 },
		{ "confirmed", NULL, OUT_RIGHT }, { "shares", "of", OUT_RIGHT },
		{ "state", NULL, 0 }, { NULL, NULL, 0 } };
	int rc = HRV_OK;

	if (opt_text(c, "threshold") != NULL ||
	    opt_text(c, "compartment") != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "--confirm takes in what custodians wrote, and no other "
		    "option");
	out_list(c, columns, "nothing");
	for (size_t i = 0; rc == HRV_OK && i < c->n_args; i++) {
		struct hrv_doc *doc = NULL;
		struct hrv_blob word = { NULL, 0 };
		char *text = NULL;

		rc = input_read_file(
		    c, arg(c, i), WORD_MAX, &text, &word.len, err);
		word.data = text;
		if (rc == HRV_OK)
			rc = hrv_key_confirm(c->vault, &word, &doc, err);
		if (rc == HRV_OK)
			rc = out_row(c, doc, err);
		hrv_doc_free(doc);
		input_free(text);
	}
	return rc;
}

static int
withdraw(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = c->n_args > 0 || opt_flag(c, "confirm") ||
			 opt_text(c, "threshold") != NULL
		     ? hrv_fail(err, HRV_EUSAGE,
			   "--withdraw takes back what waits, and nothing else "
			   "with it")
		     : hrv_key_withdraw(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

int
key_split_run(struct cli *c, struct hrv_err *err)
{
	if (opt_flag(c, "withdraw"))
		return withdraw(c, err);
	if (c->n_args == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "name the custodians' keys, or with --confirm what they "
		    "wrote");
	return opt_flag(c, "confirm") ? confirm(c, err) : divide(c, err);
}

const struct opt key_split_options[] = {
	{ "threshold", OPT_NUMBER, "M",
	    "how many custodians can give the keys back", 0 },
	{ "compartment", OPT_TEXT, "A,B",
	    "only these, with what an hr member needs besides; default: every "
	    "key of the vault",
	    0 },
	{ "output", OPT_FILE, "DIR", "where the shares go; default: here", 0 },
	{ "confirm", OPT_FLAG, NULL, "take in what custodians confirm", 0 },
	{ "withdraw", OPT_FLAG, NULL,
	    "take back the split that waits for its custodians", 0 },
	OPT_END,
};
