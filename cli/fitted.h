/* SPDX-License-Identifier: ISC */
/*
 * Commands that are shown to people for typing, fitted to how this one was
 * called: who named a vault with --vault means that one. Layer: cli.
 */
#ifndef CLI_FITTED_H
#define CLI_FITTED_H

#include "cli/command.h"

/* The text with --vault put into each command of ours in it, where this one
 * was given it; NULL: no memory. Freed with free(). For texts of ours only: one
 * of a record would be shown as it is not. */
char *fitted_text(const struct cli *c, const char *text);

#endif
