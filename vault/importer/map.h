/* SPDX-License-Identifier: ISC */
/*
 * Import maps: how the columns of one kind of export file become subjects,
 * events and records (docs/formats/import-map.md). A map is read strictly and
 * then bound to the header of a file; a column that the map names and the
 * file lacks, or that the file has and the map says nothing about, is an
 * error before the first row. Layer: importer, pure (text in, structs out).
 */
#ifndef VAULT_IMPORTER_MAP_H
#define VAULT_IMPORTER_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "hrvault/fileerr.h"

struct cfg;
struct csv_field;

/* How many columns may have these targets. */
enum { MAP_EMAILS_MAX = 8, MAP_PHONES_MAX = 8, MAP_EVENTS_MAX = 32 };

enum map_target {
	MAP_NUMBER,
	MAP_NAME,
	MAP_GIVEN,
	MAP_MIDDLE,
	MAP_FAMILY,
	MAP_EMAIL,
	MAP_PHONE,
	MAP_BORN,
	MAP_EVENT,  /* which one is in struct map_column */
	MAP_CREATED /* the record's own date */
};

enum map_rest { MAP_REST_REFUSE, MAP_REST_IGNORE, MAP_REST_RECORD };

/* A list of texts of the map. */
struct map_texts {
	const char **text;
	size_t count;
};

/* One mapped column. */
struct map_column {
	const char *name; /* in the header */
	enum map_target to;
	const char *event;	  /* "hired"; NULL unless to is MAP_EVENT */
	const char *also_event;	  /* a second event of the same day, or NULL, */
	const char *also_column;  /* when this column */
	struct map_texts also_is; /* has one of these values */
	bool required;		  /* a row must have a value here */
	bool optional;		  /* the file may lack the column */
	bool keep;		  /* the value goes into the record too */
	bool surname_first;	  /* of MAP_NAME: "surname, given" */
	bool own_nulls;		  /* nulls is the column's own list */
	struct map_texts dates;	  /* accepted forms, in order */
	struct map_texts nulls;	  /* values that mean nothing */
};

/* A map. All texts live as long as it does. */
struct map {
	const char *id;
	const char *version;
	const char *title;
	bool candidate; /* else employee */
	char delimiter; /* 0: found from the header */
	bool trim;
	bool past_years;	   /* years of two digits are understood */
	uint32_t minimum_hire_age; /* years */
	struct map_column *column;
	size_t columns;
	struct map_texts nulls;
	struct map_texts ignore;
	enum map_rest rest;
	const char *record_class; /* NULL: no record is made */
	const char *record_title;
	const char *record_source;
	const char *provided_by; /* "subject", "employer", "third_party" */
	struct cfg *cfg;	 /* what the texts belong to */
};

/* What each column of a file is for. */
struct map_bind {
	struct {
		const struct map_column *map; /* NULL: not mapped */
		size_t also; /* index of map->also_column; SIZE_MAX: none */
		bool in_record;
	} * column;
	size_t columns;
};

/* Reads a map. NULL when anything is wrong with it, which is then in errors
 * with lines. The caller frees it with map_free(). */
struct map *map_read(
    const char *text, size_t len, struct hrv_file_errors *errors);
/* Frees the map and every text of it. NULL is fine. */
void map_free(struct map *m);

/* Binds a map to the header of a file. HRV_EUSAGE with the names of mapped
 * columns that are missing (not with lax: a line of JSON Lines leaves out what
 * it has no value for), or, where the map refuses the rest, of columns that it
 * does not know. The caller frees *ret_bind with map_unbind(); it refers to
 * the map. */
int map_bind(const struct map *m, const struct csv_field *header,
    size_t columns, bool lax, struct map_bind **ret_bind,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Frees. NULL is fine. */
void map_unbind(struct map_bind *b);

#endif
