/* SPDX-License-Identifier: ISC */
/*
 * For tests that change a vault's database behind the program's back, as
 * somebody with the key of the database and another program could. Header
 * only; needs vaulthome.h.
 */
#ifndef TESTS_UNIT_TAMPER_H
#define TESTS_UNIT_TAMPER_H

#include "vault/handle.h"
#include "vault/store/db.h"
#include "vault/store/db_admin.h"

/* Runs SQL on the open vault's database and commits it. */
static void __attribute__((unused)) tamper(struct hrv_vault *v, const char *sql)
{
	struct hrv_err err = { 0 };
	int rc;

	db_unguard(v->db);
	rc = db_begin(v->db, &err);
	if (rc == HRV_OK)
		rc = db_script(v->db, sql, &err);
	if (rc == HRV_OK)
		rc = db_commit(v->db, &err);
	db_guard(v->db);
	if (rc != HRV_OK)
		fail_msg("%s: %s", sql, err.msg);
}

#endif
