/* SPDX-License-Identifier: ISC */
/*
 * The AEAD wrapper: AES-256-GCM-SIV with RFC 8452 appendix C.2 and C.3,
 * AES-256-GCM with the test cases of McGrew and Viega, and tampering.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"

struct vector {
	enum crypt_aead_alg alg;
	const char *key, *nonce, *aad, *plain, *sealed; /* sealed: text, tag */
};

#define K1 "0100000000000000000000000000000000000000000000000000000000000000"
#define K0 "0000000000000000000000000000000000000000000000000000000000000000"
#define KF "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"

static const struct vector vectors[] = {
	/* RFC 8452, C.2 */
	{ CRYPT_GCM_SIV, K1, "030000000000000000000000", "", "",
	    "07f5f4169bbf55a8400cd47ea6fd400f" },
	{ CRYPT_GCM_SIV, K1, "030000000000000000000000", "", "0100000000000000",
	    "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28" },
	{ CRYPT_GCM_SIV, K1, "030000000000000000000000", "",
	    "01000000000000000000000000000000"
	    "02000000000000000000000000000000",
	    "4a6a9db4c8c6549201b9edb53006cba821ec9cf850948a7c86c68ac7"
	    "539d027fe819e63abcd020b006a976397632eb5d" },
	{ CRYPT_GCM_SIV, K1, "030000000000000000000000", "01",
	    "02000000000000000000000000000000"
	    "03000000000000000000000000000000",
	    "07dad364bfc2b9da89116d7bef6daaaf6f255510aa654f920ac81b94"
	    "e8bad365aea1bad12702e1965604374aab96dbbc" },
	{ CRYPT_GCM_SIV, K1, "030000000000000000000000",
	    "010000000000000000000000000000000200",
	    "0300000000000000000000000000000004000000",
	    "43dd0163cdb48f9fe3212bf61b201976067f342bb879ad976d8242ac"
	    "c188ab59cabfe307" },
	{ CRYPT_GCM_SIV,
	    "e66021d5eb8e4f4066d4adb9c33560e4"
	    "f46e44bb3da0015c94f7088736864200",
	    "e0eaf5284d884a0e77d31646", "", "",
	    "169fbb2fbf389a995f6390af22228a62" },
	{ CRYPT_GCM_SIV,
	    "3c535de192eaed3822a2fbbe2ca9dfc8"
	    "8255e14a661b8aa82cc54236093bbc23",
	    "688089e55540db1872504e1c",
	    "734320ccc9d9bbbb19cb81b2af4ecbc3e72834321f7aa0f70b7282b4"
	    "f33df23f167541",
	    "ced532ce4159b035277d4dfbb7db62968b13cd4eec",
	    "626660c26ea6612fb17ad91e8e767639edd6c9faee9d6c7029675b89"
	    "eaf4ba1ded1a286594" },
	/* RFC 8452, C.3: the counter wraps */
	{ CRYPT_GCM_SIV, K0, "000000000000000000000000", "",
	    "00000000000000000000000000000000"
	    "4db923dc793ee6497c76dcc03a98e108",
	    "f3f80f2cf0cb2dd9c5984fcda908456cc537703b5ba70324a6793a7b"
	    "f218d3eaffffffff000000000000000000000000" },
	/* McGrew and Viega, test cases 13, 14 and 16 */
	{ CRYPT_GCM, K0, "000000000000000000000000", "", "",
	    "530f8afbc74536b9a963b4f1c4cb738b" },
	{ CRYPT_GCM, K0, "000000000000000000000000", "",
	    "00000000000000000000000000000000",
	    "cea7403d4d606b6e074ec5d3baf39d18"
	    "d0d1c8a799996bf0265b98b5d48ab919" },
	{ CRYPT_GCM, KF, "cafebabefacedbaddecaf888",
	    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
	    "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
	    "ba637b39",
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd"
	    "2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
	    "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b" },
};
#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

struct bytes {
	uint8_t b[128];
	size_t len;
};

static struct bytes
unhex(const char *hex)
{
	struct bytes out = { .len = strlen(hex) / 2 };

	assert_true(out.len <= sizeof(out.b));
	assert_true(enc_unhex(hex, strlen(hex), out.b, out.len));
	return out;
}

/* One vector, ready to be sealed or opened. */
struct box {
	struct key *key;
	struct bytes nonce, aad, plain, sealed;
	uint8_t out[128], tag[CRYPT_TAG_LEN];
	struct crypt_aead a;
};

static void
box_init(struct box *x, const struct vector *v)
{
	struct bytes key = unhex(v->key);

	memset(x, 0, sizeof(*x));
	OK_(key_from_bytes(key.b, key.len, &x->key, err));
	x->nonce = unhex(v->nonce);
	x->aad = unhex(v->aad);
	x->plain = unhex(v->plain);
	x->sealed = unhex(v->sealed);
	memset(x->out, 0x55, sizeof(x->out));
	x->a = (struct crypt_aead){ .nonce = x->nonce.b,
		.aad = x->aad.b,
		.aad_len = x->aad.len,
		.len = x->plain.len,
		.out = x->out };
}

static void
sealing_gives_the_published_answers(void **state)
{
	struct box x;
	size_t i;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		box_init(&x, &vectors[i]);
		x.a.in = x.plain.b;
		x.a.tag = x.tag;
		OK_(crypt_aead_seal(vectors[i].alg, x.key, &x.a, err));
		assert_memory_equal(x.out, x.sealed.b, x.a.len);
		assert_memory_equal(x.tag, x.sealed.b + x.a.len, CRYPT_TAG_LEN);
		key_free(x.key);
	}
}

static void
opening_gives_the_plaintext_back_in_place_too(void **state)
{
	struct box x;
	size_t i;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		box_init(&x, &vectors[i]);
		x.a.in = x.sealed.b;
		x.a.tag = x.sealed.b + x.a.len;
		OK_(crypt_aead_open(vectors[i].alg, x.key, &x.a, err));
		assert_memory_equal(x.out, x.plain.b, x.a.len);
		x.a.out = x.sealed.b;
		OK_(crypt_aead_open(vectors[i].alg, x.key, &x.a, err));
		assert_memory_equal(x.sealed.b, x.plain.b, x.a.len);
		key_free(x.key);
	}
}

static void
nothing_comes_out_of_tampered_text(void **state)
{
	static const uint8_t zeros[128];
	struct box x;
	size_t i, at;

	(void)state;
	for (i = 0; i < N_VECTORS; i++) {
		box_init(&x, &vectors[i]);
		x.a.in = x.sealed.b;
		x.a.tag = x.sealed.b + x.a.len;
		for (at = 0; at < x.sealed.len; at++) {
			x.sealed.b[at] ^= 1;
			memset(x.out, 0x55, sizeof(x.out));
			FAILS(crypt_aead_open(vectors[i].alg, x.key, &x.a, err),
			    HRV_EINTEGRITY);
			assert_memory_equal(x.out, zeros, x.a.len);
			x.sealed.b[at] ^= 1;
		}
		x.nonce.b[11] ^= 1;
		FAILS(crypt_aead_open(vectors[i].alg, x.key, &x.a, err),
		    HRV_EINTEGRITY);
		x.nonce.b[11] ^= 1;
		x.a.aad_len++;
		FAILS(crypt_aead_open(vectors[i].alg, x.key, &x.a, err),
		    HRV_EINTEGRITY);
		key_free(x.key);
	}
}

static void
a_failure_does_not_spoil_the_next_use(void **state)
{
	struct box bad, good;

	(void)state;
	box_init(&bad, &vectors[10]);
	box_init(&good, &vectors[9]);
	bad.a.in = bad.sealed.b;
	bad.a.tag = bad.tag;
	FAILS(crypt_aead_open(CRYPT_GCM, bad.key, &bad.a, err), HRV_EINTEGRITY);
	good.a.in = good.plain.b;
	good.a.tag = good.tag;
	OK_(crypt_aead_seal(CRYPT_GCM, good.key, &good.a, err));
	assert_memory_equal(good.out, good.sealed.b, good.a.len);
	key_free(bad.key);
	key_free(good.key);
}

static void
only_keys_of_32_bytes_are_taken(void **state)
{
	struct key *half = NULL;
	struct box x;

	(void)state;
	box_init(&x, &vectors[9]);
	x.a.in = x.plain.b;
	x.a.tag = x.tag;
	OK_(key_new_random(16, &half, err));
	FAILS(crypt_aead_seal(CRYPT_GCM, half, &x.a, err), HRV_EFAILED);
	FAILS(crypt_aead_open(CRYPT_GCM_SIV, half, &x.a, err), HRV_EFAILED);
	key_free(half);
	key_free(x.key);
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
		cmocka_unit_test(sealing_gives_the_published_answers),
		cmocka_unit_test(opening_gives_the_plaintext_back_in_place_too),
		cmocka_unit_test(nothing_comes_out_of_tampered_text),
		cmocka_unit_test(a_failure_does_not_spoil_the_next_use),
		cmocka_unit_test(only_keys_of_32_bytes_are_taken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
