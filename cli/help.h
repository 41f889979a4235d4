/* SPDX-License-Identifier: ISC */
/*
 * Pages of help, made from the tables of commands. Layer: cli.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* A topic of `hrvault help`; the table ends with a row without name. */
struct topic {
	const char *name;
	const char *summary;
	const char *text;
};
extern const struct topic help_topics[];

/* All commands, one line each. */
void help_overview(struct cli *c);
/* A noun with its verbs; or its one command. */
void help_noun(struct cli *c, const struct noun *noun);
/* One command: synopsis, options, examples. */
void help_command(
    struct cli *c, const struct noun *noun, const struct command *cmd);

/* `hrvault version`, and --version. */
int help_version(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* What the value of an option is called: "DATE", "hr|legal". Static. */
const char *opt_value_name(const struct opt *o);

#endif
