/* SPDX-License-Identifier: ISC */
/*
 * Whom of this vault a text names. It asks the blind index only: nobody's
 * identity is opened for it. Layer: verbs. A name is two words of one person's
 * name side by side; so is a number, an e-mail address or a phone number as a
 * whole. What this cannot see: one word of a name that stands alone, other
 * spellings, and names that nobody here has today.
 */
#ifndef VAULT_MENTION_H
#define VAULT_MENTION_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* What was asked so far: each word, pair and number is asked for once. */
struct mentions;

/* Gets the ids of everybody who has what was found, as texts; borrowed. */
typedef int mention_fn(void *ctx, const json_t *ids, struct hrv_err *err);

/* *ret is the caller's (mentions_free()). HRV_ENOMEM. */
int mentions_new(struct hrv_vault *v, struct mentions **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* NULL is fine. */
void mentions_free(struct mentions *m);
/* Calls fn for each name, number and address in the text, also again for one
 * that came before. HRV_EUSAGE: not UTF-8; HRV_EREFUSED without the key of the
 * index. */
int mentions_text(struct mentions *m, const char *text, mention_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

#endif
