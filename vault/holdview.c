/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing holds. Layer: verbs. A list says that holds exist and
 * nothing more; a matter is read like any sealed text, by an audited read.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/date.h"
#include "hrvault/hold.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/holdscope.h"
#include "vault/holdtell.h"
#include "vault/log/append.h"
#include "vault/receipt.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* What only legal and dpo see in a list. */
static int
add_private(struct hrv_vault *v, const struct hrv_id *id, const char *kind,
    const char *today, json_t *o, struct hrv_err *err)
{
	json_t *notices = NULL;
	int rc = hold_notices(v, id, &notices, err);

	if (rc == HRV_OK &&
	    (json_set_str(o, "kind", kind) ||
		json_set_str(o, "notice", hold_notice_word(notices, today))))
		rc = no_memory(err);
	json_decref(notices);
	return rc;
}

static int
row_json(struct hrv_vault *v, struct stmt *st, const char *today, json_t **ret,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_HOLD };
	const char *review = db_col_text(st, 5);
	const char *status = db_col_text(st, 2);
	char text[ID_TEXT_SIZE];
	json_t *o = NULL;
	int bad, rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&id, text);
	o = json_object();
	bad = json_set_str(o, "id", text) | json_set_str(o, "status", status) |
	      json_set_str(o, "placed", db_col_text(st, 4)) |
	      json_set_str(o, "review", review) |
	      json_set_str(o, "free_from", db_col_text(st, 6)) |
	      json_object_set_new(o, "review_overdue",
		  json_boolean(review != NULL && status != NULL &&
			       strcmp(status, "active") == 0 &&
			       strcmp(review, today) < 0));
	if (bad)
		rc = no_memory(err);
	if (rc == HRV_OK && holdtell_may(v))
		rc = add_private(v, &id, db_col_text(st, 7), today, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

int
hrv_hold_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct stmt *st;
	bool more = false;
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_HOLD_LIST, &st, err);
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *o = NULL;

		rc = row_json(v, st, today, &o, err);
		if (rc == HRV_OK)
			rc = fn(ctx, (struct hrv_doc *)o, err);
		json_decref(o);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* One hold being shown. */
struct showing {
	struct hrv_vault *v;
	struct receipt *r;
	struct hold_row h;
	char today[HRV_DATE_TEXT];
	json_t *doc;
};

/* Opens the sealed text of an entry of the hold, an object; *ret stays NULL
 * when the entry has none. */
static int
open_text(struct showing *x, uint64_t leaf, json_t **ret, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	struct detail d = { .sealed = BUF_INIT };
	int rc = detail_load(x->v, leaf, &d, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK; /* the law says why, or nobody was named */
	if (rc == HRV_OK &&
	    (d.owner.kind != ID_HOLD || !id_equal(&d.owner, &x->h.id)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a text of the hold belongs to something else");
	if (rc == HRV_OK)
		rc = unseal_detail(x->v, x->r, &d, &text, err);
	if (rc == HRV_OK)
		rc = json_read(text.data, text.len, ret, err);
	detail_clear(&d);
	buf_clear(&text);
	return rc;
}

static int
show_row(struct showing *x, struct hrv_err *err)
{
	const struct hold_row *h = &x->h;
	char id[ID_TEXT_SIZE];
	json_t *scope = NULL, *text = NULL;
	int rc = json_read(h->scope.data, h->scope.len, &scope, err);

	id_format(&h->id, id);
	if (rc == HRV_OK)
		rc = open_text(x, h->leaf, &text, err);
	if (rc == HRV_OK &&
	    (json_set_str(x->doc, "id", id) ||
		json_set_str(x->doc, "status", h->status) ||
		json_set_str(x->doc, "kind", h->kind) ||
		json_set_str(x->doc, "placed", h->placed) ||
		json_set_str(x->doc, "review",
		    h->review[0] == '\0' ? NULL : h->review) ||
		json_set_str(x->doc, "free_from",
		    h->free_from[0] == '\0' ? NULL : h->free_from) ||
		json_set_str(x->doc, "matter", json_str(text, "matter")) ||
		json_set_str(x->doc, "reason", json_str(text, "reason")) ||
		json_set_str(
		    x->doc, "authority", json_str(text, "authority")) ||
		json_object_set(x->doc, "scope", scope)))
		rc = no_memory(err);
	json_decref(scope);
	json_decref(text);
	return rc;
}

/* By which session, and so by whom, an entry was written: the payload of the
 * session is looked for backwards from it. */
static int
placed_by(struct showing *x, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf l = LEAF_INIT, s = LEAF_INIT;
	bool found = false;
	uint64_t at = x->h.leaf;
	int rc = log_read(x->v->db, at, &text, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	while (rc == HRV_OK && !found && at-- > 0) {
		buf_reset(&text);
		rc = log_read(x->v->db, at, &text, NULL, err);
		if (rc == HRV_OK)
			rc = leaf_parse(text.data, text.len, &s, err);
		found = rc == HRV_OK &&
			strcmp(s.op->name, "session.open") == 0 &&
			memcmp(s.session, l.session, LEAF_SESSION) == 0;
	}
	if (rc == HRV_OK && found &&
	    json_set_str(x->doc, "placed_by", s.member))
		rc = no_memory(err);
	buf_clear(&text);
	return rc;
}

/* What was covered at placement, by the entry that lists it. */
static int
show_snapshot(struct showing *x, struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	json_t *p = NULL;
	int rc;

	if (x->h.snapshot < 0)
		return json_object_set_new(x->doc, "snapshot", json_null()) == 0
			   ? HRV_OK
			   : no_memory(err);
	rc = log_read(x->v->db, (uint64_t)x->h.snapshot, &text, &payload, err);
	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, &p, err);
	if (rc == HRV_OK &&
	    json_object_set_new(x->doc, "snapshot",
		json_pack("{s:I,s:I,s:s}", "entry", (json_int_t)x->h.snapshot,
		    "count", (json_int_t)json_int(p, "count", 0), "manifest",
		    json_str(p, "sha256"))) != 0)
		rc = no_memory(err);
	json_decref(p);
	buf_clear(&text);
	buf_clear(&payload);
	return rc;
}

static int
show_amendments(struct showing *x, struct hrv_err *err)
{
	json_t *list = json_array(), *text;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_HOLD_LIST_AMENDMENTS, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, x->h.id.b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *o = json_object();
		int64_t leaf = db_col_int(st, 0);

		text = NULL;
		if (json_set_int(o, "entry", leaf) ||
		    json_set_str(o, "at", db_col_text(st, 1)))
			rc = no_memory(err);
		if (rc == HRV_OK)
			rc = open_text(x, (uint64_t)leaf, &text, err);
		if (rc == HRV_OK &&
		    (json_set_str(o, "reason", json_str(text, "reason")) ||
			json_set_str(
			    o, "authority", json_str(text, "authority")) ||
			json_array_append(list, o)))
			rc = no_memory(err);
		json_decref(text);
		json_decref(o);
		if (rc != HRV_OK)
			db_reset(st);
	}
	if (rc == HRV_OK && json_object_set(x->doc, "amendments", list) != 0)
		rc = no_memory(err);
	json_decref(list);
	return rc;
}

/* Names that were sealed, put beside their numbers. */
static int
add_name(struct showing *x, json_t *notice, struct hrv_err *err)
{
	char key[24];
	json_t *text = NULL;
	int rc;

	if (json_str(notice, "member") != NULL)
		return HRV_OK;
	rc = open_text(x, (uint64_t)json_int(notice, "entry", 0), &text, err);
	snprintf(key, sizeof(key), "%lld", (long long)json_int(notice, "n", 0));
	if (rc == HRV_OK && json_set_str(notice, "name",
				json_str(json_object_get(text, "names"), key)))
		rc = no_memory(err);
	json_decref(text);
	return rc;
}

static int
show_notices(struct showing *x, struct hrv_err *err)
{
	json_t *list = NULL;
	char due[11];
	int rc = hold_notices(x->v, &x->h.id, &list, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);

		hold_reminder_due(o, due);
		rc = add_name(x, o, err);
		if (rc == HRV_OK && json_set_str(o, "reminder_due",
					due[0] == '\0' ? NULL : due))
			rc = no_memory(err);
	}
	if (rc == HRV_OK && (json_object_set(x->doc, "notices", list) ||
				json_set_str(x->doc, "notice",
				    hold_notice_word(list, x->today))))
		rc = no_memory(err);
	json_decref(list);
	return rc;
}

/* A version past its limit, if this hold covers it. */
static int
add_beyond(struct showing *x, const struct scope *s,
    const struct scope_laws *laws, struct stmt *st, json_t *list,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	struct scope_thing t = { 0 };
	struct record_row rec;
	char since[11], text[ID_TEXT_SIZE];
	int rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = record_load(x->v, &id, &rec, err);
	if (rc == HRV_OK)
		rc = scopething_load(
		    x->v, &rec, scope_has_query(s) ? laws : NULL, &t, err);
	if (rc == HRV_OK && scope_covers(s, &t)) {
		holdtell_since(db_col_text(st, 2), x->today, since);
		id_format(&id, text);
		if (json_array_append_new(list,
			json_pack("{s:s,s:I,s:s}", "record", text, "version",
			    (json_int_t)db_col_int(st, 1), "since", since)) !=
		    0)
			rc = no_memory(err);
	}
	scopething_clear(&t);
	return rc;
}

/* "Held beyond limit: hold H, since D", for the accountability file. */
static int
show_beyond(struct showing *x, struct hrv_err *err)
{
	json_t *list = json_array();
	struct scope_laws laws = { 0 };
	struct scope s = { 0 };
	struct stmt *st;
	bool more = false;
	int rc = scope_parse(buf_str(&x->h.scope), &s, err);

	if (rc == HRV_OK && scope_has_query(&s))
		rc = scope_laws_load(x->v, &laws, err);
	if (rc == HRV_OK)
		rc = db_stmt(x->v->db, SQL_TERM_LIST_BEYOND, &st, err);
	if (rc == HRV_OK)
		(void)db_bind_text(st, 1, x->today);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_beyond(x, &s, &laws, st, list, err);
		if (rc != HRV_OK)
			db_reset(st);
	}
	if (rc == HRV_OK && json_object_set(x->doc, "beyond_limit", list) != 0)
		rc = no_memory(err);
	json_decref(list);
	scope_clear(&s);
	scope_laws_clear(&laws);
	return rc;
}

static int
show_all(struct showing *x, struct hrv_err *err)
{
	int rc = show_row(x, err);

	if (rc == HRV_OK)
		rc = placed_by(x, err);
	if (rc == HRV_OK)
		rc = show_snapshot(x, err);
	if (rc == HRV_OK)
		rc = show_amendments(x, err);
	if (rc == HRV_OK)
		rc = show_notices(x, err);
	return rc == HRV_OK ? show_beyond(x, err) : rc;
}

static int
show(struct showing *x, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.show");
	struct manifest m = { 0 };
	struct hrv_err why;
	int rc = manifest_add(&m, &x->h.id, NULL, err);

	e.hold = &x->h.id;
	if (rc == HRV_OK)
		rc = receipt_open(x->v, &e, &m, &x->r, err);
	if (rc == HRV_OK) {
		rc = show_all(x, err);
		why = *err;
		if (rc == HRV_OK)
			rc = receipt_close(x->v, &x->r, &e, NULL, err);
		else
			(void)!receipt_close(x->v, &x->r, &e, &why, NULL);
		if (rc != HRV_OK && why.code != HRV_OK)
			*err = why;
	}
	receipt_drop(&x->r);
	manifest_clear(&m);
	return rc;
}

int
hrv_hold_show(struct hrv_vault *v, const char *hold, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.show");
	struct showing x = {
		.v = v, .h = { .scope = BUF_INIT }, .doc = json_object()
	};
	struct hrv_id id;
	int rc = role_may(v->role, "hold.show", err);

	if (rc == HRV_OK && x.doc == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = lookup_hold(v, hold, &id, err);
	if (rc == HRV_OK) {
		refused.hold = &id;
		rc = conflict_check_hold(v, v->fpr, &id, err);
	}
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		rc = hold_load(v, &id, &x.h, err);
	if (rc == HRV_OK)
		rc = vault_today_text(v, x.today, err);
	if (rc == HRV_OK)
		rc = show(&x, err);
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)x.doc;
		x.doc = NULL;
	}
	json_decref(x.doc);
	hold_row_clear(&x.h);
	return rc;
}
