/* SPDX-License-Identifier: ISC */
/*
 * hrvault retention: due, orphans, review, forecast. Layer: cli.
 */
#include <stdio.h>
#include <string.h>

#include "cli/context.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/docmake.h"
#include "hrvault/schedule.h"

#define MONTHS 12
#define BAR_MAX 200 /* columns of a bar at most */

static int
run_due(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = {
		{ "record", NULL, OUT_PAPER }, { "class", NULL, 0 },
		{ "rule", NULL, 0 }, { "purge_from", "from", 0 },
		{ "state", NULL, 0 }, { "why", "protected by", 0 },
		{ "notice_until", "notice until", 0 }, { NULL, NULL, 0 }
	};
	struct hrv_due_args a = { .as_of = opt_date(c, "as-of"),
		.within = opt_text(c, "within") };
	int rc;

	out_list(c, columns, "nothing is due");
	rc = hrv_retention_due(c->vault, &a, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_orphans(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "finding", NULL, 0 },
		{ "subject", NULL, 0 }, { "record", NULL, 0 },
		{ "version", NULL, OUT_RIGHT }, { "class", NULL, 0 },
		{ "missing", NULL, 0 }, { "review", "review now", OUT_YESNO },
		{ NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "every record will fall due by itself");
	rc = hrv_retention_orphans(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_review(struct cli *c, struct hrv_err *err)
{
	struct hrv_review_args a = { .what = arg(c, 0),
		.reason = opt_text(c, "reason"),
		.again = opt_text(c, "again"),
		.destroy = opt_text(c, "destroy") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_retention_review(c->vault, &a, &doc, err);
	bool whole =
	    rc != HRV_OK || a.destroy == NULL || hrv_doc_true(doc, "finished");

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK && a.destroy == NULL)
		out_line(
		    c, "it stays; look again on %s", hrv_doc_str(doc, "next"));
	else if (rc == HRV_OK)
		out_line(c, "destroyed with %lld record%s: %s",
		    (long long)hrv_doc_int(doc, "destroyed", 0),
		    out_s(hrv_doc_int(doc, "destroyed", 0)),
		    hrv_doc_str(doc, "run"));
	hrv_doc_free(doc);
	if (rc == HRV_OK && !whole)
		rc = hrv_fail(err, HRV_EPARTIAL,
		    "a running command still holds the old keys; the next run "
		    "destroys them");
	return rc;
}

/* The forecast is collected first: a bar is as long as its share of the
 * longest. */
static int
collect(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct hrv_doc *list = ctx;
	struct hrv_doc *o = hrv_doc_new_object();

	if (hrv_doc_set_str(o, "period", hrv_doc_str(doc, "period")) &&
	    hrv_doc_set_int(o, "records", hrv_doc_int(doc, "records", 0)) &&
	    hrv_doc_set_int(o, "review", hrv_doc_int(doc, "review", 0)) &&
	    hrv_doc_set_int(o, "papers", hrv_doc_int(doc, "papers", 0)) &&
	    hrv_doc_add(list, o))
		return HRV_OK;
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* '#' for what is destroyed, '?' for what a person decides about. */
static void
bar(int64_t records, int64_t review, int64_t most, char out[BAR_MAX + 1])
{
	int64_t room = out_width() - 30;
	int64_t all, open;

	if (room > BAR_MAX)
		room = BAR_MAX;
	all = most > 0 ? records * room / most : 0;
	if (all == 0 && records > 0)
		all = 1;
	open = records > 0 ? review * all / records : 0;
	memset(out, '#', (size_t)all);
	memset(out, '?', (size_t)open);
	out[all] = '\0';
}

static void
chart(struct cli *c, const struct hrv_doc *list)
{
	char text[BAR_MAX + 1];
	int64_t most = 0, papers = 0;

	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		int64_t n = hrv_doc_int(hrv_doc_at(list, i), "records", 0);

		most = n > most ? n : most;
	}
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *o = hrv_doc_at(list, i);
		int64_t n = hrv_doc_int(o, "records", 0);

		bar(n, hrv_doc_int(o, "review", 0), most, text);
		out_line(c, "%-9s %8lld%s%s", hrv_doc_str(o, "period"),
		    (long long)n, text[0] == '\0' ? "" : "  ", text);
		papers += hrv_doc_int(o, "papers", 0);
	}
	out_gap(c);
	out_line(c, "# destroyed   ? a person decides   "
		    "pending: no date yet");
	if (papers > 0)
		out_line(c,
		    "and %lld papers of the vault itself (--json says when)",
		    (long long)papers);
}

static int
run_forecast(struct cli *c, struct hrv_err *err)
{
	static const struct out_field none[] = { { NULL, NULL, 0 } };
	int64_t months = opt_number(c, "months", MONTHS);
	struct hrv_doc *list = hrv_doc_new_array();
	int rc;

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (months > UINT16_MAX)
		months = UINT16_MAX; /* more than the library takes */
	if (c->json) {
		out_list(c, none, NULL);
		rc = hrv_retention_forecast(
		    c->vault, (unsigned)months, out_row, c, err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	} else {
		rc = hrv_retention_forecast(
		    c->vault, (unsigned)months, collect, list, err);
		if (rc == HRV_OK)
			chart(c, list);
	}
	hrv_doc_free(list);
	return rc;
}

static const struct opt due_options[] = {
	{ "within", OPT_DURATION, NULL, "also what falls due in that time", 0 },
	{ "as-of", OPT_DATE, NULL,
	    "ask for another day, past or future, with the facts known now",
	    0 },
	OPT_END,
};

static const struct opt review_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "what you found; kept sealed",
	    OPT_NEEDED },
	{ "again", OPT_DURATION, NULL,
	    "when to look again; a year where not given", 0 },
	{ "destroy", OPT_CHOICE, "under-age|no-record",
	    "a person who should not be here: destroy all about it", 0 },
	OPT_END,
};

static const struct opt forecast_options[] = {
	{ "months", OPT_NUMBER, NULL, "how far; 12 where not given", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "due",
	    .summary = "List what may or must be destroyed",
	    .more = "State 'due' goes with the next purge run once its notice "
		    "is over; 'review' waits\nfor a person. What a hold or an "
		    "open case protects is listed and says so.\nIdentities are "
		    "not listed: they go with a person's last record.",
	    .examples = "hrvault retention due --within P90D\n"
			"hrvault retention due --as-of 2030-01-01 --json",
	    .options = due_options,
	    .flags = CMD_VAULT,
	    .run = run_due },
	{ .verb = "orphans",
	    .summary = "List what will never fall due by itself",
	    .more = " no-trigger  a record whose clock has not started, "
		    "with what it waits for\n"
		    " no-outcome  a candidate without an end of the "
		    "procedure (subject.closed)\n"
		    " no-start    an employee without a date of hire\n"
		    " no-record   a person about whom nothing was ever stored",
	    .flags = CMD_VAULT,
	    .run = run_orphans },
	{ .verb = "review",
	    .args = "ID",
	    .min_args = 1,
	    .max_args = 1,
	    .summary = "Say that you looked at what has no end",
	    .more = "A record stays and is asked about again later; a review "
		    "never destroys it. Enter\nwhat it waits for with 'record "
		    "event' or 'subject event'.\nA person without a record, "
		    "or taken in under the minimum age (by the birth date\n"
		    "that is known now), is destroyed out of turn with all "
		    "records: it takes two\npeople, and nothing happens under "
		    "a hold or a case.",
	    .examples = "hrvault retention review R-7K2M9Q --reason @why.txt "
			"--again P90D\n"
			"hrvault retention review S-4QXJ2M --destroy under-age "
			"--reason @why.txt",
	    .options = review_options,
	    .flags = CMD_VAULT,
	    .run = run_review },
	{ .verb = "forecast",
	    .summary = "Show how much falls due when",
	    .options = forecast_options,
	    .flags = CMD_VAULT,
	    .run = run_forecast },
	CMD_END,
};
const struct noun noun_retention = { "retention",
	"What is due, what never will be, what comes", verbs };
