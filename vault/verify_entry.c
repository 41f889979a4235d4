/* SPDX-License-Identifier: ISC */
/*
 * Verifying one entry: its bytes, its payload and manifest, its place, and
 * that its outcome fits its intent. Layer: verbs. Invariant: whatever an
 * entry names by hash is stored with exactly that hash.
 */
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/store/db.h"
#include "vault/verify_int.h"

/* Operations that follow an intent of another name, and how often. */
static const struct {
	const char *op;
	const char *intent; /* NULL: any */
	uint8_t closes;
} follows[] = {
	{ "session.lost", NULL, CLOSED },
	{ "purge.commit", "purge.intent", CLOSED_COMMIT },
	{ "purge.destroyed", "purge.intent", CLOSED_DESTROYED },
	{ "purge.certificate", "purge.intent", CLOSED_CERTIFICATE },
};

static bool
is_op(const struct op *op, const char *name)
{
	return strcmp(op->name, name) == 0;
}

static void
check_head(struct verify *y, const struct leaf *l)
{
	uint8_t root[TREE_HASH];

	if (l->index != y->f.size) {
		verify_problem(y, y->f.size,
		    "it says that it is entry %llu: entries were reordered "
		    "or put in another place",
		    (unsigned long long)l->index);
		return;
	}
	tree_frontier_root(&y->f, root);
	if (memcmp(root, l->root, TREE_HASH) == 0)
		return;
	if (y->bad_heads++ == 0)
		y->bad_head = y->f.size;
}

/* An outcome has one intent, by the same session, and the only one. */
static void
check_ref(struct verify *y, const struct leaf *l, uint32_t session)
{
	struct verify_trace *intent;
	uint8_t closes = CLOSED;
	bool own = true;

	if ((l->has & LEAF_REF) == 0 || l->ref >= y->f.size)
		return;
	intent = &y->trace[l->ref];
	if (intent->op == NULL)
		return; /* said already */
	if (intent->phase != OP_INTENT) {
		verify_problem(y, y->f.size,
		    "it closes entry %llu, which is no intent",
		    (unsigned long long)l->ref);
		return;
	}
	for (size_t i = 0; i < sizeof(follows) / sizeof(follows[0]); i++) {
		if (!is_op(l->op, follows[i].op) ||
		    (follows[i].intent != NULL &&
			!is_op(intent->op, follows[i].intent)))
			continue;
		closes = follows[i].closes;
		own = false;
	}
	if (own && l->op != intent->op)
		verify_problem(y, y->f.size,
		    "%s is said to be the outcome of %s (entry %llu)",
		    l->op->name, intent->op->name, (unsigned long long)l->ref);
	if (own && session != intent->session)
		verify_problem(y, y->f.size,
		    "the intent it closes (entry %llu) is of another session",
		    (unsigned long long)l->ref);
	if ((intent->closed & closes) != 0)
		verify_problem(y, y->f.size,
		    "the intent it closes (entry %llu) was closed before",
		    (unsigned long long)l->ref);
	intent->closed |= closes;
}

/* *ret_json stays NULL where there is none or it cannot be read. */
static int
check_payload(struct verify *y, const struct leaf *l, const struct log_row *row,
    json_t **ret_json, struct hrv_err *err)
{
	struct buf again = BUF_INIT;
	uint8_t hash[32];
	int rc = HRV_OK;

	if ((l->has & LEAF_PAYLOAD) == 0) {
		if (row->payload_len > 0)
			verify_problem(y, row->index,
			    "a payload is stored that it does not name");
		return HRV_OK;
	}
	crypt_sha256(row->payload, row->payload_len, hash);
	if (row->payload_len != l->payload_len ||
	    memcmp(hash, l->payload, sizeof(hash)) != 0) {
		verify_problem(y, row->index,
		    "its payload is not the one that was logged");
		return HRV_OK;
	}
	rc = json_read(row->payload, row->payload_len, ret_json, err);
	if (rc == HRV_OK)
		rc = json_canonical(*ret_json, &again, err);
	if (rc == HRV_ENOMEM)
		goto out;
	if (rc != HRV_OK || again.len != row->payload_len ||
	    memcmp(again.data, row->payload, again.len) != 0)
		verify_problem(
		    y, row->index, "its payload is not canonical JSON");
	rc = HRV_OK;
out:
	buf_clear(&again);
	return rc;
}

static int
read_manifest(
    struct verify *y, uint64_t index, struct manifest *m, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(y->v->db, SQL_LOG_LIST_MANIFEST, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)index);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 0);
		struct hrv_id id = { .kind = kind == NULL ? '?' : kind[0] };
		const uint8_t *state;
		size_t len;

		y->manifest_rows++;
		rc = db_col_fixed(st, 1, id.b, ID_BYTES, err);
		state = db_col_blob(st, 2, &len);
		if (rc == HRV_OK)
			rc =
			    manifest_add(m, &id, len == 32 ? state : NULL, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
check_manifest(struct verify *y, const struct leaf *l, struct manifest *m,
    struct hrv_err *err)
{
	uint8_t hash[32];
	int rc;

	if ((l->has & LEAF_MANIFEST) == 0)
		return HRV_OK;
	rc = read_manifest(y, y->f.size, m, err);
	if (rc == HRV_OK)
		rc = manifest_hash(m, hash, err);
	if (rc != HRV_OK)
		return rc;
	if (m->n != l->manifest_count || memcmp(hash, l->manifest, 32) != 0)
		verify_problem(y, y->f.size,
		    "its list of things is not the one that was logged");
	return HRV_OK;
}

/* The founding entry states what outsiders verify everything with. */
static void
check_founding(struct verify *y, const struct leaf *l, const json_t *json)
{
	struct buf id = BUF_INIT;
	const char *vault, *origin, *vkey;

	if (!is_op(l->op, "vault.init"))
		return;
	if (y->f.size != 1)
		verify_problem(y, y->f.size, "a second founding");
	vault = json_str(json, "vault");
	origin = json_str(json, "origin");
	vkey = json_str(json, "vkey");
	for (size_t i = 0; i < sizeof(y->v->id); i++)
		buf_addf(&id, "%02x", y->v->id[i]);
	if (vault == NULL || strcmp(vault, buf_str(&id)) != 0)
		verify_problem(
		    y, y->f.size, "it founded another vault than this one");
	if (origin == NULL || vkey == NULL ||
	    note_vkey_parse(vkey, strlen(vkey), &y->vkey, NULL) != HRV_OK ||
	    strcmp(origin, y->vkey.name) != 0)
		verify_problem(
		    y, y->f.size, "origin and key of the log do not fit");
	buf_clear(&id);
}

static int
check_entry(struct verify *y, const struct leaf *l, const struct log_row *row,
    struct hrv_err *err)
{
	struct verify_entry e = { .index = row->index, .leaf = l };
	struct verify_trace *t = &y->trace[row->index];
	struct manifest m = { 0 };
	json_t *json = NULL;
	int rc;

	check_head(y, l);
	t->op = l->op;
	t->phase = (uint8_t)l->phase;
	rc = verify_session_entry(y, l, row, err);
	if (rc != HRV_OK)
		return rc;
	check_ref(y, l, t->session);
	verify_fold_before(y, l);
	rc = check_payload(y, l, row, &json, err);
	if (rc == HRV_OK)
		rc = check_manifest(y, l, &m, err);
	if (rc == HRV_OK) {
		check_founding(y, l, json);
		rc = verify_fold_after(y, l, json, &m, err);
	}
	if (rc == HRV_OK && y->args->each != NULL) {
		e.payload = row->payload;
		e.payload_len = row->payload_len;
		e.json = json;
		e.things = (l->has & LEAF_MANIFEST) != 0 ? &m : NULL;
		e.member =
		    t->session == 0 ? "" : y->sessions[t->session - 1].member;
		rc = y->args->each(y->args->ctx, &e, err);
	}
	manifest_clear(&m);
	json_decref(json);
	return rc;
}

/* The entries that this client verified before must still be the same. */
static void
check_from(struct verify *y)
{
	uint8_t root[TREE_HASH];

	if (y->args->from_root == NULL || y->f.size != y->args->from_size)
		return;
	tree_frontier_root(&y->f, root);
	if (memcmp(root, y->args->from_root, TREE_HASH) != 0)
		verify_problem_log(y,
		    "the first %llu entries are not those of the checkpoint "
		    "it was to begin from",
		    (unsigned long long)y->f.size);
}

int
verify_row(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct verify *y = ctx;
	struct leaf l = LEAF_INIT;
	uint8_t hash[TREE_HASH];
	int rc = verify_tree_gap(y, row->index, err);

	if (rc == HRV_OK)
		rc = verify_grow(&y->trace, y->f.size, &y->trace_cap,
		    sizeof(*y->trace), err);
	if (rc != HRV_OK)
		return rc;
	y->trace[row->index] = (struct verify_trace){ 0 };
	if (leaf_parse(row->leaf, row->leaf_len, &l, err) == HRV_OK) {
		rc = check_entry(y, &l, row, err);
	} else {
		verify_problem(y, row->index, "%s", err->msg);
		y->slots_moved = true; /* whatever it did is unknown */
	}
	tree_leaf_hash(row->leaf, row->leaf_len, hash);
	if (rc == HRV_OK)
		rc = verify_tree_add(y, hash, err);
	if (rc == HRV_OK)
		rc = verify_notes_at(y, err);
	if (rc == HRV_OK)
		check_from(y);
	return rc;
}
