/* SPDX-License-Identifier: ISC */
/*
 * Records that are kept together: one and the statements that a person filed
 * with it. Neither is destroyed without the other. Layer: verbs.
 */
#ifndef VAULT_CANDIDATE_KIN_H
#define VAULT_CANDIDATE_KIN_H

#include "vault/candidate.h"

/* One version of a record, and what somebody made of it. */
struct kin_version {
	struct hrv_id record;
	uint32_t n;
	bool statement; /* else a version of the record itself */
	bool last;	/* the highest that is left of the record itself */
};

/* Every version that is left of a record and of the statements on it. */
struct kin {
	struct kin_version *list; /* the record's own first, in order */
	size_t n;
	size_t statements; /* how many of them are statements' */
};

/* Of a record or of one of the statements on it; n is 0 for a record without
 * statements. Given back with kin_clear(). */
int kin_load(struct hrv_vault *v, const struct record_row *rec, struct kin *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void kin_clear(struct kin *k);
/* Whether `other` must go for `one` to go: all must for a statement, and the
 * statements for the last version of what they are about. */
bool kin_needs(const struct kin_version *one, const struct kin_version *other);
/* Takes over from `other` what keeps it, where that is more. */
void candidate_join(struct candidate *c, const struct candidate *other);

#endif
