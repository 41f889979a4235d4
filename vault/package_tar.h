/* SPDX-License-Identifier: ISC */
/*
 * The folder of a package as a stream: a POSIX tar, or an encrypted ZIP.
 * Layer: verbs; package_tar.c is the only file that sees archive.h. Memory
 * stays flat whatever the size. Names are ours and ASCII; owners, times of
 * access and anything else of this machine stay out.
 */
#ifndef VAULT_PACKAGE_TAR_H
#define VAULT_PACKAGE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct package_tar;

struct package_tar_args {
	int fd;		       /* written to; stays the caller's */
	const char *zip_under; /* passphrase of an AES-256 ZIP; NULL: a tar */
	int64_t mtime;	       /* of every file, seconds since 1970 */
};

/* Begins a stream. *ret is given back with package_tar_free(). HRV_EFAILED
 * when this libarchive cannot encrypt, HRV_EUSAGE for a passphrase it does not
 * take. */
int package_tar_new(const struct package_tar_args *args,
    struct package_tar **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Begins a file of exactly that many bytes; the one before must be whole. */
int package_tar_file(struct package_tar *t, const char *path, uint64_t bytes,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Its bytes. HRV_EIO, also when the reader at the other end went away. */
int package_tar_add(struct package_tar *t, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the stream. HRV_EFAILED when the last file is not whole. */
int package_tar_finish(
    struct package_tar *t, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees, finished or not. NULL is fine. */
void package_tar_free(struct package_tar *t);

/* Gets each file of a stream, in order. */
struct package_seen {
	const char *path;
	uint64_t bytes;
	uint8_t sha256[32];
};
typedef int package_tar_fn(
    void *ctx, const struct package_seen *file, struct hrv_err *err);
/*
 * Reads a stream from fd to its end and hashes every file. zip_under as above;
 * a ZIP must be seekable. HRV_EINTEGRITY when it is not such a stream, holds
 * anything but files, or a passphrase does not open it.
 */
int package_tar_walk(int fd, const char *zip_under, package_tar_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

#endif
