/* SPDX-License-Identifier: ISC */
/*
 * The log's rows in vault.db. Layer: log (on store). Invariant: a leaf, its
 * hash, the subtrees it completes and the right edge change in one
 * transaction, so the stored tree is never ahead of or behind its leaves.
 */
#include "vault/log/append.h"

#include "vault/store/db.h"

int
log_frontier(struct db *db, struct tree_frontier *ret, struct hrv_err *err)
{
	struct stmt *st;
	const uint8_t *p;
	size_t len;
	int rc;

	rc = db_stmt(db, SQL_LOG_GET_FRONTIER, &st, err);
	if (rc != HRV_OK)
		return rc;
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the vault's own row is missing");
	p = db_col_blob(st, 0, &len);
	rc = tree_frontier_read(p, len, ret, err);
	if (rc == HRV_OK && (uint64_t)db_col_int(st, 1) != ret->size)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log has another length than was written");
	db_reset(st);
	return rc;
}

static int
add_node(struct db *db, int64_t level, uint64_t pos,
    const uint8_t hash[TREE_HASH], struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(db, SQL_LOG_ADD_NODE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, level);
	(void)db_bind_int(st, 2, (int64_t)pos);
	(void)db_bind_blob(st, 3, hash, TREE_HASH);
	return db_run(st, err);
}

/* Stores the leaf's hash and every full subtree that ends with it. */
static int
add_nodes(struct db *db, const struct tree_frontier *f,
    const uint8_t leaf_hash[TREE_HASH], struct hrv_err *err)
{
	uint8_t cur[TREE_HASH];
	uint64_t pos = f->size;
	size_t left = tree_frontier_count(f);
	int64_t level = 0;
	int rc;

	for (size_t i = 0; i < TREE_HASH; i++)
		cur[i] = leaf_hash[i];
	rc = add_node(db, 0, pos, cur, err);
	while (rc == HRV_OK && (pos & 1) != 0) {
		tree_node_hash(f->hash[--left], cur, cur);
		pos >>= 1;
		rc = add_node(db, ++level, pos, cur, err);
	}
	return rc;
}

static int
add_leaf_row(struct db *db, uint64_t idx, const struct buf *leaf,
    const struct buf *payload, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(db, SQL_LOG_ADD_LEAF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)idx);
	(void)db_bind_blob(st, 2, leaf->data, leaf->len);
	if (payload == NULL)
		(void)db_bind_null(st, 3);
	else
		(void)db_bind_blob(st, 3, payload->data, payload->len);
	return db_run(st, err);
}

static int
set_frontier(struct db *db, const struct tree_frontier *f, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	struct stmt *st;
	int rc = db_stmt(db, SQL_LOG_SET_FRONTIER, &st, err);

	if (rc != HRV_OK)
		return rc;
	tree_frontier_write(f, &b);
	(void)db_bind_blob(st, 1, b.data, b.len);
	rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		rc = db_run(st, err);
	buf_clear(&b);
	return rc;
}

int
log_add(struct db *db, struct tree_frontier *f, const struct buf *leaf,
    const struct buf *payload, struct hrv_err *err)
{
	uint8_t hash[TREE_HASH];
	int rc;

	tree_leaf_hash(leaf->data, leaf->len, hash);
	rc = add_leaf_row(db, f->size, leaf, payload, err);
	if (rc == HRV_OK)
		rc = add_nodes(db, f, hash, err);
	if (rc == HRV_OK)
		rc = tree_frontier_append(f, hash, err);
	if (rc == HRV_OK)
		rc = set_frontier(db, f, err);
	return rc;
}

/* One stored hash; *ret_found tells whether it is there. */
static int
get_node(struct db *db, unsigned level, uint64_t pos, uint8_t out[TREE_HASH],
    bool *ret_found, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(db, SQL_LOG_GET_NODE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)level);
	(void)db_bind_int(st, 2, (int64_t)pos);
	rc = db_step(st, ret_found, err);
	if (rc != HRV_OK || !*ret_found)
		return rc;
	rc = db_col_fixed(st, 0, out, TREE_HASH, err);
	db_reset(st);
	return rc;
}

static int
source_node(void *ctx, unsigned level, uint64_t index, uint8_t out[TREE_HASH],
    bool *ret_found, struct hrv_err *err)
{
	return get_node(ctx, level, index, out, ret_found, err);
}

static int
source_leaf(
    void *ctx, uint64_t index, uint8_t out[TREE_HASH], struct hrv_err *err)
{
	bool found = false;
	int rc = get_node(ctx, 0, index, out, &found, err);

	if (rc == HRV_OK && !found)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the hash of entry %llu is missing from the log",
		    (unsigned long long)index);
	return rc;
}

struct tree_source
log_source(struct db *db)
{
	return (struct tree_source){ source_leaf, source_node, db };
}

int
log_root_at(
    struct db *db, uint64_t size, uint8_t out[TREE_HASH], struct hrv_err *err)
{
	struct tree_source src = log_source(db);

	return tree_range_root(&src, 0, size, out, err);
}

int
log_read(struct db *db, uint64_t idx, struct buf *leaf, struct buf *payload,
    struct hrv_err *err)
{
	struct stmt *st;
	const uint8_t *p;
	size_t len;
	int rc = db_stmt(db, SQL_LOG_GET_LEAF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)idx);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_ENOTFOUND, "the log has no entry %llu",
		    (unsigned long long)idx);
	if (rc != HRV_OK)
		return rc;
	p = db_col_blob(st, 0, &len);
	buf_add(leaf, p, len);
	if (payload != NULL) {
		p = db_col_blob(st, 1, &len);
		buf_add(payload, p, len);
	}
	db_reset(st);
	return buf_ok(leaf, err);
}

int
log_each(struct db *db, uint64_t first,
    int (*fn)(void *ctx, const struct log_row *row, struct hrv_err *err),
    void *ctx, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(db, SQL_LOG_LIST_LEAVES, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)first);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct log_row row = { .index = (uint64_t)db_col_int(st, 0) };

		row.leaf = db_col_blob(st, 1, &row.leaf_len);
		row.payload = db_col_blob(st, 2, &row.payload_len);
		rc = fn(ctx, &row, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}
