/* SPDX-License-Identifier: ISC */
/*
 * Civil date arithmetic without time_t, see include/hrvault/date.h for the
 * rules. Layer: policy (pure). Invariant: a date that leaves this file is
 * valid, between 0001-01-01 and 9999-12-31; what would lie outside is
 * reported, never wrapped.
 */
#include "hrvault/date.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */
#define DIGITS_MAX 6	    /* of one number in a duration */

bool
hrv_year_is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
hrv_month_length(int year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	if (month == 2 && hrv_year_is_leap(year))
		return 29;
	return length[month - 1];
}

bool
hrv_date_valid(struct hrv_date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 &&
	       d.day >= 1 && d.day <= hrv_month_length(d.year, d.month);
}

static struct hrv_date
make(int year, int month, int day)
{
	return (struct hrv_date){ (int16_t)year, (uint8_t)month, (uint8_t)day };
}

/* n ASCII digits as a number, or -1. */
static int
digits(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

bool
hrv_date_parse(const char *text, struct hrv_date *ret)
{
	int y, m, d;

	if (text == NULL || strlen(text) != 10 || text[4] != '-' ||
	    text[7] != '-')
		return false;
	y = digits(text, 4);
	m = digits(text + 5, 2);
	d = digits(text + 8, 2);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > hrv_month_length(y, m))
		return false;
	*ret = make(y, m, d);
	return true;
}

void
hrv_date_format(struct hrv_date d, char out[HRV_DATE_TEXT])
{
	unsigned y = (unsigned)d.year % 10000u;

	out[0] = '\0';
	if (!hrv_date_is_set(d))
		return;
	snprintf(out, HRV_DATE_TEXT, "%04u-%02u-%02u", y, d.month % 100u,
	    d.day % 100u);
}

/* Counts from 1 March of year 0, so that the leap day ends a year and a month
 * is a straight line of days (153 in every five). */
int32_t
hrv_date_to_days(struct hrv_date d)
{
	int32_t y = d.year - (d.month <= 2);
	int32_t m = (d.month + 9) % 12;
	int32_t era = y / 400, in_era = y % 400;
	int32_t in_year = (153 * m + 2) / 5 + d.day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 +
	       in_year - 719468;
}

bool
hrv_date_from_days(int32_t days, struct hrv_date *ret)
{
	int32_t z, era, in_era, year, in_year, m, month;

	if (days < FIRST_DAY || days > LAST_DAY)
		return false;
	z = days + 719468;
	era = z / 146097;
	in_era = z % 146097;
	year =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	in_year = in_era - (365 * year + year / 4 - year / 100);
	m = (5 * in_year + 2) / 153;
	month = m < 10 ? m + 3 : m - 9;
	*ret = make(era * 400 + year + (month <= 2), month,
	    in_year - (153 * m + 2) / 5 + 1);
	return true;
}

int
hrv_date_weekday(struct hrv_date d)
{
	/* FIRST_DAY was a Monday. */
	return (hrv_date_to_days(d) - FIRST_DAY) % 7;
}

bool
hrv_date_add_days(struct hrv_date d, int32_t n, struct hrv_date *ret)
{
	int64_t day = (int64_t)hrv_date_to_days(d) + n;

	if (day < FIRST_DAY || day > LAST_DAY)
		return false;
	return hrv_date_from_days((int32_t)day, ret);
}

/* The first day of the month n months away. */
static bool
month_away(struct hrv_date d, int64_t n, struct hrv_date *ret)
{
	int64_t at = (int64_t)d.year * 12 + d.month - 1 + n;

	if (at < 12 || at >= 10000 * 12)
		return false;
	*ret = make((int)(at / 12), (int)(at % 12) + 1, 1);
	return true;
}

bool
hrv_date_add_months(struct hrv_date d, int32_t n, struct hrv_date *ret)
{
	struct hrv_date r;
	int last;

	if (!month_away(d, n, &r))
		return false;
	last = hrv_month_length(r.year, r.month);
	r.day = d.day > last ? (uint8_t)last : d.day;
	*ret = r;
	return true;
}

static int64_t
months_of(struct hrv_duration p)
{
	return (int64_t)p.years * 12 + p.months;
}

bool
hrv_date_add(struct hrv_date d, struct hrv_duration p, struct hrv_date *ret)
{
	struct hrv_date r;

	if (months_of(p) > 10000 * 12 || p.days > 4000000)
		return false;
	if (!hrv_date_add_months(d, (int32_t)months_of(p), &r))
		return false;
	return hrv_date_add_days(r, (int32_t)p.days, ret);
}

bool
hrv_date_add_inclusive(
    struct hrv_date d, struct hrv_duration p, struct hrv_date *ret)
{
	struct hrv_date r;
	int32_t back;

	if (months_of(p) > 10000 * 12 || p.days > 4000000)
		return false;
	if (!hrv_date_add_months(d, (int32_t)months_of(p), &r))
		return false;
	/* A clamped day is no corresponding day: the month's end stands. */
	back = r.day == d.day ? 1 : 0;
	return hrv_date_add_days(r, (int32_t)p.days - back, ret);
}

bool
hrv_date_birthday(struct hrv_date born, uint32_t years, struct hrv_date *ret)
{
	uint32_t year = (uint32_t)born.year + years;

	if (years > 9999 || year > 9999)
		return false;
	if (born.month == 2 && born.day == 29 && !hrv_year_is_leap((int)year))
		*ret = make((int)year, 3, 1);
	else
		*ret = make((int)year, born.month, born.day);
	return true;
}

bool
hrv_duration_parse(const char *text, struct hrv_duration *ret)
{
	static const char unit[] = "YMD";
	uint32_t value[3] = { 0, 0, 0 };
	size_t next = 0;

	if (text == NULL || text[0] != 'P' || text[1] == '\0')
		return false;
	for (const char *s = text + 1; *s != '\0'; s++) {
		size_t n = strspn(s, "0123456789");
		const char *u;

		if (n == 0 || n > DIGITS_MAX || s[n] == '\0')
			return false;
		u = strchr(unit + next, s[n]);
		if (u == NULL)
			return false;
		value[u - unit] = (uint32_t)digits(s, n);
		next = (size_t)(u - unit) + 1;
		s += n;
	}
	*ret = (struct hrv_duration){ value[0], value[1], value[2] };
	return true;
}

void
hrv_duration_format(struct hrv_duration p, char out[HRV_DURATION_TEXT])
{
	char y[12] = "", m[12] = "", d[12] = "";

	if (p.years != 0)
		snprintf(y, sizeof(y), "%uY", p.years % 1000000u);
	if (p.months != 0)
		snprintf(m, sizeof(m), "%uM", p.months % 1000000u);
	if (p.days != 0 || (p.years == 0 && p.months == 0))
		snprintf(d, sizeof(d), "%uD", p.days % 1000000u);
	snprintf(out, HRV_DURATION_TEXT, "P%.7s%.7s%.7s", y, m, d);
}

void
hrv_duration_words(struct hrv_duration p, char out[HRV_DURATION_WORDS])
{
	const struct {
		uint32_t n;
		const char *word;
	} part[] = { { p.years, "year" }, { p.months, "month" },
		{ p.days, "day" } };
	size_t left = 0, len = 0;

	for (size_t i = 0; i < 3; i++)
		left += part[i].n != 0;
	if (left == 0) {
		snprintf(out, HRV_DURATION_WORDS, "0 days");
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		int n;

		if (part[i].n == 0)
			continue;
		left--;
		n = snprintf(out + len, HRV_DURATION_WORDS - len, "%u %s%s%s",
		    part[i].n % 1000000u, part[i].word,
		    part[i].n == 1 ? "" : "s",
		    left == 0	? ""
		    : left == 1 ? " and "
				: ", ");
		len += (size_t)n;
	}
}

bool
hrv_duration_is_zero(struct hrv_duration p)
{
	return p.years == 0 && p.months == 0 && p.days == 0;
}

bool
hrv_duration_over_years(struct hrv_duration p, uint32_t years)
{
	/* Twelfths of 365.2425 days, to stay in whole numbers. */
	uint64_t length =
	    (uint64_t)months_of(p) * 3652425 + (uint64_t)p.days * 120000;

	return length > (uint64_t)years * 12 * 3652425;
}
