/* SPDX-License-Identifier: ISC */
/*
 * Verifying the whole log of an open vault: every entry's bytes, place,
 * signature and sense, the stored tree and checkpoints, and the tables that
 * follow from the log alone (holds, policies, open intents). It reads, never
 * writes, and needs no key beyond that of the database. What is wrong is
 * collected, not stopped at. Layer: verbs.
 */
#ifndef VAULT_VERIFY_H
#define VAULT_VERIFY_H

#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"
#include "vault/txn.h"

#define VERIFY_PROBLEMS_MAX 1000 /* sentences kept; more are only counted */
#define VERIFY_TEXT 240		 /* bytes of a sentence with its NUL */

/* One entry as a folder sees it; all borrowed for the call. */
struct verify_entry {
	uint64_t index;
	const struct leaf *leaf;
	const uint8_t *payload; /* NULL: it has none */
	size_t payload_len;
	const json_t *json;	       /* the payload parsed, or NULL */
	const struct manifest *things; /* rows of a batch, or NULL */
	const char *member; /* fingerprint that its session belongs to, or "" */
};

/*
 * Called for every entry that can be read, in order, with problems found so
 * far already in the report. An error ends the verification and is passed on.
 * It must not list entries or checkpoints itself.
 */
typedef int verify_fn(
    void *ctx, const struct verify_entry *entry, struct hrv_err *err);

struct verify_args {
	/* OpenPGP, session and checkpoint signatures of the first from_size
	 * entries count as verified; their hashes are still recomputed. 0: all
	 * signatures. */
	uint64_t from_size;
	/* The root that these entries must have, or NULL. */
	const uint8_t *from_root;
	bool full; /* verify their signatures all the same */
	/* Inside a snapshot of the caller's: remember_size() from before it
	 * was taken. What others remembered since is not in it. */
	const uint64_t *remembered;
	verify_fn *each; /* or NULL */
	void *ctx;
};

struct verify_problem {
	bool of_entry;	/* about one entry, whose index is: */
	uint64_t index; /* else about the log as a whole */
	char text[VERIFY_TEXT];
};

struct verify_report {
	bool ok;       /* no problem at all */
	uint64_t size; /* entries */
	uint8_t root[32];
	uint64_t sessions; /* OpenPGP signatures that were verified */
	struct verify_problem *problems;
	size_t n;
	size_t more; /* problems beyond VERIFY_PROBLEMS_MAX */
	/* Worth knowing and no sign of tampering: an intent that nobody
	 * closed yet, a session certified by a key that had expired. */
	struct verify_problem *remarks;
	size_t n_remarks;
};

/*
 * Verifies the log as of now, or, inside a write transaction, as that sees
 * it. Returns HRV_OK also when problems were found: look at ret->ok. Another
 * code means that it could not be carried through. *ret is given back with
 * verify_report_clear() in any case.
 */
int verify_log(struct hrv_vault *v, const struct verify_args *args,
    struct verify_report *ret, struct hrv_err *err) HRV_MUST_CHECK;
void verify_report_clear(struct verify_report *r);
/* "entry 12: <sentence>", or the sentence alone. Text is appended. */
void verify_problem_text(const struct verify_problem *p, struct buf *out);

/* How far this client verified the log, and when. */
struct verify_mark {
	uint64_t size; /* 0: never */
	uint8_t root[32];
	int64_t time; /* microseconds */
};
/* Reads the mark from the client's own state folder; a missing or damaged one
 * reads as never. */
void verify_mark_load(const struct hrv_vault *v, struct verify_mark *ret);
/* Remembers a verification that found nothing. Best effort: without it the
 * next one only takes longer. */
void verify_mark_save(const struct hrv_vault *v, const struct verify_report *r);

#endif
