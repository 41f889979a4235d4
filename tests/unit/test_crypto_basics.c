/* SPDX-License-Identifier: ISC */
/*
 * Hashes, MACs, keys and locked memory: published vectors, and what happens
 * when there is no more of it.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"

static void
same(const uint8_t *have, size_t len, const char *want_hex)
{
	struct buf hex = BUF_INIT;

	enc_hex(&hex, have, len);
	assert_string_equal(buf_str(&hex), want_hex);
	buf_clear(&hex);
}

static void
starting_twice_is_starting_once(void **state)
{
	(void)state;
	OK_(crypt_init(err));
	OK_(crypt_init(err));
}

static void
random_bytes_fill_all_and_differ(void **state)
{
	uint8_t a[300] = { 0 }, b[300] = { 0 };
	size_t i, zeros = 0;

	(void)state;
	crypt_random(a, sizeof(a));
	crypt_random(b, sizeof(b));
	crypt_random(NULL, 0);
	assert_memory_not_equal(a, b, sizeof(a));
	for (i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0;
	assert_true(zeros < 30);
}

static void
sha256_gives_the_answers_of_fips_180(void **state)
{
	static const char two_blocks[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t h[32];
	char *million = malloc(1000000);

	(void)state;
	crypt_sha256(NULL, 0, h);
	same(h, 32,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	crypt_sha256("abc", 3, h);
	same(h, 32,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	crypt_sha256(two_blocks, sizeof(two_blocks) - 1, h);
	same(h, 32,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
	assert_non_null(million);
	memset(million, 'a', 1000000);
	crypt_sha256(million, 1000000, h);
	same(h, 32,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

static void
a_stream_and_pieces_hash_like_the_whole(void **state)
{
	uint8_t data[1000], whole[32], got[32];
	struct crypt_sha256_ctx *ctx;
	struct crypt_part parts[4] = { { data, 1 }, { NULL, 0 },
		{ data + 1, 500 }, { data + 501, 499 } };
	size_t i;

	(void)state;
	crypt_random(data, sizeof(data));
	crypt_sha256(data, sizeof(data), whole);
	crypt_sha256_parts(parts, 4, got);
	assert_memory_equal(got, whole, 32);
	ctx = crypt_sha256_new();
	assert_non_null(ctx);
	for (i = 0; i < sizeof(data); i += 8)
		crypt_sha256_add(ctx, data + i, 8);
	crypt_sha256_add(ctx, NULL, 0);
	crypt_sha256_final(ctx, got);
	assert_memory_equal(got, whole, 32);
	crypt_sha256_free(crypt_sha256_new());
	crypt_sha256_free(NULL);
}

static void
hmac_gives_the_answers_of_rfc_4231(void **state)
{
	static const char large[] =
	    "Test Using Larger Than Block-Size Key - Hash Key First";
	static const struct {
		uint8_t byte;
		const char *text;
		size_t key_len;
		const char *data, *sha256, *sha512;
	} rows[] = {
		{ 0x0b, NULL, 20, "Hi There",
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7",
		    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b3"
		    "0545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61"
		    "f1702e696c203a126854" },
		{ 0, "Jefe", 4, "what do ya want for nothing?",
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843",
		    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270c"
		    "d7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a"
		    "6b4b636e070a38bce737" },
		{ 0xaa, NULL, 131, large,
		    "60e431591ee0b67f0d8a26aacbf5b77f"
		    "8e0bc6213728c5140546040f0ee37f54",
		    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b01"
		    "3783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f"
		    "0aec8b915a985d786598" },
	};
	uint8_t key[131], mac[64];
	struct key *k = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].text != NULL)
			memcpy(key, rows[i].text, rows[i].key_len);
		else
			memset(key, rows[i].byte, rows[i].key_len);
		OK_(key_from_bytes(key, rows[i].key_len, &k, err));
		OK_(crypt_hmac_sha256(
		    k, rows[i].data, strlen(rows[i].data), mac, err));
		same(mac, 32, rows[i].sha256);
		OK_(crypt_hmac_sha512(
		    k, rows[i].data, strlen(rows[i].data), mac, err));
		same(mac, 64, rows[i].sha512);
		key_free(k);
	}
}

static void
comparing_sees_every_byte(void **state)
{
	uint8_t a[40], b[40];
	size_t i;

	(void)state;
	crypt_random(a, sizeof(a));
	memcpy(b, a, sizeof(a));
	assert_true(crypt_equal(a, b, sizeof(a)));
	assert_true(crypt_equal(a, b, 0));
	for (i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		assert_false(crypt_equal(a, b, sizeof(a)));
		b[i] ^= 0x80;
	}
}

static void
a_key_has_between_1_and_4096_bytes(void **state)
{
	struct key *k = NULL;

	(void)state;
	FAILS(key_new(0, &k, err), HRV_EUSAGE);
	FAILS(key_new_random(KEY_MAX + 1, &k, err), HRV_EUSAGE);
	FAILS(key_from_bytes("", 0, &k, err), HRV_EUSAGE);
	assert_null(k);
	OK_(key_new(KEY_MAX, &k, err));
	assert_int_equal(key_len(k), KEY_MAX);
	key_free(k);
	key_free(NULL);
}

static void
random_keys_differ(void **state)
{
	struct key *a = NULL, *b = NULL;

	(void)state;
	OK_(key_new_random(KEY_LEN, &a, err));
	OK_(key_new_random(KEY_LEN, &b, err));
	assert_memory_not_equal(key_bytes(a), key_bytes(b), KEY_LEN);
	key_free(a);
	key_free(b);
}

static void
used_up_locked_memory_is_an_error_and_passes(void **state)
{
	enum { MANY = 200 };
	struct key *k[MANY] = { NULL };
	struct hrv_err full = { 0 };
	int i, n, rc = HRV_OK;

	(void)state;
	for (n = 0; n < MANY && rc == HRV_OK; n++)
		rc = key_new_random(KEY_MAX, &k[n], &full);
	assert_int_equal(rc, HRV_ENOMEM);
	assert_true(n > 32);
	for (i = 0; i < MANY; i++)
		key_free(k[i]);
	OK_(key_new_random(KEY_MAX, &k[0], err));
	key_free(k[0]);
}

/* libgcrypt ends the process when locked memory runs out inside it, so every
 * level of shortage is tried. */
static void
a_shortage_inside_the_library_is_an_error_too(void **state)
{
	enum { MANY = 4000, STEP = 24 };
	struct key **k = calloc(MANY, sizeof(struct key *));
	struct key *seed = NULL;
	struct hrv_err full = { 0 };
	uint8_t out[64];
	int n = 0, ok = 0, rc[3], i;

	(void)state;
	assert_non_null(k);
	OK_(key_new_random(KEY_LEN, &seed, err));
	while (n < MANY && key_new_random(64, &k[n], &full) == HRV_OK)
		n++;
	assert_true(n > 500 && n < MANY);
	while (n > STEP && ok < 3) {
		rc[0] = crypt_hmac_sha512(seed, "x", 1, out, &full);
		rc[1] = crypt_ed25519_sign(seed, "x", 1, out, &full);
		rc[2] = crypt_ed25519_public(seed, out, &full);
		for (i = ok = 0; i < 3; i++) {
			ok += rc[i] == HRV_OK;
			assert_true(rc[i] == HRV_OK || rc[i] == HRV_ENOMEM);
		}
		for (i = 0; i < STEP; i++)
			key_free(k[--n]);
	}
	assert_int_equal(ok, 3);
	while (n > 0)
		key_free(k[--n]);
	key_free(seed);
	free(k);
}

static void
check_values_tell_keys_and_ids_apart(void **state)
{
	uint8_t raw[32], kcv[KEY_CHECK_LEN];
	struct key *k = NULL, *other = NULL;
	uint8_t i;

	(void)state;
	for (i = 0; i < 32; i++)
		raw[i] = i;
	OK_(key_from_bytes(raw, sizeof(raw), &k, err));
	OK_(key_new_random(KEY_LEN, &other, err));
	OK_(key_check_value(k, "kek/pay.3", kcv, err));
	same(kcv, sizeof(kcv), "d1a4490088be6aee354cde465ebd5d08");
	OK_(key_check(k, "kek/pay.3", kcv, err));
	FAILS(key_check(k, "kek/pay.4", kcv, err), HRV_EINTEGRITY);
	FAILS(key_check(other, "kek/pay.3", kcv, err), HRV_EINTEGRITY);
	key_free(k);
	key_free(other);
}

static void
a_database_key_is_67_characters(void **state)
{
	uint8_t raw[32];
	struct key *k = NULL, *text = NULL, *odd = NULL;
	uint8_t i;

	(void)state;
	for (i = 0; i < 32; i++)
		raw[i] = (uint8_t)(i * 8 + 7);
	OK_(key_from_bytes(raw, sizeof(raw), &k, err));
	OK_(key_sqlite_text(k, &text, err));
	assert_int_equal(key_len(text), KEY_SQLITE_LEN);
	assert_memory_equal(key_bytes(text),
	    "x'070f171f272f373f474f575f676f777f"
	    "878f979fa7afb7bfc7cfd7dfe7eff7ff'",
	    KEY_SQLITE_LEN);
	OK_(key_new_random(31, &odd, err));
	FAILS(key_sqlite_text(odd, &k, err), HRV_EUSAGE);
	key_free(odd);
	key_free(text);
	key_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starting_twice_is_starting_once),
		cmocka_unit_test(random_bytes_fill_all_and_differ),
		cmocka_unit_test(sha256_gives_the_answers_of_fips_180),
		cmocka_unit_test(a_stream_and_pieces_hash_like_the_whole),
		cmocka_unit_test(hmac_gives_the_answers_of_rfc_4231),
		cmocka_unit_test(comparing_sees_every_byte),
		cmocka_unit_test(a_key_has_between_1_and_4096_bytes),
		cmocka_unit_test(random_keys_differ),
		cmocka_unit_test(used_up_locked_memory_is_an_error_and_passes),
		cmocka_unit_test(a_shortage_inside_the_library_is_an_error_too),
		cmocka_unit_test(check_values_tell_keys_and_ids_apart),
		cmocka_unit_test(a_database_key_is_67_characters),
	};

	return RUN(tests);
}
