/* SPDX-License-Identifier: ISC */
/*
 * One pass over all live versions with their facts. Layer: verbs. The facts
 * are those that terms.c collects for one version; here the part that belongs
 * to the subject is read once for all of its records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/event.h"
#include "vault/schedule.h"
#include "vault/store/db.h"

#define OWN_FACTS 3 /* created, stored, superseded */

/* Dated events of one owner. */
struct part {
	char (*names)[EVENT_NAME_SIZE];
	size_t *purposes; /* where in the name one begins; 0: none */
	struct hrv_date *days;
	size_t n, cap;
};

struct scan {
	struct hrv_vault *v;
	struct part subject;
	struct part record;
	struct hrv_fact *list; /* all of them, for the engine */
	size_t cap;
	struct scan_row row;
	bool any; /* row holds the row before */
};

static int
part_add(struct part *p, const char *name, const char *day, struct hrv_err *err)
{
	const char *purpose;
	struct hrv_date d;

	if (name == NULL || !hrv_date_parse(day, &d))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a stored date is not a date");
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 8 : 2 * p->cap;
		void *names = realloc(p->names, cap * sizeof(*p->names));
		void *purposes, *days;

		if (names != NULL)
			p->names = names;
		purposes = realloc(p->purposes, cap * sizeof(*p->purposes));
		if (purposes != NULL)
			p->purposes = purposes;
		days = realloc(p->days, cap * sizeof(*p->days));
		if (days != NULL)
			p->days = days;
		if (names == NULL || purposes == NULL || days == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		p->cap = cap;
	}
	snprintf(p->names[p->n], EVENT_NAME_SIZE, "%s", name);
	purpose = event_cut_purpose(p->names[p->n]);
	p->purposes[p->n] =
	    purpose == NULL ? 0 : (size_t)(purpose - p->names[p->n]);
	p->days[p->n++] = d;
	return HRV_OK;
}

/* Adds the rows of a statement with name and day; prefix and suffix make an
 * event of a class: class.<id>.destroyed. */
static int
part_read(struct scan *s, enum sql_id sql, const struct hrv_id *owner,
    struct part *p, struct hrv_err *err)
{
	char name[EVENT_NAME_SIZE];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(s->v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *text = db_col_text(st, 0);

		if (sql == SQL_TOMBSTONE_LIST_CLASSES)
			snprintf(name, sizeof(name), "class.%s.destroyed",
			    text == NULL ? "" : text);
		else
			snprintf(
			    name, sizeof(name), "%s", text == NULL ? "" : text);
		rc = part_add(p, name, db_col_text(st, 1), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Reads what is new with this row: the subject's part, and the record's, whose
 * events are those of `from`. */
static int
read_parts(struct scan *s, const struct hrv_id *subject,
    const struct hrv_id *record, const struct hrv_id *from, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (!s->any || !id_equal(&s->row.subject, subject)) {
		s->subject.n = 0;
		rc = part_read(s, SQL_EVENT_LIST_OF, subject, &s->subject, err);
		if (rc == HRV_OK)
			rc = part_read(s, SQL_TOMBSTONE_LIST_CLASSES, subject,
			    &s->subject, err);
	}
	if (rc == HRV_OK && (!s->any || !id_equal(&s->row.record, record))) {
		s->record.n = 0;
		rc = part_read(s, SQL_EVENT_LIST_OF, from, &s->record, err);
	}
	s->row.subject = *subject;
	s->row.record = *record;
	s->any = true;
	return rc;
}

static int
own_fact(struct scan *s, const char *event, const char *day, size_t *n,
    struct hrv_err *err)
{
	if (day == NULL)
		return HRV_OK;
	if (!hrv_date_parse(day, &s->list[*n].date))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a stored date is not a date");
	s->list[*n].purpose = NULL;
	s->list[(*n)++].event = event;
	return HRV_OK;
}

static size_t
put_part(struct hrv_fact *at, const struct part *p)
{
	for (size_t i = 0; i < p->n; i++)
		at[i] = (struct hrv_fact){ p->names[i], p->days[i],
			p->purposes[i] == 0 ? NULL
					    : p->names[i] + p->purposes[i] };
	return p->n;
}

static int
collect(struct scan *s, struct stmt *st, struct hrv_err *err)
{
	size_t need = OWN_FACTS + s->record.n + s->subject.n, n = 0;
	struct hrv_facts f = { .count = 0 };
	int rc;

	if (need > s->cap) {
		void *list = realloc(s->list, 2 * need * sizeof(*s->list));

		if (list == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		s->list = list;
		s->cap = 2 * need;
	}
	rc = own_fact(s, "record.created", db_col_text(st, 4), &n, err);
	if (rc == HRV_OK)
		rc = own_fact(s, "record.stored", db_col_text(st, 5), &n, err);
	if (rc == HRV_OK)
		rc = own_fact(
		    s, "record.superseded", db_col_text(st, 9), &n, err);
	n += put_part(s->list + n, &s->record);
	n += put_part(s->list + n, &s->subject);
	f.fact = s->list;
	f.count = n;
	(void)!hrv_date_parse(db_col_text(st, 6), &f.born);
	(void)!hrv_date_parse(db_col_text(st, 7), &f.dependant_born);
	s->row.facts = f;
	return rc;
}

static int
take_row(struct scan *s, struct stmt *st, struct hrv_err *err)
{
	struct hrv_id subject = { .kind = ID_SUBJECT };
	struct hrv_id record = { .kind = ID_RECORD };
	struct hrv_id from = { .kind = ID_RECORD };
	const char *class_name = db_col_text(st, 2);
	const char *compartment = db_col_text(st, 3);
	int rc = db_col_fixed(st, 0, subject.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = db_col_fixed(st, 1, record.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 10, from.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = read_parts(s, &subject, &record, &from, err);
	if (rc != HRV_OK)
		return rc;
	snprintf(s->row.class_name, sizeof(s->row.class_name), "%s",
	    class_name == NULL ? "" : class_name);
	snprintf(s->row.compartment, sizeof(s->row.compartment), "%s",
	    compartment == NULL ? "" : compartment);
	s->row.n = (uint32_t)db_col_int(st, 8);
	return collect(s, st, err);
}

static void
part_clear(struct part *p)
{
	free(p->names);
	free(p->purposes);
	free(p->days);
}

int
schedule_scan(struct hrv_vault *v, scan_fn *fn, void *ctx, struct hrv_err *err)
{
	struct scan s = { .v = v };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_SCHEDULE_LIST_VERSIONS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = take_row(&s, st, err);
		if (rc == HRV_OK)
			rc = fn(ctx, &s.row, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	part_clear(&s.subject);
	part_clear(&s.record);
	free(s.list);
	return rc;
}
