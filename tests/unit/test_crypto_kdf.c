/* SPDX-License-Identifier: ISC */
/*
 * HKDF: RFC 5869 appendix A.1 to A.3 for SHA-256, the same inputs for SHA-512
 * (answers from an independent implementation), and the vault's own keys.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/kdf.h"

static void
same_key(const struct key *key, const char *want_hex)
{
	struct buf hex = BUF_INIT;

	enc_hex(&hex, key_bytes(key), key_len(key));
	assert_string_equal(buf_str(&hex), want_hex);
	buf_clear(&hex);
}

static struct key *
counting_key(uint8_t first, size_t len)
{
	struct key *k = NULL;
	size_t i;

	OK_(key_new(len, &k, err));
	for (i = 0; i < len; i++)
		key_fill(k)[i] = (uint8_t)(first + i);
	return k;
}

static void
counting(uint8_t *out, uint8_t first, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(first + i);
}

static void
check_hkdf(const struct kdf_args *args, const struct key *ikm,
    const char *prk_hex, const char *okm_hex)
{
	struct key *prk = NULL, *okm = NULL;

	OK_(kdf_extract(args, ikm, &prk, err));
	same_key(prk, prk_hex);
	OK_(kdf_expand(args, prk, &okm, err));
	same_key(okm, okm_hex);
	key_free(okm);
	OK_(kdf_derive(args, ikm, &okm, err));
	same_key(okm, okm_hex);
	key_free(okm);
	key_free(prk);
}

static void
hkdf_sha256_gives_the_answers_of_rfc_5869(void **state)
{
	uint8_t ikm1[22], salt1[13], info1[10], salt2[80], info2[80];
	struct kdf_args a = { .hash = CRYPT_SHA256,
		.salt = { salt1, 13 },
		.info = { { info1, 4 }, { NULL, 0 }, { info1 + 4, 6 } },
		.len = 42 };
	struct kdf_args b = { .hash = CRYPT_SHA256,
		.salt = { salt2, 80 },
		.info = { { info2, 80 } },
		.len = 82 };
	struct kdf_args c = { .hash = CRYPT_SHA256, .len = 42 };
	struct key *k1 = NULL, *k2 = counting_key(0, 80);

	(void)state;
	memset(ikm1, 0x0b, sizeof(ikm1));
	counting(salt1, 0, 13);
	counting(info1, 0xf0, 10);
	counting(salt2, 0x60, 80);
	counting(info2, 0xb0, 80);
	OK_(key_from_bytes(ikm1, sizeof(ikm1), &k1, err));
	check_hkdf(&a, k1,
	    "077709362c2e32df0ddc3f0dc47bba63"
	    "90b6c73bb50f9c3122ec844ad7c2b3e5",
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c"
	    "5db02d56ecc4c5bf34007208d5b887185865");
	check_hkdf(&b, k2,
	    "06a6b88c5853361a06104c9ceb35b45c"
	    "ef760014904671014a193f40c15fc244",
	    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c"
	    "19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
	    "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
	check_hkdf(&c, k1,
	    "19ef24a32c717b167f33a91d6f648bdf"
	    "96596776afdb6377ac434c1c293ccb04",
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879e"
	    "c3454e5f3c738d2d9d201395faa4b61a96c8");
	key_free(k1);
	key_free(k2);
}

static void
hkdf_sha512_agrees_with_another_implementation(void **state)
{
	uint8_t ikm1[22], salt2[80], info2[80];
	struct kdf_args b = { .hash = CRYPT_SHA512,
		.salt = { salt2, 80 },
		.info = { { info2, 80 } },
		.len = 82 };
	struct kdf_args c = { .hash = CRYPT_SHA512, .len = 42 };
	struct key *k1 = NULL, *k2 = counting_key(0, 80);

	(void)state;
	memset(ikm1, 0x0b, sizeof(ikm1));
	counting(salt2, 0x60, 80);
	counting(info2, 0xb0, 80);
	OK_(key_from_bytes(ikm1, sizeof(ikm1), &k1, err));
	check_hkdf(&b, k2,
	    "35672542907d4e142c00e84499e74e1de08be86535f924e022804ad775dd"
	    "e27ec86cd1e5b7d178c74489bdbeb30712beb82d4f97416c5a94ea81ebdf"
	    "3e629e4a",
	    "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84c"
	    "d189ddf1b695b48cbd1c8388441137b3ce28f16aa64ba33ba466b24d"
	    "f6cfcb021ecff235f6a2056ce3af1de44d572097a8505d9e7a93");
	check_hkdf(&c, k1,
	    "fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef35"
	    "7e5b194498d0682611382348572a7b1611de54764094286320578a863f36"
	    "562b0df6",
	    "f5fa02b18298a72a8c23898a8703472c6eb179dc204c0342"
	    "5c970e3b164bf90fff22d04836d0e2343bac");
	key_free(k1);
	key_free(k2);
}

static void
the_vaults_derived_keys_are_what_formats_says(void **state)
{
	struct key *k = counting_key(0, KEY_LEN), *out = NULL;
	uint8_t anchor[32], vault[32], pub[32];
	struct buf hex = BUF_INIT;

	(void)state;
	counting(anchor, 0x20, 32);
	counting(vault, 0x40, 32);
	OK_(kdf_keystore(k, anchor, 17, &out, err));
	same_key(out, "98dcd6d4c296fb85591e4facca0712f1"
		      "8096027392eca0f03ada7c8f7bd0eb38");
	key_free(out);
	OK_(kdf_index_field(k, "phone", &out, err));
	same_key(out, "62852d734b0aebd4eb65ef91ccb5f8a8"
		      "0e6bc1dcd4f30a691c744b0b53efaa5d");
	key_free(out);
	OK_(kdf_log_seed(k, vault, &out, err));
	same_key(out, "20c17833d303c00a4457870c6d1d48a9"
		      "57d5e324d4cc3f3b062f48472bbead11");
	OK_(crypt_ed25519_public(out, pub, err));
	enc_hex(&hex, pub, sizeof(pub));
	assert_string_equal(buf_str(&hex), "b263a89fc9143a6e9313dad8b9d7cb8a"
					   "c09ada7faceaf37e83d5b86e20a32bbf");
	buf_clear(&hex);
	key_free(out);
	key_free(k);
}

static void
impossible_lengths_are_refused(void **state)
{
	struct kdf_args args = { .hash = CRYPT_SHA256, .len = 0 };
	struct key *k = counting_key(0, KEY_LEN), *out = NULL;

	(void)state;
	FAILS(kdf_derive(&args, k, &out, err), HRV_EUSAGE);
	args.len = KEY_MAX + 1;
	FAILS(kdf_derive(&args, k, &out, err), HRV_EUSAGE);
	args.len = 255 * 32 + 1;
	FAILS(kdf_derive(&args, k, &out, err), HRV_EUSAGE);
	assert_null(out);
	key_free(k);
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
		cmocka_unit_test(hkdf_sha256_gives_the_answers_of_rfc_5869),
		cmocka_unit_test(
		    hkdf_sha512_agrees_with_another_implementation),
		cmocka_unit_test(the_vaults_derived_keys_are_what_formats_says),
		cmocka_unit_test(impossible_lengths_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
