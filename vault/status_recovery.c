/* SPDX-License-Identifier: ISC */
/*
 * What status says of recovery shares. Layer: verbs.
 */
#include <string.h>

#include "vault/split.h"
#include "vault/status_int.h"

int
status_recovery(struct status *s, struct hrv_err *err)
{
	json_t *o = NULL;
	const json_t *missing;
	const char *state;
	int rc = split_status(s->v, &o, err);

	if (rc == HRV_EINTEGRITY) {
		status_say(s, STATUS_CRITICAL, "%s", err->msg);
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	state = json_str(o, "state");
	missing = json_object_get(o, "missing");
	if (state != NULL && strcmp(state, "pending") == 0)
		status_say(s, STATUS_WARNING,
		    "%lld of %lld custodians have confirmed their recovery "
		    "share; it counts when all have: 'hrvault key split "
		    "--confirm FILE'",
		    (long long)json_int(o, "confirmed", 0),
		    (long long)json_int(o, "shares", 0));
	if (json_array_size(missing) > 0)
		status_say(s, STATUS_WARNING,
		    "the recovery shares do not lead to the newest keys (%s): "
		    "'hrvault key split'",
		    json_string_value(json_array_get(missing, 0)));
	if (json_object_set_new(s->doc, "recovery", o))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}
