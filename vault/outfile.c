/* SPDX-License-Identifier: ISC */
/*
 * Exported files. Layer: verbs. Invariant: whatever goes wrong, and whenever
 * the program is killed, there is no part of a document under any name that
 * the caller chose; without O_TMPFILE a hidden name is used and removed.
 */
#include "vault/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"

struct export_file {
	int dir; /* the folder, so that later changes of the path are moot */
	int fd;
	char *name; /* last component of the path */
	char *tmp;  /* path of the hidden name in use, or NULL */
	export_unfinished_fn *unfinished;
};

static int
fail_errno(const char *doing, struct hrv_err *err)
{
	int sys = errno;

	if (sys == EEXIST) {
		hrv_fail(err, HRV_EEXISTS,
		    "there is something of the output's name already");
		return hrv_hint(err, "nothing is ever overwritten: choose "
				     "another name or remove it first");
	}
	if (sys == ENOENT || sys == ENOTDIR)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "the output's folder is not there");
	return hrv_fail_as(err, HRV_EIO,
	    sys == ENOSPC || sys == EDQUOT ? "disk-full" : "io",
	    "%s the output failed: %s", doing, strerror(sys));
}

/* The hidden name is not in use any more. */
static void
forget_hidden(struct export_file *f)
{
	if (f->tmp != NULL && f->unfinished != NULL)
		f->unfinished(f->tmp, false);
	free(f->tmp);
	f->tmp = NULL;
}

/* Last component of the hidden name. */
static const char *
hidden(const struct export_file *f)
{
	const char *slash = strrchr(f->tmp, '/');

	return slash == NULL ? f->tmp : slash + 1;
}

/* Splits path into the open folder and the name in it. */
static int
open_dir(struct export_file *f, const char *path, struct hrv_err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	char *dir;

	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "the output must be the name of a file");
	dir = slash == NULL   ? strdup(".")
	      : slash == path ? strdup("/")
			      : strndup(path, (size_t)(slash - path));
	f->name = strdup(name);
	if (dir == NULL || f->name == NULL) {
		free(dir);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	return f->dir < 0 ? fail_errno("opening the folder of", err) : HRV_OK;
}

/* A hidden name for file systems without O_TMPFILE, beside the final one. It
 * is announced before it exists: a signal may come at any moment. */
static void
open_hidden(struct export_file *f, const char *path)
{
	int dir = (int)(strlen(path) - strlen(f->name));
	struct buf hex = BUF_INIT;
	uint8_t r[8];

	crypt_random(r, sizeof(r));
	enc_hex(&hex, r, sizeof(r));
	if (asprintf(&f->tmp, "%.*s.%s.part", dir, path, buf_str(&hex)) < 0)
		f->tmp = NULL;
	buf_clear(&hex);
	if (f->tmp == NULL) {
		errno = ENOMEM;
		return;
	}
	if (f->unfinished != NULL)
		f->unfinished(f->tmp, true);
	f->fd = openat(f->dir, hidden(f),
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0) {
		int sys = errno;

		forget_hidden(f);
		errno = sys;
	}
}

static int
open_file(struct export_file *f, const char *path, struct hrv_err *err)
{
	struct stat st;

	/* Said early, before anything is decrypted; linkat() below is what
	 * really keeps another file from being overwritten. */
	if (fstatat(f->dir, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return fail_errno("making", err);
	}
	if (errno != ENOENT)
		return fail_errno("making", err);
	f->fd = openat(f->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (f->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR ||
			     errno == EINVAL || errno == ENOENT))
		open_hidden(f, path);
	if (f->fd < 0 || fchmod(f->fd, 0600) != 0)
		return fail_errno("making", err);
	return HRV_OK;
}

int
export_file_new(const char *path, export_unfinished_fn *unfinished,
    struct export_file **ret, struct hrv_err *err)
{
	struct export_file *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	f->dir = f->fd = -1;
	f->unfinished = unfinished;
	rc = open_dir(f, path, err);
	if (rc == HRV_OK)
		rc = open_file(f, path, err);
	if (rc != HRV_OK) {
		export_file_free(f);
		return rc;
	}
	*ret = f;
	return HRV_OK;
}

int
export_file_write(void *file, const void *data, size_t len, struct hrv_err *err)
{
	struct export_file *f = file;
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(f->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("writing", err);
		p += n;
		len -= (size_t)n;
	}
	return HRV_OK;
}

int
export_file_fd(const struct export_file *f)
{
	return f->fd;
}

int
export_file_sync(struct export_file *f, struct hrv_err *err)
{
	return fsync(f->fd) == 0 ? HRV_OK : fail_errno("writing", err);
}

int
export_file_commit(struct export_file *f, struct hrv_err *err)
{
	char proc[64];
	int bad;

	if (f->tmp != NULL) {
		/* Where there are no hard links either, or no such rename. */
		bad = renameat2(
		    f->dir, hidden(f), f->dir, f->name, RENAME_NOREPLACE);
		if (bad == 0)
			forget_hidden(f);
		else if (errno == EINVAL || errno == ENOSYS)
			bad = linkat(f->dir, hidden(f), f->dir, f->name, 0);
	} else {
		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", f->fd);
		bad =
		    linkat(AT_FDCWD, proc, f->dir, f->name, AT_SYMLINK_FOLLOW);
	}
	if (bad != 0)
		return fail_errno("naming", err);
	if (fsync(f->dir) != 0 && errno != EINVAL) {
		int rc = fail_errno("naming", err);

		(void)unlinkat(f->dir, f->name, 0);
		return rc;
	}
	return HRV_OK;
}

void
export_file_free(struct export_file *f)
{
	if (f == NULL)
		return;
	if (f->tmp != NULL)
		(void)unlinkat(f->dir, hidden(f), 0);
	forget_hidden(f);
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->dir >= 0)
		(void)close(f->dir);
	free(f->name);
	free(f);
}
