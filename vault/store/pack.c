/* SPDX-License-Identifier: ISC */
/*
 * Writing packs. Layer: store. Invariants: nothing below the committed length
 * is ever written again; what pack_flush() has reported is on disk, name and
 * all; memory does not grow with the size of a body.
 */
#include "vault/store/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/store/file.h"
#include "vault/store/pack_priv.h"

#define BUFFER_LEN (1024 * 1024)

struct pack_writer {
	char *dir; /* of the vault */
	uint64_t limit;
	int fd;	    /* -1: no pack is open yet */
	bool dirty; /* written since the last sync */
	bool failed;
	uint32_t pack;
	uint64_t end;		      /* of finished bodies */
	uint64_t written;	      /* bytes that reached the file */
	uint64_t at;		      /* written + what waits in the buffer */
	struct crypt_sha256_ctx *sum; /* of the body under way, or NULL */
	uint8_t *buffer;
	size_t waiting;
};

int
pack_path(
    const char *vault_dir, uint32_t pack, char **ret_path, struct hrv_err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "pack/%u", (unsigned)pack);
	return file_join(vault_dir, name, ret_path, err);
}

int
pack_check_head(int fd, uint32_t pack, struct hrv_err *err)
{
	char head[PACK_HEAD_LEN];
	size_t got = 0;
	int rc = file_read_at(fd, head, sizeof(head), 0, &got, err);

	if (rc != HRV_OK)
		return rc;
	if (got != sizeof(head) || memcmp(head, PACK_MAGIC, sizeof(head)) != 0)
		return hrv_fail(err, HRV_EINTEGRITY, "pack %u is not a pack",
		    (unsigned)pack);
	return HRV_OK;
}

static int
write_out(
    struct pack_writer *w, const void *data, size_t len, struct hrv_err *err)
{
	int rc;

	if (len == 0)
		return HRV_OK;
	w->dirty = true;
	rc = file_write(w->fd, data, len, "a pack", err);
	if (rc != HRV_OK) {
		w->failed = true;
		return rc;
	}
	w->written += len;
	return HRV_OK;
}

static int
drain(struct pack_writer *w, struct hrv_err *err)
{
	int rc = write_out(w, w->buffer, w->waiting, err);

	w->waiting = 0;
	return rc;
}

static int
put(struct pack_writer *w, const void *data, size_t len, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (w->waiting + len > BUFFER_LEN)
		rc = drain(w, err);
	if (rc == HRV_OK && len >= BUFFER_LEN) {
		rc = write_out(w, data, len, err);
	} else if (rc == HRV_OK && len > 0) {
		memcpy(w->buffer + w->waiting, data, len);
		w->waiting += len;
	}
	if (rc == HRV_OK)
		w->at += len;
	return rc;
}

/* Cuts the file off at `len` and stands there. */
static int
cut(struct pack_writer *w, uint64_t len, struct hrv_err *err)
{
	if (ftruncate(w->fd, (off_t)len) != 0 ||
	    lseek(w->fd, (off_t)len, SEEK_SET) < 0) {
		w->failed = true;
		return file_error(errno, "cutting", "a pack", err);
	}
	w->dirty = true;
	w->waiting = 0;
	w->written = len;
	w->at = len;
	return HRV_OK;
}

/* Opens pack/<n>, of which `len` bytes are committed (0: it is new). */
static int
open_pack(
    struct pack_writer *w, uint32_t pack, uint64_t len, struct hrv_err *err)
{
	char *path = NULL;
	struct stat st;
	bool begun;
	int rc = pack_path(w->dir, pack, &path, err);

	if (rc != HRV_OK)
		return rc;
	rc = file_open(path, O_RDWR, &w->fd, err);
	if (rc == HRV_ENOTFOUND && len == 0)
		rc = file_create(path, FILE_MODE_SHARED, &w->fd, err);
	else if (rc == HRV_ENOTFOUND)
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "pack %u is missing", (unsigned)pack);
	if (rc == HRV_OK && fstat(w->fd, &st) != 0)
		rc = file_error(errno, "looking at", path, err);
	/* What lies behind the committed end is never cut off: with an old
	 * vault.db put back it is what the newer one names. */
	begun = rc == HRV_OK && st.st_size >= PACK_HEAD_LEN;
	if (begun || (rc == HRV_OK && len > 0))
		rc = pack_check_head(w->fd, pack, err);
	if (rc == HRV_OK && (uint64_t)st.st_size < len)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "pack %u is shorter than what was committed",
		    (unsigned)pack);
	if (rc == HRV_OK)
		rc = cut(w, begun ? (uint64_t)st.st_size : 0, err);
	w->pack = pack;
	if (rc == HRV_OK && !begun)
		rc = put(w, PACK_MAGIC, PACK_HEAD_LEN, err);
	w->end = w->at;
	/* A new name must be as lasting as the bytes. */
	if (rc == HRV_OK && !begun)
		rc = file_sync_parent(path, err);
	free(path);
	return rc;
}

static int
sync_pack(struct pack_writer *w, struct hrv_err *err)
{
	int rc = drain(w, err);

	if (rc == HRV_OK && w->dirty)
		rc = file_sync(w->fd, "a pack", err);
	if (rc != HRV_OK)
		w->failed = true;
	else
		w->dirty = false;
	return rc;
}

static int
next_pack(struct pack_writer *w, struct hrv_err *err)
{
	int rc = sync_pack(w, err);

	if (rc != HRV_OK)
		return rc;
	if (w->pack == UINT32_MAX)
		return hrv_fail(err, HRV_EFAILED, "there are too many packs");
	(void)close(w->fd);
	w->fd = -1;
	return open_pack(w, w->pack + 1, 0, err);
}

int
pack_open(const char *vault_dir, const struct pack_end *end, uint64_t limit,
    struct pack_writer **ret_w, struct hrv_err *err)
{
	struct pack_writer *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	w->fd = -1;
	w->limit = limit;
	w->dir = strdup(vault_dir);
	w->buffer = malloc(BUFFER_LEN);
	if (w->dir == NULL || w->buffer == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else if (end->pack == 0)
		rc = open_pack(w, 1, 0, err);
	else if (end->len < PACK_HEAD_LEN)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the committed end of pack %u is impossible",
		    (unsigned)end->pack);
	else
		rc = open_pack(w, end->pack, end->len, err);
	if (rc != HRV_OK) {
		pack_close(w);
		return rc;
	}
	*ret_w = w;
	return HRV_OK;
}

int
pack_begin(struct pack_writer *w, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (w->failed || w->sum != NULL)
		return hrv_fail(
		    err, HRV_EFAILED, "a pack cannot take another body now");
	if (w->end > PACK_HEAD_LEN && w->end >= w->limit)
		rc = next_pack(w, err);
	if (rc != HRV_OK) {
		w->failed = true;
		return rc;
	}
	w->sum = crypt_sha256_new();
	if (w->sum == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
pack_add(
    struct pack_writer *w, const void *data, size_t len, struct hrv_err *err)
{
	if (w->failed || w->sum == NULL)
		return hrv_fail(err, HRV_EFAILED, "no body was begun");
	crypt_sha256_add(w->sum, data, len);
	return put(w, data, len, err);
}

int
pack_finish(struct pack_writer *w, struct pack_ref *ret_ref,
    uint8_t ret_sha256[PACK_SHA256_LEN], struct hrv_err *err)
{
	if (w->failed || w->sum == NULL)
		return hrv_fail(err, HRV_EFAILED, "no body was begun");
	crypt_sha256_final(w->sum, ret_sha256);
	w->sum = NULL;
	ret_ref->pack = w->pack;
	ret_ref->offset = w->end;
	ret_ref->len = w->at - w->end;
	w->end = w->at;
	return HRV_OK;
}

int
pack_cancel(struct pack_writer *w, struct hrv_err *err)
{
	if (w->sum == NULL)
		return HRV_OK;
	crypt_sha256_free(w->sum);
	w->sum = NULL;
	if (w->failed)
		return hrv_fail(
		    err, HRV_EFAILED, "a pack could not be written");
	/* Still all in the buffer, or partly in the file. */
	if (w->end >= w->written) {
		w->waiting = (size_t)(w->end - w->written);
		w->at = w->end;
		return HRV_OK;
	}
	return cut(w, w->end, err);
}

int
pack_flush(struct pack_writer *w, struct pack_end *ret_end, struct hrv_err *err)
{
	int rc;

	if (w->failed || w->sum != NULL)
		return hrv_fail(err, HRV_EFAILED,
		    "a pack cannot be synced in the middle of a body");
	rc = sync_pack(w, err);
	if (rc != HRV_OK)
		return rc;
	pack_tell(w, ret_end);
	return HRV_OK;
}

void
pack_tell(const struct pack_writer *w, struct pack_end *ret_end)
{
	ret_end->pack = w->pack;
	ret_end->len = w->end;
}

void
pack_close(struct pack_writer *w)
{
	if (w == NULL)
		return;
	crypt_sha256_free(w->sum);
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w->buffer);
	free(w->dir);
	free(w);
}
