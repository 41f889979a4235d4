/* SPDX-License-Identifier: ISC */
/*
 * hrvault hold: place, preview, list, show, release. Layer: cli.
 */
#include <stdlib.h>

#include "cli/context.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/hold.h"

/* All values of a repeated option as a list that ends with NULL; the list is
 * freed, the texts are not. */
static const char **
many(const struct cli *c, const char *name)
{
	size_t n = opt_count(c, name);
	const char **list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = opt_nth(c, name, i)->text;
	return list;
}

static int
with_scope(struct cli *c,
    int (*fn)(struct hrv_vault *v, const struct hrv_hold_args *args,
	struct hrv_doc **ret_doc, struct hrv_err *err),
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	const char **subjects = many(c, "subject");
	const char **classes = many(c, "class");
	const char **records = many(c, "record");
	struct hrv_hold_args a = { .subjects = subjects,
		.classes = classes,
		.records = records,
		.from = opt_text(c, "from"),
		.to = opt_text(c, "to") };
	int rc;

	/* A preview has no such options. */
	if (fn == hrv_hold_place) {
		a.matter = opt_text(c, "matter");
		a.reason = opt_text(c, "reason");
		a.review = opt_text(c, "until-review");
	}
	if (subjects == NULL || classes == NULL || records == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = fn(c->vault, &a, ret_doc, err);
	free(subjects);
	free(classes);
	free(records);
	return rc;
}

static int
run_place(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = with_scope(c, hrv_hold_place, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_preview(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = with_scope(c, hrv_hold_preview, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "hold", 0 },
		{ "status", NULL, 0 }, { "placed", NULL, 0 },
		{ "review", "review on", 0 },
		{ "review_overdue", "overdue", OUT_YESNO }, { NULL, NULL, 0 } };
	int rc;

	out_list(c, columns, "no legal holds");
	rc = hrv_hold_list(c->vault, out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
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
	{                                                                      \
		"to", OPT_TEXT, "DATE", "only documents dated until this day", \
		    0                                                          \
	}

static const struct opt place_options[] = {
	{ "matter", OPT_PERSONAL, "TEXT", "reference of the matter",
	    OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why the records must be kept",
	    OPT_NEEDED },
	SCOPE_OPTIONS,
	{ "until-review", OPT_TEXT, "DATE",
	    "day on which somebody asks whether it is still needed", 0 },
	OPT_END,
};

static const struct opt preview_options[] = {
	SCOPE_OPTIONS,
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
	    .more = "Subjects, classes and dates narrow each other down; "
		    "records that are named are\nheld whatever else is said. "
		    "Records stored later are held as well. Only legal\nand "
		    "dpo may place one, and only they can read its matter.",
	    .examples = "hrvault hold place --matter 2026/17 --reason "
			"@reason.txt --subject number:E-1001",
	    .options = place_options,
	    .flags = CMD_VAULT,
	    .run = run_place },
	{ .verb = "preview",
	    .summary = "Show what a hold would cover, without placing it",
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
