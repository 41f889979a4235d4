/* SPDX-License-Identifier: ISC */
/*
 * Moving the slot file on. Layer: verbs. Invariant: v->slots and the hash in
 * vault.db change together, with the commit; until then the handle keeps the
 * old one, so an aborted change leaves nothing behind but an unnamed file.
 */
#include "vault/slotnext.h"

#include <stdio.h>
#include <string.h>

#include "vault/crypto/pgp.h"
#include "vault/remember.h"
#include "vault/slotfile.h"
#include "vault/standing.h"
#include "vault/store/db.h"
#include "vault/txn.h"

int
slotnext_new(struct hrv_vault *v, struct slots **ret, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct slots *s = NULL;
	int rc = slots_format(v->slots, false, &text, err);

	if (rc == HRV_OK)
		rc = slots_parse(text.data, text.len, &s, err);
	buf_clear(&text);
	if (rc != HRV_OK)
		return rc;
	s->gen = v->slots->gen + 1;
	memcpy(s->vault, v->id, sizeof(s->vault));
	memcpy(s->prev, v->slots->hash, sizeof(s->prev));
	*ret = s;
	return HRV_OK;
}

/* Every enabled key that belongs into the grant must be in the caller's ring:
 * a grant that silently lacks one would make a member who cannot do what the
 * role says. */
static int
check_held(const struct hrv_vault *v, const struct slots *next,
    const struct slot_member *m, struct hrv_err *err)
{
	for (size_t i = 0; i < next->n_keys; i++) {
		char name[KEY_ID_SIZE];
		uint32_t version;

		if (next->keys[i].status != KEY_ENABLED ||
		    !slots_key_split(next->keys[i].id, name, &version) ||
		    !keyring_belongs(m, name) ||
		    keyring_get(&v->ring, name, version) != NULL)
			continue;
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key %s, so you cannot grant it",
		    next->keys[i].id);
		return hrv_hint(err,
		    "ask a member who holds it; 'hrvault member list' shows "
		    "who does");
	}
	return HRV_OK;
}

int
slotnext_grant(struct hrv_vault *v, struct pgp *to_pgp, struct slots *next,
    const char *fpr, struct buf *ids, struct hrv_err *err)
{
	const struct slot_member *m = slots_member(next, fpr);
	struct buf plain = BUF_INIT_SECRET, list = BUF_INIT, msg = BUF_INIT;
	const char *const to[] = { fpr };
	const struct pgp_to recipients = { to, 1 };
	int rc;

	if (m == NULL)
		return hrv_fail(err, HRV_EFAILED, "%s is not a member", fpr);
	rc = check_held(v, next, m, err);
	if (rc == HRV_OK)
		rc = keyring_write_grant(&v->ring, next, m, &plain, &list, err);
	if (rc == HRV_OK)
		rc = pgp_encrypt(
		    to_pgp, &recipients, plain.data, plain.len, &msg, err);
	if (rc == HRV_OK)
		rc = slots_set_grant(next, fpr, buf_str(&list), &msg, err);
	if (rc == HRV_OK && ids != NULL) {
		buf_add(ids, list.data, list.len);
		rc = buf_ok(ids, err);
	}
	buf_clear(&msg);
	buf_clear(&list);
	buf_clear(&plain);
	return rc;
}

bool
slotnext_holds_all(const struct hrv_vault *v, const struct slots *next,
    const struct slot_member *m)
{
	for (size_t i = 0; i < next->n_keys; i++) {
		char name[KEY_ID_SIZE];
		uint32_t version;

		if (next->keys[i].status != KEY_DESTROYED &&
		    slots_key_split(next->keys[i].id, name, &version) &&
		    keyring_belongs(m, name) &&
		    keyring_get(&v->ring, name, version) == NULL)
			return false;
	}
	return true;
}

static int
grant_one(struct hrv_vault *v, struct pgp *to_pgp, struct slots *next,
    const char *fpr, const char *id, struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET, msg = BUF_INIT;
	const char *const to[] = { fpr };
	const struct pgp_to recipients = { to, 1 };
	int rc = keyring_write_one(&v->ring, id, &plain, err);

	if (rc == HRV_OK)
		rc = pgp_encrypt(
		    to_pgp, &recipients, plain.data, plain.len, &msg, err);
	if (rc == HRV_OK)
		rc = slots_add_grant(next, fpr, id, &msg, err);
	buf_clear(&msg);
	buf_clear(&plain);
	return rc;
}

/* Every member who is to get the key can be sealed to; found out before
 * anything is made. */
static int
check_receivers(struct hrv_vault *v, struct trust *t, const struct slots *next,
    const char *name, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < next->n_members; i++) {
		if (keyring_belongs(&next->members[i], name))
			rc = standing_check_seal(v, t, &next->members[i], err);
	}
	return rc;
}

/* Seals the new key to each of its receivers. */
static int
hand_out(struct hrv_vault *v, struct trust *t, struct slots *next,
    const struct slotnext_key *k, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < next->n_members; i++) {
		const struct slot_member *m = &next->members[i];

		if (!keyring_belongs(m, k->name))
			continue;
		rc = slotnext_holds_all(v, next, m)
			 ? slotnext_grant(v, t->pgp, next, m->fpr, NULL, err)
			 : grant_one(v, t->pgp, next, m->fpr, k->id, err);
	}
	return rc;
}

static bool
is_version_of(const char *id, const char *name)
{
	char n[KEY_ID_SIZE];
	uint32_t version;

	return slots_key_split(id, n, &version) && strcmp(n, name) == 0;
}

int
slotnext_rotate(struct hrv_vault *v, struct slots *next, const char *name,
    enum key_status old, struct slotnext_key *ret, struct hrv_err *err)
{
	struct slotnext_key k = { .version = slots_key_newest(next, name) + 1 };
	struct trust t = { 0 };
	int rc = trust_init(&t, v->tmp_dir, next, err);

	snprintf(k.name, sizeof(k.name), "%s", name);
	if (rc == HRV_OK)
		rc = check_receivers(v, &t, next, name, err);
	for (size_t i = 0; rc == HRV_OK && i < next->n_keys; i++) {
		if (is_version_of(next->keys[i].id, name) &&
		    next->keys[i].status != KEY_DESTROYED)
			next->keys[i].status = old;
	}
	if (rc == HRV_OK)
		rc = keyring_create(&v->ring, next, name, k.version, err);
	if (rc == HRV_OK) {
		memcpy(k.id, next->keys[next->n_keys - 1].id, sizeof(k.id));
		rc = hand_out(v, &t, next, &k, err);
	}
	trust_clear(&t);
	if (rc == HRV_OK)
		*ret = k;
	return rc;
}

static int
log_adoption(struct hrv_vault *v, const struct slots *next, struct hrv_err *err)
{
	struct entry e = ENTRY("slots.adopt");
	json_t *p = json_object();
	int rc;

	if (p == NULL || json_set_int(p, "gen", (int64_t)next->gen) ||
	    json_set_hex(p, "prev", next->prev, sizeof(next->prev)) ||
	    json_set_hex(p, "sha256", next->hash, sizeof(next->hash))) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	} else {
		e.payload = p;
		rc = txn_entry(v, &e, NULL, err);
	}
	json_decref(p);
	return rc;
}

static int
set_named(struct hrv_vault *v, const uint8_t hash[32], struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VAULT_SET_SLOTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, hash, 32);
	return db_run(st, err);
}

/* Founding ends once and for all with the second approver. */
static bool
ends_founding(const struct hrv_vault *v, const struct slots *next)
{
	return v->founding && slots_approvers(next) >= APPROVERS_NEEDED;
}

int
slotnext_write(struct hrv_vault *v, struct slots *next, json_t *payload,
    struct hrv_err *err)
{
	if (ends_founding(v, next) &&
	    json_set_int(payload, "founding_ended", 1))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return slotfile_write(v, next, err);
}

int
slotnext_log(struct hrv_vault *v, const struct slots *next, struct hrv_err *err)
{
	struct stmt *st;
	int rc = log_adoption(v, next, err);

	if (rc == HRV_OK)
		rc = set_named(v, next->hash, err);
	if (rc != HRV_OK || !ends_founding(v, next))
		return rc;
	rc = db_stmt(v->db, SQL_VAULT_SET_FOUNDED, &st, err);
	return rc != HRV_OK ? rc : db_run(st, err);
}

void
slotnext_use(struct hrv_vault *v, struct slots **next)
{
	if (slots_approvers(*next) >= APPROVERS_NEEDED)
		v->founding = false;
	slots_free(v->slots);
	v->slots = *next;
	*next = NULL;
	remember_slots(v, v->slots->hash);
	remember_formers(v);
	slotfile_tidy(v);
}
