/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/zone.h"
#include "vault/base/buf.h"
#include "vault/base/zone.h"
#include "vault/base/zone_rule.h"

static int32_t
offset_at(const char *name, int64_t when)
{
	struct zone *z = NULL;
	int32_t offset;

	OK_(zone_load(NULL, name, &z, err));
	offset = zone_offset(z, when);
	zone_free(z);
	return offset;
}

static void
day_is(const char *text, const char *zone, const char *want)
{
	struct hrv_date d = { 0 };
	char got[HRV_DATE_TEXT];

	OK_(hrv_local_date_parse(text, zone, &d, err));
	hrv_date_format(d, got);
	assert_string_equal(got, want);
}

static void
test_an_instant_falls_on_the_local_day(void **state)
{
	(void)state;
	day_is("2025-08-01T22:59:00Z", "Europe/London", "2025-08-01");
	day_is("2025-08-01T23:00:00Z", "Europe/London", "2025-08-02");
	day_is("2026-06-30T23:30:00Z", "Europe/London", "2026-07-01");
	day_is("2026-01-15T23:59:59.999Z", "Europe/London", "2026-01-15");
	day_is("2026-03-01T07:59Z", "America/Los_Angeles", "2026-02-28");
	day_is("2026-03-02T08:30:00+09:00", "Europe/Berlin", "2026-03-02");
	day_is("2026-03-02T08:30:00+10:00", "Europe/Berlin", "2026-03-01");
	day_is("2026-01-01T00:30:00-11:00", "Pacific/Kiritimati", "2026-01-02");
	day_is("2016-12-31T23:59:60Z", "Europe/London", "2016-12-31");
	day_is("2026-03-02", "Europe/Paris", "2026-03-02");
}

static void
test_years_after_the_table_follow_the_rule(void **state)
{
	(void)state;
	day_is("2045-07-01T23:30:00Z", "Europe/London", "2045-07-02");
	day_is("2045-12-01T23:30:00Z", "Europe/London", "2045-12-01");
	day_is("2118-03-27T00:59:59Z", "Europe/London", "2118-03-27");
	/* 2050-03-27 is the last Sunday of March: 01:00Z becomes 02:00. */
	assert_int_equal(offset_at("Europe/London", 2531955599), 0);
	assert_int_equal(offset_at("Europe/London", 2531955600), 3600);
	assert_int_equal(offset_at("Europe/London", 2550704399), 3600);
	assert_int_equal(offset_at("Europe/London", 2550704400), 0);
	/* Summer in January, and Irish winter time the other way round. */
	assert_int_equal(offset_at("Australia/Sydney", 2524953600), 39600);
	assert_int_equal(offset_at("Europe/Dublin", 2540000000), 3600);
	assert_int_equal(offset_at("Europe/Dublin", 2524953600), 0);
	assert_int_equal(offset_at("Etc/UTC", 4102444800), 0);
	assert_int_equal(offset_at("Asia/Kolkata", 4102444800), 19800);
}

static void
test_an_unknown_zone_is_an_error_and_never_universal_time(void **state)
{
	static const char *const bad[] = { "Europe/Lodnon", "Nowhere", "",
		"/usr/share/zoneinfo/Europe/London", "../zoneinfo/Europe/Paris",
		"Europe/../Europe/Paris", "Europe//Paris", "Europe/", "Europe",
		"zone.tab", "tzdata.zi", "Europe/Paris\n", "GMT0BST,M3.5.0/1",
		":Europe/Paris", "leapseconds" };
	struct hrv_date d = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FAILS(hrv_zone_check(bad[i], err), HRV_EUSAGE);
		FAILS(hrv_local_date(0, bad[i], &d, err), HRV_EUSAGE);
		FAILS(hrv_local_date_parse("2026-01-01", bad[i], &d, err),
		    HRV_EUSAGE);
	}
	assert_false(hrv_date_is_set(d));
	assert_false(zone_name_valid(NULL));
	assert_false(zone_name_valid("a123456789a123456789a123456789"
				     "a123456789a123456789a123456789a123"));
}

static void
test_what_is_no_date_and_no_instant_is_refused(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-02-29",
		"2026-03-02 ", "2026-03-02T", "2026-03-02T10:00",
		"2026-03-02T10:00:00", "2026-03-02 10:00:00Z",
		"2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z",
		"2026-03-02T10:00:61Z", "2026-03-02T10:00:00z",
		"2026-03-02T10:00:00.Z", "2026-03-02T10:00:00+1:00",
		"2026-03-02T10:00:00+01", "2026-03-02T10:00:00+24:00",
		"2026-03-02T10:00:00ZZ", "02/03/2026", "2026-3-2",
		"2026-03-02T1:00:00Z", "2026-03-02TZ" };
	struct hrv_date d = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(hrv_local_date_parse(bad[i], "Europe/London", &d, err),
		    HRV_EUSAGE);
	FAILS(hrv_local_date_parse(
		  "0001-01-01T00:00:00+12:00", "Europe/London", &d, err),
	    HRV_EUSAGE);
	FAILS(hrv_local_date(INT64_MAX, "Europe/London", &d, err), HRV_EUSAGE);
	FAILS(hrv_local_date(INT64_MIN, "Europe/London", &d, err), HRV_EUSAGE);
	assert_false(hrv_date_is_set(d));
}

static int32_t
rule_at(const char *text, int64_t when)
{
	struct zone_rule r;

	assert_true(zone_rule_parse(text, strlen(text), &r));
	return zone_rule_offset(&r, when);
}

static void
test_rules_in_all_three_forms(void **state)
{
	(void)state;
	assert_int_equal(rule_at("<-03>3", 0), -10800);
	assert_int_equal(rule_at("<+0530>-5:30", 0), 19800);
	assert_int_equal(rule_at("AAA-1:02:03", 0), 3723);
	/* J never counts 29 February, the plain number does: 1 March 2028 is
	 * day J60 and day 60. */
	assert_int_equal(rule_at("AAA0BBB,J60/0,J300/0", 1835481600), 3600);
	assert_int_equal(rule_at("AAA0BBB,J60/0,J300/0", 1835481599), 0);
	assert_int_equal(rule_at("AAA0BBB,60/0,300/0", 1835481600), 3600);
	assert_int_equal(rule_at("AAA0BBB,60/0,300/0", 1835481599), 0);
	/* Summer time all year (RFC 8536 3.3.1) and times outside the day. */
	assert_int_equal(rule_at("XXX3EDT4,0/0,J365/23", 1767225600), -14400);
	assert_int_equal(rule_at("XXX3EDT4,0/0,J365/23", 1783000000), -14400);
	/* Nuuk, Saturday before the last Sunday: 2030-03-30T22:00-02. */
	assert_int_equal(
	    rule_at("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1901148399), -7200);
	assert_int_equal(
	    rule_at("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1901149200), -3600);
	/* Long before 1970 the year is still found. */
	assert_int_equal(rule_at("GMT0BST,M3.5.0/1,M10.5.0", -30607286400), 0);
}

static void
test_what_is_no_rule_is_refused(void **state)
{
	static const char *const bad[] = { "", "GM0", "GMT", "GMT25", "GMT0BST",
		"GMT0BST,M3.5.0", "GMT0BST,M3.5.0,", "GMT0BST,M13.5.0,M10.5.0",
		"GMT0BST,M3.6.0,M10.5.0", "GMT0BST,M3.5.7,M10.5.0",
		"GMT0BST,J0,J300", "GMT0BST,J1,J366", "GMT0BST,1,366",
		"GMT0BST,M3.5.0/168,M10.5.0", "GMT0BST,M3.5.0,M10.5.0x",
		"<GMT0", "<>0", "GMT0:60", "GMT0:", "GMT 0",
		"GMT0BST,M3..0,M1" };
	struct zone_rule r;
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (zone_rule_parse(bad[i], strlen(bad[i]), &r))
			fail_msg("\"%s\" was taken for a rule", bad[i]);
}

static void
read_london(struct buf *b)
{
	FILE *f = fopen(ZONE_DIR "/Europe/London", "rb");
	size_t n;

	assert_non_null(f);
	do {
		uint8_t *to = buf_reserve(b, 4096);

		assert_non_null(to);
		n = fread(to, 1, 4096, f);
		b->len += n;
	} while (n > 0);
	fclose(f);
}

/* Every cut and every single changed byte is read without harm: refused or
 * understood, nothing in between. */
static void
test_damaged_files_do_no_harm(void **state)
{
	struct buf b = BUF_INIT;
	struct zone *z = NULL;
	(void)state;

	read_london(&b);
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, b.data, len);
		FAILS(zone_parse(copy, len, "x", &z, err), HRV_EFAILED);
		free(copy);
	}
	for (size_t i = 0; i < b.len; i++) {
		struct hrv_err e;
		uint8_t was = b.data[i];

		b.data[i] = (uint8_t)(was ^ 0xff);
		if (zone_parse(b.data, b.len, "x", &z, &e) == HRV_OK) {
			(void)zone_offset(z, 1767225600);
			(void)zone_offset(z, 4102444800);
			zone_free(z);
		}
		b.data[i] = was;
	}
	OK_(zone_parse(b.data, b.len, "x", &z, err));
	zone_free(z);
	zone_free(NULL);
	b.data[4] = '\0'; /* version 1 */
	FAILS(zone_parse(b.data, b.len, "x", &z, err), HRV_EFAILED);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_instant_falls_on_the_local_day),
		cmocka_unit_test(test_years_after_the_table_follow_the_rule),
		cmocka_unit_test(
		    test_an_unknown_zone_is_an_error_and_never_universal_time),
		cmocka_unit_test(
		    test_what_is_no_date_and_no_instant_is_refused),
		cmocka_unit_test(test_rules_in_all_three_forms),
		cmocka_unit_test(test_what_is_no_rule_is_refused),
		cmocka_unit_test(test_damaged_files_do_no_harm),
	};

	return RUN(tests);
}
