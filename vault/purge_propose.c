/* SPDX-License-Identifier: ISC */
/*
 * Proposing a list for destruction. Layer: verbs. Everything is on it that a
 * run would not destroy without people: what the schedule puts up for review,
 * and, where the brakes would stop a run, what is due as well.
 */
#include "hrvault/purge.h"
#include "vault/crypto/crypt.h"
#include "vault/earlier.h"
#include "vault/proposal.h"
#include "vault/purge.h"
#include "vault/purge_paper.h"
#include "vault/state.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
add_record(struct hrv_vault *v, const struct candidate *c, json_t *records,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	uint8_t state[32];
	json_t *o = json_object();
	int rc = state_record(v, &c->record, state, err);

	id_format(&c->record, text);
	if (rc == HRV_OK &&
	    (o == NULL || json_set_str(o, "record", text) ||
		json_set_int(o, "version", (int64_t)c->n) ||
		json_set_str(o, "class", c->class_name) ||
		json_set_str(o, "rule", c->rule) ||
		json_set_str(o, "purge_from", c->purge_from) ||
		json_set_hex(o, "state", state, sizeof(state)) ||
		json_array_append(records, o)))
		rc = no_memory(err);
	json_decref(o);
	return rc;
}

/* The list, in the order of record and version. */
static int
fill(struct hrv_vault *v, const struct survey *s, bool braked, json_t *records,
    json_t *comps, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		const struct candidate *c = &s->list[i];

		if (c->verdict != VERDICT_REVIEW &&
		    !(braked && c->verdict == VERDICT_DESTROY))
			continue;
		rc = add_record(v, c, records, err);
		if (rc == HRV_OK && earlier_add_comp(comps, c->compartment))
			rc = no_memory(err);
	}
	return rc;
}

static int
make_what(struct hrv_vault *v, const struct survey *s, json_t *what,
    struct hrv_err *err)
{
	json_t *records = json_array(), *comps = json_array();
	json_t *papers = json_array();
	struct buf canon = BUF_INIT;
	struct hrv_err ignored;
	uint8_t hash[32];
	bool braked = purge_brake(s,
			  survey_count(s, VERDICT_DESTROY) +
			      purge_papers_braked(&s->papers),
			  &ignored) != HRV_OK;
	int rc = HRV_OK;

	if (json_object_set_new(what, "records", records) ||
	    json_object_set_new(what, "compartments", comps))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = fill(v, s, braked, records, comps, err);
	if (rc == HRV_OK)
		rc = purge_papers_propose(
		    v, &s->papers, braked, papers, comps, err);
	if (rc == HRV_OK && json_array_size(papers) > 0 &&
	    json_object_set(what, "papers", papers))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(records, &canon, err);
	if (rc == HRV_OK) {
		crypt_sha256(canon.data, canon.len, hash);
		if (json_set_hex(what, "manifest", hash, sizeof(hash)))
			rc = no_memory(err);
	}
	json_decref(papers);
	buf_clear(&canon);
	return rc;
}

/* In founding nobody else is asked: the member's own next run carries the
 * list out, and says that it was done alone. */
static int
hint_founding(struct hrv_vault *v, const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	if (!v->founding)
		return (int)err->code;
	id_format(id, text);
	return hrv_hint(err,
	    "look at 'hrvault proposal show %s'; the vault is in founding, so "
	    "'hrvault purge run --plan %s' of yours carries it out",
	    text, text);
}

static int
nothing(struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL || json_object_set_new(o, "proposal", json_null()) ||
	    json_set_int(o, "records", 0)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_purge_propose(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct proposal_args two = { .kind = PURGE_LIST_KIND };
	struct entry refused = ENTRY("proposal.open");
	struct survey s = { 0 };
	struct hrv_id id = { .kind = 0 };
	json_t *what = json_object();
	int rc = role_may(v->role, "purge.intent", err);

	if (rc == HRV_OK)
		rc = survey_make(v, &s, err);
	if (rc == HRV_OK && what == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = make_what(v, &s, what, err);
	survey_clear(&s);
	if (rc == HRV_OK &&
	    json_array_size(json_object_get(what, "records")) == 0 &&
	    json_object_get(what, "papers") == NULL) {
		rc = nothing(ret_doc, err);
		goto out;
	}
	two.what = what;
	if (rc == HRV_OK)
		rc = proposal_open(v, &two, &id, err);
	if (rc == HRV_ECONFIRM)
		rc = hint_founding(v, &id, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
out:
	json_decref(what);
	return rc;
}
