/* SPDX-License-Identifier: ISC */
/*
 * Facts and terms. Layer: verbs. Terms are a cache of what the engine says
 * today; a purge decides from the facts again.
 */
#include "vault/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/localdate.h"
#include "vault/protect.h"
#include "vault/store/db.h"
#include "vault/terms_move.h"

#define NAME_MAX_LEN EVENT_NAME_SIZE

int
vault_local_date(struct hrv_vault *v, int64_t when, struct hrv_date *ret,
    struct hrv_err *err)
{
	const char *name = v->schedule == NULL ? "UTC" : v->schedule->timezone;
	struct zone *zone = NULL;
	int rc = HRV_OK;

	/* The file is read once a command, not once a record. */
	if (v->zone == NULL || strcmp(v->zone_name, name) != 0) {
		rc = zone_load(NULL, name, &zone, err);
		if (rc != HRV_OK)
			return rc;
		zone_free(v->zone);
		v->zone = zone;
		snprintf(v->zone_name, sizeof(v->zone_name), "%s", name);
	}
	return zone_date(v->zone, when, ret, err);
}

int
vault_today(struct hrv_vault *v, struct hrv_date *ret, struct hrv_err *err)
{
	return vault_local_date(v, vault_now(v) / 1000000, ret, err);
}

int
vault_today_text(
    struct hrv_vault *v, char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	struct hrv_date d;
	int rc = vault_today(v, &d, err);

	if (rc == HRV_OK)
		hrv_date_format(d, out);
	return rc;
}

void
facts_clear(struct facts *f)
{
	free(f->list);
	free(f->names);
	*f = (struct facts){ 0 };
}

/* One more fact; its name is copied. Pointers into names are set at the end,
 * because the array may move while it grows. */
static int
add_fact(
    struct facts *f, const char *name, const char *day, struct hrv_err *err)
{
	struct hrv_date d;

	if (!hrv_date_parse(day, &d))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a stored date is not a date");
	if ((f->n & (f->n - 1)) == 0) {
		size_t cap = f->n == 0 ? 1 : 2 * f->n;
		struct hrv_fact *list = realloc(f->list, cap * sizeof(*list));
		char(*names)[NAME_MAX_LEN];

		if (list != NULL)
			f->list = list;
		names = realloc(f->names, cap * sizeof(*names));
		if (names != NULL)
			f->names = names;
		if (list == NULL || names == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	snprintf(f->names[f->n], NAME_MAX_LEN, "%s", name);
	f->list[f->n] = (struct hrv_fact){ .date = d };
	f->n++;
	return HRV_OK;
}

static int
add_events(struct hrv_vault *v, const struct hrv_id *owner, struct facts *f,
    struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_fact(f, db_col_text(st, 0), db_col_text(st, 1), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* class.<id>.destroyed: the day on which the subject's last record of that
 * class was destroyed; none while one is alive. */
static int
add_destroyed(struct hrv_vault *v, const struct hrv_id *subject,
    struct facts *f, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_LIST_CLASSES, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		char name[NAME_MAX_LEN];

		snprintf(name, sizeof(name), "class.%s.destroyed",
		    db_col_text(st, 0));
		rc = add_fact(f, name, db_col_text(st, 1), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
collect(struct hrv_vault *v, const struct record_row *rec,
    const char *superseded, struct facts *f, struct hrv_err *err)
{
	int rc = add_fact(f, "record.created", rec->created, err);

	if (rc == HRV_OK)
		rc = add_fact(f, "record.stored", rec->stored, err);
	if (rc == HRV_OK && superseded[0] != '\0')
		rc = add_fact(f, "record.superseded", superseded, err);
	if (rc == HRV_OK)
		rc = add_events(v, &rec->id, f, err);
	if (rc == HRV_OK)
		rc = add_events(v, &rec->subject, f, err);
	if (rc == HRV_OK)
		rc = add_destroyed(v, &rec->subject, f, err);
	return rc;
}

int
facts_load(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, struct facts *ret, struct hrv_err *err)
{
	struct facts f = { 0 };
	struct record_row on;
	int rc = HRV_OK;

	/* Every version of a statement ends with what it is about. */
	if (is_statement(rec)) {
		rc = record_load(v, &rec->statement_on, &on, err);
		rec = &on;
	}
	if (rc == HRV_OK)
		rc =
		    collect(v, rec, rec == &on ? "" : ver->superseded, &f, err);
	if (rc != HRV_OK) {
		facts_clear(&f);
		return rc;
	}
	for (size_t i = 0; i < f.n; i++) {
		f.list[i].event = f.names[i];
		f.list[i].purpose = event_cut_purpose(f.names[i]);
	}
	f.facts.fact = f.list;
	f.facts.count = f.n;
	if (rec->born[0] != '\0')
		(void)!hrv_date_parse(rec->born, &f.facts.born);
	if (rec->dependant_born[0] != '\0')
		(void)!hrv_date_parse(
		    rec->dependant_born, &f.facts.dependant_born);
	*ret = f;
	return HRV_OK;
}

int
terms_remove(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TERM_DEL, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	return db_run(st, err);
}

/* The bound as the table keeps it: a date, 'pending', or NULL. */
static void
bind_bound(struct stmt *st, int at, struct hrv_bound b)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(b, text);
	(void)db_bind_text(st, at, b.kind == HRV_BOUND_NONE ? NULL : text);
}

int
terms_next_review(struct hrv_vault *v, const struct hrv_id *thing,
    char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	const char *text = NULL;
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_REVIEW_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, thing->b, ID_BYTES);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		text = db_col_text(st, 0);
	snprintf(out, HRV_DATE_TEXT, "%s", text == NULL ? "" : text);
	db_reset(st);
	return rc;
}

/* When somebody should look why it has no date: as the schedule says, and not
 * again before the day that was named when somebody did. */
static int
review_day(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_decision *d, char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	char next[HRV_DATE_TEXT];
	int rc;

	out[0] = '\0';
	if (d->purge_from.kind == HRV_BOUND_DATE)
		return HRV_OK;
	rc = terms_next_review(
	    v, is_statement(rec) ? &rec->statement_on : &rec->id, next, err);
	hrv_date_format(d->review_on, out);
	if (rc == HRV_OK && strcmp(next, out) > 0)
		memcpy(out, next, HRV_DATE_TEXT);
	return rc;
}

/* known: what a date was that is pending now; "" where there never was one. */
static int
add_term(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    const struct hrv_decision *d, const char *known, struct hrv_err *err)
{
	char text[HRV_DATE_TEXT], review[HRV_DATE_TEXT];
	struct stmt *st = NULL;
	int rc = review_day(v, rec, d, review, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_TERM_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, rec->id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	(void)db_bind_blob(st, 3, rec->subject.b, ID_BYTES);
	(void)db_bind_text(st, 4, rec->class_name);
	bind_bound(st, 5, d->keep_until);
	bind_bound(st, 6, d->limit_until);
	hrv_date_format(d->purge_from.date, text);
	(void)db_bind_text(
	    st, 7, d->purge_from.kind == HRV_BOUND_DATE ? text : "");
	bind_bound(st, 8, d->restrict_from);
	(void)db_bind_text(st, 9, hrv_at_expiry_name(d->at_expiry));
	(void)db_bind_text(st, 10, review[0] == '\0' ? NULL : review);
	(void)db_bind_blob(st, 11, v->schedule_hash, sizeof(v->schedule_hash));
	(void)db_bind_text(st, 12, known);
	return db_run(st, err);
}

static int
update_version(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    struct terms_moved *moved, struct hrv_err *err)
{
	struct version_row ver;
	struct hrv_decision d;
	struct facts f = { 0 };
	struct hrv_date today;
	struct term_old old;
	int rc = version_load(v, &rec->id, n, &ver, err);

	if (rc != HRV_OK)
		return rc;
	if (ver.header.len == 0)
		goto out; /* destroyed before: it has no term */
	rc = facts_load(v, rec, &ver, &f, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = hrv_policy_decide(
		    v->schedule, rec->class_name, &f.facts, today, &d, err);
	if (rc == HRV_OK)
		rc = term_old(v, &rec->id, n, &old, err);
	if (rc == HRV_OK)
		rc = terms_remove(v, &rec->id, n, err);
	if (rc == HRV_OK)
		rc = add_term(v, rec, n, &d,
		    d.purge_from.kind == HRV_BOUND_DATE ? "" : old.known, err);
	if (rc == HRV_OK && moved != NULL)
		rc = term_moved(v, rec, n, &old, &d, moved, err);
out:
	facts_clear(&f);
	version_clear(&ver);
	return rc;
}

static int
update_record(struct hrv_vault *v, const struct hrv_id *record,
    struct terms_moved *moved, struct hrv_err *err)
{
	struct record_row rec;
	int rc = record_load(v, record, &rec, err);

	/* Who a subject is has no date of its own: it goes with the last of
	 * the subject's records. */
	if (rc != HRV_OK || rec.purged ||
	    strcmp(rec.class_name, CLASS_IDENTITY) == 0)
		return rc;
	for (uint32_t n = 1; rc == HRV_OK && n <= rec.version; n++)
		rc = update_version(v, &rec, n, moved, err);
	return rc;
}

/* Statements on it follow. */
int
terms_update_record(struct hrv_vault *v, const struct hrv_id *record,
    struct terms_moved *moved, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = update_record(v, record, moved, err);

	if (rc == HRV_OK)
		rc = ids_of(v, SQL_RECORD_LIST_STATEMENTS, record, ID_RECORD,
		    &list, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = update_record(v, &list[i], moved, err);
	free(list);
	return rc;
}

int
terms_update_subject(struct hrv_vault *v, const struct hrv_id *subject,
    struct terms_moved *moved, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RECORD_LIST_OWN_DATES, subject, ID_RECORD, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = terms_update_record(v, &list[i], moved, err);
	free(list);
	return rc;
}

static int
append(struct hrv_id **list, size_t *n, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct hrv_id *p = realloc(*list, (*n + 1) * sizeof(*p));

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*list = p;
	p[(*n)++] = *id;
	return HRV_OK;
}

int
terms_update_waiting(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, struct hrv_id **ret, size_t *ret_n,
    struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	if (!hrv_schedule_waits_for(v->schedule, class_name))
		return HRV_OK;
	rc = ids_of(
	    v, SQL_RECORD_LIST_OWN_DATES, subject, ID_RECORD, &list, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct terms_moved m = { 0 };

		rc = terms_update_record(v, &list[i], &m, err);
		if (rc == HRV_OK &&
		    m.earlier + m.later + m.pending + m.dated > 0)
			rc = append(ret, ret_n, &list[i], err);
	}
	free(list);
	return rc;
}
