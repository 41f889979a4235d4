/* SPDX-License-Identifier: ISC */
/*
 * The standing of members' keys. Layer: verbs. Invariant: keys are sealed only
 * to the certificate that the slot file has, and never to one of which the
 * caller knows that it was revoked.
 */
#include "vault/standing.h"

#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/terms.h"

const char *
standing_name(enum standing s)
{
	static const char *const names[] = { "active", "expiring", "unusable",
		"expired", "revoked" };

	return names[s];
}

/* The caller's keyring may know of a revocation or of a longer life; the
 * certificate of the file is what there is otherwise. */
struct known {
	bool any;
	bool revoked;
	bool expired;
	bool seals;
	int64_t expires; /* seconds; 0: never */
};

static int
ask(struct pgp *p, const char *fpr, struct known *s, struct hrv_err *err)
{
	struct pgp_key_info k;
	int rc = pgp_key_find(p, fpr, false, &k, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc != HRV_OK)
		return rc;
	s->revoked = s->revoked || k.revoked;
	if (!s->any) {
		s->expired = k.expired;
		s->expires = k.expires;
	} else {
		s->expired = s->expired && k.expired;
		if (k.expires == 0 ||
		    (s->expires != 0 && k.expires > s->expires))
			s->expires = k.expires;
	}
	s->seals = s->seals || k.can_encrypt;
	s->any = true;
	return HRV_OK;
}

/* Whether a membership that ends (or ended) on that day ends soon. */
static bool
ends_soon(const char *until, struct hrv_date today)
{
	struct hrv_date d;

	return until[0] != '\0' && hrv_date_parse(until, &d) &&
	       hrv_date_to_days(d) - hrv_date_to_days(today) <
		   STANDING_EXPIRING_DAYS;
}

static bool
has_ended(const char *until, struct hrv_date today)
{
	struct hrv_date d;

	return until[0] != '\0' && hrv_date_parse(until, &d) &&
	       hrv_date_cmp(d, today) < 0;
}

int
standing_of(struct hrv_vault *v, struct trust *t, const struct slot_member *m,
    enum standing *ret, struct hrv_err *err)
{
	int64_t soon = vault_now(v) / WHEN_SECOND +
		       STANDING_EXPIRING_DAYS * (WHEN_DAY / WHEN_SECOND);
	struct known s = { 0 };
	struct hrv_date today;
	int rc = ask(t->pgp, m->fpr, &s, err);

	if (rc == HRV_OK)
		rc = ask(v->pgp, m->fpr, &s, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc != HRV_OK)
		return rc;
	if (s.revoked)
		*ret = STANDING_REVOKED;
	else if (s.expired || has_ended(m->until, today))
		*ret = STANDING_EXPIRED;
	else if (!s.seals)
		*ret = STANDING_UNUSABLE;
	else if ((s.expires != 0 && s.expires < soon) ||
		 ends_soon(m->until, today))
		*ret = STANDING_EXPIRING;
	else
		*ret = STANDING_ACTIVE;
	return HRV_OK;
}

int
standing_check_seal(struct hrv_vault *v, struct trust *t,
    const struct slot_member *m, struct hrv_err *err)
{
	struct known file = { 0 }, own = { 0 };
	const char *why = NULL;
	struct hrv_date today;
	int rc = ask(t->pgp, m->fpr, &file, err);

	if (rc == HRV_OK)
		rc = ask(v->pgp, m->fpr, &own, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc != HRV_OK)
		return rc;
	if (file.revoked || own.revoked)
		why = "is revoked";
	else if (file.expired)
		why = "has expired, by the certificate that the vault has";
	else if (!file.seals)
		why = "cannot be encrypted to";
	else if (has_ended(m->until, today))
		why = "belongs to a membership that is over";
	if (why == NULL)
		return HRV_OK;
	hrv_fail_as(err, HRV_EKEY, "member-key",
	    "the key of the member %s %s: nothing was written", m->fpr, why);
	return hrv_hint(err,
	    "'hrvault member renew %s' takes in an extended certificate; "
	    "'hrvault member remove %s' ends the membership",
	    m->fpr + FPR_LEN - 16, m->fpr + FPR_LEN - 16);
}
