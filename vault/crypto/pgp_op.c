/* SPDX-License-Identifier: ISC */
/*
 * Encrypting and decrypting in memory, exporting and importing certificates.
 * Layer: crypto. Invariant: plaintext passes only through secret buffers and
 * gpgme data marked sensitive, and nothing is handed out that was not checked
 * after gpg made it.
 */
#include "vault/crypto/pgp_int.h"

#include <string.h>

#define ENCRYPT_FLAGS                                                          \
	(GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO |            \
	    GPGME_ENCRYPT_NO_COMPRESS)

/* Takes what was appended since `len` out again. */
static void
cut_back(struct buf *b, size_t len)
{
	if (b->data == NULL || b->len <= len)
		return;
	explicit_bzero(b->data + len, b->len - len);
	b->len = len;
}

static int
decrypt_result(struct pgp *p, gpgme_error_t g, const struct pgp_mem *m,
    struct hrv_err *err)
{
	gpgme_decrypt_result_t r = gpgme_op_decrypt_result(p->ctx);

	if (m->overflow)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the OpenPGP message is larger than it may be");
	if (m->out->failed)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (r != NULL && r->legacy_cipher_nomdc)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the OpenPGP message has no integrity protection");
	if (gpgme_err_code(g) == GPG_ERR_DECRYPT_FAILED)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "cannot decrypt: the OpenPGP data is damaged");
	if (g != 0)
		return pgp_fail(err, g, "cannot decrypt");
	if (r == NULL || r->recipients == NULL)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the OpenPGP message is not for a key");
	return HRV_OK;
}

int
pgp_decrypt(struct pgp *p, const void *data, size_t len, struct buf *out,
    struct hrv_err *err)
{
	struct pgp_mem in = { .data = data, .len = len };
	struct pgp_mem plain = { .out = out, .max = PGP_PLAIN_MAX };
	gpgme_data_t d_in = NULL, d_out = NULL;
	gpgme_error_t g;
	struct pgp_head head;
	size_t before = out->len;
	int rc;

	/* One encrypted packet behind its recipients and nothing else: gpg
	 * would also take signed, clear or nested things. */
	if (!out->secret || !pgp_head_read(data, len, &head) ||
	    head.n_keys == 0 || head.n_passphrases > 0 || head.n_after > 0 ||
	    (head.data_tag != 18 && head.data_tag != 20))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "not an OpenPGP message with integrity protection");
	rc = pgp_data_new(&in, false, &d_in, err);
	if (rc == HRV_OK)
		rc = pgp_data_new(&plain, true, &d_out, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_decrypt_start(p->ctx, d_in, d_out);
	rc = pgp_run(p, g, true, &g, err);
	if (rc == HRV_OK)
		rc = decrypt_result(p, g, &plain, err);
out:
	gpgme_data_release(d_in);
	gpgme_data_release(d_out);
	if (rc != HRV_OK)
		cut_back(out, before);
	return rc;
}

static int
encrypt_run(struct pgp *p, gpgme_key_t *keys, struct pgp_mem *in,
    struct pgp_mem *out, struct hrv_err *err)
{
	gpgme_data_t d_in = NULL, d_out = NULL;
	gpgme_error_t g;
	int rc;

	rc = pgp_data_new(in, true, &d_in, err);
	if (rc == HRV_OK)
		rc = pgp_data_new(out, false, &d_out, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_encrypt_start(p->ctx, keys, ENCRYPT_FLAGS, d_in, d_out);
	rc = pgp_run(p, g, false, &g, err);
	if (rc == HRV_OK && g != 0)
		rc = pgp_fail(err, g, "cannot encrypt");
out:
	gpgme_data_release(d_in);
	gpgme_data_release(d_out);
	return rc;
}

int
pgp_encrypt(struct pgp *p, const struct pgp_to *to, const void *data,
    size_t len, struct buf *out, struct hrv_err *err)
{
	gpgme_key_t keys[PGP_RECIPIENTS_MAX + 1] = { NULL };
	struct pgp_mem in = { .data = data, .len = len };
	struct pgp_mem made = { .out = out, .max = SIZE_MAX };
	struct pgp_head head;
	size_t before = out->len;
	int rc;

	rc = pgp_keys_get(p, to, keys, err);
	if (rc == HRV_ENOTFOUND)
		rc = pgp_not_here(err);
	if (rc == HRV_OK)
		rc = pgp_keys_usable(keys, to->n, err);
	if (rc == HRV_OK)
		rc = encrypt_run(p, keys, &in, &made, err);
	if (rc == HRV_OK)
		rc = pgp_make_binary(out, before, err);
	if (rc != HRV_OK)
		goto out;
	if (!pgp_head_read(out->data + before, out->len - before, &head)) {
		rc = hrv_fail(err, HRV_EKEY, "gpg made no readable message");
		goto out;
	}
	rc = pgp_head_check(&head, keys, to->n, err);
out:
	if (rc != HRV_OK)
		cut_back(out, before);
	return rc;
}

int
pgp_export_minimal(
    struct pgp *p, const char *fpr, struct buf *out, struct hrv_err *err)
{
	struct pgp_mem made = { .out = out, .max = SIZE_MAX };
	gpgme_data_t d = NULL;
	gpgme_error_t g;
	size_t before = out->len;
	int rc;

	if (!pgp_is_fpr(fpr))
		return hrv_fail(
		    err, HRV_EUSAGE, "a full fingerprint has 40 hex digits");
	rc = pgp_data_new(&made, false, &d, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_export_start(p->ctx, fpr, GPGME_EXPORT_MODE_MINIMAL, d);
	rc = pgp_run(p, g, false, &g, err);
	if (rc == HRV_OK && (g != 0 || out->len == before))
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    "key %s is not in the local keyring", fpr);
	if (rc == HRV_OK)
		rc = pgp_make_binary(out, before, err);
out:
	gpgme_data_release(d);
	if (rc != HRV_OK)
		cut_back(out, before);
	return rc;
}

/* A binary certificate: one public key (tag 6), no secret one (5, 7). */
static bool
is_one_cert(const struct pgp_cert *c)
{
	struct pgp_pkt k;
	size_t pos = 0, primaries = 0;

	while (pgp_pkt_next(c->data, c->len, &pos, &k)) {
		if (!k.whole || k.tag == 5 || k.tag == 7)
			return false;
		if (primaries == 0 && k.tag != 6)
			return false;
		primaries += k.tag == 6;
	}
	return pos == c->len && primaries == 1;
}

static int
not_certs(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EUSAGE, "not an OpenPGP certificate of exactly one key");
}

static int
import_result(
    struct pgp *p, struct pgp_cert *certs, size_t n, struct hrv_err *err)
{
	gpgme_import_result_t r = gpgme_op_import_result(p->ctx);
	gpgme_import_status_t s = r != NULL ? r->imports : NULL;

	if (r == NULL || r->secret_read != 0 || r->considered != (int)n)
		return not_certs(err);
	for (size_t i = 0; i < n; i++) {
		if (s == NULL || s->result != 0 || s->fpr == NULL ||
		    !pgp_is_fpr(s->fpr))
			return not_certs(err);
		pgp_fpr_copy(certs[i].fpr, s->fpr);
		s = s->next;
	}
	return s == NULL ? HRV_OK : not_certs(err);
}

int
pgp_import(struct pgp *p, struct pgp_cert *certs, size_t n, struct hrv_err *err)
{
	struct buf all = BUF_INIT;
	struct pgp_mem in = { 0 };
	gpgme_data_t d = NULL;
	gpgme_error_t g;
	int rc = HRV_OK;

	for (size_t i = 0; i < n && rc == HRV_OK; i++) {
		bool armored = n == 1 && certs[i].len > 0 &&
			       !(((const uint8_t *)certs[i].data)[0] & 0x80);

		if (!armored && !is_one_cert(&certs[i]))
			rc = not_certs(err);
		buf_add(&all, certs[i].data, certs[i].len);
	}
	if (rc == HRV_OK)
		rc = buf_ok(&all, err);
	if (rc != HRV_OK || n == 0)
		goto out;
	in.data = all.data;
	in.len = all.len;
	rc = pgp_data_new(&in, false, &d, err);
	if (rc != HRV_OK)
		goto out;
	/* What is cached may be renewed by what comes in. */
	pgp_cache_clear(p);
	p->done = false;
	g = gpgme_op_import_start(p->ctx, d);
	rc = pgp_run(p, g, false, &g, err);
	if (rc == HRV_OK && g != 0)
		rc = gpgme_err_code(g) == GPG_ERR_NO_DATA
			 ? not_certs(err)
			 : pgp_fail(err, g, "cannot import");
	if (rc == HRV_OK)
		rc = import_result(p, certs, n, err);
out:
	gpgme_data_release(d);
	buf_clear(&all);
	return rc;
}
