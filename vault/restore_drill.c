/* SPDX-License-Identifier: ISC */
/*
 * Trying a restore. Layer: verbs. Invariant: what was built is destroyed
 * again, whatever happens; the live vault is only read, but for the entry that
 * says how it went.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/status.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"
#include "vault/txn.h"
#include "vault/version.h"

#define DIFFERENCES_MAX 100 /* sentences; more are only counted */

/* One comparison. */
struct drill {
	struct hrv_vault *live;
	struct hrv_vault *copy;
	uint64_t covers; /* entries that the snapshot has */
	json_t *list;
	int64_t differences;
	int64_t records, subjects, later;
};

static void
differs(struct drill *d, const struct hrv_id *id, const char *how)
{
	char text[ID_TEXT_SIZE], line[128];

	id_format(id, text);
	snprintf(line, sizeof(line), "%s %s", text, how);
	if (d->differences++ < DIFFERENCES_MAX)
		(void)json_array_append_new(d->list, json_string(line));
}

/* Whether it is who somebody was that became another one since: in the copy
 * the two are two again, until somebody merges them. */
static int
was_merged(struct drill *d, const struct record_row *live, bool *ret,
    struct hrv_err *err)
{
	struct subject_row now, copy;
	int rc = subject_load(d->live, &live->subject, &now, err);

	*ret = false;
	if (rc != HRV_OK || now.went.kind != ID_SUBJECT)
		return rc;
	rc = subject_load(d->copy, &live->subject, &copy, err);
	if (rc == HRV_OK)
		*ret = copy.went.kind != ID_SUBJECT;
	return rc;
}

/* A record that the snapshot knows must be as it is now, or as it was before
 * something changed it since; one that is gone must be gone. */
static int
compare_record(struct drill *d, const struct hrv_id *id, struct hrv_err *err)
{
	struct record_row live, copy;
	bool merged = false;
	int rc = record_load(d->live, id, &live, err);

	if (rc != HRV_OK)
		return rc;
	rc = record_load(d->copy, id, &copy, err);
	if (rc == HRV_ENOTFOUND || rc == HRV_EPURGED) {
		if (live.state_leaf < d->covers && !live.purged)
			differs(d, id, "is missing from the copy");
		else
			d->later++;
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	d->records++;
	rc = was_merged(d, &live, &merged, err);
	if (rc != HRV_OK)
		return rc;
	if (live.purged && !copy.purged && !merged)
		differs(d, id, "was destroyed and lives in the copy");
	else if (!live.purged && copy.purged)
		differs(d, id, "lives and is destroyed in the copy");
	else if (!live.purged && live.state_leaf < d->covers &&
		 memcmp(live.state, copy.state, sizeof(live.state)) != 0)
		differs(d, id, "has other facts in the copy");
	else if (live.state_leaf >= d->covers)
		d->later++;
	return HRV_OK;
}

static int
compare_subject(struct drill *d, const struct hrv_id *id, struct hrv_err *err)
{
	struct subject_row live, copy;
	int rc = subject_load(d->live, id, &live, err);

	if (rc != HRV_OK)
		return rc;
	rc = subject_load(d->copy, id, &copy, err);
	if (rc == HRV_ENOTFOUND) {
		if (live.state_leaf < d->covers)
			differs(d, id, "is missing from the copy");
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	d->subjects++;
	/* The two are two again, until somebody merges them. */
	if (live.went.kind == ID_SUBJECT && copy.went.kind != ID_SUBJECT)
		d->later++;
	else if (live.gone && !copy.gone)
		differs(d, id, "is gone and known in the copy");
	else if (!live.gone && live.state_leaf < d->covers && !copy.gone &&
		 memcmp(live.state, copy.state, sizeof(live.state)) != 0)
		differs(d, id, "has other facts in the copy");
	return HRV_OK;
}

static int
each(struct drill *d, enum sql_id sql, char kind,
    int (*fn)(struct drill *d, const struct hrv_id *id, struct hrv_err *err),
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(d->live, (int)sql, NULL, kind, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = fn(d, &ids[i], err);
	free(ids);
	return rc;
}

/* Every hold that is active now is active in the copy. */
static int
compare_holds(struct drill *d, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc =
	    ids_of(d->live, SQL_HOLD_LIST_ACTIVE, NULL, ID_HOLD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		const char *status = NULL;
		struct stmt *st;
		bool row = false;

		rc = db_stmt(d->copy->db, SQL_HOLD_GET, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, ids[i].b, ID_BYTES);
		rc = db_step(st, &row, err);
		if (rc == HRV_OK && row)
			status = db_col_text(st, 1);
		if (rc == HRV_OK &&
		    (status == NULL || strcmp(status, "active") != 0))
			differs(d, &ids[i], "is not in force in the copy");
		db_reset(st);
	}
	free(ids);
	return rc;
}

/* Packs, log and tables of the copy: every body is hashed. */
static int
check_copy(struct drill *d, int64_t *ret_bodies, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	const json_t *problems;
	int rc = hrv_check(d->copy, false, &doc, err);

	if (rc != HRV_OK)
		return rc;
	problems = json_object_get((json_t *)doc, "problems");
	for (size_t i = 0; i < json_array_size(problems); i++) {
		if (d->differences++ < DIFFERENCES_MAX)
			(void)json_array_append(
			    d->list, json_array_get(problems, i));
	}
	*ret_bodies =
	    json_int(json_object_get((json_t *)doc, "checked"), "bodies", 0);
	hrv_doc_free(doc);
	return HRV_OK;
}

static int
log_drill(struct drill *d, const struct restore *r, int64_t bodies,
    struct hrv_err *err)
{
	struct entry e = ENTRY("backup.drill");
	json_t *p = restore_what(r);
	int rc = p == NULL || json_set_int(p, "bodies", bodies) ||
			 json_set_int(p, "differences", d->differences) ||
			 json_set_int(p, "ok", d->differences == 0)
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : txn_begin(d->live, err);

	e.payload = p;
	e.backup = &r->snap.id;
	if (rc == HRV_OK)
		rc = txn_entry(d->live, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(d->live, true, err);
	txn_abort(d->live);
	json_decref(p);
	return rc;
}

static int
result(const struct drill *d, const struct restore *r, int64_t bodies,
    struct hrv_doc **ret, struct hrv_err *err)
{
	json_t *doc = restore_what(r);

	if (doc == NULL ||
	    json_object_set_new(doc, "ok", json_boolean(d->differences == 0)) ||
	    json_object_set(doc, "differences", d->list) ||
	    json_set_int(doc, "subjects", d->subjects) ||
	    json_set_int(doc, "compared", d->records) ||
	    json_set_int(doc, "later", d->later) ||
	    json_set_int(doc, "bodies", bodies)) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_restore_drill(struct hrv_vault *live, const struct hrv_restore_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct drill d = { .live = live, .list = json_array() };
	struct entry refused = ENTRY("backup.drill");
	struct restore r = { .lock_fd = -1 };
	int64_t bodies = 0;
	int rc = role_may(live->role, refused.op, err);

	if (rc == HRV_OK && d.list == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK)
		return txn_refuse(live, &refused, err);
	rc = restore_build(&r, args, true, err);
	if (rc == HRV_OK && memcmp(r.vault, live->id, sizeof(r.vault)) != 0)
		rc = hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "these are backups of another vault");
	if (rc == HRV_OK)
		rc = restore_prove_live(&r, live, err);
	d.copy = r.v;
	d.covers = r.snap.log_size;
	if (rc == HRV_OK)
		rc = check_copy(&d, &bodies, err);
	if (rc == HRV_OK)
		rc = each(
		    &d, SQL_CHECK_LIST_RECORDS, ID_RECORD, compare_record, err);
	if (rc == HRV_OK)
		rc = each(&d, SQL_CHECK_LIST_SUBJECTS, ID_SUBJECT,
		    compare_subject, err);
	if (rc == HRV_OK)
		rc = compare_holds(&d, err);
	if (rc == HRV_OK)
		rc = log_drill(&d, &r, bodies, err);
	else
		(void)!txn_refuse(live, &refused, err);
	if (rc == HRV_OK)
		rc = result(&d, &r, bodies, ret_doc, err);
	restore_clear(&r);
	json_decref(d.list);
	return rc;
}
