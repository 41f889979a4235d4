/* SPDX-License-Identifier: ISC */
/*
 * The keys of the log, one after the other. Layer: verbs. Invariant: a key is
 * believed because an entry of the log states it, never because a table does.
 */
#include "vault/logkeys.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/store/db.h"
#include "vault/succession.h"
#include "vault/txn.h"

#define LEAF_INIT_INDEX 1 /* vault.init follows the first session.open */

void
logkeys_clear(struct hrv_vault *v)
{
	free(v->logkeys);
	v->logkeys = NULL;
	v->n_logkeys = 0;
}

/* The key that entry `index` states, which must be of that operation. */
static int
read_key(struct hrv_vault *v, uint64_t index, const char *op,
    struct note_vkey *ret, struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	struct leaf l = LEAF_INIT;
	json_t *o = NULL;
	const char *vkey = NULL;
	int rc = log_read(v->db, index, &text, &payload, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, &o, err);
	if (rc == HRV_OK)
		vkey = json_str(o, "vkey");
	if (vkey == NULL || strcmp(l.op->name, op) != 0 ||
	    l.result != LEAF_OK ||
	    note_vkey_parse(vkey, strlen(vkey), ret, NULL) != HRV_OK)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "entry %llu, which states a key of the log, is damaged",
		    (unsigned long long)index);
	json_decref(o);
	buf_clear(&payload);
	buf_clear(&text);
	return rc;
}

struct list {
	struct logkey *keys;
	size_t n;
};

static int
add(struct hrv_vault *v, struct list *l, uint64_t index, const char *op,
    struct hrv_err *err)
{
	struct logkey *p = realloc(l->keys, (l->n + 1) * sizeof(*p));
	int rc;

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	l->keys = p;
	p += l->n;
	p->from = index;
	rc = read_key(v, index, op, &p->vkey, err);
	l->n += rc == HRV_OK;
	return rc;
}

static int
read_all(struct hrv_vault *v, struct list *l, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = add(v, l, LEAF_INIT_INDEX, "vault.init", err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LOGKEY_LIST, &st, err);
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add(
		    v, l, (uint64_t)db_col_int(st, 0), "log.succession", err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

int
logkeys_load(struct hrv_vault *v, struct hrv_err *err)
{
	struct list l = { 0 };
	int rc = read_all(v, &l, err);

	if (rc != HRV_OK) {
		free(l.keys);
		return rc;
	}
	free(v->logkeys);
	v->logkeys = l.keys;
	v->n_logkeys = l.n;
	v->vkey = l.keys[l.n - 1].vkey;
	return succession_vkey(v, err);
}

int
logkeys_held(struct hrv_vault *v, const char *origin, struct note_vkey *ret,
    struct hrv_err *err)
{
	const struct key *kw;
	struct key *seed = NULL;
	uint8_t pub[32];
	int rc;

	kw = keyring_current(&v->ring, v->slots, KEY_WRITE, NULL);
	if (kw == NULL)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "no key of the log is held");
	rc = kdf_log_seed(kw, v->id, &seed, err);
	if (rc == HRV_OK)
		rc = crypt_ed25519_public(seed, pub, err);
	if (rc == HRV_OK)
		rc = note_vkey_init(ret, origin, pub, err);
	key_free(seed);
	return rc;
}

int
logkeys_check_held(struct hrv_vault *v, struct hrv_err *err)
{
	struct note_vkey held;
	int rc = logkeys_held(v, v->origin, &held, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc == HRV_OK &&
	    memcmp(held.pub, v->vkey.pub, sizeof(held.pub)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log's public key is not the one of this vault");
	return rc;
}

int
logkeys_vkey(const struct hrv_vault *v, const char *origin, uint64_t size,
    struct note_vkey *ret, struct hrv_err *err)
{
	const struct note_vkey *at = &v->vkey; /* of a vault being founded */

	for (size_t i = 0; i < v->n_logkeys; i++) {
		if (i == 0 || size > v->logkeys[i].from)
			at = &v->logkeys[i].vkey;
	}
	return note_vkey_init(ret, origin, at->pub, err);
}

int
logkeys_open(const struct hrv_vault *v, const void *note, size_t len,
    struct note_checkpoint *ret, struct hrv_err *err)
{
	struct note_checkpoint claimed;
	struct note_vkey vkey;
	int rc = note_peek(note, len, &claimed, err);

	if (rc == HRV_OK)
		rc = logkeys_vkey(v, v->vkey.name, claimed.size, &vkey, err);
	return rc == HRV_OK ? note_open(note, len, &vkey, ret, err) : rc;
}

json_t *
logkeys_json(const struct hrv_vault *v)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < v->n_logkeys; i++) {
		struct buf text = BUF_INIT;
		json_t *o = json_object();

		note_vkey_format(&v->logkeys[i].vkey, &text);
		if (o == NULL || json_set_str(o, "vkey", buf_str(&text)) ||
		    json_set_int(o, "from",
			i == 0 ? 0 : (int64_t)v->logkeys[i].from + 1) ||
		    json_array_append(list, o)) {
			json_decref(list);
			list = NULL;
		}
		json_decref(o);
		buf_clear(&text);
	}
	return list;
}

int
logkeys_succeed(
    struct hrv_vault *v, const struct note_vkey *vkey, struct hrv_err *err)
{
	struct entry e = ENTRY("log.succession");
	struct buf text = BUF_INIT;
	json_t *p = json_object();
	uint64_t leaf = 0;
	struct stmt *st;
	int rc = HRV_OK;

	note_vkey_format(vkey, &text);
	if (p == NULL || json_set_str(p, "origin", vkey->name) ||
	    json_set_str(p, "reason", "key") ||
	    json_set_str(p, "vkey", buf_str(&text)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LOGKEY_ADD, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 1, (int64_t)leaf);
		(void)db_bind_text(st, 2, buf_str(&text));
		rc = db_run(st, err);
	}
	json_decref(p);
	buf_clear(&text);
	return rc;
}
