/* SPDX-License-Identifier: ISC */
/*
 * What is in force right now, read from vault.db: the vault's own row, the
 * schedule, the list of active holds. Layer: verbs.
 */
#ifndef VAULT_INFORCE_H
#define VAULT_INFORCE_H

#include "vault/handle.h"

/* Reads the vault's row into the handle: origin, generation, founding.
 * HRV_EINTEGRITY when it belongs to another vault. *ret_slots gets the hash
 * of the slot file that the log names. */
int inforce_vault(struct hrv_vault *v, uint8_t ret_slots[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether one member may take a step alone because there never were two who
 * approve. The vault's row is not believed when it says so: neither the signed
 * slot file nor any entry of the log may say otherwise (HRV_EINTEGRITY).
 */
int inforce_founding(
    struct hrv_vault *v, bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Loads the schedule in force into the handle, if it is not that one yet.
 * HRV_EINTEGRITY when its text does not have the hash it is stored under. */
int inforce_schedule(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Text of the newest schedule, law, calendar or controller of that kind and
 * name (NULL: any) with its hash; text is appended. HRV_ENOTFOUND when none was
 * adopted.
 */
int inforce_policy_text(struct hrv_vault *v, const char *kind, const char *name,
    struct buf *text, uint8_t hash[32], struct hrv_err *err) HRV_MUST_CHECK;
/* Text of the policy of that hash, whatever its kind. */
int inforce_policy_by_hash(struct hrv_vault *v, const uint8_t hash[32],
    struct buf *text, struct hrv_err *err) HRV_MUST_CHECK;
/* Hash of the canonical list of active holds: [{"id","scope"}], scope being
 * the hash of the hold's canonical scope, sorted by id. */
int inforce_holds(
    struct hrv_vault *v, uint8_t out[32], struct hrv_err *err) HRV_MUST_CHECK;

/* Appends one element of that list (a list begins with one character); scope
 * is the hash of the hold's canonical scope. */
void inforce_hold_line(
    struct buf *out, const struct hrv_id *id, const uint8_t scope[32]);

#endif
