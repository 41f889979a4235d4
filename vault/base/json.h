/* SPDX-License-Identifier: ISC */
/*
 * JSON through jansson, in the two ways we use it: canonical text (sorted
 * keys, no white space, strings and integers only) for everything that is
 * hashed, and a strict reader (UTF-8, no duplicate keys, no trailing text)
 * for everything that comes from outside. Layer: base.
 */
#ifndef VAULT_BASE_JSON_H
#define VAULT_BASE_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "vault/base/buf.h"

/* Makes jansson wipe memory before giving it back: its trees hold identities.
 * Call once, before any other use. */
void json_init(void);

/*
 * Appends the canonical form of v: UTF-8, keys sorted by bytes, no blanks.
 * HRV_EFAILED when v holds a real number (their text is not canonical);
 * booleans and null are refused too.
 */
int json_canonical(
    const json_t *v, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends indented JSON for people and packages, keys in the order they were
 * added. */
int json_pretty(
    const json_t *v, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends compact JSON on one line, keys in the order they were added. */
int json_line(
    const json_t *v, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Reads one JSON value. *ret_v belongs to the caller (json_decref). Malformed
 * text, duplicate keys, invalid UTF-8 or anything after the value: HRV_EUSAGE
 * with line and column, never the text.
 */
int json_read(const void *text, size_t len, json_t **ret_v,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Member of an object as text, or NULL when absent or not a string. Borrowed.
 */
const char *json_str(const json_t *obj, const char *key);
/* Member of an object as integer, or `otherwise`. */
int64_t json_int(const json_t *obj, const char *key, int64_t otherwise);
/* Sets a member; a NULL text leaves the member out. Out of memory leaves it
 * out as well and is found by json_canonical()'s caller as a short object, so
 * both return 0 or -1. */
int json_set_str(json_t *obj, const char *key, const char *text);
int json_set_int(json_t *obj, const char *key, int64_t v);
/* Sets a member to the base64 of bytes. */
int json_set_b64(json_t *obj, const char *key, const void *p, size_t len);
/* Sets a member to the lower-case hex of bytes. */
int json_set_hex(json_t *obj, const char *key, const void *p, size_t len);

#endif
