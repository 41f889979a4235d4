/* SPDX-License-Identifier: ISC */
/*
 * What was disclosed of a record, and to whom. Layer: verbs.
 */
#ifndef VAULT_DISCLOSE_H
#define VAULT_DISCLOSE_H

#include "vault/base/json.h"
#include "vault/version.h"

/*
 * The disclosures of a record, oldest first: [{"recipient","kind","country",
 * "purpose","on","version","entry"}]. Names are sealed: recipient_name()
 * (recipient.h) opens the one of an id. *ret is the caller's.
 */
int disclosures_of(struct hrv_vault *v, const struct hrv_id *record,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
