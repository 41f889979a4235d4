/* SPDX-License-Identifier: ISC */
/*
 * The same person was entered twice. Layer: verbs. Invariants: everything that
 * is opened for it was announced; a known date that would move earlier takes
 * two people; afterwards the one is a name for the other and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/subject.h"
#include "vault/custody/roles.h"
#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/earlier.h"
#include "vault/identity.h"
#include "vault/merge.h"
#include "vault/record_refile.h"
#include "vault/subject_match.h"

#define OP "subject.merge"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
find(struct merging *m, const char *who, const char *into, struct hrv_err *err)
{
	int rc = lookup_subject(m->v, who, &m->from.id, err);

	if (rc == HRV_OK)
		rc = lookup_subject(m->v, into, &m->to.subject.id, err);
	if (rc == HRV_OK)
		rc = subject_load(m->v, &m->from.id, &m->from, err);
	if (rc == HRV_OK)
		rc = subject_load(m->v, &m->to.subject.id, &m->to.subject, err);
	if (rc == HRV_OK && id_equal(&m->from.id, &m->to.subject.id))
		rc = hrv_fail(
		    err, HRV_EUSAGE, "these are one and the same subject");
	if (rc == HRV_OK)
		rc = identity_gone(m->v, &m->from, err);
	if (rc == HRV_OK)
		rc = identity_gone(m->v, &m->to.subject, err);
	if (rc == HRV_OK)
		rc = record_load(
		    m->v, &m->to.subject.identity, &m->to.record, err);
	if (rc == HRV_OK)
		rc = record_load(m->v, &m->from.identity, &m->identity, err);
	return rc;
}

static int
open_people(struct merging *m, struct hrv_err *err)
{
	struct manifest things = { 0 };
	struct entry e = ENTRY(OP);
	json_t *from = NULL, *to = NULL;
	int rc = manifest_add(&things, &m->from.id, NULL, err);

	e.subject = &m->from.id;
	if (rc == HRV_OK)
		rc = manifest_add(&things, &m->to.subject.id, NULL, err);
	for (size_t i = 0; rc == HRV_OK && i < m->n; i++) {
		if (!m->records[i].linked)
			rc =
			    manifest_add(&things, &m->records[i].id, NULL, err);
	}
	if (rc == HRV_OK)
		rc = receipt_open(m->v, &e, &things, &m->receipt, err);
	if (rc == HRV_OK)
		rc = identity_open(m->v, m->receipt, &m->from, &from, err);
	if (rc == HRV_OK)
		rc = identity_open(m->v, m->receipt, &m->to.subject, &to, err);
	if (rc == HRV_OK)
		rc = merge_identity(m, from, to, err);
	json_decref(from);
	json_decref(to);
	manifest_clear(&things);
	return rc;
}

/* Nobody was faster since the identities were opened. */
static int
unchanged(struct merging *m, struct hrv_err *err)
{
	struct subject_row from = { .gone = false }, to = { .gone = false };
	struct record_row identity = { .version = 0 }, other = identity;
	int rc = subject_load(m->v, &m->from.id, &from, err);

	if (rc == HRV_OK)
		rc = subject_load(m->v, &m->to.subject.id, &to, err);
	if (rc == HRV_OK)
		rc = record_load(m->v, &m->to.record.id, &identity, err);
	if (rc == HRV_OK)
		rc = record_load(m->v, &m->identity.id, &other, err);
	if (rc == HRV_OK && (from.state_leaf != m->from.state_leaf ||
				to.state_leaf != m->to.subject.state_leaf ||
				identity.version != m->to.record.version ||
				other.version != m->identity.version)) {
		hrv_fail(err, HRV_EBUSY, "one of the two was changed just now");
		rc = hrv_hint(err, "look at it, then run the command again");
	}
	return rc == HRV_OK ? merge_check(m, err) : rc;
}

/* Both as they were, with all they have, and who it will be: an approval is for
 * nothing else. */
static int
bind_people(struct merging *m, json_t *what, struct hrv_err *err)
{
	if (json_set_hex(what, "state", m->from.state, sizeof(m->from.state)) ||
	    json_set_hex(what, "into_state", m->to.subject.state,
		sizeof(m->to.subject.state)) ||
	    json_set_hex(what, "things", m->things, sizeof(m->things)))
		return no_memory(err);
	return dual_bind(m->v, m->to.identity, what, err);
}

/* Into whom, and what moves; the approver needs every compartment. */
static int
make_what(struct merging *m, json_t **ret, struct hrv_err *err)
{
	char from[ID_TEXT_SIZE], into[ID_TEXT_SIZE];
	json_t *comps = json_array();
	json_t *o;
	int rc;

	id_format(&m->from.id, from);
	id_format(&m->to.subject.id, into);
	o = json_pack("{s:s,s:s,s:I,s:o}", "subject", from, "into", into,
	    "records", (json_int_t)m->moved, "compartments", comps);
	if (o == NULL)
		return no_memory(err);
	rc = earlier_bind_moved(o, &m->to.moved)
		 ? no_memory(err)
		 : earlier_subject_comps(m->v, &m->to.subject.id, comps, err);
	if (rc == HRV_OK)
		rc = bind_people(m, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

static int
allow(struct merging *m, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "event.earlier",
		.subject = &m->to.subject.id };
	struct dual_step step = { .kind = OP, .subject = &m->to.subject.id };
	json_t *what = NULL;
	int rc;

	/* Any other first date one member could bring about by its event. */
	if (m->to.moved.earlier == 0 && m->to.moved.waited == 0 &&
	    !dual_asks(m->v, OP))
		return HRV_OK;
	rc = make_what(m, &what, err);
	two.what = what;
	step.what = what;
	if (rc == HRV_OK)
		rc = dual_asks(m->v, OP)
			 ? dual_allow(m->v, &step, &m->approval, err)
			 : proposal_require(m->v, &two, &m->approval, err);
	json_decref(what);
	return rc;
}

static int
log_it(struct merging *m, struct hrv_err *err)
{
	char into[ID_TEXT_SIZE];
	struct entry e = ENTRY(OP);
	uint64_t leaf = 0;
	json_t *p;
	int rc = HRV_OK;

	id_format(&m->to.subject.id, into);
	p = json_pack("{s:s,s:I,s:O}", "into", into, "records",
	    (json_int_t)m->moved, "fields", m->to.changed);
	if (p == NULL || earlier_set_moved(p, &m->to.moved))
		rc = no_memory(err);
	e.subject = &m->from.id;
	e.payload = p;
	e.manifest = &m->to.states;
	if (rc == HRV_OK)
		rc = approval_log(&m->approval, &e, p, err);
	if (rc == HRV_OK)
		rc = receipt_entry(m->v, &m->receipt, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(m->v, &m->approval, leaf, err);
	if (rc == HRV_OK)
		rc = correction_logged(&m->to, leaf, err);
	json_decref(p);
	return rc;
}

static int
carry_out(struct merging *m, struct hrv_err *err)
{
	int rc = txn_begin(m->v, err);

	if (rc == HRV_OK)
		rc = unchanged(m, err);
	if (rc == HRV_OK)
		rc = merge_bind(m, err);
	if (rc == HRV_OK)
		rc = merge_move(m, err);
	if (rc == HRV_OK)
		rc = allow(m, err);
	if (rc == HRV_OK)
		rc = log_it(m, err);
	if (rc == HRV_OK)
		rc = txn_commit(m->v, true, err);
	txn_abort(m->v);
	return rc;
}

static int
make_doc(struct merging *m, struct hrv_doc **ret, struct hrv_err *err)
{
	char from[ID_TEXT_SIZE], into[ID_TEXT_SIZE];
	json_t *o;
	int rc = HRV_OK;

	id_format(&m->from.id, from);
	id_format(&m->to.subject.id, into);
	o = json_pack("{s:s,s:s,s:s,s:I,s:O,s:O}", "id", into, "merged", from,
	    "kind", m->to.kind, "records", (json_int_t)m->moved, "changed",
	    m->to.changed, "dropped", m->dropped);
	if (o == NULL || earlier_set_moved(o, &m->to.moved))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(m->v, o, &m->to.moved, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_subject_merge(struct hrv_vault *v, const char *who, const char *into,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct merging m = { .v = v, .to.v = v };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = find(&m, who, into, err);
	if (rc == HRV_OK)
		rc = merge_check(&m, err);
	if (rc == HRV_OK)
		rc = open_people(&m, err);
	if (rc == HRV_OK)
		rc = carry_out(&m, err);
	e.subject = m.from.id.kind == ID_SUBJECT ? &m.from.id : NULL;
	if (rc == HRV_OK)
		rc = make_doc(&m, ret_doc, err);
	else if (m.receipt == NULL && rc == HRV_EREFUSED)
		rc = txn_refuse(v, &e, err);
	else
		rc = subject_read_failed(v, &m.receipt, &e, err);
	receipt_drop(&m.receipt);
	json_decref(m.dropped);
	free(m.records);
	correction_clear(&m.to);
	return rc;
}
