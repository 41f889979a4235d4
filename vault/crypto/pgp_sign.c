/* SPDX-License-Identifier: ISC */
/*
 * Detached signatures. Layer: crypto. Invariant: a signature counts only when
 * it is exactly one, binary (class 0), made with SHA-2, over exactly these
 * bytes, by a key of the keyring at hand; it is held to that both when it is
 * made and when it is verified, so that no gpg.conf decides what we accept.
 */
#include "vault/crypto/pgp_int.h"

#include <string.h>

#define TAG_SIGNATURE 2

/* RFC 4880, 9.4: SHA-256, -384, -512, -224. */
static bool
hash_ok(int algo)
{
	return algo >= 8 && algo <= 11;
}

static bool
is_one_signature(const uint8_t *sig, size_t len)
{
	struct pgp_pkt k;
	size_t pos = 0;

	return pgp_pkt_next(sig, len, &pos, &k) && k.whole && pos == len &&
	       k.tag == TAG_SIGNATURE && k.body_len > 6 && k.body[0] == 4 &&
	       k.body[1] == 0 && hash_ok(k.body[3]);
}

static int
sign_run(struct pgp *p, gpgme_key_t key, struct pgp_mem *in,
    struct pgp_mem *out, struct hrv_err *err)
{
	gpgme_data_t d_in = NULL, d_out = NULL;
	gpgme_sign_result_t r;
	gpgme_error_t g;
	int rc;

	rc = pgp_data_new(in, false, &d_in, err);
	if (rc == HRV_OK)
		rc = pgp_data_new(out, false, &d_out, err);
	if (rc != HRV_OK)
		goto out;
	gpgme_signers_clear(p->ctx);
	g = gpgme_signers_add(p->ctx, key);
	p->done = false;
	if (g == 0)
		g = gpgme_op_sign_start(
		    p->ctx, d_in, d_out, GPGME_SIG_MODE_DETACH);
	rc = pgp_run(p, g, true, &g, err);
	if (rc != HRV_OK)
		goto out;
	r = gpgme_op_sign_result(p->ctx);
	if (r != NULL && r->invalid_signers != NULL)
		g = gpgme_error(GPG_ERR_UNUSABLE_SECKEY);
	if (g != 0)
		rc = pgp_fail(err, g, "cannot sign");
	else
		rc = pgp_make_binary(out->out, 0, err);
out:
	gpgme_signers_clear(p->ctx);
	gpgme_data_release(d_in);
	gpgme_data_release(d_out);
	return rc;
}

int
pgp_sign_detached(struct pgp *p, const char *fpr, const void *data, size_t len,
    struct buf *out, struct hrv_err *err)
{
	struct pgp_mem in = { .data = data, .len = len };
	struct buf sig = BUF_INIT;
	struct pgp_mem made = { .out = &sig, .max = 1 << 20 };
	gpgme_key_t key;
	int rc;

	rc = pgp_key_get(p, fpr, &key, err);
	if (rc == HRV_ENOTFOUND)
		rc = pgp_not_here(err);
	if (rc == HRV_OK)
		rc = sign_run(p, key, &in, &made, err);
	if (rc != HRV_OK)
		goto out;
	if (!is_one_signature(sig.data, sig.len)) {
		hrv_fail(err, HRV_EKEY,
		    "gpg made another signature than it was asked for");
		rc = hrv_hint(err,
		    "remove textmode, digest-algo and local-user from "
		    "gpg.conf, then try again");
		goto out;
	}
	buf_add(out, sig.data, sig.len);
	rc = buf_ok(out, err);
out:
	buf_clear(&sig);
	return rc;
}

static int
bad(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EINTEGRITY, "the OpenPGP signature does not verify");
}

/* What the keyring says of the key or subkey `fpr` that signed. */
static int
judge_key(
    struct pgp *p, const char *fpr, struct pgp_sig *sig, struct hrv_err *err)
{
	gpgme_key_t key;
	int rc = pgp_key_by_subkey(p, fpr, &key, err);

	if (rc != HRV_OK)
		return rc == HRV_ENOTFOUND ? bad(err) : rc;
	pgp_fpr_copy(sig->fpr, key->fpr);
	sig->key_revoked = sig->key_revoked || key->revoked;
	sig->key_expired = sig->key_expired || key->expired;
	for (gpgme_subkey_t k = key->subkeys; k != NULL; k = k->next) {
		if (k->fpr == NULL || strcasecmp(k->fpr, fpr) != 0)
			continue;
		sig->key_created = k->timestamp;
		sig->key_expires = k->expires;
		sig->key_revoked = sig->key_revoked || k->revoked;
		sig->key_expired = sig->key_expired || k->expired;
	}
	return HRV_OK;
}

static int
judge(struct pgp *p, const struct _gpgme_signature *s, struct pgp_sig *ret,
    struct hrv_err *err)
{
	struct pgp_sig sig = { .time = (int64_t)s->timestamp };
	char fpr[PGP_FPR_LEN + 1];
	int rc;

	switch ((int)gpgme_err_code(s->status)) {
	case GPG_ERR_NO_ERROR:
		break;
	case GPG_ERR_SIG_EXPIRED:
		sig.sig_expired = true;
		break;
	case GPG_ERR_KEY_EXPIRED:
		sig.key_expired = true;
		break;
	case GPG_ERR_CERT_REVOKED:
		sig.key_revoked = true;
		break;
	case GPG_ERR_NO_PUBKEY:
		return hrv_fail_as(err, HRV_EINTEGRITY, "unknown-signer",
		    "the OpenPGP signature is by a key that is not known "
		    "here");
	default:
		return bad(err);
	}
	if (s->fpr == NULL || !pgp_is_fpr(s->fpr) || s->timestamp == 0 ||
	    !hash_ok((int)s->hash_algo))
		return bad(err);
	/* A copy: asking for the key frees the result that s is part of. */
	pgp_fpr_copy(fpr, s->fpr);
	rc = judge_key(p, fpr, &sig, err);
	if (rc == HRV_OK)
		*ret = sig;
	return rc;
}

int
pgp_verify_detached(struct pgp *p, const struct pgp_signed *in,
    struct pgp_sig *ret, struct hrv_err *err)
{
	struct pgp_mem sig = { .data = in->sig, .len = in->sig_len };
	struct pgp_mem text = { .data = in->data, .len = in->len };
	gpgme_data_t d_sig = NULL, d_text = NULL;
	gpgme_verify_result_t r;
	gpgme_error_t g;
	int rc;

	if (!is_one_signature(in->sig, in->sig_len))
		return bad(err);
	rc = pgp_data_new(&sig, false, &d_sig, err);
	if (rc == HRV_OK)
		rc = pgp_data_new(&text, false, &d_text, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_verify_start(p->ctx, d_sig, d_text, NULL);
	rc = pgp_run(p, g, false, &g, err);
	if (rc != HRV_OK)
		goto out;
	r = gpgme_op_verify_result(p->ctx);
	if (g != 0)
		rc = pgp_fail(err, g, "cannot verify");
	else if (r == NULL || r->signatures == NULL ||
		 r->signatures->next != NULL)
		rc = bad(err);
	else
		rc = judge(p, r->signatures, ret, err);
out:
	gpgme_data_release(d_sig);
	gpgme_data_release(d_text);
	return rc;
}
