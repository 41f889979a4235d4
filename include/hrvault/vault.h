/* SPDX-License-Identifier: ISC */
/*
 * The vault as a whole: making one, opening and closing it, its members and
 * its state. A handle belongs to one member and one thread; opening it is the
 * one decryption of a command. Nothing here reads the environment or a clock
 * of its own: the caller hands in what it wants used.
 */
#ifndef HRVAULT_VAULT_H
#define HRVAULT_VAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/* Where the time comes from: microseconds since 1970 UTC. */
struct hrv_clock {
	int64_t (*now)(void *ctx);
	void *ctx;
};

/* Who opens which vault, and where this client keeps what it remembers. All
 * text is borrowed for the call. */
struct hrv_open_args {
	const char *dir;	/* the vault's folder */
	const char *as;		/* which OpenPGP key: fingerprint, a tail of it
				 * of 16 or more digits, an e-mail address in
				 * the local keyring, or NULL: the only secret
				 * key here that is a member */
	const char *gnupg_home; /* NULL: gpg's own default */
	const char *passphrase; /* of that key: one line of up to 255 bytes,
				 * SECRET; NULL: the agent's pinentry asks */
	const char *state_dir;	/* own folder for checkpoints seen; made */
	const char *tmp_dir;	/* where private scratch folders are made */
	const char *host;	/* for the log: where this runs, no blanks */
	const char *client;	/* for the log: program and version */
	struct hrv_clock clock;
	/* Told of a file that holds half an export under a name of its own:
	 * before it is made, and (begins false) when it has its final name or
	 * is gone. path stays valid in between. For programs that end at a
	 * signal and leave nothing behind. NULL: nobody. */
	void (*unfinished)(const char *path, bool begins);
	bool behind;	/* open also a log that is older than this client
			 * remembers: only to give up what is missing */
	bool urgent;	/* on a full disk give up the reserve, if this member
			 * may place a hold: only to place one */
	bool staged;	/* a vault that is being built: its slot file may be
			 * newer than its database */
	bool restoring; /* open also a restored vault that waits for its
			 * approval: only to approve and finish it */
};

/* What a new vault begins with. */
struct hrv_init_args {
	struct hrv_open_args open; /* open.as is not used */
	const char *founder;	   /* fingerprint, tail or address, as `as` */
	const void *schedule;	   /* text of the retention schedule */
	size_t schedule_len;
	const void *law; /* text of a law file, or NULL */
	size_t law_len;
	const void *calendar; /* text of that law's calendar, or NULL */
	size_t calendar_len;
	const void *controller; /* text of hrvault/controller.h, or NULL */
	size_t controller_len;
	const char *origin; /* log origin without generation, or NULL */
};

/* Once per process, before anything else: libgcrypt, gpgme, jansson. The
 * caller has set a PATH it trusts. Any later call does nothing. */
int hrv_start(struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Makes a vault in args->open.dir (which must not exist, or be empty) and
 * leaves it closed. The founder becomes its first member, role dpo, holding
 * all keys. *ret_doc: vault, origin, vkey. A failure leaves no folder behind
 * that looks like a vault.
 */
int hrv_init(const struct hrv_init_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Opens an existing vault: reads the slot file, opens the member's grant,
 * opens vault.db, and demands that its log continues what this client has
 * seen. HRV_ENOVAULT: no vault there. HRV_EKEY: no member's key here, or the
 * agent would not use it. HRV_EINTEGRITY: rolled back or damaged. *ret is
 * closed with hrv_close().
 */
int hrv_open(const struct hrv_open_args *args, struct hrv_vault **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the session, wipes the keys and frees all. NULL is fine. What was not
 * committed is gone. */
void hrv_close(struct hrv_vault *v);

/* Number of the last entry of the log that this handle committed; -1: none. */
int64_t hrv_logged(const struct hrv_vault *v);

/* Text of the member's fingerprint and role. Borrowed. */
const char *hrv_member_fpr(const struct hrv_vault *v);
const char *hrv_member_role(const struct hrv_vault *v);

/* The time zone of the schedule in force, in whose days the vault counts.
 * *ret_zone is borrowed from the handle until a schedule is adopted. */
int hrv_vault_timezone(struct hrv_vault *v, const char **ret_zone,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A new member to be granted keys. */
struct hrv_member_args {
	const char *who;	  /* fingerprint, tail or address of the key */
	const char *role;	  /* hr, legal, dpo, purge, auditor */
	const char *compartments; /* "general,pay", or NULL for none */
	const char *until;	  /* ISO date, or NULL */
};
/*
 * Adds a member: seals the keys of that role, as far as the caller holds them,
 * to the new member's OpenPGP key, and writes the next slot file.
 * HRV_EREFUSED: the caller may not, or does not hold a key to be granted.
 * HRV_EKEY: the new member's key is expired, revoked or cannot encrypt.
 * HRV_EEXISTS: a member already. *ret_doc: fingerprint, role, compartments,
 * status.
 */
int hrv_member_add(struct hrv_vault *v, const struct hrv_member_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* What a member is to be from now on; NULL leaves a thing as it is. */
struct hrv_member_renew_args {
	const char *who;	  /* fingerprint, or a tail of 16 digits */
	const char *compartments; /* "general,pay", or "-" for none */
	const char *until;	  /* ISO date */
};
/*
 * Takes in what the caller's keyring has of the member's certificate (a longer
 * life, a new subkey), another last day, other compartments, and seals the
 * member's keys again where the caller holds them all. A compartment that is
 * taken away has to be rotated by those who keep it, as after a removal.
 * HRV_EKEY: the certificate is expired or revoked even so. HRV_EEXISTS:
 * nothing to take in. HRV_EREFUSED: a compartment of which the caller lacks a
 * key. HRV_ECONFIRM: another member has to approve. *ret_doc: as
 * hrv_member_add(), and resealed, rotations.
 */
int hrv_member_renew(struct hrv_vault *v,
    const struct hrv_member_renew_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Removes a member, also oneself: the grants are gone with the commit, and
 * what he proposed has lapsed. What he knew stays to be rotated: *ret_doc has
 * fingerprint, status and rotations (key, name, known_to, by, command).
 * HRV_EREFUSED: fewer than two approvers would be left, or a key without a
 * holder. HRV_ECONFIRM: another member has to approve. HRV_ENOTFOUND.
 */
int hrv_member_remove(struct hrv_vault *v, const char *who,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Every member and former member: fingerprint, role, compartments, until,
 * status, keys. Writes nothing. */
int hrv_member_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/* One member, by fingerprint or a tail of 16 or more digits. HRV_ENOTFOUND. */
int hrv_member_show(struct hrv_vault *v, const char *who,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
