/* SPDX-License-Identifier: ISC */
/*
 * Removing a member. Layer: verbs. Invariant: the grants are gone with the
 * commit, what the leaver knew is noted in the same one, and no key of the
 * vault is left without a holder.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/vault.h"
#include "vault/base/when.h"
#include "vault/exposed.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/member.h"
#include "vault/member_change.h"
#include "vault/proposal.h"
#include "vault/slotnext.h"
#include "vault/split.h"
#include "vault/terms.h"
#include "vault/txn.h"

/* What the log is asked for: since when somebody is a member, and whether a key
 * can be put together from recovery shares that all custodians confirmed. */
struct past {
	const char *fpr;
	int64_t from;
	const char *key;
	char id[40];	  /* of the newest split, with its shares */
	char package[65]; /* hash of the file they lead to */
	int64_t shares, confirmed;
	bool has;		  /* it leads to the key */
	bool split;		  /* so does the newest one that is ready, */
	char ready[40], file[65]; /* this one, with this file */
};

static bool
mentions(const void *data, size_t len, const char *word)
{
	return data != NULL && memmem(data, len, word, strlen(word)) != NULL;
}

static bool
lists(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *t = json_string_value(json_array_get(list, i));

		if (t != NULL && strcmp(t, word) == 0)
			return true;
	}
	return false;
}

static void
take_split(struct past *p, const json_t *o)
{
	snprintf(p->id, sizeof(p->id), "%s",
	    json_str(o, "split") == NULL ? "" : json_str(o, "split"));
	snprintf(p->package, sizeof(p->package), "%s",
	    json_str(o, "package") == NULL ? "" : json_str(o, "package"));
	p->shares = json_int(o, "shares", 0);
	p->confirmed = 0;
	p->has = p->key != NULL && lists(json_object_get(o, "ids"), p->key);
}

static void
take_confirm(struct past *p, const json_t *o)
{
	const char *id = json_str(o, "split");

	if (id == NULL || strcmp(id, p->id) != 0)
		return;
	if (++p->confirmed != p->shares)
		return;
	p->split = p->has;
	memcpy(p->ready, p->id, sizeof(p->ready));
	memcpy(p->file, p->package, sizeof(p->file));
}

static int
take_past(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct past *p = ctx;
	struct leaf l = LEAF_INIT;
	json_t *o = NULL;
	const char *member;
	bool add = mentions(row->leaf, row->leaf_len, "\nop member.add\n");
	bool split = mentions(row->leaf, row->leaf_len, "\nop key.split\n");
	bool confirm = mentions(row->leaf, row->leaf_len, "\nop key.confirm\n");
	int rc;

	if (row->index > 0 && !add && !split && !confirm)
		return HRV_OK;
	rc = leaf_parse(row->leaf, row->leaf_len, &l, err);
	if (rc == HRV_OK && row->index == 0)
		p->from = l.time;
	if (rc != HRV_OK || l.result != LEAF_OK || row->payload == NULL)
		return rc;
	rc = json_read(row->payload, row->payload_len, &o, err);
	member = json_str(o, "member");
	if (rc == HRV_OK && add && member != NULL &&
	    strcmp(member, p->fpr) == 0)
		p->from = l.time;
	if (rc == HRV_OK && split)
		take_split(p, o);
	if (rc == HRV_OK && confirm)
		take_confirm(p, o);
	json_decref(o);
	return rc;
}

/* HRV_EREFUSED unless somebody else is granted the key, or shares of it lie
 * with people who can put it together again. */
static int
check_holder(struct hrv_vault *v, const struct slots *next, const char *fpr,
    const char *id, struct hrv_err *err)
{
	struct past p = { .fpr = fpr, .key = id };
	struct hrv_err ignored;
	int rc;

	for (size_t i = 0; i < next->n_members; i++) {
		if (slots_granted(next, next->members[i].fpr, id))
			return HRV_OK;
	}
	rc = log_each(v->db, 0, take_past, &p, err);
	if (rc != HRV_OK)
		return rc;
	/* A restored vault knows of the split and has not its file. */
	if (p.split &&
	    split_package_check(v, p.ready, p.file, &ignored) == HRV_OK)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "last-holder",
	    "nobody but %s holds the key %s: what it wraps would be lost", fpr,
	    id);
	return hrv_hint(err, "let a holder grant it to somebody first "
			     "('hrvault member add' or 'member renew "
			     "--compartment'), or split it ('hrvault key "
			     "split')");
}

static int
check_holders(struct hrv_vault *v, const struct slots *next, const char *fpr,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_keys; i++) {
		const struct slot_key *k = &v->slots->keys[i];

		if (k->status != KEY_DESTROYED &&
		    slots_granted(v->slots, fpr, k->id))
			rc = check_holder(v, next, fpr, k->id, err);
	}
	return rc;
}

/* The member's line goes, one that says from when to when comes. */
static int
make_next(struct hrv_vault *v, const struct slot_member *m, struct slots **ret,
    struct hrv_err *err)
{
	struct past p = { .fpr = m->fpr };
	struct slot_former f;
	struct slots *next = NULL;
	int rc = log_each(v->db, 0, take_past, &p, err);

	memcpy(f.fpr, m->fpr, sizeof(f.fpr));
	if (rc == HRV_OK &&
	    (!when_format(p.from, f.from) || !when_format(vault_now(v), f.to)))
		rc = hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	if (rc == HRV_OK)
		rc = slotnext_new(v, &next, err);
	if (rc == HRV_OK) {
		slots_drop_member(next, m->fpr);
		rc = slots_add_former(next, &f, err);
	}
	if (rc != HRV_OK) {
		slots_free(next);
		return rc;
	}
	*ret = next;
	return HRV_OK;
}

static int
remove_rows(struct hrv_vault *v, struct member_change *c, uint64_t leaf,
    struct hrv_err *err)
{
	const char *fpr = json_str(c->payload, "member");
	int rc =
	    exposed_add(v, fpr, json_object_get(c->payload, "ids"), leaf, err);

	return rc == HRV_OK ? proposal_withdraw(v, fpr, err) : rc;
}

/* What was done and what is left to do. */
static int
make_doc(struct hrv_vault *v, const char *fpr, struct hrv_doc **ret,
    struct hrv_err *err)
{
	json_t *tasks = NULL, *doc = json_object();
	int rc = exposed_tasks(v, &tasks, err);

	if (rc == HRV_OK &&
	    (doc == NULL || json_set_str(doc, "fingerprint", fpr) ||
		json_set_str(doc, "status", "former") ||
		json_object_set(doc, "rotations", tasks)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(tasks);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_member_remove(struct hrv_vault *v, const char *who,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct member_change c = { .op = "member.remove",
		.rows = remove_rows,
		.payload = json_object() };
	struct entry e = ENTRY("member.remove");
	const struct slot_member *m = NULL;
	char fpr[FPR_SIZE] = "";
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_OK)
		rc = member_find(v->slots, who, &m, NULL, err);
	if (rc == HRV_OK) {
		memcpy(fpr, m->fpr, sizeof(fpr));
		rc = make_next(v, m, &c.next, err);
	}
	if (rc == HRV_OK)
		rc = member_check_approvers(v, c.next, err);
	if (rc == HRV_OK)
		rc = check_holders(v, c.next, fpr, err);
	if (rc == HRV_EREFUSED) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (rc == HRV_OK &&
	    (c.payload == NULL || json_set_str(c.payload, "change", "remove") ||
		member_describe(c.payload, v->slots, m)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = member_commit(v, &c, err);
	if (rc == HRV_OK)
		rc = make_doc(v, fpr, ret_doc, err);
out:
	slots_free(c.next);
	json_decref(c.payload);
	return rc;
}
