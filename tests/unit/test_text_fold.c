/* SPDX-License-Identifier: ISC */
/* Folding for the blind index: what must be found by what, in any script, and
 * what may be stored at all. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"

static void
folds(enum text_field field, const char *value, const char *want)
{
	struct buf b = BUF_INIT;

	OK_(text_normalise(field, value, strlen(value), &b, err));
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
found(const char *name, const char *query)
{
	if (!text_matches(TEXT_NAME, name, query))
		fail_msg("%s is not found by %s", name, query);
}

static void
not_found(const char *name, const char *query)
{
	if (text_matches(TEXT_NAME, name, query))
		fail_msg("%s is found by %s", name, query);
}

static void
names_fold_to_base_letters(void **state)
{
	(void)state;
	folds(TEXT_NAME, "Ødegård, Lovas", "odegard lovas");
	folds(TEXT_NAME, "ŁUKASZ Żółć", "lukasz zolc");
	folds(TEXT_NAME, "Đorđević", "dordevic");
	folds(TEXT_NAME, "Weiß", "weiss");
	folds(TEXT_NAME, "WEISS", "weiss");
	folds(TEXT_NAME, "Æsa Œuvré Þórr Ðað", "aesa oeuvre thorr dad");
	folds(TEXT_NAME, "Işık Yılmaz", "isik yilmaz");
	folds(TEXT_NAME, "İPEK", "ipek");
	folds(TEXT_NAME, "ﬁona", "fiona");
	folds(TEXT_NAME, "Ａｎｎａ", "anna");
	folds(TEXT_NAME, "  Smith ;; Jr. ", "smith jr");
	folds(TEXT_NAME, "李小龍", "李 小 龍");
	folds(TEXT_NAME, "مُحَمَّد", "محمد");
	folds(TEXT_NAME, "नेहा", "नेहा");
	folds(TEXT_NAME, "", "");
	folds(TEXT_NAME, "\t-- ", "");
}

static void
composed_and_decomposed_are_one(void **state)
{
	(void)state;
	folds(TEXT_NAME, "Zoe\xcc\x88", "zoe");
	folds(TEXT_NAME, "Zo\xc3\xab", "zoe");
	folds(TEXT_NAME, "\xe1\x84\x80\xe1\x85\xb5\xe1\x86\xb7", "김");
	folds(TEXT_NAME, "\xe2\x84\xaa", "k"); /* Kelvin sign */
}

static void
apostrophes_join_and_hyphens_separate(void **state)
{
	(void)state;
	folds(TEXT_NAME, "O'Brien", "obrien");
	folds(TEXT_NAME, "O\u2019Brien", "obrien");
	folds(TEXT_NAME, "O\u02bcBrien", "obrien");
	found("Seán O'Brien", "obrien");
	found("Seán OBrien", "o'brien sean");
	folds(TEXT_NAME, "Kaʻiulani", "kaiulani");
	folds(TEXT_NAME, "Gal·la", "galla");
	folds(TEXT_NAME, "García-López", "garcia lopez");
	found("María García-López", "lopez");
	found("María García\u2010López", "garcia-lopez");
	not_found("María García-López", "maria gomez");
}

static void
any_order_is_found(void **state)
{
	(void)state;
	found("Ødegård, Lovas", "Lovas odegard");
	found("Ødegård, Lovas", "ODEGARD");
	not_found("Ødegård, Lovas", "Lovas odegaard");
	not_found("Ødegård, Lovas", "");
	not_found("", "x");
}

static void
other_scripts_are_found(void **state)
{
	(void)state;
	found("Δημήτρης Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ");
	found("Алёна Андреева", "алена");
	found("李小龍", "李小龍");
	found("李小龍", "李");
	not_found("李小龍", "王");
	found("高橋さくら", "高橋");
	found("김민수", "김");
	found("أحمد مُحَمَّد", "احمد محمد");
	found("محـمد", "محمد");
	found("נֹעָה כהן", "נעה");
	found("नेहा शर्मा", "शर्मा नेहा");
	not_found("राम", "रमा");
	found("สมชาย ใจดี", "สมชาย");
	found("ガッツ", "ｶﾞｯﾂ");
	not_found("かき", "がき");
	found("Nguyễn Thị Minh", "nguyen");
}

static void
marks_of_direction_do_not_count(void **state)
{
	(void)state;
	folds(TEXT_NAME, "\u202e\u200bAnna\u200d\ufeff", "anna");
	folds(TEXT_EMAIL, "\u200eA@b.example", "a@b.example");
}

static void
addresses_keep_their_tags(void **state)
{
	(void)state;
	folds(TEXT_EMAIL, "  Ann+HR@Example.ORG \n", "ann+hr@example.org");
	folds(TEXT_EMAIL, "ÄNN@EXAMPLE.org", "änn@example.org");
}

static void
phones_are_plus_and_digits(void **state)
{
	(void)state;
	folds(TEXT_PHONE, "+44 (0)20 7946 0958", "+442079460958");
	folds(TEXT_PHONE, "0044 20-7946.0958", "+442079460958");
	folds(TEXT_PHONE, "(020) 7946 0958", "02079460958");
	folds(TEXT_PHONE, "+1 555 010 0199 ext. 12", "+15550100199");
	folds(TEXT_PHONE, "555-0100 x7", "5550100");
	folds(TEXT_PHONE, "+٤٩ ٣٠ ١٢٣", "+4930123");
	folds(TEXT_PHONE, "＋４９", "+49");
	folds(TEXT_PHONE, "none", "");
}

static void
numbers_lose_blanks_only(void **state)
{
	(void)state;
	folds(TEXT_NUMBER, " e 1001 ", "e1001");
	folds(TEXT_NUMBER, "E–1001", "e-1001");
	folds(TEXT_NUMBER, "00042", "00042");
	folds(TEXT_NUMBER, "Ｅ１", "e1");
}

static int
collect(void *arg, const char *token, size_t len)
{
	struct buf *b = arg;

	buf_add(b, token, len);
	buf_addc(b, '|');
	return 0;
}

static void
tokens_come_once_each(void **state)
{
	struct buf b = BUF_INIT;
	const char *name = "Anna Maria ANNA";

	(void)state;
	OK_(text_tokens(TEXT_NAME, name, strlen(name), collect, &b, err));
	assert_string_equal(buf_str(&b), "anna|maria|");
	buf_reset(&b);
	OK_(text_tokens(TEXT_EMAIL, "a b@c", 5, collect, &b, err));
	assert_string_equal(buf_str(&b), "a b@c|");
	buf_clear(&b);
}

static void
what_is_not_utf8_is_refused(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	FAILS(text_normalise(TEXT_NAME, "a\xff", 2, &b, err), HRV_EUSAGE);
	FAILS(
	    text_normalise(TEXT_NAME, "\xed\xa0\x80", 3, &b, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_NAME, "\xc0\x80", 2, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_NAME, "a\0b", 3, err), HRV_EUSAGE);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
}

static void
a_name_has_a_thousand_characters(void **state)
{
	char *s = malloc(20000);
	struct hrv_err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		memcpy(s + 2 * i, "é", 2);
	OK_(text_check_field(TEXT_NAME, s, 2000, err));
	assert_int_equal(text_check_field(TEXT_NAME, s, 20000, &e), HRV_EUSAGE);
	assert_string_equal(
	    e.msg, "the name has 10000 characters; at most 1000 are allowed");
	free(s);
}

static void
fields_have_a_shape(void **state)
{
	(void)state;
	FAILS(text_check_field(TEXT_NAME, " \xc2\xa0\t", 4, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_NAME, "\u200b", 3, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_EMAIL, "abc", 3, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_EMAIL, "@c", 2, err), HRV_EUSAGE);
	FAILS(text_check_field(TEXT_EMAIL, "c@", 2, err), HRV_EUSAGE);
	OK_(text_check_field(TEXT_EMAIL, "a@b", 3, err));
	FAILS(text_check_field(TEXT_PHONE, "no 12", 5, err), HRV_EUSAGE);
	OK_(text_check_field(TEXT_PHONE, "999", 3, err));
	OK_(text_check_field(TEXT_NUMBER, "E-1", 3, err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fold_to_base_letters),
		cmocka_unit_test(composed_and_decomposed_are_one),
		cmocka_unit_test(apostrophes_join_and_hyphens_separate),
		cmocka_unit_test(any_order_is_found),
		cmocka_unit_test(other_scripts_are_found),
		cmocka_unit_test(marks_of_direction_do_not_count),
		cmocka_unit_test(addresses_keep_their_tags),
		cmocka_unit_test(phones_are_plus_and_digits),
		cmocka_unit_test(numbers_lose_blanks_only),
		cmocka_unit_test(tokens_come_once_each),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(a_name_has_a_thousand_characters),
		cmocka_unit_test(fields_have_a_shape),
	};

	return RUN(tests);
}
