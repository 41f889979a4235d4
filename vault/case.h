/* SPDX-License-Identifier: ISC */
/*
 * Cases as the verbs see them: the rows, the law and calendar they were opened
 * under, and the one function through which every step of a case is written.
 * Layer: verbs. Invariant: the due date is computed from the rows each time;
 * it is stored nowhere.
 */
#ifndef VAULT_CASE_H
#define VAULT_CASE_H

#include "hrvault/deadline.h"
#include "vault/txn.h"

#define CASE_OPEN "open"
#define CASE_EXPORTED "exported"
#define CASE_DECIDED "decided" /* what is no package */
#define CASE_DELIVERED "delivered"
#define CASE_REFUSED "refused"
#define CASE_CLOSED "closed"

#define CASE_CODE_SIZE 80
#define CASE_GATE_SIZE 64

/* Code of what the right to portability does not take in; it is no code of a
 * law. */
#define CODE_NOT_PORTABLE "not-portable"

#define ITEM_UNDECIDED "undecided"
#define ITEM_DISCLOSED "disclosed"
#define ITEM_REDACTED "redacted"
#define ITEM_WITHHELD "withheld"
#define ITEM_DESTROYED "destroyed"
/* Of an erasure: to go, ordered by two people, kept on a ground. */
#define ITEM_ERASE "erase"
#define ITEM_ORDERED "ordered"
#define ITEM_REFUSED "refused"

struct case_event {
	char name[24];
	char day[HRV_DATE_TEXT];
	uint64_t leaf;
};

/* One version of one record. */
struct case_item {
	struct hrv_id record;
	uint32_t n;
	char disposition[16];
	char code[CASE_CODE_SIZE]; /* "" without */
	char via[16];		   /* own, author, witness, referee */
	uint64_t leaf;
	char gate[CASE_GATE_SIZE]; /* what opened the law's gate, or "" */
	uint8_t copy[32]; /* hash of the sealed derived copy that goes out
			   * instead of the record; zero without one */
};

/* A recipient who was told of an erasure, correction or restriction. */
struct case_told {
	struct hrv_id recipient;
	char day[HRV_DATE_TEXT];
};

struct kase {
	struct hrv_id id;
	struct hrv_id subject; /* who it is about, whom that became included */
	struct hrv_id filed;   /* the entry of the person it was opened for */
	char claim[16];
	char status[16];
	uint8_t law_hash[32];
	uint8_t calendar_hash[32];
	char received[HRV_DATE_TEXT];
	char channel[32];
	char frozen_until[HRV_DATE_TEXT]; /* "" while open */
	uint64_t opened_leaf;
	struct case_event *events; /* in the order they were entered */
	size_t n_events;
	struct case_item *items; /* by record, then version */
	size_t n_items;
	uint8_t frozen[32];	/* hash of what collecting froze, sealed; zero
				 * before the first collecting */
	struct case_told *told; /* by recipient */
	size_t n_told;
	struct hrv_law *law; /* NULL after case_rows() */
	struct hrv_calendar *calendar;
};

/* Reads the rows of a case; given back with case_clear(). HRV_ENOTFOUND. */
int case_rows(struct hrv_vault *v, const struct hrv_id *id, struct kase *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same by id or prefix, with its law and calendar. */
int case_load(struct hrv_vault *v, const char *which, struct kase *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void case_clear(struct kase *k);
/* Whether it is the person whom the case is about, by whichever of the two
 * ids: records stay under the one it was opened for when that was merged. */
bool case_person(const struct kase *k, const struct hrv_id *subject);

/* The recipients that were told, into k. */
int case_load_told(
    struct hrv_vault *v, struct kase *k, struct hrv_err *err) HRV_MUST_CHECK;

/* Law and calendar by the hashes in k. HRV_EINTEGRITY when a text is not what
 * was adopted. */
int case_law(
    struct hrv_vault *v, struct kase *k, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether it asks that records are destroyed: an erasure, or an objection that
 * was upheld (Art. 17(1)(c)). */
bool case_erases(const struct kase *k);
/* Whether it ends with a package: access and portability. */
bool case_has_package(const struct kase *k);
struct hrv_schedule;
struct record_row;

/* Whether it is about Art. 20: what goes out then is what the person provided,
 * and nothing that the employer entered. */
bool case_is_portable(const struct kase *k);
/* Whether a record stays out of the answer by the right itself: Art. 20 takes
 * in what the person provided, under consent or a contract. Always false for
 * other rights. */
bool case_not_portable(const struct hrv_schedule *schedule,
    const struct kase *k, const struct record_row *rec);
/* Whether it was refused and not opened again since. */
bool case_refusal_stands(const struct kase *k);
/* The first or the last step that answered it since it was opened, or opened
 * again; NULL before, and once it was refused. */
const struct case_event *case_answer(const struct kase *k, bool first);
/* "granted", "partly", "rejected" of a decided case; NULL before. Static. */
const char *case_outcome_word(const struct kase *k);
/* HRV_ECONFIRM, naming the next step, unless somebody checked who asks and,
 * where it was asked for, that the one who asks may. */
int case_check_requester(
    const struct kase *k, struct hrv_err *err) HRV_MUST_CHECK;
/* The last event of that name, or NULL. */
const struct case_event *case_find_event(
    const struct kase *k, const char *name);
/* Due date and all that belongs to it, from the events of k alone. */
int case_deadline(const struct kase *k, struct hrv_deadline *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets due, safe_target, internal_target, acknowledge_by, extended, awaiting
 * and reasons. 0 or -1. */
int case_put_deadline(json_t *doc, const struct hrv_deadline *d);

/* The day of an option: NULL is today in the law's time zone; HRV_EUSAGE for a
 * day in the future or before the receipt. */
int case_day(struct hrv_vault *v, const struct kase *k, const char *on,
    char out[HRV_DATE_TEXT], struct hrv_err *err) HRV_MUST_CHECK;
/* Refused for the state of the case: logged under op; hint may be NULL.
 * Always returns a code. */
int case_refused(struct hrv_vault *v, const struct kase *k, const char *op,
    const char *why, const char *hint, struct hrv_err *err);
/* A word that may stand in the log: 1 to 31 of a-z, 0-9, '-', '_'. HRV_EUSAGE
 * names what it is. */
int case_word(
    const char *text, const char *what, struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_OK unless the case is refused or closed. */
int case_must_be_active(struct hrv_vault *v, const struct kase *k,
    const char *op, struct hrv_err *err) HRV_MUST_CHECK;
/* Deciding what is handed out is no step of a case that case_erases(): it would
 * take a record out of an order that two people gave. The refusal is logged. */
int case_must_not_erase(struct hrv_vault *v, const struct kase *k,
    const char *op, struct hrv_err *err) HRV_MUST_CHECK;

struct approval;
struct receipt;

/* What one step changes; all members but op may be empty. */
struct case_step {
	const char *op;
	const char *event; /* a row of the timeline, on day */
	const char *day;
	const char *status; /* the new one */
	const char *frozen_until;
	json_t *payload;  /* members to log besides; borrowed */
	const char *text; /* sealed with the case */
	struct manifest *manifest;
	const struct approval *approval; /* where two people decide */
	const struct hrv_id *record;	 /* the one it is about */
	struct receipt **receipt; /* the entry is the outcome of this read */
};
/*
 * Writes the step in the open transaction: event row, status, entry with the
 * state of the case afterwards, sealed text. *ret_leaf may be NULL. Rows of
 * items are the caller's, written before, with leaf v->frontier.size.
 */
int case_step_write(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, uint64_t *ret_leaf,
    struct hrv_err *err) HRV_MUST_CHECK;
/* In the open transaction: HRV_EBUSY when the rows are not what k was read
 * from. */
int case_unchanged(struct hrv_vault *v, const struct kase *k,
    struct hrv_err *err) HRV_MUST_CHECK;
/* txn_begin, case_unchanged, case_step_write, txn_commit. */
int case_step(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Parts of case_step_write(), for a step whose entry is the outcome of a
 * read. The state is that of the tables at the time. */
int case_event_add(struct hrv_vault *v, const struct hrv_id *id,
    const char *name, const char *day, struct hrv_err *err) HRV_MUST_CHECK;
int case_set_status(struct hrv_vault *v, const struct hrv_id *id,
    const char *status, const char *frozen_until,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Hash of the canonical state of a case as the tables have it. */
int case_state(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;

/* The things that a receipt for reading a case names: the case, its subject,
 * every record, every recipient of one. */
int case_things(struct hrv_vault *v, const struct kase *k, struct manifest *m,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether collecting froze anything for it. */
bool case_is_collected(const struct kase *k);
/* Whether a copy goes out instead of the record itself. */
bool case_item_copied(const struct case_item *item);
/* Whether it is as a collecting let it stand: nobody decided it. */
bool case_item_stood(const struct kase *k, const struct case_item *item);
/* The record's items after `last` (NULL: from the first) that are still
 * there, of one version n or, with 0, of all; NULL at the end. */
const struct case_item *case_next_item(const struct kase *k,
    const struct hrv_id *record, uint32_t n, const struct case_item *last);

/*
 * Recipients that were given what this case corrects, erases or restricts;
 * none for a case with a package. The array is the caller's (free).
 */
int case_recipients(struct hrv_vault *v, const struct kase *k,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * In the open transaction, after an objection was rejected or refused and the
 * person told on that day: lifts the restriction that came with it, unless
 * another ground or another objection stands.
 */
int case_lift_objection(struct hrv_vault *v, const struct kase *k,
    const char *told, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether an objection of the person was not decided yet: until then the
 * restriction of Art. 18(1)(d) stands. */
int case_objection_pending(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_OK when two people refuse the request, with s->payload's "ground" and
 * s->text; as proposal_require(), a refusal is logged. */
int case_refusal_approved(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, struct approval *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* How many items have that disposition. */
size_t case_count(const struct kase *k, const char *disposition);
/* Sets one member per disposition with its number, and records. 0 or -1. */
int case_put_counts(json_t *doc, const struct kase *k);
/* [{record,version,class,disposition,code,via}], or NULL without memory. */
int case_items_json(struct hrv_vault *v, const struct kase *k, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
