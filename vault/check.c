/* SPDX-License-Identifier: ISC */
/*
 * Looking for damage. Layer: verbs. Invariant: it changes nothing that is
 * stored, and goes on after every finding as far as it can.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/status.h"
#include "vault/check_int.h"
#include "vault/slotfile.h"
#include "vault/split.h"
#include "vault/store/db.h"
#include "vault/txn.h"
#include "vault/verify.h"

#define SENTENCE 256

void
check_problem(struct check *c, const char *fmt, ...)
{
	char text[SENTENCE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(c->problems, json_string(text));
}

void
check_note(json_t *list, const char *fmt, ...)
{
	char text[SENTENCE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(list, json_string(text));
}

int
check_take(struct check *c, int rc, const char *what, struct hrv_err *err)
{
	if (rc != HRV_EINTEGRITY && rc != HRV_ENOTFOUND && rc != HRV_EPURGED)
		return rc;
	check_problem(c, "%s: %s", what, err->msg);
	return HRV_OK;
}

static int
fold_entry(void *ctx, const struct verify_entry *e, struct hrv_err *err)
{
	struct check *c = ctx;

	return fold_leaf(&c->fold, e->leaf, e->json, e->things, err);
}

/* Adds the ids that a statement lists to an array. */
static int
add_ids(struct check *c, int sql, char kind, struct hrv_id **all, size_t *n,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL, *more;
	size_t m = 0;
	int rc = ids_of(c->v, sql, NULL, kind, &ids, &m, err);

	if (rc == HRV_OK) {
		more = realloc(*all, (*n + m + 1) * sizeof(*more));
		if (more == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		else
			*all = more;
	}
	if (rc == HRV_OK && m > 0)
		memcpy(*all + *n, ids, m * sizeof(*ids));
	if (rc == HRV_OK)
		*n += m;
	free(ids);
	return rc;
}

/* Everything that the log may have stated something of. */
static int
begin_fold(struct check *c, struct hrv_err *err)
{
	struct hrv_id *all = NULL;
	size_t n = 0;
	int rc = add_ids(c, SQL_CHECK_LIST_SUBJECTS, ID_SUBJECT, &all, &n, err);

	if (rc == HRV_OK)
		rc = add_ids(
		    c, SQL_CHECK_LIST_RECORDS, ID_RECORD, &all, &n, err);
	if (rc == HRV_OK)
		rc = add_ids(c, SQL_KASE_LIST, ID_CASE, &all, &n, err);
	if (rc == HRV_OK)
		rc = fold_init(&c->fold, all, n, err);
	free(all);
	return rc;
}

static int
check_log(struct check *c, struct hrv_err *err)
{
	struct verify_args a = { .each = fold_entry, .ctx = c };
	struct verify_report r = { 0 };
	struct verify_mark mark;
	int rc = begin_fold(c, err);

	verify_mark_load(c->v, &mark);
	a.from_size = mark.size;
	a.from_root = mark.size > 0 ? mark.root : NULL;
	if (rc == HRV_OK)
		rc = verify_log(c->v, &a, &r, err);
	for (size_t i = 0; rc == HRV_OK && i < r.n; i++) {
		struct buf text = BUF_INIT;

		verify_problem_text(&r.problems[i], &text);
		check_problem(c, "log: %s", buf_str(&text));
		buf_clear(&text);
	}
	if (r.more > 0)
		check_problem(c, "log: %zu more", r.more);
	c->entries = (int64_t)r.size;
	verify_report_clear(&r);
	return rc;
}

/* In one read transaction, so that another command's change is either all
 * there or not at all. */
static int
check_stored(struct check *c, struct hrv_err *err)
{
	int rc = db_check(c->v->db, err);

	rc = check_take(c, rc, "vault.db", err);
	if (rc == HRV_OK)
		rc = db_begin_read(c->v->db, err);
	if (rc == HRV_OK)
		rc = check_log(c, err);
	if (rc == HRV_OK)
		rc = check_facts(c, err);
	if (rc == HRV_OK)
		rc = check_bodies(c, err);
	if (rc == HRV_OK)
		rc = check_keys(c, err);
	db_rollback(c->v->db);
	return check_take(c, rc, "the check ended early", err);
}

/* A newer slot file than the one in force is passed over, and costs whoever
 * may open it one more decryption a command. */
static int
check_slotfiles(struct check *c, struct hrv_err *err)
{
	uint32_t newest = 0;
	size_t n = 0;
	int rc = slotfile_list(c->v->dir, &newest, 1, &n, err);

	if (rc == HRV_OK && n > 0 && newest > c->v->slots->gen)
		check_note(c->remarks,
		    "slots.%u is not in force: a change that was interrupted "
		    "left it, or somebody put it there; the next change of "
		    "members or keys takes its place",
		    (unsigned)newest);
	return rc;
}

static int
result(const struct check *c, struct hrv_doc **ret, struct hrv_err *err)
{
	json_t *checked = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "entries",
	    (json_int_t)c->entries, "subjects", (json_int_t)c->subjects,
	    "records", (json_int_t)c->records, "bodies", (json_int_t)c->bodies,
	    "keys", (json_int_t)c->keys, "opened", (json_int_t)c->opened);
	json_t *doc = json_pack("{s:b,s:O,s:O,s:O,s:o}", "ok",
	    json_array_size(c->problems) == 0, "problems", c->problems,
	    "remarks", c->remarks, "skipped", c->skipped, "checked", checked);

	if (doc == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_check(struct hrv_vault *v, bool deep, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct check c = { .v = v,
		.problems = json_array(),
		.remarks = json_array(),
		.skipped = json_array() };
	struct entry refused = ENTRY("check");
	int rc = HRV_OK;

	if (c.problems == NULL || c.remarks == NULL || c.skipped == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && deep) {
		rc = role_may(v->role, "check", err);
		if (rc != HRV_OK)
			rc = txn_refuse(v, &refused, err);
	}
	if (rc == HRV_OK)
		rc = check_stored(&c, err);
	if (rc == HRV_OK)
		rc = check_slotfiles(&c, err);
	if (rc == HRV_OK)
		rc = split_strays(v, c.remarks, err);
	if (rc == HRV_OK && deep)
		rc = check_deep(&c, err);
	if (rc == HRV_OK)
		rc = result(&c, ret_doc, err);
	fold_clear(&c.fold);
	json_decref(c.problems);
	json_decref(c.remarks);
	json_decref(c.skipped);
	return rc;
}
