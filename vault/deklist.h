/* SPDX-License-Identifier: ISC */
/*
 * Sorted lists of data key ids, for working out who survives. Layer: verbs.
 */
#ifndef VAULT_DEKLIST_H
#define VAULT_DEKLIST_H

#include "vault/handle.h"
#include "vault/keys.h"

struct deklist {
	uint8_t (*ids)[DEK_ID_LEN];
	size_t n;
	size_t cap;
};

/* Adds one id. HRV_ENOMEM. */
int deklist_add(struct deklist *l, const uint8_t id[DEK_ID_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sorts; before deklist_has(). */
void deklist_sort(struct deklist *l);
/* Whether a sorted list has the id. */
bool deklist_has(const struct deklist *l, const uint8_t id[DEK_ID_LEN]);
void deklist_clear(struct deklist *l);
/* Adds column 0 of every row of a statement (parameter 1: id, or NULL). */
int deklist_query(struct hrv_vault *v, struct deklist *l, int sql,
    const struct hrv_id *param, struct hrv_err *err) HRV_MUST_CHECK;

#endif
