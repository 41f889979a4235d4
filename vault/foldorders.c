/* SPDX-License-Identifier: ISC */
/*
 * Orders of erasure from the tables, for foldrows.c. Layer: verbs. Invariant:
 * what files a record anew after its order does to it here what it does in the
 * fold of a run, by the same function: a preview promises no day that the run
 * does not keep.
 */
#include "vault/foldorders.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/version.h"

struct order_row {
	struct fold_order order;
	uint64_t leaf;
};

struct ordering {
	struct fold *f;
	struct hrv_vault *v;
	struct order_row *rows; /* by the entry that ordered */
	size_t n;
	size_t next; /* the first one not in the fold */
};

static int
add_row(struct ordering *x, struct stmt *st, struct hrv_err *err)
{
	struct order_row row = { .order = { .record = { .kind = ID_RECORD },
				     .kase = { .kind = ID_CASE } } };
	struct order_row *p = realloc(x->rows, (x->n + 1) * sizeof(*p));
	int rc = HRV_OK;

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	x->rows = p;
	row.order.n = (uint32_t)db_col_int(st, 1);
	row.leaf = (uint64_t)db_col_int(st, 3);
	rc = db_col_fixed(st, 0, row.order.record.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 2, row.order.kase.b, ID_BYTES, err);
	if (rc == HRV_OK)
		p[x->n++] = row;
	return rc;
}

static int
cmp_row(const void *a, const void *b)
{
	const struct order_row *x = a, *y = b;

	return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static int
read_rows(struct ordering *x, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_KASE_LIST_ORDERED, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_row(x, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (x->n > 1)
		qsort(x->rows, x->n, sizeof(*x->rows), cmp_row);
	return rc;
}

/* Whether anything was written about a record or its person since the order:
 * only then the log is asked what. */
static int
is_older(struct ordering *x, bool *ret, struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret = false;
	for (size_t i = 0; rc == HRV_OK && !*ret && i < x->n; i++) {
		struct record_row rec;
		struct subject_row s;

		rc = record_load(x->v, &x->rows[i].order.record, &rec, err);
		if (rc == HRV_OK)
			rc = subject_load(x->v, &rec.subject, &s, err);
		if (rc != HRV_OK)
			break;
		*ret = rec.state_leaf > x->rows[i].leaf ||
		       s.state_leaf > x->rows[i].leaf;
	}
	return rc;
}

/* The rows of one entry come into the fold. */
static int
take_rows(struct ordering *x, const struct leaf *l, struct hrv_err *err)
{
	int rc = HRV_OK;

	while (rc == HRV_OK && x->next < x->n &&
	       x->rows[x->next].leaf <= l->index) {
		struct fold_order *o = &x->rows[x->next++].order;

		o->time = l->time;
		if (!id_parse(l->subject, ID_SUBJECT, &o->subject))
			o->subject = (struct hrv_id){ 0 };
		rc = fold_order_add(x->f, o, err);
	}
	return rc;
}

static int
read_things(
    struct ordering *x, uint64_t index, struct manifest *m, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_LOG_LIST_MANIFEST, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)index);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 0);
		struct hrv_id id = { .kind = kind == NULL ? '?' : kind[0] };

		rc = db_col_fixed(st, 1, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = manifest_add(m, &id, NULL, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
refiled(struct ordering *x, const struct leaf *l, const struct log_row *row,
    struct hrv_err *err)
{
	struct manifest things = { 0 };
	json_t *payload = NULL;
	int rc = row->payload == NULL
		     ? HRV_OK
		     : json_read(row->payload, row->payload_len, &payload, err);

	if (rc == HRV_OK)
		rc = read_things(x, l->index, &things, err);
	if (rc == HRV_OK)
		rc = fold_refiled(x->f, l, payload, &things, err);
	manifest_clear(&things);
	json_decref(payload);
	return rc;
}

static bool
is_in(const void *data, size_t len, const char *text)
{
	return data != NULL && memmem(data, len, text, strlen(text)) != NULL;
}

/* One that may file something anew or take a fact back, from its bytes: the
 * log is long. */
static bool
may_refile(const struct log_row *row)
{
	static const char *const ops[] = { "\nop record.move\n",
		"\nop record.reclassify\n", "\nop subject.merge\n",
		"\nop subject.consent\n" };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (is_in(row->leaf, row->leaf_len, ops[i]))
			return true;
	}
	return is_in(row->payload, row->payload_len, "\"retracted\"");
}

static int
read_one(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct ordering *x = ctx;
	struct leaf l = LEAF_INIT;
	bool orders = x->next < x->n && x->rows[x->next].leaf == row->index;
	int rc;

	if (!orders && !may_refile(row))
		return HRV_OK;
	rc = leaf_parse(row->leaf, row->leaf_len, &l, err);
	if (rc == HRV_OK && orders)
		rc = take_rows(x, &l, err);
	else if (rc == HRV_OK && l.result == LEAF_OK && l.phase != OP_INTENT)
		rc = refiled(x, &l, row, err);
	return rc;
}

/* Nothing came after: each order is as old as its entry. */
static int
read_times(struct ordering *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	while (rc == HRV_OK && x->next < x->n) {
		struct buf text = BUF_INIT;
		struct leaf l = LEAF_INIT;

		rc =
		    log_read(x->v->db, x->rows[x->next].leaf, &text, NULL, err);
		if (rc == HRV_OK)
			rc = leaf_parse(text.data, text.len, &l, err);
		if (rc == HRV_OK)
			rc = take_rows(x, &l, err);
		buf_clear(&text);
	}
	return rc;
}

int
fold_orders(struct fold *f, struct hrv_vault *v, struct hrv_err *err)
{
	struct ordering x = { .f = f, .v = v };
	bool older = false;
	int rc = read_rows(&x, err);

	if (rc == HRV_OK && x.n > 0)
		rc = is_older(&x, &older, err);
	if (rc == HRV_OK && older)
		rc = log_each(v->db, x.rows[0].leaf, read_one, &x, err);
	else if (rc == HRV_OK)
		rc = read_times(&x, err);
	free(x.rows);
	return rc;
}
