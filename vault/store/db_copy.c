/* SPDX-License-Identifier: ISC */
/*
 * Copies of a database: one for a reader who cannot write beside the
 * original, and a snapshot for a backup. Layer: store. Invariant: a copy
 * holds everything that was committed, the write-ahead log included; a copy
 * that raced with a writer is thrown away.
 */
#include "vault/store/db_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/key.h"
#include "vault/store/file.h"

#define COPY_TRIES 5
#define BACKUP_PAGES 1024

static const char *const beside[] = { "", "-wal", "-shm", "-journal" };

void
db_remove(const char *path)
{
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		char *name = NULL;

		if (asprintf(&name, "%s%s", path, beside[i]) < 0)
			continue;
		(void)unlink(name);
		free(name);
	}
}

/* What changes whenever somebody writes; all zero for a missing file. */
struct mark {
	ino_t ino;
	off_t size;
	struct timespec mtim;
};

static void
mark_file(const char *path, struct mark *m)
{
	struct stat st;

	memset(m, 0, sizeof(*m));
	if (stat(path, &st) != 0)
		return;
	m->ino = st.st_ino;
	m->size = st.st_size;
	m->mtim = st.st_mtim;
}

static bool
same_mark(const struct mark *a, const struct mark *b)
{
	return a->ino == b->ino && a->size == b->size &&
	       a->mtim.tv_sec == b->mtim.tv_sec &&
	       a->mtim.tv_nsec == b->mtim.tv_nsec;
}

struct pair {
	char *db;
	char *wal;
};

static int
pair_names(const char *path, struct pair *p, struct hrv_err *err)
{
	p->db = strdup(path);
	if (asprintf(&p->wal, "%s-wal", path) < 0)
		p->wal = NULL;
	if (p->db == NULL || p->wal == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static void
pair_clear(struct pair *p)
{
	free(p->db);
	free(p->wal);
}

static int
copy_once(const struct pair *from, const struct pair *to, bool *ret_same,
    struct hrv_err *err)
{
	struct mark before[2];
	struct mark after[2];
	int rc;

	mark_file(from->db, &before[0]);
	mark_file(from->wal, &before[1]);
	rc = file_copy(from->db, to->db, FILE_MODE_PRIVATE, err);
	if (rc == HRV_OK && before[1].ino != 0) {
		rc = file_copy(from->wal, to->wal, FILE_MODE_PRIVATE, err);
		/* Gone since we looked: a writer closed; try again. */
		if (rc == HRV_ENOTFOUND)
			rc = HRV_OK;
	}
	mark_file(from->db, &after[0]);
	mark_file(from->wal, &after[1]);
	if (rc == HRV_OK)
		*ret_same = same_mark(&before[0], &after[0]) &&
			    same_mark(&before[1], &after[1]);
	return rc;
}

static int
copy_pair(const struct pair *from, const struct pair *to, struct hrv_err *err)
{
	for (int i = 0; i < COPY_TRIES; i++) {
		bool same = false;
		int rc = copy_once(from, to, &same, err);

		if (rc == HRV_OK && same)
			return HRV_OK;
		db_remove(to->db);
		if (rc != HRV_OK)
			return rc;
	}
	return hrv_fail(err, HRV_EBUSY,
	    "the database was written to while it was being copied");
}

static int
check_private(const char *dir, struct hrv_err *err)
{
	struct stat st;

	if (lstat(dir, &st) != 0)
		return file_error(errno, "copying into", dir, err);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return hrv_fail(err, HRV_EREFUSED,
		    "the folder for the copy is not private");
	return HRV_OK;
}

int
db_copy_readonly(const char *path, const char *dir, bool always,
    char **ret_copy, struct hrv_err *err)
{
	struct pair from = { NULL, NULL };
	struct pair to = { NULL, NULL };
	char target[64];
	char *copy = NULL;
	uint64_t tag = 0;
	int rc;

	if (!always && file_dir_writable(path)) {
		*ret_copy = NULL;
		return HRV_OK;
	}
	if (dir == NULL)
		return hrv_fail_as(err, HRV_EIO, "read-only",
		    "the database lies where nothing can be written");
	rc = check_private(dir, err);
	if (rc != HRV_OK)
		return rc;
	crypt_random(&tag, sizeof(tag));
	snprintf(target, sizeof(target), "%016llx.db", (unsigned long long)tag);
	rc = file_join(dir, target, &copy, err);
	if (rc == HRV_OK)
		rc = pair_names(path, &from, err);
	if (rc == HRV_OK)
		rc = pair_names(copy, &to, err);
	if (rc == HRV_OK)
		rc = copy_pair(&from, &to, err);
	if (rc != HRV_OK)
		goto out;
	*ret_copy = copy;
	copy = NULL;
	rc = HRV_OK;
out:
	pair_clear(&from);
	pair_clear(&to);
	free(copy);
	return rc;
}

static int
run_backup(struct db *from, struct db *to, struct hrv_err *err)
{
	sqlite3_backup *backup =
	    sqlite3_backup_init(to->handle, "main", from->handle, "main");
	int rc;

	if (backup == NULL)
		return db_error(
		    to, sqlite3_errcode(to->handle), "copying", err);
	do {
		rc = sqlite3_backup_step(backup, BACKUP_PAGES);
	} while (rc == SQLITE_OK);
	(void)sqlite3_backup_finish(backup);
	if (rc != SQLITE_DONE)
		return db_error(to, rc, "copying", err);
	return HRV_OK;
}

static int
sync_file(const char *path, struct hrv_err *err)
{
	int fd = -1;
	int rc = file_open(path, O_RDWR, &fd, err);

	if (rc != HRV_OK)
		return rc;
	rc = file_sync(fd, path, err);
	(void)close(fd);
	if (rc == HRV_OK)
		rc = file_sync_parent(path, err);
	return rc;
}

int
db_copy(
    struct db *db, const struct key *key, const char *dest, struct hrv_err *err)
{
	struct db_open_args args = {
		.path = dest,
		.key = key,
		.mode = DB_CREATE,
		.key_verified = true,
	};
	struct db *to = NULL;
	bool busy = false;
	bool made = false;
	int rc;

	rc = db_open(&args, &to, err);
	if (rc != HRV_OK)
		goto out;
	made = true;
	/* The copy's pages arrive through a commit of the library's own. */
	db_unguard(to);
	rc = run_backup(db, to, err);
	db_guard(to);
	if (rc == HRV_OK)
		rc = db_checkpoint_truncate(to, &busy, err);
	if (rc == HRV_OK && busy)
		rc = hrv_fail(err, HRV_EBUSY, "copying: somebody reads it");
	if (rc != HRV_OK)
		goto out;
	db_close(to);
	to = NULL;
	rc = sync_file(dest, err);
out:
	db_close(to);
	if (rc != HRV_OK && made)
		db_remove(dest);
	return rc;
}
