/* SPDX-License-Identifier: ISC */
/*
 * Dating what happened to a record, and whom else it is about. Layer: verbs.
 * Invariant: a fact and the dates that follow from it change in one commit;
 * no fact of a protected record is taken back.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/earlier.h"
#include "vault/event.h"
#include "vault/eventdates.h"
#include "vault/holdkeep.h"
#include "vault/record_store.h"
#include "vault/record_view.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* One command's work. */
struct dating {
	struct record_row rec;
	bool retract;
	char name[EVENT_NAME_SIZE];
	struct event event;
	char day[HRV_DATE_TEXT];
	bool unchanged; /* the event was there already */
	struct terms_moved moved;
	struct entry e;
	struct approval approval; /* e refers to it */
	json_t *payload;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
read_args(struct hrv_vault *v, struct dating *d,
    const struct hrv_record_event *event, struct hrv_err *err)
{
	struct hrv_date today;
	int rc = event_full_name(v, ID_RECORD, event->name, d->name, err);

	d->event = (struct event){ d->name, event->day };
	hrv_date_format(event->day, d->day);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK && !d->retract)
		rc = event_check_day(&d->event, today, err);
	return rc;
}

static int
set_fact(struct hrv_vault *v, struct dating *d, struct hrv_err *err)
{
	bool added = false;
	int rc;

	if (d->retract)
		return event_retract(v, &d->rec.id, &d->event, err);
	rc = event_add(v, &d->rec.id, &d->event, &added, err);
	d->unchanged = !added;
	return rc;
}

static int
change(struct hrv_vault *v, struct dating *d, struct hrv_err *err)
{
	struct holdkeep k = { .p = NULL };
	int rc = record_load(v, &d->rec.id, &d->rec, err);

	if (rc == HRV_OK && d->rec.purged)
		rc = record_purged(v, &d->rec, d->rec.version, err);
	if (rc == HRV_OK)
		rc = record_holds_key(v, d->rec.compartment, err);
	if (rc == HRV_OK && d->retract)
		rc = protect_check_alter(v, &d->rec, &d->rec.subject, err);
	if (rc == HRV_OK)
		rc = holdkeep_before(v, &k, &d->rec.id, err);
	if (rc == HRV_OK)
		rc = set_fact(v, d, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(v, &k, err);
	holdkeep_clear(&k);
	return rc;
}

/* Logs a change of a record inside the open transaction, as the entry that
 * states it. */
static int
log_change(struct hrv_vault *v, struct entry *e, const struct hrv_id *record,
    uint64_t *ret_leaf, struct hrv_err *err)
{
	uint8_t state[32];
	uint64_t leaf = 0;
	int rc = state_record(v, record, state, err);

	e->state = state;
	if (rc == HRV_OK)
		rc = txn_entry(v, e, &leaf, err);
	e->state = NULL;
	if (rc == HRV_OK)
		rc = state_set_record(v, record, leaf, state, err);
	*ret_leaf = leaf;
	return rc;
}

static int
make_payload(struct dating *d, struct hrv_err *err)
{
	d->payload = json_pack("{s:s,s:s}", "event", d->name, "date", d->day);
	if (d->payload == NULL || earlier_set_moved(d->payload, &d->moved) ||
	    (d->retract && json_set_int(d->payload, "retracted", 1)))
		return no_memory(err);
	d->e.payload = d->payload;
	return approval_log(&d->approval, &d->e, d->payload, err);
}

/* Under the write lock. */
static int
carry_out(struct hrv_vault *v, struct dating *d, struct hrv_err *err)
{
	struct earlier_step step = { .subject = &d->rec.subject,
		.record = &d->rec.id,
		.comp = d->rec.compartment,
		.event = d->name,
		.day = d->day,
		.retract = d->retract };
	uint64_t leaf = 0;
	int rc = change(v, d, err);

	if (rc != HRV_OK || d->unchanged)
		return rc;
	rc = earlier_update_record(v, &d->rec.id, &d->moved, err);
	if (rc == HRV_OK)
		rc = earlier_allow(v, &d->moved, &step, &d->approval, err);
	if (rc == HRV_OK)
		rc = make_payload(d, err);
	if (rc == HRV_OK)
		rc = log_change(v, &d->e, &d->rec.id, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &d->approval, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	return rc;
}

static int
make_result(struct hrv_vault *v, struct dating *d, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct hrv_decision now = { .rule_count = 0 };
	struct hrv_date today;
	json_t *o = json_pack("{s:s,s:s,s:b,s:b}", "event", d->name, "date",
	    d->day, "retracted", d->retract, "unchanged", d->unchanged);
	int rc = HRV_OK;

	if (o == NULL || record_put_id(o, "record", &d->rec.id) ||
	    earlier_set_moved(o, &d->moved))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(v, o, &d->moved, err);
	if (rc == HRV_OK)
		rc = version_load(v, &d->rec.id, d->rec.version, &ver, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = record_decide(v, &d->rec, &ver, today, &now, err);
	if (rc == HRV_OK && record_put_dates(o, &now))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = eventdates_put(
		    v, &d->rec.id, d->name, d->retract ? 1 : 2, o, err);
	if (rc == HRV_OK && !d->retract)
		rc = eventdates_put_unused(
		    v, d->rec.class_name, d->name, o, err);
	version_clear(&ver);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_record_event(struct hrv_vault *v, const char *record,
    const struct hrv_record_event *event, bool retract,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct dating d = { .retract = retract, .e = ENTRY("record.event") };
	struct receipt *none = NULL;
	int rc = role_may(v->role, "record.event", err);

	if (rc == HRV_OK)
		rc = record_find(v, record, &d.rec, err);
	if (rc == HRV_OK) {
		d.e.subject = &d.rec.subject;
		d.e.record = &d.rec.id;
		d.e.comp = d.rec.compartment;
		rc = record_no_statement(&d.rec, err);
	}
	if (rc == HRV_OK)
		rc = read_args(v, &d, event, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = carry_out(v, &d, err);
	txn_abort(v);
	rc = rc == HRV_OK ? make_result(v, &d, ret_doc, err)
			  : record_failed(v, &d.e, &none, err);
	json_decref(d.payload);
	return rc;
}

static int
check_as(const char *as, struct hrv_err *err)
{
	static const char *const words[] = { "author", "witness", "referee" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(as, words[i]) == 0)
			return HRV_OK;
	}
	return hrv_fail(err, HRV_EUSAGE,
	    "another person is linked as author, witness or referee");
}

static int
link_row(struct hrv_vault *v, const struct hrv_id *record,
    const struct hrv_id *subject, const char *as, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_LINK_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_blob(st, 2, subject->b, ID_BYTES);
	(void)db_bind_text(st, 3, as);
	rc = db_run(st, err);
	if (rc == HRV_EEXISTS) {
		id_format(subject, id);
		rc = hrv_fail(err, HRV_EEXISTS,
		    "the record is linked to %s as %s already", id, as);
	}
	return rc;
}

/* A query may ask who is not linked. */
static int
add_link(struct hrv_vault *v, const struct hrv_id *record,
    const struct hrv_id *subject, const char *as, struct hrv_err *err)
{
	struct holdkeep k = { .p = NULL };
	int rc = holdkeep_before(v, &k, record, err);

	if (rc == HRV_OK)
		rc = link_row(v, record, subject, as, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(v, &k, err);
	holdkeep_clear(&k);
	return rc;
}

/* Who is linked, and that it is somebody else. */
static int
check_linked(struct hrv_vault *v, const struct record_row *rec,
    const char *text, struct subject_row *ret, struct hrv_err *err)
{
	struct hrv_id id;
	int rc = lookup_subject(v, text, &id, err);

	if (rc == HRV_OK)
		rc = subject_load(v, &id, ret, err);
	if (rc == HRV_OK && ret->gone)
		rc = hrv_fail(err, HRV_EPURGED,
		    "this subject is gone with the last of the records");
	if (rc == HRV_OK && id_equal(&id, &rec->subject))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the record is about this subject already");
	if (rc == HRV_OK && rec->purged)
		rc = record_purged(v, rec, rec->version, err);
	return rc;
}

static int
make_link_result(const struct record_row *rec, const struct hrv_id *subject,
    const char *as, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL || record_put_id(o, "record", &rec->id) ||
	    record_put_id(o, "subject", subject) || json_set_str(o, "as", as)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_record_link(struct hrv_vault *v, const char *record, const char *subject,
    const char *as, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct record_row rec;
	struct subject_row other;
	struct entry e = ENTRY("record.link");
	struct receipt *none = NULL;
	json_t *payload = NULL;
	uint64_t leaf = 0;
	int rc = role_may(v->role, "record.link", err);

	if (rc == HRV_OK)
		rc = check_as(as, err);
	if (rc == HRV_OK)
		rc = record_find(v, record, &rec, err);
	if (rc == HRV_OK)
		rc = check_linked(v, &rec, subject, &other, err);
	if (rc == HRV_OK) {
		payload = json_pack("{s:s}", "as", as);
		e.subject = &other.id;
		e.record = &rec.id;
		e.comp = rec.compartment;
		e.payload = payload;
		rc = txn_begin(v, err);
	}
	if (rc == HRV_OK)
		rc = add_link(v, &rec.id, &other.id, as, err);
	if (rc == HRV_OK)
		rc = log_change(v, &e, &rec.id, &leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	rc = rc == HRV_OK ? make_link_result(&rec, &other.id, as, ret_doc, err)
			  : record_failed(v, &e, &none, err);
	json_decref(payload);
	return rc;
}
