/* SPDX-License-Identifier: ISC */
/*
 * What status says of keys: rotations that are to be done, and members' keys
 * that are revoked or cannot be used. Layer: verbs.
 */
#include <string.h>

#include "vault/keycheck.h"
#include "vault/member.h"
#include "vault/standing.h"
#include "vault/status_int.h"

/* Ends of certificates and memberships are said by status_members(). */
static void
say_members(struct status *s, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const char *code = json_str(o, "code");

		if (strcmp(code, "revoked") == 0 ||
		    strcmp(code, "unusable") == 0 || strcmp(code, "ended") == 0)
			status_say(
			    s, STATUS_CRITICAL, "%s", json_str(o, "text"));
	}
}

/* Two who approve are needed, and their days are known before they come. */
static int
say_approvers(struct status *s, struct hrv_err *err)
{
	struct hrv_date day;
	char text[HRV_DATE_TEXT];
	size_t left;

	if (s->v->founding)
		return HRV_OK;
	if (!hrv_date_add_days(s->today, STANDING_EXPIRING_DAYS, &day))
		return hrv_fail(err, HRV_EFAILED, "a date is out of range");
	hrv_date_format(day, text);
	left = member_approvers(s->v->slots, text);
	if (left < APPROVERS_NEEDED)
		status_say(s, STATUS_CRITICAL,
		    "by %s %zu member%s with the role dpo or legal will be "
		    "left, and it takes %d to approve anything: 'hrvault "
		    "member renew FPR --until DATE' while there are two",
		    text, left, left == 1 ? "" : "s", APPROVERS_NEEDED);
	return HRV_OK;
}

int
status_keys(struct status *s, struct hrv_err *err)
{
	json_t *list = json_array(), *tasks = NULL;
	size_t n;
	int rc = list == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			      : keycheck_rotations(s->v, list, &tasks, err);

	if (rc != HRV_OK)
		goto out;
	n = json_array_size(tasks);
	if (json_set_int(s->doc, "rotations", (int64_t)n))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (n > 0)
		status_say(s, STATUS_CRITICAL,
		    "%zu key%s to be rotated, because somebody knows %s who "
		    "should not: 'hrvault key check'",
		    n, n == 1 ? " is" : "s are", n == 1 ? "it" : "them");
	json_array_clear(list);
	/* Needs a scratch folder; without one status still answers. */
	if (rc == HRV_OK && keycheck_members(s->v, list, NULL) == HRV_OK)
		say_members(s, list);
	if (rc == HRV_OK)
		rc = say_approvers(s, err);
out:
	json_decref(tasks);
	json_decref(list);
	return rc;
}
