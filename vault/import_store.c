/* SPDX-License-Identifier: ISC */
/*
 * Rows into the vault, inside the transaction of their batch. Layer: verbs.
 * Invariant: every subject and record that changes here has its new state in
 * the manifest of the batch.
 */
#include <string.h>

#include "vault/import_int.h"
#include "vault/importer/resume.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/subject_correct.h"
#include "vault/subject_store.h"

static int
changed_meanwhile(struct hrv_err *err)
{
	hrv_fail(err, HRV_EBUSY,
	    "another member has just changed one of these people");
	return hrv_hint(err, "run the import again: it goes on where it "
			     "stopped");
}

/* The sealed header of a row's record. */
static int
make_header(struct importing *im, json_t **ret, struct hrv_err *err)
{
	struct record_header h = { .title = "JSON Resume",
		.file = im->args->file,
		.media = RESUME_MEDIA_TYPE };

	if (im->map != NULL) {
		h.title = im->map->record_title;
		h.source = im->map->record_source;
		h.file = IMPORT_FILE;
	}
	return record_header_new(&h, ret, err);
}

static int
store_record(struct importing *im, struct import_item *it,
    const struct hrv_id *subject, struct hrv_err *err)
{
	const struct buf *text = &it->row.record;
	struct body_memory mem = { text->data, text->len, 0 };
	struct body_source body = { body_memory_read, &mem };
	struct record_store_args a = { .subject = subject,
		.class_name = im->class_name,
		.created = it->row.created,
		.provided_by =
		    im->map == NULL ? "subject" : im->map->provided_by,
		.born = it->row.born,
		.body = &body };
	struct record_stored stored;
	int rc;

	if (im->class_name == NULL)
		return HRV_OK;
	vault_new_id(ID_RECORD, &a.id);
	rc = make_header(im, &a.header, err);
	if (rc == HRV_OK)
		rc = record_store(im->v, &a, &stored, err);
	if (rc == HRV_OK)
		rc = manifest_add(&it->states, &a.id, stored.state, err);
	if (rc == HRV_OK)
		im->batch.records++;
	json_decref(a.header);
	return rc;
}

static int
store_new(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	struct subject_new n = { .kind = im->kind,
		.identity = it->identity,
		.events = it->event,
		.n_events = it->events };
	int rc;

	vault_new_id(ID_SUBJECT, &n.id);
	rc = subject_store(im->v, &n, err);
	if (rc == HRV_OK)
		rc = subject_manifest(&n, &it->states, err);
	if (rc == HRV_OK)
		rc = store_record(im, it, &n.id, err);
	if (rc == HRV_OK)
		rc = import_docs_store(im, it, &n.id, err);
	return rc;
}

/* Adds a thing whose state is filled in at the end, once. */
static int
touch(struct import_item *it, const struct hrv_id *id, struct hrv_err *err)
{
	static const uint8_t later[32];

	for (size_t i = 0; i < it->states.n; i++) {
		if (it->states.rows[i].id.kind == id->kind &&
		    id_equal(&it->states.rows[i].id, id))
			return HRV_OK;
	}
	return manifest_add(&it->states, id, later, err);
}

static int
run_with(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct stmt **ret, struct hrv_err *err)
{
	int rc = db_stmt(v->db, sql, ret, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(*ret, 1, id->b, ID_BYTES);
	return rc;
}

static int
set_facts(struct importing *im, struct import_item *it,
    struct terms_moved *moved, struct hrv_err *err)
{
	const struct hrv_id *id = &it->subject.id;
	struct stmt *st;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < it->events; i++)
		rc = event_add(im->v, id, &it->event[i], NULL, err);
	if (rc == HRV_OK && it->hired) {
		rc = run_with(im->v, SQL_SUBJECT_SET_KIND, id, &st, err);
		if (rc == HRV_OK) {
			(void)db_bind_text(st, 2, KIND_EMPLOYEE);
			rc = db_run(st, err);
		}
	}
	if (rc == HRV_OK && (it->events > 0 || it->hired))
		rc = touch(it, id, err);
	if (rc == HRV_OK && it->events > 0)
		rc = terms_update_subject(im->v, id, moved, err);
	return rc;
}

/* *ret_free: a record would leave a hold by it. */
static int
add_events(struct importing *im, struct import_item *it,
    struct terms_moved *moved, bool *ret_free, struct hrv_err *err)
{
	int rc;

	if (it->events == 0 && !it->hired)
		return HRV_OK;
	holdkeep_next(&im->keep);
	rc = holdkeep_before(im->v, &im->keep, &it->subject.id, err);
	if (rc == HRV_OK)
		rc = set_facts(im, it, moved, err);
	if (rc == HRV_OK)
		rc = holdkeep_look(im->v, &im->keep, err);
	*ret_free = im->keep.lost > 0;
	return rc;
}

/* A new version of the identity, with what the row adds. */
static int
add_identity(struct importing *im, struct import_item *it,
    struct terms_moved *moved, struct hrv_err *err)
{
	struct correction c = { .v = im->v,
		.subject = it->subject,
		.record = it->who,
		.kind = it->subject.kind };
	int rc;

	if (it->merged == NULL)
		return HRV_OK;
	c.identity = json_incref(it->merged);
	c.changed = json_incref(it->changed);
	rc = correction_store(&c, err);
	for (size_t i = 0; rc == HRV_OK && i < c.states.n; i++)
		rc = touch(it, &c.states.rows[i].id, err);
	moved->earlier += c.moved.earlier;
	correction_clear(&c);
	return rc;
}

/* A new version in the place of the one before, which stays. */
static int
set_version(struct importing *im, const struct record_row *rec, const char *day,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc =
	    run_with(im->v, SQL_VERSION_SET_SUPERSEDED, &rec->id, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 2, (int64_t)rec->version);
	(void)db_bind_text(st, 3, day);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc =
		    run_with(im->v, SQL_RECORD_SET_VERSION, &rec->id, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 2, (int64_t)rec->version + 1);
	return db_run(st, err);
}

static int
amend(struct importing *im, struct import_item *it, struct terms_moved *moved,
    struct hrv_err *err)
{
	const struct buf *text = &it->row.record;
	struct body_memory mem = { text->data, text->len, 0 };
	struct body_source body = { body_memory_read, &mem };
	struct seal_args a = { .subject = &it->subject.id,
		.record = &it->record.id,
		.version = it->record.version + 1,
		.class_name = it->record.class_name,
		.compartment = it->record.compartment,
		.body = &body };
	struct sealed s = { .header = BUF_INIT };
	char day[HRV_DATE_TEXT];
	int rc = vault_today_text(im->v, day, err);

	if (rc == HRV_OK)
		rc = make_header(im, &a.header, err);
	if (rc == HRV_OK)
		rc = seal_version(im->v, &a, &s, err);
	if (rc == HRV_OK)
		rc = seal_store(im->v, &a, &s, day, err);
	if (rc == HRV_OK)
		rc = set_version(im, &it->record, day, err);
	if (rc == HRV_OK)
		rc = terms_update_record(im->v, &it->record.id, moved, err);
	if (rc == HRV_OK)
		rc = touch(it, &it->record.id, err);
	if (rc == HRV_OK)
		im->batch.records++;
	sealed_clear(&s);
	json_decref(a.header);
	return rc;
}

/* What was opened before the write lock must still be so. */
static int
check_unmoved(
    struct importing *im, const struct import_item *it, struct hrv_err *err)
{
	struct subject_row s;
	struct record_row r;
	int rc = subject_load(im->v, &it->subject.id, &s, err);

	if (rc == HRV_OK && (s.gone || s.state_leaf != it->subject.state_leaf))
		rc = changed_meanwhile(err);
	if (rc == HRV_OK)
		rc = record_load(im->v, &it->who.id, &r, err);
	if (rc == HRV_OK && r.version != it->who.version)
		rc = changed_meanwhile(err);
	if (rc == HRV_OK && it->amend)
		rc = record_load(im->v, &it->record.id, &r, err);
	if (rc == HRV_OK && it->amend &&
	    (r.purged || r.version != it->record.version ||
		strcmp(r.restricted, it->record.restricted) != 0))
		rc = changed_meanwhile(err);
	return rc;
}

static int
fill_states(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < it->states.n; i++) {
		struct manifest_row *row = &it->states.rows[i];

		rc = row->id.kind == ID_SUBJECT
			 ? state_subject(im->v, &row->id, row->state, err)
			 : state_record(im->v, &row->id, row->state, err);
	}
	return rc;
}

static int
store_update(struct importing *im, struct import_item *it, bool *ret_refused,
    struct hrv_err *err)
{
	struct terms_moved moved = { 0 }, amended = { 0 };
	bool frees = false;
	int rc = check_unmoved(im, it, err);

	if (rc == HRV_OK)
		rc = add_events(im, it, &moved, &frees, err);
	if (rc == HRV_OK)
		rc = add_identity(im, it, &moved, err);
	/* Also where it will wait: what would be rejected then is now. */
	if (rc == HRV_OK && it->amend)
		rc = amend(im, it, &amended, err);
	if (rc != HRV_OK)
		return rc;
	if (amended.earlier > 0) {
		import_reject(it, 0, "record",
		    "its new version would move a date of destruction earlier; "
		    "store it with 'hrvault record amend'");
		*ret_refused = true;
		return HRV_OK;
	}
	if (frees) {
		import_reject(it, 0, "event",
		    "it would take a record out of a legal hold; ask legal to "
		    "add what the hold covers to it by name");
		*ret_refused = true;
		return HRV_OK;
	}
	if (moved.earlier > 0) {
		import_reject(it, 0, "event",
		    "it would move a date of destruction earlier; enter it "
		    "with 'hrvault subject event'");
		*ret_refused = true;
		return HRV_OK;
	}
	if (it->amend && im->no_amending) {
		it->fate = FATE_WAIT;
		*ret_refused = true;
		return HRV_OK;
	}
	if (it->store)
		rc = store_record(im, it, &it->subject.id, err);
	if (rc == HRV_OK)
		rc = import_docs_store(im, it, &it->subject.id, err);
	return rc == HRV_OK ? fill_states(im, it, err) : rc;
}

int
import_store(struct importing *im, struct import_item *it, bool *ret_refused,
    struct hrv_err *err)
{
	manifest_clear(&it->states);
	return it->fate == FATE_NEW ? store_new(im, it, err)
				    : store_update(im, it, ret_refused, err);
}

int
import_logged(struct importing *im, const struct import_item *it, uint64_t leaf,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < it->states.n; i++) {
		const struct manifest_row *row = &it->states.rows[i];

		rc = row->id.kind == ID_SUBJECT
			 ? state_set_subject(
			       im->v, &row->id, leaf, row->state, err)
			 : state_set_record(
			       im->v, &row->id, leaf, row->state, err);
	}
	return rc;
}
