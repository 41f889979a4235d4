/* SPDX-License-Identifier: ISC */
/*
 * hrvault init. Layer: cli.
 */
#include <string.h>

#include "cli/context.h"
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policyfile.h"
#include "cli/shipped.h"
#include "hrvault/deadline.h"

/* The files a vault is founded with. */
struct texts {
	char *schedule, *law, *calendar, *controller;
	size_t schedule_len, law_len, calendar_len, controller_len;
};

/* The law of --law and the calendar that it names. */
static int
read_law(struct cli *c, const char *id, struct texts *t, struct hrv_err *err)
{
	struct hrv_law *law = NULL;
	int rc;

	rc = shipped_read(c, SHIPPED_LAWS, id, &t->law, &t->law_len, err);
	if (rc == HRV_OK)
		rc = policyfile_law(id, t->law, t->law_len, &law, err);
	if (rc == HRV_OK)
		rc = policyfile_calendar_text(
		    c, id, law->calendar, &t->calendar, &t->calendar_len, err);
	hrv_law_free(law);
	return rc;
}

static int
found(struct cli *c, const struct texts *t, struct hrv_err *err)
{
	struct context x = { .dir = NULL };
	struct hrv_doc *doc = NULL;
	struct hrv_init_args args;
	int rc = context_init(c, arg(c, 0), &x, err);

	if (rc != HRV_OK)
		return rc;
	args = (struct hrv_init_args){
		.open = x.open,
		.founder = opt_text(c, "founder"),
		.schedule = t->schedule,
		.schedule_len = t->schedule_len,
		.law = t->law,
		.law_len = t->law_len,
		.calendar = t->calendar,
		.calendar_len = t->calendar_len,
		.controller = t->controller,
		.controller_len = t->controller_len,
		.origin = opt_text(c, "origin"),
	};
	rc = hrv_init(&args, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK)
		say(c, "in founding: one person is enough for every step until "
		       "two members\n  have the role dpo or legal "
		       "('hrvault member add')");
	hrv_doc_free(doc);
	context_clear(&x);
	return rc;
}

static int
run_init(struct cli *c, struct hrv_err *err)
{
	const char *law = opt_text(c, "law");
	const char *controller = opt_text(c, "controller");
	struct texts t = { .schedule = NULL };
	int rc;

	rc = shipped_read(c, SHIPPED_SCHEDULES, opt_text(c, "schedule"),
	    &t.schedule, &t.schedule_len, err);
	if (rc == HRV_OK && law != NULL)
		rc = read_law(c, law, &t, err);
	if (rc == HRV_OK && controller != NULL)
		rc = shipped_read(
		    c, NULL, controller, &t.controller, &t.controller_len, err);
	if (rc == HRV_OK)
		rc = found(c, &t, err);
	input_free(t.schedule);
	input_free(t.law);
	input_free(t.calendar);
	input_free(t.controller);
	return rc;
}

static const struct opt options[] = {
	{ "founder", OPT_TEXT, "KEY",
	    "OpenPGP key of the first member: fingerprint, its tail of 16 or "
	    "more digits, or an address in the local keyring",
	    OPT_NEEDED },
	{ "schedule", OPT_FILE, "ID|FILE",
	    "retention schedule, shipped or your own", OPT_NEEDED },
	{ "law", OPT_FILE, "ID|FILE",
	    "law for requests of data subjects, with its calendar", 0 },
	{ "controller", OPT_FILE, "FILE",
	    "who is responsible and how they are reached: 'hrvault help "
	    "controller'",
	    0 },
	{ "origin", OPT_TEXT, "NAME",
	    "name of the log, like a host and a path: hr.example.org/vault",
	    0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .args = "[DIR]",
	    .summary = "Make a new vault",
	    .more = "The vault is made in DIR, or where --vault or HRVAULT_DIR "
		    "say. The folder\n"
		    "must not exist or be empty. The founder becomes its first "
		    "member, with the\n"
		    "role dpo and all keys.",
	    .examples = "hrvault init ~/vault --founder anna@example.org \\\n"
			"    --schedule uk --law uk-ew",
	    .options = options,
	    .max_args = 1,
	    .run = run_init },
	CMD_END,
};
const struct noun noun_init = { "init", "Make a new vault", verbs };
