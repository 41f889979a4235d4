/* SPDX-License-Identifier: ISC */
/*
 * Lists on standard output: a table for people, JSON Lines for programs.
 * Layer: cli. Invariant: memory does not grow with the length of the list;
 * the first rows decide how wide the columns are, and on a terminal whether
 * it is a table at all (D190).
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
	o->widths_known = o->shorten = o->blocks = false;
	memset(o->hidden, 0, sizeof(o->hidden));
	while (o->n_cols < OUT_COLUMNS && columns[o->n_cols].key != NULL)
		o->n_cols++;
}

static const char *
label(const struct out_field *f)
{
	return f->label != NULL ? f->label : f->key;
}

#define ID_SHOWN 10  /* "R-S57RMJNG": any command takes it for the whole */
#define ID_WHOLE 28  /* a letter, a dash and 26 characters */
#define FPR_SHOWN 16 /* last digits, which name a member */
#define FPR_WHOLE 40
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* The part of a cell that is shown, and its length, where ids are cut. */
static const char *
short_id(const char *cell, size_t *len)
{
	if (*len == ID_WHOLE && cell[1] == '-' &&
	    strspn(cell + 2, UPPER DIGITS) == ID_WHOLE - 2) {
		*len = ID_SHOWN;
	} else if (*len == FPR_WHOLE &&
		   strspn(cell, "ABCDEF" DIGITS) == FPR_WHOLE) {
		*len = FPR_SHOWN;
		return cell + FPR_WHOLE - FPR_SHOWN;
	}
	return cell;
}

/* What is printed of a cell of column k. */
static const char *
shown(const struct out *o, size_t k, const char *cell, size_t *len)
{
	*len = strlen(cell);
	if (!o->shorten || (o->cols[k].flags & OUT_WHOLE) != 0)
		return cell;
	return short_id(cell, len);
}

static void
put_row(struct cli *c, const char *const cells[])
{
	const struct out *o = c->out;
	size_t blanks = 0; /* not written before something follows them */

	for (size_t k = 0; k < o->n_cols; k++) {
		size_t len = 0;
		const char *text = shown(o, k, cells[k], &len);
		size_t w = hrv_text_width(text, len);
		size_t room = o->width[k] > w ? o->width[k] - w : 0;
		bool right = (o->cols[k].flags & OUT_RIGHT) != 0;

		if (o->hidden[k])
			continue;
		blanks += (k > 0 ? 2 : 0) + (right ? room : 0);
		if (len > 0) {
			out_pad(c, blanks);
			blanks = 0;
		}
		out_put(c, text, len);
		blanks += right ? 0 : room;
	}
	out_put(c, "\n", 1);
}

/* A row where no table has room: a line for each cell that is not empty. */
static void
put_block(struct cli *c, const char *const cells[])
{
	const struct out *o = c->out;
	size_t widest = 0;

	for (size_t k = 0; k < o->n_cols; k++)
		if (strlen(label(&o->cols[k])) > widest)
			widest = strlen(label(&o->cols[k]));
	for (size_t k = 0; k < o->n_cols; k++) {
		const char *name = label(&o->cols[k]);

		if (cells[k][0] == '\0')
			continue;
		out_put(c, name, strlen(name));
		out_pad(c, widest - strlen(name) + 2);
		out_put(c, cells[k], strlen(cells[k]));
		out_put(c, "\n", 1);
	}
	out_put(c, "\n", 1);
}

/* How wide each column is, and the whole table. */
static size_t
measure(struct out *o)
{
	size_t all = 0;

	for (size_t k = 0; k < o->n_cols; k++) {
		o->width[k] = strlen(label(&o->cols[k]));
		for (size_t i = 0; i < o->n_waiting; i++) {
			size_t len = 0;
			const char *text = shown(o, k, o->cells[i][k], &len);
			size_t w = hrv_text_width(text, len);

			if (w > o->width[k])
				o->width[k] = w;
		}
		if (!o->hidden[k])
			all += o->width[k] + (k > 0 ? 2 : 0);
	}
	return all;
}

/* Leaves out a column in which no row says anything, where all rows are known.
 */
static void
hide_empty(struct out *o)
{
	for (size_t k = 0; k < o->n_cols && o->n_waiting < OUT_SAMPLE; k++) {
		o->hidden[k] = true;
		for (size_t i = 0; i < o->n_waiting; i++)
			o->hidden[k] =
			    o->hidden[k] && o->cells[i][k][0] == '\0';
	}
}

/* Whole ids where they fit, else short ones, else without the minor columns
 * from the last to the first, else no table and nothing left out. */
static void
choose_form(struct out *o)
{
	size_t room = out_room();

	if (measure(o) > room)
		hide_empty(o);
	o->shorten = measure(o) > room;
	for (size_t k = o->n_cols; k > 0 && measure(o) > room; k--)
		o->hidden[k - 1] |= (o->cols[k - 1].flags & OUT_MINOR) != 0;
	o->blocks = measure(o) > room;
	o->widths_known = true;
}

static void
put_heading(struct cli *c)
{
	struct out *o = c->out;
	const char *row[OUT_COLUMNS];

	for (size_t k = 0; k < OUT_COLUMNS; k++)
		row[k] = k < o->n_cols ? label(&o->cols[k]) : "";
	if (o->bold)
		out_put(c, "\033[1m", 4);
	put_row(c, row);
	if (o->bold)
		out_put(c, "\033[0m", 4);
}

void
out_flush_rows(struct cli *c)
{
	struct out *o = c->out;
	const char *row[OUT_COLUMNS];

	for (size_t k = 0; k < OUT_COLUMNS; k++)
		row[k] = "";
	if (!o->widths_known && o->n_waiting > 0) {
		choose_form(o);
		if (!o->blocks)
			put_heading(c);
	}
	for (size_t i = 0; i < o->n_waiting; i++) {
		for (size_t k = 0; k < o->n_cols; k++)
			row[k] = o->cells[i][k];
		if (o->blocks)
			put_block(c, row);
		else
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
	return out_cell(v, f->flags);
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
