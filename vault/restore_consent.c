/* SPDX-License-Identifier: ISC */
/*
 * Consents that were given or withdrawn after the snapshot. Layer: verbs.
 * Invariant: whoever withdrew a consent (Art. 7) has withdrawn it in the vault
 * that comes back, under every id that was this person by then; nothing is
 * given again.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/consent.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
restore_consent(struct restore *r, uint64_t index, const struct leaf *l,
    json_t *p, struct hrv_err *err)
{
	if (json_str(p, "purpose") == NULL || json_str(p, "act") == NULL ||
	    json_str(p, "date") == NULL)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say what was consented to");
	if (json_set_int(p, "entry", (int64_t)index))
		return no_memory(err);
	return restore_said(r, r->withdrawals, "purpose", l->subject, p, err);
}

/* What a person said last by the snapshot, by purpose, into acts. */
static int
said_before(
    struct restore *r, const char *who, json_t *acts, struct hrv_err *err)
{
	json_t *list = NULL, *act;
	struct hrv_id id;
	size_t i;
	int bad = 0;
	int rc = id_parse(who, ID_SUBJECT, &id)
		     ? consents_of(r->v, &id, &list, err)
		     : hrv_fail(err, HRV_EINTEGRITY,
			   "the log backup does not say who became whom");

	json_array_foreach(list, i, act)
	{
		bad |= json_object_set(acts, json_str(act, "purpose"), act);
	}
	json_decref(list);
	return rc == HRV_OK && bad ? no_memory(err) : rc;
}

/* The same with what was said since. */
static int
said(struct restore *r, const char *who, json_t **ret, struct hrv_err *err)
{
	json_t *acts = json_object(), *act;
	size_t len = strlen(who);
	const char *key;
	int rc = acts == NULL ? no_memory(err) : said_before(r, who, acts, err);

	json_object_foreach(r->withdrawals, key, act)
	{
		if (rc == HRV_OK && strncmp(key, who, len) == 0 &&
		    key[len] == ' ' &&
		    json_object_set(acts, key + len + 1, act))
			rc = no_memory(err);
	}
	if (rc != HRV_OK) {
		json_decref(acts);
		return rc;
	}
	*ret = acts;
	return HRV_OK;
}

/* What the one withdrew after the other said anything, the other withdrew. */
static int
take_over(struct restore *r, json_t *from, const json_t *to, const char *who,
    struct hrv_err *err)
{
	const char *purpose;
	json_t *act;
	int rc = HRV_OK;

	json_object_foreach(from, purpose, act)
	{
		const json_t *other = json_object_get(to, purpose);

		if (rc == HRV_OK && other != NULL &&
		    strcmp(json_str(act, "act"), "withdrawn") == 0 &&
		    json_int(act, "entry", 0) > json_int(other, "entry", 0))
			rc = restore_said_one(
			    r->withdrawals, "purpose", who, act, err);
	}
	return rc;
}

int
restore_consent_merged(
    struct restore *r, const char *who, const char *into, struct hrv_err *err)
{
	json_t *from = NULL, *to = NULL;
	int rc = said(r, who, &from, err);

	if (rc == HRV_OK)
		rc = said(r, into, &to, err);
	if (rc == HRV_OK)
		rc = take_over(r, from, to, into, err);
	if (rc == HRV_OK)
		rc = take_over(r, to, from, who, err);
	json_decref(from);
	json_decref(to);
	return rc;
}

static int
withdraw_one(
    struct restore *r, const char *key, const json_t *p, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id id;
	struct consent_again a = { .subject = &id,
		.purpose = json_str(p, "purpose"),
		.text_version = json_str(p, "text_version"),
		.day = json_str(p, "date") };
	bool noted = false;
	int rc;

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(key, " "), key);
	if (a.text_version == NULL)
		a.text_version = "";
	rc = id_parse(text, ID_SUBJECT, &id)
		 ? consent_withdraw_again(r->v, &a, &noted, err)
		 : hrv_fail(err, HRV_EINTEGRITY,
		       "the log backup does not say who withdrew a consent");
	if (rc == HRV_ENOTFOUND || rc == HRV_EPURGED)
		return HRV_OK;
	r->withdrawn += noted;
	return rc;
}

int
restore_consent_again(struct restore *r, struct hrv_err *err)
{
	const char *key;
	json_t *act;
	int rc = HRV_OK;

	json_object_foreach(r->withdrawals, key, act)
	{
		if (rc == HRV_OK &&
		    strcmp(json_str(act, "act"), "withdrawn") == 0)
			rc = withdraw_one(r, key, act, err);
	}
	return rc;
}
