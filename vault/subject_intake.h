/* SPDX-License-Identifier: ISC */
/*
 * Identity documents from what was typed or handed over as a file. Layer:
 * verbs; pure.
 */
#ifndef VAULT_SUBJECT_INTAKE_H
#define VAULT_SUBJECT_INTAKE_H

#include "hrvault/subject.h"
#include "vault/base/json.h"

/*
 * The identity of a new subject from a file (or none) and the fields that were
 * given beside it. *ret is the caller's (json_decref); *ret_resume tells that
 * the file is a JSON Resume. HRV_EUSAGE names the member that is wrong.
 */
int intake_new(const struct hrv_subject_add_args *args, json_t **ret,
    bool *ret_resume, struct hrv_err *err) HRV_MUST_CHECK;
/* Sets the given fields in an identity document. */
int intake_set(json_t *identity, const struct hrv_subject_fields *f,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes a field away, if it is there: "number", "emails", "phones", "born".
 * HRV_EUSAGE for any other name. */
int intake_remove(
    json_t *identity, const char *field, struct hrv_err *err) HRV_MUST_CHECK;
/* Names of the members that differ. *ret is the caller's. */
int intake_changed(const json_t *was, const json_t *is, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
