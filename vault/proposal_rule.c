/* SPDX-License-Identifier: ISC */
/*
 * The table of two-person steps. Layer: verbs. A schedule may add steps; it
 * can take none away, because this table is not read from a file.
 */
#include "vault/proposal_rule.h"

#include <string.h>

#define HR (1u << ROLE_HR)
#define LEGAL (1u << ROLE_LEGAL)
#define DPO (1u << ROLE_DPO)
#define PURGE (1u << ROLE_PURGE)
#define WRITER (HR | LEGAL | DPO | PURGE)

static const struct proposal_rule rules[] = {
	{ "hold.release", LEGAL | DPO, LEGAL | DPO, false, true,
	    "release a legal hold" },
	/* A wish of hr that legal or dpo may act on; nobody can approve it
	 * into a release. */
	{ "hold.request", HR, 0, false, false, "ask to release a legal hold" },
	{ "hold.export", LEGAL | DPO, LEGAL | DPO, false, false,
	    "hand out the records of a hold" },
	{ "policy.adopt", WRITER, LEGAL | DPO, false, false,
	    "take a schedule, law, calendar or controller into force" },
	{ "review", HR | DPO, DPO, true, false,
	    "destroy a list of records that need a decision" },
	{ "record.void", HR | DPO, DPO, true, false,
	    "destroy a record that was filed in error" },
	{ "subject.review", HR | DPO, DPO, true, false,
	    "destroy all about a person who should not be here" },
	{ "case.erase", HR | DPO, DPO, true, false,
	    "erase records at the person's request" },
	{ "disclose.many", HR | DPO, LEGAL | DPO, false, false,
	    "disclose many records at once" },
	{ "case.export", HR | DPO, LEGAL | DPO, false, false,
	    "hand out the package of a case" },
	{ "case.refuse", HR | DPO, LEGAL | DPO, false, false, "refuse a case" },
	{ "member.change", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "change who holds keys" },
	{ "member.link", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "say which person of the vault somebody else is" },
	{ "key.split", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "divide keys among custodians" },
	{ "key.recover", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "recover keys from shares" },
	{ "event.earlier", HR, DPO, true, false,
	    "move a date of destruction earlier" },
	{ "clock", WRITER, LEGAL | DPO, false, false, "trust the clock" },
	{ "backup.escrow", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "say who keeps the keys of backups, and for how long" },
	{ "rollback", WRITER, LEGAL | DPO, false, false,
	    "accept an older state of the vault" },
	{ "restore.confirm", HR | LEGAL | DPO, LEGAL | DPO, false, false,
	    "let destruction go on after a restore" },
	{ "restore", WRITER, LEGAL | DPO, false, false,
	    "restore the vault from a backup" },
};
/* Steps that only a schedule makes one of these. */
#define ADDED(kind, about)                                                     \
	{                                                                      \
		kind, WRITER, DPO, true, false, about                          \
	}
static const struct proposal_rule added[] = {
	ADDED("record.amend", "store a new version of a record"),
	ADDED("record.move", "file a record under another person"),
	ADDED("record.reclassify", "file a record under another class"),
	ADDED("record.read", "read a record"),
	ADDED("disclose", "disclose a record"),
	ADDED("subject.update", "correct who a person is"),
	ADDED("subject.merge", "make one of two entries of a person"),
	ADDED("subject.restrict", "restrict the records of a person"),
	ADDED("subject.lift", "lift the restriction of a person's records"),
	ADDED("import", "import a file"),
	ADDED("case.close", "close a case"),
	/* Of a schedule that knows more steps than this program. */
	ADDED("", "take a step of the schedule's own list"),
};

const struct proposal_rule *
proposal_rule(const char *kind)
{
	const struct proposal_rule *r = added;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(rules[i].kind, kind) == 0)
			return &rules[i];
	}
	while (r->kind[0] != '\0' && strcmp(r->kind, kind) != 0)
		r++;
	return r;
}

bool
proposal_rule_is_added(const char *kind)
{
	const struct proposal_rule *r = proposal_rule(kind);

	return r >= added && r < added + sizeof(added) / sizeof(added[0]);
}

const struct proposal_rule *
proposal_rule_at(size_t i)
{
	return i < sizeof(rules) / sizeof(rules[0]) ? &rules[i] : NULL;
}

const char *
proposal_approvers(const char *kind)
{
	const struct proposal_rule *r = proposal_rule(kind);

	if (r->officer)
		return "dpo, or hr with the compartments it touches";
	return r->approve == 0 ? "nobody" : "dpo or legal";
}

int
proposal_may_propose(enum role role, const char *kind, struct hrv_err *err)
{
	const struct proposal_rule *r = proposal_rule(kind);

	if ((r->propose & 1u << role) != 0)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "role",
	    "it takes two people to %s, and a member with the role %s cannot "
	    "be the one who proposes it",
	    r->about, role_name(role));
	return hrv_hint(err, "ask a member with the role %s",
	    (r->propose & (HR | DPO)) == (HR | DPO) ? "hr or dpo"
	    : (r->propose & HR) != 0		    ? "hr"
						    : "legal or dpo");
}

static bool
counts(const struct slot_member *m, const char *today)
{
	return m != NULL &&
	       (m->until[0] == '\0' || strcmp(today, m->until) <= 0);
}

static bool
vault_has_legal(const struct proposal_question *q)
{
	for (size_t i = 0; i < q->slots->n_members; i++) {
		const struct slot_member *m = &q->slots->members[i];

		if (m->role == ROLE_LEGAL && counts(m, q->today))
			return true;
	}
	return false;
}

/* An officer approves what touches only his own compartments. */
static int
check_officer(const struct slot_member *m, const json_t *what,
    const struct proposal_rule *r, struct hrv_err *err)
{
	const json_t *list = json_object_get(what, "compartments");
	size_t n = json_array_size(list);
	bool all = n > 0;

	for (size_t i = 0; all && i < n; i++) {
		const char *c = json_string_value(json_array_get(list, i));

		all = c != NULL && slots_list_has(m->compartments, c);
	}
	if (all)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "an hr member approves only what touches compartments of his own: "
	    "to %s",
	    r->about);
	return hrv_hint(err, "ask a dpo, or hr with these compartments; "
			     "'hrvault member list' shows who has which");
}

static int
check_legal(const struct proposal_question *q, const struct slot_member *a,
    struct hrv_err *err)
{
	const struct slot_member *p = slots_member(q->slots, q->proposer);

	if (!vault_has_legal(q) || a->role == ROLE_LEGAL ||
	    (counts(p, q->today) && p->role == ROLE_LEGAL))
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "role",
	    "one of the two who release a hold has the role legal");
	return hrv_hint(err, "ask a member with the role legal");
}

int
proposal_may_approve(const struct proposal_question *q, struct hrv_err *err)
{
	const struct proposal_rule *r = proposal_rule(q->kind);
	const struct slot_member *a = slots_member(q->slots, q->approver);

	if (strcmp(q->approver, q->proposer) == 0) {
		hrv_fail_as(err, HRV_EREFUSED, "self-approval",
		    "nobody approves a proposal of his own");
		return hrv_hint(err, "another member (%s) approves it",
		    proposal_approvers(q->kind));
	}
	if (!counts(a, q->today))
		return hrv_fail_as(err, HRV_EREFUSED, "no-member",
		    "who approved this is not a member any more");
	if (r->approve == 0 && !r->officer) {
		hrv_fail_as(err, HRV_EREFUSED, "request",
		    "this is a request, and no approval makes it a release");
		return hrv_hint(err,
		    "legal or dpo act on it by 'hrvault hold release %s "
		    "--reason @FILE'",
		    proposal_text(q->what, "hold"));
	}
	if ((r->approve & 1u << a->role) != 0)
		return r->legal ? check_legal(q, a, err) : HRV_OK;
	if (r->officer && a->role == ROLE_HR)
		return check_officer(a, q->what, r, err);
	hrv_fail_as(err, HRV_EREFUSED, "role",
	    "a member with the role %s may not be the one who approves: to %s",
	    role_name(a->role), r->about);
	return hrv_hint(err, "it is for: %s", proposal_approvers(q->kind));
}
