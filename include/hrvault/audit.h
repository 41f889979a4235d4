/* SPDX-License-Identifier: ISC */
/*
 * Reading and proving the log. For everybody, auditors above all: except for
 * reasons nothing here needs a key beyond that of the database, writes to the
 * vault, or shows anything that names a person.
 */
#ifndef HRVAULT_AUDIT_H
#define HRVAULT_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/* Which entries; NULL: no restriction. Texts are borrowed for the call. */
struct hrv_audit_filter {
	const char *since;   /* ISO date, or the beginning of a log time, UTC */
	const char *actor;   /* fingerprint of a member, or a tail of it */
	const char *subject; /* entries about it or one of its records */
	const char *record;  /* entries about it, batches included */
	const char *op;	     /* "record.read", or "record" for all of them */
	bool reasons;	     /* open typed reasons: logged as a reading */
};

/*
 * Calls fn for every entry that fits, oldest first: index, time, op, phase,
 * member, role, session, ids (subject, record, hold, case, proposal, run,
 * backup), compartment, result, code, ref, things (rows of a batch), payload;
 * with reasons: reason, or reason_gone / reason_withheld. HRV_EUSAGE for an
 * operation or a filter that does not exist, HRV_EREFUSED ("role") for
 * reasons.
 */
int hrv_audit_log(struct hrv_vault *v, const struct hrv_audit_filter *filter,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

/* How to verify. */
struct hrv_audit_verify_args {
	const char *from; /* text of a checkpoint the caller trusts, or NULL */
	bool full;	  /* all signatures again, whatever was verified before
			   */
};
/*
 * Verifies the whole log and what follows from it, and remembers what was
 * verified in this client's own folder. *ret_doc: ok, size, root, origin,
 * sessions, signatures_from, compared_to (entries that must be those of `from`
 * or of what was verified before; absent: none), problems[], remarks[]. HRV_OK
 * also when problems were found: look at "ok". HRV_EUSAGE when `from` is no
 * checkpoint.
 */
int hrv_audit_verify(struct hrv_vault *v,
    const struct hrv_audit_verify_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The newest signed head. *ret_doc: checkpoint (the signed note, verbatim),
 * origin, size, root, entries. */
int hrv_audit_checkpoint(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The key that outsiders verify with. *ret_doc: vkey, origin. */
int hrv_audit_vkey(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Proof that entry `index` is in the newest checkpoint. *ret_doc: index, size,
 * proof (a .tlog-proof, verbatim), leaf (the entry, verbatim). HRV_ENOTFOUND:
 * no such entry, or no checkpoint covers it yet.
 */
int hrv_audit_prove(struct hrv_vault *v, uint64_t index,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Writes the log as static tiles (C2SP tlog-tiles) below dir, which is made,
 * up to the newest checkpoint, which is written last. HRV_EEXISTS when dir
 * is there. *ret_doc: size, tiles.
 */
int hrv_audit_tiles(struct hrv_vault *v, const char *dir,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Gives up what a rollback lost, so that the vault can be used again: takes two
 * people, and the log goes on under a new origin. v was opened with
 * args.behind. *ret_doc: origin, lost (size, root). HRV_EREFUSED: nothing was
 * rolled back. HRV_ECONFIRM: a proposal waits, which hrv_rollback_approve()
 * approves.
 */
int hrv_rollback_accept(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* As hrv_proposal_approve() for such a proposal. HRV_EREFUSED "rollback": the
 * caller remembers more than it gives up. */
int hrv_rollback_approve(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
