/* SPDX-License-Identifier: ISC */
/*
 * The vault's own papers in a run: which of them it takes, and those that
 * people decide about, on the same lists as records (purge_list.h). Layer:
 * verbs.
 */
#ifndef VAULT_PURGE_PAPER_H
#define VAULT_PURGE_PAPER_H

#include "vault/purge_list.h"

/* Takes the papers of a proposed list in, as of list number `plan`. */
int purge_papers_read(struct purge_lists *l, const json_t *what, size_t plan,
    struct hrv_err *err) HRV_MUST_CHECK;
/* As purge_lists_choose(), for the papers of the survey. */
int purge_papers_choose(struct hrv_vault *v, struct purge_lists *l,
    struct papers *p, struct hrv_err *err) HRV_MUST_CHECK;
/* How many are chosen. */
size_t purge_papers_chosen(const struct papers *p);
/* How many count in the brake: those that may go and are on no list. Stubs do
 * not, because their records were counted when they went. */
size_t purge_papers_braked(const struct papers *p);
/* The chosen ones, for destroy_commit(); *ret is freed by the caller. */
int purge_papers_items(const struct papers *p, struct destroy_paper **ret,
    size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What is to be decided about: papers for review, and where the brake stops a
 * run (braked) those that are due. Appends them to `list`, and the compartment
 * of each to the sorted list comps. *ret_n: how many.
 */
int purge_papers_propose(struct hrv_vault *v, const struct papers *p,
    bool braked, json_t *list, json_t *comps,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds those of the lists that stay, and why, as purge_lists_dropped(). */
int purge_papers_dropped(
    const struct purge_lists *l, const struct papers *p, json_t *list);

#endif
