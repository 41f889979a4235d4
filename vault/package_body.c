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

int
package_put_file(
    struct package_item *it, const char *extension, struct hrv_err *err)
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
	return package_put_file(it, "json", err);
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

int
package_note_names(struct package_item *it, struct hrv_err *err)
{
	return add_redaction(
	    it, "pseudonym", "letters stand for other people", err);
}

int
package_note_ban(struct package_item *it, struct hrv_err *err)
{
	return add_redaction(it, "never-export",
	    "fields that the law never lets out are left out", err);
}

int
package_open(struct hrv_vault *v, const struct receipt *r,
    const struct package *p, const struct package_item *it,
    struct package_origin *o, json_t **ret_header, struct hrv_err *err)
{
	int rc;

	*o = (struct package_origin){ .size = 0 };
	if (!it->copied && !it->made &&
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

void
package_origin_clear(struct package_origin *o)
{
	version_clear(&o->ver);
	case_copy_clear(&o->copy);
}

int
package_open_body(struct hrv_vault *v, const struct receipt *r,
    const struct package_origin *o, const struct package_item *it,
    content_sink *sink, void *ctx, struct hrv_err *err)
{
	return it->copied
		   ? unseal_copy_body(v, r, &o->copy, sink, ctx, err)
		   : unseal_body(v, r, &it->rec, &o->ver, sink, ctx, err);
}

bool
package_must_look(const struct package *p)
{
	return pseudonyms_any(p->names) || p->k->law->n_never_export > 0;
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
	rc = package_note_values(p, identity, err);
	if (rc != HRV_OK)
		return rc;
	banned = package_ban(p->k->law, identity);
	/* The employer gave it. */
	if (case_is_portable(p->k))
		(void)json_object_del(identity, "number");
	rc = make_json_file(it, identity, err);
	if (rc == HRV_OK && banned)
		rc = package_note_ban(it, err);
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
	struct package_origin o;
	json_t *header = NULL;
	const char *media, *hex;
	int rc = package_open(v, r, p, it, &o, &header, err);

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
	snprintf(it->media, sizeof(it->media), "%s", media);
	if (strcmp(media, "application/json") == 0 && package_must_look(p))
		rc = package_json_look(v, r, p, &o, it, err);
	if (rc == HRV_OK && !it->made)
		rc = package_put_file(it, mediatype_extension(media), err);
out:
	json_decref(header);
	package_origin_clear(&o);
	return rc;
}
