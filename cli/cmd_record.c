/* SPDX-License-Identifier: ISC */
/*
 * hrvault record: documents about a subject. Layer: cli.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/record.h"
#include "cli/subject.h"

/* The document: a path, or standard input for "-". */
static int
content(struct cli *c, const char *file, struct hrv_record_source *ret,
    struct hrv_err *err)
{
	if (strcmp(file, "-") != 0) {
		*ret = (struct hrv_record_source){ file, -1 };
		return HRV_OK;
	}
	*ret = (struct hrv_record_source){ NULL, STDIN_FILENO };
	return input_claim_stdin(c, "the document", err);
}

static int
run_add(struct cli *c, struct hrv_err *err)
{
	size_t n = opt_count(c, "event");
	struct hrv_record_add_args a = { .subject = arg(c, 0),
		.class_name = opt_text(c, "class"),
		.date = opt_date(c, "date"),
		.n_events = n,
		.title = opt_text(c, "title"),
		.source = opt_text(c, "source"),
		.provided_by = opt_text(c, "provided-by"),
		.confidential = opt_flag(c, "confidential") };
	struct hrv_record_event *events = calloc(n + 1, sizeof(*events));
	const char *born = opt_text(c, "dependant-born");
	struct hrv_doc *doc = NULL;
	int rc = content(c, arg(c, 1), &a.content, err);

	if (events == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		events[i] =
		    (struct hrv_record_event){ opt_nth(c, "event", i)->name,
			    opt_nth(c, "event", i)->date };
	a.events = events;
	if (rc == HRV_OK && born != NULL &&
	    !hrv_date_parse(born, &a.dependant_born))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the dependant's birth date is not a date (YYYY-MM-DD)");
	if (rc == HRV_OK)
		rc = hrv_record_add(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = record_print_stored(c, doc, err);
	hrv_doc_free(doc);
	free(events);
	return rc;
}

static const struct out_field listed[] = {
	{ "id", "record", 0 },
	{ "created", "dated", 0 },
	{ "class", NULL, 0 },
	{ "title", NULL, 0 },
	{ "file", NULL, OUT_MINOR },
	{ "state", NULL, 0 },
	{ "keep_until", "keep until", OUT_MINOR },
	{ "purge_from", "destroyed from", 0 },
	{ "held", NULL, OUT_YESNO },
	{ NULL, NULL, 0 },
};

static int
run_list(struct cli *c, struct hrv_err *err)
{
	int rc;

	out_list(c, listed, "no records");
	rc = hrv_record_list(
	    c->vault, arg(c, 0), !opt_flag(c, "no-titles"), out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = record_print(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_amend(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_amend_args a = { .record = arg(c, 0),
		.reason = opt_text(c, "reason"),
		.title = opt_text(c, "title"),
		.source = opt_text(c, "source"),
		.use = {
		    opt_text(c, "purpose"), opt_text(c, "restricted-for") } };
	struct hrv_doc *doc = NULL;
	int rc = content(c, arg(c, 1), &a.content, err);

	if (rc == HRV_OK)
		rc = hrv_record_amend(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = record_print_stored(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

/* Whom to tell is said beside the id, which alone is for a script. */
static int
run_statement(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_statement_args a = { .record = arg(c, 0),
		.date = opt_date(c, "date"),
		.title = opt_text(c, "title"),
		.source = opt_text(c, "source"),
		.kase = opt_text(c, "case") };
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *list;
	int rc = content(c, arg(c, 1), &a.content, err);

	if (rc == HRV_OK)
		rc = hrv_record_statement(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = record_print_stored(c, doc, err);
	list = hrv_doc_get(doc, "recipients");
	for (size_t i = 0; rc == HRV_OK && !c->json && i < hrv_doc_len(list);
	     i++)
		say(c,
		    "%s was given %s and is to be told: 'hrvault disclose %s "
		    "--to %s --purpose P --output FILE'",
		    hrv_doc_str(hrv_doc_at(list, i), "recipient"),
		    hrv_doc_str(doc, "statement_on"), hrv_doc_str(doc, "id"),
		    hrv_doc_str(hrv_doc_at(list, i), "recipient"));
	hrv_doc_free(doc);
	return rc;
}

static int
run_explain(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_explain(
	    c->vault, arg(c, 0), opt_date(c, "on"), &doc, err);

	if (rc == HRV_OK)
		rc = record_print_explained(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static void
print_dates(struct cli *c, const struct hrv_doc *doc)
{
	const char *name = hrv_doc_str(doc, "event");
	char command[192];

	if (strncmp(name, "record.", 7) == 0)
		name += 7;
	(void)snprintf(command, sizeof(command), "hrvault record event %s %s",
	    hrv_doc_str(doc, "record"), name);
	subject_print_dates(c, doc, command);
	record_say_unused(c, doc);
}

static int
run_event(struct cli *c, struct hrv_err *err)
{
	struct hrv_record_event e = { .name = arg(c, 1) };
	bool retract = opt_flag(c, "retract");
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (!hrv_date_parse(arg(c, 2), &e.day))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the date of the event is not a date (YYYY-MM-DD)");
	if (rc == HRV_OK)
		rc = hrv_record_event(
		    c->vault, arg(c, 0), &e, retract, &doc, err);
	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		out_line(c, "%s: %s %s%s", hrv_doc_str(doc, "record"),
		    hrv_doc_str(doc, "event"), hrv_doc_str(doc, "date"),
		    retract			     ? " taken back"
		    : hrv_doc_true(doc, "unchanged") ? ", as before"
						     : "");
		subject_print_moved(c, doc);
		print_dates(c, doc);
	}
	hrv_doc_free(doc);
	return rc;
}

static int
run_link(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_link(
	    c->vault, arg(c, 0), arg(c, 1), opt_text(c, "as"), &doc, err);

	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s: also about %s (%s)",
		    hrv_doc_str(doc, "record"), hrv_doc_str(doc, "subject"),
		    hrv_doc_str(doc, "as"));
	hrv_doc_free(doc);
	return rc;
}

static const struct opt add_options[] = {
	{ "class", OPT_TEXT, "CLASS", "a class of the schedule", OPT_NEEDED },
	{ "date", OPT_DATE, NULL, "the document's own date; default today", 0 },
	{ "event", OPT_EVENT, NULL, "what happened to it: closed=2026-01-31",
	    OPT_MANY },
	{ "title", OPT_PERSONAL, "TITLE", "kept sealed", 0 },
	{ "source", OPT_PERSONAL, "TEXT", "where it came from; kept sealed",
	    0 },
	{ "confidential", OPT_FLAG, NULL,
	    "a reference given or received in confidence", 0 },
	{ "provided-by", OPT_CHOICE, "subject|employer|third_party",
	    "who handed it in; default employer", 0 },
	{ "dependant-born", OPT_PERSONAL, "DATE",
	    "birth date of the child it is about, where the class asks", 0 },
	OPT_END,
};

static const struct opt list_options[] = {
	{ "no-titles", OPT_FLAG, NULL, "open nothing and log nothing", 0 },
	OPT_END,
};

static const struct opt read_options[] = {
	{ "purpose", OPT_TEXT, "ID", "what for; one of the schedule's list",
	    OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why, in words; kept sealed", 0 },
	{ "output", OPT_FILE, "FILE|-",
	    "a new file, never overwritten; - for standard output", 0 },
	{ "version", OPT_NUMBER, "N", "an earlier version", 0 },
	{ "restricted-for", OPT_CHOICE, "consent|protect-other|public-interest",
	    "why a restricted record is used all the same", 0 },
	OPT_END,
};

/* What a restricted record is changed for. */
#define USE_OPTIONS                                                            \
	{ "purpose", OPT_TEXT, "ID",                                           \
		"what for, where it is restricted: legal_claim, "              \
		"subject_request",                                             \
		0 },                                                           \
	{                                                                      \
		"restricted-for", OPT_CHOICE,                                  \
		    "consent|protect-other|public-interest",                   \
		    "why a restricted record is changed all the same", 0       \
	}

static const struct opt amend_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	{ "title", OPT_PERSONAL, "TITLE", "default: as before", 0 },
	{ "source", OPT_PERSONAL, "TEXT", "default: as before", 0 },
	USE_OPTIONS,
	OPT_END,
};

static const struct opt statement_options[] = {
	{ "case", OPT_TEXT, "C", "the case in which it came", 0 },
	{ "date", OPT_DATE, NULL, "the statement's own date; default today",
	    0 },
	{ "title", OPT_PERSONAL, "TITLE", "default: Statement; kept sealed",
	    0 },
	{ "source", OPT_PERSONAL, "TEXT", "where it came from; kept sealed",
	    0 },
	OPT_END,
};

static const struct opt explain_options[] = {
	{ "on", OPT_DATE, NULL, "as of that day; default today", 0 },
	OPT_END,
};

static const struct opt event_options[] = {
	{ "retract", OPT_FLAG, NULL,
	    "it was entered in error: take it back (the log keeps both)", 0 },
	OPT_END,
};

static const struct opt link_options[] = {
	{ "as", OPT_CHOICE, "author|witness|referee",
	    "what the other person is to it", OPT_NEEDED },
	OPT_END,
};

static const struct opt move_options[] = {
	{ "to", OPT_PERSONAL, "S", "whose it is", OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	USE_OPTIONS,
	OPT_END,
};

static const struct opt reclassify_options[] = {
	{ "class", OPT_TEXT, "CLASS", "what it is", OPT_NEEDED },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	{ "dependant-born", OPT_PERSONAL, "DATE",
	    "birth date of the child it is about, where the class asks", 0 },
	USE_OPTIONS,
	OPT_END,
};

static const struct opt void_options[] = {
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "add",
	    .args = "S FILE|-",
	    .summary = "Store a document",
	    .more = "Its media type is found from the content.\n'hrvault "
		    "policy show' lists the classes.",
	    .examples =
		"hrvault record add number:E-1001 --class payslip --date "
		"2026-03-31 \\\n"
		"    --event pay_date=2026-03-31 march.pdf",
	    .options = add_options,
	    .min_args = 2,
	    .max_args = 2,
	    .flags = CMD_VAULT,
	    .run = run_add },
	{ .verb = "list",
	    .args = "S",
	    .summary = "List the records of a subject",
	    .more = "Titles are shown to who holds the key of the "
		    "compartment, and that is logged.",
	    .options = list_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_list },
	{ .verb = "show",
	    .args = "R",
	    .summary = "Show what is known of a record, without its content",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_show },
	{ .verb = "read",
	    .args = "R",
	    .summary = "Decrypt a content for a purpose; logged beforehand",
	    .more = "The file appears only when it is whole. Without --output "
		    "the content goes to\nstandard output, but never to a "
		    "terminal unless it is asked for.",
	    .examples = "hrvault record read R-01ABCD --purpose payroll "
			"--output march.pdf",
	    .options = read_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = record_run_read },
	{ .verb = "amend",
	    .args = "R FILE|-",
	    .summary = "Store a new version; the one before stays readable",
	    .more =
		"Where the schedule asks two people for it, as the shipped "
		"ones do, the command\nnames the proposal that waits (exit "
		"6); repeat it when somebody approved that.\n'hrvault policy "
		"show' lists such steps.",
	    .examples = "hrvault record amend R-01ABCD --reason @why.txt "
			"corrected.pdf",
	    .options = amend_options,
	    .min_args = 2,
	    .max_args = 2,
	    .flags = CMD_VAULT,
	    .run = run_amend },
	{ .verb = "statement",
	    .args = "R FILE|-",
	    .summary = "File what the person says about it beside it",
	    .more = "A record of its own (GDPR Art. 16): of the same class, "
		    "with the dates of R,\nnever destroyed without it, shown "
		    "with it, given out before it. Says which\nrecipients had "
		    "R and are to be told.",
	    .examples = "hrvault record statement R-01ABCD --case C-01EFGH "
			"my-side.pdf",
	    .options = statement_options,
	    .min_args = 2,
	    .max_args = 2,
	    .flags = CMD_VAULT,
	    .run = run_statement },
	{ .verb = "explain",
	    .args = "R",
	    .summary = "Say why it is kept until when, in sentences",
	    .options = explain_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_explain },
	{ .verb = "event",
	    .args = "R NAME DATE",
	    .summary = "Date what happened to it: closed, issued, pay_date, "
		       "...",
	    .more = "Its dates follow. 'hrvault policy show' lists the "
		    "names.",
	    .examples = "hrvault record event R-01ABCD closed 2026-03-31",
	    .options = event_options,
	    .min_args = 3,
	    .max_args = 3,
	    .flags = CMD_VAULT,
	    .run = run_event },
	{ .verb = "link",
	    .args = "R S",
	    .summary = "Say that it is also about another person",
	    .examples = "hrvault record link R-01ABCD S-01EFGH --as witness",
	    .options = link_options,
	    .min_args = 2,
	    .max_args = 2,
	    .flags = CMD_VAULT,
	    .run = run_link },
	{ .verb = "move",
	    .args = "R",
	    .summary = "It was filed under the wrong person: file it anew",
	    .more = "Every version is opened and sealed anew, which is "
		    "logged; its dates follow. Not while\na hold or an open "
		    "case protects it.",
	    .examples = "hrvault record move R-01ABCD --to number:E-1002 "
			"--reason @why.txt",
	    .options = move_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = record_run_move },
	{ .verb = "reclassify",
	    .args = "R",
	    .summary = "It was filed under the wrong class: file it anew",
	    .more = "It takes the keys of both compartments. An earlier date "
		    "takes two people, and so\ndoes a class that asks nobody "
		    "before it is destroyed. 'hrvault policy show' lists\nthe "
		    "classes.",
	    .examples = "hrvault record reclassify R-01ABCD --class contract "
			"--reason @why.txt",
	    .options = reclassify_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = record_run_reclassify },
	{ .verb = "void",
	    .args = "R",
	    .summary = "It should never have been stored: destroy it",
	    .more = "With all its versions, and by two people: the first run "
		    "proposes it, after\nsomebody else's approval the same "
		    "command carries it out. Never while a hold or\nan open "
		    "case protects it. Its subject stays.",
	    .examples = "hrvault record void R-01ABCD --reason @why.txt",
	    .options = void_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = record_run_void },
	CMD_END,
};
const struct noun noun_record = { "record",
	"Records: store, list, read, amend, explain, date, file anew", verbs };
