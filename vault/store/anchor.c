/* SPDX-License-Identifier: ISC */
/*
 * Anchors. Layer: store. File: "hrvault-anchor/1" || generation u32 BE || 32
 * random bytes || first 16 bytes of the SHA-256 of all before. Invariant: the
 * secret is never used from a file that is not whole, or that has lost its
 * name while we waited for the lock.
 */
#include "vault/store/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/store/file.h"

#define MAGIC "hrvault-anchor/1"
#define MAGIC_LEN 16
#define GEN_AT MAGIC_LEN
#define SECRET_AT (GEN_AT + 4)
#define CHECK_AT (SECRET_AT + ANCHOR_SECRET_LEN)
#define CHECK_LEN 16
#define ANCHOR_LEN (CHECK_AT + CHECK_LEN)

struct anchor {
	int fd; /* holds the lock */
	uint8_t bytes[ANCHOR_LEN];
};

static int
anchor_path(const char *dir, uint32_t gen, char **ret_path, struct hrv_err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "anchor.%u", (unsigned)gen);
	return file_join(dir, name, ret_path, err);
}

static void
put_gen(uint8_t out[4], uint32_t gen)
{
	out[0] = (uint8_t)(gen >> 24);
	out[1] = (uint8_t)(gen >> 16);
	out[2] = (uint8_t)(gen >> 8);
	out[3] = (uint8_t)gen;
}

static void
put_check(const uint8_t *bytes, uint8_t out[CHECK_LEN])
{
	uint8_t hash[CRYPT_SHA256_LEN];

	crypt_sha256(bytes, CHECK_AT, hash);
	memcpy(out, hash, CHECK_LEN);
	explicit_bzero(hash, sizeof(hash));
}

int
anchor_create(const char *dir, uint32_t gen, struct hrv_err *err)
{
	uint8_t bytes[ANCHOR_LEN];
	char *path = NULL;
	int fd = -1;
	int rc = anchor_path(dir, gen, &path, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(bytes, MAGIC, MAGIC_LEN);
	put_gen(bytes + GEN_AT, gen);
	crypt_random(bytes + SECRET_AT, ANCHOR_SECRET_LEN);
	put_check(bytes, bytes + CHECK_AT);
	rc = file_create(path, FILE_MODE_SHARED, &fd, err);
	if (rc != HRV_OK)
		goto out;
	rc = file_write(fd, bytes, sizeof(bytes), path, err);
	if (rc == HRV_OK)
		rc = file_sync(fd, path, err);
	if (rc == HRV_OK)
		rc = file_sync_dir(dir, err);
	if (rc != HRV_OK)
		(void)unlink(path);
out:
	explicit_bzero(bytes, sizeof(bytes));
	if (fd >= 0)
		(void)close(fd);
	free(path);
	return rc;
}

/* Under the lock: the file still has its name, and is whole. */
static int
read_and_check(struct anchor *a, uint32_t gen, struct hrv_err *err)
{
	uint8_t check[CHECK_LEN];
	uint8_t be[4];
	struct stat st;
	size_t got = 0;
	int rc;

	if (fstat(a->fd, &st) != 0)
		return hrv_fail(
		    err, HRV_EIO, "reading an anchor: %s", strerror(errno));
	if (st.st_nlink == 0)
		return hrv_fail(err, HRV_ENOTFOUND,
		    "the keystore generation %u is gone", (unsigned)gen);
	rc = file_read_at(a->fd, a->bytes, ANCHOR_LEN, 0, &got, err);
	if (rc != HRV_OK)
		return rc;
	put_gen(be, gen);
	put_check(a->bytes, check);
	if (got != ANCHOR_LEN || st.st_size != ANCHOR_LEN ||
	    memcmp(a->bytes, MAGIC, MAGIC_LEN) != 0 ||
	    memcmp(a->bytes + GEN_AT, be, sizeof(be)) != 0 ||
	    memcmp(a->bytes + CHECK_AT, check, CHECK_LEN) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the anchor of generation %u is damaged or exchanged",
		    (unsigned)gen);
	return HRV_OK;
}

int
anchor_open(const char *dir, uint32_t gen, unsigned timeout_ms,
    struct anchor **ret_anchor, struct hrv_err *err)
{
	struct anchor *a = NULL;
	char *path = NULL;
	int rc = anchor_path(dir, gen, &path, err);

	if (rc != HRV_OK)
		return rc;
	a = calloc(1, sizeof(*a));
	if (a == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	a->fd = -1;
	rc = file_open(path, O_RDONLY, &a->fd, err);
	if (rc == HRV_OK)
		rc = file_lock(a->fd, false, timeout_ms, err);
	if (rc == HRV_OK)
		rc = read_and_check(a, gen, err);
	if (rc != HRV_OK)
		goto out;
	*ret_anchor = a;
	a = NULL;
	rc = HRV_OK;
out:
	anchor_close(a);
	free(path);
	return rc;
}

const uint8_t *
anchor_secret(const struct anchor *anchor)
{
	return anchor->bytes + SECRET_AT;
}

void
anchor_close(struct anchor *anchor)
{
	if (anchor == NULL)
		return;
	if (anchor->fd >= 0)
		(void)close(anchor->fd);
	explicit_bzero(anchor->bytes, sizeof(anchor->bytes));
	free(anchor);
}

int
anchor_destroy(
    const char *dir, uint32_t gen, unsigned timeout_ms, struct hrv_err *err)
{
	char *path = NULL;
	int fd = -1;
	int rc = anchor_path(dir, gen, &path, err);

	if (rc != HRV_OK)
		return rc;
	rc = file_open(path, O_RDWR, &fd, err);
	if (rc == HRV_ENOTFOUND) {
		rc = file_sync_dir(dir, err);
		goto out;
	}
	if (rc == HRV_OK)
		rc = file_lock(fd, true, timeout_ms, err);
	/* The lock is kept until the file has neither bytes nor name. */
	if (rc == HRV_OK)
		rc = file_destroy(path, err);
out:
	if (fd >= 0)
		(void)close(fd);
	free(path);
	return rc;
}
