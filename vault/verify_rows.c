/* SPDX-License-Identifier: ISC */
/*
 * Tables that have a row for each entry of a kind: backups, epochs and escrow
 * folders, successions of the log, and reviews. Layer: verbs. Invariant: nobody
 * learns from an edited row that a key backup lives or is dead, where the log
 * went on, or when somebody looked.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/store/db.h"
#include "vault/version.h"
#include "vault/verify_int.h"

/* What the entries make of the tables: for each row a line of what it must
 * say, by a name that tells the table and its key. */
static int
put(struct verify *y, const char *name, const struct buf *line,
    struct hrv_err *err)
{
	int rc = buf_ok(line, err);

	if (rc == HRV_OK && y->rows == NULL)
		y->rows = json_object();
	if (rc == HRV_OK &&
	    json_object_set_new(y->rows, name, json_string(buf_str(line))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

static void
add_hex(struct buf *b, const void *data, size_t len)
{
	buf_addc(b, ' ');
	enc_hex(b, data, len);
}

/* What an entry says, or a mark that no row has. */
static const char *
word(const json_t *json, const char *key)
{
	const char *text = json_str(json, key);

	return text == NULL ? "!" : text;
}

static int
fold_escrow(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const json_t *list = json_object_get(json, "custodians");
	struct buf b = BUF_INIT;
	char name[64];
	int rc;

	buf_addf(&b, " %s ", word(json, "escrow"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *fpr = json_string_value(json_array_get(list, i));

		buf_addf(&b, "%s%s", i > 0 ? "," : "", fpr == NULL ? "!" : fpr);
	}
	buf_addf(&b, " %lld %lld", (long long)json_int(json, "days", 0),
	    (long long)json_int(json, "keep", 0));
	snprintf(
	    name, sizeof(name), "escrow %llu", (unsigned long long)y->f.size);
	rc = put(y, name, &b, err);
	buf_clear(&b);
	return rc;
}

/* Only the first end of an epoch is its end. */
static int
fold_expire(struct verify *y, const json_t *json, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	const char *line;
	char name[64];
	size_t len;
	int rc = HRV_OK;

	if (json_object_get(json, "orphan") != NULL)
		return HRV_OK; /* a file of no epoch */
	snprintf(name, sizeof(name), "epoch %lld",
	    (long long)json_int(json, "epoch", 0));
	line = json_str(y->rows, name);
	len = line == NULL ? 0 : strlen(line);
	if (line == NULL) {
		verify_problem(
		    y, y->f.size, "it ends an epoch that never began");
	} else if (line[len - 1] == '-') {
		buf_add(&b, line, len - 1);
		buf_addf(&b, "%llu", (unsigned long long)y->f.size);
		rc = put(y, name, &b, err);
	}
	buf_clear(&b);
	return rc;
}

static int
fold_epoch(struct verify *y, const json_t *json, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	char name[64];
	int rc;

	if (json_int(json, "ended", 0) == 1) /* a restore knows that it did */
		return fold_expire(y, json, err);
	buf_addf(&b, " %s %s %s %s %s %s %llu -", word(json, "key"),
	    word(json, "escrow"), word(json, "begins"), word(json, "closes"),
	    word(json, "dies"), word(json, "sealed_sha256"),
	    (unsigned long long)y->f.size);
	snprintf(name, sizeof(name), "epoch %lld",
	    (long long)json_int(json, "epoch", 0));
	if (json_str(y->rows, name) != NULL) {
		verify_problem(y, y->f.size, "it begins an epoch once more");
		rc = HRV_OK;
	} else {
		rc = put(y, name, &b, err);
	}
	buf_clear(&b);
	return rc;
}

/* The day in the vault's zone is one of three: that of the entry in UTC, or a
 * neighbour. */
static void
add_days(struct buf *b, int64_t time)
{
	char text[WHEN_TEXT_LEN + 1];

	buf_adds(b, " ?");
	for (int i = -1; i <= 1; i++) {
		if (when_format(time + i * WHEN_DAY, text))
			buf_addf(b, "%.10s", text);
	}
}

/* A number that the entry has, or anything. */
static void
add_known(struct buf *b, const json_t *json, const char *key)
{
	if (json_object_get(json, key) == NULL)
		buf_adds(b, " ?");
	else
		buf_addf(b, " %lld", (long long)json_int(json, key, 0));
}

static int
fold_backup(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	bool keys = strcmp(l->op->name, "backup.keys") == 0;
	struct buf name = BUF_INIT, b = BUF_INIT;
	struct hrv_id id;
	int rc;

	if (!id_parse(l->backup, ID_BACKUP, &id)) {
		verify_problem(y, y->f.size, "it does not name the backup");
		return HRV_OK;
	}
	buf_adds(&name, "backup");
	add_hex(&name, id.b, ID_BYTES);
	buf_addf(&b, " %s %llu %llu", l->op->name + strlen("backup."),
	    (unsigned long long)l->ref, (unsigned long long)y->f.size);
	add_days(&b, l->time);
	if (keys)
		add_known(&b, json, "epoch");
	else
		buf_adds(&b, " -");
	add_known(&b, json, "log_size");
	add_known(&b, json, "bytes");
	add_known(&b, json, keys ? "bytes" : "copied");
	rc = buf_ok(&name, err);
	if (rc == HRV_OK)
		rc = put(y, buf_str(&name), &b, err);
	buf_clear(&name);
	buf_clear(&b);
	return rc;
}

static int
fold_fork(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const json_t *before = json_object_get(json, "before");
	const json_t *from = json_object_get(json, "from");
	const char *root = word(before, "root");
	struct buf b = BUF_INIT;
	uint8_t hash[TREE_HASH] = { 0 };
	char name[64];
	int rc;

	if (strcmp(word(json, "reason"), "key") == 0)
		return HRV_OK; /* the same origin */
	if (!enc_unb64_fixed(root, strlen(root), hash, sizeof(hash)))
		verify_problem(
		    y, y->f.size, "it does not say which head is given up");
	buf_addf(&b, " %s %lld %lld", word(before, "origin"),
	    (long long)json_int(from, "size", 0),
	    (long long)json_int(before, "size", 0));
	add_hex(&b, hash, sizeof(hash));
	buf_addf(&b, " %s", word(json, "origin"));
	snprintf(name, sizeof(name), "succession %llu",
	    (unsigned long long)y->f.size);
	rc = put(y, name, &b, err);
	buf_clear(&b);
	return rc;
}

/* The last look at a thing counts. */
static int
fold_review(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	bool record = l->record[0] != '\0';
	struct buf name = BUF_INIT, b = BUF_INIT;
	struct hrv_id id;
	int rc;

	if (json_str(json, "next") == NULL)
		return HRV_OK; /* somebody goes out of turn */
	if (!id_parse(record ? l->record : l->subject,
		record ? ID_RECORD : ID_SUBJECT, &id)) {
		verify_problem(y, y->f.size, "it does not say of what");
		return HRV_OK;
	}
	buf_adds(&name, "review");
	add_hex(&name, id.b, ID_BYTES);
	buf_addf(&b, " %s %llu", json_str(json, "next"),
	    (unsigned long long)y->f.size);
	rc = buf_ok(&name, err);
	if (rc == HRV_OK)
		rc = put(y, buf_str(&name), &b, err);
	buf_clear(&name);
	buf_clear(&b);
	return rc;
}

int
verify_rows_after(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	const char *op = l->op->name;

	if (strcmp(op, "backup.escrow") == 0)
		return fold_escrow(y, json, err);
	if (strcmp(op, "backup.epoch") == 0)
		return fold_epoch(y, json, err);
	if (strcmp(op, "backup.expire") == 0)
		return fold_expire(y, json, err);
	if (strcmp(op, "backup.records") == 0 ||
	    strcmp(op, "backup.keys") == 0 || strcmp(op, "backup.log") == 0)
		return fold_backup(y, l, json, err);
	if (strcmp(op, "log.succession") == 0)
		return fold_fork(y, json, err);
	if (strcmp(op, "record.review") == 0 ||
	    strcmp(op, "subject.review") == 0)
		return fold_review(y, l, json, err);
	return HRV_OK;
}

/* ---- the tables ---- */

static const struct table {
	const char *name;
	enum sql_id sql;
	const char *columns; /* i number, t text, x bytes; the first names it */
	const char *what;
} tables[] = {
	{ "escrow", SQL_VERIFY_LIST_ESCROWS, "ixtii", "escrow folders" },
	{ "epoch", SQL_VERIFY_LIST_EPOCHS, "ixxtttxii",
	    "epochs of key backups" },
	{ "backup", SQL_VERIFY_LIST_BACKUPS, "xtiitiiii", "backups" },
	{ "succession", SQL_VERIFY_LIST_SUCCESSIONS, "itiixt",
	    "origins of the log" },
	{ "review", SQL_VERIFY_LIST_REVIEWS, "xti", "reviews" },
};

static void
add_column(struct buf *b, struct stmt *st, int at, char kind)
{
	const uint8_t *p;
	const char *text;
	size_t len;

	if (db_col_null(st, at)) {
		buf_adds(b, " -");
	} else if (kind == 'i') {
		buf_addf(b, " %lld", (long long)db_col_int(st, at));
	} else if (kind == 't') {
		text = db_col_text(st, at);
		buf_addf(b, " %s", text == NULL ? "!" : text);
	} else {
		p = db_col_blob(st, at, &len);
		add_hex(b, p, len);
	}
}

/* Word by word; one that begins with ? stands for itself alone, or for any of
 * the days that follow it. */
static bool
same_line(const char *want, const char *got)
{
	while (*want != '\0' && *got != '\0') {
		size_t n = strcspn(want + 1, " ") + 1;
		size_t m = strcspn(got + 1, " ") + 1;
		bool any = n >= 2 && want[1] == '?';

		if (any && n > 2 &&
		    (m != 11 || memmem(want, n, got + 1, m - 1) == NULL))
			return false;
		if (!any && (n != m || memcmp(want, got, n) != 0))
			return false;
		want += n;
		got += m;
	}
	return *want == '\0' && *got == '\0';
}

/* One row; what it must say is taken off the list. */
static int
check_row(struct verify *y, const struct table *t, struct stmt *st, bool *same,
    struct hrv_err *err)
{
	struct buf name = BUF_INIT, line = BUF_INIT;
	const char *want;
	int rc;

	buf_adds(&name, t->name);
	add_column(&name, st, 0, t->columns[0]);
	for (int i = 1; t->columns[i] != '\0'; i++)
		add_column(&line, st, i, t->columns[i]);
	rc = buf_ok(&name, err);
	if (rc == HRV_OK)
		rc = buf_ok(&line, err);
	if (rc == HRV_OK) {
		want = json_str(y->rows, buf_str(&name));
		*same =
		    *same && want != NULL && same_line(want, buf_str(&line));
		if (want != NULL)
			(void)json_object_del(y->rows, buf_str(&name));
	}
	buf_clear(&name);
	buf_clear(&line);
	return rc;
}

/* A review goes with what was looked at. */
static int
is_gone(struct verify *y, const char *hex, bool *ret, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	struct record_row rec;
	struct subject_row sub;
	int rc;

	*ret = false;
	if (!enc_unhex(hex, strlen(hex), id.b, ID_BYTES))
		return HRV_OK;
	rc = record_load(y->v, &id, &rec, err);
	if (rc == HRV_OK)
		*ret = rec.purged;
	if (rc != HRV_ENOTFOUND)
		return rc;
	id.kind = ID_SUBJECT;
	rc = subject_load(y->v, &id, &sub, err);
	*ret = rc == HRV_OK && sub.gone;
	return rc == HRV_ENOTFOUND ? HRV_OK : rc;
}

/* What no row said. */
static int
check_missing(
    struct verify *y, const struct table *t, bool *same, struct hrv_err *err)
{
	size_t len = strlen(t->name);
	const char *name;
	json_t *line;
	bool gone;
	int rc = HRV_OK;

	json_object_foreach(y->rows, name, line)
	{
		(void)line;
		gone = false;
		if (strncmp(name, t->name, len) != 0 || name[len] != ' ')
			continue;
		if (t->sql == SQL_VERIFY_LIST_REVIEWS)
			rc = is_gone(y, name + len + 1, &gone, err);
		if (rc != HRV_OK)
			return rc;
		*same = *same && gone;
	}
	return HRV_OK;
}

static int
check_table(struct verify *y, const struct table *t, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false, same = true;
	int rc = db_stmt(y->v->db, t->sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = check_row(y, t, st, &same, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc == HRV_OK)
		rc = check_missing(y, t, &same, err);
	if (rc == HRV_OK && !same)
		verify_problem_log(y,
		    "the table of %s is not what the log made of it", t->what);
	return rc;
}

int
verify_rows_end(struct verify *y, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0;
	     rc == HRV_OK && i < sizeof(tables) / sizeof(tables[0]); i++)
		rc = check_table(y, &tables[i], err);
	return rc;
}
