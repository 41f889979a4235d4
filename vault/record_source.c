/* SPDX-License-Identifier: ISC */
/*
 * Documents on their way in. Layer: verbs. Invariant: a source that ended
 * without an error gave the file as it was at one moment.
 */
#include "vault/record_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX (1u << 20) /* read ahead, before any lock */
#define STALL_MS 60000	    /* a pipe that gives nothing under the lock */

static int
fail_errno(struct hrv_err *err)
{
	int sys = errno;

	if (sys == ENOENT || sys == ENOTDIR)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "the file to store is not there");
	if (sys == EISDIR)
		return hrv_fail(
		    err, HRV_EUSAGE, "a folder cannot be stored; name a file");
	return hrv_fail(err, HRV_EIO, "reading the file to store failed: %s",
	    strerror(sys));
}

static int
open_path(struct record_source *s, const char *path, struct hrv_err *err)
{
	/* Without O_NONBLOCK a pipe without a writer would keep us here. */
	s->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (s->fd < 0)
		return fail_errno(err);
	s->own = true;
	if (fstat(s->fd, &s->before) != 0)
		return fail_errno(err);
	if (S_ISDIR(s->before.st_mode)) {
		errno = EISDIR;
		return fail_errno(err);
	}
	if (S_ISREG(s->before.st_mode)) {
		s->regular = s->whole = true;
		return HRV_OK;
	}
	hrv_fail(err, HRV_EUSAGE, "the file to store is a pipe or a device");
	return hrv_hint(
	    err, "give '-' in its place and lead it to standard input");
}

static int
use_fd(struct record_source *s, int fd, struct hrv_err *err)
{
	s->fd = fd;
	if (fstat(fd, &s->before) != 0)
		return fail_errno(err);
	s->regular = S_ISREG(s->before.st_mode);
	return HRV_OK;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* At the end: what was read is one state of the file. */
static int
unchanged(const struct record_source *s, struct hrv_err *err)
{
	struct stat now;

	if (!s->regular)
		return HRV_OK;
	if (fstat(s->fd, &now) != 0)
		return fail_errno(err);
	if (now.st_size == s->before.st_size &&
	    same_time(now.st_mtim, s->before.st_mtim) &&
	    (!s->whole || (uint64_t)now.st_size == s->total))
		return HRV_OK;
	hrv_fail_as(err, HRV_EFAILED, "changed",
	    "the file changed while it was read, so it was not stored");
	return hrv_hint(err, "run the command again when nobody writes to it");
}

static int
read_fd(struct record_source *s, uint8_t *out, size_t cap, size_t *ret_len,
    struct hrv_err *err)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	*ret_len = 0;
	if (s->end)
		return HRV_OK;
	do {
		/* While the head is read nobody waits for us. */
		int got =
		    s->regular ? 1 : poll(&p, 1, s->at > 0 ? STALL_MS : -1);

		if (got == 0)
			return hrv_fail(err, HRV_EIO,
			    "standard input gave nothing for a minute");
		n = read(s->fd, out, cap);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0)
		return fail_errno(err);
	s->total += (uint64_t)n;
	*ret_len = (size_t)n;
	if (n > 0)
		return HRV_OK;
	s->end = true;
	return unchanged(s, err);
}

/* body_source.read: first what was read ahead, then the rest. */
static int
source_read(
    void *ctx, uint8_t *out, size_t cap, size_t *ret_len, struct hrv_err *err)
{
	struct record_source *s = ctx;
	size_t n = s->head.len - s->at;

	if (n == 0)
		return read_fd(s, out, cap, ret_len, err);
	if (n > cap)
		n = cap;
	memcpy(out, s->head.data + s->at, n);
	s->at += n;
	*ret_len = n;
	return HRV_OK;
}

static int
read_head(struct record_source *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	while (rc == HRV_OK && s->head.len < HEAD_MAX && !s->end) {
		size_t n = 0;
		uint8_t *p = buf_reserve(&s->head, 65536);

		if (p == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		rc = read_fd(s, p, 65536, &n, err);
		s->head.len += n;
	}
	return rc;
}

static int
find_media(struct record_source *s, struct hrv_err *err)
{
	struct mediatype *mt = NULL;
	int rc = mediatype_new(&mt, err);

	if (rc == HRV_OK)
		mediatype_of(mt, s->head.data, s->head.len, s->media);
	mediatype_free(mt);
	return rc;
}

int
record_source_open(struct record_source *s,
    const struct hrv_record_source *from, struct hrv_err *err)
{
	int rc;

	*s = (struct record_source){
		.body = { source_read, s }, .fd = -1, .head = BUF_INIT_SECRET
	};
	rc = from->path != NULL ? open_path(s, from->path, err)
				: use_fd(s, from->fd, err);
	if (rc == HRV_OK)
		rc = read_head(s, err);
	if (rc == HRV_OK)
		rc = find_media(s, err);
	return rc;
}

void
record_source_clear(struct record_source *s)
{
	if (s->own && s->fd >= 0)
		(void)close(s->fd);
	s->own = false;
	s->fd = -1;
	buf_clear(&s->head);
}
