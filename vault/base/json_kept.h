/* SPDX-License-Identifier: ISC */
/*
 * Other people's JSON documents, looked into and written again without a loss:
 * numbers keep the characters they were written with ("12.50", twenty digits),
 * which no number of a machine does. Layer: base.
 */
#ifndef VAULT_BASE_JSON_KEPT_H
#define VAULT_BASE_JSON_KEPT_H

#include "vault/base/json.h"

/* What a tree of it may need in memory is bounded by these. */
#define JSON_KEPT_MAX (4 << 20)	   /* bytes */
#define JSON_KEPT_VALUES (1 << 17) /* members, elements, lists, objects */
#define JSON_KEPT_DEPTH 64

/*
 * As json_read(), but each number becomes a string that begins with a NUL and
 * goes on with its text; no other string has a NUL. HRV_EUSAGE as there, and
 * for a document that is larger, deeper or of more values than the above.
 */
int json_kept_read(const void *text, size_t len, json_t **ret_v,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The text of such a number, or of any other string; NULL for what is none.
 * Borrowed. */
const char *json_kept_str(const json_t *v);
/* As json_pretty(), numbers as they were read. */
int json_kept_pretty(
    const json_t *v, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

#endif
