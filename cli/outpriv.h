/* SPDX-License-Identifier: ISC */
/*
 * What the files of standard output share. Layer: cli; for out*.c alone.
 */
#ifndef CLI_OUTPRIV_H
#define CLI_OUTPRIV_H

#include "cli/out.h"

#define OUT_COLUMNS 12 /* at most, in a table */
#define OUT_SAMPLE 256 /* rows that decide how wide columns are */

struct out {
	bool bold;		      /* the terminal can, and it may be */
	const struct out_field *cols; /* of the open list, or NULL */
	const char *none;	      /* said when it stays empty */
	size_t n_cols;
	size_t n_rows;			      /* elements so far */
	char *cells[OUT_SAMPLE][OUT_COLUMNS]; /* rows that wait, visible text */
	size_t n_waiting;
	size_t width[OUT_COLUMNS];
	bool widths_known;	  /* the first rows are out, no more waiting */
	bool shorten;		  /* ids, so that the table fits */
	bool hidden[OUT_COLUMNS]; /* left out for the same reason */
	bool blocks;		  /* no table: a line for each cell */
	int sys;		  /* errno of the first failed write */
	bool contents;		  /* standard output is for contents */
};

/* Writes text to standard output; a failure is remembered. */
void out_put(struct cli *c, const char *text, size_t len);
/* Writes n blanks. */
void out_pad(struct cli *c, size_t n);
/* A value as people see it, one line: "-" for null, yes or no, lists joined
 * with ", ", times as out_time() has them; flags as of struct out_field. NULL:
 * no memory. Freed with hrv_text_free(). */
char *out_cell(const struct hrv_doc *value, unsigned flags);
/* Columns that a table may take: those of the terminal, or SIZE_MAX where
 * standard output is none. */
size_t out_room(void);
/* The document as one line of JSON. */
int out_json(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Fails when a write has failed so far. */
int out_check(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the rows that wait, with their heading, and forgets them. */
void out_flush_rows(struct cli *c);

#endif
