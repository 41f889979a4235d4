/* SPDX-License-Identifier: ISC */
/*
 * Parts of files, for copies that grow. Layer: store. Invariant: a copy holds
 * what was read, byte by byte, and its hash is of what was read.
 */
#include "vault/store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"

#define PIECE ((size_t)256 * 1024)

/* One pass over a range; to < 0: only hashed. */
struct pass {
	int from;
	int to;
	const char *to_path;
	uint64_t start;
	uint64_t end;
};

static int
run_pass(const struct pass *p, uint8_t out[32], struct hrv_err *err)
{
	struct crypt_sha256_ctx *sum = crypt_sha256_new();
	uint8_t *piece = malloc(PIECE);
	int rc = HRV_OK;

	if (sum == NULL || piece == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (uint64_t at = p->start; rc == HRV_OK && at < p->end;) {
		size_t want =
		    p->end - at < PIECE ? (size_t)(p->end - at) : PIECE;
		size_t got = 0;

		rc = file_read_at(p->from, piece, want, (off_t)at, &got, err);
		if (rc == HRV_OK && got < want)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "a file is shorter than was written");
		if (rc == HRV_OK && p->to >= 0)
			rc = file_write(p->to, piece, got, p->to_path, err);
		if (rc == HRV_OK)
			crypt_sha256_add(sum, piece, got);
		at += got;
	}
	if (rc == HRV_OK)
		crypt_sha256_final(sum, out);
	else
		crypt_sha256_free(sum);
	free(piece);
	return rc;
}

int
file_hash(const char *path, uint64_t start, uint64_t end, uint8_t out[32],
    struct hrv_err *err)
{
	struct pass p = { .from = -1, .to = -1, .start = start, .end = end };
	int rc = file_open(path, O_RDONLY, &p.from, err);

	if (rc != HRV_OK)
		return rc;
	rc = run_pass(&p, out, err);
	(void)close(p.from);
	return rc;
}

/* Opens the copy with exactly `start` bytes, standing at their end. */
static int
open_copy(const char *to, uint64_t start, int *ret_fd, struct hrv_err *err)
{
	struct stat st;
	int fd = -1;
	int rc = file_open(to, O_RDWR, &fd, err);

	if (rc == HRV_ENOTFOUND && start == 0)
		rc = file_create(to, FILE_MODE_PRIVATE, &fd, err);
	if (rc != HRV_OK)
		return rc;
	if (fstat(fd, &st) != 0)
		rc = file_error(errno, "opening", to, err);
	else if ((uint64_t)st.st_size < start)
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "a copy is shorter than was written");
	else if (ftruncate(fd, (off_t)start) != 0 ||
		 lseek(fd, (off_t)start, SEEK_SET) < 0)
		rc = file_error(errno, "writing", to, err);
	if (rc != HRV_OK) {
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return HRV_OK;
}

int
file_extend(const char *from, const char *to, uint64_t start, uint64_t end,
    uint8_t out[32], struct hrv_err *err)
{
	struct pass p = {
		.from = -1, .to = -1, .to_path = to, .start = start, .end = end
	};
	int rc = file_open(from, O_RDONLY, &p.from, err);

	if (rc == HRV_OK)
		rc = open_copy(to, start, &p.to, err);
	if (rc == HRV_OK)
		rc = run_pass(&p, out, err);
	if (rc == HRV_OK)
		rc = file_sync(p.to, to, err);
	if (rc == HRV_OK)
		rc = file_sync_parent(to, err);
	if (p.to >= 0)
		(void)close(p.to);
	if (p.from >= 0)
		(void)close(p.from);
	return rc;
}

int
file_size(const char *path, uint64_t *ret, struct hrv_err *err)
{
	struct stat st;
	int fd = -1;
	int rc = file_open(path, O_RDONLY, &fd, err);

	if (rc != HRV_OK)
		return rc;
	if (fstat(fd, &st) != 0)
		rc = file_error(errno, "looking at", path, err);
	else
		*ret = (uint64_t)st.st_size;
	(void)close(fd);
	return rc;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	(void)remove(path);
	return 0;
}

void
file_remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
