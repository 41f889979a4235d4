/* SPDX-License-Identifier: ISC */
/*
 * Steps that wait for a second person, or for their proposer. Layer: verbs.
 * What is looked at here is the table; whether an approval counts is asked of
 * the log when it is used.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/status_int.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* What waits for whom. */
struct waiting {
	int64_t open;
	json_t *for_you;   /* this member may approve them, or answer them */
	json_t *to_repeat; /* approved, and this member proposed them */
};

static int
add(json_t *list, const struct proposal_row *p, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&p->id, id);
	o = json_pack("{s:s,s:s,s:s}", "proposal", id, "kind", p->kind,
	    "expires", p->expires);
	if (o == NULL || json_array_append_new(list, o))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
take(struct hrv_vault *v, const struct hrv_id *id, struct waiting *w,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct hrv_id later = { .kind = 0 };
	struct hrv_err ignored;
	int rc = proposal_load(v, id, &p, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(p.status, "open") == 0) {
		w->open++;
		if (proposal_may_decide(v, &p, &ignored) == HRV_OK &&
		    proposal_still(v, &p, &ignored) == HRV_OK)
			rc = add(w->for_you, &p, err);
	} else if (strcmp(p.status, "approved") == 0 &&
		   strcmp(p.proposer, v->fpr) == 0 &&
		   strcmp(p.kind, "review") != 0) {
		rc = proposal_outdated(v, &p, &later, err);
		if (rc == HRV_OK && later.kind == 0 &&
		    proposal_still(v, &p, &ignored) == HRV_OK)
			rc = add(w->to_repeat, &p, err);
	}
	proposal_clear(&p);
	return rc;
}

static int
list(struct status *s, struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *ids = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(s->v->db, SQL_PROPOSAL_LIST_WAITING, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->day);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(ids, (n + 1) * sizeof(*ids));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		ids = p;
		ids[n].kind = ID_PROPOSAL;
		rc = db_col_fixed(st, 0, ids[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(ids);
		return rc;
	}
	*ret = ids;
	*ret_n = n;
	return HRV_OK;
}

/* The one there is by its id, several by the list. */
static void
say(struct status *s, const struct waiting *w)
{
	const json_t *first = json_array_get(w->for_you, 0);
	size_t n = json_array_size(w->for_you);

	if (n == 1)
		status_say(s, STATUS_WARNING,
		    "a proposal waits for you until %s: 'hrvault proposal show "
		    "%s'",
		    json_str(first, "expires"), json_str(first, "proposal"));
	else if (n > 1)
		status_say(s, STATUS_WARNING,
		    "%zu proposals wait for you: 'hrvault proposal list'", n);
	n = json_array_size(w->to_repeat);
	first = json_array_get(w->to_repeat, 0);
	if (n == 1)
		status_say(s, STATUS_WARNING,
		    "%s of yours was approved and not carried out: repeat its "
		    "command by %s ('hrvault proposal show %s')",
		    json_str(first, "proposal"), json_str(first, "expires"),
		    json_str(first, "proposal"));
	else if (n > 1)
		status_say(s, STATUS_WARNING,
		    "%zu proposals of yours were approved and not carried out: "
		    "repeat their commands ('hrvault proposal list')",
		    n);
}

int
status_proposals(struct status *s, struct hrv_err *err)
{
	struct waiting w = { .for_you = json_array(),
		.to_repeat = json_array() };
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	if (w.for_you == NULL || w.to_repeat == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = list(s, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = take(s->v, &ids[i], &w, err);
	if (rc == HRV_OK)
		say(s, &w);
	if (rc == HRV_OK &&
	    (json_set_int(s->doc, "proposals_open", w.open) ||
		json_object_set(s->doc, "proposals_for_you", w.for_you) ||
		json_object_set(s->doc, "proposals_to_repeat", w.to_repeat)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_EINTEGRITY) {
		status_say(s, STATUS_CRITICAL, "%s", err->msg);
		rc = HRV_OK;
	}
	json_decref(w.for_you);
	json_decref(w.to_repeat);
	free(ids);
	return rc;
}
