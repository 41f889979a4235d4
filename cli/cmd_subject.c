/* SPDX-License-Identifier: ISC */
/*
 * hrvault subject: the people the records are about. Layer: cli.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/subject.h"
#include "hrvault/subject.h"

#define FROM_MAX (16u << 20)
#define LIST_MAX 32

/* The fields that were typed, and where their lists lie. */
struct typed {
	struct hrv_subject_fields f;
	const char *emails[LIST_MAX];
	const char *phones[LIST_MAX];
};

static int
typed_list(struct cli *c, const char *option, const char **list, size_t *ret_n,
    struct hrv_err *err)
{
	size_t n = opt_count(c, option);

	if (n > LIST_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "--%s was given more than %d times", option, LIST_MAX);
	for (size_t i = 0; i < n; i++)
		list[i] = opt_nth(c, option, i)->text;
	*ret_n = n;
	return HRV_OK;
}

static int
typed_fields(struct cli *c, struct typed *t, struct hrv_err *err)
{
	int rc;

	t->f.name = opt_text(c, "name");
	t->f.number = opt_text(c, "number");
	t->f.born = opt_text(c, "born");
	t->f.emails = t->emails;
	t->f.phones = t->phones;
	rc = typed_list(c, "email", t->emails, &t->f.n_emails, err);
	if (rc == HRV_OK)
		rc = typed_list(c, "phone", t->phones, &t->f.n_phones, err);
	return rc;
}

/* The last part of a path; standard input has no name. */
static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return NULL;
	return slash == NULL ? path : slash + 1;
}

/* Perhaps it is one person; nobody guesses that it is. */
static void
say_same_email(const struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "same_email");

	for (size_t i = 0; i < hrv_doc_len(list); i++)
		say(c,
		    "%s has the same e-mail address, which finds both from now "
		    "on; if it is one person: 'hrvault subject merge %s %s'",
		    hrv_doc_text(hrv_doc_at(list, i)), hrv_doc_str(doc, "id"),
		    hrv_doc_text(hrv_doc_at(list, i)));
}

static int
run_add(struct cli *c, struct hrv_err *err)
{
	struct hrv_subject_add_args a = { .kind = opt_text(c, "kind") };
	const char *from = opt_text(c, "from");
	struct typed t = { .f = { 0 } };
	struct hrv_doc *doc = NULL;
	char *file = NULL, *name = NULL;
	int rc = typed_fields(c, &t, err);

	if (rc == HRV_OK && from != NULL)
		rc =
		    input_read_file(c, from, FROM_MAX, &file, &a.from_len, err);
	else if (rc == HRV_OK && t.f.name == NULL)
		rc = input_value(c, "", "name", &name, err);
	if (rc == HRV_OK) {
		if (name != NULL)
			t.f.name = name;
		a.from = file;
		a.from_name = from == NULL ? NULL : file_name(from);
		a.fields = t.f;
		rc = hrv_subject_add(c->vault, &a, &doc, err);
	}
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		out_line(c, "%s", hrv_doc_str(doc, "id"));
	if (rc == HRV_OK && hrv_doc_len(hrv_doc_get(doc, "records")) > 0)
		say(c, "the file was stored as %s",
		    hrv_doc_text(hrv_doc_at(hrv_doc_get(doc, "records"), 0)));
	if (rc == HRV_OK)
		say_same_email(c, doc);
	hrv_doc_free(doc);
	if (file != NULL)
		explicit_bzero(file, a.from_len);
	free(file);
	input_free(name);
	return rc;
}

static const struct out_field found[] = {
	{ "id", NULL, 0 },
	{ "name", NULL, 0 },
	{ "number", NULL, 0 },
	{ "kind", NULL, 0 },
	{ "emails", "e-mail", 0 },
	{ NULL, NULL, 0 },
};

static int
run_find(struct cli *c, struct hrv_err *err)
{
	char *text = NULL;
	int rc = input_value(c, arg(c, 0), "text to find", &text, err);

	if (rc != HRV_OK)
		return rc;
	out_list(c, found, "nobody found");
	rc = hrv_subject_find(c->vault, text, out_row, c, err);
	if (rc == HRV_OK)
		rc = out_list_end(c, err);
	input_free(text);
	return rc;
}

static const struct out_field listed[] = {
	{ "id", NULL, 0 },
	{ "name", NULL, 0 },
	{ "number", NULL, 0 },
	{ "kind", NULL, 0 },
	{ "status", NULL, 0 },
	{ NULL, NULL, 0 },
};

static int
run_list(struct cli *c, struct hrv_err *err)
{
	int rc;

	out_list(c, listed, "no subjects");
	rc = hrv_subject_list(c->vault, opt_flag(c, "all"), out_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static int
run_show(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_show(c->vault, arg(c, 0), &doc, err);

	if (rc == HRV_OK)
		rc = subject_print(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
print_update(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	if (hrv_doc_true(doc, "under_age"))
		say(c, "this subject is under the minimum age of the schedule; "
		       "tell the data protection officer");
	if (c->json)
		return out_doc(c, doc, NULL, err);
	out_line(c, "%s corrected", hrv_doc_str(doc, "id"));
	subject_print_moved(c, doc);
	return HRV_OK;
}

static int
run_update(struct cli *c, struct hrv_err *err)
{
	struct hrv_subject_update_args a = { .who = arg(c, 0),
		.kind = opt_text(c, "kind"),
		.reason = opt_text(c, "reason") };
	size_t n = opt_count(c, "remove");
	const char *remove[LIST_MAX];
	struct typed t = { .f = { 0 } };
	struct hrv_doc *doc = NULL;
	int rc = typed_fields(c, &t, err);

	if (rc == HRV_OK)
		rc = typed_list(c, "remove", remove, &n, err);
	a.fields = t.f;
	a.remove = remove;
	a.n_remove = n;
	if (rc == HRV_OK)
		rc = hrv_subject_update(c->vault, &a, &doc, err);
	if (rc == HRV_OK)
		rc = print_update(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static void
print_dates(struct cli *c, const struct hrv_doc *doc)
{
	const char *name = hrv_doc_str(doc, "event");
	char command[192];

	if (strncmp(name, "subject.", 8) == 0)
		name += 8;
	(void)snprintf(command, sizeof(command), "hrvault subject event %s %s",
	    hrv_doc_str(doc, "id"), name);
	subject_print_dates(c, doc, command);
}

static int
run_event(struct cli *c, struct hrv_err *err)
{
	struct hrv_subject_event_args a = { .who = arg(c, 0),
		.name = arg(c, 1),
		.date = arg(c, 2),
		.retract = opt_flag(c, "retract") };
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_event(c->vault, &a, &doc, err);

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		out_line(c, "%s: %s %s%s", hrv_doc_str(doc, "id"),
		    hrv_doc_str(doc, "event"), hrv_doc_str(doc, "date"),
		    a.retract			     ? " taken back"
		    : hrv_doc_true(doc, "unchanged") ? ", as before"
						     : "");
		subject_print_moved(c, doc);
		print_dates(c, doc);
	}
	hrv_doc_free(doc);
	return rc;
}

static int
run_merge(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_subject_merge(c->vault, arg(c, 0), arg(c, 1), &doc, err);

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		out_line(c, "%s is %s now, with %lld record%s more",
		    hrv_doc_str(doc, "merged"), hrv_doc_str(doc, "id"),
		    (long long)hrv_doc_int(doc, "records", 0),
		    out_s(hrv_doc_int(doc, "records", 0)));
		subject_print_moved(c, doc);
	}
	hrv_doc_free(doc);
	return rc;
}

static const struct opt add_options[] = {
	{ "kind", OPT_CHOICE, "candidate|employee", "which of the two",
	    OPT_NEEDED },
	{ "name", OPT_PERSONAL, "NAME", "the whole name, as it is written", 0 },
	{ "number", OPT_PERSONAL, "NUMBER",
	    "the employer's number; no two subjects have the same", 0 },
	{ "email", OPT_PERSONAL, "ADDRESS", "an e-mail address", OPT_MANY },
	{ "phone", OPT_PERSONAL, "NUMBER", "a phone number", OPT_MANY },
	{ "born", OPT_PERSONAL, "DATE", "birth date", 0 },
	{ "from", OPT_FILE, "FILE.json",
	    "an identity document or a JSON Resume, - for standard input", 0 },
	OPT_END,
};

static const struct opt list_options[] = {
	{ "all", OPT_FLAG, NULL, "also those whose records are all destroyed",
	    0 },
	OPT_END,
};

static const struct opt update_options[] = {
	{ "kind", OPT_CHOICE, "candidate|employee", "which of the two", 0 },
	{ "name", OPT_PERSONAL, "NAME", "the whole name", 0 },
	{ "number", OPT_PERSONAL, "NUMBER", "the employer's number", 0 },
	{ "email", OPT_PERSONAL, "ADDRESS",
	    "an e-mail address; those there were are replaced", OPT_MANY },
	{ "phone", OPT_PERSONAL, "NUMBER",
	    "a phone number; those there were are replaced", OPT_MANY },
	{ "born", OPT_PERSONAL, "DATE", "birth date", 0 },
	{ "remove", OPT_CHOICE, "number|emails|phones|born",
	    "take this field away", OPT_MANY },
	{ "reason", OPT_PERSONAL, "TEXT", "why; kept sealed", OPT_NEEDED },
	OPT_END,
};

static const struct opt event_options[] = {
	{ "retract", OPT_FLAG, NULL,
	    "it was entered in error: take it back (the log keeps both)", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "add",
	    .summary = "Take somebody in",
	    .more = "A JSON Resume is also stored, as it came, as a record of "
		    "the class application.\nNobody under the schedule's "
		    "minimum age is taken in.",
	    .examples =
		"hrvault subject add --kind employee --name 'Lovas Odegard' "
		"\\\n"
		"    --number E-1001 --email lovas@example.org\n"
		"hrvault subject add --kind candidate --from resume.json",
	    .options = add_options,
	    .flags = CMD_VAULT,
	    .run = run_add },
	{ .verb = "find",
	    .args = "TEXT",
	    .summary = "Find somebody by name, number, e-mail or phone",
	    .more = "Whole words of the name in any order; accents and case "
		    "do not matter.\nname:, number:, email: or phone: before "
		    "the text says which is meant.",
	    .examples = "hrvault subject find 'odegard lovas'\n"
			"hrvault subject find number:E-1001",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_find },
	{ .verb = "show",
	    .args = "S",
	    .summary = "Show somebody: identity, events, records by class",
	    .examples = "hrvault subject show number:E-1001",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_show },
	{ .verb = "list",
	    .summary = "List everybody, with names for who may see them",
	    .options = list_options,
	    .flags = CMD_VAULT,
	    .run = run_list },
	{ .verb = "update",
	    .args = "S",
	    .summary = "Correct who somebody is; the old version stays",
	    .examples =
		"hrvault subject update S-01ABCD --name - --reason @why.txt",
	    .options = update_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_update },
	{ .verb = "event",
	    .args = "S NAME DATE",
	    .summary = "Date what happened: hired, ended, closed, died, ...",
	    .more = "The dates of all records of the subject follow. "
		    "'hrvault policy show' lists the names.",
	    .examples = "hrvault subject event S-01ABCD ended 2026-03-31",
	    .options = event_options,
	    .min_args = 3,
	    .max_args = 3,
	    .flags = CMD_VAULT,
	    .run = run_event },
	{ .verb = "merge",
	    .args = "S INTO",
	    .summary = "Make one of a person who was entered twice",
	    .more = "Everything of S becomes INTO's, which keeps its own name, "
		    "number and birth date\nwhere both have one. S leads to "
		    "INTO from then on. Not while a hold or a case protects\n"
		    "either; a date that moves earlier takes two people.",
	    .examples = "hrvault subject merge S-01ABCD number:E-1001",
	    .min_args = 2,
	    .max_args = 2,
	    .flags = CMD_VAULT,
	    .run = run_merge },
	{ .verb = "restrict",
	    .args = "S",
	    .summary = "Restrict the use of somebody's records (Art. 18)",
	    .more = "They are kept, and read only for legal claims and the "
		    "person's own requests, until it is lifted. Records that "
		    "come later are restricted as well. A second ground comes "
		    "to the first; each is lifted for itself.",
	    .examples = "hrvault subject restrict S-01ABCD --ground accuracy",
	    .options = subject_restrict_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_restrict },
	{ .verb = "consent",
	    .args = "S",
	    .summary = "Enter a consent that was given or withdrawn",
	    .more = "The dates of records that rest on it follow. What was "
		    "given stays in the ledger after it was withdrawn.",
	    .examples =
		"hrvault subject consent S-01ABCD --purpose recruitment \\\n"
		"    --text-version 2026.1 --given 2026-02-10\n"
		"hrvault subject consent S-01ABCD --purpose recruitment "
		"--withdrawn 2026-05-04",
	    .options = subject_consent_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_consent },
	{ .verb = "preference",
	    .args = "S",
	    .summary = "Set whether somebody wants e-mail, calls or letters",
	    .more = "Addresses that want nothing are remembered as keyed "
		    "hashes, also after the person's records are gone.",
	    .examples =
		"hrvault subject preference S-01ABCD --channel email --set no",
	    .options = subject_preference_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_preference },
	{ .verb = "mailing",
	    .summary = "Addresses for a mailing, without those that said no",
	    .more = "Restricted people are left out as well. An audited read "
		    "of everybody's\nidentity.",
	    .examples = "hrvault subject mailing --channel email",
	    .options = subject_mailing_options,
	    .flags = CMD_VAULT,
	    .run = subject_mailing },
	{ .verb = "suppressed",
	    .args = "ADDRESS",
	    .summary = "Ask whether an e-mail address or number wants nothing",
	    .more = "ADDRESS may be - or @FILE, so that it stands in no list "
		    "of processes.",
	    .examples = "hrvault subject suppressed @address.txt",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_suppressed },
	{ .verb = "confirm",
	    .args = "S",
	    .summary = "Enter that somebody confirmed what is kept of them",
	    .examples = "hrvault subject confirm S-01ABCD --on 2026-03-02",
	    .options = subject_confirm_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_confirm },
	{ .verb = "unconfirmed",
	    .summary = "List whose confirmation is overdue",
	    .more = "Counted from the last confirmation, or from the day a "
		    "person was taken in.\nOpens nothing: ids only.",
	    .examples = "hrvault subject unconfirmed --for P2Y",
	    .options = subject_unconfirmed_options,
	    .flags = CMD_VAULT,
	    .run = subject_unconfirmed },
	{ .verb = "notice",
	    .args = "[S]",
	    .summary = "Enter that somebody was told of a privacy notice",
	    .more = "--all stands for everybody who is not gone: when a new "
		    "notice went to all. What\nwas entered last counts.",
	    .examples =
		"hrvault subject notice S-01ABCD --text-version 2026.1\n"
		"hrvault subject notice --all --text-version 2026.2 "
		"--on 2026-03-02",
	    .options = subject_notice_options,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_notice },
	{ .verb = "untold",
	    .summary = "List who does not know a version of the notice",
	    .more = "Those who were told of an older one, or of none. Numbers "
		    "in a version compare as\nnumbers: 2026.9 is older than "
		    "2026.10. Opens nothing: ids only.",
	    .examples = "hrvault subject untold --text-version 2026.2",
	    .options = subject_untold_options,
	    .flags = CMD_VAULT,
	    .run = subject_untold },
	{ .verb = "lift",
	    .args = "S",
	    .summary = "Lift a restriction; the person is told before",
	    .more = "The others stay in force, where there are several "
		    "grounds; with the last one the restriction ends.",
	    .examples = "hrvault subject lift S-01ABCD --reason @why.txt",
	    .options = subject_lift_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = subject_lift },
	CMD_END,
};
const struct noun noun_subject = { "subject",
	"People: take in, find, show, correct, date what happened", verbs };
