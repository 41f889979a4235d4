/* SPDX-License-Identifier: ISC */
/*
 * From a text to the subjects it may mean, and from there to those it does:
 * the blind index gives candidates, their opened identities decide. Layer:
 * verbs.
 */
#ifndef VAULT_SUBJECT_MATCH_H
#define VAULT_SUBJECT_MATCH_H

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/receipt.h"

/* Distinct subjects, sorted by id. Starts as { 0 }. */
struct subject_set {
	struct hrv_id *ids;
	size_t n;
};

/* Adds the candidates of the index for a value of a field, where the value may
 * stand in that field at all. */
int subject_set_add(struct hrv_vault *v, struct subject_set *s,
    enum text_field field, const char *value,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes a subject out, if it is in. */
void subject_set_drop(struct subject_set *s, const struct hrv_id *id);
bool subject_set_equal(
    const struct subject_set *a, const struct subject_set *b);
/* Adds all ids to a manifest of things to be read. */
int subject_set_manifest(const struct subject_set *s, struct manifest *m,
    struct hrv_err *err) HRV_MUST_CHECK;
void subject_set_clear(struct subject_set *s);

/* Whether a value is one of an identity's in that field (text_matches()). */
bool subject_has(
    const json_t *identity, enum text_field field, const char *value);

/*
 * HRV_EEXISTS, naming the id, when one of the set (opened under r) has that
 * number.
 */
int subject_number_free(struct hrv_vault *v, const struct receipt *r,
    const struct subject_set *s, const char *number,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends to list the ids of those of the set (opened under r) that have that
 * value in that field. */
int subject_set_having(struct hrv_vault *v, const struct receipt *r,
    const struct subject_set *s, enum text_field field, const char *value,
    json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Inside the transaction: HRV_EBUSY when the candidates for a number are no
 * longer those that were opened before. `self` (may be NULL) does not count.
 */
int subject_number_same(struct hrv_vault *v, const struct subject_set *before,
    const char *number, const struct hrv_id *self,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Ends a read that failed: closes the receipt, if there still is one, with the
 * error as its outcome, and returns the error's code. err keeps saying what it
 * said.
 */
int subject_read_failed(struct hrv_vault *v, struct receipt **r,
    const struct entry *what, struct hrv_err *err);

#endif
