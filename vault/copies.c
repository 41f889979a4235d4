/* SPDX-License-Identifier: ISC */
/*
 * Copies of a vault, as this client remembers them: one file each in
 * `copies`, named after the hash of the path that it holds. Layer: verbs.
 */
#include "vault/copies.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/store/file.h"

#define FOLDER "copies"
#define PATH_BYTES 4096

/* Where that is or will be; NULL: in no folder that is there. */
static char *
whole_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *full = realpath(path, NULL), *dir = NULL, *parent = NULL;

	if (full != NULL || errno != ENOENT)
		return full;
	dir = slash == NULL   ? strdup(".")
	      : slash == path ? strdup("/")
			      : strndup(path, (size_t)(slash - path));
	if (dir != NULL)
		parent = realpath(dir, NULL);
	if (parent != NULL &&
	    file_join(parent, slash == NULL ? path : slash + 1, &full, NULL) !=
		HRV_OK)
		full = NULL;
	free(dir);
	free(parent);
	return full;
}

static int
name_of(
    const char *state_dir, const char *path, char **ret, struct hrv_err *err)
{
	struct buf name = BUF_INIT;
	uint8_t hash[32];
	int rc;

	crypt_sha256(path, strlen(path), hash);
	buf_adds(&name, FOLDER "/");
	enc_hex(&name, hash, 16);
	rc = buf_ok(&name, err);
	if (rc == HRV_OK)
		rc = file_join(state_dir, buf_str(&name), ret, err);
	buf_clear(&name);
	return rc;
}

int
copies_add(const char *state_dir, const char *path, struct hrv_err *err)
{
	char *full = whole_path(path), *name = NULL, *dir = NULL;
	int rc = full == NULL
		     ? hrv_fail(err, HRV_EIO,
			   "there is no folder for the new one to be in")
		     : file_join(state_dir, FOLDER, &dir, err);

	if (rc == HRV_OK && access(dir, F_OK) != 0)
		rc = file_mkdir(dir, 0700, err);
	if (rc == HRV_EEXISTS)
		rc = HRV_OK; /* another command was faster */
	if (rc == HRV_OK)
		rc = name_of(state_dir, full, &name, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    name, full, strlen(full), FILE_MODE_PRIVATE, err);
	free(dir);
	free(name);
	free(full);
	return rc;
}

void
copies_drop(const char *state_dir, const char *path)
{
	char *full = whole_path(path), *name = NULL;

	if (name_of(state_dir, full == NULL ? path : full, &name, NULL) ==
	    HRV_OK)
		(void)unlink(name);
	free(name);
	free(full);
}

/* Really gone: not one on a disk that is not there, or that somebody else's
 * folder hides. */
static bool
is_gone(const char *path, const char *suffix)
{
	size_t n = strlen(path), end = strlen(suffix);
	char *full;

	if (n < end || strcmp(path + n - end, suffix) != 0 ||
	    access(path, F_OK) == 0 || errno != ENOENT)
		return false;
	full = whole_path(path); /* NULL without the folder it was in */
	free(full);
	return full != NULL;
}

static void
look_at(const char *file, const char *forget,
    void (*fn)(void *ctx, const char *path), void *ctx)
{
	struct buf text = BUF_INIT;

	if (file_read(file, PATH_BYTES, &text, NULL) != HRV_OK)
		return;
	if (access(buf_str(&text), F_OK) == 0)
		fn(ctx, buf_str(&text));
	else if (forget != NULL && is_gone(buf_str(&text), forget))
		(void)unlink(file);
	buf_clear(&text);
}

void
copies_each(const char *state_dir, const char *forget,
    void (*fn)(void *ctx, const char *path), void *ctx)
{
	struct dirent *e;
	char *dir = NULL;
	DIR *d = NULL;

	if (file_join(state_dir, FOLDER, &dir, NULL) == HRV_OK)
		d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL) {
		char *file = NULL;

		if (strlen(e->d_name) == 32 &&
		    file_join(dir, e->d_name, &file, NULL) == HRV_OK)
			look_at(file, forget, fn, ctx);
		free(file);
	}
	if (d != NULL)
		closedir(d);
	free(dir);
}
