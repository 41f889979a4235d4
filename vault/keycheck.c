/* SPDX-License-Identifier: ISC */
/*
 * Looking after keys. Layer: verbs. Invariant: it writes nothing and needs the
 * key of the database alone, so it answers for every role. It fails, and does
 * not only warn: a key in wrong hands is not put off by being mentioned.
 */
#include "vault/keycheck.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hrvault/keys.h"
#include "vault/exposed.h"
#include "vault/standing.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/vault_trust.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* What a problem is about: a member or a key. */
struct about {
	const char *kind; /* "member" or "key" */
	const char *name;
};

static int HRV_PRINTF(4, 5) say(
    json_t *list, const char *code, const struct about *a, const char *fmt, ...)
{
	char text[256];
	json_t *o = json_object();
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (o == NULL || json_set_str(o, "code", code) ||
	    json_set_str(o, a->kind, a->name) ||
	    json_set_str(o, "text", text) || json_array_append(list, o)) {
		json_decref(o);
		return -1;
	}
	json_decref(o);
	return 0;
}

static int
check_member(struct hrv_vault *v, struct trust *t, const struct slot_member *m,
    json_t *list, struct hrv_err *err)
{
	const struct about a = { "member", m->fpr };
	const char *tail = m->fpr + FPR_LEN - 16;
	enum standing s;
	char today[HRV_DATE_TEXT];
	int bad = 0;
	int rc = standing_of(v, t, m, &s, err);

	if (rc == HRV_OK)
		rc = vault_today_text(v, today, err);
	if (rc != HRV_OK)
		return rc;
	if (m->until[0] != '\0' && strcmp(m->until, today) < 0)
		bad = say(list, "ended", &a,
		    "the membership of %s ended on %s and it is listed still: "
		    "'hrvault member remove %s'",
		    tail, m->until, tail);
	else if (s == STANDING_EXPIRING)
		bad = say(list, "expiring", &a,
		    "the access of %s ends within %d days: 'hrvault member "
		    "renew %s'",
		    tail, STANDING_EXPIRING_DAYS, tail);
	else if (s == STANDING_UNUSABLE)
		bad = say(list, "unusable", &a,
		    "the key of %s cannot be encrypted to", tail);
	else if (s != STANDING_ACTIVE)
		bad = say(list, standing_name(s), &a,
		    s == STANDING_REVOKED
			? "the key of %s is revoked"
			: "the key of %s has expired: import the extended "
			  "certificate, then 'hrvault member renew'",
		    tail);
	else if (standing_check_seal(v, t, m, NULL) != HRV_OK)
		bad = say(list, "expired", &a,
		    "the vault has an old certificate of %s: 'hrvault member "
		    "renew %s' takes in the one of your keyring",
		    tail, tail);
	return bad ? no_memory(err) : HRV_OK;
}

int
keycheck_members(struct hrv_vault *v, json_t *list, struct hrv_err *err)
{
	struct trust *t = NULL;
	int rc = vault_trust(v, &t, err);

	if (rc == HRV_OK)
		rc = trust_know(v->pgp, v->slots, err);
	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_members; i++)
		rc = check_member(v, t, &v->slots->members[i], list, err);
	return rc;
}

/* Sealing anew that was begun and not finished. */
static int
check_reencryption(struct hrv_vault *v, json_t *list, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_RESEAL_GET_ANY, &st, err);

	if (rc == HRV_OK)
		rc = db_step(st, &more, err);
	if (rc != HRV_OK)
		return rc;
	if (more) {
		const char *comp = db_col_text(st, 0);
		const struct about a = { "key", comp };

		if (say(list, "reencryption", &a,
			"the records of %s are sealed anew in part: 'hrvault "
			"key rotate --compartment %s --reencrypt' goes on",
			comp, comp))
			rc = no_memory(err);
	}
	db_reset(st);
	return rc;
}

int
keycheck_rotations(
    struct hrv_vault *v, json_t *list, json_t **ret_tasks, struct hrv_err *err)
{
	json_t *tasks = NULL;
	int rc = exposed_tasks(v, &tasks, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(tasks); i++) {
		const json_t *t = json_array_get(tasks, i);
		const struct about a = { "key", json_str(t, "key") };
		size_t n = json_array_size(json_object_get(t, "known_to"));

		if (say(list, "rotation", &a,
			"%zu who lost it still know%s the key %s: '%s'", n,
			n == 1 ? "s" : "", a.name, json_str(t, "command")))
			rc = no_memory(err);
	}
	if (rc == HRV_OK)
		rc = check_reencryption(v, list, err);
	if (rc != HRV_OK) {
		json_decref(tasks);
		return rc;
	}
	*ret_tasks = tasks;
	return HRV_OK;
}

/* Keys that would be gone with one person. */
static int
list_single(const struct slots *s, json_t *list, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n_keys; i++) {
		json_t *who, *o;

		if (s->keys[i].status == KEY_DESTROYED)
			continue;
		who = exposed_holders(s, s->keys[i].id);
		if (who == NULL)
			return no_memory(err);
		if (json_array_size(who) < 2) {
			o = json_object();
			if (o == NULL ||
			    json_set_str(o, "key", s->keys[i].id) ||
			    json_set_str(o, "member",
				json_string_value(json_array_get(who, 0))) ||
			    json_array_append(list, o))
				rc = no_memory(err);
			json_decref(o);
		}
		json_decref(who);
	}
	return rc;
}

int
hrv_key_check(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *doc = json_object(), *problems = json_array();
	json_t *single = json_array(), *tasks = NULL;
	int rc = HRV_OK;

	if (doc == NULL || problems == NULL || single == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = keycheck_members(v, problems, err);
	if (rc == HRV_OK)
		rc = keycheck_rotations(v, problems, &tasks, err);
	if (rc == HRV_OK)
		rc = list_single(v->slots, single, err);
	if (rc == HRV_OK &&
	    (json_object_set_new(
		 doc, "ok", json_boolean(json_array_size(problems) == 0)) ||
		json_object_set(doc, "problems", problems) ||
		json_object_set(doc, "rotations", tasks) ||
		json_object_set(doc, "single", single)))
		rc = no_memory(err);
	json_decref(problems);
	json_decref(single);
	json_decref(tasks);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
