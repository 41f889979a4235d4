/* SPDX-License-Identifier: ISC */
/*
 * Exposed keys. Layer: verbs. Invariant: a key counts as replaced only when
 * the slot file in force no longer lets it seal anything (and, for what wraps
 * data keys, when nothing is wrapped under it any more), or when everybody who
 * knew it is a member again who is granted it.
 */
#include "vault/exposed.h"

#include <stdio.h>
#include <string.h>

#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
exposed_add(struct hrv_vault *v, const char *fpr, const json_t *ids,
    uint64_t leaf, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(ids); i++) {
		struct stmt *st;

		rc = db_stmt(v->db, SQL_EXPOSED_ADD, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_text(
		    st, 1, json_string_value(json_array_get(ids, i)));
		(void)db_bind_text(st, 2, fpr);
		(void)db_bind_int(st, 3, (int64_t)leaf);
		rc = db_run(st, err);
	}
	return rc;
}

json_t *
exposed_holders(const struct slots *s, const char *id)
{
	json_t *a = json_array();

	for (size_t i = 0; a != NULL && i < s->n_members; i++) {
		if (!slots_granted(s, s->members[i].fpr, id))
			continue;
		if (json_array_append_new(a, json_string(s->members[i].fpr))) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

/* Those of them whose role may rotate keys. */
static json_t *
rotators(const struct slots *s, const char *id)
{
	json_t *a = json_array();

	for (size_t i = 0; a != NULL && i < s->n_members; i++) {
		const struct slot_member *m = &s->members[i];

		if (!slots_granted(s, m->fpr, id) ||
		    role_may(m->role, "key.rotate", NULL) != HRV_OK)
			continue;
		if (json_array_append_new(a, json_string(m->fpr))) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

void
exposed_command(const char *name, char out[96])
{
	bool kek = strncmp(name, "kek/", 4) == 0;
	bool comp = kek && !role_reserved_compartment(name + 4);

	snprintf(out, 96, "hrvault key rotate --%s %s",
	    comp ? "compartment" : "key", kek ? name + 4 : name);
}

/* Whether a key still seals, or still has something wrapped under it. */
static bool
in_use(const struct slots *s, const char *id)
{
	const struct slot_key *k = slots_key(s, id);

	if (k == NULL || k->status == KEY_DESTROYED)
		return false;
	return k->status == KEY_ENABLED || strncmp(id, "kek/", 4) == 0;
}

static json_t *
find_task(const json_t *list, const char *id)
{
	size_t i;
	json_t *t;

	json_array_foreach((json_t *)(uintptr_t)list, i, t)
	{
		const char *key = json_str(t, "key");

		if (key != NULL && strcmp(key, id) == 0)
			return t;
	}
	return NULL;
}

static int
new_task(const struct slots *s, json_t *list, const char *id, json_t **ret,
    struct hrv_err *err)
{
	char name[KEY_ID_SIZE], command[96];
	uint32_t version;
	json_t *t = json_object();

	if (!slots_key_split(id, name, &version)) {
		json_decref(t);
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a rotation is noted of no key");
	}
	exposed_command(name, command);
	if (t == NULL || json_set_str(t, "key", id) ||
	    json_set_str(t, "name", name) ||
	    json_object_set_new(t, "known_to", json_array()) ||
	    json_object_set_new(t, "by", rotators(s, id)) ||
	    json_set_str(t, "command", command) || json_array_append(list, t)) {
		json_decref(t);
		return no_memory(err);
	}
	json_decref(t);
	*ret = t;
	return HRV_OK;
}

/* One row: who knew which key. */
static int
take_row(const struct slots *s, json_t *list, const char *id, const char *fpr,
    struct hrv_err *err)
{
	json_t *t = find_task(list, id), *known;
	int rc = HRV_OK;

	if (!in_use(s, id) || slots_granted(s, fpr, id))
		return HRV_OK;
	if (t == NULL)
		rc = new_task(s, list, id, &t, err);
	if (rc != HRV_OK)
		return rc;
	known = json_object_get(t, "known_to");
	for (size_t i = 0; i < json_array_size(known); i++) {
		if (strcmp(json_string_value(json_array_get(known, i)), fpr) ==
		    0)
			return HRV_OK;
	}
	return json_array_append_new(known, json_string(fpr)) ? no_memory(err)
							      : HRV_OK;
}

int
exposed_tasks(struct hrv_vault *v, json_t **ret, struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = list == NULL ? no_memory(err)
			      : db_stmt(v->db, SQL_EXPOSED_LIST, &st, err);

	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *id = db_col_text(st, 0), *fpr = db_col_text(st, 1);

		if (id == NULL || fpr == NULL)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the table of exposed keys is damaged");
		else
			rc = take_row(v->slots, list, id, fpr, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
