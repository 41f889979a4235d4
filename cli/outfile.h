/* SPDX-License-Identifier: ISC */
/*
 * A file with contents for a person: mode 0600, never in the place of another
 * file, under its name only when it is whole, gone after a failure or an
 * interruption. Layer: cli.
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stddef.h>

#include "hrvault/err.h"

struct outfile {
	int fd;	    /* to be written to */
	char *path; /* as the user gave it */
	char *tmp;  /* beside it, until the end */
};
#define OUTFILE_INIT                                                           \
	{                                                                      \
		-1, NULL, NULL                                                 \
	}

/* Begins the file. HRV_EEXISTS when there is something of that name,
 * HRV_ENOTFOUND without its folder. */
int outfile_open(
    struct outfile *f, const char *path, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds bytes. HRV_EIO. */
int outfile_write(struct outfile *f, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* All of it was written: fsync, and its name. HRV_EEXISTS when somebody else
 * took the name meanwhile. */
int outfile_commit(struct outfile *f, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees; what was not committed is removed. */
void outfile_clear(struct outfile *f);

#endif
