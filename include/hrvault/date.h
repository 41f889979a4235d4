/* SPDX-License-Identifier: ISC */
/*
 * Civil dates (proleptic Gregorian, year 1 to 9999) and durations of years,
 * months and days. Retention and deadlines are counted in these, never in
 * instants, so nothing here knows a clock, a time zone or a 32-bit second.
 * Functions that can leave the range of years answer false and then write
 * nothing. Passing a date that is not valid to the arithmetic is a mistake of
 * the caller, except where said.
 */
#ifndef HRVAULT_DATE_H
#define HRVAULT_DATE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A day. All members 0 means "no date" (HRV_DATE_NONE). */
struct hrv_date {
	int16_t year;  /* 1..9999 */
	uint8_t month; /* 1..12 */
	uint8_t day;   /* 1..31 */
};

/* A length of time as people write it in rules: P2Y6M10D. A year is twelve
 * months; a month has no number of days until it is added to a date. */
struct hrv_duration {
	uint32_t years;
	uint32_t months;
	uint32_t days;
};

#define HRV_DATE_NONE ((struct hrv_date){ 0, 0, 0 })
#define HRV_DATE_TEXT 11      /* "2026-11-23" and its NUL */
#define HRV_DURATION_TEXT 24  /* "P999999Y999999M999999D" and its NUL */
#define HRV_DURATION_WORDS 64 /* "2 years, 6 months and 10 days" */

/* Whether there is a date at all (not HRV_DATE_NONE). */
static inline bool
hrv_date_is_set(struct hrv_date d)
{
	return d.month != 0;
}

/* -1, 0 or 1 as a is before, equal to or after b. HRV_DATE_NONE sorts before
 * every date. */
static inline int
hrv_date_cmp(struct hrv_date a, struct hrv_date b)
{
	int32_t x = a.year * 512 + a.month * 32 + a.day;
	int32_t y = b.year * 512 + b.month * 32 + b.day;

	return (x > y) - (x < y);
}

/* Whether d exists in the calendar: the year in 1..9999, the day in its
 * month. HRV_DATE_NONE is not valid. Takes any bytes. */
bool hrv_date_valid(struct hrv_date d);

/* Leap year of the Gregorian calendar. */
bool hrv_year_is_leap(int year);

/* Days in a month (1..12) of a year: 28..31. */
int hrv_month_length(int year, int month);

/* Reads exactly YYYY-MM-DD (ISO 8601 extended, ASCII digits, nothing before
 * or after) into *ret. False, and *ret untouched, for anything else and for
 * days that do not exist. text may be NULL (false). */
bool hrv_date_parse(const char *text, struct hrv_date *ret);

/* Writes YYYY-MM-DD; HRV_DATE_NONE gives "". */
void hrv_date_format(struct hrv_date d, char out[HRV_DATE_TEXT]);

/* Days since 1970-01-01, negative before it. 0001-01-01 is -719162,
 * 9999-12-31 is 2932896. */
int32_t hrv_date_to_days(struct hrv_date d);
/* The inverse. False outside years 1..9999. */
bool hrv_date_from_days(int32_t days, struct hrv_date *ret);

/* 0 = Monday ... 6 = Sunday (ISO 8601 weekday less one). */
int hrv_date_weekday(struct hrv_date d);

/* The date n days later (earlier where n is negative). False where that
 * leaves the years 1..9999. */
bool hrv_date_add_days(struct hrv_date d, int32_t n, struct hrv_date *ret);

/* The day of the same number n months later (earlier where n is negative), or
 * the last day of that month where it has no such day: 31 August + 6 months =
 * 28 or 29 February. False where that leaves the years 1..9999. */
bool hrv_date_add_months(struct hrv_date d, int32_t n, struct hrv_date *ret);

/* d + p: years and months first, clamped as in hrv_date_add_months(), then
 * days. This is a period that runs FROM (or after) d: its last day. False
 * where that leaves the years 1..9999. */
bool hrv_date_add(
    struct hrv_date d, struct hrv_duration p, struct hrv_date *ret);

/* The last day of a period p that begins WITH d: the day before the
 * corresponding day if that day exists, else the last day of its month, then
 * the days of p. Six years beginning with 2024-04-30 end on 2030-04-29,
 * beginning with 2024-02-29 on 2030-02-28. False where that leaves the years
 * 1..9999. */
bool hrv_date_add_inclusive(
    struct hrv_date d, struct hrv_duration p, struct hrv_date *ret);

/* The birthday on which somebody born on `born` reaches `years`; 29 February
 * counts on 1 March in common years. False after year 9999. */
bool hrv_date_birthday(
    struct hrv_date born, uint32_t years, struct hrv_date *ret);

/* Reads PnYnMnD: at least one of the three, in this order, each at most once,
 * one to six digits, upper case, no weeks, no time, no fractions, no sign.
 * False, and *ret untouched, for anything else. text may be NULL (false). */
bool hrv_duration_parse(const char *text, struct hrv_duration *ret);

/* Writes the shortest PnYnMnD; P0D for nothing at all. */
void hrv_duration_format(struct hrv_duration p, char out[HRV_DURATION_TEXT]);

/* Writes it in English words: "6 years", "1 year, 2 months and 1 day",
 * "0 days". */
void hrv_duration_words(struct hrv_duration p, char out[HRV_DURATION_WORDS]);

/* No time at all (P0D, P0Y0M, ...). */
bool hrv_duration_is_zero(struct hrv_duration p);

/* Whether p is longer than that many years, a day counting 1/365.2425 of
 * one. */
bool hrv_duration_over_years(struct hrv_duration p, uint32_t years);

#ifdef __cplusplus
}
#endif
#endif
