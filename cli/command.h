/* SPDX-License-Identifier: ISC */
/*
 * What a command is: a row of data and one function. Layer: cli.
 *
 * A noun is one file, cmd_NOUN.c, with a table of its verbs and one line in
 * table.c; help, completion and the check of options come from the same
 * tables. A run function gets options and arguments that are whole and of the
 * right type, finds the vault open where its row says so, calls the library,
 * and hands the result to cli/out.h. It returns what the library returned; no
 * command prints an error or picks an exit code.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"

struct cli;
struct hrv_vault;
struct out;

/* What an option takes. All but the first take a value, as "--name VALUE" or
 * "--name=VALUE". */
enum opt_type {
	OPT_FLAG,
	OPT_TEXT,     /* any text that is about nobody */
	OPT_PERSONAL, /* text about a person, or a reason: also "-" (standard
		       * input), "@FILE", or asked for when left empty */
	OPT_DATE,     /* 2026-03-02; opt_date() */
	OPT_WHEN,     /* a date, or an instant with its offset; opt_text() */
	OPT_DURATION, /* P90D; opt_text() */
	OPT_NUMBER,   /* a whole number from 0; opt_number() */
	OPT_CHOICE,   /* one of the words in `value`: "hr|legal|dpo" */
	OPT_EVENT,    /* NAME=DATE; struct opt_value has both */
	OPT_FILE      /* a path; opt_text() */
};

#define OPT_NEEDED 1u /* the command cannot do without it */
#define OPT_MANY 2u   /* may be given more than once */

/* One option. A table of them ends with OPT_END. */
struct opt {
	const char *name; /* without "--" */
	enum opt_type type;
	const char *value; /* what help calls the value; the words of a choice;
			    * NULL: the type's own ("DATE", "FILE", ...) */
	const char *help;  /* half a sentence, lower case, no full stop */
	unsigned flags;	   /* OPT_* */
};
#define OPT_END                                                                \
	{                                                                      \
		.name = NULL                                                   \
	}

#define CMD_VAULT 1u	 /* open the vault first: hrv_open() into cli->vault */
#define CMD_RESTORING 4u /* also one that waits for its approval */
#define CMD_PURE 2u	 /* touches no vault and no key: no library start */

/* One command. A table of verbs ends with CMD_END. */
struct command {
	const char *verb;	   /* NULL: the noun alone is the command */
	const char *args;	   /* "S [FILE|-]" for the synopsis, or NULL */
	const char *summary;	   /* one line, capital, no full stop */
	const char *more;	   /* paragraphs for its help, or NULL; filled,
				    * but for lines that begin with a blank */
	const char *examples;	   /* commands to copy, a line each, or NULL */
	const struct opt *options; /* or NULL */
	int min_args, max_args;	   /* how many arguments; -1: any number */
	unsigned flags;		   /* CMD_* */
	int (*run)(struct cli *c, struct hrv_err *err);
};
#define CMD_END                                                                \
	{                                                                      \
		.run = NULL                                                    \
	}

/* A noun with its verbs, or a verb without noun (its only row has no verb). */
struct noun {
	const char *name;
	const char *summary; /* one line, capital, no full stop */
	const struct command *verbs;
};

/* A line of the table of all commands. */
struct table_row {
	const char *heading; /* begins a group in `hrvault help`, or NULL */
	const struct noun *noun;
};
/* All of it, in the order of help; ends with a row without noun. */
extern const struct table_row command_table[];

/* One value that was given. text is wiped when the command has ended. */
struct opt_value {
	const struct opt *opt;
	char *text;	      /* "" for a flag; for an event all of it */
	char *name;	      /* OPT_EVENT: what is left of "=" */
	struct hrv_date date; /* OPT_DATE and OPT_EVENT */
	int64_t number;	      /* OPT_NUMBER */
};

/* One run of the program. Commands read it; they change only `vault`-less
 * state of their own. */
struct cli {
	const struct noun *noun; /* of the command, as is cmd */
	const struct command *cmd;
	char **args; /* arguments of the command, without options */
	size_t n_args;
	struct opt_value *values; /* in the order they were given */
	size_t n_values;

	bool help; /* global options */
	bool version;
	bool json;
	bool quiet;
	bool yes;
	bool no_input;
	bool no_color;
	const char *vault_dir; /* --vault, or NULL */
	const char *as;	       /* --as, or NULL */
	const char *own_fd;    /* --passphrase-fd, or NULL */
	char *own_pass;	       /* what was read there; secret */

	int answer; /* exit code of a command whose success is an answer of
		     * several kinds: status --check */
	struct hrv_vault *vault; /* open for commands with CMD_VAULT */
	int64_t logged;		 /* hrv_logged() of it, when it was closed */
	const char *stdin_taken; /* what reads standard input, or NULL */
	struct out *out;	 /* state of cli/out.c */
};

#endif
