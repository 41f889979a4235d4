/* SPDX-License-Identifier: ISC */
/*
 * What stands in the way of destroying or altering a record: legal holds
 * (active, or released and still cooling off) and open cases. Evaluated as a
 * set every time, never counted. Layer: verbs.
 */
#ifndef VAULT_PROTECT_H
#define VAULT_PROTECT_H

#include "vault/scope.h"

struct fold;

/* One hold that counts. */
struct protect_hold {
	struct hrv_id id;
	struct scope scope;
	char free_from[11]; /* "" while active; else cooling off until then */
};

/* Every hold that counts on a day. */
struct protect {
	struct protect_hold *holds;
	size_t n;
	char day[11];
	bool asks;		/* one of them has a query */
	struct scope_laws laws; /* for queries */
	const struct hrv_id *but; /* a case that does not count, or NULL */
};

/* Why a record or subject is protected; all false: it is not. */
struct protect_why {
	bool hold;	       /* an active hold covers it */
	bool cooling;	       /* a released hold is cooling off */
	bool kase;	       /* an open case freezes it */
	struct hrv_id hold_id; /* one of the holds */
	struct hrv_id case_id; /* one of the cases */
	char until[11];	       /* cooling: first day without it */
};

/* Reads the holds that count today. *ret is freed with protect_free().
 * HRV_EINTEGRITY when one cannot be read: then nothing may be destroyed. */
int protect_load(struct hrv_vault *v, struct protect **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void protect_free(struct protect *p);
/*
 * Demands that what protects is exactly what the log says: the holds, those
 * that are cooling off included, with the same ids, scopes and ends; the cases
 * that freeze, of the same people, with the same ends, and every record that
 * one lists. HRV_EINTEGRITY otherwise.
 */
int protect_check_log(struct hrv_vault *v, const struct protect *p,
    const struct fold *fold, struct hrv_err *err) HRV_MUST_CHECK;

/* What protects a record: a hold that covers it, a case of its subject, or a
 * case that lists it; whom its subject became counts like the subject. */
int protect_record(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, struct protect_why *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* A case that lists the record, of whomever it is and whether it lives. */
int protect_listed(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *record, struct protect_why *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* What protects a subject as such: a hold that names it, or a case of it, or
 * either of whom it became. */
int protect_subject(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *subject, struct protect_why *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * HRV_EREFUSED ("held" or "open-case") when an active hold or an open case
 * forbids to alter the record (NULL: the subject); 0 otherwise. Cooling off
 * forbids destruction only. Never names a matter.
 */
int protect_check_alter(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_id *subject, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the ids of every hold that covers a record (active ones before those
 * that are cooling off) to a list: for legal and dpo only. */
int protect_list_holds(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, json_t *list,
    struct hrv_err *err) HRV_MUST_CHECK;
/* True when any of the reasons to protect is set. */
bool protect_any(const struct protect_why *why);

#endif
