/* SPDX-License-Identifier: ISC */
/*
 * What happened after the backup, and must hold all the same. Layer: verbs.
 * Invariants: holds are added, never taken away; what was destroyed is
 * destroyed again before anything can be read; both only by entries whose
 * signatures were verified.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/destroy.h"
#include "vault/holdplace.h"
#include "vault/log/leaf.h"
#include "vault/purge.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"
#include "vault/txn.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EINTEGRITY, "the log backup does not hold what it should");
}

/* ---- holds ---- */

static int
hold_exists(struct hrv_vault *v, const struct hrv_id *id, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

/* Its matter and reason were sealed after the backup and are lost; what it
 * covers is not. What a hold was extended by becomes one of its own: they
 * overlap, and nothing that was held is left out. */
static int
place_again(struct restore *r, const struct leaf *l, const json_t *p,
    struct hrv_err *err)
{
	static const char text[] =
	    "{\"matter\":\"placed again by a restore\",\"reason\":\"the hold "
	    "came after the backup, and why is in none\"}";
	bool amends = strcmp(l->op->name, "hold.amend") == 0;
	struct hold_new n = { .kind = HOLD_ORDINARY,
		.review = json_str(p, "review") };
	struct scope scope = { 0 };
	struct buf canon = BUF_INIT;
	struct hrv_id id;
	bool there = false;
	int rc = id_parse(l->hold, ID_HOLD, &id)
		     ? json_canonical(json_object_get(p, "scope"), &canon, err)
		     : damaged(err);

	if (rc == HRV_OK && !amends)
		rc = hold_exists(r->v, &id, &there, err);
	if (rc == HRV_OK && !there)
		rc = scope_parse(buf_str(&canon), &scope, err);
	if (json_str(p, "kind") != NULL)
		n.kind = json_str(p, "kind");
	n.text = keyring_has(&r->v->ring, KEK_HOLD) ? text : NULL;
	n.scope = &scope;
	if (rc == HRV_OK && !there)
		rc = amends ? hold_add(r->v, &n, &id, err)
			    : hold_add_as(r->v, &n, &id, err);
	r->holds += rc == HRV_OK && !there;
	scope_clear(&scope);
	buf_clear(&canon);
	return rc;
}

static int
replay_hold(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	json_t *p = NULL;
	int rc = past_check_entry(r->v, &r->past, index, err);

	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	if (rc == HRV_OK && json_object_get(p, "scope") != NULL)
		rc = place_again(r, l, p, err);
	json_decref(p);
	return rc;
}

/* ---- entries that are given up ---- */

static int
keep_aside(struct restore *r, uint64_t index, struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	struct stmt *st;
	int rc = db_stmt(r->v->db, SQL_SUCCESSION_ADD_PAST, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, r->past.origin);
	(void)db_bind_int(st, 2, (int64_t)index);
	(void)db_bind_blob(st, 3, e->leaf, e->leaf_len);
	(void)db_bind_blob(st, 4, e->payload, e->payload_len);
	return db_run(st, err);
}

/* The slot file of the key backup has what these did. */
static bool
comes_with_keys(const char *op)
{
	static const char *const ops[] = { "key.destroyed", "key.rotate",
		"log.succession", "slots.adopt" };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(op, ops[i]) == 0)
			return true;
	}
	return false;
}

/* Changes that nobody replays: people must know of them. */
static int
count_lost(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	static const char *const known[] = { "hold.place", "hold.amend",
		"purge.", "session.", "subject.restrict", "backup.e",
		"backup.keys", "backup.log", "backup.records", "backup.drill",
		"proposal." };
	int rc;

	if (!l->op->changes || l->phase == OP_INTENT || l->result != LEAF_OK)
		return HRV_OK;
	if (l->index < r->keys.log.size && comes_with_keys(l->op->name))
		return HRV_OK;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(l->op->name, "backup.escrow") != 0 &&
		    strncmp(l->op->name, known[i], strlen(known[i])) == 0)
			return HRV_OK;
	}
	if (json_set_int(r->lost_ops, l->op->name,
		json_int(r->lost_ops, l->op->name, 0) + 1))
		return no_memory(err);
	rc = restore_reenter(r, index, l, err);
	return rc == HRV_OK ? restore_subject_lost(r, l, err) : rc;
}

static int
replay_entry(struct restore *r, uint64_t index, struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	struct leaf l = LEAF_INIT;
	int rc = leaf_parse(e->leaf, e->leaf_len, &l, err);

	if (rc == HRV_OK)
		rc = keep_aside(r, index, err);
	if (rc == HRV_OK)
		rc = count_lost(r, index, &l, err);
	if (rc == HRV_OK)
		rc = restore_epoch(r, index, &l, err);
	if (rc == HRV_OK)
		rc = restore_subject(r, index, &l, err);
	if (rc == HRV_OK)
		rc = restore_merge(r, index, &l, err);
	if (rc == HRV_OK && l.result == LEAF_OK &&
	    (strcmp(l.op->name, "hold.place") == 0 ||
		strcmp(l.op->name, "hold.amend") == 0))
		rc = replay_hold(r, index, &l, err);
	if (rc == HRV_OK)
		rc = restore_member(r, index, &l, err);
	if (rc == HRV_OK)
		rc = restore_founding(r, index, &l, err);
	return rc;
}

static int
set_restoring(struct hrv_vault *v, bool waits, bool no_log, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VAULT_SET_RESTORED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, waits);
	(void)db_bind_int(st, 2, no_log);
	return db_run(st, err);
}

/* One transaction: the next origin, and every hold there was. */
static int
go_on(struct restore *r, struct hrv_err *err)
{
	bool later = r->beyond_origin[0] != '\0';
	int rc = txn_begin(r->v, err);

	if (rc == HRV_OK)
		rc = set_restoring(
		    r->v, true, r->args->without_log && !r->has_past, err);
	if (rc == HRV_OK)
		rc = later ? succession_log(r->v, "restore", r->snap.log_size,
				 r->beyond_origin, &r->beyond, err)
			   : succession_log(r->v, "restore", r->snap.log_size,
				 r->v->origin, &r->lost, err);
	if (rc == HRV_OK)
		rc = restore_log_key_follows(r, err);
	if (rc == HRV_OK)
		rc = restore_adopt_slots(r, err);
	if (rc == HRV_OK)
		rc = restore_key_versions(r, err);
	for (uint64_t i = r->snap.log_size;
	     rc == HRV_OK && r->has_past && i < r->past.log.size; i++)
		rc = replay_entry(r, i, err);
	if (rc == HRV_OK)
		rc = restore_founding_ends(r, err);
	if (rc == HRV_OK)
		rc = restore_merge_protect(r, err);
	if (rc == HRV_OK)
		rc = restore_subject_again(r, err);
	if (rc == HRV_OK)
		rc = txn_commit(r->v, true, err);
	txn_abort(r->v);
	if (rc == HRV_OK)
		r->v->restoring = true;
	return rc == HRV_OK ? logkeys_load(r->v, err) : rc;
}

/* ---- destruction ---- */

/* What was destroyed since, by facts whose hash a verified entry names. */
struct again {
	struct survey_item *items;
	size_t n;
	struct destroy_paper *papers;
	size_t n_papers;
	struct over over;
	struct survey s;
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
};

static int
take_facts(struct again *a, const json_t *facts, struct hrv_err *err)
{
	const json_t *list = json_object_get(facts, "records");
	size_t n = json_array_size(list);
	struct survey_item *items =
	    realloc(a->items, (a->n + n + 1) * sizeof(*items));

	if (items == NULL)
		return no_memory(err);
	a->items = items;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const char *id = json_str(o, "id");
		int64_t version = json_int(o, "version", 0);

		if (id == NULL || version < 1 ||
		    !id_parse(id, ID_RECORD, &items[a->n].record))
			return damaged(err);
		items[a->n++].n = (uint32_t)version;
	}
	return HRV_OK;
}

/* The vault's own papers that went then. */
static int
take_papers(struct again *a, const json_t *facts, struct hrv_err *err)
{
	const json_t *list = json_object_get(facts, "papers");
	size_t n = json_array_size(list);
	struct destroy_paper *p =
	    realloc(a->papers, (a->n_papers + n + 1) * sizeof(*p));

	if (p == NULL)
		return no_memory(err);
	a->papers = p;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const char *id = json_str(o, "id");
		const char *class_name = json_str(o, "class");
		struct destroy_paper *x = &p[a->n_papers];
		int kind = class_name == NULL ? -1 : paper_kind_of(class_name);

		if (id == NULL || kind < 0 || !id_parse(id, id[0], &x->id))
			return damaged(err);
		x->kind = (enum paper_kind)kind;
		x->again = true;
		x->approval = NULL;
		a->n_papers++;
	}
	return HRV_OK;
}

/* People whose identity went, with a last record or alone. */
static int
take_people(struct again *a, const json_t *facts, struct hrv_err *err)
{
	const json_t *list = json_object_get(facts, "identities");
	size_t n = json_array_size(list);
	struct hrv_id *ids =
	    realloc(a->over.ids, (a->over.n + n + 1) * sizeof(*ids));

	if (ids == NULL)
		return no_memory(err);
	a->over.ids = ids;
	for (size_t i = 0; i < n; i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (id == NULL || !id_parse(id, ID_SUBJECT, &ids[a->over.n]))
			return damaged(err);
		a->over.n++;
	}
	return HRV_OK;
}

static int
take_run(struct restore *r, const struct past_run *run, struct again *a,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[run->leaf];
	json_t *payload = NULL, *facts = NULL;
	uint8_t hash[32], want[32];
	const char *hex;
	int rc = past_check_entry(r->v, &r->past, run->leaf, err);

	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &payload, err);
	hex = json_str(payload, "facts_sha256");
	crypt_sha256(run->facts, run->facts_len, hash);
	if (rc == HRV_OK &&
	    (hex == NULL || !enc_unhex(hex, strlen(hex), want, sizeof(want)) ||
		memcmp(hash, want, sizeof(hash)) != 0))
		rc = damaged(err);
	if (rc == HRV_OK)
		rc = json_read(run->facts, run->facts_len, &facts, err);
	if (rc == HRV_OK)
		rc = take_facts(a, facts, err);
	if (rc == HRV_OK)
		rc = take_papers(a, facts, err);
	if (rc == HRV_OK)
		rc = take_people(a, facts, err);
	json_decref(facts);
	json_decref(payload);
	return rc;
}

/* Every run since, by the entries: one whose facts are missing is damage. */
static int
find_runs(struct restore *r, struct again *a, struct hrv_err *err)
{
	static const char op[] = "\nop purge.commit\n", ok[] = "\nresult ok\n";
	int rc = HRV_OK;

	for (uint64_t i = r->snap.log_size;
	     rc == HRV_OK && i < r->past.log.size; i++) {
		const struct past_entry *e = &r->past.entries[i];
		const struct past_run *run = NULL;

		if (memmem(e->leaf, e->leaf_len, op, sizeof(op) - 1) == NULL ||
		    memmem(e->leaf, e->leaf_len, ok, sizeof(ok) - 1) == NULL)
			continue;
		for (size_t j = 0; j < r->past.n_runs; j++) {
			if (r->past.runs[j].leaf == i)
				run = &r->past.runs[j];
		}
		rc = run == NULL ? damaged(err) : take_run(r, run, a, err);
	}
	return rc;
}

static int
destroy_listed(struct restore *r, struct again *a, struct hrv_err *err)
{
	struct entry none = ENTRY("purge.commit");
	struct destroy_args d = { .run = &a->run,
		.judge = &a->s.judge,
		.n = a->s.n,
		.papers = a->papers,
		.n_papers = a->n_papers,
		.over = &a->s.over,
		.over_again = true,
		.intent = &a->intent };
	struct destroy_item *items = calloc(a->s.n + 1, sizeof(*items));
	int rc = items == NULL ? no_memory(err) : txn_begin(r->v, err);

	for (size_t i = 0; rc == HRV_OK && i < a->s.n; i++)
		items[i] = (struct destroy_item){ .record = a->s.list[i].record,
			.n = a->s.list[i].n,
			.reason = DESTROY_AGAIN };
	d.items = items;
	if (rc == HRV_OK)
		rc = survey_update(r->v, &a->s, err);
	if (rc == HRV_OK)
		rc = destroy_commit(r->v, &d, &a->result, err);
	if (rc == HRV_OK && a->result.versions < a->s.n)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "something that was destroyed cannot be destroyed again");
	/* Papers of a hold that the backup never had. */
	none.run = &a->run;
	none.result = LEAF_REFUSED;
	none.code = "nothing";
	if (rc == HRV_OK && !destroy_any(&a->result))
		rc = receipt_entry(r->v, &a->intent, &none, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(r->v, true, err);
	if (rc == HRV_OK && destroy_any(&a->result))
		r->v->gen = a->result.gen_after;
	txn_abort(r->v);
	free(items);
	return rc;
}

/* The papers are announced like the records. */
static int
list_papers(struct again *a, struct hrv_err *err)
{
	struct paper *list = calloc(a->n_papers + 1, sizeof(*list));

	if (list == NULL)
		return no_memory(err);
	for (size_t i = 0; i < a->n_papers; i++)
		list[i] = (struct paper){ .kind = a->papers[i].kind,
			.id = a->papers[i].id,
			.chosen = true };
	a->s.papers = (struct papers){ .list = list, .n = a->n_papers };
	return HRV_OK;
}

static int
destroy_again(struct restore *r, struct hrv_err *err)
{
	struct again a = { .items = NULL };
	struct survey_list list;
	size_t left = 0;
	int rc = find_runs(r, &a, err);

	vault_new_id(ID_RUN, &a.run);
	if (rc != HRV_OK || a.n + a.n_papers + a.over.n == 0)
		goto out;
	list = (struct survey_list){ a.items, a.n, &a.over };
	rc = survey_make_list(r->v, &list, &a.s, err);
	if (rc != HRV_OK || a.s.n + a.n_papers + a.s.over.n == 0)
		goto out;
	rc = list_papers(&a, err);
	if (rc == HRV_OK)
		rc = purge_announce(r->v, &a.s, &a.run, NULL, &a.intent, err);
	if (rc == HRV_OK)
		rc = destroy_listed(r, &a, err);
	if (rc == HRV_OK)
		rc = purge_finish_runs(r->v, &left, err);
	if (rc == HRV_OK && left > 0)
		rc = hrv_fail(err, HRV_EBUSY,
		    "somebody reads the folder that is being restored");
	r->destroyed = a.result.versions;
out:
	receipt_drop(&a.intent);
	destroy_clear(&a.result);
	survey_clear(&a.s);
	free(a.items);
	free(a.papers);
	over_clear(&a.over);
	return rc;
}

int
restore_replay(struct restore *r, struct hrv_err *err)
{
	int rc = go_on(r, err);

	if (rc == HRV_OK && r->has_past)
		rc = destroy_again(r, err);
	return rc;
}
