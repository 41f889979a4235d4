/* SPDX-License-Identifier: ISC */
/*
 * For tests only: what a vault is, in a form that two runs of one command can
 * be compared by: vault_state [-v] VAULT GNUPGHOME STATE-DIR. It opens the
 * vault as a writer, lets an ordinary command (listing people) finish what a
 * dead one left, and prints the SHA-256 of: every row of every table but
 * those of the log, without random bytes, numbers of entries and times; the
 * slot file; how many of the data keys open; which generations there are. Then
 * everything that verifying the log and checking the vault found. Exit 0 when
 * nothing was found.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hrvault/status.h"
#include "hrvault/subject.h"
#include "hrvault/vault.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/wrap.h"
#include "vault/handle.h"
#include "vault/keys.h"
#include "vault/store/db_priv.h"
#include "vault/store/keystore_priv.h"
#include "vault/verify.h"

static char **lines;
static size_t n_lines;

static void
line(const char *text)
{
	lines = realloc(lines, (n_lines + 1) * sizeof(*lines));
	if (lines == NULL || (lines[n_lines++] = strdup(text)) == NULL)
		abort();
}

static int64_t
now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000;
}

/* A column that differs between two runs of the same command. */
static bool
differs(const char *name, const unsigned char *text)
{
	static const char *const names[] = { "session", "gen", "gen_before",
		"gen_after", "length", "pos", "confirmed", "payload",
		"log_size", "bytes", "copied", "since", "token", "vkey" };
	size_t n = strlen(name);
	size_t len = text == NULL ? 0 : strlen((const char *)text);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return (n >= 4 && strcmp(name + n - 4, "leaf") == 0) ||
	       (len > 11 && text[4] == '-' && text[10] == 'T');
}

static void
row(const char *table, sqlite3_stmt *st)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s", table);
	for (int i = 0; i < sqlite3_column_count(st); i++) {
		int type = sqlite3_column_type(st, i);
		const unsigned char *text =
		    type == SQLITE_TEXT ? sqlite3_column_text(st, i) : NULL;

		/* A hold stands also where its snapshot could not be logged. */
		if (strcmp(sqlite3_column_name(st, i), "snapshot") == 0)
			buf_adds(&b, "\t~");
		else if (type == SQLITE_NULL)
			buf_adds(&b, "\t-");
		else if (type == SQLITE_BLOB)
			buf_adds(&b,
			    sqlite3_column_bytes(st, i) == 0 ? "\t0" : "\tx");
		else if (differs(sqlite3_column_name(st, i), text))
			buf_adds(&b, "\t*");
		else
			buf_addf(&b, "\t%s", sqlite3_column_text(st, i));
	}
	line(buf_str(&b));
	buf_clear(&b);
}

static void
table(sqlite3 *db, const char *name)
{
	static const char *const log[] = { "leaf", "node", "manifest",
		"checkpoint", "pack" };
	char sql[256];
	sqlite3_stmt *st = NULL;

	for (size_t i = 0; i < sizeof(log) / sizeof(log[0]); i++) {
		if (strcmp(name, log[i]) == 0)
			return;
	}
	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", name);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		line("a table that cannot be read");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		row(name, st);
	if (sqlite3_finalize(st) != SQLITE_OK)
		line("a table that could not be read to its end");
}

static void
tables(struct db *db)
{
	sqlite3_stmt *st = NULL;

	db_unguard(db);
	if (sqlite3_prepare_v2(db->handle,
		"SELECT name FROM sqlite_master WHERE type = 'table'", -1, &st,
		NULL) != SQLITE_OK)
		line("no tables");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		table(db->handle, (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	db_guard(db);
}

static void
members(const struct slots *s)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->n_members; i++)
		buf_addf(&b, "member %s %s %s %s\n", s->members[i].fpr,
		    role_name(s->members[i].role), s->members[i].compartments,
		    s->members[i].until);
	for (size_t i = 0; i < s->n_formers; i++)
		buf_addf(&b, "former %s\n", s->formers[i].fpr);
	for (size_t i = 0; i < s->n_keys; i++)
		buf_addf(
		    &b, "key %s %d\n", s->keys[i].id, (int)s->keys[i].status);
	for (size_t i = 0; i < s->n_grants; i++)
		buf_addf(
		    &b, "grant %s %s\n", s->grants[i].fpr, s->grants[i].ids);
	line(buf_str(&b));
	buf_clear(&b);
}

/* The generation that a file of keystore or anchor is of, 0 for others. */
static unsigned long
generation(const char *name)
{
	bool keys = strncmp(name, "keys.", 5) == 0;
	unsigned long gen;
	char *end;

	if (!keys && strncmp(name, "anchor.", 7) != 0)
		return 0;
	gen = strtoul(name + (keys ? 5 : 7), &end, 10);
	return strcmp(end, keys ? ".db" : "") == 0 ? gen : 0;
}

/* Keystores and anchors that should be gone, and whether those in force are
 * there. A newer generation is one that was never committed. */
static void
files(const struct hrv_vault *v)
{
	unsigned old = 0, now_there = 0;
	char text[128];
	struct dirent *e;
	DIR *d = opendir(v->dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		unsigned long gen = generation(e->d_name);

		old += gen != 0 && gen < v->gen;
		now_there += gen == v->gen;
	}
	if (d != NULL)
		closedir(d);
	snprintf(
	    text, sizeof(text), "files in force %u, old %u", now_there, old);
	line(text);
}

/* The files of recovery shares that the tables name. */
static void
recovery_files(struct hrv_vault *v)
{
	sqlite3_stmt *st = NULL;
	unsigned n = 0, there = 0;
	char path[4096];

	db_unguard(v->db);
	if (sqlite3_prepare_v2(v->db->handle,
		"SELECT DISTINCT lower(hex(split)) FROM share", -1, &st,
		NULL) != SQLITE_OK)
		line("no shares");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		snprintf(path, sizeof(path), "%s/recovery.%s", v->dir,
		    (const char *)sqlite3_column_text(st, 0));
		n++;
		there += access(path, F_OK) == 0;
	}
	sqlite3_finalize(st);
	db_guard(v->db);
	snprintf(path, sizeof(path), "recovery %u of %u", there, n);
	line(path);
}

/* How many data keys of live versions open with the keys of the member. */
static void
opens(struct hrv_vault *v)
{
	static const char sql[] =
	    "SELECT v.dek, v.kek, v.record, r.compartment FROM version v "
	    "JOIN record r ON r.id = v.record WHERE v.header IS NOT NULL";
	sqlite3_stmt *st = NULL;
	unsigned all = 0, good = 0;
	char text[64];

	db_unguard(v->db);
	if (sqlite3_prepare_v2(v->db->handle, sql, -1, &st, NULL) != SQLITE_OK)
		line("no versions");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		struct wrap_context c = { .purpose = WRAP_CONTENT };
		struct keystore_dek dek;
		struct key *k = NULL;
		struct hrv_err err;
		char kek[128];

		all++;
		snprintf(kek, sizeof(kek), "kek/%s",
		    (const char *)sqlite3_column_text(st, 3));
		memcpy(c.vault_id, v->id, 32);
		memcpy(c.dek_id, sqlite3_column_blob(st, 0), 16);
		memcpy(c.record_id, sqlite3_column_blob(st, 2), 16);
		if (keystore_get(v->ks, c.dek_id, &dek, &err) != HRV_OK)
			continue;
		c.kek_name = kek;
		c.kek_version = dek.kek_version;
		if (keyring_get(&v->ring, kek, dek.kek_version) != NULL &&
		    wrap_open(keyring_get(&v->ring, kek, dek.kek_version), &c,
			dek.wrapped, sizeof(dek.wrapped), &k, &err) == HRV_OK)
			good++;
		key_free(k);
	}
	sqlite3_finalize(st);
	db_guard(v->db);
	snprintf(text, sizeof(text), "keys open %u of %u", good, all);
	line(text);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
print_digest(bool verbose)
{
	struct buf all = BUF_INIT;
	uint8_t hash[32];

	qsort(lines, n_lines, sizeof(*lines), by_text);
	for (size_t i = 0; i < n_lines; i++)
		buf_addf(&all, "%s\n", lines[i]);
	crypt_sha256(all.data, all.len, hash);
	if (verbose)
		printf("%s", buf_str(&all));
	printf("digest ");
	for (size_t i = 0; i < sizeof(hash); i++)
		printf("%02x", hash[i]);
	printf("\n");
	buf_clear(&all);
}

static int
nobody(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)ctx;
	(void)doc;
	(void)err;
	return HRV_OK;
}

static int
report(const struct verify_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf text = BUF_INIT;

		verify_problem_text(&r->problems[i], &text);
		printf("log: %s\n", buf_str(&text));
		buf_clear(&text);
	}
	return r->n > 0;
}

/* All that verifying and checking find. */
static int
problems(struct hrv_vault *v, struct hrv_err *err)
{
	struct verify_args a = { 0 };
	struct verify_report r = { 0 };
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *list;
	int rc = verify_log(v, &a, &r, err), bad = 0;

	if (rc == HRV_OK)
		bad = report(&r);
	verify_report_clear(&r);
	if (rc == HRV_OK)
		rc = hrv_check(v, false, &doc, err);
	list = rc == HRV_OK ? hrv_doc_get(doc, "problems") : NULL;
	for (size_t i = 0; i < hrv_doc_len(list); i++, bad = 1)
		printf("check: %s\n", hrv_doc_text(hrv_doc_at(list, i)));
	hrv_doc_free(doc);
	return rc != HRV_OK ? rc : bad;
}

int
main(int argc, char **argv)
{
	struct hrv_open_args a = { .clock = { now, NULL },
		.host = "state",
		.client = "vault_state",
		.tmp_dir = "/tmp" };
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	struct hrv_err err = { 0 };
	struct hrv_vault *v = NULL;
	int rc;

	argv += verbose;
	if (argc - verbose != 4) {
		fprintf(stderr, "vault_state [-v] VAULT GNUPGHOME STATE-DIR\n");
		return 2;
	}
	a.dir = argv[1];
	a.gnupg_home = argv[2];
	a.state_dir = argv[3];
	rc = hrv_start(&err);
	if (rc == HRV_OK)
		rc = hrv_open(&a, &v, &err);
	if (rc == HRV_OK)
		rc = hrv_subject_list(v, false, nobody, NULL, &err);
	if (rc == HRV_OK)
		rc = keys_open(v, &err);
	if (rc == HRV_OK) {
		tables(v->db);
		members(v->slots);
		files(v);
		recovery_files(v);
		opens(v);
		print_digest(verbose);
		rc = problems(v, &err);
	}
	if (rc > 1)
		printf("error: %s\n", err.msg);
	hrv_close(v);
	return rc != HRV_OK || fflush(stdout) != 0;
}
