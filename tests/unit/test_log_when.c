/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/when.h"

static void
known_moments_have_their_text(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} t[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ 951782400000000LL, "2000-02-29T00:00:00.000000Z" },
		{ 1795447321123456LL, "2026-11-23T15:22:01.123456Z" },
		{ -2203891200000000LL, "1900-03-01T00:00:00.000000Z" },
		{ WHEN_MIN, "0001-01-01T00:00:00.000000Z" },
		{ WHEN_MAX, "9999-12-31T23:59:59.999999Z" },
	};
	char out[WHEN_TEXT_LEN + 1];
	int64_t back;
	(void)state;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(when_format(t[i].us, out));
		assert_string_equal(out, t[i].text);
		assert_true(when_parse(out, WHEN_TEXT_LEN, &back));
		assert_int_equal(back, t[i].us);
	}
}

static void
every_day_of_ten_thousand_years_follows_the_last(void **state)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int64_t us = WHEN_MIN, back;
	char want[64], got[WHEN_TEXT_LEN + 1];
	(void)state;

	for (int y = 1; y <= 9999; y++) {
		int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		for (int m = 0; m < 12; m++) {
			int n = lengths[m] + (m == 1 && leap);

			snprintf(want, sizeof(want),
			    "%04d-%02d-%02dT00:00:00.000000Z", y, m + 1, n);
			us += (n - 1) * WHEN_DAY;
			assert_true(when_format(us, got));
			assert_string_equal(got, want);
			assert_true(when_parse(want, WHEN_TEXT_LEN, &back));
			assert_int_equal(back, us);
			us += WHEN_DAY;
		}
	}
	assert_int_equal(us - 1, WHEN_MAX);
}

static void
other_spellings_are_refused(void **state)
{
	static const char *const bad[] = { "", "2026-11-23T15:22:01.12345Z",
		"2026-11-23T15:22:01.1234567Z", "2026-11-23 15:22:01.123456Z",
		"2026-11-23t15:22:01.123456Z", "2026-11-23T15:22:01.123456z",
		"2026-11-31T15:22:01.123456Z", "2026-02-29T15:22:01.123456Z",
		"2026-13-01T15:22:01.123456Z", "2026-00-01T15:22:01.123456Z",
		"2026-11-00T15:22:01.123456Z", "2026-11-23T24:00:00.000000Z",
		"2026-11-23T15:60:01.123456Z", "2026-11-23T15:22:60.000000Z",
		"0000-01-01T00:00:00.000000Z", "2026-11-23T15:22:01,123456Z",
		"+026-11-23T15:22:01.123456Z", "2026-11-23T15:22:01.12345 Z" };
	int64_t us = 42;
	char out[WHEN_TEXT_LEN + 1] = "kept";
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(when_parse(bad[i], strlen(bad[i]), &us));
	assert_int_equal(us, 42);
	assert_false(when_format(WHEN_MIN - 1, out));
	assert_false(when_format(WHEN_MAX + 1, out));
	assert_false(when_format(INT64_MIN, out));
	assert_string_equal(out, "kept");
}

static void
days_round_down_before_the_epoch(void **state)
{
	(void)state;
	assert_int_equal(when_day(0), 0);
	assert_int_equal(when_day(WHEN_DAY - 1), 0);
	assert_int_equal(when_day(-1), -1);
	assert_int_equal(when_day(-WHEN_DAY), -1);
	assert_int_equal(when_day(-WHEN_DAY - 1), -2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_moments_have_their_text),
		cmocka_unit_test(
		    every_day_of_ten_thousand_years_follows_the_last),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(days_round_down_before_the_epoch),
	};

	return RUN(tests);
}
