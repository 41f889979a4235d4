/* SPDX-License-Identifier: ISC */
/*
 * From words to a command with its options. Layer: cli. Invariant: a command
 * runs only when every word was understood; a typing error runs nothing. No
 * message repeats a word that could be about a person.
 */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/optvalue.h"
#include "hrvault/text.h"

#define MAX_NAMES 256 /* words that a typing error is compared with */

const struct opt global_options[] = {
	{ "vault", OPT_FILE, "DIR",
	    "the vault; else HRVAULT_DIR, else the configuration file", 0 },
	{ "as", OPT_TEXT, "KEY",
	    "which of my OpenPGP keys: fingerprint, its tail, or address", 0 },
	{ "passphrase-fd", OPT_NUMBER, "N",
	    "read my key's passphrase from this descriptor, ask nobody", 0 },
	{ "json", OPT_FLAG, NULL, "one JSON document, or JSON Lines for a list",
	    0 },
	{ "no-input", OPT_FLAG, NULL, "never ask; a question is exit 6", 0 },
	{ "yes", OPT_FLAG, NULL, "answer plain confirmations with yes", 0 },
	{ "quiet", OPT_FLAG, NULL, "say nothing but errors", 0 },
	{ "no-color", OPT_FLAG, NULL, "no bold type (also NO_COLOR, TERM=dumb)",
	    0 },
	{ "help", OPT_FLAG, NULL, "this page", 0 },
	{ "version", OPT_FLAG, NULL, "version of the program", 0 },
	OPT_END,
};

/* The words, and where noun and verb stand among them (0: nowhere). */
struct words {
	int argc;
	char **argv;
	int noun_at, verb_at;
};

static const struct opt *
find_in(const struct opt *table, const char *name, size_t len)
{
	for (; table != NULL && table->name != NULL; table++)
		if (strlen(table->name) == len &&
		    memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

/* The row of the option that a word begins with. With no command yet, all
 * verbs of the noun are looked through. */
static const struct opt *
find_option(const struct cli *c, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct opt *o;

	if (strcmp(word, "-h") == 0)
		return find_in(global_options, "help", 4);
	o = find_in(global_options, name, len);
	if (o != NULL || c->noun == NULL)
		return o;
	if (c->cmd != NULL)
		return find_in(c->cmd->options, name, len);
	for (const struct command *v = c->noun->verbs; o == NULL && v->run; v++)
		o = find_in(v->options, name, len);
	return o;
}

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* Whether the word after position i is the value of option o there. */
static bool
takes_next(const struct words *w, int i, const struct opt *o)
{
	if (o == NULL || o->type == OPT_FLAG ||
	    strchr(w->argv[i], '=') != NULL || i + 1 >= w->argc)
		return false;
	return strncmp(w->argv[i + 1], "--", 2) != 0;
}

const struct noun *
find_noun(const char *name)
{
	for (const struct table_row *r = command_table; r->noun != NULL; r++)
		if (strcmp(r->noun->name, name) == 0)
			return r->noun;
	return NULL;
}

const struct command *
find_verb(const struct noun *noun, const char *verb)
{
	for (const struct command *v = noun->verbs; v->run != NULL; v++)
		if (verb == NULL || v->verb == NULL
			? verb == v->verb
			: strcmp(v->verb, verb) == 0)
			return v;
	return NULL;
}

/* A word that is a verb of some nouns was probably meant as one; the commands
 * that have it, quoted, into buf. */
static bool
commands_with(const char *verb, char *buf, size_t size)
{
	size_t used = 0;

	for (const struct table_row *r = command_table; r->noun != NULL; r++)
		if (find_verb(r->noun, verb) != NULL && used < size)
			used += (size_t)snprintf(buf + used, size - used,
			    "%s'hrvault %s %s'", used > 0 ? " or " : "",
			    r->noun->name, verb);
	return used > 0;
}

static int
unknown_noun(const char *word, struct hrv_err *err)
{
	const char *names[MAX_NAMES];
	char others[400];
	const char *near;
	size_t n = 0;

	for (const struct table_row *r = command_table;
	     r->noun != NULL && n < MAX_NAMES - 1; r++)
		names[n++] = r->noun->name;
	names[n] = NULL;
	near = hrv_text_nearest(word, names);
	if (commands_with(word, others, sizeof(others))) {
		hrv_fail(err, HRV_EUSAGE, "\"%s\" needs its noun", word);
		return hrv_hint(err, "did you mean %s?", others);
	}
	if (near != NULL) {
		hrv_fail(err, HRV_EUSAGE, "unknown command \"%s\"", word);
		return hrv_hint(err, "did you mean 'hrvault %s'?", near);
	}
	hrv_fail(err, HRV_EUSAGE, "unknown command");
	return hrv_hint(err, "'hrvault help' lists all commands");
}

static int
unknown_verb(const struct noun *noun, const char *word, struct hrv_err *err)
{
	const char *names[MAX_NAMES];
	const char *near;
	size_t n = 0;

	for (const struct command *v = noun->verbs;
	     v->run != NULL && n < MAX_NAMES - 1; v++)
		names[n++] = v->verb;
	names[n] = NULL;
	near = hrv_text_nearest(word, names);
	if (near == NULL) {
		hrv_fail(err, HRV_EUSAGE, "%s has no such verb", noun->name);
		return hrv_hint(
		    err, "'hrvault %s --help' lists its verbs", noun->name);
	}
	hrv_fail(err, HRV_EUSAGE, "%s has no verb \"%s\"", noun->name, word);
	return hrv_hint(err, "did you mean 'hrvault %s %s'?", noun->name, near);
}

/* Options have names of these only; another word is not repeated. */
static bool
is_name(const char *s, size_t len)
{
	return len > 0 && len <= 32 &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") >= len;
}

static int
unknown_option(const struct cli *c, const char *word, struct hrv_err *err)
{
	const char *names[MAX_NAMES];
	const char *noun = c->noun != NULL ? c->noun->name : "";
	const char *verb = c->cmd != NULL && c->cmd->verb ? c->cmd->verb : "";
	const char *name = word + 1 + (word[1] == '-');
	size_t n = 0, len = strcspn(name, "=");
	const struct opt *o = c->cmd != NULL ? c->cmd->options : NULL;
	const char *near = NULL;
	char typed[33] = "";

	for (; o != NULL && o->name != NULL && n < MAX_NAMES / 2; o++)
		names[n++] = o->name;
	for (o = global_options; o->name != NULL; o++)
		names[n++] = o->name;
	names[n] = NULL;
	if (is_name(name, len)) {
		memcpy(typed, name, len);
		near = hrv_text_nearest(typed, names);
	}
	if (near != NULL || typed[0] != '\0')
		hrv_fail(err, HRV_EUSAGE, "unknown option %.*s%s",
		    (int)(name - word), word, typed);
	else
		hrv_fail(err, HRV_EUSAGE, "unknown option");
	if (near != NULL)
		return hrv_hint(err, "did you mean --%s?", near);
	return hrv_hint(err, "'hrvault %s%s%s%s--help' lists the options", noun,
	    *noun ? " " : "", verb, *verb ? " " : "");
}

/* Finds noun and verb, stepping over options and their values. */
static int
find_command(struct cli *c, struct words *w, struct hrv_err *err)
{
	for (int i = 1; i < w->argc && c->cmd == NULL; i++) {
		const char *word = w->argv[i];

		if (strcmp(word, "--") == 0)
			break;
		if (is_option(word)) {
			const struct opt *o = find_option(c, word);

			if (o == NULL && c->noun == NULL)
				return unknown_option(c, word, err);
			i += takes_next(w, i, o);
		} else if (c->noun == NULL) {
			c->noun = find_noun(word);
			if (c->noun == NULL)
				return unknown_noun(word, err);
			w->noun_at = i;
			c->cmd = find_verb(c->noun, NULL);
		} else {
			c->cmd = find_verb(c->noun, word);
			if (c->cmd == NULL)
				return unknown_verb(c->noun, word, err);
			w->verb_at = i;
		}
	}
	return HRV_OK;
}

static bool
set_global(struct cli *c, const struct opt *o, const char *value)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "json", &c->json },
		{ "no-input", &c->no_input },
		{ "yes", &c->yes },
		{ "quiet", &c->quiet },
		{ "no-color", &c->no_color },
		{ "help", &c->help },
		{ "version", &c->version },
	};

	if (find_in(global_options, o->name, strlen(o->name)) != o)
		return false;
	if (strcmp(o->name, "vault") == 0)
		c->vault_dir = value;
	if (strcmp(o->name, "as") == 0)
		c->as = value;
	if (strcmp(o->name, "passphrase-fd") == 0)
		c->own_fd = value;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(o->name, flags[i].name) == 0)
			*flags[i].flag = true;
	return true;
}

/* Whether that value of the whole program was given before. */
static bool
given_twice(const struct cli *c, const struct opt *o)
{
	const struct {
		const char *name, *value;
	} given[] = { { "vault", c->vault_dir }, { "as", c->as },
		{ "passphrase-fd", c->own_fd } };

	if (find_in(global_options, o->name, strlen(o->name)) != o)
		return false;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (strcmp(o->name, given[i].name) == 0)
			return given[i].value != NULL;
	return false;
}

/* Behind its verb a command's own option comes first: "record link R S --as
 * witness" does not choose a key. */
static const struct opt *
find_at(const struct cli *c, const struct words *w, int i)
{
	const char *word = w->argv[i];
	const struct opt *own = NULL;

	if (c->cmd != NULL && i > w->noun_at && i > w->verb_at &&
	    strncmp(word, "--", 2) == 0)
		own =
		    find_in(c->cmd->options, word + 2, strcspn(word + 2, "="));
	return own != NULL ? own : find_option(c, word);
}

/* Reads the option at *i and steps over its value. */
static int
read_option(struct cli *c, const struct words *w, int *i, struct hrv_err *err)
{
	char *word = w->argv[*i];
	const struct opt *o = find_at(c, w, *i);
	char nothing[1] = "";
	char *value = strchr(word, '=');

	if (o == NULL)
		return unknown_option(c, word, err);
	if (value != NULL)
		value++;
	else if (takes_next(w, *i, o))
		value = w->argv[++*i];
	if (o->type == OPT_FLAG && value != NULL)
		return hrv_fail(
		    err, HRV_EUSAGE, "--%s takes no value", o->name);
	if (o->type == OPT_PERSONAL && value == NULL)
		return value_add(c, o, nothing, err);
	if (o->type != OPT_FLAG && value == NULL) {
		hrv_fail(err, HRV_EUSAGE, "--%s needs a value", o->name);
		return hrv_hint(
		    err, "write --%s=VALUE if it begins with --", o->name);
	}
	if (given_twice(c, o))
		return hrv_fail(
		    err, HRV_EUSAGE, "--%s is given twice", o->name);
	if (set_global(c, o, value))
		return HRV_OK;
	return value_add(c, o, value == NULL ? nothing : value, err);
}

static int
read_words(struct cli *c, const struct words *w, struct hrv_err *err)
{
	bool options = true;
	int rc = HRV_OK;

	for (int i = 1; rc == HRV_OK && i < w->argc; i++) {
		char *word = w->argv[i];

		if (i == w->noun_at || i == w->verb_at)
			continue;
		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && is_option(word))
			rc = read_option(c, w, &i, err);
		else
			rc = argument_add(c, word, err);
	}
	return rc;
}

bool
options_want_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

int
options_parse(struct cli *c, int argc, char **argv, struct hrv_err *err)
{
	struct words w = { argc, argv, 0, 0 };
	int rc = find_command(c, &w, err);

	if (rc == HRV_OK)
		rc = read_words(c, &w, err);
	if (rc != HRV_OK || c->help || c->version)
		return rc;
	if (c->noun == NULL) {
		hrv_fail(err, HRV_EUSAGE, "no command given");
		return hrv_hint(err, "'hrvault help' lists all commands");
	}
	if (c->cmd == NULL) {
		hrv_fail(err, HRV_EUSAGE, "%s needs a verb", c->noun->name);
		return hrv_hint(
		    err, "'hrvault %s --help' lists its verbs", c->noun->name);
	}
	return values_complete(c, err);
}
