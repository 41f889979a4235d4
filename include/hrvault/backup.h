/* SPDX-License-Identifier: ISC */
/*
 * Copies that die. Records, keys and log are backed up apart; keys are sealed
 * to an epoch whose private half lies in an escrow folder off the host and is
 * destroyed on a stated day. docs/formats/backup.md has the bytes.
 */
#ifndef HRVAULT_BACKUP_H
#define HRVAULT_BACKUP_H

#include <stdbool.h>

#include "hrvault/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Copies a snapshot of the database, and of the packs what the folder does not
 * have yet, while others go on writing; reads everything back. *ret_doc:
 * backup, bytes, copied, records, log_size. HRV_EREFUSED "other-vault" or
 * "other-history": the folder belongs to something else. HRV_EUSAGE: it is not
 * a folder for backups. After a failure nothing in it counts as a backup that
 * did not before.
 */
int hrv_backup_records(struct hrv_vault *v, const char *dir,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Seals all wrapped keys and the slot file to the current epoch. escrow: the
 * registered escrow folder, needed only when an epoch begins; NULL otherwise.
 * *ret_doc: backup, epoch, dies, keys, bytes. HRV_EREFUSED "no-escrow": none
 * is registered.
 */
int hrv_backup_keys(struct hrv_vault *v, const char *dir, const char *escrow,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Copies the log with its payloads, sealed. *ret_doc: backup, log_size,
 * bytes. */
int hrv_backup_log(struct hrv_vault *v, const char *dir,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* How epochs are to be kept. */
struct hrv_escrow_args {
	const char *dir; /* the escrow folder; made, or empty, or registered
			  * before */
	const char *const *custodians; /* fingerprints, tails or addresses */
	size_t n;
	int64_t days; /* until an epoch closes */
	int64_t keep; /* how many such spans until it dies */
};
/* Registers an escrow folder; takes two people (HRV_ECONFIRM). *ret_doc:
 * escrow, custodians, days, keep. */
int hrv_backup_escrow(struct hrv_vault *v, const struct hrv_escrow_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Destroys the private halves of the epochs whose day has come, and those of
 * no epoch that are older than any may become. *ret_doc: destroyed[],
 * missing[], orphans[], unknown[] (of no epoch, too young), next (the next day
 * on which one dies, or null), unreadable (key backups that open no more).
 * HRV_ECONFIRM ("clock"): today cannot be believed, and nothing was destroyed.
 * HRV_EPARTIAL: a file was not there, or something failed after others were
 * destroyed; *ret_doc is set all the same.
 */
int hrv_backup_expire(struct hrv_vault *v, const char *escrow,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Every backup, oldest first: backup, kind, day, log_size, bytes, copied,
 * epoch, dies, opens (whether its epoch lives). Writes nothing. */
int hrv_backup_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Where a vault comes back from. Texts are borrowed for the call. */
struct hrv_restore_args {
	struct hrv_open_args open; /* dir: the new folder */
	const char *records;	   /* folder of backups */
	const char *snapshot;	   /* B-id, or NULL: the newest */
	const char *keys;   /* folder, or a .hrvk file; NULL: as records */
	const char *log;    /* folder, or a .hrvl file; NULL: as records */
	const char *escrow; /* the escrow folder */
	bool accept_loss;   /* go on although somebody remembers more of the
			     * log than its backup has: two people give up
			     * the rest */
	bool without_log;   /* go on although there is no backup of the log */
	const char *const *checkpoints; /* signed heads that the log must
					 * continue */
	size_t n_checkpoints;
};
/*
 * Builds a vault in a new folder, verifies it, destroys again what was
 * destroyed since the backup, places again what was held, and goes on under a
 * new origin of the log. Takes two people: HRV_ECONFIRM, the folder is there
 * and opens for its approval only; the same call then finishes it. *ret_doc:
 * vault, origin, records, keys, log, destroyed, holds, lost (entries by
 * operation that are not in force). HRV_EINTEGRITY "rollback": somebody
 * remembers more than the log backup has; or a backup is damaged. HRV_EKEY: no
 * custodian's key here. HRV_ENOTFOUND "epoch-gone": the key backup died.
 */
int hrv_restore(const struct hrv_restore_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same into a scratch folder (args->open.dir), compared with the live
 * vault and destroyed again: *ret_doc: ok, differences[], bodies, records,
 * subjects, destroyed, holds. Logged in the live vault.
 */
int hrv_restore_drill(struct hrv_vault *live,
    const struct hrv_restore_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
