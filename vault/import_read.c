/* SPDX-License-Identifier: ISC */
/*
 * Rows out of a file, whatever its format. Layer: verbs. Invariant: a row that
 * cannot be read comes back as a rejected row; only a file that cannot be read
 * is an error.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/json.h"
#include "vault/import_int.h"
#include "vault/importer/resume.h"

static int
begin_csv(struct importing *im, struct hrv_err *err)
{
	struct csv_source from = { .fd = im->args->fd,
		.delimiter = im->map->delimiter };
	int rc = csv_new(&from, &im->csv, err);

	if (rc == HRV_OK)
		rc = map_bind(im->map, csv_header(im->csv),
		    csv_columns(im->csv), false, &im->bind, err);
	return rc;
}

int
import_read_begin(struct importing *im, struct hrv_err *err)
{
	struct csv_source from = { .fd = im->args->fd };

	im->ended = false;
	if (lseek(im->args->fd, 0, SEEK_SET) != 0)
		return hrv_fail(err, HRV_EIO, "reading the file failed: %s",
		    strerror(errno));
	if (im->format == IMPORT_CSV)
		return begin_csv(im, err);
	if (im->format == IMPORT_LINES)
		return lines_new(&from, &im->lines, err);
	return HRV_OK;
}

void
import_read_end(struct importing *im)
{
	map_unbind(im->bind);
	csv_free(im->csv);
	lines_free(im->lines);
	im->bind = NULL;
	im->csv = NULL;
	im->lines = NULL;
}

bool
import_heading(const struct importing *im, size_t column, struct buf *out)
{
	const struct csv_field *f;

	if (im->csv == NULL || column == 0 || column > csv_columns(im->csv))
		return false;
	f = &csv_header(im->csv)[column - 1];
	text_visible(out, f->text, f->len);
	return !out->failed;
}

static struct rowparse
rules(const struct importing *im)
{
	return (struct rowparse){ .map = im->map,
		.today = im->today,
		.minimum_age = (uint32_t)im->v->schedule->minimum_age };
}

static int
next_csv(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	struct rowparse p = rules(im);
	struct csv_row row;
	int rc = csv_next(im->csv, &row, err);

	if (rc != HRV_OK)
		return rc;
	it->number = row.row;
	it->line = row.line;
	it->at = row.at;
	it->size = row.size;
	im->ended = row.what == CSV_END;
	if (row.what == CSV_BAD)
		import_reject(it, row.column, NULL, row.reason);
	if (row.what != CSV_ROW)
		return HRV_OK;
	p.bind = im->bind;
	p.header = csv_header(im->csv);
	return rowparse(&p, row.field, row.fields, &it->row, err);
}

static int
next_line(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	struct rowparse p = rules(im);
	struct map_bind *bind = NULL;
	struct lines_row row;
	int rc = lines_next(im->lines, &row, err);

	if (rc != HRV_OK)
		return rc;
	it->number = it->line = row.line;
	it->at = row.at;
	it->size = row.size;
	im->ended = row.what == CSV_END;
	if (row.what == CSV_BAD)
		import_reject(it, 0, NULL, row.reason);
	if (row.what != CSV_ROW)
		return HRV_OK;
	rc = map_bind(im->map, row.name, row.fields, true, &bind, err);
	if (rc == HRV_EUSAGE) {
		import_reject(it, 0, NULL, err->msg);
		return HRV_OK;
	}
	p.bind = bind;
	p.header = row.name;
	if (rc == HRV_OK)
		rc = rowparse(&p, row.value, row.fields, &it->row, err);
	map_unbind(bind);
	return rc;
}

/* A package, as one row. */
static int
read_portable(struct importing *im, struct import_item *it,
    const struct buf *text, struct hrv_err *err)
{
	size_t mark =
	    text->len > 2 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	json_t *root = NULL;
	int rc;

	if (resume_too_deep(
		(const char *)text->data, text->len, RESUME_DEPTH_MAX))
		return hrv_fail(err, HRV_EUSAGE, "the JSON is nested too deep");
	rc = json_read(text->data + mark, text->len - mark, &root, err);
	return rc == HRV_OK ? import_portable_row(im, it, root, err) : rc;
}

/* The whole file is one row. */
static int
next_resume(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	ssize_t n;
	uint8_t *p;
	int rc = HRV_OK;

	for (;;) {
		p = buf_reserve(&text, 65536);
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		n = read(im->args->fd, p, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = hrv_fail(err, HRV_EIO,
			    "reading the file failed: %s", strerror(errno));
		if (n <= 0)
			break;
		text.len += (size_t)n;
		if (text.len > RESUME_SIZE_MAX) {
			rc = hrv_fail(
			    err, HRV_EUSAGE, "the file is over 16 MiB");
			break;
		}
	}
	it->number = it->line = 1;
	it->size = text.len;
	im->ended = rc == HRV_OK && text.len == 0;
	if (rc == HRV_OK && !im->ended && im->format == IMPORT_PORTABLE)
		rc = read_portable(im, it, &text, err);
	else if (rc == HRV_OK && !im->ended)
		rc = resume_read(
		    (const char *)text.data, text.len, &it->row, err);
	buf_clear(&text);
	return rc;
}

int
import_read_next(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	import_item_reset(it);
	if (im->format == IMPORT_CSV)
		return next_csv(im, it, err);
	if (im->format == IMPORT_LINES)
		return next_line(im, it, err);
	return next_resume(im, it, err);
}
