/* SPDX-License-Identifier: ISC */
/*
 * People about whom something was noted after the snapshot. Layer: verbs.
 * Invariants: whoever had the use of his records restricted (Art. 18 GDPR) has
 * it restricted in the vault that comes back, which lifts nothing; everybody
 * else about whom an entry was given up is named, to be looked at.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/restrict.h"
#include "vault/version.h"

#define NAMED_MAX 200 /* more are only counted */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
restore_subject_lost(
    struct restore *r, const struct leaf *l, struct hrv_err *err)
{
	if (l->subject[0] == '\0')
		return HRV_OK;
	return json_object_set_new(r->subjects, l->subject, json_true())
		   ? no_memory(err)
		   : HRV_OK;
}

/* Only the last of its kind counts: what was lifted later is not restricted
 * again. */
static int
take_restriction(struct restore *r, const struct leaf *l, const json_t *p,
    struct hrv_err *err)
{
	const char *ground = json_str(p, "ground");
	int rc = ground == NULL
		     ? hrv_fail(err, HRV_EINTEGRITY,
			   "the log backup does not say why something was "
			   "restricted")
		     : grounds_check(ground, err);

	if (rc == HRV_OK && json_set_str(r->restricts, l->subject, ground))
		rc = no_memory(err);
	return rc;
}

static int
put_left(struct restore *r, const char *who, const char *left)
{
	return left == NULL
		   ? json_object_set_new(r->restricts, who, json_null())
		   : json_set_str(r->restricts, who, left);
}

/* Lifted of all the entries that were this person by then; null says so, or
 * there are grounds left. */
static int
take_lifting(struct restore *r, const char *subject, const json_t *p,
    struct hrv_err *err)
{
	const char *left = json_str(p, "left"), *who;
	json_t *into;
	int rc = left == NULL ? HRV_OK : grounds_check(left, err);
	int bad;

	if (rc != HRV_OK)
		return rc;
	bad = put_left(r, subject, left);

	json_object_foreach(r->merges, who, into)
	{
		if (restore_became(r, who, subject))
			bad |= put_left(r, who, left);
	}
	return bad ? no_memory(err) : HRV_OK;
}

int
restore_subject(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	bool restricts = strcmp(l->op->name, "subject.restrict") == 0;
	bool lifts = strcmp(l->op->name, "subject.lift") == 0;
	bool consents = strcmp(l->op->name, "subject.consent") == 0;
	bool wishes = strcmp(l->op->name, "subject.preference") == 0;
	json_t *p = NULL;
	int rc;

	if (l->result != LEAF_OK || l->subject[0] == '\0' ||
	    l->phase == OP_INTENT ||
	    (!restricts && !lifts && !consents && !wishes))
		return HRV_OK;
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	if (rc == HRV_OK)
		rc = lifts	 ? take_lifting(r, l->subject, p, err)
		     : restricts ? take_restriction(r, l, p, err)
		     : wishes	 ? restore_preference(r, l, p, err)
				 : restore_consent(r, index, l, p, err);
	json_decref(p);
	return rc;
}

/* One that is not in the snapshot, or has gone, has nothing to restrict. */
static int
restrict_one(struct restore *r, const char *text, const char *ground,
    struct hrv_err *err)
{
	struct restrict_step step = { .ground = ground, .again = true };
	struct subject_row row;
	struct hrv_id id;
	int rc = id_parse(text, ID_SUBJECT, &id)
		     ? subject_load(r->v, &id, &row, err)
		     : hrv_fail(err, HRV_EINTEGRITY,
			   "the log backup does not say who was restricted");

	if (rc == HRV_ENOTFOUND || rc == HRV_EPURGED)
		return HRV_OK;
	if (rc != HRV_OK || row.gone || strcmp(row.restricted, ground) == 0)
		return rc;
	step.subject = &id;
	rc = restrict_apply(r->v, &step, NULL, err);
	r->restricted += rc == HRV_OK;
	return rc;
}

int
restore_subject_again(struct restore *r, struct hrv_err *err)
{
	const char *key;
	json_t *value;
	int rc = HRV_OK;

	json_object_foreach(r->restricts, key, value)
	{
		if (rc == HRV_OK && json_is_string(value))
			rc =
			    restrict_one(r, key, json_string_value(value), err);
	}
	if (rc == HRV_OK)
		rc = restore_consent_again(r, err);
	return rc == HRV_OK ? restore_preference_again(r, err) : rc;
}

int
restore_subject_what(const struct restore *r, json_t *o)
{
	json_t *list = json_array();
	const char *text;
	json_t *value;
	size_t n = 0;
	int bad = list == NULL;

	json_object_foreach(r->subjects, text, value)
	{
		if (n++ < NAMED_MAX)
			bad |= json_array_append_new(list, json_string(text));
	}
	bad |= json_set_int(o, "restrictions", (int64_t)r->restricted);
	bad |= json_set_int(o, "withdrawals", (int64_t)r->withdrawn);
	bad |= json_set_int(o, "preferences", (int64_t)r->refused);
	bad |= json_object_set(o, "subjects", list);
	bad |= json_set_int(o, "subjects_all", (int64_t)n);
	json_decref(list);
	return bad;
}
