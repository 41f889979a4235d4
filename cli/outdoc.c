/* SPDX-License-Identifier: ISC */
/*
 * One thing on standard output: a label and a value per line. Layer: cli.
 * Invariant: a text of a record is made visible before it is written.
 */
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/outpriv.h"
#include "hrvault/docmake.h"
#include "hrvault/text.h"

#define SHORT_LIST 40 /* texts of a list up to this long stay on one line */

/* What a walk over members needs. */
struct walk {
	struct cli *c;
	const struct out_field *fields; /* or NULL: all */
	size_t width;			/* of the widest label */
	FILE *to;			/* of out_cell() */
	size_t n;
	bool failed;
};

static bool
is_deep(const struct hrv_doc *value)
{
	const struct hrv_doc *e;

	if (hrv_doc_kind(value) == HRV_DOC_OBJECT)
		return true;
	for (size_t i = 0; (e = hrv_doc_at(value, i)) != NULL; i++)
		if (hrv_doc_text(e) == NULL ||
		    strlen(hrv_doc_text(e)) > SHORT_LIST)
			return hrv_doc_kind(e) != HRV_DOC_INT;
	return false;
}

static void cell_to(FILE *to, const struct hrv_doc *value);

static int
member_to(void *ctx, const char *key, const struct hrv_doc *value)
{
	struct walk *w = ctx;

	fprintf(w->to, "%s%s ", w->n++ > 0 ? ", " : "", key);
	cell_to(w->to, value);
	return 0;
}

static void
cell_to(FILE *to, const struct hrv_doc *value)
{
	struct walk w = { .to = to };
	char *shown, when[OUT_TIME_SIZE];

	switch (hrv_doc_kind(value)) {
	case HRV_DOC_NULL:
		fputc('-', to);
		break;
	case HRV_DOC_BOOL:
		fputs(hrv_doc_is_true(value) ? "yes" : "no", to);
		break;
	case HRV_DOC_INT:
		fprintf(to, "%" PRId64, hrv_doc_number(value));
		break;
	case HRV_DOC_TEXT:
		if (out_time(hrv_doc_text(value), when)) {
			fputs(when, to);
			break;
		}
		shown = hrv_text_visible(hrv_doc_text(value));
		fputs(shown != NULL ? shown : "?", to);
		hrv_text_free(shown);
		break;
	case HRV_DOC_ARRAY:
		if (hrv_doc_len(value) == 0)
			fputc('-', to);
		for (size_t i = 0; i < hrv_doc_len(value); i++) {
			if (i > 0)
				fputs(", ", to);
			cell_to(to, hrv_doc_at(value, i));
		}
		break;
	case HRV_DOC_OBJECT:
		(void)hrv_doc_each(value, member_to, &w);
		break;
	}
}

char *
out_cell(const struct hrv_doc *value, unsigned flags)
{
	char *text = NULL, bytes[OUT_BYTES_SIZE];
	size_t len = 0;
	FILE *to;
	bool ok;

	if ((flags & OUT_SIZE) != 0 && hrv_doc_kind(value) == HRV_DOC_INT) {
		out_bytes(hrv_doc_number(value), bytes);
		return strdup(bytes);
	}
	to = open_memstream(&text, &len);
	if (to == NULL)
		return NULL;
	cell_to(to, value);
	ok = !ferror(to);
	if (fclose(to) != 0 || !ok) {
		free(text);
		return NULL;
	}
	return text;
}

/* The label of a member into buf, '_' as ' '; false when it is not shown. */
static bool
label_of(const struct walk *w, const char *key, char buf[64])
{
	const struct out_field *f = w->fields;

	for (; f != NULL && f->key != NULL; f++)
		if (strcmp(f->key, key) == 0)
			break;
	if (f != NULL && f->key == NULL)
		return false;
	snprintf(buf, 64, "%s", f != NULL && f->label ? f->label : key);
	for (char *s = buf; *s != '\0' && (f == NULL || !f->label); s++)
		if (*s == '_')
			*s = ' ';
	return true;
}

static unsigned
flags_of(const struct walk *w, const char *key)
{
	const struct out_field *f = w->fields;

	for (; f != NULL && f->key != NULL; f++)
		if (strcmp(f->key, key) == 0)
			return f->flags;
	return 0;
}

static int
measure(void *ctx, const char *key, const struct hrv_doc *value)
{
	struct walk *w = ctx;
	char label[64];

	(void)value;
	if (label_of(w, key, label) && strlen(label) > w->width)
		w->width = strlen(label);
	return 0;
}

/* Sentences and nested things: each on lines of its own below the label. */
static void
show_deep(struct walk *w, const struct hrv_doc *value)
{
	const struct hrv_doc *e = value;
	char *cell;

	out_put(w->c, "\n", 1);
	for (size_t i = 0; e != NULL; i++) {
		if (hrv_doc_kind(value) == HRV_DOC_ARRAY)
			e = hrv_doc_at(value, i);
		else if (i > 0)
			e = NULL;
		cell = e != NULL ? out_cell(e, 0) : NULL;
		if (cell != NULL)
			out_wrapped(w->c, 4, "  - ", cell);
		else if (e != NULL)
			w->failed = true;
		hrv_text_free(cell);
	}
}

static int
show(void *ctx, const char *key, const struct hrv_doc *value)
{
	struct walk *w = ctx;
	char label[64], *cell;

	if (!label_of(w, key, label))
		return 0;
	out_put(w->c, label, strlen(label));
	if (is_deep(value)) {
		show_deep(w, value);
		return 0;
	}
	cell = out_cell(value, flags_of(w, key));
	out_pad(w->c, w->width - strlen(label) + 2);
	if (cell == NULL)
		w->failed = true;
	else if (hrv_doc_kind(value) == HRV_DOC_ARRAY)
		out_wrapped(w->c, (int)w->width + 2, "", cell);
	else
		out_put(w->c, cell, strlen(cell));
	if (cell == NULL || hrv_doc_kind(value) != HRV_DOC_ARRAY)
		out_put(w->c, "\n", 1);
	hrv_text_free(cell);
	return 0;
}

int
out_doc(struct cli *c, const struct hrv_doc *doc,
    const struct out_field *fields, struct hrv_err *err)
{
	struct walk w = { .c = c, .fields = fields };
	const struct hrv_doc *value;

	if (c->json)
		return out_json(c, doc, err);
	(void)hrv_doc_each(doc, measure, &w);
	if (fields == NULL)
		(void)hrv_doc_each(doc, show, &w);
	for (const struct out_field *f = fields; f != NULL && f->key; f++) {
		value = hrv_doc_get(doc, f->key);
		if (value != NULL)
			(void)show(&w, f->key, value);
	}
	if (w.failed)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return out_check(c, err);
}
