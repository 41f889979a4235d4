/* SPDX-License-Identifier: ISC */
/*
 * Heads, keys and proofs for outsiders. Layer: verbs. Invariant: everything
 * refers to the newest checkpoint that was signed, never to entries behind
 * it, so what is handed out verifies with the vkey alone.
 */
#include "hrvault/audit.h"

#include "vault/audit_int.h"
#include "vault/base/json.h"
#include "vault/log/append.h"
#include "vault/log/proof.h"
#include "vault/logkeys.h"
#include "vault/store/db.h"

int
audit_newest(struct hrv_vault *v, struct buf *note, struct note_checkpoint *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	const uint8_t *p;
	size_t len;
	int rc = db_stmt(v->db, SQL_LOG_GET_CHECKPOINT, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the log has no checkpoint");
	if (rc != HRV_OK)
		return rc;
	p = db_col_blob(st, 1, &len);
	buf_add(note, p, len);
	db_reset(st);
	rc = buf_ok(note, err);
	return rc == HRV_OK ? logkeys_open(v, note->data, note->len, ret, err)
			    : rc;
}

int
audit_doc(json_t *doc, bool ok, struct hrv_doc **ret, struct hrv_err *err)
{
	if (doc == NULL || !ok) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_audit_checkpoint(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct note_checkpoint cp;
	struct tree_frontier f;
	struct buf note = BUF_INIT;
	json_t *doc;
	int rc = audit_newest(v, &note, &cp, err);

	if (rc == HRV_OK)
		rc = log_frontier(v->db, &f, err);
	if (rc == HRV_OK) {
		doc = json_object();
		rc = audit_doc(doc,
		    !json_set_str(doc, "checkpoint", buf_str(&note)) &&
			!json_set_str(doc, "origin", cp.origin) &&
			!json_set_int(doc, "size", (int64_t)cp.size) &&
			!json_set_b64(doc, "root", cp.root, 32) &&
			!json_set_int(doc, "entries", (int64_t)f.size),
		    ret_doc, err);
	}
	buf_clear(&note);
	return rc;
}

int
hrv_audit_vkey(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct buf vkey = BUF_INIT;
	json_t *doc = json_object(), *keys = logkeys_json(v);
	int rc;

	note_vkey_format(&v->vkey, &vkey);
	rc = audit_doc(doc,
	    !json_set_str(doc, "vkey", buf_str(&vkey)) &&
		!json_set_str(doc, "origin", v->origin) &&
		!json_object_set(doc, "keys", keys),
	    ret_doc, err);
	json_decref(keys);
	buf_clear(&vkey);
	return rc;
}

static int
not_covered(uint64_t index, uint64_t size, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_ENOTFOUND, "no-checkpoint",
	    "no checkpoint covers entry %llu yet: the newest is of %llu "
	    "entries",
	    (unsigned long long)index, (unsigned long long)size);
	return hrv_hint(err,
	    "the next command that ends signs one; then "
	    "'hrvault audit prove %llu'",
	    (unsigned long long)index);
}

int
hrv_audit_prove(struct hrv_vault *v, uint64_t index, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct tree_source src = log_source(v->db);
	struct buf note = BUF_INIT, leaf = BUF_INIT, text = BUF_INIT;
	struct note_checkpoint cp = { .size = 0 };
	struct note_vkey vkey;
	struct proof p = { .index = index };
	uint8_t hash[TREE_HASH];
	json_t *doc;
	int rc = log_read(v->db, index, &leaf, NULL, err);

	if (rc == HRV_OK)
		rc = audit_newest(v, &note, &cp, err);
	if (rc == HRV_OK && index >= cp.size)
		rc = not_covered(index, cp.size, err);
	if (rc == HRV_OK)
		rc = tree_inclusion(&src, index, cp.size, &p.path, err);
	p.note = buf_str(&note);
	p.note_len = note.len;
	/* The entry's bytes are proved, not the hash stored beside them. */
	tree_leaf_hash(leaf.data, leaf.len, hash);
	if (rc == HRV_OK)
		rc = logkeys_vkey(v, cp.origin, cp.size, &vkey, err);
	if (rc == HRV_OK)
		rc = proof_verify(&p, &vkey, hash, NULL, err);
	if (rc == HRV_OK)
		rc = proof_write(&p, &text, err);
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc == HRV_OK) {
		doc = json_object();
		rc = audit_doc(doc,
		    !json_set_int(doc, "index", (int64_t)index) &&
			!json_set_int(doc, "size", (int64_t)cp.size) &&
			!json_set_str(doc, "proof", buf_str(&text)) &&
			!json_set_str(doc, "leaf", buf_str(&leaf)),
		    ret_doc, err);
	}
	buf_clear(&text);
	buf_clear(&leaf);
	buf_clear(&note);
	return rc;
}
