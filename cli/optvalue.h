/* SPDX-License-Identifier: ISC */
/*
 * Values of options: checked by type when they are taken in, kept until the
 * command has ended. Layer: cli; used by options.c alone.
 */
#ifndef CLI_OPTVALUE_H
#define CLI_OPTVALUE_H

#include "cli/command.h"

/* Takes in a value. HRV_EUSAGE: wrong type, or given twice. The value itself
 * is never part of the message. */
int value_add(struct cli *c, const struct opt *o, char *text,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in an argument. */
int argument_add(
    struct cli *c, const char *word, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether arguments are as many as the command wants and no needed option
 * (personal ones apart, which can be asked for) is missing. */
int values_complete(const struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
