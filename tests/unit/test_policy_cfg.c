/* SPDX-License-Identifier: ISC */
/*
 * The strict reader: what libconfig would misread is refused with its line,
 * what is right comes out as a plain tree, and all mistakes come at once.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cfg.h"

static void
refused_with_its_line_and_reason(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} bad[] = {
		{ "a = 1;\n@include \"/etc/passwd\"\n", 2, "@include" },
		{ "a = 1;\n  @include \"x\"\n", 2, "@include" },
		{ "a = 99999999999;", 1, "nine digits" },
		{ "\n\na = 4294967309L;", 3, "nine digits" },
		{ "a = 5L;", 1, "not a plain number" },
		{ "a = 010;", 1, "begins with 0" },
		{ "a = -010;", 1, "begins with 0" },
		{ "a = 0x1F;", 1, "not a plain number" },
		{ "a = +5;", 1, "not a plain number" },
		{ "a = 1e9;", 1, "not a plain number" },
		{ "a = .5;", 1, "not a plain number" },
		{ "a = 1.0000000001;", 1, "nine digits" },
		{ "a = \"x\ny\";\nb = 1; b = 2;", 3, "same name" },
		{ "a = [ 1, \"x\" ];", 1, "different types" },
		{ "a = ( 1,\n );", 2, "comma stands before" },
		{ "a = ( 1 ];", 1, "opened in line 1 is not closed with )" },
		{ "a = {\nb = ( 1 2 ); };", 2, "not closed with )" },
		{ "a = {\nb = 1;\n", 1, "not closed with }" },
		{ "a = [ { b = 1; } ];", 1, "a value is missing before {" },
		{ "a = ;", 1, "a value is missing before ;" },
		{ "a = 1;;", 1, "a name is missing before ;" },
		{ "a 1;", 1, "= is missing before 1" },
		{ "a\n", 2, "= is missing at the end" },
		{ "a = \"x\" = \"y\";", 1, "a name is missing before =" },
		{ "true = 1;", 1, "a name is missing before true" },
		{ "\"a\" = 1;", 1, "missing before the string" },
		{ "a = \xc3\xa9;", 1, "missing before a stray" },
		{ "a = 1; }", 1, "a name is missing before }" },
		{ "a = _x;", 1, "_x is not a value" },
		{ "a = yes;", 1, "yes is not a value" },
		{ "a = ( \"x\"\n \"y\" );", 2, "side by side" },
		{ "a = ( \"x\" /* , */\n # c\n \"y\" );", 3, "side by side" },
		{ "a = \"x\ny", 1, "string is never closed" },
		{ "a = 1;\n/* b\nc\n", 2, "comment is never closed" },
		{ "a = \"\\x00\";", 1, "unknown escape" },
		{ "a = \"\\q\";", 1, "unknown escape" },
		{ "a = \"\001\";", 1, "control character 0x01" },
		{ "a = \"\xff\";", 1, "not valid UTF-8" },
		{ "a = \"\xc0\x80\";", 1, "not valid UTF-8" },
		{ "a = \"\xed\xa0\x80\";", 1, "not valid UTF-8" },
		{ "\xef\xbb\xbf"
		  "a = 1;",
		    1, "byte order mark" },
		{ "a = ((((((((((((((((1))))))))))))))));\n", 0, NULL },
		{ "a =\n(((((((((((((((((1)))))))))))))))));\n", 2,
		    "more than 16" },
		{ "a.b = 1;", 1, "a name is missing before a.b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
		struct cfg *c = cfg_parse(bad[i].text, strlen(bad[i].text), &e);

		if (bad[i].says == NULL) {
			assert_non_null(c);
		} else {
			if (c != NULL || e.count == 0)
				fail_msg("read: %s", bad[i].text);
			if (e.item[0].line != bad[i].line ||
			    strstr(e.item[0].message, bad[i].says) == NULL)
				fail_msg("%s: %d %s", bad[i].text,
				    e.item[0].line, e.item[0].message);
		}
		cfg_free(c);
		hrv_file_errors_clear(&e);
	}
}

static void
a_nul_byte_and_a_huge_file_are_refused(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	static const char nul[] = "a = 1;\nb\0 = 2;\n";
	char *big = malloc(CFG_SIZE_MAX + 1);

	(void)state;
	assert_null(cfg_parse(nul, sizeof(nul) - 1, &e));
	assert_int_equal(e.item[0].line, 2);
	hrv_file_errors_clear(&e);
	assert_non_null(big);
	memset(big, ' ', CFG_SIZE_MAX + 1);
	assert_null(cfg_parse(big, CFG_SIZE_MAX + 1, &e));
	assert_non_null(strstr(e.item[0].message, "1 MiB"));
	hrv_file_errors_clear(&e);
	for (size_t i = 0; i + 4 <= CFG_SIZE_MAX; i += 4)
		memcpy(big + i, "a=1;", 4);
	assert_null(cfg_parse(big, CFG_SIZE_MAX, &e));
	assert_non_null(strstr(e.item[0].message, "2000 settings"));
	hrv_file_errors_clear(&e);
	free(big);
}

static void
a_right_text_becomes_a_tree(void **state)
{
	static const char text[] =
	    "# comment\r\n"
	    "a = \"joined \" /* and */ \"text\";\n"
	    "g : { n = 999999999; m = -1, t = TRUE; f = 1.5 }\n"
	    "l = ( \"@include\", \"99999999999\", ( ), { } );\n"
	    "r = [ \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\" ];"
	    " // \" no newline";
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct cfg *c = cfg_parse(text, sizeof(text) - 1, &e);
	const struct cfg_node *root, *g, *l;
	int32_t n = 0;
	bool t = false;

	(void)state;
	assert_non_null(c);
	root = cfg_root(c);
	assert_int_equal(root->type, CFG_GROUP);
	assert_int_equal(root->count, 4);
	assert_string_equal(cfg_string(root, "a", true, &e), "joined text");
	g = cfg_group(root, "g", true, &e);
	assert_non_null(g);
	assert_int_equal(g->line, 3);
	assert_true(cfg_int(g, "n", 0, 999999999, &n, &e));
	assert_int_equal(n, 999999999);
	assert_true(cfg_bool(g, "t", &t, &e) && t);
	assert_int_equal(cfg_find(g, "f")->type, CFG_FLOAT);
	l = cfg_list(root, "l", true, &e);
	assert_int_equal(l->count, 4);
	assert_string_equal(cfg_entry(l, 0, "l", &e), "@include");
	assert_int_equal(l->child[3]->count, 0);
	assert_non_null(cfg_list(root, "r", true, &e));
	assert_true(hrv_file_errors_none(&e));
	cfg_free(c);
}

static void
wrong_values_are_reported_one_by_one(void **state)
{
	static const char text[] = "d = 20260131; p = 6; q = \"P1W\";\n"
				   "s = 5; i = \"5\"; big = 11; b = 1;\n"
				   "date = \"2026-02-30\"; r = \"P201Y\";\n"
				   "l = \"x\"; m = ( 1, \" \", \"y\" );\n"
				   "complment = 1; e = \"\";";
	static const char *const keys[] = { "d", "p", "q", "s", "i", "big", "b",
		"date", "r", "l", "m", "e", "compartment", "complement", NULL };
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct cfg *c = cfg_parse(text, sizeof(text) - 1, &e);
	const struct cfg_node *root = cfg_root(c), *m;
	struct hrv_duration p;
	struct hrv_date d;
	int32_t n;
	bool b;

	(void)state;
	assert_false(cfg_date(root, "d", &d, &e));
	assert_false(cfg_duration(root, "p", &p, &e));
	assert_non_null(strstr(e.item[1].remedy, "\"P6Y\""));
	assert_false(cfg_duration(root, "q", &p, &e));
	assert_null(cfg_string(root, "s", false, &e));
	assert_false(cfg_int(root, "i", 0, 9, &n, &e));
	assert_false(cfg_int(root, "big", 0, 10, &n, &e));
	assert_false(cfg_bool(root, "b", &b, &e));
	assert_false(cfg_date(root, "date", &d, &e));
	assert_false(cfg_duration(root, "r", &p, &e));
	assert_null(cfg_list(root, "l", true, &e));
	m = cfg_list(root, "m", true, &e);
	assert_null(cfg_entry(m, 0, "m", &e));
	assert_null(cfg_entry(m, 1, "m", &e));
	assert_non_null(cfg_entry(m, 2, "m", &e));
	assert_int_equal(e.count, 12);
	cfg_check_keys(root, keys, "the file", &e);
	assert_string_equal(e.item[12].remedy, "did you mean complement?");
	assert_null(cfg_group(root, "nothing", true, &e));
	assert_null(cfg_string(root, "e", true, &e));
	assert_string_equal(cfg_string(root, "e", false, &e), "");
	assert_int_equal(e.count, 15);
	FAILS(hrv_file_errors_fail(&e, "x.cfg", err), HRV_EUSAGE);
	cfg_free(c);
	hrv_file_errors_clear(&e);
}

static void
many_errors_are_counted_and_quoted_as_text(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_err got = { 0 };

	(void)state;
	cfg_error(&e, 9, NULL, "%.2s\n\033[m", "a\xc3\xa9");
	assert_string_equal(e.item[0].message, "a???[m");
	for (int i = 0; i < 250; i++)
		cfg_error(&e, i % 7, "r", "m%d", i);
	assert_int_equal(e.count, 200);
	assert_int_equal(e.more, 51);
	hrv_file_errors_sort(&e);
	assert_string_equal(e.item[0].message, "m0");
	assert_string_equal(e.item[1].message, "m7");
	assert_int_equal(hrv_file_errors_fail(&e, "f", &got), HRV_EUSAGE);
	assert_string_equal(got.msg, "f:0: m0 (and 250 more)");
	assert_string_equal(got.hint, "r");
	hrv_file_errors_clear(&e);
	OK_(hrv_file_errors_fail(&e, "f", err));
}

static void
ids_and_slips_of_the_pen(void **state)
{
	static const char *const list[] = { "payslip", "pay", NULL, "purpose" };

	(void)state;
	assert_string_equal(cfg_nearest("paylsip", list, 4), "payslip");
	assert_string_equal(cfg_nearest("purpos", list, 4), "purpose");
	assert_null(cfg_nearest("medical", list, 4));
	assert_true(cfg_is_id("uk.paye") && cfg_is_id("grs27_060"));
	assert_true(cfg_is_id("S2P4-24") && cfg_is_id("a"));
	assert_false(cfg_is_id("") || cfg_is_id(".a") || cfg_is_id("a..b") ||
		     cfg_is_id("a b") || cfg_is_id("a.") ||
		     cfg_is_id("\xc3\xa9"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_with_its_line_and_reason),
		cmocka_unit_test(a_nul_byte_and_a_huge_file_are_refused),
		cmocka_unit_test(a_right_text_becomes_a_tree),
		cmocka_unit_test(wrong_values_are_reported_one_by_one),
		cmocka_unit_test(many_errors_are_counted_and_quoted_as_text),
		cmocka_unit_test(ids_and_slips_of_the_pen),
	};

	return RUN(tests);
}
