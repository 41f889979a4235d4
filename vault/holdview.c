/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing holds. Layer: verbs. A list says that holds exist and
 * nothing more; a matter is read like any sealed text, by an audited read.
 */
#include <string.h>

#include "hrvault/date.h"
#include "hrvault/hold.h"
#include "vault/detail.h"
#include "vault/receipt.h"
#include "vault/scope.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/unseal.h"

static json_t *
row_json(struct stmt *st, const char *today, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_HOLD };
	const char *review = db_col_text(st, 5);
	const char *status = db_col_text(st, 2);
	char text[ID_TEXT_SIZE];
	json_t *o = NULL;
	int bad;

	if (db_col_fixed(st, 0, id.b, ID_BYTES, err) != HRV_OK)
		return NULL;
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
	if (bad) {
		json_decref(o);
		(void)hrv_fail(err, HRV_ENOMEM, "out of memory");
		return NULL;
	}
	return o;
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
		json_t *o = row_json(st, today, err);

		rc = o == NULL ? (int)err->code
			       : fn(ctx, (struct hrv_doc *)o, err);
		json_decref(o);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

struct hold_row {
	struct buf scope;
	char status[16];
	uint64_t leaf;
	char placed[32];
	char review[11];
};

static int
load(struct hrv_vault *v, const struct hrv_id *id, struct hold_row *h,
    struct hrv_err *err)
{
	const char *review;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return hrv_fail(err, HRV_ENOTFOUND, "there is no such hold");
	buf_adds(&h->scope, db_col_text(st, 0));
	memccpy(h->status, db_col_text(st, 1), '\0', sizeof(h->status) - 1);
	h->leaf = (uint64_t)db_col_int(st, 2);
	memccpy(h->placed, db_col_text(st, 3), '\0', sizeof(h->placed) - 1);
	review = db_col_text(st, 4);
	if (review != NULL)
		memccpy(h->review, review, '\0', sizeof(h->review) - 1);
	db_reset(st);
	return buf_ok(&h->scope, err);
}

static int
make_doc(const struct hrv_id *id, const struct hold_row *h,
    const struct buf *text, json_t **ret, struct hrv_err *err)
{
	char id_text[ID_TEXT_SIZE];
	json_t *o = json_object(), *scope = NULL, *detail = NULL;
	int rc;

	id_format(id, id_text);
	rc = json_read(h->scope.data, h->scope.len, &scope, err);
	if (rc == HRV_OK)
		rc = json_read(text->data, text->len, &detail, err);
	if (rc == HRV_OK &&
	    (json_set_str(o, "id", id_text) ||
		json_set_str(o, "status", h->status) ||
		json_set_str(o, "placed", h->placed) ||
		json_set_str(
		    o, "review", h->review[0] == '\0' ? NULL : h->review) ||
		json_object_set(o, "scope", scope) ||
		json_set_str(o, "matter", json_str(detail, "matter")) ||
		json_set_str(o, "reason", json_str(detail, "reason"))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(scope);
	json_decref(detail);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

int
hrv_hold_show(struct hrv_vault *v, const char *hold, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct entry e = ENTRY("hold.show");
	struct hold_row h = { .scope = BUF_INIT };
	struct buf text = BUF_INIT_SECRET;
	struct detail d = { .sealed = BUF_INIT };
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	struct hrv_id id;
	json_t *doc = NULL;
	int rc = role_may(v->role, "hold.show", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = lookup_hold(v, hold, &id, err);
	if (rc == HRV_OK)
		rc = load(v, &id, &h, err);
	if (rc == HRV_OK)
		rc = detail_load(v, h.leaf, &d, err);
	if (rc == HRV_OK)
		rc = manifest_add(&m, &id, NULL, err);
	if (rc != HRV_OK)
		goto out;
	e.hold = &id;
	rc = receipt_open(v, &e, &m, &r, err);
	if (rc != HRV_OK)
		goto out;
	rc = unseal_detail(v, r, &d, &text, err);
	if (rc == HRV_OK)
		rc = make_doc(&id, &h, &text, &doc, err);
	if (rc != HRV_OK) {
		struct hrv_err why = *err;

		(void)!receipt_close(v, &r, &e, &why, NULL);
		*err = why;
		goto out;
	}
	rc = receipt_close(v, &r, &e, NULL, err);
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)doc;
		doc = NULL;
	}
out:
	receipt_drop(&r);
	json_decref(doc);
	manifest_clear(&m);
	detail_clear(&d);
	buf_clear(&text);
	buf_clear(&h.scope);
	return rc;
}
