/* SPDX-License-Identifier: ISC */
/*
 * Hostile import maps: read or refused with a reason; one that was read binds
 * and parses a row of its own columns.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/csv.h"
#include "vault/importer/map.h"
#include "vault/importer/rowparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_row(const struct map *m)
{
	static const char *const values[] = { "02/29/00", "Ann, A", "a@b",
		"2001-01-01" };
	struct rowparse p = { .map = m, .today = { 2026, 11, 23 } };
	struct csv_field *name = calloc(m->columns + 1, sizeof(*name));
	struct csv_field *value = calloc(m->columns + 1, sizeof(*value));
	struct map_bind *bind = NULL;
	struct import_row r;
	struct hrv_err err;

	if (name == NULL || value == NULL)
		abort();
	for (size_t i = 0; i < m->columns; i++) {
		name[i].text = m->column[i].name;
		name[i].len = strlen(name[i].text);
		value[i].text = values[i % 4];
		value[i].len = strlen(value[i].text);
	}
	if (map_bind(m, name, m->columns, false, &bind, &err) != HRV_OK)
		abort();
	p.bind = bind;
	p.header = name;
	import_row_init(&r);
	if (rowparse(&p, value, m->columns, &r, &err) != HRV_OK ||
	    (r.errors == 0 && r.name == NULL))
		abort();
	import_row_clear(&r);
	map_unbind(bind);
	free(name);
	free(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct map *m = map_read((const char *)data, size, &errors);

	if ((m == NULL) == hrv_file_errors_none(&errors))
		abort();
	if (m != NULL)
		try_row(m);
	map_free(m);
	hrv_file_errors_clear(&errors);
	return 0;
}
