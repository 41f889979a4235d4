/* SPDX-License-Identifier: ISC */
/*
 * Key encapsulation: RFC 7748 section 6.1 and RFC 9180 appendix A.1.1.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/kem.h"

static void
bytes(const char *hex, uint8_t out[32])
{
	assert_true(enc_unhex(hex, strlen(hex), out, 32));
}

static struct key *
key_of(const char *hex)
{
	struct key *k = NULL;
	uint8_t b[32];

	bytes(hex, b);
	OK_(key_from_bytes(b, sizeof(b), &k, err));
	return k;
}

static void
is_hex(const uint8_t *p, const char *want)
{
	struct buf hex = BUF_INIT;

	enc_hex(&hex, p, 32);
	assert_string_equal(buf_str(&hex), want);
	buf_clear(&hex);
}

static void
x25519_gives_the_answers_of_rfc_7748(void **state)
{
	struct key *a = key_of("77076d0a7318a57d3c16c17251b26645"
			       "df4c2f87ebc0992ab177fba51db92c2a");
	uint8_t pub[32], bob[32];
	struct key *k = NULL;

	(void)state;
	bytes("de9edb7d7b7dc1b4d35b61c2ece43537"
	      "3f8343c85b78674dadfc7e146f882b4f",
	    bob);
	OK_(crypt_x25519_public(a, pub, err));
	is_hex(pub, "8520f0098930a754748b7ddcb43ef75a"
		    "0dbf3a0d26381af4eba4a98eaa9b4e6a");
	OK_(crypt_x25519(a, bob, &k, err));
	is_hex(key_bytes(k), "4a5d9d5ba4ce2de1728e3bf480350f25"
			     "e07e21c947d19e3376f09b3c1e161742");
	key_free(k);
	key_free(a);
}

static void
encapsulation_gives_the_answers_of_rfc_9180(void **state)
{
	struct key *e = key_of("52c4a758a802cd8b936eceea31443279"
			       "8d5baf2d7e9235dc084ab1b9cfa2f736");
	struct key *r = key_of("4612c550263fc8ad58375df3f557aac5"
			       "31d26850903e55a9f23f21d8534e8ac8");
	uint8_t pub[32], enc[32];
	struct key *a = NULL, *b = NULL;

	(void)state;
	OK_(crypt_x25519_public(r, pub, err));
	is_hex(pub, "3948cfe0ad1ddb695d780e59077195da"
		    "6c56506b027329794ab02bca80815c4d");
	OK_(kem_encap_with(e, pub, enc, &a, err));
	is_hex(enc, "37fda3567bdbd628e88668c3c8d7e97d"
		    "1d1253b6d4ea6d44c150f741f1bf4431");
	is_hex(key_bytes(a), "fe0e18c9f024ce43799ae393c7e8fe8f"
			     "ce9d218875e8227b0187c04e7d2ea1fc");
	OK_(kem_decap(r, enc, &b, err));
	assert_memory_equal(key_bytes(a), key_bytes(b), 32);
	key_free(b);
	b = NULL;
	enc[3] ^= 1;
	OK_(kem_decap(r, enc, &b, err));
	assert_memory_not_equal(key_bytes(a), key_bytes(b), 32);
	key_free(a);
	key_free(b);
	key_free(e);
	key_free(r);
}

static void
a_fresh_key_is_found_again_by_the_private_half_alone(void **state)
{
	struct key *r = NULL, *other = NULL, *a = NULL, *b = NULL, *c = NULL;
	uint8_t pub[32], enc[32];

	(void)state;
	OK_(key_new_random(32, &r, err));
	OK_(key_new_random(32, &other, err));
	OK_(crypt_x25519_public(r, pub, err));
	OK_(kem_encap(pub, enc, &a, err));
	OK_(kem_decap(r, enc, &b, err));
	OK_(kem_decap(other, enc, &c, err));
	assert_memory_equal(key_bytes(a), key_bytes(b), 32);
	assert_memory_not_equal(key_bytes(a), key_bytes(c), 32);
	key_free(a);
	key_free(b);
	key_free(c);
	key_free(r);
	key_free(other);
}

static void
a_public_key_of_low_order_is_refused(void **state)
{
	static const uint8_t low[3][32] = { { 0 }, { 1 },
		{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56,
		    0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb,
		    0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
		    0xb8, 0x00 } };
	struct key *k = NULL;
	uint8_t enc[32];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		FAILS(kem_encap(low[i], enc, &k, err), HRV_EINTEGRITY);
	assert_null(k);
}

static int
setup(void **state)
{
	(void)state;
	OK_(crypt_init(err));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x25519_gives_the_answers_of_rfc_7748),
		cmocka_unit_test(encapsulation_gives_the_answers_of_rfc_9180),
		cmocka_unit_test(
		    a_fresh_key_is_found_again_by_the_private_half_alone),
		cmocka_unit_test(a_public_key_of_low_order_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
