/* SPDX-License-Identifier: ISC */
/*
 * Storing one new record: the one way a document gets into a vault, whoever
 * hands it in (a person, an import, a case). Layer: verbs. Works inside the
 * caller's write transaction; the caller writes the entry that states it.
 */
#ifndef VAULT_RECORD_STORE_H
#define VAULT_RECORD_STORE_H

#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/event.h"
#include "vault/seal.h"
#include "vault/version.h"

/* What a record is stored with; all borrowed for the call. */
struct record_store_args {
	struct hrv_id id; /* vault_new_id(ID_RECORD, ...) */
	const struct hrv_id *subject;
	const char *class_name;
	struct hrv_date created;	/* not set: today */
	bool confidential;		/* given or received in confidence */
	const char *provided_by;	/* subject, employer, third_party; NULL:
					 * employer */
	struct hrv_date born;		/* kept only where the class asks */
	struct hrv_date dependant_born; /* likewise */
	const struct event *events;	/* names with or without "record." */
	size_t n_events;
	const struct record_row *statement_on; /* the record it is filed with:
						* same subject and class, the
						* dates are that record's; NULL:
						* it is no statement */
	json_t *header; /* from record_header_new(); fields are added */
	const struct body_source *body;
};

/* What became of it. */
struct record_stored {
	char compartment[CLASS_NAME_SIZE];
	char created[HRV_DATE_TEXT];
	char stored[HRV_DATE_TEXT];
	uint8_t state[32];  /* for the entry, then state_set_record() */
	uint8_t sha256[32]; /* of the plaintext: for the caller's eyes, never
			     * for the log */
	uint64_t size;	    /* plaintext bytes */
};

/*
 * Stores one new record inside the open write transaction: sealed version,
 * row, events (attributed to the next entry of the log) and terms. The caller
 * then logs it - alone, or in a batch whose manifest has ret->state - and
 * calls state_set_record() with that entry. Nothing of it counts before the
 * commit.
 * HRV_EUSAGE: no such class (the hint names the nearest), an event the
 * schedule does not know, a birth date that the class needs and that is
 * missing. HRV_EREFUSED: "wrong-kind" when the class is not for this kind of
 * subject, "key-not-held"; to be logged by the caller. HRV_ENOTFOUND: no such
 * subject; HRV_EPURGED: the subject is gone. Errors of the source and of
 * seal_version().
 */
int record_store(struct hrv_vault *v, const struct record_store_args *args,
    struct record_stored *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether this member holds the key of the compartment today.
 * HRV_EREFUSED ("key-not-held"), with who may be asked. */
int record_holds_key(const struct hrv_vault *v, const char *compartment,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The class of that name in the schedule in force, if records of it may be
 * stored for a subject of that kind by this member. Errors as
 * record_store(), before anything is written or opened. *ret is borrowed from
 * the schedule: until the next transaction begins.
 */
int record_class(struct hrv_vault *v, const char *class_name,
    const struct subject_row *subject, const struct hrv_class **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What a sealed header says of its document; NULL: not known. */
struct record_header {
	const char *title;
	const char *source;
	const char *note;
	const char *file;  /* its name; a path is cut to its last part */
	const char *media; /* media type */
};

/*
 * The header as JSON, for record_store() or seal_version(). Texts are checked
 * (HRV_EUSAGE names the field, never its value); a file name that is no text
 * is left out, because it must not keep a document from being stored. *ret is
 * the caller's (json_decref).
 */
int record_header_new(const struct record_header *h, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
