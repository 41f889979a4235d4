/* SPDX-License-Identifier: ISC */
/*
 * Hostile CSV: every row has as many fields as the header, each well-formed
 * text without NUL, and reading comes to an end.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/csv.h"
#include "vault/base/enc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_source from = { -1, size > 0 ? data : (const void *)"", size,
		0 };
	struct csv *c = NULL;
	struct csv_row row;
	struct hrv_err err;
	size_t rows = 0;

	if (csv_new(&from, &c, &err) != HRV_OK)
		return 0;
	while (csv_next(c, &row, &err) == HRV_OK && row.what != CSV_END) {
		if (rows++ > size)
			abort();
		if (row.what == CSV_ROW && row.fields != csv_columns(c))
			abort();
		if (row.what == CSV_BAD && row.reason == NULL)
			abort();
		for (size_t i = 0; i < row.fields; i++)
			if (!enc_utf8_valid(
				row.field[i].text, row.field[i].len) ||
			    memchr(row.field[i].text, 0, row.field[i].len) !=
				NULL)
				abort();
	}
	csv_free(c);
	return 0;
}
