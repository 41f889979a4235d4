/* SPDX-License-Identifier: ISC */
/*
 * Evidence of technical and organisational measures. Layer: verbs. Invariant:
 * as status, it writes nothing and needs no key beyond that of the database;
 * what it says is counted in the clear layer, so that it can be shown to
 * somebody who may see no record.
 */
#include <string.h>

#include "hrvault/keys.h"
#include "hrvault/policy.h"
#include "hrvault/rights.h"
#include "hrvault/status.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/base/when.h"
#include "vault/log/append.h"
#include "vault/measures.h"
#include "vault/proposal_rule.h"
#include "vault/status_int.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Puts `value` under that name; it is given away in any case. */
static int
put(json_t *doc, const char *name, json_t *value, struct hrv_err *err)
{
	return value == NULL || json_object_set_new(doc, name, value)
		   ? no_memory(err)
		   : HRV_OK;
}

/* A list of rows, whose first columns are texts and whose last is a number. */
struct table {
	const char *name;
	enum sql_id sql;
	const char *columns[4]; /* NULL: no more */
};

static json_t *
row_json(struct stmt *st, const struct table *t)
{
	json_t *o = json_object();
	int bad = o == NULL;

	for (int i = 0; !bad && i < 4 && t->columns[i] != NULL; i++) {
		bool number = i == 3 || t->columns[i + 1] == NULL;

		bad = number
			  ? json_set_int(o, t->columns[i], db_col_int(st, i))
			  : json_set_str(o, t->columns[i], db_col_text(st, i));
	}
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static int
put_table(struct hrv_vault *v, json_t *doc, const struct table *t,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = put(doc, t->name, list, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, t->sql, &st, err);
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		if (json_array_append_new(list, row_json(st, t)))
			rc = no_memory(err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* The head of the log, so that the report can be laid beside it. */
static int
put_log(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	uint8_t root[TREE_HASH];
	struct tree_frontier f;
	struct stmt *st;
	json_t *o = json_object();
	int rc = put(doc, "log", o, err);

	if (rc == HRV_OK)
		rc = log_frontier(v->db, &f, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_REPORT_GET_CHECKPOINT, &st, err);
	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	tree_frontier_root(&f, root);
	if (json_set_int(o, "entries", (int64_t)f.size) ||
	    json_set_hex(o, "root", root, sizeof(root)) ||
	    json_set_int(o, "checkpoint", db_col_int(st, 0)) ||
	    json_set_int(o, "checkpoints", db_col_int(st, 1)))
		rc = no_memory(err);
	db_reset(st);
	return rc;
}

static int
put_schedule(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	json_t *o = s == NULL ? json_null() : json_object();
	int rc = put(doc, "schedule", o, err);

	if (rc == HRV_OK && s != NULL &&
	    (json_set_str(o, "id", s->id) ||
		json_set_str(o, "version", s->version) ||
		json_set_hex(o, "sha256", v->schedule_hash, 32)))
		rc = no_memory(err);
	return rc;
}

/* Who could open what: members by compartment, from the slot file. */
static int
put_holders(const struct slots *s, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_object_get(doc, "encryption");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);
		const char *comp = json_str(o, "compartment");
		int64_t n = 0;

		for (size_t j = 0; j < s->n_members; j++) {
			const struct slot_member *m = &s->members[j];

			n += strcmp(comp, "identity") == 0
				 ? role_gets_key(m->role, KEK_IDENTITY)
				 : slots_list_has(m->compartments, comp);
		}
		if (json_set_int(o, "members", n))
			return no_memory(err);
	}
	return HRV_OK;
}

static int
put_roles(const struct slots *s, json_t *doc, struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = put(doc, "roles", list, err);

	for (unsigned r = 0; rc == HRV_OK && r < ROLE_COUNT; r++) {
		int64_t n = 0;

		for (size_t j = 0; j < s->n_members; j++)
			n += s->members[j].role == (enum role)r;
		if (json_array_append_new(list,
			json_pack("{s:s,s:I}", "role", role_name((enum role)r),
			    "members", (json_int_t)n)))
			rc = no_memory(err);
	}
	return rc;
}

/* How often a step was proposed, by what became of it. */
static int
count_step(const json_t *rows, json_t *o, const char *kind)
{
	static const char *const status[] = { "open", "approved", "done",
		"rejected", "expired" };
	int bad = 0;

	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		bad |= json_set_int(o, status[i], 0);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (strcmp(json_str(row, "kind"), kind) == 0)
			bad |= json_object_set(o, json_str(row, "status"),
			    json_object_get(row, "proposals"));
	}
	return bad;
}

static int
add_step(
    json_t *list, const json_t *rows, const char *kind, struct hrv_err *err)
{
	const struct proposal_rule *r = proposal_rule(kind);
	json_t *o = json_pack("{s:s,s:s,s:s}", "step", kind, "about", r->about,
	    "approved_by", proposal_approvers(kind));

	if (o == NULL || count_step(rows, o, kind) ||
	    json_array_append(list, o)) {
		json_decref(o);
		return no_memory(err);
	}
	json_decref(o);
	return HRV_OK;
}

/* The fixed steps, and those that the schedule added. */
static int
put_steps(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	static const struct table t = { "rows", SQL_REPORT_LIST_PROPOSALS,
		{ "kind", "status", "proposals", NULL } };
	const struct proposal_rule *r;
	json_t *list = json_array(), *rows = json_object();
	int rc = put(doc, "steps", list, err);

	if (rc == HRV_OK)
		rc =
		    rows == NULL ? no_memory(err) : put_table(v, rows, &t, err);
	for (size_t i = 0; rc == HRV_OK && (r = proposal_rule_at(i)) != NULL;
	     i++)
		rc =
		    add_step(list, json_object_get(rows, "rows"), r->kind, err);
	for (size_t i = 0; rc == HRV_OK && v->schedule != NULL &&
			   i < v->schedule->dual_control_count;
	     i++)
		rc = add_step(list, json_object_get(rows, "rows"),
		    v->schedule->dual_control[i], err);
	json_decref(rows);
	return rc;
}

static int
put_runs(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	json_t *o = json_object();
	struct stmt *st;
	int rc = put(doc, "destruction", o, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_REPORT_GET_RUNS, &st, err);
	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	if (json_set_int(o, "runs", db_col_int(st, 0)) ||
	    json_set_int(o, "records", db_col_int(st, 1)) ||
	    json_set_str(o, "last", db_col_text(st, 2)) ||
	    json_set_int(o, "certificates", db_col_int(st, 3)))
		rc = no_memory(err);
	db_reset(st);
	return rc;
}

static int
put_backups(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	static const struct table t = { "backups", SQL_REPORT_LIST_BACKUPS,
		{ "kind", "last", "backups", NULL } };
	json_t *o = json_object();
	struct stmt *st;
	int rc = put(doc, "epochs", o, err);

	if (rc == HRV_OK)
		rc = put_table(v, doc, &t, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_REPORT_GET_EPOCHS, &st, err);
	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	if (json_set_int(o, "all", db_col_int(st, 0)) ||
	    json_set_int(o, "alive", db_col_int(st, 1)) ||
	    json_set_str(o, "last_dies", db_col_text(st, 2)))
		rc = no_memory(err);
	db_reset(st);
	return rc;
}

/* Counts what a list gives. */
static int
count_one(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)doc;
	(void)err;
	++*(int64_t *)ctx;
	return HRV_OK;
}

static int
put_accuracy(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	int64_t unconfirmed = 0, untold = 0;
	json_t *o = json_object();
	int rc = put(doc, "accuracy", o, err);

	if (rc == HRV_OK)
		rc = hrv_subject_unconfirmed(
		    v, NULL, count_one, &unconfirmed, err);
	if (rc == HRV_OK)
		rc = hrv_subject_untold(v, NULL, count_one, &untold, err);
	if (rc == HRV_ENOTFOUND) { /* nobody was told of any notice */
		untold = -1;
		rc = HRV_OK;
	}
	if (rc == HRV_OK &&
	    (json_set_int(o, "unconfirmed", unconfirmed) ||
		json_object_set_new(o, "untold",
		    untold < 0 ? json_null() : json_integer(untold))))
		rc = no_memory(err);
	return rc;
}

static int
add_member(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	return json_array_append(ctx, (json_t *)(uintptr_t)doc) ? no_memory(err)
								: HRV_OK;
}

/* What other verbs say, as they say it. */
static int
put_verbs(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	struct hrv_doc *one = NULL;
	json_t *members = json_array();
	int rc = put(doc, "members", members, err);

	if (rc == HRV_OK)
		rc = hrv_member_list(v, add_member, members, err);
	if (rc == HRV_OK)
		rc = hrv_key_check(v, &one, err);
	if (rc == HRV_OK)
		rc = put(doc, "keys", (json_t *)one, err);
	if (rc == HRV_OK)
		rc = put_accuracy(v, doc, err);
	if (rc == HRV_OK)
		rc = hrv_status(v, &one, err);
	return rc == HRV_OK ? put(doc, "status", (json_t *)one, err) : rc;
}

static int
put_head(struct hrv_vault *v, json_t *doc, struct hrv_err *err)
{
	char when[WHEN_TEXT_LEN + 1] = "";
	int rc = HRV_OK;

	(void)!when_format(vault_now(v), when);
	if (json_set_str(doc, "vault", v->origin) ||
	    json_set_str(doc, "time", when) ||
	    json_set_str(doc, "version", v->client) ||
	    json_object_set_new(doc, "founding", json_boolean(v->founding)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = put(doc, "measures", measures_list(), err);
	return rc == HRV_OK ? put_schedule(v, doc, err) : rc;
}

int
hrv_status_report(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	static const struct table tables[] = {
		{ "encryption", SQL_REPORT_LIST_COMPARTMENTS,
		    { "compartment", "records", NULL } },
		{ "holds", SQL_REPORT_LIST_HOLDS, { "status", "holds", NULL } },
		{ "requests", SQL_REPORT_LIST_CASES,
		    { "right", "status", "cases", NULL } },
	};
	json_t *doc = json_object();
	int rc = doc == NULL ? no_memory(err) : put_head(v, doc, err);

	if (rc == HRV_OK)
		rc = put_log(v, doc, err);
	for (size_t i = 0;
	     rc == HRV_OK && i < sizeof(tables) / sizeof(tables[0]); i++)
		rc = put_table(v, doc, &tables[i], err);
	if (rc == HRV_OK)
		rc = put_holders(v->slots, doc, err);
	if (rc == HRV_OK)
		rc = put_roles(v->slots, doc, err);
	if (rc == HRV_OK)
		rc = put_steps(v, doc, err);
	if (rc == HRV_OK)
		rc = put_runs(v, doc, err);
	if (rc == HRV_OK)
		rc = put_backups(v, doc, err);
	if (rc == HRV_OK)
		rc = put_verbs(v, doc, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
