/* SPDX-License-Identifier: ISC */
/*
 * The table of all statements, made from the lists. Layer: store. Invariants,
 * kept by a test: each is one statement that prepares on a fresh database, no
 * REPLACE (it walks past delete triggers), no SELECT *, no literal that came
 * from outside.
 */
#include "vault/store/sql.h"

#define V(name, text) [SQL_##name] = { #name, SQL_ON_VAULT, text },
#define K(name, text) [SQL_##name] = { #name, SQL_ON_KEYS, text },
static const struct sql_entry entries[SQL_MAX_] = {
#include "vault/store/sql_keys.def"
#include "vault/store/sql.def"
};
#undef V
#undef K

const struct sql_entry *
sql_entry(enum sql_id id)
{
	return &entries[id];
}
