/* SPDX-License-Identifier: ISC */
/*
 * Types of options, and access to their values by name. Layer: cli.
 * Invariant: what a run function gets is of the type its table says, so no
 * command checks a date or a choice again. Personal values are wiped.
 */
#include "cli/optvalue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "hrvault/text.h"

#define MAX_CHOICES 32

/* Fails with what to write for an option; returns the code. */
static int
bad_value(struct hrv_err *err, const struct opt *o, const char *what,
    const char *remedy)
{
	hrv_fail(err, HRV_EUSAGE, "--%s: %s", o->name, what);
	return hrv_hint(err, "%s", remedy);
}

static int
check_number(struct opt_value *v, struct hrv_err *err)
{
	size_t n = strlen(v->text);

	if (n == 0 || n > 9 || strspn(v->text, "0123456789") != n)
		return bad_value(err, v->opt, "not a whole number",
		    "write digits only, nine at most");
	v->number = strtol(v->text, NULL, 10);
	return HRV_OK;
}

static int
check_choice(const struct opt_value *v, struct hrv_err *err)
{
	const char *names[MAX_CHOICES + 1];
	char *words = strdup(v->opt->value);
	const char *near;
	bool found = false;
	size_t n = 0;

	if (words == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (char *s = words, *next; s != NULL && n < MAX_CHOICES; s = next) {
		next = strchr(s, '|');
		if (next != NULL)
			*next++ = '\0';
		found = found || strcmp(s, v->text) == 0;
		names[n++] = s;
	}
	names[n] = NULL;
	near = found ? NULL : hrv_text_nearest(v->text, names);
	if (near != NULL) {
		hrv_fail(err, HRV_EUSAGE, "--%s: no such choice", v->opt->name);
		hrv_hint(err, "did you mean %s?", near);
	} else if (!found) {
		hrv_fail(err, HRV_EUSAGE, "--%s: no such choice", v->opt->name);
		hrv_hint(err, "one of %s", v->opt->value);
	}
	free(words);
	return found ? HRV_OK : HRV_EUSAGE;
}

static int
check_event(struct opt_value *v, struct hrv_err *err)
{
	const char *eq = strchr(v->text, '=');

	if (eq == NULL || eq == v->text || !hrv_date_parse(eq + 1, &v->date))
		return bad_value(err, v->opt, "not an event with its date",
		    "write NAME=DATE, for instance "
		    "subject.ended=2026-03-31");
	v->name = strndup(v->text, (size_t)(eq - v->text));
	return v->name == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			       : HRV_OK;
}

static int
check_value(struct opt_value *v, struct hrv_err *err)
{
	struct hrv_duration p;

	switch (v->opt->type) {
	case OPT_DATE:
		if (hrv_date_parse(v->text, &v->date))
			return HRV_OK;
		return bad_value(err, v->opt, "not a date",
		    "write a day that exists as 2026-03-02");
	case OPT_DURATION:
		if (hrv_duration_parse(v->text, &p))
			return HRV_OK;
		return bad_value(err, v->opt, "not a duration",
		    "write it as P90D, P6M or P1Y6M");
	case OPT_NUMBER:
		return check_number(v, err);
	case OPT_CHOICE:
		return check_choice(v, err);
	case OPT_EVENT:
		return check_event(v, err);
	case OPT_TEXT:
	case OPT_FILE:
	case OPT_WHEN:
		if (v->opt->value != NULL && strcmp(v->text, "-") == 0 &&
		    strcmp(v->opt->value, "DIR") == 0)
			return bad_value(err, v->opt, "a folder, not a file",
			    "write ./- if it has that name");
		if (v->text[0] != '\0')
			return HRV_OK;
		return hrv_fail(
		    err, HRV_EUSAGE, "--%s: the value is empty", v->opt->name);
	case OPT_FLAG:
	case OPT_PERSONAL:
		break;
	}
	return HRV_OK;
}

int
value_add(struct cli *c, const struct opt *o, char *text, struct hrv_err *err)
{
	struct opt_value *more, *v;

	if ((o->flags & OPT_MANY) == 0 && o->type != OPT_FLAG &&
	    opt_count(c, o->name) > 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "--%s is given twice", o->name);
	more = reallocarray(c->values, c->n_values + 1, sizeof(*more));
	if (more == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->values = more;
	v = &c->values[c->n_values];
	*v = (struct opt_value){ .opt = o, .text = strdup(text) };
	if (v->text == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->n_values++;
	/* Others on this machine see our words; not longer than need be. */
	if (o->type == OPT_PERSONAL)
		memset(text, '*', strlen(text));
	return check_value(v, err);
}

int
argument_add(struct cli *c, const char *word, struct hrv_err *err)
{
	char **more = reallocarray(c->args, c->n_args + 1, sizeof(*more));

	if (more == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->args = more;
	c->args[c->n_args] = strdup(word);
	if (c->args[c->n_args] == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->n_args++;
	return HRV_OK;
}

int
values_complete(const struct cli *c, struct hrv_err *err)
{
	const struct command *cmd = c->cmd;
	const char *verb = cmd->verb != NULL ? cmd->verb : "";
	const char *gap = cmd->verb != NULL ? " " : "";
	const char *what = NULL;

	if (c->n_args < (size_t)cmd->min_args)
		what = "something is missing";
	else if (cmd->max_args >= 0 && c->n_args > (size_t)cmd->max_args)
		what = "too many arguments";
	if (what != NULL) {
		hrv_fail(err, HRV_EUSAGE, "%s%s%s: %s", c->noun->name, gap,
		    verb, what);
		return hrv_hint(err, "write 'hrvault %s%s%s%s%s'",
		    c->noun->name, gap, verb, cmd->args ? " " : "",
		    cmd->args ? cmd->args : "");
	}
	for (const struct opt *o = cmd->options; o && o->name != NULL; o++) {
		if ((o->flags & OPT_NEEDED) == 0 || o->type == OPT_PERSONAL ||
		    opt_count(c, o->name) > 0)
			continue;
		hrv_fail(err, HRV_EUSAGE, "%s%s%s: --%s is missing",
		    c->noun->name, gap, verb, o->name);
		return hrv_hint(err, "'hrvault %s%s%s --help' explains it",
		    c->noun->name, gap, verb);
	}
	return HRV_OK;
}

static void
wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

void
options_clear(struct cli *c)
{
	for (size_t i = 0; i < c->n_values; i++) {
		wipe(c->values[i].text);
		wipe(c->values[i].name);
	}
	for (size_t i = 0; i < c->n_args; i++)
		wipe(c->args[i]);
	free(c->values);
	free(c->args);
	c->values = NULL;
	c->args = NULL;
	c->n_values = c->n_args = 0;
}

/* A misspelt name in our own code must not look like an option left out. */
static void
must_exist(const struct cli *c, const char *name)
{
	for (const struct opt *o = c->cmd->options; o && o->name; o++)
		if (strcmp(o->name, name) == 0)
			return;
	fprintf(stderr, "hrvault: no option --%s in the table of %s\n", name,
	    c->noun->name);
	abort();
}

size_t
opt_count(const struct cli *c, const char *name)
{
	size_t n = 0;

	must_exist(c, name);
	for (size_t i = 0; i < c->n_values; i++)
		n += strcmp(c->values[i].opt->name, name) == 0;
	return n;
}

const struct opt_value *
opt_nth(const struct cli *c, const char *name, size_t nth)
{
	must_exist(c, name);
	for (size_t i = 0; i < c->n_values; i++)
		if (strcmp(c->values[i].opt->name, name) == 0 && nth-- == 0)
			return &c->values[i];
	return NULL;
}

/* The only one, or of several the last. */
static const struct opt_value *
last(const struct cli *c, const char *name)
{
	size_t n = opt_count(c, name);

	return n == 0 ? NULL : opt_nth(c, name, n - 1);
}

bool
opt_flag(const struct cli *c, const char *name)
{
	return last(c, name) != NULL;
}

const char *
opt_text(const struct cli *c, const char *name)
{
	const struct opt_value *v = last(c, name);

	return v == NULL ? NULL : v->text;
}

struct hrv_date
opt_date(const struct cli *c, const char *name)
{
	const struct opt_value *v = last(c, name);

	return v == NULL ? HRV_DATE_NONE : v->date;
}

int64_t
opt_number(const struct cli *c, const char *name, int64_t otherwise)
{
	const struct opt_value *v = last(c, name);

	return v == NULL ? otherwise : v->number;
}

const char *
arg(const struct cli *c, size_t i)
{
	return i < c->n_args ? c->args[i] : NULL;
}
