/* SPDX-License-Identifier: ISC */
/*
 * Adding a hold, its row and its state. Layer: verbs. Invariant: a row and
 * the entry that states it come in one commit, and the next entry already
 * names the hold.
 */
#include "vault/holdplace.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/detail.h"
#include "vault/holdkeep.h"
#include "vault/holdscope.h"
#include "vault/inforce.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
hold_changed(struct hrv_vault *v, struct hrv_err *err)
{
	return inforce_holds(v, v->holds, err);
}

static int
add_row(struct hrv_vault *v, const struct hold_new *n, const struct hrv_id *id,
    const char *scope, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (!when_format(vault_now(v), now))
		return hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, scope);
	(void)db_bind_int(st, 3, (int64_t)v->frontier.size);
	(void)db_bind_text(st, 4, now);
	(void)db_bind_text(st, 5, n->review);
	(void)db_bind_text(st, 6, n->kind);
	return db_run(st, err);
}

/* A scope as a member of a payload. */
static int
put_scope(json_t *payload, const char *key, const struct scope *s,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	json_t *o = NULL;
	int rc = scope_format(s, &text, err);

	if (rc == HRV_OK)
		rc = json_read(text.data, text.len, &o, err);
	if (rc == HRV_OK && json_object_set(payload, key, o) != 0)
		rc = no_memory(err);
	json_decref(o);
	buf_clear(&text);
	return rc;
}

static int
make_payload(const struct hold_new *n, json_t *p, struct hrv_err *err)
{
	int rc =
	    p == NULL ? no_memory(err) : put_scope(p, "scope", n->scope, err);

	if (rc == HRV_OK && n->asked != NULL)
		rc = put_scope(p, "asked", n->asked, err);
	if (rc == HRV_OK && (json_set_str(p, "kind", n->kind) ||
				json_set_str(p, "review", n->review)))
		rc = no_memory(err);
	return rc;
}

int
hold_add_as(struct hrv_vault *v, const struct hold_new *n,
    const struct hrv_id *id, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.place");
	struct detail d = { .sealed = BUF_INIT };
	struct buf canon = BUF_INIT;
	json_t *payload = json_object();
	uint8_t state[32];
	uint64_t leaf = 0;
	int rc = make_payload(n, payload, err);

	if (rc == HRV_OK)
		rc = scope_format(n->scope, &canon, err);
	if (rc == HRV_OK && n->text != NULL)
		rc = detail_seal(v, KEK_HOLD, id, n->text, &d, err);
	if (rc == HRV_OK)
		rc = add_row(v, n, id, buf_str(&canon), err);
	if (rc == HRV_OK)
		rc = hold_state(v, id, state, err);
	e.hold = id;
	e.payload = payload;
	e.detail = n->text == NULL ? NULL : d.commit;
	e.state = state;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK && n->text != NULL)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = hold_changed(v, err);
	detail_clear(&d);
	json_decref(payload);
	buf_clear(&canon);
	return rc;
}

int
hold_add(struct hrv_vault *v, const struct hold_new *n, struct hrv_id *ret_id,
    struct hrv_err *err)
{
	vault_new_id(ID_HOLD, ret_id);
	return hold_add_as(v, n, ret_id, err);
}

/* Whether a preservation of that person is in force. */
static int
is_preserved(struct hrv_vault *v, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_HOLD_LIST, &st, err);

	*ret = false;
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *status = db_col_text(st, 2);
		const char *kind = db_col_text(st, 7);
		struct scope s = { 0 };

		if (status == NULL || strcmp(status, "active") != 0 ||
		    kind == NULL || strcmp(kind, HOLD_PRESERVATION) != 0)
			continue;
		rc = scope_parse(db_col_text(st, 1), &s, err);
		*ret |= rc == HRV_OK && scope_names_subject(&s, subject);
		scope_clear(&s);
		if (rc != HRV_OK)
			db_reset(st);
	}
	return rc;
}

int
hold_preserve(struct hrv_vault *v, const struct hrv_id *subject, bool *ret_new,
    struct hrv_err *err)
{
	struct scope s = { 0 };
	struct hold_new n = { .scope = &s, .kind = HOLD_PRESERVATION };
	struct hrv_id id;
	bool there = false;
	int rc = is_preserved(v, subject, &there, err);

	*ret_new = !there;
	if (rc == HRV_OK && !there)
		rc = scope_add_subject(&s, subject, err);
	if (rc == HRV_OK && !there)
		rc = hold_add(v, &n, &id, err);
	scope_clear(&s);
	return rc;
}

int
hold_by_name(struct hrv_vault *v, struct holdkeep *k, struct hrv_err *err)
{
	struct scope s = { 0 };
	struct hold_new n = { .scope = &s, .kind = HOLD_PRESERVATION };
	struct hrv_id id;
	int rc = k->lost > 0 ? holdkeep_lost(v, k, &s, err) : HRV_OK;

	if (rc == HRV_OK && k->lost > 0)
		rc = hold_add(v, &n, &id, err);
	scope_clear(&s);
	return rc;
}

static int
set_snapshot(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_SET_SNAPSHOT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	return db_run(st, err);
}

int
hold_snapshot(struct hrv_vault *v, const struct hrv_id *id,
    const struct scope *scope, uint64_t *ret_leaf, uint8_t hash[32],
    size_t *ret_n, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.snapshot");
	struct manifest m = { 0 };
	json_t *p = NULL;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = holdscope_matches(v, scope, &m, err);
	if (rc == HRV_OK)
		rc = manifest_hash(&m, hash, err);
	*ret_n = m.n;
	if (rc == HRV_OK)
		p = json_pack("{s:I}", "count", (json_int_t)m.n);
	if (rc == HRV_OK && (p == NULL || json_set_hex(p, "sha256", hash, 32)))
		rc = no_memory(err);
	e.hold = id;
	e.payload = p;
	e.manifest = m.n == 0 ? NULL : &m;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, ret_leaf, err);
	if (rc == HRV_OK)
		rc = set_snapshot(v, id, *ret_leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	manifest_clear(&m);
	return rc;
}

void
hold_row_clear(struct hold_row *h)
{
	buf_clear(&h->scope);
}

static void
copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text == NULL ? "" : text);
}

int
hold_load(struct hrv_vault *v, const struct hrv_id *id, struct hold_row *ret,
    struct hrv_err *err)
{
	struct hold_row h = { .id = *id, .scope = BUF_INIT };
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_ENOTFOUND, "there is no such hold");
	if (rc != HRV_OK)
		return rc;
	if (db_col_text(st, 0) != NULL)
		buf_adds(&h.scope, db_col_text(st, 0));
	copy(h.status, sizeof(h.status), db_col_text(st, 1));
	h.leaf = (uint64_t)db_col_int(st, 2);
	copy(h.placed, sizeof(h.placed), db_col_text(st, 3));
	copy(h.review, sizeof(h.review), db_col_text(st, 4));
	copy(h.free_from, sizeof(h.free_from), db_col_text(st, 6));
	copy(h.kind, sizeof(h.kind), db_col_text(st, 7));
	h.snapshot = db_col_null(st, 8) ? -1 : db_col_int(st, 8);
	db_reset(st);
	rc = buf_ok(&h.scope, err);
	if (rc == HRV_OK)
		*ret = h;
	else
		hold_row_clear(&h);
	return rc;
}

int
hold_load_active(struct hrv_vault *v, const struct hrv_id *id,
    struct hold_row *ret, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	int rc = hold_load(v, id, ret, err);

	if (rc != HRV_OK || strcmp(ret->status, "active") == 0)
		return rc;
	hold_row_clear(ret);
	id_format(id, text);
	hrv_fail_as(
	    err, HRV_EREFUSED, "released", "%s was released already", text);
	return hrv_hint(err, "a hold that is needed again is placed anew: "
			     "'hrvault hold place'");
}

int
hold_state(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	struct buf text = BUF_INIT;
	json_t *o = json_object(), *notices = NULL;
	int rc = hold_load(v, id, &h, err);

	if (rc == HRV_OK)
		rc = hold_notices(v, id, &notices, err);
	if (rc == HRV_OK && (json_set_str(o, "kind", h.kind) ||
				json_set_str(o, "review",
				    h.review[0] == '\0' ? NULL : h.review) ||
				json_object_set(o, "notices", notices)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(o, &text, err);
	if (rc == HRV_OK)
		crypt_sha256(text.data, text.len, out);
	hold_row_clear(&h);
	buf_clear(&text);
	json_decref(notices);
	json_decref(o);
	return rc;
}

int
hold_put_overdue(struct hrv_vault *v, const char *review, json_t *o)
{
	struct hrv_err ignored;
	char today[HRV_DATE_TEXT];

	if (review == NULL || vault_today_text(v, today, &ignored) != HRV_OK ||
	    strcmp(review, today) >= 0)
		return 0;
	return json_object_set_new(o, "review_overdue", json_true());
}
