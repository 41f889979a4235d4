/* SPDX-License-Identifier: ISC */
/*
 * One row of an export file becomes what an import stores: an identity, dated
 * events and the text of one record. Pure: no vault, no clock, no file. All
 * mistakes of a row are found at once, each with its column; a row with one is
 * not stored. Layer: importer.
 */
#ifndef VAULT_IMPORTER_ROWPARSE_H
#define VAULT_IMPORTER_ROWPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"
#include "vault/base/buf.h"
#include "vault/importer/map.h"

enum { ROWPARSE_ERRORS_MAX = 16 };

/* What all rows of an import have in common. */
struct rowparse {
	const struct map *map;
	const struct map_bind *bind;
	const struct csv_field *header; /* names of the bound columns */
	struct hrv_date today;		/* the day of the import */
	uint32_t minimum_age;		/* years, from the schedule; 0: none */
};

struct rowparse_event {
	const char *name; /* "hired"; the map's */
	struct hrv_date date;
};

/* Never holds a value of the row. */
struct rowparse_error {
	size_t column;	    /* from 1; 0: the row as a whole */
	const char *target; /* "subject.born" in words for people; static */
	char reason[160];
};

/* What a row says. Texts are NUL-terminated and live until the next reset. */
struct import_row {
	const char *number; /* NULL where there is none, here and below */
	const char *name; /* "Given Middle Surname"; never NULL in a good row */
	const char *given; /* parts, where the file tells them apart */
	const char *middle;
	const char *family;
	const char *email[MAP_EMAILS_MAX];
	size_t emails;
	const char *phone[MAP_PHONES_MAX];
	size_t phones;
	struct hrv_date born; /* HRV_DATE_NONE: not known */
	struct rowparse_event event[MAP_EVENTS_MAX];
	size_t events;
	struct hrv_date created; /* HRV_DATE_NONE: the day of the import */
	struct buf record; /* JSON text; empty where the map makes no record */
	struct rowparse_error error[ROWPARSE_ERRORS_MAX];
	size_t errors; /* found; only the first ROWPARSE_ERRORS_MAX are kept */
	struct buf text; /* what the texts are in */
};

/* An empty row; nothing is allocated. */
void import_row_init(struct import_row *r);
/* Wipes what a row said and keeps the memory for the next one. */
void import_row_reset(struct import_row *r);
/* Wipes and gives memory back. */
void import_row_clear(struct import_row *r);

/* Reads one row (fields values, one for each bound column) into *r, which is
 * reset first. 0 also when the row is bad: then r->errors is not 0 and the
 * row must not be stored. HRV_ENOMEM otherwise. */
int rowparse(const struct rowparse *p, const struct csv_field *value,
    size_t fields, struct import_row *r, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether somebody born on that day has reached that age on `on`: the birthday
 * itself counts, and who was born on 29 February has it on 1 March in common
 * years. */
bool rowparse_age_reached(
    struct hrv_date born, uint32_t years, struct hrv_date on);

#endif
