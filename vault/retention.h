/* SPDX-License-Identifier: ISC */
/*
 * What the retention lists share: a version judged by the schedule for a day.
 * Layer: verbs. Nothing here writes or decrypts.
 */
#ifndef VAULT_RETENTION_H
#define VAULT_RETENTION_H

#include "vault/base/json.h"
#include "vault/terms.h"

/* One version with its facts and what the engine says of it. */
struct retention {
	struct record_row rec;
	uint32_t n;
	struct facts facts;
	struct hrv_decision decision;
};

/* Loads and decides; given back with retention_clear(). *ret_live false: the
 * version is gone, and nothing was loaded. */
int retention_load(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct hrv_date day, struct retention *ret, bool *ret_live,
    struct hrv_err *err) HRV_MUST_CHECK;
void retention_clear(struct retention *r);

/* Adds record, version, subject and class. Non-zero: out of memory. */
int retention_json(const struct retention *r, json_t *o);
/* Sets a bound as the results show it: a date, "pending", or null. */
int retention_set_bound(json_t *o, const char *key, struct hrv_bound b);

/* Calls fn for each term that another schedule than the one in force was used
 * for, with the date and the at_expiry that the table has for it. */
typedef int retention_stale_fn(void *ctx, const struct hrv_id *record,
    uint32_t n, const char *was[2], struct hrv_err *err);
int retention_each_stale(struct hrv_vault *v, retention_stale_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * What would give a pending version a date: *ret_missing is a list of event
 * names ("subject.born", "dependant.born" for birth dates); *ret_any: one of
 * them is enough, else all are needed. An empty list: nothing that is known
 * today would.
 */
int retention_missing(const struct hrv_schedule *s, const struct retention *r,
    struct hrv_date today, json_t **ret_missing, bool *ret_any,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
