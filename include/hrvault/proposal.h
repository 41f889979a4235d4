/* SPDX-License-Identifier: ISC */
/*
 * Proposals: steps that take two people. A command that needs a second person
 * leaves a proposal and ends with HRV_ECONFIRM; another member looks at it and
 * approves exactly it by an OpenPGP signature; the proposer repeats the
 * command, once.
 */
#ifndef HRVAULT_PROPOSAL_H
#define HRVAULT_PROPOSAL_H

#include "hrvault/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every proposal, oldest first: id, kind, status (open, approved, done,
 * rejected, expired), proposer, opened, expires, and approver where there is
 * one; of both also the user id of the certificate (proposer_user_id,
 * approver_user_id). Of an approved one outdated_by: its proposer repeated the
 * command since, for another state of things; overtaken: what it starts from
 * is not so any more. Any role; writes nothing. */
int hrv_proposal_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * One proposal (an id or a prefix): as in the list, and effects[] (what will
 * happen, in sentences), what (the same for programs, exactly as it is
 * approved), sha256 of what is approved, approvers (who may), has_reason (one
 * was typed with it, and is sealed). Any role; decrypts and writes nothing.
 * HRV_ENOTFOUND. HRV_EINTEGRITY: it is not what the log says, so it is not
 * shown.
 */
int hrv_proposal_show(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same and the reason that was typed with it: reason, and of a hold matter
 * and authority; reason_gone or reason_withheld as hrv_audit_log(). Logged as
 * a reading of reasons. HRV_EREFUSED ("role"): not for this member.
 */
int hrv_proposal_show_reason(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Approves one: the member's OpenPGP key signs exactly what was proposed.
 * Nothing else happens. *ret_doc: id, kind, status, next. HRV_EREFUSED: one's
 * own ("self-approval"), another role's, or one that is not open any more.
 * HRV_EKEY: the key would not sign.
 */
int hrv_proposal_approve(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Rejects one that is open or approved and not carried out: for whoever may
 * approve it, and for its proposer, who takes it back. The reason is sealed.
 * *ret_doc: id, kind, status. HRV_EREFUSED as above.
 */
int hrv_proposal_reject(struct hrv_vault *v, const char *which,
    const char *reason, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
