/* SPDX-License-Identifier: ISC */
/*
 * Statements go where their record goes. Layer: verbs. Invariant: they are
 * opened, sealed anew and stated like any record that is filed anew, each
 * behind an intent of its own, in the one commit of their record.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/record_refile_int.h"
#include "vault/record_reseal.h"
#include "vault/store/db.h"

static int
list(struct hrv_vault *v, const struct refiling *r, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	return ids_of(v, SQL_RECORD_LIST_STATEMENTS, &r->rec.id, ID_RECORD, ret,
	    ret_n, err);
}

int
refile_with_load(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = list(v, r, &ids, &n, err);

	if (rc == HRV_OK && (r->with = calloc(n + 1, sizeof(*r->with))) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct refiling *s = &r->with[r->n_with++];

		*s = (struct refiling){ .to = r->to,
			.class_name = r->class_name,
			.reason = r->reason,
			.was = r->was,
			.is = r->is,
			.e = ENTRY(r->e.op) };
		rc = record_load(v, &ids[i], &s->rec, err);
		s->e.subject = &s->rec.subject;
		s->e.record = &s->rec.id;
		s->e.comp = s->rec.compartment;
		if (rc == HRV_OK)
			rc = refile_check_keys(v, &s->rec, err);
	}
	free(ids);
	return rc;
}

int
refile_with_open(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < r->n_with; i++) {
		struct refiling *s = &r->with[i];
		struct manifest m = { 0 };

		rc = manifest_add(&m, &s->rec.id, NULL, err);
		if (rc == HRV_OK)
			rc = receipt_open(v, &s->e, &m, &s->receipt, err);
		manifest_clear(&m);
	}
	return rc;
}

int
refile_with_reload(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	bool same;
	size_t n = 0;
	int rc = list(v, r, &ids, &n, err);

	same = rc == HRV_OK && n == r->n_with;
	for (size_t i = 0; rc == HRV_OK && same && i < n; i++) {
		struct refiling *s = &r->with[i];
		uint64_t before = s->rec.state_leaf;

		same = id_equal(&ids[i], &s->rec.id);
		if (same)
			rc = record_load(v, &ids[i], &s->rec, err);
		same = same && s->rec.state_leaf == before;
	}
	free(ids);
	if (rc != HRV_OK || same)
		return rc;
	hrv_fail(err, HRV_EBUSY,
	    "a statement on the record was filed or changed at the same "
	    "moment");
	return hrv_hint(err, "look at it, then run the command again");
}

int
refile_with_rows(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < r->n_with; i++) {
		struct refiling *s = &r->with[i];

		s->to = r->to;
		memcpy(s->compartment, r->compartment, sizeof(s->compartment));
		rc = refile_set_row(v, s, err);
	}
	return rc;
}

int
refile_with_seal(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < r->n_with; i++) {
		rc = reseal_versions(v, &r->with[i], err);
		if (rc == HRV_OK)
			rc = refile_log(v, &r->with[i], err);
	}
	return rc;
}

void
refile_with_failed(
    struct hrv_vault *v, struct refiling *r, const struct hrv_err *why)
{
	struct hrv_err ignored;

	for (size_t i = 0; i < r->n_with; i++) {
		struct refiling *s = &r->with[i];

		if (s->receipt != NULL)
			(void)!receipt_close(
			    v, &s->receipt, &s->e, why, &ignored);
	}
}

void
refile_with_clear(struct refiling *r)
{
	for (size_t i = 0; i < r->n_with; i++) {
		receipt_drop(&r->with[i].receipt);
		json_decref(r->with[i].payload);
	}
	free(r->with);
	r->with = NULL;
	r->n_with = 0;
}
