/* SPDX-License-Identifier: ISC */
/*
 * What happened after the snapshot and may keep a record. Layer: verbs. The
 * log has it by hash, not by its words, so it cannot be done again here; people
 * enter it again, and until they say so nothing is destroyed. Invariant: what
 * is not known to be harmless is listed.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"

#define LISTED_MAX 200 /* more are only counted */

/* Without it nothing that is there goes earlier: it made something new, took a
 * protection away, or is not about records. */
static bool
is_harmless(const char *op)
{
	static const char *const prefix[] = { "record.add", "record.due",
		"subject.add", "subject.lift", "hold.", "member.", "slots.",
		"key.", "backup.", "disclose", "recipient.", "log.", "check.",
		"clock.", "controller.", "session.", "purge." };

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		if (strncmp(op, prefix[i], strlen(prefix[i])) == 0)
			return true;
	}
	return false;
}

int
restore_reenter(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	char day[WHEN_TEXT_LEN + 1] = "";
	json_t *o;

	if (is_harmless(l->op->name) || r->reenter_all++ >= LISTED_MAX)
		return HRV_OK;
	(void)!when_format(l->time, day);
	day[10] = '\0';
	o = json_object();
	if (o == NULL || json_set_int(o, "entry", (int64_t)index) ||
	    json_set_str(o, "op", l->op->name) || json_set_str(o, "day", day) ||
	    json_array_append(r->reenter, o)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(o);
	return HRV_OK;
}

/* Entries that nobody has: whoever gives them up does not know what they
 * kept. */
static bool
is_unknown(const struct restore *r)
{
	uint64_t known = r->snap.log_size;

	if (r->has_past && r->past.log.size > known)
		known = r->past.log.size;
	return r->lost.size > known || r->beyond_origin[0] != '\0' ||
	       (r->args->without_log && !r->has_past);
}

int
restore_reenter_what(const struct restore *r, json_t *o)
{
	int bad = json_object_set(o, "reenter", r->reenter) ||
		  json_set_int(o, "reenter_all", (int64_t)r->reenter_all);

	if (r->reenter_all > 0 || is_unknown(r))
		bad |= json_set_int(o, "held_back", 1);
	return bad;
}
