/* SPDX-License-Identifier: ISC */
/*
 * Two people for what ends sooner: the one question every change asks that
 * moves a known date of destruction earlier (an event added or retracted, a
 * birth date corrected). Layer: verbs.
 */
#ifndef VAULT_EARLIER_H
#define VAULT_EARLIER_H

#include "vault/base/json.h"
#include "vault/terms.h"

/*
 * Whether a change with these effects may be made now, inside the open
 * transaction that already made it. First dates and later dates may be set by
 * one member; *ret_alone says that a known date moved earlier on the word of
 * one, which the entry's payload then states ("alone": 1).
 */
int earlier_allow(struct hrv_vault *v, const struct terms_moved *moved,
    bool *ret_alone, struct hrv_err *err) HRV_MUST_CHECK;
/* Sets "moved": {"dated","earlier","later","pending"} in a payload or result.
 * 0, or -1 for want of memory. */
int earlier_set_moved(json_t *obj, const struct terms_moved *moved);
/*
 * Sets "earliest_destruction": the first day on which one of the versions that
 * got a new date could be destroyed, the notice that begins today included;
 * null when there is none.
 */
int earlier_set_destruction(struct hrv_vault *v, json_t *obj,
    const struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;

#endif
