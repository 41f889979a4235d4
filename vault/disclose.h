/* SPDX-License-Identifier: ISC */
/*
 * What was disclosed of a record, and to whom. Layer: verbs.
 */
#ifndef VAULT_DISCLOSE_H
#define VAULT_DISCLOSE_H

#include "vault/base/json.h"
#include "vault/recipient.h"
#include "vault/version.h"

/*
 * The disclosures of a record, oldest first: [{"recipient","kind","country",
 * "purpose","on","version","entry"}]. Names are sealed: recipient_name()
 * (recipient.h) opens the one of an id. *ret is the caller's.
 */
int disclosures_of(struct hrv_vault *v, const struct hrv_id *record,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* The recipient of the register that text names. HRV_EREFUSED ("recipient"):
 * there is none. */
int disclose_recipient(struct hrv_vault *v, const char *to,
    struct recipient_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EREFUSED ("no-consent") where the class of the record rests on consent
 * and none for that purpose is in force. */
int disclose_consent(struct hrv_vault *v, const struct record_row *rec,
    const char *purpose, struct hrv_err *err) HRV_MUST_CHECK;

/* One disclosure, borrowed. */
struct disclosure {
	const struct hrv_id *record;
	uint32_t n;    /* version */
	uint64_t leaf; /* entry that says it was done */
	const struct hrv_id *recipient;
	const char *purpose;
	const char *day;
};
/* Adds its row, inside the transaction of its entry. */
int disclose_note(struct hrv_vault *v, const struct disclosure *d,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
