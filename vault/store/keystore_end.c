/* SPDX-License-Identifier: ISC */
/*
 * The end of a keystore generation. Layer: store. Invariant: the live
 * generation is never touched, and an old one only while the live one's files
 * are there: a mistake above must not cost the last copy of a key.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/store/anchor.h"
#include "vault/store/file.h"
#include "vault/store/keystore_priv.h"

static const char *const beside[] = { "", "-wal", "-shm", "-journal" };

/* Removes keys.<gen>.db and what lies beside it. */
static int
remove_db(const char *dir, uint32_t gen, struct hrv_err *err)
{
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		char name[48];
		char *path = NULL;
		int rc;

		snprintf(name, sizeof(name), "keys.%u.db%s", (unsigned)gen,
		    beside[i]);
		rc = file_join(dir, name, &path, err);
		if (rc == HRV_OK)
			rc = file_unlink(path, NULL, err);
		free(path);
		if (rc != HRV_OK)
			return rc;
	}
	return HRV_OK;
}

static int
end_generation(const struct keystore_end_args *args, struct hrv_err *err)
{
	int rc = anchor_destroy(args->dir, args->gen, args->timeout_ms, err);

	if (rc == HRV_OK)
		rc = remove_db(args->dir, args->gen, err);
	if (rc == HRV_OK)
		rc = file_sync_dir(args->dir, err);
	return rc;
}

/* The live generation has a whole anchor and a database. */
static int
check_live(const struct keystore_end_args *args, struct hrv_err *err)
{
	struct anchor *anchor = NULL;
	char *path = NULL;
	int rc;

	rc = anchor_open(args->dir, args->live, args->timeout_ms, &anchor, err);
	anchor_close(anchor);
	if (rc == HRV_OK)
		rc = keystore_path(args->dir, args->live, &path, err);
	if (rc == HRV_OK && access(path, R_OK) != 0)
		rc = file_error(errno, "looking for", path, err);
	free(path);
	if (rc == HRV_OK || rc == HRV_ENOMEM || rc == HRV_EBUSY)
		return rc;
	return hrv_fail_as(err, HRV_EREFUSED, "no-live-keys",
	    "generation %u is in force but not sound; generation %u is kept",
	    (unsigned)args->live, (unsigned)args->gen);
}

int
keystore_destroy(const struct keystore_end_args *args, struct hrv_err *err)
{
	int rc;

	if (args->gen == 0 || args->gen >= args->live)
		return hrv_fail(err, HRV_EREFUSED,
		    "generation %u is not over: %u is in force",
		    (unsigned)args->gen, (unsigned)args->live);
	rc = check_live(args, err);
	if (rc == HRV_OK)
		rc = end_generation(args, err);
	return rc;
}

int
keystore_discard(const struct keystore_end_args *args, struct hrv_err *err)
{
	if (args->gen <= args->live)
		return hrv_fail(err, HRV_EREFUSED,
		    "generation %u was committed: %u is in force",
		    (unsigned)args->gen, (unsigned)args->live);
	return end_generation(args, err);
}

/* The number in anchor.<gen> and keys.<gen>.db*; 0 for any other name. */
static uint32_t
gen_of(const char *name)
{
	const char *digits;
	const char *rest;
	uint64_t gen = 0;

	if (strncmp(name, "anchor.", 7) == 0)
		digits = name + 7;
	else if (strncmp(name, "keys.", 5) == 0)
		digits = name + 5;
	else
		return 0;
	rest = digits;
	while (isdigit((unsigned char)*rest) && gen <= UINT32_MAX)
		gen = gen * 10 + (uint64_t)(*rest++ - '0');
	if (digits[0] == '0' || gen > UINT32_MAX)
		return 0;
	if (name[0] == 'a')
		return *rest == '\0' ? (uint32_t)gen : 0;
	if (strncmp(rest, ".db", 3) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		if (strcmp(rest + 3, beside[i]) == 0)
			return (uint32_t)gen;
	}
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

struct list {
	uint32_t *gens;
	size_t count;
	size_t cap;
};

static bool
list_add(struct list *l, uint32_t gen)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->gens[i] == gen)
			return true;
	}
	if (l->count == l->cap) {
		size_t cap = l->cap == 0 ? 8 : l->cap * 2;
		uint32_t *more = realloc(l->gens, cap * sizeof(*more));

		if (more == NULL)
			return false;
		l->gens = more;
		l->cap = cap;
	}
	l->gens[l->count++] = gen;
	return true;
}

int
keystore_generations(const char *dir, uint32_t **ret_gens, size_t *ret_count,
    struct hrv_err *err)
{
	struct list l = { NULL, 0, 0 };
	DIR *d = opendir(dir);
	int rc = HRV_OK;

	if (d == NULL)
		return file_error(errno, "listing", dir, err);
	for (;;) {
		const struct dirent *e;
		uint32_t gen;

		errno = 0;
		e = readdir(d);
		if (e == NULL && errno != 0)
			rc = file_error(errno, "listing", dir, err);
		if (e == NULL)
			break;
		gen = gen_of(e->d_name);
		if (gen != 0 && !list_add(&l, gen)) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
	}
	(void)closedir(d);
	if (rc != HRV_OK) {
		free(l.gens);
		return rc;
	}
	if (l.count > 1)
		qsort(l.gens, l.count, sizeof(l.gens[0]), by_number);
	*ret_gens = l.gens;
	*ret_count = l.count;
	return HRV_OK;
}
