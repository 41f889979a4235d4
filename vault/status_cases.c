/* SPDX-License-Identifier: ISC */
/*
 * Open cases and the days they have left. Layer: verbs. A case has no other
 * deadline than the one that follows from its dated steps.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/contact.h"
#include "vault/status_int.h"
#include "vault/store/db.h"
#include "vault/version.h"

#define DAYS_SOON 7

static void
say_case(struct status *s, const char *id, const char *due, int32_t left)
{
	if (left < 0)
		status_say(s, STATUS_CRITICAL,
		    "%s is late: its answer was due on %s", id, due);
	else if (left <= DAYS_SOON)
		status_say(s, STATUS_WARNING, "%s is due on %s: %d day%s left",
		    id, due, left, left == 1 ? "" : "s");
}

static int
add_case(
    struct status *s, const struct kase *k, json_t *list, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], due[HRV_DATE_TEXT];
	struct hrv_deadline d;
	json_t *o = json_object();
	int32_t left;
	int rc = case_deadline(k, &d, err);
	int bad;

	id_format(&k->id, id);
	bad = o == NULL || json_set_str(o, "case", id) ||
	      json_set_str(o, "right", k->claim) ||
	      json_set_str(o, "status", k->status);
	if (rc == HRV_OK && d.awaiting == 0) {
		hrv_date_format(d.due, due);
		left = hrv_date_to_days(d.due) - hrv_date_to_days(s->today);
		bad = bad || json_set_str(o, "due", due) ||
		      json_set_int(o, "days_left", left);
		say_case(s, id, due, left);
	} else if (rc == HRV_OK) {
		/* The clock stands while something is awaited. */
		bad = bad || json_object_set_new(o, "due", json_null());
	}
	if (rc == HRV_OK && (bad || json_array_append(list, o)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(o);
	return rc;
}

/* While somebody waits for an answer, its sender should be known. */
static int
check_controller(struct status *s, const json_t *open, struct hrv_err *err)
{
	json_t *who = NULL;
	int rc;

	if (json_array_size(open) == 0)
		return HRV_OK;
	rc = contact_json(s->v, NULL, &who, err);
	json_decref(who);
	if (rc == HRV_ENOTFOUND) {
		status_say(s, STATUS_WARNING,
		    "no controller is named, so no answer can be made: "
		    "'hrvault help controller'");
		rc = HRV_OK;
	}
	return rc;
}

int
status_cases(struct status *s, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	json_t *list = json_array();
	size_t n = 0;
	int rc;

	if (list == NULL || json_object_set_new(s->doc, "cases", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = ids_of(s->v, SQL_KASE_LIST, NULL, ID_CASE, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct kase k = { .law = NULL };

		rc = case_rows(s->v, &ids[i], &k, err);
		if (rc == HRV_OK && (strcmp(k.status, CASE_OPEN) == 0 ||
					strcmp(k.status, CASE_EXPORTED) == 0 ||
					strcmp(k.status, CASE_DECIDED) == 0)) {
			rc = case_law(s->v, &k, err);
			if (rc == HRV_OK)
				rc = add_case(s, &k, list, err);
		}
		case_clear(&k);
	}
	free(ids);
	return rc == HRV_OK ? check_controller(s, list, err) : rc;
}
