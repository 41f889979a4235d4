/* SPDX-License-Identifier: ISC */
/*
 * Files of a vault: opening, reading, writing, replacing. Layer: store.
 * Invariants: no symbolic link is followed as the last component; the mode is
 * set on the open file, so that no umask changes it; what is replaced is
 * replaced whole.
 */
#include "vault/store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

int
file_error(int sys, const char *doing, const char *path, struct hrv_err *err)
{
	const char *name = last_component(path);

	switch (sys) {
	case ENOSPC:
	case EDQUOT:
		return hrv_fail_as(err, HRV_EIO, "disk-full",
		    "%s %s: the disk is full", doing, name);
	case ENOENT:
		return hrv_fail(
		    err, HRV_ENOTFOUND, "%s %s: not there", doing, name);
	case EEXIST:
		return hrv_fail(err, HRV_EEXISTS, "%s %s: it is there already",
		    doing, name);
	case ELOOP:
		return hrv_fail(err, HRV_EINTEGRITY,
		    "%s %s: it is a symbolic link", doing, name);
	case ENOMEM:
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	case EROFS:
	case EACCES:
	case EPERM:
		return hrv_fail_as(err, HRV_EIO, "no-permission", "%s %s: %s",
		    doing, name, strerror(sys));
	default:
		return hrv_fail(
		    err, HRV_EIO, "%s %s: %s", doing, name, strerror(sys));
	}
}

int
file_join(
    const char *dir, const char *name, char **ret_path, struct hrv_err *err)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret_path = path;
	return HRV_OK;
}

int
file_mkdir(const char *path, mode_t mode, struct hrv_err *err)
{
	int fd = -1;
	int rc;

	if (mkdir(path, 0700) != 0)
		return file_error(errno, "making folder", path, err);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) != 0) {
		rc = file_error(errno, "making folder", path, err);
		(void)rmdir(path);
		goto out;
	}
	rc = file_sync_parent(path, err);
out:
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

int
file_open(const char *path, int flags, int *ret_fd, struct hrv_err *err)
{
	struct stat st;
	int rc;
	/* Without O_NONBLOCK a FIFO put there would make us wait for ever. */
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return file_error(errno, "opening", path, err);
	if (fstat(fd, &st) != 0)
		rc = file_error(errno, "opening", path, err);
	else if (!S_ISREG(st.st_mode))
		rc = hrv_fail(err, HRV_EINTEGRITY, "%s is not a regular file",
		    last_component(path));
	else
		rc = HRV_OK;
	if (rc != HRV_OK) {
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return HRV_OK;
}

int
file_create(const char *path, mode_t mode, int *ret_fd, struct hrv_err *err)
{
	int fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return file_error(errno, "creating", path, err);
	if (fchmod(fd, mode) != 0) {
		int rc = file_error(errno, "creating", path, err);

		(void)unlink(path);
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return HRV_OK;
}

int
file_write(
    int fd, const void *data, size_t len, const char *path, struct hrv_err *err)
{
	const uint8_t *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_error(errno, "writing", path, err);
		p += n;
		len -= (size_t)n;
	}
	return HRV_OK;
}

int
file_read_at(int fd, void *out, size_t len, off_t at, size_t *ret_len,
    struct hrv_err *err)
{
	uint8_t *p = out;
	size_t have = 0;

	while (have < len) {
		ssize_t n = pread(fd, p + have, len - have, at + (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hrv_fail(err, HRV_EIO, "reading a file: %s",
			    strerror(errno));
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*ret_len = have;
	return HRV_OK;
}

int
file_sync(int fd, const char *path, struct hrv_err *err)
{
	if (fsync(fd) != 0)
		return file_error(errno, "syncing", path, err);
	return HRV_OK;
}

int
file_sync_dir(const char *dir, struct hrv_err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = HRV_OK;

	if (fd < 0)
		return file_error(errno, "syncing folder", dir, err);
	if (fsync(fd) != 0)
		rc = file_error(errno, "syncing folder", dir, err);
	(void)close(fd);
	return rc;
}

/* The directory of path as a new text; NULL when out of memory. */
static char *
parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	if (slash == path)
		return strdup("/");
	return strndup(path, (size_t)(slash - path));
}

int
file_sync_parent(const char *path, struct hrv_err *err)
{
	char *dir = parent_of(path);
	int rc;

	if (dir == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = file_sync_dir(dir, err);
	free(dir);
	return rc;
}

bool
file_dir_writable(const char *path)
{
	char *dir = parent_of(path);
	bool yes = dir != NULL &&
		   faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0;

	free(dir);
	return yes;
}

/* A new, full and synced file under a random name beside path. */
static int
write_temp(const char *path, const void *data, size_t len, mode_t mode,
    char **ret_temp, struct hrv_err *err)
{
	char *temp = NULL;
	uint64_t tag = 0;
	int fd = -1;
	int rc;

	crypt_random(&tag, sizeof(tag));
	if (asprintf(&temp, "%s.%016llx.tmp", path, (unsigned long long)tag) <
	    0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = file_create(temp, mode, &fd, err);
	if (rc != HRV_OK) {
		free(temp);
		return rc;
	}
	rc = file_write(fd, data, len, path, err);
	if (rc == HRV_OK)
		rc = file_sync(fd, path, err);
	if (close(fd) != 0 && rc == HRV_OK)
		rc = file_error(errno, "writing", path, err);
	if (rc != HRV_OK) {
		(void)unlink(temp);
		free(temp);
		return rc;
	}
	*ret_temp = temp;
	return HRV_OK;
}

static int
write_and_rename(const char *path, const void *data, size_t len, mode_t mode,
    unsigned flags, struct hrv_err *err)
{
	char *temp = NULL;
	int rc = write_temp(path, data, len, mode, &temp, err);

	if (rc != HRV_OK)
		return rc;
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, flags) != 0) {
		rc = file_error(errno, "writing", path, err);
		(void)unlink(temp);
	} else {
		rc = file_sync_parent(path, err);
	}
	free(temp);
	return rc;
}

int
file_write_atomic(const char *path, const void *data, size_t len, mode_t mode,
    struct hrv_err *err)
{
	return write_and_rename(path, data, len, mode, 0, err);
}

int
file_write_new(const char *path, const void *data, size_t len, mode_t mode,
    struct hrv_err *err)
{
	return write_and_rename(path, data, len, mode, RENAME_NOREPLACE, err);
}

int
file_read(const char *path, size_t max, struct buf *out, struct hrv_err *err)
{
	size_t got = 0;
	uint8_t *to;
	int fd = -1;
	struct stat st;
	int rc;

	rc = file_open(path, O_RDONLY, &fd, err);
	if (rc != HRV_OK)
		return rc;
	if (fstat(fd, &st) != 0) {
		rc = file_error(errno, "reading", path, err);
		goto out;
	}
	/* One byte more, so that a file that grew meanwhile is noticed. */
	if ((uint64_t)st.st_size <= max) {
		to = buf_reserve(out, (size_t)st.st_size + 1);
		rc = to == NULL ? buf_ok(out, err)
				: file_read_at(fd, to, (size_t)st.st_size + 1,
				      0, &got, err);
		if (rc != HRV_OK)
			goto out;
	}
	if ((uint64_t)st.st_size > max || got > max) {
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "%s is longer than it can be", last_component(path));
		goto out;
	}
	out->len += got;
	rc = HRV_OK;
out:
	(void)close(fd);
	return rc;
}

int
file_unlink(const char *path, bool *ret_was, struct hrv_err *err)
{
	bool was = unlink(path) == 0;

	if (!was && errno != ENOENT)
		return file_error(errno, "removing", path, err);
	if (ret_was != NULL)
		*ret_was = was;
	return HRV_OK;
}
