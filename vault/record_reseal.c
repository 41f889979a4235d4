/* SPDX-License-Identifier: ISC */
/*
 * Sealing anew. Layer: verbs. Invariant: what is sealed is what was opened,
 * byte for byte, or the transaction fails.
 */
#include "vault/record_reseal.h"

#include <stdio.h>
#include <string.h>

#include "vault/seal.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

/* A version on its way from the old key to the new one. */
struct passing {
	struct hrv_vault *v;
	const struct refiling *r;
	const struct version_row *ver;
};

static int
give_body(void *ctx, content_sink *sink, void *sink_ctx, struct hrv_err *err)
{
	const struct passing *p = ctx;

	return unseal_body(
	    p->v, p->r->receipt, &p->r->rec, p->ver, sink, sink_ctx, err);
}

static int
set_row(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    const struct sealed *s, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_SET_SEALED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	(void)db_bind_blob(st, 3, s->dek, sizeof(s->dek));
	(void)db_bind_int(st, 4, (int64_t)s->kek);
	(void)db_bind_blob(st, 5, s->header.data, s->header.len);
	if (s->body.pack != 0) {
		(void)db_bind_int(st, 6, (int64_t)s->body.pack);
		(void)db_bind_int(st, 7, (int64_t)s->body.offset);
		(void)db_bind_int(st, 8, (int64_t)s->body.len);
	}
	(void)db_bind_blob(st, 9, s->body_hash, sizeof(s->body_hash));
	return db_run(st, err);
}

/* The key before: the next keystore generation is built without it. */
static int
retire(struct hrv_vault *v, const struct hrv_id *record,
    const uint8_t dek[DEK_ID_LEN], struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RETIRED_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, dek, DEK_ID_LEN);
	(void)db_bind_blob(st, 2, record->b, ID_BYTES);
	return db_run(st, err);
}

static int
reseal(struct hrv_vault *v, struct refiling *r, const struct version_row *ver,
    struct hrv_err *err)
{
	struct passing p = { v, r, ver };
	struct body_giver giver = { give_body, &p };
	struct seal_args sa = { .subject = &r->to.id,
		.record = &r->rec.id,
		.version = ver->n,
		.class_name = r->class_name,
		.compartment = r->compartment,
		.giver = ver->body.pack == 0 ? NULL : &giver };
	struct sealed s = { .header = BUF_INIT };
	const char *media;
	int rc = unseal_header(v, r->receipt, &r->rec, ver, &sa.header, err);

	if (rc == HRV_OK)
		rc = seal_version(v, &sa, &s, err);
	if (rc == HRV_OK && s.size != ver->size)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a record is not as long as when it was stored");
	if (rc == HRV_OK)
		rc = set_row(v, &r->rec.id, ver->n, &s, err);
	if (rc == HRV_OK)
		rc = retire(v, &r->rec.id, ver->dek, err);
	media = json_str(sa.header, "media");
	snprintf(r->media, sizeof(r->media), "%s", media == NULL ? "" : media);
	memcpy(r->sha256, s.sha256, sizeof(r->sha256));
	r->versions++;
	sealed_clear(&s);
	json_decref(sa.header);
	return rc;
}

int
reseal_versions(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (uint32_t n = 1; rc == HRV_OK && n <= r->rec.version; n++) {
		struct version_row ver = { .header = BUF_INIT };

		rc = version_load(v, &r->rec.id, n, &ver, err);
		if (rc == HRV_OK && ver.header.len > 0)
			rc = reseal(v, r, &ver, err);
		version_clear(&ver);
	}
	return rc;
}
