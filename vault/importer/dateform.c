/* SPDX-License-Identifier: ISC */
/*
 * Reading dates by a form. Layer: importer. Invariant: nothing is guessed: a
 * text that the form does not describe to its last character is refused, and
 * a day that does not exist never becomes its neighbour.
 */
#include "vault/importer/dateform.h"

#include <string.h>

/* The length of the run of the same letter at form. */
static size_t
run(const char *form)
{
	size_t n = 1;

	while (form[n] == form[0])
		n++;
	return n;
}

bool
dateform_ok(const char *form)
{
	bool year = false, month = false, day = false, between = false;

	while (*form != '\0') {
		size_t n = run(form);
		bool *part = *form == 'Y'   ? &year
			     : *form == 'M' ? &month
			     : *form == 'D' ? &day
					    : NULL;

		if (part == NULL) {
			if (!between || n != 1 || strchr("/-. ", *form) == NULL)
				return false;
			between = false;
		} else {
			if (*part || between || n > (*form == 'Y' ? 4 : 2) ||
			    (*form == 'Y' && n % 2 == 1))
				return false;
			*part = between = true;
		}
		form += n;
	}
	return year && month && day && between;
}

/* Reads least to most digits; 0 when they are not there. */
static size_t
read_digits(const char *text, size_t len, size_t least, size_t most, int *ret)
{
	size_t n = 0;
	int v = 0;

	while (n < len && n < most && text[n] >= '0' && text[n] <= '9')
		v = v * 10 + text[n++] - '0';
	if (n < least)
		return 0;
	*ret = v;
	return n;
}

static bool
in_month(int year, int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= hrv_month_length(year, month);
}

bool
dateform_read(
    const char *form, const char *text, size_t len, struct dateform_date *ret)
{
	struct dateform_date d = { false, 0, 0, 0 };

	while (*form != '\0') {
		size_t n = run(form), got;

		if (*form == 'Y') {
			got = read_digits(text, len, n, n, &d.year);
			d.two_digits = n == 2;
		} else if (*form == 'M' || *form == 'D') {
			got = read_digits(
			    text, len, 1, 2, *form == 'M' ? &d.month : &d.day);
		} else {
			got = len > 0 && *text == *form;
		}
		if (got == 0)
			return false;
		form += n;
		text += got;
		len -= got;
	}
	/* 2000 has a 29 February, and with it some century for it. */
	if (len > 0 || (!d.two_digits && d.year < 1) ||
	    !in_month(d.two_digits ? 2000 + d.year : d.year, d.month, d.day))
		return false;
	*ret = d;
	return true;
}

bool
dateform_latest(
    const struct dateform_date *d, struct hrv_date limit, struct hrv_date *ret)
{
	if (!d->two_digits)
		return false;
	for (int y = limit.year / 100 * 100 + d->year; y > 0; y -= 100) {
		struct hrv_date day = { (int16_t)y, (uint8_t)d->month,
			(uint8_t)d->day };

		if (hrv_date_valid(day) && hrv_date_cmp(day, limit) <= 0) {
			*ret = day;
			return true;
		}
	}
	return false;
}

struct hrv_date
dateform_day(const struct dateform_date *d)
{
	return (struct hrv_date){ (int16_t)d->year, (uint8_t)d->month,
		(uint8_t)d->day };
}
