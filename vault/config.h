/* SPDX-License-Identifier: ISC */
/*
 * vault.cfg: what a vault was made with and cannot change, as libconfig text.
 * Its hash stands in the slot file, so a changed file is noticed before
 * anything is opened with it. Layer: verbs.
 */
#ifndef VAULT_CONFIG_H
#define VAULT_CONFIG_H

#include <stdint.h>

#include "vault/base/buf.h"

#define CONFIG_FORMAT 1

struct config {
	uint64_t pack_size; /* bytes after which a new pack is begun */
};

/* Appends the text of a new vault's vault.cfg. */
void config_write(struct buf *out);
/* Reads it. HRV_EINTEGRITY when it is damaged; HRV_EFAILED when it was made
 * by a newer program. */
int config_read(const struct buf *text, struct config *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
