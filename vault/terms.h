/* SPDX-License-Identifier: ISC */
/*
 * Facts and terms: everything dated that is known about a record goes to the
 * policy engine, and what comes back is kept in the table `term`, one row per
 * live version, for the due list. Layer: verbs.
 */
#ifndef VAULT_TERMS_H
#define VAULT_TERMS_H

#include "hrvault/policy.h"
#include "vault/event.h"
#include "vault/version.h"

struct protect;

/* Facts of one version of a record; freed with facts_clear(). */
struct facts {
	struct hrv_facts facts; /* for hrv_class_decide() */
	struct hrv_fact *list;
	size_t n;
	char (*names)[EVENT_NAME_SIZE]; /* texts of class.<id>.destroyed and
					 * the like; purposes behind them */
};

/*
 * Collects the facts of version n: the record's own events and dates, its
 * subject's events, what of the subject's other classes was destroyed, birth
 * dates where kept. An older version also has record.superseded. Of a
 * statement they are those of the record that it was filed with.
 */
int facts_load(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct facts *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void facts_clear(struct facts *f);

/* The day of what was ordered to be erased once nothing keeps it. */
#define TERMS_AT_ONCE "0001-01-01"

/* How many terms moved, and which way, seen from what the table had. */
struct terms_moved {
	size_t earlier; /* had a later date, or one before it was pending:
			 * takes two people */
	size_t later;	/* had an earlier one */
	size_t pending; /* had a date and have none now */
	size_t dated;	/* had none and have their first one now */
	size_t waited;	/* of these, from the destruction of others, which
			 * nobody can enter */
	size_t total;	/* versions looked at */
	size_t kept;	/* of those that moved and have a date: by a hold or a
			 * case. Counted where `protect` (borrowed) says what
			 * protects */
	const struct protect *protect;
	uint8_t digest[32]; /* of all that moved, each with both dates */
	char soonest[11];   /* earliest of their new dates, whatever keeps
			     * them; TERMS_AT_ONCE; or "" */
	/* The record that was asked about (borrowed; may be NULL), and whether
	 * any other one moved, statements on it apart. */
	const struct hrv_id *about;
	bool others;
	char first_destruction[11]; /* earliest new purge_from of those that
				     * may ever be destroyed and are not kept,
				     * or "" */
};

/* The day on which somebody wanted to look again at a record or subject that
 * never fell due by itself (retention review), or "". */
int terms_next_review(struct hrv_vault *v, const struct hrv_id *thing,
    char out[HRV_DATE_TEXT], struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Recomputes the terms of every live version of a record and of the statements
 * on it (or of all records of a subject) with the schedule in force, in the
 * open transaction. moved may be NULL.
 */
int terms_update_record(struct hrv_vault *v, const struct hrv_id *record,
    struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;
int terms_update_subject(struct hrv_vault *v, const struct hrv_id *subject,
    struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same for the other records of a subject that count from the destruction
 * of that class, because one of it was stored or the last one destroyed; does
 * nothing where no rule of the schedule does. Those that moved are appended to
 * *ret, which grows (freed by the caller).
 */
int terms_update_waiting(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, struct hrv_id **ret, size_t *ret_n,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Removes the term of a version: it was destroyed. */
int terms_remove(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * The civil day of an instant (seconds since 1970 UTC) in the time zone of the
 * schedule in force, in UTC before there is one. The zone is read once and
 * kept in the handle. Errors as hrv_local_date().
 */
int vault_local_date(struct hrv_vault *v, int64_t when, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The civil day of the handle's clock in the schedule's time zone. */
int vault_today(struct hrv_vault *v, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same as ISO text. */
int vault_today_text(struct hrv_vault *v, char out[HRV_DATE_TEXT],
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
