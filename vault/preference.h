/* SPDX-License-Identifier: ISC */
/*
 * Preferences: over which channels a subject wants to hear from the employer,
 * and the suppression list, keyed hashes of the addresses that want nothing.
 * It survives the subject: an address that comes back is known as one that
 * said no. Layer: verbs.
 */
#ifndef VAULT_PREFERENCE_H
#define VAULT_PREFERENCE_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/handle.h"

/* The history of a subject as entered: [{"channel","allowed","date"}]. *ret is
 * the caller's. */
int preferences_of(struct hrv_vault *v, const struct hrv_id *subject,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether the last word of a subject on a channel is no. */
int preference_is_no(struct hrv_vault *v, const struct hrv_id *subject,
    const char *channel, bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Puts the addresses of that channel in an identity document on the
 * suppression list (allowed: takes them off), inside the open transaction.
 * *ret_n (may be NULL): how many addresses there are. HRV_EREFUSED
 * ("key-not-held") without K_suppress.
 */
int suppress_set(struct hrv_vault *v, const char *channel, bool allowed,
    const json_t *identity, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/* Looks an address up under every version of the key that is held: since gets
 * the day it was put on the list, or stays as it is. */
int suppress_look_up(struct hrv_vault *v, const char *channel,
    const char *address, char since[HRV_DATE_TEXT],
    struct hrv_err *err) HRV_MUST_CHECK;
/* After an identity changed, in the same transaction: new addresses of a
 * channel that the subject does not want are put on the list too. */
int suppress_follow(struct hrv_vault *v, const struct hrv_id *subject,
    const json_t *identity, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Inside the open transaction: notes a no that a restore gave up, unless it is
 * the last word on that channel already. No identity is opened, so the list of
 * addresses stays as it is. *ret_noted: there was one to note.
 */
int preference_refuse_again(struct hrv_vault *v, const struct hrv_id *subject,
    const char *channel, const char *day, bool *ret_noted,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
