/* SPDX-License-Identifier: ISC */
/*
 * Schema steps. Layer: store. Invariant: foreign keys are switched off before
 * a step begins (dropping a parent table would otherwise empty its children)
 * and checked before it commits; the version number commits with the step.
 */
#include "vault/store/migrate.h"

#include "vault/store/db.h"
#include "vault/store/db_admin.h"
#include "vault/store/schema.h"

#define APP_VAULT 0x68727664 /* "hrvd" */
#define APP_KEYS 0x6872766b  /* "hrvk" */

static const char *const vault_steps[] = { schema_001, schema_002, schema_003 };
static const char *const keys_steps[] = { schema_keys_001 };

static const struct schema vault_schema = { APP_VAULT, vault_steps, 3 };
static const struct schema keys_schema = { APP_KEYS, keys_steps, 1 };

const struct schema *
schema_of(enum sql_where where)
{
	return where == SQL_ON_KEYS ? &keys_schema : &vault_schema;
}

/* The step the file is at, after checking that it is of this kind. */
static int
get_version(struct db *db, const struct schema *schema, int64_t *ret,
    struct hrv_err *err)
{
	int64_t app = 0;
	int64_t version = 0;
	int rc = db_get_app(db, &app, &version, err);

	if (rc != HRV_OK)
		return rc;
	if (app != schema->app && (app != 0 || version != 0))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "this is a database of another kind");
	if (version > schema->count) {
		(void)hrv_fail_as(err, HRV_EREFUSED, "new-format",
		    "the vault was written by a newer hrvault (format %d,"
		    " this one knows %d)",
		    (int)version, (int)schema->count);
		return hrv_hint(err, "install the newer version here too");
	}
	*ret = version;
	return HRV_OK;
}

static int
apply(
    struct db *db, const struct schema *schema, int64_t at, struct hrv_err *err)
{
	int64_t now = 0;
	int rc;

	rc = db_begin(db, err);
	if (rc != HRV_OK)
		return rc;
	/* Somebody else may have been faster. */
	rc = get_version(db, schema, &now, err);
	if (rc == HRV_OK && now == at) {
		rc = db_script(db, schema->steps[at], err);
		if (rc == HRV_OK)
			rc = db_foreign_key_check(db, err);
		if (rc == HRV_OK)
			rc =
			    db_set_app(db, schema->app, (int32_t)(at + 1), err);
	}
	if (rc == HRV_OK)
		rc = db_commit(db, err);
	db_rollback(db);
	return rc;
}

static int
apply_all(struct db *db, const struct schema *schema, int64_t version,
    struct hrv_err *err)
{
	struct hrv_err again = { 0 };
	int on;
	int rc = db_foreign_keys(db, false, err);

	if (rc != HRV_OK)
		return rc;
	db_unguard(db);
	while (rc == HRV_OK && version < schema->count) {
		rc = apply(db, schema, version, err);
		if (rc == HRV_OK)
			rc = get_version(db, schema, &version, err);
	}
	db_guard(db);
	on = db_foreign_keys(db, true, &again);
	if (rc == HRV_OK && on != HRV_OK)
		rc = hrv_fail(err, again.code, "%s", again.msg);
	return rc;
}

int
migrate(struct db *db, const struct schema *schema, struct hrv_err *err)
{
	int64_t version = 0;
	int rc = get_version(db, schema, &version, err);

	if (rc != HRV_OK || version == schema->count)
		return rc;
	if (db_readonly(db)) {
		(void)hrv_fail_as(err, HRV_EREFUSED, "old-format",
		    "the vault has an older format (%d, this program has %d)",
		    (int)version, (int)schema->count);
		return hrv_hint(err,
		    "it is brought up to date by the first command that"
		    " writes");
	}
	return apply_all(db, schema, version, err);
}
