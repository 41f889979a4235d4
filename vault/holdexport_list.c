/* SPDX-License-Identifier: ISC */
/*
 * What an export of a hold consists of: versions, and entries of the log.
 * Layer: verbs. Opens nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/holdexport.h"
#include "vault/log/append.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* One live version, in the list and in what is hashed. */
static int
add_item(struct holdexport *x, const struct hrv_id *record, struct stmt *st,
    json_t *list, struct hrv_err *err)
{
	struct holdexport_item *p =
	    realloc(x->items, (x->n_items + 1) * sizeof(*p));
	char id[ID_TEXT_SIZE];
	uint8_t body[32];
	json_t *o = json_object();
	int rc;

	if (p == NULL || o == NULL) {
		x->items = p == NULL ? x->items : p;
		json_decref(o);
		return no_memory(err);
	}
	x->items = p;
	p[x->n_items].record = *record;
	p[x->n_items++].n = (uint32_t)db_col_int(st, 0);
	rc = db_col_fixed(st, 2, body, sizeof(body), err);
	id_format(record, id);
	if (rc == HRV_OK &&
	    (json_set_str(o, "record", id) ||
		json_set_int(o, "version", db_col_int(st, 0)) ||
		json_set_hex(o, "stored_sha256", body, sizeof(body)) ||
		json_array_append(list, o)))
		rc = no_memory(err);
	json_decref(o);
	return rc;
}

int
holdexport_list(struct holdexport *x, struct hrv_err *err)
{
	json_t *all = json_object(), *list = json_array();
	struct buf text = BUF_INIT;
	uint8_t ignored[32];
	struct stmt *st;
	bool more = false;
	int rc = manifest_hash(&x->records, ignored, err); /* sorts */

	for (size_t i = 0; rc == HRV_OK && i < x->records.n; i++) {
		rc = db_stmt(x->v->db, SQL_VERSION_LIST_OF, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, x->records.rows[i].id.b, ID_BYTES);
		while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
			rc = add_item(x, &x->records.rows[i].id, st, list, err);
			if (rc != HRV_OK)
				break;
		}
		db_reset(st);
	}
	if (rc == HRV_OK && (json_object_set(all, "versions", list) ||
				json_object_set(all, "scope", x->scope_json)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(all, &text, err);
	if (rc == HRV_OK)
		crypt_sha256(text.data, text.len, x->content);
	buf_clear(&text);
	json_decref(list);
	json_decref(all);
	return rc;
}

static int
add_entry(struct holdexport *x, uint64_t index, struct hrv_err *err)
{
	uint64_t *p;

	/* Grown in powers of two. */
	if ((x->n_entries & (x->n_entries - 1)) == 0) {
		p = realloc(x->entries,
		    (x->n_entries == 0 ? 1 : 2 * x->n_entries) * sizeof(*p));
		if (p == NULL)
			return no_memory(err);
		x->entries = p;
	}
	x->entries[x->n_entries++] = index;
	return HRV_OK;
}

/* Entries that name a record or the hold in a line of their own. */
static int
look(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct holdexport *x = ctx;
	struct leaf l = LEAF_INIT;
	struct hrv_id id;
	int rc = leaf_parse(row->leaf, row->leaf_len, &l, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(l.hold, x->root) == 0 ||
	    (l.record[0] != '\0' && id_parse(l.record, ID_RECORD, &id) &&
		manifest_has(&x->records, &id)))
		return add_entry(x, row->index, err);
	return HRV_OK;
}

/* Batches whose list has the record. */
static int
add_batches(
    struct holdexport *x, const struct hrv_id *record, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_LOG_LIST_BATCHES_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_entry(x, (uint64_t)db_col_int(st, 0), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int
holdexport_entries(struct holdexport *x, struct hrv_err *err)
{
	size_t n = 0;
	int rc = log_each(x->v->db, 0, look, x, err);

	for (size_t i = 0; rc == HRV_OK && i < x->records.n; i++)
		rc = add_batches(x, &x->records.rows[i].id, err);
	if (rc != HRV_OK || x->n_entries == 0)
		return rc;
	qsort(x->entries, x->n_entries, sizeof(*x->entries), by_number);
	for (size_t i = 0; i < x->n_entries; i++) {
		if (n == 0 || x->entries[n - 1] != x->entries[i])
			x->entries[n++] = x->entries[i];
	}
	x->n_entries = n;
	return HRV_OK;
}
