/* SPDX-License-Identifier: ISC */
/*
 * Everything that is wrong with one file that people write (a schedule, a
 * law, a calendar, an import map): all of it at once, each with its line and
 * with what to write instead. Such files hold no personal data, so messages
 * may quote them.
 */
#ifndef HRVAULT_FILEERR_H
#define HRVAULT_FILEERR_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One mistake. */
struct hrv_file_error {
	int line;      /* from 1; 0 where no line can be named */
	char *message; /* what is wrong; lower case, no full stop */
	char *remedy;  /* what to write instead; "" where that is plain */
};

/* A list of them, in the order they were found. Start with
 * HRV_FILE_ERRORS_INIT, end with hrv_file_errors_clear(). */
struct hrv_file_errors {
	struct hrv_file_error *item;
	size_t count;	/* entries in item */
	size_t more;	/* found after the list was full (200) */
	bool no_memory; /* something was lost for want of memory */
};

#define HRV_FILE_ERRORS_INIT                                                   \
	{                                                                      \
		NULL, 0, 0, false                                              \
	}

/* Whether nothing is wrong: no entry, and nothing lost. */
bool hrv_file_errors_none(const struct hrv_file_errors *e);

/* Sorts by line, keeping the order of discovery within one line. */
void hrv_file_errors_sort(struct hrv_file_errors *e);

/* Turns the list into one error: 0 where it is empty; HRV_ENOMEM where memory
 * ran out; else HRV_EUSAGE with "NAME:LINE: message (and N more)" and the
 * first remedy as hint. name is the file as the user typed it. */
int hrv_file_errors_fail(const struct hrv_file_errors *e, const char *name,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Frees all texts; the list is empty and usable again. */
void hrv_file_errors_clear(struct hrv_file_errors *e);

#ifdef __cplusplus
}
#endif
#endif
