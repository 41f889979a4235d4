/* SPDX-License-Identifier: ISC */
/*
 * Where this client left copies of a vault that can be opened: a restore or a
 * drill on its way, or one that waits for its approval. A command that is
 * killed leaves one that nobody would look for. Layer: verbs.
 */
#ifndef VAULT_COPIES_H
#define VAULT_COPIES_H

#include "vault/base/buf.h"

/* Notes a folder, which is there or will be, in the client's folder for that
 * vault. */
int copies_add(const char *state_dir, const char *path,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Forgets it. */
void copies_drop(const char *state_dir, const char *path);
/* Calls fn with each that can be seen. Of the others those are forgotten that
 * end in `forget` (NULL: none) and are gone from a folder that is there: a
 * disk may be elsewhere today. */
void copies_each(const char *state_dir, const char *forget,
    void (*fn)(void *ctx, const char *path), void *ctx);

#endif
