/* SPDX-License-Identifier: ISC */
/*
 * Sealing the records of a compartment anew. Layer: verbs. Invariants: what is
 * under a hold or in an open case keeps its key; each step is announced, and
 * whole or not at all; a key is left out only after its record was sealed
 * under another one, and the log verified.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/protect.h"
#include "vault/record_reseal.h"
#include "vault/remember.h"
#include "vault/rotate.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/verify.h"

#define STEP 100 /* records sealed in one transaction */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* One step on its way. */
struct step {
	struct hrv_vault *v;
	const char *comp;
	struct hrv_id *ids;
	size_t n;
	struct receipt *receipt;
	struct manifest done; /* states after it */
	size_t kept;
};

int
reencrypt_begun(struct hrv_vault *v, const char *compartment, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RESEAL_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, compartment);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

/* The records that come next. */
static int
list_next(struct step *s, struct hrv_err *err)
{
	uint8_t after[ID_BYTES] = { 0 };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(s->v->db, SQL_RESEAL_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->comp);
	rc = db_step(st, &more, err);
	if (rc == HRV_OK && more)
		rc = db_col_fixed(st, 0, after, sizeof(after), err);
	db_reset(st);
	if (rc == HRV_OK)
		rc = db_stmt(s->v->db, SQL_RESEAL_LIST, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->comp);
	(void)db_bind_blob(st, 2, after, sizeof(after));
	(void)db_bind_int(st, 3, STEP);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		s->ids[s->n].kind = ID_RECORD;
		rc = db_col_fixed(st, 0, s->ids[s->n].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		s->n++;
	}
	db_reset(st);
	return rc;
}

static int
announce(struct step *s, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct manifest m = { 0 };
	json_t *p = json_object();
	int rc = p == NULL || json_set_int(p, "reencrypt", 1) ? no_memory(err)
							      : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = manifest_add(&m, &s->ids[i], NULL, err);
	e.comp = s->comp;
	e.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(s->v, &e, &m, &s->receipt, err);
	manifest_clear(&m);
	json_decref(p);
	return rc;
}

/* Seals one record anew, unless something protects it. */
static int
take(struct step *s, const struct protect *p, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct refiling r = { .receipt = s->receipt };
	struct protect_why why;
	uint8_t state[32];
	int rc = record_load(s->v, id, &r.rec, err);

	if (rc == HRV_OK)
		rc = protect_record(s->v, p, &r.rec, &why, err);
	if (rc != HRV_OK || r.rec.purged ||
	    strcmp(r.rec.compartment, s->comp) != 0)
		return rc;
	if (protect_any(&why)) {
		s->kept++;
		return HRV_OK;
	}
	r.class_name = r.rec.class_name;
	memcpy(r.compartment, r.rec.compartment, sizeof(r.compartment));
	rc = subject_load(s->v, &r.rec.subject, &r.to, err);
	if (rc == HRV_OK)
		rc = reseal_versions(s->v, &r, err);
	if (rc == HRV_OK)
		rc = state_record(s->v, id, state, err);
	return rc == HRV_OK ? manifest_add(&s->done, id, state, err) : rc;
}

static int
take_all(struct step *s, struct hrv_err *err)
{
	struct protect *p = NULL;
	int rc = protect_load(s->v, &p, err);

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = take(s, p, &s->ids[i], err);
	protect_free(p);
	return rc;
}

static int
move_on(struct step *s, struct hrv_err *err)
{
	struct stmt *st;
	bool begun = false;
	int rc = reencrypt_begun(s->v, s->comp, &begun, err);

	if (rc == HRV_OK)
		rc = db_stmt(s->v->db, begun ? SQL_RESEAL_SET : SQL_RESEAL_ADD,
		    &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->comp);
	(void)db_bind_blob(st, 2, s->ids[s->n - 1].b, ID_BYTES);
	return db_run(st, err);
}

static int
log_step(struct step *s, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || json_set_int(p, "reencrypt", 1) ||
	    json_set_int(p, "records", (int64_t)s->done.n) ||
	    json_set_int(p, "kept", (int64_t)s->kept))
		rc = no_memory(err);
	e.comp = s->comp;
	e.payload = p;
	e.manifest = s->done.n > 0 ? &s->done : NULL;
	if (rc == HRV_OK)
		rc = receipt_entry(s->v, &s->receipt, &e, &leaf, err);
	for (size_t i = 0; rc == HRV_OK && i < s->done.n; i++)
		rc = state_set_record(s->v, &s->done.rows[i].id, leaf,
		    s->done.rows[i].state, err);
	json_decref(p);
	return rc;
}

static int
carry_out(struct step *s, struct hrv_err *err)
{
	int rc = announce(s, err);

	if (rc == HRV_OK)
		rc = txn_begin(s->v, err);
	if (rc == HRV_OK)
		rc = take_all(s, err);
	if (rc == HRV_OK)
		rc = log_step(s, err);
	if (rc == HRV_OK)
		rc = move_on(s, err);
	if (rc == HRV_OK)
		rc = txn_commit(s->v, true, err);
	txn_abort(s->v);
	if (rc != HRV_OK && s->receipt != NULL) {
		struct entry e = ENTRY("key.rotate");
		struct hrv_err why = *err, ignored;

		(void)!receipt_close(s->v, &s->receipt, &e, &why, &ignored);
		*err = why;
	}
	return rc;
}

/* *ret_more is false when there was no record left. */
static int
one_step(struct hrv_vault *v, const char *comp, struct reencrypted *ret,
    bool *ret_more, struct hrv_err *err)
{
	struct step s = { .v = v, .comp = comp };
	int rc = HRV_OK;

	s.ids = calloc(STEP, sizeof(*s.ids));
	if (s.ids == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = list_next(&s, err);
	*ret_more = rc == HRV_OK && s.n > 0;
	if (*ret_more)
		rc = carry_out(&s, err);
	if (rc == HRV_OK) {
		ret->records += s.done.n;
		ret->kept += s.kept;
	}
	manifest_clear(&s.done);
	receipt_drop(&s.receipt);
	free(s.ids);
	return rc;
}

/* Nothing is left out of a keystore by a log that does not verify, or that is
 * not the one that others saw. */
static int
check_log(struct hrv_vault *v, struct hrv_err *err)
{
	struct verify_args a = { 0 };
	struct verify_report r = { 0 };
	int rc = verify_log(v, &a, &r, err);

	if (rc == HRV_OK && !r.ok) {
		hrv_fail(err, HRV_EINTEGRITY,
		    "the log does not verify, so no old key is given up");
		rc = hrv_hint(err, "run 'hrvault audit verify'");
	}
	verify_report_clear(&r);
	return rc == HRV_OK ? remember_check_seen(v, err) : rc;
}

static int
log_end(
    struct rotate *r, const char *comp, uint64_t *ret_leaf, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct stmt *st;
	int rc = HRV_OK;

	if (json_set_int(r->payload, "reencrypt", 1) ||
	    json_set_int(r->payload, "left_out", (int64_t)r->keys.orphans))
		rc = no_memory(err);
	e.comp = comp;
	e.payload = r->payload;
	if (rc == HRV_OK)
		rc = txn_entry(r->v, &e, ret_leaf, err);
	if (rc == HRV_OK)
		rc = db_stmt(r->v->db, SQL_RESEAL_DEL, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, comp);
	return db_run(st, err);
}

/* The keystore without the keys that nothing opens with any more. */
static int
give_up(
    struct hrv_vault *v, const char *comp, bool *ret_done, struct hrv_err *err)
{
	const struct destroy_rotation how = { .drop_retired = true };
	struct rotate r = { .v = v, .payload = json_object() };
	uint64_t leaf = 0;
	int rc = r.payload == NULL ? no_memory(err) : txn_begin(v, err);

	if (rc == HRV_OK)
		rc = check_log(v, err);
	if (rc == HRV_OK)
		rc = rotate_build(&r, &how, err);
	if (rc == HRV_OK)
		rc = log_end(&r, comp, &leaf, err);
	if (rc == HRV_OK)
		rc = rotate_note_generation(&r, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	if (rc == HRV_OK) {
		v->gen = r.keys.gen_after;
		rc = rotate_finish(&r, ret_done, err);
	}
	rotate_clear(&r);
	return rc;
}

/* How many records are still to be looked at. */
static int
count_left(
    struct hrv_vault *v, const char *comp, size_t *ret, struct hrv_err *err)
{
	struct stmt *st;
	bool row = false;
	int rc = db_stmt(v->db, SQL_RESEAL_COUNT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, comp);
	rc = db_step(st, &row, err);
	*ret = row ? (size_t)db_col_int(st, 0) : 0;
	db_reset(st);
	return rc;
}

int
reencrypt(struct hrv_vault *v, const char *compartment,
    const struct hrv_key_rotate_args *args, struct reencrypted *ret,
    struct hrv_err *err)
{
	bool more = true;
	size_t total = 0;
	int rc = count_left(v, compartment, &total, err);

	while (rc == HRV_OK && more) {
		rc = one_step(v, compartment, ret, &more, err);
		if (rc == HRV_OK && args->progress != NULL)
			args->progress(
			    args->ctx, ret->records + ret->kept, total);
	}
	return rc == HRV_OK ? give_up(v, compartment, &ret->finished, err) : rc;
}
