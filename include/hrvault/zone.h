/* SPDX-License-Identifier: ISC */
/*
 * Instants and local days. Rules count local days; which day an instant falls
 * on is looked up in the system's tz database and nowhere else. A zone that
 * is not there is an error, never Universal Time.
 */
#ifndef HRVAULT_ZONE_H
#define HRVAULT_ZONE_H

#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 0 when the time zone ("Europe/London") exists on this machine, else
 * HRV_EUSAGE "unknown-zone" (or HRV_EIO, HRV_EFAILED for bad data). */
int hrv_zone_check(const char *timezone, struct hrv_err *err) HRV_MUST_CHECK;

/* The local day of the instant `when`, in seconds since
 * 1970-01-01T00:00:00Z. Errors of hrv_zone_check(); HRV_EUSAGE outside the
 * years 1 to 9999. */
int hrv_local_date(int64_t when, const char *timezone, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Reads what people type for a day: a date ("2026-03-02", a local day as it
 * stands) or an instant with its offset ("2026-03-01T23:30:00Z",
 * "2026-03-02T08:00+09:00"), which becomes the local day. An instant without
 * offset is refused. The zone is checked in both cases. Errors as above, and
 * HRV_EUSAGE for any other text. */
int hrv_local_date_parse(const char *text, const char *timezone,
    struct hrv_date *ret, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
