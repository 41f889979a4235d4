/* SPDX-License-Identifier: ISC */
/*
 * Handing out what a hold covers, with its chain of custody. Layer: verbs.
 * Invariants: two people, bound to exactly what goes out; the intent is
 * durable before a key is opened; the file has its name only after the outcome
 * is in the log.
 */
#include "vault/holdexport.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/hold.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/holdplace.h"
#include "vault/holdscope.h"
#include "vault/outfile.h"
#include "vault/unseal.h"

#define OP "hold.export"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
clear(struct holdexport *x)
{
	receipt_drop(&x->receipt);
	scope_clear(&x->scope);
	manifest_clear(&x->records);
	free(x->items);
	free(x->entries);
	json_decref(x->scope_json);
	json_decref(x->manifest);
	buf_clear(&x->text);
	buf_clear(&x->sig);
}

/* The hold and what it covers now, released or not. */
static int
find(struct holdexport *x, const char *hold, struct entry *refused,
    struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	int rc = lookup_hold(x->v, hold, &x->hold, err);

	if (rc != HRV_OK)
		return rc;
	refused->hold = &x->hold;
	id_format(&x->hold, x->root);
	rc = conflict_check_hold(x->v, x->v->fpr, &x->hold, err);
	if (rc == HRV_OK)
		rc = hold_load(x->v, &x->hold, &h, err);
	if (rc == HRV_OK)
		rc = scope_parse(buf_str(&h.scope), &x->scope, err);
	if (rc == HRV_OK)
		rc = json_read(h.scope.data, h.scope.len, &x->scope_json, err);
	if (rc == HRV_OK)
		rc = holdscope_matches(x->v, &x->scope, &x->records, err);
	hold_row_clear(&h);
	if (rc == HRV_OK && x->records.n == 0)
		rc = hrv_fail(
		    err, HRV_ENOTFOUND, "the hold covers no record now");
	return rc;
}

/* Everything that is to go out can be opened. */
static int
check_keys(struct holdexport *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < x->n_items; i++) {
		struct version_row ver = { .header = BUF_INIT };
		struct record_row rec;

		rc = record_load(x->v, &x->items[i].record, &rec, err);
		if (rc == HRV_OK)
			rc = version_load(
			    x->v, &rec.id, x->items[i].n, &ver, err);
		if (rc == HRV_OK && !unseal_may(x->v, &rec, &ver)) {
			hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
			    "you do not hold the key of the compartment '%s', "
			    "which is among what the hold covers",
			    rec.compartment);
			rc = hrv_hint(err, "a member who holds it exports, or "
					   "--metadata-only");
		}
		version_clear(&ver);
	}
	return rc;
}

static int
require(struct holdexport *x, struct hrv_err *err)
{
	struct proposal_args args = { .kind = OP, .hold = &x->hold };
	json_t *what = json_pack(
	    "{s:s,s:i}", "hold", x->root, "contents", x->contents ? 1 : 0);
	int rc;

	if (what == NULL || json_set_hex(what, "manifest", x->content, 32) ||
	    json_set_int(what, "records", (int64_t)x->records.n)) {
		json_decref(what);
		return no_memory(err);
	}
	args.what = what;
	rc = proposal_require(x->v, &args, &x->approval, err);
	json_decref(what);
	return rc;
}

static int
open_receipt(struct holdexport *x, struct entry *e, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < x->records.n; i++)
		rc = manifest_add(&m, &x->records.rows[i].id, NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(x->v, e, &m, &x->receipt, err);
	manifest_clear(&m);
	if (rc == HRV_OK)
		x->index = receipt_index(x->receipt);
	return rc;
}

/* Nothing came between the look that was approved and the intent. */
static int
unchanged(struct holdexport *x, struct hrv_err *err)
{
	uint8_t was[32];
	int rc;

	memcpy(was, x->content, sizeof(was));
	x->n_items = 0;
	rc = holdexport_list(x, err);
	if (rc == HRV_OK && memcmp(was, x->content, sizeof(was)) != 0)
		rc = hrv_fail(err, HRV_EBUSY,
		    "what the hold covers was changed just now");
	return rc;
}

static int
log_done(struct holdexport *x, struct entry *e, struct hrv_err *err)
{
	uint64_t leaf = 0;
	int rc = txn_begin(x->v, err);

	e->result = LEAF_OK;
	if (rc == HRV_OK)
		rc = receipt_entry(x->v, &x->receipt, e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(x->v, &x->approval, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	txn_abort(x->v);
	return rc;
}

/* From the intent to the file's name. */
static int
release(struct holdexport *x, struct export_file *file, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	json_t *p = json_pack("{s:i,s:I}", "contents", x->contents ? 1 : 0,
	    "records", (json_int_t)x->records.n);
	struct hrv_err why;
	int rc = HRV_OK;

	if (p == NULL || json_set_hex(p, "manifest", x->content, 32))
		rc = no_memory(err);
	e.hold = &x->hold;
	e.payload = p;
	if (rc == HRV_OK)
		rc = approval_log(&x->approval, &e, p, err);
	if (rc == HRV_OK)
		rc = open_receipt(x, &e, err);
	if (rc == HRV_OK)
		rc = unchanged(x, err);
	if (rc == HRV_OK)
		rc = holdexport_entries(x, err);
	if (rc == HRV_OK)
		rc = holdexport_manifest(x, err);
	if (rc == HRV_OK)
		rc = holdexport_write(x, file, err);
	if (rc == HRV_OK)
		rc = export_file_sync(file, err);
	if (rc == HRV_OK)
		rc = log_done(x, &e, err);
	if (rc == HRV_OK)
		rc = export_file_commit(file, err);
	if (rc != HRV_OK && x->receipt != NULL) {
		why = *err;
		(void)!receipt_close(x->v, &x->receipt, &e, &why, NULL);
		*err = why;
	}
	json_decref(p);
	return rc;
}

static int
make_doc(const struct holdexport *x, struct hrv_doc **ret, struct hrv_err *err)
{
	uint8_t hash[32];
	json_t *o = json_pack("{s:s,s:I,s:I,s:I,s:b,s:I}", "id", x->root,
	    "records", (json_int_t)x->records.n, "versions",
	    (json_int_t)x->n_items, "entries", (json_int_t)x->n_entries,
	    "contents", x->contents, "audit_index", (json_int_t)x->index);

	crypt_sha256(x->text.data, x->text.len, hash);
	if (o == NULL || json_set_hex(o, "manifest_sha256", hash, 32) ||
	    json_set_hex(o, "content_sha256", x->content, 32)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_hold_export(struct hrv_vault *v, const char *hold, const char *path,
    bool metadata_only, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY(OP);
	struct holdexport x = { .v = v,
		.contents = !metadata_only,
		.text = BUF_INIT_SECRET,
		.sig = BUF_INIT };
	struct export_file *file = NULL;
	int rc = role_may(v->role, OP, err);

	if (rc == HRV_OK)
		rc = find(&x, hold, &refused, err);
	if (rc == HRV_OK)
		rc = holdexport_list(&x, err);
	if (rc == HRV_OK && x.contents)
		rc = check_keys(&x, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	/* A name that is taken is found before anybody is asked. */
	if (rc == HRV_OK)
		rc = export_file_new(path, v->unfinished, &file, err);
	if (rc == HRV_OK)
		rc = require(&x, err);
	if (rc == HRV_OK)
		rc = release(&x, file, err);
	if (rc == HRV_OK)
		rc = make_doc(&x, ret_doc, err);
	export_file_free(file);
	clear(&x);
	return rc;
}
