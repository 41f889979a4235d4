/* SPDX-License-Identifier: ISC */
/*
 * Pages of help, see help.h. Layer: cli. Invariant: a page says only what the
 * tables say, so it cannot lag behind the program.
 */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/out.h"

#define LEFT 28 /* columns before the explanation of an option */

const char *
opt_value_name(const struct opt *o)
{
	if (o->value != NULL)
		return o->value;
	switch (o->type) {
	case OPT_FLAG:
		break;
	case OPT_TEXT:
	case OPT_PERSONAL:
	case OPT_CHOICE:
		return "TEXT";
	case OPT_DATE:
		return "DATE";
	case OPT_WHEN:
		return "DATE-or-TIME";
	case OPT_DURATION:
		return "DURATION";
	case OPT_NUMBER:
		return "N";
	case OPT_EVENT:
		return "NAME=DATE";
	case OPT_FILE:
		return "FILE";
	}
	return "";
}

/* "hrvault record add S FILE|-" into buf. */
static void
synopsis(
    const struct noun *noun, const struct command *cmd, char *buf, size_t size)
{
	snprintf(buf, size, "hrvault %s%s%s%s%s", noun->name,
	    cmd->verb ? " " : "", cmd->verb ? cmd->verb : "",
	    cmd->args ? " " : "", cmd->args ? cmd->args : "");
}

/* "  left   explanation", the explanation wrapped beside or below. */
static void
pair(struct cli *c, int width, const char *left, const char *text)
{
	char first[160];

	if ((int)strlen(left) > width - 4) {
		out_line(c, "  %s", left);
		out_wrapped(c, width, NULL, text);
		return;
	}
	snprintf(first, sizeof(first), "  %-*s", width - 2, left);
	out_wrapped(c, width, first, text);
}

static void
one_option(struct cli *c, const struct opt *o)
{
	char left[120], text[400];

	snprintf(left, sizeof(left), "--%s%s%s%s", o->name,
	    o->type == OPT_FLAG ? "" : " ",
	    o->type == OPT_FLAG ? "" : opt_value_name(o),
	    (o->flags & OPT_MANY) != 0 ? " ..." : "");
	snprintf(text, sizeof(text), "%s%s%s", o->help,
	    (o->flags & OPT_NEEDED) != 0 ? " (needed)" : "",
	    o->type == OPT_PERSONAL ? "; text, @FILE, - or asked" : "");
	pair(c, LEFT, left, text);
}

static void
options(struct cli *c, const char *heading, const struct opt *table)
{
	if (table == NULL || table->name == NULL)
		return;
	out_gap(c);
	out_heading(c, heading);
	for (; table->name != NULL; table++)
		one_option(c, table);
}

/* Where to break a command that is too long for a line: before an option or
 * argument, so that it can be copied with its "\\". */
static int
break_at(const char *text, int n, int room)
{
	int at = 0;

	if (n <= room)
		return n;
	for (int i = 1; i < room - 1; i++)
		if (text[i] == ' ')
			at = i;
	for (int i = at; i > room / 2; i--)
		if (text[i] == ' ' && text[i + 1] == '-')
			return i;
	return at > 0 ? at : n;
}

/* Commands to copy, each indented. */
static void
examples(struct cli *c, const char *text)
{
	const char *indent = "  ";

	while (*text != '\0') {
		int n = (int)strcspn(text, "\n");
		int at = break_at(text, n, 80 - (int)strlen(indent));

		out_line(c, "%s%.*s%s", n > 0 ? indent : "", at, text,
		    at < n ? " \\" : "");
		indent = at < n ? "      " : "  ";
		text += at < n ? at + 1 : n + (text[n] == '\n');
	}
}

/* Paragraphs, filled to the width of the terminal; lines that begin with a
 * blank stay as they are. */
static void
paragraphs(struct cli *c, const char *text)
{
	char para[2000] = "";
	size_t used = 0;

	for (;;) {
		size_t n = strcspn(text, "\n");
		bool flows = n > 0 && *text != ' ';

		if (flows && used + n + 2 < sizeof(para))
			used +=
			    (size_t)snprintf(para + used, sizeof(para) - used,
				"%s%.*s", used > 0 ? " " : "", (int)n, text);
		if (!flows || text[n] == '\0') {
			if (used > 0)
				out_wrapped(c, 2, NULL, para);
			used = 0;
		}
		if (!flows && (n > 0 || text[n] != '\0'))
			out_line(c, "%s%.*s", n > 0 ? "  " : "", (int)n, text);
		if (text[n] == '\0')
			return;
		text += n + 1;
	}
}

void
help_command(struct cli *c, const struct noun *noun, const struct command *cmd)
{
	char head[256];

	synopsis(noun, cmd, head, sizeof(head));
	out_heading(c, head);
	out_line(c, "  %s", cmd->summary);
	if (cmd->more != NULL) {
		out_gap(c);
		paragraphs(c, cmd->more);
	}
	options(c, "Options", cmd->options);
	options(c, "Options of every command", global_options);
	if (cmd->examples != NULL) {
		out_gap(c);
		out_heading(c, "Examples");
		examples(c, cmd->examples);
	}
}

void
help_noun(struct cli *c, const struct noun *noun)
{
	char left[256];

	if (noun->verbs->verb == NULL) {
		help_command(c, noun, noun->verbs);
		return;
	}
	snprintf(left, sizeof(left), "hrvault %s VERB", noun->name);
	out_heading(c, left);
	out_line(c, "  %s", noun->summary);
	out_gap(c);
	for (const struct command *v = noun->verbs; v->run != NULL; v++) {
		snprintf(left, sizeof(left), "%s%s%s", v->verb,
		    v->args ? " " : "", v->args ? v->args : "");
		pair(c, LEFT, left, v->summary);
	}
	out_gap(c);
	out_line(c, "'hrvault %s VERB --help' shows the options of a verb.",
	    noun->name);
}

void
help_overview(struct cli *c)
{
	out_heading(c, "hrvault NOUN VERB [ARGUMENTS] [OPTIONS]");
	out_line(c, "  Personnel records, each encrypted under a key of its "
		    "own, kept and destroyed");
	out_line(c, "  as law and schedule say.");
	for (const struct table_row *r = command_table; r->noun; r++) {
		if (r->heading != NULL) {
			out_gap(c);
			out_heading(c, r->heading);
		}
		pair(c, 16, r->noun->name, r->noun->summary);
	}
	options(c, "Options of every command", global_options);
	out_gap(c);
	out_heading(c, "More");
	for (const struct topic *t = help_topics; t->name != NULL; t++) {
		char left[64];

		snprintf(left, sizeof(left), "help %s", t->name);
		pair(c, LEFT, left, t->summary);
	}
}
