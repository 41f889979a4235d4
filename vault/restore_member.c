/* SPDX-License-Identifier: ISC */
/*
 * Members who lost keys after the snapshot. Layer: verbs. Invariant: nobody
 * gets back by a restore what was taken from him: a key backup from before is
 * refused; with a later one, what he knew is still to be rotated.
 */
#include <string.h>

#include "vault/base/when.h"
#include "vault/exposed.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/txn.h"

/* Whether a list of the payload has that word. */
static bool
has(const json_t *list, const char *word, size_t len)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *t = json_string_value(json_array_get(list, i));

		if (t != NULL && strlen(t) == len && memcmp(t, word, len) == 0)
			return true;
	}
	return false;
}

/* Whether the slot file of the key backup gives a member more than he had
 * after this renewal: a compartment, a key, or a later last day. */
static bool
gives_more(const struct slots *s, const json_t *p)
{
	const char *fpr = json_str(p, "member"), *until = json_str(p, "until");
	const struct slot_member *m = fpr == NULL ? NULL : slots_member(s, fpr);
	const json_t *comps = json_object_get(p, "compartments");
	const char *at;

	if (m == NULL)
		return false;
	if (json_array_size(json_object_get(p, "dropped")) > 0)
		return true;
	if (until != NULL &&
	    (m->until[0] == '\0' || strcmp(m->until, until) > 0))
		return true;
	for (at = m->compartments; *at != '\0' && strcmp(at, "-") != 0;) {
		size_t len = strcspn(at, ",");

		if (!has(comps, at, len))
			return true;
		at += len + (at[len] == ',');
	}
	return false;
}

static int
refuse(uint64_t index, const struct leaf *l, bool removed, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1] = "?";

	(void)!when_format(l->time, now);
	now[10] = '\0';
	hrv_fail_as(err, HRV_EREFUSED, "older-keys",
	    removed ? "a member was removed after this key backup was made; it "
		      "would give the keys back"
		    : "a member lost a compartment or time after this key "
		      "backup was made; it would give them back");
	return hrv_hint(err,
	    "use a newer key backup, one that covers %llu entries of the log "
	    "or more (%s or later; the head of each .hrvk file says it): one "
	    "is to be made after every change of members",
	    (unsigned long long)index + 1, now);
}

/* What he knew is to be rotated: the entry that said so is given up. */
static int
expose(
    struct hrv_vault *v, const json_t *p, const char *list, struct hrv_err *err)
{
	const char *fpr = json_str(p, "member");
	json_t *ids = json_object_get(p, list);
	struct entry e = ENTRY("member.exposed");
	json_t *again;
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (fpr == NULL || json_array_size(ids) == 0)
		return HRV_OK;
	again = json_object();
	if (again == NULL || json_set_str(again, "member", fpr) ||
	    json_object_set(again, "ids", ids))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = again;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = exposed_add(v, fpr, ids, leaf, err);
	json_decref(again);
	return rc;
}

static int
judge(struct restore *r, uint64_t index, const struct leaf *l, const json_t *p,
    struct hrv_err *err)
{
	bool removed = strcmp(l->op->name, "member.remove") == 0;
	struct slots *s = NULL;
	bool more = removed;
	int rc = HRV_OK;

	if (index < r->keys.log.size)
		return expose(r->v, p, removed ? "ids" : "dropped", err);
	if (!removed) {
		rc =
		    slots_parse(r->keys.slots.data, r->keys.slots.len, &s, err);
		more = rc == HRV_OK && gives_more(s, p);
		slots_free(s);
	}
	return rc == HRV_OK && more ? refuse(index, l, removed, err) : rc;
}

int
restore_member(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	json_t *p = NULL;
	int rc;

	if (l->result != LEAF_OK ||
	    (strcmp(l->op->name, "member.remove") != 0 &&
		strcmp(l->op->name, "member.renew") != 0))
		return HRV_OK;
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	if (rc == HRV_OK)
		rc = judge(r, index, l, p, err);
	json_decref(p);
	return rc;
}
