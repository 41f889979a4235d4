/* SPDX-License-Identifier: ISC */
/*
 * Carrying out a correction. Layer: verbs. Invariant: every row that changes
 * here has its new state in the manifest that the entry commits to.
 */
#include "vault/subject_correct.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/earlier.h"
#include "vault/holdkeep.h"
#include "vault/identity.h"
#include "vault/index.h"
#include "vault/preference.h"
#include "vault/protect.h"
#include "vault/state.h"
#include "vault/store/db.h"

bool
correction_has(const struct correction *c, const char *field)
{
	for (size_t i = 0; i < json_array_size(c->changed); i++) {
		if (strcmp(json_string_value(json_array_get(c->changed, i)),
			field) == 0)
			return true;
	}
	return false;
}

static int
run_with_id(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct stmt **ret, struct hrv_err *err)
{
	int rc = db_stmt(v->db, sql, ret, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(*ret, 1, id->b, ID_BYTES);
	return rc;
}

/* The new version takes the place of the old one, which stays. */
static int
store_version(struct correction *c, struct hrv_err *err)
{
	uint32_t n = c->record.version;
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc = vault_today_text(c->v, day, err);

	if (rc == HRV_OK)
		rc = identity_seal(c->v, &c->subject.id, &c->record.id, n + 1,
		    c->identity, err);
	if (rc == HRV_OK)
		rc = run_with_id(
		    c->v, SQL_VERSION_SET_SUPERSEDED, &c->record.id, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 2, (int64_t)n);
		(void)db_bind_text(st, 3, day);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = run_with_id(
		    c->v, SQL_RECORD_SET_VERSION, &c->record.id, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 2, (int64_t)n + 1);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = index_remove(c->v, &c->subject.id, err);
	if (rc == HRV_OK)
		rc = index_add(c->v, &c->subject.id, c->identity, err);
	if (rc == HRV_OK)
		rc = suppress_follow(c->v, &c->subject.id, c->identity, err);
	return rc;
}

static int
add_state(struct correction *c, const struct hrv_id *id, struct hrv_err *err)
{
	uint8_t state[32];
	int rc = id->kind == ID_SUBJECT ? state_subject(c->v, id, state, err)
					: state_record(c->v, id, state, err);

	return rc == HRV_OK ? manifest_add(&c->states, id, state, err) : rc;
}

static int
set_kind(struct correction *c, struct hrv_err *err)
{
	struct stmt *st;
	int rc =
	    run_with_id(c->v, SQL_SUBJECT_SET_KIND, &c->subject.id, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 2, c->kind);
	return db_run(st, err);
}

static int
store_kind(struct correction *c, struct hrv_err *err)
{
	struct holdkeep k = { .p = NULL };
	int rc;

	if (!correction_has(c, "kind"))
		return HRV_OK;
	rc = holdkeep_before(c->v, &k, &c->subject.id, err);
	if (rc == HRV_OK)
		rc = set_kind(c, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(c->v, &k, err);
	holdkeep_clear(&k);
	return rc == HRV_OK ? add_state(c, &c->subject.id, err) : rc;
}

/* What a hold covers keeps the dates it had. A case does not stand in the way:
 * to correct somebody's birth date may be what it is for. */
static int
not_held(
    struct correction *c, const struct record_row *rec, struct hrv_err *err)
{
	struct hrv_err why = { 0 };
	int rc = protect_check_alter(c->v, rec, &c->subject.id, &why);

	if (rc == HRV_OK || strcmp(why.name, "open-case") == 0)
		return HRV_OK;
	*err = why;
	return rc;
}

/* The birth date of one record, where its class counts an age. */
static int
record_born(struct correction *c, const struct hrv_id *id, struct hrv_err *err)
{
	const struct hrv_class *klass;
	struct record_row rec;
	struct stmt *st;
	int rc = record_load(c->v, id, &rec, err);

	if (rc != HRV_OK || rec.purged || is_statement(&rec))
		return rc;
	klass = hrv_schedule_class(c->v->schedule, rec.class_name);
	if (klass == NULL || !klass->needs_born)
		return HRV_OK;
	rc = not_held(c, &rec, err);
	if (rc != HRV_OK)
		return rc;
	rc = run_with_id(c->v, SQL_RECORD_SET_BORN, id, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 2, json_str(c->identity, "born"));
	(void)db_bind_text(
	    st, 3, rec.dependant_born[0] == '\0' ? NULL : rec.dependant_born);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = add_state(c, id, err);
	if (rc == HRV_OK)
		rc = earlier_update_record(c->v, id, &c->moved, err);
	return rc;
}

static int
store_born(struct correction *c, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	if (!correction_has(c, "born"))
		return HRV_OK;
	rc = ids_of(
	    c->v, SQL_RECORD_LIST_OF, &c->subject.id, ID_RECORD, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = record_born(c, &ids[i], err);
	free(ids);
	return rc;
}

int
correction_store(struct correction *c, struct hrv_err *err)
{
	int rc = store_version(c, err);

	if (rc == HRV_OK)
		rc = add_state(c, &c->record.id, err);
	if (rc == HRV_OK)
		rc = store_kind(c, err);
	if (rc == HRV_OK)
		rc = store_born(c, err);
	return rc;
}

int
correction_logged(struct correction *c, uint64_t leaf, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < c->states.n; i++) {
		const struct manifest_row *row = &c->states.rows[i];

		rc = row->id.kind == ID_SUBJECT
			 ? state_set_subject(
			       c->v, &row->id, leaf, row->state, err)
			 : state_set_record(
			       c->v, &row->id, leaf, row->state, err);
	}
	return rc;
}

void
correction_clear(struct correction *c)
{
	manifest_clear(&c->states);
	json_decref(c->changed);
	json_decref(c->identity);
}
