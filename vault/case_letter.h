/* SPDX-License-Identifier: ISC */
/*
 * What the parts of a letter share: case_letter.c is the verb,
 * case_letter_typed.c has what people typed. Internal to them. Layer: verbs.
 */
#ifndef VAULT_CASE_LETTER_H
#define VAULT_CASE_LETTER_H

#include "vault/case.h"
#include "vault/receipt.h"

/*
 * Sets "typed" to what was typed with the step that entry `leaf` is, where
 * anything was: with the letters that stand for other people once the case was
 * collected. `lines` gets the number of each line in which one does. The
 * receipt names the case.
 */
int letter_typed(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, uint64_t leaf, json_t *values, json_t *lines,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
