/* SPDX-License-Identifier: ISC */
/*
 * Subjects and records for unit tests, written through the inner calls so
 * that these tests do not depend on the verbs of subjects. Header only.
 */
#ifndef TESTS_UNIT_RECORDHOME_H
#define TESTS_UNIT_RECORDHOME_H

#include "tests/unit/vaulthome.h"

#include "vault/identity.h"
#include "vault/record_store.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/txn.h"

/* A subject of that kind with a made-up name; born may be NULL. */
VAULTHOME_FN void
recordhome_subject(
    struct hrv_vault *v, const char *kind, const char *born, struct hrv_id *ret)
{
	static const uint8_t none[32];
	struct entry e = ENTRY("subject.add");
	struct hrv_id s, r;
	struct stmt *st;
	uint8_t state[32];
	uint64_t leaf = 0;
	json_t *who = json_object();

	vault_new_id(ID_SUBJECT, &s);
	vault_new_id(ID_RECORD, &r);
	assert_int_equal(json_set_str(who, "name", "Ngozi Ødegård"), 0);
	assert_int_equal(json_set_str(who, "born", born), 0);
	OK_(txn_begin(v, err));
	OK_(db_stmt(v->db, SQL_SUBJECT_ADD, &st, err));
	(void)db_bind_blob(st, 1, s.b, ID_BYTES);
	(void)db_bind_text(st, 2, kind);
	(void)db_bind_blob(st, 3, r.b, ID_BYTES);
	(void)db_bind_int(st, 4, 0);
	(void)db_bind_blob(st, 5, none, sizeof(none));
	OK_(db_run(st, err));
	OK_(db_stmt(v->db, SQL_RECORD_ADD, &st, err));
	(void)db_bind_blob(st, 1, r.b, ID_BYTES);
	(void)db_bind_blob(st, 2, s.b, ID_BYTES);
	(void)db_bind_text(st, 3, CLASS_IDENTITY);
	(void)db_bind_text(st, 4, COMP_IDENTITY);
	(void)db_bind_text(st, 5, "2026-11-23");
	(void)db_bind_text(st, 6, "2026-11-23");
	(void)db_bind_text(st, 9, "employer");
	(void)db_bind_int(st, 10, 0);
	(void)db_bind_blob(st, 11, none, sizeof(none));
	OK_(db_run(st, err));
	OK_(identity_seal(v, &s, &r, 1, who, err));
	OK_(state_subject(v, &s, state, err));
	e.subject = &s;
	e.state = state;
	OK_(txn_entry(v, &e, &leaf, err));
	OK_(state_set_subject(v, &s, leaf, state, err));
	OK_(state_record(v, &r, state, err));
	OK_(state_set_record(v, &r, leaf, state, err));
	OK_(txn_commit(v, true, err));
	json_decref(who);
	*ret = s;
}

/* Stores a record whose body is this text; the title is fixed. */
VAULTHOME_FN void
recordhome_record(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, const char *text, struct hrv_id *ret)
{
	struct record_header h = { .title = "Note of a talk",
		.file = "talk.txt",
		.media = "text/plain" };
	struct body_memory m = { (const uint8_t *)text, strlen(text), 0 };
	struct body_source src = { body_memory_read, &m };
	struct record_store_args a = {
		.subject = subject, .class_name = class_name, .body = &src
	};
	struct entry e = ENTRY("record.add");
	struct record_stored s;
	uint64_t leaf = 0;

	vault_new_id(ID_RECORD, &a.id);
	OK_(record_header_new(&h, &a.header, err));
	OK_(txn_begin(v, err));
	OK_(record_store(v, &a, &s, err));
	e.subject = subject;
	e.record = &a.id;
	e.comp = s.compartment;
	e.state = s.state;
	OK_(txn_entry(v, &e, &leaf, err));
	OK_(state_set_record(v, &a.id, leaf, s.state, err));
	OK_(txn_commit(v, true, err));
	json_decref(a.header);
	*ret = a.id;
}

#endif
