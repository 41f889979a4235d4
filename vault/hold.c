/* SPDX-License-Identifier: ISC */
/*
 * Placing holds. Layer: verbs. Invariant: a hold is in force from the commit
 * that logs it, and placing one must work when nothing else does any more.
 */
#include "hrvault/hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/text.h"
#include "vault/base/when.h"
#include "vault/detail.h"
#include "vault/holdscope.h"
#include "vault/reserve.h"
#include "vault/store/db.h"
#include "vault/txn.h"

/* Matter and reason as one sealed text. */
static int
sealed_text(const struct hrv_hold_args *a, struct buf *out, struct hrv_err *err)
{
	json_t *o = NULL;
	int rc;

	rc = text_check_field(TEXT_TITLE, a->matter, strlen(a->matter), err);
	if (rc == HRV_OK)
		rc = text_check_field(
		    TEXT_REASON, a->reason, strlen(a->reason), err);
	if (rc != HRV_OK)
		return rc;
	o = json_object();
	if (o == NULL || json_set_str(o, "matter", a->matter) ||
	    json_set_str(o, "reason", a->reason))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = json_canonical(o, out, err);
	json_decref(o);
	return rc;
}

static int
check_review(const struct hrv_hold_args *a, struct hrv_err *err)
{
	struct hrv_date d;

	if (a->review != NULL && !hrv_date_parse(a->review, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the day of review is not a date (YYYY-MM-DD)");
	return HRV_OK;
}

static int
add_row(struct hrv_vault *v, const struct hrv_id *id, const char *scope,
    const char *review, uint64_t leaf, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (!when_format(vault_now(v), now))
		return hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, scope);
	(void)db_bind_int(st, 3, (int64_t)leaf);
	(void)db_bind_text(st, 4, now);
	(void)db_bind_text(st, 5, review);
	return db_run(st, err);
}

/* The whole change, in one transaction. */
static int
place(struct hrv_vault *v, const struct hrv_hold_args *a,
    const struct scope *scope, const char *text, struct hrv_id *ret_id,
    struct hrv_err *err)
{
	struct entry e = ENTRY("hold.place");
	struct detail d = { .sealed = BUF_INIT };
	struct buf canon = BUF_INIT;
	json_t *payload = json_object(), *parsed = NULL;
	uint64_t leaf = 0;
	int rc = scope_format(scope, &canon, err);

	vault_new_id(ID_HOLD, ret_id);
	if (rc == HRV_OK)
		rc = json_read(canon.data, canon.len, &parsed, err);
	if (rc == HRV_OK &&
	    (json_object_set(payload, "scope", parsed) != 0 ||
		json_set_str(payload, "review", a->review) != 0))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = detail_seal(v, KEK_HOLD, ret_id, text, &d, err);
	e.hold = ret_id;
	e.payload = payload;
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = add_row(v, ret_id, buf_str(&canon), a->review, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	json_decref(parsed);
	json_decref(payload);
	buf_clear(&canon);
	return rc;
}

static int
result(const struct hrv_id *id, size_t matched, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *doc = json_object();

	id_format(id, text);
	if (doc == NULL || json_set_str(doc, "id", text) ||
	    json_set_int(doc, "matched", (int64_t)matched)) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_hold_place(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.place");
	struct scope scope = { 0 };
	struct buf text = BUF_INIT_SECRET;
	struct hrv_id id;
	size_t matched = 0;
	int rc = role_may(v->role, "hold.place", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = sealed_text(args, &text, err);
	if (rc == HRV_OK)
		rc = check_review(args, err);
	if (rc == HRV_OK)
		rc = holdscope_read(v, args, &scope, err);
	if (rc == HRV_OK)
		rc = place(v, args, &scope, buf_str(&text), &id, err);
	if (rc == HRV_ELOG || rc == HRV_EIO) {
		/* The disk is full: this is what the reserve is for. */
		if (reserve_give_up(v))
			rc = place(v, args, &scope, buf_str(&text), &id, err);
	}
	/* Counted after the commit: the hold must not wait for a count. */
	if (rc == HRV_OK)
		rc = holdscope_matches(v, &scope, NULL, &matched, err);
	if (rc == HRV_OK)
		rc = result(&id, matched, ret_doc, err);
	buf_clear(&text);
	scope_clear(&scope);
	return rc;
}

int
hrv_hold_preview(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct scope scope = { 0 };
	json_t *doc = json_object(), *list = json_array();
	size_t matched = 0;
	int rc = holdscope_read(v, args, &scope, err);

	if (rc == HRV_OK)
		rc = holdscope_matches(v, &scope, list, &matched, err);
	if (rc == HRV_OK &&
	    (json_set_int(doc, "matched", (int64_t)matched) != 0 ||
		json_object_set(doc, "records", list) != 0))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)json_incref(doc);
	}
	json_decref(list);
	json_decref(doc);
	scope_clear(&scope);
	return rc;
}
