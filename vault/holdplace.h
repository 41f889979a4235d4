/* SPDX-License-Identifier: ISC */
/*
 * What the verbs of holds share: adding one inside an open transaction, the
 * state of a hold, and the records it covered when it was placed. Layer:
 * verbs.
 */
#ifndef VAULT_HOLDPLACE_H
#define VAULT_HOLDPLACE_H

#include "hrvault/date.h"
#include "vault/scope.h"
#include "vault/txn.h"

#define HOLD_ORDINARY "ordinary"
#define HOLD_CHARGE "charge"
#define HOLD_PRESERVATION "preservation"

/* A hold to be added. Pointers are borrowed. */
struct hold_new {
	const struct scope *scope;
	const struct scope *asked; /* of a frozen one: what was asked for */
	const char *kind;	   /* HOLD_ORDINARY, ... */
	const char *review;	   /* a day, or NULL */
	const char *text; /* canonical JSON of matter, reason, authority, to be
			   * sealed under KEK_HOLD; NULL: the law says why */
};
/* Adds and logs a hold inside the open transaction; it is in force with the
 * commit. */
int hold_add(struct hrv_vault *v, const struct hold_new *n,
    struct hrv_id *ret_id, struct hrv_err *err) HRV_MUST_CHECK;
/* The same for a hold that had this id before a restore. */
int hold_add_as(struct hrv_vault *v, const struct hold_new *n,
    const struct hrv_id *id, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds the preservation that a person asked for (Art. 18(1)(c)) inside the
 * open transaction, unless one of that person is in force. *ret_new says
 * which. */
int hold_preserve(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret_new, struct hrv_err *err) HRV_MUST_CHECK;
struct holdkeep;
/* Adds a preservation of the records that holdkeep_look() found to be lost,
 * inside the open transaction and after the entry that changed them; without
 * any it does nothing. Whoever releases it finds the other hold as it was. */
int hold_by_name(struct hrv_vault *v, struct holdkeep *k,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Logs, in a transaction of its own, which records the scope covers now, as
 * evidence. *ret_leaf is that entry, hash the one of its list, *ret_n how many
 * there are.
 */
int hold_snapshot(struct hrv_vault *v, const struct hrv_id *id,
    const struct scope *scope, uint64_t *ret_leaf, uint8_t hash[32],
    size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;

/* A row of the table of holds; given back with hold_row_clear(). */
struct hold_row {
	struct hrv_id id;
	struct buf scope;
	char status[16];
	uint64_t leaf;
	char placed[32];
	char review[11];    /* "" for none */
	char free_from[11]; /* "" while active */
	char kind[24];
	int64_t snapshot; /* entry, or -1 */
};
/* Reads one; HRV_ENOTFOUND. */
int hold_load(struct hrv_vault *v, const struct hrv_id *id,
    struct hold_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
void hold_row_clear(struct hold_row *h);
/* The same, and HRV_EREFUSED ("released") unless it is in force. */
int hold_load_active(struct hrv_vault *v, const struct hrv_id *id,
    struct hold_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Canonical state of a hold beside its scope: kind, day of review, notices.
 * Stated by every entry that changes one of them. */
int hold_state(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* The first day on which a run may act after a release today, by the schedule;
 * never today. */
int hold_free_day(struct hrv_vault *v, char out[HRV_DATE_TEXT],
    struct hrv_err *err) HRV_MUST_CHECK;
/* The hashes of holds for the next entry, after a row changed. */
int hold_changed(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

/* Who was told, as a list in the order of numbers: n, member (absent for a
 * sealed name), text, every, sent, reminded, reminders, acknowledged. *ret is
 * the caller's. */
int hold_notices(struct hrv_vault *v, const struct hrv_id *id, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The day a reminder of that notice is due, "" for none. */
void hold_reminder_due(const json_t *notice, char out[11]);
/* "none", "sent", "acknowledged" or, when a reminder is due and nothing came
 * back, "overdue". Static. */
const char *hold_notice_word(const json_t *notices, const char *today);

/*
 * HRV_EREFUSED ("conflict") when the member with that fingerprint is, as a
 * person, whom a matter of this scope is about: named by it, or the person of
 * a record that it names.
 */
int conflict_check(struct hrv_vault *v, const char *fpr,
    const struct scope *scope, struct hrv_err *err) HRV_MUST_CHECK;
/* The same by the id of the hold. */
int conflict_check_hold(struct hrv_vault *v, const char *fpr,
    const struct hrv_id *hold, struct hrv_err *err) HRV_MUST_CHECK;

/* Sets "review_overdue" in the answer to whoever gave a day of review that is
 * over; the hold is in force all the same. 0, or -1 for want of memory. */
int hold_put_overdue(struct hrv_vault *v, const char *review, json_t *o);

#endif
