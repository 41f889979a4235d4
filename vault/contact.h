/* SPDX-License-Identifier: ISC */
/*
 * The controller in force, for what leaves the vault: packages, letters,
 * certificates, the record of processing. Layer: verbs. Needs no key but that
 * of the database: it names an organisation, not a person the records are
 * about.
 */
#ifndef VAULT_CONTACT_H
#define VAULT_CONTACT_H

#include "vault/base/json.h"
#include "vault/handle.h"

/*
 * The adopted block as JSON: id, version, sha256 (of the adopted text), name,
 * address, contact, data_protection_officer, representatives, authorities,
 * complaints, court, automated_decisions. What the file does not have is left
 * out. With a law (its id) only the authorities and representatives that serve
 * it, else all. *ret is the caller's. HRV_ENOTFOUND: none was adopted.
 */
int contact_json(struct hrv_vault *v, const char *law, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * The same for what goes to a person, who must learn whom to turn to.
 * HRV_ECONFIRM ("controller") with the command to type: none was adopted, or
 * it names no authority for that law.
 */
int contact_require(struct hrv_vault *v, const char *law, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A copy for templates: every office, and the controller itself, has `lines`,
 * all there is to reach it by, name first. NULL: out of memory. */
json_t *contact_for_page(const json_t *controller);

#endif
