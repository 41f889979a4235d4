/* SPDX-License-Identifier: ISC */
/*
 * Dates as export files write them, read by forms such as MM/DD/YY that an
 * import map lists. Reading only takes the text apart: which century a year of
 * two digits belongs to is decided where the rest of the row is known. Layer:
 * importer. A date is read in full by a form or not at all.
 */
#ifndef VAULT_IMPORTER_DATEFORM_H
#define VAULT_IMPORTER_DATEFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/date.h"

/* A date as written. */
struct dateform_date {
	bool two_digits; /* the year has two digits and no century yet */
	int year;	 /* 0..99 then, else 1..9999 */
	int month;	 /* 1..12 */
	int day;	 /* 1..31 */
};

/* Whether a form can be read by: one year (YYYY or YY), one month (MM or M),
 * one day (DD or D), and between them one of / - . or a blank. */
bool dateform_ok(const char *form);

/* Reads all of text by a form that dateform_ok() took. False, and *ret
 * untouched, where it does not fit or no such day exists (with two digits: in
 * no century). */
bool dateform_read(
    const char *form, const char *text, size_t len, struct dateform_date *ret);

/* The latest day not after `limit` that a date with two digits can mean. False
 * where d has four digits or nothing fits from year 1 on. */
bool dateform_latest(
    const struct dateform_date *d, struct hrv_date limit, struct hrv_date *ret);

/* The day that a date with four digits means. */
struct hrv_date dateform_day(const struct dateform_date *d);

#endif
