/* SPDX-License-Identifier: ISC */
/*
 * Copies derived for a case: a redacted record, one that an officer of
 * another compartment contributed, and what collecting froze (as record the
 * case itself, n 0). Each has a key of its own under kek/casework that
 * belongs to the case, so that the original's key never leaves its
 * compartment and the copy dies with the case. Layer: verbs.
 */
#ifndef VAULT_CASE_COPY_H
#define VAULT_CASE_COPY_H

#include "vault/seal.h"

/* Under which copies are sealed (context of the content, key wrap). */
#define CASE_COPY_CLASS "vault.case"

struct case_copy {
	struct hrv_id kase;
	struct hrv_id record;
	uint32_t n; /* version of the record; 0: what collecting froze */
	uint8_t dek[DEK_ID_LEN];
	uint32_t kek;
	struct buf header;     /* sealed */
	struct pack_ref body;  /* pack 0: none */
	uint8_t body_hash[32]; /* of the sealed body, or the sealed header */
	uint64_t size;	       /* plaintext bytes of the body */
};

/* Reads one; given back with case_copy_clear(). HRV_ENOTFOUND. */
int case_copy_load(struct hrv_vault *v, const struct hrv_id *kase,
    const struct hrv_id *record, uint32_t n, struct case_copy *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void case_copy_clear(struct case_copy *c);

/* A copy to be made. All borrowed but header, to which fields are added. */
struct case_copy_args {
	const struct hrv_id *kase;
	const struct hrv_id *subject;
	const struct hrv_id *record;
	uint32_t n;
	json_t *header;
	const struct body_source *body; /* one of the two, or none */
	const struct body_giver *giver;
};
/*
 * Inside the open transaction: seals the copy, puts it in the place of the one
 * there was, whose key is retired, and hands out the SHA-256 of its body.
 * The row names the next entry. HRV_EREFUSED ("key-not-held") without
 * kek/casework, and errors of the source.
 */
int case_copy_put(struct hrv_vault *v, const struct case_copy_args *args,
    uint8_t ret_sha256[32], struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: takes a copy out, if there is one, and retires
 * its key. */
int case_copy_drop(struct hrv_vault *v, const struct hrv_id *kase,
    const struct hrv_id *record, uint32_t n,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
