/* SPDX-License-Identifier: ISC */
/*
 * What is told of a record without opening it, as members of a result, and
 * the steps that the verbs of records share. Layer: verbs.
 */
#ifndef VAULT_RECORD_VIEW_H
#define VAULT_RECORD_VIEW_H

#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/protect.h"
#include "vault/receipt.h"
#include "vault/version.h"

/* The record that text names, which must be a document: HRV_EUSAGE for an
 * identity record, with the command that is for it. */
int record_find(struct hrv_vault *v, const char *text, struct record_row *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EPURGED for version n of a record that is no longer there: the day, the
 * rule and the run, from the tombstone. Always fails. */
int record_purged(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    struct hrv_err *err);

/* HRV_EREFUSED ("statement") for a statement, which follows the record that it
 * was filed with. */
int record_no_statement(
    const struct record_row *rec, struct hrv_err *err) HRV_MUST_CHECK;

/* What the schedule in force makes of a version on a day; pending where it no
 * longer has the class. */
int record_decide(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct hrv_date day,
    struct hrv_decision *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds keep_until, limit_until, purge_from, restrict_from, state: dates,
 * "pending", or null for a bound that does not exist. Not 0: no memory. */
int record_put_dates(json_t *o, const struct hrv_decision *d);
/* Adds an id as text. Not 0: no memory. */
int record_put_id(json_t *o, const char *key, const struct hrv_id *id);
/*
 * Adds id, class, compartment, created, version, statement_on (of a statement),
 * bytes, restricted (where it is), held, and the dates and state as of today
 * (state "purged", and purged_on, rule and run, when it is destroyed).
 * HRV_EINTEGRITY when holds cannot be read.
 */
int record_put(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, json_t *o,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds title, file, media, source and note of an opened header, as far as it
 * has them. Not 0: no memory. */
int record_put_header(json_t *o, const json_t *header);
/*
 * Reads the newest version and reports the result of a change of it: id,
 * subject, class, compartment, version, bytes, media, sha256 and the dates.
 */
int record_result(struct hrv_vault *v, const struct hrv_id *id,
    const char *media, const uint8_t sha256[32], json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Ends a verb that failed with *err: undoes the open transaction, writes the
 * outcome of its intent, or, without one, the refusal where it was one by
 * rule. Returns the code; *r is NULL afterwards.
 */
int record_failed(struct hrv_vault *v, struct entry *e, struct receipt **r,
    struct hrv_err *err);

#endif
