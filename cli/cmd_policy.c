/* SPDX-License-Identifier: ISC */
/*
 * hrvault policy: schedules, laws and calendars as files, without a vault.
 * Layer: cli.
 */
#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policy.h"
#include "cli/policyfile.h"
#include "cli/shipped.h"
#include "hrvault/controller.h"
#include "hrvault/deadline.h"
#include "hrvault/docmake.h"
#include "hrvault/policy.h"

/* The name of the first setting of a libconfig text: "schedule", "law",
 * "calendar", "controller"; anything else is read as a schedule, whose reader
 * says what is wrong. */
static size_t
first_name(const char *s, const char **ret)
{
	for (;;) {
		s += strspn(s, " \t\r\n\f");
		if (*s == '#' || (s[0] == '/' && s[1] == '/')) {
			s += strcspn(s, "\n");
		} else if (s[0] == '/' && s[1] == '*') {
			s = strstr(s + 2, "*/");
			if (s == NULL)
				return 0;
			s += 2;
		} else {
			break;
		}
	}
	*ret = s;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz");
}

static const char *
check_text(const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct hrv_calendar *cal;
	struct hrv_controller *who;
	struct hrv_law *law;
	const char *name = "";
	size_t n = first_name(text, &name);

	if (n == 3 && strncmp(name, "law", n) == 0) {
		law = hrv_law_parse(text, len, errors);
		hrv_law_free(law);
		return "law";
	}
	if (n == 8 && strncmp(name, "calendar", n) == 0) {
		cal = hrv_calendar_parse(text, len, errors);
		hrv_calendar_free(cal);
		return "calendar";
	}
	if (n == 10 && strncmp(name, "controller", n) == 0) {
		who = hrv_controller_parse(text, len, errors);
		hrv_controller_free(who);
		return "controller";
	}
	(void)hrv_policy_check_text(text, len, errors);
	return "schedule";
}

static struct hrv_doc *
check_doc(const char *kind, const struct hrv_file_errors *errors)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *list = hrv_doc_new_array();
	bool ok = hrv_doc_set_bool(doc, "ok", hrv_file_errors_none(errors)) &&
		  hrv_doc_set_str(doc, "kind", kind);

	for (size_t i = 0; i < errors->count; i++) {
		const struct hrv_file_error *e = &errors->item[i];
		struct hrv_doc *one = hrv_doc_new_object();

		ok = hrv_doc_set_int(one, "line", e->line) && ok;
		ok = hrv_doc_set_str(one, "message", e->message) && ok;
		ok = hrv_doc_set_str(one, "remedy", e->remedy) && ok;
		ok = hrv_doc_add(list, one) && ok;
	}
	ok = hrv_doc_set(doc, "errors", list) && ok;
	if (errors->more > 0)
		ok = hrv_doc_set_int(doc, "more", (int64_t)errors->more) && ok;
	if (ok)
		return doc;
	hrv_doc_free(doc);
	return NULL;
}

static void
check_lines(
    struct cli *c, const char *name, const struct hrv_file_errors *errors)
{
	char head[320];

	for (size_t i = 0; i < errors->count; i++) {
		const struct hrv_file_error *e = &errors->item[i];

		if (e->line > 0)
			snprintf(head, sizeof(head), "%s:%d: ", name, e->line);
		else
			snprintf(head, sizeof(head), "%s: ", name);
		out_text(c, head, e->message);
		if (e->remedy[0] != '\0')
			out_wrapped(c, 4, NULL, e->remedy);
	}
}

static int
run_check(struct cli *c, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	const char *name = arg(c, 0), *kind;
	struct hrv_doc *doc = NULL;
	char *text = NULL;
	size_t len = 0, n;
	int rc;

	rc = policyfile_text(c, name, &text, &len, err);
	if (rc != HRV_OK)
		return rc;
	kind = check_text(text, len, &errors);
	hrv_file_errors_sort(&errors);
	doc = check_doc(kind, &errors);
	n = errors.count + errors.more;
	if (doc == NULL || errors.no_memory)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else if (c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (n == 0)
		out_line(c, "ok: %s is a valid %s", name, kind);
	else
		check_lines(c, name, &errors);
	if (rc == HRV_OK && n > 0)
		rc = hrv_fail_as(err, HRV_EUSAGE, "invalid-file",
		    "%zu mistake%s in the %s", n, n == 1 ? "" : "s", kind);
	hrv_doc_free(doc);
	hrv_file_errors_clear(&errors);
	input_free(text);
	return rc;
}

static struct hrv_doc *
test_doc(const struct hrv_test_report *r)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *failures = hrv_doc_new_array();
	struct hrv_doc *untested = hrv_doc_new_array();
	bool ok = hrv_doc_set_int(doc, "passed", (int64_t)r->passed) &&
		  hrv_doc_set_int(doc, "failed", (int64_t)r->failed);

	for (size_t i = 0; i < r->failed; i++) {
		struct hrv_doc *one = hrv_doc_new_object();

		ok = hrv_doc_set_int(one, "line", r->failure[i].line) && ok;
		ok = hrv_doc_set_str(one, "text", r->failure[i].text) && ok;
		ok = hrv_doc_add(failures, one) && ok;
	}
	for (size_t i = 0; i < r->untested_count; i++)
		ok = hrv_doc_add_str(untested, r->untested[i]->id) && ok;
	ok = hrv_doc_set(doc, "failures", failures) && ok;
	ok = hrv_doc_set(doc, "untested_rules", untested) && ok;
	if (ok)
		return doc;
	hrv_doc_free(doc);
	return NULL;
}

static void
test_lines(struct cli *c, const struct hrv_test_report *r)
{
	char head[320];

	for (size_t i = 0; i < r->failed; i++) {
		snprintf(head, sizeof(head), "%s:%d: ", arg(c, 0),
		    r->failure[i].line);
		out_text(c, head, r->failure[i].text);
	}
	out_line(c, "%zu passed, %zu failed", r->passed, r->failed);
	if (r->untested_count == 0)
		return;
	out_line(c, "%zu without a test:", r->untested_count);
	for (size_t i = 0; i < r->untested_count; i++)
		out_line(c, "  rule %s", r->untested[i]->id);
}

static int
run_test(struct cli *c, struct hrv_err *err)
{
	struct hrv_test_report report = HRV_TEST_REPORT_INIT;
	struct hrv_schedule *schedule = NULL;
	struct hrv_doc *doc = NULL;
	int rc = policyfile_schedule(c, arg(c, 0), &schedule, err);

	if (rc == HRV_OK)
		rc = hrv_policy_run_tests(schedule, &report, err);
	if (rc == HRV_OK && (doc = test_doc(&report)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		test_lines(c, &report);
	if (rc == HRV_OK && report.failed > 0)
		rc = hrv_fail_as(err, HRV_EFAILED, "tests-failed",
		    "%zu of %zu tests failed", report.failed,
		    report.failed + report.passed);
	hrv_doc_free(doc);
	hrv_test_report_clear(&report);
	hrv_schedule_free(schedule);
	return rc;
}

static const struct opt explain_options[] = {
	{ "class", OPT_TEXT, "CLASS", "class of the record", OPT_NEEDED },
	{ "event", OPT_EVENT, NULL,
	    "what happened when, with its prefix: subject.ended=2026-03-31",
	    OPT_MANY },
	{ "born", OPT_DATE, NULL, "birth date of the subject", 0 },
	{ "dependant-born", OPT_DATE, NULL,
	    "birth date of the dependant the record is about", 0 },
	{ "on", OPT_DATE, NULL,
	    "the day to decide for; else today in the schedule's time zone",
	    0 },
	OPT_END,
};

static const struct opt show_options[] = {
	{ "class", OPT_TEXT, "CLASS", "only this class, with its rules", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "check",
	    .args = "FILE",
	    .summary =
		"Show every mistake of a schedule, law, calendar or controller",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_PURE,
	    .run = run_check },
	{ .verb = "test",
	    .args = "FILE",
	    .summary = "Run the test cases that a schedule brings along",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_PURE,
	    .run = run_test },
	{ .verb = "explain",
	    .args = "FILE --class CLASS",
	    .summary = "Work out the dates of a record, and say why",
	    .examples = "hrvault policy explain uk --class personnel_file \\\n"
			"    --event subject.hired=2015-01-05 "
			"--event subject.ended=2020-01-31",
	    .options = explain_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_PURE,
	    .run = policy_explain },
	{ .verb = "show",
	    .summary = "Show the schedule in force in a vault",
	    .options = show_options,
	    .flags = CMD_VAULT,
	    .run = policy_show },
	{ .verb = "diff",
	    .args = "FILE",
	    .summary = "Show what a new schedule would do to the records",
	    .more = "earlier: could be destroyed earlier than now, or get "
		    "their first date.\nlater: later, or never.\nno longer "
		    "reviewed: a person was to decide, and they would go by "
		    "themselves.\nto be reviewed: the other way round.\n"
		    "Then come the safeguards that would be weaker or "
		    "stronger. Nothing is written.",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = policy_diff },
	{ .verb = "adopt",
	    .args = "FILE",
	    .summary =
		"Take a schedule, law, calendar or controller into force",
	    .more = "FILE is a path, or the id of a schedule or law that comes "
		    "with the program; a\ncalendar is calendar:ID.\nAll dates "
		    "are recomputed. Whoever adopts a schedule with "
		    "a new compartment gets\nits key and can grant it to "
		    "others.\nWhat an adoption makes due waits for the longer "
		    "of both notices, and the stricter\nbrakes of both count "
		    "until a run after that has gone through.",
	    .examples = "hrvault policy diff uk && hrvault policy adopt "
			"uk",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = policy_adopt },
	{ .verb = "register",
	    .summary = "Print the record of processing (Art. 30)",
	    .more = "Purposes, categories of people and data, legal basis, "
		    "recipients, transfers, erasure limits and security "
		    "measures, from the schedule in force. Nobody is named.",
	    .examples = "hrvault policy register > record-of-processing.txt",
	    .flags = CMD_VAULT,
	    .run = policy_register },
	CMD_END,
};
const struct noun noun_policy = { "policy",
	"Schedules and laws: check, explain, adopt them", verbs };
