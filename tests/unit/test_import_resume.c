/* SPDX-License-Identifier: ISC */
/* JSON Resume and JSON Lines: read strictly, kept as they came. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/importer/lines.h"
#include "vault/importer/resume.h"
#include "vault/importer/rowparse.h"

static void
refused(const char *text, const char *want)
{
	struct import_row r;
	struct hrv_err e = { 0 };

	import_row_init(&r);
	assert_int_equal(resume_read(text, strlen(text), &r, &e), HRV_EUSAGE);
	assert_string_equal(e.msg, want);
	assert_null(r.name);
	assert_int_equal(r.record.len, 0);
	import_row_clear(&r);
}

static void
a_resume_gives_identity_and_itself(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf{ \"basics\": {\"name\":\"Lovas \\u00d8deg\\u00e5rd\","
	    " \"email\":\"a@b.example\", \"phone\":\"+47 555 01 00\","
	    " \"label\":\"Potter\"}, \"work\":[{\"name\":\"Kilns\"}] }\n";
	struct import_row r;

	(void)state;
	import_row_init(&r);
	OK_(resume_read(text, sizeof(text) - 1, &r, err));
	assert_string_equal(r.name, "Lovas Ødegård");
	assert_int_equal(r.emails, 1);
	assert_string_equal(r.email[0], "a@b.example");
	assert_int_equal(r.phones, 1);
	assert_string_equal(r.phone[0], "+47 555 01 00");
	assert_int_equal(r.record.len, sizeof(text) - 1);
	assert_memory_equal(r.record.data, text, sizeof(text) - 1);
	import_row_clear(&r);
}

static void
empty_members_are_absent(void **state)
{
	static const char text[] =
	    "{\"basics\":{\"name\":\"A\",\"email\":\"\",\"phone\":null}}";
	struct import_row r;

	(void)state;
	import_row_init(&r);
	OK_(resume_read(text, sizeof(text) - 1, &r, err));
	assert_int_equal(r.emails, 0);
	assert_int_equal(r.phones, 0);
	import_row_clear(&r);
}

static void
what_is_no_resume_is_refused(void **state)
{
	(void)state;
	refused("{}", "this is no JSON Resume: it has no \"basics\"");
	refused("[1]", "this is no JSON Resume: it has no \"basics\"");
	refused("{\"basics\":{}}", "basics.name is missing");
	refused("{\"basics\":{\"name\":\"\"}}", "basics.name is missing");
	refused("{\"basics\":{\"name\":7}}", "basics.name is not a text");
	refused(
	    "{\"basics\":{\"name\":\"  \"}}", "basics.name: the name is empty");
	refused("{\"basics\":{\"name\":\"A\",\"email\":\"none\"}}",
	    "basics.email: the e-mail address has no name or no domain "
	    "around an @");
	refused("{\"basics\":{\"name\":\"A\"}", "not valid JSON at line 1, "
						"column 22");
}

static void
doubles_depth_and_bytes_are_refused(void **state)
{
	char deep[300];
	struct import_row r;

	(void)state;
	import_row_init(&r);
	memset(deep, '[', 200);
	memset(deep + 100, ']', 100);
	deep[200] = '\0';
	refused(deep, "the JSON is nested more than 64 deep");
	refused("{\"basics\":{\"name\":\"A\",\"name\":\"B\"}}",
	    "not valid JSON at line 1, column 28");
	refused("{\"basics\":{\"name\":\"\xff\"}}",
	    "not valid JSON at line 1, column 19");
	refused("", "not valid JSON at line 1, column 0");
	FAILS(
	    resume_read("x", (size_t)RESUME_SIZE_MAX + 1, &r, err), HRV_EUSAGE);
	assert_false(resume_too_deep("\"[[[\\\"[[[\"", 10, 2));
	assert_true(resume_too_deep("[[[", 3, 2));
	import_row_clear(&r);
}

static void
long_names_are_refused(void **state)
{
	struct buf b = BUF_INIT;
	struct import_row r;

	(void)state;
	import_row_init(&r);
	buf_adds(&b, "{\"basics\":{\"name\":\"");
	for (int i = 0; i < 10000; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "\"}}");
	FAILS(resume_read(buf_str(&b), b.len, &r, err), HRV_EUSAGE);
	buf_clear(&b);
	import_row_clear(&r);
}

/* Reads all lines: names=values;  ! for a bad line. */
static const char *
read_lines(const char *text, struct buf *out)
{
	struct csv_source from = { -1, text, strlen(text), 0 };
	struct lines *l = NULL;
	struct lines_row row;

	buf_reset(out);
	OK_(lines_new(&from, &l, err));
	for (;;) {
		OK_(lines_next(l, &row, err));
		if (row.what == CSV_END)
			break;
		if (row.what == CSV_BAD)
			buf_addf(out, "!%d", (int)row.line);
		for (size_t i = 0; i < row.fields; i++) {
			buf_add(out, row.name[i].text, row.name[i].len);
			buf_addc(out, '=');
			buf_add(out, row.value[i].text, row.value[i].len);
			buf_addc(out, ';');
		}
		buf_addc(out, '/');
	}
	lines_free(l);
	return buf_str(out);
}

static void
lines_are_rows(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(
	    read_lines("{\"b\":\"x\",\"a\":12,\"n\":null}\n\n"
		       "{\"p\":true,\"r\":62506.1,\"o\":{\"k\":[1]}}\r\n"
		       "{}",
		&b),
	    "b=x;a=12;n=;/p=true;r=62506.1;o={\"k\":[1]};//");
	assert_string_equal(read_lines("{\"a\":1}\n{\"a\":\n[1]\n"
				       "{\"a\":1,\"a\":2}\n{\"a\":\"é\"}\n",
				&b),
	    "a=1;/!2/!3/!4/a=é;/");
	assert_string_equal(read_lines("", &b), "");
	buf_clear(&b);
}

static void
lines_need_not_have_every_column(void **state)
{
	static const char text[] =
	    "map = { format = \"hrvault-map/1\"; id = \"t\"; version = \"1\"; "
	    "kind = \"candidate\"; columns = ( { column = \"name\"; to = "
	    "\"subject.name\"; required = true; }, { column = \"no\"; to = "
	    "\"subject.number\"; required = true; } ); };";
	static const char data[] = "{\"name\":\"A B\",\"no\":7}\n"
				   "{\"name\":\"C D\"}\n";
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct map *m = map_read(text, sizeof(text) - 1, &errors);
	struct csv_source from = { -1, data, sizeof(data) - 1, 0 };
	struct rowparse p = { .map = m, .today = { 2026, 11, 23 } };
	struct lines *l = NULL;
	struct lines_row row;
	struct import_row r;

	(void)state;
	assert_non_null(m);
	import_row_init(&r);
	OK_(lines_new(&from, &l, err));
	for (size_t i = 0; i < 2; i++) {
		struct map_bind *b = NULL;

		OK_(lines_next(l, &row, err));
		OK_(map_bind(m, row.name, row.fields, true, &b, err));
		p.bind = b;
		p.header = row.name;
		OK_(rowparse(&p, row.value, row.fields, &r, err));
		assert_int_equal(r.errors, i);
		map_unbind(b);
	}
	assert_string_equal(r.error[0].target, "number");
	import_row_clear(&r);
	lines_free(l);
	map_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_resume_gives_identity_and_itself),
		cmocka_unit_test(empty_members_are_absent),
		cmocka_unit_test(what_is_no_resume_is_refused),
		cmocka_unit_test(doubles_depth_and_bytes_are_refused),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(lines_are_rows),
		cmocka_unit_test(lines_need_not_have_every_column),
	};

	json_init();
	return RUN(tests);
}
