/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

static struct subjecthome_hits h;

static void
test_words_are_found_in_any_order_and_script(void **state)
{
	static const struct {
		const char *name;
		const char *find[4];
	} cases[] = {
		{ "Lovas Ødegård",
		    { "odegard", "ODEGARD lovas", "name:ødegård", NULL } },
		{ "Łukasz Wiśniewski", { "lukasz", "Wisniewski", NULL } },
		{ "Siobhán O’Brien", { "O'Brien", "obrien siobhan", NULL } },
		{ "Inés García-López", { "garcia", "lopez-garcia", NULL } },
		{ "李小龍", { "李", "小龍", NULL } },
		{ "Søren Æbelø", { "soren aebelo", NULL } },
		{ "مُحَمَّد عبد الله", { "محمد", "عبد الله", NULL } },
		{ "नेहा शर्मा", { "नेहा", "शर्मा नेहा", NULL } },
		{ "Ngozi Adichie", { "adichie", NULL } },
	};
	char id[ID_TEXT_SIZE];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		subjecthome_add(cases[i].name, NULL, id);
		for (size_t k = 0; cases[i].find[k] != NULL; k++) {
			if (subjecthome_find(cases[i].find[k], &h) != 1)
				fail_msg("%s: %zu hits", cases[i].find[k], h.n);
			assert_string_equal(h.id[0], id);
			assert_string_equal(h.name[0], cases[i].name);
			assert_string_equal(h.matched[0], "name");
		}
	}
	assert_int_equal(subjecthome_find("नहा", &h), 0);
	assert_int_equal(subjecthome_find("lovas adichie", &h), 0);
	assert_int_equal(subjecthome_find("ovas", &h), 0);
}

static void
test_numbers_addresses_and_phones_are_known_by_their_shape(void **state)
{
	static const char *const emails[] = { "Ann+HR@Example.org",
		"ann@home.example" };
	static const char *const phones[] = { "+44 (0)20 7946 0958" };
	struct hrv_subject_add_args a = { .kind = "candidate",
		.fields = { .name = "Ann Example",
		    .number = "E–1001",
		    .emails = emails,
		    .n_emails = 2,
		    .phones = phones,
		    .n_phones = 1 } };
	struct hrv_doc *doc = NULL;
	(void)state;

	OK_(hrv_subject_add(v, &a, &doc, err));
	assert_int_equal(subjecthome_find("e-1001", &h), 1);
	assert_string_equal(h.id[0], hrv_doc_str(doc, "id"));
	assert_string_equal(h.matched[0], "number");
	assert_int_equal(subjecthome_find("ann+hr@example.ORG", &h), 1);
	assert_string_equal(h.matched[0], "emails");
	assert_int_equal(subjecthome_find("email:ann@home.example", &h), 1);
	assert_int_equal(subjecthome_find("ann@example.org", &h), 0);
	assert_int_equal(subjecthome_find("0044 20 7946-0958", &h), 1);
	assert_string_equal(h.matched[0], "phones");
	assert_int_equal(subjecthome_find("name:e-1001", &h), 0);
	assert_int_equal(subjecthome_find("number:Ann", &h), 0);
	hrv_doc_free(doc);
}

static void
test_people_of_the_same_name_are_all_found(void **state)
{
	char one[ID_TEXT_SIZE], two[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("José Silva", "S-1", one);
	subjecthome_add("Jose Silva", "S-2", two);
	assert_int_equal(subjecthome_find("silva jose", &h), 2);
	assert_true(strcmp(h.id[0], one) == 0 || strcmp(h.id[1], one) == 0);
	assert_true(strcmp(h.id[0], two) == 0 || strcmp(h.id[1], two) == 0);
}

static void
test_a_hit_of_the_index_alone_is_not_shown(void **state)
{
	/* Tokens of two different words of two fields never meet, and a
	 * query whose words stand in two people's names finds neither. */
	(void)state;

	subjecthome_add("Amara Okafor", NULL, NULL);
	subjecthome_add("Kofi Mensah", NULL, NULL);
	assert_int_equal(subjecthome_find("amara mensah", &h), 0);
}

static void
test_hostile_names_are_kept_as_they_are_or_refused(void **state)
{
	static char longest[1002], longer[10002];
	struct hrv_subject_add_args a = { .kind = "employee" };
	struct hrv_doc *doc = NULL;
	char id[ID_TEXT_SIZE];
	(void)state;

	subjecthome_add("Eve \033[31mRed\033[0m", "X-1", id);
	assert_int_equal(subjecthome_find("number:X-1", &h), 1);
	assert_string_equal(h.name[0], "Eve \033[31mRed\033[0m");
	subjecthome_add("Mallory \xe2\x80\xae"
			"gnp.exe",
	    "X-2", id);
	assert_int_equal(subjecthome_find("mallory", &h), 1);
	memset(longest, 'a', 1000);
	subjecthome_add(longest, "X-3", id);
	assert_int_equal(subjecthome_find(longest, &h), 1);

	memset(longer, 'a', 10000);
	a.fields.name = longer;
	FAILS(hrv_subject_add(v, &a, &doc, err), HRV_EUSAGE);
	a.fields.name = "\xff\xfe";
	FAILS(hrv_subject_add(v, &a, &doc, err), HRV_EUSAGE);
	a.fields.name = " \t ";
	FAILS(hrv_subject_add(v, &a, &doc, err), HRV_EUSAGE);
	a.fields.name = "";
	FAILS(hrv_subject_add(v, &a, &doc, err), HRV_EUSAGE);
	FAILS(
	    hrv_subject_find(v, longer, subjecthome_take, &h, err), HRV_EUSAGE);
	FAILS(hrv_subject_find(v, "", subjecthome_take, &h, err), HRV_EUSAGE);
	FAILS(
	    hrv_subject_find(v, "\xff", subjecthome_take, &h, err), HRV_EUSAGE);
	assert_int_equal(subjecthome_find("!!!", &h), 0);
}

static void
test_the_list_is_sorted_by_name_and_has_everybody(void **state)
{
	(void)state;

	h = (struct subjecthome_hits){ 0 };
	OK_(hrv_subject_list(v, false, subjecthome_take, &h, err));
	assert_true(h.n > 8);
	for (size_t i = 1; i < 8; i++)
		assert_true(h.name[i][0] != '\0');
	assert_int_equal(strncmp(h.name[0], "aaaa", 4), 0);
	assert_string_equal(h.name[1], "Amara Okafor");
	assert_string_equal(h.name[2], "Ann Example");
}

static void
test_every_search_is_an_intent_and_an_outcome(void **state)
{
	uint64_t before;
	(void)state;

	OK_(txn_begin(v, err));
	before = v->frontier.size;
	txn_abort(v);
	assert_int_equal(subjecthome_find("kofi", &h), 1);
	assert_int_equal(subjecthome_find("nobody-like-this", &h), 0);
	OK_(txn_begin(v, err));
	assert_int_equal(v->frontier.size, before + 4);
	txn_abort(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_found_in_any_order_and_script),
		cmocka_unit_test(
		    test_numbers_addresses_and_phones_are_known_by_their_shape),
		cmocka_unit_test(test_people_of_the_same_name_are_all_found),
		cmocka_unit_test(test_a_hit_of_the_index_alone_is_not_shown),
		cmocka_unit_test(
		    test_hostile_names_are_kept_as_they_are_or_refused),
		cmocka_unit_test(
		    test_the_list_is_sorted_by_name_and_has_everybody),
		cmocka_unit_test(test_every_search_is_an_intent_and_an_outcome),
	};

	return RUN_SUBJECT(tests);
}
