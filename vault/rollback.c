/* SPDX-License-Identifier: ISC */
/*
 * Giving up what a rollback lost. Layer: verbs. Invariants: it takes two people
 * who both know how much is given up; whoever remembers still more goes on
 * refusing; the log never goes on under the old origin.
 */
#include <string.h>

#include "hrvault/audit.h"
#include "hrvault/proposal.h"
#include "vault/base/json.h"
#include "vault/base/enc.h"
#include "vault/log/append.h"
#include "vault/logkeys.h"
#include "vault/proposal.h"
#include "vault/remember.h"
#include "vault/succession.h"
#include "vault/version.h"

/* The longest head that anybody here remembers. */
struct seen {
	struct hrv_vault *v;
	struct head best;
};

static int
take(void *ctx, const struct buf *note, struct hrv_err *err)
{
	struct seen *s = ctx;
	struct note_checkpoint cp;

	(void)err;
	/* One of another origin was given up before. */
	if (logkeys_open(s->v, note->data, note->len, &cp, NULL) != HRV_OK)
		return HRV_OK;
	if (cp.size > s->best.size) {
		s->best.size = cp.size;
		memcpy(s->best.root, cp.root, sizeof(cp.root));
	}
	return HRV_OK;
}

static int
find_lost(struct hrv_vault *v, struct head *ret, struct hrv_err *err)
{
	struct seen s = { .v = v };
	struct buf own = BUF_INIT;
	int rc = remember_own(v, &own, err);

	if (rc == HRV_OK)
		rc = take(&s, &own, err);
	else if (rc == HRV_ENOTFOUND)
		rc = HRV_OK;
	if (rc == HRV_OK)
		rc = remember_each_seen(v, take, &s, err);
	buf_clear(&own);
	*ret = s.best;
	return rc;
}

static json_t *
lost_json(const struct head *h)
{
	json_t *o = json_object();

	if (o == NULL || json_set_int(o, "size", (int64_t)h->size) ||
	    json_set_b64(o, "root", h->root, sizeof(h->root))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
ask(struct hrv_vault *v, const struct head *lost, struct approval *ret,
    struct hrv_err *err)
{
	struct proposal_args two = { .kind = "rollback" };
	json_t *what = json_object();
	int rc = HRV_OK;

	if (what == NULL || json_set_str(what, "origin", v->origin) ||
	    json_object_set_new(what, "lost", lost_json(lost)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	two.what = what;
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	json_decref(what);
	if (rc == HRV_ECONFIRM && strcmp(err->name, "approval") == 0)
		hrv_hint(err, "another member (dpo or legal) runs: hrvault "
			      "audit accept-rollback P; then repeat this "
			      "command");
	return rc;
}

static int
log_it(struct hrv_vault *v, const struct approval *a, const struct head *lost,
    struct hrv_err *err)
{
	struct entry e = ENTRY("rollback.accept");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = p == NULL || json_object_set_new(p, "lost", lost_json(lost))
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : approval_log(a, &e, p, err);

	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, a, leaf, err);
	if (rc == HRV_OK)
		rc = succession_log(v, "rollback", leaf, lost, err);
	/* From here on it is given up, and the client remembers the new log. */
	v->behind = false;
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

int
hrv_rollback_accept(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("rollback.accept");
	struct approval a = { .alone = false };
	struct head lost = { .size = 0 };
	json_t *doc = json_object();
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK)
		rc = find_lost(v, &lost, err);
	if (rc == HRV_OK && !v->behind) {
		rc = remember_check_seen(v, err);
		if (rc == HRV_OK) {
			rc = hrv_fail(err, HRV_EREFUSED,
			    "nothing was rolled back: the log continues all "
			    "that is remembered here");
			json_decref(doc);
			return rc;
		}
		rc = strcmp(err->name, "rollback") == 0 ? HRV_OK : rc;
	}
	if (rc == HRV_OK)
		rc = ask(v, &lost, &a, err);
	if (rc == HRV_OK)
		rc = log_it(v, &a, &lost, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK &&
	    (doc == NULL || json_set_str(doc, "origin", v->origin) ||
		json_object_set_new(doc, "lost", lost_json(&lost))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(doc);
	json_decref(doc);
	return rc;
}

int
hrv_rollback_approve(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct head mine = { .size = 0 };
	struct hrv_id id;
	int64_t size;
	int rc = lookup_proposal(v, which, &id, err);

	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK && strcmp(p.kind, "rollback") != 0)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "this proposal is not about a rollback; see 'hrvault "
		    "proposal show'");
	if (rc == HRV_OK)
		rc = find_lost(v, &mine, err);
	size = json_int(json_object_get(p.what, "lost"), "size", 0);
	if (rc == HRV_OK && (uint64_t)size < mine.size) {
		hrv_fail_as(err, HRV_EREFUSED, "rollback",
		    "you remember more entries than this proposal gives up");
		rc = hrv_hint(
		    err, "propose it yourself: hrvault audit accept-rollback");
	}
	proposal_clear(&p);
	return rc == HRV_OK ? hrv_proposal_approve(v, which, ret_doc, err) : rc;
}
