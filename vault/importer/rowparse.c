/* SPDX-License-Identifier: ISC */
/*
 * Values of a row into their places. Layer: importer. Invariant: a text
 * arrives as it was written (postcodes keep their zeros, numbers their
 * digits), nothing is dropped unless the map says so, and no message repeats
 * a value.
 */
#include "vault/importer/rowparse.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/csv.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/importer/dateform.h"
#include "vault/importer/rowdates.h"

void
import_row_init(struct import_row *r)
{
	memset(r, 0, sizeof(*r));
	r->text.secret = true;
	r->record.secret = true;
}

void
import_row_reset(struct import_row *r)
{
	struct buf text = r->text, record = r->record;

	buf_reset(&text);
	buf_reset(&record);
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->record = record;
}

void
import_row_clear(struct import_row *r)
{
	buf_clear(&r->text);
	buf_clear(&r->record);
	memset(r, 0, sizeof(*r));
}

void
rowparse_error(
    struct import_row *r, size_t column, enum map_target to, const char *reason)
{
	static const char *const words[] = {
		[MAP_NUMBER] = "number",
		[MAP_NAME] = "name",
		[MAP_GIVEN] = "given name",
		[MAP_MIDDLE] = "middle name",
		[MAP_FAMILY] = "family name",
		[MAP_EMAIL] = "e-mail address",
		[MAP_PHONE] = "phone number",
		[MAP_BORN] = "birth date",
		[MAP_EVENT] = "event",
		[MAP_CREATED] = "date of the record",
	};
	struct rowparse_error *e;

	if (r->errors++ >= ROWPARSE_ERRORS_MAX)
		return;
	e = &r->error[r->errors - 1];
	e->column = column;
	e->target = words[to];
	(void)snprintf(e->reason, sizeof(e->reason), "%.*s",
	    (int)sizeof(e->reason) - 1, reason);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without the blanks around it (no-break ones too). */
static struct csv_field
trimmed(struct csv_field f)
{
	for (;;) {
		size_t n = f.len > 0 && is_space(f.text[0]) ? 1
			   : f.len > 1 && memcmp(f.text, "\xc2\xa0", 2) == 0
			       ? 2
			       : 0;

		if (n == 0)
			break;
		f.text += n;
		f.len -= n;
	}
	for (;;) {
		if (f.len > 0 && is_space(f.text[f.len - 1]))
			f.len -= 1;
		else if (f.len > 1 &&
			 memcmp(f.text + f.len - 2, "\xc2\xa0", 2) == 0)
			f.len -= 2;
		else
			return f;
	}
}

static bool
is_one_of(const struct map_texts *list, struct csv_field f)
{
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->text[i]) == f.len &&
		    memcmp(list->text[i], f.text, f.len) == 0)
			return true;
	return false;
}

static bool
is_null(const struct map *m, const struct map_column *c, struct csv_field f)
{
	return f.len == 0 || is_one_of(c->own_nulls ? &c->nulls : &m->nulls, f);
}

/* Appends a text to the row's own memory, which has room for it; runs of
 * blanks become one where the text is a name. */
static const char *
keep_text(struct import_row *r, const char *text, size_t len, bool name)
{
	size_t at = r->text.len;

	for (size_t i = 0; i < len; i++) {
		if (!name || !is_space(text[i]))
			buf_addc(&r->text, text[i]);
		else if (i > 0 && !is_space(text[i - 1]))
			buf_addc(&r->text, ' ');
	}
	buf_addc(&r->text, '\0');
	return r->text.data == NULL ? "" : (const char *)r->text.data + at;
}

/* "Surname, Given" into its parts; the whole name is put together later. */
static void
split_name(struct import_row *r, struct csv_field f)
{
	const char *comma = memchr(f.text, ',', f.len);
	struct csv_field rest;

	if (comma == NULL) {
		r->name = keep_text(r, f.text, f.len, true);
		return;
	}
	rest.text = comma + 1;
	rest.len = f.len - (size_t)(comma + 1 - f.text);
	rest = trimmed(rest);
	f.len = (size_t)(comma - f.text);
	f = trimmed(f);
	if (f.len > 0)
		r->family = keep_text(r, f.text, f.len, true);
	if (rest.len > 0)
		r->given = keep_text(r, rest.text, rest.len, true);
}

static void
put_text(struct import_row *r, size_t column, enum text_field kind,
    struct csv_field f, const char **ret)
{
	struct hrv_err err;

	if (text_check_field(kind, f.text, f.len, &err) != 0) {
		rowparse_error(r, column,
		    kind == TEXT_EMAIL	 ? MAP_EMAIL
		    : kind == TEXT_PHONE ? MAP_PHONE
					 : MAP_NUMBER,
		    err.msg);
		return;
	}
	*ret = keep_text(r, f.text, f.len, false);
}

/* Whether the other column says that the day is one of two events. */
static bool
is_also(const struct rowparse *p, size_t i, const struct csv_field *value)
{
	size_t at = p->bind->column[i].also;
	const struct map_column *c = p->bind->column[i].map;
	struct csv_field f;

	if (at == SIZE_MAX)
		return false;
	f = p->map->trim ? trimmed(value[at]) : value[at];
	return is_one_of(&c->also_is, f);
}

/* Value i of the row into its place. */
static void
put_value(const struct rowparse *p, size_t i, const struct csv_field *value,
    struct import_row *r, struct rowdates *dates)
{
	const struct map_column *c = p->bind->column[i].map;
	struct csv_field f = p->map->trim ? trimmed(value[i]) : value[i];
	const char *kept = NULL;

	switch (c->to) {
	case MAP_NUMBER:
		put_text(r, i + 1, TEXT_NUMBER, f, &r->number);
		break;
	case MAP_NAME:
		if (c->surname_first)
			split_name(r, f);
		else
			r->name = keep_text(r, f.text, f.len, true);
		break;
	case MAP_GIVEN:
		r->given = keep_text(r, f.text, f.len, true);
		break;
	case MAP_MIDDLE:
		r->middle = keep_text(r, f.text, f.len, true);
		break;
	case MAP_FAMILY:
		r->family = keep_text(r, f.text, f.len, true);
		break;
	case MAP_EMAIL:
		put_text(r, i + 1, TEXT_EMAIL, f, &kept);
		if (kept != NULL)
			r->email[r->emails++] = kept;
		break;
	case MAP_PHONE:
		put_text(r, i + 1, TEXT_PHONE, f, &kept);
		if (kept != NULL)
			r->phone[r->phones++] = kept;
		break;
	case MAP_BORN:
	case MAP_EVENT:
	case MAP_CREATED:
		rowdates_add(dates, i + 1, c, is_also(p, i, value), f, r);
		break;
	}
}

/* Puts the whole name together and looks at it. */
static void
finish_name(struct import_row *r)
{
	const char *part[] = { r->given, r->middle, r->family };
	struct hrv_err err;
	size_t at = r->text.len;

	for (size_t i = 0; r->name == NULL && i < 3; i++) {
		if (part[i] == NULL)
			continue;
		if (r->text.len > at)
			buf_addc(&r->text, ' ');
		buf_adds(&r->text, part[i]);
	}
	if (r->name == NULL && r->text.len > at) {
		buf_addc(&r->text, '\0');
		r->name = (const char *)r->text.data + at;
	}
	if (r->name == NULL)
		rowparse_error(r, 0, MAP_NAME, "there is no name");
	else if (text_check_field(TEXT_NAME, r->name, strlen(r->name), &err) !=
		 0)
		rowparse_error(r, 0, MAP_NAME, err.msg);
}

static int
add_member(json_t *obj, const struct csv_field *name, struct csv_field f)
{
	json_t *s = json_stringn(f.text, f.len);

	/* Takes the reference to s, also when it fails or s is NULL. */
	return json_object_setn_new(obj, name->text, name->len, s);
}

static int
build_record(const struct rowparse *p, const struct csv_field *value,
    struct import_row *r, struct hrv_err *err)
{
	json_t *obj = json_object();
	int rc = obj == NULL ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < p->bind->columns; i++)
		if (p->bind->column[i].in_record)
			rc = add_member(obj, &p->header[i],
			    p->map->trim ? trimmed(value[i]) : value[i]);
	if (rc != 0)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = json_line(obj, &r->record, err);
	json_decref(obj);
	return rc;
}

/* A line of JSON Lines may lack a column that must have a value. */
static void
check_absent(const struct rowparse *p, struct import_row *r)
{
	for (size_t i = 0; i < p->map->columns; i++) {
		const struct map_column *c = &p->map->column[i];
		bool there = !c->required;

		for (size_t k = 0; k < p->bind->columns && !there; k++)
			there = p->bind->column[k].map == c;
		if (!there)
			rowparse_error(r, 0, c->to, "there is no value");
	}
}

int
rowparse(const struct rowparse *p, const struct csv_field *value, size_t fields,
    struct import_row *r, struct hrv_err *err)
{
	struct rowdates dates = { .count = 0 };
	size_t room = 64;
	int rc;

	import_row_reset(r);
	/* Each value is kept at most twice (as a part and in the whole name);
	 * with all room made here the texts never move. */
	for (size_t i = 0; i < fields; i++)
		room += 2 * (value[i].len + 2);
	if (buf_reserve(&r->text, room) == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < fields; i++) {
		const struct map_column *c = p->bind->column[i].map;
		struct csv_field f =
		    p->map->trim ? trimmed(value[i]) : value[i];

		if (c == NULL)
			continue;
		if (!is_null(p->map, c, f))
			put_value(p, i, value, r, &dates);
		else if (c->required)
			rowparse_error(r, i + 1, c->to, "there is no value");
	}
	check_absent(p, r);
	finish_name(r);
	rowdates_settle(&dates, p, r);
	rc = buf_ok(&r->text, err);
	if (rc == 0 && p->map->rest == MAP_REST_RECORD)
		rc = build_record(p, value, r, err);
	return rc;
}
