/* SPDX-License-Identifier: ISC */
/* Rows of export files: what they become, and what is refused in them. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/csv.h"
#include "vault/base/json.h"
#include "vault/importer/rowparse.h"

static const struct hrv_date today = { 2026, 11, 23 };

/* One row through a map that is written here; columns in the map's order. */
static const char map_text[] =
    "map = { format = \"hrvault-map/1\"; id = \"t\"; version = \"1\"; "
    "kind = \"employee\"; two_digit_years = \"past\"; columns = ( "
    "{ column = \"Name\"; to = \"subject.name\"; form = \"surname, given\"; "
    "required = true; }, "
    "{ column = \"No\"; to = \"subject.number\"; required = true; }, "
    "{ column = \"Mail\"; to = \"subject.email\"; nulls = ( \"none\" ); }, "
    "{ column = \"Born\"; to = \"subject.born\"; dates = ( \"MM/DD/YY\", "
    "\"YYYY-MM-DD\" ); }, "
    "{ column = \"In\"; to = \"subject.hired\"; dates = ( \"MM/DD/YY\", "
    "\"YYYY-MM-DD\" ); }, "
    "{ column = \"Out\"; to = \"subject.ended\"; dates = ( \"MM/DD/YY\", "
    "\"YYYY-MM-DD\" ); nulls = ( \"N/A\" ); also = { to = "
    "\"subject.terminated_involuntarily\"; column = \"Dept\"; is = ( "
    "\"X\" ); }; } ); "
    "rest = \"record\"; record = { class = \"personnel_file\"; }; };";

struct fixture {
	struct map *map;
	struct map_bind *bind;
	struct csv *csv;
	struct import_row row;
};

/* Reads the one row of text; the header is fixed, Zip and Dept are the rest.
 */
static void
read_row(struct fixture *f, const char *values)
{
	static char text[4096];
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct csv_source from = { -1, text, 0, ',' };
	struct rowparse p = { .today = today, .minimum_age = 13 };
	struct csv_row row;

	from.len = (size_t)snprintf(text, sizeof(text),
	    "Name,No,Mail,Born,In,Out,Zip,Dept\n%s\n", values);
	import_row_init(&f->row);
	f->map = map_read(map_text, sizeof(map_text) - 1, &errors);
	assert_non_null(f->map);
	OK_(csv_new(&from, &f->csv, err));
	OK_(map_bind(f->map, csv_header(f->csv), csv_columns(f->csv), false,
	    &f->bind, err));
	p.map = f->map;
	p.bind = f->bind;
	p.header = csv_header(f->csv);
	OK_(csv_next(f->csv, &row, err));
	assert_int_equal(row.what, CSV_ROW);
	OK_(rowparse(&p, row.field, row.fields, &f->row, err));
}

static void
done(struct fixture *f)
{
	import_row_clear(&f->row);
	map_unbind(f->bind);
	csv_free(f->csv);
	map_free(f->map);
}

static void
bad_row(const char *values, size_t column, const char *reason)
{
	struct fixture f;

	read_row(&f, values);
	assert_int_equal(f.row.errors, 1);
	assert_int_equal(f.row.error[0].column, column);
	assert_string_equal(f.row.error[0].reason, reason);
	done(&f);
}

static void
born_in(const char *values, int year)
{
	struct fixture f;

	read_row(&f, values);
	if (f.row.errors > 0)
		fail_msg("%s: %s", values, f.row.error[0].reason);
	assert_int_equal(f.row.born.year, year);
	done(&f);
}

static void
a_row_becomes_identity_events_and_record(void **state)
{
	struct fixture f;

	(void)state;
	read_row(&f, "\" Ødegård ,  Lovas  K \",00042, a@b.example ,07/10/51,"
		     "03/06/13,06/30/20,01960,\"Kilns  \"");
	assert_int_equal(f.row.errors, 0);
	assert_string_equal(f.row.name, "Lovas K Ødegård");
	assert_string_equal(f.row.given, "Lovas K");
	assert_string_equal(f.row.family, "Ødegård");
	assert_null(f.row.middle);
	assert_string_equal(f.row.number, "00042");
	assert_int_equal(f.row.emails, 1);
	assert_string_equal(f.row.email[0], "a@b.example");
	assert_int_equal(f.row.phones, 0);
	assert_int_equal(f.row.born.year, 1951);
	assert_int_equal(f.row.events, 2);
	assert_string_equal(f.row.event[0].name, "hired");
	assert_int_equal(f.row.event[0].date.year, 2013);
	assert_string_equal(f.row.event[1].name, "ended");
	assert_int_equal(f.row.event[1].date.month, 6);
	assert_string_equal(
	    buf_str(&f.row.record), "{\"Zip\":\"01960\",\"Dept\":\"Kilns\"}");
	assert_false(hrv_date_is_set(f.row.created));
	done(&f);
}

static void
nothing_is_nothing(void **state)
{
	struct fixture f;

	(void)state;
	read_row(&f, "Sukarno,1,none,,,N/A,,");
	assert_int_equal(f.row.errors, 0);
	assert_string_equal(f.row.name, "Sukarno");
	assert_null(f.row.family);
	assert_int_equal(f.row.emails, 0);
	assert_int_equal(f.row.events, 0);
	assert_false(hrv_date_is_set(f.row.born));
	assert_string_equal(
	    buf_str(&f.row.record), "{\"Zip\":\"\",\"Dept\":\"\"}");
	done(&f);
}

static void
one_day_can_be_two_events(void **state)
{
	struct fixture f;

	(void)state;
	read_row(&f, "\"A, B\",1,,,05/06/10,05/06/12,, X ");
	assert_int_equal(f.row.errors, 0);
	assert_int_equal(f.row.events, 3);
	assert_string_equal(f.row.event[2].name, "terminated_involuntarily");
	assert_int_equal(f.row.event[2].date.year, 2012);
	done(&f);
	read_row(&f, "\"A, B\",1,,,05/06/10,,,X");
	assert_int_equal(f.row.events, 1);
	done(&f);
}

static void
two_digit_years_make_sense(void **state)
{
	(void)state;
	born_in("\"A, B\",1,,07/10/51,,,,", 1951);
	born_in("\"A, B\",1,,09/01/99,,,,", 1999);
	born_in("\"A, B\",1,,09/01/05,,,,", 2005);
	born_in("\"A, B\",1,,11/24/26,,,,", 1926);
	born_in("\"A, B\",1,,11/23/13,,,,", 2013); /* thirteen today */
	born_in("\"A, B\",1,,02/29/08,,,,", 2008);
	/* hired in 1990, so born in 1930 and not ... */
	born_in("\"A, B\",1,,05/05/30,05/06/90,,,", 1930);
	bad_row("\"A, B\",1,,11/24/13,,,,", 4,
	    "no year fits these two digits and the person's other dates: "
	    "write it with four");
	bad_row("\"A, B\",1,,09/01/05,01/02/11,,,", 4,
	    "no year fits these two digits and the person's other dates: "
	    "write it with four");
}

static void
dates_that_cannot_be_are_refused(void **state)
{
	(void)state;
	bad_row(
	    "\"A, B\",1,,2027-01-01,,,,", 4, "the birth date is in the future");
	bad_row(
	    "\"A, B\",1,,1899-12-31,,,,", 4, "the birth date is before 1900");
	bad_row("\"A, B\",1,,2013-11-24,,,,", 4,
	    "the person is under the minimum age of 13");
	bad_row("\"A, B\",1,,1990-05-05,2004-05-04,,,", 5,
	    "the hire is before the age of 14");
	bad_row("\"A, B\",1,,,2010-05-05,2010-05-04,,", 6,
	    "the end is before the hire");
	bad_row("\"A, B\",1,,,05/05/10,05/04/09,,", 6,
	    "the end is before the hire");
	bad_row("\"A, B\",1,,02/30/70,,,,", 4,
	    "this is not a date of the form that the map says, or no such "
	    "day exists");
	bad_row("\"A, B\",1,,1.1.1970,,,,", 4,
	    "this is not a date of the form that the map says, or no such "
	    "day exists");
}

static void
values_that_cannot_be_stored_are_named_by_column(void **state)
{
	struct fixture f;

	(void)state;
	bad_row("\"A, B\",,,,,,,", 2, "there is no value");
	bad_row("\" , \",1,,,,,,", 0, "there is no name");
	bad_row("\"A, B\",1,no-address,,,,,", 3,
	    "the e-mail address has no name or no domain around an @");
	read_row(&f, ",,x,1,2,3,,");
	assert_int_equal(f.row.errors, 7); /* six columns, and no name */
	assert_int_equal(f.row.error[0].column, 1);
	done(&f);
}

static void
the_minimum_age_is_a_birthday(void **state)
{
	struct hrv_date born = { 2013, 11, 23 }, leap = { 2012, 2, 29 };
	struct hrv_date on = { 2026, 11, 23 }, feb = { 2025, 2, 28 };
	struct hrv_date march = { 2025, 3, 1 };

	(void)state;
	assert_true(rowparse_age_reached(born, 13, on));
	born.day = 24;
	assert_false(rowparse_age_reached(born, 13, on));
	assert_false(rowparse_age_reached(leap, 13, feb));
	assert_true(rowparse_age_reached(leap, 13, march));
	assert_true(rowparse_age_reached(on, 0, on));
}

/* A whole sample through its shipped map. */
static void
sample(const char *id, size_t rows, size_t hired, size_t ended)
{
	static char text[65536];
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct rowparse p = { .today = today, .minimum_age = 13 };
	struct csv_source from = { .data = NULL };
	struct map *m;
	struct map_bind *bind = NULL;
	struct csv *c = NULL;
	struct import_row r;
	struct csv_row row;
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "policy/maps/%s.cfg", id);
	f = fopen(path, "r");
	assert_non_null(f);
	m = map_read(text, fread(text, 1, sizeof(text), f), &errors);
	(void)fclose(f);
	assert_non_null(m);
	(void)snprintf(path, sizeof(path), "tests/data/people-%s.csv", id);
	from.fd = open(path, O_RDONLY | O_CLOEXEC);
	OK_(csv_new(&from, &c, err));
	OK_(map_bind(m, csv_header(c), csv_columns(c), false, &bind, err));
	p.map = m;
	p.bind = bind;
	p.header = csv_header(c);
	import_row_init(&r);
	for (;;) {
		OK_(csv_next(c, &row, err));
		if (row.what == CSV_END)
			break;
		assert_int_equal(row.what, CSV_ROW);
		OK_(rowparse(&p, row.field, row.fields, &r, err));
		if (r.errors > 0)
			fail_msg("%s row %d: %s", id, (int)row.row,
			    r.error[0].reason);
		assert_true(!hrv_date_is_set(r.born) ||
			    (r.born.year > 1949 && r.born.year < 2000));
		rows--;
		for (size_t i = 0; i < r.events; i++) {
			hired -= strcmp(r.event[i].name, "hired") == 0;
			ended -= strcmp(r.event[i].name, "ended") == 0;
		}
	}
	assert_int_equal(rows, 0);
	assert_int_equal(hired, 0);
	assert_int_equal(ended, 0);
	import_row_clear(&r);
	map_unbind(bind);
	csv_free(c);
	map_free(m);
	(void)close(from.fd);
}

static void
samples_of_the_shipped_maps_are_read(void **state)
{
	(void)state;
	sample("hrdataset", 60, 60, 20);
	sample("orangehrm", 12, 0, 0);
	sample("bamboohr", 12, 12, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_becomes_identity_events_and_record),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(one_day_can_be_two_events),
		cmocka_unit_test(two_digit_years_make_sense),
		cmocka_unit_test(dates_that_cannot_be_are_refused),
		cmocka_unit_test(
		    values_that_cannot_be_stored_are_named_by_column),
		cmocka_unit_test(the_minimum_age_is_a_birthday),
		cmocka_unit_test(samples_of_the_shipped_maps_are_read),
	};

	json_init();
	return RUN(tests);
}
