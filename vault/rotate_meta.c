/* SPDX-License-Identifier: ISC */
/*
 * Rotating K_meta. Layer: verbs. vault.db is copied under the new key to a file
 * beside it, the rotation is logged there, and the copy takes its place by one
 * rename. Invariants: nobody else has the vault open from the copying on until
 * after the rename, so nothing can be written to the old file meanwhile; the
 * rename is the commit. Before it vault.db names the old slot file, after it
 * the new one; a slot file or a copy that nothing names is passed over.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/rotate.h"
#include "vault/session.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/txn.h"

#define ALONE_WAIT_MS 2000

/* The folder to ourselves; others get HRV_EBUSY from hrv_open(). Turning the
 * shared lock into this one gives it up for a moment, in which somebody else
 * may have rewritten vault.db. */
static int
take_alone(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = file_lock(v->lock_fd, true, ALONE_WAIT_MS, err);

	if (rc == HRV_OK && db_moved(v->db))
		rc = hrv_fail(err, HRV_EBUSY, "rewritten meanwhile");
	if (rc == HRV_OK) {
		v->alone = true;
		return HRV_OK;
	}
	if (rc == HRV_EBUSY) {
		hrv_fail(err, HRV_EBUSY,
		    "another command has the vault open, and the key of the "
		    "database is rotated by who has it alone");
		return hrv_hint(err, "run the command again in a while");
	}
	return rc;
}

/* Shared again, with the same caution: false when the handle is of no use any
 * more, though everything that was done is done. */
static bool
share_again(struct hrv_vault *v)
{
	struct hrv_err ignored;

	v->alone = false;
	return file_lock(v->lock_fd, false, ALONE_WAIT_MS, &ignored) ==
		   HRV_OK &&
	       v->db != NULL && !db_moved(v->db);
}

/* Both files of the change. */
struct files {
	char *path; /* vault.db */
	char *next;
	const struct key *key;
};

static int
open_file(const char *path, const struct key *key, struct db **ret,
    struct hrv_err *err)
{
	const struct db_open_args a = { .path = path,
		.key = key,
		.mode = DB_READWRITE,
		.key_verified = true };

	return db_open(&a, ret, err);
}

static void
remove_beside(const char *path, bool itself)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = itself ? 0 : 1; i < sizeof(tails) / sizeof(tails[0]);
	     i++) {
		char *name = NULL;

		if (asprintf(&name, "%s%s", path, tails[i]) < 0)
			return;
		(void)unlink(name);
		free(name);
	}
}

/* The rotation as the copy has it. No checkpoint is signed and nobody remembers
 * one before the rename: with a crash in between it would be of no log. */
static int
log_in_copy(struct rotate *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.rotate");
	struct hrv_vault *v = r->v;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = slotnext_write(v, r->next, r->payload, err);
	e.payload = r->payload;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = slotnext_log(v, r->next, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, false, err);
	txn_abort(v);
	return rc;
}

/* Fills the copy, empties its write-ahead log and closes it. */
static int
make_copy(struct rotate *r, const struct files *f, struct hrv_err *err)
{
	struct hrv_vault *v = r->v;
	struct db *old = v->db, *copy = NULL;
	bool busy = false;
	int rc;

	remove_beside(f->next, true);
	rc = db_copy(old, f->key, f->next, err);
	if (rc == HRV_OK)
		rc = open_file(f->next, f->key, &copy, err);
	if (rc != HRV_OK)
		return rc;
	v->db = copy;
	rc = log_in_copy(r, err);
	if (rc == HRV_OK)
		rc = db_checkpoint_truncate(copy, &busy, err);
	if (rc == HRV_OK && busy)
		rc = hrv_fail(err, HRV_EBUSY, "somebody reads the copy");
	v->db = old;
	db_close(copy);
	return rc;
}

/* The commit. The old file's write-ahead log must be gone before: the new file
 * would be taken for its own. */
static int
swap(struct hrv_vault *v, const struct files *f, struct hrv_err *err)
{
	bool busy = false;
	int rc = db_checkpoint_truncate(v->db, &busy, err);

	if (rc == HRV_OK && busy)
		rc = hrv_fail(err, HRV_EBUSY, "somebody reads the database");
	if (rc != HRV_OK)
		return rc;
	db_close(v->db);
	v->db = NULL;
	remove_beside(f->path, false);
	rc = file_sync_dir(v->dir, err);
	if (rc == HRV_OK && rename(f->next, f->path) != 0)
		rc = file_error(errno, "renaming", f->next, err);
	return rc == HRV_OK ? file_sync_dir(v->dir, err) : rc;
}

/* The first entry under the new key, with a checkpoint of the whole. */
static int
conclude(struct rotate *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.destroyed");
	json_t *p = json_object();
	int rc = HRV_OK;

	if (p == NULL || json_set_str(p, "key", json_str(r->payload, "from")))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(r->v, err);
	if (rc == HRV_OK)
		rc = txn_entry(r->v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(r->v, true, err);
	txn_abort(r->v);
	json_decref(p);
	return rc;
}

/* Copies, swaps and opens what is there then: the new file or, after a failure
 * before the rename, the old one. */
static int
rewrite(struct rotate *r, const struct files *f, struct hrv_err *err)
{
	struct hrv_vault *v = r->v;
	bool swapped = false;
	const struct key *old =
	    keyring_current(&v->ring, v->slots, KEY_META, NULL);
	int rc = make_copy(r, f, err);

	if (rc == HRV_OK) {
		rc = swap(v, f, err);
		swapped = access(f->next, F_OK) != 0;
	}
	if (rc != HRV_OK)
		remove_beside(f->next, true);
	if (v->db == NULL) {
		struct hrv_err why;
		int again =
		    open_file(f->path, swapped ? f->key : old, &v->db, &why);

		if (rc == HRV_OK && again != HRV_OK) {
			*err = why;
			rc = again;
		}
	}
	return rc;
}

int
rotate_meta(struct hrv_vault *v, json_t *done, struct hrv_err *err)
{
	struct rotate r = { .v = v, .name = KEY_META };
	struct files f = { NULL, NULL, NULL };
	bool opened = v->session != NULL && v->session->opened, usable;
	int rc = slotnext_new(v, &r.next, err);

	if (rc == HRV_OK)
		rc = slotnext_rotate(
		    v, r.next, KEY_META, KEY_DISABLED, &r.key, err);
	if (rc == HRV_OK)
		rc = rotate_payload(&r, err);
	if (rc == HRV_OK)
		rc = vault_path(v, NAME_DB, &f.path, err);
	if (rc == HRV_OK)
		rc = vault_path(v, NAME_DB_NEXT, &f.next, err);
	f.key = keyring_get(&v->ring, KEY_META, r.key.version);
	if (rc == HRV_OK)
		rc = take_alone(v, err);
	if (rc == HRV_OK)
		rc = rewrite(&r, &f, err);
	if (rc == HRV_OK) {
		slotnext_use(v, &r.next);
		rc = rotate_report(&r, done, err);
	} else if (v->session != NULL)
		v->session->opened = opened;
	usable = v->alone && share_again(v);
	if (rc == HRV_OK && !usable) {
		hrv_fail(err, HRV_EBUSY,
		    "the key of the database was rotated, and again by "
		    "another command just now");
		rc = hrv_hint(err, "run the command again for what is left");
	}
	if (rc == HRV_OK)
		rc = conclude(&r, err);
	rotate_clear(&r);
	free(f.path);
	free(f.next);
	return rc;
}
