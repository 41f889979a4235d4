/* SPDX-License-Identifier: ISC */
/*
 * Cases as the log has them: whose, open or closed, frozen until when, and
 * which records they list. Folded by the names of operations alone ("case.")
 * and by what every step of a case states, so that a right added later is
 * folded like the others. Layer: verbs.
 */
#ifndef VAULT_CASELOG_H
#define VAULT_CASELOG_H

#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"
#include "vault/txn.h"

struct caselog_case {
	struct hrv_id id;
	struct hrv_id subject;
	bool closed;
	char frozen_until[11];	/* closed: last day on which it freezes */
	struct hrv_id *records; /* that it lists, each once, in no order */
	size_t n_records;
};

struct caselog {
	struct caselog_case *cases; /* in the order of their opening */
	size_t n;
};

/* Takes in one entry of the log, in order, that was carried out; entries of
 * other operations do nothing. HRV_EINTEGRITY when it makes no sense. */
int caselog_leaf(struct caselog *c, const struct leaf *leaf,
    const json_t *payload, const struct manifest *things,
    struct hrv_err *err) HRV_MUST_CHECK;
void caselog_clear(struct caselog *c);
/*
 * Whether the tables freeze on that day (ISO text) exactly what the log
 * freezes: the same cases, of the same people, to the same day, and each
 * record that one lists.
 */
int caselog_compare(struct hrv_vault *v, const struct caselog *c,
    const char *day, bool *ret_same, struct hrv_err *err) HRV_MUST_CHECK;

#endif
