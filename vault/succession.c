/* SPDX-License-Identifier: ISC */
/*
 * Successions. Layer: verbs. Invariant: a client that remembers another history
 * is satisfied only by entries that give its root, or by the signature of a
 * second member under exactly this giving up.
 */
#include "vault/succession.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/txn.h"

/* Splits "name7" into its name and number; false when it has none. */
static bool
split_origin(const char *origin, size_t *ret_name, unsigned long *ret_n)
{
	size_t len = strlen(origin), at = len;

	while (at > 0 && origin[at - 1] >= '0' && origin[at - 1] <= '9')
		at--;
	*ret_name = at;
	*ret_n = strtoul(origin + at, NULL, 10);
	return at != len && len - at <= 9;
}

bool
succession_later(const char *a, const char *b)
{
	size_t name_a, name_b;
	unsigned long n_a, n_b;

	return split_origin(a, &name_a, &n_a) &&
	       split_origin(b, &name_b, &n_b) && name_a == name_b &&
	       memcmp(a, b, name_a) == 0 && n_a > n_b;
}

int
succession_next(
    const char *origin, char ret[NOTE_NAME_MAX + 1], struct hrv_err *err)
{
	size_t name;
	unsigned long n;

	if (!split_origin(origin, &name, &n) ||
	    strlen(origin) + 1 >= NOTE_NAME_MAX)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the origin of the log has no number");
	snprintf(ret, NOTE_NAME_MAX + 1, "%.*s%lu", (int)name, origin, n + 1);
	return HRV_OK;
}

int
succession_vkey(struct hrv_vault *v, struct hrv_err *err)
{
	uint8_t pub[32];

	if (strcmp(v->vkey.name, v->origin) == 0)
		return HRV_OK;
	memcpy(pub, v->vkey.pub, sizeof(pub));
	return note_vkey_init(&v->vkey, v->origin, pub, err);
}

static json_t *
head_json(const char *origin, const struct head *h)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "origin", origin) ||
	    json_set_int(o, "size", (int64_t)h->size) ||
	    json_set_b64(o, "root", h->root, sizeof(h->root))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
add_row(struct hrv_vault *v, const struct succession *s, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_SUCCESSION_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)s->leaf);
	(void)db_bind_text(st, 2, s->before);
	(void)db_bind_int(st, 3, (int64_t)s->fork);
	(void)db_bind_int(st, 4, (int64_t)s->lost.size);
	(void)db_bind_blob(st, 5, s->lost.root, sizeof(s->lost.root));
	(void)db_bind_text(st, 6, s->origin);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_VAULT_SET_ORIGIN, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->origin);
	return db_run(st, err);
}

int
succession_log(struct hrv_vault *v, const char *reason, uint64_t fork,
    const char *before, const struct head *lost, struct hrv_err *err)
{
	struct succession s = { .fork = fork, .lost = *lost };
	struct entry e = ENTRY("log.succession");
	struct head from = { .size = fork };
	json_t *p = json_object();
	int rc = log_root_at(v->db, fork, from.root, err);

	memcpy(s.was, v->origin, sizeof(s.was));
	snprintf(s.before, sizeof(s.before), "%s", before);
	if (rc == HRV_OK)
		rc = succession_next(
		    succession_later(before, s.was) ? before : s.was, s.origin,
		    err);
	if (rc == HRV_OK &&
	    (p == NULL || json_set_str(p, "origin", s.origin) ||
		json_set_str(p, "reason", reason) ||
		json_object_set_new(p, "before", head_json(s.before, lost)) ||
		json_object_set_new(p, "from", head_json(s.was, &from))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &s.leaf, err);
	if (rc == HRV_OK)
		rc = add_row(v, &s, err);
	if (rc == HRV_OK) {
		memcpy(v->origin, s.origin, sizeof(v->origin));
		rc = succession_vkey(v, err);
	}
	json_decref(p);
	return rc;
}

bool
succession_head(const json_t *o, struct head *ret)
{
	const char *root = json_str(o, "root");
	int64_t size = json_int(o, "size", -1);

	ret->size = (uint64_t)size;
	return size > 0 && root != NULL &&
	       enc_unb64_fixed(
		   root, strlen(root), ret->root, sizeof(ret->root));
}

/* What the entry says; its payload must be the one it names. */
static int
read_entry(struct hrv_vault *v, struct succession *s, struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	struct leaf l = LEAF_INIT;
	struct head from;
	uint8_t hash[32];
	const char *origin, *before, *was;
	json_t *p = NULL;
	int rc = log_read(v->db, s->leaf, &text, &payload, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	crypt_sha256(payload.data, payload.len, hash);
	if (rc == HRV_OK &&
	    (strcmp(l.op->name, "log.succession") != 0 || l.result != LEAF_OK ||
		memcmp(hash, l.payload, sizeof(hash)) != 0))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a succession of the log is not the one that was logged");
	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, &p, err);
	origin = json_str(p, "origin");
	before = json_str(json_object_get(p, "before"), "origin");
	was = json_str(json_object_get(p, "from"), "origin");
	if (rc == HRV_OK &&
	    (origin == NULL || before == NULL || was == NULL ||
		!note_name_ok(origin) || !note_name_ok(before) ||
		!note_name_ok(was) ||
		!succession_head(json_object_get(p, "before"), &s->lost) ||
		!succession_head(json_object_get(p, "from"), &from)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a succession of the log does not say what it continues");
	if (rc == HRV_OK) {
		s->fork = from.size;
		memcpy(s->root, from.root, sizeof(s->root));
		s->restore = json_str(p, "reason") != NULL &&
			     strcmp(json_str(p, "reason"), "restore") == 0;
		snprintf(s->origin, sizeof(s->origin), "%s", origin);
		snprintf(s->before, sizeof(s->before), "%s", before);
		snprintf(s->was, sizeof(s->was), "%s", was);
	}
	json_decref(p);
	buf_clear(&payload);
	buf_clear(&text);
	return rc;
}

/* Whether a row may speak of a head of that origin. The first that leads beyond
 * it does; *passed: that one was seen. */
static bool
speaks_of(struct stmt *st, const char *origin, bool *passed)
{
	const char *before = db_col_text(st, 1), *next = db_col_text(st, 2);
	bool first = !*passed && next != NULL && succession_later(next, origin);

	*passed = *passed || first;
	return first || (before != NULL && strcmp(before, origin) == 0);
}

static int
no_other(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOTFOUND, "no other log follows this one");
}

int
succession_last(
    struct hrv_vault *v, struct succession *ret, struct hrv_err *err)
{
	struct succession s = { .leaf = 0 };
	struct stmt *st;
	bool more = false, found = false;
	int rc = db_stmt(v->db, SQL_SUCCESSION_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		s.leaf = (uint64_t)db_col_int(st, 0);
		found = true;
	}
	db_reset(st);
	if (rc == HRV_OK)
		rc = found ? read_entry(v, &s, err) : no_other(err);
	if (rc == HRV_OK)
		*ret = s;
	return rc;
}

int
succession_find(struct hrv_vault *v, const char *origin, size_t nth,
    struct succession *ret, struct hrv_err *err)
{
	struct succession s = { .leaf = 0 };
	struct stmt *st;
	bool more = false, found = false, passed = false;
	int rc = db_stmt(v->db, SQL_SUCCESSION_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while (!found && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		found = speaks_of(st, origin, &passed) && nth-- == 0;
		s.leaf = (uint64_t)db_col_int(st, 0);
	}
	db_reset(st);
	if (rc == HRV_OK)
		rc = found ? read_entry(v, &s, err) : no_other(err);
	if (rc == HRV_OK && strcmp(s.before, origin) != 0 &&
	    !succession_later(s.origin, origin))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a succession of the log is not the one that was logged");
	if (rc == HRV_OK)
		*ret = s;
	return rc;
}

int
succession_unknown(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
	    "this client remembers more of the log than was given up when it "
	    "went on under another origin");
	return hrv_hint(err,
	    "change nothing; compare your checkpoint with the other members', "
	    "then 'hrvault audit accept-rollback'");
}

/* The root of the first `size` entries of the origin before, out of what a
 * restore kept of them. *ret_known: all of them are there. */
static int
past_root(struct hrv_vault *v, const struct succession *s, uint64_t size,
    uint8_t root[TREE_HASH], bool *ret_known, struct hrv_err *err)
{
	struct tree_frontier *f = calloc(1, sizeof(*f));
	struct stmt *st = NULL;
	uint8_t hash[TREE_HASH];
	bool more = false, found;
	struct tree_source src = log_source(v->db);
	int rc =
	    f == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;

	for (uint64_t i = 0; rc == HRV_OK && i < s->fork; i++) {
		rc = src.node(src.ctx, 0, i, hash, &found, err);
		if (rc == HRV_OK && !found)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the hash of an entry is missing from the log");
		if (rc == HRV_OK)
			rc = tree_frontier_append(f, hash, err);
	}
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_SUCCESSION_LIST_PAST, &st, err);
	if (rc != HRV_OK)
		goto out;
	(void)db_bind_text(st, 1, s->before);
	(void)db_bind_int(st, 2, (int64_t)size);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		size_t len;
		const uint8_t *p = db_col_blob(st, 1, &len);

		if ((uint64_t)db_col_int(st, 0) != f->size)
			break;
		tree_leaf_hash(p, len, hash);
		rc = tree_frontier_append(f, hash, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	*ret_known = rc == HRV_OK && f->size == size;
	if (*ret_known)
		tree_frontier_root(f, root);
out:
	free(f);
	return rc;
}

/* One of an origin that the lost log had earlier was given up with what came
 * after it. */
static bool
in_between(const struct succession *s, const char *origin)
{
	return succession_later(s->before, origin) &&
	       (strcmp(origin, s->was) == 0 ||
		   succession_later(origin, s->was));
}

/* By the entries, as far as there are any. *ret_people: nobody has those that
 * would give the root, so it hangs on who gave them up. */
static int
check_entries(struct hrv_vault *v, const struct succession *s,
    const struct note_checkpoint *cp, bool *ret_people, struct hrv_err *err)
{
	uint8_t root[TREE_HASH];
	bool known = false;
	int rc = HRV_OK;

	bool of_lost = strcmp(cp->origin, s->before) == 0;

	*ret_people = false;
	if (cp->size <= s->fork) {
		rc = log_root_at(v->db, cp->size, root, err);
		if (rc != HRV_OK || memcmp(root, cp->root, TREE_HASH) == 0)
			return rc;
	}
	if (of_lost ? cp->size > s->lost.size ||
			  (cp->size == s->lost.size &&
			      memcmp(cp->root, s->lost.root, TREE_HASH) != 0)
		    : !in_between(s, cp->origin))
		return succession_unknown(err);
	if (of_lost && cp->size > s->fork)
		rc = past_root(v, s, cp->size, root, &known, err);
	if (rc == HRV_OK && known)
		return memcmp(root, cp->root, TREE_HASH) == 0
			   ? HRV_OK
			   : succession_unknown(err);
	*ret_people = rc == HRV_OK;
	return rc;
}

int
succession_check(struct hrv_vault *v, const struct succession *s,
    const struct note_checkpoint *cp, struct hrv_err *err)
{
	bool people;
	int rc = check_entries(v, s, cp, &people, err);

	return rc == HRV_OK && people ? succession_people(v, s, err) : rc;
}

int
succession_waits(struct hrv_vault *v, const struct succession *s,
    const struct note_checkpoint *cp, struct hrv_err *err)
{
	bool people;

	if (!s->restore || strcmp(s->origin, v->origin) != 0)
		return succession_unknown(err);
	return check_entries(v, s, cp, &people, err);
}
