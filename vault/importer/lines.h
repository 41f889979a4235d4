/* SPDX-License-Identifier: ISC */
/*
 * JSON Lines: one object a line, read as a stream and given as a row of names
 * and values, so that the same maps serve it as serve CSV. A line that is no
 * object is reported and the next one read. Layer: importer.
 */
#ifndef VAULT_IMPORTER_LINES_H
#define VAULT_IMPORTER_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/base/csv.h"

#define LINES_MAX (16u * 1024u * 1024u)

/* One reader; opaque. */
struct lines;

struct lines_row {
	enum csv_what what;	      /* CSV_ROW, CSV_BAD or CSV_END */
	uint64_t line;		      /* from 1 */
	uint64_t at;		      /* bytes of the file before it */
	uint64_t size;		      /* its bytes, with the line end */
	const struct csv_field *name; /* of the members, in their order */
	const struct csv_field *value;
	size_t fields;
	char reason[160]; /* with CSV_BAD: what is wrong, without values */
};

/* Opens a reader; the descriptor or memory of `from` stays the caller's (the
 * delimiter does not count). HRV_ENOMEM. The caller frees with lines_free().
 */
int lines_new(const struct csv_source *from, struct lines **ret_lines,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes and frees. NULL is fine. */
void lines_free(struct lines *l);

/* Reads the next line that is not blank. *row borrows from the reader until
 * the next call. Numbers, true and false come as text, null as the empty
 * value, nested values as their JSON text. HRV_EUSAGE for a line over
 * LINES_MAX, HRV_EIO when reading failed. */
int lines_next(
    struct lines *l, struct lines_row *row, struct hrv_err *err) HRV_MUST_CHECK;

#endif
