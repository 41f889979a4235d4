/* SPDX-License-Identifier: ISC */
/*
 * What the verbs of recovery shares have in common: a split as the log has it,
 * how far it is, and the file with the keys it leads to. Layer: verbs.
 */
#ifndef VAULT_SPLIT_H
#define VAULT_SPLIT_H

#include "vault/base/json.h"
#include "vault/share.h"

enum split_state {
	SPLIT_REPLACED, /* a later one took its place */
	SPLIT_PENDING,	/* not all custodians confirmed yet */
	SPLIT_READY
};

/* One split. */
struct split {
	uint8_t id[SPLIT_ID_LEN];
	char hex[SPLIT_HEX];
	unsigned m, n, confirmed;
	uint64_t leaf; /* its key.split entry */
	enum split_state state;
};

/* "replaced", "pending", "ready". Static. */
const char *split_state_name(enum split_state state);
/* Every split, newest first; *ret is freed with free(). HRV_OK with *ret_n 0
 * where there is none. */
int split_list(struct hrv_vault *v, struct split **ret, size_t *ret_n,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The one of that id. HRV_EREFUSED ("other-split") when this vault made none
 * such. */
int split_find(struct hrv_vault *v, const uint8_t id[SPLIT_ID_LEN],
    struct split *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* The payload of its key.split entry (json_decref). HRV_EINTEGRITY when the
 * entry is another one. */
int split_payload(struct hrv_vault *v, const struct split *s, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Demands of what a custodian signed that it is of this vault and split, that
 * the share it names is the one that was made for that custodian, and that
 * the signature is that custodian's by the certificate in the caller's
 * keyring. HRV_EREFUSED, HRV_EINTEGRITY, HRV_EKEY (certificate missing). */
int split_check_word(struct hrv_vault *v, const struct split *s,
    const json_t *payload, const struct share_word *w,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Adds the rows of a new split; marks one share as confirmed. Both inside the
 * open transaction. HRV_EREFUSED ("confirmed") when it was already. */
int split_add_rows(struct hrv_vault *v, const struct split *s, uint64_t leaf,
    struct hrv_err *err) HRV_MUST_CHECK;
int split_set_confirmed(struct hrv_vault *v, const struct split *s,
    unsigned index, uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;

/* Seals a grant under the recovery key, writes the file durably under a name
 * that nothing has yet, and gives the hash of the file. */
int split_pack(struct hrv_vault *v, const struct split *s,
    const struct key *recovery, const struct buf *grant, uint8_t ret_hash[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads the file, whose hash must be this, and appends the grant to the secret
 * buffer out. HRV_ENOTFOUND, HRV_EINTEGRITY. */
int split_unpack(struct hrv_vault *v, const struct split *s,
    const struct key *recovery, const uint8_t hash[32], struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether the keys that shares lead to still lie here: the file of that split
 * (hex) is there and has the hash (hex) that its entry names. HRV_ENOTFOUND,
 * HRV_EINTEGRITY. Without it the shares open nothing. */
int split_package_check(struct hrv_vault *v, const char *hex,
    const char *package, struct hrv_err *err) HRV_MUST_CHECK;
/* Destroys the file of a split that came to nothing. */
void split_discard(struct hrv_vault *v, const struct split *s);
/* Notes every file of a split that the vault does not know, as a sentence each:
 * one that was killed while it was made, or of a later vault.db than the one
 * that was put back; so nothing removes it. */
int split_strays(
    struct hrv_vault *v, json_t *sentences, struct hrv_err *err) HRV_MUST_CHECK;
/* Destroys the files of splits that were replaced. One that cannot be removed
 * now is no error: every write transaction tries again. */
int split_tidy(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

/* What `status` says of them: state (none, pending, ready), and of the newest
 * that counts split, threshold, shares, confirmed, missing[] (ids of keys it
 * does not lead to, though it leads to an older version). NULL: no memory. */
int split_status(
    struct hrv_vault *v, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
