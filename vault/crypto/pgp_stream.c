/* SPDX-License-Identifier: ISC */
/*
 * Encrypting a stream into a file, for exports. Layer: crypto. Invariant: the
 * file is cut back to where it began unless its own head, read again, names
 * the one key or the passphrase cipher that was asked for.
 */
#include "vault/crypto/pgp_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES 65536
#define AES256 9
#define IO_BYTES "262144"

/* Where the output goes, and whether any came. */
struct sink {
	int fd;
	bool any;
};

static ssize_t
sink_write(void *handle, const void *from, size_t size)
{
	struct sink *k = handle;
	ssize_t n = write(k->fd, from, size);

	k->any = k->any || n > 0;
	return n;
}

static struct gpgme_data_cbs sink_cbs = { NULL, sink_write, NULL, NULL };

static int
stream_data(int in_fd, struct sink *sink, gpgme_data_t *in, gpgme_data_t *out,
    struct hrv_err *err)
{
	if (gpgme_data_new_from_fd(in, in_fd) != 0 ||
	    gpgme_data_new_from_cbs(out, &sink_cbs, sink) != 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	/* gpgme then wipes the block it copies through. */
	if (gpgme_data_set_flag(*in, "sensitive", "1") != 0 ||
	    gpgme_data_set_flag(*out, "sensitive", "1") != 0)
		return hrv_fail(err, HRV_EKEY, "gpgme is too old");
	/* Its blocks of 4 KiB make a stream slow; going on with them does no
	 * harm. */
	(void)gpgme_data_set_flag(*in, "io-buffer-size", IO_BYTES);
	(void)gpgme_data_set_flag(*out, "io-buffer-size", IO_BYTES);
	return HRV_OK;
}

static int
stream_fail(struct hrv_err *err, gpgme_error_t g, const char *what)
{
	switch ((int)gpgme_err_code(g)) {
	case GPG_ERR_ENOSPC:
	case GPG_ERR_EIO:
	case GPG_ERR_EDQUOT:
	case GPG_ERR_EFBIG:
	case GPG_ERR_EPIPE:
	case GPG_ERR_EBADF:
		return hrv_fail(
		    err, HRV_EIO, "%s: %s", what, gpgme_strerror(g));
	default:
		return pgp_fail(err, g, what);
	}
}

static int
head_of(int fd, off_t start, struct pgp_head *ret, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	ssize_t n = 1;
	int rc = HRV_OK;

	while (b.len < HEAD_BYTES && n > 0) {
		uint8_t *to = buf_reserve(&b, HEAD_BYTES - b.len);

		if (to == NULL)
			break;
		n = pread(fd, to, HEAD_BYTES - b.len, start + (off_t)b.len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			b.len += (size_t)n;
	}
	if (n < 0)
		rc = hrv_fail(err, HRV_EIO, "cannot read the package again: %s",
		    strerror(errno));
	else
		rc = pgp_make_binary(&b, 0, err);
	if (rc == HRV_OK && !pgp_head_read(b.data, b.len, ret))
		rc = hrv_fail(err, HRV_EKEY, "gpg made no readable message");
	buf_clear(&b);
	return rc;
}

static int
passphrase_only(const struct pgp_head *h, struct hrv_err *err)
{
	if (h->n_keys == 0 && h->n_passphrases == 1 && h->cipher == AES256 &&
	    (h->data_tag == 18 || h->data_tag == 20))
		return HRV_OK;
	hrv_fail_as(err, HRV_EKEY, "recipients",
	    "gpg made another message than AES-256 under one passphrase");
	return hrv_hint(err,
	    "remove cipher-algo, s2k-cipher-algo and encrypt-to from "
	    "gpg.conf, then try again");
}

int
pgp_stream_recipients(struct pgp *p, int fd, int64_t start,
    const struct pgp_to *to, struct hrv_err *err)
{
	gpgme_key_t keys[PGP_RECIPIENTS_MAX] = { NULL };
	struct pgp_head head;
	int rc;

	rc = head_of(fd, (off_t)start, &head, err);
	if (rc != HRV_OK)
		return rc;
	if (to == NULL)
		return passphrase_only(&head, err);
	rc = pgp_keys_get(p, to, keys, err);
	if (rc == HRV_ENOTFOUND)
		return pgp_not_here(err);
	if (rc != HRV_OK)
		return rc;
	return pgp_head_check(&head, keys, to->n, err);
}

static int
encrypt_run(
    struct pgp *p, gpgme_key_t key, const int fds[2], struct hrv_err *err)
{
	gpgme_key_t keys[2] = { key, NULL };
	struct sink sink = { fds[1], false };
	gpgme_data_t in = NULL, out = NULL;
	gpgme_error_t g;
	int rc;

	rc = stream_data(fds[0], &sink, &in, &out, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_encrypt_start(p->ctx, key != NULL ? keys : NULL,
	    GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO |
		GPGME_ENCRYPT_NO_COMPRESS,
	    in, out);
	/* Only a passphrase goes through the agent. */
	rc = pgp_run(p, g, key == NULL, &g, err);
	if (rc == HRV_OK && g != 0)
		rc = stream_fail(err, g, "cannot encrypt");
out:
	gpgme_data_release(in);
	gpgme_data_release(out);
	return rc;
}

int
pgp_encrypt_fd(struct pgp *p, const char *fpr, const struct buf *passphrase,
    const int fds[2], struct hrv_err *err)
{
	const struct pgp_to to = { &fpr, 1 };
	gpgme_key_t key = NULL;
	off_t start = lseek(fds[1], 0, SEEK_CUR);
	int rc;

	if (start < 0)
		return hrv_fail(err, HRV_EIO, "the package is not a file: %s",
		    strerror(errno));
	if (fpr == NULL) {
		rc = pgp_pass_begin(p, passphrase, err);
	} else {
		rc = pgp_key_get(p, fpr, &key, err);
		if (rc == HRV_ENOTFOUND)
			rc = pgp_not_here(err);
		if (rc == HRV_OK)
			rc = pgp_keys_usable(&key, 1, err);
	}
	if (rc == HRV_OK)
		rc = encrypt_run(p, key, fds, err);
	if (fpr == NULL)
		pgp_pass_end(p);
	if (rc == HRV_OK)
		rc = pgp_stream_recipients(
		    p, fds[1], start, fpr != NULL ? &to : NULL, err);
	if (rc != HRV_OK && ftruncate(fds[1], start) == 0)
		(void)lseek(fds[1], start, SEEK_SET);
	return rc;
}

int
pgp_decrypt_symmetric_fd(struct pgp *p, const struct buf *passphrase,
    const int fds[2], struct hrv_err *err)
{
	struct sink sink = { fds[1], false };
	gpgme_data_t in = NULL, out = NULL;
	gpgme_decrypt_result_t r;
	gpgme_error_t g;
	int rc;

	rc = pgp_pass_begin(p, passphrase, err);
	if (rc == HRV_OK)
		rc = stream_data(fds[0], &sink, &in, &out, err);
	if (rc != HRV_OK)
		goto out;
	p->done = false;
	g = gpgme_op_decrypt_start(p->ctx, in, out);
	rc = pgp_run(p, g, true, &g, err);
	if (rc != HRV_OK)
		goto out;
	r = gpgme_op_decrypt_result(p->ctx);
	/* gpg calls both the same; a wrong passphrase is found out before the
	 * first byte, damage after it. */
	if (gpgme_err_code(g) == GPG_ERR_DECRYPT_FAILED)
		rc = hrv_fail(err, sink.any ? HRV_EINTEGRITY : HRV_EKEY,
		    sink.any ? "the package is damaged"
			     : "the passphrase does not open the package");
	else if (g != 0)
		rc = stream_fail(err, g, "cannot decrypt");
	else if (r == NULL || r->legacy_cipher_nomdc)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the package has no integrity protection");
out:
	pgp_pass_end(p);
	gpgme_data_release(in);
	gpgme_data_release(out);
	return rc;
}
