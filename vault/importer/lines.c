/* SPDX-License-Identifier: ISC */
/*
 * The reader of JSON Lines. Layer: importer. Invariant: a row is one
 * well-formed object without double members, or it is reported; no line is
 * joined to another or passed over.
 */
#include "vault/importer/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/base/json.h"
#include "vault/importer/resume.h"

enum { CHUNK = 65536, DEPTH_MAX = 64 };

struct lines {
	struct csv_source from;
	const char *chunk;
	size_t pos;
	size_t have;
	char *space; /* for bytes from a descriptor; NULL with data */
	bool eof;
	uint64_t line;
	uint64_t before;   /* bytes of the file before the chunk */
	uint64_t line_at;  /* bytes before the line */
	struct buf text;   /* of the line */
	struct buf values; /* texts of values that are not strings */
	json_t *object;
	struct csv_field name[CSV_COLUMNS_MAX];
	struct csv_field value[CSV_COLUMNS_MAX];
	size_t fields;
};

int
lines_new(const struct csv_source *from, struct lines **ret_lines,
    struct hrv_err *err)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (l != NULL && from->data == NULL)
		l->space = malloc(CHUNK);
	if (l == NULL || (from->data == NULL && l->space == NULL)) {
		free(l);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	l->from = *from;
	l->chunk = from->data != NULL ? from->data : l->space;
	l->have = from->data != NULL ? from->len : 0;
	l->text.secret = true;
	l->values.secret = true;
	*ret_lines = l;
	return 0;
}

void
lines_free(struct lines *l)
{
	if (l == NULL)
		return;
	if (l->space != NULL)
		explicit_bzero(l->space, CHUNK);
	free(l->space);
	buf_clear(&l->text);
	buf_clear(&l->values);
	json_decref(l->object);
	free(l);
}

static int
fill(struct lines *l, struct hrv_err *err)
{
	ssize_t n = 0;

	if (l->pos < l->have)
		return 0;
	if (l->space != NULL) {
		do
			n = read(l->from.fd, l->space, CHUNK);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return hrv_fail(err, HRV_EIO,
			    "reading the JSON Lines failed: %s",
			    strerror(errno));
		l->before += l->have;
		l->pos = 0;
		l->have = (size_t)n;
	}
	l->eof = n == 0;
	return 0;
}

/* One line into l->text, without its end. *ret_more: false at the end. */
static int
read_line(struct lines *l, bool *ret_more, struct hrv_err *err)
{
	const char *end = NULL;

	buf_reset(&l->text);
	l->line_at = l->before + l->pos;
	while (end == NULL) {
		size_t n;
		int rc = fill(l, err);

		if (rc != 0)
			return rc;
		if (l->eof)
			break;
		end = memchr(l->chunk + l->pos, '\n', l->have - l->pos);
		n = end != NULL ? (size_t)(end - l->chunk) - l->pos
				: l->have - l->pos;
		if (l->text.len + n > LINES_MAX)
			return hrv_fail(err, HRV_EUSAGE,
			    "line %llu is over 16 MiB long",
			    (unsigned long long)l->line + 1);
		buf_add(&l->text, l->chunk + l->pos, n);
		l->pos += n + (end != NULL);
	}
	*ret_more = end != NULL || l->text.len > 0;
	l->line += *ret_more;
	return buf_ok(&l->text, err);
}

static bool
is_blank_line(const struct buf *b)
{
	return strspn(buf_str(b), " \t\r") == b->len;
}

/* The text of a value that is not a string, into l->values. */
static void
add_value(struct lines *l, const json_t *v)
{
	double again = 0;
	char *s;

	if (json_is_null(v))
		return;
	/* The shortest text that reads back as the same number. */
	s = json_dumps(
	    v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (s != NULL && json_is_real(v)) {
		json_t *r = json_loads(s, JSON_DECODE_ANY, NULL);

		again = json_number_value(r);
		json_decref(r);
		if (again < json_real_value(v) || again > json_real_value(v)) {
			free(s);
			s = json_dumps(
			    v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
		}
	}
	if (s == NULL) {
		l->values.failed = true;
		return;
	}
	buf_adds(&l->values, s);
	explicit_bzero(s, strlen(s));
	free(s);
}

/* Names and values of the object. Texts in l->values may move while it grows,
 * so they are pointed at in a second walk over the lengths. */
static int
show_members(struct lines *l, struct hrv_err *err)
{
	size_t at = 0;

	l->fields = 0;
	for (void *it = json_object_iter(l->object); it != NULL;
	     it = json_object_iter_next(l->object, it)) {
		const json_t *v = json_object_iter_value(it);
		struct csv_field *name = &l->name[l->fields];
		struct csv_field *value = &l->value[l->fields++];

		name->text = json_object_iter_key(it);
		name->len = json_object_iter_key_len(it);
		value->text = json_string_value(v);
		value->len = json_string_length(v);
		if (value->text == NULL) {
			size_t before = l->values.len;

			add_value(l, v);
			value->len = l->values.len - before;
		}
	}
	for (size_t i = 0; i < l->fields; i++)
		if (l->value[i].text == NULL) {
			l->value[i].text = buf_str(&l->values) + at;
			at += l->value[i].len;
		}
	return buf_ok(&l->values, err);
}

/* Reads the object of the line; what is wrong with it goes into reason. */
static int
read_object(struct lines *l, struct lines_row *row, struct hrv_err *err)
{
	const char *text = buf_str(&l->text);
	size_t len = l->text.len, mark = 0;
	struct hrv_err why = { 0 };
	const char *reason = why.msg;

	if (l->line == 1 && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		mark = 3;
	row->what = CSV_BAD;
	if (resume_too_deep(text, len, DEPTH_MAX))
		reason = "the JSON is nested more than 64 deep";
	else if (json_read(text + mark, len - mark, &l->object, &why) != 0)
		reason = why.msg;
	else if (!json_is_object(l->object))
		reason = "the line is not a JSON object";
	else if (json_object_size(l->object) > CSV_COLUMNS_MAX)
		reason = "the object has more than 1000 members";
	else
		row->what = CSV_ROW;
	if (row->what == CSV_BAD) {
		(void)snprintf(row->reason, sizeof(row->reason), "%.*s",
		    (int)sizeof(row->reason) - 1, reason);
		return why.code == HRV_ENOMEM
			   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : 0;
	}
	return show_members(l, err);
}

int
lines_next(struct lines *l, struct lines_row *row, struct hrv_err *err)
{
	bool more = false;
	int rc;

	memset(row, 0, sizeof(*row));
	row->what = CSV_END;
	json_decref(l->object);
	l->object = NULL;
	buf_reset(&l->values);
	do
		rc = read_line(l, &more, err);
	while (rc == 0 && more && is_blank_line(&l->text));
	row->line = l->line;
	row->at = l->line_at;
	row->size = l->before + l->pos - l->line_at;
	if (rc != 0 || !more)
		return rc;
	rc = read_object(l, row, err);
	if (rc == 0 && row->what == CSV_ROW) {
		row->name = l->name;
		row->value = l->value;
		row->fields = l->fields;
	}
	return rc;
}
