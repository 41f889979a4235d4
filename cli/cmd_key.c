/* SPDX-License-Identifier: ISC */
/*
 * hrvault key: the vault's keys and their holders. Layer: cli.
 */
#include "cli/key.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "hrvault/keys.h"

static int
show_check(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field single[] = { { "key", NULL, 0 },
		{ "member", "held by one member alone", 0 },
		{ NULL, NULL, 0 } };
	const struct hrv_doc *list = hrv_doc_get(doc, "problems");
	int rc = HRV_OK;

	for (size_t i = 0; i < hrv_doc_len(list); i++)
		out_text(
		    c, "problem: ", hrv_doc_str(hrv_doc_at(list, i), "text"));
	list = hrv_doc_get(doc, "single");
	if (hrv_doc_len(list) > 0) {
		out_list(c, single, "none");
		for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
			rc = out_row(c, hrv_doc_at(list, i), err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	}
	if (hrv_doc_true(doc, "ok"))
		out_line(c, "ok: every key is in the right hands");
	return rc;
}

static int
run_check(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	size_t n;
	int rc = hrv_key_check(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = c->json ? out_doc(c, doc, NULL, err)
			     : show_check(c, doc, err);
	n = hrv_doc_len(hrv_doc_get(doc, "problems"));
	if (rc == HRV_OK && n > 0) {
		hrv_fail(err, HRV_EFAILED,
		    "%zu thing%s to be done about keys and their holders", n,
		    n == 1 ? " is" : "s are");
		rc = hrv_hint(err, "'hrvault key rotate' does every rotation "
				   "that you can do");
	}
	hrv_doc_free(doc);
	return rc;
}

static int
show_rotated(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "key", "new key", 0 },
		{ "members", "given to", OUT_RIGHT },
		{ "rewrapped", "data keys", OUT_RIGHT }, { NULL, NULL, 0 } };
	const struct hrv_doc *list = hrv_doc_get(doc, "rotated");
	size_t left = hrv_doc_len(hrv_doc_get(doc, "rotations"));
	int rc = HRV_OK;

	out_list(c, columns, "nothing was to be rotated by you");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	if (rc == HRV_OK)
		rc = out_list_end(c, err);
	if (hrv_doc_get(doc, "records") != NULL)
		out_line(c,
		    "%lld record%s sealed anew; under a hold or in an open "
		    "case, and so with their keys as before: %lld",
		    (long long)hrv_doc_int(doc, "records", 0),
		    out_s(hrv_doc_int(doc, "records", 0)),
		    (long long)hrv_doc_int(doc, "kept", 0));
	if (left > 0)
		out_line(
		    c, "%zu still to be rotated: 'hrvault key check'", left);
	return rc;
}

static void
rotated_so_far(void *ctx, size_t done, size_t total)
{
	struct progress *p = ctx;

	p->what = total == 0 ? "data keys" : "records";
	progress_show(p, done, total);
}

static int
run_rotate(struct cli *c, struct hrv_err *err)
{
	struct progress p;
	const struct hrv_key_rotate_args args = {
		.compartment = opt_text(c, "compartment"),
		.key = opt_text(c, "key"),
		.reencrypt = opt_flag(c, "reencrypt"),
		.progress = rotated_so_far,
		.ctx = &p,
	};
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (args.compartment != NULL && args.key != NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "one key at a time: --compartment or --key");
	progress_begin(&p, c, "data keys");
	if (rc == HRV_OK)
		rc = hrv_key_rotate(c->vault, &args, &doc, err);
	progress_wipe(&p);
	if (rc == HRV_OK)
		rc = c->json ? out_doc(c, doc, NULL, err)
			     : show_rotated(c, doc, err);
	if (rc == HRV_OK && !hrv_doc_true(doc, "finished")) {
		rc = hrv_fail(err, HRV_EPARTIAL,
		    "the new keys are in force, but a running command still "
		    "holds what they replaced");
		hrv_hint(err, "the next command that writes destroys it");
	}
	hrv_doc_free(doc);
	return rc;
}

static const struct opt rotate_options[] = {
	{ "compartment", OPT_TEXT, "C",
	    "the key of this compartment; you must hold it", 0 },
	{ "key", OPT_CHOICE,
	    "meta|write|index|suppress|identity|detail|hold|casework",
	    "one of the vault's own keys", 0 },
	{ "reencrypt", OPT_FLAG, NULL,
	    "also seal the compartment's records anew, but for held ones", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "check",
	    .summary = "Look whether every key is in the right hands",
	    .more = "Ends with exit 1 when a member's key is expired, revoked, "
		    "cannot be encrypted\n"
		    "to or ends within 30 days, when a membership is over and "
		    "listed still, or when\n"
		    "a key is to be rotated. Writes nothing.",
	    .examples = "hrvault key check",
	    .flags = CMD_VAULT,
	    .run = run_check },
	{ .verb = "rotate",
	    .summary = "Replace keys by new ones",
	    .more = "Without an option: every key that is to be rotated and "
		    "that you hold. The new\n"
		    "key is sealed to every member whose role and "
		    "compartments take it. What the old\n"
		    "one opened is sealed or wrapped anew; no record changes, "
		    "and held ones keep their\n"
		    "keys. Rotation does not call back what somebody copied "
		    "while he held the old key.",
	    .examples = "hrvault key rotate\n"
			"hrvault key rotate --compartment pay\n"
			"hrvault key rotate --key write",
	    .options = rotate_options,
	    .flags = CMD_VAULT,
	    .run = run_rotate },
	{ .verb = "split",
	    .args = "KEY... | FILE...",
	    .summary = "Divide keys among custodians, for recovery",
	    .more =
		"Any --threshold of the custodians can give the keys back; "
		"fewer learn nothing.\n"
		"Each KEY is a custodian's OpenPGP key in the local keyring. "
		"One file per\n"
		"custodian is written, share-KEY-N.gpg: hand it over. The "
		"split counts when\n"
		"all of them have confirmed that they can open theirs:\n"
		"\n"
		"  custodian   hrvault key share FILE --confirm --output WORD\n"
		"  here        hrvault key split --confirm WORD...\n"
		"\n"
		"Another threshold or other custodians make a new secret, and "
		"the old shares\n"
		"worth nothing once it counts.",
	    .examples = "hrvault key split --threshold 2 6F2A...C41B "
			"77B0...91D3 0C4E...2AA8",
	    .options = key_split_options,
	    .max_args = -1,
	    .flags = CMD_VAULT,
	    .run = key_split_run },
	{ .verb = "share",
	    .args = "FILE",
	    .summary = "Confirm or hand over the share you are custodian of",
	    .more = "Needs no vault: a custodian runs it where the custodian's "
		    "key is. --confirm signs\n"
		    "that the share can be opened. --to seals it to the "
		    "member who will recover\n"
		    "keys; compare that fingerprint with its owner first.",
	    .examples = "hrvault key share share-91D30C4E-2.gpg --to "
			"6F2A...C41B --output for-kim.gpg",
	    .options = key_share_options,
	    .min_args = 1,
	    .max_args = 1,
	    .run = key_share_run },
	{ .verb = "recover",
	    .args = "FILE...",
	    .summary = "Regain keys from what custodians handed over",
	    .more = "Each FILE is what one custodian made with 'hrvault key "
		    "share FILE --to YOU'.\n"
		    "You get the compartments that the shares lead to; it "
		    "takes a second person\n"
		    "after founding. With --quorum, for when nobody is left "
		    "who could approve, the\n"
		    "custodians' signatures are the second person.",
	    .examples = "hrvault key recover from-anna.gpg from-bao.gpg",
	    .options = key_recover_options,
	    .min_args = 1,
	    .max_args = -1,
	    .flags = CMD_VAULT,
	    .run = key_recover_run },
	CMD_END,
};
const struct noun noun_key = { "key", "The vault's keys and their holders",
	verbs };
