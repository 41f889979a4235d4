/* SPDX-License-Identifier: ISC */
/*
 * hrvault status: what needs doing, for people and for monitoring. Layer:
 * cli. With --check the answer is one line and an exit code as Nagios plugins
 * give them, also when the vault cannot be opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/fitted.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/status.h"
#include "hrvault/docmake.h"
#include "hrvault/status.h"

enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

static const char *const check_names[] = { "OK", "WARNING", "CRITICAL",
	"UNKNOWN" };

/* Numbers that monitoring keeps. */
static const char *const perf[] = { "due", "overdue", "protected", "pending",
	"cases_open", "holds_active", "holds_to_review", "records", "entries",
	"uncovered", "epochs_overdue", "free_bytes" };

static int
check_state(const struct hrv_doc *doc)
{
	const char *state = hrv_doc_str(doc, "state");

	if (state == NULL)
		return CHECK_UNKNOWN;
	return strcmp(state, "ok") == 0	       ? CHECK_OK
	       : strcmp(state, "warning") == 0 ? CHECK_WARNING
					       : CHECK_CRITICAL;
}

static int
check_line(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "attention");
	const char *first = hrv_doc_str(hrv_doc_at(list, 0), "text");
	size_t n = hrv_doc_len(list);
	char line[1024];
	int at;

	c->answer = check_state(doc);
	at = snprintf(
	    line, sizeof(line), "HRVAULT %s - ", check_names[c->answer]);
	if (first == NULL)
		at += snprintf(line + at, sizeof(line) - (size_t)at,
		    "%lld due, nothing overdue",
		    (long long)hrv_doc_int(doc, "due", 0));
	else
		at +=
		    snprintf(line + at, sizeof(line) - (size_t)at, "%s", first);
	if (n > 1)
		at += snprintf(line + at, sizeof(line) - (size_t)at,
		    " (and %zu more)", n - 1);
	at += snprintf(line + at, sizeof(line) - (size_t)at, " |");
	for (size_t i = 0; i < sizeof(perf) / sizeof(perf[0]); i++)
		at +=
		    snprintf(line + at, sizeof(line) - (size_t)at, " %s=%lld%s",
			perf[i], (long long)hrv_doc_int(doc, perf[i], 0),
			strcmp(perf[i], "free_bytes") == 0 ? "B" : "");
	at += snprintf(line + at, sizeof(line) - (size_t)at, "\n");
	return out_raw(c, line, (size_t)at, err);
}

/* As the document of `status` begins: the state, and what is the matter. */
static int
check_failed_json(struct cli *c, const struct hrv_err *why, struct hrv_err *err)
{
	bool critical = c->answer == CHECK_CRITICAL;
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *list = hrv_doc_new_array();
	struct hrv_doc *one = hrv_doc_new_object();
	bool ok = hrv_doc_set_str(one, "level", "critical") &&
		  hrv_doc_set_str(one, "text", why->msg);
	int rc;

	ok = hrv_doc_add(list, one) && ok;
	ok = hrv_doc_set_str(doc, "state", critical ? "critical" : "unknown") &&
	     ok;
	ok = hrv_doc_set(doc, "attention", list) && ok;
	rc = ok ? out_doc(c, doc, NULL, err)
		: hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(doc);
	return rc;
}

static int
check_failed(struct cli *c, const struct hrv_err *why, struct hrv_err *err)
{
	char line[1024];
	int n;

	c->answer =
	    why->code == HRV_EINTEGRITY ? CHECK_CRITICAL : CHECK_UNKNOWN;
	if (c->json)
		return check_failed_json(c, why, err);
	n = snprintf(line, sizeof(line), "HRVAULT %s - %s\n",
	    check_names[c->answer], why->msg);
	return out_raw(c, line, (size_t)n, err);
}

static const struct out_field fields[] = {
	{ "origin", "vault", 0 },
	{ "member", "you", 0 },
	{ "role", NULL, 0 },
	{ "subjects", NULL, 0 },
	{ "records", NULL, 0 },
	{ "due", "due to be destroyed", 0 },
	{ "protected", "of them protected", 0 },
	{ "overdue", "kept too long", 0 },
	{ "pending", "without a date yet", 0 },
	{ "cases_open", "open cases", 0 },
	{ "holds_active", "active holds", 0 },
	{ "holds_to_review", "holds to review", 0 },
	{ "proposals_open", "open proposals", 0 },
	{ "rotations", "keys to be rotated", 0 },
	{ "uncovered", "in no key backup", 0 },
	{ "last_key_backup", "last key backup", 0 },
	{ "entries", "log entries", 0 },
	{ "generation", "key generation", 0 },
	{ "free_bytes", "free on the disk", OUT_SIZE },
	{ NULL, NULL, 0 },
};

static void
show_last(struct cli *c, const struct hrv_doc *doc, const char *key,
    const char *label)
{
	const struct hrv_doc *last = hrv_doc_get(doc, key);
	const char *time = hrv_doc_str(last, "time");
	const char *result = hrv_doc_str(last, "result");
	char when[OUT_TIME_SIZE] = "never";

	(void)out_time(time, when);
	out_line(c, "%-19s  %s%s%s", label, when, result == NULL ? "" : ", ",
	    result == NULL ? "" : result);
}

static int
show(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "attention");
	int rc = out_doc(c, doc, fields, err);

	if (rc != HRV_OK || c->json)
		return rc;
	show_last(c, doc, "last_purge", "last purge");
	show_last(c, doc, "last_verify", "log last verified");
	if (hrv_doc_true(doc, "founding"))
		out_line(c, "in founding: one person is enough for every step "
			    "until there are two with the role dpo or legal");
	if (hrv_doc_true(doc, "without_log"))
		out_line(c, "restored without its log: nobody knows what was "
			    "destroyed or held after the backup");
	if (hrv_doc_len(list) == 0)
		out_line(c, "nothing needs attention");
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *a = hrv_doc_at(list, i);
		const char *level = hrv_doc_str(a, "level");
		char head[32], *text;

		snprintf(
		    head, sizeof(head), "%s: ", level == NULL ? "" : level);
		text = fitted_text(c, hrv_doc_str(a, "text"));
		if (text == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		out_text(c, head, text);
		free(text);
	}
	return HRV_OK;
}

static int
run_report(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = context_open(c, err);

	if (rc == HRV_OK)
		rc = hrv_status_report(c->vault, &doc, err);
	if (rc == HRV_OK)
		rc = status_print_report(c, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_status(struct cli *c, struct hrv_err *err)
{
	bool check = opt_flag(c, "check");
	struct hrv_doc *doc = NULL;
	struct hrv_err why;
	int rc;

	if (opt_flag(c, "report") && check)
		return hrv_fail(err, HRV_EUSAGE,
		    "--check and --report are two different answers");
	if (opt_flag(c, "report"))
		return run_report(c, err);
	rc = context_open(c, err);

	if (rc == HRV_OK)
		rc = hrv_status(c->vault, &doc, err);
	if (rc != HRV_OK && check) {
		why = *err;
		return check_failed(c, &why, err);
	}
	if (rc == HRV_OK && check && !c->json)
		rc = check_line(c, doc, err);
	else if (rc == HRV_OK)
		rc = show(c, doc, err);
	if (rc == HRV_OK && check)
		c->answer = check_state(doc);
	hrv_doc_free(doc);
	return rc;
}

static const struct opt options[] = {
	{ "check", OPT_FLAG, NULL,
	    "one line and exit code for monitoring: 0 ok, 1 warning, 2 "
	    "critical, 3 unknown",
	    0 },
	{ "report", OPT_FLAG, NULL,
	    "evidence of technical and organisational measures, to be filed",
	    0 },
	OPT_END,
};
static const struct command verbs[] = {
	{ .summary = "Show what needs doing",
	    .more = "Writes nothing, opens no record; works for every role and "
		    "on a full disk.",
	    .examples = "hrvault status\nhrvault status --check\n"
			"hrvault status --report >measures.txt",
	    .options = options,
	    .run = run_status },
	CMD_END,
};
const struct noun noun_status = { "status", "Show what needs doing", verbs };
