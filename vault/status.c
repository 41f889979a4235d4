/* SPDX-License-Identifier: ISC */
/*
 * What needs doing. Layer: verbs. Invariant: it writes nothing and needs no
 * key beyond that of the database, so it answers for every role, on a full
 * disk and on a medium that cannot be written.
 */
#include "hrvault/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "vault/holdplace.h"
#include "vault/protect.h"
#include "vault/reserve.h"
#include "vault/status_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"

void
status_say(struct status *s, enum status_level level, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(
	    level == STATUS_CRITICAL ? s->critical : s->warning,
	    json_pack("{s:s,s:s}", "level",
		level == STATUS_CRITICAL ? "critical" : "warning", "text",
		text));
}

/* Due rows, and those of them that a hold or a case protects. */
static int
count_due(struct status *s, enum sql_id sql, const struct protect *p,
    int64_t *ret_due, int64_t *ret_protected, int64_t *ret_held,
    struct hrv_err *err)
{
	struct protect_why why;
	struct record_row rec;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(s->v->db, sql, &st, err);

	*ret_due = 0;
	*ret_protected = 0;
	*ret_held = 0;
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->day);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_RECORD };

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = record_load(s->v, &id, &rec, err);
		if (rc == HRV_OK)
			rc = protect_record(s->v, p, &rec, &why, err);
		if (rc != HRV_OK)
			break;
		(*ret_due)++;
		*ret_protected += protect_any(&why);
		*ret_held += why.hold || why.cooling;
	}
	db_reset(st);
	return rc;
}

static int
status_due(struct status *s, struct hrv_err *err)
{
	struct protect *p = NULL;
	int64_t due = 0, held = 0, late = 0, late_held = 0;
	int64_t by_hold = 0, beyond = 0;
	int rc = protect_load(s->v, &p, err);

	if (rc == HRV_OK)
		rc = count_due(
		    s, SQL_STATUS_LIST_DUE, p, &due, &held, &by_hold, err);
	if (rc == HRV_OK)
		rc = count_due(s, SQL_STATUS_LIST_OVERDUE, p, &late, &late_held,
		    &beyond, err);
	protect_free(p);
	if (rc == HRV_EINTEGRITY) {
		status_say(s, STATUS_CRITICAL, "%s", err->msg);
		rc = HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	late -= late_held;
	if (json_set_int(s->doc, "due", due) ||
	    json_set_int(s->doc, "protected", held) ||
	    json_set_int(s->doc, "held_beyond_limit", beyond) ||
	    json_set_int(s->doc, "overdue", late))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (late > 0)
		status_say(s, STATUS_CRITICAL,
		    "%lld record%s kept longer than the law allows: 'hrvault "
		    "purge plan'",
		    (long long)late, late == 1 ? " is" : "s are");
	return HRV_OK;
}

/* Who was told of a hold and never answered. */
static int
status_notices(struct status *s, struct hrv_err *err)
{
	int64_t open = 0, late = 0;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(s->v->db, SQL_NOTICE_LIST_OPEN, &st, err);

	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *last = db_col_text(st, 3);
		json_t *o = json_pack("{s:I,s:s}", "every",
		    (json_int_t)db_col_int(st, 2), "sent",
		    last == NULL ? "" : last);
		char due[11];

		hold_reminder_due(o, due);
		json_decref(o);
		open++;
		late += due[0] != '\0' && strcmp(due, s->day) <= 0;
	}
	if (rc != HRV_OK)
		return rc;
	if (json_set_int(s->doc, "notices_open", open) ||
	    json_set_int(s->doc, "reminders_due", late))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (late > 0)
		status_say(s, STATUS_WARNING,
		    "%lld notice%s of a hold not acknowledged, and a reminder "
		    "is due: 'hrvault hold list'",
		    (long long)late, late == 1 ? " is" : "s are");
	return HRV_OK;
}

int
status_counts(struct status *s, struct hrv_err *err)
{
	static const char *const names[] = { "subjects", "records", "pending",
		"pending_review", "holds_active", "holds_to_review",
		"cases_open" };
	int64_t n[sizeof(names) / sizeof(names[0])];
	struct stmt *st;
	int bad = 0;
	int rc = db_stmt(s->v->db, SQL_STATUS_COUNTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, s->day);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	for (int i = 0; i < (int)(sizeof(n) / sizeof(n[0])); i++) {
		n[i] = db_col_int(st, i);
		bad |= json_set_int(s->doc, names[i], n[i]);
	}
	db_reset(st);
	if (bad)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (n[3] > 0)
		status_say(s, STATUS_WARNING,
		    "%lld record%s without a trigger should be looked at: "
		    "'hrvault retention orphans'",
		    (long long)n[3], n[3] == 1 ? "" : "s");
	if (n[5] > 0)
		status_say(s, STATUS_WARNING,
		    "%lld hold%s to be reviewed: 'hrvault hold list'",
		    (long long)n[5], n[5] == 1 ? " is" : "s are");
	rc = status_notices(s, err);
	return rc == HRV_OK ? status_due(s, err) : rc;
}

int
status_files(struct status *s, struct hrv_err *err)
{
	struct statvfs fs;
	char *path = NULL;
	int64_t room;
	int rc = vault_path(s->v, "reserve", &path, err);

	if (rc != HRV_OK)
		return rc;
	if (access(path, F_OK) != 0)
		status_say(s, STATUS_WARNING,
		    "the reserve for placing holds on a full disk is used up");
	free(path);
	if (statvfs(s->v->dir, &fs) != 0)
		return HRV_OK;
	room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (json_set_int(s->doc, "free_bytes", room))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if ((fs.f_flag & ST_RDONLY) != 0)
		status_say(s, STATUS_WARNING, "the vault cannot be written");
	else if (room < RESERVE_BYTES)
		status_say(s, STATUS_CRITICAL, "the disk is full");
	else if (room < INT64_C(100) << 20)
		status_say(s, STATUS_WARNING, "%lld MiB are free on the disk",
		    (long long)(room >> 20));
	return HRV_OK;
}

static int
identify(struct status *s, struct hrv_err *err)
{
	if (json_set_str(s->doc, "state", "ok") ||
	    json_set_str(s->doc, "origin", s->v->origin) ||
	    json_set_str(s->doc, "member", s->v->fpr) ||
	    json_set_str(s->doc, "role", role_name(s->v->role)) ||
	    json_object_set_new(
		s->doc, "founding", json_boolean(s->v->founding)) ||
	    json_object_set_new(
		s->doc, "without_log", json_boolean(s->v->without_log)) ||
	    json_set_int(s->doc, "generation", s->v->gen))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

/* The verdict, and the sentences with the worst first. */
static int
conclude(struct status *s, struct hrv_err *err)
{
	const char *state = json_array_size(s->critical) > 0  ? "critical"
			    : json_array_size(s->warning) > 0 ? "warning"
							      : "ok";

	if (json_array_extend(s->critical, s->warning) ||
	    json_object_set(s->doc, "attention", s->critical) ||
	    json_set_str(s->doc, "state", state))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
hrv_status(struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct status s = { .v = v,
		.doc = json_object(),
		.critical = json_array(),
		.warning = json_array() };
	int rc = vault_today(v, &s.today, err);

	if (s.doc == NULL || s.critical == NULL || s.warning == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		hrv_date_format(s.today, s.day);
		rc = db_begin_read(v->db, err);
	}
	if (rc == HRV_OK)
		rc = identify(&s, err);
	if (rc == HRV_OK)
		rc = status_counts(&s, err);
	if (rc == HRV_OK)
		rc = status_cases(&s, err);
	if (rc == HRV_OK)
		rc = status_proposals(&s, err);
	if (rc == HRV_OK)
		rc = status_log(&s, err);
	if (rc == HRV_OK)
		rc = status_keys(&s, err);
	if (rc == HRV_OK)
		rc = status_backup(&s, err);
	if (rc == HRV_OK)
		rc = status_restored(&s, err);
	if (rc == HRV_OK)
		rc = status_recovery(&s, err);
	db_rollback(v->db);
	if (rc == HRV_OK)
		rc = status_members(&s, err);
	if (rc == HRV_OK)
		rc = status_files(&s, err);
	if (rc == HRV_OK)
		rc = status_copies(&s, err);
	if (rc == HRV_OK)
		rc = conclude(&s, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(s.doc);
	json_decref(s.doc);
	json_decref(s.critical);
	json_decref(s.warning);
	return rc;
}
