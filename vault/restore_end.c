/* SPDX-License-Identifier: ISC */
/*
 * The end of a restore. Layer: verbs. Invariants: the folder gets its name only
 * when it is whole; it opens for reading only when somebody else approved
 * exactly this.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/copies.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/remember.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/txn.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
end_restoring(struct hrv_vault *v, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VAULT_SET_RESTORED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, 0);
	(void)db_bind_int(st, 2, v->without_log);
	return db_run(st, err);
}

/* Who agreed: the first in the entry's own line, a second in its payload. */
struct agreed {
	struct approval first;
	struct approval second; /* zeroed: none was needed */
};

static int
log_approvals(
    const struct agreed *by, struct entry *e, json_t *p, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	if (by->second.id.kind != 0) {
		id_format(&by->second.id, id);
		if (json_set_str(p, "second", id))
			return no_memory(err);
	}
	return approval_log(&by->first, e, p, err);
}

/* Now that the entry is there, what this client remembers is judged by it, as
 * everybody else's will be; only then does the client remember the new log. */
static int
settle(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = remember_check(v, err);

	if (rc == HRV_OK)
		v->behind = v->restoring = false;
	return rc;
}

/* From this commit on the vault opens for everybody. */
static int
finish(struct hrv_vault *v, json_t *what, const struct agreed *by,
    struct hrv_err *err)
{
	struct entry e = ENTRY("restore");
	json_t *p = json_deep_copy(what);
	uint64_t leaf = 0;
	int rc = p == NULL ? no_memory(err) : log_approvals(by, &e, p, err);

	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &by->first, leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &by->second, leaf, err);
	if (rc == HRV_OK)
		rc = end_restoring(v, err);
	if (rc == HRV_OK)
		rc = settle(v, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

/* Without its log two others must agree: each to a proposal of its own, of
 * which the second names who approved the first. */
static int
ask_second(struct hrv_vault *v, const json_t *what, const struct approval *one,
    struct approval *ret, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct proposal_args two = { .kind = "restore" };
	json_t *more = json_deep_copy(what);
	char first[FPR_SIZE];
	bool same = false;
	int rc = proposal_load(v, &one->id, &p, err);

	memcpy(first, p.approver, sizeof(first));
	proposal_clear(&p);
	if (rc == HRV_OK &&
	    (more == NULL || json_set_str(more, "besides", first)))
		rc = no_memory(err);
	two.what = more;
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	if (rc == HRV_OK)
		rc = proposal_load(v, &ret->id, &p, err);
	if (rc == HRV_OK)
		rc = member_one_person(v, p.approver, first, &same, err);
	if (rc == HRV_OK && same) {
		hrv_fail_as(err, HRV_EREFUSED, "self-approval",
		    "both approvals are by the same member: without the log "
		    "it takes two");
		rc = hrv_hint(err, "another dpo or legal approves, after "
				   "'hrvault proposal reject' of the second");
	}
	proposal_clear(&p);
	json_decref(more);
	return rc;
}

static int
approve_and_finish(struct hrv_vault *v, json_t *what, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "restore", .what = what };
	struct agreed by = { .first = { .alone = false } };
	int rc = succession_agrees(v, what, err);

	if (rc == HRV_OK)
		rc = proposal_require(v, &two, &by.first, err);
	if (rc == HRV_OK && v->without_log && !by.first.alone)
		rc = ask_second(v, what, &by.first, &by.second, err);
	return rc == HRV_OK ? finish(v, what, &by, err) : rc;
}

/* What was proposed when the folder was built. */
static int
find_what(struct hrv_vault *v, json_t **ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_PROPOSAL_LIST, NULL, ID_PROPOSAL, &ids, &n, err);

	*ret = NULL;
	for (size_t i = 0; rc == HRV_OK && *ret == NULL && i < n; i++) {
		struct proposal_row p = PROPOSAL_ROW_INIT;

		rc = proposal_load(v, &ids[n - 1 - i], &p, err);
		if (rc == HRV_OK && strcmp(p.kind, "restore") == 0 &&
		    json_str(p.what, "besides") == NULL)
			*ret = json_deep_copy(p.what);
		proposal_clear(&p);
	}
	free(ids);
	if (rc == HRV_OK && *ret == NULL)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "nobody proposed to restore this vault");
	return rc;
}

static int
result(struct hrv_vault *v, const json_t *what, struct hrv_doc **ret,
    struct hrv_err *err)
{
	json_t *doc = json_deep_copy(what);

	if (doc == NULL || json_set_hex(doc, "vault", v->id, sizeof(v->id)) ||
	    json_set_str(doc, "origin", v->origin) ||
	    json_object_set_new(
		doc, "without_log", json_boolean(v->without_log))) {
		json_decref(doc);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* The folder is there already: what is left is its approval. */
static int
go_on_with(const struct hrv_restore_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct hrv_open_args a = args->open;
	struct hrv_vault *v = NULL;
	json_t *what = NULL;
	int rc;

	a.restoring = true;
	rc = hrv_open(&a, &v, err);
	if (rc == HRV_OK && !v->restoring)
		rc = hrv_fail(err, HRV_EEXISTS,
		    "there is a vault in the new folder already");
	if (rc == HRV_OK)
		rc = role_may(v->role, "restore", err);
	if (rc == HRV_OK)
		rc = find_what(v, &what, err);
	if (rc == HRV_OK)
		rc = approve_and_finish(v, what, err);
	if (rc == HRV_OK) {
		copies_drop(v->state_dir, args->open.dir);
		rc = result(v, what, ret_doc, err);
	}
	json_decref(what);
	hrv_close(v);
	return rc;
}

/* By what lies in the folder alone, as everybody will from now on. */
static int
check_opens(const struct restore *r, struct hrv_err *err)
{
	struct hrv_open_args a = r->args->open;
	struct hrv_vault *v = NULL;
	int rc;

	a.dir = r->stage;
	a.state_dir = r->private;
	a.restoring = true;
	rc = hrv_open(&a, &v, err);
	hrv_close(v);
	return rc;
}

/* Closes what was built and gives it its name, if it opens. One that waits for
 * its approval is listed first: a kill leaves none that nobody looks for. */
static int
give_name(struct restore *r, bool waits, struct hrv_err *err)
{
	const char *dir = r->args->open.dir;
	int rc;

	hrv_close(r->v);
	r->v = NULL;
	rc = check_opens(r, err);
	if (rc == HRV_OK && waits)
		rc = copies_add(r->opener->state_dir, dir, err);
	if (rc != HRV_OK)
		return rc;
	if (renameat2(AT_FDCWD, r->stage, AT_FDCWD, dir, RENAME_NOREPLACE) == 0)
		return HRV_OK;
	rc = hrv_fail(err, errno == EEXIST ? HRV_EEXISTS : HRV_EIO,
	    "the restored vault cannot be put in its place");
	if (waits)
		copies_drop(r->opener->state_dir, dir);
	return rc;
}

static int
build_new(const struct hrv_restore_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct restore r;
	struct hrv_err why;
	struct hrv_doc *doc = NULL;
	json_t *what = NULL;
	int rc = restore_build(&r, args, false, err), asked;

	if (rc == HRV_OK && (what = restore_what(&r)) == NULL)
		rc = no_memory(err);
	asked = rc;
	if (rc == HRV_OK) {
		asked = approve_and_finish(r.v, what, err);
		why = *err;
		rc = asked == HRV_ECONFIRM ? HRV_OK : asked;
	}
	if (rc == HRV_OK)
		rc = result(r.v, what, &doc, err);
	if (rc == HRV_OK)
		rc = give_name(&r, asked != HRV_OK, err);
	/* It has its name: what fails now is less than what it waits for. */
	if (rc == HRV_OK)
		rc = file_sync_parent(args->open.dir, err);
	else
		asked = HRV_OK;
	if (asked != HRV_OK) {
		*err = why;
		rc = asked;
	}
	if (rc == HRV_OK) {
		*ret_doc = doc;
		doc = NULL;
	}
	hrv_doc_free(doc);
	json_decref(what);
	restore_clear(&r);
	return rc;
}

int
hrv_restore(const struct hrv_restore_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	if (access(args->open.dir, F_OK) == 0 && rmdir(args->open.dir) != 0)
		return go_on_with(args, ret_doc, err);
	return build_new(args, ret_doc, err);
}
