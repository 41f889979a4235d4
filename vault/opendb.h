/* SPDX-License-Identifier: ISC */
/*
 * Opening the database of a vault whose keys are there: for writing where the
 * member and the medium can, for reading otherwise, as a private copy where
 * the medium has no room for anything. Layer: verbs.
 */
#ifndef VAULT_OPENDB_H
#define VAULT_OPENDB_H

#include "vault/handle.h"

/*
 * Opens vault.db into v->db and brings its schema up to date. On a full disk
 * v->full is set and nothing can be written; urgent gives up the reserve
 * instead, for a member who may place a hold. HRV_EKEY, HRV_EINTEGRITY, and
 * what db_open() says.
 */
int opendb(
    struct hrv_vault *v, bool urgent, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Puts vault.db of a vault that is being built under the key of the database in
 * force, if it is under an earlier version of it. Nobody else may have it open.
 * HRV_EKEY "database-key": the member holds no key that it is under.
 */
int opendb_rekey(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

#endif
