/* SPDX-License-Identifier: ISC */
/*
 * What the files backup*.c and restore*.c share: the folder, sealed files,
 * epochs. Internal. Layer: verbs. docs/formats/backup.md has the bytes.
 */
#ifndef VAULT_BACKUP_INT_H
#define VAULT_BACKUP_INT_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/crypto/kem.h"
#include "vault/handle.h"
#include "vault/receipt.h"

#define BACKUP_FILE_MAX ((size_t)4 << 30) /* bytes of a sealed file read */
#define BACKUP_META_MAX ((size_t)64 << 20)
#define BACKUP_MODE_DIR 0700

/* ---- the folder (backup_dir.c) ---- */

/* An open folder of backups, locked while it is. */
struct backup_dir {
	const char *path;
	int lock_fd;
};
#define BACKUP_DIR_INIT                                                        \
	{                                                                      \
		NULL, -1                                                       \
	}
/*
 * Opens a folder for this vault's backups and locks it; makes it, or its
 * marker in an empty one, and the sub-folder `sub`. Takes away what an
 * interrupted backup left in it. HRV_EUSAGE: not empty and no folder of
 * backups, or inside the vault; HRV_EREFUSED "other-vault"; HRV_EBUSY: a backup
 * is being written.
 */
int backup_dir_open(struct hrv_vault *v, const char *path, const char *sub,
    struct backup_dir *ret, struct hrv_err *err) HRV_MUST_CHECK;
void backup_dir_close(struct backup_dir *d);
/* Reads the marker of a folder: the id of the vault it belongs to.
 * HRV_ENOTFOUND when it is none. */
int backup_dir_vault(const char *path, uint8_t ret_vault[VAULT_ID_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether a file is what a killed command left of writing that marker: its
 * folder is as good as empty. */
bool backup_half_marker(const char *name, const char *marker);
/* "dir/sub/<id><suffix>" as a new text. */
int backup_path(const char *dir, const char *sub, const struct hrv_id *id,
    const char *suffix, char **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Calls fn with every finished backup below dir/sub whose name is an id and
 * this suffix. */
int backup_each(const char *dir, const char *sub, const char *suffix,
    int (*fn)(void *ctx, const struct hrv_id *id, struct hrv_err *err),
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether `inner` is `outer` or lies below it; both as they are on disk. */
bool backup_inside(const char *inner, const char *outer);

/* ---- snapshots (backup_manifest.c) ---- */

struct segment {
	uint64_t bytes;
	uint8_t hash[32];
};
struct pack_copy {
	uint32_t n;
	struct segment *segments;
	size_t count;
};
/* manifest.json of a snapshot. */
struct snapshot {
	struct hrv_id id;
	uint8_t vault[VAULT_ID_LEN];
	char origin[NOTE_NAME_MAX + 1];
	uint32_t gen;
	char time[32];
	uint64_t log_size;
	uint8_t log_root[32];
	uint8_t slots[32];
	uint64_t records;
	struct segment db;
	struct segment cfg;
	struct pack_copy *packs;
	size_t n_packs;
};
void snapshot_clear(struct snapshot *s);
/* Bytes of a pack that a snapshot has; 0 when it does not know it. */
uint64_t snapshot_pack_len(const struct snapshot *s, uint32_t n);
/* Adds a segment to a pack, which may be new. */
int snapshot_add(struct snapshot *s, uint32_t n, const struct segment *seg,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the manifest's text. */
int snapshot_write(const struct snapshot *s, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads dir/records/<id>/manifest.json. HRV_EINTEGRITY when it is damaged. */
int snapshot_read(const char *dir, const struct hrv_id *id,
    struct snapshot *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* The snapshot with the longest log, or the one of that id; *ret_found is
 * false when the folder has none. */
int snapshot_newest(const char *dir, const struct hrv_id *only,
    struct snapshot *ret, bool *ret_found, struct hrv_err *err) HRV_MUST_CHECK;

/* ---- sealed files (backup_file.c) ---- */

struct backup_out;
/* Begins path.tmp with this header, sealed under dek from there on. */
int backup_out_new(const char *path, const struct buf *header,
    const struct key *dek, struct backup_out **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
int backup_out_add(struct backup_out *o, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* A length in 4 bytes, then the bytes. */
int backup_out_string(struct backup_out *o, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Ends it, syncs, reads and opens all of it again, and gives it its name. What
 * the file is: its SHA-256 and bytes. */
int backup_out_finish(struct backup_out *o, struct segment *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Frees; an unfinished file is removed. NULL is fine. */
void backup_out_free(struct backup_out *o);

/* The head of a sealed file, line by line. */
struct backup_head {
	uint8_t vault[VAULT_ID_LEN];
	struct hrv_id id;
	uint64_t covers; /* entries of the log */
	uint64_t number; /* epoch, or version of the key of the database */
	uint8_t epoch_key[KEM_LEN];
	uint8_t enc[KEM_LEN];
	size_t len; /* bytes of the head */
};
/* Reads a sealed file whole and its head. magic: its first line. */
int backup_in_read(const char *path, const char *magic, struct buf *ret,
    struct backup_head *head, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens the content behind the head into a secret buffer. */
int backup_in_open(const struct buf *file, const struct backup_head *head,
    const struct key *dek, struct buf *plain,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Reading numbers and strings out of an opened content. After the first
 * failure `bad` stays set and everything reads as zero. */
struct backup_reader {
	const uint8_t *p;
	size_t left;
	bool bad;
};
uint64_t backup_read_number(struct backup_reader *r, unsigned bytes);
const uint8_t *backup_read_bytes(struct backup_reader *r, size_t len);
const uint8_t *backup_read_string(struct backup_reader *r, size_t *ret_len);

#define BACKUP_MAGIC_KEYS "hrvault-backup-keys/1"
#define BACKUP_MAGIC_LOG "hrvault-backup-log/1"
#define BACKUP_PLAIN_KEYS "hrvault-keys/1\n"
#define BACKUP_PLAIN_LOG "hrvault-log/1\n"

/* Key of a log backup, from a version of the key of the database. */
int backup_log_key(const struct key *k_meta, struct key **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* ---- epochs (backup_epoch.c, backup_escrow.c, backup_orphan.c) ---- */

#define EPOCH_SEALED_MAX 262144 /* bytes of a sealed private half */

struct epoch {
	int64_t n; /* from 1 */
	uint8_t key[KEM_LEN];
	uint8_t escrow[16];
	char begins[HRV_DATE_TEXT];
	char closes[HRV_DATE_TEXT];
	char dies[HRV_DATE_TEXT];
	uint8_t sealed[32];
	bool ended;
	uint64_t end; /* entry that attests it, where it ended */
};
/* Keeps the row of an epoch that the entry `leaf` is about. */
int epoch_add(struct hrv_vault *v, const struct epoch *e, uint64_t leaf,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Every epoch so far, ascending, in an array that the caller frees. */
int epoch_list(struct hrv_vault *v, struct epoch **ret, size_t *ret_n,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The epoch that backups are sealed to today; begins one when none is open, for
 * which the escrow folder must be named. */
int epoch_current(struct hrv_vault *v, const char *escrow, struct epoch *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* "epoch-3-0a1b2c3d<suffix>" */
void epoch_name(const struct epoch *e, const char *suffix, char out[64]);
/* Opens the private half of an epoch in an escrow folder with a custodian's
 * key of this gpg home. HRV_EKEY, HRV_ENOTFOUND ("epoch-gone"). */
int epoch_open(struct hrv_vault *v, const char *escrow, const uint8_t *vault,
    const struct epoch *e, struct key **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The same that a destruction run asks: by a clock that jumped no epoch begins,
 * whose last day would be years away, and none ends. HRV_ECONFIRM "clock". */
int epoch_check_clock(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

/* How an epoch ended. */
struct epoch_end {
	bool done;	    /* by us; another command may have been faster */
	bool found;	    /* there was something to destroy */
	bool uncopied;	    /* the attestation is in the log alone */
	int64_t unreadable; /* key backups that open no more */
};
/* Destroys the private half of an epoch in its escrow folder and attests it in
 * the log. *ret is set in any case: what it says was done, was. */
int epoch_end(struct hrv_vault *v, const char *dir, const struct epoch *e,
    struct epoch_end *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Writes the attestation of an epoch that ended to certificates/ and, unless
 * dir is NULL or another escrow folder, to dir, from the log, where a file is
 * missing: a run may die between its commit and its files. *ret_uncopied is set
 * when one could not be written. HRV_EINTEGRITY when the log does not have it.
 */
int epoch_copies(struct hrv_vault *v, const char *dir, const struct epoch *e,
    bool *ret_uncopied, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Sorts the private halves in an escrow folder that belong to no epoch of the
 * log by name: into `old` those written so long ago that no epoch of theirs
 * can live, into `unknown` the others. HRV_EREFUSED "other-escrow".
 */
int orphan_list(struct hrv_vault *v, const char *dir, json_t *old,
    json_t *unknown, struct hrv_err *err) HRV_MUST_CHECK;
/* Destroys one that orphan_list() called old, with an entry before and after.
 * HRV_EBUSY: it is not, by now. */
int orphan_end(struct hrv_vault *v, const char *dir, const char *name,
    bool *ret_done, struct hrv_err *err) HRV_MUST_CHECK;

/* What is registered. */
struct escrow {
	uint8_t id[16];
	char *custodians; /* "A,B" */
	int64_t days;
	int64_t keep;
};
/* HRV_EREFUSED "no-escrow" when there is none. */
int escrow_load(struct hrv_vault *v, struct escrow *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void escrow_clear(struct escrow *e);
/* Demands that a folder is the registered escrow of this vault. HRV_EUSAGE
 * without a path, HRV_EREFUSED "other-escrow". */
int escrow_check(struct hrv_vault *v, const char *dir, const uint8_t id[16],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads the marker of an escrow folder. HRV_ENOTFOUND when it has none. */
int escrow_read(const char *dir, uint8_t ret_vault[VAULT_ID_LEN],
    uint8_t ret_id[16], struct hrv_err *err) HRV_MUST_CHECK;

/* ---- entries (backup_log_entry.c) ---- */

/* One backup on its way. */
struct backup_run {
	const char *op; /* "backup.keys" */
	const char *kind;
	struct hrv_id id;
	struct receipt *intent;
	uint64_t intent_leaf;
	int64_t epoch; /* 0: none */
	uint64_t log_size;
	uint64_t bytes;
	uint64_t copied;
};
/* Logs the intent, durably: from here on the copy may exist. */
int backup_begin(struct hrv_vault *v, struct backup_run *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Logs the outcome with its payload and keeps the row. */
int backup_end(struct hrv_vault *v, struct backup_run *r, json_t *payload,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Logs that it failed with *err, and returns its code. */
int backup_fail(struct hrv_vault *v, struct backup_run *r, struct hrv_err *err);

/* The last day on which a key backup begun before entry `before` could still be
 * opened, by the log; "" when there is none. */
int backup_last_day(struct hrv_vault *v, uint64_t before,
    char ret[HRV_DATE_TEXT], struct hrv_err *err) HRV_MUST_CHECK;

#endif
