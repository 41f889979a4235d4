/* SPDX-License-Identifier: ISC */
/*
 * How many can approve, today and later. Layer: verbs. Invariant: no change of
 * the members makes a day to come on which nothing can be approved.
 */
#include <string.h>

#include "vault/member.h"
#include "vault/terms.h"

size_t
member_approvers(const struct slots *s, const char *day)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_members; i++) {
		const struct slot_member *m = &s->members[i];

		n += (m->role == ROLE_DPO || m->role == ROLE_LEGAL) &&
		     (m->until[0] == '\0' || strcmp(day, m->until) <= 0);
	}
	return n;
}

/* Moves to the day after the next last day of one who approves; false: nobody
 * leaves any more. */
static bool
next_day(const struct slots *s, char day[HRV_DATE_TEXT])
{
	const char *end = NULL;
	struct hrv_date d;

	for (size_t i = 0; i < s->n_members; i++) {
		const struct slot_member *m = &s->members[i];

		if ((m->role == ROLE_DPO || m->role == ROLE_LEGAL) &&
		    m->until[0] != '\0' && strcmp(m->until, day) >= 0 &&
		    (end == NULL || strcmp(m->until, end) < 0))
			end = m->until;
	}
	if (end == NULL || !hrv_date_parse(end, &d) ||
	    !hrv_date_add_days(d, 1, &d))
		return false;
	hrv_date_format(d, day);
	return true;
}

int
member_check_approvers(
    struct hrv_vault *v, const struct slots *next, struct hrv_err *err)
{
	size_t need = v->founding ? 1 : APPROVERS_NEEDED, left;
	char day[HRV_DATE_TEXT];
	int rc = vault_today_text(v, day, err);

	if (rc != HRV_OK)
		return rc;
	/* Without the change the number only falls too, so that the days on
	 * which it falls with it are all there is to look at. */
	do {
		left = member_approvers(next, day);
		if (left < need && left < member_approvers(v->slots, day))
			break;
	} while (next_day(next, day));
	if (left >= need || left >= member_approvers(v->slots, day))
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "approvers",
	    "from %s on %zu member%s with the role dpo or legal would be "
	    "left, and it takes %zu to approve anything",
	    day, left, left == 1 ? "" : "s", need);
	return hrv_hint(err, "add another dpo or legal member first: 'hrvault "
			     "member add FPR --role dpo|legal', or give one a "
			     "later last day: 'hrvault member renew FPR "
			     "--until DATE'");
}
