/* SPDX-License-Identifier: ISC */
/* The CSV reader: every row whole or reported, whatever the bytes. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/base/csv.h"

/* Reads all of it and writes what came: fields in [ ], bad rows as
 * !row:line:column, a failure as X. */
static const char *
read_all(const char *data, size_t len, char delimiter, struct buf *out)
{
	struct csv_source from = { -1, data, len, delimiter };
	struct csv *c = NULL;
	struct csv_row row;
	struct hrv_err err;

	buf_reset(out);
	if (csv_new(&from, &c, &err) != 0) {
		buf_addf(out, "H:%s", err.msg);
		return buf_str(out);
	}
	for (;;) {
		if (csv_next(c, &row, &err) != 0) {
			buf_addf(out, "X:%s", err.msg);
			break;
		}
		if (row.what == CSV_END)
			break;
		if (row.what == CSV_BAD)
			buf_addf(out, "!%d:%d:%d", (int)row.row, (int)row.line,
			    (int)row.column);
		for (size_t i = 0; i < row.fields; i++) {
			buf_addc(out, '[');
			buf_add(out, row.field[i].text, row.field[i].len);
			buf_addc(out, ']');
		}
		buf_addc(out, '/');
	}
	csv_free(c);
	return buf_str(out);
}

#define READS(text, want)                                                      \
	do {                                                                   \
		struct buf b_ = BUF_INIT;                                      \
		assert_string_equal(                                           \
		    read_all(text, sizeof(text) - 1, 0, &b_), want);           \
		buf_clear(&b_);                                                \
	} while (0)

static void
plain_and_quoted_fields(void **state)
{
	(void)state;
	READS("a,b\n1,2\n", "[1][2]/");
	READS("a,b\r\n1,2\r\n3,4", "[1][2]/[3][4]/");
	READS("a,b\r1,2\r3,4\r", "[1][2]/[3][4]/");
	READS("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "[x, y][say \"hi\"]/");
	READS("a,b\n\"l1\nl2\",\"\"\n,\n", "[l1\nl2][]/[][]/");
	READS("a\n\"\"\n\nx\n", "[]/[x]/");
	READS("\xef\xbb\xbf\"a\",b\n 1 ,2\n", "[ 1 ][2]/");
	READS("a,b", "");
	READS("a,b\n01960,\n", "[01960][]/");
}

static void
delimiters_are_found(void **state)
{
	(void)state;
	READS("a;b;c\n1,5;2;3\n", "[1,5][2][3]/");
	READS("a\tb\n1,5\t2\n", "[1,5][2]/");
	READS("a|b\n1|2\n", "[1][2]/");
	READS("\"a,b,c\";d\n1;2\n", "[1][2]/");
	READS("one\nx,y\n", "!2:2:0/");
}

static void
bad_rows_do_not_shift(void **state)
{
	(void)state;
	READS("a,b\n1\n1,2,3\n4,5\n", "!2:2:0/!3:3:0/[4][5]/");
	READS("a,b\nx\"y,2\n4,5\n", "!2:2:1/[4][5]/");
	READS("a,b\n1,\"x\"y\n4,5\n", "!2:2:2/[4][5]/");
	READS("a,b\n1,\xff\n4,5\n", "!2:2:2/[4][5]/");
	READS("a,b\n1,x\0y\n4,5\n", "!2:2:2/[4][5]/");
	READS("a,b\n\"1\n2\",3\n4\n5,6\n", "[1\n2][3]/!3:4:0/[5][6]/");
}

static void
files_that_cannot_be_read_say_why(void **state)
{
	(void)state;
	READS("a,b\n1,\"open\n2,3\n",
	    "X:row 2 (line 2), column 2: a quote is never closed");
	READS("", "H:the file has no header");
	READS("\n\n", "H:the file has no header");
	READS("a,,c\n", "H:column 2 of the header has no name");
	READS(
	    "a,b, a \n", "H:columns 1 and 3 of the header have the same name");
	READS("\xff\xfe"
	      "a\0",
	    "H:the file is UTF-16, and only UTF-8 can be read");
	READS("a\0,\0b\0", "H:the file is UTF-16, and only UTF-8 can be read");
	READS("caf\xe9,b\n",
	    "H:row 1 (line 1), column 1: the value is not valid UTF-8");
}

static void
limits_are_named(void **state)
{
	struct buf in = BUF_INIT, out = BUF_INIT;

	(void)state;
	buf_adds(&in, "a,b\n1,");
	for (size_t i = 0; i <= CSV_FIELD_MAX; i++)
		buf_addc(&in, 'x');
	assert_string_equal(read_all(buf_str(&in), in.len, 0, &out),
	    "X:row 2 (line 2), column 2: a field is over 1 MiB long (is a "
	    "quote not closed?)");
	buf_reset(&in);
	for (size_t i = 0; i <= CSV_COLUMNS_MAX; i++)
		buf_addf(&in, "%sc%zu", i ? "," : "", i);
	assert_string_equal(read_all(buf_str(&in), in.len, 0, &out),
	    "H:row 1 (line 1), column 1001: there are more than 1000 columns");
	buf_reset(&in);
	buf_adds(&in, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r\n");
	for (int col = 0; col < 18; col++) {
		for (size_t i = 0; i < CSV_FIELD_MAX - 10; i++)
			buf_addc(&in, 'x');
		buf_addc(&in, col < 17 ? ',' : '\n');
	}
	assert_string_equal(read_all(buf_str(&in), in.len, 0, &out),
	    "X:row 2 (line 2), column 17: the row is over 16 MiB long");
	buf_clear(&in);
	buf_clear(&out);
}

/* The same rows whether they come at once or split at every byte. */
static void
chunk_borders_do_not_matter(void **state)
{
	static const char row[] = "\"J\xc3\xbcrg, \"\"x\"\"\",b\r\n";
	int fd[2];
	struct csv_source from = { -1, NULL, 0, 0 };
	struct csv *c = NULL;
	struct csv_row r;
	size_t rows = 0;
	char path[] = "/tmp/hvcsv.XXXXXX";

	(void)state;
	fd[0] = mkstemp(path);
	assert_true(fd[0] >= 0);
	(void)unlink(path);
	assert_int_equal(write(fd[0], "a,b\n", 4), 4);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(write(fd[0], row, sizeof(row) - 1),
		    (ssize_t)sizeof(row) - 1);
	assert_int_equal(lseek(fd[0], 0, SEEK_SET), 0);
	from.fd = fd[0];
	OK_(csv_new(&from, &c, err));
	for (;;) {
		OK_(csv_next(c, &r, err));
		if (r.what != CSV_ROW)
			break;
		assert_int_equal(r.fields, 2);
		assert_int_equal(r.field[0].len, 10);
		assert_memory_equal(r.field[0].text, "J\xc3\xbcrg, \"x\"", 10);
		rows++;
	}
	assert_int_equal(r.what, CSV_END);
	assert_int_equal(rows, 20000);
	csv_free(c);
	close(fd[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_and_quoted_fields),
		cmocka_unit_test(delimiters_are_found),
		cmocka_unit_test(bad_rows_do_not_shift),
		cmocka_unit_test(files_that_cannot_be_read_say_why),
		cmocka_unit_test(limits_are_named),
		cmocka_unit_test(chunk_borders_do_not_matter),
	};

	return RUN(tests);
}
