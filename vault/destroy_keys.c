/* SPDX-License-Identifier: ISC */
/*
 * Who survives: the next keystore generation. Layer: verbs. Invariant: every
 * key that a row of vault.db still needs is in it, and no victim's is.
 */
#include "vault/base/when.h"
#include "vault/destroy_int.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"

#define ORPHAN_DAYS 30

/* Decides for each key in the keystore, in order of ids. */
static int
survives(void *ctx, const struct keystore_dek *dek, struct hrv_err *err)
{
	struct destroy_work *w = ctx;
	int64_t today = when_day(vault_now(w->v));

	if (deklist_has(&w->victims, dek->dek_id))
		return HRV_OK;
	/* Nothing is left out unverified: a rotation keeps orphans too. */
	if (w->rotation == NULL && !deklist_has(&w->referenced, dek->dek_id) &&
	    dek->added + ORPHAN_DAYS < today) {
		w->ret->orphans++;
		w->unclaimed++;
		return HRV_OK;
	}
	return deklist_add(&w->survivors, dek->dek_id, err);
}

/* Every key that something refers to must survive. */
static int
check_survivors(const struct destroy_work *w, struct hrv_err *err)
{
	for (size_t i = 0; i < w->referenced.n; i++) {
		if (deklist_has(&w->victims, w->referenced.ids[i]))
			return hrv_fail(err, HRV_EINTEGRITY,
			    "a key that is to be destroyed is still needed: "
			    "nothing is destroyed");
		if (!deklist_has(&w->survivors, w->referenced.ids[i]))
			return hrv_fail_as(err, HRV_EINTEGRITY, "missing-key",
			    "a key that is needed is not in the keystore: "
			    "nothing is destroyed");
	}
	return HRV_OK;
}

/* Keys of records that were sealed anew under others: nothing opens with them
 * but what was filed in error. They go with the first run that destroys
 * anything, however young they are. */
static int
take_retired(struct destroy_work *w, struct hrv_err *err)
{
	size_t before = w->victims.n;
	struct stmt *st;
	int rc = deklist_query(w->v, &w->victims, SQL_RETIRED_LIST, NULL, err);

	w->ret->orphans += w->victims.n - before;
	if (rc == HRV_OK && w->victims.n > before)
		rc = db_stmt(w->v->db, SQL_RETIRED_DEL, &st, err);
	else
		return rc;
	return rc == HRV_OK ? db_run(st, err) : rc;
}

static int
choose_survivors(struct destroy_work *w, struct hrv_err *err)
{
	int rc = deklist_query(
	    w->v, &w->referenced, SQL_VERSION_LIST_DEKS, NULL, err);

	if (rc == HRV_OK)
		rc = deklist_query(
		    w->v, &w->referenced, SQL_DETAIL_LIST_DEKS, NULL, err);
	if (rc == HRV_OK)
		rc = deklist_query(
		    w->v, &w->referenced, SQL_KASE_LIST_COPY_DEKS, NULL, err);
	if (rc == HRV_OK && (w->rotation == NULL || w->rotation->drop_retired))
		rc = take_retired(w, err);
	if (rc == HRV_OK)
		rc = keys_open(w->v, err);
	deklist_sort(&w->victims);
	deklist_sort(&w->referenced);
	if (rc == HRV_OK)
		rc = keystore_walk(w->v->ks, survives, w, err);
	if (rc == HRV_OK && w->unclaimed > 0)
		rc = destroy_check_orphans(w, err);
	return rc == HRV_OK ? check_survivors(w, err) : rc;
}

static int
set_generation(struct destroy_work *w, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_VAULT_SET_GEN, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)w->ret->gen_after);
	(void)db_bind_int(st, 2, (int64_t)w->ret->gen_before);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(w->v->db) != 1)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the keystore generation moved under a run");
	return rc;
}

static int
put_facts(struct destroy_work *w, const struct keystore_set *before,
    const struct keystore_set *after, struct hrv_err *err)
{
	json_t *f = json_object();

	if (f == NULL || json_set_str(f, "day", w->day) ||
	    json_object_set(f, "records", w->records) ||
	    json_object_set(f, "identities", w->identities) ||
	    (w->papers != NULL && json_object_set(f, "papers", w->papers)) ||
	    json_set_int(f, "generation_before", w->ret->gen_before) ||
	    json_set_int(f, "generation_after", w->ret->gen_after) ||
	    json_set_int(f, "keys_before", (int64_t)before->count) ||
	    json_set_int(f, "keys_after", (int64_t)after->count) ||
	    json_set_hex(f, "keys_before_sha256", before->hash, 32) ||
	    json_set_hex(f, "keys_after_sha256", after->hash, 32) ||
	    json_set_int(f, "orphans", (int64_t)w->ret->orphans) ||
	    json_set_int(f, "reasons", (int64_t)w->ret->details)) {
		json_decref(f);
		return destroy_no_memory(err);
	}
	w->ret->facts = f;
	return HRV_OK;
}

int
destroy_keys(struct destroy_work *w, struct hrv_err *err)
{
	struct keystore_list list = { 0 };
	struct keystore_build_args b = {
		.next = keystore_list_next, .next_ctx = &list, .live = w->v->gen
	};
	struct keystore_set before, after;
	int rc = choose_survivors(w, err);

	if (rc != HRV_OK)
		return rc;
	list.ids = w->survivors.n == 0 ? NULL : w->survivors.ids[0];
	list.count = w->survivors.n;
	b.k_write = keyring_current(&w->v->ring, w->v->slots, KEY_WRITE, NULL);
	if (w->rotation != NULL) {
		b.rewrap = w->rotation->rewrap;
		b.rewrap_ctx = w->rotation->ctx;
		if (w->rotation->k_write != NULL)
			b.k_write = w->rotation->k_write;
	}
	rc = keystore_set(w->v->ks, &before, err);
	if (rc == HRV_OK)
		rc = keystore_build_next(w->v->ks, &b, &after, err);
	if (rc == HRV_OK)
		rc = set_generation(w, err);
	if (rc == HRV_OK)
		rc = put_facts(w, &before, &after, err);
	return rc;
}
