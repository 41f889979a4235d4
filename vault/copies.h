/* SPDX-License-Identifier: ISC */
/*
 * Where this client left copies of a vault that can be opened: a restore or a
 * drill on its way, or one that waits for its approval. A command that is
 * killed leaves one that nobody would look for. Layer: verbs.
 */
#ifndef VAULT_COPIES_H
#define VAULT_COPIES_H

#include "vault/base/buf.h"

/* Notes a folder, which must exist, in the client's folder for that vault. */
int copies_add(const char *state_dir, const char *path,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Forgets it; one that is gone by its whole path. */
void copies_drop(const char *state_dir, const char *path);
/* Calls fn with each that is still there; the others are forgotten where
 * `forget` says so. */
void copies_each(const char *state_dir, bool forget,
    void (*fn)(void *ctx, const char *path), void *ctx);

#endif
