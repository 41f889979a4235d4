/* SPDX-License-Identifier: ISC */
/*
 * The holds against the log's last entry, see holdfollow.h. Layer: verbs.
 * Invariant: what is compared is what the entry itself says was before it,
 * made from the table with that entry's one change undone.
 */
#include "vault/holdfollow.h"

#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/store/db.h"

/* The one change of the newest entry. */
struct change {
	struct hrv_id id;
	bool same;	    /* amended in nothing that the list has */
	bool added;	    /* placed: it was not there before */
	bool removed;	    /* released: it was */
	uint8_t before[32]; /* hash of its scope before, unless added */
	uint8_t after[32];  /* and after, unless removed */
};

static int
damaged(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EINTEGRITY, "holds",
	    "the holds in the database are not those of the log, so nothing "
	    "is written");
	return hrv_hint(err,
	    "'hrvault audit verify' says what is wrong; the vault is written "
	    "again once vault.db is restored from a backup");
}

static int
scope_hash(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err)
{
	const char *scope;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return damaged(err);
	if (rc != HRV_OK)
		return rc;
	scope = db_col_text(st, 0);
	crypt_sha256(scope, scope == NULL ? 0 : strlen(scope), out);
	db_reset(st);
	return HRV_OK;
}

static int
hash_of(const json_t *scope, uint8_t out[32], struct hrv_err *err)
{
	struct buf canon = BUF_INIT;
	int rc =
	    scope == NULL ? damaged(err) : json_canonical(scope, &canon, err);

	if (rc == HRV_OK)
		crypt_sha256(canon.data, canon.len, out);
	buf_clear(&canon);
	return rc;
}

/* What an entry that changed a hold did to the list. */
static int
read_change(struct hrv_vault *v, const struct leaf *l, const json_t *payload,
    struct change *c, struct hrv_err *err)
{
	const char *was = json_str(payload, "was");

	c->same = strcmp(l->op->name, "hold.amend") == 0 &&
		  json_object_get(payload, "scope") == NULL;
	if (c->same)
		return HRV_OK;
	if (!id_parse(l->hold, ID_HOLD, &c->id))
		return damaged(err);
	c->removed = strcmp(l->op->name, "hold.release") == 0;
	if (c->removed)
		return scope_hash(v, &c->id, c->before, err);
	c->added = strcmp(l->op->name, "hold.place") == 0;
	if (!c->added && (was == NULL || !enc_unhex(was, strlen(was), c->before,
					     sizeof(c->before))))
		return damaged(err);
	return hash_of(json_object_get(payload, "scope"), c->after, err);
}

/* Appends the rows as they were before the change. */
static int
list_before(struct hrv_vault *v, const struct change *c, struct buf *list,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_HOLD };
	bool more = false, done = false;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_LIST_ACTIVE, &st, err);

	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *scope = db_col_text(st, 1);
		uint8_t hash[32];
		int order;

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		crypt_sha256(scope, scope == NULL ? 0 : strlen(scope), hash);
		order = memcmp(id.b, c->id.b, ID_BYTES);
		if (c->removed && !done && order > 0) {
			inforce_hold_line(list, &c->id, c->before);
			done = true;
		}
		if (order != 0) {
			inforce_hold_line(list, &id, hash);
			continue;
		}
		if (c->removed || memcmp(hash, c->after, 32) != 0)
			rc = damaged(err);
		done = true;
		if (!c->added)
			inforce_hold_line(list, &id, c->before);
		if (rc != HRV_OK)
			db_reset(st);
	}
	if (rc == HRV_OK && c->removed && !done)
		inforce_hold_line(list, &c->id, c->before);
	/* A hold that was placed or amended has to be there. */
	return rc == HRV_OK && !c->removed && !done ? damaged(err) : rc;
}

static int
follows_change(struct hrv_vault *v, const struct leaf *l,
    const struct buf *text, struct hrv_err *err)
{
	struct change c = { .added = false };
	struct buf list = BUF_INIT;
	json_t *payload = NULL;
	uint8_t hash[32];
	int rc = json_read(buf_str(text), text->len, &payload, err);

	if (rc == HRV_OK)
		rc = read_change(v, l, payload, &c, err);
	else
		rc = damaged(err);
	if (rc == HRV_OK && c.same) {
		json_decref(payload);
		return memcmp(v->holds, l->holds, sizeof(v->holds)) == 0
			   ? HRV_OK
			   : damaged(err);
	}
	buf_addc(&list, '[');
	if (rc == HRV_OK)
		rc = list_before(v, &c, &list, err);
	buf_addc(&list, ']');
	if (rc == HRV_OK)
		rc = buf_ok(&list, err);
	if (rc == HRV_OK) {
		crypt_sha256(list.data, list.len, hash);
		if (memcmp(hash, l->holds, sizeof(hash)) != 0)
			rc = damaged(err);
	}
	buf_clear(&list);
	json_decref(payload);
	return rc;
}

static bool
changes_a_hold(const struct leaf *l)
{
	return l->result == LEAF_OK &&
	       (strcmp(l->op->name, "hold.place") == 0 ||
		   strcmp(l->op->name, "hold.amend") == 0 ||
		   strcmp(l->op->name, "hold.release") == 0);
}

int
holds_follow(struct hrv_vault *v, struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	struct leaf l = LEAF_INIT;
	int rc;

	if (v->frontier.size == 0)
		return HRV_OK;
	rc = log_read(v->db, v->frontier.size - 1, &text, &payload, err);
	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc != HRV_OK)
		goto out;
	if (changes_a_hold(&l))
		rc = follows_change(v, &l, &payload, err);
	else if (strcmp(l.op->name, "restore") != 0 &&
		 memcmp(l.holds, v->holds, sizeof(v->holds)) != 0)
		rc = damaged(err);
out:
	buf_clear(&text);
	buf_clear(&payload);
	return rc;
}
