/* SPDX-License-Identifier: ISC */
/*
 * The table of all statements. Layer: store. Invariants, kept by a test: each
 * is one statement that prepares on a fresh database, no REPLACE (it walks
 * past delete triggers), no SELECT *, no literal that came from outside.
 */
#include "vault/store/sql.h"

#define KEYS(id, sql) [SQL_KEYS_##id] = { "KEYS_" #id, SQL_ON_KEYS, sql }

static const struct sql_entry entries[SQL_MAX_] = {
#define V(name, text) [SQL_##name] = { #name, SQL_ON_VAULT, text },
#include "vault/store/sql.def"
#undef V

	/* keystore: schema/keys_001.sql */
	KEYS(ADD_GENERATION, "INSERT INTO generation (gen) VALUES (?1)"),

	KEYS(GET_GENERATION, "SELECT gen FROM generation"),

	KEYS(ADD_DEK,
	    "INSERT INTO dek (dek_id, record_id, purpose, kek, kek_version,"
	    " wrapped, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),

	KEYS(GET_DEK,
	    "SELECT dek_id, record_id, purpose, kek, kek_version, wrapped,"
	    " added FROM dek WHERE dek_id = ?1"),

	KEYS(LIST_DEKS,
	    "SELECT dek_id, record_id, purpose, kek, kek_version, wrapped,"
	    " added FROM dek ORDER BY dek_id"),

	KEYS(LIST_IDS, "SELECT dek_id FROM dek ORDER BY dek_id"),

	KEYS(COUNT_DEKS, "SELECT count(*) FROM dek"),
};

const struct sql_entry *
sql_entry(enum sql_id id)
{
	return &entries[id];
}
