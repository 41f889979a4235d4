/* SPDX-License-Identifier: ISC */
/*
 * Moments: microseconds since 1970-01-01T00:00:00Z as a signed 64-bit number,
 * and the one text form that is written or accepted,
 * 2026-11-23T15:22:01.123456Z: UTC, proleptic Gregorian, years 0001 to 9999,
 * always six decimals, always Z, no leap second. The calendar arithmetic is
 * our own, so neither locale, time zone nor the C library's year limits
 * matter. Layer: base.
 */
#ifndef VAULT_BASE_WHEN_H
#define VAULT_BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0001-01-01T00:00:00.000000Z */
#define WHEN_MIN (-62135596800000000LL)
/* 9999-12-31T23:59:59.999999Z */
#define WHEN_MAX 253402300799999999LL
/* Characters of the text form, without the NUL. */
#define WHEN_TEXT_LEN 27
/* Microseconds of one second and of one day. */
#define WHEN_SECOND 1000000LL
#define WHEN_DAY (86400LL * WHEN_SECOND)

/* Writes the text form and a NUL. False, with out untouched, when us is before
 * WHEN_MIN or after WHEN_MAX. */
bool when_format(int64_t us, char out[WHEN_TEXT_LEN + 1])
    __attribute__((warn_unused_result));
/* Reads exactly the text form of len bytes (no NUL needed). False, with
 * *ret_us untouched, for anything else: another length, a day the month does
 * not have, hour 24, second 60, year 0000, lower case. */
bool when_parse(const char *text, size_t len, int64_t *ret_us)
    __attribute__((warn_unused_result));
/* The UTC day of us as days since 1970-01-01, rounded down also before it. */
int64_t when_day(int64_t us);

#endif
