/* SPDX-License-Identifier: ISC */
/*
 * Reading what a member is to be: compartments, last day, key. Layer: verbs.
 */
#include <string.h>

#include "hrvault/policy.h"
#include "vault/crypto/pgp.h"
#include "vault/member.h"
#include "vault/terms.h"

/* Every word of the list must be a compartment of the schedule in force. */
static int
check_words(const struct hrv_schedule *s, const char *list, struct hrv_err *err)
{
	const char *p = list;

	for (;;) {
		size_t n = strcspn(p, ",");
		bool known = false;

		for (size_t i = 0; !known && i < s->compartment_count; i++)
			known = strlen(s->compartment[i]) == n &&
				memcmp(s->compartment[i], p, n) == 0;
		if (!known) {
			hrv_fail(err, HRV_EUSAGE,
			    "the schedule in force has no compartment '%.*s'",
			    (int)(n < 64 ? n : 64), p);
			return hrv_hint(
			    err, "'hrvault policy show' lists them");
		}
		if (p[n] == '\0')
			return HRV_OK;
		p += n + 1;
	}
}

int
member_read_compartments(struct hrv_vault *v, const char *list, enum role role,
    struct buf *out, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	int rc;

	if (list == NULL || list[0] == '\0' || strcmp(list, "-") == 0) {
		buf_addc(out, '-');
		return buf_ok(out, err);
	}
	if (!role_takes_compartments(role))
		return hrv_fail_as(err, HRV_EREFUSED, "role",
		    "a member with the role %s is given no compartments",
		    role_name(role));
	rc = check_words(s, list, err);
	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; i < s->compartment_count; i++) {
		if (!slots_list_has(list, s->compartment[i]))
			continue;
		if (out->len > 0)
			buf_addc(out, ',');
		buf_adds(out, s->compartment[i]);
	}
	return buf_ok(out, err);
}

int
member_read_until(struct hrv_vault *v, const char *until,
    char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	struct hrv_date d, today;
	int rc;

	if (until == NULL)
		return HRV_OK;
	if (!hrv_date_parse(until, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the end of a membership is a date like 2027-11-01");
	rc = vault_today(v, &today, err);
	if (rc == HRV_OK && hrv_date_cmp(d, today) < 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "the membership would have ended already");
	if (rc == HRV_OK)
		hrv_date_format(d, out);
	return rc;
}

int
member_key_usable(const struct pgp_key_info *k, struct hrv_err *err)
{
	const char *why = NULL;

	if (k->revoked)
		why = "is revoked";
	else if (k->expired)
		why = "has expired";
	else if (k->disabled || k->invalid)
		why = "is disabled or not valid in your keyring";
	else if (!k->can_encrypt)
		why = "cannot be encrypted to";
	else if (!k->can_sign)
		why = "cannot sign";
	if (why == NULL)
		return HRV_OK;
	hrv_fail(err, HRV_EKEY, "the key %s %s", k->fpr, why);
	return hrv_hint(err, "ask its owner for a key that can sign "
			     "and encrypt, and import it");
}
