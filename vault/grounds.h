/* SPDX-License-Identifier: ISC */
/*
 * The grounds of a restriction (Art. 18(1)), which stand beside each other:
 * one text, in the order of the law, divided by commas: "accuracy,claims".
 * Layer: verbs. Pure.
 */
#ifndef VAULT_GROUNDS_H
#define VAULT_GROUNDS_H

#include <stdbool.h>

#include "hrvault/err.h"

#define GROUNDS_SIZE 40 /* all of them, and the NUL */

/* HRV_EUSAGE unless each of the list is a ground of the law. */
int grounds_check(const char *list, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether `ground` is one of the list. */
bool grounds_has(const char *list, const char *ground);
/* Those of the two lists together, and those of `list` that are not in `less`;
 * out may be list. */
void grounds_add(const char *list, const char *more, char out[GROUNDS_SIZE]);
void grounds_less(const char *list, const char *less, char out[GROUNDS_SIZE]);

#endif
