/* SPDX-License-Identifier: ISC */
/*
 * Moving the slot file on. Layer: verbs. Invariant: v->slots and the hash in
 * vault.db change together, with the commit; until then the handle keeps the
 * old one, so an aborted change leaves nothing behind but an unnamed file.
 */
#include "vault/slotnext.h"

#include <string.h>

#include "vault/crypto/pgp.h"
#include "vault/remember.h"
#include "vault/slotfile.h"
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

/* Whether the key of that name belongs into that member's grant. */
static bool
belongs(const struct slot_member *m, const char *name)
{
	if (!role_gets_key(m->role, name))
		return false;
	if (strncmp(name, "kek/", 4) != 0 ||
	    role_reserved_compartment(name + 4))
		return true;
	return slots_list_has(m->compartments, name + 4);
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
		    !belongs(m, name) ||
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
slotnext_grant(struct hrv_vault *v, struct slots *next, const char *fpr,
    struct buf *ids, struct hrv_err *err)
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
		rc = keyring_write_grant(
		    &v->ring, m->role, m->compartments, &plain, &list, err);
	if (rc == HRV_OK)
		rc = pgp_encrypt(
		    v->pgp, &recipients, plain.data, plain.len, &msg, err);
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
	slotfile_tidy(v);
}
