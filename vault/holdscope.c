/* SPDX-License-Identifier: ISC */
/*
 * Scopes from arguments, and what they cover. Layer: verbs.
 */
#include "vault/holdscope.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/store/db.h"

static int
read_classes(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0;
	     rc == HRV_OK && args->classes != NULL && args->classes[i] != NULL;
	     i++) {
		const char *c = args->classes[i], *near;

		if (hrv_schedule_class(v->schedule, c) == NULL) {
			near = hrv_schedule_nearest_class(v->schedule, c);
			hrv_fail(err, HRV_EUSAGE,
			    "the schedule in force has no class '%.64s'", c);
			if (near != NULL)
				hrv_hint(err, "did you mean '%s'?", near);
			return HRV_EUSAGE;
		}
		rc = scope_add_class(s, c, err);
	}
	return rc;
}

static int
read_day(const char *text, char out[11], struct hrv_err *err)
{
	struct hrv_date d;

	if (text == NULL)
		return HRV_OK;
	if (!hrv_date_parse(text, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the range of a hold takes dates (YYYY-MM-DD)");
	hrv_date_format(d, out);
	return HRV_OK;
}

static int
read_all(struct hrv_vault *v, const struct hrv_hold_args *args, struct scope *s,
    struct hrv_err *err)
{
	struct hrv_id id;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && args->subjects != NULL &&
			   args->subjects[i] != NULL;
	     i++) {
		rc = lookup_subject(v, args->subjects[i], &id, err);
		if (rc == HRV_OK)
			rc = scope_add_subject(s, &id, err);
	}
	for (size_t i = 0;
	     rc == HRV_OK && args->records != NULL && args->records[i] != NULL;
	     i++) {
		rc = lookup_record(v, args->records[i], &id, err);
		if (rc == HRV_OK)
			rc = scope_add_record(s, &id, err);
	}
	if (rc == HRV_OK)
		rc = read_classes(v, args, s, err);
	if (rc == HRV_OK)
		rc = read_day(args->from, s->from, err);
	if (rc == HRV_OK)
		rc = read_day(args->to, s->to, err);
	return rc;
}

int
holdscope_read(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *ret, struct hrv_err *err)
{
	struct scope s = { 0 };
	int rc = read_all(v, args, &s, err);

	if (rc == HRV_OK && scope_is_empty(&s)) {
		rc =
		    hrv_fail(err, HRV_EUSAGE, "a hold must say what it covers");
		hrv_hint(err, "add --subject S, --class C, --record R or a "
			      "range of dates");
	}
	if (rc != HRV_OK) {
		scope_clear(&s);
		return rc;
	}
	*ret = s;
	return HRV_OK;
}

static int
count_one(struct hrv_vault *v, const struct scope *s, const struct hrv_id *id,
    json_t *list, size_t *n, struct hrv_err *err)
{
	struct record_row rec;
	struct hrv_id *links = NULL;
	char text[ID_TEXT_SIZE];
	size_t n_links = 0;
	int rc = record_load(v, id, &rec, err);

	if (rc != HRV_OK || rec.purged)
		return rc; /* named, and destroyed before */
	rc = ids_of(v, SQL_LINK_LIST_OF, id, ID_SUBJECT, &links, &n_links, err);
	if (rc == HRV_OK && scope_covers(s, &rec, links, n_links)) {
		(*n)++;
		id_format(id, text);
		if (list != NULL &&
		    json_array_append_new(list, json_string(text)) != 0)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	free(links);
	return rc;
}

/* A scope that restricts by subject needs a look at their records only. */
static int
candidates(struct hrv_vault *v, const struct scope *s, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	bool named = s->n_subjects == 0 && s->n_classes == 0 &&
		     s->from[0] == '\0' && s->to[0] == '\0';

	if (!named)
		return ids_of(
		    v, SQL_RECORD_LIST_LIVE, NULL, ID_RECORD, ret, ret_n, err);
	*ret = malloc((s->n_records + 1) * sizeof(**ret));
	if (*ret == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (s->n_records > 0)
		memcpy(*ret, s->records, s->n_records * sizeof(**ret));
	*ret_n = s->n_records;
	return HRV_OK;
}

int
holdscope_matches(struct hrv_vault *v, const struct scope *scope, json_t *list,
    size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0, matched = 0;
	int rc = candidates(v, scope, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = count_one(v, scope, &ids[i], list, &matched, err);
	free(ids);
	if (rc == HRV_OK)
		*ret_n = matched;
	return rc;
}
