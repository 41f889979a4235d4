/* SPDX-License-Identifier: ISC */
/*
 * Opening and closing a database. Layer: store; with the other db*.c the only
 * code that sees the database library. Invariant: db_open() succeeds only on a
 * file that is encrypted, was read with the key given, and has every setting
 * in place; it never leaves a file readable without a key behind.
 */
#include "vault/store/db_priv.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/store/file.h"

#define PLAIN_MAGIC "SQLite format 3" /* with its NUL 16 bytes */
#define OPEN_TRIES 100
#define OPEN_WAIT_MS 20

/* Looks at the file itself: it is there, ours to follow, not empty, and does
 * not begin like a database without encryption. */
static int
check_file(const char *path, struct hrv_err *err)
{
	char head[sizeof(PLAIN_MAGIC)];
	size_t got = 0;
	int fd = -1;
	int rc = file_open(path, O_RDONLY, &fd, err);

	if (rc != HRV_OK)
		return rc;
	rc = file_read_at(fd, head, sizeof(head), 0, &got, err);
	(void)close(fd);
	if (rc != HRV_OK)
		return rc;
	if (got < sizeof(head))
		return hrv_fail(err, HRV_EINTEGRITY, "the database is empty");
	if (memcmp(head, PLAIN_MAGIC, sizeof(head)) == 0)
		return hrv_fail_as(err, HRV_EINTEGRITY, "not-encrypted",
		    "the database is not encrypted");
	return HRV_OK;
}

static int
make_file(const char *path, struct hrv_err *err)
{
	int fd = -1;
	int rc = file_create(path, FILE_MODE_SHARED, &fd, err);

	if (rc != HRV_OK)
		return rc;
	rc = file_sync(fd, path, err);
	(void)close(fd);
	if (rc == HRV_OK)
		rc = file_sync_parent(path, err);
	if (rc != HRV_OK)
		(void)unlink(path);
	return rc;
}

/* The library says the same thing to a wrong key and to a damaged first page;
 * whether the key was checked before decides which one it is. */
static int
first_read(struct db *db, bool key_verified, struct hrv_err *err)
{
	int64_t any = 0;
	int rc =
	    db_query_int(db, "SELECT count(*) FROM sqlite_master", &any, err);

	if (rc == HRV_EINTEGRITY && !key_verified) {
		(void)hrv_fail(
		    err, HRV_EKEY, "the key does not open the database");
		rc = hrv_hint(err,
		    "if the key is right, the file is damaged: run"
		    " \"hrvault check\"");
	}
	return rc;
}

static int
connect_to(struct db *db, const char *path, const struct db_open_args *args,
    struct hrv_err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	int rc;

	flags |= db->readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	rc = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (rc != SQLITE_OK)
		return db_error(db, rc, "opening the database", err);
	(void)sqlite3_extended_result_codes(db->handle, 1);
	(void)sqlite3_busy_timeout(db->handle, (int)db->busy_ms);
	rc = db_setup_cipher(db, args->key, err);
	if (rc == HRV_OK)
		rc = first_read(db, args->key_verified, err);
	if (rc == HRV_OK)
		rc = db_setup(db, err);
	return rc;
}

/* Two moments that are over with the next try: the last writer to close takes
 * the write-ahead log away from under who opens only to read, and who makes it
 * anew gives it the mode of the database only once it is there, so that until
 * then no other account of the group can open it. */
static int
connect_beside_others(struct db *db, const char *path,
    const struct db_open_args *args, struct hrv_err *err)
{
	int rc = connect_to(db, path, args, err);

	for (int i = 0; i < OPEN_TRIES && rc == HRV_EIO && err != NULL &&
			strcmp(err->name, "read-only") == 0;
	     i++) {
		(void)sqlite3_close(db->handle);
		db->handle = NULL;
		(void)sqlite3_sleep(OPEN_WAIT_MS);
		rc = connect_to(db, path, args, err);
	}
	return rc;
}

int
db_open(
    const struct db_open_args *args, struct db **ret_db, struct hrv_err *err)
{
	struct db *db = NULL;
	bool made = false;
	int rc;

	db = calloc(1, sizeof(*db));
	if (db == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	db->readonly = args->mode == DB_READONLY;
	db->busy_ms = args->busy_ms != 0 ? args->busy_ms : DB_BUSY_MS;
	if (args->mode == DB_CREATE) {
		rc = make_file(args->path, err);
		made = rc == HRV_OK;
	} else {
		rc = check_file(args->path, err);
	}
	if (rc == HRV_OK && db->readonly)
		rc = db_copy_readonly(
		    args->path, args->copy_dir, args->copy, &db->copy, err);
	if (rc != HRV_OK)
		goto out;
	rc = connect_beside_others(
	    db, db->copy != NULL ? db->copy : args->path, args, err);
	/* Going over to the write-ahead log has written the first page. */
	if (rc == HRV_OK && made)
		rc = check_file(args->path, err);
	if (rc != HRV_OK)
		goto out;
	*ret_db = db;
	db = NULL;
	rc = HRV_OK;
out:
	db_close(db);
	if (rc != HRV_OK && made)
		db_remove(args->path);
	return rc;
}

void
db_close(struct db *db)
{
	int rc;

	if (db == NULL)
		return;
	db_rollback(db);
	for (size_t i = 0; i < SQL_MAX_; i++)
		(void)sqlite3_finalize(db->stmts[i].handle);
	/* Busy would mean a statement outside of the table: a bug. */
	rc = sqlite3_close(db->handle);
	assert(rc == SQLITE_OK);
	(void)rc;
	if (db->copy != NULL) {
		db_remove(db->copy);
		free(db->copy);
	}
	free(db);
}

bool
db_readonly(const struct db *db)
{
	return db->readonly;
}

bool
db_moved(const struct db *db)
{
	int moved = 0;

	return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED,
		   &moved) == SQLITE_OK &&
	       moved != 0;
}
