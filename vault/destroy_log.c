/* SPDX-License-Identifier: ISC */
/*
 * Stating a destruction: the purge.commit entry with the state of everything
 * it changed, and the row of the run. Layer: verbs.
 */
#include "vault/case.h"
#include "vault/crypto/crypt.h"
#include "vault/destroy_int.h"
#include "vault/state.h"
#include "vault/store/db.h"

/* States after the destruction, for the manifest of the entry. */
static int
make_manifest(struct destroy_work *w, struct manifest *m, struct hrv_err *err)
{
	uint8_t state[32];
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < w->n_changed; i++) {
		const struct hrv_id *id = &w->changed[i];

		rc = id->kind == ID_SUBJECT
			 ? state_subject(w->v, id, state, err)
			 : state_record(w->v, id, state, err);
		if (rc == HRV_OK)
			rc = manifest_add(m, id, state, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < w->n_cases; i++) {
		rc = case_state(w->v, &w->cases[i], state, err);
		if (rc == HRV_OK)
			rc = manifest_add(m, &w->cases[i], state, err);
	}
	return rc;
}

static int
set_states(
    struct destroy_work *w, const struct manifest *m, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < m->n; i++) {
		const struct manifest_row *r = &m->rows[i];

		/* A case keeps its state in the log alone. */
		if (r->id.kind == ID_CASE)
			continue;
		rc = r->id.kind == ID_SUBJECT
			 ? state_set_subject(
			       w->v, &r->id, w->ret->leaf, r->state, err)
			 : state_set_record(
			       w->v, &r->id, w->ret->leaf, r->state, err);
	}
	return rc;
}

static int
add_run(struct destroy_work *w, const struct buf *facts, uint64_t intent,
    const char *session, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_RUN_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, w->args->run->b, ID_BYTES);
	(void)db_bind_text(st, 2, session);
	(void)db_bind_text(st, 3, w->day);
	(void)db_bind_int(st, 4, (int64_t)w->ret->gen_before);
	(void)db_bind_int(st, 5, (int64_t)w->ret->gen_after);
	(void)db_bind_int(st, 6, (int64_t)w->ret->records);
	(void)db_bind_int(st, 7, (int64_t)intent);
	(void)db_bind_int(st, 8, (int64_t)w->ret->leaf);
	(void)db_bind_blob(st, 9, facts->data, facts->len);
	return db_run(st, err);
}

/* Which papers went, for the entry: class and id, no more. */
static json_t *
paper_ids(const struct destroy_work *w)
{
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t i = 0; !bad && i < json_array_size(w->papers); i++) {
		const json_t *p = json_array_get(w->papers, i);

		bad |= json_array_append_new(
		    list, json_pack("{s:s,s:s}", "class", json_str(p, "class"),
			      "id", json_str(p, "id")));
	}
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* What the entry says besides its manifest: counts and hashes, no names. */
static json_t *
commit_payload(const struct destroy_work *w, const struct buf *facts)
{
	json_t *p = json_object();
	uint8_t hash[32];
	bool listed = json_array_size(w->args->approvals) > 0;

	crypt_sha256(facts->data, facts->len, hash);
	if (listed && (json_object_set_new(p, "approvals",
			   json_deep_copy(w->args->approvals)) ||
			  (w->args->alone && json_set_int(p, "alone", 1)))) {
		json_decref(p);
		return NULL;
	}
	if (w->args->whole && json_set_int(p, "whole", 1)) {
		json_decref(p);
		return NULL;
	}
	if (w->papers != NULL &&
	    json_object_set_new(p, "papers", paper_ids(w))) {
		json_decref(p);
		return NULL;
	}
	if (p == NULL || json_set_str(p, "day", w->day) ||
	    json_set_int(p, "records", (int64_t)w->ret->records) ||
	    json_set_int(p, "identities", (int64_t)w->ret->identities) ||
	    json_set_int(p, "generation_before", w->ret->gen_before) ||
	    json_set_int(p, "generation_after", w->ret->gen_after) ||
	    json_set_hex(p, "facts_sha256", hash, sizeof(hash)) ||
	    json_object_set(p, "keys_before_sha256",
		json_object_get(w->ret->facts, "keys_before_sha256")) ||
	    json_object_set(p, "keys_after_sha256",
		json_object_get(w->ret->facts, "keys_after_sha256"))) {
		json_decref(p);
		return NULL;
	}
	return p;
}

int
destroy_log(struct destroy_work *w, struct hrv_err *err)
{
	struct entry e = ENTRY("purge.commit");
	struct manifest m = { 0 };
	struct buf facts = BUF_INIT;
	uint64_t intent = receipt_index(*w->args->intent);
	json_t *payload = NULL;
	int rc = json_canonical(w->ret->facts, &facts, err);

	if (rc == HRV_OK && (payload = commit_payload(w, &facts)) == NULL)
		rc = destroy_no_memory(err);
	if (rc == HRV_OK)
		rc = make_manifest(w, &m, err);
	e.run = w->args->run;
	e.payload = payload;
	e.manifest = &m;
	if (rc == HRV_OK)
		rc = receipt_entry(
		    w->v, w->args->intent, &e, &w->ret->leaf, err);
	if (rc == HRV_OK)
		rc = set_states(w, &m, err);
	if (rc == HRV_OK)
		rc = add_run(w, &facts, intent, receipt_session(w->v), err);
	json_decref(payload);
	manifest_clear(&m);
	buf_clear(&facts);
	return rc;
}
