/* SPDX-License-Identifier: ISC */
/*
 * One row of an import, judged by itself. Layer: verbs. Invariant: a row that
 * passes here can be stored; what is wrong is found before anything is opened
 * or written, and no reason repeats a value.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/import_int.h"
#include "vault/subject_store.h"

#define KEEP_MAX (256u << 10) /* bytes of a row kept for the next one */

void
import_item_init(struct import_item *it)
{
	memset(it, 0, sizeof(*it));
	import_row_init(&it->row);
}

void
import_item_reset(struct import_item *it)
{
	struct import_row row;

	json_decref(it->whole);
	json_decref(it->identity);
	json_decref(it->merged);
	json_decref(it->changed);
	import_docs_clear(it);
	subject_set_clear(&it->known);
	manifest_clear(&it->states);
	/* One huge row must not hold on to its memory in every place of a
	 * batch. */
	if (it->row.record.cap > KEEP_MAX || it->row.text.cap > KEEP_MAX) {
		import_row_clear(&it->row);
		import_row_init(&it->row);
	}
	import_row_reset(&it->row);
	row = it->row;
	memset(it, 0, sizeof(*it));
	it->row = row;
}

void
import_item_clear(struct import_item *it)
{
	import_item_reset(it);
	import_row_clear(&it->row);
}

void
import_reject(struct import_item *it, size_t column, const char *about,
    const char *reason)
{
	struct rowparse_error *e;

	it->fate = FATE_REJECT;
	if (it->row.errors++ >= ROWPARSE_ERRORS_MAX)
		return;
	e = &it->row.error[it->row.errors - 1];
	e->column = column;
	e->target = about;
	(void)snprintf(e->reason, sizeof(e->reason), "%.*s",
	    (int)sizeof(e->reason) - 1, reason);
}

size_t
import_column(const struct importing *im, enum map_target to, const char *event)
{
	size_t found = 0;

	for (size_t i = 0; im->bind != NULL && i < im->bind->columns; i++) {
		const struct map_column *c = im->bind->column[i].map;

		if (c == NULL || c->to != to)
			continue;
		if (event != NULL && strcmp(c->event, event) != 0 &&
		    (c->also_event == NULL ||
			strcmp(c->also_event, event) != 0))
			continue;
		if (found != 0)
			return 0;
		found = i + 1;
	}
	return found;
}

static int
set_list(json_t *o, const char *key, const char *const *texts, size_t n)
{
	json_t *list;

	if (n == 0)
		return 0;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(list, json_string(texts[i]))) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(o, key, list);
}

static int
make_identity(struct import_item *it, struct hrv_err *err)
{
	const struct import_row *r = &it->row;
	char born[HRV_DATE_TEXT];
	json_t *o = json_object();

	hrv_date_format(r->born, born);
	if (o == NULL || json_set_str(o, "name", r->name) ||
	    json_set_str(o, "given", r->given) ||
	    json_set_str(o, "middle", r->middle) ||
	    json_set_str(o, "family", r->family) ||
	    json_set_str(o, "number", r->number) ||
	    set_list(o, "emails", r->email, r->emails) ||
	    set_list(o, "phones", r->phone, r->phones) ||
	    json_set_str(o, "born", hrv_date_is_set(r->born) ? born : NULL)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	it->identity = o;
	return HRV_OK;
}

/* Whether the error is about this row, and the others can go on. */
static bool
of_row(int rc)
{
	return rc == HRV_EUSAGE || rc == HRV_EREFUSED;
}

static int
judge_identity(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	int rc = it->identity == NULL ? make_identity(it, err) : HRV_OK;

	if (rc == HRV_OK)
		rc = subject_check(im->v, im->kind, it->identity, err);
	if (!of_row(rc))
		return rc;
	if (strcmp(err->name, "under-age") == 0)
		import_reject(it, import_column(im, MAP_BORN, NULL),
		    "birth date", "the person is under the minimum age");
	else
		import_reject(it, 0, NULL, err->msg);
	return HRV_OK;
}

static const char *
full_name(const struct importing *im, const char *name)
{
	for (size_t i = 0; i < im->n_events; i++) {
		if (strcmp(im->events[i].name, name) == 0)
			return im->events[i].full;
	}
	return NULL;
}

static bool
has_event(const struct import_item *it, const struct event *e)
{
	for (size_t i = 0; i < it->events; i++) {
		if (strcmp(it->event[i].name, e->name) == 0 &&
		    hrv_date_cmp(it->event[i].day, e->day) == 0)
			return true;
	}
	return false;
}

static int
judge_events(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	if (im->format == IMPORT_PORTABLE)
		return import_portable_events(im, it, err);
	for (size_t i = 0; i < it->row.events; i++) {
		const struct rowparse_event *said = &it->row.event[i];
		struct event e = { full_name(im, said->name), said->date };

		if (e.name == NULL)
			return hrv_fail(err, HRV_EFAILED,
			    "an event that the map does not name");
		if (event_check_day(&e, im->today, err) != HRV_OK)
			import_reject(it,
			    import_column(im, MAP_EVENT, said->name), "event",
			    err->msg);
		else if (!has_event(it, &e))
			it->event[it->events++] = e;
	}
	return HRV_OK;
}

static void
judge_record(struct importing *im, struct import_item *it)
{
	const struct import_row *r = &it->row;
	const struct hrv_class *c;

	if (im->class_name == NULL)
		return;
	c = hrv_schedule_class(im->v->schedule, im->class_name);
	if (c != NULL && c->needs_born && !hrv_date_is_set(r->born))
		import_reject(it, import_column(im, MAP_BORN, NULL),
		    "birth date",
		    "there is none, and the record is kept until an age is "
		    "reached");
	if (!hrv_date_is_set(r->created))
		return;
	if (r->created.year < EVENT_YEAR_MIN)
		import_reject(it, import_column(im, MAP_CREATED, NULL),
		    "date of the record", "it is before the year 1900");
	else if (hrv_date_cmp(r->created, im->today) > 0)
		import_reject(it, import_column(im, MAP_CREATED, NULL),
		    "date of the record", "it is in the future");
}

static int
judge_twice(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	uint64_t before = 0;
	char reason[96];
	int rc = import_seen_add(im->seen, it, &before, err);

	if (rc != HRV_OK || before == 0)
		return rc;
	(void)snprintf(reason, sizeof(reason), "row %llu is about the same %s",
	    (unsigned long long)before,
	    it->row.number != NULL ? "number" : "person");
	import_reject(it,
	    it->row.number != NULL ? import_column(im, MAP_NUMBER, NULL) : 0,
	    it->row.number != NULL ? "number" : NULL, reason);
	return HRV_OK;
}

int
import_judge(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	int rc;

	if (it->row.errors > 0) {
		it->fate = FATE_REJECT;
		return HRV_OK;
	}
	rc = judge_identity(im, it, err);
	if (rc == HRV_OK)
		rc = judge_events(im, it, err);
	if (rc != HRV_OK)
		return rc;
	judge_record(im, it);
	/* Only what can be stored makes a later row the second one. */
	if (it->row.errors == 0)
		rc = judge_twice(im, it, err);
	if (rc == HRV_OK && it->row.errors == 0)
		rc = import_docs_find(im, it, err);
	return rc;
}
