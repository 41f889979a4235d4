/* SPDX-License-Identifier: ISC */
/* Documents of other people, written again without a loss. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json_kept.h"

static void
again(const char *text, const char *want)
{
	struct buf out = BUF_INIT_SECRET;
	json_t *v = NULL;

	OK_(json_kept_read(text, strlen(text), &v, err));
	OK_(json_kept_pretty(v, &out, err));
	assert_string_equal(buf_str(&out), want);
	json_decref(v);
	buf_clear(&out);
}

static void
numbers_keep_their_characters(void **state)
{
	(void)state;
	again("12.50", "12.50");
	again("12345678901234567890", "12345678901234567890");
	again("[-0, 1e400,1E+2 ,0.10, true, null]",
	    "[\n  -0,\n  1e400,\n  1E+2,\n  0.10,\n  true,\n  null\n]");
	again("{\"a\":3.14159265358979323846}",
	    "{\n  \"a\": 3.14159265358979323846\n}");
}

static void
texts_are_no_numbers(void **state)
{
	(void)state;
	again("[\"12.50\",\"\\\\u00001\",\"\\\"\",\"-1,2\"]",
	    "[\n  \"12.50\",\n  \"\\\\u00001\",\n  \"\\\"\",\n  \"-1,2\"\n]");
}

static void
a_number_can_be_looked_into(void **state)
{
	json_t *v = NULL;
	(void)state;

	OK_(json_kept_read("[447700900417,\"x\",{}]", 21, &v, err));
	assert_string_equal(
	    json_kept_str(json_array_get(v, 0)), "447700900417");
	assert_string_equal(json_kept_str(json_array_get(v, 1)), "x");
	assert_null(json_kept_str(json_array_get(v, 2)));
	json_decref(v);
}

static void
what_is_no_document_is_refused(void **state)
{
	static const char *const wrong[] = { "", "01", "1.", "-", "[1 2]",
		"{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"", "[\"\\", "1 1",
		"\"\xff\"", "+1", ".5", "0x10" };
	(void)state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *v = NULL;

		FAILS(json_kept_read(wrong[i], strlen(wrong[i]), &v, err),
		    HRV_EUSAGE);
	}
}

static void
memory_has_a_bound(void **state)
{
	size_t n = JSON_KEPT_MAX + 1;
	char *text = malloc(n);
	json_t *v = NULL;
	(void)state;

	assert_non_null(text);
	memset(text, ' ', n);
	text[0] = '1';
	OK_(json_kept_read(text, n - 1, &v, err));
	json_decref(v);
	FAILS(json_kept_read(text, n, &v, err), HRV_EUSAGE);
	memset(text, '[', 200);
	memset(text + 200, ']', 200);
	FAILS(json_kept_read(text, 400, &v, err), HRV_EUSAGE);
	text[0] = '[';
	for (size_t i = 1; i + 1 < n; i += 2)
		memcpy(text + i, "1,", 2);
	FAILS(json_kept_read(text, n - 1, &v, err), HRV_EUSAGE);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_keep_their_characters),
		cmocka_unit_test(texts_are_no_numbers),
		cmocka_unit_test(a_number_can_be_looked_into),
		cmocka_unit_test(what_is_no_document_is_refused),
		cmocka_unit_test(memory_has_a_bound),
	};

	return RUN(tests);
}
