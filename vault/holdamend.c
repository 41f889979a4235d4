/* SPDX-License-Identifier: ISC */
/*
 * Extending holds. Layer: verbs. Invariant: a hold is never edited: what an
 * amendment adds stands beside what was there, and the entry names the hash
 * of the scope before it, so that a reader of the log alone sees that nothing
 * was taken away.
 */
#include <string.h>

#include "hrvault/hold.h"
#include "vault/base/text.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/holdscope.h"
#include "vault/store/db.h"

struct amending {
	const struct hrv_hold_args *args;
	struct hrv_id id;
	struct scope more;  /* to be added; empty: none */
	struct scope scope; /* afterwards */
	struct buf text;    /* reason and authority */
	struct buf canon;   /* canonical scope afterwards */
	bool extends;	    /* there is a scope to be added */
	bool unlisted;	    /* what it covered was never logged */
	int64_t snapshot;   /* entry that makes up for it, or -1 */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static bool
says_scope(const struct hrv_hold_args *a)
{
	return a->subjects != NULL || a->classes != NULL ||
	       a->records != NULL || a->from != NULL || a->to != NULL ||
	       a->query != NULL || a->jurisdiction != NULL;
}

static int
read_args(struct hrv_vault *v, struct amending *x, struct hrv_err *err)
{
	const struct hrv_hold_args *a = x->args;
	struct hrv_date d;
	json_t *o = json_object();
	int rc =
	    text_check_field(TEXT_REASON, a->reason, strlen(a->reason), err);

	if (rc == HRV_OK && a->authority != NULL)
		rc = text_check_field(
		    TEXT_TITLE, a->authority, strlen(a->authority), err);
	if (rc == HRV_OK && a->review != NULL && !hrv_date_parse(a->review, &d))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the day of review is not a date (YYYY-MM-DD)");
	x->extends = says_scope(a);
	if (rc == HRV_OK && !x->extends && a->review == NULL) {
		hrv_fail(err, HRV_EUSAGE, "this would change nothing");
		rc = hrv_hint(err, "say what is to be held as well, or a new "
				   "--until-review");
	}
	if (rc == HRV_OK && x->extends)
		rc = holdscope_read(v, a, &x->more, err);
	if (rc == HRV_OK && (json_set_str(o, "reason", a->reason) ||
				json_set_str(o, "authority", a->authority)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(o, &x->text, err);
	json_decref(o);
	return rc;
}

/* The scope as it is, as it will be, and the payload that says both. */
static int
extend(struct hrv_vault *v, struct amending *x, const struct hold_row *h,
    json_t *p, struct hrv_err *err)
{
	json_t *o = NULL;
	uint8_t was[32];
	int rc = scope_parse(buf_str(&h->scope), &x->scope, err);

	if (rc == HRV_OK)
		rc = conflict_check(v, v->fpr, &x->scope, err);
	if (rc != HRV_OK || !x->extends)
		return rc;
	rc = conflict_check(v, v->fpr, &x->more, err);
	crypt_sha256(h->scope.data, h->scope.len, was);
	if (rc == HRV_OK)
		rc = scope_add_more(&x->scope, &x->more, err);
	if (rc == HRV_OK)
		rc = scope_format(&x->scope, &x->canon, err);
	if (rc == HRV_OK)
		rc = json_read(x->canon.data, x->canon.len, &o, err);
	if (rc == HRV_OK && (json_object_set(p, "scope", o) != 0 ||
				json_set_hex(p, "was", was, sizeof(was))))
		rc = no_memory(err);
	json_decref(o);
	return rc;
}

static int
set_text(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    const char *text, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, text);
	return db_run(st, err);
}

static int
add_amendment(struct hrv_vault *v, const struct hrv_id *id, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_ADD_AMENDMENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (!when_format(vault_now(v), now))
		return hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)v->frontier.size);
	(void)db_bind_text(st, 3, now);
	return db_run(st, err);
}

static int
change_rows(struct hrv_vault *v, struct amending *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (x->extends)
		rc = set_text(
		    v, SQL_HOLD_SET_SCOPE, &x->id, buf_str(&x->canon), err);
	if (rc == HRV_OK && x->args->review != NULL)
		rc = set_text(
		    v, SQL_HOLD_SET_REVIEW, &x->id, x->args->review, err);
	return rc == HRV_OK ? add_amendment(v, &x->id, err) : rc;
}

static int
amend(struct hrv_vault *v, struct amending *x, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.amend");
	struct hold_row h = { .scope = BUF_INIT };
	struct detail d = { .sealed = BUF_INIT };
	json_t *p = json_object();
	uint8_t state[32];
	uint64_t leaf = 0;
	int rc = p == NULL ? no_memory(err) : txn_begin(v, err);

	if (rc == HRV_OK)
		rc = hold_load_active(v, &x->id, &h, err);
	x->unlisted = rc == HRV_OK && h.snapshot < 0;
	if (rc == HRV_OK)
		rc = extend(v, x, &h, p, err);
	if (rc == HRV_OK && json_set_str(p, "review", x->args->review))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = detail_seal(
		    v, KEK_HOLD, &x->id, buf_str(&x->text), &d, err);
	if (rc == HRV_OK)
		rc = change_rows(v, x, err);
	if (rc == HRV_OK)
		rc = hold_state(v, &x->id, state, err);
	e.hold = &x->id;
	e.payload = p;
	e.detail = d.commit;
	e.state = state;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = hold_changed(v, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	hold_row_clear(&h);
	json_decref(p);
	return rc;
}

/* On a full disk the hold was placed without its list: now there is room, or
 * it stays as it was. */
static void
make_up(struct hrv_vault *v, struct amending *x)
{
	struct hrv_err ignored;
	uint8_t hash[32];
	uint64_t leaf = 0;
	size_t n = 0;

	if (x->unlisted && hold_snapshot(v, &x->id, &x->scope, &leaf, hash, &n,
			       &ignored) == HRV_OK)
		x->snapshot = (int64_t)leaf;
}

static int
result(struct hrv_vault *v, const struct amending *x, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct manifest m = { 0 };
	char id[ID_TEXT_SIZE];
	json_t *o = NULL;
	int rc = holdscope_matches(v, &x->scope, &m, err);

	id_format(&x->id, id);
	if (rc == HRV_OK)
		o = json_pack(
		    "{s:s,s:I}", "id", id, "matched", (json_int_t)m.n);
	if (rc == HRV_OK &&
	    (o == NULL || hold_put_overdue(v, x->args->review, o) ||
		(x->snapshot >= 0 && json_set_int(o, "snapshot", x->snapshot))))
		rc = no_memory(err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)o;
	else
		json_decref(o);
	manifest_clear(&m);
	return rc;
}

int
hrv_hold_amend(struct hrv_vault *v, const char *hold,
    const struct hrv_hold_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.amend");
	struct amending x = { .args = args,
		.text = BUF_INIT_SECRET,
		.canon = BUF_INIT,
		.snapshot = -1 };
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK)
		rc = lookup_hold(v, hold, &x.id, err);
	if (rc == HRV_OK) {
		refused.hold = &x.id;
		rc = read_args(v, &x, err);
	}
	if (rc == HRV_OK)
		rc = amend(v, &x, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		make_up(v, &x);
	if (rc == HRV_OK)
		rc = result(v, &x, ret_doc, err);
	scope_clear(&x.more);
	scope_clear(&x.scope);
	buf_clear(&x.text);
	buf_clear(&x.canon);
	return rc;
}
