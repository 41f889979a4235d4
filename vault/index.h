/* SPDX-License-Identifier: ISC */
/*
 * The blind index: keyed tokens of names, numbers, addresses and phones, so
 * that a person can be found without a name being stored clear. A token is
 * the first 8 bytes of an HMAC; a hit is confirmed against the opened
 * identity by whoever shows it. Layer: verbs.
 */
#ifndef VAULT_INDEX_H
#define VAULT_INDEX_H

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/handle.h"

/* Adds the rows of an identity document (identity.h) for a subject. */
int index_add(struct hrv_vault *v, const struct hrv_id *subject,
    const json_t *identity, struct hrv_err *err) HRV_MUST_CHECK;
/* Removes every row of a subject. */
int index_remove(struct hrv_vault *v, const struct hrv_id *subject,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Subjects that have every token of the value in that field; the array is
 * the caller's (free). *ret_n may be 0. HRV_EREFUSED without K_index.
 */
int index_lookup(struct hrv_vault *v, enum text_field field, const char *value,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/* The one subject with that value; HRV_ENOTFOUND or, for several,
 * HRV_EUSAGE. The value never appears in the message. */
int index_lookup_one(struct hrv_vault *v, enum text_field field,
    const char *value, struct hrv_id *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Wipes and frees the fields' keys in the handle; they are made again when one
 * is needed. */
void index_forget(struct hrv_vault *v);

#endif
