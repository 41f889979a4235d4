/* SPDX-License-Identifier: ISC */
/*
 * What is behind struct hrv_vault: one member's open vault. Layer: verbs.
 * Everything here is owned by the handle and given back by hrv_close().
 */
#ifndef VAULT_HANDLE_H
#define VAULT_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "hrvault/vault.h"
#include "vault/base/id.h"
#include "vault/config.h"
#include "vault/custody/keyring.h"
#include "vault/custody/slots.h"
#include "vault/log/note.h"
#include "vault/log/tree.h"

struct db;
struct hrv_schedule;
struct keystore;
struct logkey;
struct pack_writer;
struct pgp;
struct session;
struct trust;
struct zone;

#define VAULT_ID_LEN 32
#define NAME_DB "vault.db"
#define NAME_DB_NEXT "vault.db.next" /* being written by a rotation */
#define NAME_CFG "vault.cfg"
#define INDEX_FIELDS 4

struct hrv_vault {
	char *dir;
	char *state_dir; /* this vault's own folder in the client's state */
	char *tmp_dir;
	char *host;
	char *client;
	struct hrv_clock clock;
	void (*unfinished)(const char *path, bool begins); /* or NULL */

	uint8_t id[VAULT_ID_LEN];
	char origin[NOTE_NAME_MAX + 1];
	struct note_vkey vkey;	/* the log's public key now */
	struct logkey *logkeys; /* all there were, oldest first (logkeys.h) */
	size_t n_logkeys;
	/* Inside the transaction that replaces it, the K_write to come, whose
	 * log key signs the checkpoint along with the old one. Borrowed. */
	const struct key *write_next;
	bool founding;	  /* fewer than two approvers so far */
	bool restoring;	  /* restored, and not approved yet */
	bool without_log; /* restored without a backup of its log */
	/* The log is older than this client remembers, and it was opened all
	 * the same: see hrv_open_args.behind. */
	bool behind;
	struct config cfg;

	struct pgp *pgp;
	char fpr[FPR_SIZE]; /* the member */
	enum role role;
	struct slots *slots;
	struct trust *trust;  /* vault_trust.h; NULL until one is needed */
	uint8_t trust_of[32]; /* hash of the slot file it is of */
	struct keyring ring;
	/* Keys of the blind index by field, made from the version of its key
	 * that index_version says; NULL until one is needed. */
	struct key *index_keys[INDEX_FIELDS];
	uint32_t index_version;
	uint32_t index_use; /* version that tokens are made with while it is
			     * being replaced; 0: the one in force */

	/* The folder, locked (shared) while the vault is open: whoever rewrites
	 * vault.db has it alone. -1: not yet. */
	int lock_fd;
	bool alone; /* vault.db is being rewritten, by this command */
	struct db *db;
	uint32_t gen;		  /* keystore generation in force */
	struct keystore *ks;	  /* NULL until a data key is needed */
	bool ks_changed;	  /* keys were added in the open transaction */
	struct pack_writer *pack; /* NULL until a body is written */
	struct buf piece;	  /* of a body being sealed; else wiped */

	struct hrv_schedule *schedule; /* in force; NULL before the first */
	uint8_t schedule_hash[32];
	int64_t schedule_leaf;
	/* Told how dates are recomputed, or NULL. */
	void (*dates)(void *ctx, uint64_t done, uint64_t total);
	void *dates_ctx;
	struct zone *zone; /* of zone_name; NULL until a day is needed */
	char zone_name[64];

	struct session *session; /* NULL until the first entry */
	bool full;		 /* no room: a copy is read */
	uint64_t logged;	 /* log size after our last commit, or 0 */
	bool in_txn;		 /* between txn_begin() and its end */
	struct tree_frontier frontier; /* of the open transaction */
	uint8_t holds[32];	       /* hash of the active holds, likewise */
};

/* A handle with its texts and its OpenPGP context, nothing opened yet; freed
 * with hrv_close(). */
int vault_handle_new(const struct hrv_open_args *args, struct hrv_vault **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets and makes this vault's own folder below the client's state folder. */
int vault_state_dir(
    struct hrv_vault *v, const char *base, struct hrv_err *err) HRV_MUST_CHECK;
/* Microseconds since 1970 UTC by the handle's clock. */
int64_t vault_now(const struct hrv_vault *v);
/* A new random id of that kind. */
void vault_new_id(char kind, struct hrv_id *ret);
/* dir/name in the vault's folder; freed by the caller. HRV_ENOMEM. */
int vault_path(const struct hrv_vault *v, const char *name, char **ret_path,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
