/* SPDX-License-Identifier: ISC */
/*
 * For tests only: prints every row of vault.db and of the keystore in force,
 * opened with a member's own keys, so that a test can look for what must not
 * stand there: vault_dump VAULT GNUPGHOME STATE-DIR. A line a row; a blob as
 * hex and as its bytes. Reads through the inside of the layer store.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hrvault/vault.h"
#include "vault/handle.h"
#include "vault/keys.h"
#include "vault/store/db_priv.h"
#include "vault/store/keystore_priv.h"

static int64_t
now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000;
}

static void
show_value(sqlite3_stmt *st, int at)
{
	const unsigned char *p;
	int n;

	if (sqlite3_column_type(st, at) != SQLITE_BLOB) {
		p = sqlite3_column_text(st, at);
		printf("\t%s", p == NULL ? "NULL" : (const char *)p);
		return;
	}
	p = sqlite3_column_blob(st, at);
	n = sqlite3_column_bytes(st, at);
	printf("\tx'");
	for (int i = 0; i < n; i++)
		printf("%02x", p[i]);
	printf("'\t");
	if (n > 0)
		fwrite(p, 1, (size_t)n, stdout);
}

static int
show_table(sqlite3 *db, const char *name)
{
	char sql[256];
	sqlite3_stmt *st = NULL;

	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", name);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		return 1;
	while (sqlite3_step(st) == SQLITE_ROW) {
		printf("%s", name);
		for (int i = 0; i < sqlite3_column_count(st); i++)
			show_value(st, i);
		printf("\n");
	}
	return sqlite3_finalize(st) != SQLITE_OK;
}

static int
dump(struct db *db)
{
	sqlite3_stmt *st = NULL;
	int rc, tables = 0;

	db_unguard(db);
	rc = sqlite3_prepare_v2(db->handle,
	    "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &st,
	    NULL);
	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		rc = show_table(
		    db->handle, (const char *)sqlite3_column_text(st, 0));
		tables++;
	}
	sqlite3_finalize(st);
	db_guard(db);
	return rc != SQLITE_OK || tables == 0;
}

int
main(int argc, char **argv)
{
	struct hrv_open_args a = { .clock = { now, NULL },
		.host = "dump",
		.client = "vault_dump",
		.tmp_dir = "/tmp" };
	struct hrv_err err = { 0 };
	struct hrv_vault *v = NULL;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "vault_dump VAULT GNUPGHOME STATE-DIR\n");
		return 2;
	}
	a.dir = argv[1];
	a.gnupg_home = argv[2];
	a.state_dir = argv[3];
	rc = hrv_start(&err);
	if (rc == HRV_OK)
		rc = hrv_open(&a, &v, &err);
	if (rc == HRV_OK)
		rc = keys_open(v, &err);
	if (rc != HRV_OK)
		fprintf(stderr, "vault_dump: %s\n", err.msg);
	else if (dump(v->db) != 0 || dump(v->ks->db) != 0)
		rc = fprintf(stderr, "vault_dump: a table cannot be read\n");
	hrv_close(v);
	return rc != HRV_OK || fflush(stdout) != 0;
}
