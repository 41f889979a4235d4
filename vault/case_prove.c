/* SPDX-License-Identifier: ISC */
/*
 * Proof of one entry, see case_prove.h. Layer: verbs.
 */
#include "vault/case_prove.h"

#include "vault/log/append.h"
#include "vault/log/proof.h"
#include "vault/logkeys.h"
#include "vault/store/db.h"
#include "vault/txn.h"

/* The oldest checkpoint that covers the entry. */
static int
find_note(struct hrv_vault *v, uint64_t index, struct buf *note, bool *ret,
    struct hrv_err *err)
{
	const uint8_t *p;
	size_t len;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_LOG_GET_CHECKPOINT_AT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)index + 1);
	rc = db_step(st, ret, err);
	if (rc == HRV_OK && *ret) {
		p = db_col_blob(st, 1, &len);
		buf_add(note, p, len);
		rc = buf_ok(note, err);
	}
	db_reset(st);
	return rc;
}

/* An empty transaction: its commit signs the head as it is. Looked for again
 * under the lock, because there is one checkpoint of a size. */
static int
sign_head(struct hrv_vault *v, uint64_t index, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	bool found = false;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = find_note(v, index, &note, &found, err);
	if (rc == HRV_OK && !found)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	buf_clear(&note);
	return rc;
}

static int
write_proof(struct hrv_vault *v, uint64_t index, const struct buf *note,
    struct buf *out, struct note_checkpoint *ret_head, struct hrv_err *err)
{
	struct proof p = {
		.index = index, .note = buf_str(note), .note_len = note->len
	};
	struct tree_source source = log_source(v->db);
	struct buf leaf = BUF_INIT;
	struct note_vkey vkey;
	uint8_t hash[TREE_HASH];
	int rc = logkeys_open(v, note->data, note->len, ret_head, err);

	if (rc == HRV_OK)
		rc = tree_inclusion(
		    &source, index, ret_head->size, &p.path, err);
	if (rc == HRV_OK)
		rc = log_read(v->db, index, &leaf, NULL, err);
	if (rc == HRV_OK) {
		tree_leaf_hash(leaf.data, leaf.len, hash);
		rc = logkeys_vkey(
		    v, ret_head->origin, ret_head->size, &vkey, err);
	}
	if (rc == HRV_OK)
		rc = proof_verify(&p, &vkey, hash, NULL, err);
	if (rc == HRV_OK)
		rc = proof_write(&p, out, err);
	buf_clear(&leaf);
	return rc;
}

int
case_prove(struct hrv_vault *v, uint64_t index, struct buf *out,
    struct note_checkpoint *ret_head, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	bool found = false;
	int rc = sign_head(v, index, err);

	if (rc == HRV_OK)
		rc = find_note(v, index, &note, &found, err);
	if (rc == HRV_OK && !found)
		rc = hrv_fail(err, HRV_EFAILED,
		    "no checkpoint covers entry %llu",
		    (unsigned long long)index);
	if (rc == HRV_OK)
		rc = write_proof(v, index, &note, out, ret_head, err);
	buf_clear(&note);
	return rc;
}
