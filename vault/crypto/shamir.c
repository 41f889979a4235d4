/* SPDX-License-Identifier: ISC */
/*
 * Shamir's secret sharing. Layer: crypto. Invariant: no table is indexed by
 * and no branch depends on a byte that is secret.
 */
#include "vault/crypto/shamir.h"

#include <stdbool.h>
#include <string.h>

#define POLYNOMIAL 0x1bu /* x^4 + x^3 + x + 1; x^8 falls out of the byte */

/* Product in GF(2^8): eight shifts and masks, whatever the operands. */
static uint8_t
gf_mul(uint8_t a, uint8_t b)
{
	unsigned x = a, y = b, p = 0;

	for (int i = 0; i < 8; i++) {
		p ^= x & (0u - (y & 1u));
		y >>= 1;
		x = ((x << 1) ^ (POLYNOMIAL & (0u - (x >> 7)))) & 0xffu;
	}
	return (uint8_t)p;
}

/* a^254, which is 1/a; 0 for 0. Only indexes of shares come here. */
static uint8_t
gf_inv(uint8_t a)
{
	uint8_t r = 1, square = a;

	for (int bit = 1; bit < 8; bit++) {
		square = gf_mul(square, square);
		r = gf_mul(r, square);
	}
	return r;
}

int
shamir_share(const struct key *secret, const struct key *coefficients,
    uint8_t x, struct key **ret_share, struct hrv_err *err)
{
	size_t len = key_len(secret), terms = key_len(coefficients) / len;
	const uint8_t *s = key_bytes(secret), *c = key_bytes(coefficients);
	struct key *share = NULL;
	uint8_t *out;
	int rc;

	if (x == 0 || terms == 0 || terms * len != key_len(coefficients))
		return hrv_fail(err, HRV_EUSAGE, "no such share");
	rc = key_new(len, &share, err);
	if (rc != HRV_OK)
		return rc;
	out = key_fill(share);
	for (size_t i = 0; i < len; i++) {
		uint8_t y = 0;

		for (size_t t = terms; t > 0; t--)
			y = gf_mul((uint8_t)(y ^ c[(t - 1) * len + i]), x);
		out[i] = (uint8_t)(y ^ s[i]);
	}
	*ret_share = share;
	return HRV_OK;
}

int
shamir_split(const struct key *secret, unsigned m, unsigned n, struct key **ret,
    struct hrv_err *err)
{
	struct key *coefficients = NULL;
	int rc;

	memset(ret, 0, n * sizeof(*ret));
	if (m < 2 || m > n || n > SHAMIR_MAX ||
	    key_len(secret) > KEY_MAX / SHAMIR_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "a secret is divided into 2 to %d shares, and needs 2 or "
		    "more of them",
		    SHAMIR_MAX);
	rc = key_new_random(key_len(secret) * (m - 1), &coefficients, err);
	for (unsigned i = 0; rc == HRV_OK && i < n; i++)
		rc = shamir_share(
		    secret, coefficients, (uint8_t)(i + 1), &ret[i], err);
	key_free(coefficients);
	for (unsigned i = 0; rc != HRV_OK && i < n; i++) {
		key_free(ret[i]);
		ret[i] = NULL;
	}
	return rc;
}

/* What the share at points[at] counts: the product of x_j / (x_j - x_at). */
static uint8_t
weight(const struct shamir_point *points, unsigned n, unsigned at)
{
	uint8_t w = 1;

	for (unsigned j = 0; j < n; j++) {
		uint8_t d = (uint8_t)(points[j].x ^ points[at].x);

		if (j != at)
			w = gf_mul(w, gf_mul(points[j].x, gf_inv(d)));
	}
	return w;
}

static int
check_points(const struct shamir_point *points, unsigned n, struct hrv_err *err)
{
	bool good = n >= 2 && n <= SHAMIR_MAX;

	for (unsigned i = 0; good && i < n; i++) {
		good = points[i].x != 0 &&
		       key_len(points[i].y) == key_len(points[0].y);
		for (unsigned j = 0; good && j < i; j++)
			good = points[j].x != points[i].x;
	}
	return good ? HRV_OK
		    : hrv_fail(err, HRV_EUSAGE,
			  "these are no shares of one "
			  "secret");
}

int
shamir_combine(const struct shamir_point *points, unsigned n,
    struct key **ret_secret, struct hrv_err *err)
{
	struct key *secret = NULL;
	uint8_t *out;
	int rc = check_points(points, n, err);

	if (rc == HRV_OK)
		rc = key_new(key_len(points[0].y), &secret, err);
	if (rc != HRV_OK)
		return rc;
	out = key_fill(secret);
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *y = key_bytes(points[i].y);
		uint8_t w = weight(points, n, i);

		for (size_t b = 0; b < key_len(secret); b++)
			out[b] ^= gf_mul(y[b], w);
	}
	*ret_secret = secret;
	return HRV_OK;
}
