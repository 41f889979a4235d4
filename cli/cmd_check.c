/* SPDX-License-Identifier: ISC */
/*
 * hrvault check: looking for damage. Layer: cli.
 */
#include <string.h>

#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/status.h"

static void
sentences(struct cli *c, const struct hrv_doc *list, const char *head)
{
	for (size_t i = 0; i < hrv_doc_len(list); i++)
		out_text(c, head, hrv_doc_text(hrv_doc_at(list, i)));
}

static void
show(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *n = hrv_doc_get(doc, "checked");

	sentences(c, hrv_doc_get(doc, "problems"), "problem: ");
	sentences(c, hrv_doc_get(doc, "remarks"), "note: ");
	sentences(c, hrv_doc_get(doc, "skipped"), "not checked: ");
	out_line(c,
	    "%s%lld log entries, %lld subjects, %lld records, %lld stored "
	    "contents, %lld keys",
	    hrv_doc_true(doc, "ok") ? "ok: " : "looked at ",
	    (long long)hrv_doc_int(n, "entries", 0),
	    (long long)hrv_doc_int(n, "subjects", 0),
	    (long long)hrv_doc_int(n, "records", 0),
	    (long long)hrv_doc_int(n, "bodies", 0),
	    (long long)hrv_doc_int(n, "keys", 0));
	if (opt_flag(c, "deep"))
		out_line(c, "%lld version%s opened in memory",
		    (long long)hrv_doc_int(n, "opened", 0),
		    out_s(hrv_doc_int(n, "opened", 0)));
}

static int
run_check(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	size_t n;
	int rc = hrv_check(c->vault, opt_flag(c, "deep"), &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		show(c, doc);
	if (rc == HRV_OK && !hrv_doc_true(doc, "ok")) {
		n = hrv_doc_len(hrv_doc_get(doc, "problems"));
		hrv_fail(err, HRV_EINTEGRITY,
		    "the vault is damaged: %zu "
		    "problem%s",
		    n, n == 1 ? "" : "s");
		rc = hrv_hint(err, "keep a copy of the vault's folder as it is "
				   "before anything is repaired or restored");
	}
	hrv_doc_free(doc);
	return rc;
}

static const struct opt options[] = {
	{ "deep", OPT_FLAG, NULL,
	    "also open every content you hold the key of, in memory; logged",
	    0 },
	OPT_END,
};
static const struct command verbs[] = {
	{ .summary = "Look for damage",
	    .more = "Checks the databases, the log, the facts of every record "
		    "against the log, and\n"
		    "what is stored against its hash. Changes nothing. Ends "
		    "with exit 9 when\n"
		    "something is damaged.",
	    .examples = "hrvault check\nhrvault check --deep",
	    .options = options,
	    .flags = CMD_VAULT,
	    .run = run_check },
	CMD_END,
};
const struct noun noun_check = { "check", "Look for damage", verbs };
