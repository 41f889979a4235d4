/* SPDX-License-Identifier: ISC */
/*
 * Locks, copies, destruction and description of files. Layer: store.
 * Invariant: no lock is waited for without a bound, and none outlives the
 * process that holds it, so that nobody ever has to unlock by hand.
 */
#include "vault/store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"

#define LOCK_STEP_MS 10
#define COPY_CHUNK (256 * 1024)

int
file_lock(int fd, bool exclusive, unsigned timeout_ms, struct hrv_err *err)
{
	const struct timespec step = { 0, LOCK_STEP_MS * 1000000L };
	int op = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
	unsigned waited = 0;

	while (flock(fd, op) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return hrv_fail(
			    err, HRV_EIO, "locking: %s", strerror(errno));
		if (waited >= timeout_ms)
			return hrv_fail(
			    err, HRV_EBUSY, "somebody else holds the lock");
		(void)nanosleep(&step, NULL);
		waited += LOCK_STEP_MS;
	}
	return HRV_OK;
}

int
file_open_lock(const char *path, bool exclusive, unsigned timeout_ms,
    int *ret_fd, struct hrv_err *err)
{
	int fd = -1;
	int rc = file_open(path, O_RDWR, &fd, err);

	if (rc == HRV_ENOTFOUND) {
		rc = file_create(path, FILE_MODE_SHARED, &fd, err);
		/* Somebody else was faster. */
		if (rc == HRV_EEXISTS)
			rc = file_open(path, O_RDWR, &fd, err);
	}
	if (rc != HRV_OK)
		return rc;
	rc = file_lock(fd, exclusive, timeout_ms, err);
	if (rc != HRV_OK) {
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return HRV_OK;
}

int
file_lock_dir(const char *dir, bool exclusive, unsigned timeout_ms, int *ret_fd,
    struct hrv_err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return file_error(errno, "locking", dir, err);
	rc = file_lock(fd, exclusive, timeout_ms, err);
	if (rc != HRV_OK) {
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return HRV_OK;
}

int
file_is_locked(const char *path, bool *ret_locked, struct hrv_err *err)
{
	int fd = -1;
	int rc = file_open(path, O_RDONLY, &fd, err);

	if (rc == HRV_ENOTFOUND) {
		*ret_locked = false;
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	rc = file_lock(fd, true, 0, err);
	(void)close(fd);
	if (rc != HRV_OK && rc != HRV_EBUSY)
		return rc;
	*ret_locked = rc == HRV_EBUSY;
	return HRV_OK;
}

int
file_copy(const char *from, const char *to, mode_t mode, struct hrv_err *err)
{
	uint8_t *chunk = NULL;
	off_t at = 0;
	size_t got = 0;
	int in = -1;
	int out = -1;
	int rc;

	rc = file_open(from, O_RDONLY, &in, err);
	if (rc == HRV_OK)
		rc = file_create(to, mode, &out, err);
	if (rc == HRV_OK && (chunk = malloc(COPY_CHUNK)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	while (rc == HRV_OK) {
		rc = file_read_at(in, chunk, COPY_CHUNK, at, &got, err);
		if (rc != HRV_OK || got == 0)
			break;
		rc = file_write(out, chunk, got, to, err);
		at += (off_t)got;
	}
	free(chunk);
	if (in >= 0)
		(void)close(in);
	if (out >= 0) {
		(void)close(out);
		if (rc != HRV_OK)
			(void)unlink(to);
	}
	return rc;
}

static int
overwrite(int fd, const char *path, struct hrv_err *err)
{
	uint8_t noise[4096];
	struct stat st;
	off_t left;
	int rc = HRV_OK;

	if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		return file_error(errno, "overwriting", path, err);
	left = st.st_size;
	while (rc == HRV_OK && left > 0) {
		size_t n =
		    left < (off_t)sizeof(noise) ? (size_t)left : sizeof(noise);

		crypt_random(noise, n);
		rc = file_write(fd, noise, n, path, err);
		left -= (off_t)n;
	}
	if (rc == HRV_OK)
		rc = file_sync(fd, path, err);
	return rc;
}

int
file_destroy(const char *path, struct hrv_err *err)
{
	int fd = -1;
	int rc = file_open(path, O_RDWR, &fd, err);

	if (rc == HRV_ENOTFOUND)
		return file_sync_parent(path, err);
	if (rc != HRV_OK)
		return rc;
	rc = overwrite(fd, path, err);
	(void)close(fd);
	if (rc == HRV_OK)
		rc = file_unlink(path, NULL, err);
	if (rc == HRV_OK)
		rc = file_sync_parent(path, err);
	return rc;
}

static const char *
fs_name(unsigned long magic)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} known[] = {
		{ 0xef53, "ext4" },
		{ 0x58465342, "xfs" },
		{ 0x9123683e, "btrfs (copy on write)" },
		{ 0x2fc12fc1, "zfs (copy on write)" },
		{ 0xf2f52010, "f2fs (log structured)" },
		{ 0x01021994, "tmpfs (memory)" },
		{ 0x6969, "nfs" },
		{ 0xff534d42, "cifs" },
		{ 0xfe534d42, "smb2" },
		{ 0x794c7630, "overlayfs" },
		{ 0x65735546, "fuse" },
		{ 0x4d44, "vfat" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].magic == magic)
			return known[i].name;
	}
	return NULL;
}

/* '0' or '1' as the kernel says it of the device (or, for a partition, of the
 * disk it is on); anything else is unknown. */
static char
rotational(dev_t dev)
{
	for (int up = 0; up < 2; up++) {
		char path[96];
		char digit = '?';
		int fd;

		snprintf(path, sizeof(path),
		    "/sys/dev/block/%u:%u/%squeue/rotational", major(dev),
		    minor(dev), up == 1 ? "../" : "");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, &digit, 1) != 1)
			digit = '?';
		(void)close(fd);
		return digit;
	}
	return '?';
}

int
file_medium(const char *path, struct file_medium *ret, struct hrv_err *err)
{
	struct statfs fs;
	struct stat st;
	const char *name;
	char unknown[48];
	char spins;

	if (statfs(path, &fs) != 0 || stat(path, &st) != 0)
		return file_error(errno, "looking at", path, err);
	name = fs_name((unsigned long)fs.f_type);
	if (name == NULL) {
		snprintf(unknown, sizeof(unknown), "file system 0x%lx",
		    (unsigned long)fs.f_type);
		name = unknown;
	}
	spins = rotational(st.st_dev);
	snprintf(ret->text, sizeof(ret->text), "%s, %s", name,
	    spins == '1'   ? "rotating disk"
	    : spins == '0' ? "solid state"
			   : "device unknown");
	return HRV_OK;
}
