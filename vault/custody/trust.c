/* SPDX-License-Identifier: ISC */
/*
 * Verifying members' signatures. Layer: custody. Invariant: only certificates
 * of the slot file count, never what else lies in somebody's keyring.
 */
#include "vault/custody/trust.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/pgp.h"

int
trust_know(struct pgp *p, const struct slots *s, struct hrv_err *err)
{
	const char **fpr = calloc(s->n_certs + 1, sizeof(*fpr));
	struct pgp_to all = { fpr, s->n_certs };
	int rc;

	if (fpr == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->n_certs; i++)
		fpr[i] = s->certs[i].fpr;
	rc = pgp_keys_know(p, &all, err);
	free(fpr);
	return rc;
}

int
trust_init(struct trust *t, const char *tmp_dir, const struct slots *s,
    struct hrv_err *err)
{
	struct pgp_cert *certs = calloc(s->n_certs + 1, sizeof(*certs));
	int rc;

	*t = (struct trust){ 0 };
	if (certs == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->n_certs; i++) {
		certs[i].data = s->certs[i].key.data;
		certs[i].len = s->certs[i].key.len;
	}
	rc = pgp_tmp_home_new(tmp_dir, &t->home, err);
	if (rc == HRV_OK)
		rc = pgp_open(t->home, &t->pgp, err);
	if (rc == HRV_OK && s->n_certs > 0)
		rc = pgp_import(t->pgp, certs, s->n_certs, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n_certs; i++) {
		if (strcmp(certs[i].fpr, s->certs[i].fpr) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the certificate of %s in the slot file is of "
			    "another key",
			    s->certs[i].fpr);
	}
	if (rc == HRV_OK)
		rc = trust_know(t->pgp, s, err);
	free(certs);
	if (rc != HRV_OK)
		trust_clear(t);
	return rc;
}

void
trust_clear(struct trust *t)
{
	pgp_close(t->pgp);
	pgp_tmp_home_free(t->home);
	*t = (struct trust){ 0 };
}

int
trust_check_sig(struct trust *t, const char *fpr, const struct buf *sig,
    const struct buf *data, struct hrv_err *err)
{
	struct pgp_signed in = { sig->data, sig->len, data->data, data->len };
	struct pgp_sig got;
	int rc = pgp_verify_detached(t->pgp, &in, &got, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(got.fpr, fpr) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a signature that names %s was made by another key", fpr);
	return HRV_OK;
}

int
trust_check_slots(struct trust *t, const struct slots *s, const void *text,
    struct hrv_err *err)
{
	struct buf data = BUF_INIT;
	int rc;

	if (s->n_sigs == 0)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the slot file is not signed");
	buf_add(&data, text, s->signed_len);
	rc = buf_ok(&data, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n_sigs; i++) {
		if (slots_cert(s, s->sigs[i].fpr) == NULL)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the slot file is signed by somebody who is no "
			    "member: %s",
			    s->sigs[i].fpr);
		else
			rc = trust_check_sig(
			    t, s->sigs[i].fpr, &s->sigs[i].sig, &data, err);
	}
	buf_clear(&data);
	return rc;
}
