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

/* A withdrawal as an entry has it that a restore gave up. */
struct consent_again {
	const struct hrv_id *subject;
	const char *purpose;
	const char *text_version;
	const char *day;
};
/*
 * Inside the open transaction: notes a withdrawal again, if the consent is in
 * force. Its event is not entered, so that no date moves: it waits as any
 * withdrawal does that would move one earlier. *ret_noted: there was one to
 * withdraw.
 */
int consent_withdraw_again(struct hrv_vault *v, const struct consent_again *a,
    bool *ret_noted, struct hrv_err *err) HRV_MUST_CHECK;

#endif
