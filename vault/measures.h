/* SPDX-License-Identifier: ISC */
/*
 * The technical and organisational measures that hold for every vault, in
 * words for a supervisor. Layer: verbs. Pure.
 */
#ifndef VAULT_MEASURES_H
#define VAULT_MEASURES_H

#include "vault/base/json.h"

/* A new list of sentences, the caller's; NULL: out of memory. */
json_t *measures_list(void);

#endif
