/* SPDX-License-Identifier: ISC */
/*
 * Moments and their text form. Layer: base. Invariant: within the range of
 * years both directions are exact inverses, so that a time in a signed text
 * has one spelling. Days are counted in 400-year cycles of 146097 days, in
 * years that begin in March, which puts the leap day last.
 */
#include "vault/base/when.h"

#include <stdio.h>
#include <string.h>

/* Days from 0000-03-01 to 1970-01-01. */
#define EPOCH_DAYS 719468
#define CYCLE_DAYS 146097

/* Days since 1970-01-01 of a date of year 1 or later. */
static int64_t
days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t cycle = y / 400;
	int64_t of_cycle = y - cycle * 400;
	int64_t march = month > 2 ? month - 3 : month + 9;
	int64_t of_year = (153 * march + 2) / 5 + day - 1;

	return cycle * CYCLE_DAYS + of_cycle * 365 + of_cycle / 4 -
	       of_cycle / 100 + of_year - EPOCH_DAYS;
}

static void
civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t d = days + EPOCH_DAYS;
	int64_t cycle = d / CYCLE_DAYS;
	int64_t of_cycle = d - cycle * CYCLE_DAYS;
	int64_t y = (of_cycle - of_cycle / 1460 + of_cycle / 36524 -
			of_cycle / 146096) /
		    365;
	int64_t of_year = of_cycle - (365 * y + y / 4 - y / 100);
	int64_t march = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * march + 2) / 5 + 1);
	*month = (int)(march < 10 ? march + 3 : march - 9);
	*year = (int)(y + cycle * 400 + (*month <= 2));
}

int64_t
when_day(int64_t us)
{
	int64_t day = us / WHEN_DAY;

	return us % WHEN_DAY < 0 ? day - 1 : day;
}

bool
when_format(int64_t us, char out[WHEN_TEXT_LEN + 1])
{
	int year, month, day;
	int64_t of_day;
	char text[64];

	if (us < WHEN_MIN || us > WHEN_MAX)
		return false;
	civil_from_days(when_day(us), &year, &month, &day);
	of_day = us - when_day(us) * WHEN_DAY;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
	    year, month, day, (int)(of_day / (3600 * WHEN_SECOND)),
	    (int)(of_day / (60 * WHEN_SECOND) % 60),
	    (int)(of_day / WHEN_SECOND % 60), (int)(of_day % WHEN_SECOND));
	memcpy(out, text, WHEN_TEXT_LEN + 1);
	return true;
}

/* The n digits at p, or -1. */
static int
number(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static bool
punctuation_fits(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";

	for (size_t i = 0; i < WHEN_TEXT_LEN; i++) {
		if (form[i] != 'd' && form[i] != text[i])
			return false;
	}
	return true;
}

bool
when_parse(const char *text, size_t len, int64_t *ret_us)
{
	int year, month, day, hour, minute, second, micro;
	int64_t us;
	char back[WHEN_TEXT_LEN + 1];

	if (len != WHEN_TEXT_LEN || !punctuation_fits(text))
		return false;
	year = number(text, 4);
	month = number(text + 5, 2);
	day = number(text + 8, 2);
	hour = number(text + 11, 2);
	minute = number(text + 14, 2);
	second = number(text + 17, 2);
	micro = number(text + 20, 6);
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 59 || micro < 0)
		return false;
	us = days_from_civil(year, month, day) * WHEN_DAY +
	     ((hour * 60 + minute) * 60 + second) * WHEN_SECOND + micro;
	/* A day that the month does not have comes back as another one. */
	if (!when_format(us, back) || memcmp(back, text, WHEN_TEXT_LEN) != 0)
		return false;
	*ret_us = us;
	return true;
}
