/* SPDX-License-Identifier: ISC */
/*
 * What the log and this client's memory tell about the last purge and the
 * last verification, and what the slot file tells about members who will soon
 * not be able to open anything. Layer: verbs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/status_int.h"
#include "vault/vault_trust.h"
#include "vault/verify.h"

#define LOOK_BACK 50000	  /* entries searched for the last purge */
#define VERIFY_DAYS 35	  /* after which a verification is old */
#define EXPIRING_DAYS 30  /* before which an end is said */
#define PURGE_LATE_DAYS 8 /* unless the schedule says otherwise */

/* Parses entry `index`. What cannot be read is not what status is for. */
static bool
read_leaf(struct status *s, uint64_t index, struct leaf *ret)
{
	struct buf b = BUF_INIT;
	bool ok = log_read(s->v->db, index, &b, NULL, NULL) == HRV_OK &&
		  leaf_parse(b.data, b.len, ret, NULL) == HRV_OK;

	buf_clear(&b);
	return ok;
}

static bool
is_op(const struct leaf *l, const char *name)
{
	return strcmp(l->op->name, name) == 0;
}

/* A run that ended, well or not. */
static bool
ends_run(const struct leaf *l)
{
	if (strncmp(l->op->name, "purge.", 6) != 0 || l->phase == OP_INTENT)
		return false;
	return l->result != LEAF_OK || is_op(l, "purge.heartbeat") ||
	       is_op(l, "purge.commit") || is_op(l, "purge.destroyed");
}

/* A run that was carried out to its end: it destroyed what it could, or found
 * everything protected under the lock, or had nothing to do. */
static bool
succeeded(const struct leaf *l)
{
	return l->result == LEAF_OK ||
	       (is_op(l, "purge.commit") && strcmp(l->code, "protected") == 0);
}

static int
tell_last(
    struct status *s, const struct leaf *l, uint64_t index, struct hrv_err *err)
{
	static const char *const names[] = { "", "ok", "refused", "failed" };
	char when[WHEN_TEXT_LEN + 1] = "", result[64];
	json_t *o;

	(void)!when_format(l->time, when);
	snprintf(result, sizeof(result), "%s%s%s", names[l->result],
	    l->code[0] == '\0' ? "" : ": ", l->code);
	o = json_pack("{s:s,s:s,s:I}", "time", when, "result", result, "entry",
	    (json_int_t)index);
	if (o == NULL || json_object_set_new(s->doc, "last_purge", o))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (!succeeded(l))
		status_say(s, STATUS_WARNING, "the last purge did not run: %s",
		    result);
	return HRV_OK;
}

/* The last run, and when one succeeded last: those that are refused day after
 * day destroy nothing either. */
static int
last_purge(
    struct status *s, uint64_t size, int64_t *ret_time, struct hrv_err *err)
{
	bool told = false, found = false;
	struct leaf l;
	int rc = HRV_OK;

	for (uint64_t i = size;
	     rc == HRV_OK && !found && i > 0 && size - i < LOOK_BACK; i--) {
		l = (struct leaf)LEAF_INIT;
		if (!read_leaf(s, i - 1, &l) || !ends_run(&l))
			continue;
		if (!told)
			rc = tell_last(s, &l, i - 1, err);
		told = true;
		found = succeeded(&l);
		if (found)
			*ret_time = l.time;
	}
	if (rc == HRV_OK && !told &&
	    json_object_set_new(s->doc, "last_purge", json_null()))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

static int
last_verify(
    struct status *s, uint64_t size, int64_t founded, struct hrv_err *err)
{
	char when[WHEN_TEXT_LEN + 1] = "";
	struct verify_mark m;
	int64_t since;
	json_t *o = NULL;

	verify_mark_load(s->v, &m);
	if (m.size > 0 && m.size <= size && when_format(m.time, when))
		o = json_pack(
		    "{s:s,s:I}", "time", when, "size", (json_int_t)m.size);
	since = o == NULL ? founded : m.time;
	if (vault_now(s->v) - since > VERIFY_DAYS * WHEN_DAY)
		status_say(s, STATUS_WARNING,
		    "nobody verified the log from here for %lld days: "
		    "'hrvault audit verify'",
		    (long long)((vault_now(s->v) - since) / WHEN_DAY));
	if (json_object_set_new(
		s->doc, "last_verify", o == NULL ? json_null() : o))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
status_log(struct status *s, struct hrv_err *err)
{
	struct tree_frontier f;
	struct leaf first = LEAF_INIT;
	int64_t days = s->v->schedule == NULL
			   ? PURGE_LATE_DAYS
			   : s->v->schedule->purge.max_silence;
	int64_t purged;
	int rc = log_frontier(s->v->db, &f, err);

	if (rc != HRV_OK)
		return rc;
	if (!read_leaf(s, 0, &first))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the first entry of the log cannot be read");
	if (json_set_int(s->doc, "entries", (int64_t)f.size))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	purged = first.time;
	rc = last_purge(s, f.size, &purged, err);
	if (rc == HRV_OK && vault_now(s->v) - purged > days * WHEN_DAY)
		status_say(s, STATUS_WARNING,
		    "no purge has succeeded for %lld days: 'hrvault purge "
		    "run'",
		    (long long)((vault_now(s->v) - purged) / WHEN_DAY));
	return rc == HRV_OK ? last_verify(s, f.size, first.time, err) : rc;
}

/* The day, as ISO text, on which somebody's access ends; "" for never. */
static void
end_of(struct trust *t, const struct slot_member *m, char out[HRV_DATE_TEXT])
{
	struct pgp_key_info info = { .expires = 0 };
	char when[WHEN_TEXT_LEN + 1];

	snprintf(out, HRV_DATE_TEXT, "%s", m->until);
	if (t == NULL ||
	    pgp_key_find(t->pgp, m->fpr, false, &info, NULL) != HRV_OK ||
	    info.expires == 0 || !when_format(info.expires * WHEN_SECOND, when))
		return;
	if (out[0] == '\0' || strncmp(when, out, 10) < 0)
		snprintf(out, HRV_DATE_TEXT, "%.10s", when);
}

static int
member_ends(struct status *s, struct trust *t, const struct slot_member *m,
    const char *soon, json_t *list, struct hrv_err *err)
{
	char end[HRV_DATE_TEXT];

	end_of(t, m, end);
	if (end[0] == '\0' || strcmp(end, soon) > 0)
		return HRV_OK;
	if (json_array_append_new(
		list, json_pack("{s:s,s:s,s:s}", "fingerprint", m->fpr, "role",
			  role_name(m->role), "ends", end)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (strcmp(end, s->day) < 0)
		status_say(s, STATUS_CRITICAL, "access of %s ended on %s",
		    m->fpr + FPR_LEN - 16, end);
	else
		status_say(s, STATUS_WARNING, "access of %s ends on %s",
		    m->fpr + FPR_LEN - 16, end);
	return HRV_OK;
}

int
status_members(struct status *s, struct hrv_err *err)
{
	const struct slots *slots = s->v->slots;
	struct trust *t = NULL;
	char soon[WHEN_TEXT_LEN + 1] = "";
	json_t *list = json_array();
	int rc = HRV_OK;

	if (list == NULL ||
	    json_object_set_new(s->doc, "members_expiring", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	(void)!when_format(vault_now(s->v) + EXPIRING_DAYS * WHEN_DAY, soon);
	soon[10] = '\0';
	/* Needs a scratch folder; without one only the dates of the slot file
	 * are known. */
	(void)!vault_trust(s->v, &t, NULL);
	for (size_t i = 0; rc == HRV_OK && i < slots->n_members; i++)
		rc = member_ends(s, t, &slots->members[i], soon, list, err);
	return rc;
}
