/* SPDX-License-Identifier: ISC */
/*
 * hrvault audit: reading and proving the log. Layer: cli. What is printed for
 * another program (checkpoint, vkey, proof) is printed verbatim.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/audit.h"
#include "hrvault/docmake.h"

#define CHECKPOINT_MAX (1 << 20)

static const struct out_field log_columns[] = {
	{ "index", NULL, OUT_RIGHT },
	{ "time", NULL, 0 },
	{ "member", NULL, OUT_MINOR },
	{ "role", NULL, OUT_MINOR },
	{ "op", "operation", 0 },
	{ "result", NULL, 0 },
	{ "about", NULL, 0 },
	{ NULL, NULL, 0 },
};

/* What an entry is about: its most telling id, or how many things. */
static void
about(const struct hrv_doc *e, char out[64])
{
	static const char *const ids[] = { "record", "hold", "case", "proposal",
		"run", "backup", "subject" };
	int64_t things = hrv_doc_int(e, "things", -1);

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const char *id = hrv_doc_str(e, ids[i]);

		if (id != NULL) {
			snprintf(out, 64, "%s", id);
			return;
		}
	}
	if (things >= 0)
		snprintf(out, 64, "%lld thing%s", (long long)things,
		    things == 1 ? "" : "s");
	else if (hrv_doc_int(e, "ref", -1) >= 0)
		snprintf(out, 64, "entry %lld",
		    (long long)hrv_doc_int(e, "ref", -1));
}

/* "refused: held", or "intent" for what only begins. */
static void
ending(const struct hrv_doc *e, char out[64])
{
	const char *result = hrv_doc_str(e, "result");
	const char *code = hrv_doc_str(e, "code");

	snprintf(out, 64, "%s%s%s", result == NULL ? "intent" : result,
	    code == NULL ? "" : ": ", code == NULL ? "" : code);
}

/* A list being shown, and how many elements it had. */
struct showing {
	struct cli *c;
	size_t n;
};

/* An entry as a row for people. */
static int
log_row(void *ctx, const struct hrv_doc *e, struct hrv_err *err)
{
	struct showing *s = ctx;
	struct hrv_doc *row = hrv_doc_new_object();
	const char *time = hrv_doc_str(e, "time");
	const char *member = hrv_doc_str(e, "member");
	const char *role = hrv_doc_str(e, "role");
	char when[OUT_TIME_SIZE] = "", text[64];
	size_t n = member == NULL ? 0 : strlen(member);
	bool ok;
	int rc;

	(void)out_time(time, when);
	ok = hrv_doc_set_int(row, "index", hrv_doc_int(e, "index", 0)) &&
	     hrv_doc_set_str(row, "time", when) &&
	     hrv_doc_set_str(
		 row, "member", n >= 16 ? member + n - 16 : "unknown") &&
	     hrv_doc_set_str(row, "role", role == NULL ? "" : role) &&
	     hrv_doc_set_str(row, "op", hrv_doc_str(e, "op"));
	ending(e, text);
	ok = ok && hrv_doc_set_str(row, "result", text);
	about(e, text);
	ok = ok && hrv_doc_set_str(row, "about", text);
	s->n++;
	rc = ok ? out_row(s->c, row, err)
		: hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(row);
	return rc;
}

static int
json_row(void *ctx, const struct hrv_doc *e, struct hrv_err *err)
{
	struct showing *s = ctx;

	s->n++;
	return out_row(s->c, e, err);
}

/* With reasons, entries that have one are shown whole, one after another. */
static int
reason_row(void *ctx, const struct hrv_doc *e, struct hrv_err *err)
{
	struct showing *s = ctx;
	struct cli *c = s->c;
	const struct hrv_doc *reason = hrv_doc_get(e, "reason");
	const char *time = hrv_doc_str(e, "time");
	const char *matter = hrv_doc_str(e, "matter");
	char what[64], when[OUT_TIME_SIZE] = "";

	(void)err;
	if (reason == NULL)
		return HRV_OK;
	s->n++;
	about(e, what);
	(void)out_time(time, when);
	out_line(c, "%lld  %s  %s  %s", (long long)hrv_doc_int(e, "index", 0),
	    when, hrv_doc_str(e, "op"), what);
	if (matter != NULL)
		out_text(c, "    matter: ", matter);
	if (hrv_doc_text(reason) != NULL)
		out_text(c, "    reason: ", hrv_doc_text(reason));
	else if (hrv_doc_true(e, "reason_withheld"))
		out_line(c, "    its key is not granted to you");
	else
		out_line(c, "    gone, as is what it was about");
	return HRV_OK;
}

static int
run_log(struct cli *c, struct hrv_err *err)
{
	struct hrv_date since = opt_date(c, "since");
	struct hrv_audit_filter f = { .actor = opt_text(c, "actor"),
		.subject = opt_text(c, "subject"),
		.record = opt_text(c, "record"),
		.op = opt_text(c, "op"),
		.reasons = opt_flag(c, "reasons") };
	struct showing s = { c, 0 };
	char day[HRV_DATE_TEXT];
	int rc;

	if (opt_text(c, "since") != NULL) {
		hrv_date_format(since, day);
		f.since = day;
	}
	if (f.reasons && !c->json) {
		rc = hrv_audit_log(c->vault, &f, reason_row, &s, err);
	} else {
		out_list(c, log_columns, NULL);
		rc = hrv_audit_log(
		    c->vault, &f, c->json ? json_row : log_row, &s, err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	}
	if (rc == HRV_OK && s.n == 0)
		say(c, f.reasons ? "no reason was typed" : "no such entries");
	return rc;
}

static void
show_verified(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *problems = hrv_doc_get(doc, "problems");
	const struct hrv_doc *remarks = hrv_doc_get(doc, "remarks");
	int64_t from = hrv_doc_int(doc, "signatures_from", 0);
	int64_t compared = hrv_doc_int(doc, "compared_to", 0);

	for (size_t i = 0; i < hrv_doc_len(problems); i++)
		out_wrapped(c, 4, NULL, hrv_doc_text(hrv_doc_at(problems, i)));
	if (hrv_doc_int(doc, "more", 0) > 0)
		out_line(c, "... and %lld more",
		    (long long)hrv_doc_int(doc, "more", 0));
	for (size_t i = 0; i < hrv_doc_len(remarks); i++)
		out_text(c, "note: ", hrv_doc_text(hrv_doc_at(remarks, i)));
	if (!hrv_doc_true(doc, "ok"))
		return;
	out_line(c, "ok: %lld entries are as they were written",
	    (long long)hrv_doc_int(doc, "size", 0));
	out_line(c, "origin %s", hrv_doc_str(doc, "origin"));
	out_line(c, "root   %s", hrv_doc_str(doc, "root"));
	if (compared > 0)
		out_line(c,
		    "the first %lld entries are those of the checkpoint that "
		    "%s",
		    (long long)compared,
		    opt_text(c, "from") != NULL
			? "was given"
			: "this account verified before");
	if (opt_flag(c, "full"))
		out_line(c, "every signature verified");
	else if (from > 0)
		out_line(c,
		    "signatures verified from entry %lld on; those before were "
		    "verified earlier",
		    (long long)from);
}

static int
run_verify(struct cli *c, struct hrv_err *err)
{
	struct hrv_audit_verify_args a = { .full = opt_flag(c, "full") };
	const char *path = opt_text(c, "from");
	struct hrv_doc *doc = NULL;
	char *from = NULL;
	size_t n;
	int rc = HRV_OK;

	if (path != NULL)
		rc = input_read_file(c, path, CHECKPOINT_MAX, &from, NULL, err);
	a.from = from;
	if (rc == HRV_OK)
		rc = hrv_audit_verify(c->vault, &a, &doc, err);
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		show_verified(c, doc);
	if (rc == HRV_OK && !hrv_doc_true(doc, "ok")) {
		n = hrv_doc_len(hrv_doc_get(doc, "problems")) +
		    (size_t)hrv_doc_int(doc, "more", 0);
		hrv_fail(err, HRV_EINTEGRITY,
		    "the log is not what was written: %zu problem%s", n,
		    n == 1 ? "" : "s");
		rc = hrv_hint(err,
		    "change nothing; keep a copy of the vault's folder and "
		    "tell the data protection officer");
	}
	hrv_doc_free(doc);
	input_free(from);
	return rc;
}

/* Prints one text of a result as it is, or the whole as JSON. */
static int
verbatim(struct cli *c, const struct hrv_doc *doc, const char *key,
    struct hrv_err *err)
{
	const char *text = hrv_doc_str(doc, key);
	size_t n = text == NULL ? 0 : strlen(text);
	int rc;

	if (c->json || text == NULL)
		return out_doc(c, doc, NULL, err);
	rc = out_raw(c, text, n, err);
	if (rc == HRV_OK && n > 0 && text[n - 1] != '\n')
		rc = out_raw(c, "\n", 1, err);
	return rc;
}

static int
run_checkpoint(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_audit_checkpoint(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = verbatim(c, doc, "checkpoint", err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_vkey(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_audit_vkey(c->vault, &doc, err);

	if (rc == HRV_OK)
		rc = verbatim(c, doc, "vkey", err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_prove(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	const char *n = arg(c, 0);
	unsigned long long index;
	char *end;
	int rc;

	errno = 0;
	index = strtoull(n, &end, 10);
	if (n[0] < '0' || n[0] > '9' || *end != '\0' || errno != 0) {
		hrv_fail(err, HRV_EUSAGE, "an entry is named by its number");
		return hrv_hint(err, "'hrvault audit log' shows the numbers");
	}
	rc = hrv_audit_prove(c->vault, index, &doc, err);
	if (rc == HRV_OK)
		rc = verbatim(
		    c, doc, opt_flag(c, "leaf") ? "leaf" : "proof", err);
	hrv_doc_free(doc);
	return rc;
}

/* CSV for a spreadsheet; no cell of it comes from a person. */
static const char *const csv_columns[] = { "index", "time", "op", "phase",
	"member", "role", "session", "subject", "record", "hold", "case",
	"proposal", "run", "backup", "compartment", "result", "code", "ref",
	"things" };
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))

static int
csv_row(void *ctx, const struct hrv_doc *e, struct hrv_err *err)
{
	struct cli *c = ctx;
	char number[24];
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < CSV_COLUMNS; i++) {
		const struct hrv_doc *value = hrv_doc_get(e, csv_columns[i]);
		const char *text = hrv_doc_text(value);

		if (text == NULL && value != NULL) {
			snprintf(number, sizeof(number), "%lld",
			    (long long)hrv_doc_number(value));
			text = number;
		}
		if (i > 0)
			rc = out_raw(c, ",", 1, err);
		if (rc == HRV_OK && text != NULL)
			rc = out_raw(c, text, strlen(text), err);
	}
	return rc == HRV_OK ? out_raw(c, "\r\n", 2, err) : rc;
}

static int
export_csv(struct cli *c, const struct hrv_audit_filter *f, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < CSV_COLUMNS; i++) {
		if (i > 0)
			rc = out_raw(c, ",", 1, err);
		if (rc == HRV_OK)
			rc = out_raw(
			    c, csv_columns[i], strlen(csv_columns[i]), err);
	}
	if (rc == HRV_OK)
		rc = out_raw(c, "\r\n", 2, err);
	return rc == HRV_OK ? hrv_audit_log(c->vault, f, csv_row, c, err) : rc;
}

static int
jsonl_row(void *ctx, const struct hrv_doc *e, struct hrv_err *err)
{
	char *text = NULL;
	int rc = hrv_doc_json(e, false, &text, err);

	if (rc == HRV_OK)
		rc = out_raw(ctx, text, strlen(text), err);
	if (rc == HRV_OK)
		rc = out_raw(ctx, "\n", 1, err);
	hrv_doc_text_free(text);
	return rc;
}

static int
run_export(struct cli *c, struct hrv_err *err)
{
	struct hrv_audit_filter f = { 0 };
	const char *dir = opt_text(c, "tiles"), *how = opt_text(c, "format");
	struct hrv_doc *doc = NULL;
	int rc;

	if ((dir == NULL) == (how == NULL)) {
		hrv_fail(err, HRV_EUSAGE,
		    "one of --tiles DIR and --format "
		    "is needed");
		return hrv_hint(err, "hrvault audit export --tiles DIR");
	}
	if (how != NULL)
		return strcmp(how, "csv") == 0
			   ? export_csv(c, &f, err)
			   : hrv_audit_log(c->vault, &f, jsonl_row, c, err);
	rc = hrv_audit_tiles(c->vault, dir, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static const struct opt log_options[] = {
	{ "since", OPT_DATE, NULL, "from this day on (UTC)", 0 },
	{ "actor", OPT_TEXT, "FINGERPRINT",
	    "entries by this member, or the last 16 digits or more", 0 },
	{ "subject", OPT_TEXT, "S", "about this subject or its records", 0 },
	{ "record", OPT_TEXT, "R", "about this record", 0 },
	{ "op", OPT_TEXT, "OPERATION",
	    "this operation, or all that begin with this word", 0 },
	{ "reasons", OPT_FLAG, NULL,
	    "open the reasons people typed: hr, legal, dpo; itself logged", 0 },
	OPT_END,
};
static const struct opt verify_options[] = {
	{ "from", OPT_FILE, "CHECKPOINT",
	    "a checkpoint you trust: the log must continue it, and signatures "
	    "are verified behind it",
	    0 },
	{ "full", OPT_FLAG, NULL,
	    "verify all signatures, also those verified before", 0 },
	OPT_END,
};
static const struct opt prove_options[] = {
	{ "leaf", OPT_FLAG, NULL, "print the entry itself instead", 0 },
	OPT_END,
};
static const struct opt export_options[] = {
	{ "tiles", OPT_FILE, "DIR",
	    "as static files other verifiers read (C2SP tlog-tiles)", 0 },
	{ "format", OPT_CHOICE, "jsonl|csv", "as a list", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "log",
	    .summary = "List the entries of the log",
	    .more = "Nothing in it names a person, so every role may read it. "
		    "Times are UTC.",
	    .examples = "hrvault audit log --since 2026-03-01 --op record.read",
	    .options = log_options,
	    .flags = CMD_VAULT,
	    .run = run_log },
	{ .verb = "verify",
	    .summary = "Verify the whole log",
	    .more = "Recomputes every hash, verifies every signature, and "
		    "compares the tables of\n"
		    "holds, schedules, cases, keys, backups and reviews with "
		    "what the log made of\n"
		    "them. Ends with exit 9 when anything is not as it was "
		    "written.",
	    .examples = "hrvault audit verify\n"
			"hrvault audit verify --from last-year.checkpoint",
	    .options = verify_options,
	    .flags = CMD_VAULT,
	    .run = run_verify },
	{ .verb = "checkpoint",
	    .summary = "Print the newest signed head of the log",
	    .examples = "hrvault audit checkpoint > today.checkpoint",
	    .flags = CMD_VAULT,
	    .run = run_checkpoint },
	{ .verb = "vkey",
	    .summary = "Print the public key that checkpoints verify with",
	    .flags = CMD_VAULT,
	    .run = run_vkey },
	{ .verb = "prove",
	    .args = "N",
	    .summary = "Print a proof that entry N is in the log",
	    .examples = "hrvault audit prove 1230 > 1230.tlog-proof",
	    .options = prove_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_prove },
	{ .verb = "export",
	    .summary = "Write the log for other programs",
	    .options = export_options,
	    .flags = CMD_VAULT,
	    .run = run_export },
	{ .verb = "accept-rollback",
	    .args = "[P]",
	    .summary = "Give up what a rollback lost, so that work can go on",
	    .more = "For a vault that was put back to an older state and whose "
		    "newer state is lost\nfor good. Takes two people: the "
		    "first runs it and ends with exit 6, the second\nruns it "
		    "with the proposal, the first repeats it. The log goes on "
		    "under a new\norigin, and everybody who remembers no more "
		    "than was given up can work again.",
	    .examples = "hrvault audit accept-rollback\n"
			"hrvault audit accept-rollback P-7K2M9Q",
	    .max_args = 1,
	    .run = audit_accept },
	CMD_END,
};
const struct noun noun_audit = { "audit", "The log: read, verify and prove it",
	verbs };
