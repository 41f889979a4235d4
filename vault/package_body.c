/* SPDX-License-Identifier: ISC */
/*
 * What goes out of one record: header, document, and what is left out of
 * both. Layer: verbs. Invariant: nothing that the law never lets out, and
 * nothing that was redacted, is in a row or a file.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/mediatype.h"
#include "vault/case_copy.h"
#include "vault/crypto/crypt.h"
#include "vault/package_int.h"
#include "vault/unseal.h"

#define JSON_BODY_MAX (16 << 20) /* a JSON document that is looked into */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
package_put(json_t *o, const char *key, const char *text)
{
	return json_object_set_new(o, key,
	    text != NULL && text[0] != '\0' ? json_string(text) : json_null());
}

int
package_put_named(const struct package *p, json_t *o, const char *key,
    const char *text, struct hrv_err *err)
{
	struct buf out = BUF_INIT_SECRET;
	int rc = text == NULL
		     ? HRV_OK
		     : pseudonyms_text(p->names, text, &out, NULL, err);

	if (rc == HRV_OK &&
	    package_put(o, key, text == NULL ? NULL : buf_str(&out)))
		rc = no_memory(err);
	buf_clear(&out);
	return rc;
}

/* Name, length and hash of the file, from what is known of it. */
static int
put_file(struct package_item *it, const char *extension, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], version[16] = "";
	struct buf hex = BUF_INIT;
	int rc;

	id_format(&it->rec.id, id);
	if (it->n != it->rec.version)
		snprintf(version, sizeof(version), ".v%u", it->n);
	snprintf(it->file, sizeof(it->file), "documents/%s%s.%s", id, version,
	    extension);
	enc_hex(&hex, it->sha256, 32);
	rc = buf_ok(&hex, err);
	if (rc == HRV_OK &&
	    (package_put(it->row, "file", it->file) ||
		package_put(it->row, "sha256", buf_str(&hex)) ||
		json_set_int(it->row, "bytes", (int64_t)it->bytes)))
		rc = no_memory(err);
	buf_clear(&hex);
	return rc;
}

/* Contents made here: a JSON value, indented. */
static int
make_json_file(
    struct package_item *it, const json_t *value, struct hrv_err *err)
{
	int rc = json_pretty(value, &it->body, err);

	if (rc == HRV_OK) {
		buf_addc(&it->body, '\n');
		rc = buf_ok(&it->body, err);
	}
	if (rc != HRV_OK)
		return rc;
	it->made = true;
	it->bytes = it->body.len;
	crypt_sha256(it->body.data, it->body.len, it->sha256);
	return put_file(it, "json", err);
}

/* One more ground of a redaction, and its reason, beside those there are. */
static int
add_redaction(struct package_item *it, const char *code, const char *reason,
    struct hrv_err *err)
{
	const char *codes = json_str(it->row, "code");
	const char *reasons = json_str(it->row, "reason");
	struct buf c = BUF_INIT, r = BUF_INIT_SECRET;
	int rc;

	buf_addf(&c, "%s%s%s", codes == NULL ? "" : codes,
	    codes == NULL ? "" : ",", code);
	buf_addf(&r, "%s%s%s", reasons == NULL ? "" : reasons,
	    reasons == NULL ? "" : "; ", reason);
	rc = buf_ok(&c, err);
	if (rc == HRV_OK)
		rc = buf_ok(&r, err);
	if (rc == HRV_OK &&
	    (package_put(it->row, "disposition", ITEM_REDACTED) ||
		package_put(it->row, "code", buf_str(&c)) ||
		package_put(it->row, "reason", buf_str(&r))))
		rc = no_memory(err);
	buf_clear(&c);
	buf_clear(&r);
	return rc;
}

static int
mark_redacted(struct package_item *it, struct hrv_err *err)
{
	return add_redaction(it, "never-export",
	    "fields that the law never lets out are left out", err);
}

static int
cannot_look(const struct package_item *it, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&it->rec.id, id);
	hrv_fail_as(err, HRV_ECONFIRM, "unreadable",
	    "%s is a JSON document that cannot be searched for what must not "
	    "go out: it is longer than 16 MiB, or not well-formed",
	    id);
	return hrv_hint(err, "withhold it, or redact it with --replacement");
}

static int
to_buf(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct buf *b = ctx;

	buf_add(b, data, len);
	return buf_ok(b, err);
}

/* Where a version comes from: the vault, or the copy derived for the case. */
struct origin {
	struct version_row ver;
	struct case_copy copy;
	uint64_t size;
};

static int
open_origin(struct hrv_vault *v, const struct receipt *r,
    const struct package *p, const struct package_item *it, struct origin *o,
    json_t **ret_header, struct hrv_err *err)
{
	int rc;

	*o = (struct origin){ .size = 0 };
	if (!it->copied &&
	    strcmp(json_str(it->row, "disposition"), ITEM_REDACTED) == 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a redacted record has no copy: nothing goes out");
	if (it->copied) {
		rc = case_copy_load(
		    v, &p->k->id, &it->rec.id, it->n, &o->copy, err);
		o->size = o->copy.size;
		return rc != HRV_OK ? rc
				    : unseal_copy_header(
					  v, r, &o->copy, ret_header, err);
	}
	rc = version_load(v, &it->rec.id, it->n, &o->ver, err);
	o->size = o->ver.size;
	return rc != HRV_OK
		   ? rc
		   : unseal_header(v, r, &it->rec, &o->ver, ret_header, err);
}

static void
origin_clear(struct origin *o)
{
	version_clear(&o->ver);
	case_copy_clear(&o->copy);
}

/* Bans and names; what is left is made into the file where any was there. */
static int
clean(struct package *p, struct package_item *it, json_t **doc,
    struct hrv_err *err)
{
	bool banned = package_ban(p->k->law, *doc), named = false;
	int rc = pseudonyms_json(p->names, doc, &named, err);

	if (rc == HRV_OK && (banned || named))
		rc = make_json_file(it, *doc, err);
	if (rc == HRV_OK && banned)
		rc = mark_redacted(it, err);
	if (rc == HRV_OK && named)
		rc = add_redaction(
		    it, "pseudonym", "letters stand for other people", err);
	return rc;
}

/* A JSON document: read, and made anew when the law bans a field of it or it
 * names somebody who is replaced. One that cannot be looked into is not let
 * out unseen. */
static int
look_into(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct origin *o, struct package_item *it, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	json_t *doc = NULL;
	int rc = o->size > JSON_BODY_MAX ? HRV_EFAILED : HRV_OK;

	if (rc == HRV_OK && it->copied)
		rc = unseal_copy_body(v, r, &o->copy, to_buf, &text, err);
	else if (rc == HRV_OK)
		rc = unseal_body(v, r, &it->rec, &o->ver, to_buf, &text, err);
	else
		hrv_fail(err, HRV_EFAILED, "too long");
	if (rc == HRV_OK)
		rc = json_read(text.data, text.len, &doc, err);
	if (rc == HRV_EUSAGE || (rc == HRV_EFAILED && o->size > JSON_BODY_MAX))
		rc = cannot_look(it, err);
	if (rc == HRV_OK)
		rc = clean(p, it, &doc, err);
	json_decref(doc);
	buf_clear(&text);
	return rc;
}

static int
put_identity(struct package *p, struct package_item *it, json_t *header,
    struct hrv_err *err)
{
	json_t *identity = json_object_get(header, "identity");
	bool banned;
	int rc;

	if (!json_is_object(identity))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "an identity document is damaged");
	banned = package_ban(p->k->law, identity);
	rc = make_json_file(it, identity, err);
	if (rc == HRV_OK && banned)
		rc = mark_redacted(it, err);
	if (rc == HRV_OK && it->n == it->rec.version &&
	    id_equal(&it->rec.subject, &p->k->subject))
		p->identity = json_incref(identity);
	return rc;
}

static int
put_header(const struct package *p, struct package_item *it,
    const json_t *header, struct hrv_err *err)
{
	static const char *const keys[][2] = { { "title", "title" },
		{ "note", "note" }, { "file_name", "file" },
		{ "media_type", "media" } };
	int rc = package_put_named(
	    p, it->row, "source", json_str(header, "source"), err);

	for (size_t i = 0; rc == HRV_OK && i < sizeof(keys) / sizeof(keys[0]);
	     i++)
		rc = package_put_named(
		    p, it->more, keys[i][0], json_str(header, keys[i][1]), err);
	return rc;
}

/* Why parts of it are gone, as whoever took them out said, each once. */
static int
put_reasons(const struct package *p, struct package_item *it,
    const json_t *header, struct hrv_err *err)
{
	json_t *one, *list = json_object_get(header, "redactions");
	struct buf all = BUF_INIT_SECRET;
	size_t i;
	int rc;

	json_array_foreach(list, i, one)
	{
		const char *why = json_str(one, "reason");

		if (why != NULL && strstr(buf_str(&all), why) == NULL)
			buf_addf(&all, "%s%s", all.len > 0 ? "; " : "", why);
	}
	rc = buf_ok(&all, err);
	if (rc == HRV_OK && all.len > 0)
		rc =
		    package_put_named(p, it->row, "reason", buf_str(&all), err);
	buf_clear(&all);
	return rc;
}

int
package_disclose(struct hrv_vault *v, const struct receipt *r,
    struct package *p, struct package_item *it, struct hrv_err *err)
{
	struct origin o;
	json_t *header = NULL;
	const char *media, *hex;
	int rc = open_origin(v, r, p, it, &o, &header, err);

	if (rc == HRV_OK)
		rc = put_reasons(p, it, header, err);
	if (rc != HRV_OK)
		goto out;
	if (strcmp(it->rec.class_name, CLASS_IDENTITY) == 0) {
		rc = put_identity(p, it, header, err);
		goto out;
	}
	rc = put_header(p, it, header, err);
	if (rc != HRV_OK)
		goto out;
	media = json_str(header, "media");
	media = media == NULL ? MEDIATYPE_UNKNOWN : media;
	hex = json_str(header, "sha256");
	if (hex == NULL || !enc_unhex(hex, strlen(hex), it->sha256, 32)) {
		/* No body: the header is all there is, cleaned likewise. */
		rc = make_json_file(it, it->more, err);
		goto out;
	}
	it->bytes = o.size;
	if (strcmp(media, "application/json") == 0)
		rc = look_into(v, r, p, &o, it, err);
	if (rc == HRV_OK && !it->made)
		rc = put_file(it, mediatype_extension(media), err);
out:
	json_decref(header);
	origin_clear(&o);
	return rc;
}
