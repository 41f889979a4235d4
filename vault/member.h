/* SPDX-License-Identifier: ISC */
/*
 * What the files of the member verbs share: how a member is named and shown.
 * Layer: verbs.
 */
#ifndef VAULT_MEMBER_H
#define VAULT_MEMBER_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/handle.h"

struct pgp_key_info;

/* "a,b" as ["a","b"]; "-" and "" as []. NULL when out of memory. */
json_t *member_words(const char *list);
/* Appends the compartments of list ("a,b", "-" or NULL) in the order of the
 * schedule in force, each once, "-" for none. HRV_EUSAGE for an unknown one,
 * HRV_EREFUSED ("role") when the role takes none. */
int member_read_compartments(struct hrv_vault *v, const char *list,
    enum role role, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Reads the last day of a membership; NULL leaves out as it is. HRV_EUSAGE
 * when it is no date or over already. */
int member_read_until(struct hrv_vault *v, const char *until,
    char out[HRV_DATE_TEXT], struct hrv_err *err) HRV_MUST_CHECK;
/* How many members can approve something on that day: dpo and legal. */
size_t member_approvers(const struct slots *s, const char *day);
/* Demands that a change leaves enough who approve on every day from today on:
 * two, in founding one; or no fewer than there would be without it.
 * HRV_EREFUSED ("approvers"), with the first day on which it does not. */
int member_check_approvers(struct hrv_vault *v, const struct slots *next,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that a key can do what a member's key has to do: sign, and be
 * encrypted to, now. HRV_EKEY, naming it. */
int member_key_usable(
    const struct pgp_key_info *k, struct hrv_err *err) HRV_MUST_CHECK;
/* Ids of the keys granted to a member that are not destroyed, in the order of
 * the slot file. NULL when out of memory. */
json_t *member_keys(const struct slots *s, const char *fpr);
/* Whether two members are, as persons, the same one, as far as somebody said
 * so ('member link'); *ret only on success. */
int member_one_person(struct hrv_vault *v, const char *a, const char *b,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* The hint where something else was typed. */
#define MEMBER_NAMES                                                           \
	"'hrvault member list' shows them all, and 'gpg --list-keys ADDRESS' " \
	"whose key has which"
/*
 * The member with that fingerprint, or a tail of it of 16 digits or more; else
 * the former one, unless ret_former is NULL. Borrowed from s. HRV_EUSAGE,
 * HRV_ENOTFOUND.
 */
int member_find(const struct slots *s, const char *who,
    const struct slot_member **ret, const struct slot_former **ret_former,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets `key` to the user id of the certificate that the slot file has of a
 * member or former member; nothing where it has none. For people: the
 * fingerprint alone says who it is. 0, or -1 for want of memory. */
int member_set_user_id(
    json_t *o, const char *key, const struct slots *s, const char *fpr);
/*
 * The member as the verbs show it: fingerprint, user_id, role, compartments,
 * until, status, keys. status as given (static text). NULL when out of memory.
 */
json_t *member_json(
    const struct slots *s, const struct slot_member *m, const char *status);

#endif
