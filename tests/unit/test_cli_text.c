/* SPDX-License-Identifier: ISC */
/*
 * What commands use from the library to put results together and to show
 * them: hrvault/text.h and hrvault/docmake.h.
 */
#include <string.h>

#include "hrvault/docmake.h"
#include "hrvault/text.h"
#include "tests/unit/unit.h"

static void
json_is(const char *from, const char *want)
{
	char *got = hrv_text_json(from);

	assert_string_equal(got, want);
	hrv_text_free(got);
}

static void
test_json_text_keeps_its_value_and_obeys_no_terminal(void **state)
{
	(void)state;
	json_is("{\"a\":\"<U+202E>\"}", "{\"a\":\"<U+202E>\"}");
	json_is("\"Zo\xc3\xab \xe7\x8e\x8b\"", "\"Zo\xc3\xab \xe7\x8e\x8b\"");
	json_is("\"\xe2\x80\xae\"", "\"\\u202e\"");
	json_is("\"\xc2\x9b"
		"31m\"",
	    "\"\\u009b31m\"");
	json_is("\"\x7f\"", "\"\\u007f\"");
	json_is("\"\xf3\xa0\x80\x81\"", "\"\\udb40\\udc01\"");
	json_is("", "");
}

static void
test_visible_text_is_one_harmless_line(void **state)
{
	char *got = hrv_text_visible("a\033[2J\n\xe2\x80\xae\xff");

	(void)state;
	assert_string_equal(got, "a\\x1b[2J\\x0a<U+202E>\\xff");
	hrv_text_free(got);
	hrv_text_free(NULL);
}

static int
join(void *ctx, const char *key, const struct hrv_doc *value)
{
	char *text = ctx;

	(void)value;
	text[strlen(text)] = key[0];
	return strcmp(key, "c") == 0 ? 7 : 0;
}

static void
test_documents_are_made_and_walked_in_order(void **state)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *list = hrv_doc_new_array();
	char keys[32] = "", *text = NULL;

	(void)state;
	assert_true(hrv_doc_set_str(doc, "b", "x"));
	assert_true(hrv_doc_set_str(doc, "a", NULL));
	assert_true(hrv_doc_add_str(list, "one"));
	assert_true(hrv_doc_set(doc, "c", list));
	assert_true(hrv_doc_set_bool(doc, "d", true));
	assert_true(hrv_doc_set_int(doc, "e", -5));
	OK_(hrv_doc_json(doc, false, &text, err));
	assert_string_equal(text,
	    "{\"b\":\"x\",\"a\":null,\"c\":[\"one\"],\"d\":true,\"e\":-5}");
	hrv_doc_text_free(text);
	assert_int_equal(hrv_doc_each(doc, join, keys), 7);
	assert_string_equal(keys, "bac");
	assert_int_equal(hrv_doc_kind(hrv_doc_get(doc, "a")), HRV_DOC_NULL);
	assert_int_equal(hrv_doc_kind(hrv_doc_get(doc, "c")), HRV_DOC_ARRAY);
	assert_int_equal(hrv_doc_kind(hrv_doc_get(doc, "d")), HRV_DOC_BOOL);
	assert_int_equal(hrv_doc_kind(NULL), HRV_DOC_NULL);
	assert_int_equal(hrv_doc_number(hrv_doc_get(doc, "e")), -5);
	assert_true(hrv_doc_is_true(hrv_doc_get(doc, "d")));
	hrv_doc_free(doc);
}

static void
test_a_document_refuses_what_it_cannot_hold(void **state)
{
	struct hrv_doc *doc = hrv_doc_new_object();

	(void)state;
	assert_false(hrv_doc_set_str(doc, "a", "\xff"));
	assert_false(hrv_doc_set_str(NULL, "a", "x"));
	/* What is handed over is freed all the same. */
	assert_false(hrv_doc_set(NULL, "a", hrv_doc_new_array()));
	assert_false(hrv_doc_add(doc, hrv_doc_new_array()));
	assert_int_equal(hrv_doc_each(doc, join, NULL), 0);
	hrv_doc_free(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_json_text_keeps_its_value_and_obeys_no_terminal),
		cmocka_unit_test(test_visible_text_is_one_harmless_line),
		cmocka_unit_test(test_documents_are_made_and_walked_in_order),
		cmocka_unit_test(test_a_document_refuses_what_it_cannot_hold),
	};

	return RUN(tests);
}
