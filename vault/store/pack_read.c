/* SPDX-License-Identifier: ISC */
/*
 * Reading packs. Layer: store. Invariant: exactly the bytes that a ref names
 * are given out, or the call fails; a pack that ends early is damage, never a
 * short body.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/store/file.h"
#include "vault/store/pack.h"
#include "vault/store/pack_priv.h"

#define CHUNK (256 * 1024)

struct pack_reader {
	char *dir;
	uint32_t pack; /* of fd */
	int fd;	       /* -1: none open */
};

int
pack_reader_new(
    const char *vault_dir, struct pack_reader **ret_r, struct hrv_err *err)
{
	struct pack_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->dir = strdup(vault_dir)) == NULL) {
		free(r);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	r->fd = -1;
	*ret_r = r;
	return HRV_OK;
}

void
pack_reader_free(struct pack_reader *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r->dir);
	free(r);
}

/* Makes r->fd the pack. */
static int
use_pack(struct pack_reader *r, uint32_t pack, struct hrv_err *err)
{
	char *path = NULL;
	int rc;

	if (r->fd >= 0 && r->pack == pack)
		return HRV_OK;
	if (r->fd >= 0)
		(void)close(r->fd);
	r->fd = -1;
	rc = pack_path(r->dir, pack, &path, err);
	if (rc == HRV_OK)
		rc = file_open(path, O_RDONLY, &r->fd, err);
	free(path);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "pack %u is missing", (unsigned)pack);
	if (rc == HRV_OK)
		rc = pack_check_head(r->fd, pack, err);
	if (rc != HRV_OK) {
		if (r->fd >= 0)
			(void)close(r->fd);
		r->fd = -1;
		return rc;
	}
	r->pack = pack;
	return HRV_OK;
}

static int
check_ref(const struct pack_ref *ref, struct hrv_err *err)
{
	if (ref->pack == 0 || ref->offset < PACK_HEAD_LEN ||
	    ref->offset > INT64_MAX || ref->len > INT64_MAX - ref->offset)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the place of a body is impossible");
	return HRV_OK;
}

/* Exactly len bytes. */
static int
read_exact(struct pack_reader *r, uint8_t *out, size_t len, uint64_t at,
    struct hrv_err *err)
{
	size_t got = 0;
	int rc = file_read_at(r->fd, out, len, (off_t)at, &got, err);

	if (rc == HRV_OK && got != len)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "pack %u ends before a body does", (unsigned)r->pack);
	return rc;
}

int
pack_read(struct pack_reader *r, const struct pack_ref *ref, pack_sink_fn *sink,
    void *ctx, struct hrv_err *err)
{
	size_t most = ref->len < CHUNK ? (size_t)ref->len : CHUNK;
	uint8_t *chunk = NULL;
	uint64_t done = 0;
	int rc = check_ref(ref, err);

	if (rc == HRV_OK)
		rc = use_pack(r, ref->pack, err);
	if (rc != HRV_OK || ref->len == 0)
		return rc;
	chunk = malloc(most);
	if (chunk == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	while (rc == HRV_OK && done < ref->len) {
		uint64_t left = ref->len - done;
		size_t n = left < most ? (size_t)left : most;

		rc = read_exact(r, chunk, n, ref->offset + done, err);
		if (rc == HRV_OK)
			rc = sink(ctx, chunk, n, err);
		done += n;
	}
	free(chunk);
	return rc;
}

int
pack_read_whole(struct pack_reader *r, const struct pack_ref *ref, size_t max,
    struct buf *out, struct hrv_err *err)
{
	uint8_t *to;
	int rc = check_ref(ref, err);

	if (rc == HRV_OK && ref->len > max)
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "a body is longer than it can be");
	if (rc == HRV_OK)
		rc = use_pack(r, ref->pack, err);
	if (rc != HRV_OK)
		return rc;
	to = buf_reserve(out, (size_t)ref->len);
	if (to == NULL)
		return buf_ok(out, err);
	rc = read_exact(r, to, (size_t)ref->len, ref->offset, err);
	if (rc == HRV_OK)
		out->len += (size_t)ref->len;
	return rc;
}
