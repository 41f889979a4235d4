/* SPDX-License-Identifier: ISC */
/*
 * Many people from one file: CSV or JSON Lines by a map, or one candidate
 * from a JSON Resume (docs/formats/import.md). A row is stored whole or
 * rejected whole; the same file read again adds nobody.
 */
#ifndef HRVAULT_IMPORT_H
#define HRVAULT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/* One reason why a row is not stored. Texts never hold a value of the row and
 * are borrowed for the call. */
struct hrv_import_reject {
	uint64_t row;	     /* as a spreadsheet counts: the header is 1; of
			      * JSON Lines the line */
	uint64_t line;	     /* physical line on which it begins, from 1 */
	uint64_t at;	     /* its bytes in the file: where, */
	uint64_t size;	     /* and how many; maybe with line ends around */
	uint64_t header;     /* bytes before the first row of the file */
	size_t column;	     /* from 1; 0: the row as a whole */
	const char *heading; /* the column's name in the file, or NULL */
	const char *about;   /* "birth date"; NULL: the row as a whole */
	const char *reason;
	char delimiter; /* of the file's columns; 0: they have none */
	bool again;	/* a further reason of the row reported before */
};
typedef int hrv_import_reject_fn(
    void *ctx, const struct hrv_import_reject *r, struct hrv_err *err);
/* Rows done so far, of how many (0: not known yet). Anything but HRV_OK ends
 * the import between two batches and is passed on. */
typedef int hrv_import_progress_fn(
    void *ctx, uint64_t done, uint64_t total, struct hrv_err *err);

struct hrv_import_args {
	int fd;		  /* a regular file, open for reading; stays the
			   * caller's */
	const char *file; /* its name: tells the format, and is sealed
			   * with a resume; may be NULL */
	const char *map;  /* text of the map; NULL: a JSON Resume */
	size_t map_len;
	const char *map_name;  /* as the user gave it, for messages */
	const char *documents; /* folder with NUMBER/CLASS/FILE, or NULL */
	bool check;	       /* do all of it, and undo it */
	hrv_import_reject_fn *reject;	  /* or NULL */
	hrv_import_progress_fn *progress; /* or NULL */
	void *ctx;			  /* of both */
};

/*
 * Imports a file in batches of rows, each one commit and one entry of the log.
 * The file is read through once before anything is stored, so that a file that
 * cannot be read to its end stores nothing. *ret_doc: format ("csv", "jsonl",
 * "resume"), map (id, absent for a resume), check, rows, added, updated,
 * unchanged, rejected, waiting (rows whose new version takes two people here),
 * records (stored), proposal (id: what they wait for), and where a folder was
 * given documents (stored) and folders_unused (of numbers that no good row
 * has). A check undoes what it stored, and counts the same. Rejected rows are
 * no error here: the caller asks `rejected`. HRV_EUSAGE: the map or the file is
 * wrong (not a regular file, empty, binary, a column is missing, the schedule
 * has no such class or event). HRV_EREFUSED: role, or "key-not-held" for the
 * class. HRV_EBUSY: another member stored one of these people at the same
 * moment. After a failure the batches before it stay; running it again goes on
 * where it stopped.
 */
int hrv_import(struct hrv_vault *v, const struct hrv_import_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
