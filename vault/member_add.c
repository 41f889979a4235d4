/* SPDX-License-Identifier: ISC */
/*
 * Adding a member. Layer: verbs. Invariant: everything that can be wrong with
 * the new member, the new member's key or what is to be granted is found
 * before anything is written; the keys leave only as a message to exactly
 * that key.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "hrvault/vault.h"
#include "vault/crypto/pgp.h"
#include "vault/member.h"
#include "vault/member_change.h"
#include "vault/slotnext.h"
#include "vault/terms.h"
#include "vault/txn.h"

/* What is to be done, once the arguments have been read. */
struct addition {
	struct slot_member m; /* compartments point into comps */
	struct buf comps;
	struct buf cert;
	struct buf ids;
	struct slots *next;
};

static void
addition_clear(struct addition *a)
{
	slots_free(a->next);
	buf_clear(&a->ids);
	buf_clear(&a->cert);
	buf_clear(&a->comps);
}

/* The new member's key, able to do what a member's key has to do. */
static int
find_key(struct hrv_vault *v, const char *who, struct addition *a,
    struct hrv_err *err)
{
	struct pgp_key_info k;
	int rc = pgp_key_find(v->pgp, who, false, &k, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "the new member's public key is not in your keyring");
		return hrv_hint(err, "gpg --import FILE, and compare the "
				     "fingerprint with its owner");
	}
	if (rc != HRV_OK)
		return rc;
	rc = member_key_usable(&k, err);
	if (rc != HRV_OK)
		return rc;
	memcpy(a->m.fpr, k.fpr, sizeof(a->m.fpr));
	if (slots_member(v->slots, k.fpr) != NULL)
		return hrv_fail(
		    err, HRV_EEXISTS, "%s is a member already", k.fpr);
	return pgp_export_minimal(v->pgp, k.fpr, &a->cert, err);
}

static int
read_args(struct hrv_vault *v, const struct hrv_member_args *args,
    struct addition *a, struct hrv_err *err)
{
	int rc;

	if (!role_parse(args->role, &a->m.role))
		return hrv_fail(err, HRV_EUSAGE,
		    "a role is one of hr, legal, dpo, purge, auditor");
	rc = member_read_compartments(
	    v, args->compartments, a->m.role, &a->comps, err);
	if (rc == HRV_OK)
		rc = member_read_until(v, args->until, a->m.until, err);
	if (rc == HRV_OK)
		rc = find_key(v, args->who, a, err);
	return rc;
}

static int
make_next(struct hrv_vault *v, struct addition *a, struct hrv_err *err)
{
	char *comps = strdup(buf_str(&a->comps));
	int rc;

	if (comps == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	a->m.compartments = comps;
	rc = slotnext_new(v, &a->next, err);
	if (rc == HRV_OK)
		rc = slots_add_member(a->next, &a->m, err);
	/* One who comes back may have an older certificate in the file. */
	if (rc == HRV_OK)
		rc = slots_set_cert(
		    a->next, a->m.fpr, a->cert.data, a->cert.len, err);
	if (rc == HRV_OK)
		rc = slotnext_grant(v, v->pgp, a->next, a->m.fpr, &a->ids, err);
	free(comps);
	a->m.compartments = NULL;
	return rc;
}

static int
commit_member(struct hrv_vault *v, struct addition *a, struct hrv_err *err)
{
	struct member_change c = {
		.op = "member.add", .next = a->next, .payload = json_object()
	};
	int rc = HRV_OK;

	if (c.payload == NULL || member_describe(c.payload, a->next,
				     slots_member(a->next, a->m.fpr)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = member_commit(v, &c, err);
	a->next = c.next;
	json_decref(c.payload);
	return rc;
}

int
hrv_member_add(struct hrv_vault *v, const struct hrv_member_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct addition a = { 0 };
	struct entry e = ENTRY("member.add");
	json_t *doc = NULL;
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_OK)
		rc = read_args(v, args, &a, err);
	if (rc == HRV_OK)
		rc = make_next(v, &a, err);
	if (rc == HRV_EREFUSED) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (rc == HRV_OK)
		doc = member_json(
		    a.next, slots_member(a.next, a.m.fpr), "active");
	if (rc == HRV_OK && doc == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = commit_member(v, &a, err);
	if (rc != HRV_OK)
		goto out;
	(void)json_object_set_new(doc, "founding", json_boolean(v->founding));
	*ret_doc = (struct hrv_doc *)doc;
	doc = NULL;
out:
	json_decref(doc);
	addition_clear(&a);
	return rc;
}
