/* SPDX-License-Identifier: ISC */
/*
 * Giving up what a rollback lost. Layer: verbs. Invariants: it takes two people
 * who both know how much is given up; whoever remembers still more goes on
 * refusing; the log never goes on under the old origin.
 */
#include <stdio.h>
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

/* The latest head that somebody here remembers and that the log does not
 * continue. */
struct seen {
	struct hrv_vault *v;
	struct head best; /* size 0: none */
	char origin[NOTE_NAME_MAX + 1];
};

/* Whether a head is later than the one found so far. */
static bool
is_later(const struct seen *s, const char *origin, uint64_t size)
{
	return s->best.size == 0 || succession_later(origin, s->origin) ||
	       (strcmp(origin, s->origin) == 0 && size > s->best.size);
}

static void
take_one(struct seen *s, const struct buf *note, bool own)
{
	struct note_checkpoint cp;
	struct note_vkey vkey;
	struct hrv_err why;

	if (note_peek(note->data, note->len, &cp, NULL) != HRV_OK ||
	    remember_check_note(s->v, note, own, "", &why) != HRV_EINTEGRITY ||
	    strcmp(why.name, "rollback") != 0 ||
	    !is_later(s, cp.origin, cp.size))
		return;
	/* What lies in seen/ may be anybody's, what is one's own is not. */
	if (!own &&
	    (logkeys_vkey(s->v, cp.origin, cp.size, &vkey, NULL) != HRV_OK ||
		note_open(note->data, note->len, &vkey, &cp, NULL) != HRV_OK))
		return;
	s->best.size = cp.size;
	memcpy(s->best.root, cp.root, sizeof(cp.root));
	memcpy(s->origin, cp.origin, sizeof(cp.origin));
}

static int
take(void *ctx, const struct buf *note, struct hrv_err *err)
{
	(void)err;
	take_one(ctx, note, false);
	return HRV_OK;
}

static int
find_lost(struct hrv_vault *v, struct seen *ret, struct hrv_err *err)
{
	struct buf own = BUF_INIT;
	int rc = remember_own(v, &own, err);

	*ret = (struct seen){ .v = v };
	if (rc == HRV_OK)
		take_one(ret, &own, true);
	else if (rc == HRV_ENOTFOUND)
		rc = HRV_OK;
	if (rc == HRV_OK)
		rc = remember_each_seen(v, take, ret, err);
	buf_clear(&own);
	return rc;
}

/* Its origin is said where the log does not go by it. */
static json_t *
lost_json(const struct seen *s)
{
	json_t *o = json_object();

	if (o == NULL || json_set_int(o, "size", (int64_t)s->best.size) ||
	    json_set_b64(o, "root", s->best.root, sizeof(s->best.root)) ||
	    (strcmp(s->origin, s->v->origin) != 0 &&
		json_set_str(o, "origin", s->origin))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
ask(struct hrv_vault *v, const struct seen *lost, struct approval *ret,
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
log_it(struct hrv_vault *v, const struct approval *a, const struct seen *lost,
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
		rc = succession_log(
		    v, "rollback", leaf, lost->origin, &lost->best, err);
	/* What this client remembers is judged by it, as everybody else's will
	 * be; from here on it remembers the new log. */
	if (rc == HRV_OK)
		rc = remember_check(v, err);
	if (rc == HRV_OK)
		v->behind = false;
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

/* Only what somebody remembers can be given up. */
static int
nothing_lost(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = v->behind ? HRV_OK : remember_check_seen(v, err);

	if (rc == HRV_OK && !v->behind)
		return hrv_fail(err, HRV_EREFUSED,
		    "nothing was rolled back: the log continues all that is "
		    "remembered here");
	if (rc != HRV_OK && strcmp(err->name, "rollback") != 0)
		return rc;
	hrv_fail(err, HRV_EREFUSED,
	    "how much is lost is not known here: a checkpoint in the folder "
	    "seen/ is signed by a key of the log that this log does not have");
	return hrv_hint(err, "a member whose own commands end with exit 9 "
			     "runs: hrvault audit accept-rollback");
}

int
hrv_rollback_accept(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("rollback.accept");
	struct approval a = { .alone = false };
	struct seen lost = { .v = v };
	json_t *doc = json_object();
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK)
		rc = find_lost(v, &lost, err);
	if (rc == HRV_OK && lost.best.size == 0) {
		json_decref(doc);
		return nothing_lost(v, err);
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
	struct seen mine, given = { .v = v };
	const json_t *lost;
	const char *origin;
	struct hrv_id id;
	int rc = lookup_proposal(v, which, &id, err);

	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK && strcmp(p.kind, "rollback") != 0)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "this proposal is not about a rollback; see 'hrvault "
		    "proposal show'");
	if (rc == HRV_OK)
		rc = find_lost(v, &mine, err);
	lost = json_object_get(p.what, "lost");
	origin = json_str(lost, "origin");
	snprintf(given.origin, sizeof(given.origin), "%s",
	    origin == NULL ? v->origin : origin);
	if (rc == HRV_OK && succession_head(lost, &given.best) &&
	    mine.best.size > 0 &&
	    is_later(&given, mine.origin, mine.best.size)) {
		hrv_fail_as(err, HRV_EREFUSED, "rollback",
		    "you remember more entries than this proposal gives up");
		rc = hrv_hint(
		    err, "propose it yourself: hrvault audit accept-rollback");
	}
	proposal_clear(&p);
	return rc == HRV_OK ? hrv_proposal_approve(v, which, ret_doc, err) : rc;
}
