/* SPDX-License-Identifier: ISC */
/*
 * Renewing a member. Layer: verbs. Invariant: a certificate only ever gains:
 * what the caller's keyring has is merged into what the slot file has, and
 * what cannot be encrypted to afterwards is refused. A compartment that is
 * taken away counts as known to the member until it was rotated.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/vault.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/custody/trust.h"
#include "vault/exposed.h"
#include "vault/member.h"
#include "vault/member_change.h"
#include "vault/slotnext.h"
#include "vault/txn.h"

struct renewal {
	struct member_change c;
	struct trust trust; /* certificates of the slot file, this one merged */
	struct slot_member *m; /* in c.next */
	struct buf cert;
	struct pgp_key_info key;
	bool resealed;
	bool changed;
	json_t *dropped; /* ids of keys that he had and has no longer */
};

static void
renewal_clear(struct renewal *r)
{
	trust_clear(&r->trust);
	slots_free(r->c.next);
	json_decref(r->c.payload);
	json_decref(r->dropped);
	buf_clear(&r->cert);
}

/* Puts what the caller's keyring knows on top of what the file has. */
static int
merge_cert(struct hrv_vault *v, struct renewal *r, struct hrv_err *err)
{
	const struct slot_cert *old = slots_cert(v->slots, r->m->fpr);
	struct buf own = BUF_INIT;
	struct pgp_cert in = { 0 };
	int rc = pgp_export_minimal(v->pgp, r->m->fpr, &own, err);

	if (rc == HRV_OK) {
		in.data = own.data;
		in.len = own.len;
		rc = pgp_import(r->trust.pgp, &in, 1, err);
	} else if (rc == HRV_ENOTFOUND) {
		rc = HRV_OK; /* the file's own may still be good */
	}
	if (rc == HRV_OK)
		rc = pgp_key_find(r->trust.pgp, r->m->fpr, false, &r->key, err);
	if (rc == HRV_OK)
		rc = member_key_usable(&r->key, err);
	if (rc == HRV_OK)
		rc = pgp_export_minimal(r->trust.pgp, r->m->fpr, &r->cert, err);
	if (rc == HRV_OK &&
	    (old == NULL || old->key.len != r->cert.len ||
		memcmp(old->key.data, r->cert.data, r->cert.len) != 0))
		r->changed = true;
	if (rc == HRV_OK)
		rc = slots_set_cert(
		    r->c.next, r->m->fpr, r->cert.data, r->cert.len, err);
	buf_clear(&own);
	return rc;
}

static int
read_changes(struct hrv_vault *v, const struct hrv_member_renew_args *a,
    struct renewal *r, struct hrv_err *err)
{
	struct buf comps = BUF_INIT;
	char until[HRV_DATE_TEXT];
	char *copy = NULL;
	int rc = HRV_OK;

	memcpy(until, r->m->until, sizeof(until));
	rc = member_read_until(v, a->until, until, err);
	if (rc == HRV_OK && strcmp(until, r->m->until) != 0) {
		memcpy(r->m->until, until, sizeof(until));
		r->changed = true;
		rc = member_check_approvers(v, r->c.next, err);
	}
	if (rc != HRV_OK || a->compartments == NULL)
		return rc;
	rc = member_read_compartments(
	    v, a->compartments, r->m->role, &comps, err);
	if (rc == HRV_OK && strcmp(buf_str(&comps), r->m->compartments) != 0) {
		copy = strdup(buf_str(&comps));
		if (copy == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		} else {
			free(r->m->compartments);
			r->m->compartments = copy;
			r->changed = true;
		}
	}
	buf_clear(&comps);
	return rc;
}

/* Keys he is granted that no longer belong to him. */
static int
list_dropped(struct hrv_vault *v, struct renewal *r, struct hrv_err *err)
{
	r->dropped = json_array();
	for (size_t i = 0; r->dropped != NULL && i < v->slots->n_keys; i++) {
		const struct slot_key *k = &v->slots->keys[i];
		char name[KEY_ID_SIZE];
		uint32_t version;

		if (k->status == KEY_DESTROYED ||
		    !slots_granted(v->slots, r->m->fpr, k->id) ||
		    !slots_key_split(k->id, name, &version) ||
		    keyring_belongs(r->m, name))
			continue;
		if (json_array_append_new(r->dropped, json_string(k->id))) {
			json_decref(r->dropped);
			r->dropped = NULL;
		}
	}
	return r->dropped == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
				  : HRV_OK;
}

/* A compartment may be given up only while somebody else has it. */
static int
check_dropped(const struct renewal *r, struct hrv_err *err)
{
	const struct slots *s = r->c.next;

	for (size_t i = 0; i < json_array_size(r->dropped); i++) {
		const char *id =
		    json_string_value(json_array_get(r->dropped, i));
		bool held = false;

		for (size_t j = 0; !held && j < s->n_members; j++)
			held = &s->members[j] != r->m &&
			       slots_granted(s, s->members[j].fpr, id);
		if (held)
			continue;
		hrv_fail_as(err, HRV_EREFUSED, "last-holder",
		    "nobody but %s holds the key %s: what it wraps would be "
		    "lost",
		    r->m->fpr, id);
		return hrv_hint(err, "grant the compartment to somebody else "
				     "first: 'hrvault member add'");
	}
	return HRV_OK;
}

/* Seals the keys again where that can be done; where nothing but the life of
 * the certificate changed, the grant there is stays good. */
static int
seal(struct hrv_vault *v, const struct hrv_member_renew_args *a,
    struct renewal *r, struct hrv_err *err)
{
	r->resealed = slotnext_holds_all(v, r->c.next, r->m);
	if (r->resealed || a->compartments != NULL)
		return slotnext_grant(
		    v, r->trust.pgp, r->c.next, r->m->fpr, NULL, err);
	return HRV_OK;
}

static int
make_next(struct hrv_vault *v, const struct hrv_member_renew_args *a,
    struct renewal *r, struct hrv_err *err)
{
	const struct slot_member *m = NULL;
	int rc = member_find(v->slots, a->who, &m, NULL, err);

	if (rc == HRV_OK)
		rc = slotnext_new(v, &r->c.next, err);
	if (rc == HRV_OK)
		rc = trust_init(&r->trust, v->tmp_dir, v->slots, err);
	if (rc != HRV_OK)
		return rc;
	r->m = slots_member(r->c.next, m->fpr);
	rc = read_changes(v, a, r, err);
	if (rc == HRV_OK)
		rc = merge_cert(v, r, err);
	if (rc == HRV_OK && !r->changed) {
		hrv_fail(err, HRV_EEXISTS,
		    "there is nothing new to take in of %s", r->m->fpr);
		return hrv_hint(err, "import the extended certificate into "
				     "your keyring first: gpg --import FILE");
	}
	if (rc == HRV_OK)
		rc = list_dropped(v, r, err);
	if (rc == HRV_OK)
		rc = check_dropped(r, err);
	return rc == HRV_OK ? seal(v, a, r, err) : rc;
}

/* Exactly what is proposed: the certificate by its hash. */
static int
make_payload(struct renewal *r, struct hrv_err *err)
{
	char end[WHEN_TEXT_LEN + 1] = "";
	uint8_t hash[32];
	json_t *p = json_object();

	crypt_sha256(r->cert.data, r->cert.len, hash);
	if (r->key.expires != 0)
		(void)!when_format(r->key.expires * WHEN_SECOND, end);
	end[10] = '\0';
	if (p == NULL || json_set_str(p, "change", "renew") ||
	    member_describe(p, r->c.next, r->m) ||
	    json_set_hex(p, "cert_sha256", hash, sizeof(hash)) ||
	    json_set_str(p, "key_expires", end[0] == '\0' ? NULL : end) ||
	    (json_array_size(r->dropped) > 0 &&
		json_object_set(p, "dropped", r->dropped))) {
		json_decref(p);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	r->c.payload = p;
	return HRV_OK;
}

static int
renew_rows(struct hrv_vault *v, struct member_change *c, uint64_t leaf,
    struct hrv_err *err)
{
	return exposed_add(v, json_str(c->payload, "member"),
	    json_object_get(c->payload, "dropped"), leaf, err);
}

static int
make_doc(struct hrv_vault *v, const struct renewal *r, struct hrv_doc **ret,
    struct hrv_err *err)
{
	const char *fpr = json_str(r->c.payload, "member");
	const struct slot_member *m = slots_member(v->slots, fpr);
	json_t *tasks = NULL, *doc;
	int rc = exposed_tasks(v, &tasks, err);

	if (rc != HRV_OK)
		return rc;
	doc = member_json(v->slots, m, "active");
	if (doc == NULL ||
	    json_object_set_new(doc, "resealed", json_boolean(r->resealed)) ||
	    json_object_set(doc, "rotations", tasks)) {
		json_decref(doc);
		json_decref(tasks);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(tasks);
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_member_renew(struct hrv_vault *v, const struct hrv_member_renew_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct renewal r = { .c = {
				 .op = "member.renew", .rows = renew_rows } };
	struct entry e = ENTRY("member.renew");
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_OK)
		rc = make_next(v, args, &r, err);
	if (rc == HRV_EREFUSED) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (rc == HRV_OK)
		rc = make_payload(&r, err);
	if (rc == HRV_OK)
		rc = member_commit(v, &r.c, err);
	if (rc == HRV_OK)
		rc = make_doc(v, &r, ret_doc, err);
out:
	renewal_clear(&r);
	return rc;
}
