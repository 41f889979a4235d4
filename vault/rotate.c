/* SPDX-License-Identifier: ISC */
/*
 * Rotating keys. Layer: verbs. Invariant: new slot file, new keystore
 * generation and what is sealed or indexed under the new key become true
 * together, with one commit of vault.db; before it nothing names them, after
 * it nothing needs the old key.
 */
#include "vault/rotate.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/keys.h"
#include "vault/exposed.h"
#include "vault/logkeys.h"
#include "vault/recover.h"
#include "vault/store/db.h"
#include "vault/txn.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* What becomes of the versions before. Old entries of the suppression list
 * cannot be made anew: nobody has the addresses. */
static enum key_status
old_status(const char *name)
{
	return strcmp(name, KEY_SUPPRESS) == 0 ? KEY_DISABLED : KEY_DESTROYED;
}

void
rotate_clear(struct rotate *r)
{
	if (r->next != NULL) /* not in force: neither is the key */
		keyring_drop(&r->v->ring, r->key.id);
	slots_free(r->next);
	receipt_drop(&r->receipt);
	destroy_clear(&r->keys);
	json_decref(r->payload);
}

/* Who rotates a key holds it. */
static int
check_held(const struct hrv_vault *v, const char *name, struct hrv_err *err)
{
	if (slots_key_current(v->slots, name) == NULL)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "the vault has no key %s", name);
	if (keyring_current(&v->ring, v->slots, name, NULL) != NULL)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "you do not hold the key %s, so you cannot rotate it", name);
	return hrv_hint(err, "'hrvault key check' names who can");
}

int
rotate_payload(struct rotate *r, struct hrv_err *err)
{
	const struct slot_key *old = slots_key_current(r->v->slots, r->name);

	r->payload = json_object();
	if (r->payload == NULL || json_set_str(r->payload, "key", r->key.id) ||
	    json_set_str(r->payload, "from", old->id))
		return no_memory(err);
	return HRV_OK;
}

static void
fill_entry(const struct rotate *r, struct entry *e)
{
	bool kek = strncmp(r->name, "kek/", 4) == 0;

	e->comp = kek ? r->name + 4 : NULL;
	e->payload = r->payload;
}

/* Announced before a key is opened or a name is read. */
static int
announce(struct rotate *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct manifest m = { 0 };
	int rc = HRV_OK;

	if (strcmp(r->name, KEY_INDEX) == 0)
		rc = rotate_index_things(r->v, &m, err);
	fill_entry(r, &e);
	if (rc == HRV_OK)
		rc = receipt_open(r->v, &e, &m, &r->receipt, err);
	manifest_clear(&m);
	return rc;
}

static int
change(struct rotate *r, struct hrv_err *err)
{
	if (strncmp(r->name, "kek/", 4) == 0)
		return rotate_kek(r, err);
	if (strcmp(r->name, KEY_WRITE) == 0)
		return rotate_write(r, err);
	if (strcmp(r->name, KEY_INDEX) == 0)
		return rotate_index(r, err);
	return HRV_OK;
}

/* The generation before is to be destroyed, also if we do not live to. */
int
rotate_note_generation(struct rotate *r, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc;

	if (!r->built)
		return HRV_OK;
	rc = db_stmt(r->v->db, SQL_ROTATION_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)r->keys.gen_before);
	(void)db_bind_text(st, 2, receipt_session(r->v));
	(void)db_bind_int(st, 3, (int64_t)leaf);
	return db_run(st, err);
}

/* The transaction that makes it true. */
static int
commit(struct rotate *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct hrv_vault *v = r->v;
	bool write = strcmp(r->name, KEY_WRITE) == 0;
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = slotnext_write(v, r->next, r->payload, err);
	if (rc == HRV_OK)
		rc = change(r, err);
	fill_entry(r, &e);
	if (rc == HRV_OK)
		rc = receipt_entry(v, &r->receipt, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = rotate_note_generation(r, leaf, err);
	if (rc == HRV_OK && write)
		rc = rotate_write_succeed(r, err);
	if (rc == HRV_OK)
		rc = slotnext_log(v, r->next, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	v->write_next = NULL;
	v->index_use = 0;
	txn_abort(v);
	return rc;
}

/* Destroys what the rotation replaced; *ret_done is false when a reader still
 * holds it, and the next command that writes does it then. */
int
rotate_finish(struct rotate *r, bool *ret_done, struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret_done = true;
	if (!r->built)
		return HRV_OK;
	rc = destroy_finish(r->v, r->keys.gen_before, err);
	if (rc == HRV_EBUSY) {
		*ret_done = false;
		return HRV_OK;
	}
	if (rc == HRV_OK)
		rc = txn_begin(r->v, err);
	if (rc == HRV_OK)
		rc = recover_note_destroyed(r->v, r->keys.gen_before, err);
	if (rc == HRV_OK)
		rc = txn_commit(r->v, true, err);
	txn_abort(r->v);
	return rc;
}

static size_t
receivers(const struct slots *s, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_members; i++)
		n += slots_granted(s, s->members[i].fpr, id);
	return n;
}

int
rotate_report(const struct rotate *r, json_t *done, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "key", r->key.id) ||
	    json_set_int(
		o, "members", (int64_t)receivers(r->v->slots, r->key.id)) ||
	    (strncmp(r->name, "kek/", 4) == 0 &&
		json_set_int(o, "rewrapped", (int64_t)r->rewrapped)) ||
	    json_array_append(done, o)) {
		json_decref(o);
		return no_memory(err);
	}
	json_decref(o);
	return HRV_OK;
}

/* A failure behind the announcement is its outcome. */
static int
failed(struct rotate *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct hrv_err why = *err, ignored;

	if (r->receipt != NULL)
		(void)!receipt_close(r->v, &r->receipt, &e, &why, &ignored);
	*err = why;
	return (int)why.code;
}

/* Replaces one key, from its new version to the end of the old one. */
static int
rotate_one(struct hrv_vault *v, const char *name,
    const struct hrv_key_rotate_args *args, json_t *done, bool *ret_finished,
    struct hrv_err *err)
{
	struct rotate r = { .v = v, .name = name, .args = args };
	bool ended = false;
	int rc = slotnext_new(v, &r.next, err);

	if (rc == HRV_OK)
		rc = slotnext_rotate(
		    v, r.next, name, old_status(name), &r.key, err);
	if (rc == HRV_OK)
		rc = rotate_payload(&r, err);
	if (rc == HRV_OK)
		rc = announce(&r, err);
	if (rc == HRV_OK)
		rc = commit(&r, err);
	if (rc != HRV_OK) {
		rc = failed(&r, err);
		goto out;
	}
	if (r.built)
		v->gen = r.keys.gen_after;
	slotnext_use(v, &r.next);
	rc = rotate_report(&r, done, err);
	if (rc == HRV_OK && strcmp(name, KEY_WRITE) == 0)
		rc = logkeys_load(v, err);
	if (rc == HRV_OK)
		rc = rotate_finish(&r, &ended, err);
	*ret_finished = *ret_finished && ended;
out:
	rotate_clear(&r);
	return rc;
}

static int
rotate_any(struct hrv_vault *v, const char *name,
    const struct hrv_key_rotate_args *args, json_t *done, bool *ret_finished,
    struct hrv_err *err)
{
	int rc = check_held(v, name, err);

	if (rc != HRV_OK)
		return rc;
	return strcmp(name, KEY_META) == 0
		   ? rotate_meta(v, done, err)
		   : rotate_one(v, name, args, done, ret_finished, err);
}

/* Everything that is to be rotated and that the caller holds. */
static int
rotate_due(struct hrv_vault *v, const struct hrv_key_rotate_args *args,
    json_t *done, bool *ret_finished, struct hrv_err *err)
{
	json_t *tasks = NULL;
	int rc = exposed_tasks(v, &tasks, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(tasks); i++) {
		const char *name = json_str(json_array_get(tasks, i), "name");

		if (keyring_current(&v->ring, v->slots, name, NULL) != NULL)
			rc = rotate_any(v, name, args, done, ret_finished, err);
	}
	json_decref(tasks);
	return rc;
}

/* The key's name as the slot file has it. */
static int
read_name(const struct hrv_key_rotate_args *a, char out[KEY_ID_SIZE],
    struct hrv_err *err)
{
	const char *word = a->compartment != NULL ? a->compartment : a->key;
	bool kek = a->compartment != NULL || role_reserved_compartment(a->key);

	if (a->compartment != NULL && role_reserved_compartment(a->compartment))
		return hrv_fail(err, HRV_EUSAGE,
		    "%s is no compartment; say --key %s", a->compartment,
		    a->compartment);
	if (snprintf(out, KEY_ID_SIZE, "%s%s", kek ? "kek/" : "", word) >=
	    KEY_ID_SIZE - 11)
		return hrv_fail(
		    err, HRV_EUSAGE, "the name of a key is too long");
	return HRV_OK;
}

static int
make_doc(struct hrv_vault *v, json_t *done, bool finished, struct hrv_doc **ret,
    struct hrv_err *err)
{
	json_t *doc = json_object(), *tasks = NULL;
	int rc = exposed_tasks(v, &tasks, err);

	if (rc == HRV_OK &&
	    (doc == NULL || json_object_set(doc, "rotated", done) ||
		json_object_set(doc, "rotations", tasks) ||
		json_object_set_new(doc, "finished", json_boolean(finished))))
		rc = no_memory(err);
	json_decref(tasks);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* Keys that were replaced stay replaced, whatever failed behind them. */
static int
partly(const json_t *done, int rc, struct hrv_err *err)
{
	struct hrv_err why = *err;
	const char *first = json_str(json_array_get(done, 0), "key");

	if (rc == HRV_OK || first == NULL)
		return rc;
	hrv_fail(err, HRV_EPARTIAL,
	    "%zu key%s in force, the first %s, and then: %s",
	    json_array_size(done),
	    json_array_size(done) == 1 ? " was replaced and is"
				       : "s were replaced and are",
	    first, why.msg);
	return hrv_hint(err, "'hrvault key check' shows what is left; the next "
			     "command that writes goes on with it");
}

int
hrv_key_rotate(struct hrv_vault *v, const struct hrv_key_rotate_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	char name[KEY_ID_SIZE] = "";
	json_t *done = json_array();
	struct reencrypted anew = { .finished = true };
	bool finished = true, begun = false;
	int rc = done == NULL ? no_memory(err) : role_may(v->role, e.op, err);

	if (rc == HRV_OK && (args->compartment != NULL || args->key != NULL))
		rc = read_name(args, name, err);
	if (rc == HRV_OK && args->reencrypt && args->compartment == NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "records are sealed anew one compartment at a time: "
		    "--compartment C");
	if (rc == HRV_OK && name[0] != '\0')
		rc = check_held(v, name, err);
	if (rc == HRV_EREFUSED) {
		json_decref(done);
		return txn_refuse(v, &e, err);
	}
	if (rc == HRV_OK && args->reencrypt)
		rc = reencrypt_begun(v, args->compartment, &begun, err);
	if (rc == HRV_OK && !begun)
		rc = name[0] != '\0'
			 ? rotate_any(v, name, args, done, &finished, err)
			 : rotate_due(v, args, done, &finished, err);
	if (rc == HRV_OK && args->reencrypt)
		rc = reencrypt(v, args->compartment, args, &anew, err);
	if (rc == HRV_OK)
		rc = make_doc(v, done, finished && anew.finished, ret_doc, err);
	if (rc == HRV_OK && args->reencrypt &&
	    (json_set_int(
		 (json_t *)*ret_doc, "records", (int64_t)anew.records) ||
		json_set_int((json_t *)*ret_doc, "kept", (int64_t)anew.kept)))
		rc = no_memory(err);
	rc = partly(done, rc, err);
	json_decref(done);
	return rc;
}
