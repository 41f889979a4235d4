/* SPDX-License-Identifier: ISC */
/*
 * Making results (hrvault/doc.h) outside the library, and walking through
 * their members: for commands whose answer is put together from pure
 * functions. What can fail for want of memory answers false; a document that
 * is only partly made must not be shown.
 */
#ifndef HRVAULT_DOCMAKE_H
#define HRVAULT_DOCMAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a value is. */
enum hrv_doc_kind {
	HRV_DOC_NULL,
	HRV_DOC_BOOL,
	HRV_DOC_INT,
	HRV_DOC_TEXT,
	HRV_DOC_ARRAY,
	HRV_DOC_OBJECT
};

/* An empty object or array; NULL: no memory. Freed with hrv_doc_free(). */
struct hrv_doc *hrv_doc_new_object(void);
struct hrv_doc *hrv_doc_new_array(void);

/* Set a member of an object; text NULL: null. False, with the object as it
 * was, for want of memory, for text that is not UTF-8, and for obj NULL. */
bool hrv_doc_set_str(struct hrv_doc *obj, const char *key, const char *text);
bool hrv_doc_set_int(struct hrv_doc *obj, const char *key, int64_t v);
bool hrv_doc_set_bool(struct hrv_doc *obj, const char *key, bool v);
/* Sets a member or appends an element; the value belongs to the document
 * afterwards, also after a failure. */
bool hrv_doc_set(struct hrv_doc *obj, const char *key, struct hrv_doc *value);
bool hrv_doc_add(struct hrv_doc *array, struct hrv_doc *value);
/* Appends a text to an array. */
bool hrv_doc_add_str(struct hrv_doc *array, const char *text);

/* What a value is; NULL counts as null. */
enum hrv_doc_kind hrv_doc_kind(const struct hrv_doc *value);
/* The value itself as number (0 for anything else). */
int64_t hrv_doc_number(const struct hrv_doc *value);
/* Whether the value itself is true. */
bool hrv_doc_is_true(const struct hrv_doc *value);
/* Calls fn for each member of an object in order; anything but 0 ends the
 * walk and is returned. */
int hrv_doc_each(const struct hrv_doc *obj,
    int (*fn)(void *ctx, const char *key, const struct hrv_doc *value),
    void *ctx);

#ifdef __cplusplus
}
#endif
#endif
