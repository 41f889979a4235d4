/* SPDX-License-Identifier: ISC */
/* Import maps: read strictly, bound completely. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/csv.h"
#include "vault/importer/dateform.h"
#include "vault/importer/map.h"

#define HEAD                                                                   \
	"map = { format = \"hrvault-map/1\"; id = \"t\"; version = \"1\"; "    \
	"kind = \"employee\"; "
#define NAME "{ column = \"N\"; to = \"subject.name\"; }"

static struct map *
read_text(const char *text)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct map *m = map_read(text, strlen(text), &errors);

	hrv_file_errors_clear(&errors);
	return m;
}

/* The map is refused, and the first error says this. */
static void
refused(const char *text, const char *want)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct map *m = map_read(text, strlen(text), &errors);

	assert_null(m);
	assert_true(errors.count > 0);
	if (strstr(errors.item[0].message, want) == NULL)
		fail_msg("\"%s\" has not: %s", errors.item[0].message, want);
	hrv_file_errors_clear(&errors);
}

static void
a_small_map_has_safe_defaults(void **state)
{
	struct map *m = read_text(HEAD "columns = ( " NAME " ); };");

	(void)state;
	assert_non_null(m);
	assert_false(m->candidate);
	assert_int_equal(m->delimiter, 0);
	assert_true(m->trim);
	assert_false(m->past_years);
	assert_int_equal(m->minimum_hire_age, 14);
	assert_int_equal(m->rest, MAP_REST_REFUSE);
	assert_null(m->record_class);
	assert_int_equal(m->columns, 1);
	map_free(m);
	map_free(NULL);
}

static void
mistakes_are_refused(void **state)
{
	(void)state;
	refused("map = { };", "format is missing");
	refused(HEAD "columns = ( " NAME " ); hat = 1; };", "hat");
	refused(HEAD "columns = ( { column = \"N\"; to = \"subject.nmae\"; } "
		     "); };",
	    "not known");
	refused(HEAD "columns = ( { column = \"E\"; to = \"subject.email\"; } "
		     "); };",
	    "no column gives the name");
	refused(HEAD "columns = ( " NAME ", " NAME " ); };",
	    "the name comes from one column");
	refused(HEAD "columns = ( " NAME ", { column = \"N\"; to = "
		     "\"subject.email\"; } ); };",
	    "mapped twice");
	refused(HEAD "columns = ( " NAME " ); ignore = ( \"N\" ); };",
	    "mapped and ignored");
	refused(HEAD "columns = ( " NAME " ); rest = \"record\"; };",
	    "record is missing");
	refused(HEAD "columns = ( " NAME ", { column = \"B\"; to = "
		     "\"subject.born\"; dates = ( \"MM-DD\" ); } ); };",
	    "not a date form");
	refused(HEAD "columns = ( { column = \"N\"; to = \"subject.name\"; "
		     "dates = ( \"YYYY-MM-DD\" ); } ); };",
	    "takes no date");
	refused(HEAD "columns = ( { column = \"N\"; to = \"subject.name\"; "
		     "required = true; optional = true; } ); };",
	    "not both");
	refused(HEAD
	    "columns = ( { column = \"N\"; to = \"subject.name\"; also "
	    "= { to = \"subject.ended\"; column = \"X\"; is = ( \"y\" "
	    "); }; } ); };",
	    "a second event of an event");
	refused("map = {", "");
	refused("", "map is missing");
}

static int
bind(const struct map *m, const char *const *names, bool lax,
    struct map_bind **ret, struct hrv_err *err)
{
	struct csv_field f[8];
	size_t n = 0;

	for (; names[n] != NULL; n++) {
		f[n].text = names[n];
		f[n].len = strlen(names[n]);
	}
	return map_bind(m, f, n, lax, ret, err);
}

static void
columns_that_lack_or_are_unknown_are_listed(void **state)
{
	static const char *const none[] = { "A", "B", NULL };
	static const char *const more[] = { "N", "E", "A", "\x1b[1m", NULL };
	struct map *m = read_text(HEAD
	    "columns = ( " NAME ", { column = \"E\"; to = \"subject.email\"; "
	    "}, { column = \"P\"; to = \"subject.phone\"; optional = true; } "
	    "); };");
	struct map_bind *b = NULL;
	struct hrv_err e;

	(void)state;
	assert_non_null(m);
	assert_int_equal(bind(m, none, false, &b, &e), HRV_EUSAGE);
	assert_string_equal(e.msg, "the file has no column for: N, E");
	assert_int_equal(bind(m, more, false, &b, &e), HRV_EUSAGE);
	assert_string_equal(e.msg, "the map says nothing about: A, \\x1b[1m");
	assert_null(b);
	map_free(m);
}

static void
the_rest_goes_into_the_record_if_the_map_says_so(void **state)
{
	static const char *const names[] = { "N", "A", "Age", "E", NULL };
	struct map *m = read_text(HEAD
	    "columns = ( " NAME ", { column = \"E\"; to = \"subject.email\"; "
	    "keep = true; } ); ignore = ( \"Age\" ); rest = \"record\"; "
	    "record = { class = \"personnel_file\"; }; };");
	struct map_bind *b = NULL;

	(void)state;
	assert_non_null(m);
	OK_(bind(m, names, false, &b, err));
	assert_false(b->column[0].in_record);
	assert_true(b->column[1].in_record);
	assert_false(b->column[2].in_record);
	assert_true(b->column[3].in_record);
	assert_string_equal(m->provided_by, "employer");
	map_unbind(b);
	map_unbind(NULL);
	map_free(m);
}

static void
dates_are_read_by_form(void **state)
{
	struct dateform_date d;
	struct hrv_date day;

	(void)state;
	assert_true(dateform_ok("MM/DD/YY"));
	assert_true(dateform_ok("D.M.YYYY"));
	assert_true(dateform_ok("YYYY-MM-DD"));
	assert_false(dateform_ok("YYYYMMDD"));
	assert_false(dateform_ok("YYY-MM-DD"));
	assert_false(dateform_ok("MM/DD"));
	assert_false(dateform_ok("MM/DD/YYYY/"));
	assert_false(dateform_ok("MM/DD/YY/MM"));
	assert_false(dateform_ok(""));
	assert_true(dateform_read("MM/DD/YY", "7/10/83", 7, &d));
	assert_true(
	    d.two_digits && d.year == 83 && d.month == 7 && d.day == 10);
	assert_true(dateform_read("D.M.YYYY", "01.2.2020", 9, &d));
	day = dateform_day(&d);
	assert_int_equal(day.year, 2020);
	assert_false(dateform_read("MM/DD/YY", "07/10/1983", 10, &d));
	assert_false(dateform_read("MM/DD/YYYY", "07/10/83", 8, &d));
	assert_false(dateform_read("MM/DD/YY", "13/01/83", 8, &d));
	assert_false(dateform_read("MM/DD/YY", "02/29/83", 8, &d));
	assert_true(dateform_read("MM/DD/YY", "02/29/00", 8, &d));
	assert_false(dateform_read("YYYY-MM-DD", "2021-02-29", 10, &d));
	assert_false(dateform_read("YYYY-MM-DD", "0000-00-00", 10, &d));
	assert_false(dateform_read("MM/DD/YY", "07/10/83x", 9, &d));
	assert_false(dateform_read("MM/DD/YY", "", 0, &d));
}

static void
two_digits_mean_the_latest_such_day(void **state)
{
	struct hrv_date limit = { 2026, 11, 23 }, day;
	struct dateform_date d = { true, 26, 11, 23 };

	(void)state;
	assert_true(dateform_latest(&d, limit, &day));
	assert_int_equal(day.year, 2026);
	d.day = 24;
	assert_true(dateform_latest(&d, limit, &day));
	assert_int_equal(day.year, 1926);
	d = (struct dateform_date){ true, 0, 2, 29 };
	limit.year = 1999;
	assert_true(dateform_latest(&d, limit, &day));
	assert_int_equal(day.year, 1600); /* 1900 was no leap year */
	d.two_digits = false;
	assert_false(dateform_latest(&d, limit, &day));
}

static void
shipped_maps_are_right(void **state)
{
	static const char *const ids[] = { "hrdataset", "orangehrm",
		"bamboohr" };
	static char text[65536];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char path[64];
		FILE *f;
		struct map *m;

		(void)snprintf(
		    path, sizeof(path), "policy/maps/%s.cfg", ids[i]);
		f = fopen(path, "r");
		assert_non_null(f);
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		(void)fclose(f);
		m = read_text(text);
		assert_non_null(m);
		assert_string_equal(m->id, ids[i]);
		map_free(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_map_has_safe_defaults),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(columns_that_lack_or_are_unknown_are_listed),
		cmocka_unit_test(
		    the_rest_goes_into_the_record_if_the_map_says_so),
		cmocka_unit_test(dates_are_read_by_form),
		cmocka_unit_test(two_digits_mean_the_latest_such_day),
		cmocka_unit_test(shipped_maps_are_right),
	};

	return RUN(tests);
}
