/* SPDX-License-Identifier: ISC */
/*
 * Calendars of working days: reading a file and asking about a day. Layer:
 * policy (pure). Invariant: the holidays are ascending and differ, so that a
 * look-up may halve the list.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/deadline.h"
#include "policy/law.h"

static const char *const day_words[] = { "mon", "tue", "wed", "thu", "fri",
	"sat", "sun" };

static void
read_weekend(const struct cfg_node *group, struct hrv_calendar *cal,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list = law_list(group, "weekend", true, errors);
	size_t off = 0;

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const char *text = cfg_entry(list, i, "weekend", errors);
		int line = list->child[i]->line, day;

		if (text == NULL)
			continue;
		day = law_word(
		    text, day_words, 7, "a day of weekend", line, errors);
		if (day < 0)
			continue;
		if (cal->weekend[day])
			cfg_error(errors, line, "remove one of the two",
			    "weekend names \"%s\" twice", text);
		off += !cal->weekend[day];
		cal->weekend[day] = true;
	}
	if (off == 7)
		cfg_error(errors, list->line, "weekend = ( \"sat\", \"sun\" );",
		    "weekend leaves no working day");
}

/* Puts one day where it belongs; false when it was there already. */
static bool
insert(struct hrv_date *days, size_t n, struct hrv_date day)
{
	while (n > 0 && hrv_date_cmp(days[n - 1], day) > 0) {
		days[n] = days[n - 1];
		n--;
	}
	days[n] = day;
	return n == 0 || hrv_date_cmp(days[n - 1], day) != 0;
}

static void
read_holidays(const struct cfg_node *group, struct hrv_calendar *cal,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list = law_list(group, "holidays", true, errors);
	struct hrv_date *days;
	size_t n = 0;

	if (list == NULL)
		return;
	days = law_alloc(list->count, sizeof(*days), errors);
	cal->holidays = days;
	for (size_t i = 0; days != NULL && i < list->count; i++) {
		const char *text = cfg_entry(list, i, "holidays", errors);
		int line = list->child[i]->line;
		struct hrv_date day;

		if (text == NULL)
			continue;
		if (!hrv_date_parse(text, &day)) {
			cfg_error(errors, line,
			    "write a day that exists, as \"2026-12-25\"",
			    "a holiday is not a date: \"%.40s\"", text);
			continue;
		}
		if (!insert(days, n++, day))
			cfg_error(errors, line, "remove one of the two",
			    "holiday %s stands there twice", text);
	}
	cal->n_holidays = n;
	if (n > 0) {
		cal->first_year = days[0].year;
		cal->last_year = days[n - 1].year;
	}
	if (list->count == 0)
		cfg_error(errors, list->line,
		    "list every holiday of the years to be known",
		    "holidays is empty");
}

static void
read_calendar(const struct cfg_node *group, struct hrv_calendar *cal,
    struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "id", "version", "title", "weekend",
		"holidays", NULL };
	const char *title;

	cfg_check_keys(group, keys, "the calendar", errors);
	cal->id = law_id(group, "id", errors);
	cal->version = cfg_string(group, "version", true, errors);
	title = cfg_string(group, "title", false, errors);
	cal->title = title != NULL ? title : "";
	read_weekend(group, cal, errors);
	read_holidays(group, cal, errors);
}

struct hrv_calendar *
hrv_calendar_parse(const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct cfg *tree = cfg_parse(text, len, errors);
	const struct cfg_node *group = NULL;
	struct hrv_calendar *cal = NULL;

	if (tree == NULL)
		return NULL;
	cal = law_alloc(1, sizeof(*cal), errors);
	if (cal == NULL) {
		cfg_free(tree);
		return NULL;
	}
	cal->tree = tree;
	group = law_only_group(tree, "calendar", errors);
	if (group != NULL)
		read_calendar(group, cal, errors);
	if (!hrv_file_errors_none(errors)) {
		hrv_file_errors_sort(errors);
		hrv_calendar_free(cal);
		return NULL;
	}
	return cal;
}

void
hrv_calendar_free(struct hrv_calendar *cal)
{
	if (cal == NULL)
		return;
	free((void *)(uintptr_t)cal->holidays);
	cfg_free(cal->tree);
	free(cal);
}

static int
compare(const void *a, const void *b)
{
	return hrv_date_cmp(
	    *(const struct hrv_date *)a, *(const struct hrv_date *)b);
}

bool
hrv_calendar_is_working(const struct hrv_calendar *cal, struct hrv_date day)
{
	if (cal->weekend[hrv_date_weekday(day)])
		return false;
	return bsearch(&day, cal->holidays, cal->n_holidays,
		   sizeof(*cal->holidays), compare) == NULL;
}
