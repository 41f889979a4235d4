/* SPDX-License-Identifier: ISC */
/*
 * hrvault completion: scripts for shells, made from the tables. Layer: cli.
 * Invariant: a script offers words only; it never runs hrvault, so completing
 * a line opens no vault.
 */
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"

/* Calls fn for each command. */
static void
each(struct cli *c,
    void (*fn)(struct cli *c, const struct noun *n, const struct command *v))
{
	for (const struct table_row *r = command_table; r->noun; r++)
		for (const struct command *v = r->noun->verbs; v->run; v++)
			fn(c, r->noun, v);
}

/* "--a --b " of a table. */
static void
option_words(struct cli *c, const struct opt *o)
{
	for (; o != NULL && o->name != NULL; o++)
		out_print(c, "--%s ", o->name);
}

static void
nouns(struct cli *c)
{
	for (const struct table_row *r = command_table; r->noun; r++)
		out_print(c, "%s ", r->noun->name);
}

/* A pattern of case for a command; behind a noun without verb anything may
 * stand. */
static void
pattern(struct cli *c, const struct noun *n, const struct command *v)
{
	if (v->verb != NULL)
		out_print(c, "\t('%s %s'", n->name, v->verb);
	else
		out_print(c, "\t('%s '*", n->name);
}

static void
options_case(struct cli *c, const struct noun *n, const struct command *v)
{
	if (v->options == NULL)
		return;
	pattern(c, n, v);
	out_print(c, ") opts='");
	option_words(c, v->options);
	out_print(c, "' ;;\n");
}

static void
choices_case(struct cli *c, const struct noun *n, const struct command *v)
{
	for (const struct opt *o = v->options; o && o->name; o++) {
		if (o->type != OPT_CHOICE)
			continue;
		pattern(c, n, v);
		out_print(c, "' --%s') list='", o->name);
		for (const char *s = o->value; *s != '\0'; s++)
			out_print(c, "%c", *s == '|' ? ' ' : *s);
		out_print(c, "' ;;\n");
	}
}

/* "--vault|--as|..": options whose next word is their value. */
static void
valued_of(struct cli *c, const struct opt *o)
{
	for (; o != NULL && o->name != NULL; o++)
		if (o->type != OPT_FLAG)
			out_print(c, "--%s|", o->name);
}

static void
valued_case(struct cli *c, const struct noun *n, const struct command *v)
{
	(void)n;
	valued_of(c, v->options);
}

/* What bash and zsh share: from $w, the words before the cursor, to $list and
 * $opts. */
static void
body(struct cli *c)
{
	out_print(c, "\t\tcase $w in\n\t\t(");
	valued_of(c, global_options);
	each(c, valued_case);
	out_print(c, "--) ((i++)) ;;\n"
		     "\t\t(-*) ;;\n"
		     "\t\t(*) if [[ -z $noun ]]; then noun=$w\n"
		     "\t\t    elif [[ -z $verb ]]; then verb=$w; fi ;;\n"
		     "\t\tesac\n"
		     "\tdone\n"
		     "\tcase \"$noun $verb\" in\n"
		     "\t(' ') list='");
	nouns(c);
	out_print(c, "' ;;\n");
	for (const struct table_row *r = command_table; r->noun; r++) {
		if (r->noun->verbs->verb == NULL)
			continue;
		out_print(c, "\t('%s ') list='", r->noun->name);
		for (const struct command *v = r->noun->verbs; v->run; v++)
			out_print(c, "%s ", v->verb);
		out_print(c, "' ;;\n");
	}
	each(c, options_case);
	out_print(c, "\tesac\n\topts=\"$opts");
	option_words(c, global_options);
	out_print(c, "\"\n\tcase \"$noun $verb $prev\" in\n");
	each(c, choices_case);
	out_print(c, "\tesac\n");
}

static void
bash(struct cli *c)
{
	out_print(c, "# hrvault completion for bash\n"
		     "_hrvault()\n"
		     "{\n"
		     "\tlocal noun='' verb='' list='' opts='' i w\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
		     "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		     "\t\tw=${COMP_WORDS[i]}\n");
	body(c);
	out_print(c,
	    "\t[[ $cur == -* ]] && list=$opts\n"
	    "\tmapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$cur\")\n"
	    "}\n"
	    "complete -o default -F _hrvault hrvault\n");
}

static void
zsh(struct cli *c)
{
	out_print(c, "#compdef hrvault\n"
		     "_hrvault()\n"
		     "{\n"
		     "\tlocal noun='' verb='' list='' opts='' i w\n"
		     "\tlocal prev=$words[CURRENT-1]\n"
		     "\tfor ((i = 2; i < CURRENT; i++)); do\n"
		     "\t\tw=$words[i]\n");
	body(c);
	out_print(c,
	    "\t[[ $PREFIX == -* ]] && list=$opts\n"
	    "\tif [[ -n $list ]]; then compadd -- ${=list}; else _files; fi\n"
	    "}\n"
	    "compdef _hrvault hrvault\n");
}

/* Text between single quotes. */
static void
quoted(struct cli *c, const char *text)
{
	out_print(c, "'");
	for (; *text != '\0'; text++)
		if (*text == '\'')
			out_print(c, "\\'");
		else
			out_print(c, "%c", *text);
	out_print(c, "'");
}

static void
fish_option(struct cli *c, const char *condition, const struct opt *o)
{
	out_print(
	    c, "complete -c hrvault -n '%s' -l %s -d ", condition, o->name);
	quoted(c, o->help);
	if (o->type == OPT_CHOICE) {
		out_print(c, " -x -a '");
		for (const char *s = o->value; *s != '\0'; s++)
			out_print(c, "%c", *s == '|' ? ' ' : *s);
		out_print(c, "'");
	} else if (o->type == OPT_FILE) {
		out_print(c, " -r");
	} else if (o->type != OPT_FLAG) {
		out_print(c, " -x");
	}
	out_print(c, "\n");
}

static void
fish_command(struct cli *c, const struct noun *n, const struct command *v)
{
	char condition[160];

	if (v->verb != NULL) {
		out_print(c,
		    "complete -c hrvault -f -n '__fish_seen_subcommand_from %s"
		    "; and test (count (commandline -opc)) -lt 3' -a %s -d ",
		    n->name, v->verb);
		quoted(c, v->summary);
		out_print(c, "\n");
		snprintf(condition, sizeof(condition),
		    "__fish_seen_subcommand_from %s; and "
		    "__fish_seen_subcommand_from %s",
		    n->name, v->verb);
	} else {
		snprintf(condition, sizeof(condition),
		    "__fish_seen_subcommand_from %s", n->name);
	}
	for (const struct opt *o = v->options; o && o->name; o++)
		fish_option(c, condition, o);
}

static void
fish(struct cli *c)
{
	out_print(c, "# hrvault completion for fish\n");
	for (const struct table_row *r = command_table; r->noun; r++) {
		out_print(c,
		    "complete -c hrvault -f -n __fish_use_subcommand -a %s "
		    "-d ",
		    r->noun->name);
		quoted(c, r->noun->summary);
		out_print(c, "\n");
	}
	each(c, fish_command);
	for (const struct opt *o = global_options; o->name != NULL; o++)
		fish_option(c, "true", o);
}

static int
run_completion(struct cli *c, struct hrv_err *err)
{
	const char *shell = arg(c, 0);

	c->json = false;
	if (strcmp(shell, "bash") == 0)
		bash(c);
	else if (strcmp(shell, "zsh") == 0)
		zsh(c);
	else if (strcmp(shell, "fish") == 0)
		fish(c);
	else
		return hrv_fail(err, HRV_EUSAGE,
		    "completion is made for bash, zsh and fish");
	return HRV_OK;
}

static const struct command verbs[] = {
	{ .args = "bash|zsh|fish",
	    .summary = "Print a completion script for a shell",
	    .examples = "hrvault completion bash > "
			"~/.local/share/bash-completion/completions/hrvault",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_PURE,
	    .run = run_completion },
	CMD_END,
};
const struct noun noun_completion = { "completion",
	"Completion script for bash, zsh or fish", verbs };
