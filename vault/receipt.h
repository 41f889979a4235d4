/* SPDX-License-Identifier: ISC */
/*
 * Write-ahead reading: an intent entry is committed to the log, with fsync,
 * and only that gives a receipt; only a receipt opens data keys (unseal.h),
 * and only for the things it names. The outcome entry closes it. Layer:
 * verbs. There is no other way to plaintext.
 */
#ifndef VAULT_RECEIPT_H
#define VAULT_RECEIPT_H

#include "vault/txn.h"

struct receipt;

/*
 * Logs e (its op and ids; phase and result are set here) as an intent to read
 * the things in m (records, or subjects with all their identities), and
 * commits. HRV_ELOG when the log cannot be written: nothing may then be
 * opened. *ret is closed with receipt_close() or receipt_drop(). m is taken
 * over, in any case.
 */
int receipt_open(struct hrv_vault *v, struct entry *e, struct manifest *m,
    struct receipt **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Index of the intent entry. */
uint64_t receipt_index(const struct receipt *r);
/* Id of the session that holds it, as 32 hex digits. Borrowed. */
const char *receipt_session(const struct hrv_vault *v);
/* Whether the receipt names this thing. */
bool receipt_covers(const struct receipt *r, const struct hrv_id *id);
/*
 * Adds the outcome entry inside the open transaction, for a verb that changes
 * something besides. e: as for the intent, with result, state, payload. The
 * receipt is void afterwards and freed; *r is set to NULL.
 */
int receipt_entry(struct hrv_vault *v, struct receipt **r, struct entry *e,
    uint64_t *ret_index, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Adds the outcome entry in a transaction of its own, the last of the
 * command. `why` tells how it ended: NULL for success, else the error.
 */
int receipt_close(struct hrv_vault *v, struct receipt **r, struct entry *e,
    const struct hrv_err *why, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees without an outcome: the next writer closes it as unknown. */
void receipt_drop(struct receipt **r);

#endif
