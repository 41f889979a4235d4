/* SPDX-License-Identifier: ISC */
/*
 * Asking for a second person. Layer: verbs. Invariant: a step is let through
 * only alone in founding, or once per approved proposal for exactly it.
 */
#include "vault/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/detail.h"
#include "vault/inforce.h"
#include "vault/proposal_rule.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
hash_what(const json_t *what, uint8_t out[32], struct hrv_err *err)
{
	struct buf canon = BUF_INIT;
	int rc = json_canonical(what, &canon, err);

	if (rc == HRV_OK)
		crypt_sha256(canon.data, canon.len, out);
	buf_clear(&canon);
	return rc;
}

/* Proposals of this member for exactly this: sql says which. */
static int
list_same(struct hrv_vault *v, enum sql_id sql, const struct proposal_args *a,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	uint8_t what[32];
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	json_t *whole = NULL;
	int rc = proposal_whole(v, a, &whole, err);

	if (rc == HRV_OK)
		rc = hash_what(whole, what, err);
	json_decref(whole);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, sql, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, what, sizeof(what));
	(void)db_bind_text(st, 2, v->fpr);
	(void)db_bind_text(st, 3, a->kind);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		list[n].kind = ID_PROPOSAL;
		rc = db_col_fixed(st, 0, list[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

/* What was found for a step. */
struct found {
	bool approved;
	bool open;
	struct hrv_id id;
};

/*
 * Looks at one. An approver who may approve no longer (left, another role)
 * leaves the proposal without effect, and a new one is opened; anything that
 * is not what was written ends the command.
 */
static int
look_at(struct hrv_vault *v, const struct hrv_id *id, struct found *f,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	int rc = proposal_load(v, id, &p, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(p.status, "approved") == 0) {
		rc = proposal_check(v, &p, err);
		f->approved = rc == HRV_OK;
		if (rc == HRV_EREFUSED)
			rc = HRV_OK;
	} else if (strcmp(p.status, "open") == 0) {
		rc = proposal_check_log(v, &p, err);
		f->open = rc == HRV_OK;
	}
	if (f->approved || f->open)
		f->id = *id;
	proposal_clear(&p);
	return rc;
}

static int
find(struct hrv_vault *v, const struct proposal_args *a, struct found *f,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = list_same(v, SQL_PROPOSAL_LIST_SAME, a, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && !f->approved && !f->open && i < n;
	     i++)
		rc = look_at(v, &ids[i], f, err);
	free(ids);
	return rc;
}

/* The canonical payload: what an approver will sign. */
static int
make_payload(struct hrv_vault *v, const struct proposal_args *a,
    const struct hrv_id *id, json_t **ret, struct hrv_err *err)
{
	struct hrv_duration days = { .days = PROPOSAL_DAYS };
	char text[ID_TEXT_SIZE], expires[HRV_DATE_TEXT];
	json_t *p = json_object(), *what = NULL;
	struct hrv_date d;
	int rc = vault_today(v, &d, err);

	if (rc == HRV_OK)
		rc = proposal_whole(v, a, &what, err);
	if (a->days > 0)
		days.days = (uint32_t)a->days;
	if (rc == HRV_OK && !hrv_date_add(d, days, &d))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	if (rc == HRV_OK) {
		hrv_date_format(d, expires);
		id_format(id, text);
		if (p == NULL || json_set_str(p, "expires", expires) ||
		    json_set_str(p, "kind", a->kind) ||
		    json_set_str(p, "proposal", text) ||
		    json_set_str(p, "proposer", v->fpr) ||
		    json_object_set(p, "what", what) ||
		    (a->effects != NULL && json_object_set_new(p, "effects",
					       json_deep_copy(a->effects))))
			rc = no_memory(err);
	}
	json_decref(what);
	if (rc != HRV_OK) {
		json_decref(p);
		return rc;
	}
	*ret = p;
	return HRV_OK;
}

static int
add_row(struct hrv_vault *v, const struct hrv_id *id, const json_t *payload,
    uint64_t leaf, struct hrv_err *err)
{
	struct buf canon = BUF_INIT;
	char now[WHEN_TEXT_LEN + 1];
	uint8_t what[32];
	struct stmt *st;
	int rc = json_canonical(payload, &canon, err);

	if (rc == HRV_OK)
		rc = hash_what(json_object_get(payload, "what"), what, err);
	if (rc == HRV_OK && !when_format(vault_now(v), now))
		rc = hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_PROPOSAL_ADD, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_blob(st, 1, id->b, ID_BYTES);
		(void)db_bind_text(st, 2, json_str(payload, "kind"));
		(void)db_bind_text(st, 3, v->fpr);
		(void)db_bind_blob(st, 4, what, sizeof(what));
		(void)db_bind_blob(st, 5, canon.data, canon.len);
		(void)db_bind_text(st, 6, json_str(payload, "expires"));
		(void)db_bind_int(st, 7, (int64_t)leaf);
		(void)db_bind_text(st, 8, now);
		rc = db_run(st, err);
	}
	buf_clear(&canon);
	return rc;
}

/* The whole opening, in a transaction of its own. */
static int
open_new(struct hrv_vault *v, const struct proposal_args *a,
    const struct hrv_id *id, struct hrv_err *err)
{
	struct entry e = ENTRY("proposal.open");
	struct detail d = { .sealed = BUF_INIT };
	json_t *payload = NULL;
	uint64_t leaf = 0;
	int rc = make_payload(v, a, id, &payload, err);

	e.proposal = id;
	e.subject = a->subject;
	e.record = a->record;
	e.hold = a->hold;
	e.kase = a->kase;
	e.payload = payload;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = proposal_lapse(v, err);
	if (rc == HRV_OK && a->reason != NULL) {
		rc = detail_seal(v, a->kek, a->owner, a->reason, &d, err);
		e.detail = d.commit;
	}
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK && a->reason != NULL)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = add_row(v, id, payload, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	json_decref(payload);
	return rc;
}

/* Exit 6, with the proposal and the next command. */
static int
waits(struct hrv_vault *v, const struct proposal_args *a, const struct found *f,
    struct hrv_err *err)
{
	const struct proposal_rule *r = proposal_rule(a->kind);
	struct buf other = BUF_INIT;
	char id[ID_TEXT_SIZE];
	int rc;

	id_format(&f->id, id);
	if (r->approve == 0 && !r->officer) {
		hrv_fail_as(err, HRV_ECONFIRM, "approval",
		    "nothing was done: %s is a request, for legal or dpo to "
		    "act on",
		    id);
		return hrv_hint(err,
		    "a member with the role legal or dpo runs 'hrvault hold "
		    "release %s --reason @FILE'",
		    proposal_text(a->what, "hold"));
	}
	if (f->approved) {
		hrv_fail_as(err, HRV_ECONFIRM, "approved",
		    "nothing was done: %s is approved already", id);
		return hrv_hint(err,
		    "repeat the command that carries it out; "
		    "'hrvault proposal show %s'",
		    id);
	}
	rc = proposal_not_this(v, a, &other, err);
	if (rc == HRV_OK)
		hrv_fail_as(err, HRV_ECONFIRM, "approval",
		    "nothing was done: it takes two people to %s%s, and %s "
		    "waits for the second%s%s",
		    r->about,
		    proposal_rule_is_added(a->kind)
			? " (the schedule in force asks for that)"
			: "",
		    id, other.len > 0 ? "; " : "", buf_str(&other));
	buf_clear(&other);
	if (rc != HRV_OK)
		return rc;
	return hrv_hint(err,
	    "another member (%s) runs: hrvault proposal approve %s; then "
	    "repeat this command",
	    proposal_approvers(a->kind), id);
}

/* Opens one unless one waits, and says what is waited for. */
static int
open_or_wait(struct hrv_vault *v, const struct proposal_args *a,
    struct found *f, struct hrv_err *err)
{
	int rc = HRV_OK;

	txn_abort(v);
	if (!f->approved && !f->open) {
		vault_new_id(ID_PROPOSAL, &f->id);
		rc = open_new(v, a, &f->id, err);
	}
	return rc == HRV_OK ? waits(v, a, f, err) : rc;
}

int
proposal_open(struct hrv_vault *v, const struct proposal_args *args,
    struct hrv_id *ret_id, struct hrv_err *err)
{
	struct found f = { .approved = false };
	int rc = proposal_may_propose(v->role, args->kind, err);

	if (rc == HRV_OK)
		rc = find(v, args, &f, err);
	if (rc == HRV_OK)
		rc = open_or_wait(v, args, &f, err);
	else
		txn_abort(v);
	if (rc == HRV_ECONFIRM && ret_id != NULL)
		*ret_id = f.id;
	return rc;
}

int
proposal_require(struct hrv_vault *v, const struct proposal_args *args,
    struct approval *ret, struct hrv_err *err)
{
	struct found f = { .approved = false };
	bool alone = false;
	int rc = inforce_founding(v, &alone, err);

	if (rc == HRV_OK && alone) {
		*ret = (struct approval){ .alone = true };
		return HRV_OK;
	}
	if (rc == HRV_OK)
		rc = proposal_may_propose(v->role, args->kind, err);
	if (rc == HRV_OK)
		rc = find(v, args, &f, err);
	if (rc != HRV_OK) {
		txn_abort(v);
		return rc;
	}
	if (!f.approved)
		return open_or_wait(v, args, &f, err);
	*ret = (struct approval){ .id = f.id };
	return HRV_OK;
}

int
proposal_approved(struct hrv_vault *v, const struct proposal_args *args,
    struct approval *ret, struct hrv_err *err)
{
	struct found f = { .approved = false };
	int rc = find(v, args, &f, err);

	if (rc == HRV_OK && f.approved)
		*ret = (struct approval){ .id = f.id };
	return rc;
}

int
proposal_unanswered(struct hrv_vault *v, const struct proposal_args *args,
    bool *ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc =
	    list_same(v, SQL_PROPOSAL_LIST_UNANSWERED, args, &ids, &n, err);

	*ret = false;
	for (size_t i = 0; rc == HRV_OK && !*ret && i < n; i++) {
		struct proposal_row p = PROPOSAL_ROW_INIT;

		rc = proposal_load(v, &ids[i], &p, err);
		if (rc == HRV_OK && strcmp(p.status, "expired") == 0) {
			rc = proposal_check_log(v, &p, err);
			*ret = rc == HRV_OK;
		}
		proposal_clear(&p);
	}
	free(ids);
	return rc;
}

int
proposal_other(struct hrv_vault *v, const char *kind, char ret[FPR_SIZE],
    struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct proposal_question q = { .slots = v->slots,
		.kind = kind,
		.proposer = v->fpr,
		.today = today };
	int rc = vault_today_text(v, today, err);

	ret[0] = '\0';
	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_members; i++) {
		struct hrv_err ignored;

		q.approver = v->slots->members[i].fpr;
		if (ret[0] == '\0' && proposal_may(v, &q, &ignored) == HRV_OK)
			memcpy(ret, q.approver, FPR_SIZE);
	}
	return rc;
}

int
approval_log(const struct approval *a, struct entry *e, json_t *payload,
    struct hrv_err *err)
{
	if (!a->alone) {
		e->proposal = a->id.kind == 0 ? NULL : &a->id;
		return HRV_OK;
	}
	return json_set_int(payload, "alone", 1) ? no_memory(err) : HRV_OK;
}

int
proposal_done(struct hrv_vault *v, const struct approval *a, uint64_t leaf,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct stmt *st;
	bool usable;
	int rc;

	if (a->alone || a->id.kind == 0)
		return HRV_OK;
	rc = proposal_load(v, &a->id, &p, err);
	if (rc != HRV_OK)
		return rc;
	usable = strcmp(p.status, "approved") == 0;
	/* A case has its own look under the lock, at what it was loaded as. */
	if (usable && strcmp(p.kind, "case.refuse") != 0)
		rc = proposal_still(v, &p, err);
	proposal_clear(&p);
	if (rc != HRV_OK)
		return rc;
	if (!usable) {
		hrv_fail(err, HRV_EBUSY,
		    "the approval was used, rejected or lapsed just now");
		return hrv_hint(err, "'hrvault proposal list' tells more");
	}
	rc = db_stmt(v->db, SQL_PROPOSAL_SET_ENDED, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, a->id.b, ID_BYTES);
	(void)db_bind_text(st, 2, "done");
	(void)db_bind_int(st, 3, (int64_t)leaf);
	return db_run(st, err);
}

int
proposal_answered(struct hrv_vault *v, const char *kind, const json_t *what,
    uint64_t leaf, struct hrv_err *err)
{
	uint8_t hash[32];
	struct stmt *st;
	int rc = hash_what(what, hash, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_PROPOSAL_SET_ANSWERED, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, hash, sizeof(hash));
	(void)db_bind_text(st, 2, kind);
	(void)db_bind_int(st, 3, (int64_t)leaf);
	return db_run(st, err);
}
