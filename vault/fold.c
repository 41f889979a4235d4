/* SPDX-License-Identifier: ISC */
/*
 * Folding the log. Layer: verbs. Invariant: only entries that succeeded have
 * an effect, and the fold of the same entries is always the same.
 */
#include "vault/fold.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/scope.h"

static int
cmp_thing(const void *a, const void *b)
{
	const struct fold_thing *x = a, *y = b;

	if (x->id.kind != y->id.kind)
		return x->id.kind < y->id.kind ? -1 : 1;
	return memcmp(x->id.b, y->id.b, ID_BYTES);
}

int
fold_init(
    struct fold *f, const struct hrv_id *things, size_t n, struct hrv_err *err)
{
	*f = (struct fold){ 0 };
	f->things = calloc(n + 1, sizeof(*f->things));
	if (f->things == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		f->things[i].id = things[i];
	f->n_things = n;
	if (n > 1)
		qsort(f->things, n, sizeof(*f->things), cmp_thing);
	return HRV_OK;
}

void
fold_clear(struct fold *f)
{
	free(f->things);
	free(f->holds);
	caselog_clear(&f->cases);
	free(f->orders);
	free(f->policies);
	free(f->restored);
	owned_clear(&f->owned);
	*f = (struct fold){ 0 };
}

const struct fold_thing *
fold_find(const struct fold *f, const struct hrv_id *id)
{
	struct fold_thing key = { .id = *id };

	return f->n_things == 0 ? NULL
				: bsearch(&key, f->things, f->n_things,
				      sizeof(key), cmp_thing);
}

static void
note_state(struct fold *f, const struct hrv_id *id, const uint8_t state[32],
    const struct leaf *leaf)
{
	struct fold_thing key = { .id = *id }, *t;

	if (f->n_things == 0)
		return;
	t = bsearch(&key, f->things, f->n_things, sizeof(key), cmp_thing);
	if (t == NULL)
		return;
	if (!t->known)
		t->first = leaf->index;
	t->known = true;
	t->time = leaf->time;
	memcpy(t->state, state, sizeof(t->state));
}

/* A state in the entry itself: of its case, its record, or else of its
 * subject. */
static void
fold_state(struct fold *f, const struct leaf *leaf)
{
	struct hrv_id id;

	if ((leaf->has & LEAF_STATE) == 0)
		return;
	if (leaf->kase[0] != '\0') {
		if (id_parse(leaf->kase, ID_CASE, &id))
			note_state(f, &id, leaf->state, leaf);
		return;
	}
	if (leaf->record[0] != '\0') {
		if (id_parse(leaf->record, ID_RECORD, &id))
			note_state(f, &id, leaf->state, leaf);
	} else if (leaf->subject[0] != '\0') {
		if (id_parse(leaf->subject, ID_SUBJECT, &id))
			note_state(f, &id, leaf->state, leaf);
	}
}

static void
fold_manifest(
    struct fold *f, const struct leaf *leaf, const struct manifest *things)
{
	if (things == NULL || !things->states)
		return;
	for (size_t i = 0; i < things->n; i++)
		note_state(f, &things->rows[i].id, things->rows[i].state, leaf);
}

static int
damaged(const struct leaf *leaf, struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the payload of log entry %llu is not one of %s",
	    (unsigned long long)leaf->index, leaf->op->name);
}

static int
hold_placed(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	struct fold_hold h = { .active = true }, *list;
	struct buf canon = BUF_INIT;
	size_t at = 0;
	int rc;

	if (!id_parse(leaf->hold, ID_HOLD, &h.id))
		return damaged(leaf, err);
	rc = json_canonical(json_object_get(payload, "scope"), &canon, err);
	if (rc == HRV_OK)
		crypt_sha256(canon.data, canon.len, h.scope);
	buf_clear(&canon);
	if (rc != HRV_OK)
		return damaged(leaf, err);
	list = realloc(f->holds, (f->n_holds + 1) * sizeof(*list));
	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	f->holds = list;
	while (at < f->n_holds && memcmp(list[at].id.b, h.id.b, ID_BYTES) < 0)
		at++;
	memmove(list + at + 1, list + at, (f->n_holds - at) * sizeof(*list));
	list[at] = h;
	f->n_holds++;
	return HRV_OK;
}

static int
hold_released(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const char *free_from = json_str(payload, "free_from");
	struct hrv_id id;

	if (!id_parse(leaf->hold, ID_HOLD, &id) || free_from == NULL ||
	    strlen(free_from) != 10)
		return damaged(leaf, err);
	for (size_t i = 0; i < f->n_holds; i++) {
		if (!id_equal(&f->holds[i].id, &id))
			continue;
		f->holds[i].active = false;
		memcpy(f->holds[i].free_from, free_from, 11);
		return HRV_OK;
	}
	return damaged(leaf, err);
}

/* Nothing can be taken away: less its last addition, the new scope is the one
 * that was in force. */
static int
hold_amended(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const json_t *scope = json_object_get(payload, "scope");
	struct buf canon = BUF_INIT;
	uint8_t was[32];
	struct hrv_id id;
	size_t at = 0;
	int rc;

	if (scope == NULL) /* a new day of review only */
		return HRV_OK;
	if (!id_parse(leaf->hold, ID_HOLD, &id))
		return damaged(leaf, err);
	while (at < f->n_holds && !id_equal(&f->holds[at].id, &id))
		at++;
	if (at == f->n_holds || !f->holds[at].active ||
	    !scope_hash_before(scope, was) ||
	    memcmp(was, f->holds[at].scope, sizeof(was)) != 0)
		return damaged(leaf, err);
	rc = json_canonical(scope, &canon, err);
	if (rc == HRV_OK)
		crypt_sha256(canon.data, canon.len, f->holds[at].scope);
	buf_clear(&canon);
	return rc;
}

int
fold_policy_add(
    struct fold *f, const struct fold_policy *policy, struct hrv_err *err)
{
	struct fold_policy *list =
	    realloc(f->policies, (f->n_policies + 1) * sizeof(*list));

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	f->policies = list;
	list[f->n_policies++] = *policy;
	memcpy(f->policy, policy->hash, sizeof(f->policy));
	f->has_policy = true;
	f->policy_time = policy->time;
	return HRV_OK;
}

static int
policy_adopted(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	struct fold_policy p = { .leaf = leaf->index, .time = leaf->time };
	const char *hash = json_str(payload, "sha256");

	if (hash == NULL ||
	    !enc_unhex(hash, strlen(hash), p.hash, sizeof(p.hash)))
		return damaged(leaf, err);
	return fold_policy_add(f, &p, err);
}

static int
hold_back(struct fold *f, uint64_t entry, struct hrv_err *err)
{
	uint64_t *list =
	    realloc(f->restored, (f->n_restored + 1) * sizeof(*list));

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	f->restored = list;
	list[f->n_restored++] = entry;
	return HRV_OK;
}

int
fold_restored(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	size_t kept = 0;

	if (strcmp(leaf->op->name, "restore") == 0)
		return json_int(payload, "held_back", 0) == 0
			   ? HRV_OK
			   : hold_back(f, leaf->index, err);
	/* Nobody has the entries that are given up. */
	if (strcmp(leaf->op->name, "rollback.accept") == 0)
		return hold_back(f, leaf->index, err);
	for (size_t i = 0; i < f->n_restored; i++) {
		if ((int64_t)f->restored[i] != json_int(payload, "restore", -1))
			f->restored[kept++] = f->restored[i];
	}
	f->n_restored = kept;
	return HRV_OK;
}

/* Operations with an effect of their own. */
static int
fold_op(struct fold *f, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const char *op = leaf->op->name;

	if (strcmp(op, "hold.place") == 0)
		return hold_placed(f, leaf, payload, err);
	if (strcmp(op, "hold.amend") == 0)
		return hold_amended(f, leaf, payload, err);
	if (strcmp(op, "hold.release") == 0)
		return hold_released(f, leaf, payload, err);
	if (strcmp(op, "policy.adopt") == 0)
		return policy_adopted(f, leaf, payload, err);
	if (strcmp(op, "restore") == 0 || strcmp(op, "restore.confirm") == 0 ||
	    strcmp(op, "rollback.accept") == 0)
		return fold_restored(f, leaf, payload, err);
	if ((strcmp(op, "purge.commit") == 0 ||
		strcmp(op, "purge.heartbeat") == 0) &&
	    json_int(payload, "whole", 0) == 1)
		f->whole_time = leaf->time;
	return HRV_OK;
}

/* A finished run, or a confirmation by people, makes the clock credible. */
static bool
clears_clock(const char *op)
{
	return strcmp(op, "purge.heartbeat") == 0 ||
	       strcmp(op, "purge.certificate") == 0 ||
	       strcmp(op, "clock.confirm") == 0;
}

static void
fold_clock(struct fold *f, const struct leaf *leaf)
{
	if (f->size > 0 && leaf->time - f->last_time > f->max_gap)
		f->max_gap = leaf->time - f->last_time;
	f->last_time = leaf->time;
	if (f->size == 0 || leaf->time > f->newest)
		f->newest = leaf->time;
	if (leaf->result == LEAF_OK && clears_clock(leaf->op->name)) {
		f->max_gap = 0;
		/* People who confirm a clock that was set back say that the
		 * later times were wrong. */
		if (strcmp(leaf->op->name, "clock.confirm") == 0)
			f->newest = leaf->time;
	}
}

int
fold_leaf(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	struct leaf at = *leaf;
	int rc;

	fold_clock(f, leaf);
	f->size = leaf->index + 1;
	/* What a clock that was slow called past happened after all that was
	 * written before it, or a notice would begin before its entry. */
	at.time = f->newest;
	leaf = &at;
	rc = owned_leaf(f, leaf, payload, things, err);
	if (rc != HRV_OK || leaf->result != LEAF_OK)
		return rc;
	fold_state(f, leaf);
	fold_manifest(f, leaf, things);
	rc = caselog_leaf(&f->cases, leaf, payload, things, err);
	if (rc == HRV_OK && leaf->phase != OP_INTENT &&
	    strncmp(leaf->op->name, "case.", 5) == 0)
		return fold_case(f, leaf, payload, things, err);
	if (rc == HRV_OK && leaf->phase != OP_INTENT)
		rc = fold_refiled(f, leaf, payload, things, err);
	return rc == HRV_OK ? fold_op(f, leaf, payload, err) : rc;
}

int
fold_holds_hash(const struct fold *f, uint8_t out[32], struct hrv_err *err)
{
	struct buf list = BUF_INIT;
	int rc;

	buf_addc(&list, '[');
	for (size_t i = 0; i < f->n_holds; i++) {
		if (f->holds[i].active)
			inforce_hold_line(
			    &list, &f->holds[i].id, f->holds[i].scope);
	}
	buf_addc(&list, ']');
	rc = buf_ok(&list, err);
	if (rc == HRV_OK)
		crypt_sha256(list.data, list.len, out);
	buf_clear(&list);
	return rc;
}
