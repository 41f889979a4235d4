/* SPDX-License-Identifier: ISC */
/*
 * Moving everything of one person to another. Layer: verbs. Invariant: all of
 * it is one transaction, and whatever changes has its new state in the
 * manifest of the entry.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/earlier.h"
#include "vault/holdkeep.h"
#include "vault/index.h"
#include "vault/merge.h"
#include "vault/record_reseal.h"
#include "vault/state.h"
#include "vault/store/db.h"

/* A statement about the one and, as ?2, the other. */
static int
run(struct merging *m, enum sql_id sql, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(m->v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, m->from.id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, m->to.subject.id.b, ID_BYTES);
	return db_run(st, err);
}

static int
run_all(
    struct merging *m, const enum sql_id *list, size_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = run(m, list[i], err);
	return rc;
}

/* Either is restricted: so is all there is afterwards, on the grounds of
 * both. */
static int
restrict_all(struct merging *m, struct hrv_err *err)
{
	const char *was = m->to.subject.restricted;
	char now[GROUNDS_SIZE];
	struct stmt *st;
	int rc;

	grounds_add(was, m->from.restricted, now);
	if (strcmp(was, now) == 0)
		return HRV_OK;
	rc = db_stmt(m->v->db, SQL_RIGHTS_SET_RESTRICTED, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, m->to.subject.id.b, ID_BYTES);
	(void)db_bind_text(st, 2, now);
	rc = db_run(st, err);
	return rc == HRV_OK ? run(m, SQL_MERGE_SET_RECORDS_RESTRICTED, err)
			    : rc;
}

static int
set_row(struct merging *m, const struct refiling *r, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(m->v->db, SQL_RECORD_SET_FILED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->rec.id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, r->to.id.b, ID_BYTES);
	(void)db_bind_text(st, 3, r->class_name);
	(void)db_bind_text(st, 4, r->compartment);
	(void)db_bind_text(st, 5, r->born[0] == '\0' ? NULL : r->born);
	(void)db_bind_text(
	    st, 6, r->dependant_born[0] == '\0' ? NULL : r->dependant_born);
	return db_run(st, err);
}

/* Sealed anew for the other one, with a key of its own. */
static int
move_record(struct merging *m, const struct hrv_id *id, struct hrv_err *err)
{
	struct refiling r = { .to = m->to.subject, .receipt = m->receipt };
	const struct hrv_class *c;
	const char *born = json_str(m->to.identity, "born");
	char class_name[CLASS_NAME_SIZE];
	int rc = record_load(m->v, id, &r.rec, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(class_name, r.rec.class_name, sizeof(class_name));
	r.class_name = class_name;
	memcpy(r.compartment, r.rec.compartment, sizeof(r.compartment));
	memcpy(
	    r.dependant_born, r.rec.dependant_born, sizeof(r.dependant_born));
	memcpy(r.born, r.rec.born, sizeof(r.born));
	c = hrv_schedule_class(m->v->schedule, class_name);
	if (c != NULL && c->needs_born && born != NULL &&
	    strlen(born) < sizeof(r.born))
		memcpy(r.born, born, strlen(born) + 1);
	m->moved++;
	rc = set_row(m, &r, err);
	return rc == HRV_OK ? reseal_versions(m->v, &r, err) : rc;
}

static int
move_records(struct merging *m, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < m->n; i++) {
		if (!m->records[i].linked)
			rc = move_record(m, &m->records[i].id, err);
	}
	return rc;
}

static bool
has_state(const struct merging *m, const struct hrv_id *id)
{
	for (size_t i = 0; i < m->to.states.n; i++) {
		if (id_equal(&m->to.states.rows[i].id, id))
			return true;
	}
	return false;
}

/* Its state as it is now, in the place of one that was noted on the way. */
static int
add_state(struct merging *m, const struct hrv_id *id, struct hrv_err *err)
{
	uint8_t state[32];
	int rc = id->kind == ID_SUBJECT ? state_subject(m->v, id, state, err)
					: state_record(m->v, id, state, err);

	if (rc != HRV_OK || !has_state(m, id))
		return rc == HRV_OK
			   ? manifest_add(&m->to.states, id, state, err)
			   : rc;
	for (size_t i = 0; i < m->to.states.n; i++) {
		if (id_equal(&m->to.states.rows[i].id, id))
			memcpy(m->to.states.rows[i].state, state, 32);
	}
	return HRV_OK;
}

/* Records that changed besides those that moved: all, where a restriction came
 * with them; those whose link to the person went. */
static int
state_others(struct merging *m, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(m->v, SQL_RECORD_LIST_DOCUMENTS_OF, &m->to.subject.id,
	    ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(m->v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged)
			rc = add_state(m, &ids[i], err);
	}
	free(ids);
	return rc;
}

static int
state_all(struct merging *m, struct hrv_err *err)
{
	int rc = state_others(m, err);

	for (size_t i = 0; rc == HRV_OK && i < m->n; i++)
		rc = add_state(m, &m->records[i].id, err);
	for (size_t i = 0; rc == HRV_OK && i < m->to.states.n; i++)
		rc = add_state(m, &m->to.states.rows[i].id, err);
	if (rc == HRV_OK)
		rc = add_state(m, &m->from.id, err);
	if (rc == HRV_OK)
		rc = add_state(m, &m->to.subject.id, err);
	m->to.states.states = true;
	return rc;
}

static int
move_all(struct merging *m, struct hrv_err *err)
{
	static const enum sql_id before[] = { SQL_MERGE_SET_EVENTS,
		SQL_MERGE_DEL_EVENTS, SQL_MERGE_SET_CONSENTS,
		SQL_MERGE_SET_PREFERENCES, SQL_MERGE_SET_ATTESTS };
	static const enum sql_id after[] = { SQL_MERGE_SET_LINKS,
		SQL_MERGE_DEL_LINKS, SQL_MERGE_DEL_OWN_LINKS,
		SQL_MERGE_SET_WENT };
	int rc = run_all(m, before, sizeof(before) / sizeof(before[0]), err);

	if (rc == HRV_OK)
		rc = index_remove(m->v, &m->from.id, err);
	if (rc == HRV_OK)
		rc = restrict_all(m, err);
	if (rc == HRV_OK && json_array_size(m->to.changed) > 0)
		rc = correction_store(&m->to, err);
	if (rc == HRV_OK)
		rc = move_records(m, err);
	if (rc == HRV_OK)
		rc = run_all(m, after, sizeof(after) / sizeof(after[0]), err);
	if (rc == HRV_OK)
		rc = earlier_update_subject(
		    m->v, &m->to.subject.id, &m->to.moved, err);
	return rc == HRV_OK ? state_all(m, err) : rc;
}

int
merge_move(struct merging *m, struct hrv_err *err)
{
	struct holdkeep k = { .p = NULL };
	int rc = holdkeep_before(m->v, &k, &m->from.id, err);

	if (rc == HRV_OK)
		rc = holdkeep_before(m->v, &k, &m->to.subject.id, err);
	if (rc == HRV_OK)
		rc = move_all(m, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(m->v, &k, err);
	holdkeep_clear(&k);
	return rc;
}
