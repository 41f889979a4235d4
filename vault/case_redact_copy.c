/* SPDX-License-Identifier: ISC */
/*
 * Deriving a redacted copy, see case_redact.h. Layer: verbs. Invariant: of the
 * record's header only what is named here goes into the copy's, so that
 * nothing tells what was taken out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json_kept.h"
#include "vault/base/jsonptr.h"
#include "vault/case_copy.h"
#include "vault/case_gate.h"
#include "vault/case_redact.h"
#include "vault/unseal.h"

#define JSON_TYPE "application/json"

/* What a copy is derived from: the record, or the copy before. */
struct base {
	const struct case_item *item;
	struct version_row ver;
	struct case_copy copy;
	bool copied;
	json_t *header;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
base_clear(struct base *b)
{
	json_decref(b->header);
	version_clear(&b->ver);
	case_copy_clear(&b->copy);
}

static int
open_base(struct redacting *x, const struct case_item *item, struct base *b,
    struct hrv_err *err)
{
	int rc;

	*b = (struct base){ .item = item, .copied = case_item_copied(item) };
	rc = version_load(x->v, &x->record, item->n, &b->ver, err);
	if (rc == HRV_OK && b->copied)
		rc = case_copy_load(
		    x->v, &x->k.id, &x->record, item->n, &b->copy, err);
	if (rc == HRV_OK)
		rc = b->copied ? unseal_copy_header(
				     x->v, x->r, &b->copy, &b->header, err)
			       : unseal_header(x->v, x->r, &x->rec, &b->ver,
				     &b->header, err);
	return rc;
}

/* Codes of the item and the new one, each once: "S2P3-16,S2P4-22". */
static int
join_codes(const struct redacting *x, const struct case_item *item,
    char out[CASE_CODE_SIZE], struct hrv_err *err)
{
	const size_t size = sizeof(item->code);
	bool before = strcmp(item->disposition, ITEM_REDACTED) == 0;
	size_t len = strlen(x->a->code);
	int n;

	for (const char *p = before ? item->code : ""; *p != '\0';) {
		size_t k = strcspn(p, ",");

		if (k == len && memcmp(p, x->a->code, k) == 0) {
			snprintf(out, size, "%s", item->code);
			return HRV_OK;
		}
		p += p[k] == '\0' ? k : k + 1;
	}
	n = snprintf(out, size, "%s%s%s", before ? item->code : "",
	    before ? "," : "", x->a->code);
	if (n < 0 || (size_t)n >= size)
		return hrv_fail(err, HRV_EUSAGE,
		    "too many grounds for one record; withhold it, or redact "
		    "by a replacement under one of them");
	return HRV_OK;
}

/* The list of what was taken out so far, with this one. */
static json_t *
redactions(const struct redacting *x, const struct base *b)
{
	json_t *list = json_object_get(b->header, "redactions");
	json_t *one = json_pack(
	    "{s:s,s:s,s:s}", "on", x->day, "by", x->v->fpr, "code", x->a->code);

	list = x->a->field != NULL && json_is_array(list) ? json_deep_copy(list)
							  : json_array();
	if (one == NULL || list == NULL ||
	    json_set_str(one, "field", x->a->field) ||
	    json_set_str(one, "reason", x->a->reason) ||
	    json_array_append(list, one)) {
		json_decref(list);
		list = NULL;
	}
	json_decref(one);
	return list;
}

/* Header of the copy: nothing of the old one that could tell what is gone. */
static json_t *
new_header(const struct redacting *x, const struct base *b, const char *media)
{
	bool redacted = json_object_get(b->header, "redactions") != NULL;
	const char *title = x->a->title;
	const char *original =
	    json_str(b->header, b->copied ? "original_sha256" : "sha256");
	json_t *o = json_object();

	if (title == NULL && redacted)
		title = json_str(b->header, "title");
	if (o == NULL || json_set_str(o, "title", title) ||
	    json_set_str(o, "media", media) ||
	    json_set_str(o, "original_sha256", original) ||
	    (!x->a->hide_source &&
		json_set_str(o, "source", json_str(b->header, "source"))) ||
	    json_object_set_new(o, "redactions", redactions(x, b))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
note_copy(struct redacting *x, const struct base *b, const json_t *header,
    struct hrv_err *err)
{
	json_t *o = json_pack("{s:I}", "version", (json_int_t)b->item->n);

	if (o == NULL ||
	    json_set_str(
		o, "original_sha256", json_str(header, "original_sha256")) ||
	    json_set_str(o, "sha256", json_str(header, "sha256")) ||
	    json_array_append_new(x->copies, o))
		return no_memory(err);
	x->n++;
	return HRV_OK;
}

/* The item as it stands from now on. */
static int
set_item(struct redacting *x, const struct base *b, const json_t *header,
    struct hrv_err *err)
{
	char code[CASE_CODE_SIZE], gate[CASE_GATE_SIZE];
	int rc = join_codes(x, b->item, code, err);

	if (rc == HRV_OK)
		rc = case_item_set(
		    x->v, &x->k, b->item, ITEM_REDACTED, code, err);
	if (rc == HRV_OK)
		rc = case_gate_open(
		    x->v, &x->k, &x->rec, b->item, &x->a->gate, gate, err);
	if (rc == HRV_OK)
		rc = case_code_open(
		    x->v, &x->k, code, b->item, &x->a->gate, true, gate, err);
	if (rc == HRV_OK)
		rc = case_gate_set(x->v, &x->k, b->item, gate, err);
	return rc == HRV_OK ? note_copy(x, b, header, err) : rc;
}

static int
put_copy(struct redacting *x, const struct base *b, json_t *header,
    const struct body_source *body, uint8_t sha256[32], struct hrv_err *err)
{
	struct case_copy_args a = { .kase = &x->k.id,
		.subject = &x->k.subject,
		.record = &x->record,
		.n = b->item->n,
		.header = header,
		.body = body };
	int rc = case_copy_put(x->v, &a, sha256, err);

	return rc == HRV_OK ? set_item(x, b, header, err) : rc;
}

static int
to_buf(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct buf *b = ctx;

	buf_add(b, data, len);
	return buf_ok(b, err);
}

/* The document of a base as JSON: an identity lies in the header. */
static int
read_doc(struct redacting *x, const struct base *b, json_t **ret,
    struct hrv_err *err)
{
	uint64_t size = b->copied ? b->copy.size : b->ver.size;
	const char *media = json_str(b->header, "media");
	struct buf text = BUF_INIT_SECRET;
	int rc;

	if (strcmp(x->rec.class_name, CLASS_IDENTITY) == 0) {
		*ret = json_deep_copy(json_object_get(b->header, "identity"));
		return *ret == NULL ? no_memory(err) : HRV_OK;
	}
	if (media == NULL || strcmp(media, JSON_TYPE) != 0 ||
	    size > JSON_KEPT_MAX) {
		hrv_fail(err, HRV_EUSAGE,
		    "only JSON documents up to 4 MiB have fields");
		return hrv_hint(err, "redact a copy of the document and give "
				     "it with --replacement FILE");
	}
	rc =
	    b->copied
		? unseal_copy_body(x->v, x->r, &b->copy, to_buf, &text, err)
		: unseal_body(x->v, x->r, &x->rec, &b->ver, to_buf, &text, err);
	if (rc == HRV_OK)
		rc = json_kept_read(text.data, text.len, ret, err);
	buf_clear(&text);
	return rc;
}

/* Seals the document without the field: an identity into the header. */
static int
put_doc(
    struct redacting *x, const struct base *b, json_t *doc, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	struct body_memory m = { NULL, 0, 0 };
	struct body_source src = { body_memory_read, &m };
	bool identity = strcmp(x->rec.class_name, CLASS_IDENTITY) == 0;
	json_t *header = new_header(x, b, JSON_TYPE);
	int rc = header == NULL ? no_memory(err) : HRV_OK;

	if (rc == HRV_OK && identity &&
	    json_object_set(header, "identity", doc) != 0)
		rc = no_memory(err);
	if (rc == HRV_OK && !identity) {
		rc = json_kept_pretty(doc, &text, err);
		buf_addc(&text, '\n');
		m.data = text.data;
		m.len = text.len;
	}
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		rc = put_copy(x, b, header, identity ? NULL : &src, NULL, err);
	json_decref(header);
	buf_clear(&text);
	return rc;
}

static int
take_field(struct redacting *x, const struct base *b, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = read_doc(x, b, &doc, err);

	if (rc == HRV_OK && jsonptr_remove(doc, x->a->field))
		rc = put_doc(x, b, doc, err);
	json_decref(doc);
	return rc;
}

static int
take_replacement(struct redacting *x, const struct base *b, struct hrv_err *err)
{
	json_t *header = new_header(x, b, x->source.media);
	const char *was = json_str(header, "original_sha256");
	uint8_t old[32], new[32];
	int rc = header == NULL
		     ? no_memory(err)
		     : put_copy(x, b, header, &x->source.body, new, err);

	if (rc == HRV_OK && x->source.total == 0) {
		hrv_fail(err, HRV_EUSAGE, "the replacement is empty");
		rc = hrv_hint(err, "to give nothing out, use 'hrvault case "
				   "withhold C R --code X --reason T'");
	}
	if (rc == HRV_OK && was != NULL &&
	    enc_unhex(was, strlen(was), old, sizeof(old)) &&
	    memcmp(old, new, sizeof(old)) == 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "the replacement is the record itself, byte for byte: "
		    "nothing was redacted");
		rc = hrv_hint(err, "give a copy from which it was removed, or "
				   "disclose the record with 'hrvault case "
				   "decide C R --disclose'");
	}
	json_decref(header);
	return rc;
}

int
redact_item(
    struct redacting *x, const struct case_item *item, struct hrv_err *err)
{
	struct base b;
	int rc = open_base(x, item, &b, err);

	if (rc == HRV_OK)
		rc = x->a->field != NULL ? take_field(x, &b, err)
					 : take_replacement(x, &b, err);
	base_clear(&b);
	return rc;
}
