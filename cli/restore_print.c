/* SPDX-License-Identifier: ISC */
/*
 * What a restore or a drill came to, in words. Layer: cli. Whoever reads this
 * may have lost a vault an hour ago: the verdict is the first line, and what
 * has to be done is the last.
 */
#include "cli/restore.h"

#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "hrvault/docmake.h"

static void
count(struct cli *c, const struct hrv_doc *doc, const char *key,
    const char *one, const char *many)
{
	long long n = (long long)hrv_doc_int(doc, key, 0);

	if (n > 0)
		out_line(c, "  %lld %s", n, n == 1 ? one : many);
}

/* From which files it came, and how much of the log is in force again. */
static void
print_sources(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *lost = hrv_doc_get(doc, "lost");
	long long stay =
	    (long long)hrv_doc_int(hrv_doc_get(doc, "from"), "size", 0);
	long long size = (long long)hrv_doc_int(lost, "size", 0);
	const char *origin = hrv_doc_str(lost, "origin");
	const char *log = hrv_doc_str(doc, "log");

	out_line(c, "from the backups");
	out_line(c, "  records  %s", hrv_doc_str(doc, "records"));
	out_line(c, "  keys     %s%s", hrv_doc_str(doc, "keys"),
	    hrv_doc_int(doc, "keys_unproven", 0) != 0
		? " (NO ENTRY OF THE LOG PROVES IT)"
		: "");
	out_line(c, "  log      %s", log == NULL ? "none" : log);
	out_line(c, "log entries 0 to %lld stay", stay - 1);
	if (size > stay || origin != NULL)
		out_line(c,
		    "entries %lld to %lld%s%s are given up; of what they did, "
		    "this is in force again:",
		    origin == NULL ? stay : 0, size - 1,
		    origin == NULL ? "" : " of ", origin == NULL ? "" : origin);
	else
		out_line(c, "no later entry is known");
}

static void
print_again(struct cli *c, const struct hrv_doc *doc)
{
	static const char *const keys[] = { "destroyed", "holds",
		"restrictions", "withdrawals", "preferences" };
	bool any = false;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		any = any || hrv_doc_int(doc, keys[i], 0) > 0;
	if (!any)
		out_line(c, "  nothing was to be destroyed, held or restricted "
			    "again");
	count(c, doc, "destroyed", "version of a record destroyed again",
	    "versions of records destroyed again");
	count(c, doc, "holds", "hold placed again", "holds placed again");
	count(c, doc, "restrictions", "person restricted again",
	    "people restricted again");
	count(c, doc, "withdrawals", "consent withdrawn again",
	    "consents withdrawn again");
	count(c, doc, "preferences", "channel not to be written to again",
	    "channels not to be written to again");
}

/* Operations that were not done again, one per line. */
struct gone {
	struct cli *c;
	size_t n;
};

static int
gone(void *ctx, const char *key, const struct hrv_doc *value)
{
	struct gone *g = ctx;

	if (g->n++ == 0)
		out_line(g->c, "not done again, by operation and number:");
	out_line(g->c, "  %s: %lld", key, (long long)hrv_doc_number(value));
	return 0;
}

/* What was not done again, and whom it is about. */
static void
print_gone(struct cli *c, const struct hrv_doc *doc, bool drill)
{
	const struct hrv_doc *ops = hrv_doc_get(doc, "not_replayed");
	const struct hrv_doc *who = hrv_doc_get(doc, "subjects");
	struct gone g = { c, 0 };

	if (ops != NULL)
		(void)hrv_doc_each(ops, gone, &g);
	if (g.n == 0)
		out_line(
		    c, "nothing that was done after the backup is missing");
	/* A drill tells there how many people it compared. */
	if (drill || hrv_doc_len(who) == 0)
		return;
	out_line(c, "people it is about, to be looked at first (%lld in all):",
	    (long long)hrv_doc_int(doc, "subjects_all", 0));
	for (size_t i = 0; i < hrv_doc_len(who); i++)
		out_line(c, "  %s", hrv_doc_text(hrv_doc_at(who, i)));
}

/* What people enter again before anything is destroyed. */
static int
print_reenter(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "op", "what", 0 },
		{ "day", NULL, 0 }, { "entry", NULL, OUT_RIGHT },
		{ NULL, NULL, 0 } };
	const struct hrv_doc *list = hrv_doc_get(doc, "reenter");
	int rc = HRV_OK;

	if (hrv_doc_int(doc, "held_back", 0) == 0)
		return HRV_OK;
	out_gap(c);
	out_heading(c, "To be entered again before anything is destroyed");
	out_list(c, columns, "nobody has the entries: ask what was done");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	if (rc == HRV_OK)
		rc = out_list_end(c, err);
	return rc;
}

static void
print_drill(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "differences");
	long long later = (long long)hrv_doc_int(doc, "later", 0);
	long long records = (long long)hrv_doc_int(doc, "compared", 0);
	long long people = (long long)hrv_doc_int(doc, "subjects", 0);

	out_line(c,
	    "%s: %lld record%s and %lld %s compared, %lld bodies hashed",
	    hrv_doc_true(doc, "ok") ? "ok" : "NOT OK", records, out_s(records),
	    people, out_people(people),
	    (long long)hrv_doc_int(doc, "bodies", 0));
	for (size_t i = 0; i < hrv_doc_len(list); i++)
		out_wrapped(c, 4, "  - ", hrv_doc_text(hrv_doc_at(list, i)));
	if (later > 0)
		out_line(c,
		    "%lld came or changed after the backup, which is no "
		    "difference",
		    later);
}

int
restore_print(
    struct cli *c, const struct hrv_doc *doc, bool drill, struct hrv_err *err)
{
	int rc;

	if (c->json)
		return out_doc(c, doc, NULL, err);
	if (drill) {
		print_drill(c, doc);
	} else {
		out_line(c, "ok: the vault is restored, and opens for all");
		out_line(
		    c, "its log goes on as %s", hrv_doc_str(doc, "origin"));
	}
	print_sources(c, doc);
	print_again(c, doc);
	print_gone(c, doc, drill);
	rc = print_reenter(c, doc, err);
	if (rc == HRV_OK && !drill && hrv_doc_int(doc, "held_back", 0) != 0)
		say(c, "then two people run 'hrvault purge confirm-restore'");
	return rc;
}
