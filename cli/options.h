/* SPDX-License-Identifier: ISC */
/*
 * From words to options: finds the command, checks every option against its
 * row, and hands out values by name. Layer: cli. A word that is not known
 * names the nearest one and stops everything (HRV_EUSAGE).
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/* The options that every command has; ends with OPT_END. */
extern const struct opt global_options[];

/*
 * Reads the words after the program's name into *c, which begins as { 0 }.
 * c->cmd stays NULL for `hrvault`, `hrvault NOUN --help` and the like. With
 * c->help or c->version set, what is missing is no error. HRV_EUSAGE names
 * the word; HRV_ENOMEM. Ends with options_clear() in any case.
 */
int options_parse(
    struct cli *c, int argc, char **argv, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether --json is among the words at all, so that also an error in them is
 * written as the caller wants it. */
bool options_want_json(int argc, char **argv);

/* Wipes and frees the values and arguments. */
void options_clear(struct cli *c);

/* The noun of that name, or NULL. */
const struct noun *find_noun(const char *name);
/* The verb of a noun; verb NULL: the row without verb. NULL if none. */
const struct command *find_verb(const struct noun *noun, const char *verb);

/*
 * The values of the command by option name (without "--"). Asking for a name
 * that the command's table does not have is a mistake of the program and
 * aborts. All texts are borrowed until the command has ended.
 */
bool opt_flag(const struct cli *c, const char *name);
/* The (last) value, or NULL when it was not given. */
const char *opt_text(const struct cli *c, const char *name);
/* The date of an OPT_DATE, or HRV_DATE_NONE. */
struct hrv_date opt_date(const struct cli *c, const char *name);
/* The number of an OPT_NUMBER, or `otherwise`. */
int64_t opt_number(const struct cli *c, const char *name, int64_t otherwise);
/* How often it was given, and the i-th of those (i < count). */
size_t opt_count(const struct cli *c, const char *name);
const struct opt_value *opt_nth(
    const struct cli *c, const char *name, size_t i);

/* The i-th argument, or NULL when it was not given. Borrowed. */
const char *arg(const struct cli *c, size_t i);

#endif
