/* SPDX-License-Identifier: ISC */
/*
 * The texts that custodians of recovery shares handle: the share, and what
 * they sign about it (docs/formats/share.md). Layer: verbs; pure but for
 * hashing. Invariant: each has exactly one spelling; what is not it to the
 * byte is refused.
 */
#ifndef VAULT_SHARE_H
#define VAULT_SHARE_H

#include "vault/handle.h"

#define SPLIT_ID_LEN 16
#define SPLIT_HEX (2 * SPLIT_ID_LEN + 1) /* as text, with its NUL */
#define SHARE_FILE_MAX 65536 /* bytes of a file that a custodian hands over */

/* One share. */
struct share {
	uint8_t vault[VAULT_ID_LEN];
	uint8_t split[SPLIT_ID_LEN];
	unsigned m, n, index;
	char custodian[FPR_SIZE];
	struct key *secret; /* KEY_LEN bytes */
};

/* Frees the secret; a zeroed one is fine. */
void share_clear(struct share *s);
/* Appends the text of a share to out, a secret buffer. HRV_ENOMEM. */
int share_format(
    const struct share *s, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Reads one, into *ret (share_clear). HRV_EINTEGRITY ("mistyped") when its
 * check does not fit, HRV_EUSAGE when it is no share at all. */
int share_parse(const void *text, size_t len, struct share *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What a custodian signs. */
struct share_word {
	bool pass; /* a hand-over to `to`; else a confirmation */
	uint8_t vault[VAULT_ID_LEN];
	uint8_t split[SPLIT_ID_LEN];
	unsigned index;
	char custodian[FPR_SIZE];
	char to[FPR_SIZE];
	uint8_t share[32]; /* SHA-256 of the share's text */
	struct buf sig;
};

/* Frees the signature; a zeroed one is fine. */
void share_word_clear(struct share_word *w);
/* Appends the lines that are signed. HRV_ENOMEM. */
int share_word_bytes(const struct share_word *w, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends them with the line of the signature. HRV_ENOMEM. */
int share_word_format(const struct share_word *w, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads one from the beginning of a text into *ret (share_word_clear);
 * *ret_used is how many bytes it takes. pass says which kind is wanted.
 * HRV_EUSAGE when it is none. */
int share_word_parse(const void *text, size_t len, bool pass,
    struct share_word *ret, size_t *ret_used,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
