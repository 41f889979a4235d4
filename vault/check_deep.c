/* SPDX-License-Identifier: ISC */
/*
 * check --deep: everything that the member holds the key of opens, header and
 * body, in memory. Layer: verbs. Invariant: one durable intent names every
 * record before the first is opened; what was opened goes nowhere.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/check_int.h"
#include "vault/receipt.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

static int
discard(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	(void)err;
	return HRV_OK;
}

static int
open_version(struct check *c, const struct receipt *r,
    const struct record_row *rec, uint32_t n, struct hrv_err *err)
{
	struct version_row ver;
	json_t *header = NULL;
	int rc = version_load(c->v, &rec->id, n, &ver, err);

	if (rc != HRV_OK)
		return rc;
	if (ver.header.len > 0 && unseal_may(c->v, rec, &ver)) {
		rc = unseal_header(c->v, r, rec, &ver, &header, err);
		if (rc == HRV_OK && ver.body.pack != 0)
			rc =
			    unseal_body(c->v, r, rec, &ver, discard, NULL, err);
		c->opened += rc == HRV_OK;
	}
	json_decref(header);
	version_clear(&ver);
	return rc;
}

static int
open_record(struct check *c, const struct receipt *r, const struct hrv_id *id,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct record_row rec;
	int rc = record_load(c->v, id, &rec, err);

	id_format(id, text);
	for (uint32_t n = 1; rc == HRV_OK && n <= rec.version; n++)
		rc = check_take(c, open_version(c, r, &rec, n, err), text, err);
	return rc;
}

/* Whether any version of it can be opened by this member. */
static int
may_open(
    struct check *c, const struct hrv_id *id, bool *ret, struct hrv_err *err)
{
	struct version_row ver;
	struct record_row rec;
	int rc = record_load(c->v, id, &rec, err);

	*ret = false;
	for (uint32_t n = 1; rc == HRV_OK && !*ret && n <= rec.version; n++) {
		rc = version_load(c->v, id, n, &ver, err);
		if (rc != HRV_OK)
			break;
		*ret = ver.header.len > 0 && unseal_may(c->v, &rec, &ver);
		version_clear(&ver);
	}
	return rc;
}

static int
list_things(struct check *c, struct manifest *m, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0, left = 0;
	bool may;
	int rc = ids_of(
	    c->v, SQL_CHECK_LIST_RECORDS, NULL, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = may_open(c, &ids[i], &may, err);
		if (rc == HRV_OK && may)
			rc = manifest_add(m, &ids[i], NULL, err);
		left += !may;
	}
	free(ids);
	if (left > 0)
		check_note(c->skipped,
		    "%zu records were not opened: destroyed, or their keys "
		    "are not granted to you",
		    left);
	return rc;
}

int
check_deep(struct check *c, struct hrv_err *err)
{
	struct entry e = ENTRY("check");
	struct manifest m = { 0 };
	struct hrv_id *ids = NULL;
	struct receipt *r = NULL;
	struct hrv_err why = { .code = HRV_OK };
	size_t n;
	int rc = list_things(c, &m, err), closed;

	n = m.n;
	if (rc == HRV_OK && n > 0) {
		ids = calloc(n, sizeof(*ids));
		if (ids == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		ids[i] = m.rows[i].id;
	if (rc == HRV_OK)
		rc = receipt_open(c->v, &e, &m, &r, err);
	if (rc != HRV_OK)
		goto out;
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = open_record(c, r, &ids[i], err);
	if (rc != HRV_OK)
		why = *err;
	else if (json_array_size(c->problems) > 0)
		hrv_fail(&why, HRV_EINTEGRITY, "problems were found");
	closed =
	    receipt_close(c->v, &r, &e, why.code == HRV_OK ? NULL : &why, err);
	if (rc != HRV_OK)
		*err = why;
	else
		rc = closed;
out:
	manifest_clear(&m);
	free(ids);
	return rc;
}
