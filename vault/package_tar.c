/* SPDX-License-Identifier: ISC */
/*
 * Streams of files through libarchive, see package_tar.h. Layer: verbs.
 */
#include "vault/package_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"

#define BLOCK 65536

struct package_tar {
	struct archive *a;
	int fd;
	int64_t mtime;
	uint64_t missing; /* bytes that the open file still lacks */
	bool dead;	  /* nothing is written any more */
};

static ssize_t
to_fd(struct archive *a, void *ctx, const void *data, size_t len)
{
	const struct package_tar *t = ctx;
	ssize_t n;

	if (t->dead)
		return (ssize_t)len;
	do
		n = write(t->fd, data, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(a, errno, "cannot write");
	return n;
}

static int
lib_fail(struct archive *a, struct hrv_err *err)
{
	int sys = archive_errno(a);

	if (sys == ENOMEM)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return hrv_fail(err, HRV_EIO, "the package cannot be written: %s",
	    sys > 0 ? strerror(sys) : "the archive library refused");
}

static int
set_tar(struct archive *a, struct hrv_err *err)
{
	if (archive_write_set_format_pax_restricted(a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(a, BLOCK) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(a, 512) != ARCHIVE_OK)
		return lib_fail(a, err);
	return HRV_OK;
}

static int
set_zip(struct archive *a, const char *passphrase, struct hrv_err *err)
{
	if (archive_write_set_format_zip(a) != ARCHIVE_OK)
		return lib_fail(a, err);
	if (archive_write_set_options(a, "zip:encryption=aes256") !=
	    ARCHIVE_OK) {
		hrv_fail(err, HRV_EFAILED,
		    "this libarchive cannot write encrypted ZIP files");
		return hrv_hint(err, "leave --zip out: the package is then an "
				     "OpenPGP message under the passphrase");
	}
	if (archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK ||
	    archive_write_set_passphrase(a, passphrase) != ARCHIVE_OK)
		return hrv_fail(err, HRV_EUSAGE,
		    "the passphrase cannot be used for a ZIP file");
	return HRV_OK;
}

int
package_tar_new(const struct package_tar_args *args, struct package_tar **ret,
    struct hrv_err *err)
{
	struct package_tar *t = calloc(1, sizeof(*t));
	int rc = HRV_OK;

	if (t == NULL || (t->a = archive_write_new()) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		t->fd = args->fd;
		t->mtime = args->mtime;
		rc = args->zip_under == NULL
			 ? set_tar(t->a, err)
			 : set_zip(t->a, args->zip_under, err);
	}
	if (rc == HRV_OK &&
	    archive_write_open(t->a, t, NULL, to_fd, NULL) != ARCHIVE_OK)
		rc = lib_fail(t->a, err);
	if (rc != HRV_OK) {
		package_tar_free(t);
		return rc;
	}
	*ret = t;
	return HRV_OK;
}

static int
not_whole(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EFAILED,
	    "a file of the package does not have the length it should");
}

int
package_tar_file(struct package_tar *t, const char *path, uint64_t bytes,
    struct hrv_err *err)
{
	struct archive_entry *e;
	int rc = HRV_OK;

	if (t->missing != 0)
		return not_whole(err);
	e = archive_entry_new();
	if (e == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	archive_entry_set_pathname(e, path);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_size(e, (la_int64_t)bytes);
	archive_entry_set_mtime(e, t->mtime, 0);
	t->missing = bytes;
	if (archive_write_header(t->a, e) != ARCHIVE_OK)
		rc = lib_fail(t->a, err);
	archive_entry_free(e);
	return rc;
}

int
package_tar_add(
    struct package_tar *t, const void *data, size_t len, struct hrv_err *err)
{
	const uint8_t *p = data;

	if (len > t->missing)
		return not_whole(err);
	t->missing -= len;
	while (len > 0) {
		la_ssize_t n = archive_write_data(t->a, p, len);

		if (n <= 0)
			return lib_fail(t->a, err);
		p += n;
		len -= (size_t)n;
	}
	return HRV_OK;
}

int
package_tar_finish(struct package_tar *t, struct hrv_err *err)
{
	if (t->missing != 0)
		return not_whole(err);
	if (archive_write_close(t->a) != ARCHIVE_OK)
		return lib_fail(t->a, err);
	return HRV_OK;
}

void
package_tar_free(struct package_tar *t)
{
	if (t == NULL)
		return;
	/* The library ends a stream that is not finished by writing more, and
	 * must be let to give all its memory back. */
	t->dead = true;
	(void)archive_write_free(t->a);
	free(t);
}

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the package does not read back as it was written");
}

/* Hashes the data of the entry that was just reached. */
static int
hash_entry(struct archive *a, struct package_seen *seen, uint8_t *block,
    struct hrv_err *err)
{
	struct crypt_sha256_ctx *sha = crypt_sha256_new();
	la_ssize_t n = 0;

	if (sha == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	seen->bytes = 0;
	while ((n = archive_read_data(a, block, BLOCK)) > 0) {
		crypt_sha256_add(sha, block, (size_t)n);
		seen->bytes += (uint64_t)n;
	}
	if (n < 0) {
		crypt_sha256_free(sha);
		return damaged(err);
	}
	crypt_sha256_final(sha, seen->sha256);
	return HRV_OK;
}

static int
walk(struct archive *a, uint8_t *block, package_tar_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct archive_entry *e;
	int rc = HRV_OK;

	while (rc == HRV_OK) {
		struct package_seen seen = { .bytes = 0 };
		int got = archive_read_next_header(a, &e);

		if (got == ARCHIVE_EOF)
			break;
		seen.path = archive_entry_pathname(e);
		if (got != ARCHIVE_OK || seen.path == NULL ||
		    archive_entry_filetype(e) != AE_IFREG)
			return damaged(err);
		rc = hash_entry(a, &seen, block, err);
		if (rc == HRV_OK)
			rc = fn(ctx, &seen, err);
	}
	return rc;
}

static bool
open_stream(struct archive *a, int fd, const char *zip_under)
{
	int got = zip_under == NULL
		      ? archive_read_support_format_tar(a)
		      : archive_read_support_format_zip_seekable(a);

	if (got == ARCHIVE_OK && zip_under != NULL)
		got = archive_read_add_passphrase(a, zip_under);
	return got == ARCHIVE_OK &&
	       archive_read_open_fd(a, fd, BLOCK) == ARCHIVE_OK;
}

int
package_tar_walk(int fd, const char *zip_under, package_tar_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct archive *a = archive_read_new();
	uint8_t *block = malloc(BLOCK);
	int rc = HRV_OK;

	if (a == NULL || block == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else if (!open_stream(a, fd, zip_under))
		rc = damaged(err);
	if (rc == HRV_OK)
		rc = walk(a, block, fn, ctx, err);
	(void)archive_read_free(a);
	if (block != NULL)
		explicit_bzero(block, BLOCK);
	free(block);
	return rc;
}
