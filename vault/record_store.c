/* SPDX-License-Identifier: ISC */
/*
 * Storing a record. Layer: verbs. Invariant: whatever can be refused is
 * refused before a key is made; a record never exists without the terms that
 * the schedule in force gives it.
 */
#include "vault/record_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* The fixed list of who may have handed a document in. */
static int
check_provided_by(const char *text, struct hrv_err *err)
{
	static const char *const words[] = { "subject", "employer",
		"third_party" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0)
			return HRV_OK;
	}
	return hrv_fail(err, HRV_EUSAGE,
	    "a document is provided by subject, employer or third_party");
}

static int
check_born(const struct hrv_class *c, const struct record_store_args *a,
    struct hrv_err *err)
{
	char subject[ID_TEXT_SIZE];

	if (c->needs_born && !hrv_date_is_set(a->born)) {
		id_format(a->subject, subject);
		hrv_fail_as(err, HRV_EUSAGE, "birth-date-missing",
		    "records of the class '%s' are kept until an age is "
		    "reached, and the subject's birth date is not known",
		    c->id);
		return hrv_hint(err,
		    "first 'hrvault subject update %s --born DATE --reason T'",
		    subject);
	}
	if (c->needs_dependant_born && !hrv_date_is_set(a->dependant_born)) {
		hrv_fail_as(err, HRV_EUSAGE, "birth-date-missing",
		    "records of the class '%s' are kept until a dependant "
		    "reaches an age",
		    c->id);
		return hrv_hint(err, "give the dependant's birth date with "
				     "--dependant-born");
	}
	return HRV_OK;
}

static void
date_or_null(struct stmt *st, int at, struct hrv_date d, bool wanted)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	(void)db_bind_text(st, at, wanted && hrv_date_is_set(d) ? text : NULL);
}

static int
add_row(struct hrv_vault *v, const struct record_store_args *a,
    const struct hrv_class *c, const struct record_stored *s,
    struct hrv_err *err)
{
	static const uint8_t none[32];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RECORD_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, a->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, a->subject->b, ID_BYTES);
	(void)db_bind_text(st, 3, c->id);
	(void)db_bind_text(st, 4, c->compartment);
	(void)db_bind_text(st, 5, s->created);
	(void)db_bind_text(st, 6, s->stored);
	date_or_null(st, 7, a->born, c->needs_born && a->statement_on == NULL);
	date_or_null(st, 8, a->dependant_born,
	    c->needs_dependant_born && a->statement_on == NULL);
	(void)db_bind_text(
	    st, 9, a->provided_by == NULL ? "employer" : a->provided_by);
	(void)db_bind_int(st, 10, 0);
	(void)db_bind_blob(st, 11, none, sizeof(none));
	if (a->statement_on != NULL)
		(void)db_bind_blob(st, 12, a->statement_on->id.b, ID_BYTES);
	rc = db_run(st, err);
	if (rc == HRV_OK && a->confidential)
		rc = db_stmt(v->db, SQL_RECORD_SET_CONFIDENTIAL, &st, err);
	if (rc != HRV_OK || !a->confidential)
		return rc;
	(void)db_bind_blob(st, 1, a->id.b, ID_BYTES);
	return db_run(st, err);
}

static int
add_event(struct hrv_vault *v, const struct record_store_args *a,
    const struct event *typed, struct hrv_err *err)
{
	char name[EVENT_NAME_SIZE];
	struct event e = { name, typed->day };
	int rc = event_full_name(v, ID_RECORD, typed->name, name, err);

	/* The same fact given twice is one fact. */
	return rc == HRV_OK ? event_add(v, &a->id, &e, NULL, err) : rc;
}

static int
seal(struct hrv_vault *v, const struct record_store_args *a,
    const struct hrv_class *c, struct record_stored *s, struct hrv_err *err)
{
	struct seal_args sa = { .subject = a->subject,
		.record = &a->id,
		.version = 1,
		.class_name = c->id,
		.compartment = c->compartment,
		.header = a->header,
		.body = a->body };
	struct sealed sealed = { .header = BUF_INIT };
	int rc = seal_version(v, &sa, &sealed, err);

	if (rc != HRV_OK)
		return rc;
	rc = seal_store(v, &sa, &sealed, s->stored, err);
	memcpy(s->sha256, sealed.sha256, sizeof(s->sha256));
	s->size = sealed.size;
	sealed_clear(&sealed);
	return rc;
}

static int
check_event(struct hrv_vault *v, const struct event *typed, struct hrv_err *err)
{
	char name[EVENT_NAME_SIZE];
	struct event e = { name, typed->day };
	struct hrv_date today;
	int rc = event_full_name(v, ID_RECORD, typed->name, name, err);

	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	return rc == HRV_OK ? event_check_day(&e, today, err) : rc;
}

/* A document is not dated before there were such documents, nor tomorrow: a
 * mistyped year would move the day of its destruction by as much. */
static int
check_created(struct hrv_vault *v, struct hrv_date day, struct hrv_err *err)
{
	struct hrv_date today;
	int rc = vault_today(v, &today, err);

	if (rc == HRV_OK &&
	    (day.year < EVENT_YEAR_MIN || hrv_date_cmp(day, today) > 0))
		rc = hrv_fail(err, HRV_EUSAGE, "the date of the document is %s",
		    day.year < EVENT_YEAR_MIN ? "before the year 1900"
					      : "in the future");
	return rc;
}

/* Everything that can be found wrong before a key is made. */
static int
check(struct hrv_vault *v, const struct record_store_args *a,
    const struct hrv_class **ret, struct hrv_err *err)
{
	struct subject_row subject;
	int rc = subject_load(v, a->subject, &subject, err);

	if (rc == HRV_OK)
		rc = record_class(v, a->class_name, &subject, ret, err);
	/* The kind of a subject may have changed since; its records stay. */
	if (rc == HRV_EREFUSED && a->statement_on != NULL &&
	    strcmp(err->name, "wrong-kind") == 0) {
		*ret = hrv_schedule_class(v->schedule, a->class_name);
		rc = HRV_OK;
	}
	if (rc == HRV_OK && a->provided_by != NULL)
		rc = check_provided_by(a->provided_by, err);
	if (rc == HRV_OK && a->statement_on == NULL)
		rc = check_born(*ret, a, err);
	if (rc == HRV_OK && hrv_date_is_set(a->created))
		rc = check_created(v, a->created, err);
	for (size_t i = 0; rc == HRV_OK && i < a->n_events; i++)
		rc = check_event(v, &a->events[i], err);
	return rc;
}

/* While one of this class is there, what counts from the destruction of the
 * last one has no date. */
static int
move_waiting(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, struct hrv_err *err)
{
	struct hrv_id *moved = NULL;
	size_t n = 0;
	int rc = terms_update_waiting(v, subject, class_name, &moved, &n, err);

	free(moved);
	return rc;
}

int
record_store(struct hrv_vault *v, const struct record_store_args *args,
    struct record_stored *ret, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	struct record_stored s = { .size = 0 };
	int rc = check(v, args, &c, err);

	if (rc != HRV_OK)
		return rc;
	snprintf(s.compartment, sizeof(s.compartment), "%s", c->compartment);
	rc = vault_today_text(v, s.stored, err);
	memcpy(s.created, s.stored, sizeof(s.created));
	if (hrv_date_is_set(args->created))
		hrv_date_format(args->created, s.created);
	if (rc == HRV_OK)
		rc = seal(v, args, c, &s, err);
	if (rc == HRV_OK)
		rc = add_row(v, args, c, &s, err);
	for (size_t i = 0; rc == HRV_OK && i < args->n_events; i++)
		rc = add_event(v, args, &args->events[i], err);
	if (rc == HRV_OK)
		rc = terms_update_record(v, &args->id, NULL, err);
	if (rc == HRV_OK)
		rc = move_waiting(v, args->subject, c->id, err);
	if (rc == HRV_OK)
		rc = state_record(v, &args->id, s.state, err);
	if (rc == HRV_OK)
		*ret = s;
	return rc;
}
