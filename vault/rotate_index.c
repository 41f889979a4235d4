/* SPDX-License-Identifier: ISC */
/*
 * Rotating K_index. Layer: verbs. Invariant: every person is in the new index,
 * by the identity that was opened, or the old one stays; reading the names was
 * announced in the log like any other reading.
 */
#include <stdlib.h>

#include "vault/identity.h"
#include "vault/index.h"
#include "vault/rotate.h"
#include "vault/store/db.h"

int
rotate_index_things(
    struct hrv_vault *v, struct manifest *m, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc =
	    ids_of(v, SQL_INDEX_LIST_SUBJECTS, NULL, ID_SUBJECT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = manifest_add(m, &ids[i], NULL, err);
	free(ids);
	return rc;
}

/* Somebody who was taken in since the names were announced. */
static int
came_meanwhile(struct hrv_err *err)
{
	hrv_fail(err, HRV_EBUSY,
	    "somebody was taken into the vault just now: the index stays as "
	    "it is");
	return hrv_hint(err, "run the command again");
}

static int
index_one(struct rotate *r, const struct hrv_id *id, struct hrv_err *err)
{
	struct subject_row s;
	json_t *identity = NULL;
	int rc;

	if (!receipt_covers(r->receipt, id))
		return came_meanwhile(err);
	rc = subject_load(r->v, id, &s, err);
	if (rc == HRV_OK)
		rc = identity_open(r->v, r->receipt, &s, &identity, err);
	if (rc == HRV_OK)
		rc = index_add(r->v, id, identity, err);
	json_decref(identity);
	return rc;
}

int
rotate_index(struct rotate *r, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct stmt *st;
	size_t n = 0;
	int rc = db_stmt(r->v->db, SQL_INDEX_DEL, &st, err);

	if (rc == HRV_OK)
		rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = ids_of(r->v, SQL_INDEX_LIST_SUBJECTS, NULL, ID_SUBJECT,
		    &ids, &n, err);
	r->v->index_use = r->key.version;
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = index_one(r, &ids[i], err);
	r->v->index_use = 0;
	index_forget(r->v);
	if (rc == HRV_OK &&
	    json_set_int(r->payload, "subjects", (int64_t)n) != 0)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	free(ids);
	return rc;
}
