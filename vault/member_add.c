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
#include "vault/proposal.h"
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

/* Every word of the list must be a compartment of the schedule in force. */
static int
check_words(const struct hrv_schedule *s, const char *list, struct hrv_err *err)
{
	const char *p = list;

	for (;;) {
		size_t n = strcspn(p, ",");
		bool known = false;

		for (size_t i = 0; !known && i < s->compartment_count; i++)
			known = strlen(s->compartment[i]) == n &&
				memcmp(s->compartment[i], p, n) == 0;
		if (!known) {
			hrv_fail(err, HRV_EUSAGE,
			    "the schedule in force has no compartment '%.*s'",
			    (int)(n < 64 ? n : 64), p);
			return hrv_hint(
			    err, "'hrvault policy show' lists them");
		}
		if (p[n] == '\0')
			return HRV_OK;
		p += n + 1;
	}
}

/* The compartments in the schedule's order, each once, "-" for none. */
static int
read_compartments(struct hrv_vault *v, const char *list, struct addition *a,
    struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	int rc;

	if (list == NULL || list[0] == '\0' || strcmp(list, "-") == 0) {
		buf_addc(&a->comps, '-');
		return buf_ok(&a->comps, err);
	}
	if (!role_takes_compartments(a->m.role))
		return hrv_fail_as(err, HRV_EREFUSED, "role",
		    "a member with the role %s is given no compartments",
		    role_name(a->m.role));
	rc = check_words(s, list, err);
	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; i < s->compartment_count; i++) {
		if (!slots_list_has(list, s->compartment[i]))
			continue;
		if (a->comps.len > 0)
			buf_addc(&a->comps, ',');
		buf_adds(&a->comps, s->compartment[i]);
	}
	return buf_ok(&a->comps, err);
}

static int
read_until(struct hrv_vault *v, const char *until, struct addition *a,
    struct hrv_err *err)
{
	struct hrv_date d, today;
	int rc;

	if (until == NULL)
		return HRV_OK;
	if (!hrv_date_parse(until, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the end of a membership is a date like 2027-11-01");
	rc = vault_today(v, &today, err);
	if (rc == HRV_OK && hrv_date_cmp(d, today) < 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "the membership would have ended already");
	if (rc == HRV_OK)
		hrv_date_format(d, a->m.until);
	return rc;
}

/* The new member's key, able to do what a member's key has to do. */
static int
find_key(struct hrv_vault *v, const char *who, struct addition *a,
    struct hrv_err *err)
{
	struct pgp_key_info k;
	const char *why = NULL;
	int rc = pgp_key_find(v->pgp, who, false, &k, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "the new member's public key is not in your keyring");
		return hrv_hint(err, "gpg --import FILE, and compare the "
				     "fingerprint with its owner");
	}
	if (rc != HRV_OK)
		return rc;
	if (k.revoked)
		why = "is revoked";
	else if (k.expired)
		why = "has expired";
	else if (k.disabled || k.invalid)
		why = "is disabled or not valid in your keyring";
	else if (!k.can_encrypt)
		why = "cannot be encrypted to";
	else if (!k.can_sign)
		why = "cannot sign";
	if (why != NULL) {
		hrv_fail(err, HRV_EKEY, "the key %s %s", k.fpr, why);
		return hrv_hint(err, "ask its owner for a key that can sign "
				     "and encrypt, and import it");
	}
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
	rc = read_compartments(v, args->compartments, a, err);
	if (rc == HRV_OK)
		rc = read_until(v, args->until, a, err);
	if (rc == HRV_OK)
		rc = find_key(v, args->who, a, err);
	return rc;
}

/* A member who comes back may have an older certificate in the file. */
static int
set_cert(struct slots *s, const char *fpr, const struct buf *cert,
    struct hrv_err *err)
{
	for (size_t i = 0; i < s->n_certs; i++) {
		if (strcmp(s->certs[i].fpr, fpr) != 0)
			continue;
		buf_clear(&s->certs[i].key);
		buf_add(&s->certs[i].key, cert->data, cert->len);
		return buf_ok(&s->certs[i].key, err);
	}
	return slots_add_cert(s, fpr, cert->data, cert->len, err);
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
	if (rc == HRV_OK)
		rc = set_cert(a->next, a->m.fpr, &a->cert, err);
	if (rc == HRV_OK)
		rc = slotnext_grant(v, a->next, a->m.fpr, &a->ids, err);
	free(comps);
	a->m.compartments = NULL;
	return rc;
}

static int
fill_payload(json_t *p, const struct addition *a, struct hrv_err *err)
{
	const struct slot_member *m = slots_member(a->next, a->m.fpr);
	json_t *ids = member_words(buf_str(&a->ids));
	json_t *comps = member_words(m->compartments);

	if (p == NULL || ids == NULL || comps == NULL ||
	    json_set_str(p, "member", m->fpr) ||
	    json_set_str(p, "role", role_name(m->role)) ||
	    json_set_str(p, "until", m->until[0] == '\0' ? NULL : m->until) ||
	    json_object_set(p, "compartments", comps) ||
	    json_object_set(p, "ids", ids)) {
		json_decref(comps);
		json_decref(ids);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(comps);
	json_decref(ids);
	return HRV_OK;
}

static int
commit_member(struct hrv_vault *v, struct addition *a, struct hrv_err *err)
{
	struct entry e = ENTRY("member.add");
	json_t *p = json_object();
	struct proposal_args two = { .kind = "member.change", .what = p };
	struct approval approval = { .alone = false };
	uint64_t leaf = 0;
	int rc = fill_payload(p, a, err);

	if (rc == HRV_OK)
		rc = proposal_require(v, &two, &approval, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, p, err);
	if (rc == HRV_OK)
		rc = slotnext_write(v, a->next, p, err);
	if (rc == HRV_OK) {
		e.payload = p;
		rc = txn_entry(v, &e, &leaf, err);
	}
	if (rc == HRV_OK)
		rc = proposal_done(v, &approval, leaf, err);
	if (rc == HRV_OK)
		rc = slotnext_log(v, a->next, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK)
		slotnext_use(v, &a->next);
	txn_abort(v);
	json_decref(p);
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
