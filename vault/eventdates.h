/* SPDX-License-Identifier: ISC */
/*
 * What an event does to the dates of records, told to whoever enters it: which
 * of its several days counts, and what a pending record still waits for.
 * Layer: verbs. Found by asking the policy engine, never guessed.
 */
#ifndef VAULT_EVENTDATES_H
#define VAULT_EVENTDATES_H

#include "vault/base/json.h"
#include "vault/terms.h"

/*
 * Where the owner (a subject or a record) has that event on at least so many
 * days, sets "dates": [{"date","records"}], each with the number of live
 * versions whose dates are counted from it.
 */
int eventdates_put(struct hrv_vault *v, const struct hrv_id *owner,
    const char *event, size_t least, json_t *o,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Of a version without a date sets "missing", a list of what would give it one,
 * and "any_of": one of them is enough. */
int eventdates_put_missing(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, json_t *o,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds to "unused" in o the event, if no rule of the class asks for it. */
int eventdates_put_unused(struct hrv_vault *v, const char *class_name,
    const char *event, json_t *o, struct hrv_err *err) HRV_MUST_CHECK;

#endif
