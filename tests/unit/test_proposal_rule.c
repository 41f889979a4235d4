/* SPDX-License-Identifier: ISC */
/*
 * Who may propose and who may approve each step that takes two people: every
 * row, with every role. The table here is written out on its own.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "vault/proposal_rule.h"

#define TODAY "2026-11-23"

/* hr, legal, dpo, purge, auditor: who may propose; who may approve what an hr
 * or dpo member other than himself proposed. 'c': with the compartment. */
static const struct {
	const char *kind;
	const char *propose;
	const char *approve;
} rows[] = {
	{ "hold.release", "-ld--", "-ld--" },
	{ "hold.request", "h----", "-----" },
	{ "policy.adopt", "hldp-", "-ld--" },
	{ "review", "h-d--", "c-d--" },
	{ "record.void", "h-d--", "c-d--" },
	{ "case.export", "h-d--", "-ld--" },
	{ "case.refuse", "h-d--", "-ld--" },
	{ "member.change", "hld--", "-ld--" },
	{ "member.link", "hld--", "-ld--" },
	{ "key.recover", "hld--", "-ld--" },
	{ "event.earlier", "h----", "c-d--" },
	{ "clock", "hldp-", "-ld--" },
	{ "rollback", "hldp-", "-ld--" },
	{ "restore", "hldp-", "-ld--" },
	{ "record.amend", "hldp-", "c-d--" },
};
static const char *const role_of[] = { "hr", "legal", "dpo", "purge",
	"auditor" };

/* One member per role, 40 digits that end in its number, and a second one of
 * each, who ends in its number plus 5. */
static void
fpr_of(unsigned n, char out[FPR_SIZE])
{
	snprintf(out, FPR_SIZE, "%040u", n);
}

static struct slots *
everybody(void)
{
	struct slots *s = slots_new();

	assert_non_null(s);
	for (unsigned i = 0; i < 10; i++) {
		char comps[] = "general,pay";
		struct slot_member m = { .compartments = comps };

		assert_true(role_parse(role_of[i % 5], &m.role));
		fpr_of(i, m.fpr);
		OK_(slots_add_member(s, &m, err));
	}
	return s;
}

static int
ask(const struct slots *s, const char *kind, const char *comp,
    const unsigned who[2], struct hrv_err *err)
{
	json_t *what = json_pack("{s:[s,s]}", "compartments", "general", comp);
	char proposer[FPR_SIZE], approver[FPR_SIZE];
	struct proposal_question q = { .slots = s,
		.kind = kind,
		.what = what,
		.proposer = proposer,
		.approver = approver,
		.today = TODAY };
	int rc;

	fpr_of(who[0], proposer);
	fpr_of(who[1], approver);
	rc = proposal_may_approve(&q, err);
	json_decref(what);
	return rc;
}

static void
every_step_is_proposed_by_its_roles_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned r = 0; r < ROLE_COUNT; r++) {
			struct hrv_err e = { 0 };
			int rc = proposal_may_propose(
			    (enum role)r, rows[i].kind, &e);

			if (rc !=
			    (rows[i].propose[r] == '-' ? HRV_EREFUSED : HRV_OK))
				fail_msg("%s proposes %s: %d", role_of[r],
				    rows[i].kind, rc);
		}
	}
}

static void
every_step_is_approved_by_its_roles_only(void **state)
{
	struct slots *s = everybody();
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned r = 0; r < ROLE_COUNT; r++) {
			unsigned who[2] = { 6, r }; /* the second legal */
			struct hrv_err e = { 0 };
			int rc = ask(s, rows[i].kind, "pay", who, &e);

			if (rc !=
			    (rows[i].approve[r] == '-' ? HRV_EREFUSED : HRV_OK))
				fail_msg("%s approves %s: %d", role_of[r],
				    rows[i].kind, rc);
		}
	}
	slots_free(s);
}

static void
nobody_approves_a_proposal_of_his_own(void **state)
{
	struct slots *s = everybody();
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned r = 0; r < ROLE_COUNT; r++) {
			unsigned who[2] = { r, r };
			struct hrv_err e = { 0 };

			assert_int_equal(
			    ask(s, rows[i].kind, "pay", who, &e), HRV_EREFUSED);
			assert_string_equal(e.name, "self-approval");
		}
	}
	slots_free(s);
}

static void
an_officer_approves_only_in_his_compartments(void **state)
{
	static const char *const kinds[] = { "review", "record.void",
		"event.earlier" };
	struct slots *s = everybody();
	unsigned hr[2] = { 0, 5 }, dpo[2] = { 0, 2 };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct hrv_err e = { 0 };

		OK_(ask(s, kinds[i], "pay", hr, err));
		assert_int_equal(
		    ask(s, kinds[i], "medical", hr, &e), HRV_EREFUSED);
		assert_string_equal(e.name, "key-not-held");
		OK_(ask(s, kinds[i], "medical", dpo, err));
	}
	slots_free(s);
}

/* A list that says nothing of compartments is for the dpo alone. */
static void
an_officer_approves_nothing_without_compartments(void **state)
{
	struct slots *s = everybody();
	json_t *what = json_object();
	char proposer[FPR_SIZE], approver[FPR_SIZE];
	struct proposal_question q = { s, "review", what, proposer, approver,
		TODAY };
	(void)state;

	fpr_of(0, proposer);
	fpr_of(5, approver);
	FAILS(proposal_may_approve(&q, err), HRV_EREFUSED);
	json_decref(what);
	slots_free(s);
}

static void
one_of_two_who_release_a_hold_is_legal_where_there_is_one(void **state)
{
	struct slots *s = everybody();
	unsigned dd[2] = { 2, 7 }, dl[2] = { 2, 1 }, ld[2] = { 1, 2 },
		 ll[2] = { 1, 6 };
	(void)state;

	FAILS(ask(s, "hold.release", "pay", dd, err), HRV_EREFUSED);
	OK_(ask(s, "hold.release", "pay", dl, err));
	OK_(ask(s, "hold.release", "pay", ld, err));
	OK_(ask(s, "hold.release", "pay", ll, err));
	/* Nobody is legal any more: two dpo may. */
	s->members[1].role = ROLE_DPO;
	memcpy(s->members[6].until, "2026-11-22", 11);
	OK_(ask(s, "hold.release", "pay", dd, err));
	slots_free(s);
}

static void
who_left_or_is_past_the_end_approves_nothing(void **state)
{
	struct slots *s = everybody();
	unsigned ended[2] = { 1, 2 }, stranger[2] = { 1, 77 };
	struct hrv_err e = { 0 };
	(void)state;

	memcpy(s->members[2].until, TODAY, 11);
	OK_(ask(s, "clock", "pay", ended, err));
	memcpy(s->members[2].until, "2026-11-22", 11);
	assert_int_equal(ask(s, "clock", "pay", ended, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "no-member");
	assert_int_equal(ask(s, "clock", "pay", stranger, &e), HRV_EREFUSED);
	slots_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_is_proposed_by_its_roles_only),
		cmocka_unit_test(every_step_is_approved_by_its_roles_only),
		cmocka_unit_test(nobody_approves_a_proposal_of_his_own),
		cmocka_unit_test(an_officer_approves_only_in_his_compartments),
		cmocka_unit_test(
		    an_officer_approves_nothing_without_compartments),
		cmocka_unit_test(
		    one_of_two_who_release_a_hold_is_legal_where_there_is_one),
		cmocka_unit_test(who_left_or_is_past_the_end_approves_nothing),
	};

	return RUN(tests);
}
