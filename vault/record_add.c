/* SPDX-License-Identifier: ISC */
/*
 * Storing a document. Layer: verbs. Invariant: the identity is opened only
 * for a class whose rules ask for the subject's age, and only its birth date
 * is taken from it.
 */
#include "hrvault/record.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/eventdates.h"
#include "vault/identity.h"
#include "vault/record_source.h"
#include "vault/record_store.h"
#include "vault/record_view.h"
#include "vault/state.h"

/* Everything one `record add` works with. */
struct adding {
	const struct hrv_record_add_args *args;
	struct subject_row subject;
	struct record_source source;
	struct event *events;
	json_t *header;
	json_t *payload;
	struct entry e;
	struct receipt *receipt;
	struct record_store_args store;
	struct record_stored stored;
};

static int
prepare(struct adding *a, struct hrv_err *err)
{
	const struct hrv_record_add_args *args = a->args;
	struct record_header h = { .title = args->title,
		.source = args->source,
		.file = args->content.path };
	int rc = record_source_open(&a->source, &args->content, err);

	h.media = a->source.media;
	if (rc == HRV_OK)
		rc = record_header_new(&h, &a->header, err);
	if (rc != HRV_OK || args->n_events == 0)
		return rc;
	a->events = calloc(args->n_events, sizeof(*a->events));
	if (a->events == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < args->n_events; i++)
		a->events[i] =
		    (struct event){ args->events[i].name, args->events[i].day };
	return HRV_OK;
}

/* The birth date, from the identity, in an audited read. */
static int
read_born(struct hrv_vault *v, struct adding *a, struct hrv_err *err)
{
	struct manifest m = { 0 };
	json_t *who = NULL;
	const char *born;
	int rc = manifest_add(&m, &a->subject.id, NULL, err);

	if (rc == HRV_OK)
		rc = receipt_open(v, &a->e, &m, &a->receipt, err);
	if (rc == HRV_OK)
		rc = identity_open(v, a->receipt, &a->subject, &who, err);
	if (rc == HRV_OK) {
		born = json_str(who, "born");
		/* Without one record_store() says what to do. */
		if (born != NULL)
			(void)!hrv_date_parse(born, &a->store.born);
	}
	manifest_clear(&m);
	json_decref(who);
	return rc;
}

/* What can be refused before anything is opened. */
static int
check(struct hrv_vault *v, struct adding *a, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	int rc = lookup_subject(v, a->args->subject, &a->subject.id, err);

	if (rc == HRV_OK)
		rc = subject_load(v, &a->subject.id, &a->subject, err);
	if (rc != HRV_OK)
		return rc;
	a->e.subject = &a->subject.id;
	rc = record_class(v, a->args->class_name, &a->subject, &c, err);
	if (rc != HRV_OK)
		return rc;
	if (!c->needs_dependant_born &&
	    hrv_date_is_set(a->args->dependant_born))
		return hrv_fail(err, HRV_EUSAGE,
		    "no rule of the class '%s' asks for a dependant's birth "
		    "date, so it is not kept",
		    c->id);
	return c->needs_born ? read_born(v, a, err) : HRV_OK;
}

/* What the log says of it; nothing about the content but its length. */
static int
make_payload(struct hrv_vault *v, struct adding *a, struct hrv_err *err)
{
	json_t *events = json_array();
	int bad = 0;

	a->payload = json_object();
	bad = a->payload == NULL || events == NULL;
	for (size_t i = 0; !bad && i < a->store.n_events; i++) {
		char name[EVENT_NAME_SIZE], day[HRV_DATE_TEXT];
		int rc =
		    event_full_name(v, ID_RECORD, a->events[i].name, name, err);

		if (rc != HRV_OK) {
			json_decref(events);
			return rc;
		}
		hrv_date_format(a->events[i].day, day);
		bad = json_array_append_new(
		    events, json_pack("[s,s]", name, day));
	}
	bad = bad || json_object_set(a->payload, "events", events) ||
	      json_set_str(a->payload, "class", a->store.class_name) ||
	      json_set_str(a->payload, "created", a->stored.created) ||
	      json_set_str(a->payload, "stored", a->stored.stored) ||
	      json_set_str(a->payload, "provided_by",
		  a->store.provided_by == NULL ? "employer"
					       : a->store.provided_by) ||
	      (a->store.confidential &&
		  json_set_int(a->payload, "confidential", 1)) ||
	      json_set_int(a->payload, "bytes", (int64_t)a->stored.size);
	json_decref(events);
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

static int
store(struct hrv_vault *v, struct adding *a, struct hrv_err *err)
{
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = record_store(v, &a->store, &a->stored, err);
	if (rc == HRV_OK)
		rc = make_payload(v, a, err);
	if (rc != HRV_OK)
		return rc;
	a->e.record = &a->store.id;
	a->e.comp = a->stored.compartment;
	a->e.payload = a->payload;
	a->e.state = a->stored.state;
	a->e.result = LEAF_OK;
	if (a->receipt != NULL)
		rc = receipt_entry(v, &a->receipt, &a->e, &leaf, err);
	else
		rc = txn_entry(v, &a->e, &leaf, err);
	if (rc == HRV_OK)
		rc = state_set_record(
		    v, &a->store.id, leaf, a->stored.state, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	return rc;
}

/* Events of which no rule of the class knows anything. */
static int
put_unused(struct hrv_vault *v, const struct adding *a, json_t *doc,
    struct hrv_err *err)
{
	char name[EVENT_NAME_SIZE];
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < a->store.n_events; i++) {
		rc =
		    event_full_name(v, ID_RECORD, a->events[i].name, name, err);
		if (rc == HRV_OK)
			rc = eventdates_put_unused(
			    v, a->store.class_name, name, doc, err);
	}
	return rc;
}

int
hrv_record_add(struct hrv_vault *v, const struct hrv_record_add_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct adding a = { .args = args,
		.source = { .fd = -1, .head = BUF_INIT_SECRET },
		.e = ENTRY("record.add") };
	json_t *doc = NULL;
	int rc = role_may(v->role, "record.add", err);

	if (rc == HRV_OK)
		rc = prepare(&a, err);
	if (rc == HRV_OK)
		rc = check(v, &a, err);
	vault_new_id(ID_RECORD, &a.store.id);
	a.store.subject = &a.subject.id;
	a.store.class_name = args->class_name;
	a.store.created = args->date;
	a.store.provided_by = args->provided_by;
	a.store.confidential = args->confidential;
	a.store.dependant_born = args->dependant_born;
	a.store.events = a.events;
	a.store.n_events = args->n_events;
	a.store.header = a.header;
	a.store.body = &a.source.body;
	if (rc == HRV_OK)
		rc = store(v, &a, err);
	if (rc != HRV_OK)
		rc = record_failed(v, &a.e, &a.receipt, err);
	else
		rc = record_result(
		    v, &a.store.id, a.source.media, a.stored.sha256, &doc, err);
	if (rc == HRV_OK)
		rc = put_unused(v, &a, doc, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	else
		json_decref(doc);
	receipt_drop(&a.receipt);
	json_decref(a.header);
	json_decref(a.payload);
	free(a.events);
	record_source_clear(&a.source);
	return rc;
}
