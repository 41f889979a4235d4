/* SPDX-License-Identifier: ISC */
/*
 * People who were made one after the snapshot. Layer: verbs. Invariant: they
 * are two again, and what held or restricted the one they became, or one of
 * them when they became it, holds and restricts both.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/holdplace.h"
#include "vault/log/leaf.h"
#include "vault/protect.h"
#include "vault/restore_int.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

bool
restore_became(const struct restore *r, const char *who, const char *other)
{
	const char *into = json_str(r->merges, who);

	for (size_t n = json_object_size(r->merges); into != NULL && n > 0;
	     n--) {
		if (strcmp(into, other) == 0)
			return true;
		into = json_str(r->merges, into);
	}
	return false;
}

int
restore_said_one(json_t *list, const char *member, const char *who,
    json_t *said, struct hrv_err *err)
{
	struct buf key = BUF_INIT;
	int rc;

	buf_addf(&key, "%s %s", who, json_str(said, member));
	rc = buf_ok(&key, err);
	if (rc == HRV_OK && json_object_set(list, buf_str(&key), said))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	buf_clear(&key);
	return rc;
}

int
restore_said(struct restore *r, json_t *list, const char *member,
    const char *who, json_t *said, struct hrv_err *err)
{
	const char *other;
	json_t *into;
	int rc = restore_said_one(list, member, who, said, err);

	json_object_foreach(r->merges, other, into)
	{
		if (rc == HRV_OK && restore_became(r, other, who))
			rc = restore_said_one(list, member, other, said, err);
	}
	return rc;
}

/* On which ground somebody is restricted by now, NULL for none: as the log
 * says, or else the snapshot. */
static int
ground_of(struct restore *r, const char *who, struct subject_row *row,
    const char **ret, struct hrv_err *err)
{
	const json_t *since = json_object_get(r->restricts, who);
	struct hrv_id id;
	int rc;

	*row = (struct subject_row){ .gone = false };
	*ret = NULL;
	if (!id_parse(who, ID_SUBJECT, &id))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say who became whom");
	rc = subject_load(r->v, &id, row, err);
	if (rc == HRV_ENOTFOUND) {
		*row = (struct subject_row){ .id = id };
		rc = HRV_OK;
	}
	*ret = since != NULL		    ? json_string_value(since)
	       : row->restricted[0] != '\0' ? row->restricted
					    : NULL;
	return rc;
}

/* A merge restricts all there is of the two if either was. What restricts the
 * one that goes by then must do so with the other even when they are two. */
static int
restrict_merged(
    struct restore *r, const char *who, const char *into, struct hrv_err *err)
{
	struct subject_row from, to;
	const char *ground, *other;
	int rc = ground_of(r, who, &from, &ground, err);

	if (rc == HRV_OK)
		rc = ground_of(r, into, &to, &other, err);
	if (rc == HRV_OK && ground != NULL && other == NULL &&
	    json_set_str(r->restricts, into, ground))
		rc = no_memory(err);
	return rc;
}

int
restore_merge(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	const char *into;
	json_t *p = NULL;
	int rc;

	if (l->result != LEAF_OK || strcmp(l->op->name, "subject.merge") != 0)
		return HRV_OK;
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	into = json_str(p, "into");
	if (rc == HRV_OK && (into == NULL || l->subject[0] == '\0'))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say who became whom");
	if (rc == HRV_OK)
		rc = restrict_merged(r, l->subject, into, err);
	if (rc == HRV_OK)
		rc = restore_consent_merged(r, l->subject, into, err);
	if (rc == HRV_OK && json_set_str(r->merges, l->subject, into))
		rc = no_memory(err);
	json_decref(p);
	return rc;
}

/* Whether a hold names that person now. */
static int
is_held(struct hrv_vault *v, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	struct protect_why why = { 0 };
	struct protect *p = NULL;
	int rc = protect_load(v, &p, err);

	if (rc == HRV_OK)
		rc = protect_subject(v, p, subject, &why, err);
	*ret = why.hold || why.cooling;
	protect_free(p);
	return rc;
}

static int
hold_one(struct restore *r, const struct hrv_id *subject, struct hrv_err *err)
{
	static const char text[] =
	    "{\"matter\":\"placed by a restore\",\"reason\":\"another entry of "
	    "the person, into which this one was merged, is held\"}";
	struct hold_new n = { .kind = HOLD_ORDINARY };
	struct scope scope = { 0 };
	struct hrv_id id;
	int rc = scope_add_subject(&scope, subject, err);

	n.scope = &scope;
	n.text = keyring_has(&r->v->ring, KEK_HOLD) ? text : NULL;
	if (rc == HRV_OK)
		rc = hold_add(r->v, &n, &id, err);
	r->holds += rc == HRV_OK;
	scope_clear(&scope);
	return rc;
}

/* What one that it became is under, is added to what it is under itself. */
static int
look_at(struct restore *r, const char *into, char *ground, size_t size,
    bool *held, struct hrv_err *err)
{
	struct subject_row row;
	const char *its = NULL;
	int rc = ground_of(r, into, &row, &its, err);

	if (rc == HRV_OK && ground[0] == '\0' && its != NULL)
		snprintf(ground, size, "%s", its);
	if (rc == HRV_OK && !*held)
		rc = is_held(r->v, &row.id, held, err);
	return rc;
}

/* One that is not in the snapshot has nothing to protect. Whom it became may
 * have become another one too, and so on; a log that runs in a circle ends. */
static int
protect_one(struct restore *r, const char *who, struct hrv_err *err)
{
	const char *into = json_str(r->merges, who);
	size_t left = json_object_size(r->merges);
	struct hrv_id from;
	struct subject_row row;
	char ground[sizeof(row.restricted)] = "";
	bool held = false;
	int rc;

	if (!id_parse(who, ID_SUBJECT, &from))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say who became whom");
	rc = subject_load(r->v, &from, &row, err);
	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	for (; rc == HRV_OK && into != NULL && left > 0; left--) {
		rc = look_at(r, into, ground, sizeof(ground), &held, err);
		into = json_str(r->merges, into);
	}
	if (rc == HRV_OK && ground[0] != '\0' &&
	    json_set_str(r->restricts, who, ground))
		rc = no_memory(err);
	return rc == HRV_OK && held ? hold_one(r, &from, err) : rc;
}

int
restore_merge_protect(struct restore *r, struct hrv_err *err)
{
	const char *who;
	json_t *into;
	int rc = HRV_OK;

	json_object_foreach(r->merges, who, into)
	{
		if (rc == HRV_OK)
			rc = protect_one(r, who, err);
	}
	return rc;
}
