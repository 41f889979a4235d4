/* SPDX-License-Identifier: ISC */
/*
 * From an instant to a local day in a zone that is in memory already, for
 * whoever asks often; include/hrvault/zone.h reads the zone each time. Layer:
 * vault.
 */
#ifndef VAULT_LOCALDATE_H
#define VAULT_LOCALDATE_H

#include "hrvault/date.h"
#include "vault/base/zone.h"

/* The civil day of the instant (seconds since 1970 UTC). HRV_EUSAGE outside
 * the years 1 to 9999. */
int zone_date(const struct zone *zone, int64_t when, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
