/* SPDX-License-Identifier: ISC */
/*
 * hrvault policy adopt, diff and show: what concerns the schedule of a vault.
 * Layer: cli.
 */
#include <stdio.h>

#include "cli/context.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policy.h"
#include "cli/policyfile.h"
#include "cli/progress.h"
#include "cli/shipped.h"
#include "hrvault/schedule.h"

typedef int policy_fn(struct hrv_vault *v, const void *text, size_t len,
    struct hrv_doc **ret_doc, struct hrv_err *err);

/* What protects records, where it changes. */
static int
print_safeguards(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "safeguard", NULL, 0 },
		{ "was", NULL, 0 }, { "now", NULL, 0 }, { "change", NULL, 0 },
		{ NULL, NULL, 0 } };
	const struct hrv_doc *list = hrv_doc_get(doc, "safeguards");
	int rc = HRV_OK;

	if (hrv_doc_len(list) == 0)
		return HRV_OK;
	out_gap(c);
	out_list(c, columns, "no safeguard changes");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
print_effects(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "class", NULL, 0 },
		{ "records", NULL, OUT_RIGHT }, { "earlier", NULL, OUT_RIGHT },
		{ "later", NULL, OUT_RIGHT },
		{ "due_now", "due at once", OUT_RIGHT },
		{ "review_to_purge", "no longer reviewed", OUT_RIGHT },
		{ "purge_to_review", "to be reviewed", OUT_RIGHT },
		{ NULL, NULL, 0 } };
	static const struct out_field all[] = { { "records", NULL, 0 },
		{ "earlier", NULL, 0 }, { "later", NULL, 0 },
		{ "due_now", "due at once", 0 },
		{ "review_to_purge", "no longer reviewed", 0 },
		{ "purge_to_review", "to be reviewed", 0 }, { NULL, NULL, 0 } };
	const struct hrv_doc *list = hrv_doc_get(doc, "classes");
	int rc = out_doc(c, doc, all, err);

	if (rc == HRV_OK && hrv_doc_len(list) > 0) {
		out_gap(c);
		out_list(c, columns, "no class is affected");
		for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
			rc = out_row(c, hrv_doc_at(list, i), err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	}
	return rc == HRV_OK ? print_safeguards(c, doc, err) : rc;
}

/* What a person should know besides the numbers. */
static void
remarks(const struct cli *c, const struct hrv_doc *doc, bool adopted)
{
	const struct hrv_doc *comps = hrv_doc_get(doc, "new_compartments");
	const char *calendar = hrv_doc_str(doc, "calendar");
	bool shipped =
	    calendar != NULL && shipped_has(SHIPPED_CALENDARS, calendar);

	for (size_t i = 0; i < hrv_doc_len(comps); i++)
		say(c, "new compartment %s: %s",
		    hrv_doc_text(hrv_doc_at(comps, i)),
		    adopted ? "you hold its key; grant it to those who need it"
			    : "whoever adopts the schedule will hold its key");
	if (calendar != NULL && !hrv_doc_true(doc, "calendar_adopted"))
		say(c,
		    "this law counts by the calendar %s, which is not "
		    "adopted yet: 'hrvault policy adopt %s%s'",
		    calendar, shipped ? "calendar:" : "",
		    shipped ? calendar : "FILE");
	if (hrv_doc_true(doc, "resumed"))
		say(c, "it was in force already; the dates that were left are "
		       "recomputed now");
}

static int
with_text(
    struct cli *c, policy_fn *fn, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char *text = NULL;
	size_t len = 0;
	int rc = policyfile_text(c, arg(c, 0), &text, &len, err);

	if (rc == HRV_OK)
		rc = fn(c->vault, text, len, ret_doc, err);
	input_free(text);
	return rc;
}

int
policy_diff(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = with_text(c, hrv_policy_diff, &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		rc = print_effects(c, doc, err);
	if (rc == HRV_OK)
		remarks(c, doc, false);
	hrv_doc_free(doc);
	return rc;
}

static void
dates_done(void *ctx, uint64_t done, uint64_t total)
{
	progress_show(ctx, done, total);
}

int
policy_adopt(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	struct progress p;
	int rc;

	progress_begin(&p, c, "dates recomputed");
	hrv_on_dates(c->vault, dates_done, &p);
	rc = with_text(c, hrv_policy_adopt, &doc, err);
	hrv_on_dates(c->vault, NULL, NULL);
	progress_wipe(&p);
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK && !c->json) {
		out_line(c, "%s %s %s is in force", hrv_doc_str(doc, "kind"),
		    hrv_doc_str(doc, "id"), hrv_doc_str(doc, "version"));
		if (hrv_doc_get(doc, "classes") != NULL)
			rc = print_effects(c, doc, err);
	}
	if (rc == HRV_OK)
		remarks(c, doc, true);
	hrv_doc_free(doc);
	return rc;
}

/* One class with its rules, in sentences. */
static void
print_class(struct cli *c, const struct hrv_doc *k)
{
	const struct hrv_doc *rules = hrv_doc_get(k, "rules");

	for (size_t i = 0; i < hrv_doc_len(rules); i++) {
		const struct hrv_doc *r = hrv_doc_at(rules, i);
		const char *keep = hrv_doc_str(r, "keep");
		const char *limit = hrv_doc_str(r, "limit");
		const char *note = hrv_doc_str(r, "note");

		out_gap(c);
		out_heading(c, hrv_doc_str(r, "id"));
		out_wrapped(c, 10, "law:      ", hrv_doc_str(r, "cite"));
		if (keep != NULL)
			out_wrapped(c, 10, "keep:     ", keep);
		if (limit != NULL)
			out_wrapped(c, 10, "limit:    ", limit);
		out_wrapped(c, 10, "at end:   ", hrv_doc_str(r, "at_expiry"));
		if (note != NULL)
			out_wrapped(c, 10, "note:     ", note);
	}
}

int
policy_show(struct cli *c, struct hrv_err *err)
{
	static const struct out_field head[] = { { "id", NULL, 0 },
		{ "version", NULL, 0 }, { "title", NULL, 0 },
		{ "jurisdiction", NULL, 0 }, { "timezone", "time zone", 0 },
		{ "adopted", NULL, 0 }, { "sha256", NULL, 0 },
		{ "compartments", NULL, 0 }, { "purposes", NULL, 0 },
		{ "events", NULL, 0 },
		{ "dual_control", "two people also for", 0 },
		{ NULL, NULL, 0 } };
	static const struct out_field one[] = { { "id", "class", 0 },
		{ "title", NULL, 0 }, { "who", NULL, 0 },
		{ "compartment", NULL, 0 }, { "purpose", NULL, 0 },
		{ "purposes", "may be read for", 0 },
		{ "events", "counts from", 0 }, { "legal_basis", NULL, 0 },
		{ "special_category", NULL, OUT_YESNO }, { NULL, NULL, 0 } };
	static const struct out_field columns[] = { { "id", "class", 0 },
		{ "title", NULL, 0 }, { "compartment", NULL, 0 },
		{ NULL, NULL, 0 } };
	const char *class_id = opt_text(c, "class");
	const struct hrv_doc *list;
	struct hrv_doc *doc = NULL;
	int rc = hrv_policy_show(c->vault, class_id, &doc, err);

	list = hrv_doc_get(doc, "classes");
	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK && class_id != NULL) {
		rc = out_doc(c, hrv_doc_at(list, 0), one, err);
		if (rc == HRV_OK)
			print_class(c, hrv_doc_at(list, 0));
	} else if (rc == HRV_OK) {
		rc = out_doc(c, doc, head, err);
		out_gap(c);
		out_list(c, columns, "no classes");
		for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
			rc = out_row(c, hrv_doc_at(list, i), err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	}
	hrv_doc_free(doc);
	return rc;
}
