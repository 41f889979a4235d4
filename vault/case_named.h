/* SPDX-License-Identifier: ISC */
/*
 * Which records of a case name people of this vault whom nobody linked, so that
 * no letter stands for them. Layer: verbs. It stops nothing: a name in a record
 * may be the person's own to know, and two people may share it. Whoever decides
 * and whoever approves are told, before anything goes out.
 */
#ifndef VAULT_CASE_NAMED_H
#define VAULT_CASE_NAMED_H

#include "vault/case.h"
#include "vault/pseudonym.h"
#include "vault/receipt.h"

/*
 * Opens what goes out of the case, or still may, as far as the caller holds the
 * keys, and looks for people behind whom no letter stands (mention.h): in JSON
 * and other text, in titles, notes and sources. What somebody said was checked
 * is passed over. The receipt names the case and every record. *ret is the
 * caller's: [{"record","version","people","subjects"}] in the order of the
 * items, people (how many names) 1 or more, subjects the ids of all who have
 * one of these names.
 */
int case_named(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, const struct pseudonyms *names, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets the member "named" of a result, or of what is approved (counts: without
 * the ids of people); nothing where the list is empty. 0 or -1. */
int case_put_named(json_t *doc, const json_t *named, bool counts);
/* What goes out in numbers, for whoever is to approve: the totals of the
 * package, and right, subject, undecided, named. NULL: out of memory. */
json_t *case_comes_to(
    const struct kase *k, const json_t *totals, const json_t *named);
struct hrv_doc;
/* The result of a collecting, as hrv_case_collect() gives it. */
int case_collected(struct hrv_vault *v, const struct hrv_id *kase, size_t added,
    struct hrv_doc **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
