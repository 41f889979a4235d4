/* SPDX-License-Identifier: ISC */
/*
 * hrvault hold: place, amend, preview, list, show, release. Layer: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/hold.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/hold.h"

/* The lists that a scope is made of; freed with lists_free(). */
struct lists {
	const char **subjects;
	const char **classes;
	const char **records;
	const char **about;
	const char **also;
};

const char **
hold_many(const struct cli *c, const char *name)
{
	size_t n = opt_count(c, name);
	const char **list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = opt_nth(c, name, i)->text;
	return list;
}

static void
lists_free(struct lists *l)
{
	free(l->subjects);
	free(l->classes);
	free(l->records);
	free(l->about);
	free(l->also);
}

/* Left out where nothing was given, so that the library can tell. */
static const char **
some(const char **list)
{
	return list != NULL && list[0] == NULL ? NULL : list;
}

/* "--comparator none" is an empty list: there are none. */
static int
read_comparators(
    const struct lists *l, struct hrv_hold_args *a, struct hrv_err *err)
{
	static const char *const none[] = { NULL };

	a->also = some(l->also);
	for (size_t i = 0; l->also[i] != NULL; i++) {
		if (strcmp(l->also[i], "none") != 0)
			continue;
		if (i > 0 || l->also[1] != NULL)
			return hrv_fail(err, HRV_EUSAGE,
			    "--comparator is either none or people");
		a->also = none;
		break;
	}
	return HRV_OK;
}

static int
read_scope(const struct cli *c, struct lists *l, struct hrv_hold_args *a,
    struct hrv_err *err)
{
	l->subjects = hold_many(c, "subject");
	l->classes = hold_many(c, "class");
	l->records = hold_many(c, "record");
	if (l->subjects == NULL || l->classes == NULL || l->records == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	a->subjects = some(l->subjects);
	a->classes = some(l->classes);
	a->records = some(l->records);
	a->from = opt_text(c, "from");
	a->to = opt_text(c, "to");
	a->query = opt_text(c, "query");
	a->jurisdiction = opt_text(c, "jurisdiction");
	return HRV_OK;
}

/* What only placing takes. */
static int
read_place(const struct cli *c, struct lists *l, struct hrv_hold_args *a,
    struct hrv_err *err)
{
	l->about = hold_many(c, "about");
	l->also = hold_many(c, "comparator");
	if (l->about == NULL || l->also == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	a->about = some(l->about);
	a->matter = opt_text(c, "matter");
	a->statutory = opt_text(c, "statutory");
	a->frozen = opt_flag(c, "frozen");
	return read_comparators(l, a, err);
}

/* On a full disk out of the reserve: a hold cannot wait. */
static int
open_urgent(struct cli *c, struct hrv_err *err)
{
	struct context x;
	int rc = context_init(c, NULL, &x, err);

	if (rc != HRV_OK)
		return rc;
	x.open.urgent = true;
	rc = hrv_open(&x.open, &c->vault, err);
	context_clear(&x);
	return rc;
}

static int
run_place(struct cli *c, struct hrv_err *err)
{
	struct hrv_hold_args a = { .reason = opt_text(c, "reason"),
		.authority = opt_text(c, "authority"),
		.review = opt_text(c, "until-review") };
	struct hrv_doc *doc = NULL;
	struct lists l = { 0 };
	int rc = open_urgent(c, err);

	if (rc == HRV_OK)
		rc = read_scope(c, &l, &a, err);
	if (rc == HRV_OK)
		rc = read_place(c, &l, &a, err);
	if (rc == HRV_OK)
		rc = hrv_hold_place(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK) {
		hold_warn_unlisted(c, doc);
		hold_warn_overdue(c, doc);
	}
	hrv_doc_free(doc);
	lists_free(&l);
	return rc;
}

static int
run_amend(struct cli *c, struct hrv_err *err)
{
	struct hrv_hold_args a = { .reason = opt_text(c, "reason"),
		.authority = opt_text(c, "authority"),
		.review = opt_text(c, "until-review") };
	struct hrv_doc *doc = NULL;
	struct lists l = { 0 };
	int rc = read_scope(c, &l, &a, err);

	if (rc == HRV_OK)
		rc = hrv_hold_amend(c->vault, arg(c, 0), &a, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK)
		hold_warn_overdue(c, doc);
	hrv_doc_free(doc);
	lists_free(&l);
	return rc;
}

/* What a release would free. */
static int
preview_release(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "hold", NULL, 0 },
		{ "matched", "covered now", 0 },
		{ "still_protected", "held by something else", 0 },
		{ "free_from", "cooling off until", 0 }, { NULL, NULL, 0 } };
	static const struct out_field columns[] = { { "record", NULL, 0 },
		{ "version", NULL, OUT_RIGHT }, { "class", NULL, 0 },
		{ "purge_from", "due since", 0 },
		{ "eligible_from", "could go from", 0 }, { NULL, NULL, 0 } };
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *list;
	int rc = hrv_hold_preview_release(
	    c->vault, opt_text(c, "release"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, c->json ? NULL : fields, err);
	list = hrv_doc_get(doc, "freed");
	if (rc == HRV_OK && !c->json) {
		out_gap(c);
		out_list(c, columns, "nothing would become free");
		for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
			rc = out_row(c, hrv_doc_at(list, i), err);
		if (rc == HRV_OK)
			rc = out_list_end(c, err);
	}
	hrv_doc_free(doc);
	return rc;
}

static int
run_preview(struct cli *c, struct hrv_err *err)
{
	struct hrv_hold_args a = { 0 };
	struct hrv_doc *doc = NULL;
	struct lists l = { 0 };
	int rc;

	if (opt_text(c, "release") != NULL)
		return preview_release(c, err);
	rc = read_scope(c, &l, &a, err);
	if (rc == HRV_OK)
		rc = hrv_hold_preview(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	lists_free(&l);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "hold", 0 },
		{ "status", NULL, 0 }, { "placed", NULL, 0 },
		{ "review", "review on", 0 },
		{ "review_overdue", "overdue", OUT_YESNO }, { "kind", NULL, 0 },
		{ "notice", NULL, 0 }, { NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "no legal holds");
	rc = hrv_hold_list(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_release(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_release(
	    c->vault, arg(c, 0), opt_text(c, "reason"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

/* One thing of a list in a hold being shown, as a line. */
static void
show_list(struct cli *c, const struct hrv_doc *doc, const char *key,
    const char *heading, const struct out_field *columns, struct hrv_err *err,
    int *rc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, key);

	if (*rc != HRV_OK || hrv_doc_len(list) == 0)
		return;
	out_gap(c);
	out_heading(c, heading);
	out_list(c, columns, "none");
	for (size_t i = 0; *rc == HRV_OK && i < hrv_doc_len(list); i++)
		*rc = out_row(c, hrv_doc_at(list, i), err);
	if (*rc == HRV_OK)
		*rc = out_list_end(c, err);
}

static void
show_lists(
    struct cli *c, const struct hrv_doc *doc, struct hrv_err *err, int *rc)
{
	static const struct out_field amendments[] = { { "entry", NULL,
							   OUT_RIGHT },
		{ "at", NULL, 0 }, { "reason", NULL, 0 },
		{ "authority", NULL, 0 }, { NULL, NULL, 0 } };
	static const struct out_field notices[] = { { "n", NULL, OUT_RIGHT },
		{ "member", NULL, 0 }, { "name", NULL, 0 }, { "text", NULL, 0 },
		{ "sent", NULL, 0 }, { "acknowledged", NULL, 0 },
		{ "reminder_due", "reminder due", 0 }, { NULL, NULL, 0 } };
	static const struct out_field beyond[] = { { "record", NULL, 0 },
		{ "version", NULL, OUT_RIGHT },
		{ "since", "held beyond limit since", 0 }, { NULL, NULL, 0 } };

	show_list(c, doc, "amendments", "Amendments", amendments, err, rc);
	show_list(c, doc, "notices", "Notices", notices, err, rc);
	show_list(
	    c, doc, "beyond_limit", "Held beyond the limit", beyond, err, rc);
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	static const struct out_field fields[] = { { "id", "hold", 0 },
		{ "status", NULL, 0 }, { "kind", NULL, 0 },
		{ "matter", NULL, 0 }, { "reason", NULL, 0 },
		{ "authority", "ordered by", 0 }, { "placed", NULL, 0 },
		{ "placed_by", "placed by", 0 }, { "review", "review on", 0 },
		{ "free_from", "cooling off until", 0 },
		{ "notice", "notices", 0 }, { NULL, NULL, 0 } };
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK) {
		rc = out_doc(c, doc, fields, err);
		if (rc == HRV_OK)
			rc = show_scope(c, doc, err);
		show_lists(c, doc, err, &rc);
	}
	hrv_doc_free(doc);
	return rc;
}

#define SCOPE_OPTIONS                                                          \
	{ "subject", OPT_TEXT, "S",                                            \
		"all records about this person, and those "                    \
		"the person is linked to",                                     \
		OPT_MANY },                                                    \
	    { "class", OPT_TEXT, "C", "only records of this class",            \
		    OPT_MANY },                                                \
	    { "record", OPT_TEXT, "R", "this record", OPT_MANY },              \
	    { "from", OPT_TEXT, "DATE",                                        \
		    "only documents dated from this day on", 0 },              \
	    { "to", OPT_TEXT, "DATE", "only documents dated until this day",   \
		    0 },                                                       \
	    { "jurisdiction", OPT_TEXT, "J",                                   \
		    "only records that were under a schedule of it", 0 },      \
	{                                                                      \
		"query", OPT_PERSONAL, "Q",                                    \
		    "only records that this says yes to ('hrvault help "       \
		    "holds')",                                                 \
		    0                                                          \
	}

static const struct opt place_options[] = {
	{ "matter", OPT_PERSONAL, "TEXT", "reference of the matter",
	    OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why the records must be kept",
	    OPT_NEEDED },
	{ "authority", OPT_PERSONAL, "TEXT", "who ordered it", 0 },
	SCOPE_OPTIONS,
	{ "frozen", OPT_FLAG, NULL,
	    "only the records that are there now, none that come later", 0 },
	{ "about", OPT_TEXT, "S",
	    "the matter is about this person too, who then decides nothing "
	    "in it",
	    OPT_MANY },
	{ "statutory", OPT_CHOICE,
	    "charge|preservation|tax-audit|insurance-claim",
	    "the law asks for it", 0 },
	{ "comparator", OPT_TEXT, "S",
	    "with a charge: somebody in the same job, or none", OPT_MANY },
	{ "until-review", OPT_TEXT, "DATE",
	    "day on which somebody asks whether it is still needed", 0 },
	OPT_END,
};

static const struct opt amend_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why more is held", OPT_NEEDED },
	{ "authority", OPT_PERSONAL, "TEXT", "who ordered it", 0 },
	SCOPE_OPTIONS,
	{ "until-review", OPT_TEXT, "DATE",
	    "day on which somebody asks whether it is still needed", 0 },
	OPT_END,
};

static const struct opt preview_options[] = {
	SCOPE_OPTIONS,
	{ "release", OPT_TEXT, "H",
	    "instead: what releasing this hold would free", 0 },
	OPT_END,
};

static const struct opt release_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why it is needed no longer",
	    OPT_NEEDED },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "place",
	    .summary = "Place a legal hold; it is in force at once",
	    .more = "Subjects, classes, dates and a query narrow each other "
		    "down; "
		    "records that are named are\nheld whatever else is said. "
		    "Records stored later are held as well, unless it\nis "
		    "frozen. Only legal and dpo may place one, and only they "
		    "can read its matter;\nwho is, as a person, whom it is "
		    "about ('hrvault member link') cannot read it.",
	    .examples = "hrvault hold place --matter 2026/17 --reason "
			"@reason.txt --subject number:E-1001",
	    .options = place_options,
	    .run = run_place },
	{ .verb = "amend",
	    .args = "H",
	    .summary = "Extend a hold; nothing of it can be taken away",
	    .options = amend_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_amend },
	{ .verb = "preview",
	    .summary = "Show what a hold would cover, or its release free",
	    .options = preview_options,
	    .flags = CMD_VAULT,
	    .run = run_preview },
	{ .verb = "list",
	    .summary = "List holds by their ids",
	    .flags = CMD_VAULT,
	    .run = run_list },
	{ .verb = "show",
	    .args = "H",
	    .summary = "Show a hold with its matter; a read that is logged",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_show },
	{ .verb = "export",
	    .args = "H",
	    .summary = "Hand out what a hold covers, with proofs; takes two",
	    .more = "Contents, metadata, hashes and the log entries of every "
		    "record it covers, each\nentry with its proof, in one tar "
		    "file. Legal or dpo propose it by this command,\nanother "
		    "of them approves, and the proposer repeats it. Without "
		    "the key of a\ncompartment only --metadata-only is "
		    "possible.",
	    .options = hold_export_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = hold_export_run },
	{ .verb = "notify",
	    .args = "H",
	    .summary = "Note that people were told of a hold",
	    .more = "The vault sends nothing; it keeps who got which text and "
		    "who answered. Names of\npeople who are no members are "
		    "sealed. Preservation does not depend on it.",
	    .options = hold_notify_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = hold_notify_run },
	{ .verb = "remind",
	    .args = "H",
	    .summary = "Note that those who did not answer were reminded",
	    .options = hold_remind_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = hold_remind_run },
	{ .verb = "acknowledge",
	    .args = "H",
	    .summary = "Acknowledge the notice of a hold",
	    .more = "A member does it alone; for others legal or dpo give "
		    "their number in 'hold\nshow'.",
	    .options = hold_acknowledge_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = hold_acknowledge_run },
	{ .verb = "release",
	    .args = "H",
	    .summary = "Release a hold; takes two people",
	    .more =
		"Legal or dpo propose it by this command, another of them "
		"approves, and the\nproposer repeats it; one of the two is "
		"legal where the vault has one. By hr it\nonly leaves a "
		"request. What was held stays protected for the cooling-off "
		"of the\nschedule.",
	    .options = release_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_release },
	CMD_END,
};
const struct noun noun_hold = { "hold", "Legal holds", verbs };
