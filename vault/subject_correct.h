/* SPDX-License-Identifier: ISC */
/*
 * The inside of a correction of a subject: a new version of the identity with
 * a new index, the kind, and what of it goes on to the records. Layer: verbs.
 * Works inside the caller's transaction; the caller logs.
 */
#ifndef VAULT_SUBJECT_CORRECT_H
#define VAULT_SUBJECT_CORRECT_H

#include "vault/base/json.h"
#include "vault/terms.h"
#include "vault/txn.h"

/* The first six are the caller's to fill. */
struct correction {
	struct hrv_vault *v;
	struct subject_row subject; /* as it is */
	struct record_row record;   /* of the identity, as it is */
	const char *kind;	    /* as it will be */
	json_t *identity;	    /* as it will be */
	json_t *changed;	    /* names of the fields that change */

	struct manifest states; /* of everything that changed */
	struct terms_moved moved;
};

/* Whether that field ("born", "kind") is among those that change. */
bool correction_has(const struct correction *c, const char *field);
/* Stores it all, and fills states and moved. */
int correction_store(struct correction *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Notes in every changed row which entry stated its state. */
int correction_logged(
    struct correction *c, uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees identity, changed and states. */
void correction_clear(struct correction *c);

#endif
