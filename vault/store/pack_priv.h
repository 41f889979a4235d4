/* SPDX-License-Identifier: ISC */
/*
 * Shared by pack.c and pack_read.c. Layer: store.
 */
#ifndef VAULT_STORE_PACK_PRIV_H
#define VAULT_STORE_PACK_PRIV_H

#include <stdint.h>

#include "hrvault/err.h"

#define PACK_MAGIC "hrvault-pack/1\n"

/* VAULT/pack/<n> as a new text. */
int pack_path(const char *vault_dir, uint32_t pack, char **ret_path,
    struct hrv_err *err) HRV_MUST_CHECK;

/* HRV_EINTEGRITY when the file does not begin like a pack. */
int pack_check_head(int fd, uint32_t pack, struct hrv_err *err) HRV_MUST_CHECK;

#endif
