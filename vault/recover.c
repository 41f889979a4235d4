/* SPDX-License-Identifier: ISC */
/*
 * Recovery under the write lock. Layer: verbs. Invariant: a change that was
 * committed is finished, one that was not leaves nothing behind, and what
 * belongs to a session that still runs is not touched.
 */
#include "vault/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/session.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/store/keystore.h"
#include "vault/txn.h"

struct open_intent {
	uint64_t leaf;
	char session[2 * LEAF_SESSION + 1];
};

/* Copies the list of open intents, because closing one changes the table. */
static int
list_intents(struct hrv_vault *v, struct open_intent **ret, size_t *ret_n,
    struct hrv_err *err)
{
	struct open_intent *list = NULL;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LOG_LIST_INTENTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct open_intent *p = realloc(list, (n + 1) * sizeof(*p));
		const char *session = db_col_text(st, 1);

		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n].leaf = (uint64_t)db_col_int(st, 0);
		snprintf(list[n].session, sizeof(list[n].session), "%s",
		    session == NULL ? "" : session);
		n++;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

static int
close_intent(
    struct hrv_vault *v, const struct open_intent *i, struct hrv_err *err)
{
	struct entry e = ENTRY("session.lost");
	struct stmt *st;
	int rc;

	e.phase = OP_OUTCOME;
	e.ref = &i->leaf;
	e.result = LEAF_FAILED;
	e.code = "outcome-unknown";
	rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LOG_DEL_INTENT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)i->leaf);
	return db_run(st, err);
}

int
recover_intents(struct hrv_vault *v, struct hrv_err *err)
{
	struct open_intent *list = NULL;
	size_t n = 0;
	int rc = list_intents(v, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (!session_is_dead(v, list[i].session))
			continue;
		rc = close_intent(v, &list[i], err);
	}
	free(list);
	if (rc == HRV_OK)
		session_bury_dead(v);
	return rc;
}

/* The committed run that left generation `gen`, if its session has died. */
static int
find_run(struct hrv_vault *v, uint32_t gen, struct hrv_id *ret_run,
    uint64_t *ret_intent, bool *ret_found, struct hrv_err *err)
{
	const char *session;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RUN_GET_GEN, &st, err);

	*ret_found = false;
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)gen);
	rc = db_step(st, ret_found, err);
	if (rc != HRV_OK || !*ret_found)
		return rc;
	ret_run->kind = ID_RUN;
	rc = db_col_fixed(st, 0, ret_run->b, ID_BYTES, err);
	session = db_col_text(st, 1);
	*ret_intent = (uint64_t)db_col_int(st, 2);
	*ret_found = session == NULL || session_is_dead(v, session);
	db_reset(st);
	return rc;
}

int
recover_note_destroyed(struct hrv_vault *v, uint32_t gen, struct hrv_err *err)
{
	struct entry e = ENTRY("key.destroyed");
	json_t *p = json_object();
	struct stmt *st;
	int rc = HRV_OK;

	if (p == NULL || json_set_int(p, "generation", (int64_t)gen))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_ROTATION_DEL, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 1, (int64_t)gen);
		rc = db_run(st, err);
	}
	json_decref(p);
	return rc;
}

/* The oldest generation that a rotation of a dead session left; *ret_gen is 0
 * when there is none above `after`. */
static int
next_rotation(
    struct hrv_vault *v, uint32_t after, uint32_t *ret_gen, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_ROTATION_LIST, &st, err);

	*ret_gen = 0;
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		uint32_t gen = (uint32_t)db_col_int(st, 0);
		const char *session = db_col_text(st, 1);

		if (gen <= after ||
		    (session != NULL && !session_is_dead(v, session)))
			continue;
		*ret_gen = gen;
		break;
	}
	db_reset(st);
	return rc;
}

int
recover_rotations(struct hrv_vault *v, struct hrv_err *err)
{
	struct keystore_end_args end = { .dir = v->dir, .live = v->gen };
	int rc = next_rotation(v, 0, &end.gen, err);

	while (rc == HRV_OK && end.gen != 0) {
		rc = keystore_destroy(&end, err);
		if (rc == HRV_OK)
			rc = recover_note_destroyed(v, end.gen, err);
		else if (rc == HRV_EBUSY)
			rc = HRV_OK; /* a reader: for the next writer */
		if (rc == HRV_OK)
			rc = next_rotation(v, end.gen, &end.gen, err);
	}
	return rc;
}

/* Destroys an old generation and logs it. Readers may still hold it: then it
 * stays for the next writer. */
static int
finish_run(struct hrv_vault *v, uint32_t gen, struct hrv_err *err)
{
	struct keystore_end_args end = {
		.dir = v->dir, .gen = gen, .live = v->gen, .timeout_ms = 0
	};
	struct entry e = ENTRY("purge.destroyed");
	struct hrv_id run;
	uint64_t intent = 0, leaf = 0;
	struct stmt *st;
	bool found;
	int rc = find_run(v, gen, &run, &intent, &found, err);

	if (rc != HRV_OK || !found)
		return rc;
	rc = keystore_destroy(&end, err);
	if (rc != HRV_OK)
		return rc == HRV_EBUSY ? HRV_OK : rc;
	e.run = &run;
	rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_RUN_SET_DESTROYED, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, run.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	return db_run(st, err);
}

/* A copy of vault.db that was not finished. Whoever makes one has the vault
 * alone, so nobody does now. */
static void
remove_copy(struct hrv_vault *v)
{
	static const char *const names[] = { NAME_DB_NEXT, NAME_DB_NEXT "-wal",
		NAME_DB_NEXT "-shm", NAME_DB_NEXT "-journal" };

	for (size_t i = 0; !v->alone && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		char *path = NULL;

		if (vault_path(v, names[i], &path, NULL) == HRV_OK)
			(void)!file_unlink(path, NULL, NULL);
		free(path);
	}
}

int
recover_generations(struct hrv_vault *v, struct hrv_err *err)
{
	uint32_t *gens = NULL;
	size_t n = 0;
	int rc = keystore_generations(v->dir, &gens, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		/* A newer one is left alone: with an old vault.db put back it
		 * is the live one. The next build replaces what an
		 * interrupted one left, after the log was verified. */
		if (gens[i] < v->gen)
			rc = finish_run(v, gens[i], err);
	}
	free(gens);
	remove_copy(v);
	return rc;
}
