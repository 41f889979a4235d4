/* SPDX-License-Identifier: ISC */
/*
 * Binding a map to the header of a file. Layer: importer. Invariant: after it,
 * every column of the file is mapped, kept in the record or left out on
 * purpose, and every column that the map needs is there.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/csv.h"
#include "vault/base/text.h"
#include "vault/importer/map.h"

static bool
is_name(const struct csv_field *f, const char *name)
{
	return f->len == strlen(name) && memcmp(f->text, name, f->len) == 0;
}

/* The index of a column, or SIZE_MAX. */
static size_t
find(const struct csv_field *header, size_t columns, const char *name)
{
	for (size_t i = 0; i < columns; i++)
		if (is_name(&header[i], name))
			return i;
	return SIZE_MAX;
}

static bool
is_ignored(const struct map *m, const struct csv_field *f)
{
	for (size_t i = 0; i < m->ignore.count; i++)
		if (is_name(f, m->ignore.text[i]))
			return true;
	return false;
}

static void
list_name(struct buf *list, const char *name, size_t len)
{
	if (list->len > 0)
		buf_adds(list, ", ");
	text_visible(list, name, len);
}

static int
check_missing(const struct map *m, const struct csv_field *header,
    const struct map_bind *b, struct hrv_err *err)
{
	struct buf list = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < m->columns; i++) {
		bool found = m->column[i].optional;

		for (size_t k = 0; k < b->columns && !found; k++)
			found = b->column[k].map == &m->column[i];
		if (!found)
			list_name(&list, m->column[i].name,
			    strlen(m->column[i].name));
		if (found && m->column[i].also_event != NULL &&
		    find(header, b->columns, m->column[i].also_column) ==
			SIZE_MAX)
			list_name(&list, m->column[i].also_column,
			    strlen(m->column[i].also_column));
	}
	if (list.len > 0) {
		(void)hrv_fail(err, HRV_EUSAGE,
		    "the file has no column for: %s", buf_str(&list));
		rc = hrv_hint(err,
		    "is \"%s\" the map for this file? A column that may be "
		    "missing is marked optional = true",
		    m->id);
	}
	buf_clear(&list);
	return rc;
}

static int
check_unknown(const struct map *m, const struct csv_field *header,
    const struct map_bind *b, struct hrv_err *err)
{
	struct buf list = BUF_INIT;
	int rc = 0;

	if (m->rest != MAP_REST_REFUSE)
		return 0;
	for (size_t i = 0; i < b->columns; i++)
		if (b->column[i].map == NULL && !is_ignored(m, &header[i]))
			list_name(&list, header[i].text, header[i].len);
	if (list.len > 0) {
		(void)hrv_fail(err, HRV_EUSAGE,
		    "the map says nothing about: %s", buf_str(&list));
		rc = hrv_hint(err,
		    "map these columns, name them under ignore, or write "
		    "rest = \"record\"");
	}
	buf_clear(&list);
	return rc;
}

int
map_bind(const struct map *m, const struct csv_field *header, size_t columns,
    bool lax, struct map_bind **ret_bind, struct hrv_err *err)
{
	struct map_bind *b = calloc(1, sizeof(*b));
	int rc;

	if (b != NULL)
		b->column = calloc(columns + 1, sizeof(*b->column));
	if (b == NULL || b->column == NULL) {
		map_unbind(b);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	b->columns = columns;
	for (size_t i = 0; i < columns; i++) {
		for (size_t k = 0; k < m->columns; k++)
			if (is_name(&header[i], m->column[k].name))
				b->column[i].map = &m->column[k];
		b->column[i].also = SIZE_MAX;
		if (b->column[i].map != NULL &&
		    b->column[i].map->also_event != NULL)
			b->column[i].also = find(
			    header, columns, b->column[i].map->also_column);
		b->column[i].in_record =
		    m->rest == MAP_REST_RECORD &&
		    (b->column[i].map != NULL ? b->column[i].map->keep
					      : !is_ignored(m, &header[i]));
	}
	rc = lax ? 0 : check_missing(m, header, b, err);
	if (rc == 0)
		rc = check_unknown(m, header, b, err);
	if (rc == 0)
		*ret_bind = b;
	else
		map_unbind(b);
	return rc;
}

void
map_unbind(struct map_bind *b)
{
	if (b == NULL)
		return;
	free(b->column);
	free(b);
}
