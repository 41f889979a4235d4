/* SPDX-License-Identifier: ISC */
/*
 * The terminal, asked. Layer: cli. Questions stand on /dev/tty, so that they
 * reach the person also when output goes elsewhere.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/command.h"

/* Whether somebody can be asked: no --no-input, standard error is a terminal
 * and standard input is one (or is read as data by this command). */
bool ask_possible(const struct cli *c);

/* Asks for one line, not empty. *ret is freed with input_free().
 * HRV_ECONFIRM where nobody can be asked; HRV_EINTERRUPTED at end of input. */
int ask_line(struct cli *c, const char *what, char **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
