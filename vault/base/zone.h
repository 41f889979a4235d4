/* SPDX-License-Identifier: ISC */
/*
 * Time zones, read straight from the tz database's compiled files (TZif,
 * RFC 8536 and its successor RFC 9636). The C library is not asked: it reads
 * the environment, keeps global state, and takes an unknown zone for UTC
 * without a word, which would move a deadline by a day. Layer: base.
 */
#ifndef VAULT_BASE_ZONE_H
#define VAULT_BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

/* Where the tz database is installed. */
#define ZONE_DIR "/usr/share/zoneinfo"

/* One zone, in memory. */
struct zone;

/* Whether name may be asked for: relative, made of letters, digits, '_', '-',
 * '+' and '/', at most 63 bytes, no empty part, no part that begins with a
 * dot. Says nothing about whether such a zone exists. */
bool zone_name_valid(const char *name);

/* Reads the zone `name` ("Europe/London") from the folder dir (NULL: ZONE_DIR)
 * into a new *ret, freed by zone_free(). HRV_EUSAGE "unknown-zone" for a name
 * that is not allowed or not there, HRV_EIO when the file cannot be read,
 * HRV_EFAILED when it is damaged, of version 1 or counts leap seconds. Never
 * falls back to UTC. */
int zone_load(const char *dir, const char *name, struct zone **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* As zone_load() from the bytes of a TZif file; name only for messages. */
int zone_parse(const void *data, size_t len, const char *name,
    struct zone **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Frees z; NULL is fine. */
void zone_free(struct zone *z);

/* Seconds to add to Universal Time to get local time at the instant `when`
 * (seconds since 1970-01-01T00:00:00Z, any year -9999..9999). */
int32_t zone_offset(const struct zone *z, int64_t when);

/* The local civil day of the instant, as days since 1970-01-01. */
int64_t zone_local_day(const struct zone *z, int64_t when);

#endif
