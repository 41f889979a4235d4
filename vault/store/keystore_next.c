/* SPDX-License-Identifier: ISC */
/*
 * The one writer of a keystore generation. Layer: store. Invariants: the next
 * generation holds exactly the survivors that were asked for, every one of
 * them, or it is not there at all; the live generation is only read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/store/anchor.h"
#include "vault/store/db_admin.h"
#include "vault/store/file.h"
#include "vault/store/keystore_priv.h"
#include "vault/store/migrate.h"

#define OWN_TIMEOUT_MS 1000

/* A build under way. */
struct build {
	struct keystore *from; /* NULL: an empty generation */
	const struct keystore_build_args *args;
	struct db *to;
	struct crypt_sha256_ctx *sum;
	uint64_t count;
	uint8_t last[KEYSTORE_ID_LEN]; /* id written last, when count > 0 */
};

int
keystore_list_next(void *ctx, uint8_t ret_id[KEYSTORE_ID_LEN], bool *ret_more,
    struct hrv_err *err)
{
	struct keystore_list *list = ctx;

	(void)err;
	*ret_more = list->at < list->count;
	if (*ret_more)
		memcpy(ret_id, list->ids + KEYSTORE_ID_LEN * list->at++,
		    KEYSTORE_ID_LEN);
	return HRV_OK;
}

/* Moves on in the old generation until it stands on id. */
static int
find_in_old(struct stmt *old, const uint8_t id[KEYSTORE_ID_LEN],
    struct keystore_dek *ret, struct hrv_err *err)
{
	for (;;) {
		uint8_t at[KEYSTORE_ID_LEN];
		bool row = false;
		int rc = db_step(old, &row, err);
		int order;

		if (rc == HRV_OK && row)
			rc = db_col_fixed(old, 0, at, sizeof(at), err);
		if (rc != HRV_OK)
			return rc;
		order = row ? memcmp(at, id, KEYSTORE_ID_LEN) : 1;
		if (order == 0)
			return keystore_row(old, ret, err);
		if (order > 0)
			return hrv_fail(err, HRV_EINTEGRITY,
			    "the keystore lacks a key that must survive");
	}
}

static int
copy_one(
    struct build *b, struct stmt *old, const uint8_t *id, struct hrv_err *err)
{
	const struct keystore_build_args *args = b->args;
	struct keystore_dek dek;
	int rc;

	if (b->count > 0 && memcmp(b->last, id, KEYSTORE_ID_LEN) >= 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the list of surviving keys is not in order");
	rc = find_in_old(old, id, &dek, err);
	if (rc == HRV_OK && args->rewrap != NULL) {
		rc = args->rewrap(args->rewrap_ctx, &dek, err);
		if (rc == HRV_OK &&
		    memcmp(dek.dek_id, id, sizeof(b->last)) != 0)
			rc = hrv_fail(err, HRV_EFAILED,
			    "rewrapping changed the id of a key");
	}
	if (rc == HRV_OK)
		rc = keystore_insert(b->to, &dek, err);
	if (rc != HRV_OK)
		return rc;
	crypt_sha256_add(b->sum, id, KEYSTORE_ID_LEN);
	memcpy(b->last, id, KEYSTORE_ID_LEN);
	b->count++;
	return HRV_OK;
}

static int
copy_survivors(struct build *b, struct hrv_err *err)
{
	struct stmt *old = NULL;
	int rc;

	if (b->from == NULL)
		return HRV_OK;
	rc = db_stmt(b->from->db, SQL_KEYS_LIST_DEKS, &old, err);
	while (rc == HRV_OK) {
		uint8_t id[KEYSTORE_ID_LEN];
		bool more = false;

		rc = b->args->next(b->args->next_ctx, id, &more, err);
		if (rc != HRV_OK || !more)
			break;
		rc = copy_one(b, old, id, err);
	}
	db_reset(old);
	return rc;
}

static int
fill(struct build *b, uint32_t gen, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int rc = migrate(b->to, schema_of(SQL_ON_KEYS), err);

	if (rc == HRV_OK)
		rc = db_bulk_begin(b->to, err);
	if (rc == HRV_OK)
		rc = db_begin(b->to, err);
	if (rc == HRV_OK)
		rc = db_stmt(b->to, SQL_KEYS_ADD_GENERATION, &st, err);
	if (rc == HRV_OK) {
		db_bind_int(st, 1, gen);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = copy_survivors(b, err);
	if (rc == HRV_OK)
		rc = db_commit(b->to, err);
	if (rc == HRV_OK)
		rc = db_bulk_end(b->to, err);
	return rc;
}

/* Creates and fills the database under the anchor's key, closes and syncs. */
static int
write_db(struct build *b, const char *dir, uint32_t gen, struct hrv_err *err)
{
	struct db_open_args args = { .mode = DB_CREATE, .key_verified = true };
	struct anchor *anchor = NULL;
	struct key *key = NULL;
	char *path = NULL;
	int fd = -1;
	int rc;

	rc = anchor_open(dir, gen, OWN_TIMEOUT_MS, &anchor, err);
	if (rc == HRV_OK)
		rc = kdf_keystore(
		    b->args->k_write, anchor_secret(anchor), gen, &key, err);
	if (rc == HRV_OK)
		rc = keystore_path(dir, gen, &path, err);
	if (rc != HRV_OK)
		goto out;
	args.path = path;
	args.key = key;
	rc = db_open(&args, &b->to, err);
	if (rc == HRV_OK)
		rc = fill(b, gen, err);
	db_close(b->to);
	b->to = NULL;
	if (rc == HRV_OK)
		rc = file_open(path, O_RDWR, &fd, err);
	if (rc == HRV_OK)
		rc = file_sync(fd, path, err);
	if (rc == HRV_OK)
		rc = file_sync_dir(dir, err);
out:
	if (fd >= 0)
		(void)close(fd);
	free(path);
	key_free(key);
	anchor_close(anchor);
	return rc;
}

/* What was written opens and holds what it should: after this the old
 * generation may be given up. */
static int
read_back(const struct build *b, const char *dir, uint32_t gen,
    const struct keystore_set *want, struct hrv_err *err)
{
	const struct keystore_open_args args = {
		.dir = dir,
		.gen = gen,
		.k_write = b->args->k_write,
		.timeout_ms = OWN_TIMEOUT_MS,
	};
	struct keystore_set is;
	struct keystore *ks = NULL;
	int rc = keystore_open(&args, &ks, err);

	if (rc == HRV_OK)
		rc = keystore_set(ks, &is, err);
	keystore_close(ks);
	if (rc == HRV_OK &&
	    (is.count != want->count ||
		memcmp(is.hash, want->hash, sizeof(is.hash)) != 0))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the new keystore does not hold what was written");
	return rc;
}

/* Takes back a generation that is not live; the error that led here stays. */
static void
take_back(const char *dir, uint32_t gen)
{
	const struct keystore_end_args args = { dir, gen, gen - 1,
		OWN_TIMEOUT_MS };
	struct hrv_err ignored = { 0 };

	if (keystore_discard(&args, &ignored) != HRV_OK)
		return; /* harmless: the next build takes it away */
}

/* Writes generation gen, which has no files yet. */
static int
write_generation(struct build *b, const char *dir, uint32_t gen,
    struct keystore_set *ret_set, struct hrv_err *err)
{
	struct keystore_set set;
	int rc;

	b->sum = crypt_sha256_new();
	if (b->sum == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = anchor_create(dir, gen, err);
	if (rc != HRV_OK) {
		crypt_sha256_free(b->sum);
		return rc;
	}
	rc = write_db(b, dir, gen, err);
	crypt_sha256_final(b->sum, set.hash);
	set.count = b->count;
	if (rc == HRV_OK)
		rc = read_back(b, dir, gen, &set, err);
	if (rc != HRV_OK) {
		take_back(dir, gen);
		return rc;
	}
	*ret_set = set;
	return HRV_OK;
}

int
keystore_restore(const char *dir, uint32_t gen, const struct key *k_write,
    struct hrv_err *err)
{
	const struct keystore_build_args args = { .k_write = k_write };
	struct build b = { .args = &args };
	struct keystore_set set;
	uint32_t *gens = NULL;
	size_t count = 0;
	int rc = keystore_generations(dir, &gens, &count, err);

	free(gens);
	if (rc != HRV_OK)
		return rc;
	if (count > 0)
		return hrv_fail(
		    err, HRV_EEXISTS, "there is a keystore here already");
	return write_generation(&b, dir, gen, &set, err);
}

int
keystore_init(const char *dir, const struct key *k_write, struct hrv_err *err)
{
	return keystore_restore(dir, 1, k_write, err);
}

int
keystore_build_next(struct keystore *ks, const struct keystore_build_args *args,
    struct keystore_set *ret_set, struct hrv_err *err)
{
	struct build b = { .from = ks, .args = args };
	struct keystore_end_args left = { ks->dir, 0, ks->gen, OWN_TIMEOUT_MS };
	int rc;

	if (ks->gen != args->live || ks->gen == UINT32_MAX)
		return hrv_fail(err, HRV_EREFUSED,
		    "generation %u is not the one in force", (unsigned)ks->gen);
	/* What an interrupted build left. */
	left.gen = ks->gen + 1;
	rc = keystore_discard(&left, err);
	if (rc != HRV_OK)
		return rc;
	return write_generation(&b, ks->dir, left.gen, ret_set, err);
}
