/* SPDX-License-Identifier: ISC */
/*
 * The choke point for plaintext. Layer: verbs. Invariant: open_dek() below is
 * the only caller of wrap_open() in the product, and it runs only for things
 * that a durable intent entry names.
 */
#include "vault/unseal.h"

#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/store/keystore.h"

#define REWRAP_TOLD 1000 /* keys between two words of progress */

/* Which data key, and under what it is wrapped. By which version of that the
 * keystore knows best: a rotation may just have changed it. */
struct wanted {
	const uint8_t *dek;
	const char *kek;
	const struct hrv_id *owner;
	enum wrap_purpose purpose;
};

static int
not_named(const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return hrv_fail(err, HRV_EREFUSED,
	    "the log entry of this command does not name %s", text);
}

static int
no_key(const char *kek, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "you do not hold the key of the compartment '%s'", kek + 4);
	return hrv_hint(err, "ask a member who holds it; 'hrvault member list' "
			     "shows who does");
}

/* A row that is there while its key is not: gone with a purge, or damage. */
static int
key_missing(const struct wanted *w, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(w->owner, text);
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the data key of %s is not in the keystore", text);
}

/* The keys were rotated after this command had opened its grant. */
static int
changed_meanwhile(struct hrv_err *err)
{
	hrv_fail(err, HRV_EBUSY,
	    "the members or keys of the vault were changed just now");
	return hrv_hint(err, "run the command again");
}

/* The key that a row says it is wrapped under. */
static int
find_kek(const struct hrv_vault *v, const struct wanted *w,
    const struct keystore_dek *row, const struct key **ret, struct hrv_err *err)
{
	if (strcmp(row->kek, w->kek) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a data key is wrapped under another key than its record "
		    "says");
	*ret = keyring_get(&v->ring, w->kek, row->kek_version);
	return *ret == NULL ? changed_meanwhile(err) : HRV_OK;
}

static int
open_dek(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *named, const struct wanted *w, struct key **ret,
    struct hrv_err *err)
{
	struct wrap_context c = { .kek_name = w->kek, .purpose = w->purpose };
	struct keystore_dek row;
	const struct key *kek = NULL;
	int rc;

	if (r == NULL ||
	    (!receipt_covers(r, w->owner) && !receipt_covers(r, named)))
		return not_named(w->owner, err);
	if (!keyring_has(&v->ring, w->kek))
		return no_key(w->kek, err);
	rc = keys_open(v, err);
	if (rc == HRV_OK)
		rc = keystore_get(v->ks, w->dek, &row, err);
	if (rc == HRV_ENOTFOUND)
		return key_missing(w, err);
	if (rc == HRV_OK)
		rc = find_kek(v, w, &row, &kek, err);
	if (rc != HRV_OK)
		return rc;
	c.kek_version = row.kek_version;
	memcpy(c.vault_id, v->id, sizeof(c.vault_id));
	memcpy(c.dek_id, w->dek, sizeof(c.dek_id));
	memcpy(c.record_id, w->owner->b, sizeof(c.record_id));
	return wrap_open(kek, &c, row.wrapped, sizeof(row.wrapped), ret, err);
}

/* Key and context of one part of a version. */
struct opening {
	struct key *dek;
	char kek[KEY_ID_SIZE];
	struct buf context;
	struct content_lock lock;
};

static void
opening_clear(struct opening *o)
{
	key_free(o->dek);
	buf_clear(&o->context);
}

static void
kek_of(const struct record_row *rec, char out[KEY_ID_SIZE])
{
	memcpy(out, "kek/", 5);
	memccpy(out + 4, rec->compartment, '\0', KEY_ID_SIZE - 5);
	out[KEY_ID_SIZE - 1] = '\0';
}

/* Opens the key and makes the lock of what `id` says. */
static int
open_lock(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *named, const struct wanted *w, struct content_id *id,
    struct opening *o, struct hrv_err *err)
{
	int rc = open_dek(v, r, named, w, &o->dek, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(id->vault_id, v->id, sizeof(id->vault_id));
	content_context(&o->context, id);
	o->lock =
	    (struct content_lock){ o->dek, o->context.data, o->context.len };
	return buf_ok(&o->context, err);
}

static int
open_part(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, const struct version_row *ver,
    enum content_kind kind, struct opening *o, struct hrv_err *err)
{
	struct content_id id = {
		.version = ver->n, .kind = kind, .class_name = rec->class_name
	};
	struct wanted w = { ver->dek, o->kek, &rec->id, WRAP_CONTENT };
	char text[ID_TEXT_SIZE];

	*o = (struct opening){ .context = BUF_INIT };
	if (ver->header.len == 0) {
		id_format(&rec->id, text);
		return hrv_fail(err, HRV_EPURGED, "%s was destroyed", text);
	}
	kek_of(rec, o->kek);
	memcpy(id.record_id, rec->id.b, sizeof(id.record_id));
	return open_lock(v, r, &rec->subject, &w, &id, o, err);
}

static int
open_copy(struct hrv_vault *v, const struct receipt *r,
    const struct case_copy *c, enum content_kind kind, struct opening *o,
    struct hrv_err *err)
{
	struct content_id id = {
		.version = c->n, .kind = kind, .class_name = CASE_COPY_CLASS
	};
	struct wanted w = { c->dek, KEK_CASEWORK, &c->kase, WRAP_CASE_COPY };

	*o = (struct opening){ .context = BUF_INIT };
	memcpy(id.record_id, c->record.b, sizeof(id.record_id));
	return open_lock(v, r, &c->kase, &w, &id, o, err);
}

bool
unseal_may(const struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver)
{
	char kek[KEY_ID_SIZE];

	kek_of(rec, kek);
	return keyring_get(&v->ring, kek, ver->kek) != NULL;
}

int
unseal_header(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, const struct version_row *ver, json_t **ret,
    struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET;
	char subject[ID_TEXT_SIZE];
	struct opening o;
	json_t *doc = NULL;
	const char *named;
	int rc = open_part(v, r, rec, ver, CONTENT_HEADER, &o, err);

	if (rc == HRV_OK)
		rc = content_open_buf(
		    &o.lock, ver->header.data, ver->header.len, &plain, err);
	if (rc == HRV_OK)
		rc = json_read(plain.data, plain.len, &doc, err);
	if (rc == HRV_OK) {
		id_format(&rec->subject, subject);
		named = json_str(doc, "subject");
		if (named == NULL || strcmp(named, subject) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "a record was linked to another subject than it "
			    "was stored for");
	}
	opening_clear(&o);
	buf_clear(&plain);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = doc;
	return HRV_OK;
}

/* Passes plaintext on and hashes it. */
struct hashing {
	content_sink *sink;
	void *ctx;
	struct crypt_sha256_ctx *sha;
};

static int
hash_and_pass(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct hashing *h = ctx;

	crypt_sha256_add(h->sha, data, len);
	return h->sink(h->ctx, data, len, err);
}

static int
feed(void *ctx, const uint8_t *data, size_t len, struct hrv_err *err)
{
	return content_open_add(ctx, data, len, err);
}

static int
stream_body(struct hrv_vault *v, struct opening *o, const struct pack_ref *body,
    struct hashing *h, struct hrv_err *err)
{
	struct content_open *open = NULL;
	struct pack_reader *packs = NULL;
	int rc = pack_reader_new(v->dir, &packs, err);

	if (rc == HRV_OK)
		rc = content_open_new(&o->lock, hash_and_pass, h, &open, err);
	if (rc == HRV_OK)
		rc = pack_read(packs, body, feed, open, err);
	if (rc == HRV_OK)
		rc = content_open_finish(open, err);
	content_open_free(open);
	pack_reader_free(packs);
	return rc;
}

static int
check_hash(const json_t *header, const uint8_t got[32], struct hrv_err *err)
{
	const char *hex = json_str(header, "sha256");
	uint8_t want[32];

	if (hex == NULL || !enc_unhex(hex, strlen(hex), want, sizeof(want)) ||
	    memcmp(want, got, sizeof(want)) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the content of a record is not what was stored");
	return HRV_OK;
}

/* A body whose key is open, against the hash in its header. */
static int
check_body(struct hrv_vault *v, struct opening *o, const struct pack_ref *body,
    const json_t *header, struct hashing *h, struct hrv_err *err)
{
	uint8_t got[32];
	int rc = HRV_OK;

	h->sha = crypt_sha256_new();
	if (h->sha == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = stream_body(v, o, body, h, err);
	if (rc == HRV_OK) {
		crypt_sha256_final(h->sha, got);
		h->sha = NULL;
		rc = check_hash(header, got, err);
	}
	crypt_sha256_free(h->sha);
	return rc;
}

int
unseal_body(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, const struct version_row *ver,
    content_sink *sink, void *ctx, struct hrv_err *err)
{
	struct hashing h = { sink, ctx, NULL };
	struct opening o = { .context = BUF_INIT };
	json_t *header = NULL;
	int rc = unseal_header(v, r, rec, ver, &header, err);

	if (rc == HRV_OK)
		rc = open_part(v, r, rec, ver, CONTENT_BODY, &o, err);
	if (rc == HRV_OK)
		rc = check_body(v, &o, &ver->body, header, &h, err);
	opening_clear(&o);
	json_decref(header);
	return rc;
}

/* A copy that was put beside another record, version or case does not open;
 * that it says so itself is checked all the same. */
static int
check_copy(const struct case_copy *c, const json_t *header, struct hrv_err *err)
{
	const char *record = json_str(header, "record");
	char text[ID_TEXT_SIZE];

	id_format(&c->record, text);
	if (record != NULL && strcmp(record, text) == 0 &&
	    json_int(header, "version", -1) == (int64_t)c->n)
		return HRV_OK;
	return hrv_fail(
	    err, HRV_EINTEGRITY, "a copy is not the one of its record");
}

int
unseal_copy_header(struct hrv_vault *v, const struct receipt *r,
    const struct case_copy *c, json_t **ret, struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET;
	struct opening o;
	json_t *doc = NULL;
	int rc = open_copy(v, r, c, CONTENT_HEADER, &o, err);

	if (rc == HRV_OK)
		rc = content_open_buf(
		    &o.lock, c->header.data, c->header.len, &plain, err);
	if (rc == HRV_OK)
		rc = json_read(plain.data, plain.len, &doc, err);
	if (rc == HRV_OK)
		rc = check_copy(c, doc, err);
	opening_clear(&o);
	buf_clear(&plain);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = doc;
	return HRV_OK;
}

int
unseal_copy_body(struct hrv_vault *v, const struct receipt *r,
    const struct case_copy *c, content_sink *sink, void *ctx,
    struct hrv_err *err)
{
	struct hashing h = { sink, ctx, NULL };
	struct opening o = { .context = BUF_INIT };
	json_t *header = NULL;
	int rc = unseal_copy_header(v, r, c, &header, err);

	if (rc == HRV_OK)
		rc = open_copy(v, r, c, CONTENT_BODY, &o, err);
	if (rc == HRV_OK)
		rc = check_body(v, &o, &c->body, header, &h, err);
	opening_clear(&o);
	json_decref(header);
	return rc;
}

int
unseal_detail(struct hrv_vault *v, const struct receipt *r,
    const struct detail *d, struct buf *out, struct hrv_err *err)
{
	struct wanted w = { d->dek, d->kek, &d->owner, WRAP_DETAIL };
	struct buf context = BUF_INIT, plain = BUF_INIT_SECRET;
	struct content_lock lock = { 0 };
	struct key *dek = NULL;
	int rc = open_dek(v, r, &d->owner, &w, &dek, err);

	detail_context(v, &d->owner, &context);
	lock = (struct content_lock){ dek, context.data, context.len };
	if (rc == HRV_OK)
		rc = buf_ok(&context, err);
	if (rc == HRV_OK)
		rc = content_open_buf(
		    &lock, d->sealed.data, d->sealed.len, &plain, err);
	if (rc == HRV_OK && plain.len < 32)
		rc = hrv_fail(err, HRV_EINTEGRITY, "a sealed text is damaged");
	if (rc == HRV_OK) {
		buf_add(out, plain.data + 32, plain.len - 32);
		rc = buf_ok(out, err);
	}
	key_free(dek);
	buf_clear(&plain);
	buf_clear(&context);
	return rc;
}

int
unseal_rewrap(void *ctx, struct keystore_dek *dek, struct hrv_err *err)
{
	struct unseal_rewrap *w = ctx;
	const struct hrv_vault *v = w->vault;
	struct wrap_context c = { .kek_name = dek->kek,
		.kek_version = dek->kek_version,
		.purpose = (enum wrap_purpose)dek->purpose };
	const struct key *from, *to;
	struct key *open = NULL;
	int rc;

	if (strcmp(dek->kek, w->name) != 0 || dek->kek_version == w->version)
		return HRV_OK;
	from = keyring_get(&v->ring, w->name, dek->kek_version);
	to = keyring_get(&v->ring, w->name, w->version);
	if (w->receipt == NULL || from == NULL || to == NULL)
		return no_key(w->name, err);
	memcpy(c.vault_id, v->id, sizeof(c.vault_id));
	memcpy(c.dek_id, dek->dek_id, sizeof(c.dek_id));
	memcpy(c.record_id, dek->record_id, sizeof(c.record_id));
	rc =
	    wrap_open(from, &c, dek->wrapped, sizeof(dek->wrapped), &open, err);
	c.kek_version = w->version;
	if (rc == HRV_OK)
		rc = wrap_key(to, &c, open, dek->wrapped, err);
	key_free(open);
	if (rc != HRV_OK)
		return rc;
	dek->kek_version = w->version;
	crypt_sha256_add(w->sha, dek->dek_id, sizeof(dek->dek_id));
	w->n++;
	if (w->progress != NULL && w->n % REWRAP_TOLD == 0)
		w->progress(w->ctx, w->n, 0);
	return HRV_OK;
}
