/* SPDX-License-Identifier: ISC */
/*
 * Results: what a verb found or did, as a JSON value behind an opaque type.
 * The fields of each are the contract of the command line (docs/output.md).
 * A result may hold names or other personal data for a member who may see
 * them, so its memory is wiped when it is freed.
 */
#ifndef HRVAULT_DOC_H
#define HRVAULT_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_doc;

/* Frees (and wipes) a result; NULL is fine. */
void hrv_doc_free(struct hrv_doc *doc);
/* Text of a member, or NULL when it is absent or no text. Borrowed. */
const char *hrv_doc_str(const struct hrv_doc *doc, const char *key);
/* Whole number of a member, or `otherwise`. */
int64_t hrv_doc_int(
    const struct hrv_doc *doc, const char *key, int64_t otherwise);
/* True when a member is there and true. */
bool hrv_doc_true(const struct hrv_doc *doc, const char *key);
/* A member of any type, or NULL. Borrowed. */
const struct hrv_doc *hrv_doc_get(const struct hrv_doc *doc, const char *key);
/* Number of elements of an array (0 for anything else). */
size_t hrv_doc_len(const struct hrv_doc *array);
/* The i-th element, or NULL. Borrowed. */
const struct hrv_doc *hrv_doc_at(const struct hrv_doc *array, size_t i);
/* The value itself as text, or NULL when it is none. Borrowed. */
const char *hrv_doc_text(const struct hrv_doc *value);
/* The bytes behind a member that is base64, in memory that the caller frees.
 * HRV_EFAILED when it is absent or is none. */
int hrv_doc_bytes(const struct hrv_doc *doc, const char *key,
    uint8_t **ret_data, size_t *ret_len, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The whole as JSON text: on one line, or indented. *ret_text is the caller's
 * (hrv_doc_text_free(), which wipes it).
 */
int hrv_doc_json(const struct hrv_doc *doc, bool indented, char **ret_text,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes and frees what hrv_doc_json() gave; NULL is fine. */
void hrv_doc_text_free(char *text);

/* Takes one element of a list as it is found; a code other than HRV_OK ends
 * the listing and is passed on. doc is borrowed for the call. */
typedef int hrv_doc_fn(
    void *ctx, const struct hrv_doc *doc, struct hrv_err *err);

#ifdef __cplusplus
}
#endif
#endif
