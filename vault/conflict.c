/* SPDX-License-Identifier: ISC */
/*
 * Members who are, as persons, subjects of the vault, and what they must not
 * decide. Layer: verbs. Invariant: nobody takes his own link back, and nobody
 * says alone who somebody else is.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/hold.h"
#include "vault/custody/roles.h"
#include "vault/holdplace.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The subjects that a member is. */
static int
subjects_of(struct hrv_vault *v, const char *fpr, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	bool more = false;
	size_t n = 0;
	int rc = db_stmt(v->db, SQL_MEMBER_SUBJECT_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, fpr);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*p));
		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		p[n] = (struct hrv_id){ .kind = ID_SUBJECT };
		rc = db_col_fixed(st, 0, p[n++].b, ID_BYTES, err);
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

static int
refuse(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "conflict",
	    "a matter is decided by others than whom it is about");
	return hrv_hint(err,
	    "ask another member with the role legal or dpo; 'hrvault member "
	    "list' shows them");
}

/* What is looked for, and whether it was found. */
struct search {
	struct hrv_vault *v;
	const struct hrv_id *who;
	struct hrv_err *err;
};

static bool
links_to(const struct scope_thing *t, const struct hrv_id *who)
{
	for (size_t i = 0; i < t->n_links; i++) {
		if (id_equal(&t->links[i], who))
			return true;
	}
	return false;
}

/* Whether a record is about that person, or links to it. -1: found. */
static int
about_record(void *ctx, const struct hrv_id *id)
{
	struct search *x = ctx;
	struct scope_thing t = { 0 };
	struct record_row rec;
	int rc, found;

	if (id->kind != ID_RECORD)
		return 0;
	rc = record_load(x->v, id, &rec, x->err);
	if (rc == HRV_ENOTFOUND)
		return 0;
	if (rc == HRV_OK)
		rc = scopething_load(x->v, &rec, NULL, &t, x->err);
	if (rc != HRV_OK)
		return rc;
	found = id_equal(&rec.subject, x->who) || links_to(&t, x->who);
	for (size_t i = 0; !found && i < t.n_kin; i++)
		found = links_to(&t.kin[i].thing, x->who);
	scopething_clear(&t);
	return found ? -1 : 0;
}

/* -1: the matter is about that person. */
static int
about(struct search *x, const struct scope *s)
{
	int rc = scope_is_about(s, x->who) ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < s->n_records; i++)
		rc = about_record(x, &s->records[i]);
	if (rc == 0 && s->query != NULL)
		rc = query_each_id(s->query, about_record, x);
	for (size_t i = 0; rc == 0 && i < s->n_also; i++)
		rc = about(x, &s->also[i]);
	return rc;
}

int
conflict_check(struct hrv_vault *v, const char *fpr, const struct scope *scope,
    struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = subjects_of(v, fpr, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct search x = { .v = v, .who = &list[i], .err = err };

		rc = about(&x, scope);
	}
	free(list);
	return rc == -1 ? refuse(err) : rc;
}

int
conflict_check_hold(struct hrv_vault *v, const char *fpr,
    const struct hrv_id *hold, struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	struct scope s = { 0 };
	int rc = hold_load(v, hold, &h, err);

	if (rc == HRV_OK)
		rc = scope_parse(buf_str(&h.scope), &s, err);
	if (rc == HRV_OK)
		rc = conflict_check(v, fpr, &s, err);
	scope_clear(&s);
	hold_row_clear(&h);
	return rc;
}

/* Whether the row is there. */
static int
has_link(struct hrv_vault *v, const char *fpr, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = subjects_of(v, fpr, &list, &n, err);

	*ret = false;
	for (size_t i = 0; i < n; i++)
		*ret |= id_equal(&list[i], subject);
	free(list);
	return rc;
}

static int
set_link(struct hrv_vault *v, const char *fpr, const struct hrv_id *subject,
    bool retract, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db,
	    retract ? SQL_MEMBER_SUBJECT_DEL : SQL_MEMBER_SUBJECT_ADD, &st,
	    err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, fpr);
	(void)db_bind_blob(st, 2, subject->b, ID_BYTES);
	if (!retract)
		(void)db_bind_int(st, 3, (int64_t)v->frontier.size);
	return db_run(st, err);
}

int
member_one_person(struct hrv_vault *v, const char *a, const char *b, bool *ret,
    struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	bool same = strcmp(a, b) == 0;
	int rc = subjects_of(v, a, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && !same && i < n; i++)
		rc = has_link(v, b, &list[i], &same, err);
	free(list);
	if (rc == HRV_OK)
		*ret = same;
	return rc;
}

/* Who somebody else is takes two people: it decides what that member may
 * decide, and whose approval counts. Of oneself one says it alone. */
static int
ask(struct hrv_vault *v, const char *fpr, const struct hrv_id *subject,
    bool retract, struct approval *ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *what;
	struct proposal_args two = { .kind = "member.link",
		.subject = subject };
	int rc;

	*ret = (struct approval){ .alone = false };
	if (strcmp(fpr, v->fpr) == 0)
		return HRV_OK;
	id_format(subject, id);
	what = json_pack(
	    "{s:s,s:s,s:i}", "member", fpr, "subject", id, "linked", !retract);
	two.what = what;
	rc =
	    what == NULL ? no_memory(err) : proposal_require(v, &two, ret, err);
	json_decref(what);
	return rc;
}

/* In one transaction. HRV_EBUSY when somebody else did it just now. */
static int
change(struct hrv_vault *v, const char *fpr, const struct hrv_id *subject,
    bool retract, const struct approval *approval, struct hrv_err *err)
{
	struct entry e = ENTRY("subject.member");
	json_t *p = json_pack("{s:s,s:i}", "member", fpr, "linked", !retract);
	bool there = false;
	uint64_t leaf = 0;
	int rc = p == NULL ? no_memory(err) : txn_begin(v, err);

	e.subject = subject;
	e.payload = p;
	if (rc == HRV_OK)
		rc = has_link(v, fpr, subject, &there, err);
	if (rc == HRV_OK && there != retract)
		rc = hrv_fail(
		    err, HRV_EBUSY, "somebody else said the same just now");
	if (rc == HRV_OK)
		rc = approval_log(approval, &e, p, err);
	if (rc == HRV_OK)
		rc = set_link(v, fpr, subject, retract, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, approval, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

/* *ret_unchanged when there is nothing to do, which takes nobody. */
static int
link_member(struct hrv_vault *v, const char *fpr, const struct hrv_id *subject,
    bool retract, bool *ret_unchanged, struct hrv_err *err)
{
	struct approval approval;
	bool there = false;
	int rc = has_link(v, fpr, subject, &there, err);

	*ret_unchanged = there != retract;
	if (rc != HRV_OK || *ret_unchanged)
		return rc;
	rc = ask(v, fpr, subject, retract, &approval, err);
	return rc == HRV_OK ? change(v, fpr, subject, retract, &approval, err)
			    : rc;
}

/* Who is meant, and whether this member may say so. */
static int
read_link(struct hrv_vault *v, const char *member, const char *subject,
    bool retract, const struct slot_member **ret, struct hrv_id *ret_id,
    struct hrv_err *err)
{
	int rc = member_find(v->slots, member, ret, NULL, err);

	if (rc == HRV_OK)
		rc = lookup_subject(v, subject, ret_id, err);
	if (rc == HRV_OK && retract && strcmp((*ret)->fpr, v->fpr) == 0) {
		hrv_fail_as(err, HRV_EREFUSED, "conflict",
		    "nobody takes back who he is himself");
		rc = hrv_hint(err, "another member does it");
	}
	return rc;
}

int
hrv_member_link(struct hrv_vault *v, const char *member, const char *subject,
    bool retract, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("subject.member");
	const struct slot_member *m = NULL;
	char id[ID_TEXT_SIZE];
	struct hrv_id s;
	bool unchanged = false;
	json_t *o;
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK)
		rc = read_link(v, member, subject, retract, &m, &s, err);
	if (rc == HRV_OK)
		rc = link_member(v, m->fpr, &s, retract, &unchanged, err);
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	if (rc != HRV_OK)
		return rc;
	id_format(&s, id);
	o = json_pack("{s:s,s:s,s:b,s:b}", "member", m->fpr, "subject", id,
	    "linked", !retract, "unchanged", unchanged);
	if (o == NULL)
		return no_memory(err);
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}
