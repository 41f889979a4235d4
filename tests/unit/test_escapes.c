/* SPDX-License-Identifier: ISC */
/* A text that writes letters otherwise is known as one. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/escapes.h"

#define BASE64                                                                 \
	"TWFyZ3Vlcml0ZSBPbGRuYW1lIHNpZ25lZCB0aGlzIGxldHRlciBvbiBhIE1vbmRheSBt" \
	"\n"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool
any(const char *s)
{
	return escapes_any(s, strlen(s));
}

static void
what_hides_a_letter_is_seen(void **state)
{
	static const char *const list[] = { "by =C5=81ukasz", "by =c5=81",
		"=4Dueller", "Mu=\nller", "Mu=\r\nller",
		"Subject: =?UTF-8?Q?M?=", "by &#321;ukasz", "M&uuml;ller",
		"&#x141;", "a M<b>ue</b>ller", "M\xc3\xbc<br>ller",
		"M<!-- -->uller", "?who=M%C3%BCller", "Ann%20Known",
		"M\\u00fcller", "M\\u{fc}ller", "M\\xfcller", "M\\'fcller",
		"a\n" BASE64 };
	(void)state;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (!any(list[i]))
			fail_msg("not seen: %s", list[i]);
	}
}

static void
what_people_write_is_plain(void **state)
{
	static const char *const list[] = { "", "=", "&", "%", "\\", "<",
		"Talk with Herr Mueller, J. about Ann.",
		"The plan\n========\n\na = b\n", "sum =\n12",
		"=====", "R&D; M&S, Ann & Bob; x",
		"5 % of 100, 100% sure, 50%.", "total=100, x=12, n=9",
		"1 < 2, a <b@example.org>", "C:\\users\\ann, \\n",
		"don't, O'Brien", HEX };
	(void)state;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (any(list[i]))
			fail_msg("taken for one: %s", list[i]);
	}
}

/* What a text ends with is not read past its end. */
static void
the_end_is_the_end(void **state)
{
	static const char text[] = "M\\u00fcller=C5&uuml;%C5";
	(void)state;

	assert_false(escapes_any(text, 6));
	assert_true(escapes_any(text, 7));
	assert_false(escapes_any(text + 11, 2));
	assert_true(escapes_any(text + 11, 3));
	assert_false(escapes_any(text + 14, 5));
	assert_true(escapes_any(text + 14, 6));
	assert_false(escapes_any(text + 20, 2));
	assert_true(escapes_any(text + 20, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hides_a_letter_is_seen),
		cmocka_unit_test(what_people_write_is_plain),
		cmocka_unit_test(the_end_is_the_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
