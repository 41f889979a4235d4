/* SPDX-License-Identifier: ISC */
/*
 * The CSV reader. Layer: base. Invariant: what is handed out as a row has one
 * field for each column of the header, each well-formed text; whatever else
 * the bytes contain comes back as a bad row or an error with its place.
 */
#include "vault/base/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"

enum state {
	AT_START, /* of a field */
	PLAIN,	  /* in a field without quotes */
	QUOTED,	  /* between quotes */
	CLOSED	  /* after a quote that may have been the last */
};

struct span {
	size_t at;
	size_t len;
};

struct csv {
	struct csv_source from;
	const uint8_t *chunk; /* bytes at hand */
	size_t pos;
	size_t have;
	uint8_t *space; /* for bytes from a descriptor; NULL with data */
	bool eof;
	bool skip_lf; /* the last row ended with CR: a LF belongs to it */
	bool broken;  /* a failure that ends everything */
	uint64_t row;
	uint64_t line;
	uint64_t row_line; /* on which the row begins */
	uint64_t before;   /* bytes of the file before the chunk */
	uint64_t row_at;   /* bytes before the row */
	uint64_t rows_at;  /* bytes before the first row behind the header */

	enum state state;
	struct buf text; /* of the row, fields back to back */
	struct span span[CSV_COLUMNS_MAX];
	struct csv_field field[CSV_COLUMNS_MAX];
	size_t fields;
	size_t start; /* of the field being read, in text */
	bool quoted;  /* some field of the row had quotes */
	size_t bad_column;
	const char *bad_reason;

	struct buf names; /* of the columns */
	struct csv_field header[CSV_COLUMNS_MAX];
	size_t columns;
};

enum { CHUNK = 65536 };

/* Gets more bytes when none are at hand. At the end of the file: 0, eof. */
static int
fill(struct csv *c, struct hrv_err *err)
{
	if (c->pos < c->have || c->eof)
		return 0;
	if (c->space == NULL) {
		c->eof = true;
		return 0;
	}
	c->before += c->have;
	c->pos = c->have = 0;
	while (c->have < CHUNK && !c->eof) {
		ssize_t n =
		    read(c->from.fd, c->space + c->have, CHUNK - c->have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hrv_fail(err, HRV_EIO,
			    "reading the CSV file failed: %s", strerror(errno));
		c->eof = n == 0;
		c->have += (size_t)n;
	}
	if (c->have > 0)
		c->eof = false; /* seen again when these are used up */
	return 0;
}

static void
mark_bad(struct csv *c, const char *reason)
{
	if (c->bad_reason != NULL)
		return; /* the first mistake explains the others */
	c->bad_reason = reason;
	c->bad_column = c->fields + 1;
}

static int
give_up(struct csv *c, const char *what, struct hrv_err *err)
{
	c->broken = true;
	mark_bad(c, what);
	return hrv_fail(err, HRV_EUSAGE, "row %llu (line %llu), column %zu: %s",
	    (unsigned long long)c->row, (unsigned long long)c->row_line,
	    c->bad_column, what);
}

static int
end_field(struct csv *c, struct hrv_err *err)
{
	size_t len = c->text.len - c->start;

	if (c->fields == CSV_COLUMNS_MAX)
		return give_up(c, "there are more than 1000 columns", err);
	if (!enc_utf8_valid(c->text.data + c->start, len))
		mark_bad(c, "the value is not valid UTF-8");
	c->span[c->fields].at = c->start;
	c->span[c->fields].len = len;
	c->fields++;
	c->start = c->text.len;
	c->state = AT_START;
	return 0;
}

static int
add_text(struct csv *c, const uint8_t *p, size_t len, struct hrv_err *err)
{
	if (len == 0)
		return 0;
	if (c->text.len - c->start + len > CSV_FIELD_MAX)
		return give_up(c,
		    "a field is over 1 MiB long (is a quote not closed?)", err);
	if (c->text.len + len > CSV_ROW_MAX)
		return give_up(c, "the row is over 16 MiB long", err);
	buf_add(&c->text, p, len);
	return buf_ok(&c->text, err);
}

/* Takes ordinary bytes at hand up to the next one that means something. */
static int
take_run(struct csv *c, struct hrv_err *err)
{
	size_t from = c->pos;

	for (; c->pos < c->have; c->pos++) {
		uint8_t b = c->chunk[c->pos];

		if (b == '"' || b == '\n' || b == '\0')
			break;
		if (c->state != QUOTED &&
		    (b == '\r' || b == (uint8_t)c->from.delimiter))
			break;
	}
	if (c->pos > from && c->state == AT_START)
		c->state = PLAIN;
	if (c->pos > from && c->state == CLOSED) {
		mark_bad(c, "there is text after a closing quote");
		c->state = PLAIN;
	}
	return add_text(c, c->chunk + from, c->pos - from, err);
}

static int
take_quote(struct csv *c, struct hrv_err *err)
{
	switch (c->state) {
	case AT_START:
		c->state = QUOTED;
		c->quoted = true;
		return 0;
	case QUOTED:
		c->state = CLOSED;
		return 0;
	case CLOSED: /* a doubled quote */
		c->state = QUOTED;
		return add_text(c, (const uint8_t *)"\"", 1, err);
	case PLAIN:
	default:
		mark_bad(c, "there is a quote inside a value without quotes");
		return add_text(c, (const uint8_t *)"\"", 1, err);
	}
}

/* Takes the byte that stopped the run; *ret_done when it ended the row. */
static int
take_special(struct csv *c, bool *ret_done, struct hrv_err *err)
{
	uint8_t b = c->chunk[c->pos++];

	if (b == '"')
		return take_quote(c, err);
	if (b == '\0') {
		mark_bad(c, "there is a NUL character");
		return 0;
	}
	if (c->state == QUOTED) { /* only LF gets here */
		c->line++;
		return add_text(c, &b, 1, err);
	}
	if (b == (uint8_t)c->from.delimiter)
		return end_field(c, err);
	c->line++;
	c->skip_lf = b == '\r';
	*ret_done = true;
	return end_field(c, err);
}

static void
begin_row(struct csv *c)
{
	buf_reset(&c->text);
	c->fields = c->start = 0;
	c->state = AT_START;
	c->quoted = false;
	c->bad_column = 0;
	c->bad_reason = NULL;
	c->row++;
	c->row_line = c->line;
	c->row_at = c->before + c->pos;
}

/* Reads one row into c; *ret_more is false when there was none. */
static int
read_row(struct csv *c, bool *ret_more, struct hrv_err *err)
{
	bool done = false;
	int rc = 0;

	begin_row(c);
	while (rc == 0 && !done) {
		rc = fill(c, err);
		if (rc != 0 || c->eof)
			break;
		if (c->skip_lf && c->chunk[c->pos] == '\n')
			c->pos++;
		c->skip_lf = false;
		if (c->pos < c->have)
			rc = take_run(c, err);
		if (rc == 0 && c->pos < c->have)
			rc = take_special(c, &done, err);
	}
	if (rc == 0 && !done && c->state == QUOTED)
		rc = give_up(c, "a quote is never closed", err);
	*ret_more = done || c->text.len > 0 || c->fields > 0 || c->quoted;
	if (rc == 0 && !done && *ret_more)
		rc = end_field(c, err);
	c->broken = c->broken || rc != 0;
	return rc;
}

/* Points field[] at the row's text, which moves no more. */
static void
show_fields(struct csv *c)
{
	for (size_t i = 0; i < c->fields; i++) {
		c->field[i].text = (const char *)c->text.data + c->span[i].at;
		c->field[i].len = c->span[i].len;
	}
}

static bool
is_blank_row(const struct csv *c)
{
	return c->fields == 1 && c->text.len == 0 && !c->quoted &&
	       c->bad_reason == NULL;
}

int
csv_next(struct csv *c, struct csv_row *row, struct hrv_err *err)
{
	bool more = true;
	int rc = 0;

	memset(row, 0, sizeof(*row));
	row->what = CSV_END;
	if (c->broken)
		return hrv_fail(
		    err, HRV_EUSAGE, "the CSV file cannot be read any further");
	do {
		rc = read_row(c, &more, err);
	} while (rc == 0 && more && is_blank_row(c));
	row->row = c->row;
	row->line = c->row_line;
	row->at = c->row_at;
	row->size = c->before + c->pos - c->row_at;
	row->column = c->bad_column;
	row->reason = c->bad_reason;
	if (rc != 0 || !more)
		return rc;
	row->what = c->bad_reason != NULL ? CSV_BAD : CSV_ROW;
	if (row->what == CSV_ROW && c->fields != c->columns) {
		row->what = CSV_BAD;
		row->reason = c->fields < c->columns
				  ? "the row has fewer columns than the header"
				  : "the row has more columns than the header";
	}
	if (row->what == CSV_ROW) {
		show_fields(c);
		row->field = c->field;
		row->fields = c->fields;
	}
	return 0;
}

/* The delimiter that occurs most in the first line outside quotes. */
static char
find_delimiter(const uint8_t *p, size_t len)
{
	static const char known[] = { ',', ';', '\t', '|' };
	size_t count[sizeof(known)] = { 0 };
	size_t best = 0;
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '"')
			inside = !inside;
		else if (!inside && (p[i] == '\n' || p[i] == '\r'))
			break;
		for (size_t k = 0; !inside && k < sizeof(known); k++)
			count[k] += p[i] == (uint8_t)known[k];
	}
	for (size_t k = 1; k < sizeof(known); k++)
		if (count[k] > count[best])
			best = k;
	return known[best];
}

/* Looks at the first bytes: encoding, byte order mark, delimiter. */
static int
read_start(struct csv *c, struct hrv_err *err)
{
	const uint8_t *p;
	int rc;

	rc = fill(c, err);
	if (rc != 0)
		return rc;
	p = c->chunk;
	if (c->have >= 2 &&
	    ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff) ||
		p[0] == 0 || p[1] == 0)) {
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the file is UTF-16, and only UTF-8 can be read");
		(void)hrv_hint(err,
		    "save it again as \"CSV UTF-8\", or: iconv -f UTF-16 -t "
		    "UTF-8 FILE");
		return rc;
	}
	if (c->have >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		c->pos = 3;
	if (c->from.delimiter == 0)
		c->from.delimiter =
		    find_delimiter(p + c->pos, c->have - c->pos);
	return 0;
}

static void
trim(struct csv_field *f)
{
	while (f->len > 0 && (f->text[0] == ' ' || f->text[0] == '\t')) {
		f->text++;
		f->len--;
	}
	while (f->len > 0 &&
	       (f->text[f->len - 1] == ' ' || f->text[f->len - 1] == '\t'))
		f->len--;
}

static int
check_names(struct csv *c, struct hrv_err *err)
{
	for (size_t i = 0; i < c->columns; i++) {
		if (c->header[i].len == 0)
			return hrv_fail(err, HRV_EUSAGE,
			    "column %zu of the header has no name", i + 1);
		for (size_t k = 0; k < i; k++)
			if (c->header[k].len == c->header[i].len &&
			    memcmp(c->header[k].text, c->header[i].text,
				c->header[i].len) == 0)
				return hrv_fail(err, HRV_EUSAGE,
				    "columns %zu and %zu of the header have "
				    "the same name",
				    k + 1, i + 1);
	}
	return 0;
}

static int
read_header(struct csv *c, struct hrv_err *err)
{
	bool more = true;
	int rc;

	do
		rc = read_row(c, &more, err);
	while (rc == 0 && more && is_blank_row(c));
	if (rc != 0)
		return rc;
	if (!more)
		return hrv_fail(err, HRV_EUSAGE, "the file has no header");
	if (c->bad_reason != NULL) {
		(void)!give_up(c, c->bad_reason, err);
		return hrv_hint(err, "is it a CSV file, saved as UTF-8?");
	}
	buf_add(&c->names, c->text.data, c->text.len);
	rc = buf_ok(&c->names, err);
	if (rc != 0)
		return rc;
	show_fields(c);
	c->columns = c->fields;
	c->rows_at = c->before + c->pos;
	for (size_t i = 0; i < c->fields; i++) {
		c->header[i].text = buf_str(&c->names) + c->span[i].at;
		c->header[i].len = c->span[i].len;
		trim(&c->header[i]);
	}
	return check_names(c, err);
}

int
csv_new(
    const struct csv_source *from, struct csv **ret_csv, struct hrv_err *err)
{
	struct csv *c = calloc(1, sizeof(*c));
	int rc = HRV_ENOMEM;

	if (c == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->from = *from;
	c->line = 1;
	c->text.secret = true;
	c->chunk = from->data;
	c->have = from->data != NULL ? from->len : 0;
	if (from->data == NULL)
		c->chunk = c->space = malloc(CHUNK);
	/* So that the text has an address even while it is empty. */
	if (c->chunk == NULL || buf_reserve(&c->text, CHUNK) == NULL) {
		(void)hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	rc = read_start(c, err);
	if (rc != 0)
		goto out;
	rc = read_header(c, err);
	if (rc != 0)
		goto out;
	*ret_csv = c;
	c = NULL;
	rc = 0;
out:
	csv_free(c);
	return rc;
}

void
csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	if (c->space != NULL)
		explicit_bzero(c->space, CHUNK);
	free(c->space);
	buf_clear(&c->text);
	buf_clear(&c->names);
	free(c);
}

size_t
csv_columns(const struct csv *c)
{
	return c->columns;
}

const struct csv_field *
csv_header(const struct csv *c)
{
	return c->header;
}

uint64_t
csv_header_size(const struct csv *c)
{
	return c->rows_at;
}

char
csv_delimiter(const struct csv *c)
{
	return c->from.delimiter;
}
