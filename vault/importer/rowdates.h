/* SPDX-License-Identifier: ISC */
/*
 * The dates of one row: collected first, settled when all of them are known,
 * because a year of two digits is understood from the other dates, and a
 * wrong one is recognised by them. Layer: importer, used by rowparse.c alone.
 */
#ifndef VAULT_IMPORTER_ROWDATES_H
#define VAULT_IMPORTER_ROWDATES_H

#include "vault/base/csv.h"
#include "vault/importer/dateform.h"
#include "vault/importer/map.h"

struct import_row;
struct rowparse;

/* One date of a row. */
struct rowdates_one {
	size_t column; /* from 1 */
	const struct map_column *map;
	const char *event; /* which; NULL unless it is one */
	struct dateform_date written;
	struct hrv_date day; /* HRV_DATE_NONE until settled */
};

struct rowdates {
	struct rowdates_one at[MAP_EVENTS_MAX + 2];
	size_t count;
};

/* Reads a value by the forms of its column; what fits none of them, or has a
 * year of two digits that the map refuses, is an error of the row. also: the
 * day is that of the column's second event too. */
void rowdates_add(struct rowdates *d, size_t column,
    const struct map_column *map, bool also, struct csv_field value,
    struct import_row *r);

/* Settles the years, checks the dates against each other and the day of the
 * import, and writes them into the row, or its errors. */
void rowdates_settle(
    struct rowdates *d, const struct rowparse *p, struct import_row *r);

/* Adds one error to a row; from the 17th on they are only counted. reason
 * never holds a value. */
void rowparse_error(struct import_row *r, size_t column, enum map_target to,
    const char *reason);

#endif
