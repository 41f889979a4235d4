/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <string.h>

#include "hrvault/controller.h"
#include "vault/base/buf.h"

static const char good[] =
    "controller = {\n"
    "  id = \"x\";\n"
    "  version = \"1\";\n"
    "  name = \"Ødegård Ltd\";\n"
    "  address = ( \"1 Lane\", \"Town\" );\n"
    "  contact = { name = \"Office\"; phone = \"1\"; };\n"
    "  representatives = ( { region = \"EU\"; name = \"R\";\n"
    "    address = ( \"A\" ); laws = ( \"eu-de\" ); } );\n"
    "  authorities = ( { name = \"A\"; laws = ( \"uk-ew\" ); },\n"
    "    { name = \"B\"; } );\n"
    "  automated_decisions = \"none\";\n"
    "};\n";

static struct hrv_controller *
parse(const char *text, struct hrv_file_errors *errors)
{
	*errors = (struct hrv_file_errors)HRV_FILE_ERRORS_INIT;
	return hrv_controller_parse(text, strlen(text), errors);
}

static void
test_a_controller_is_read(void **state)
{
	struct hrv_file_errors errors;
	struct hrv_controller *c = parse(good, &errors);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->self.name, "Ødegård Ltd");
	assert_int_equal(c->self.n_address, 2);
	assert_string_equal(c->self.address[1], "Town");
	assert_string_equal(c->dpo.name, "");
	assert_string_equal(c->complaints.name, "Office");
	assert_string_equal(c->representatives[0].region, "EU");
	assert_int_equal(c->n_authorities, 2);
	assert_string_equal(c->court, "");
	assert_string_equal(c->automated, "");
	hrv_controller_free(c);
	hrv_file_errors_clear(&errors);
}

static void
test_an_office_serves_the_laws_it_names(void **state)
{
	struct hrv_file_errors errors;
	struct hrv_controller *c = parse(good, &errors);

	(void)state;
	assert_non_null(c);
	assert_true(hrv_contact_serves(&c->authorities[0], "uk-ew"));
	assert_false(hrv_contact_serves(&c->authorities[0], "uk-e"));
	assert_true(hrv_contact_serves(&c->authorities[1], "eu-de"));
	hrv_controller_free(c);
	hrv_file_errors_clear(&errors);
}

/* One wrong place, and what the mistake says. */
static const struct {
	const char *old, *new;
	int line;
	const char *message;
} slips[] = {
	{ "  id = \"x\";", "  id = \"x y\";", 2, "id" },
	{ "  version = \"1\";\n", "", 1, "version" },
	{ "\"Ødegård Ltd\"", "\"\"", 4, "name" },
	{ "( \"1 Lane\", \"Town\" )", "()", 5, "address is empty" },
	{ "\"1 Lane\"", "7", 5, "address" },
	{ "phone = \"1\"; ", "", 6, "cannot be reached" },
	{ "name = \"Office\"; ", "", 6, "name" },
	{ "phone = \"1\"", "fax = \"1\"", 6, "fax" },
	{ "region = \"EU\"; ", "", 7, "region" },
	{ "address = ( \"A\" ); ", "", 7, "address" },
	{ "    { name = \"B\"; } );", "    7 );", 10, "authorities" },
	{ "\"none\"", "\"\"", 11, "automated_decisions" },
	{ "\"none\"", "\"a\\nb\"", 11, "line breaks" },
};

static void
test_every_mistake_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		const char *at = strstr(good, slips[i].old);
		struct hrv_file_errors errors;
		struct buf text = BUF_INIT;
		bool found = false;

		assert_non_null(at);
		buf_add(&text, good, (size_t)(at - good));
		buf_adds(&text, slips[i].new);
		buf_adds(&text, at + strlen(slips[i].old));
		assert_null(parse(buf_str(&text), &errors));
		for (size_t k = 0; k < errors.count; k++)
			found |= errors.item[k].line == slips[i].line &&
				 strstr(errors.item[k].message,
				     slips[i].message) != NULL;
		if (!found)
			print_message("# slip %zu: %d %s\n", i,
			    errors.count > 0 ? errors.item[0].line : -1,
			    errors.count > 0 ? errors.item[0].message : "");
		assert_true(found);
		hrv_file_errors_clear(&errors);
		buf_clear(&text);
	}
}

/* As bytes: a source with such characters in it reads as another. */
static void
test_characters_that_play_tricks_are_refused(void **state)
{
	static const unsigned char tricks[][4] = { { 0x1b }, { 0x7f }, { '\t' },
		{ 0xc2, 0x9b }, { 0xe2, 0x80, 0xae }, { 0xe2, 0x80, 0x8f },
		{ 0xe2, 0x80, 0xa8 }, { 0xe2, 0x81, 0xa6 } };
	static const char *const places[] = { "Town", "Office", "1" };

	(void)state;
	for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]) * 3; i++) {
		const char *at = strstr(good, places[i % 3]);
		struct hrv_file_errors errors;
		struct buf text = BUF_INIT;

		assert_non_null(at);
		buf_add(&text, good, (size_t)(at - good));
		buf_adds(&text, (const char *)tricks[i / 3]);
		buf_adds(&text, at);
		assert_null(parse(buf_str(&text), &errors));
		hrv_file_errors_clear(&errors);
		buf_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_controller_is_read),
		cmocka_unit_test(test_an_office_serves_the_laws_it_names),
		cmocka_unit_test(test_every_mistake_is_found),
		cmocka_unit_test(test_characters_that_play_tricks_are_refused),
	};

	return RUN(tests);
}
