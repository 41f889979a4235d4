/* SPDX-License-Identifier: ISC */
/*
 * Roles and what they are given: the key matrix. What a role may not do it
 * cannot do, because it was never given the key; the table of verbs here only
 * turns that into a clear word before anything is tried. Layer: custody.
 */
#ifndef VAULT_CUSTODY_ROLES_H
#define VAULT_CUSTODY_ROLES_H

#include <stdbool.h>

#include "hrvault/err.h"

enum role { ROLE_HR, ROLE_LEGAL, ROLE_DPO, ROLE_PURGE, ROLE_AUDITOR };
#define ROLE_COUNT 5

/* Names of the vault's keys without their version. */
#define KEY_META "meta"
#define KEY_WRITE "write"
#define KEY_INDEX "index"
#define KEY_SUPPRESS "suppress"
#define KEK_IDENTITY "kek/identity"
#define KEK_DETAIL "kek/detail"
#define KEK_HOLD "kek/hold"
#define KEK_CASEWORK "kek/casework"

/* "hr", "legal", "dpo", "purge", "auditor". Static. */
const char *role_name(enum role role);
/* Reads a role's name; false when there is no such role. */
bool role_parse(const char *text, enum role *ret) HRV_MUST_CHECK;
/* True when a member of that role is given the key of that name. For the KEK
 * of a compartment ("kek/pay") it says whether the role may be granted
 * compartments at all. */
bool role_gets_key(enum role role, const char *key_name);
/* True when the role may be granted compartments: hr and dpo. */
bool role_takes_compartments(enum role role);
/* True when this is one of the KEKs that no schedule may use as a
 * compartment: identity, detail, hold, casework. name without "kek/". */
bool role_reserved_compartment(const char *name);
/*
 * Whether a role may carry out an operation (a name of vault/log/op.h).
 * Returns 0, or HRV_EREFUSED ("role") with a sentence naming the roles that
 * may.
 */
int role_may(
    enum role role, const char *op, struct hrv_err *err) HRV_MUST_CHECK;

#endif
