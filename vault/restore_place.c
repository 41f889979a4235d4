/* SPDX-License-Identifier: ISC */
/*
 * The folder in which a restore builds. Layer: verbs. Invariants: nothing is
 * taken away that a restore did not make, known by the very folder that the
 * lock file names; what can be opened is listed until it is gone or approved.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/copies.h"
#include "vault/restore_int.h"
#include "vault/store/file.h"

#define SUFFIX ".restoring"
#define MAGIC "hrvault-restoring/1\n"
#define MARK_SIZE 80

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Keys first: what remains of the rest opens for nobody. */
static void
destroy_stage(const char *stage)
{
	uint32_t *gens = NULL;
	size_t n = 0;

	if (keystore_generations(stage, &gens, &n, NULL) == HRV_OK) {
		for (size_t i = 0; i < n; i++) {
			char name[32], *path = NULL;

			snprintf(
			    name, sizeof(name), "anchor.%u", (unsigned)gens[i]);
			if (file_join(stage, name, &path, NULL) == HRV_OK)
				(void)!file_destroy(path, NULL);
			free(path);
		}
	}
	free(gens);
	file_remove_tree(stage);
}

/* What the lock file says of the folder beside it: which one it is. */
static bool
mark_of(const char *stage, char out[MARK_SIZE])
{
	struct stat st;

	if (lstat(stage, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	snprintf(out, MARK_SIZE, MAGIC "%llu %llu\n",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return true;
}

static bool
is_ours(int lock_fd, const char *stage)
{
	char want[MARK_SIZE], got[MARK_SIZE];
	size_t n = 0;

	return mark_of(stage, want) &&
	       file_read_at(lock_fd, got, sizeof(got), 0, &n, NULL) == HRV_OK &&
	       n == strlen(want) && memcmp(got, want, n) == 0;
}

static int
write_mark(int lock_fd, const char *stage, struct hrv_err *err)
{
	char mark[MARK_SIZE];

	if (!mark_of(stage, mark) || ftruncate(lock_fd, 0) != 0 ||
	    lseek(lock_fd, 0, SEEK_SET) != 0)
		return file_error(errno, "marking", stage, err);
	return file_write(lock_fd, mark, strlen(mark), stage, err);
}

static char *
lock_name(const char *stage)
{
	char *name = NULL;

	return asprintf(&name, "%s.lock", stage) < 0 ? NULL : name;
}

/* What an interrupted restore left is taken away; an empty folder is nobody's
 * loss. */
static int
take_away(int lock_fd, const char *stage, struct hrv_err *err)
{
	if (access(stage, F_OK) != 0 || rmdir(stage) == 0)
		return HRV_OK;
	if (is_ours(lock_fd, stage)) {
		destroy_stage(stage);
		return HRV_OK;
	}
	hrv_fail(err, HRV_EEXISTS,
	    "a folder named like the new one with .restoring is there and is "
	    "not from a restore");
	return hrv_hint(err, "move it away, or name another new folder");
}

/* Left by a command of this client that was killed, anywhere. */
static void
sweep(void *ctx, const char *path)
{
	const char *state_dir = ctx;
	size_t n = strlen(path);
	char *lock;
	int fd = -1;

	if (n < strlen(SUFFIX) ||
	    strcmp(path + n - strlen(SUFFIX), SUFFIX) != 0)
		return; /* it waits for its approval */
	lock = lock_name(path);
	if (lock != NULL && access(lock, F_OK) == 0 &&
	    file_open_lock(lock, true, 0, &fd, NULL) == HRV_OK &&
	    is_ours(fd, path)) {
		destroy_stage(path);
		copies_drop(state_dir, path);
		(void)unlink(lock);
	}
	if (fd >= 0)
		(void)close(fd);
	free(lock);
}

/* Listed before anything is in it. */
static int
make(struct restore *r, struct hrv_err *err)
{
	struct hrv_vault *o = r->opener;
	int rc = file_mkdir(r->stage, FILE_MODE_DIR, err);

	r->placed = rc == HRV_OK;
	if (rc == HRV_OK)
		rc = write_mark(r->lock_fd, r->stage, err);
	return rc == HRV_OK ? copies_add(o->state_dir, r->stage, err) : rc;
}

int
restore_place(struct restore *r, struct hrv_err *err)
{
	struct hrv_vault *o = r->opener;
	char *lock = NULL;
	int rc;

	memcpy(o->id, r->vault, sizeof(o->id));
	rc = vault_state_dir(o, r->args->open.state_dir, err);
	if (rc != HRV_OK)
		return rc;
	copies_each(o->state_dir, SUFFIX, sweep, o->state_dir);
	if (asprintf(&r->stage, "%s" SUFFIX, r->args->open.dir) < 0) {
		r->stage = NULL;
		return no_memory(err);
	}
	lock = lock_name(r->stage);
	if (lock == NULL)
		return no_memory(err);
	rc = file_open_lock(lock, true, 0, &r->lock_fd, err);
	if (rc == HRV_EBUSY)
		rc = hrv_fail(
		    err, HRV_EBUSY, "another restore into this folder runs");
	if (rc == HRV_OK)
		rc = take_away(r->lock_fd, r->stage, err);
	if (rc == HRV_OK)
		rc = make(r, err);
	else if (r->lock_fd >= 0)
		(void)unlink(lock);
	free(lock);
	return rc;
}

void
restore_place_clear(struct restore *r)
{
	if (r->placed) {
		char *lock = lock_name(r->stage);

		destroy_stage(r->stage);
		copies_drop(r->opener->state_dir, r->stage);
		if (lock != NULL)
			(void)unlink(lock);
		free(lock);
	}
	if (r->lock_fd >= 0)
		(void)close(r->lock_fd);
	free(r->stage);
}
