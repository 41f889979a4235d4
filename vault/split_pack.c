/* SPDX-License-Identifier: ISC */
/*
 * The file recovery.<split>: keys sealed under what the shares give. Layer:
 * verbs. Invariant: it is bound to vault, split, m and n, and goes when its
 * split is replaced.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/content.h"
#include "vault/crypto/crypt.h"
#include "vault/split.h"
#include "vault/store/file.h"

#define NAME "recovery."
#define HEAD "hrvault-recovery/1\n"
#define HEAD_LEN (sizeof(HEAD) - 1)
#define PACK_MAX (1024 * 1024)

static int
path_of(struct hrv_vault *v, const char *hex, char **ret, struct hrv_err *err)
{
	char name[16 + SPLIT_HEX];

	snprintf(name, sizeof(name), NAME "%s", hex);
	return vault_path(v, name, ret, err);
}

static int
context(struct hrv_vault *v, const struct split *s, struct buf *out,
    struct hrv_err *err)
{
	buf_add(out, "hrvault/recovery/v1", sizeof("hrvault/recovery/v1"));
	buf_add(out, v->id, sizeof(v->id));
	buf_add(out, s->id, sizeof(s->id));
	buf_addc(out, (int)s->m);
	buf_addc(out, (int)s->n);
	return buf_ok(out, err);
}

int
split_pack(struct hrv_vault *v, const struct split *s,
    const struct key *recovery, const struct buf *grant, uint8_t ret_hash[32],
    struct hrv_err *err)
{
	struct buf bound = BUF_INIT, file = BUF_INIT;
	struct content_lock lock;
	char *path = NULL;
	int rc = context(v, s, &bound, err);

	lock = (struct content_lock){ recovery, bound.data, bound.len };
	buf_adds(&file, HEAD);
	if (rc == HRV_OK)
		rc = content_seal_buf(
		    &lock, grant->data, grant->len, &file, err);
	if (rc == HRV_OK)
		rc = path_of(v, s->hex, &path, err);
	if (rc == HRV_OK)
		rc = file_write_new(
		    path, file.data, file.len, FILE_MODE_SHARED, err);
	if (rc == HRV_OK)
		crypt_sha256(file.data, file.len, ret_hash);
	free(path);
	buf_clear(&file);
	buf_clear(&bound);
	return rc;
}

static int
check_file(const struct buf *file, const uint8_t hash[32], struct hrv_err *err)
{
	uint8_t got[32];

	crypt_sha256(file->data, file->len, got);
	if (memcmp(got, hash, sizeof(got)) != 0 || file->len < HEAD_LEN ||
	    memcmp(file->data, HEAD, HEAD_LEN) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the file with the keys for recovery is not the one that "
		    "was made");
	return HRV_OK;
}

int
split_unpack(struct hrv_vault *v, const struct split *s,
    const struct key *recovery, const uint8_t hash[32], struct buf *out,
    struct hrv_err *err)
{
	struct buf bound = BUF_INIT, file = BUF_INIT;
	struct content_lock lock;
	char *path = NULL;
	int rc = context(v, s, &bound, err);

	lock = (struct content_lock){ recovery, bound.data, bound.len };
	if (rc == HRV_OK)
		rc = path_of(v, s->hex, &path, err);
	if (rc == HRV_OK)
		rc = file_read(path, PACK_MAX, &file, err);
	if (rc == HRV_OK)
		rc = check_file(&file, hash, err);
	if (rc == HRV_OK)
		rc = content_open_buf(
		    &lock, file.data + HEAD_LEN, file.len - HEAD_LEN, out, err);
	free(path);
	buf_clear(&file);
	buf_clear(&bound);
	return rc;
}

int
split_package_check(struct hrv_vault *v, const char *hex, const char *package,
    struct hrv_err *err)
{
	struct buf file = BUF_INIT;
	uint8_t hash[32];
	char *path = NULL;
	int rc = HRV_OK;

	if (!enc_unhex(package, strlen(package), hash, sizeof(hash)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log entry of the split is damaged");
	rc = path_of(v, hex, &path, err);
	if (rc == HRV_OK)
		rc = file_read(path, PACK_MAX, &file, err);
	if (rc == HRV_OK)
		rc = check_file(&file, hash, err);
	free(path);
	buf_clear(&file);
	return rc;
}

void
split_discard(struct hrv_vault *v, const struct split *s)
{
	struct hrv_err ignored;
	char *path = NULL;

	if (path_of(v, s->hex, &path, &ignored) == HRV_OK)
		(void)!file_destroy(path, &ignored);
	free(path);
}

static bool
knows(const struct split *list, size_t n, const char *hex)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].hex, hex) == 0)
			return true;
	}
	return false;
}

int
split_strays(struct hrv_vault *v, json_t *sentences, struct hrv_err *err)
{
	struct split *list = NULL;
	struct dirent *e;
	size_t n = 0;
	int rc = split_list(v, &list, &n, err);
	DIR *d = rc == HRV_OK ? opendir(v->dir) : NULL;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char text[256];

		if (strncmp(e->d_name, NAME, strlen(NAME)) != 0 ||
		    strlen(e->d_name) != strlen(NAME) + SPLIT_HEX - 1 ||
		    knows(list, n, e->d_name + strlen(NAME)))
			continue;
		snprintf(text, sizeof(text),
		    "%s belongs to no split: one that was interrupted left it, "
		    "and no share opens it unless its shares were handed out",
		    e->d_name);
		(void)json_array_append_new(sentences, json_string(text));
	}
	if (d != NULL)
		closedir(d);
	free(list);
	return rc;
}

int
split_tidy(struct hrv_vault *v, struct hrv_err *err)
{
	struct hrv_err ignored;
	struct split *list = NULL;
	size_t n = 0;
	int rc = split_list(v, &list, &n, err);

	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		char *path = NULL;

		if (list[i].state == SPLIT_REPLACED &&
		    path_of(v, list[i].hex, &path, &ignored) == HRV_OK)
			(void)!file_destroy(path, &ignored);
		free(path);
	}
	free(list);
	return HRV_OK;
}
