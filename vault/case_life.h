/* SPDX-License-Identifier: ISC */
/*
 * What happens around a case: requests that repeat one another, people who
 * die, questions that nobody answers. Layer: verbs.
 */
#ifndef VAULT_CASE_LIFE_H
#define VAULT_CASE_LIFE_H

#include "vault/case.h"

/* Whether the event "died" of a subject is there. */
int subject_has_died(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether anything is kept of a person besides who it is. */
int subject_has_records(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EREFUSED ("case") when the person has died: the right ended with
 * that. */
int case_alive(struct hrv_vault *v, const struct hrv_id *subject,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Sets possibly_excessive in doc when an earlier case of the same person for
 * the same right is open still, or was received less than the law's
 * freeze_after_close before this one. It is a hint for people; nothing is
 * refused for it.
 */
int case_put_repeat(struct hrv_vault *v, const struct kase *k, json_t *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether the case may be refused as "died" or "unanswered": the person has
 * died; what was asked for is awaited for longer than the law's period.
 * HRV_EREFUSED ("case") otherwise. Other grounds pass.
 */
int case_check_ground(struct hrv_vault *v, const struct kase *k,
    const char *ground, struct hrv_err *err) HRV_MUST_CHECK;

#endif
