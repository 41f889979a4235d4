/* SPDX-License-Identifier: ISC */
/*
 * Disclosing many records at once without names. Layer: verbs. Invariants: two
 * people, bound to the hash of exactly what goes and to whom; the intent is
 * durable before a byte goes; the rows of all disclosures and the outcome are
 * one commit, and the file has no name before it.
 */
#include "vault/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/custody/roles.h"
#include "vault/disclose.h"
#include "vault/mention.h"
#include "vault/outfile.h"
#include "vault/package_tar.h"
#include "vault/record_view.h"

#define OP "disclose"
#define PREPARE "disclose.prepare"
#define KIND "disclose.many"
#define ROOT "disclosure/"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
clear(struct bulk *b)
{
	receipt_drop(&b->receipt);
	for (size_t i = 0; i < b->n; i++)
		json_decref(b->items[i].doc);
	free(b->items);
	free(b->people);
	manifest_clear(&b->things);
	json_decref(b->letters);
	mentions_free(b->mentions);
	json_decref(b->data);
	pseudonyms_free(b->names);
	buf_clear(&b->text);
	buf_clear(&b->manifest);
	buf_clear(&b->sig);
}

/* Everything is opened under an entry of its own, because what is approved is
 * made of it. */
static int
prepare(struct bulk *b, struct hrv_err *err)
{
	struct entry e = ENTRY(PREPARE);
	struct receipt *r = NULL;
	int rc = receipt_open(b->v, &e, &b->things, &r, err);

	if (rc == HRV_OK)
		rc = bulk_make(b, r, err);
	if (rc == HRV_OK)
		rc = receipt_close(b->v, &r, &e, NULL, err);
	else
		rc = record_failed(b->v, &e, &r, err);
	receipt_drop(&r);
	return rc;
}

/* To whom, what for, and the hash of what goes. */
static json_t *
what_goes(const struct bulk *b)
{
	char to[ID_TEXT_SIZE];
	json_t *o;

	id_format(&b->to.id, to);
	o = json_pack("{s:s,s:s,s:I,s:I,s:I}", "recipient", to, "purpose",
	    b->a->purpose, "records", (json_int_t)b->going, "people",
	    (json_int_t)b->persons, "left_out", (json_int_t)(b->n - b->going));
	if (o == NULL || json_set_hex(o, "content", b->content, 32)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
require(struct bulk *b, struct hrv_err *err)
{
	struct proposal_args args = { .kind = KIND };
	json_t *what = what_goes(b);
	int rc;

	if (what == NULL)
		return no_memory(err);
	args.what = what;
	rc = proposal_require(b->v, &args, &b->approval, err);
	json_decref(what);
	return rc;
}

static int
open_receipt(struct bulk *b, struct entry *e, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		if (b->items[i].code[0] == '\0')
			rc = manifest_add(&m, &b->items[i].rec.id, NULL, err);
	}
	if (rc == HRV_OK)
		rc = receipt_open(b->v, e, &m, &b->receipt, err);
	manifest_clear(&m);
	if (rc == HRV_OK)
		b->index = receipt_index(b->receipt);
	return rc;
}

/* What came, from where and when, signed by who made it. */
static int
make_manifest(struct bulk *b, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1] = "";
	json_t *m = what_goes(b);
	int rc = HRV_OK;

	if (!when_format(vault_now(b->v), now))
		rc = hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	else if (m == NULL || json_set_str(m, "format", BULK_FORMAT) ||
		 json_set_str(m, "origin", b->v->origin) ||
		 json_set_str(m, "generated", now) ||
		 json_set_str(m, "disclosed_by", b->v->fpr) ||
		 json_set_int(m, "audit_index", (int64_t)b->index))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_pretty(m, &b->manifest, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(b->v->pgp, b->v->fpr, b->manifest.data,
		    b->manifest.len, &b->sig, err);
	json_decref(m);
	return rc;
}

static int
add_file(struct package_tar *t, const char *name, const void *data, size_t len,
    struct hrv_err *err)
{
	char path[64];
	int rc;

	snprintf(path, sizeof(path), ROOT "%s", name);
	rc = package_tar_file(t, path, len, err);
	return rc == HRV_OK ? package_tar_add(t, data, len, err) : rc;
}

static int
write_tar(struct bulk *b, struct export_file *file, struct hrv_err *err)
{
	struct package_tar_args args = { .fd = export_file_fd(file),
		.mtime = vault_now(b->v) / 1000000 };
	struct package_tar *t = NULL;
	int rc = package_tar_new(&args, &t, err);

	if (rc == HRV_OK)
		rc = add_file(
		    t, "manifest.json", b->manifest.data, b->manifest.len, err);
	if (rc == HRV_OK)
		rc = add_file(
		    t, "manifest.json.sig", b->sig.data, b->sig.len, err);
	if (rc == HRV_OK)
		rc = add_file(t, "data.json", b->text.data, b->text.len, err);
	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		const struct bulk_item *it = &b->items[i];

		if (it->code[0] == '\0' && it->instead != NULL)
			rc = add_file(t, it->file, it->instead->data,
			    it->instead->len, err);
	}
	if (rc == HRV_OK)
		rc = package_tar_finish(t, err);
	package_tar_free(t);
	return rc;
}

/* In the disclosure log of each record, unless it changed since it was read:
 * opening thousands takes minutes, in which a consent may be withdrawn. */
static int
note_all(struct bulk *b, uint64_t leaf, struct hrv_err *err)
{
	int rc = recipient_check(b->v, &b->to, b->day, err);

	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		const struct bulk_item *it = &b->items[i];
		struct disclosure one = { .record = &it->rec.id,
			.n = it->rec.version,
			.leaf = leaf,
			.recipient = &b->to.id,
			.purpose = b->a->purpose,
			.day = b->day };
		struct record_row now;

		if (it->code[0] != '\0')
			continue;
		rc = record_load(b->v, &it->rec.id, &now, err);
		if (rc == HRV_OK &&
		    (now.purged || memcmp(now.state, it->rec.state, 32) != 0))
			rc = hrv_fail(err, HRV_EBUSY,
			    "what was to be disclosed was changed just now");
		if (rc == HRV_OK)
			rc = disclose_consent(b->v, &now, b->a->purpose, err);
		if (rc == HRV_OK)
			rc = disclose_note(b->v, &one, err);
	}
	return rc;
}

static int
log_done(struct bulk *b, struct entry *e, struct hrv_err *err)
{
	uint64_t leaf = 0;
	int rc = txn_begin(b->v, err);

	e->result = LEAF_OK;
	if (rc == HRV_OK)
		rc = receipt_entry(b->v, &b->receipt, e, &leaf, err);
	if (rc == HRV_OK)
		rc = note_all(b, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(b->v, true, err);
	txn_abort(b->v);
	return rc;
}

/* From the intent to the file's name. */
static int
release(struct bulk *b, struct export_file *file, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	json_t *p = what_goes(b);
	int rc = p == NULL ? no_memory(err) : HRV_OK;

	e.payload = p;
	if (rc == HRV_OK)
		rc = approval_log(&b->approval, &e, p, err);
	/* Good for one try, as the log has it of every disclosure. */
	e.uses = &b->approval;
	if (rc == HRV_OK)
		rc = open_receipt(b, &e, err);
	if (rc == HRV_OK)
		rc = make_manifest(b, err);
	if (rc == HRV_OK)
		rc = write_tar(b, file, err);
	if (rc == HRV_OK)
		rc = export_file_sync(file, err);
	if (rc == HRV_OK)
		rc = log_done(b, &e, err);
	if (rc == HRV_OK)
		rc = export_file_commit(file, err);
	if (rc != HRV_OK)
		rc = record_failed(b->v, &e, &b->receipt, err);
	json_decref(p);
	return rc;
}

static int
make_doc(struct bulk *b, struct hrv_doc **ret, struct hrv_err *err)
{
	json_t *o = what_goes(b), *left = json_array();
	int bad = o == NULL || left == NULL;

	for (size_t i = 0; !bad && i < b->n; i++) {
		const struct bulk_item *it = &b->items[i];
		json_t *one = json_pack(
		    "{s:s,s:s}", "class", it->rec.class_name, "code", it->code);

		bad = one == NULL ||
		      record_put_id(one, "record", &it->rec.id) ||
		      (it->code[0] != '\0' && json_array_append(left, one));
		json_decref(one);
	}
	bad = bad || json_object_del(o, "content") ||
	      json_object_set(o, "left_out", left) ||
	      json_object_set(o, "letters", b->letters) ||
	      json_set_hex(o, "content_sha256", b->content, 32) ||
	      json_set_int(o, "audit_index", (int64_t)b->index);
	json_decref(left);
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_disclose_many(struct hrv_vault *v,
    const struct hrv_disclose_many_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct bulk b = { .v = v,
		.a = args,
		.text = BUF_INIT_SECRET,
		.manifest = BUF_INIT,
		.sig = BUF_INIT };
	struct entry refused = ENTRY(OP);
	struct export_file *file = NULL;
	int rc = role_may(v->role, OP, err);

	if (rc == HRV_OK)
		rc = bulk_pick(&b, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	/* A name that is taken is found before anything is opened. */
	if (rc == HRV_OK)
		rc = export_file_new(args->output, v->unfinished, &file, err);
	if (rc == HRV_OK)
		rc = prepare(&b, err);
	if (rc == HRV_OK)
		rc = require(&b, err);
	if (rc == HRV_OK)
		rc = release(&b, file, err);
	if (rc == HRV_OK)
		rc = make_doc(&b, ret_doc, err);
	export_file_free(file);
	clear(&b);
	return rc;
}
