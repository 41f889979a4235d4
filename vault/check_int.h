/* SPDX-License-Identifier: ISC */
/*
 * What the files check*.c share: the findings of one look for damage.
 * Internal. Layer: verbs.
 */
#ifndef VAULT_CHECK_INT_H
#define VAULT_CHECK_INT_H

#include "vault/base/json.h"
#include "vault/fold.h"
#include "vault/handle.h"
#include "vault/version.h"

struct check {
	struct hrv_vault *v;
	json_t *problems; /* sentences */
	json_t *remarks;
	json_t *skipped;
	struct fold fold; /* what the log stated last of everything */
	int64_t entries, subjects, records, bodies, keys, opened;
};

/* A sentence for problems, or for one of the other lists. */
void check_problem(struct check *c, const char *fmt, ...) HRV_PRINTF(2, 3);
void check_note(json_t *list, const char *fmt, ...) HRV_PRINTF(2, 3);
/* Takes an error that is itself the finding: HRV_EINTEGRITY, HRV_ENOTFOUND
 * and HRV_EPURGED become a sentence about `what`, and HRV_OK. */
int check_take(struct check *c, int rc, const char *what, struct hrv_err *err);

/* check_facts.c: states against the log, terms against the schedule. */
int check_facts(struct check *c, struct hrv_err *err) HRV_MUST_CHECK;
/* check_stored.c: bodies against their hashes, keys against their owners. */
int check_bodies(struct check *c, struct hrv_err *err) HRV_MUST_CHECK;
int check_keys(struct check *c, struct hrv_err *err) HRV_MUST_CHECK;
/* check_deep.c: opens everything the member holds the key of. */
int check_deep(struct check *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
