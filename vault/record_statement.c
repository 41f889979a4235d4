/* SPDX-License-Identifier: ISC */
/*
 * A person's statement on a record about them (GDPR Art. 16). Layer: verbs.
 * Invariant: it is a record of its own, of the same subject, class and
 * compartment, and says from its first entry on what it is about; nothing of
 * the record that it contests is changed.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/base/json.h"
#include "vault/case.h"
#include "vault/custody/roles.h"
#include "vault/disclose.h"
#include "vault/record_source.h"
#include "vault/record_store.h"
#include "vault/record_view.h"
#include "vault/state.h"

#define DEFAULT_TITLE "Statement"

/* Everything one `record statement` works with. */
struct stating {
	const struct hrv_record_statement_args *args;
	struct record_row on; /* the record it is about */
	struct hrv_id kase;   /* in which it was handed in; kind 0: none */
	struct record_source source;
	json_t *payload;
	struct entry e; /* record.add */
	struct record_store_args store;
	struct record_stored stored;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
prepare(struct stating *s, struct hrv_err *err)
{
	const struct hrv_record_statement_args *a = s->args;
	struct record_header h = { .title = a->title == NULL ? DEFAULT_TITLE
							     : a->title,
		.source = a->source,
		.file = a->content.path };
	int rc = record_source_open(&s->source, &a->content, err);

	h.media = s->source.media;
	return rc == HRV_OK ? record_header_new(&h, &s->store.header, err) : rc;
}

/* A statement about a statement would have nothing to stand beside. */
static int
check_record(struct hrv_vault *v, struct stating *s, struct hrv_err *err)
{
	char on[ID_TEXT_SIZE];

	if (s->on.purged)
		return record_purged(v, &s->on, s->on.version, err);
	if (!is_statement(&s->on))
		return HRV_OK;
	id_format(&s->on.statement_on, on);
	hrv_fail_as(err, HRV_EREFUSED, "statement",
	    "this is a statement itself, on %s", on);
	return hrv_hint(err,
	    "another statement is filed with %s; another wording of this one "
	    "is a new version: 'hrvault record amend'",
	    on);
}

/* The refusal is logged with the record, not with the case. */
static int
case_over(const struct kase *k, struct hrv_err *err)
{
	bool closed = strcmp(k->status, CASE_CLOSED) == 0;
	char id[ID_TEXT_SIZE];

	if (!closed && strcmp(k->status, CASE_REFUSED) != 0)
		return HRV_OK;
	id_format(&k->id, id);
	hrv_fail_as(err, HRV_EREFUSED, "case", "the case %s",
	    closed ? "is closed" : "was refused");
	return hrv_hint(err,
	    "file it without --case, or open the case again: 'hrvault case "
	    "reopen %s'",
	    id);
}

static int
check_case(struct hrv_vault *v, struct stating *s, struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	int rc;

	if (s->args->kase == NULL)
		return HRV_OK;
	rc = case_load(v, s->args->kase, &k, err);
	if (rc == HRV_OK && !id_equal(&k.subject, &s->on.subject)) {
		hrv_fail_as(err, HRV_EREFUSED, "other-person",
		    "the case is of somebody else");
		rc = hrv_hint(err, "'hrvault case list' tells of whom cases "
				   "are");
	}
	if (rc == HRV_OK)
		rc = case_over(&k, err);
	if (rc == HRV_OK)
		s->kase = k.id;
	case_clear(&k);
	return rc;
}

static int
check(struct hrv_vault *v, struct stating *s, struct hrv_err *err)
{
	int rc = record_find(v, s->args->record, &s->on, err);

	if (rc != HRV_OK)
		return rc;
	s->e.subject = &s->on.subject;
	s->e.record = &s->on.id;
	s->e.comp = s->on.compartment;
	rc = check_record(v, s, err);
	return rc == HRV_OK ? check_case(v, s, err) : rc;
}

static int
make_payload(struct stating *s, struct hrv_err *err)
{
	s->payload = json_pack("{s:[]}", "events");
	if (s->payload == NULL ||
	    json_set_str(s->payload, "class", s->store.class_name) ||
	    json_set_str(s->payload, "created", s->stored.created) ||
	    json_set_str(s->payload, "stored", s->stored.stored) ||
	    json_set_str(s->payload, "provided_by", s->store.provided_by) ||
	    json_set_int(s->payload, "bytes", (int64_t)s->stored.size) ||
	    record_put_id(s->payload, "statement_on", &s->on.id) ||
	    (s->kase.kind == ID_CASE &&
		record_put_id(s->payload, "case", &s->kase)))
		return no_memory(err);
	return HRV_OK;
}

/* Under the write lock, by the record as it is then. */
static int
store(struct hrv_vault *v, struct stating *s, struct hrv_err *err)
{
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = record_load(v, &s->on.id, &s->on, err);
	if (rc == HRV_OK)
		rc = check_record(v, s, err);
	if (rc == HRV_OK)
		rc = record_store(v, &s->store, &s->stored, err);
	if (rc == HRV_OK)
		rc = make_payload(s, err);
	if (rc != HRV_OK)
		return rc;
	s->e.record = &s->store.id;
	s->e.payload = s->payload;
	s->e.state = s->stored.state;
	rc = txn_entry(v, &s->e, &leaf, err);
	if (rc == HRV_OK)
		rc = state_set_record(
		    v, &s->store.id, leaf, s->stored.state, err);
	return rc == HRV_OK ? txn_commit(v, true, err) : rc;
}

/* Art. 19: whoever was given the record, each once, and when last. */
static int
put_recipients(struct hrv_vault *v, const struct stating *s, json_t *doc,
    struct hrv_err *err)
{
	json_t *given = NULL, *list = json_array(), *one, *old;
	size_t i, k;
	int rc = disclosures_of(v, &s->on.id, &given, err);

	json_array_foreach(given, i, one)
	{
		const char *id = json_str(one, "recipient");

		json_array_foreach(list, k, old)
		{
			if (strcmp(json_str(old, "recipient"), id) == 0)
				break;
		}
		if (k == json_array_size(list) &&
		    json_array_append_new(
			list, json_pack("{s:s}", "recipient", id)) != 0)
			rc = no_memory(err);
		if (rc == HRV_OK && json_set_str(json_array_get(list, k), "on",
					json_str(one, "on")))
			rc = no_memory(err);
		if (rc != HRV_OK)
			break;
	}
	if (rc == HRV_OK && json_object_set(doc, "recipients", list))
		rc = no_memory(err);
	json_decref(given);
	json_decref(list);
	return rc;
}

static int
make_result(struct hrv_vault *v, const struct stating *s,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = record_result(
	    v, &s->store.id, s->source.media, s->stored.sha256, &doc, err);

	if (rc == HRV_OK && record_put_id(doc, "statement_on", &s->on.id))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = put_recipients(v, s, doc, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_record_statement(struct hrv_vault *v,
    const struct hrv_record_statement_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct stating s = { .args = args,
		.source = { .fd = -1, .head = BUF_INIT_SECRET },
		.e = ENTRY("record.add") };
	struct receipt *none = NULL;
	int rc = role_may(v->role, s.e.op, err);

	vault_new_id(ID_RECORD, &s.store.id);
	s.store.subject = &s.on.subject;
	s.store.class_name = s.on.class_name;
	s.store.created = args->date;
	s.store.provided_by = "subject";
	s.store.statement_on = &s.on;
	s.store.body = &s.source.body;
	if (rc == HRV_OK)
		rc = prepare(&s, err);
	if (rc == HRV_OK)
		rc = check(v, &s, err);
	if (rc == HRV_OK)
		rc = store(v, &s, err);
	if (rc != HRV_OK)
		rc = record_failed(v, &s.e, &none, err);
	else
		rc = make_result(v, &s, ret_doc, err);
	json_decref(s.store.header);
	json_decref(s.payload);
	record_source_clear(&s.source);
	return rc;
}
