/* SPDX-License-Identifier: ISC */
/*
 * The schema files as text: schema/NAME.sql becomes schema_NAME. A file that
 * was ever released is never edited; the next change gets the next number and
 * a line in migrate.c. Layer: store.
 */
#ifndef VAULT_STORE_SCHEMA_H
#define VAULT_STORE_SCHEMA_H

/* vault.db */
extern const char schema_001[];
extern const char schema_002[];
extern const char schema_003[];

/* keys.<gen>.db */
extern const char schema_keys_001[];

#endif
