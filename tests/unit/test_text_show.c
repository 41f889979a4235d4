/* SPDX-License-Identifier: ISC */
/* Text from records on a terminal: nothing hides, moves or reorders. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/text.h"

static void
shows(const char *value, size_t len, const char *want)
{
	struct buf b = BUF_INIT;

	text_visible(&b, value, len);
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

#define SHOWS(s, want) shows(s, sizeof(s) - 1, want)

static void
control_characters_are_seen(void **state)
{
	(void)state;
	SHOWS("plain Ünïcode 李", "plain Ünïcode 李");
	SHOWS("\x1b[31mred", "\\x1b[31mred");
	SHOWS("a\r\nb\tc", "a\\x0d\\x0ab\\x09c");
	SHOWS("\x7f\0z", "\\x7f\\x00z");
	SHOWS("\xc2\x85\xc2\x9b", "<U+0085><U+009B>");
	SHOWS("\u2028\u2029", "<U+2028><U+2029>");
}

static void
direction_and_nothing_are_seen(void **state)
{
	(void)state;
	SHOWS("\u202e\u202a\u2066\u2069", "<U+202E><U+202A><U+2066><U+2069>");
	SHOWS("\u200e\u200f\u061c", "<U+200E><U+200F><U+061C>");
	SHOWS("a\u200bb\u200d\ufeff", "a<U+200B>b<U+200D><U+FEFF>");
	SHOWS("\u3164\ufe0f\u00ad", "<U+3164><U+FE0F><U+00AD>");
	SHOWS("\U000e0041\ue000\uffff", "<U+E0041><U+E000><U+FFFF>");
}

static void
broken_utf8_is_seen(void **state)
{
	(void)state;
	SHOWS("a\xff"
	      "b",
	    "a\\xffb");
	SHOWS("\xc0\x80", "\\xc0\\x80");
	SHOWS("\xed\xa0\x80", "\\xed\\xa0\\x80");
	SHOWS("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
	SHOWS("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void
any_bytes_become_one_safe_line(void **state)
{
	unsigned int seed = 1;
	char raw[64];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct buf b = BUF_INIT;

		for (size_t i = 0; i < sizeof(raw); i++) {
			seed = seed * 1103515245U + 12345U;
			raw[i] = (char)(seed >> 16);
		}
		text_visible(&b, raw, sizeof(raw));
		assert_true(enc_utf8_valid(b.data, b.len));
		for (size_t i = 0; i < b.len; i++)
			assert_true(b.data[i] >= 0x20 && b.data[i] != 0x7f);
		buf_clear(&b);
	}
}

static void
widths_are_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("李小", 6), 4);
	assert_int_equal(text_width("e\xcc\x81", 3), 1);
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_width("\xff\xfe", 2), 2);
}

static void
the_nearest_word_is_offered(void **state)
{
	static const char *const verbs[] = { "list", "place", "preview",
		"release", "show", "rm", NULL };

	(void)state;
	assert_string_equal(text_nearest("relaese", verbs), "release");
	assert_string_equal(text_nearest("lst", verbs), "list");
	assert_string_equal(text_nearest("SHOW", verbs), "show");
	assert_string_equal(text_nearest("plaec", verbs), "place");
	assert_string_equal(text_nearest("preveiw", verbs), "preview");
	assert_null(text_nearest("frobnicate", verbs));
	assert_null(text_nearest("x", verbs));
	assert_null(text_nearest("", verbs));
}

static void
versions_have_an_order(void **state)
{
	static const char *const rising[] = { "1", "2", "2.0", "2.9", "2.10",
		"2.10-a", "2.10-b", "10", "2025.12", "2026.1", "a", "a1", "a02",
		"a10" };
	size_t n = sizeof(rising) / sizeof(rising[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(text_version_cmp(rising[i], rising[i]), 0);
		for (size_t k = i + 1; k < n; k++) {
			assert_true(text_version_cmp(rising[i], rising[k]) < 0);
			assert_true(text_version_cmp(rising[k], rising[i]) > 0);
		}
	}
	assert_int_equal(text_version_cmp("a02", "a2"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_seen),
		cmocka_unit_test(direction_and_nothing_are_seen),
		cmocka_unit_test(broken_utf8_is_seen),
		cmocka_unit_test(any_bytes_become_one_safe_line),
		cmocka_unit_test(widths_are_columns),
		cmocka_unit_test(the_nearest_word_is_offered),
		cmocka_unit_test(versions_have_an_order),
	};

	return RUN(tests);
}
