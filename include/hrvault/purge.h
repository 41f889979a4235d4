/* SPDX-License-Identifier: ISC */
/*
 * Destruction runs. A run destroys what the schedule says is due and nothing
 * protects, by destroying keys; it can do so without being able to read a
 * single record. Every run is logged, also one that had nothing to do, and
 * every destruction leaves a signed certificate.
 */
#ifndef HRVAULT_PURGE_H
#define HRVAULT_PURGE_H

#include "hrvault/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a run would do today: *ret_doc has destroy[], protected[] (why, until),
 * numbers of both and of pending records. Writes nothing, any role. It reads
 * what is due, not the whole vault: the log is verified by the run, not here.
 */
int hrv_purge_plan(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * One run. *ret_doc: run, destroyed, protected, pending (numbers of records),
 * certificate (null when nothing was destroyed), finished. HRV_ECONFIRM: the
 * clock or a brake asks for people. HRV_EPARTIAL: destroyed in the database,
 * while a reader still holds the old keys; the next run finishes it.
 * HRV_EINTEGRITY: the log or the tables are not what was written; nothing was
 * destroyed.
 */
int hrv_purge_run(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * One run that carries out the approved list that `plan` names and nothing
 * else (NULL: as hrv_purge_run()). *ret_doc also has dropped[]: what of the
 * approved lists was not destroyed, and why. HRV_ECONFIRM: it waits for its
 * approval still. HRV_EREFUSED: it is over.
 */
int hrv_purge_run_plan(struct hrv_vault *v, const char *plan,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Proposes what a run would not destroy without people: what is up for review
 * and, beyond the brakes, all that is due. HRV_ECONFIRM with the proposal that
 * waits now. HRV_OK: nothing needs a decision; *ret_doc: proposal (null),
 * records (0). HRV_EREFUSED: neither hr nor dpo.
 */
int hrv_purge_propose(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Says that the clock is right although the log was silent for long; takes two
 * people (HRV_ECONFIRM with the proposal). */
int hrv_purge_confirm_clock(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Says that what a restore lost was entered again, or that nothing needs it:
 * until then nothing is destroyed. Takes two people (HRV_ECONFIRM with the
 * proposal). HRV_ENOTFOUND: no restore holds destruction back. */
int hrv_purge_confirm_restore(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The certificate of a run: *ret_doc has run, day, status, records, and the
 * texts json, text, proof, signature (base64). HRV_ENOTFOUND.
 */
int hrv_purge_show(struct hrv_vault *v, const char *run,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Runs so far, oldest first: id, day, status, records. */
int hrv_purge_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A certificate outside of any vault: the files beside each other. */
struct hrv_certificate_files {
	const char *json;
	size_t json_len;
	const void *sig; /* detached OpenPGP signature */
	size_t sig_len;
	const char *proof; /* .tlog-proof */
	size_t proof_len;
	const char *vkey;	/* the log's public key; NULL: the one that
				 * the certificate names */
	const char *gnupg_home; /* keyring with the signer's key, or NULL */
};
/*
 * Verifies a certificate without a vault: its signature by a key in the
 * keyring, its log entry, and that entry's inclusion in the log. *ret_doc: ok,
 * run, signer, signed, origin, index, size, problems[]. Problems are no error
 * of the call: look at ok.
 */
int hrv_certificate_verify(const struct hrv_certificate_files *files,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
