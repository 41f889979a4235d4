/* SPDX-License-Identifier: ISC */
/*
 * Passphrases that gpg gets from us and not from a pinentry. Layer: crypto.
 * Invariant: they lie in locked buffers and go from there straight into gpg's
 * pipe, never into an argument or a file.
 */
#include "vault/crypto/pgp_int.h"

#include <errno.h>
#include <string.h>

#define PASS_MAX 255 /* bytes; what gpg takes */

static gpgme_error_t
give(void *hook, const char *uid_hint, const char *info, int prev_was_bad,
    int fd)
{
	const struct pgp *p = hook;

	(void)uid_hint;
	(void)info;
	if (p->passphrase == NULL || prev_was_bad)
		return gpgme_error(GPG_ERR_BAD_PASSPHRASE);
	if (gpgme_io_writen(fd, p->passphrase->data, p->passphrase->len) != 0 ||
	    gpgme_io_writen(fd, "\n", 1) != 0)
		return gpgme_error_from_errno(errno);
	return 0;
}

int
pgp_pass_begin(struct pgp *p, const struct buf *pass, struct hrv_err *err)
{
	if (pass == NULL || !pass->secret || pass->len == 0 ||
	    pass->len > PASS_MAX ||
	    memchr(pass->data, '\n', pass->len) != NULL ||
	    memchr(pass->data, '\0', pass->len) != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "a passphrase has 1 to %d bytes on one line", PASS_MAX);
	if (gpgme_set_pinentry_mode(p->ctx, GPGME_PINENTRY_MODE_LOOPBACK) != 0)
		return hrv_fail(err, HRV_EKEY, "gpgme is too old");
	p->passphrase = pass;
	gpgme_set_passphrase_cb(p->ctx, give, p);
	return HRV_OK;
}

void
pgp_pass_end(struct pgp *p)
{
	if (p->own_pass.len > 0) {
		p->passphrase = &p->own_pass;
		return;
	}
	gpgme_set_passphrase_cb(p->ctx, NULL, NULL);
	(void)gpgme_set_pinentry_mode(p->ctx, GPGME_PINENTRY_MODE_DEFAULT);
	p->passphrase = NULL;
}

int
pgp_use_passphrase(struct pgp *p, const char *text, struct hrv_err *err)
{
	int rc;

	buf_reset(&p->own_pass);
	buf_adds(&p->own_pass, text);
	rc = buf_ok(&p->own_pass, err);
	if (rc == HRV_OK)
		rc = pgp_pass_begin(p, &p->own_pass, err);
	if (rc != HRV_OK)
		buf_clear(&p->own_pass);
	return rc;
}
