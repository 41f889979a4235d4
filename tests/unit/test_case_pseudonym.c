/* SPDX-License-Identifier: ISC */
/* Other people's names become letters; JSON pointers take fields out. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/jsonptr.h"
#include "vault/bulk.h"
#include "vault/pseudonym.h"

static const char people[] =
    "[{\"as\":\"Person A\",\"names\":[\"Ravi Ítalo\",\"Рави Итало\","
    "\"王小明\",\"ラヴィ\",\"رافي إيتالو\"],\"marks\":[\"ravi@example.org\","
    "\"E-1002\"],\"phones\":[\"+44 20 7946 0958\"]},"
    "{\"as\":\"Person B\",\"names\":[\"Jan van der Berg\",\"Amrit Kaur\","
    "\"Li Wu\"],\"phones\":[\"030 1234567\"]},"
    "{\"as\":\"Person C\",\"names\":[\"Jürgen Groß-Müller\","
    "\"Åse Bjørnæs\",\"Michael Hueber\"]}]";

static struct pseudonyms *
make(void)
{
	json_t *list = json_loads(people, 0, NULL);
	json_t *own = json_loads("[\"Amrit Singh\",\"Zoë\"]", 0, NULL);
	struct pseudonyms *p = NULL;

	assert_non_null(list);
	OK_(pseudonyms_new(list, own, &p, err));
	json_decref(list);
	json_decref(own);
	return p;
}

static void
becomes(const char *text, const char *want)
{
	struct pseudonyms *p = make();
	struct buf out = BUF_INIT_SECRET;
	bool any = false;

	OK_(pseudonyms_text(p, text, &out, &any, err));
	assert_string_equal(buf_str(&out), want);
	assert_int_equal(any, strcmp(text, want) != 0);
	buf_clear(&out);
	pseudonyms_free(p);
}

static void
letters_are_spelled_out(void **state)
{
	(void)state;
	becomes("Herr Mueller, J.", "Herr Person C, J.");
	becomes("MUELLER", "Person C");
	becomes("Mullers", "Person C");
	becomes("Mueller's", "Person C's");
	becomes("Juergen Gross-Mueller", "Person C");
	becomes("juergenmueller, jurgenmuller", "Person C, Person C");
	becomes("Mu\xcc\x88ller", "Person C"); /* decomposed */
	becomes("Aase Bjoernaes; und Åse Bjornæs", "Person C; und Person C");
	becomes("Frau Hüber", "Frau Person C");
	becomes("Michal, Muellerei, Muler", "Michal, Muellerei, Muler");
	becomes("Zoe, Zoë", "Zoe, Zoë");
}

static void
a_name_is_found_however_it_is_written(void **state)
{
	(void)state;
	becomes("Ravi Ítalo was there", "Person A was there");
	becomes("by RAVI ITALO.", "by Person A.");
	becomes("Ítalo, Ravi (witness)", "Person A (witness)");
	becomes("ravi i\xcc\x81talo", "Person A"); /* decomposed */
	becomes("ＲＡＶＩ", "Person A");	   /* full width */
	becomes("R\xc2\xad"
		"avi",
	    "Person A"); /* soft hyphen */
	becomes("Рави ИТАЛО сказал", "Person A сказал");
	becomes("问王小明吧", "问Person A吧");
	becomes("ラヴィさん", "ラヴィさん"); /* no blank: another word */
	becomes("ラヴィ さん", "Person A さん");
	becomes("قال رافي إيتالو ذلك", "قال Person A ذلك");
	becomes("Ravi's desk, Ravi’s chair, Ravis Tisch",
	    "Person A's desk, Person A’s chair, Person A Tisch");
	becomes("l'Italo et d’Italo", "l'Person A et d’Person A");
	becomes("raviitalo.pdf RAVI_ITALO", "Person A.pdf Person A");
	becomes("a\nRavi", "a\nPerson A");
}

static void
what_only_looks_like_it_stays(void **state)
{
	(void)state;
	becomes("der Vertrag van de klant", "der Vertrag van de klant");
	becomes("van der Berg", "Person B");
	becomes("Amrit Singh and Amrit", "Amrit Singh and Amrit");
	becomes("Amrit Kaur and Kaur", "Person B and Person B");
	becomes("li quando", "li quando");
	becomes("Li said", "Person B said");
	becomes("王 alone", "王 alone");
	becomes("ravish", "ravish");
	becomes("", "");
}

static void
addresses_numbers_and_phones_go_whole(void **state)
{
	(void)state;
	becomes("mail Ravi@Example.org now", "mail Person A now");
	becomes("no. e-1002, E–1002", "no. Person A, Person A");
	becomes("E-10023", "E-10023");
	becomes("call 020 7946 0958", "call Person A");
	becomes("+44 (0)20 79460958!", "+Person A!");
	becomes("020 7946 0959", "020 7946 0959");
	becomes("0044 20.7946.0958", "Person A");
	becomes("+49 30 1234567", "+Person B");
	becomes("tel. 030/123 45 67", "tel. Person B");
	becomes("0301234567", "Person B");
	becomes("030 1234568", "030 1234568");
}

static void
json_is_walked_whole(void **state)
{
	struct pseudonyms *p = make();
	json_t *doc = json_loads("{\"by\":\"Ravi\",\"Ravi Ítalo\":[1,{\"x\":"
				 "\"italo\"}],\"Person A\":true,\"n\":1.5}",
	    0, NULL);
	bool any = false;
	char *text;
	(void)state;

	OK_(pseudonyms_json(p, &doc, &any, err));
	assert_true(any);
	text = json_dumps(doc, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text,
	    "{\"Person A\":[1,{\"x\":\"Person A\"}],\"Person A (2)\":true,"
	    "\"by\":\"Person A\",\"n\":1.5}");
	free(text);
	json_decref(doc);
	pseudonyms_free(p);
}

static void
removes(const char *doc, const char *pointer, const char *want)
{
	json_t *v = json_loads(doc, JSON_DECODE_ANY, NULL);
	char *text;

	assert_int_equal(jsonptr_remove(v, pointer), strcmp(doc, want) != 0);
	text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	assert_string_equal(text, want);
	free(text);
	json_decref(v);
}

static void
a_pointer_takes_out_what_it_names(void **state)
{
	static const char doc[] = "{\"\":1,\"a/b\":{\"m~n\":2},\"l\":[3,{\"x\":"
				  "4},5]}";
	(void)state;

	removes(doc, "/", "{\"a/b\":{\"m~n\":2},\"l\":[3,{\"x\":4},5]}");
	removes(doc, "/a~1b/m~0n", "{\"\":1,\"a/b\":{},\"l\":[3,{\"x\":4},5]}");
	removes(doc, "/l/1/x", "{\"\":1,\"a/b\":{\"m~n\":2},\"l\":[3,{},5]}");
	removes(doc, "/l/0",
	    "{\"\":1,\"a/b\":{\"m~n\":2},\"l\":[\"[redacted]\",{\"x\":4},5]}");
	removes("[\"[redacted]\"]", "/0", "[\"[redacted]\"]");
	removes(doc, "/l/3", doc);
	removes(doc, "/l/01", doc);
	removes(doc, "/l/-", doc);
	removes(doc, "/l/1/x/y", doc);
	removes(doc, "", doc);
	removes(doc, "l", doc);
	removes(doc, "/a~2", doc);
	removes("7", "/0", "7");
	assert_false(jsonptr_ok(""));
	assert_false(jsonptr_ok("/a~"));
	assert_true(jsonptr_ok("/"));
}

static void
a_member_that_identifies_is_known(void **state)
{
	static const char *const yes[] = { "name", "Full Name", "E-Mail",
		"emailAddress", "Date of birth", "home_address", "IBAN",
		"Geburtsdatum", "socialSecurityNumber", "next-of-kin", "Straße",
		"Prénom", "Téléphone privé", "Née le", "Ｎａｍｅ", "\xff" };
	static const char *const no[] = { "salary", "grade", "title", "note",
		"start", "hours", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(bulk_identifies(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(bulk_identifies(no[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_however_it_is_written),
		cmocka_unit_test(letters_are_spelled_out),
		cmocka_unit_test(what_only_looks_like_it_stays),
		cmocka_unit_test(addresses_numbers_and_phones_go_whole),
		cmocka_unit_test(json_is_walked_whole),
		cmocka_unit_test(a_pointer_takes_out_what_it_names),
		cmocka_unit_test(a_member_that_identifies_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
