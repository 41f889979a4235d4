/* SPDX-License-Identifier: ISC */
/*
 * Ed25519: RFC 8032 section 7.1, and signatures made to be refused. Anything
 * that ends the process ends this test.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/ed25519.h"

struct vector {
	const char *seed, *pub, *msg, *sig;
};

/* RFC 8032: TEST 1, TEST 2, TEST 3, TEST SHA(abc). */
static const struct vector vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100"
	    "b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c0"
	    "0" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
	    "a" },
	{ "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49"
	    "f",
	    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
	    "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a70"
	    "4" },
};
#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

/* The encodings of low order, without the sign bit of x. */
static const char *const low_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};
#define N_LOW (sizeof(low_order) / sizeof(low_order[0]))

struct parts {
	uint8_t seed[32], pub[32], msg[64], sig[64];
	size_t len;
};

static void
unhex(const char *hex, uint8_t *out, size_t len)
{
	assert_true(enc_unhex(hex, strlen(hex), out, len));
}

static struct parts
parts_of(const struct vector *v)
{
	struct parts p = { .len = strlen(v->msg) / 2 };

	unhex(v->seed, p.seed, 32);
	unhex(v->pub, p.pub, 32);
	unhex(v->msg, p.msg, p.len);
	unhex(v->sig, p.sig, 64);
	return p;
}

static void
signing_gives_the_answers_of_rfc_8032(void **state)
{
	uint8_t pub[32], sig[64];
	struct key *seed = NULL;
	struct parts p;
	size_t i;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		p = parts_of(&vectors[i]);
		OK_(key_from_bytes(p.seed, 32, &seed, err));
		OK_(crypt_ed25519_public(seed, pub, err));
		assert_memory_equal(pub, p.pub, 32);
		OK_(crypt_ed25519_sign(seed, p.msg, p.len, sig, err));
		assert_memory_equal(sig, p.sig, 64);
		OK_(crypt_ed25519_verify(pub, p.msg, p.len, sig, err));
		key_free(seed);
	}
}

static void
one_changed_bit_anywhere_is_refused(void **state)
{
	struct parts p = parts_of(&vectors[2]);
	size_t i;

	(void)state;
	for (i = 0; i < 64 * 8; i += 5) {
		p.sig[i / 8] ^= (uint8_t)(1 << i % 8);
		FAILS(crypt_ed25519_verify(p.pub, p.msg, p.len, p.sig, err),
		    HRV_EINTEGRITY);
		p.sig[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i < 32 * 8; i += 5) {
		p.pub[i / 8] ^= (uint8_t)(1 << i % 8);
		FAILS(crypt_ed25519_verify(p.pub, p.msg, p.len, p.sig, err),
		    HRV_EINTEGRITY);
		p.pub[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	p.msg[0] ^= 1;
	FAILS(crypt_ed25519_verify(p.pub, p.msg, p.len, p.sig, err),
	    HRV_EINTEGRITY);
	p.msg[0] ^= 1;
	FAILS(crypt_ed25519_verify(p.pub, p.msg, p.len - 1, p.sig, err),
	    HRV_EINTEGRITY);
	FAILS(crypt_ed25519_verify(p.pub, NULL, 0, p.sig, err), HRV_EINTEGRITY);
	OK_(crypt_ed25519_verify(p.pub, p.msg, p.len, p.sig, err));
}

/* Adds the group order to a number of 32 bytes, least byte first. */
static void
add_order(uint8_t s[32])
{
	uint8_t l[32];
	unsigned carry = 0;
	size_t i;

	unhex("edd3f55c1a631258d69cf7a2def9de14"
	      "00000000000000000000000000000010",
	    l, 32);
	for (i = 0; i < 32; i++) {
		carry += (unsigned)s[i] + l[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void
an_s_that_is_not_below_the_order_is_refused(void **state)
{
	struct parts p;
	size_t i;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		p = parts_of(&vectors[i]);
		add_order(p.sig + 32);
		assert_false(ed25519_acceptable(p.pub, p.sig));
		FAILS(crypt_ed25519_verify(p.pub, p.msg, p.len, p.sig, err),
		    HRV_EINTEGRITY);
	}
	memset(p.sig + 32, 0, 32);
	assert_true(ed25519_acceptable(p.pub, p.sig));
	add_order(p.sig + 32);
	assert_false(ed25519_acceptable(p.pub, p.sig));
	p.sig[32]--;
	assert_true(ed25519_acceptable(p.pub, p.sig));
	memset(p.sig + 32, 0xff, 32);
	assert_false(ed25519_acceptable(p.pub, p.sig));
}

static void
points_of_low_order_are_refused(void **state)
{
	struct parts p = parts_of(&vectors[1]), q;
	uint8_t point[32];
	size_t i;

	(void)state;
	for (i = 0; i < 2 * N_LOW; i++) {
		unhex(low_order[i / 2], point, 32);
		point[31] = (uint8_t)(point[31] | (i % 2 << 7));
		q = p;
		memcpy(q.pub, point, 32);
		assert_false(ed25519_acceptable(q.pub, q.sig));
		FAILS(crypt_ed25519_verify(q.pub, q.msg, q.len, q.sig, err),
		    HRV_EINTEGRITY);
		/* With S = 0 these would verify for any message. */
		memcpy(q.sig, point, 32);
		memset(q.sig + 32, 0, 32);
		FAILS(crypt_ed25519_verify(q.pub, q.msg, q.len, q.sig, err),
		    HRV_EINTEGRITY);
		memcpy(q.pub, p.pub, 32);
		assert_false(ed25519_acceptable(q.pub, q.sig));
		FAILS(crypt_ed25519_verify(q.pub, q.msg, q.len, q.sig, err),
		    HRV_EINTEGRITY);
	}
}

/* C2SP CCTV, ed25519vectors numbers 4 to 6 and 16. */
static void
edge_cases_of_cctv_are_refused(void **state)
{
	static const char key[] = "10eb7c3acfb2bed3e0d6ab89bf5a3d6a"
				  "fddd1176ce4812e38d9fd485058fdb1f";
	static const struct {
		const char *r, *s, *msg;
	} rows[] = {
		{ "00000000000000000000000000000000"
		  "00000000000000000000000000000000",
		    "5e176f12cfb0d4e6eb6929b19ae4c998"
		    "ef05c1c2cf628a9b1fa1c21312627108",
		    "ed25519vectors 7" },
		{ "00000000000000000000000000000000"
		  "00000000000000000000000000000000",
		    "9472a69cd9a701a50d130ed52189e245"
		    "5b23767db52cacb8716fb896ffeeac09",
		    "ed25519vectors 3" },
		{ "36684ea91032ba5b1dbab2d02f4debc7"
		  "4c3327f2b3802e2e4d371aa42b12b56b",
		    "c02e2b9e63e385c058bf62b14b3a2b29"
		    "ccefe8e38ddb536bc3f9865320a3d801",
		    "ed25519vectors 10" },
		{ "edffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffff7f",
		    "1cb421dfbd92aa6c30d550bff53c81cf"
		    "650ace6deb96a8ec22d2fef84dbbe20b",
		    "ed25519vectors 6" },
	};
	uint8_t pub[32], sig[64];
	size_t i;

	(void)state;
	unhex(key, pub, 32);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unhex(rows[i].r, sig, 32);
		unhex(rows[i].s, sig + 32, 32);
		FAILS(crypt_ed25519_verify(
			  pub, rows[i].msg, strlen(rows[i].msg), sig, err),
		    HRV_EINTEGRITY);
	}
}

static void
random_bytes_never_verify_and_never_abort(void **state)
{
	uint8_t pub[32], sig[64], msg[16];
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		crypt_random(pub, sizeof(pub));
		crypt_random(sig, sizeof(sig));
		crypt_random(msg, sizeof(msg));
		sig[63] &= 0x0f;
		/* y from p to 2^255-1: encodings that are not canonical */
		if (i % 4 == 0) {
			memset(pub, 0xff, 32);
			pub[0] = (uint8_t)(0xed + i / 4 % 19);
			pub[31] = i % 8 ? 0x7f : 0xff;
		}
		FAILS(crypt_ed25519_verify(pub, msg, sizeof(msg), sig, err),
		    HRV_EINTEGRITY);
	}
}

static void
messages_are_limited_in_length_and_seeds_to_32_bytes(void **state)
{
	static const uint8_t msg[CRYPT_ED25519_MSG_MAX + 1];
	struct key *seed = NULL, *half = NULL;
	uint8_t pub[32], sig[64];

	(void)state;
	OK_(key_new_random(KEY_LEN, &seed, err));
	OK_(key_new_random(16, &half, err));
	OK_(crypt_ed25519_public(seed, pub, err));
	OK_(crypt_ed25519_sign(seed, msg, CRYPT_ED25519_MSG_MAX, sig, err));
	OK_(crypt_ed25519_verify(pub, msg, CRYPT_ED25519_MSG_MAX, sig, err));
	FAILS(
	    crypt_ed25519_verify(pub, msg, CRYPT_ED25519_MSG_MAX - 1, sig, err),
	    HRV_EINTEGRITY);
	FAILS(crypt_ed25519_sign(seed, msg, sizeof(msg), sig, err), HRV_EUSAGE);
	FAILS(
	    crypt_ed25519_verify(pub, msg, sizeof(msg), sig, err), HRV_EUSAGE);
	FAILS(crypt_ed25519_sign(half, msg, 1, sig, err), HRV_EFAILED);
	FAILS(crypt_ed25519_public(half, pub, err), HRV_EFAILED);
	key_free(half);
	key_free(seed);
}

static int
setup(void **state)
{
	(void)state;
	OK_(crypt_init(err));
	return 0;
}

static void
a_key_with_a_short_y_is_refused_and_does_not_abort(void **state)
{
	uint8_t pub[32] = { 0x77 }, sig[64] = { 1 };
	(void)state;

	FAILS(crypt_ed25519_verify(pub, "x", 1, sig, err), HRV_EINTEGRITY);
	pub[31] = 0x80;
	FAILS(crypt_ed25519_verify(pub, "x", 1, sig, err), HRV_EINTEGRITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signing_gives_the_answers_of_rfc_8032),
		cmocka_unit_test(one_changed_bit_anywhere_is_refused),
		cmocka_unit_test(an_s_that_is_not_below_the_order_is_refused),
		cmocka_unit_test(points_of_low_order_are_refused),
		cmocka_unit_test(edge_cases_of_cctv_are_refused),
		cmocka_unit_test(random_bytes_never_verify_and_never_abort),
		cmocka_unit_test(
		    a_key_with_a_short_y_is_refused_and_does_not_abort),
		cmocka_unit_test(
		    messages_are_limited_in_length_and_seeds_to_32_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
