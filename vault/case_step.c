/* SPDX-License-Identifier: ISC */
/*
 * Writing a step of a case, see case.h. Layer: verbs. Invariant: a row of the
 * timeline, the state of the case and the entry that states it are one commit.
 */
#include <string.h>

#include "vault/base/enc.h"
#include "vault/case.h"
#include "vault/crypto/crypt.h"
#include "vault/detail.h"
#include "vault/proposal.h"
#include "vault/receipt.h"
#include "vault/store/db.h"

static json_t *
events_value(const struct kase *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->n_events; i++) {
		json_t *e =
		    json_pack("[s,s]", k->events[i].name, k->events[i].day);

		if (e == NULL || json_array_append_new(list, e) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
hex_value(const uint8_t hash[32])
{
	struct buf hex = BUF_INIT;
	json_t *text;

	enc_hex(&hex, hash, 32);
	text = hex.failed ? NULL : json_string(buf_str(&hex));
	buf_clear(&hex);
	return text;
}

static json_t *
items_value(const struct kase *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];
		char text[ID_TEXT_SIZE];
		json_t *e;
		int bad = 0;

		id_format(&it->record, text);
		e = json_pack("[s,I,s,s,s]", text, (json_int_t)it->n,
		    it->disposition, it->code, it->gate);
		if (e != NULL && case_item_copied(it))
			bad = json_array_append_new(e, hex_value(it->copy));
		if (bad || e == NULL || json_array_append_new(list, e) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int
told_value(const struct kase *k, json_t *o)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < k->n_told; i++) {
		char text[ID_TEXT_SIZE];
		json_t *e;

		id_format(&k->told[i].recipient, text);
		e = json_pack("[s,s]", text, k->told[i].day);
		if (e == NULL || json_array_append_new(list, e) != 0) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(o, "told", list);
}

int
case_state(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	struct buf b = BUF_INIT;
	char subject[ID_TEXT_SIZE];
	json_t *o = NULL;
	int rc = case_rows(v, id, &k, err);

	if (rc != HRV_OK)
		goto out;
	/* As the row has it: who merges two people changes no case. */
	id_format(&k.filed, subject);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "claim", k.claim,
	    "frozen_until", k.frozen_until, "received", k.received, "status",
	    k.status, "subject", subject, "events", events_value(&k), "items",
	    items_value(&k));
	if (o == NULL || json_set_hex(o, "law", k.law_hash, 32) ||
	    json_set_hex(o, "calendar", k.calendar_hash, 32) ||
	    json_object_set_new(o, "frozen", hex_value(k.frozen)) ||
	    (k.n_told > 0 && told_value(&k, o)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = json_canonical(o, &b, err);
	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, out);
out:
	json_decref(o);
	buf_clear(&b);
	case_clear(&k);
	return rc;
}

int
case_event_add(struct hrv_vault *v, const struct hrv_id *id, const char *name,
    const char *day, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_ADD_EVENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, name);
	(void)db_bind_text(st, 3, day);
	(void)db_bind_int(st, 4, (int64_t)v->frontier.size);
	return db_run(st, err);
}

int
case_set_status(struct hrv_vault *v, const struct hrv_id *id,
    const char *status, const char *frozen_until, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_SET_STATUS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, status);
	(void)db_bind_text(st, 3, frozen_until);
	return db_run(st, err);
}

/* What the entry says besides its ids: the step and its own members. */
static int
payload_of(const struct case_step *s, json_t **ret, struct hrv_err *err)
{
	json_t *p = s->payload == NULL ? json_object() : json_copy(s->payload);

	if (p == NULL || json_set_str(p, "event", s->event) ||
	    json_set_str(p, "day", s->day) ||
	    json_set_str(p, "status", s->status) ||
	    json_set_str(p, "frozen_until", s->frozen_until)) {
		json_decref(p);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = p;
	return HRV_OK;
}

int
case_step_write(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, uint64_t *ret_leaf, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	struct entry e = ENTRY(s->op);
	uint8_t state[32];
	json_t *payload = NULL;
	uint64_t leaf = 0;
	int rc = payload_of(s, &payload, err);

	if (rc == HRV_OK && s->text != NULL)
		rc = detail_seal(v, KEK_DETAIL, &k->id, s->text, &d, err);
	if (rc == HRV_OK && s->event != NULL)
		rc = case_event_add(v, &k->id, s->event, s->day, err);
	if (rc == HRV_OK && s->status != NULL)
		rc =
		    case_set_status(v, &k->id, s->status, s->frozen_until, err);
	if (rc == HRV_OK)
		rc = case_state(v, &k->id, state, err);
	if (rc == HRV_OK) {
		e.subject = &k->subject;
		e.kase = &k->id;
		e.record = s->record;
		e.payload = payload;
		e.state = state;
		e.manifest = s->manifest;
		e.detail = s->text != NULL ? d.commit : NULL;
		if (s->approval != NULL)
			rc = approval_log(s->approval, &e, payload, err);
	}
	if (rc == HRV_OK)
		rc = s->receipt != NULL
			 ? receipt_entry(v, s->receipt, &e, &leaf, err)
			 : txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK && s->approval != NULL)
		rc = proposal_done(v, s->approval, leaf, err);
	if (rc == HRV_OK && s->text != NULL)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK && ret_leaf != NULL)
		*ret_leaf = leaf;
	detail_clear(&d);
	json_decref(payload);
	return rc;
}

int
case_unchanged(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	struct kase now = { .law = NULL };
	int rc = case_rows(v, &k->id, &now, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(now.status, k->status) != 0 || now.n_events != k->n_events ||
	    now.n_items != k->n_items ||
	    memcmp(now.frozen, k->frozen, sizeof(k->frozen)) != 0 ||
	    (k->n_items > 0 && memcmp(now.items, k->items,
				   k->n_items * sizeof(*k->items)) != 0)) {
		hrv_fail(
		    err, HRV_EBUSY, "somebody else changed the case just now");
		rc = hrv_hint(err, "look at it again, then repeat the command");
	}
	case_clear(&now);
	return rc;
}

int
case_step(struct hrv_vault *v, const struct kase *k, const struct case_step *s,
    struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
case_refused(struct hrv_vault *v, const struct kase *k, const char *op,
    const char *why, const char *hint, struct hrv_err *err)
{
	struct entry e = ENTRY(op);
	char text[ID_TEXT_SIZE];

	id_format(&k->id, text);
	hrv_fail_as(err, HRV_EREFUSED, "case", "the case %s", why);
	if (hint != NULL)
		hrv_hint(err, "'hrvault case %s %s'", hint, text);
	e.subject = &k->subject;
	e.kase = &k->id;
	return txn_refuse(v, &e, err);
}

int
case_must_be_active(struct hrv_vault *v, const struct kase *k, const char *op,
    struct hrv_err *err)
{
	if (strcmp(k->status, CASE_CLOSED) == 0)
		return case_refused(v, k, op, "is closed", "reopen", err);
	if (strcmp(k->status, CASE_REFUSED) == 0)
		return case_refused(v, k, op, "was refused", "reopen", err);
	return HRV_OK;
}

int
case_must_not_erase(struct hrv_vault *v, const struct kase *k, const char *op,
    struct hrv_err *err)
{
	if (!case_erases(k))
		return HRV_OK;
	return case_refused(v, k, op,
	    "asks that records are destroyed: of each it is said whether it "
	    "is kept, and on which ground",
	    "keep", err);
}
