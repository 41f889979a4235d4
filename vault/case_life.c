/* SPDX-License-Identifier: ISC */
/*
 * Around a case, see case_life.h. Layer: verbs.
 */
#include "vault/case_life.h"

#include <stdlib.h>
#include <string.h>

#include "vault/store/db.h"
#include "vault/version.h"

int
subject_has_died(struct hrv_vault *v, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_OF, &st, err);

	*ret = false;
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *name = db_col_text(st, 0);

		*ret =
		    *ret || (name != NULL && strcmp(name, "subject.died") == 0);
	}
	db_reset(st);
	return rc;
}

int
subject_has_records(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RECORD_GET_LIVE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return HRV_OK;
}

int
case_alive(
    struct hrv_vault *v, const struct hrv_id *subject, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	bool died = false;
	int rc = subject_has_died(v, subject, &died, err);

	if (rc != HRV_OK || !died)
		return rc;
	id_format(subject, text);
	hrv_fail_as(err, HRV_EREFUSED, "case",
	    "%s has died, and the right of access ended with that", text);
	return hrv_hint(err,
	    "'hrvault case refuse C --ground died --reason T'; a death that "
	    "was entered by mistake is taken back with 'hrvault subject event "
	    "%s died DAY --retract'",
	    text);
}

/* Whether the earlier case is near enough to make this one a repetition. */
static bool
repeats(const struct kase *k, const struct kase *before)
{
	struct hrv_date then = HRV_DATE_NONE, now = HRV_DATE_NONE, until;

	if (before->opened_leaf >= k->opened_leaf ||
	    strcmp(before->claim, k->claim) != 0)
		return false;
	if (strcmp(before->status, CASE_OPEN) == 0)
		return true;
	(void)hrv_date_parse(before->received, &then);
	(void)hrv_date_parse(k->received, &now);
	return hrv_date_add(then, k->law->freeze_after_close, &until) &&
	       hrv_date_cmp(now, until) <= 0;
}

int
case_put_repeat(
    struct hrv_vault *v, const struct kase *k, json_t *doc, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	bool any = false;
	int rc =
	    ids_of(v, SQL_KASE_LIST_OF, &k->subject, ID_CASE, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && !any && i < n; i++) {
		struct kase before = { .law = NULL };

		rc = case_rows(v, &ids[i], &before, err);
		any = rc == HRV_OK && repeats(k, &before);
		case_clear(&before);
	}
	free(ids);
	if (rc == HRV_OK && any &&
	    json_object_set_new(doc, "possibly_excessive", json_true()))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* The day since which the case waits for something, if it does. */
static bool
waits_since(const struct kase *k, struct hrv_date *ret)
{
	static const char *const pairs[][2] = { { "identity.asked",
						    "identity.given" },
		{ "authority.asked", "authority.given" },
		{ "fee.asked", "fee.given" },
		{ "question.asked", "question.answered" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct case_event *a = case_find_event(k, pairs[i][0]);
		const struct case_event *g = case_find_event(k, pairs[i][1]);

		if (a != NULL && (g == NULL || g < a))
			return hrv_date_parse(a->day, ret);
	}
	return false;
}

static int
check_unanswered(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	struct hrv_date since, until, today;
	char day[HRV_DATE_TEXT];
	int rc = case_day(v, k, NULL, day, err);

	if (rc != HRV_OK)
		return rc;
	if (!waits_since(k, &since))
		return case_refused(v, k, "case.refuse",
		    "awaits nothing that could have been answered", "show",
		    err);
	(void)hrv_date_parse(day, &today);
	if (hrv_date_add(since, k->law->period, &until) &&
	    hrv_date_cmp(today, until) <= 0)
		return case_refused(v, k, "case.refuse",
		    "has not waited for as long yet as the law gives for an "
		    "answer",
		    "show", err);
	return HRV_OK;
}

int
case_check_ground(struct hrv_vault *v, const struct kase *k, const char *ground,
    struct hrv_err *err)
{
	bool died = false;
	int rc = HRV_OK;

	if (strcmp(ground, "unanswered") == 0)
		return check_unanswered(v, k, err);
	if (strcmp(ground, "died") != 0)
		return HRV_OK;
	rc = subject_has_died(v, &k->subject, &died, err);
	if (rc == HRV_OK && !died)
		rc = case_refused(v, k, "case.refuse",
		    "is of somebody of whom no death is known", "show", err);
	return rc;
}
