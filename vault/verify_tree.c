/* SPDX-License-Identifier: ISC */
/*
 * Verifying the tree: stored hashes against recomputed ones, the stored edge,
 * and every signed checkpoint. Layer: verbs. Invariant: the tree is built
 * from the entries; a stored hash only stands in for an entry that is missing
 * or changed, which has then been reported.
 */
#include <string.h>

#include "vault/store/db.h"
#include "vault/verify_int.h"

/* A stored subtree root; *ret_found tells whether it is there. */
static int
stored_node(struct verify *y, unsigned level, uint64_t pos,
    uint8_t out[TREE_HASH], bool *ret_found, struct hrv_err *err)
{
	struct tree_source src = log_source(y->v->db);

	return src.node(src.ctx, level, pos, out, ret_found, err);
}

/* The subtrees above that end with the leaf just reached. */
static int
check_parents(
    struct verify *y, const uint8_t leaf[TREE_HASH], struct hrv_err *err)
{
	uint8_t cur[TREE_HASH], stored[TREE_HASH];
	size_t left = tree_frontier_count(&y->f);
	uint64_t pos = y->f.size;
	unsigned level = 0;
	bool found;
	int rc;

	memcpy(cur, leaf, TREE_HASH);
	for (; (pos & 1) != 0; pos >>= 1) {
		tree_node_hash(y->f.hash[--left], cur, cur);
		rc = stored_node(y, ++level, pos >> 1, stored, &found, err);
		if (rc != HRV_OK)
			return rc;
		if (!found || memcmp(stored, cur, TREE_HASH) != 0)
			verify_problem_log(y,
			    "the stored tree differs at level %u, place %llu",
			    level, (unsigned long long)(pos >> 1));
	}
	return tree_frontier_append(&y->f, leaf, err);
}

int
verify_tree_add(
    struct verify *y, const uint8_t hash[TREE_HASH], struct hrv_err *err)
{
	uint8_t stored[TREE_HASH];
	bool found;
	int rc = stored_node(y, 0, y->f.size, stored, &found, err);

	if (rc != HRV_OK)
		return rc;
	if (!found)
		verify_problem(y, y->f.size, "its hash is missing");
	else if (memcmp(stored, hash, TREE_HASH) != 0)
		verify_problem(
		    y, y->f.size, "its bytes are not those that were logged");
	return check_parents(y, found ? stored : hash, err);
}

int
verify_tree_gap(struct verify *y, uint64_t index, struct hrv_err *err)
{
	uint64_t first = y->f.size;
	uint8_t stored[TREE_HASH] = { 0 };
	bool found;
	int rc = HRV_OK;

	if (index == first)
		return HRV_OK;
	if (index < first || index - first > 1000000)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "entries around number %llu are missing",
		    (unsigned long long)first);
	if (index == first + 1)
		verify_problem(y, first, "it is missing");
	else
		verify_problem_log(y, "entries %llu to %llu are missing",
		    (unsigned long long)first, (unsigned long long)index - 1);
	while (rc == HRV_OK && y->f.size < index) {
		rc = verify_grow(&y->trace, y->f.size, &y->trace_cap,
		    sizeof(*y->trace), err);
		if (rc == HRV_OK)
			rc = stored_node(y, 0, y->f.size, stored, &found, err);
		if (rc != HRV_OK)
			break;
		y->trace[y->f.size] = (struct verify_trace){ 0 };
		rc = check_parents(y, stored, err);
		if (rc == HRV_OK)
			rc = verify_notes_at(y, err);
	}
	y->slots_moved = true; /* whatever they did is unknown */
	return rc;
}

/* Reads the first stored checkpoint of at least that size. */
static int
next_note(struct verify *y, uint64_t size, struct hrv_err *err)
{
	struct stmt *st;
	const uint8_t *p;
	size_t len;
	int rc = db_stmt(y->v->db, SQL_LOG_GET_CHECKPOINT_AT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)size);
	rc = db_step(st, &y->note_more, err);
	if (rc != HRV_OK || !y->note_more)
		return rc;
	y->note_size = (uint64_t)db_col_int(st, 0);
	p = db_col_blob(st, 1, &len);
	buf_reset(&y->note);
	buf_add(&y->note, p, len);
	db_reset(st);
	return buf_ok(&y->note, err);
}

int
verify_notes_begin(struct verify *y, struct hrv_err *err)
{
	return next_note(y, 0, err);
}

/* Signatures up to verify_signed() were verified before. */
static void
check_note(struct verify *y)
{
	struct note_checkpoint cp;
	struct hrv_err why;
	uint8_t root[TREE_HASH];
	int rc;

	if (y->note_size <= verify_signed(y))
		rc = note_peek(y->note.data, y->note.len, &cp, &why);
	else
		rc = note_open(y->note.data, y->note.len, &y->vkey, &cp, &why);
	if (rc != HRV_OK) {
		verify_problem_log(y, "the checkpoint of %llu entries: %s",
		    (unsigned long long)y->note_size, why.msg);
		return;
	}
	tree_frontier_root(&y->f, root);
	if (cp.size != y->note_size || memcmp(cp.root, root, TREE_HASH) != 0)
		verify_problem_log(y,
		    "the checkpoint of %llu entries is not of these entries",
		    (unsigned long long)y->note_size);
}

int
verify_notes_at(struct verify *y, struct hrv_err *err)
{
	if (!y->note_more || y->note_size > y->f.size)
		return HRV_OK;
	y->note_last = y->note_size;
	if (y->note_size == y->f.size)
		check_note(y);
	else
		verify_problem_log(
		    y, "a checkpoint is stored of no size it could have");
	return next_note(y, y->f.size + 1, err);
}

static int
count_of(struct verify *y, enum sql_id sql, uint64_t *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(y->v->db, sql, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = (uint64_t)db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

static int
check_edge(struct verify *y, struct hrv_err *err)
{
	struct tree_frontier edge;
	uint8_t a[TREE_HASH], b[TREE_HASH];
	int rc = log_frontier(y->v->db, &edge, err);

	if (rc == HRV_EINTEGRITY) {
		verify_problem_log(y, "%s", err->msg);
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	tree_frontier_root(&edge, a);
	tree_frontier_root(&y->f, b);
	if (edge.size != y->f.size || memcmp(a, b, TREE_HASH) != 0)
		verify_problem_log(y,
		    "the stored edge of the tree is not that of its "
		    "entries");
	return HRV_OK;
}

int
verify_tree_end(struct verify *y, struct hrv_err *err)
{
	uint64_t want = 0, nodes = 0, rows = 0;
	int rc;

	for (uint64_t n = y->f.size; n > 0; n >>= 1)
		want += n;
	rc = count_of(y, SQL_LOG_COUNT_NODES, &nodes, err);
	if (rc == HRV_OK)
		rc = count_of(y, SQL_LOG_COUNT_MANIFEST, &rows, err);
	if (rc == HRV_OK)
		rc = check_edge(y, err);
	if (rc != HRV_OK)
		return rc;
	if (nodes != want)
		verify_problem_log(y,
		    "the stored tree has %llu hashes where %llu belong",
		    (unsigned long long)nodes, (unsigned long long)want);
	if (rows != y->manifest_rows)
		verify_problem_log(
		    y, "rows of lists are stored that no entry names");
	if (y->note_more)
		verify_problem_log(y,
		    "a checkpoint says %llu entries and there are %llu: the "
		    "log was cut",
		    (unsigned long long)y->note_size,
		    (unsigned long long)y->f.size);
	if (!y->note_more && y->note_last < y->remembered)
		verify_problem_log(y,
		    "a checkpoint that this client saw is not stored any more");
	if (y->args->from_size > y->f.size)
		verify_problem_log(y,
		    "there are fewer entries than the %llu it was to begin "
		    "from: the log was cut",
		    (unsigned long long)y->args->from_size);
	if (y->bad_heads > 0)
		verify_problem(y, y->bad_head,
		    "the head it names is not the root of the entries before "
		    "it (%llu entries in all)",
		    (unsigned long long)y->bad_heads);
	return HRV_OK;
}
