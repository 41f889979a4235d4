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

/* What was decided by that step, what survives it, and who is told (Art. 19):
 * outcome, nothing, records, recipients and their has_X. */
int letter_outcome(struct hrv_vault *v, const struct receipt *r,
    const char *which, const struct case_event *step, json_t *values,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Of a refusal: was_ordered where people were told before that something goes,
 * has_destroyed and destroyed with what went by then. */
int letter_before(struct hrv_vault *v, const struct kase *k, const char *which,
    json_t *values, struct hrv_err *err) HRV_MUST_CHECK;

#endif
