/* SPDX-License-Identifier: ISC */
/*
 * Reading a log backup. Layer: verbs. Invariant: nothing of it is believed
 * before its signed head was verified against its entries, and no entry is
 * acted upon without its session's and its member's signatures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/log/leaf.h"
#include "vault/logkeys.h"
#include "vault/restore_int.h"
#include "vault/vault_trust.h"

#define ENTRY_MIN 13 /* bytes that any entry takes at least */

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EINTEGRITY, "the log backup does not hold what it should");
}

static void
skip_rows(struct backup_reader *r)
{
	uint64_t n = backup_read_number(r, 4);

	for (uint64_t i = 0; i < n && !r->bad; i++) {
		(void)backup_read_bytes(r, 1 + ID_BYTES);
		if (backup_read_number(r, 1) == 1)
			(void)backup_read_bytes(r, 32);
	}
}

static void
read_entry(struct backup_reader *r, struct past_entry *e)
{
	e->leaf = backup_read_string(r, &e->leaf_len);
	if (backup_read_number(r, 1) == 1)
		e->payload = backup_read_string(r, &e->payload_len);
	skip_rows(r);
	if (!r->bad)
		tree_leaf_hash(e->leaf, e->leaf_len, e->hash);
}

static int
read_entries(struct past *p, struct backup_reader *r, struct hrv_err *err)
{
	uint64_t n = backup_read_number(r, 8);

	if (r->bad || n == 0 || n > r->left / ENTRY_MIN)
		return damaged(err);
	p->entries = calloc((size_t)n, sizeof(*p->entries));
	if (p->entries == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (uint64_t i = 0; i < n && !r->bad; i++)
		read_entry(r, &p->entries[i]);
	p->log.size = n;
	return r->bad ? damaged(err) : HRV_OK;
}

static void
skip_policies(struct backup_reader *r)
{
	uint64_t n = backup_read_number(r, 4);
	size_t len;

	for (uint64_t i = 0; i < n && !r->bad; i++) {
		(void)backup_read_number(r, 8);
		for (int j = 0; j < 5; j++)
			(void)backup_read_string(r, &len);
	}
}

static int
read_runs(struct past *p, struct backup_reader *r, struct hrv_err *err)
{
	uint64_t n = backup_read_number(r, 4);

	if (r->bad || n > r->left / (ID_BYTES + 12))
		return damaged(err);
	p->runs = calloc((size_t)n + 1, sizeof(*p->runs));
	if (p->runs == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (uint64_t i = 0; i < n; i++) {
		struct past_run *run = &p->runs[p->n_runs++];

		(void)backup_read_bytes(r, ID_BYTES);
		run->leaf = backup_read_number(r, 8);
		run->facts = backup_read_string(r, &run->facts_len);
	}
	return r->bad || r->left != 0 ? damaged(err) : HRV_OK;
}

int
past_root_at(const struct past *p, uint64_t size, uint8_t out[TREE_HASH],
    struct hrv_err *err)
{
	struct tree_frontier f;
	int rc = HRV_OK;

	tree_frontier_init(&f);
	for (uint64_t i = 0; rc == HRV_OK && i < size; i++)
		rc = tree_frontier_append(&f, p->entries[i].hash, err);
	tree_frontier_root(&f, out);
	return rc;
}

/* The head it was signed with is the head of its entries. */
static int
check_head(struct hrv_vault *v, struct past *p, const uint8_t *note,
    size_t note_len, struct hrv_err *err)
{
	struct note_checkpoint cp = { .size = 0 };
	struct note_vkey vkey;
	int rc = past_find_keys(v, p, err);

	if (rc == HRV_OK)
		rc = past_vkey(v, p, p->origin, p->log.size, &vkey, err);
	if (rc == HRV_OK)
		rc = note_open(note, note_len, &vkey, &cp, err);
	if (rc == HRV_OK)
		rc = past_root_at(p, p->log.size, p->log.root, err);
	if (rc == HRV_OK &&
	    (cp.size != p->log.size || cp.size != p->head.covers ||
		memcmp(cp.root, p->log.root, TREE_HASH) != 0))
		rc = damaged(err);
	return rc;
}

static int
parse(struct hrv_vault *v, struct past *p, struct hrv_err *err)
{
	struct backup_reader r = { p->plain.data, p->plain.len, false };
	const size_t n = strlen(BACKUP_PLAIN_LOG);
	const uint8_t *magic = backup_read_bytes(&r, n), *origin, *note;
	size_t origin_len, note_len;
	int rc;

	if (magic == NULL || memcmp(magic, BACKUP_PLAIN_LOG, n) != 0)
		return damaged(err);
	origin = backup_read_string(&r, &origin_len);
	note = backup_read_string(&r, &note_len);
	if (r.bad || origin_len == 0 || origin_len > NOTE_NAME_MAX)
		return damaged(err);
	snprintf(p->origin, sizeof(p->origin), "%.*s", (int)origin_len,
	    (const char *)origin);
	rc = read_entries(p, &r, err);
	if (rc == HRV_OK)
		skip_policies(&r);
	if (rc == HRV_OK)
		rc = read_runs(p, &r, err);
	return rc == HRV_OK ? check_head(v, p, note, note_len, err) : rc;
}

static int
later_key(const struct backup_head *h, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EKEY, "key-not-held",
	    "the log backup is sealed under a key of the database that came "
	    "after this key backup (meta.%llu)",
	    (unsigned long long)h->number);
	return hrv_hint(err,
	    "use a key backup that was made after that key came, the newest "
	    "one or any whose head says that it covers about %llu entries "
	    "(--keys DIR or FILE): older records come back with it too; if "
	    "there is none, a log backup from before that key came (--log), "
	    "and two people give up the rest: --accept-loss",
	    (unsigned long long)h->covers);
}

int
past_open(struct hrv_vault *v, const char *path, struct past *ret,
    struct hrv_err *err)
{
	struct buf file = BUF_INIT;
	struct key *key = NULL;
	const struct key *meta = NULL;
	char *name = NULL;
	int rc = restore_find(path, BACKUP_MAGIC_LOG, &name, err);

	if (rc == HRV_OK)
		rc = backup_in_read(
		    name, BACKUP_MAGIC_LOG, &file, &ret->head, err);
	if (rc == HRV_OK && memcmp(ret->head.vault, v->id, VAULT_ID_LEN) != 0)
		rc = hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "records and log are backups of different vaults");
	if (rc == HRV_OK) {
		meta =
		    keyring_get(&v->ring, KEY_META, (uint32_t)ret->head.number);
		if (meta == NULL)
			rc = later_key(&ret->head, err);
	}
	if (rc == HRV_OK)
		rc = backup_log_key(meta, &key, err);
	if (rc == HRV_OK)
		rc = backup_in_open(&file, &ret->head, key, &ret->plain, err);
	if (rc == HRV_OK)
		rc = parse(v, ret, err);
	key_free(key);
	free(name);
	buf_clear(&file);
	return rc;
}

void
past_clear(struct past *p)
{
	free(p->entries);
	free(p->runs);
	free(p->keys);
	buf_clear(&p->plain);
}

/* The session.open of that session, among the entries before. */
static int
find_session(const struct past *p, uint64_t index,
    const uint8_t session[LEAF_SESSION], struct leaf *ret, struct hrv_err *err)
{
	for (uint64_t i = index; i > 0; i--) {
		const struct past_entry *e = &p->entries[i - 1];
		static const char op[] = "\nop session.open\n";

		if (memmem(e->leaf, e->leaf_len, op, sizeof(op) - 1) == NULL)
			continue;
		*ret = (struct leaf)LEAF_INIT;
		if (leaf_parse((const char *)e->leaf, e->leaf_len, ret, err) ==
			HRV_OK &&
		    memcmp(ret->session, session, LEAF_SESSION) == 0)
			return HRV_OK;
	}
	return hrv_fail(err, HRV_EINTEGRITY,
	    "an entry of the log backup has a session that was never opened");
}

static int
check_member(struct hrv_vault *v, const struct leaf *open, struct hrv_err *err)
{
	struct buf text = BUF_INIT, sig = BUF_INIT;
	struct trust *t = NULL;
	int rc =
	    slots_cert(v->slots, open->member) == NULL
		? hrv_fail(err, HRV_EINTEGRITY,
		      "an entry of the log backup is by somebody who never "
		      "was a member")
		: leaf_cert_bytes(open, &text, err);

	buf_add(&sig, open->cert, open->cert_len);
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		rc = vault_trust(v, &t, err);
	if (rc == HRV_OK)
		rc = trust_check_sig(t, open->member, &sig, &text, err);
	buf_clear(&sig);
	buf_clear(&text);
	return rc;
}

int
past_check_entry(struct hrv_vault *v, const struct past *p, uint64_t index,
    struct hrv_err *err)
{
	const struct past_entry *e = &p->entries[index];
	struct leaf l = LEAF_INIT, open = LEAF_INIT;
	uint8_t hash[32];
	int rc = leaf_parse((const char *)e->leaf, e->leaf_len, &l, err);

	if (rc == HRV_OK)
		rc = find_session(p, index, l.session, &open, err);
	if (rc == HRV_OK)
		rc = leaf_verify_sig(
		    (const char *)e->leaf, e->leaf_len, v->id, open.key, err);
	crypt_sha256(e->payload, e->payload_len, hash);
	if (rc == HRV_OK && (l.has & LEAF_PAYLOAD) != 0 &&
	    memcmp(hash, l.payload, sizeof(hash)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "an entry of the log backup has another payload than was "
		    "logged");
	return rc == HRV_OK ? check_member(v, &open, err) : rc;
}
