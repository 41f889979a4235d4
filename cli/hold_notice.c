/* SPDX-License-Identifier: ISC */
/*
 * hrvault hold notify, remind, acknowledge; and a scope in words. Layer: cli.
 */
#include <stdlib.h>

#include "cli/hold.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/hold.h"

static void
show_part(struct cli *c, const struct hrv_doc *scope)
{
	static const struct {
		const char *key;
		const char *label;
	} lists[] = { { "records", "records: " }, { "subjects", "people: " },
		{ "classes", "classes: " }, { "about", "about: " } };
	static const struct {
		const char *key;
		const char *label;
	} texts[] = { { "from", "dated from: " }, { "to", "dated until: " },
		{ "query", "query: " }, { "policy", "schedule: " } };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct hrv_doc *l = hrv_doc_get(scope, lists[i].key);

		for (size_t k = 0; k < hrv_doc_len(l); k++)
			out_text(
			    c, lists[i].label, hrv_doc_text(hrv_doc_at(l, k)));
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *t = hrv_doc_str(scope, texts[i].key);

		if (t != NULL)
			out_text(c, texts[i].label, t);
	}
	if (hrv_doc_int(scope, "frozen", 0) != 0)
		out_line(c, "frozen: records that come later are not held");
}

int
show_scope(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *scope = hrv_doc_get(doc, "scope");
	const struct hrv_doc *also = hrv_doc_get(scope, "also");

	(void)err;
	out_gap(c);
	out_heading(c, "Covers");
	show_part(c, scope);
	for (size_t i = 0; i < hrv_doc_len(also); i++) {
		out_line(c, "and also");
		show_part(c, hrv_doc_at(also, i));
	}
	return HRV_OK;
}

int
hold_notify_run(struct cli *c, struct hrv_err *err)
{
	const char **members = hold_many(c, "to");
	const char **names = hold_many(c, "name");
	struct hrv_hold_notice n = { .hold = arg(c, 0),
		.members = members,
		.names = names,
		.text_version = opt_text(c, "text-version"),
		.every = opt_number(c, "remind-every", 0),
		.on = opt_text(c, "on") };
	struct hrv_doc *doc = NULL;
	int rc = members == NULL || names == NULL
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : hrv_hold_notify(c->vault, &n, &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	free(members);
	free(names);
	return rc;
}

int
hold_remind_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc =
	    hrv_hold_remind(c->vault, arg(c, 0), opt_text(c, "on"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

int
hold_acknowledge_run(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_hold_acknowledge(c->vault, arg(c, 0),
	    opt_number(c, "recipient", 0), opt_text(c, "on"), &doc, err);

	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

const struct opt hold_notify_options[] = {
	{ "to", OPT_TEXT, "KEY", "a member who was told", OPT_MANY },
	{ "name", OPT_PERSONAL, "NAME", "somebody else who was told",
	    OPT_MANY },
	{ "text-version", OPT_TEXT, "WORD", "version of the text they got",
	    OPT_NEEDED },
	{ "remind-every", OPT_NUMBER, "N",
	    "days after which who did not answer is reminded", 0 },
	{ "on", OPT_TEXT, "DATE", "day it was sent; default today", 0 },
	OPT_END,
};

const struct opt hold_remind_options[] = {
	{ "on", OPT_TEXT, "DATE", "day of the reminder; default today", 0 },
	OPT_END,
};

const struct opt hold_acknowledge_options[] = {
	{ "recipient", OPT_NUMBER, "N", "for the recipient of this number", 0 },
	{ "on", OPT_TEXT, "DATE", "day of the answer; default today", 0 },
	OPT_END,
};

void
hold_warn_unlisted(const struct cli *c, const struct hrv_doc *doc)
{
	const char *id = hrv_doc_str(doc, "id");

	if (hrv_doc_int(doc, "snapshot", -1) >= 0)
		return;
	say(c,
	    "%s is in force, but the log could not take the list of what it "
	    "covers now",
	    id);
	say(c,
	    "when there is room again, 'hrvault hold amend %s --until-review "
	    "DATE --reason T' adds it",
	    id);
}

void
hold_warn_overdue(const struct cli *c, const struct hrv_doc *doc)
{
	if (hrv_doc_true(doc, "review_overdue"))
		say(c,
		    "%s is in force, but the day of its review is over "
		    "already; "
		    "'hrvault hold amend %s --until-review DATE --reason "
		    "@FILE' "
		    "gives it another",
		    hrv_doc_str(doc, "id"), hrv_doc_str(doc, "id"));
}
