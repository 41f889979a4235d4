/* SPDX-License-Identifier: ISC */
/*
 * Storing a new subject inside an open transaction: the row, the sealed
 * identity with its record, the blind index, the first events. The caller
 * logs it, alone or in a batch. Layer: verbs.
 *
 * A subject is two things in the log: the subject (kind and events) and its
 * identity record (class vault.identity, with its versions and keys). An entry
 * that adds one therefore has a manifest with both, each with its own state,
 * so that a purge can compare either with the tables. The pattern:
 *
 *	struct subject_new n = { .kind = "employee", .identity = doc };
 *	vault_new_id(ID_SUBJECT, &n.id);
 *	rc = subject_store(v, &n, err);
 *	rc = subject_manifest(&n, &manifest, err);   (one entry, or a batch)
 *	rc = txn_entry(v, &entry, &leaf, err);	     (entry.manifest)
 *	rc = subject_logged(v, &n, leaf, err);
 */
#ifndef VAULT_SUBJECT_STORE_H
#define VAULT_SUBJECT_STORE_H

#include "vault/event.h"
#include "vault/txn.h"

#define KIND_CANDIDATE "candidate"
#define KIND_EMPLOYEE "employee"

struct subject_new {
	struct hrv_id id;	    /* of the caller's making */
	const char *kind;	    /* KIND_CANDIDATE or KIND_EMPLOYEE */
	json_t *identity;	    /* identity.h; stays the caller's */
	const struct event *events; /* full names, checked */
	size_t n_events;

	/* Filled by subject_store(). */
	struct hrv_id record; /* the identity record */
	uint8_t state[32];
	uint8_t record_state[32];
};

/*
 * Whether this identity may be taken in today: every field is right, the kind
 * is one, the birth date (where known) is not in the future, not more than 130
 * years ago, and not under the minimum age of the schedule in force. HRV_EUSAGE
 * or, under age, HRV_EREFUSED ("under-age"); no message holds a value.
 */
int subject_check(struct hrv_vault *v, const char *kind, const json_t *identity,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Checks (as subject_check()) and stores. Whether another subject has the same
 * number is for the caller to ask before (subject_match.h). The next entry of
 * the transaction must be the one that logs this subject.
 */
int subject_store(struct hrv_vault *v, struct subject_new *n,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds subject and identity record with their states to a manifest. */
int subject_manifest(const struct subject_new *n, struct manifest *m,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Notes in both rows which entry stated their states. */
int subject_logged(struct hrv_vault *v, const struct subject_new *n,
    uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;

#endif
