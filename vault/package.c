/* SPDX-License-Identifier: ISC */
/*
 * Writing a package and reading it again. Layer: verbs. Invariants: plaintext
 * exists in pipes and memory only; what does not read back as it was written
 * is not called a package. The cipher runs in a thread of its own, with the
 * vault's OpenPGP handle, which nobody else uses meanwhile.
 */
#include "vault/package.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/package_tar.h"
#include "vault/store/file.h"
#include "vault/unseal.h"

#define PATH_SIZE (ID_TEXT_SIZE + PACKAGE_PATH + 1)
#define OUT "package"

struct expected {
	char path[PATH_SIZE];
	uint64_t bytes;
	uint8_t sha256[32];
};

/* A stream that is being written. */
struct writing {
	struct hrv_vault *v;
	const struct receipt *r;
	struct package_tar *tar;
	struct package *p;
	struct expected *files;
	size_t n;
	struct crypt_sha256_ctx *sha; /* of the open file */
};

/* The cipher's side of a pipe. */
struct cipher {
	struct pgp *pgp;
	const struct package_lock *lock;
	int fds[2];  /* from, to */
	int closing; /* index of the end that is ours to close */
	int rc;
	struct hrv_err err;
	pthread_t thread;
};

static int
begin_file(
    struct writing *w, const char *path, uint64_t bytes, struct hrv_err *err)
{
	struct expected *e = &w->files[w->n];

	snprintf(e->path, sizeof(e->path), "%s/%s", w->p->root, path);
	e->bytes = bytes;
	w->sha = crypt_sha256_new();
	if (w->sha == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return package_tar_file(w->tar, e->path, bytes, err);
}

static int
add_bytes(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct writing *w = ctx;

	crypt_sha256_add(w->sha, data, len);
	return package_tar_add(w->tar, data, len, err);
}

static void
end_file(struct writing *w)
{
	crypt_sha256_final(w->sha, w->files[w->n].sha256);
	w->sha = NULL;
	w->n++;
}

static int
write_text(struct writing *w, const char *path, const struct buf *text,
    struct hrv_err *err)
{
	int rc = begin_file(w, path, text->len, err);

	if (rc == HRV_OK)
		rc = add_bytes(w, text->data, text->len, err);
	if (rc == HRV_OK)
		end_file(w);
	return rc;
}

static int
write_stored(
    struct writing *w, const struct package_item *it, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct case_copy copy = { .header = BUF_INIT };
	int rc;

	if (it->copied) {
		rc = case_copy_load(
		    w->v, &w->p->k->id, &it->rec.id, it->n, &copy, err);
		if (rc == HRV_OK)
			rc = unseal_copy_body(
			    w->v, w->r, &copy, add_bytes, w, err);
		case_copy_clear(&copy);
		return rc;
	}
	rc = version_load(w->v, &it->rec.id, it->n, &ver, err);
	if (rc == HRV_OK)
		rc = unseal_body(w->v, w->r, &it->rec, &ver, add_bytes, w, err);
	version_clear(&ver);
	return rc;
}

/* What was made, or, of a document, is made once more: nothing but the one at
 * hand is in memory. */
static int
write_made(
    struct writing *w, const struct package_item *it, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	int rc;

	if (it->body.len > 0)
		return add_bytes(w, it->body.data, it->body.len, err);
	rc = package_made_again(w->v, w->r, w->p, it, &text, err);
	if (rc == HRV_OK && text.len != it->bytes)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a document is not what its manifest row says");
	if (rc == HRV_OK)
		rc = add_bytes(w, text.data, text.len, err);
	buf_clear(&text);
	return rc;
}

static int
write_item(
    struct writing *w, const struct package_item *it, struct hrv_err *err)
{
	int rc;

	if (it->file[0] == '\0')
		return HRV_OK;
	rc = begin_file(w, it->file, it->bytes, err);
	if (rc == HRV_OK && it->made)
		rc = write_made(w, it, err);
	else if (rc == HRV_OK)
		rc = write_stored(w, it, err);
	if (rc != HRV_OK)
		return rc;
	end_file(w);
	if (memcmp(w->files[w->n - 1].sha256, it->sha256, 32) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a document is not what its manifest row says");
	return HRV_OK;
}

static int
write_all(struct writing *w, const struct package_texts *t, struct hrv_err *err)
{
	int rc = write_text(w, "index.html", &t->html, err);

	if (rc == HRV_OK)
		rc = write_text(w, "letter.html", &t->letter_page, err);
	if (rc == HRV_OK)
		rc = write_text(w, "letter.txt", &t->letter, err);
	if (rc == HRV_OK)
		rc = write_text(w, "data.json", &t->data, err);
	if (rc == HRV_OK)
		rc = write_text(w, "records.csv", &t->csv, err);
	if (rc == HRV_OK)
		rc = write_text(w, "manifest.json", &t->manifest, err);
	if (rc == HRV_OK)
		rc = write_text(w, "manifest.json.sig", &t->sig, err);
	if (rc == HRV_OK)
		rc = write_text(w, "case.tlog-proof", &t->proof, err);
	for (size_t i = 0; rc == HRV_OK && i < w->p->n; i++)
		rc = write_item(w, &w->p->items[i], err);
	if (rc == HRV_OK)
		rc = package_tar_finish(w->tar, err);
	crypt_sha256_free(w->sha);
	w->sha = NULL;
	return rc;
}

static int
write_stream(struct writing *w, const struct package_texts *t,
    const struct package_tar_args *args, struct hrv_err *err)
{
	int rc = package_tar_new(args, &w->tar, err);

	if (rc == HRV_OK)
		rc = write_all(w, t, err);
	package_tar_free(w->tar);
	w->tar = NULL;
	return rc;
}

static void *
encrypt(void *arg)
{
	struct cipher *c = arg;

	c->rc = pgp_encrypt_fd(
	    c->pgp, c->lock->to, c->lock->passphrase, c->fds, &c->err);
	(void)close(c->fds[c->closing]);
	return NULL;
}

static void *
decrypt(void *arg)
{
	struct cipher *c = arg;

	c->rc = pgp_decrypt_symmetric_fd(
	    c->pgp, c->lock->passphrase, c->fds, &c->err);
	(void)close(c->fds[c->closing]);
	return NULL;
}

/* Starts the cipher with its end of a new pipe; *ret_fd is our end. */
static int
cipher_start(
    struct cipher *c, void *(*run)(void *), int *ret_fd, struct hrv_err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return hrv_fail(err, HRV_EIO, "no pipe: %s", strerror(errno));
	c->closing = run == encrypt ? 0 : 1;
	c->fds[c->closing] = ends[c->closing];
	c->fds[1 - c->closing] = c->lock->fd;
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		return hrv_fail(err, HRV_EFAILED, "no thread can be started");
	}
	*ret_fd = ends[1 - c->closing];
	return HRV_OK;
}

/* Waits for the cipher. Its error is the cause of a broken pipe, so it comes
 * first. */
static int
cipher_end(struct cipher *c, int rc, struct hrv_err *err)
{
	(void)pthread_join(c->thread, NULL);
	if (c->rc != HRV_OK && (rc == HRV_OK || rc == HRV_EIO)) {
		*err = c->err;
		return c->rc;
	}
	return rc;
}

static int
write_pgp(struct writing *w, const struct package_texts *t,
    const struct package_lock *lock, struct hrv_err *err)
{
	struct cipher c = { .pgp = w->v->pgp, .lock = lock };
	struct package_tar_args args = { .mtime = lock->mtime };
	int rc = cipher_start(&c, encrypt, &args.fd, err);

	if (rc != HRV_OK)
		return rc;
	rc = write_stream(w, t, &args, err);
	(void)close(args.fd);
	return cipher_end(&c, rc, err);
}

/* What was written, while it is read again. */
struct comparing {
	const struct writing *w;
	size_t at;
};

static int
compare(void *ctx, const struct package_seen *seen, struct hrv_err *err)
{
	struct comparing *c = ctx;
	const struct expected *e = &c->w->files[c->at];

	if (c->at < c->w->n && strcmp(seen->path, e->path) == 0 &&
	    seen->bytes == e->bytes &&
	    memcmp(seen->sha256, e->sha256, 32) == 0) {
		c->at++;
		return HRV_OK;
	}
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the package does not read back as it was written");
}

/* Takes what a reader left, so that the cipher can end in peace. */
static void
drain(int fd)
{
	char block[4096];
	ssize_t n;

	do
		n = read(fd, block, sizeof(block));
	while (n > 0 || (n < 0 && errno == EINTR));
}

static int
walk_pgp(struct hrv_vault *v, const struct package_lock *lock,
    struct comparing *c, struct hrv_err *err)
{
	struct cipher k = { .pgp = v->pgp, .lock = lock };
	int fd = -1;
	int rc = cipher_start(&k, decrypt, &fd, err);

	if (rc != HRV_OK)
		return rc;
	rc = package_tar_walk(fd, NULL, compare, c, err);
	drain(fd);
	(void)close(fd);
	return cipher_end(&k, rc, err);
}

/* As far as can be without the recipient's key: what went into the stream was
 * hashed on its way, and the head names that key alone. */
static int
check_recipient(struct hrv_vault *v, const struct writing *w,
    const struct package_lock *lock, struct hrv_err *err)
{
	const struct pgp_to to = { &lock->to, 1 };
	off_t end = lseek(lock->fd, 0, SEEK_END);
	uint64_t bytes = 0;

	for (size_t i = 0; i < w->n; i++)
		bytes += w->files[i].bytes;
	if (end < 0 || (uint64_t)end < bytes)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the package is shorter than what is in it");
	return pgp_stream_recipients(v->pgp, lock->fd, 0, &to, err);
}

static int
read_again(struct hrv_vault *v, const struct writing *w,
    const struct package_lock *lock, struct hrv_err *err)
{
	struct comparing c = { w, 0 };
	int rc;

	if (lock->to != NULL)
		return check_recipient(v, w, lock, err);
	if (lseek(lock->fd, 0, SEEK_SET) != 0)
		return file_error(errno, "cannot read again", OUT, err);
	rc = lock->zip ? package_tar_walk(lock->fd, buf_str(lock->passphrase),
			     compare, &c, err)
		       : walk_pgp(v, lock, &c, err);
	if (rc == HRV_OK && c.at != w->n)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a file is missing from the package that was written");
	return rc;
}

int
package_write(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct package_texts *t, const struct package_lock *lock,
    struct hrv_err *err)
{
	struct writing w = { .v = v, .r = r, .p = p };
	struct package_tar_args zip = { .fd = lock->fd, .mtime = lock->mtime };
	int rc = HRV_OK;

	w.files = calloc(p->n + 10, sizeof(*w.files));
	if (w.files == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (lock->zip) {
		zip.zip_under = buf_str(lock->passphrase);
		rc = write_stream(&w, t, &zip, err);
	} else {
		rc = write_pgp(&w, t, lock, err);
	}
	if (rc == HRV_OK)
		rc = file_sync(lock->fd, OUT, err);
	if (rc == HRV_OK)
		rc = read_again(v, &w, lock, err);
	free(w.files);
	return rc;
}
