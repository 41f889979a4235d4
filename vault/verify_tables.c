/* SPDX-License-Identifier: ISC */
/*
 * What the tables say at the end of the log against what the log made of
 * them: active holds, cases, adopted policies, open intents. Layer: verbs.
 * Invariant: nothing that decides over destruction is believed from a table
 * alone.
 */
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/store/db.h"
#include "vault/verify_int.h"

static int
check_holds(struct verify *y, struct hrv_err *err)
{
	uint8_t hash[32];
	int rc = inforce_holds(y->v, hash, err);

	if (rc == HRV_OK && memcmp(hash, y->holds_hash, 32) != 0)
		verify_problem_log(
		    y, "the table of holds is not what the log made of it");
	return rc;
}

/* Every case that may freeze anything, whatever the day: closed ones count
 * from the first day there is. */
static int
check_cases(struct verify *y, struct hrv_err *err)
{
	bool same = false;
	int rc = caselog_compare(y->v, &y->cases, "", &same, err);

	if (rc == HRV_OK && !same)
		verify_problem_log(
		    y, "the table of cases is not what the log made of it");
	return rc;
}

/* One row of the policy table against the entry that it names. */
static void
check_policy(struct verify *y, struct stmt *st, const uint8_t hash[32])
{
	uint64_t leaf = (uint64_t)db_col_int(st, 4);
	const char *kind = db_col_text(st, 1), *id = db_col_text(st, 2);

	for (size_t i = 0; i < y->n_policies; i++) {
		struct verify_policy *p = &y->policies[i];

		if (p->leaf != leaf || kind == NULL || id == NULL)
			continue;
		if (memcmp(p->hash, hash, 32) == 0 &&
		    strcmp(p->kind, kind) == 0 && strcmp(p->id, id) == 0) {
			p->stored = true;
			return;
		}
	}
	verify_problem_log(y, "a schedule, law, calendar or controller is "
			      "stored that no entry adopted");
}

static int
check_policies(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	uint8_t hash[32];
	int rc = db_stmt(y->v->db, SQL_POLICY_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, hash, sizeof(hash), err);
		if (rc != HRV_OK)
			break;
		check_policy(y, st, hash);
	}
	db_reset(st);
	for (size_t i = 0; rc == HRV_OK && i < y->n_policies; i++) {
		struct buf text = BUF_INIT;

		if (!y->policies[i].stored)
			verify_problem(y, y->policies[i].leaf,
			    "the %s it adopted is not stored",
			    y->policies[i].kind);
		else if (inforce_policy_by_hash(
			     y->v, y->policies[i].hash, &text, err) != HRV_OK)
			verify_problem(y, y->policies[i].leaf, "%s", err->msg);
		buf_clear(&text);
	}
	return rc;
}

/* Open intents of the table; each is marked in the trace as CLOSED so that
 * what remains open is on no list. */
static int
check_intents(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(y->v->db, SQL_LOG_LIST_INTENTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		uint64_t at = (uint64_t)db_col_int(st, 0);
		struct verify_trace *t = at < y->f.size ? &y->trace[at] : NULL;

		if (t == NULL || t->phase != OP_INTENT || t->closed != 0) {
			verify_problem_log(y,
			    "entry %llu is listed as an open intent and is "
			    "none",
			    (unsigned long long)at);
			continue;
		}
		t->closed |= CLOSED;
		verify_remark(y, at, "%s has no outcome yet", t->op->name);
	}
	db_reset(st);
	for (uint64_t i = 0; rc == HRV_OK && i < y->f.size; i++) {
		const struct verify_trace *t = &y->trace[i];

		if (t->op == NULL || t->phase != OP_INTENT || t->closed != 0)
			continue;
		if (strcmp(t->op->name, "purge.intent") == 0)
			verify_remark(y, i, "this run was never carried out");
		else
			verify_problem(y, i,
			    "it has no outcome and is on no list of open "
			    "intents");
	}
	return rc;
}

/* The last entry names the slot file that is in force, or changed it. */
static void
check_slots(struct verify *y)
{
	if (memcmp(y->slots, y->v->slots->hash, 32) != 0 && !y->slots_moved)
		verify_problem_log(
		    y, "the slot file is not the one that the log names");
}

/* One edited row must not bring back what one member may do alone. It is read
 * here, not taken from the handle, which may have been opened before. */
static int
check_founding(struct verify *y, struct hrv_err *err)
{
	bool ended =
	    y->founded || slots_approvers(y->v->slots) >= APPROVERS_NEEDED;
	struct stmt *st;
	int rc = db_stmt(y->v->db, SQL_VAULT_GET, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	if (ended && db_col_int(st, 3) != 0)
		verify_problem_log(y,
		    "the vault's row says that it is in founding, and there "
		    "were two who approve");
	db_reset(st);
	return HRV_OK;
}

int
verify_fold_end(struct verify *y, struct hrv_err *err)
{
	int rc = check_holds(y, err);

	if (rc == HRV_OK)
		rc = verify_holds_end(y, err);
	if (rc == HRV_OK)
		rc = check_cases(y, err);
	if (rc == HRV_OK)
		rc = check_policies(y, err);
	if (rc == HRV_OK)
		rc = verify_share_end(y, err);
	if (rc == HRV_OK)
		rc = verify_rows_end(y, err);
	if (rc == HRV_OK)
		rc = check_intents(y, err);
	if (rc == HRV_OK && strcmp(y->vkey.name, y->v->origin) != 0)
		verify_problem_log(
		    y, "the vault goes by another origin than its log");
	if (rc == HRV_OK &&
	    memcmp(y->vkey.pub, y->v->vkey.pub, sizeof(y->vkey.pub)) != 0)
		verify_problem_log(
		    y, "the log's key is not the one that its entries name");
	if (rc == HRV_OK)
		check_slots(y);
	if (rc == HRV_OK)
		rc = check_founding(y, err);
	if (rc == HRV_OK)
		rc = verify_keys_end(y, err);
	return rc;
}
