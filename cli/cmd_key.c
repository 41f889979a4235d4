/* SPDX-License-Identifier: ISC */
/*
 * hrvault key: the vault's keys and their holders. Layer: cli.
 */
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
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
	CMD_END,
};
const struct noun noun_key = { "key", "The vault's keys and their holders",
	verbs };
