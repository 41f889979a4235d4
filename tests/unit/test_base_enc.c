/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"

static void
test_base64_round_trip_and_rfc4648_values(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	(void)state;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct buf b = BUF_INIT, back = BUF_INIT;

		enc_b64(&b, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(buf_str(&b), pairs[i][1]);
		assert_true(enc_unb64(buf_str(&b), b.len, &back));
		assert_string_equal(buf_str(&back), pairs[i][0]);
		buf_clear(&b);
		buf_clear(&back);
	}
}

static void
test_base64_refuses_second_spellings(void **state)
{
	static const char *const bad[] = { "Zg=", "Zh==", "Zm9=", "Zg== ",
		"Z===", "Zg==Zg==", "Zm9v\n", "Zm-v", "====" };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b = BUF_INIT;

		assert_false(enc_unb64(bad[i], strlen(bad[i]), &b));
		buf_clear(&b);
	}
}

static void
test_utf8_refuses_surrogates_and_overlong_forms(void **state)
{
	(void)state;
	assert_true(
	    enc_utf8_valid("Zo\xc3\xab \xe6\x9d\x8e \xf0\x9f\x98\x80", 13));
	assert_false(enc_utf8_valid("\xc0\xaf", 2));
	assert_false(enc_utf8_valid("\xed\xa0\x80", 3));
	assert_false(enc_utf8_valid("\xf4\x90\x80\x80", 4));
	assert_false(enc_utf8_valid("\xe6\x9d", 2));
}

static void
test_secret_buffer_grows_and_keeps_its_bytes(void **state)
{
	struct buf b = BUF_INIT_SECRET;
	(void)state;

	for (int i = 0; i < 100000; i++)
		buf_addc(&b, i);
	OK_(buf_ok(&b, err));
	assert_int_equal(b.len, 100000);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], i & 255);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64_round_trip_and_rfc4648_values),
		cmocka_unit_test(test_base64_refuses_second_spellings),
		cmocka_unit_test(
		    test_utf8_refuses_surrogates_and_overlong_forms),
		cmocka_unit_test(test_secret_buffer_grows_and_keeps_its_bytes),
	};

	return RUN(tests);
}
