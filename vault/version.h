/* SPDX-License-Identifier: ISC */
/*
 * Reading the rows of records, versions and subjects. Layer: verbs. No key
 * and no plaintext here.
 */
#ifndef VAULT_VERSION_H
#define VAULT_VERSION_H

#include "vault/grounds.h"
#include "vault/handle.h"
#include "vault/keys.h"
#include "vault/store/pack.h"

#define CLASS_IDENTITY "vault.identity"
#define COMP_IDENTITY "identity"
#define CLASS_NAME_SIZE 65
#define WENT_MAX 10000 /* people that became one after the other */

struct record_row {
	struct hrv_id id;
	struct hrv_id subject;
	char class_name[CLASS_NAME_SIZE];
	char compartment[CLASS_NAME_SIZE];
	uint32_t version; /* newest */
	bool purged;
	char created[11];
	char stored[11];
	char born[11];		 /* "" when not kept */
	char dependant_born[11]; /* "" when not kept */
	char provided_by[16];
	char restricted[GROUNDS_SIZE]; /* grounds, or "" */
	bool confidential;	       /* given or received in confidence */
	struct hrv_id statement_on; /* the record it is a statement on; kind 0:
				     * it is none */
	uint64_t state_leaf;
	uint8_t state[32];
};

struct version_row {
	uint32_t n;
	uint8_t dek[DEK_ID_LEN];
	uint32_t kek;
	struct buf header;    /* sealed; empty after the purge */
	struct pack_ref body; /* pack 0: none */
	uint8_t body_hash[32];
	uint64_t size;
	char stored[11];
	char superseded[11]; /* "" for the newest */
};

struct subject_row {
	struct hrv_id id;
	char kind[16];
	bool gone;
	struct hrv_id identity;	       /* the identity record */
	char restricted[GROUNDS_SIZE]; /* grounds, or "" */
	bool merged;	    /* its identity is there still, and gone is true */
	struct hrv_id went; /* whom it became; kind 0: nobody */
	uint64_t state_leaf;
	uint8_t state[32];
};

/* Whether it is a person's statement on another record. */
bool is_statement(const struct record_row *rec);
/* Each reads one row; HRV_ENOTFOUND names the id. */
int record_load(struct hrv_vault *v, const struct hrv_id *id,
    struct record_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
int subject_load(struct hrv_vault *v, const struct hrv_id *id,
    struct subject_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What lives and is kept together: the record, first, and the statements on it,
 * whichever of them rec is. *ret_n is 0 when it is alone, which is so of most.
 * The array is the caller's (free).
 */
int ids_together(struct hrv_vault *v, const struct record_row *rec,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/* Goes on from a subject to whom it became, to the last; one that is not there
 * became nobody. HRV_EINTEGRITY when that has no end. */
int subject_last(
    struct hrv_vault *v, struct hrv_id *id, struct hrv_err *err) HRV_MUST_CHECK;
/* Version n of a record; given back with version_clear(). */
int version_load(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct version_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
void version_clear(struct version_row *r);

/*
 * The thing that text names: an id or a prefix of one, unambiguous; for a
 * subject also number:X or email:X, looked up in the blind index (needs
 * K_index). HRV_ENOTFOUND, HRV_EUSAGE (ambiguous or malformed).
 */
int lookup_subject(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_record(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_hold(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_case(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_run(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_recipient(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int lookup_proposal(struct hrv_vault *v, const char *text, struct hrv_id *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A list of ids, as a statement with one or no blob parameter gives them in
 * column 0; the array is the caller's (free). */
int ids_of(struct hrv_vault *v, int sql, const struct hrv_id *param, char kind,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;

#endif
