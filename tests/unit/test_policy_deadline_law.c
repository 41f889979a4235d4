/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <string.h>

#include "hrvault/zone.h"
#include "tests/policy/deadline_load.h"

static const char good_law[] =
    "law = {\n"
    "  id = \"x-1\";\n"
    "  version = \"1\";\n"
    "  title = \"T\";\n"
    "  timezone = \"Europe/London\";\n"
    "  calendar = \"c-1\";\n"
    "  cite = \"C\";\n"
    "  clock_starts = ( \"received\", \"identity\" );\n"
    "  identity = \"starts\";\n"
    "  period = \"P1M\";\n"
    "  extended = \"P3M\";\n"
    "  extension_notice = \"P1M\";\n"
    "  pause = \"gap\";\n"
    "  roll = \"none\";\n"
    "  internal = \"\";\n"
    "  acknowledge_working_days = \"\";\n"
    "  codes = ( { id = \"A-1\"; title = \"T\"; cite = \"C\"; } );\n"
    "  gates = ( { compartment = \"medical\"; needs = \"opinion\"; } );\n"
    "  never_export = ( \"/a/b~1c\" );\n"
    "};\n";

static const char good_calendar[] = "calendar = {\n"
				    "  id = \"c-1\";\n"
				    "  version = \"1\";\n"
				    "  weekend = ( \"sat\", \"sun\" );\n"
				    "  holidays = ( \"2027-01-01\",\n"
				    "    \"2026-12-25\" );\n"
				    "};\n";

/* The text with the first `old` replaced; the caller clears out. */
static void
edit(const char *text, const char *old, const char *new, struct buf *out)
{
	const char *at = strstr(text, old);

	assert_non_null(at);
	buf_add(out, text, (size_t)(at - text));
	buf_adds(out, new);
	buf_adds(out, at + strlen(old));
}

/* One wrong place: what is written instead, and where and how the mistake is
 * reported. */
struct slip {
	const char *old;
	const char *new;
	int line;
	const char *message;
	const char *remedy;
};

static bool
reported(const struct hrv_file_errors *e, const struct slip *s)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->item[i].line == s->line &&
		    strstr(e->item[i].message, s->message) != NULL &&
		    strstr(e->item[i].remedy, s->remedy) != NULL)
			return true;
	for (size_t i = 0; i < e->count; i++)
		print_message("# %d: %s (%s)\n", e->item[i].line,
		    e->item[i].message, e->item[i].remedy);
	return false;
}

static const struct slip law_slips[] = {
	{ "law = {", "lwa = {", 1, "unknown key lwa", "law" },
	{ "  cite =", "  citation =", 7, "unknown key citation", "" },
	{ "\"x-1\"", "\"x 1\"", 2, "id is not an identifier", "uk-ew" },
	{ "\"x-1\"", "\"\"", 2, "id is empty", "" },
	{ "Europe/London", "../London", 5, "timezone is not", "tz" },
	{ "\"c-1\"", "7", 6, "calendar must be a string", "quotes" },
	{ "\"received\", \"identity\"", "\"identity\"", 8,
	    "must name \"received\"", "add \"received\"" },
	{ "\"received\", \"identity\"", "\"received\"", 8, "contradict",
	    "add \"identity\"" },
	{ "\"starts\"", "\"pauses\"", 8, "contradict", "\"starts\"" },
	{ "\"received\", \"identity\"",
	    "\"received\", \"identity\", \"identity\"", 8,
	    "names \"identity\" twice", "remove" },
	{ "\"received\", \"identity\"", "\"received\", \"identity\", \"id\"", 8,
	    "clock_starts cannot be \"id\"", "\"authority\"" },
	{ "\"starts\"", "\"start\"", 9, "identity cannot be",
	    "\"starts\", \"pauses\", \"ignored\"" },
	{ "period = \"P1M\"", "period = 30", 10, "period must be a duration",
	    "P" },
	{ "period = \"P1M\"", "period = \"1M\"", 10, "period is not a duration",
	    "P" },
	{ "period = \"P1M\"", "period = \"P0D\"", 10, "period has no length",
	    "P1D" },
	{ "  period = \"P1M\";\n", "", 1, "period is missing", "period" },
	{ "\"P3M\"", "\"P30D\"", 11, "not longer than period", "P3M" },
	{ "\"P3M\"", "\"\"", 1, "belong together", "both" },
	{ "\"gap\"", "\"inclusive\"", 13, "pause cannot be",
	    "\"gap\", \"none\"" },
	{ "\"none\"", "\"next\"", 14, "roll cannot be",
	    "\"next_working_day\"" },
	{ "acknowledge_working_days = \"\"",
	    "acknowledge_working_days = \"P10D\"", 16, "not a number of days",
	    "\"10\"" },
	{ "acknowledge_working_days = \"\"", "acknowledge_working_days = \"0\"",
	    16, "not a number of days", "1 to 250" },
	{ "acknowledge_working_days = \"\"",
	    "acknowledge_working_days = \"251\"", 16, "not a number of days",
	    "1 to 250" },
	{ "\"A-1\"", "\"A 1\"", 17, "id of a code", "letters" },
	{ "cite = \"C\"; } )", "} )", 17, "cite is missing", "cite" },
	{ "cite = \"C\"; } )", "cite = \"C\"; why = \"\"; } )", 17,
	    "unknown key why", "remove" },
	{ "( { id = \"A-1\"; title = \"T\"; cite = \"C\"; } )",
	    "( { id = \"A\"; title = \"T\"; cite = \"C\"; },\n"
	    "{ id = \"A\"; title = \"T\"; cite = \"C\"; } )",
	    18, "code A stands there twice", "rename" },
	{ "( { id = \"A-1\"; title = \"T\"; cite = \"C\"; } )", "( \"A-1\" )",
	    17, "must be a group", "" },
	{ "\"opinion\"", "\"consent\"", 18, "needs cannot be",
	    "\"opinion\", \"signoff\"" },
	{ "\"medical\"", "\"medi cal\"", 18, "compartment is not", "letters" },
	{ "needs = \"opinion\"; } )",
	    "needs = \"opinion\"; },\n"
	    "{ compartment = \"medical\"; needs = \"opinion\"; } )",
	    19, "same gate", "remove" },
	{ "\"/a/b~1c\"", "\"a\"", 19, "names no field", "/bank" },
	{ "\"/a/b~1c\"", "\"/a~2\"", 19, "names no field", "/bank" },
	{ "\"/a/b~1c\"", "\"/\"", 19, "names no field", "/bank" },
	{ "\"/a/b~1c\"", "\"/a\", \"/a\"", 19, "\"/a\" twice", "remove" },
	{ "\"/a/b~1c\"", "3", 19, "must be a string", "quotes" },
};

static void
test_each_slip_in_a_law_is_reported_with_line_and_remedy(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(law_slips) / sizeof(law_slips[0]); i++) {
		struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
		struct buf b = BUF_INIT;

		edit(good_law, law_slips[i].old, law_slips[i].new, &b);
		assert_null(hrv_law_parse(buf_str(&b), b.len, &e));
		if (!reported(&e, &law_slips[i]))
			fail_msg("slip %zu: %s", i, law_slips[i].message);
		hrv_file_errors_clear(&e);
		buf_clear(&b);
	}
}

static void
test_each_slip_in_a_calendar_is_reported(void **state)
{
	static const struct slip slips[] = {
		{ "calendar = {", "law = {", 1, "unknown key law", "" },
		{ "  version = \"1\";\n", "", 1, "version is missing", "" },
		{ "  version", "  years = 3;\n  version", 3,
		    "unknown key years", "" },
		{ "\"sat\"", "\"saturday\"", 4, "cannot be \"saturday\"",
		    "\"sat\"" },
		{ "\"sat\", \"sun\"", "\"sat\", \"sat\"", 4, "twice",
		    "remove" },
		{ "\"sat\", \"sun\"",
		    "\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", "
		    "\"sun\"",
		    4, "no working day", "weekend" },
		{ "2026-12-25", "2026-12-32", 6, "not a date", "exists" },
		{ "2026-12-25", "2027-01-01", 6, "stands there twice",
		    "remove" },
		{ "\"2026-12-25\"", "20261225", 6, "must be a string",
		    "quotes" },
		{ "\"2027-01-01\",\n    \"2026-12-25\"", "", 5,
		    "holidays is empty", "every holiday" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
		struct buf b = BUF_INIT;

		edit(good_calendar, slips[i].old, slips[i].new, &b);
		assert_null(hrv_calendar_parse(buf_str(&b), b.len, &e));
		if (!reported(&e, &slips[i]))
			fail_msg("slip %zu: %s", i, slips[i].message);
		hrv_file_errors_clear(&e);
		buf_clear(&b);
	}
}

static void
test_all_mistakes_of_a_file_come_at_once_by_line(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct buf b = BUF_INIT, c = BUF_INIT;
	(void)state;

	edit(good_law, "\"gap\"", "\"gaps\"", &b);
	edit(buf_str(&b), "  title", "  titel", &c);
	assert_null(hrv_law_parse(buf_str(&c), c.len, &e));
	assert_int_equal(e.count, 3);
	assert_int_equal(e.item[0].line, 1);
	assert_int_equal(e.item[1].line, 4);
	assert_string_equal(e.item[1].remedy, "did you mean title?");
	assert_int_equal(e.item[2].line, 13);
	hrv_file_errors_clear(&e);
	buf_clear(&b);
	buf_clear(&c);
}

static void
test_a_law_gives_what_its_file_says(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_law *law = hrv_law_parse(good_law, sizeof(good_law) - 1, &e);
	(void)state;

	assert_non_null(law);
	assert_string_equal(law->id, "x-1");
	assert_string_equal(law->timezone, "Europe/London");
	assert_int_equal(law->identity, HRV_IDENTITY_STARTS);
	assert_false(law->starts_authority || law->starts_fee);
	assert_true(law->pauses && law->extendable);
	assert_false(law->rolls || law->has_internal);
	assert_int_equal(law->extended.months, 3);
	assert_int_equal(law->acknowledge_working_days, 0);
	assert_int_equal(law->freeze_after_close.days, 90);
	assert_int_equal(law->n_never_export, 1);
	assert_string_equal(law->never_export[0], "/a/b~1c");
	assert_string_equal(hrv_law_find_code(law, "A-1")->note, "");
	assert_null(hrv_law_find_code(law, "a-1"));
	hrv_law_free(law);
	hrv_law_free(NULL);
	hrv_calendar_free(NULL);
}

static void
test_holidays_may_stand_in_any_order(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_calendar *c =
	    hrv_calendar_parse(good_calendar, sizeof(good_calendar) - 1, &e);
	(void)state;

	assert_non_null(c);
	assert_int_equal(c->first_year, 2026);
	assert_int_equal(c->last_year, 2027);
	assert_int_equal(c->holidays[0].year, 2026);
	assert_string_equal(c->title, "");
	assert_false(
	    hrv_calendar_is_working(c, (struct hrv_date){ 2026, 12, 25 }));
	assert_false(
	    hrv_calendar_is_working(c, (struct hrv_date){ 2026, 12, 26 }));
	assert_true(
	    hrv_calendar_is_working(c, (struct hrv_date){ 2026, 12, 28 }));
	hrv_calendar_free(c);
}

static void
test_shipped_laws_have_zone_calendar_and_lists(void **state)
{
	const struct hrv_law_gate *gate;
	(void)state;

	for (size_t i = 0; i < LAWS_N; i++) {
		struct hrv_law *law = load_law(law_ids[i]);
		struct hrv_calendar *cal = load_calendar(law->calendar);

		assert_string_equal(law->id, law_ids[i]);
		assert_string_equal(cal->id, law->calendar);
		assert_int_equal(cal->first_year, 2024);
		assert_int_equal(cal->last_year, 2030);
		OK_(hrv_zone_check(law->timezone, err));
		assert_true(law->n_codes > 0);
		gate = hrv_law_next_gate(law, "legal", NULL);
		assert_non_null(gate);
		assert_string_equal(hrv_gate_need_name(gate->needs), "signoff");
		assert_null(hrv_law_next_gate(law, "legal", gate));
		assert_null(hrv_law_next_gate(law, "pay", NULL));
		/* Only California bans fields. */
		assert_int_equal(
		    law->n_never_export > 0, strcmp(law->id, "us-ca") == 0);
		hrv_law_free(law);
		hrv_calendar_free(cal);
	}
}

/* Every cut of a file is refused or read, without harm. */
static void
test_cut_files_do_no_harm(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(good_law) - 1; len += 3) {
		struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
		struct hrv_law *law = hrv_law_parse(good_law, len, &e);

		assert_int_equal(law == NULL, !hrv_file_errors_none(&e));
		hrv_law_free(law);
		hrv_file_errors_clear(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_slip_in_a_law_is_reported_with_line_and_remedy),
		cmocka_unit_test(test_each_slip_in_a_calendar_is_reported),
		cmocka_unit_test(
		    test_all_mistakes_of_a_file_come_at_once_by_line),
		cmocka_unit_test(test_a_law_gives_what_its_file_says),
		cmocka_unit_test(test_holidays_may_stand_in_any_order),
		cmocka_unit_test(
		    test_shipped_laws_have_zone_calendar_and_lists),
		cmocka_unit_test(test_cut_files_do_no_harm),
	};

	return RUN(tests);
}
