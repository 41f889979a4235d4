/* SPDX-License-Identifier: ISC */
/*
 * JSON pointers (RFC 6901) into parsed documents. Layer: base.
 */
#ifndef VAULT_BASE_JSONPTR_H
#define VAULT_BASE_JSONPTR_H

#include <stdbool.h>

#include "vault/base/json.h"

/* What stands in the place of an element that was taken out of a list, so
 * that the places of the others stay what they were. */
#define JSONPTR_REMOVED "[redacted]"

/* Whether it names something inside a document: "/a/b~1c". The empty pointer,
 * which is the whole document, does not. */
bool jsonptr_ok(const char *pointer);
/* What the pointer names, borrowed; NULL when there is no such thing, or memory
 * is short. */
json_t *jsonptr_get(json_t *doc, const char *pointer);
/*
 * Takes out what the pointer names: a member of an object goes, an element of
 * a list becomes JSONPTR_REMOVED. False when there is no such thing (any
 * more), or memory is short; the document is then unchanged.
 */
bool jsonptr_remove(json_t *doc, const char *pointer);

#endif
