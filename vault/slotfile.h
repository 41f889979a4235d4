/* SPDX-License-Identifier: ISC */
/*
 * Slot files in the vault's folder: finding the newest, reading, writing the
 * next. Layer: verbs.
 */
#ifndef VAULT_SLOTFILE_H
#define VAULT_SLOTFILE_H

#include "vault/handle.h"

/* Numbers of the slot files in a folder, newest first, at most max of them.
 * *ret_n may be 0. HRV_ENOVAULT when the folder cannot be read. */
int slotfile_list(const char *dir, uint32_t *gens, size_t max, size_t *ret_n,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads slots.<gen>: its text and the parsed form. HRV_EINTEGRITY when it is
 * damaged or another generation than its name says. */
int slotfile_read(const char *dir, uint32_t gen, struct buf *text,
    struct slots **ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Signs s with the member's OpenPGP key and writes it as slots.<s->gen>; the
 * file is durable before the caller logs it. s->hash is set.
 */
int slotfile_write(
    struct hrv_vault *v, struct slots *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Removes slot files older than the predecessor of the one in force. Best
 * effort. */
void slotfile_tidy(const struct hrv_vault *v);
/* The id of the vault that a slot file belongs to. */
void slotfile_vault_id(const struct slots *s, uint8_t out[VAULT_ID_LEN]);

#endif
