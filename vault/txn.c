/* SPDX-License-Identifier: ISC */
/*
 * Write transactions. Layer: verbs. Invariants: the write lock of vault.db is
 * taken before anything is written anywhere; keys are durable before the
 * bodies, bodies before vault.db; an entry is signed by a certified session.
 */
#include "vault/txn.h"

#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/holdfollow.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/recover.h"
#include "vault/remember.h"
#include "vault/session.h"
#include "vault/split.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"
#include "vault/store/pack.h"
#include "vault/succession.h"

static void
set_id(char out[LEAF_ID_LEN + 1], const struct hrv_id *id)
{
	if (id != NULL)
		id_format(id, out);
}

static void
set_hash(struct leaf *l, unsigned flag, uint8_t field[32], const uint8_t *value)
{
	if (value == NULL)
		return;
	memcpy(field, value, 32);
	l->has |= flag;
}

/* The leaf of an entry, but for its payload and manifest. */
static int
fill_leaf(struct hrv_vault *v, const struct entry *e, struct leaf *l,
    struct hrv_err *err)
{
	l->time = vault_now(v);
	l->index = v->frontier.size;
	tree_frontier_root(&v->frontier, l->root);
	memcpy(l->session, v->session->id, sizeof(l->session));
	l->op = op_find(e->op, strlen(e->op));
	if (l->op == NULL)
		return hrv_fail(err, HRV_EFAILED,
		    "'%s' is no operation of the "
		    "log",
		    e->op);
	l->phase = e->phase;
	if (e->ref != NULL) {
		l->ref = *e->ref;
		l->has |= LEAF_REF;
	}
	set_id(l->subject, e->subject);
	set_id(l->record, e->record);
	set_id(l->hold, e->hold);
	set_id(l->kase, e->kase);
	set_id(l->proposal, e->proposal);
	set_id(l->run, e->run);
	set_id(l->backup, e->backup);
	if (e->comp != NULL)
		memccpy(l->comp, e->comp, '\0', sizeof(l->comp) - 1);
	set_hash(l, LEAF_SLOTS, l->slots, v->slots->hash);
	set_hash(l, LEAF_POLICY, l->policy,
	    v->schedule == NULL ? NULL : v->schedule_hash);
	set_hash(l, LEAF_HOLDS, l->holds, v->holds);
	set_hash(l, LEAF_STATE, l->state, e->state);
	set_hash(l, LEAF_DETAIL, l->detail, e->detail);
	l->result = e->phase == OP_INTENT ? LEAF_NO_RESULT : e->result;
	if (e->code != NULL)
		memccpy(l->code, e->code, '\0', sizeof(l->code) - 1);
	return HRV_OK;
}

static int
add_manifest_rows(struct hrv_vault *v, const struct manifest *m, uint64_t leaf,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < m->n; i++) {
		char kind[2] = { m->rows[i].id.kind, '\0' };
		struct stmt *st;

		rc = db_stmt(v->db, SQL_LOG_ADD_MANIFEST, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_int(st, 1, (int64_t)leaf);
		(void)db_bind_int(st, 2, (int64_t)i);
		(void)db_bind_text(st, 3, kind);
		(void)db_bind_blob(st, 4, m->rows[i].id.b, ID_BYTES);
		(void)db_bind_blob(st, 5, m->rows[i].state, m->states ? 32 : 0);
		rc = db_run(st, err);
	}
	return rc;
}

/* Signs a filled leaf and stores it. */
static int
store_leaf(struct hrv_vault *v, const struct leaf *l, const struct buf *payload,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	rc = leaf_format(l, &text, err);
	if (rc == HRV_OK)
		rc = leaf_sign(&text, v->id, v->session->seed, err);
	if (rc == HRV_OK)
		rc = log_add(v->db, &v->frontier, &text, payload, err);
	buf_clear(&text);
	return rc;
}

int
txn_entry(struct hrv_vault *v, struct entry *e, uint64_t *ret_index,
    struct hrv_err *err)
{
	struct leaf l = LEAF_INIT;
	struct buf payload = BUF_INIT;
	uint64_t index = v->frontier.size;
	int rc;

	rc = fill_leaf(v, e, &l, err);
	if (rc != HRV_OK)
		goto out;
	if (e->payload != NULL) {
		rc = json_canonical(e->payload, &payload, err);
		if (rc != HRV_OK)
			goto out;
		crypt_sha256(payload.data, payload.len, l.payload);
		l.payload_len = payload.len;
		l.has |= LEAF_PAYLOAD;
	}
	if (e->manifest != NULL) {
		rc = manifest_hash(e->manifest, l.manifest, err);
		if (rc != HRV_OK)
			goto out;
		l.manifest_count = e->manifest->n;
		l.has |= LEAF_MANIFEST;
	}
	rc = store_leaf(v, &l, e->payload == NULL ? NULL : &payload, err);
	if (rc == HRV_OK && e->manifest != NULL)
		rc = add_manifest_rows(v, e->manifest, index, err);
	if (rc == HRV_OK && ret_index != NULL)
		*ret_index = index;
out:
	buf_clear(&payload);
	return rc;
}

/* Reads what is in force under the lock; another member may have changed any
 * of it since the vault was opened. */
static int
refresh(struct hrv_vault *v, struct hrv_err *err)
{
	uint8_t slots[32];
	int rc = inforce_vault(v, slots, err);

	if (rc == HRV_OK && memcmp(slots, v->slots->hash, 32) != 0) {
		hrv_fail(err, HRV_EBUSY,
		    "the members or keys of the vault were changed just now");
		return hrv_hint(err, "run the command again");
	}
	if (rc == HRV_OK && v->vkey.name[0] != '\0')
		rc = succession_vkey(v, err);
	if (rc == HRV_OK)
		rc = log_frontier(v->db, &v->frontier, err);
	if (rc == HRV_OK)
		rc = inforce_schedule(v, err);
	if (rc == HRV_ENOTFOUND)
		rc = HRV_OK; /* the founding transaction adopts the first */
	if (rc == HRV_OK)
		rc = inforce_holds(v, v->holds, err);
	return rc == HRV_OK ? holds_follow(v, err) : rc;
}

/* Adds the session.open entry, certified over exactly this head. */
static int
open_session(struct hrv_vault *v, struct hrv_err *err)
{
	struct session *s = v->session;
	int rc = HRV_OK;

	if (s->opened)
		return HRV_OK;
	if (!s->certified || s->open_leaf.index != v->frontier.size ||
	    memcmp(s->open_leaf.holds, v->holds, sizeof(v->holds)) != 0 ||
	    (v->schedule != NULL &&
		memcmp(s->open_leaf.policy, v->schedule_hash,
		    sizeof(v->schedule_hash)) != 0))
		rc = session_certify(v, &v->frontier, err);
	if (rc == HRV_OK)
		rc = store_leaf(v, &s->open_leaf, NULL, err);
	return rc;
}

/* Makes the session and its certificate before the lock is taken, because a
 * pinentry may keep a person busy for minutes. */
static int
prepare_session(struct hrv_vault *v, struct hrv_err *err)
{
	struct tree_frontier head;
	int rc = HRV_OK;

	if (v->session == NULL)
		rc = session_new(v, err);
	if (rc != HRV_OK || v->session->opened)
		return rc;
	rc = log_frontier(v->db, &head, err);
	if (rc == HRV_OK)
		rc = inforce_holds(v, v->holds, err);
	if (rc == HRV_OK)
		rc = session_certify(v, &head, err);
	return rc;
}

/* A medium that takes nothing means that the log cannot be written. What could
 * not be made there is named by us, and says nothing to people. */
static int
log_refused(int rc, struct hrv_err *err)
{
	bool locked = strcmp(err->name, "read-only") == 0 ||
		      strcmp(err->name, "no-permission") == 0;
	struct hrv_err why = *err;

	if (rc != HRV_EIO)
		return rc;
	if (locked) {
		hrv_fail(err, HRV_ELOG,
		    "the log cannot be written (read-only storage, or no right "
		    "to write there), so nothing was done");
		return hrv_hint(err,
		    "let this account write to the vault's file system; "
		    "'hrvault status' and 'hrvault audit verify' work "
		    "meanwhile");
	}
	hrv_fail(err, HRV_ELOG,
	    "the log cannot be written (%s), so nothing was done", why.msg);
	return hrv_hint(err,
	    "free space on the vault's file system; 'hrvault status' and "
	    "'hrvault hold place' keep working meanwhile");
}

int
txn_begin(struct hrv_vault *v, struct hrv_err *err)
{
	int rc;

	if (v->in_txn)
		return hrv_fail(
		    err, HRV_EFAILED, "a transaction is open already");
	if (keyring_current(&v->ring, v->slots, KEY_WRITE, NULL) == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "role",
		    "the role %s writes nothing", role_name(v->role));
	if (v->full) {
		hrv_fail(err, HRV_ELOG,
		    "the disk is full, so nothing can be logged, and nothing "
		    "was done");
		return hrv_hint(err,
		    "free space on the vault's file system; 'hrvault status' "
		    "and 'hrvault hold place' keep working meanwhile");
	}
	rc = prepare_session(v, err);
	if (rc == HRV_OK)
		rc = db_begin(v->db, err);
	if (rc != HRV_OK)
		return log_refused(rc, err);
	v->in_txn = true;
	rc = refresh(v, err);
	if (rc == HRV_OK)
		rc = open_session(v, err);
	if (rc == HRV_OK)
		rc = recover_intents(v, err);
	if (rc == HRV_OK)
		rc = recover_generations(v, err);
	if (rc == HRV_OK)
		rc = recover_rotations(v, err);
	if (rc == HRV_OK)
		rc = split_tidy(v, err);
	if (rc != HRV_OK)
		txn_abort(v);
	return rc;
}

void
txn_abort(struct hrv_vault *v)
{
	if (!v->in_txn)
		return;
	if (v->ks_changed)
		keystore_rollback(v->ks);
	v->ks_changed = false;
	pack_close(v->pack);
	v->pack = NULL;
	db_rollback(v->db);
	v->in_txn = false;
}

/* Where the log's key is replaced, both sign: whoever knows the old one is led
 * to the new one. */
static int
sign_note(struct hrv_vault *v, const struct note_checkpoint *cp,
    struct buf *note, struct hrv_err *err)
{
	const struct key *kw;
	struct key *seed = NULL, *next = NULL;
	int rc = HRV_EKEY;

	kw = keyring_current(&v->ring, v->slots, KEY_WRITE, NULL);
	if (kw != NULL)
		rc = kdf_log_seed(kw, v->id, &seed, err);
	if (rc == HRV_OK)
		rc = note_sign(cp, seed, note, err);
	if (rc == HRV_OK && v->write_next != NULL)
		rc = kdf_log_seed(v->write_next, v->id, &next, err);
	if (rc == HRV_OK && next != NULL)
		rc = note_sign_also(cp, next, note, err);
	key_free(next);
	key_free(seed);
	return rc;
}

static int
sign_checkpoint(struct hrv_vault *v, struct buf *note, struct hrv_err *err)
{
	struct note_checkpoint cp = { .size = v->frontier.size };
	struct stmt *st;
	int rc;

	memcpy(cp.origin, v->origin, sizeof(cp.origin));
	tree_frontier_root(&v->frontier, cp.root);
	rc = sign_note(v, &cp, note, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LOG_ADD_CHECKPOINT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)cp.size);
	(void)db_bind_blob(st, 2, note->data, note->len);
	return db_run(st, err);
}

/* Makes the bodies durable and notes in vault.db how far the pack reaches. */
static int
flush_pack(struct hrv_vault *v, struct hrv_err *err)
{
	struct pack_end end;
	struct stmt *st;
	int rc = pack_flush(v->pack, &end, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_PACK_SET, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)end.pack);
	(void)db_bind_int(st, 2, (int64_t)end.len);
	rc = db_run(st, err);
	if (rc != HRV_OK || db_changes(v->db) > 0)
		return rc;
	rc = db_stmt(v->db, SQL_PACK_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)end.pack);
	(void)db_bind_int(st, 2, (int64_t)end.len);
	return db_run(st, err);
}

/* Keys first, then bodies, then vault.db. */
static int
commit_all(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (v->ks_changed) {
		rc = keystore_commit(v->ks, err);
		v->ks_changed = false;
	}
	if (rc == HRV_OK && v->pack != NULL)
		rc = flush_pack(v, err);
	if (rc == HRV_OK)
		rc = db_commit(v->db, err);
	if (rc == HRV_OK) {
		v->in_txn = false;
		v->session->opened = true;
		v->logged = v->frontier.size;
	}
	return rc;
}

int
txn_commit(struct hrv_vault *v, bool last, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	struct hrv_err ignored;
	int rc = HRV_OK;

	if (!v->in_txn)
		return hrv_fail(err, HRV_EFAILED, "no transaction is open");
	if (last)
		rc = sign_checkpoint(v, &note, err);
	if (rc == HRV_OK)
		rc = commit_all(v, err);
	if (rc != HRV_OK) {
		txn_abort(v);
		rc = log_refused(rc, err);
	} else if (last) {
		/* The change is durable; a full disk must not call it failed.
		 * The next command remembers what this one could not. */
		(void)!remember_save(v, &note, &ignored);
	}
	buf_clear(&note);
	return rc;
}

int
txn_refuse(struct hrv_vault *v, struct entry *e, struct hrv_err *err)
{
	struct hrv_err why = *err, ignored;
	int rc;

	e->result = why.code == HRV_EREFUSED || why.code == HRV_ECONFIRM
			? LEAF_REFUSED
			: LEAF_FAILED;
	e->code = why.name;
	e->phase = e->ref != NULL ? OP_OUTCOME : OP_SINGLE;
	if (keyring_has(&v->ring, KEY_WRITE)) {
		txn_abort(v);
		rc = txn_begin(v, &ignored);
		if (rc == HRV_OK)
			rc = txn_entry(v, e, NULL, &ignored);
		if (rc == HRV_OK)
			(void)!txn_commit(v, true, &ignored);
		txn_abort(v);
	}
	*err = why;
	return (int)why.code;
}
