/* SPDX-License-Identifier: ISC */
/*
 * Canonical states. Layer: verbs. The JSON is built by the same code for
 * logging and for checking, from the tables alone.
 */
#include "vault/state.h"

#include <string.h>

#include "vault/attest.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/store/db.h"

/* Hashes v's canonical form; takes v over. */
static int
hash_value(json_t *value, uint8_t out[32], struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	int rc = json_canonical(value, &b, err);

	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, out);
	buf_clear(&b);
	json_decref(value);
	return rc;
}

/* [["record.pay_date","2024-04-05"],...] in the order of the table. */
static int
events_of(struct hrv_vault *v, const struct hrv_id *owner, json_t *into,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *pair =
		    json_pack("[s,s]", db_col_text(st, 0), db_col_text(st, 1));

		if (pair == NULL || json_array_append_new(list, pair))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	if (json_object_set_new(into, "events", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
links_of(struct hrv_vault *v, const struct hrv_id *record, json_t *into,
    struct hrv_err *err)
{
	struct hrv_id subject = { .kind = ID_SUBJECT };
	char text[ID_TEXT_SIZE];
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LINK_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *pair;

		rc = db_col_fixed(st, 0, subject.b, ID_BYTES, err);
		id_format(&subject, text);
		pair = json_pack("[s,s]", text, db_col_text(st, 1));
		if (pair == NULL || json_array_append_new(list, pair))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	if (json_object_set_new(into, "links", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static json_t *
version_json(struct stmt *st)
{
	json_t *one = json_object();
	const uint8_t *p;
	size_t len;
	int bad = one == NULL;

	bad |= json_set_int(one, "n", db_col_int(st, 0));
	p = db_col_blob(st, 1, &len);
	bad |= json_set_hex(one, "dek", p, len);
	p = db_col_blob(st, 2, &len);
	bad |= json_set_hex(one, "body", p, len);
	bad |= json_set_str(one, "superseded", db_col_text(st, 3));
	bad |= json_set_str(one, "stored", db_col_text(st, 4));
	if (bad) {
		json_decref(one);
		return NULL;
	}
	return one;
}

static int
versions_of(struct hrv_vault *v, const struct hrv_id *record, json_t *into,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *one = version_json(st);

		if (one == NULL || json_array_append_new(list, one))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	if (json_object_set_new(into, "versions", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static const char *
or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

int
state_record(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err)
{
	struct record_row r;
	char subject[ID_TEXT_SIZE], on[ID_TEXT_SIZE];
	json_t *o = NULL;
	int rc = record_load(v, id, &r, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&r.subject, subject);
	id_format(&r.statement_on, on);
	o = json_object();
	if (o == NULL || json_set_str(o, "class", r.class_name) ||
	    json_set_str(o, "compartment", r.compartment) ||
	    json_set_str(o, "subject", subject) ||
	    json_set_int(o, "version", (int64_t)r.version) ||
	    json_set_str(o, "created", r.created) ||
	    json_set_str(o, "stored", r.stored) ||
	    json_set_str(o, "born", or_null(r.born)) ||
	    json_set_str(o, "dependant_born", or_null(r.dependant_born)) ||
	    json_set_str(o, "restricted", or_null(r.restricted)) ||
	    (r.confidential && json_set_int(o, "confidential", 1)) ||
	    json_set_str(o, "statement_on", is_statement(&r) ? on : NULL))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = events_of(v, id, o, err);
	if (rc == HRV_OK)
		rc = links_of(v, id, o, err);
	if (rc == HRV_OK)
		rc = versions_of(v, id, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	return hash_value(o, out, err);
}

/* Absent where there are none. */
static int
attests_of(struct hrv_vault *v, const struct hrv_id *subject, json_t *into,
    struct hrv_err *err)
{
	json_t *list = NULL;
	int rc = attest_history(v, subject, &list, err);

	if (rc == HRV_OK && json_array_size(list) > 0 &&
	    json_object_set(into, "attests", list))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(list);
	return rc;
}

int
state_subject(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err)
{
	struct subject_row s;
	char into[ID_TEXT_SIZE];
	json_t *o = NULL;
	int rc = subject_load(v, id, &s, err);

	if (rc != HRV_OK)
		return rc;
	o = json_object();
	id_format(&s.went, into);
	if (o == NULL || json_set_str(o, "kind", s.kind) ||
	    json_set_str(o, "into", s.went.kind == ID_SUBJECT ? into : NULL) ||
	    json_set_str(o, "restricted", or_null(s.restricted)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = events_of(v, id, o, err);
	if (rc == HRV_OK)
		rc = attests_of(v, id, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	return hash_value(o, out, err);
}

static int
set_state(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    uint64_t leaf, const uint8_t state[32], struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	(void)db_bind_blob(st, 3, state, 32);
	return db_run(st, err);
}

int
state_set_record(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    const uint8_t state[32], struct hrv_err *err)
{
	return set_state(v, SQL_RECORD_SET_STATE, id, leaf, state, err);
}

int
state_set_subject(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    const uint8_t state[32], struct hrv_err *err)
{
	return set_state(v, SQL_SUBJECT_SET_STATE, id, leaf, state, err);
}
