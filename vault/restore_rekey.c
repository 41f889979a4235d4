/* SPDX-License-Identifier: ISC */
/*
 * Keys that were replaced after the snapshot. Layer: verbs. Invariants: the
 * vault that comes back is under the keys of the key backup, all of it; a key
 * of the log is believed by the entry that brought it, never because it is
 * held.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/log/append.h"
#include "vault/restore_int.h"
#include "vault/rotate.h"
#include "vault/slotnext.h"
#include "vault/txn.h"

/* ---- the key of the log ---- */

/* One log.succession of the log backup; those to another origin bring no
 * key. */
static int
take_key(
    struct hrv_vault *v, struct past *p, uint64_t index, struct hrv_err *err)
{
	const struct past_entry *e = &p->entries[index];
	struct logkey *key = &p->keys[p->n_keys];
	struct leaf l = LEAF_INIT;
	json_t *o = NULL;
	const char *vkey;
	int rc = past_check_entry(v, p, index, err);

	if (rc == HRV_OK)
		rc = leaf_parse(e->leaf, e->leaf_len, &l, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &o, err);
	vkey = json_str(o, "vkey");
	if (rc == HRV_OK && vkey != NULL && l.result == LEAF_OK) {
		rc = note_vkey_parse(vkey, strlen(vkey), &key->vkey, err);
		key->from = index;
		p->n_keys += rc == HRV_OK;
	}
	json_decref(o);
	return rc;
}

int
past_find_keys(struct hrv_vault *v, struct past *p, struct hrv_err *err)
{
	static const char op[] = "\nop log.succession\n";
	struct tree_frontier f = { .size = 0 };
	int rc = log_frontier(v->db, &f, err);

	for (uint64_t i = f.size; rc == HRV_OK && i < p->log.size; i++) {
		const struct past_entry *e = &p->entries[i];
		struct logkey *more;

		if (memmem(e->leaf, e->leaf_len, op, sizeof(op) - 1) == NULL)
			continue;
		more = realloc(p->keys, (p->n_keys + 1) * sizeof(*more));
		if (more == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		p->keys = more;
		rc = take_key(v, p, i, err);
	}
	return rc;
}

int
past_vkey(const struct hrv_vault *v, const struct past *p, const char *origin,
    uint64_t size, struct note_vkey *ret, struct hrv_err *err)
{
	int rc = logkeys_vkey(v, origin, size, ret, err);

	for (size_t i = 0; rc == HRV_OK && i < p->n_keys; i++) {
		if (size > p->keys[i].from)
			rc = note_vkey_init(
			    ret, origin, p->keys[i].vkey.pub, err);
	}
	return rc;
}

int
restore_log_key(struct restore *r, struct hrv_err *err)
{
	struct note_vkey held, said;
	int rc = logkeys_held(r->v, r->v->origin, &held, err);

	if (rc != HRV_OK ||
	    memcmp(held.pub, r->v->vkey.pub, sizeof(held.pub)) == 0)
		return rc;
	r->new_log_key = true;
	/* What is given up of the log would have said it. */
	if (!r->has_past || r->keys.log.size > r->past.log.size)
		return HRV_OK;
	rc = past_vkey(
	    r->v, &r->past, r->v->origin, r->keys.log.size, &said, err);
	if (rc == HRV_OK && memcmp(held.pub, said.pub, sizeof(held.pub)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the key backup has another key of the log than the log "
		    "says");
	return rc;
}

int
restore_log_key_follows(struct restore *r, struct hrv_err *err)
{
	struct note_vkey held;
	int rc = HRV_OK;

	if (!r->new_log_key)
		return HRV_OK;
	rc = logkeys_held(r->v, r->v->origin, &held, err);
	return rc == HRV_OK ? logkeys_succeed(r->v, &held, err) : rc;
}

/* ---- the other keys ---- */

int
restore_adopt_slots(struct restore *r, struct hrv_err *err)
{
	struct slots *next = NULL;
	int rc = slots_parse(r->keys.slots.data, r->keys.slots.len, &next, err);

	if (rc == HRV_OK &&
	    memcmp(next->hash, r->v->slots->hash, sizeof(next->hash)) != 0) {
		rc = slotnext_log(r->v, next, err);
		if (rc == HRV_OK)
			memcpy(
			    r->v->slots->hash, next->hash, sizeof(next->hash));
		r->new_slots = true;
	}
	slots_free(next);
	return rc;
}

int
restore_key_versions(struct restore *r, struct hrv_err *err)
{
	const struct slots *s = r->v->slots;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n_keys; i++) {
		char name[KEY_ID_SIZE];
		uint32_t version;

		if (s->keys[i].status == KEY_ENABLED &&
		    slots_key_split(s->keys[i].id, name, &version) &&
		    strncmp(name, "kek/", 4) == 0)
			rc = rotate_versions(r->v, name, version, err);
	}
	return rc;
}

/* ---- the index of names ---- */

static int
index_again(struct restore *r, struct rotate *again, struct hrv_err *err)
{
	struct entry begins = ENTRY("key.rotate"), e = ENTRY("key.rotate");
	struct manifest m = { 0 };
	int rc = rotate_index_things(r->v, &m, err);

	begins.payload = e.payload = again->payload;
	if (rc == HRV_OK)
		rc = receipt_open(r->v, &begins, &m, &again->receipt, err);
	manifest_clear(&m);
	if (rc == HRV_OK)
		rc = txn_begin(r->v, err);
	if (rc == HRV_OK)
		rc = rotate_index(again, err);
	if (rc == HRV_OK)
		rc = receipt_entry(r->v, &again->receipt, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(r->v, true, err);
	txn_abort(r->v);
	receipt_drop(&again->receipt);
	return rc;
}

int
restore_index(struct restore *r, struct hrv_err *err)
{
	const struct slot_key *key = slots_key_current(r->v->slots, KEY_INDEX);
	struct rotate again = { .v = r->v, .name = KEY_INDEX };
	int rc;

	if (!r->new_slots || slots_key_newest(r->v->slots, KEY_INDEX) < 2)
		return HRV_OK;
	if (key == NULL || keyring_current(&r->v->ring, r->v->slots, KEY_INDEX,
			       &again.key.version) == NULL) {
		hrv_fail_as(err, HRV_EREFUSED, "role",
		    "the index of names is under a newer key than these "
		    "records, and the role %s cannot make it anew",
		    role_name(r->v->role));
		return hrv_hint(err, "hr, legal or dpo restores it");
	}
	again.payload = json_object();
	rc = again.payload == NULL || json_set_int(again.payload, "again", 1) ||
		     json_set_str(again.payload, "key", key->id)
		 ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		 : index_again(r, &again, err);
	json_decref(again.payload);
	return rc;
}
