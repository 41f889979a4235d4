/* SPDX-License-Identifier: ISC */
/*
 * Sealed files of a backup. Layer: verbs. Invariant: a file has its name only
 * after all of it was read back and opened.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/crypto/content.h"
#include "vault/crypto/kdf.h"
#include "vault/store/file.h"

#define CONTEXT "hrvault/backup/v1"
#define PIECE ((size_t)64 * 1024)

struct backup_out {
	char *path;
	char *tmp;
	int fd;
	const struct key *dek;
	struct buf context;
	size_t head_len;
	struct content_seal *seal;
	struct crypt_sha256_ctx *plain;	 /* of what went in */
	struct crypt_sha256_ctx *stored; /* of the file */
	struct crypt_sha256_ctx *again;	 /* of what came out */
	uint64_t bytes;
	bool done;
};

static void
make_context(struct buf *out, const void *head, size_t len)
{
	buf_add(out, CONTEXT, sizeof(CONTEXT)); /* with its NUL */
	buf_add(out, head, len);
}

static int
write_out(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct backup_out *o = ctx;
	int rc = file_write(o->fd, data, len, o->path, err);

	if (rc != HRV_OK)
		return rc;
	crypt_sha256_add(o->stored, data, len);
	o->bytes += len;
	return HRV_OK;
}

int
backup_out_new(const char *path, const struct buf *header,
    const struct key *dek, struct backup_out **ret, struct hrv_err *err)
{
	struct backup_out *o = calloc(1, sizeof(*o));
	struct content_lock lock = { .dek = dek };
	int rc = HRV_OK;

	if (o == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	o->fd = -1;
	o->dek = dek;
	o->path = strdup(path);
	o->plain = crypt_sha256_new();
	o->stored = crypt_sha256_new();
	o->again = crypt_sha256_new();
	o->head_len = header->len;
	make_context(&o->context, header->data, header->len);
	if (asprintf(&o->tmp, "%s.tmp", path) < 0)
		o->tmp = NULL;
	if (o->path == NULL || o->tmp == NULL || o->plain == NULL ||
	    o->stored == NULL || o->again == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = buf_ok(&o->context, err);
	if (rc == HRV_OK)
		rc = file_create(o->tmp, FILE_MODE_PRIVATE, &o->fd, err);
	if (rc == HRV_OK)
		rc = write_out(o, header->data, header->len, err);
	lock.context = o->context.data;
	lock.context_len = o->context.len;
	if (rc == HRV_OK)
		rc = content_seal_new(&lock, write_out, o, &o->seal, err);
	if (rc != HRV_OK) {
		backup_out_free(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

int
backup_out_add(
    struct backup_out *o, const void *data, size_t len, struct hrv_err *err)
{
	crypt_sha256_add(o->plain, data, len);
	return content_seal_add(o->seal, data, len, err);
}

int
backup_out_string(
    struct backup_out *o, const void *data, size_t len, struct hrv_err *err)
{
	uint8_t head[4] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len };
	int rc;

	if (len > UINT32_MAX)
		return hrv_fail(err, HRV_EFAILED, "a text is too long");
	rc = backup_out_add(o, head, sizeof(head), err);
	return rc == HRV_OK && len > 0 ? backup_out_add(o, data, len, err) : rc;
}

static int
hash_plain(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	(void)err;
	crypt_sha256_add(ctx, data, len);
	return HRV_OK;
}

/* Opens what is on disk now, and takes the hash of what comes out. */
static int
open_again(struct backup_out *o, struct hrv_err *err)
{
	struct content_lock lock = { o->dek, o->context.data, o->context.len };
	struct content_open *open = NULL;
	uint8_t *piece = malloc(PIECE);
	size_t got = 0;
	int rc = piece == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			       : content_open_new(
				     &lock, hash_plain, o->again, &open, err);

	for (uint64_t at = o->head_len; rc == HRV_OK; at += got) {
		rc = file_read_at(o->fd, piece, PIECE, (off_t)at, &got, err);
		if (rc != HRV_OK || got == 0)
			break;
		rc = content_open_add(open, piece, got, err);
	}
	if (rc == HRV_OK)
		rc = content_open_finish(open, err);
	content_open_free(open);
	free(piece);
	return rc;
}

static int
read_back(struct backup_out *o, struct segment *ret, struct hrv_err *err)
{
	uint8_t in[32], out[32], again[32];
	int rc = open_again(o, err);

	ret->bytes = o->bytes;
	crypt_sha256_final(o->stored, ret->hash);
	crypt_sha256_final(o->plain, in);
	crypt_sha256_final(o->again, out);
	o->stored = o->plain = o->again = NULL;
	if (rc == HRV_OK)
		rc = file_hash(o->tmp, 0, o->bytes, again, err);
	if (rc == HRV_OK && (memcmp(in, out, sizeof(in)) != 0 ||
				memcmp(again, ret->hash, sizeof(again)) != 0))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the backup does not read back as it was written");
	return rc;
}

int
backup_out_finish(
    struct backup_out *o, struct segment *ret, struct hrv_err *err)
{
	int rc = content_seal_finish(o->seal, err);

	if (rc == HRV_OK)
		rc = file_sync(o->fd, o->path, err);
	if (rc == HRV_OK)
		rc = read_back(o, ret, err);
	if (rc == HRV_OK && rename(o->tmp, o->path) != 0)
		rc = hrv_fail(
		    err, HRV_EIO, "the backup cannot be given its name");
	o->done = rc == HRV_OK;
	return rc == HRV_OK ? file_sync_parent(o->path, err) : rc;
}

void
backup_out_free(struct backup_out *o)
{
	if (o == NULL)
		return;
	content_seal_free(o->seal);
	if (o->fd >= 0) {
		if (!o->done && o->tmp != NULL)
			(void)unlink(o->tmp);
		(void)close(o->fd);
	}
	crypt_sha256_free(o->plain);
	crypt_sha256_free(o->stored);
	crypt_sha256_free(o->again);
	buf_clear(&o->context);
	free(o->path);
	free(o->tmp);
	free(o);
}

int
backup_log_key(const struct key *k_meta, struct key **ret, struct hrv_err *err)
{
	static const char info[] = "hrvault/backup-log/v1";
	struct kdf_args a = { .hash = CRYPT_SHA512,
		.info = { { info, sizeof(info) - 1 } },
		.len = KEY_LEN };

	return kdf_derive(&a, k_meta, ret, err);
}
