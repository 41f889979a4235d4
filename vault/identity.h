/* SPDX-License-Identifier: ISC */
/*
 * Who a subject is: the identity document, a record of class vault.identity
 * in the reserved compartment identity, sealed whole into its header. Layer:
 * verbs. The document is a JSON object:
 *   name (required), given, middle, family, number, born (ISO date): texts
 *   emails, phones: lists of texts
 * It has no other members (docs/formats/identity.md).
 */
#ifndef VAULT_IDENTITY_H
#define VAULT_IDENTITY_H

#include "vault/receipt.h"
#include "vault/version.h"

#define IDENTITY_LIST_MAX 32 /* e-mail addresses, phone numbers */

/* Opens the identity of a subject; the receipt must name the subject or its
 * identity record. *ret is the caller's (json_decref). HRV_EPURGED when the
 * subject is gone. */
int identity_open(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same of version n, which may be an earlier one, and also of an entry that
 * was merged into another one. HRV_ENOTFOUND: there is none. */
int identity_open_version(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, uint32_t n, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EPURGED, saying when and by which run, when the subject is gone; else
 * 0. Opens nothing. */
int identity_gone(struct hrv_vault *v, const struct subject_row *s,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Seals identity as version n of the identity record `record` of `subject`
 * and writes its version row, inside the open transaction. identity stays the
 * caller's.
 */
int identity_seal(struct hrv_vault *v, const struct hrv_id *subject,
    const struct hrv_id *record, uint32_t n, json_t *identity,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Checks every member of an identity document (text.h): none is of the wrong
 * type or form, or unknown. HRV_EUSAGE names the field, never its value. */
int identity_check(const json_t *identity, struct hrv_err *err) HRV_MUST_CHECK;

#endif
