/* SPDX-License-Identifier: ISC */
/*
 * Unsealing: the one place where a data key is unwrapped and plaintext comes
 * into being. Every function takes a receipt (receipt.h) and refuses what the
 * receipt does not name. Layer: verbs.
 */
#ifndef VAULT_UNSEAL_H
#define VAULT_UNSEAL_H

#include "vault/case_copy.h"
#include "vault/crypto/content.h"
#include "vault/detail.h"
#include "vault/receipt.h"
#include "vault/store/keystore.h"
#include "vault/version.h"

struct crypt_sha256_ctx;

/*
 * Opens the sealed header of a version. *ret is the caller's (json_decref).
 * HRV_EPURGED when it is gone, HRV_EREFUSED ("key-not-held") without the
 * compartment's key, HRV_EINTEGRITY when it does not open or names another
 * subject than the record row does.
 */
int unseal_header(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, const struct version_row *ver, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Opens the body of a version into sink, piece by piece, and compares its
 * SHA-256 with the one in the opened header. A piece is released only after
 * its tag; after a failure the caller discards what it got.
 */
int unseal_body(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, const struct version_row *ver,
    content_sink *sink, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens a sealed text (detail.h) and appends it to the secret buffer out. */
int unseal_detail(struct hrv_vault *v, const struct receipt *r,
    const struct detail *d, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same for a copy derived for a case (case_copy.h): the receipt names the
 * case. HRV_EINTEGRITY also when it is another record's or version's.
 */
int unseal_copy_header(struct hrv_vault *v, const struct receipt *r,
    const struct case_copy *c, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int unseal_copy_body(struct hrv_vault *v, const struct receipt *r,
    const struct case_copy *c, content_sink *sink, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/* From which key of a compartment to which: name "kek/pay". */
struct unseal_rewrap {
	const struct hrv_vault *vault;
	const struct receipt *receipt; /* of the key.rotate intent */
	const char *name;
	uint32_t version; /* the new one, in the caller's ring */
	size_t n;	  /* wrapped anew so far */
	void (*progress)(void *ctx, size_t done, size_t total); /* or NULL */
	void *ctx; /* of it; the total is not known here: 0 */
	struct crypt_sha256_ctx *sha; /* of their ids, in order */
};
/* A keystore_rewrap_fn; ctx is a struct unseal_rewrap. Wraps a data key anew
 * under the new version if it is wrapped under another one of that name; the
 * key itself leaves this file neither open nor changed. HRV_EREFUSED
 * ("key-not-held") when an older version is not held. */
int unseal_rewrap(void *ctx, struct keystore_dek *dek, struct hrv_err *err);
/* Whether the member holds the key that this version was sealed under. */
bool unseal_may(const struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver);

#endif
