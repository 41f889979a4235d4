/* SPDX-License-Identifier: ISC */
/*
 * What the backups leave open: records that no key backup covers, epochs that
 * should be dead. Layer: verbs.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/backup_int.h"
#include "vault/base/when.h"
#include "vault/copies.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/purge_restored.h"
#include "vault/status_int.h"
#include "vault/store/db.h"

#define FRESH_DAYS 2 /* so long may a record or a key backup wait for one */

/* The newest key backup that still opens: the entry that began it, or 0. */
static int
cover(struct status *s, int64_t *ret_leaf, char day[HRV_DATE_TEXT],
    struct hrv_err *err)
{
	const char *text;
	struct stmt *st;
	bool row = false;
	int rc = db_stmt(s->v->db, SQL_BACKUP_GET_COVER, &st, err);

	*ret_leaf = 0;
	day[0] = '\0';
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->day);
	rc = db_step(st, &row, err);
	if (rc != HRV_OK || !row)
		return rc;
	*ret_leaf = db_col_int(st, 0);
	text = db_col_text(st, 1);
	if (text != NULL && strlen(text) < HRV_DATE_TEXT)
		memcpy(day, text, strlen(text) + 1);
	db_reset(st);
	return HRV_OK;
}

static int
count(struct status *s, int64_t leaf, int64_t *ret, int64_t *ret_first,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(s->v->db, SQL_BACKUP_COUNT_UNCOVERED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, leaf);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0);
	*ret_first = db_col_int(st, 1);
	db_reset(st);
	return HRV_OK;
}

/* Whether what that entry began has waited for its backup for too long. */
static bool
is_late(const struct status *s, int64_t first)
{
	struct leaf l = LEAF_INIT;
	struct buf b = BUF_INIT;
	bool late =
	    log_read(s->v->db, (uint64_t)first, &b, NULL, NULL) != HRV_OK ||
	    leaf_parse(b.data, b.len, &l, NULL) != HRV_OK ||
	    vault_now(s->v) - l.time > FRESH_DAYS * WHEN_DAY;

	buf_clear(&b);
	return late;
}

/* A restore of keys asks for a log that knows of them, so a key backup counts
 * only once the log was backed up behind it. */
static int
log_behind(struct status *s, int64_t keys, struct hrv_err *err)
{
	struct stmt *st;
	int64_t logs;
	int rc = db_stmt(s->v->db, SQL_BACKUP_COUNT_LOGS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, keys);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	logs = db_col_int(st, 0);
	db_reset(st);
	if (json_object_set_new(
		s->doc, "log_behind_keys", json_boolean(logs == 0)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (logs == 0 && is_late(s, keys))
		status_say(s, STATUS_WARNING,
		    "the newest key backup has no log backup behind it, and "
		    "cannot be restored without: 'hrvault backup log DIR'");
	return HRV_OK;
}

static int
overdue(struct status *s, struct hrv_err *err)
{
	struct epoch *list = NULL;
	size_t n = 0;
	int64_t late = 0;
	int rc = epoch_list(s->v, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		late += !list[i].ended && strcmp(list[i].dies, s->day) <= 0;
	free(list);
	if (rc == HRV_OK && json_set_int(s->doc, "epochs_overdue", late))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (late > 0)
		status_say(s, STATUS_CRITICAL,
		    "%lld backup epoch%s should be destroyed by now: 'hrvault "
		    "backup expire --escrow DIR'",
		    (long long)late, late == 1 ? "" : "s");
	return rc;
}

static void
say_copy(void *ctx, const char *path)
{
	struct status *s = ctx;
	char *here = realpath(s->v->dir, NULL);

	/* Looked at from inside it is the vault itself. */
	if (here == NULL || strcmp(here, path) != 0) {
		status_say(s, STATUS_CRITICAL,
		    "a copy of this vault that can be opened was left in %s: "
		    "finish its restore, or destroy it",
		    path);
		(void)json_array_append_new(
		    json_object_get(s->doc, "copies"), json_string(path));
	}
	free(here);
}

int
status_copies(struct status *s, struct hrv_err *err)
{
	if (json_object_set_new(s->doc, "copies", json_array()))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	copies_each(s->v->state_dir, NULL, say_copy, s);
	return HRV_OK;
}

int
status_restored(struct status *s, struct hrv_err *err)
{
	uint64_t entry = 0;
	bool waits = false;
	int rc = purge_restored(s->v, &entry, &waits, err);

	if (rc == HRV_OK &&
	    json_object_set_new(s->doc, "held_back", json_boolean(waits)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && waits)
		status_say(s, STATUS_CRITICAL,
		    "what a restore or rollback lost is to be entered again "
		    "(entry %llu of the log), then 'hrvault purge "
		    "confirm-restore': nothing is destroyed until then",
		    (unsigned long long)entry);
	return rc;
}

int
status_backup(struct status *s, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	int64_t leaf = 0, n = 0, first = 0;
	int rc = cover(s, &leaf, day, err);

	if (rc == HRV_OK)
		rc = count(s, leaf, &n, &first, err);
	if (rc != HRV_OK)
		return rc;
	if (json_set_int(s->doc, "uncovered", n) ||
	    json_object_set_new(s->doc, "last_key_backup",
		day[0] == '\0' ? json_null() : json_string(day)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (n > 0 && is_late(s, first))
		status_say(s, STATUS_WARNING,
		    "no key backup covers %lld record%s: 'hrvault backup keys "
		    "DIR'",
		    (long long)n, n == 1 ? "" : "s");
	if (leaf > 0)
		rc = log_behind(s, leaf, err);
	return rc == HRV_OK ? overdue(s, err) : rc;
}
