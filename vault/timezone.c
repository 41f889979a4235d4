/* SPDX-License-Identifier: ISC */
/*
 * Whose days a vault counts. Layer: verbs. Invariant: never a time zone that
 * the machine or the user happens to be in, only the schedule's.
 */
#include "hrvault/policy.h"
#include "hrvault/vault.h"
#include "vault/handle.h"
#include "vault/inforce.h"

int
hrv_vault_timezone(
    struct hrv_vault *v, const char **ret_zone, struct hrv_err *err)
{
	int rc = inforce_schedule(v, err);

	if (rc == HRV_OK)
		*ret_zone = v->schedule->timezone;
	return rc;
}
