/* SPDX-License-Identifier: ISC */
/*
 * Secret sharing: the known answers of docs/formats/share.md, which another
 * implementation made; every choice of m shares gives the secret, and m - 1
 * fit every secret equally.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/shamir.h"

static const struct {
	uint8_t x;
	const char *hex;
} known[] = {
	{ 1, "08133629246f725540cbcec1fce7aaad"
	     "b8836699949fa285f0fbfeb1ac575a5d" },
	{ 2, "2a75b4fbc66223eca9bb9af50857edc2"
	     "b768f2102d52939c423d1c334ebcddf2" },
	{ 3, "226780d1e60857bee1795e3ff8bd4960"
	     "1ffa869aadd8270eaadff899fef699b0" },
	{ 5, "b4a01444855b21bfdd00f9f925318152"
	     "70729daf6e2a466e36728b66acdaf023" },
	{ 32, "998dfc432e1134df762ddf568e9a94fc"
	      "7348097b16343e964e6c9e8c7ba2b1d9" },
	{ 255, "b7ee9d88839b4ffdf410770b7d24b117"
	       "676845e9e2d2506695a5c285a545f85e" },
};

static struct key *
make(size_t len, unsigned factor, unsigned add)
{
	struct key *k = NULL;

	OK_(key_new(len, &k, err));
	for (size_t i = 0; i < len; i++)
		key_fill(k)[i] = (uint8_t)(factor * i + add);
	return k;
}

static void
another_implementation_makes_the_same_shares(void **state)
{
	struct key *secret = make(32, 1, 0), *c = NULL, *got = NULL;
	struct shamir_point points[3];
	struct key *y[6];

	(void)state;
	OK_(key_new(64, &c, err));
	for (unsigned i = 0; i < 32; i++) {
		key_fill(c)[i] = (uint8_t)(7 * i + 3);
		key_fill(c)[32 + i] = (uint8_t)(13 * i + 11);
	}
	for (size_t i = 0; i < 6; i++) {
		uint8_t want[32];

		assert_true(enc_unhex(known[i].hex, 64, want, 32));
		OK_(shamir_share(secret, c, known[i].x, &y[i], err));
		assert_memory_equal(key_bytes(y[i]), want, 32);
	}
	/* Indexes far apart, in no order. */
	points[0] = (struct shamir_point){ 255, y[5] };
	points[1] = (struct shamir_point){ 2, y[1] };
	points[2] = (struct shamir_point){ 32, y[4] };
	OK_(shamir_combine(points, 3, &got, err));
	assert_memory_equal(key_bytes(got), key_bytes(secret), 32);
	key_free(got);
	for (size_t i = 0; i < 6; i++)
		key_free(y[i]);
	key_free(c);
	key_free(secret);
}

/* Every subset of n shares: m or more give the secret, fewer do not. */
static void
subsets(unsigned m, unsigned n)
{
	struct key *secret = NULL, *y[SHAMIR_MAX];

	OK_(key_new_random(32, &secret, err));
	OK_(shamir_split(secret, m, n, y, err));
	for (unsigned set = 0; set < 1u << n; set++) {
		struct shamir_point points[SHAMIR_MAX];
		struct key *got = NULL;
		unsigned k = 0;

		for (unsigned i = 0; i < n; i++) {
			if ((set & 1u << i) != 0)
				points[k++] =
				    (struct shamir_point){ (uint8_t)(i + 1),
					    y[i] };
		}
		if (k < 2)
			continue;
		OK_(shamir_combine(points, k, &got, err));
		assert_int_equal(
		    memcmp(key_bytes(got), key_bytes(secret), 32) == 0, k >= m);
		key_free(got);
	}
	for (unsigned i = 0; i < n; i++)
		key_free(y[i]);
	key_free(secret);
}

static void
any_m_of_n_and_no_fewer(void **state)
{
	(void)state;
	subsets(2, 2);
	subsets(2, 3);
	subsets(3, 5);
	subsets(4, 7);
	subsets(7, 7);
}

/* For every guess of the secret there is a polynomial through the m - 1 shares
 * that one has: a share at another x makes any value whatever true. */
static void
one_share_fewer_fits_every_secret(void **state)
{
	struct key *secret = make(1, 0, 0x5a), *y[3], *free_share = NULL;
	bool seen[256] = { false };

	(void)state;
	OK_(shamir_split(secret, 3, 3, y, err));
	OK_(key_new(1, &free_share, err));
	for (unsigned v = 0; v < 256; v++) {
		const struct shamir_point p[] = { { 1, y[0] }, { 2, y[1] },
			{ 3, free_share } };
		struct key *got = NULL;

		key_fill(free_share)[0] = (uint8_t)v;
		OK_(shamir_combine(p, 3, &got, err));
		seen[key_bytes(got)[0]] = true;
		key_free(got);
	}
	for (unsigned v = 0; v < 256; v++)
		assert_true(seen[v]);
	for (unsigned i = 0; i < 3; i++)
		key_free(y[i]);
	key_free(free_share);
	key_free(secret);
}

static void
what_is_no_sharing_is_refused(void **state)
{
	struct key *secret = make(32, 1, 0), *y[SHAMIR_MAX + 1], *other = NULL;
	struct key *got = NULL, *odd = make(33, 1, 0);

	(void)state;
	FAILS(shamir_split(secret, 1, 3, y, err), HRV_EUSAGE);
	FAILS(shamir_split(secret, 4, 3, y, err), HRV_EUSAGE);
	FAILS(shamir_split(secret, 0, 0, y, err), HRV_EUSAGE);
	FAILS(shamir_split(secret, 2, SHAMIR_MAX + 1, y, err), HRV_EUSAGE);
	FAILS(shamir_share(secret, odd, 1, &got, err), HRV_EUSAGE);
	FAILS(shamir_share(secret, secret, 0, &got, err), HRV_EUSAGE);
	OK_(shamir_split(secret, 2, 3, y, err));
	OK_(key_new_random(31, &other, err));
	{
		const struct shamir_point twice[] = { { 1, y[0] },
			{ 1, y[0] } };
		const struct shamir_point zero[] = { { 1, y[0] }, { 0, y[1] } };
		const struct shamir_point len[] = { { 1, y[0] }, { 2, other } };

		FAILS(shamir_combine(twice, 2, &got, err), HRV_EUSAGE);
		FAILS(shamir_combine(zero, 2, &got, err), HRV_EUSAGE);
		FAILS(shamir_combine(len, 2, &got, err), HRV_EUSAGE);
		FAILS(shamir_combine(twice, 1, &got, err), HRV_EUSAGE);
	}
	assert_null(got);
	for (unsigned i = 0; i < 3; i++)
		key_free(y[i]);
	key_free(other);
	key_free(odd);
	key_free(secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_implementation_makes_the_same_shares),
		cmocka_unit_test(any_m_of_n_and_no_fewer),
		cmocka_unit_test(one_share_fewer_fits_every_secret),
		cmocka_unit_test(what_is_no_sharing_is_refused),
	};
	struct hrv_err err;

	return crypt_init(&err) == HRV_OK ? RUN(tests) : 1;
}
