/* SPDX-License-Identifier: ISC */
/*
 * Folding the log: which holds are active, which schedule and slot file are
 * in force, each as the entries so far make it. Layer: verbs. Invariant: an
 * entry names what was in force before it; the tables say what is in force
 * after the last one. Only entries that were carried out change anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/scope.h"
#include "vault/store/db.h"
#include "vault/succession.h"
#include "vault/verify_int.h"

static bool
is_op(const struct leaf *l, const char *name)
{
	return strcmp(l->op->name, name) == 0;
}

static bool
has_prefix(const struct leaf *l, const char *prefix)
{
	return strncmp(l->op->name, prefix, strlen(prefix)) == 0;
}

/* The canonical list as inforce_holds() makes it from the table. */
static int
hash_holds(struct verify *y, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_addc(&b, '[');
	for (size_t i = 0; i < y->n_holds; i++)
		inforce_hold_line(&b, &y->holds[i].id, y->holds[i].scope);
	buf_addc(&b, ']');
	rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, y->holds_hash);
	buf_clear(&b);
	return rc;
}

int
verify_fold_begin(struct verify *y, struct hrv_err *err)
{
	memcpy(y->slots, y->v->id, sizeof(y->slots));
	return hash_holds(y, err);
}

/* A change of members or keys puts a new slot file in force. */
static bool
moves_slots(const struct leaf *l)
{
	if (is_op(l, "key.split") || is_op(l, "key.confirm"))
		return false;
	return has_prefix(l, "slots.") || has_prefix(l, "member.") ||
	       has_prefix(l, "key.") || is_op(l, "restore") ||
	       is_op(l, "rollback.accept");
}

/* The entry that makes the change may itself name either side of it. */
static bool
changes_holds(const struct leaf *l)
{
	return is_op(l, "hold.place") || is_op(l, "hold.amend") ||
	       is_op(l, "hold.release") || is_op(l, "restore");
}

void
verify_fold_before(struct verify *y, const struct leaf *l)
{
	bool named = (l->has & LEAF_POLICY) != 0;

	if (memcmp(l->slots, y->slots, 32) != 0 && !y->slots_moved &&
	    !moves_slots(l))
		verify_problem(y, y->f.size,
		    "it names a slot file that no entry put in force");
	memcpy(y->slots, l->slots, 32);
	y->slots_moved = moves_slots(l);
	if (!is_op(l, "policy.adopt") &&
	    (named != y->has_policy ||
		(named && memcmp(l->policy, y->policy, 32) != 0)))
		verify_problem(y, y->f.size,
		    "it names another schedule than the one in force");
	if (!changes_holds(l) && memcmp(l->holds, y->holds_hash, 32) != 0)
		verify_problem(
		    y, y->f.size, "it names other holds than were active");
}

/* Where the hold is or belongs. */
static size_t
hold_at(const struct verify *y, const struct hrv_id *id, bool *ret_found)
{
	size_t i = 0;
	int c = 1;

	while (i < y->n_holds &&
	       (c = memcmp(y->holds[i].id.b, id->b, ID_BYTES)) < 0)
		i++;
	*ret_found = i < y->n_holds && c == 0;
	return i;
}

static int
place_hold(struct verify *y, const struct hrv_id *id, const json_t *json,
    struct hrv_err *err)
{
	struct buf scope = BUF_INIT;
	struct verify_hold *list;
	bool found;
	size_t at = hold_at(y, id, &found);
	int rc = HRV_EUSAGE;

	if (found) {
		verify_problem(y, y->f.size, "this hold was placed before");
		return HRV_OK;
	}
	if (json_object_get(json, "scope") != NULL)
		rc =
		    json_canonical(json_object_get(json, "scope"), &scope, err);
	if (rc != HRV_OK) {
		buf_clear(&scope);
		verify_problem(y, y->f.size, "a hold without a scope");
		return HRV_OK;
	}
	list = realloc(y->holds, (y->n_holds + 1) * sizeof(*list));
	if (list == NULL) {
		buf_clear(&scope);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	y->holds = list;
	memmove(list + at + 1, list + at, (y->n_holds - at) * sizeof(*list));
	list[at] = (struct verify_hold){ .id = *id };
	crypt_sha256(scope.data, scope.len, list[at].scope);
	y->n_holds++;
	buf_clear(&scope);
	return hash_holds(y, err);
}

static int
amend_hold(struct verify *y, const struct hrv_id *id, const json_t *json,
    struct hrv_err *err)
{
	const json_t *scope = json_object_get(json, "scope");
	struct buf text = BUF_INIT;
	uint8_t was[32];
	bool found;
	size_t at = hold_at(y, id, &found);

	if (!found) {
		verify_problem(
		    y, y->f.size, "it extends a hold that was not active");
		return HRV_OK;
	}
	if (scope == NULL) /* a new day of review only */
		return HRV_OK;
	if (!scope_hash_before(scope, was) ||
	    memcmp(was, y->holds[at].scope, sizeof(was)) != 0 ||
	    json_canonical(scope, &text, NULL) != HRV_OK) {
		buf_clear(&text);
		verify_problem(y, y->f.size,
		    "it does not only add to the hold that it extends");
		return HRV_OK;
	}
	crypt_sha256(text.data, text.len, y->holds[at].scope);
	buf_clear(&text);
	return hash_holds(y, err);
}

static int
release_hold(struct verify *y, const struct hrv_id *id, struct hrv_err *err)
{
	bool found;
	size_t at = hold_at(y, id, &found);

	if (!found) {
		verify_problem(
		    y, y->f.size, "it releases a hold that was not active");
		return HRV_OK;
	}
	y->n_holds--;
	memmove(y->holds + at, y->holds + at + 1,
	    (y->n_holds - at) * sizeof(*y->holds));
	return hash_holds(y, err);
}

static int
fold_hold(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	struct hrv_id id;

	if (!id_parse(l->hold, ID_HOLD, &id)) {
		verify_problem(y, y->f.size, "it does not name its hold");
		return HRV_OK;
	}
	if (is_op(l, "hold.place"))
		return place_hold(y, &id, json, err);
	return is_op(l, "hold.amend") ? amend_hold(y, &id, json, err)
				      : release_hold(y, &id, err);
}

static int
fold_policy(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const char *kind = json_str(json, "kind");
	const char *id = json_str(json, "id");
	const char *hex = json_str(json, "sha256");
	struct verify_policy p = { .leaf = y->f.size }, *list;

	if (kind == NULL || id == NULL || hex == NULL ||
	    !enc_unhex(hex, strlen(hex), p.hash, sizeof(p.hash))) {
		verify_problem(
		    y, y->f.size, "it does not say what was adopted");
		return HRV_OK;
	}
	snprintf(p.kind, sizeof(p.kind), "%s", kind);
	snprintf(p.id, sizeof(p.id), "%s", id);
	list = realloc(y->policies, (y->n_policies + 1) * sizeof(*list));
	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	y->policies = list;
	list[y->n_policies++] = p;
	if (strcmp(kind, "schedule") == 0) {
		memcpy(y->policy, p.hash, sizeof(y->policy));
		y->has_policy = true;
	}
	return HRV_OK;
}

/* A step that makes no sense is a finding, not the end of the verification. */
static int
fold_case(struct verify *y, const struct leaf *l, const json_t *json,
    const struct manifest *things, struct hrv_err *err)
{
	int rc = caselog_leaf(&y->cases, l, json, things, err);

	if (rc != HRV_EINTEGRITY)
		return rc;
	verify_problem(y, y->f.size, "it is no step of a case that was opened");
	return HRV_OK;
}

/* The log goes on under another key with the same origin. */
static int
fold_logkey(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const char *text = json_str(json, "vkey");
	struct note_vkey vkey;

	if (text == NULL ||
	    note_vkey_parse(text, strlen(text), &vkey, NULL) != HRV_OK ||
	    strcmp(vkey.name, y->vkey.name) != 0) {
		verify_problem(
		    y, y->f.size, "it does not give the log another key");
		return HRV_OK;
	}
	y->vkey = vkey;
	return verify_keys_succession(y, text, err);
}

/* The log goes on under another origin with the same key. */
static int
fold_succession(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const char *origin = json_str(json, "origin");
	const char *was = json_str(json_object_get(json, "from"), "origin");
	const char *lost = json_str(json_object_get(json, "before"), "origin");
	const char *reason = json_str(json, "reason");
	char next[NOTE_NAME_MAX + 1] = "";
	uint8_t pub[32];

	if (reason != NULL && strcmp(reason, "key") == 0)
		return fold_logkey(y, json, err);
	if (origin == NULL || was == NULL || lost == NULL ||
	    strcmp(was, y->vkey.name) != 0 ||
	    succession_next(succession_later(lost, was) ? lost : was, next,
		NULL) != HRV_OK ||
	    strcmp(next, origin) != 0) {
		verify_problem(y, y->f.size,
		    "it does not continue the origin that the log had");
		return HRV_OK;
	}
	memcpy(pub, y->vkey.pub, sizeof(pub));
	return note_vkey_init(&y->vkey, origin, pub, err);
}

int
verify_fold_after(struct verify *y, const struct leaf *l, const json_t *json,
    const struct manifest *things, struct hrv_err *err)
{
	int rc;

	if (l->phase == OP_INTENT || l->result != LEAF_OK)
		return HRV_OK;
	rc = verify_rows_after(y, l, json, err);
	if (rc != HRV_OK)
		return rc;
	y->founded = y->founded || json_int(json, "founding_ended", 0) != 0;
	if (is_op(l, "log.succession"))
		return fold_succession(y, json, err);
	if (is_op(l, "hold.place") || is_op(l, "hold.amend") ||
	    is_op(l, "hold.release")) {
		rc = fold_hold(y, l, json, err);
		return rc == HRV_OK ? verify_holds_after(y, l, json, err) : rc;
	}
	if (has_prefix(l, "hold.") || is_op(l, "subject.member"))
		return verify_holds_after(y, l, json, err);
	if (is_op(l, "policy.adopt") || is_op(l, "law.adopt") ||
	    is_op(l, "calendar.adopt") || is_op(l, "controller.adopt"))
		return fold_policy(y, json, err);
	if (has_prefix(l, "member.") || has_prefix(l, "key.")) {
		rc = verify_keys_after(y, l, json, err);
		return rc != HRV_OK ? rc : verify_share_entry(y, l, json, err);
	}
	return fold_case(y, l, json, things, err);
}
