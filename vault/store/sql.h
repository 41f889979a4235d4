/* SPDX-License-Identifier: ISC */
/*
 * Every statement of the product, by name; an auditor reads them all in sql.c.
 * Names say what they do: _GET_ one row, _LIST_ many and _COUNT_ a number
 * (read-only, a test checks it), _ADD_, _SET_, _DEL_ change. Column and
 * parameter order is the statement's own. Layer: store.
 */
#ifndef VAULT_STORE_SQL_H
#define VAULT_STORE_SQL_H

/* Which database a statement runs on. */
enum sql_where { SQL_ON_VAULT, SQL_ON_KEYS };

enum sql_id {
	/* vault.db: sql.def */
#define V(name, text) SQL_##name,
#include "vault/store/sql.def"
#undef V

	/* keys.<gen>.db */
	SQL_KEYS_ADD_GENERATION,
	SQL_KEYS_GET_GENERATION,
	SQL_KEYS_ADD_DEK,
	SQL_KEYS_GET_DEK,
	SQL_KEYS_LIST_DEKS,
	SQL_KEYS_LIST_IDS,
	SQL_KEYS_COUNT_DEKS,

	SQL_MAX_ /* how many there are */
};

struct sql_entry {
	const char *name; /* "KEYS_ADD_DEK", for messages and tests */
	enum sql_where where;
	const char *text; /* exactly one statement, values as ?1, ?2, ... */
};

/* The entry of a statement. Static, never NULL for a value of the enum. */
const struct sql_entry *sql_entry(enum sql_id id);

#endif
