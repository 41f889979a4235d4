/* SPDX-License-Identifier: ISC */
/*
 * Lists on standard output: a table for people, JSON Lines for programs.
 * Layer: cli. Invariant: memory does not grow with the length of the list;
 * the first rows decide how wide the columns are.
 */
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>

#include "cli/outpriv.h"
#include "cli/process.h"
#include "hrvault/docmake.h"
#include "hrvault/text.h"

void
out_list(struct cli *c, const struct out_field *columns, const char *none)
{
	struct out *o = c->out;

	o->cols = columns;
	o->none = none;
	o->n_rows = o->n_waiting = o->n_cols = 0;
	o->widths_known = false;
	while (o->n_cols < OUT_COLUMNS && columns[o->n_cols].key != NULL)
		o->n_cols++;
}

static const char *
label(const struct out_field *f)
{
	return f->label != NULL ? f->label : f->key;
}

static void
put_row(struct cli *c, const char *const cells[])
{
	const struct out *o = c->out;

	for (size_t k = 0; k < o->n_cols; k++) {
		size_t len = strlen(cells[k]);
		size_t w = hrv_text_width(cells[k], len);
		size_t room = o->width[k] > w ? o->width[k] - w : 0;
		bool right = (o->cols[k].flags & OUT_RIGHT) != 0;

		out_pad(c, k > 0 ? 2 : 0);
		out_pad(c, right ? room : 0);
		out_put(c, cells[k], len);
		/* No blanks at the end of a line. */
		out_pad(c, right || k + 1 == o->n_cols ? 0 : room);
	}
	out_put(c, "\n", 1);
}

static void
measure(struct out *o)
{
	for (size_t k = 0; k < o->n_cols; k++) {
		o->width[k] = strlen(label(&o->cols[k]));
		for (size_t i = 0; i < o->n_waiting; i++) {
			size_t w = hrv_text_width(
			    o->cells[i][k], strlen(o->cells[i][k]));

			if (w > o->width[k])
				o->width[k] = w;
		}
	}
	o->widths_known = true;
}

void
out_flush_rows(struct cli *c)
{
	struct out *o = c->out;
	const char *row[OUT_COLUMNS];

	for (size_t k = 0; k < OUT_COLUMNS; k++)
		row[k] = "";
	if (!o->widths_known && o->n_waiting > 0) {
		measure(o);
		for (size_t k = 0; k < o->n_cols; k++)
			row[k] = label(&o->cols[k]);
		if (o->bold)
			out_put(c, "\033[1m", 4);
		put_row(c, row);
		if (o->bold)
			out_put(c, "\033[0m", 4);
	}
	for (size_t i = 0; i < o->n_waiting; i++) {
		for (size_t k = 0; k < o->n_cols; k++)
			row[k] = o->cells[i][k];
		put_row(c, row);
		for (size_t k = 0; k < o->n_cols; k++)
			hrv_text_free(o->cells[i][k]);
	}
	o->n_waiting = 0;
}

static char *
cell_of(const struct hrv_doc *doc, const struct out_field *f)
{
	const struct hrv_doc *v = hrv_doc_get(doc, f->key);

	if (v == NULL && (f->flags & OUT_PAPER) != 0)
		v = hrv_doc_get(doc, "paper");
	if (v == NULL || ((f->flags & OUT_YESNO) != 0 && !hrv_doc_is_true(v)))
		return strdup("");
	return out_cell(v);
}

int
out_row(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct cli *c = ctx;
	struct out *o = c->out;
	bool lost = false;

	if (process_interrupted())
		return hrv_fail(err, HRV_EINTERRUPTED, "interrupted");
	o->n_rows++;
	if (c->json)
		return out_json(c, doc, err);
	for (size_t k = 0; k < o->n_cols; k++) {
		char *cell = cell_of(doc, &o->cols[k]);

		lost = lost || cell == NULL;
		o->cells[o->n_waiting][k] = cell;
	}
	if (lost) {
		for (size_t k = 0; k < o->n_cols; k++)
			hrv_text_free(o->cells[o->n_waiting][k]);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	o->n_waiting++;
	if (o->widths_known || o->n_waiting == OUT_SAMPLE)
		out_flush_rows(c);
	return out_check(c, err);
}

int
out_list_end(struct cli *c, struct hrv_err *err)
{
	struct out *o = c->out;

	if (o->cols != NULL) {
		out_flush_rows(c);
		if (o->n_rows == 0 && o->none != NULL && !c->json)
			say(c, "%s", o->none);
		o->cols = NULL;
	}
	return out_check(c, err);
}
