/* SPDX-License-Identifier: ISC */
/*
 * The gpgme handle and what gpg's errors mean to us. Layer: crypto.
 * Invariant: every context is made here, offline and with no key look-ups, so
 * that no operation can tell the network whose key is being handled.
 */
#include "vault/crypto/pgp_int.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

int
pgp_init(struct hrv_err *err)
{
	static bool done;

	if (done)
		return HRV_OK;
	/* Probing by gpgconf costs more than a decryption, and only works as
	 * a first call. */
	if (gpgme_set_global_flag("disable-gpgconf", "1") != 0 ||
	    gpgme_check_version("1.18.0") == NULL)
		return hrv_fail(err, HRV_EKEY, "gpgme 1.18 or later is needed");
	done = true;
	return HRV_OK;
}

static gpgme_error_t
set_up(struct pgp *p)
{
	gpgme_error_t g = 0;

	if (p->homedir != NULL)
		g = gpgme_ctx_set_engine_info(
		    p->ctx, GPGME_PROTOCOL_OpenPGP, NULL, p->homedir);
	if (g != 0)
		return g;
	gpgme_set_armor(p->ctx, 0);
	gpgme_set_offline(p->ctx, 1); /* --disable-dirmngr */
	g = gpgme_set_ctx_flag(p->ctx, "auto-key-locate", "local");
	if (g == 0)
		g = gpgme_set_ctx_flag(p->ctx, "auto-key-retrieve", "0");
	if (g == 0)
		g = gpgme_set_ctx_flag(p->ctx, "no-symkey-cache", "1");
	/* A pinentry that is asked in another character set mangles it. */
	if (g == 0)
		g = gpgme_set_locale(
		    p->ctx, LC_CTYPE, setlocale(LC_CTYPE, NULL));
	pgp_run_init(p);
	return g;
}

int
pgp_open(const char *homedir, struct pgp **ret, struct hrv_err *err)
{
	struct pgp *p = calloc(1, sizeof *p);
	gpgme_error_t g;
	int rc;

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	p->own_pass = (struct buf)BUF_INIT_SECRET;
	if (homedir != NULL && (p->homedir = strdup(homedir)) == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	g = gpgme_new(&p->ctx);
	if (g == 0)
		g = set_up(p);
	if (g != 0) {
		rc = pgp_fail(err, g, "cannot start gpg");
		goto out;
	}
	*ret = p;
	p = NULL;
	rc = HRV_OK;
out:
	pgp_close(p);
	return rc;
}

void
pgp_close(struct pgp *p)
{
	if (p == NULL)
		return;
	pgp_cache_clear(p);
	if (p->ctx != NULL)
		gpgme_release(p->ctx);
	buf_clear(&p->own_pass);
	free(p->homedir);
	free(p);
}

/* Groups of gpg's errors that have the same next step. */
static const struct meaning {
	enum hrv_code code;
	const char *name;	 /* NULL: that of the code */
	gpgme_err_code_t gpg[8]; /* ends in 0 */
	const char *why;
	const char *hint;
} meanings[] = {
	{ HRV_EKEY, "agent",
	    { GPG_ERR_NO_AGENT, GPG_ERR_AGENT, GPG_ERR_NO_PIN_ENTRY,
		GPG_ERR_PIN_ENTRY, GPG_ERR_ECONNREFUSED },
	    "gpg-agent or its pinentry is not there",
	    "gpgconf --kill gpg-agent, then try again; on a terminal set "
	    "GPG_TTY" },
	{ HRV_EKEY, "passphrase",
	    { GPG_ERR_CANCELED, GPG_ERR_FULLY_CANCELED, GPG_ERR_NO_PASSPHRASE,
		GPG_ERR_TIMEOUT },
	    "no passphrase was given", "try again and answer the pinentry" },
	{ HRV_EKEY, "passphrase", { GPG_ERR_BAD_PASSPHRASE, GPG_ERR_BAD_PIN },
	    "wrong passphrase", "try again with the right one" },
	{ HRV_EKEY, NULL, { GPG_ERR_NO_SECKEY, GPG_ERR_UNUSABLE_SECKEY },
	    "no usable secret key here fits",
	    "gpg --list-secret-keys shows what is here; choose with --as" },
	{ HRV_EINTEGRITY, NULL,
	    { GPG_ERR_NO_DATA, GPG_ERR_BAD_DATA, GPG_ERR_INV_PACKET,
		GPG_ERR_CHECKSUM, GPG_ERR_BAD_SIGNATURE, GPG_ERR_UNEXPECTED },
	    "the OpenPGP data is damaged", NULL },
	{ HRV_EKEY, "card",
	    { GPG_ERR_CARD_NOT_PRESENT, GPG_ERR_CARD_REMOVED, GPG_ERR_CARD },
	    "the card is not there", "insert the card, then try again" },
	{ HRV_EKEY, "agent", { GPG_ERR_INV_ENGINE, GPG_ERR_ENOENT },
	    "gpg was not found", "install gnupg" },
	{ HRV_ENOMEM, NULL, { GPG_ERR_ENOMEM }, "out of memory", NULL },
};

int
pgp_fail(struct hrv_err *err, gpgme_error_t gerr, const char *what)
{
	gpgme_err_code_t code = gpgme_err_code(gerr);

	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
		const struct meaning *m = &meanings[i];

		for (size_t j = 0; j < 8 && m->gpg[j] != 0; j++) {
			if (m->gpg[j] != code)
				continue;
			hrv_fail_as(err, m->code,
			    m->name != NULL ? m->name : hrv_code_name(m->code),
			    "%s: %s", what, m->why);
			if (m->hint != NULL)
				(void)hrv_hint(err, "%s", m->hint);
			return (int)m->code;
		}
	}
	hrv_fail(err, HRV_EKEY, "%s: %s", what, gpgme_strerror(gerr));
	return hrv_hint(err, "the log of gpg-agent may say more");
}

static ssize_t
mem_read(void *handle, void *to, size_t size)
{
	struct pgp_mem *m = handle;
	size_t n = m->len - m->pos < size ? m->len - m->pos : size;

	if (n > 0)
		memcpy(to, m->data + m->pos, n);
	m->pos += n;
	return (ssize_t)n;
}

static ssize_t
mem_write(void *handle, const void *from, size_t size)
{
	struct pgp_mem *m = handle;

	if (m->out == NULL || size > m->max) {
		m->overflow = true;
		errno = EFBIG;
		return -1;
	}
	buf_add(m->out, from, size);
	if (m->out->failed) {
		errno = ENOMEM;
		return -1;
	}
	m->max -= size;
	return (ssize_t)size;
}

static struct gpgme_data_cbs mem_cbs = { mem_read, mem_write, NULL, NULL };

int
pgp_data_new(
    struct pgp_mem *m, bool secret, gpgme_data_t *ret, struct hrv_err *err)
{
	gpgme_data_t d;

	if (gpgme_data_new_from_cbs(&d, &mem_cbs, m) != 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (secret && gpgme_data_set_flag(d, "sensitive", "1") != 0) {
		gpgme_data_release(d);
		return hrv_fail(err, HRV_EKEY, "gpgme is too old");
	}
	*ret = d;
	return HRV_OK;
}
