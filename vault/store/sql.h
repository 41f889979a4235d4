/* SPDX-License-Identifier: ISC */
/*
 * Every statement of the product, by name; an auditor reads them all in
 * sql.def (vault.db) and sql_keys.def (keystores).
 * Names say what they do: _GET_ one row, _LIST_ many and _COUNT_ a number
 * (read-only, a test checks it), _ADD_, _SET_, _DEL_ change. Column and
 * parameter order is the statement's own. Layer: store.
 */
#ifndef VAULT_STORE_SQL_H
#define VAULT_STORE_SQL_H

/* Which database a statement runs on. */
enum sql_where { SQL_ON_VAULT, SQL_ON_KEYS };

/* SQL_ and the name: SQL_KEYS_GET_DEK, ... */
#define V(name, text) SQL_##name,
#define K(name, text) SQL_##name,
enum sql_id {
#include "vault/store/sql_keys.def"
#include "vault/store/sql.def"
	SQL_MAX_ /* how many there are */
};
#undef V
#undef K

struct sql_entry {
	const char *name; /* "KEYS_ADD_DEK", for messages and tests */
	enum sql_where where;
	const char *text; /* exactly one statement, values as ?1, ?2, ... */
};

/* The entry of a statement. Static, never NULL for a value of the enum. */
const struct sql_entry *sql_entry(enum sql_id id);

#endif
