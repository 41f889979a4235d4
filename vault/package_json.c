/* SPDX-License-Identifier: ISC */
/*
 * JSON documents of a package: read, and made anew where a field must not go
 * out or somebody is replaced. Layer: verbs. Invariants: one document at a
 * time is in memory, made once to be hashed and again to be written; its
 * numbers go out as they were stored.
 */
#include <string.h>

#include "vault/base/json_kept.h"
#include "vault/base/jsonptr.h"
#include "vault/crypto/crypt.h"
#include "vault/package_int.h"
#include "vault/unseal.h"

static int
cannot_look(const struct package_item *it, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&it->rec.id, id);
	hrv_fail_as(err, HRV_ECONFIRM, "unreadable",
	    "%s is a JSON document that cannot be searched for what must not "
	    "go out: it is longer than 4 MiB, has too many values, or is not "
	    "well-formed",
	    id);
	return hrv_hint(err,
	    "withhold it, redact it with --replacement, or look at it and "
	    "'hrvault case decide C R --disclose --checked --reason T'");
}

static int
to_buf(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct buf *b = ctx;

	buf_add(b, data, len);
	return buf_ok(b, err);
}

static int
read_doc(struct hrv_vault *v, const struct receipt *r,
    const struct package_origin *o, const struct package_item *it, json_t **ret,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	int rc = o->size > JSON_KEPT_MAX
		     ? hrv_fail(err, HRV_EUSAGE, "too long")
		     : package_open_body(v, r, o, it, to_buf, &text, err);

	if (rc == HRV_OK)
		rc = json_kept_read(text.data, text.len, ret, err);
	buf_clear(&text);
	return rc;
}

int
package_note_values(struct package *p, json_t *doc, struct hrv_err *err)
{
	const struct hrv_law *law = p->k->law;

	for (size_t i = 0; i < law->n_never_export; i++) {
		const char *value =
		    json_kept_str(jsonptr_get(doc, law->never_export[i]));

		if (value != NULL && value[0] != '\0' &&
		    json_array_append_new(p->banned, json_string(value)))
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	return HRV_OK;
}

/* The document without what must not go out, in *ret when it is another then;
 * what was found is in *banned and *named. */
static int
make(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct package_origin *o, const struct package_item *it,
    struct package_json *ret, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = read_doc(v, r, o, it, &doc, err);

	if (rc == HRV_OK && !it->cleaned)
		rc = package_note_values(p, doc, err);
	if (rc == HRV_OK) {
		ret->banned = package_ban(p->k->law, doc);
		rc = pseudonyms_json(p->names, &doc, &ret->named, err);
	}
	if (rc == HRV_OK && (ret->banned || ret->named)) {
		rc = json_kept_pretty(doc, &ret->text, err);
		buf_addc(&ret->text, '\n');
		if (rc == HRV_OK)
			rc = buf_ok(&ret->text, err);
	}
	json_decref(doc);
	return rc;
}

int
package_json_look(struct hrv_vault *v, const struct receipt *r,
    struct package *p, const struct package_origin *o, struct package_item *it,
    struct hrv_err *err)
{
	struct package_json j = { .text = BUF_INIT_SECRET };
	int rc = make(v, r, p, o, it, &j, err);

	if (rc == HRV_EUSAGE && !it->checked)
		rc = cannot_look(it, err);
	else if (rc == HRV_EUSAGE)
		rc = HRV_OK; /* somebody did */
	else if (rc == HRV_OK)
		it->cleaned = true;
	if (rc == HRV_OK && j.text.len > 0) {
		it->made = true;
		it->bytes = j.text.len;
		crypt_sha256(j.text.data, j.text.len, it->sha256);
		rc = package_put_file(it, "json", err);
		if (rc == HRV_OK && j.banned)
			rc = package_note_ban(it, err);
		if (rc == HRV_OK && j.named)
			rc = package_note_names(it, err);
	}
	buf_clear(&j.text);
	return rc;
}

int
package_made_again(struct hrv_vault *v, const struct receipt *r,
    struct package *p, const struct package_item *it, struct buf *out,
    struct hrv_err *err)
{
	struct package_json j = { .text = BUF_INIT_SECRET };
	struct package_origin o;
	json_t *header = NULL;
	int rc = package_open(v, r, p, it, &o, &header, err);

	if (rc == HRV_OK)
		rc = make(v, r, p, &o, it, &j, err);
	if (rc == HRV_OK) {
		buf_add(out, j.text.data, j.text.len);
		rc = buf_ok(out, err);
	}
	buf_clear(&j.text);
	json_decref(header);
	package_origin_clear(&o);
	return rc;
}
