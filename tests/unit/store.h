/* SPDX-License-Identifier: ISC */
/*
 * For the tests of the store: a vault folder that goes away again, a fixed
 * key, and a small database to play with.
 */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/key.h"
#include "vault/store/db.h"
#include "vault/store/db_admin.h"

struct store_dir {
	char path[64];
	struct key *key;
	struct key *other_key;
};

static inline void
store_dir_init(struct store_dir *d)
{
	uint8_t bytes[KEY_LEN];

	OK_(crypt_init(err));
	snprintf(d->path, sizeof(d->path), "/tmp/hv.XXXXXX");
	assert_non_null(mkdtemp(d->path));
	memset(bytes, 0x5a, sizeof(bytes));
	OK_(key_from_bytes(bytes, sizeof(bytes), &d->key, err));
	memset(bytes, 0xa5, sizeof(bytes));
	OK_(key_from_bytes(bytes, sizeof(bytes), &d->other_key, err));
}

static inline int
store_remove_one(
    const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void
store_dir_clear(struct store_dir *d)
{
	key_free(d->key);
	key_free(d->other_key);
	nftw(d->path, store_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* dir/name in a buffer of its own; the last few stay valid. */
static inline const char *
store_path(const struct store_dir *d, const char *name)
{
	static char text[4][160];
	static unsigned turn;
	char *out = text[turn++ % 4];

	snprintf(out, sizeof(text[0]), "%s/%s", d->path, name);
	return out;
}

static inline off_t
store_size(const struct store_dir *d, const char *name)
{
	struct stat st;

	return stat(store_path(d, name), &st) == 0 ? st.st_size : -1;
}

static inline mode_t
store_mode(const struct store_dir *d, const char *name)
{
	struct stat st;

	return stat(store_path(d, name), &st) == 0 ? st.st_mode & 07777 : 0;
}

/* Changes one byte of a file. */
static inline void
store_flip(const struct store_dir *d, const char *name, off_t at)
{
	int fd = open(store_path(d, name), O_RDWR);
	uint8_t byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* Opens name in the folder; a new database unless it is there. */
static inline struct db *
store_db(const struct store_dir *d, const char *name)
{
	struct db_open_args args = { .path = store_path(d, name),
		.key = d->key,
		.mode = DB_READWRITE,
		.key_verified = true };
	struct db *db = NULL;

	if (store_size(d, name) < 0)
		args.mode = DB_CREATE;
	OK_(db_open(&args, &db, err));
	return db;
}

#endif
