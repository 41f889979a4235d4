/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing cases: dates, steps and dispositions, all of layer 1,
 * so nothing is opened and nothing logged. Layer: verbs.
 */
#include "hrvault/case.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/zone.h"
#include "vault/case.h"
#include "vault/case_life.h"
#include "vault/case_next.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* Whether the clock still matters. */
static bool
running(const struct kase *k)
{
	return strcmp(k->status, CASE_OPEN) == 0 ||
	       strcmp(k->status, CASE_EXPORTED) == 0 ||
	       strcmp(k->status, CASE_DECIDED) == 0;
}

static int
put_days_left(struct hrv_vault *v, const struct kase *k,
    const struct hrv_deadline *d, json_t *o, struct hrv_err *err)
{
	struct hrv_date today;
	int rc;

	if (d->awaiting != 0 || !running(k))
		return HRV_OK;
	rc = hrv_local_date(
	    vault_now(v) / 1000000, k->law->timezone, &today, err);
	if (rc == HRV_OK &&
	    json_set_int(o, "days_left",
		hrv_date_to_days(d->due) - hrv_date_to_days(today)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* What list and show have in common; *ret_key orders the list. */
static int
summary(struct hrv_vault *v, const struct kase *k, json_t **ret,
    int32_t *ret_key, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];
	struct hrv_deadline d;
	json_t *o = NULL;
	int rc = case_deadline(k, &d, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&k->id, id);
	id_format(&k->subject, subject);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "subject", subject,
	    "right", k->claim, "status", k->status, "received", k->received,
	    "law", k->law->id);
	if (o == NULL || case_put_deadline(o, &d) ||
	    (k->frozen_until[0] != '\0' &&
		json_set_str(o, "frozen_until", k->frozen_until)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = put_days_left(v, k, &d, o, err);
	if (rc == HRV_OK)
		rc = case_put_repeat(v, k, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	if (ret_key != NULL)
		*ret_key = !running(k)	     ? INT32_MAX
			   : d.awaiting != 0 ? INT32_MAX - 1
					     : hrv_date_to_days(d.due);
	return HRV_OK;
}

struct listed {
	int32_t key;
	size_t at;
	json_t *doc;
};

static int
by_key(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static int
list_one(struct hrv_vault *v, const struct hrv_id *id, struct listed *l,
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	int rc = case_rows(v, id, &k, err);

	if (rc == HRV_OK)
		rc = case_law(v, &k, err);
	if (rc == HRV_OK)
		rc = summary(v, &k, &l->doc, &l->key, err);
	if (rc == HRV_OK)
		(void)json_object_del(l->doc, "reasons");
	case_clear(&k);
	return rc;
}

int
hrv_case_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct listed *list = NULL;
	size_t n = 0;
	int rc = role_may(v->role, "case.list", err);

	if (rc == HRV_OK)
		rc = ids_of(v, SQL_KASE_LIST, NULL, ID_CASE, &ids, &n, err);
	if (rc == HRV_OK && (list = calloc(n + 1, sizeof(*list))) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		list[i].at = i;
		rc = list_one(v, &ids[i], &list[i], err);
	}
	if (rc == HRV_OK)
		qsort(list, n, sizeof(*list), by_key);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = fn(ctx, (const struct hrv_doc *)list[i].doc, err);
	for (size_t i = 0; list != NULL && i < n; i++)
		json_decref(list[i].doc);
	free(list);
	free(ids);
	return rc;
}

static int
put_timeline(const struct kase *k, json_t *o, struct hrv_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->n_events; i++) {
		const struct case_event *e = &k->events[i];
		json_t *row = json_pack("{s:s,s:s,s:I}", "on", e->day, "event",
		    e->name, "audit_index", (json_int_t)e->leaf);

		if (row == NULL || json_array_append_new(list, row))
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (json_object_set_new(o, "timeline", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
hrv_case_show(struct hrv_vault *v, const char *which, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	json_t *o = NULL, *items = NULL;
	int rc = role_may(v->role, "case.show", err);

	if (rc == HRV_OK)
		rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = summary(v, &k, &o, NULL, err);
	if (rc == HRV_OK)
		rc = put_timeline(&k, o, err);
	if (rc == HRV_OK)
		rc = case_items_json(v, &k, &items, err);
	if (rc == HRV_OK)
		rc = case_put_waits(v, &k, items, err);
	if (rc == HRV_OK)
		rc = case_put_next(v, &k, o, err);
	if (rc == HRV_OK &&
	    (case_put_counts(o, &k) || json_set_str(o, "channel", k.channel) ||
		json_object_set_new(o, "items", items)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	case_clear(&k);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}
