/* SPDX-License-Identifier: ISC */
/*
 * Details: reasons people typed, matters of holds. Sealed under a key of
 * their own that dies with their owner; the log holds only a commitment, so
 * the tree verifies for ever. Layer: verbs.
 */
#ifndef VAULT_DETAIL_H
#define VAULT_DETAIL_H

#include "vault/handle.h"
#include "vault/keys.h"

#define DETAIL_CLASS "vault.detail"

struct detail {
	const char *kek;     /* KEK_DETAIL or KEK_HOLD */
	struct hrv_id owner; /* what it dies with */
	uint8_t dek[DEK_ID_LEN];
	uint32_t kek_version;
	uint8_t commit[32]; /* for the leaf */
	struct buf sealed;
};

/*
 * Seals a text for an owner inside the open transaction and fills ret, which
 * is given back with detail_clear(). The text is checked as a reason
 * (text.h); HRV_EUSAGE when it cannot be stored.
 */
int detail_seal(struct hrv_vault *v, const char *kek,
    const struct hrv_id *owner, const char *text, struct detail *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Stores it for the entry that commits to it. */
int detail_store(struct hrv_vault *v, uint64_t leaf, const struct detail *d,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads the detail of an entry. HRV_ENOTFOUND: it has none, or it is gone. */
int detail_load(struct hrv_vault *v, uint64_t leaf, struct detail *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void detail_clear(struct detail *d);
/* The context under which details of an owner are sealed. */
void detail_context(
    const struct hrv_vault *v, const struct hrv_id *owner, struct buf *out);

#endif
