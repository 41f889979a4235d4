/* SPDX-License-Identifier: ISC */
/*
 * What the files of the member verbs share: how a member is shown.
 * Layer: verbs.
 */
#ifndef VAULT_MEMBER_H
#define VAULT_MEMBER_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* Days before its end from which a member or its key counts as expiring. */
#define MEMBER_EXPIRING_DAYS 30

/* "a,b" as ["a","b"]; "-" and "" as []. NULL when out of memory. */
json_t *member_words(const char *list);
/*
 * The member as the verbs show it: fingerprint, role, compartments, until,
 * status, keys. status as given (static text). NULL when out of memory.
 */
json_t *member_json(
    const struct slots *s, const struct slot_member *m, const char *status);

#endif
