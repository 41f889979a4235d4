/* SPDX-License-Identifier: ISC */
/*
 * Shamir's secret sharing over GF(2^8), polynomial 0x11B, byte by byte: any m
 * of n shares give the secret, fewer tell nothing about it. Time and memory
 * access depend on lengths and indexes only, never on a byte of a secret.
 * There is no integrity in it: the caller checks shares and the result
 * (docs/formats/share.md). Layer: crypto.
 */
#ifndef VAULT_CRYPTO_SHAMIR_H
#define VAULT_CRYPTO_SHAMIR_H

#include <stdint.h>

#include "vault/crypto/key.h"

#define SHAMIR_MAX 32 /* shares; a vault's limit, the field would take 255 */

/*
 * The share at x (1..255) of a secret, by given coefficients: those of x^1 for
 * all its bytes, then of x^2, ..., (m - 1) * key_len(secret) bytes in all.
 * *ret_share has the secret's length (key_free). For shamir_split() and for
 * known answers. HRV_EUSAGE for x = 0 or coefficients of another length,
 * HRV_ENOMEM.
 */
int shamir_share(const struct key *secret, const struct key *coefficients,
    uint8_t x, struct key **ret_share, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Divides a secret of up to KEY_MAX / SHAMIR_MAX bytes into n shares with the
 * indexes 1..n, any m of which give it back: 2 <= m <= n <= SHAMIR_MAX,
 * HRV_EUSAGE otherwise. ret[0..n-1] are the caller's (key_free); after a
 * failure all are NULL. HRV_ENOMEM.
 */
int shamir_split(const struct key *secret, unsigned m, unsigned n,
    struct key **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* One share and where it lies. */
struct shamir_point {
	uint8_t x;
	const struct key *y; /* borrowed */
};
/*
 * The value at 0 of the polynomial through these n (2..SHAMIR_MAX) points:
 * the secret when they are m or more genuine shares, and noise otherwise.
 * HRV_EUSAGE when an index is 0 or comes twice, or lengths differ. HRV_ENOMEM.
 * *ret_secret is the caller's (key_free).
 */
int shamir_combine(const struct shamir_point *points, unsigned n,
    struct key **ret_secret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
