/* SPDX-License-Identifier: ISC */
/*
 * Days of an event and the records that count from them. Layer: verbs.
 */
#include "vault/eventdates.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/retention.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* One more version counts from that day. */
static int
count(json_t *dates, struct hrv_date d, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	json_t *one;
	size_t i;

	hrv_date_format(d, day);
	json_array_foreach(dates, i, one)
	{
		if (strcmp(json_str(one, "date"), day) != 0)
			continue;
		if (json_set_int(
			one, "records", json_int(one, "records", 0) + 1))
			return no_memory(err);
	}
	return HRV_OK;
}

static int
count_version(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    const char *event, json_t *dates, struct hrv_err *err)
{
	struct retention r;
	struct hrv_date today, seen = HRV_DATE_NONE;
	bool live = false;
	int rc = vault_today(v, &today, err);

	if (rc == HRV_OK)
		rc = retention_load(v, record, n, today, &r, &live, err);
	if (rc != HRV_OK || !live)
		return rc;
	for (size_t i = 0; rc == HRV_OK && i < r.decision.fact_count; i++) {
		const struct hrv_used_fact *f = &r.decision.fact[i];

		/* It may be both bounds that were counted from it. */
		if (!f->decisive || strcmp(f->event, event) != 0 ||
		    (hrv_date_is_set(seen) && hrv_date_cmp(seen, f->date) == 0))
			continue;
		seen = f->date;
		rc = count(dates, f->date, err);
	}
	retention_clear(&r);
	return rc;
}

static int
count_records(struct hrv_vault *v, const struct hrv_id *owner,
    const char *event, json_t *dates, struct hrv_err *err)
{
	struct hrv_id *ids = NULL, self = *owner;
	struct record_row rec;
	size_t n = 0;
	bool all = owner->kind == ID_SUBJECT;
	int rc = HRV_OK;

	if (all)
		rc = ids_of(v, SQL_RECORD_LIST_DOCUMENTS_OF, owner, ID_RECORD,
		    &ids, &n, err);
	else
		n = 1;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		const struct hrv_id *id = all ? &ids[i] : &self;

		rc = record_load(v, id, &rec, err);
		for (uint32_t k = 1;
		     rc == HRV_OK && !rec.purged && k <= rec.version; k++)
			rc = count_version(v, id, k, event, dates, err);
	}
	free(ids);
	return rc;
}

/* The days of the event, each with nothing that counts from it. */
static int
list_days(struct hrv_vault *v, const struct hrv_id *owner, const char *event,
    json_t *dates, struct hrv_err *err)
{
	json_t *all = NULL, *one, *row;
	size_t i;
	int rc = event_list(v, owner, &all, err);

	if (rc != HRV_OK)
		return rc;
	json_array_foreach(all, i, one)
	{
		if (strcmp(json_str(one, "event"), event) != 0 ||
		    json_str(one, "purpose") != NULL)
			continue;
		row = json_object();
		if (row == NULL ||
		    json_set_str(row, "date", json_str(one, "date")) ||
		    json_set_int(row, "records", 0) ||
		    json_array_append(dates, row))
			rc = no_memory(err);
		json_decref(row);
	}
	json_decref(all);
	return rc;
}

int
eventdates_put(struct hrv_vault *v, const struct hrv_id *owner,
    const char *event, size_t least, json_t *o, struct hrv_err *err)
{
	json_t *dates = json_array();
	int rc = list_days(v, owner, event, dates, err);

	if (rc == HRV_OK && json_array_size(dates) >= least)
		rc = count_records(v, owner, event, dates, err);
	if (rc == HRV_OK && json_array_size(dates) >= least &&
	    json_object_set(o, "dates", dates))
		rc = no_memory(err);
	json_decref(dates);
	return rc;
}

int
eventdates_put_missing(struct hrv_vault *v, const struct record_row *rec,
    const struct version_row *ver, json_t *o, struct hrv_err *err)
{
	struct retention r = { .n = ver->n };
	struct hrv_date today;
	json_t *missing = NULL;
	bool any = false, live = false;
	int rc = vault_today(v, &today, err);

	if (rc == HRV_OK)
		rc = retention_load(v, &rec->id, ver->n, today, &r, &live, err);
	if (rc != HRV_OK || !live)
		return rc;
	if (r.decision.purge_from.kind == HRV_BOUND_PENDING) {
		rc = retention_missing(
		    v->schedule, &r, today, &missing, &any, err);
		if (rc == HRV_OK &&
		    (json_object_set_new(o, "missing", missing) ||
			json_object_set_new(o, "any_of", json_boolean(any))))
			rc = no_memory(err);
	}
	retention_clear(&r);
	return rc;
}

int
eventdates_put_unused(struct hrv_vault *v, const char *class_name,
    const char *event, json_t *o, struct hrv_err *err)
{
	const struct hrv_class *c = hrv_schedule_class(v->schedule, class_name);
	json_t *list = json_object_get(o, "unused");

	if (c == NULL || hrv_class_asks_event(c, event))
		return HRV_OK;
	if (list == NULL) {
		list = json_array();
		if (json_object_set_new(o, "unused", list))
			return no_memory(err);
	}
	return json_array_append_new(list, json_string(event)) ? no_memory(err)
							       : HRV_OK;
}
