/* SPDX-License-Identifier: ISC */
/*
 * Events of subjects and records. Layer: verbs. Invariant: no name gets into
 * the table that the schedule in force does not know, so that a typing error
 * cannot become a fact that nobody counts.
 */
#include "vault/event.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/store/db.h"

#define PREFIX_SUBJECT "subject."
#define PREFIX_RECORD "record."

/* Kept by the vault in rows of their own. */
static const char *const kept[] = { "record.created", "record.stored",
	"record.superseded" };

static const char *
prefix_of(char kind)
{
	return kind == ID_SUBJECT ? PREFIX_SUBJECT : PREFIX_RECORD;
}

static bool
is_kept(const char *full)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (strcmp(full, kept[i]) == 0)
			return true;
	}
	return false;
}

/* The hint: those that there are. */
static int
list_events(const struct hrv_vault *v, const char *prefix, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	size_t len = strlen(prefix), used = 0;
	char all[400] = "";

	for (size_t i = 0; i < s->event_count && used < sizeof(all) - 80; i++) {
		if (strncmp(s->event[i], prefix, len) != 0 ||
		    is_kept(s->event[i]))
			continue;
		used += (size_t)snprintf(all + used, sizeof(all) - used,
		    "%s%.64s", used > 0 ? ", " : "", s->event[i] + len);
	}
	return hrv_hint(err, "there are: %s; 'hrvault policy show'", all);
}

static int
unknown(
    const struct hrv_vault *v, char kind, const char *full, struct hrv_err *err)
{
	const char *prefix = prefix_of(kind), *near;

	near = hrv_schedule_nearest_event(v->schedule, full);
	hrv_fail(err, HRV_EUSAGE, "the schedule knows no such event of a %s",
	    kind == ID_SUBJECT ? "subject" : "record");
	if (near != NULL && strncmp(near, prefix, strlen(prefix)) == 0)
		return hrv_hint(
		    err, "did you mean '%s'?", near + strlen(prefix));
	return list_events(v, prefix, err);
}

int
event_full_name(const struct hrv_vault *v, char kind, const char *typed,
    char ret[EVENT_NAME_SIZE], struct hrv_err *err)
{
	const char *prefix = prefix_of(kind);
	char full[EVENT_NAME_SIZE];
	bool has = strncmp(typed, prefix, strlen(prefix)) == 0;
	int n = snprintf(full, sizeof(full), "%s%s", has ? "" : prefix, typed);

	if (v->schedule == NULL)
		return hrv_fail(err, HRV_EFAILED, "no schedule is in force");
	if (n < 0 || (size_t)n >= sizeof(full))
		return unknown(v, kind, "", err);
	if (is_kept(full)) {
		hrv_fail(
		    err, HRV_EUSAGE, "%s is kept by the vault itself", full);
		return hrv_hint(err, "the document's own date is given with "
				     "--date when a record is added");
	}
	if (!hrv_schedule_knows_event(v->schedule, full))
		return unknown(v, kind, full, err);
	memcpy(ret, full, sizeof(full));
	return HRV_OK;
}

int
event_of_purpose(const char *name, const char *purpose,
    char ret[EVENT_NAME_SIZE], struct hrv_err *err)
{
	int n = snprintf(ret, EVENT_NAME_SIZE, "%s:%s", name, purpose);

	return n > 0 && n < EVENT_NAME_SIZE
		   ? HRV_OK
		   : hrv_fail(err, HRV_EUSAGE, "the purpose is too long");
}

const char *
event_cut_purpose(char *name)
{
	char *colon = strchr(name, ':');

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

json_t *
event_json(const char *stored, const char *day_name, const char *day)
{
	char name[EVENT_NAME_SIZE];
	const char *purpose;
	json_t *o;

	snprintf(name, sizeof(name), "%s", stored);
	purpose = event_cut_purpose(name);
	o = json_pack("{s:s,s:s}", "event", name, day_name, day);
	if (o == NULL || json_set_str(o, "purpose", purpose)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* What has happened or not; nobody plans it for a day to come. */
static bool
only_past(const char *name)
{
	static const char *const past[] = { "subject.died", "subject.applied",
		"subject.closed", "subject.last_contact",
		"subject.consent_given", "subject.consent_withdrawn",
		"record.last_entry", "record.closed", "record.issued" };

	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		if (strcmp(name, past[i]) == 0)
			return true;
	}
	return false;
}

int
event_check_day(
    const struct event *e, struct hrv_date today, struct hrv_err *err)
{
	if (!hrv_date_valid(e->day))
		return hrv_fail(err, HRV_EUSAGE,
		    "the date of the event is not a date (YYYY-MM-DD)");
	if (e->day.year < EVENT_YEAR_MIN)
		return hrv_fail(err, HRV_EUSAGE,
		    "the date of the event is before the year %d",
		    EVENT_YEAR_MIN);
	if (e->day.year > today.year + EVENT_YEARS_AHEAD) {
		hrv_fail(err, HRV_EUSAGE,
		    "the date of %s is more than %d years ahead", e->name,
		    EVENT_YEARS_AHEAD);
		return hrv_hint(err, "is the year right?");
	}
	if (only_past(e->name) && hrv_date_cmp(e->day, today) > 0) {
		hrv_fail(err, HRV_EUSAGE, "the date of %s is in the future",
		    e->name);
		return hrv_hint(err, "record it on the day or later");
	}
	return HRV_OK;
}

/* Binds owner, name and day to parameters at, at + 1 and at + 2. */
static void
bind(struct stmt *st, int at, const struct hrv_id *owner, const struct event *e)
{
	char day[HRV_DATE_TEXT];

	hrv_date_format(e->day, day);
	(void)db_bind_blob(st, at, owner->b, ID_BYTES);
	(void)db_bind_text(st, at + 1, e->name);
	(void)db_bind_text(st, at + 2, day);
}

int
event_has(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_EVENT_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	bind(st, 1, owner, e);
	rc = db_step(st, &found, err);
	db_reset(st);
	if (rc == HRV_OK)
		*ret = found;
	return rc;
}

int
event_add(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, bool *ret_new, struct hrv_err *err)
{
	char kind[2] = { owner->kind, '\0' };
	struct stmt *st;
	bool found = false;
	int rc = event_has(v, owner, e, &found, err);

	if (rc == HRV_OK && !found)
		rc = db_stmt(v->db, SQL_EVENT_ADD, &st, err);
	if (rc == HRV_OK && !found) {
		(void)db_bind_text(st, 1, kind);
		bind(st, 2, owner, e);
		(void)db_bind_int(st, 5, (int64_t)v->frontier.size);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK && ret_new != NULL)
		*ret_new = !found;
	return rc;
}

int
event_retract(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_EVENT_DEL, &st, err);

	if (rc != HRV_OK)
		return rc;
	bind(st, 1, owner, e);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(v->db) == 0) {
		id_format(owner, id);
		hrv_fail(err, HRV_ENOTFOUND, "%s has no %s on that day", id,
		    e->name);
		rc = hrv_hint(err, "'hrvault %s show %s' lists its events",
		    owner->kind == ID_SUBJECT ? "subject" : "record", id);
	}
	return rc;
}

int
event_list(struct hrv_vault *v, const struct hrv_id *owner, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_BY_DAY, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *one =
		    event_json(db_col_text(st, 0), "date", db_col_text(st, 1));

		if (one == NULL || json_array_append_new(list, one)) {
			db_reset(st);
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		}
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
