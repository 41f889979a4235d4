/* SPDX-License-Identifier: ISC */
/*
 * People about whom something was noted after the snapshot. Layer: verbs.
 * Invariants: whoever had the use of his records restricted (Art. 18 GDPR) has
 * it restricted in the vault that comes back; a restriction is added, never
 * lifted; everybody else about whom an entry was given up is named, to be
 * looked at.
 */
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
int
restore_subject(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	bool restricts = strcmp(l->op->name, "subject.restrict") == 0;
	bool lifts = strcmp(l->op->name, "subject.lift") == 0;
	const char *ground;
	json_t *p = NULL;
	int rc;

	if (l->result != LEAF_OK || l->subject[0] == '\0' ||
	    (!restricts && !lifts))
		return HRV_OK;
	if (lifts) {
		(void)json_object_del(r->restricts, l->subject);
		return HRV_OK;
	}
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	ground = json_str(p, "ground");
	if (rc == HRV_OK && ground == NULL)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say why something was restricted");
	if (rc == HRV_OK)
		rc = restrict_check_ground(ground, err);
	if (rc == HRV_OK && json_set_str(r->restricts, l->subject, ground))
		rc = no_memory(err);
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
restore_subject_restrict(struct restore *r, struct hrv_err *err)
{
	const char *text;
	json_t *ground;
	int rc = HRV_OK;

	json_object_foreach(r->restricts, text, ground)
	{
		if (rc == HRV_OK)
			rc = restrict_one(
			    r, text, json_string_value(ground), err);
	}
	return rc;
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
	bad |= json_object_set(o, "subjects", list);
	bad |= json_set_int(o, "subjects_all", (int64_t)n);
	json_decref(list);
	return bad;
}
