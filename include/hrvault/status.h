/* SPDX-License-Identifier: ISC */
/*
 * How the vault is: what needs somebody, and whether it is undamaged. For
 * every role; status writes nothing, also where nothing can be written.
 */
#ifndef HRVAULT_STATUS_H
#define HRVAULT_STATUS_H

#include <stdbool.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * What needs doing. *ret_doc: state (ok, warning, critical), attention[]
 * (level and text, the worst first), and numbers: subjects, records, due,
 * protected (due, but held or in a case), overdue, pending, holds_active,
 * holds_to_review, cases_open, proposals_open, entries, generation,
 * free_bytes; cases[] (case, right, status, due, days_left),
 * proposals_for_you[] and proposals_to_repeat[] (proposal, kind, expires),
 * uncovered (records whose key no living key backup has), last_key_backup,
 * epochs_overdue, founding, last_purge, last_verify, members_expiring[],
 * member, role, origin.
 */
int hrv_status(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * The same as evidence of technical and organisational measures: what protects
 * the records, and that it is done. Opens no record and needs no key of a
 * compartment; writes nothing. *ret_doc: vault, time, version (of the
 * program), measures[], log {entries, root, checkpoint, checkpoints},
 * schedule {id, version, sha256}, encryption[] {compartment, records, members},
 * members[] (as hrv_member_list()), roles[] {role, members}, founding,
 * steps[] {step, about, approved_by, open, approved, done, rejected, expired},
 * destruction {runs, records, last, certificates}, holds[] {status, holds},
 * requests[] {right, status, cases}, backups[] {kind, last, backups}, epochs
 * {all, alive, last_dies}, keys (as hrv_key_check()), accuracy {unconfirmed,
 * untold}, status (as hrv_status()).
 */
int hrv_status_report(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Looks for damage: pages and structure of the databases, the log, the state
 * of every subject and record against the log, bodies against their hashes,
 * keys against what they belong to, terms against the schedule. deep: opens
 * every body the member holds the key of, in memory, under one logged intent
 * (HRV_EREFUSED, "role", for roles that write nothing). *ret_doc: ok,
 * problems[], checked (numbers), skipped[]. HRV_OK also when there are
 * problems.
 */
int hrv_check(struct hrv_vault *v, bool deep, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
