/* SPDX-License-Identifier: ISC */
/*
 * Recovery shares: the vault's keys divided among custodians, m of whom give
 * them back when nobody else can (docs/formats/share.md). Custodians need no
 * vault for their part.
 */
#ifndef HRVAULT_CUSTODY_H
#define HRVAULT_CUSTODY_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/* Bytes of a file that is handed over; contents may be secret. Borrowed. */
struct hrv_blob {
	const void *data;
	size_t len;
};

/* Takes one sealed share: number `index` (from 1), for the key `custodian`. */
typedef int hrv_share_fn(void *ctx, unsigned index, const char *custodian,
    const void *data, size_t len, struct hrv_err *err);

/* What is to be divided, and among whom. */
struct hrv_split_args {
	unsigned threshold;
	const char *const *custodians; /* fingerprints, tails, addresses */
	size_t n;
	const char *compartments; /* "pay,medical", with what an hr member
				   * needs besides; NULL: every key */
	hrv_share_fn *give;	  /* called n times before the change is made;
				   * what it was given is void if that fails */
	void *ctx;
};
/*
 * Divides keys that the caller holds. Two people after founding
 * (HRV_ECONFIRM). *ret_doc: split, threshold, shares, keys[], state.
 * HRV_EREFUSED ("key-not-held") when a key of it is not held; HRV_EKEY for a
 * custodian's key that cannot be used; HRV_EUSAGE for numbers that make no
 * sense or the same custodian twice.
 */
int hrv_key_split(struct hrv_vault *v, const struct hrv_split_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Takes in what a custodian signed with hrv_share_confirm(). *ret_doc: split,
 * index, custodian, confirmed, shares, state. HRV_EREFUSED when it is of
 * another vault or a split that is not waiting, HRV_EINTEGRITY when signature
 * or share are not the right ones, HRV_EKEY when the custodian's certificate
 * is not in the keyring.
 */
int hrv_key_confirm(struct hrv_vault *v, const struct hrv_blob *word,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Takes back the split that waits for its custodians, and destroys what its
 * shares lead to; one that all confirmed stays as it was. *ret_doc: splits[].
 * HRV_ENOTFOUND: none waits.
 */
int hrv_key_withdraw(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Gives the caller, who is hr or dpo, the compartments that these hand-overs
 * lead to. quorum: nobody is left who could approve; the custodians' own
 * signatures then count as the second person, and the caller's own share does
 * not count. *ret_doc: the member as after member add, and split.
 * HRV_ECONFIRM: fewer than needed ("quorum"), or an approval is missing.
 * HRV_EREFUSED: of another vault or split, to somebody else, the same
 * custodian twice. HRV_EINTEGRITY: not the share that was made.
 */
int hrv_key_recover(struct hrv_vault *v, const struct hrv_blob *passes,
    size_t n, bool quorum, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What a custodian does with a share, without a vault. */
struct hrv_share_args {
	const char *gnupg_home; /* NULL: gpg's own default */
	const char *passphrase; /* of the custodian's key, SECRET; NULL: the
				 * agent's pinentry asks */
	struct hrv_blob share;	/* as it was handed out, sealed */
	const char *to; /* hand over to this key of the local keyring; NULL:
			 * confirm that it can be opened */
};
/*
 * Opens a share with the custodian's own key and signs for it. *ret_data
 * (hrv_share_free()) is what goes to the vault's member: a confirmation in
 * the clear, or a hand-over sealed to `to`. *ret_doc: vault, split, index,
 * custodian, to. HRV_EKEY, HRV_EINTEGRITY.
 */
int hrv_share_use(const struct hrv_share_args *args, char **ret_data,
    size_t *ret_len, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Frees what hrv_share_use() gave; NULL is fine. */
void hrv_share_free(char *data);

#ifdef __cplusplus
}
#endif
#endif
