/* SPDX-License-Identifier: ISC */
/*
 * The file of a hold's export: manifest, contents, and every entry of the log
 * about them with its proof. Layer: verbs. Invariant: plaintext only of what
 * the receipt names, each piece after its tag.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/audit.h"
#include "vault/base/when.h"
#include "vault/case_prove.h"
#include "vault/crypto/pgp.h"
#include "vault/event.h"
#include "vault/holdexport.h"
#include "vault/log/append.h"
#include "vault/outfile.h"
#include "vault/package_tar.h"
#include "vault/record_view.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* "records/R-....v1", relative to the root. */
static void
item_path(const struct hrv_id *record, uint32_t n, char out[64])
{
	char id[ID_TEXT_SIZE];

	id_format(record, id);
	snprintf(out, 64, "records/%s.v%u", id, (unsigned)n);
}

/* What only the header tells; an identity is told whole, as it is the answer
 * to whose the records are. */
static int
add_header(struct holdexport *x, const struct record_row *rec,
    const struct version_row *ver, json_t *o, struct hrv_err *err)
{
	char path[64];
	json_t *header = NULL;
	int bad, rc = unseal_header(x->v, x->receipt, rec, ver, &header, err);

	item_path(&rec->id, ver->n, path);
	if (rc != HRV_OK)
		return rc;
	if (ver->body.pack == 0)
		bad = json_object_set(o, "header", header);
	else
		bad = json_set_str(o, "path", path) ||
		      json_set_str(o, "sha256", json_str(header, "sha256")) ||
		      record_put_header(o, header);
	json_decref(header);
	return bad ? no_memory(err) : HRV_OK;
}

static int
add_version(struct holdexport *x, const struct record_row *rec, uint32_t n,
    json_t *list, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	json_t *o = json_object();
	int rc = version_load(x->v, &rec->id, n, &ver, err);

	if (rc == HRV_OK &&
	    (json_set_int(o, "version", (int64_t)n) ||
		json_set_int(o, "bytes", (int64_t)ver.size) ||
		json_set_str(o, "stored", ver.stored) ||
		json_set_str(o, "superseded",
		    ver.superseded[0] == '\0' ? NULL : ver.superseded) ||
		json_set_hex(o, "stored_sha256", ver.body_hash, 32)))
		rc = no_memory(err);
	if (rc == HRV_OK && x->contents)
		rc = add_header(x, rec, &ver, o, err);
	if (rc == HRV_OK && json_array_append(list, o) != 0)
		rc = no_memory(err);
	json_decref(o);
	version_clear(&ver);
	return rc;
}

/* A record with the facts layer 1 has, and its versions. */
static int
add_record(struct holdexport *x, size_t *at, json_t *list, struct hrv_err *err)
{
	struct hrv_id id = x->items[*at].record;
	json_t *o = json_object(), *versions = json_array(), *events = NULL;
	struct record_row rec;
	int rc = record_load(x->v, &id, &rec, err);

	if (rc == HRV_OK)
		rc = event_list(x->v, &id, &events, err);
	if (rc == HRV_OK &&
	    (record_put_id(o, "record", &id) ||
		record_put_id(o, "subject", &rec.subject) ||
		json_set_str(o, "class", rec.class_name) ||
		json_set_str(o, "compartment", rec.compartment) ||
		json_set_str(o, "created", rec.created) ||
		json_set_str(o, "stored", rec.stored) ||
		json_set_str(o, "provided_by", rec.provided_by) ||
		json_set_str(o, "restricted",
		    rec.restricted[0] == '\0' ? NULL : rec.restricted) ||
		json_set_hex(o, "state", rec.state, sizeof(rec.state)) ||
		json_set_int(o, "state_entry", (int64_t)rec.state_leaf) ||
		json_object_set(o, "events", events)))
		rc = no_memory(err);
	for (; rc == HRV_OK && *at < x->n_items &&
	       id_equal(&x->items[*at].record, &id);
	     (*at)++)
		rc = add_version(x, &rec, x->items[*at].n, versions, err);
	if (rc == HRV_OK && (json_object_set(o, "versions", versions) ||
				json_array_append(list, o)))
		rc = no_memory(err);
	json_decref(events);
	json_decref(versions);
	json_decref(o);
	return rc;
}

/* Where the log stood; the proof of the intent makes sure that a checkpoint
 * covers everything that is named. */
static int
add_log(struct holdexport *x, json_t *m, struct hrv_err *err)
{
	struct note_checkpoint head;
	struct buf proof = BUF_INIT, vkey = BUF_INIT;
	json_t *entries = json_array(), *log;
	int rc = case_prove(x->v, x->index, &proof, &head, err);

	for (size_t i = 0; rc == HRV_OK && i < x->n_entries; i++) {
		if (json_array_append_new(
			entries, json_integer((json_int_t)x->entries[i])) != 0)
			rc = no_memory(err);
	}
	note_vkey_format(&x->v->vkey, &vkey);
	log = json_pack("{s:s,s:s,s:I,s:O}", "origin", x->v->origin, "vkey",
	    buf_str(&vkey), "export_entry", (json_int_t)x->index, "entries",
	    entries);
	if (rc == HRV_OK &&
	    (log == NULL || json_object_set(m, "log", log) != 0))
		rc = no_memory(err);
	json_decref(log);
	json_decref(entries);
	buf_clear(&vkey);
	buf_clear(&proof);
	return rc;
}

int
holdexport_manifest(struct holdexport *x, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1] = "";
	json_t *m = json_object(), *list = json_array();
	size_t at = 0;
	int rc = when_format(vault_now(x->v), now)
		     ? HRV_OK
		     : hrv_fail(err, HRV_EFAILED, "the clock is out of range");

	if (rc == HRV_OK &&
	    (json_set_str(m, "format", HOLD_EXPORT_FORMAT) ||
		json_set_str(m, "hold", x->root) ||
		json_set_str(m, "generated", now) ||
		json_set_str(m, "exported_by", x->v->fpr) ||
		json_set_hex(m, "content_sha256", x->content, 32) ||
		json_object_set_new(m, "contents", json_boolean(x->contents)) ||
		json_object_set(m, "scope", x->scope_json)))
		rc = no_memory(err);
	while (rc == HRV_OK && at < x->n_items)
		rc = add_record(x, &at, list, err);
	if (rc == HRV_OK && json_object_set(m, "records", list) != 0)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = add_log(x, m, err);
	if (rc == HRV_OK)
		rc = json_pretty(m, &x->text, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(x->v->pgp, x->v->fpr, x->text.data,
		    x->text.len, &x->sig, err);
	json_decref(list);
	x->manifest = m;
	return rc;
}

static int
add_file(struct holdexport *x, struct package_tar *t, const char *name,
    const void *data, size_t len, struct hrv_err *err)
{
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", x->root, name);
	rc = package_tar_file(t, path, len, err);
	return rc == HRV_OK ? package_tar_add(t, data, len, err) : rc;
}

static int
sink(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	return package_tar_add(ctx, data, len, err);
}

static int
write_body(struct holdexport *x, struct package_tar *t,
    const struct holdexport_item *it, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	char name[64], path[128];
	struct record_row rec;
	int rc = record_load(x->v, &it->record, &rec, err);

	if (rc == HRV_OK)
		rc = version_load(x->v, &it->record, it->n, &ver, err);
	if (rc == HRV_OK && ver.body.pack != 0) {
		item_path(&it->record, it->n, name);
		snprintf(path, sizeof(path), "%s/%s", x->root, name);
		rc = package_tar_file(t, path, ver.size, err);
		if (rc == HRV_OK)
			rc = unseal_body(
			    x->v, x->receipt, &rec, &ver, sink, t, err);
	}
	version_clear(&ver);
	return rc;
}

/* An entry as it stands in the log, its payload, and its proof. */
static int
write_entry(struct holdexport *x, struct package_tar *t, uint64_t index,
    struct hrv_err *err)
{
	struct buf leaf = BUF_INIT, payload = BUF_INIT;
	struct hrv_doc *doc = NULL;
	char name[64];
	int rc = log_read(x->v->db, index, &leaf, &payload, err);

	if (rc == HRV_OK)
		rc = hrv_audit_prove(x->v, index, &doc, err);
	snprintf(
	    name, sizeof(name), "log/%llu.leaf", (unsigned long long)index);
	if (rc == HRV_OK)
		rc = add_file(x, t, name, leaf.data, leaf.len, err);
	snprintf(
	    name, sizeof(name), "log/%llu.json", (unsigned long long)index);
	if (rc == HRV_OK && payload.len > 0)
		rc = add_file(x, t, name, payload.data, payload.len, err);
	snprintf(name, sizeof(name), "log/%llu.tlog-proof",
	    (unsigned long long)index);
	if (rc == HRV_OK)
		rc = add_file(x, t, name, hrv_doc_str(doc, "proof"),
		    strlen(hrv_doc_str(doc, "proof")), err);
	hrv_doc_free(doc);
	buf_clear(&leaf);
	buf_clear(&payload);
	return rc;
}

int
holdexport_write(
    struct holdexport *x, struct export_file *file, struct hrv_err *err)
{
	struct package_tar_args args = { .fd = export_file_fd(file),
		.mtime = vault_now(x->v) / 1000000 };
	struct package_tar *t = NULL;
	int rc = package_tar_new(&args, &t, err);

	if (rc == HRV_OK)
		rc = add_file(
		    x, t, "manifest.json", x->text.data, x->text.len, err);
	if (rc == HRV_OK)
		rc = add_file(
		    x, t, "manifest.json.sig", x->sig.data, x->sig.len, err);
	for (size_t i = 0; rc == HRV_OK && x->contents && i < x->n_items; i++)
		rc = write_body(x, t, &x->items[i], err);
	for (size_t i = 0; rc == HRV_OK && i < x->n_entries; i++)
		rc = write_entry(x, t, x->entries[i], err);
	if (rc == HRV_OK)
		rc = package_tar_finish(t, err);
	package_tar_free(t);
	return rc;
}
