/* SPDX-License-Identifier: ISC */
/*
 * The age at intake, see intake_age.h. Layer: verbs. Invariant: a schedule of
 * later makes nobody too young who was lawfully taken in.
 */
#include "vault/intake_age.h"

#include "vault/foldrows.h"
#include "vault/inforce.h"
#include "vault/terms.h"

static int
allowed_by(struct hrv_vault *v, const struct fold_policy *p,
    struct hrv_date born, struct hrv_date stored, bool *ret,
    struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	struct buf text = BUF_INIT;
	int rc = inforce_policy_by_hash(v, p->hash, &text, err);

	if (rc == HRV_OK) {
		s = hrv_schedule_parse(buf_str(&text), text.len, &errors);
		*ret = s == NULL || hrv_schedule_old_enough(s, born, stored);
		hrv_schedule_free(s);
	}
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	return rc;
}

/* In force from the day of its adoption to that of the next one, both
 * included; the first one always was. */
static int
was_in_force(struct hrv_vault *v, const struct fold *f, size_t i,
    struct hrv_date day, bool *ret, struct hrv_err *err)
{
	struct hrv_date from = { 0 }, to;
	int rc = HRV_OK;

	if (i > 0)
		rc = vault_local_date(
		    v, f->policies[i].time / 1000000, &from, err);
	*ret = rc == HRV_OK && hrv_date_cmp(from, day) <= 0;
	if (rc != HRV_OK || !*ret || i + 1 == f->n_policies)
		return rc;
	rc = vault_local_date(v, f->policies[i + 1].time / 1000000, &to, err);
	*ret = rc == HRV_OK && hrv_date_cmp(day, to) <= 0;
	return rc;
}

int
intake_old_enough(struct hrv_vault *v, struct hrv_date born,
    struct hrv_date stored, bool *ret, struct hrv_err *err)
{
	struct fold f = { 0 };
	bool allowed = false;
	int rc = fold_init(&f, NULL, 0, err);

	if (rc == HRV_OK)
		rc = fold_rows_policies(&f, v, err);
	for (size_t i = 0; rc == HRV_OK && !allowed && i < f.n_policies; i++) {
		bool in_force = false;

		rc = was_in_force(v, &f, i, stored, &in_force, err);
		if (rc == HRV_OK && in_force)
			rc = allowed_by(
			    v, &f.policies[i], born, stored, &allowed, err);
	}
	fold_clear(&f);
	if (rc == HRV_OK)
		*ret = allowed;
	return rc;
}
