/* SPDX-License-Identifier: ISC */
/*
 * What goes to a recipient who is not to know of whom it is. Layer: verbs.
 * Invariant: no id of this vault, no title, no file name and no source is in
 * it; the same records make the same bytes.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json_kept.h"
#include "vault/base/mediatype.h"
#include "vault/bulk.h"
#include "vault/case_annex.h"
#include "vault/crypto/crypt.h"
#include "vault/event.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
leave_out(struct bulk_item *it, const char *code)
{
	snprintf(it->code, sizeof(it->code), "%s", code);
}

/* Letters for everybody who is in it, and the names they stand for. */
static int
open_people(struct bulk *b, const struct receipt *r, struct hrv_err *err)
{
	json_t *list = json_array(), *one;
	size_t i;
	int rc = list == NULL ? no_memory(err) : HRV_OK;

	b->letters = json_object();
	if (rc == HRV_OK)
		rc = people_add(b->v, r, b->people, b->n_people, list, err);
	if (rc == HRV_OK)
		rc = pseudonyms_new(list, NULL, &b->names, err);
	json_array_foreach(list, i, one)
	{
		if (rc == HRV_OK &&
		    json_set_str(b->letters, json_str(one, "subject"),
			json_str(one, "as")))
			rc = no_memory(err);
	}
	json_decref(list);
	return rc;
}

static int
to_buf(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct buf *b = ctx;

	buf_add(b, data, len);
	return buf_ok(b, err);
}

/* A JSON document without what identifies. One that cannot be looked into, or
 * that names somebody who is not linked to it, is left out. */
static int
read_json(struct bulk *b, const struct receipt *r, struct bulk_item *it,
    const struct version_row *ver, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	json_t *doc = NULL;
	bool others = false;
	int rc = HRV_OK;

	if (ver->size > JSON_KEPT_MAX) {
		leave_out(it, "unreadable");
		return HRV_OK;
	}
	rc = unseal_body(b->v, r, &it->rec, ver, to_buf, &text, err);
	if (rc == HRV_OK) {
		rc = json_kept_read(text.data, text.len, &doc, err);
		if (rc == HRV_OK)
			rc = bulk_clean(b, &doc, err);
		if (rc == HRV_EUSAGE || rc == HRV_ECONFIRM) {
			leave_out(it, "unreadable");
			rc = HRV_OK;
		}
	}
	if (rc == HRV_OK && it->code[0] == '\0')
		rc = bulk_others(b, doc, &others, err);
	if (others)
		leave_out(it, "names-others");
	if (rc == HRV_OK && it->code[0] == '\0')
		it->doc = json_incref(doc);
	json_decref(doc);
	buf_clear(&text);
	return rc;
}

/* A file in the place of the document, which must be another one. */
static int
take_instead(struct bulk_item *it, const json_t *header, struct hrv_err *err)
{
	const char *hex = json_str(header, "sha256");
	struct mediatype *mt = NULL;
	char media[MEDIATYPE_TEXT];
	uint8_t was[32];
	int rc;

	crypt_sha256(it->instead->data, it->instead->len, it->sha256);
	if (hex != NULL && enc_unhex(hex, strlen(hex), was, sizeof(was)) &&
	    memcmp(was, it->sha256, sizeof(was)) == 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "a replacement is the document that it should replace");
		return hrv_hint(err, "nothing was taken out of it");
	}
	rc = mediatype_new(&mt, err);
	if (rc != HRV_OK)
		return rc;
	mediatype_of(mt, it->instead->data,
	    it->instead->len < MEDIATYPE_HEAD ? it->instead->len
					      : MEDIATYPE_HEAD,
	    media);
	mediatype_free(mt);
	it->extension = mediatype_extension(media);
	return HRV_OK;
}

static int
open_item(struct bulk *b, const struct receipt *r, struct bulk_item *it,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	json_t *header = NULL;
	const char *media;
	int rc = version_load(b->v, &it->rec.id, it->rec.version, &ver, err);

	if (rc == HRV_OK)
		rc = unseal_header(b->v, r, &it->rec, &ver, &header, err);
	media = json_str(header, "media");
	if (rc != HRV_OK)
		goto out;
	if (it->instead != NULL)
		rc = take_instead(it, header, err);
	else if (ver.body.pack == 0 || media == NULL)
		leave_out(it, "no-content");
	else if (strcmp(media, "application/json") != 0)
		leave_out(it, "document");
	else
		rc = read_json(b, r, it, &ver, err);
out:
	json_decref(header);
	version_clear(&ver);
	return rc;
}

/* Letter, kind and events: what is left of an identity. */
static int
person_json(
    struct bulk *b, const struct hrv_id *id, json_t **ret, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct subject_row s;
	json_t *events = NULL, *o;
	int rc = subject_load(b->v, id, &s, err);

	if (rc == HRV_OK)
		rc = event_list(b->v, id, &events, err);
	if (rc != HRV_OK)
		return rc;
	id_format(id, text);
	o = json_pack("{s:s,s:s,s:o,s:o}", "person", json_str(b->letters, text),
	    "kind", s.kind, "events", events, "records", json_array());
	if (o == NULL)
		return no_memory(err);
	*ret = o;
	return HRV_OK;
}

static int
add_record(
    struct bulk *b, struct bulk_item *it, json_t *person, struct hrv_err *err)
{
	json_t *o = json_pack("{s:s,s:s}", "class", it->rec.class_name,
	    "created", it->rec.created);
	int bad = o == NULL;

	b->going++;
	if (it->instead == NULL) {
		bad = bad || json_object_set(o, "document", it->doc);
	} else {
		snprintf(it->file, sizeof(it->file), "documents/%zu.%s",
		    b->going, it->extension);
		bad = bad || json_set_str(o, "file", it->file) ||
		      json_set_hex(o, "sha256", it->sha256, 32) ||
		      json_set_int(o, "bytes", (int64_t)it->instead->len);
	}
	bad = bad || json_array_append(json_object_get(person, "records"), o);
	json_decref(o);
	return bad ? no_memory(err) : HRV_OK;
}

/* People with their records, in the order of the letters. */
static int
add_people(struct bulk *b, json_t *people, struct hrv_err *err)
{
	const struct hrv_id *last = NULL;
	json_t *person = NULL;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		struct bulk_item *it = &b->items[i];

		if (it->code[0] != '\0')
			continue;
		if (last == NULL || !id_equal(last, &it->rec.subject)) {
			rc = person_json(b, &it->rec.subject, &person, err);
			if (rc == HRV_OK &&
			    json_array_append_new(people, person))
				rc = no_memory(err);
			last = &it->rec.subject;
			b->persons++;
		}
		if (rc == HRV_OK)
			rc = add_record(b, it, person, err);
	}
	return rc;
}

static bool
is_same(const json_t *o, const struct bulk_item *it)
{
	return strcmp(json_str(o, "class"), it->rec.class_name) == 0 &&
	       strcmp(json_str(o, "code"), it->code) == 0;
}

static int
count_left_out(json_t *list, const struct bulk_item *it)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		if (is_same(o, it))
			return json_set_int(
			    o, "records", json_int(o, "records", 0) + 1);
	}
	return json_array_append_new(
	    list, json_pack("{s:s,s:s,s:i}", "class", it->rec.class_name,
		      "code", it->code, "records", 1));
}

/* What is not there, by class and reason: nobody may take it for all. */
static int
add_left_out(const struct bulk *b, json_t *list)
{
	int bad = 0;

	for (size_t i = 0; !bad && i < b->n; i++) {
		if (b->items[i].code[0] != '\0')
			bad = count_left_out(list, &b->items[i]);
	}
	return bad;
}

static int
add_fields(const struct bulk *b)
{
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t i = 0; !bad && i < b->a->n_fields; i++)
		bad = json_array_append_new(list, json_string(b->a->fields[i]));
	if (!bad && b->a->n_fields > 0)
		bad = json_object_set(b->data, "fields", list);
	json_decref(list);
	return bad;
}

static int
make_data(struct bulk *b, struct hrv_err *err)
{
	json_t *people = json_array(), *left = json_array();
	char to[ID_TEXT_SIZE];
	int rc;

	id_format(&b->to.id, to);
	b->data = json_pack("{s:s,s:s,s:s,s:o,s:o}", "format", BULK_FORMAT,
	    "recipient", to, "purpose", b->a->purpose, "people", people,
	    "left_out", left);
	rc = b->data == NULL || add_fields(b) ? no_memory(err)
					      : add_people(b, people, err);
	if (rc == HRV_OK && add_left_out(b, left))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_kept_pretty(b->data, &b->text, err);
	if (rc == HRV_OK) {
		buf_addc(&b->text, '\n');
		rc = buf_ok(&b->text, err);
	}
	if (rc == HRV_OK)
		crypt_sha256(b->text.data, b->text.len, b->content);
	return rc;
}

int
bulk_make(struct bulk *b, const struct receipt *r, struct hrv_err *err)
{
	int rc = open_people(b, r, err);

	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		if (b->items[i].code[0] == '\0')
			rc = open_item(b, r, &b->items[i], err);
	}
	if (rc == HRV_OK)
		rc = make_data(b, err);
	if (rc == HRV_OK && b->going == 0) {
		hrv_fail(err, HRV_ENOTFOUND,
		    "nothing of what was chosen can go without names");
		rc = hrv_hint(err, "documents need a --replacement");
	}
	return rc;
}
