/* SPDX-License-Identifier: ISC */
/*
 * What the dates of a row mean. Layer: importer. Invariant: a date is stored
 * only when it can be true: nobody is born in the future, hired as a child or
 * leaves before having come; retention counts from these dates, and a wrong
 * century would destroy a file decades early or never.
 */
#include "vault/importer/rowdates.h"

#include <stdio.h>
#include <string.h>

#include "vault/importer/rowparse.h"

enum { OLDEST_AGE = 100, FIRST_BIRTH_YEAR = 1900 };

bool
rowparse_age_reached(struct hrv_date born, uint32_t years, struct hrv_date on)
{
	struct hrv_date birthday;

	return hrv_date_birthday(born, years, &birthday) &&
	       hrv_date_cmp(birthday, on) <= 0;
}

void
rowdates_add(struct rowdates *d, size_t column, const struct map_column *map,
    bool also, struct csv_field value, struct import_row *r)
{
	static const char *iso[] = { "YYYY-MM-DD" };
	struct map_texts plain = { iso, 1 };
	const struct map_texts *forms =
	    map->dates.count > 0 ? &map->dates : &plain;
	struct rowdates_one one = {
		.column = column, .map = map, .event = map->event
	};
	const size_t room = sizeof(d->at) / sizeof(d->at[0]);

	for (size_t i = 0; i < forms->count; i++) {
		if (!dateform_read(
			forms->text[i], value.text, value.len, &one.written))
			continue;
		if (d->count < room)
			d->at[d->count++] = one;
		one.event = map->also_event;
		if (also && d->count < room)
			d->at[d->count++] = one;
		return;
	}
	rowparse_error(r, column, map->to,
	    "this is not a date of the form that the map says, or no such "
	    "day exists");
}

static bool
is_event(const struct rowdates_one *one, const char *name)
{
	return one->event != NULL && strcmp(one->event, name) == 0;
}

/* The first hire of the row; HRV_DATE_NONE where there is none. */
static struct hrv_date
first_hire(const struct rowdates *d)
{
	struct hrv_date first = HRV_DATE_NONE;

	for (size_t i = 0; i < d->count; i++)
		if (is_event(&d->at[i], "hired") &&
		    hrv_date_is_set(d->at[i].day) &&
		    (!hrv_date_is_set(first) ||
			hrv_date_cmp(d->at[i].day, first) < 0))
			first = d->at[i].day;
	return first;
}

/* The latest birth of this ending that makes sense; false where none does. */
static bool
settle_birth(const struct rowdates_one *one, const struct rowparse *p,
    struct hrv_date hired, struct hrv_date *ret)
{
	struct hrv_date day = HRV_DATE_NONE, limit = p->today;

	while (dateform_latest(&one->written, limit, &day) &&
	       !rowparse_age_reached(day, OLDEST_AGE + 1, p->today)) {
		if (rowparse_age_reached(day, p->minimum_age, p->today) &&
		    (!hrv_date_is_set(hired) ||
			rowparse_age_reached(
			    day, p->map->minimum_hire_age, hired))) {
			*ret = day;
			return true;
		}
		if (!hrv_date_add_days(day, -1, &limit))
			break;
	}
	return false;
}

/* Gives each date its day; events before births, which lean on the hires. */
static void
settle_years(struct rowdates *d, const struct rowparse *p, struct import_row *r)
{
	struct hrv_date ahead = p->today, hired;

	(void)hrv_date_add_months(p->today, 12, &ahead);
	for (size_t i = 0; i < d->count; i++) {
		struct rowdates_one *one = &d->at[i];

		if (!one->written.two_digits)
			one->day = dateform_day(&one->written);
		else if (!p->map->past_years)
			rowparse_error(r, one->column, one->map->to,
			    "the year has two digits, which the map refuses");
		else if (one->map->to != MAP_BORN &&
			 !dateform_latest(&one->written, ahead, &one->day))
			rowparse_error(r, one->column, one->map->to,
			    "no year fits these two digits");
	}
	hired = first_hire(d);
	for (size_t i = 0; i < d->count; i++)
		if (d->at[i].map->to == MAP_BORN &&
		    d->at[i].written.two_digits && p->map->past_years &&
		    !settle_birth(&d->at[i], p, hired, &d->at[i].day))
			rowparse_error(r, d->at[i].column, MAP_BORN,
			    "no year fits these two digits and the person's "
			    "other dates: write it with four");
}

static void
check_birth(const struct rowdates_one *one, const struct rowparse *p,
    struct import_row *r)
{
	char msg[100];

	if (hrv_date_cmp(one->day, p->today) > 0) {
		rowparse_error(r, one->column, MAP_BORN,
		    "the birth date is in the future");
	} else if (one->day.year < FIRST_BIRTH_YEAR) {
		rowparse_error(
		    r, one->column, MAP_BORN, "the birth date is before 1900");
	} else if (!rowparse_age_reached(one->day, p->minimum_age, p->today)) {
		(void)snprintf(msg, sizeof(msg),
		    "the person is under the minimum age of %u",
		    (unsigned int)p->minimum_age);
		rowparse_error(r, one->column, MAP_BORN, msg);
	}
}

static void
check_event(const struct rowdates_one *one, const struct rowparse *p,
    struct hrv_date hired, struct import_row *r)
{
	char msg[100];

	if (is_event(one, "hired") && hrv_date_is_set(r->born) &&
	    !rowparse_age_reached(
		r->born, p->map->minimum_hire_age, one->day)) {
		(void)snprintf(msg, sizeof(msg),
		    "the hire is before the age of %u",
		    (unsigned int)p->map->minimum_hire_age);
		rowparse_error(r, one->column, MAP_EVENT, msg);
	}
	if (is_event(one, "ended") && hrv_date_is_set(hired) &&
	    hrv_date_cmp(one->day, hired) < 0)
		rowparse_error(
		    r, one->column, MAP_EVENT, "the end is before the hire");
}

void
rowdates_settle(
    struct rowdates *d, const struct rowparse *p, struct import_row *r)
{
	struct hrv_date hired;

	settle_years(d, p, r);
	hired = first_hire(d);
	for (size_t i = 0; i < d->count; i++) {
		const struct rowdates_one *one = &d->at[i];

		if (!hrv_date_is_set(one->day))
			continue;
		if (one->map->to == MAP_BORN) {
			check_birth(one, p, r);
			r->born = one->day;
		} else if (one->map->to == MAP_CREATED) {
			r->created = one->day;
		} else {
			r->event[r->events].name = one->event;
			r->event[r->events++].date = one->day;
		}
	}
	for (size_t i = 0; i < d->count; i++)
		if (d->at[i].map->to == MAP_EVENT &&
		    hrv_date_is_set(d->at[i].day))
			check_event(&d->at[i], p, hired, r);
}
