/* SPDX-License-Identifier: ISC */
/*
 * Dating what happened to a subject. Layer: verbs. Invariant: an event and the
 * dates of destruction that follow from it change in one commit, and nothing
 * that protects a record is taken back by retracting a fact.
 */
#include "hrvault/subject.h"

#include <stdlib.h>
#include <string.h>

#include "vault/earlier.h"
#include "vault/event.h"
#include "vault/eventdates.h"
#include "vault/holdkeep.h"
#include "vault/identity.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/subject_store.h"
#include "vault/subject_view.h"
#include "vault/txn.h"

#define OP "subject.event"
#define EVENT_HIRED "subject.hired"

/* One command's work. */
struct dating {
	struct hrv_vault *v;
	bool retract;
	char name[EVENT_NAME_SIZE];
	struct event event;
	char day[HRV_DATE_TEXT];
	struct subject_row subject;
	bool unchanged; /* the event was there already */
	struct terms_moved moved;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* What can be known before anything is begun. */
static int
read_args(struct dating *d, const struct hrv_subject_event_args *args,
    struct hrv_err *err)
{
	struct hrv_date today = HRV_DATE_NONE;
	int rc = event_full_name(d->v, ID_SUBJECT, args->name, d->name, err);

	d->event.name = d->name;
	if (rc == HRV_OK && !hrv_date_parse(args->date, &d->event.day))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the date of the event is not a date (YYYY-MM-DD)");
	if (rc == HRV_OK)
		rc = vault_today(d->v, &today, err);
	if (rc == HRV_OK && !d->retract)
		rc = event_check_day(&d->event, today, err);
	if (rc == HRV_OK)
		hrv_date_format(d->event.day, d->day);
	return rc;
}

/* A fact that the dates of a protected record may rest on stays. */
static int
check_protected(struct dating *d, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = protect_check_alter(d->v, NULL, &d->subject.id, err);

	if (rc == HRV_OK)
		rc = ids_of(d->v, SQL_RECORD_LIST_OF, &d->subject.id, ID_RECORD,
		    &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(d->v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged)
			rc = protect_check_alter(
			    d->v, &rec, &d->subject.id, err);
	}
	free(ids);
	return rc;
}

static int
set_kind(struct dating *d, const char *kind, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(d->v->db, SQL_SUBJECT_SET_KIND, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, d->subject.id.b, ID_BYTES);
	(void)db_bind_text(st, 2, kind);
	return db_run(st, err);
}

static int
set_fact(struct dating *d, struct hrv_err *err)
{
	bool added = false;
	int rc;

	if (d->retract)
		return event_retract(d->v, &d->subject.id, &d->event, err);
	rc = event_add(d->v, &d->subject.id, &d->event, &added, err);
	d->unchanged = !added;
	if (rc == HRV_OK && added && strcmp(d->name, EVENT_HIRED) == 0 &&
	    strcmp(d->subject.kind, KIND_CANDIDATE) == 0)
		rc = set_kind(d, KIND_EMPLOYEE, err);
	return rc;
}

static int
change(struct dating *d, struct hrv_err *err)
{
	struct holdkeep k = { .p = NULL };
	int rc = holdkeep_before(d->v, &k, &d->subject.id, err);

	if (rc == HRV_OK)
		rc = set_fact(d, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(d->v, &k, err);
	holdkeep_clear(&k);
	return rc;
}

static int
log_change(
    struct dating *d, const struct approval *approval, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	uint8_t state[32];
	uint64_t leaf = 0;
	json_t *payload =
	    json_pack("{s:s,s:s}", "event", d->name, "date", d->day);
	int rc = state_subject(d->v, &d->subject.id, state, err);

	if (rc == HRV_OK &&
	    (payload == NULL || earlier_set_moved(payload, &d->moved) ||
		(d->retract && json_set_int(payload, "retracted", 1))))
		rc = no_memory(err);
	e.subject = &d->subject.id;
	e.payload = payload;
	e.state = state;
	if (rc == HRV_OK)
		rc = approval_log(approval, &e, payload, err);
	if (rc == HRV_OK)
		rc = txn_entry(d->v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(d->v, approval, leaf, err);
	if (rc == HRV_OK)
		rc = state_set_subject(d->v, &d->subject.id, leaf, state, err);
	json_decref(payload);
	return rc;
}

/* Under the write lock. */
static int
carry_out(struct dating *d, struct hrv_err *err)
{
	struct earlier_step step = { .subject = &d->subject.id,
		.event = d->name,
		.day = d->day,
		.retract = d->retract };
	struct approval approval = { .alone = false };
	int rc = subject_load(d->v, &d->subject.id, &d->subject, err);

	if (rc == HRV_OK)
		rc = identity_gone(d->v, &d->subject, err);
	if (rc == HRV_OK && d->retract)
		rc = check_protected(d, err);
	if (rc == HRV_OK)
		rc = change(d, err);
	if (rc != HRV_OK || d->unchanged)
		return rc;
	rc = earlier_update_subject(d->v, &d->subject.id, &d->moved, err);
	if (rc == HRV_OK)
		rc = earlier_allow(d->v, &d->moved, &step, &approval, err);
	if (rc == HRV_OK)
		rc = log_change(d, &approval, err);
	if (rc == HRV_OK)
		rc = subject_load(d->v, &d->subject.id, &d->subject, err);
	if (rc == HRV_OK)
		rc = txn_commit(d->v, true, err);
	return rc;
}

static int
result(struct dating *d, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *doc;
	int rc = HRV_OK;

	id_format(&d->subject.id, id);
	doc = json_pack("{s:s,s:s,s:s,s:s,s:b,s:b}", "id", id, "event", d->name,
	    "date", d->day, "kind", d->subject.kind, "retracted", d->retract,
	    "unchanged", d->unchanged);
	if (doc == NULL || earlier_set_moved(doc, &d->moved))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(d->v, doc, &d->moved, err);
	if (rc == HRV_OK)
		rc = eventdates_put(d->v, &d->subject.id, d->name,
		    d->retract ? 1 : 2, doc, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_subject_event(struct hrv_vault *v,
    const struct hrv_subject_event_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct dating d = { .v = v, .retract = args->retract };
	struct entry refused = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = read_args(&d, args, err);
	if (rc == HRV_OK)
		rc = lookup_subject(v, args->who, &d.subject.id, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = carry_out(&d, err);
	txn_abort(v);
	refused.subject = d.subject.id.kind != 0 ? &d.subject.id : NULL;
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		rc = result(&d, ret_doc, err);
	return rc;
}
