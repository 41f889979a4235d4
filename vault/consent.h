/* SPDX-License-Identifier: ISC */
/*
 * The ledger of consents: every act of giving and withdrawing, never edited.
 * Layer: verbs.
 */
#ifndef VAULT_CONSENT_H
#define VAULT_CONSENT_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* The acts of a subject in the order they were entered: [{"purpose","act"
 * ("given" or "withdrawn"),"text_version","date","entry"}]. *ret is the
 * caller's. */
int consents_of(struct hrv_vault *v, const struct hrv_id *subject, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether the subject's consent for that purpose is in force: the last act
 * entered for it is a giving. ret_version (33 bytes, or NULL) gets the version
 * of the text of the last act, "" without any.
 */
int consent_live(struct hrv_vault *v, const struct hrv_id *subject,
    const char *purpose, bool *ret, char *ret_version,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
