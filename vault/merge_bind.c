/* SPDX-License-Identifier: ISC */
/*
 * What an approval of a merge is for. Layer: verbs. Invariant: a record that
 * comes, goes or changes after it was made, and a hold that is placed, amended
 * or released, make it an approval of something else.
 */
#include <stdlib.h>

#include "vault/crypto/crypt.h"
#include "vault/merge.h"
#include "vault/protect.h"
#include "vault/store/db.h"

/* The hold as it is: its scope and, of one that is cooling off, its end. */
static int
add_hold(struct manifest *m, const struct protect_hold *h, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	uint8_t state[32];
	int rc = scope_format(&h->scope, &text, err);

	buf_adds(&text, h->free_from);
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc == HRV_OK) {
		crypt_sha256(text.data, text.len, state);
		rc = manifest_add(m, &h->id, state, err);
	}
	buf_clear(&text);
	return rc;
}

/* Notes which holds cover a record of the one that stays. */
static int
note_holds(struct merging *m, const struct protect *p,
    const struct record_row *rec, bool *covers, struct hrv_err *err)
{
	struct scope_thing t = { 0 };
	int rc = scopething_load(m->v, rec, p->asks ? &p->laws : NULL, &t, err);

	for (size_t i = 0; rc == HRV_OK && i < p->n; i++) {
		if (scope_covers(&p->holds[i].scope, &t))
			covers[i] = true;
	}
	scopething_clear(&t);
	return rc;
}

/* What the one that stays has: their dates may move, too. */
static int
add_own(struct merging *m, const struct protect *p, bool *covers,
    struct manifest *things, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(m->v, SQL_RECORD_LIST_DOCUMENTS_OF, &m->to.subject.id,
	    ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(m->v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged)
			continue;
		rc = manifest_add(things, &rec.id, rec.state, err);
		if (rc == HRV_OK && p->n > 0)
			rc = note_holds(m, p, &rec, covers, err);
	}
	free(ids);
	return rc;
}

static bool
listed(const struct manifest *things, const struct hrv_id *id)
{
	for (size_t i = 0; i < things->n; i++) {
		if (id_equal(&things->rows[i].id, id))
			return true;
	}
	return false;
}

/* What moves, and what names who goes. One of these that is held is refused
 * before anybody is asked. */
static int
add_moved(struct merging *m, struct manifest *things, struct hrv_err *err)
{
	struct record_row rec;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < m->n; i++) {
		if (listed(things, &m->records[i].id))
			continue;
		rc = record_load(m->v, &m->records[i].id, &rec, err);
		if (rc == HRV_OK)
			rc = manifest_add(things, &rec.id, rec.state, err);
	}
	return rc;
}

static int
add_holds(const struct merging *m, const struct protect *p, const bool *covers,
    struct manifest *things, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < p->n; i++) {
		if (covers[i] ||
		    scope_names_subject(&p->holds[i].scope, &m->to.subject.id))
			rc = add_hold(things, &p->holds[i], err);
	}
	return rc;
}

int
merge_bind(struct merging *m, struct hrv_err *err)
{
	struct manifest things = { 0 };
	struct protect *p = NULL;
	bool *covers = NULL;
	int rc = protect_load(m->v, &p, err);

	if (rc == HRV_OK &&
	    (covers = calloc(p->n + 1, sizeof(*covers))) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = add_own(m, p, covers, &things, err);
	if (rc == HRV_OK)
		rc = add_moved(m, &things, err);
	if (rc == HRV_OK)
		rc = add_holds(m, p, covers, &things, err);
	if (rc == HRV_OK)
		rc = manifest_hash(&things, m->things, err);
	manifest_clear(&things);
	free(covers);
	protect_free(p);
	return rc;
}
