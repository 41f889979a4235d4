/* SPDX-License-Identifier: ISC */
/*
 * Civil dates: the whole range there and back, the traps of leap days and
 * month ends, and everything that must not be read as a date or duration.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/date.h"

static struct hrv_date
day(const char *text)
{
	struct hrv_date d = HRV_DATE_NONE;

	if (!hrv_date_parse(text, &d))
		fail_msg("not a date: %s", text);
	return d;
}

static struct hrv_duration
len(const char *text)
{
	struct hrv_duration p = { 0, 0, 0 };

	if (!hrv_duration_parse(text, &p))
		fail_msg("not a duration: %s", text);
	return p;
}

static void
is_day(struct hrv_date d, const char *want)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	assert_string_equal(text, want);
}

static void
every_day_of_the_range_goes_there_and_back(void **state)
{
	int32_t n = hrv_date_to_days(day("0001-01-01"));
	int weekday = 0;

	(void)state;
	assert_int_equal(n, -719162);
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= hrv_month_length(y, m); d++) {
				struct hrv_date a = { (int16_t)y, (uint8_t)m,
					(uint8_t)d },
						b;

				if (hrv_date_to_days(a) != n ||
				    !hrv_date_from_days(n, &b) ||
				    hrv_date_cmp(a, b) != 0 ||
				    hrv_date_weekday(a) != weekday)
					fail_msg("%d-%d-%d", y, m, d);
				n++;
				weekday = (weekday + 1) % 7;
			}
	assert_int_equal(n - 1, 2932896);
}

static void
known_days_have_their_numbers_and_weekdays(void **state)
{
	(void)state;
	assert_int_equal(hrv_date_to_days(day("1970-01-01")), 0);
	assert_int_equal(hrv_date_to_days(day("2000-03-01")), 11017);
	assert_int_equal(hrv_date_weekday(day("1970-01-01")), 3);
	assert_int_equal(hrv_date_weekday(day("2026-11-23")), 0);
	assert_int_equal(hrv_date_weekday(day("2024-02-29")), 3);
}

static void
days_outside_the_range_are_reported(void **state)
{
	struct hrv_date d = day("2020-01-01");

	(void)state;
	assert_false(hrv_date_add_days(day("9999-12-31"), 1, &d));
	assert_false(hrv_date_add_days(day("0001-01-01"), -1, &d));
	assert_false(hrv_date_add_days(day("2020-01-01"), INT32_MAX, &d));
	assert_false(hrv_date_add_days(day("2020-01-01"), INT32_MIN, &d));
	assert_false(hrv_date_add_months(day("9999-12-01"), 1, &d));
	assert_false(hrv_date_add_months(day("0001-01-31"), -1, &d));
	assert_false(hrv_date_add(day("9999-12-31"), len("P1D"), &d));
	assert_false(hrv_date_add(day("0001-01-01"), len("P999999Y"), &d));
	assert_false(hrv_date_add_inclusive(day("9999-01-02"), len("P1Y"), &d));
	assert_false(hrv_date_birthday(day("2000-01-01"), 8000, &d));
	assert_false(hrv_date_birthday(day("2000-01-01"), UINT32_MAX, &d));
	assert_false(hrv_date_from_days(-719163, &d));
	assert_false(hrv_date_from_days(2932897, &d));
	is_day(d, "2020-01-01");
	assert_true(hrv_date_add_inclusive(
			day("9999-01-01"), len("P1Y0D"), &d) == false);
	assert_true(hrv_date_add_inclusive(day("0001-01-01"), len("P1D"), &d));
	is_day(d, "0001-01-01");
}

static void
only_iso_days_that_exist_are_read(void **state)
{
	static const char *const bad[] = { "", "2024", "2024-2-1", "2024-02-30",
		"2023-02-29", "1900-02-29", "2024-00-01", "2024-13-01",
		"2024-01-00", "2024-01-32", "0000-01-01", "2024-01-01 ",
		" 2024-01-01", "2024/01/01", "20240101", "2024-01-01T00:00",
		"+024-01-01", "2024-01-0a", "10000-01-01", "-001-01-01",
		"2024-06-31", "２０24-1-1" };
	struct hrv_date d = day("2020-02-29");

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hrv_date_parse(bad[i], &d))
			fail_msg("read: %s", bad[i]);
	assert_false(hrv_date_parse(NULL, &d));
	is_day(d, "2020-02-29");
	is_day(day("2000-02-29"), "2000-02-29");
	is_day(day("0001-01-01"), "0001-01-01");
	is_day(HRV_DATE_NONE, "");
}

static void
validity_holds_for_any_bytes(void **state)
{
	(void)state;
	assert_false(hrv_date_valid(HRV_DATE_NONE));
	assert_false(hrv_date_valid((struct hrv_date){ 2023, 2, 29 }));
	assert_false(hrv_date_valid((struct hrv_date){ -5, 2, 2 }));
	assert_false(hrv_date_valid((struct hrv_date){ 2023, 255, 255 }));
	assert_false(hrv_date_valid((struct hrv_date){ 10000, 1, 1 }));
	assert_true(hrv_date_valid((struct hrv_date){ 9999, 12, 31 }));
}

/* from, duration, expected when counting from the day, and with the day */
static const char *const sums[][4] = {
	{ "2025-08-31", "P6M", "2026-02-28", "2026-02-28" },
	{ "2023-08-31", "P6M", "2024-02-29", "2024-02-29" },
	{ "2024-02-29", "P1Y", "2025-02-28", "2025-02-28" },
	{ "2024-02-29", "P4Y", "2028-02-29", "2028-02-28" },
	{ "2024-04-30", "P6Y", "2030-04-30", "2030-04-29" },
	{ "2024-02-29", "P6Y", "2030-02-28", "2030-02-28" },
	{ "2024-01-31", "P1M1D", "2024-03-01", "2024-03-01" },
	{ "2024-01-30", "P1M1D", "2024-03-01", "2024-03-01" },
	{ "2023-01-31", "P1Y1M2D", "2024-03-02", "2024-03-02" },
	{ "2024-03-01", "P1Y", "2025-03-01", "2025-02-28" },
	{ "2023-03-01", "P1Y", "2024-03-01", "2024-02-29" },
	{ "2024-01-01", "P90D", "2024-03-31", "2024-03-30" },
	{ "1999-12-31", "P14M", "2001-02-28", "2001-02-28" },
	{ "2018-05-05", "P100Y", "2118-05-05", "2118-05-04" },
	{ "2024-05-31", "P0D", "2024-05-31", "2024-05-30" },
};

static void
durations_are_added_by_the_stated_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		struct hrv_date d;

		assert_true(hrv_date_add(day(sums[i][0]), len(sums[i][1]), &d));
		is_day(d, sums[i][2]);
		assert_true(hrv_date_add_inclusive(
		    day(sums[i][0]), len(sums[i][1]), &d));
		is_day(d, sums[i][3]);
	}
}

static void
a_leap_day_birthday_is_the_first_of_march(void **state)
{
	struct hrv_date d;

	(void)state;
	assert_true(hrv_date_birthday(day("2012-02-29"), 13, &d));
	is_day(d, "2025-03-01");
	assert_true(hrv_date_birthday(day("2012-02-29"), 16, &d));
	is_day(d, "2028-02-29");
	assert_true(hrv_date_birthday(day("2013-11-23"), 13, &d));
	is_day(d, "2026-11-23");
	assert_true(hrv_date_birthday(day("2013-11-23"), 0, &d));
	is_day(d, "2013-11-23");
}

static void
only_plain_durations_are_read(void **state)
{
	static const char *const bad[] = { "", "P", "6Y", "P6", "P6y", "p6Y",
		"P1W", "PT1H", "P1DT1H", "P1D1M", "P1Y1Y", "P-1Y", "P1.5Y",
		"P1,5Y", "P 1Y", "P1Y ", " P1Y", "PY", "P+1Y", "P1234567D",
		"P1M1Y", "-P1Y", "P1Y6" };
	struct hrv_duration p = { 7, 7, 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hrv_duration_parse(bad[i], &p))
			fail_msg("read: %s", bad[i]);
	assert_false(hrv_duration_parse(NULL, &p));
	assert_int_equal(p.years, 7);
	p = len("P2Y6M10D");
	assert_int_equal(p.years * 10000 + p.months * 100 + p.days, 20610);
	p = len("P2Y10D");
	assert_int_equal(p.years * 10000 + p.months * 100 + p.days, 20010);
}

static void
durations_are_written_in_signs_and_words(void **state)
{
	static const char *const t[][3] = {
		{ "P2Y6M10D", "P2Y6M10D", "2 years, 6 months and 10 days" },
		{ "P1Y", "P1Y", "1 year" },
		{ "P1Y1D", "P1Y1D", "1 year and 1 day" },
		{ "P0Y0M0D", "P0D", "0 days" },
		{ "P24M", "P24M", "24 months" },
		{ "P999999Y999999M999999D", "P999999Y999999M999999D",
		    "999999 years, 999999 months and 999999 days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char sign[HRV_DURATION_TEXT], words[HRV_DURATION_WORDS];

		hrv_duration_format(len(t[i][0]), sign);
		hrv_duration_words(len(t[i][0]), words);
		assert_string_equal(sign, t[i][1]);
		assert_string_equal(words, t[i][2]);
	}
}

static void
two_hundred_years_is_a_limit_in_any_unit(void **state)
{
	(void)state;
	assert_false(hrv_duration_over_years(len("P200Y"), 200));
	assert_true(hrv_duration_over_years(len("P200Y1D"), 200));
	assert_false(hrv_duration_over_years(len("P2400M"), 200));
	assert_true(hrv_duration_over_years(len("P2401M"), 200));
	assert_true(hrv_duration_over_years(len("P199Y13M"), 200));
	assert_false(hrv_duration_over_years(len("P73048D"), 200));
	assert_true(hrv_duration_over_years(len("P73049D"), 200));
	assert_true(hrv_duration_is_zero(len("P0Y0D")));
	assert_false(hrv_duration_is_zero(len("P1D")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_the_range_goes_there_and_back),
		cmocka_unit_test(known_days_have_their_numbers_and_weekdays),
		cmocka_unit_test(days_outside_the_range_are_reported),
		cmocka_unit_test(only_iso_days_that_exist_are_read),
		cmocka_unit_test(validity_holds_for_any_bytes),
		cmocka_unit_test(durations_are_added_by_the_stated_rules),
		cmocka_unit_test(a_leap_day_birthday_is_the_first_of_march),
		cmocka_unit_test(only_plain_durations_are_read),
		cmocka_unit_test(durations_are_written_in_signs_and_words),
		cmocka_unit_test(two_hundred_years_is_a_limit_in_any_unit),
	};

	return RUN(tests);
}
