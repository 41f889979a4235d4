/* SPDX-License-Identifier: ISC */
/*
 * The rejects file of an import: rows that were not stored, as they stand in
 * the file, each behind its number and the reasons. Layer: cli. It holds
 * personal data: mode 0600, never in the place of another file, and not there
 * at all when nothing was rejected.
 */
#ifndef CLI_REJECTS_H
#define CLI_REJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/outfile.h"
#include "hrvault/import.h"

struct rejects {
	int fd; /* of the imported file, read by position */
	struct outfile out;
	FILE *to;
	uint64_t rows;		      /* in it so far */
	bool waiting;		      /* `row` still waits for reasons */
	struct hrv_import_reject row; /* its place; without texts */
	char *reasons;
	size_t reasons_len;
};
#define REJECTS_INIT                                                           \
	{                                                                      \
		.fd = -1, .out = OUTFILE_INIT                                  \
	}

/* Begins the file at path. HRV_EEXISTS: there is something of that name. */
int rejects_open(struct rejects *r, int fd, const char *path,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes one reason; those of one row follow each other. HRV_EIO. */
int rejects_add(struct rejects *r, const struct hrv_import_reject *one,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the file, which gets its name if there is a row in it. */
int rejects_end(struct rejects *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees; what was not ended is removed. */
void rejects_clear(struct rejects *r);

#endif
