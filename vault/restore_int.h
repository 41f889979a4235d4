/* SPDX-License-Identifier: ISC */
/*
 * What the files restore*.c share. A restore builds a whole vault beside its
 * place, verifies it, and only then gives it its name; until somebody approved
 * it, nothing is read in it. Internal. Layer: verbs.
 */
#ifndef VAULT_RESTORE_INT_H
#define VAULT_RESTORE_INT_H

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/custody/slots.h"
#include "vault/log/leaf.h"
#include "vault/logkeys.h"
#include "vault/store/keystore.h"
#include "vault/succession.h"
#include "vault/survey.h"

/* The newest sealed file of a kind in a folder, or the file itself, as a new
 * text. HRV_ENOTFOUND. */
int restore_find(const char *path, const char *magic, char **ret_path,
    struct hrv_err *err) HRV_MUST_CHECK;

/* An opened key backup. */
struct bundle {
	struct backup_head head;
	uint8_t file[32]; /* hash of the sealed file */
	struct buf plain; /* everything below points into it */
	uint32_t gen;
	struct head log;
	struct {
		const uint8_t *data;
		size_t len;
	} slots, before, cfg;
	struct backup_reader keys; /* stands on the first key */
	uint64_t n;
};
#define BUNDLE_INIT                                                            \
	{                                                                      \
		.plain = BUF_INIT_SECRET                                       \
	}
/*
 * Opens the newest key backup of a folder (or the file `path`) with the
 * private half in the escrow folder. HRV_ENOTFOUND, HRV_EKEY, HRV_EINTEGRITY.
 */
int bundle_open(struct hrv_vault *v, const char *path, const char *escrow,
    const uint8_t vault[VAULT_ID_LEN], struct bundle *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void bundle_clear(struct bundle *b);
/* The next key; *ret_more is false at the end. */
int bundle_next(struct bundle *b, struct keystore_dek *ret, bool *ret_more,
    struct hrv_err *err) HRV_MUST_CHECK;

/* One entry of a log backup; all of it points into the opened file. */
struct past_entry {
	const uint8_t *leaf;
	size_t leaf_len;
	const uint8_t *payload;
	size_t payload_len;
	uint8_t hash[TREE_HASH];
};
/* A run of a log backup. */
struct past_run {
	uint64_t leaf; /* its purge.commit */
	const uint8_t *facts;
	size_t facts_len;
};
/* An opened log backup. */
struct past {
	struct backup_head head;
	struct buf plain;
	char origin[NOTE_NAME_MAX + 1];
	struct head log; /* as its signed head says */
	struct past_entry *entries;
	struct past_run *runs;
	size_t n_runs;
	struct logkey *keys; /* of the log, that came after the snapshot */
	size_t n_keys;
};
#define PAST_INIT                                                              \
	{                                                                      \
		.plain = BUF_INIT_SECRET                                       \
	}
/* Opens the newest log backup of a folder (or the file `path`) with the key of
 * the database, and verifies its head against its entries and the log's key.
 * HRV_ENOTFOUND: there is none. */
int past_open(struct hrv_vault *v, const char *path, struct past *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void past_clear(struct past *p);
/* Root of its first `size` entries, size <= p->log.size. */
int past_root_at(const struct past *p, uint64_t size, uint8_t out[TREE_HASH],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that an entry was signed in a session that a member certified.
 * HRV_EINTEGRITY. */
int past_check_entry(struct hrv_vault *v, const struct past *p, uint64_t index,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Finds the keys that the log got after the snapshot of which v is the
 * database, each by its verified entry. HRV_EINTEGRITY. */
int past_find_keys(
    struct hrv_vault *v, struct past *p, struct hrv_err *err) HRV_MUST_CHECK;
/* As logkeys_vkey(), with these. p may have no entries. */
int past_vkey(const struct hrv_vault *v, const struct past *p,
    const char *origin, uint64_t size, struct note_vkey *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* One restore on its way. */
struct restore {
	const struct hrv_restore_args *args;
	bool drill;
	struct hrv_vault *v;	  /* of the folder being built */
	struct hrv_vault *opener; /* only OpenPGP, to open the escrow */
	char *stage;		  /* that folder, until it gets its name */
	char *private;		  /* the client's memory meanwhile */
	int lock_fd;
	bool placed; /* the folder is ours */
	uint8_t vault[VAULT_ID_LEN];
	struct snapshot snap;
	struct bundle keys;
	struct past past;
	bool has_past;
	bool unproven;	    /* no entry names the key backup by its hash */
	bool new_slots;	    /* the slot file is newer than the snapshot */
	bool new_log_key;   /* so is the key of the log */
	bool founded;	    /* an entry that is given up ended founding */
	struct head lost;   /* the head of the log as it is known */
	struct head beyond; /* the last known of a later origin */
	char beyond_origin[NOTE_NAME_MAX + 1]; /* "": none is known */
	uint64_t destroyed;		       /* versions destroyed again */
	uint64_t holds;			       /* placed again */
	uint64_t restricted;		       /* subjects, again */
	uint64_t withdrawn;		       /* consents, again */
	uint64_t refused;		       /* channels, again */
	json_t *lost_ops;    /* entries that are not replayed, by operation */
	json_t *merges;	     /* subjects that became another one: its id */
	json_t *restricts;   /* subjects: ground; null: it was lifted */
	json_t *withdrawals; /* "S-... purpose": what was said last, given or
			      * withdrawn, with its "entry" */
	json_t *wishes;	     /* "S-... channel": what was said last */
	json_t *reenter;     /* what may keep a record and is not replayed */
	uint64_t reenter_all;
	json_t *subjects; /* whom entries that are not replayed are about */
};

/* Makes the empty folder, locked, marked and listed (copies.h); what
 * interrupted restores and drills of this client left is destroyed. HRV_EBUSY,
 * HRV_EEXISTS: something else lies there. */
int restore_place(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Destroys it, keys first, unless it got its name, and gives back the lock. */
void restore_place_clear(struct restore *r);
/* Builds the folder: packs, database, slot files, configuration, keystore; all
 * verified against the manifest. r->v is open afterwards. */
int restore_stage(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that the log is at least as long as anybody known here remembers.
 * HRV_EINTEGRITY "rollback". */
int restore_check_memory(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that a head that is known is one of the log that is being restored;
 * a later one is given up where the arguments say so. who: who knows it.
 * HRV_EINTEGRITY "rollback". */
int restore_check_head(struct restore *r, const struct head *head,
    const char *who, struct hrv_err *err) HRV_MUST_CHECK;
/* The same for a head of an origin that the log got after the snapshot: it is
 * given up where the arguments say so. HRV_EINTEGRITY "rollback". */
int restore_check_later(struct restore *r, const char *origin,
    const struct head *head, struct hrv_err *err) HRV_MUST_CHECK;
/* The same for what the key backup and the other backups in the folder know.
 * HRV_EINTEGRITY "rollback". */
int restore_check_backups(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that an entry of the log names the key backup and its slot file by
 * their hashes. HRV_EINTEGRITY "forged-keys": it names others; "unknown-keys":
 * none does, and the arguments do not say that two people take it as it is; in
 * a drill that is only noted in r->unproven. */
int restore_prove_keys(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* The same of a drill by the log of the live vault, where the backups of the
 * log are older than the key backup. */
int restore_prove_live(struct restore *r, struct hrv_vault *live,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Finds out whether the log goes on under another key than the snapshot knows:
 * the one of the key backup, which must be what the log says it was by then.
 * HRV_EINTEGRITY. */
int restore_log_key(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction, after the succession: logs that it does. */
int restore_log_key_follows(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: the slot file of the key backup comes into
 * force. */
int restore_adopt_slots(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: which version of a key wraps what, as it is in
 * the key backup. */
int restore_key_versions(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Makes the index of names anew if its key may have been replaced since the
 * snapshot. HRV_EREFUSED "role": it takes a member who may open names. */
int restore_index(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Moves to the next origin, places holds again and destroys again. */
int restore_replay(struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands of an entry that is given up that the key backup gives nobody back
 * what it took: HRV_EREFUSED "older-keys". One that the key backup knows is
 * logged again, so that the rotations it asks for stay to be done. Inside the
 * open transaction; entries that are not of members are passed over. */
int restore_member(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in that an entry that is given up ended founding. HRV_EINTEGRITY. */
int restore_founding(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction, when the slot file is adopted: ends founding if
 * it has two who approve. HRV_EREFUSED "older-keys": it has not, and founding
 * ended. */
int restore_founding_ends(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in what an entry that is given up says of a restriction, consent or
 * preference; others are passed over. HRV_EINTEGRITY. */
int restore_subject(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in an act of consent; p, its payload, gets its entry. HRV_EINTEGRITY.
 */
int restore_consent(struct restore *r, uint64_t index, const struct leaf *l,
    json_t *p, struct hrv_err *err) HRV_MUST_CHECK;
/* That one became the other, both as they were then: what either withdrew
 * last, both have withdrawn. HRV_EINTEGRITY. */
int restore_consent_merged(struct restore *r, const char *who, const char *into,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: withdraws again. */
int restore_consent_again(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in a preference; p is its payload. HRV_EINTEGRITY. */
int restore_preference(struct restore *r, const struct leaf *l, json_t *p,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: notes each no again. */
int restore_preference_again(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether one became the other by then, at once or over others. */
bool restore_became(
    const struct restore *r, const char *who, const char *other);
/* Notes in a list by "S-... MEMBER" what a person said last: of `who` and of
 * everybody who had become that one; restore_said_one() of `who` alone. */
int restore_said(struct restore *r, json_t *list, const char *member,
    const char *who, json_t *said, struct hrv_err *err) HRV_MUST_CHECK;
int restore_said_one(json_t *list, const char *member, const char *who,
    json_t *said, struct hrv_err *err) HRV_MUST_CHECK;
/* Notes whom an entry is about that is not replayed. */
int restore_subject_lost(struct restore *r, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: restricts, withdraws and refuses again what
 * restore_subject() found. */
int restore_subject_again(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes in that two people were made one, which is not done again, and what
 * restricted either or had been withdrawn by either until then. */
int restore_merge(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction, when all holds are placed again: what holds or
 * restricts the one that somebody became does so with that entry too. */
int restore_merge_protect(
    struct restore *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Notes an entry that is not replayed, if it may keep a record. */
int restore_reenter(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds "reenter", "reenter_all" and, where destruction is held back,
 * "held_back"; nonzero: no memory. */
int restore_reenter_what(const struct restore *r, json_t *o);
/* Adds "restrictions", "withdrawals", "preferences", "subjects" and
 * "subjects_all"; nonzero: no memory. */
int restore_subject_what(const struct restore *r, json_t *o);
/* Takes in what an entry that is given up says of an epoch of key backups: one
 * that began is known again, one that was destroyed has ended. Inside the open
 * transaction; other entries are passed over. HRV_EINTEGRITY. */
int restore_epoch(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Everything up to here: what restore and drill have in common. A drill asks
 * nobody's memory: the live vault is there to be compared with. */
int restore_build(struct restore *r, const struct hrv_restore_args *args,
    bool drill, struct hrv_err *err) HRV_MUST_CHECK;
/* Gives all back; the folder being built is destroyed, keys first, unless it
 * got its name. */
void restore_clear(struct restore *r);
/* What is approved: {"records","keys","log","destroyed","holds","lost","from",
 * "not_replayed","restrictions","subjects","subjects_all"}. NULL: no memory. */
json_t *restore_what(const struct restore *r);

#endif
