/* SPDX-License-Identifier: ISC */
/*
 * CSV as people's programs write it (RFC 4180, and the usual other
 * delimiters), read as a stream: memory stays at one row however large the
 * file. Every row is either given whole, with exactly as many fields as the
 * header has columns, or reported as bad: no value ever shifts into another
 * column and no row disappears. UTF-8 only, with or without byte order mark.
 * A row's bytes are wiped before the next one is read. Layer: base.
 */
#ifndef VAULT_BASE_CSV_H
#define VAULT_BASE_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

#define CSV_FIELD_MAX (1024u * 1024u)
#define CSV_ROW_MAX (16u * 1024u * 1024u)
#define CSV_COLUMNS_MAX 1000u

/* One reader; opaque. */
struct csv;

/* Where the bytes come from. */
struct csv_source {
	int fd;		  /* read from here when data is NULL; stays open */
	const void *data; /* or from memory, which must outlive the reader */
	size_t len;
	char delimiter; /* , ; | or tab; 0: found from the header */
};

/* A value: not NUL-terminated, quotes removed, well-formed UTF-8 without NUL.
 */
struct csv_field {
	const char *text;
	size_t len;
};

enum csv_what {
	CSV_ROW, /* a whole row */
	CSV_BAD, /* a row that could not be read; the next one can be */
	CSV_END	 /* no more rows */
};

struct csv_row {
	enum csv_what what;
	uint64_t row;  /* as a spreadsheet counts: the header is row 1 */
	uint64_t line; /* physical line on which the row begins, from 1 */
	uint64_t at;   /* bytes of the file before it */
	uint64_t size; /* its bytes as they stand there; a line end may be at
			* either end */
	const struct csv_field *field; /* with CSV_ROW: one for each column */
	size_t fields;
	size_t column;	    /* with CSV_BAD: where, from 1; 0: the whole row */
	const char *reason; /* with CSV_BAD: what is wrong; static */
};

/* Opens a reader and reads the header. HRV_EUSAGE where the text is UTF-16,
 * has no header, or the header has an empty or a double name or over
 * CSV_COLUMNS_MAX columns (the message has numbers, not names: a file without
 * header begins with somebody's data). The caller frees with csv_free(). */
int csv_new(const struct csv_source *from, struct csv **ret_csv,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes and frees. NULL is fine. */
void csv_free(struct csv *c);

/* Number and names (blanks around them removed) of the columns; valid until
 * csv_free(). */
size_t csv_columns(const struct csv *c);
const struct csv_field *csv_header(const struct csv *c);
/* How many bytes of the file come before the first row, header included. */
uint64_t csv_header_size(const struct csv *c);
/* The delimiter in use. */
char csv_delimiter(const struct csv *c);

/* Reads the next row; blank lines are passed over. *row borrows from the
 * reader until the next call. Returns 0 for CSV_ROW, CSV_BAD and CSV_END;
 * HRV_EUSAGE when the file cannot be read any further (a quote never closed, a
 * limit passed), HRV_EIO when reading failed; then row->row, line and column
 * say where, and every later call fails likewise. */
int csv_next(
    struct csv *c, struct csv_row *row, struct hrv_err *err) HRV_MUST_CHECK;

#endif
