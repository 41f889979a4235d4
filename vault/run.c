/* SPDX-License-Identifier: ISC */
/*
 * Rows of destruction runs, and showing them. Layer: verbs.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/purge.h"
#include "vault/base/enc.h"
#include "vault/purge.h"
#include "vault/store/db.h"

static void
copy_blob(struct stmt *st, int at, struct buf *out)
{
	size_t len;
	const uint8_t *p = db_col_blob(st, at, &len);

	buf_add(out, p, len);
}

static void
copy_text(struct stmt *st, int at, char *out, size_t size)
{
	const char *t = db_col_text(st, at);

	out[0] = '\0';
	if (t != NULL)
		memccpy(out, t, '\0', size - 1);
	out[size - 1] = '\0';
}

int
run_load(struct hrv_vault *v, const struct hrv_id *id, struct run_row *ret,
    struct hrv_err *err)
{
	struct run_row r = { .id = *id };
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RUN_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_ENOTFOUND, "there is no such run");
	if (rc != HRV_OK)
		return rc;
	copy_text(st, 1, r.day, sizeof(r.day));
	copy_text(st, 2, r.status, sizeof(r.status));
	r.gen_before = (uint32_t)db_col_int(st, 3);
	r.gen_after = (uint32_t)db_col_int(st, 4);
	r.records = (size_t)db_col_int(st, 5);
	r.commit_leaf = (uint64_t)db_col_int(st, 7);
	copy_blob(st, 9, &r.facts);
	copy_blob(st, 10, &r.cert_json);
	copy_blob(st, 11, &r.cert_text);
	copy_blob(st, 12, &r.cert_sig);
	copy_blob(st, 13, &r.cert_proof);
	db_reset(st);
	rc = buf_ok(&r.facts, err);
	if (rc == HRV_OK)
		rc = buf_ok(&r.cert_json, err);
	if (rc != HRV_OK) {
		run_clear(&r);
		return rc;
	}
	*ret = r;
	return HRV_OK;
}

void
run_clear(struct run_row *r)
{
	buf_clear(&r->facts);
	buf_clear(&r->cert_json);
	buf_clear(&r->cert_text);
	buf_clear(&r->cert_sig);
	buf_clear(&r->cert_proof);
}

static json_t *
run_doc(const struct run_row *r)
{
	char text[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&r->id, text);
	if (o == NULL || json_set_str(o, "run", text) ||
	    json_set_str(o, "day", r->day) ||
	    json_set_str(o, "status", r->status) ||
	    json_set_int(o, "records", (int64_t)r->records)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
hrv_purge_show(struct hrv_vault *v, const char *run, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct run_row r = { .facts = BUF_INIT };
	struct hrv_id id;
	json_t *o = NULL;
	int rc = lookup_run(v, run, &id, err);

	if (rc == HRV_OK)
		rc = run_load(v, &id, &r, err);
	if (rc == HRV_OK && r.cert_json.len == 0) {
		rc = hrv_fail(
		    err, HRV_ENOTFOUND, "this run has no certificate yet");
		hrv_hint(err, "the next 'hrvault purge run' makes it");
	}
	if (rc == HRV_OK) {
		o = run_doc(&r);
		if (o == NULL ||
		    json_set_str(o, "json", buf_str(&r.cert_json)) ||
		    json_set_str(o, "text", buf_str(&r.cert_text)) ||
		    json_set_str(o, "proof", buf_str(&r.cert_proof)) ||
		    json_set_b64(
			o, "signature", r.cert_sig.data, r.cert_sig.len))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	run_clear(&r);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_purge_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_RUN_LIST, NULL, ID_RUN, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct run_row r;
		json_t *o;

		rc = run_load(v, &ids[i], &r, err);
		if (rc != HRV_OK)
			break;
		o = run_doc(&r);
		run_clear(&r);
		rc = o == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			       : fn(ctx, (struct hrv_doc *)o, err);
		json_decref(o);
	}
	free(ids);
	return rc;
}
