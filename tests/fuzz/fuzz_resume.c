/* SPDX-License-Identifier: ISC */
/*
 * Hostile JSON Resume and JSON Lines: what is accepted has a name that may be
 * stored, and the record is the file; lines come to an end.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/importer/lines.h"
#include "vault/importer/resume.h"
#include "vault/importer/rowparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_as_lines(const uint8_t *data, size_t size)
{
	struct csv_source from = { -1, size > 0 ? data : (const void *)"", size,
		0 };
	struct lines *l = NULL;
	struct lines_row row;
	struct hrv_err err;
	size_t rows = 0;

	if (lines_new(&from, &l, &err) != HRV_OK)
		abort();
	while (lines_next(l, &row, &err) == HRV_OK && row.what != CSV_END)
		if (rows++ > size)
			abort();
	lines_free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_row r;
	struct hrv_err err;

	import_row_init(&r);
	if (resume_read((const char *)data, size, &r, &err) == HRV_OK) {
		if (r.name == NULL || r.record.len != size ||
		    memcmp(r.record.data, data, size) != 0)
			abort();
		if (text_check_field(TEXT_NAME, r.name, strlen(r.name), &err) !=
		    HRV_OK)
			abort();
	}
	import_row_clear(&r);
	read_as_lines(data, size);
	return 0;
}
