/* SPDX-License-Identifier: ISC */
/*
 * Files with contents for a person, see outfile.h. Layer: cli. Invariant: a
 * file under its name is whole and on disk; a failure leaves nothing behind.
 */
#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/process.h"

static int
exists(struct hrv_err *err)
{
	hrv_fail(err, HRV_EEXISTS, "the output file is there already");
	return hrv_hint(err, "nothing is overwritten; choose another name");
}

int
outfile_open(struct outfile *f, const char *path, struct hrv_err *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "this has its name only when it is whole, so it goes into "
		    "a file");
	if (lstat(path, &st) == 0)
		return exists(err);
	f->path = strdup(path);
	if (f->path == NULL || asprintf(&f->tmp, "%s.XXXXXX", path) < 0) {
		f->tmp = NULL;
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	/* Made with O_EXCL and mode 0600. */
	f->fd = mkostemp(f->tmp, O_CLOEXEC);
	if (f->fd < 0) {
		int sys = errno;

		free(f->tmp);
		f->tmp = NULL;
		if (sys == ENOENT || sys == ENOTDIR)
			return hrv_fail(err, HRV_ENOTFOUND,
			    "the folder of the output file is not there");
		return hrv_fail(err, HRV_EIO,
		    "the output file cannot be made: %s", strerror(sys));
	}
	(void)process_remove_at_exit(f->tmp);
	return HRV_OK;
}

int
outfile_write(
    struct outfile *f, const void *data, size_t len, struct hrv_err *err)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(f->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return hrv_fail(err, HRV_EIO,
			    "the output file cannot be written: %s",
			    n < 0 ? strerror(errno) : "no progress");
		at += n;
		len -= (size_t)n;
	}
	return HRV_OK;
}

/* So that the new name survives a crash. */
static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL   ? strdup(".")
		    : slash == path ? strdup("/")
				    : strndup(path, (size_t)(slash - path));
	int fd, rc = -1;

	fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		rc = fsync(fd);
		close(fd);
	}
	free(dir);
	return rc;
}

/* Neither way replaces a file, as rename() would. Some file systems know only
 * one of them. */
static int
give_name(const struct outfile *f)
{
	if (renameat2(AT_FDCWD, f->tmp, AT_FDCWD, f->path, RENAME_NOREPLACE) ==
	    0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(f->tmp, f->path) != 0)
		return -1;
	(void)unlink(f->tmp);
	return 0;
}

int
outfile_commit(struct outfile *f, struct hrv_err *err)
{
	int fd = f->fd;

	f->fd = -1;
	if (fsync(fd) != 0) {
		int sys = errno;

		close(fd);
		return hrv_fail(err, HRV_EIO,
		    "the output file cannot be written: %s", strerror(sys));
	}
	if (close(fd) != 0)
		return hrv_fail(err, HRV_EIO,
		    "the output file cannot be written: %s", strerror(errno));
	if (give_name(f) != 0)
		return errno == EEXIST
			   ? exists(err)
			   : hrv_fail(err, HRV_EIO,
				 "the output file cannot be named: %s",
				 strerror(errno));
	process_keep(f->tmp);
	free(f->tmp);
	f->tmp = NULL;
	(void)sync_folder(f->path);
	return HRV_OK;
}

void
outfile_clear(struct outfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp != NULL) {
		(void)unlink(f->tmp);
		process_keep(f->tmp);
	}
	free(f->tmp);
	free(f->path);
	*f = (struct outfile)OUTFILE_INIT;
}
