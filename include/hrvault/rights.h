/* SPDX-License-Identifier: ISC */
/*
 * The rights of the people concerned that are no request with a deadline:
 * restriction, consent, preferences, and to whom their records go. A subject
 * is named as in subject.h.
 */
#ifndef HRVAULT_RIGHTS_H
#define HRVAULT_RIGHTS_H

#include <stdbool.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * Restricts the use of all records of a subject (Art. 18), those added later
 * included. ground: "accuracy", "unlawful", "claims" or "objection". Another
 * ground takes the place of the one there was. *ret_doc: id, restricted,
 * records (how many changed), unchanged. HRV_EUSAGE for another ground.
 */
int hrv_subject_restrict(struct hrv_vault *v, const char *who,
    const char *ground, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Lifts the restriction of a subject and of its records. The reason is kept
 * sealed. *ret_doc: id, was (the ground), records. HRV_EREFUSED
 * "not-restricted".
 */
int hrv_subject_lift(struct hrv_vault *v, const char *who, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
