/* SPDX-License-Identifier: ISC */
/*
 * The folder of backups. Layer: verbs. Invariants: a folder belongs to one
 * vault and says so; one backup at a time is written into it; what has no
 * final name is no backup.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/store/file.h"

#define MARKER "hrvault-backup"
#define MAGIC "hrvault-backup/1\nvault "
#define MARKER_MAX 256
#define SUFFIX_TMP ".tmp"

bool
backup_inside(const char *inner, const char *outer)
{
	char *a = realpath(inner, NULL), *b = realpath(outer, NULL);
	size_t n = b == NULL ? 0 : strlen(b);
	bool inside = a != NULL && b != NULL && strncmp(a, b, n) == 0 &&
		      (a[n] == '\0' || a[n] == '/');

	free(a);
	free(b);
	return inside;
}

int
backup_dir_vault(
    const char *path, uint8_t ret_vault[VAULT_ID_LEN], struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *marker = NULL;
	size_t n = strlen(MAGIC);
	int rc = file_join(path, MARKER, &marker, err);

	if (rc == HRV_OK)
		rc = file_read(marker, MARKER_MAX, &text, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_ENOTFOUND, "there are no backups here");
		rc = hrv_hint(err, "name the folder that 'hrvault backup "
				   "records' wrote to");
	}
	if (rc == HRV_OK && (text.len != n + 2 * VAULT_ID_LEN + 1 ||
				memcmp(text.data, MAGIC, n) != 0 ||
				text.data[text.len - 1] != '\n' ||
				!enc_unhex((const char *)text.data + n,
				    2 * VAULT_ID_LEN, ret_vault, VAULT_ID_LEN)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the marker of the backup folder is damaged");
	free(marker);
	buf_clear(&text);
	return rc;
}

bool
backup_half_marker(const char *name, const char *marker)
{
	size_t len = strlen(name), n = strlen(marker);

	return len > n + strlen(SUFFIX_TMP) && name[n] == '.' &&
	       strncmp(name, marker, n) == 0 &&
	       strcmp(name + len - strlen(SUFFIX_TMP), SUFFIX_TMP) == 0;
}

static bool
is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = d != NULL;

	while (d != NULL && (e = readdir(d)) != NULL)
		empty = empty && (strcmp(e->d_name, ".") == 0 ||
				     strcmp(e->d_name, "..") == 0 ||
				     backup_half_marker(e->d_name, MARKER));
	if (d != NULL)
		closedir(d);
	return empty;
}

static int
write_marker(struct hrv_vault *v, const char *path, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *marker = NULL;
	int rc;

	buf_adds(&text, MAGIC);
	enc_hex(&text, v->id, sizeof(v->id));
	buf_addc(&text, '\n');
	rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		rc = file_join(path, MARKER, &marker, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    marker, text.data, text.len, FILE_MODE_PRIVATE, err);
	free(marker);
	buf_clear(&text);
	return rc;
}

/* The folder is there and belongs to this vault. */
static int
claim(struct hrv_vault *v, const char *path, struct hrv_err *err)
{
	uint8_t vault[VAULT_ID_LEN];
	int rc = HRV_OK;

	if (access(path, F_OK) != 0)
		rc = file_mkdir(path, BACKUP_MODE_DIR, err);
	if (rc != HRV_OK)
		return rc;
	if (backup_inside(path, v->dir) || backup_inside(v->dir, path)) {
		hrv_fail(err, HRV_EUSAGE,
		    "a backup cannot lie in the vault's own folder");
		return hrv_hint(err, "name a folder on another disk");
	}
	if (is_empty(path))
		return write_marker(v, path, err);
	rc = backup_dir_vault(path, vault, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EUSAGE,
		    "this folder is not empty and is no folder of backups");
		return hrv_hint(err, "name a new folder");
	}
	if (rc == HRV_OK && memcmp(vault, v->id, sizeof(vault)) != 0) {
		hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "this folder holds backups of another vault");
		return hrv_hint(err, "name a new folder");
	}
	return rc;
}

/* Under the lock, so whatever is unfinished was interrupted. */
static void
sweep(const char *dir)
{
	size_t n = strlen(SUFFIX_TMP);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);
		char *path = NULL;

		if (len <= n || strcmp(e->d_name + len - n, SUFFIX_TMP) != 0)
			continue;
		if (file_join(dir, e->d_name, &path, NULL) == HRV_OK)
			file_remove_tree(path);
		free(path);
	}
	if (d != NULL)
		closedir(d);
}

static int
make_sub(const char *path, const char *sub, struct hrv_err *err)
{
	char *dir = NULL;
	int rc = file_join(path, sub, &dir, err);

	if (rc == HRV_OK && access(dir, F_OK) != 0)
		rc = file_mkdir(dir, BACKUP_MODE_DIR, err);
	if (rc == HRV_OK)
		sweep(dir);
	free(dir);
	return rc;
}

int
backup_dir_open(struct hrv_vault *v, const char *path, const char *sub,
    struct backup_dir *ret, struct hrv_err *err)
{
	char *lock = NULL;
	int rc = claim(v, path, err);

	if (rc == HRV_OK)
		rc = file_join(path, "lock", &lock, err);
	if (rc == HRV_OK)
		rc = file_open_lock(lock, true, 0, &ret->lock_fd, err);
	if (rc == HRV_EBUSY)
		rc = hrv_fail(err, HRV_EBUSY,
		    "another backup is being written into this folder");
	if (rc == HRV_OK)
		rc = make_sub(path, sub, err);
	free(lock);
	if (rc != HRV_OK) {
		backup_dir_close(ret);
		return rc;
	}
	ret->path = path;
	return HRV_OK;
}

void
backup_dir_close(struct backup_dir *d)
{
	if (d->lock_fd >= 0)
		(void)close(d->lock_fd);
	d->lock_fd = -1;
}

int
backup_path(const char *dir, const char *sub, const struct hrv_id *id,
    const char *suffix, char **ret, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	char *path = NULL;

	id_format(id, text);
	if (asprintf(&path, "%s/%s/%s%s", dir, sub, text, suffix) < 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret = path;
	return HRV_OK;
}

int
backup_each(const char *dir, const char *sub, const char *suffix,
    int (*fn)(void *ctx, const struct hrv_id *id, struct hrv_err *err),
    void *ctx, struct hrv_err *err)
{
	char *path = NULL;
	struct dirent *e;
	DIR *d = NULL;
	int rc = file_join(dir, sub, &path, err);

	if (rc == HRV_OK)
		d = opendir(path);
	if (rc == HRV_OK && d == NULL && errno != ENOENT)
		rc = file_error(errno, "reading folder", path, err);
	while (rc == HRV_OK && d != NULL && (e = readdir(d)) != NULL) {
		char text[ID_TEXT_SIZE] = "";
		struct hrv_id id;

		if (strlen(e->d_name) != ID_TEXT_LEN + strlen(suffix) ||
		    strcmp(e->d_name + ID_TEXT_LEN, suffix) != 0)
			continue;
		memcpy(text, e->d_name, ID_TEXT_LEN);
		if (id_parse(text, ID_BACKUP, &id))
			rc = fn(ctx, &id, err);
	}
	if (d != NULL)
		closedir(d);
	free(path);
	return rc;
}
