/* SPDX-License-Identifier: ISC */
/*
 * Exit codes and the one place where an error is written. Layer: cli.
 */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "cli/command.h"

#define EXIT_INTERRUPTED 130

/* The exit code that scripts rely on for a code (docs: help exit-codes). */
int exit_code(enum hrv_code code);

/* Adds the next step to an error that has none, where the command line knows
 * one. */
void exit_hint(const struct cli *c, struct hrv_err *err);
/* Writes the error of this run on standard error - "hrvault: message" and its
 * hint, or {"error":{...}} with json - and returns the exit code. */
int exit_report(const struct cli *c, const struct hrv_err *err, bool json);

#endif
