/* SPDX-License-Identifier: ISC */
/*
 * What the database library's codes mean to the rest of the program. Layer:
 * store. Invariant: no message carries SQL or a value; the library's own text
 * is passed on only for RAISE, whose texts are constants of our schema.
 */
#include "vault/store/db_priv.h"

#include <errno.h>
#include <string.h>

static bool
no_space(struct db *db, int primary)
{
	int sys;

	if (primary == SQLITE_FULL)
		return true;
	if (primary != SQLITE_IOERR || db == NULL || db->handle == NULL)
		return false;
	sys = sqlite3_system_errno(db->handle);
	return sys == ENOSPC || sys == EDQUOT;
}

static int
constraint_error(struct db *db, int rc, const char *doing, struct hrv_err *err)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_TRIGGER:
		return hrv_fail_as(err, HRV_EREFUSED, "guard", "%s: %s", doing,
		    sqlite3_errmsg(db->handle));
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_ROWID:
		return hrv_fail(
		    err, HRV_EEXISTS, "%s: it is there already", doing);
	default:
		return hrv_fail_as(err, HRV_EFAILED, "constraint",
		    "%s: a rule of the schema forbids it (%d)", doing, rc);
	}
}

static int
io_error(struct db *db, int rc, const char *doing, struct hrv_err *err)
{
	int sys = 0;

	if (rc == SQLITE_IOERR_NOMEM)
		return hrv_fail(err, HRV_ENOMEM, "%s: out of memory", doing);
	if (db != NULL && db->handle != NULL)
		sys = sqlite3_system_errno(db->handle);
	return hrv_fail(err, HRV_EIO, "%s: reading or writing failed (%d: %s)",
	    doing, rc, sys != 0 ? strerror(sys) : "no details");
}

static int
busy_error(const char *doing, struct hrv_err *err)
{
	(void)hrv_fail(err, HRV_EBUSY, "%s: another command is writing", doing);
	return hrv_hint(err, "try again in a moment");
}

static int
damage_error(int rc, const char *doing, struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "%s: the database is damaged or was exchanged (%d)", doing, rc);
}

/* A page whose check value is wrong ends in the code for "SQL error", but
 * without the text that every real SQL error brings along. */
static bool
bad_page(struct db *db, int rc)
{
	return rc == SQLITE_ERROR && db != NULL && db->handle != NULL &&
	       strcmp(sqlite3_errmsg(db->handle),
		   sqlite3_errstr(SQLITE_ERROR)) == 0;
}

int
db_error(struct db *db, int rc, const char *doing, struct hrv_err *err)
{
	int primary = rc & 0xff;

	if (no_space(db, primary))
		return hrv_fail_as(
		    err, HRV_EIO, "disk-full", "%s: the disk is full", doing);
	if (bad_page(db, rc))
		return damage_error(rc, doing, err);
	switch (primary) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	/* The write-ahead log was in use at a hundred tries to begin. */
	case SQLITE_PROTOCOL:
		return busy_error(doing, err);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return damage_error(rc, doing, err);
	case SQLITE_NOMEM:
		return hrv_fail(err, HRV_ENOMEM, "%s: out of memory", doing);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return hrv_fail_as(err, HRV_EIO, "read-only",
		    "%s: the database cannot be written here (%d)", doing, rc);
	case SQLITE_IOERR:
		return io_error(db, rc, doing, err);
	case SQLITE_CONSTRAINT:
		return constraint_error(db, rc, doing, err);
	case SQLITE_AUTH:
		return hrv_fail_as(err, HRV_EREFUSED, "guard",
		    "%s: this kind of statement is not allowed", doing);
	case SQLITE_INTERRUPT:
		return hrv_fail(err, HRV_EINTERRUPTED, "%s: stopped", doing);
	default:
		return hrv_fail(err, HRV_EFAILED,
		    "%s: the database refused it (%d)", doing, rc);
	}
}
