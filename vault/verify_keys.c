/* SPDX-License-Identifier: ISC */
/*
 * What the log says of keys: who lost the right to which, and that a rotation
 * kept every data key. Layer: verbs. Invariant: no task of a rotation can be
 * made to disappear in a table.
 */
#include <stdio.h>
#include <string.h>

#include "vault/store/db.h"
#include "vault/verify_int.h"

#define LINE (KEY_ID_SIZE + FPR_SIZE + 32)

static int
note(struct verify *y, const char *key, const char *fpr, struct hrv_err *err)
{
	char line[LINE];

	snprintf(line, sizeof(line), "%s %s %llu", key, fpr,
	    (unsigned long long)y->f.size);
	if (y->exposed == NULL)
		y->exposed = json_object();
	if (json_object_set_new(y->exposed, line, json_true()))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

/* Keys that a member lost: all of them, or those that were taken away. */
static int
fold_lost(
    struct verify *y, const char *list, const json_t *json, struct hrv_err *err)
{
	const json_t *ids = json_object_get(json, list);
	const char *fpr = json_str(json, "member");
	int rc = HRV_OK;

	if (fpr == NULL) {
		verify_problem(y, y->f.size, "it does not say whose keys");
		return HRV_OK;
	}
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(ids); i++) {
		const char *id = json_string_value(json_array_get(ids, i));

		if (id == NULL)
			verify_problem(y, y->f.size, "it lists no key");
		else
			rc = note(y, id, fpr, err);
	}
	return rc;
}

/* A rotation re-wraps data keys; it neither loses nor makes one, unless it
 * seals records anew and says so. */
static void
check_rotation(struct verify *y, const json_t *json)
{
	const char *before = json_str(json, "keys_before_sha256");
	const char *after = json_str(json, "keys_after_sha256");

	if (json_int(json, "left_out", 0) == 0 &&
	    (before == NULL) != (after == NULL))
		verify_problem(y, y->f.size,
		    "a rotation that says one half of what it did");
	else if (before != NULL && json_int(json, "left_out", 0) == 0 &&
		 strcmp(before, after) != 0)
		verify_problem(
		    y, y->f.size, "a rotation that did not keep every key");
}

int
verify_keys_succession(struct verify *y, const char *vkey, struct hrv_err *err)
{
	char at[32];

	snprintf(at, sizeof(at), "%llu", (unsigned long long)y->f.size);
	if (y->logkeys == NULL)
		y->logkeys = json_object();
	if (json_object_set_new(y->logkeys, at, json_string(vkey)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
verify_keys_after(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	if (strcmp(l->op->name, "member.remove") == 0 ||
	    strcmp(l->op->name, "member.exposed") == 0)
		return fold_lost(y, "ids", json, err);
	if (strcmp(l->op->name, "member.renew") == 0)
		return fold_lost(y, "dropped", json, err);
	if (strcmp(l->op->name, "key.rotate") == 0)
		check_rotation(y, json);
	return HRV_OK;
}

static int
check_logkeys(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	size_t n = 0;
	bool more = false, same = true;
	int rc = db_stmt(y->v->db, SQL_LOGKEY_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *vkey = db_col_text(st, 1), *want;
		char at[32];

		snprintf(at, sizeof(at), "%lld", (long long)db_col_int(st, 0));
		want = json_str(y->logkeys, at);
		same = same && want != NULL && vkey != NULL &&
		       strcmp(want, vkey) == 0;
		n++;
	}
	db_reset(st);
	if (rc == HRV_OK && (!same || n != json_object_size(y->logkeys)))
		verify_problem_log(y,
		    "the table of the log's keys is not what the log made of "
		    "it");
	return rc;
}

static int
check_exposed(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	size_t n = 0;
	bool more = false, same = true;
	int rc = db_stmt(y->v->db, SQL_EXPOSED_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *key = db_col_text(st, 0), *fpr = db_col_text(st, 1);
		char line[LINE];

		snprintf(line, sizeof(line), "%s %s %lld",
		    key == NULL ? "" : key, fpr == NULL ? "" : fpr,
		    (long long)db_col_int(st, 2));
		same = same && json_object_get(y->exposed, line) != NULL;
		n++;
	}
	db_reset(st);
	if (rc == HRV_OK && (!same || n != json_object_size(y->exposed)))
		verify_problem_log(y,
		    "the table of keys that are to be rotated is not what the "
		    "log made of it");
	return rc;
}

int
verify_keys_end(struct verify *y, struct hrv_err *err)
{
	int rc = check_exposed(y, err);

	return rc == HRV_OK ? check_logkeys(y, err) : rc;
}
