/* SPDX-License-Identifier: ISC */
/*
 * Taking in what custodians confirm, and telling how far a split is. Layer:
 * verbs. Invariant: a split counts when every custodian signed that the very
 * share that was made could be opened.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/custody.h"
#include "vault/crypto/crypt.h"
#include "vault/split.h"
#include "vault/txn.h"

/* Whether anything is to be confirmed here at all. */
static int
check_waits(struct hrv_vault *v, const struct share_word *w, struct split *s,
    struct hrv_err *err)
{
	int rc;

	if (memcmp(w->vault, v->id, sizeof(v->id)) != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "this share is of another vault");
	rc = split_find(v, w->split, s, err);
	if (rc == HRV_OK && s->state == SPLIT_REPLACED)
		rc = hrv_fail_as(err, HRV_EREFUSED, "replaced",
		    "split %s was replaced by a later one: its shares are "
		    "worth nothing any more",
		    s->hex);
	return rc;
}

/* Shares that open nothing must not take the place of a split that opens. */
static int
check_package(struct hrv_vault *v, const struct split *s, const json_t *payload,
    struct hrv_err *err)
{
	const char *hash = json_str(payload, "package");
	struct hrv_err why;
	int rc = split_package_check(v, s->hex, hash == NULL ? "" : hash, &why);

	if (rc != HRV_ENOTFOUND && rc != HRV_EINTEGRITY) {
		if (rc != HRV_OK)
			*err = why;
		return rc;
	}
	hrv_fail(err, HRV_EINTEGRITY,
	    "the vault's file recovery.%s %s: the shares of this split open "
	    "nothing",
	    s->hex, rc == HRV_ENOTFOUND ? "is missing" : "is another one");
	return hrv_hint(err, "put the file back from a copy of the folder, or "
			     "'hrvault key split --withdraw' and divide the "
			     "keys again");
}

static int
log_confirmation(struct hrv_vault *v, const struct share_word *w,
    const struct split *s, struct hrv_err *err)
{
	struct entry e = ENTRY("key.confirm");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || json_set_str(p, "split", s->hex) ||
	    json_set_int(p, "index", (int64_t)w->index) ||
	    json_set_str(p, "custodian", w->custodian) ||
	    json_set_b64(p, "signature", w->sig.data, w->sig.len))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = split_set_confirmed(v, s, w->index, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

/* How it stands now. */
static int
confirm_result(struct hrv_vault *v, const struct share_word *w,
    struct hrv_doc **ret, struct hrv_err *err)
{
	struct split s;
	json_t *o = json_object();
	int rc = split_find(v, w->split, &s, err);

	if (rc == HRV_OK &&
	    (o == NULL || json_set_str(o, "split", s.hex) ||
		json_set_int(o, "index", (int64_t)w->index) ||
		json_set_str(o, "custodian", w->custodian) ||
		json_set_int(o, "threshold", (int64_t)s.m) ||
		json_set_int(o, "shares", (int64_t)s.n) ||
		json_set_int(o, "confirmed", (int64_t)s.confirmed) ||
		json_set_str(o, "state", split_state_name(s.state))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

/* It is taken in, whatever comes now: what could not be tidied, the next
 * transaction does. */
static int
confirmed(struct hrv_vault *v, const struct share_word *w, struct hrv_doc **ret,
    struct hrv_err *err)
{
	struct hrv_err why;
	int rc;

	(void)!split_tidy(v, &why);
	rc = confirm_result(v, w, ret, &why);
	if (rc == HRV_OK)
		return HRV_OK;
	hrv_fail(err, HRV_EPARTIAL,
	    "the confirmation of %s was taken in, but how the split stands now "
	    "cannot be told: %s",
	    w->custodian, why.msg);
	return hrv_hint(err, "'hrvault key check' shows it");
}

int
hrv_key_confirm(struct hrv_vault *v, const struct hrv_blob *word,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct share_word w = { .pass = false };
	struct entry e = ENTRY("key.confirm");
	struct split s = { .n = 0 };
	json_t *payload = NULL;
	size_t used = 0;
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_OK)
		rc = share_word_parse(
		    word->data, word->len, false, &w, &used, err);
	if (rc == HRV_OK && used != word->len)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "something follows the confirmation");
	if (rc == HRV_OK)
		rc = check_waits(v, &w, &s, err);
	if (rc == HRV_OK)
		rc = split_payload(v, &s, &payload, err);
	if (rc == HRV_OK)
		rc = split_check_word(v, &s, payload, &w, err);
	if (rc == HRV_OK)
		rc = check_package(v, &s, payload, err);
	if (rc == HRV_OK)
		rc = log_confirmation(v, &w, &s, err);
	if (rc == HRV_EREFUSED || rc == HRV_EINTEGRITY)
		rc = txn_refuse(v, &e, err);
	if (rc == HRV_OK)
		rc = confirmed(v, &w, ret_doc, err);
	json_decref(payload);
	share_word_clear(&w);
	return rc;
}

/* Whether the list has another version of the key. */
static bool
has_version(const json_t *ids, const char *name)
{
	char other[KEY_ID_SIZE];
	uint32_t version;

	for (size_t i = 0; i < json_array_size(ids); i++) {
		const char *id = json_string_value(json_array_get(ids, i));

		if (id != NULL && slots_key_split(id, other, &version) &&
		    strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static bool
has_id(const json_t *ids, const char *id)
{
	for (size_t i = 0; i < json_array_size(ids); i++) {
		const char *t = json_string_value(json_array_get(ids, i));

		if (t != NULL && strcmp(t, id) == 0)
			return true;
	}
	return false;
}

/* Keys in force that came after the split: shares do not lead to them. */
static json_t *
missing_keys(const struct slots *s, const json_t *payload)
{
	const json_t *ids = json_object_get(payload, "ids");
	json_t *list = json_array();
	char name[KEY_ID_SIZE];
	uint32_t version;

	for (size_t i = 0; list != NULL && i < s->n_keys; i++) {
		const struct slot_key *k = &s->keys[i];

		if (k->status != KEY_ENABLED || has_id(ids, k->id) ||
		    !slots_key_split(k->id, name, &version) ||
		    !has_version(ids, name))
			continue;
		(void)json_array_append_new(list, json_string(k->id));
	}
	return list;
}

static int
describe(
    struct hrv_vault *v, const struct split *s, json_t *o, struct hrv_err *err)
{
	json_t *payload = NULL;
	int rc = split_payload(v, s, &payload, err);
	int bad = 0;

	if (rc == HRV_OK)
		bad = json_set_str(o, "state", split_state_name(s->state)) ||
		      json_set_str(o, "split", s->hex) ||
		      json_set_int(o, "threshold", (int64_t)s->m) ||
		      json_set_int(o, "shares", (int64_t)s->n) ||
		      json_set_int(o, "confirmed", (int64_t)s->confirmed) ||
		      json_object_set_new(
			  o, "missing", missing_keys(v->slots, payload));
	json_decref(payload);
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : rc;
}

int
split_status(struct hrv_vault *v, json_t **ret, struct hrv_err *err)
{
	struct split *list = NULL;
	json_t *o = json_object();
	size_t n = 0;
	int rc = split_list(v, &list, &n, err);

	if (rc == HRV_OK && o == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && n > 0 && list[0].state != SPLIT_REPLACED)
		rc = describe(v, &list[0], o, err);
	else if (rc == HRV_OK && json_set_str(o, "state", "none"))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	free(list);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}
