/* SPDX-License-Identifier: ISC */
/*
 * Wrapped keys: one blob made by an independent implementation, and every way
 * in which a blob can be the wrong one.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/wrap.h"

/* KEK 00..1f, nonce c0..cb, DEK 80..9f, the context of context_init(). */
static const char known[] = "010100000003c0c1c2c3c4c5c6c7c8c9cacb"
			    "6a0d194a4f296c1a7be748e982275155"
			    "f2d01ea44e07d937aa45f95a0ccff705"
			    "6ee16942c84fa8a382223c0aed92267f";

static void
counting(uint8_t *out, uint8_t first, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(first + i);
}

static struct key *
counting_key(uint8_t first)
{
	struct key *k = NULL;

	OK_(key_new(KEY_LEN, &k, err));
	counting(key_fill(k), first, KEY_LEN);
	return k;
}

static void
context_init(struct wrap_context *c)
{
	memset(c, 0, sizeof(*c));
	counting(c->vault_id, 0x40, 32);
	c->kek_name = "kek/pay";
	c->kek_version = 3;
	counting(c->dek_id, 0x10, 16);
	counting(c->record_id, 0x60, 16);
	c->purpose = WRAP_CONTENT;
}

static void
a_blob_of_another_implementation_opens(void **state)
{
	struct key *kek = counting_key(0), *want = counting_key(0x80);
	struct key *dek = NULL;
	struct wrap_context c;
	uint8_t blob[WRAP_LEN];
	uint32_t version = 0;

	(void)state;
	context_init(&c);
	assert_true(enc_unhex(known, strlen(known), blob, sizeof(blob)));
	OK_(wrap_version(blob, sizeof(blob), &version, err));
	assert_int_equal(version, 3);
	OK_(wrap_open(kek, &c, blob, sizeof(blob), &dek, err));
	assert_int_equal(key_len(dek), KEY_LEN);
	assert_memory_equal(key_bytes(dek), key_bytes(want), KEY_LEN);
	key_free(dek);
	key_free(want);
	key_free(kek);
}

static void
what_was_wrapped_opens_and_no_two_blobs_are_alike(void **state)
{
	struct key *kek = NULL, *dek = NULL, *back = NULL;
	uint8_t one[WRAP_LEN], two[WRAP_LEN];
	struct wrap_context c;

	(void)state;
	context_init(&c);
	c.kek_version = 0xfedcba98;
	OK_(key_new_random(KEY_LEN, &kek, err));
	OK_(key_new_random(KEY_LEN, &dek, err));
	OK_(wrap_key(kek, &c, dek, one, err));
	OK_(wrap_key(kek, &c, dek, two, err));
	assert_memory_equal(one, two, 6);
	assert_memory_equal(one, "\x01\x01\xfe\xdc\xba\x98", 6);
	assert_memory_not_equal(one + 6, two + 6, 12);
	OK_(wrap_open(kek, &c, one, sizeof(one), &back, err));
	assert_memory_equal(key_bytes(back), key_bytes(dek), KEY_LEN);
	key_free(back);
	key_free(dek);
	key_free(kek);
}

static void
another_context_does_not_open_it(void **state)
{
	struct key *kek = counting_key(0), *dek = NULL;
	uint8_t blob[WRAP_LEN];
	struct wrap_context right, c[6];
	size_t i;

	(void)state;
	assert_true(enc_unhex(known, strlen(known), blob, sizeof(blob)));
	context_init(&right);
	for (i = 0; i < 6; i++)
		c[i] = right;
	c[0].vault_id[31] ^= 1;
	c[1].kek_name = "kek/pa";
	c[2].kek_version = 4;
	c[3].dek_id[0] ^= 1;
	c[4].record_id[15] ^= 1;
	c[5].purpose = WRAP_DETAIL;
	for (i = 0; i < 6; i++)
		FAILS(wrap_open(kek, &c[i], blob, sizeof(blob), &dek, err),
		    HRV_EINTEGRITY);
	assert_null(dek);
	key_free(kek);
}

static void
a_damaged_blob_or_another_key_does_not_open_it(void **state)
{
	struct key *kek = counting_key(0), *other = counting_key(1);
	struct key *dek = NULL;
	uint8_t blob[WRAP_LEN + 1] = { 0 };
	struct wrap_context c;
	uint32_t version;
	size_t i;

	(void)state;
	context_init(&c);
	assert_true(enc_unhex(known, strlen(known), blob, WRAP_LEN));
	for (i = 0; i < WRAP_LEN * 8; i++) {
		blob[i / 8] ^= (uint8_t)(1 << i % 8);
		FAILS(wrap_open(kek, &c, blob, WRAP_LEN, &dek, err),
		    HRV_EINTEGRITY);
		blob[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i <= WRAP_LEN + 1; i++)
		if (i != WRAP_LEN)
			FAILS(wrap_open(kek, &c, blob, i, &dek, err),
			    HRV_EINTEGRITY);
	FAILS(wrap_version(blob, 65, &version, err), HRV_EINTEGRITY);
	FAILS(wrap_open(other, &c, blob, WRAP_LEN, &dek, err), HRV_EINTEGRITY);
	assert_null(dek);
	key_free(other);
	key_free(kek);
}

static void
wrong_lengths_are_refused(void **state)
{
	struct key *kek = counting_key(0), *odd = NULL;
	uint8_t blob[WRAP_LEN];
	char name[WRAP_NAME_MAX + 2];
	struct wrap_context c;

	(void)state;
	context_init(&c);
	OK_(key_new_random(31, &odd, err));
	FAILS(wrap_key(kek, &c, odd, blob, err), HRV_EUSAGE);
	FAILS(wrap_key(odd, &c, kek, blob, err), HRV_EUSAGE);
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	c.kek_name = name;
	FAILS(wrap_key(kek, &c, kek, blob, err), HRV_EUSAGE);
	c.kek_name = name + 1;
	OK_(wrap_key(kek, &c, kek, blob, err));
	c.kek_name = "";
	FAILS(wrap_key(kek, &c, kek, blob, err), HRV_EUSAGE);
	key_free(odd);
	key_free(kek);
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
		cmocka_unit_test(a_blob_of_another_implementation_opens),
		cmocka_unit_test(
		    what_was_wrapped_opens_and_no_two_blobs_are_alike),
		cmocka_unit_test(another_context_does_not_open_it),
		cmocka_unit_test(
		    a_damaged_blob_or_another_key_does_not_open_it),
		cmocka_unit_test(wrong_lengths_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
