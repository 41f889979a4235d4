/* SPDX-License-Identifier: ISC */
/*
 * Wrapped data keys (DEKs), in generations. Generation <gen> is keys.<gen>.db
 * and anchor.<gen>; vault.db says which one is in force ("live"). Keys are
 * added to the live one; they are forgotten only by keystore_build_next(),
 * which writes the survivors into the next generation, and
 * keystore_destroy(), which makes the old one unreadable. Neither can touch
 * the live generation. Layer: store.
 *
 * Besides the codes named: those of db.h, anchor.h and file.h.
 */
#ifndef VAULT_STORE_KEYSTORE_H
#define VAULT_STORE_KEYSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct key;
struct keystore;

#define KEYSTORE_ID_LEN 16
#define KEYSTORE_WRAPPED_LEN 66
#define KEYSTORE_KEK_MAX 63
#define KEYSTORE_HASH_LEN 32

/* One wrapped key, see schema/keys_001.sql. */
struct keystore_dek {
	uint8_t dek_id[KEYSTORE_ID_LEN];
	uint8_t record_id[KEYSTORE_ID_LEN];
	uint8_t purpose;		/* 1 content, 2 detail, 3 case copy */
	uint32_t kek_version;		/* from 1 */
	char kek[KEYSTORE_KEK_MAX + 1]; /* "kek/pay" */
	uint8_t wrapped[KEYSTORE_WRAPPED_LEN];
	int64_t added; /* days since 1970-01-01 */
};

/* How many keys, and the SHA-256 of their ids in ascending order, put in a
 * row: what the log says of a generation. */
struct keystore_set {
	uint64_t count;
	uint8_t hash[KEYSTORE_HASH_LEN];
};

struct keystore_open_args {
	const char *dir; /* the vault folder */
	uint32_t gen;
	const struct key *k_write;
	bool readonly;
	const char *copy_dir; /* as in struct db_open_args */
	unsigned timeout_ms;  /* for the shared lock on the anchor */
};

/* Makes generation 1, empty, for a new vault. HRV_EEXISTS. After a failure
 * nothing of it is left. */
int keystore_init(const char *dir, const struct key *k_write,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Makes generation gen, empty, where there is no keystore at all: for a vault
 * that is built from a backup. HRV_EEXISTS. */
int keystore_restore(const char *dir, uint32_t gen, const struct key *k_write,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Opens generation gen and keeps its anchor locked (shared) until
 * keystore_close(). HRV_ENOTFOUND when it is gone: read again which generation
 * is in force. HRV_EINTEGRITY also when the file belongs to another
 * generation or does not open under a k_write that the caller has checked. */
int keystore_open(const struct keystore_open_args *args,
    struct keystore **ret_ks, struct hrv_err *err) HRV_MUST_CHECK;

/* Rolls back what is open, closes, unlocks. NULL is fine. */
void keystore_close(struct keystore *ks);

/* The generation that is open. */
uint32_t keystore_gen(const struct keystore *ks);

/* Begin, add, commit: a key is on disk after the commit, which comes before
 * the commit of vault.db. Rolled back by keystore_rollback() or by closing.
 * keystore_add(): HRV_EEXISTS when the id is taken. */
int keystore_begin(struct keystore *ks, struct hrv_err *err) HRV_MUST_CHECK;
int keystore_add(struct keystore *ks, const struct keystore_dek *dek,
    struct hrv_err *err) HRV_MUST_CHECK;
int keystore_commit(struct keystore *ks, struct hrv_err *err) HRV_MUST_CHECK;
/* Everything until keystore_rollback() is read as of now. */
int keystore_begin_read(
    struct keystore *ks, struct hrv_err *err) HRV_MUST_CHECK;
/* Without an open transaction it does nothing. */
void keystore_rollback(struct keystore *ks);

/* The key with this id into *ret. HRV_ENOTFOUND. */
int keystore_get(struct keystore *ks, const uint8_t dek_id[KEYSTORE_ID_LEN],
    struct keystore_dek *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Calls each() for every key, ids ascending, until one call fails; its code is
 * then returned. each() must not use ks. */
typedef int keystore_each_fn(
    void *ctx, const struct keystore_dek *dek, struct hrv_err *err);
int keystore_walk(struct keystore *ks, keystore_each_fn *each, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/* How many keys there are. */
int keystore_count(
    struct keystore *ks, uint64_t *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Count and hash of the keys there are. */
int keystore_set(struct keystore *ks, struct keystore_set *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Gives the id of the next survivor, strictly ascending; *ret_more is false
 * when there is none left. A failure ends the build. */
typedef int keystore_next_fn(void *ctx, uint8_t ret_id[KEYSTORE_ID_LEN],
    bool *ret_more, struct hrv_err *err);
/* May put another wrapping into dek (kek, kek_version, wrapped): for the
 * rotation of a KEK. */
typedef int keystore_rewrap_fn(
    void *ctx, struct keystore_dek *dek, struct hrv_err *err);

struct keystore_build_args {
	uint32_t live;		   /* in force, read under the write lock */
	const struct key *k_write; /* of the next generation */
	keystore_next_fn *next;	   /* the survivors */
	void *next_ctx;
	keystore_rewrap_fn *rewrap; /* NULL: copied as they are */
	void *rewrap_ctx;
};

/* Writes anchor.<gen+1> and keys.<gen+1>.db with the survivors out of ks, and
 * syncs both. It becomes live when vault.db commits its number; until then
 * keystore_discard() takes it back. What an interrupted build left is
 * replaced, so the caller holds the write lock of vault.db; HRV_EREFUSED when
 * ks is not the live generation. *ret_set says what was written, after it was
 * read back. HRV_EINTEGRITY when a survivor is not in ks or the survivors are
 * not ascending; nothing of the next generation is left after a failure. */
int keystore_build_next(struct keystore *ks,
    const struct keystore_build_args *args, struct keystore_set *ret_set,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A list of ids as survivors: keystore_list_next() is the keystore_next_fn,
 * this struct its ctx. */
struct keystore_list {
	const uint8_t *ids; /* count ids in a row, ascending */
	size_t count;
	size_t at; /* 0 at the start */
};
int keystore_list_next(void *ctx, uint8_t ret_id[KEYSTORE_ID_LEN],
    bool *ret_more, struct hrv_err *err);

struct keystore_end_args {
	const char *dir;
	uint32_t gen;  /* the one to end */
	uint32_t live; /* the one in force, read under the write lock */
	unsigned timeout_ms;
};

/* Makes a generation before the live one unreadable for good: destroys its
 * anchor under an exclusive lock (HRV_EBUSY when readers stay; nothing has
 * changed then), removes its database with all that lies beside it, syncs.
 * Refuses (HRV_EREFUSED) when gen >= live or when the live generation's files
 * are not there and whole, so that no mistake of a caller destroys the last
 * copy of a key. May be repeated: what is gone is fine. */
int keystore_destroy(
    const struct keystore_end_args *args, struct hrv_err *err) HRV_MUST_CHECK;

/* Takes back generations after the live one, which were built and never
 * committed: gen > live, HRV_EREFUSED otherwise. May be repeated. */
int keystore_discard(
    const struct keystore_end_args *args, struct hrv_err *err) HRV_MUST_CHECK;

/* Which generations have any file in dir (anchor, database or what lies beside
 * it), ascending, in a new array that the caller frees. */
int keystore_generations(const char *dir, uint32_t **ret_gens,
    size_t *ret_count, struct hrv_err *err) HRV_MUST_CHECK;

#endif
