/* SPDX-License-Identifier: ISC */
/*
 * Taking a schedule, law, calendar or controller into force: the text itself is
 * checked, stored under its hash, and logged. Layer: verbs.
 */
#ifndef VAULT_ADOPT_H
#define VAULT_ADOPT_H

#include "vault/handle.h"

struct approval;

enum adopt_kind { ADOPT_SCHEDULE, ADOPT_LAW, ADOPT_CALENDAR, ADOPT_CONTROLLER };

/* "schedule", "law", "calendar", "controller": the kinds of the policy table.
 * Static. */
const char *adopt_kind_name(enum adopt_kind kind);
/* "policy.adopt" and so on: the operation that adopts one. Static. */
const char *adopt_op(enum adopt_kind kind);

/* What a text is, as far as needed to store it. */
struct adopt_text {
	enum adopt_kind kind;
	const void *text;
	size_t len;
	char id[65];
	char version[65];
	uint8_t hash[32];
	const struct approval *approval; /* NULL while the vault is made */
};

/*
 * Reads the text as one of its kind and fills id, version and hash.
 * HRV_EUSAGE with the first mistake's line when it is not valid.
 */
int adopt_check(struct adopt_text *t, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Stores and logs a checked text inside the open transaction. For a schedule
 * the handle's schedule is then the new one; dates of records are not
 * recomputed here.
 */
int adopt_store(struct hrv_vault *v, const struct adopt_text *t,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
