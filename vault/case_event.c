/* SPDX-License-Identifier: ISC */
/*
 * Dated steps of a case's clock. Layer: verbs. Invariant: a step with which
 * the clock could not be computed, or which would change nothing, is not
 * stored.
 */
#include "hrvault/case.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"

/* What an event is called, what must have come before it, and its text. */
struct step_kind {
	const char *name;
	const char *after; /* must stand and be unanswered, or NULL */
	const char *until; /* what answers it, or NULL */
	const char *text;  /* what is to be typed, or NULL: none needed */
};

static const struct step_kind kinds[] = {
	[HRV_CASE_IDENTITY_ASKED] = { "identity.asked", NULL, "identity.given",
	    NULL },
	[HRV_CASE_IDENTITY_GIVEN] = { "identity.given", NULL, NULL, "method" },
	[HRV_CASE_AUTHORITY_ASKED] = { "authority.asked", NULL,
	    "authority.given", NULL },
	[HRV_CASE_AUTHORITY_GIVEN] = { "authority.given", NULL, NULL, NULL },
	[HRV_CASE_FEE_ASKED] = { "fee.asked", NULL, "fee.given", NULL },
	[HRV_CASE_FEE_GIVEN] = { "fee.given", NULL, NULL, NULL },
	[HRV_CASE_QUESTION_ASKED] = { "question.asked", NULL,
	    "question.answered", "question" },
	[HRV_CASE_QUESTION_ANSWERED] = { "question.answered", "question.asked",
	    NULL, NULL },
	[HRV_CASE_EXTENDED] = { "extended", NULL, NULL, "reason" },
};

static size_t
times(const struct kase *k, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; name != NULL && i < k->n_events; i++)
		n += strcmp(k->events[i].name, name) == 0;
	return n;
}

/* Whether the order of steps allows this one. */
static int
check_order(struct hrv_vault *v, const struct kase *k,
    const struct step_kind *kind, struct hrv_err *err)
{
	if (strcmp(kind->name, "question.asked") == 0 &&
	    times(k, kind->name) > times(k, kind->until))
		return case_refused(v, k, "case.event",
		    "has a question that was not answered yet", "answer", err);
	if (strcmp(kind->name, "question.answered") == 0 &&
	    times(k, kind->after) <= times(k, kind->name))
		return case_refused(
		    v, k, "case.event", "has no open question", "ask", err);
	if (strncmp(kind->name, "question", 8) == 0)
		return HRV_OK;
	if (times(k, kind->name) > 0)
		return case_refused(
		    v, k, "case.event", "has this step already", "show", err);
	if (kind->until != NULL && times(k, kind->until) > 0)
		return case_refused(v, k, "case.event",
		    "has what would be asked for already", "show", err);
	return HRV_OK;
}

/* The case as it would be; the clock must go on running. */
static int
check_clock(struct hrv_vault *v, struct kase *k, const char *name,
    const char *day, struct hrv_deadline *ret, struct hrv_err *err)
{
	struct case_event *list =
	    realloc(k->events, (k->n_events + 1) * sizeof(*list));
	struct case_event *e;
	int rc;

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	k->events = list;
	e = &list[k->n_events++];
	memset(e, 0, sizeof(*e));
	memccpy(e->name, name, '\0', sizeof(e->name));
	memcpy(e->day, day, sizeof(e->day));
	rc = case_deadline(k, ret, err);
	k->n_events--;
	if (rc == HRV_OK && strcmp(name, "extended") == 0 && !ret->extended)
		rc = case_refused(v, k, "case.event",
		    "cannot be extended: this law knows no extension, or the "
		    "last day to give notice of it is over",
		    "show", err);
	return rc;
}

static int
check_text(const struct step_kind *kind, const char *text, struct hrv_err *err)
{
	if (text == NULL && kind->text != NULL)
		return hrv_fail(
		    err, HRV_EUSAGE, "the %s is missing", kind->text);
	return text == NULL
		   ? HRV_OK
		   : text_check_field(TEXT_REASON, text, strlen(text), err);
}

static int
event_doc(const struct kase *k, const struct case_step *s,
    const struct hrv_deadline *d, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&k->id, id);
	o = json_pack(
	    "{s:s,s:s,s:s}", "id", id, "event", s->event, "on", s->day);
	if (o == NULL || case_put_deadline(o, d)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_case_event(struct hrv_vault *v, const struct hrv_case_event_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	const struct step_kind *kind = &kinds[args->event];
	struct case_step s = {
		.op = "case.event", .event = kind->name, .text = args->text
	};
	struct entry e = ENTRY("case.event");
	char day[HRV_DATE_TEXT];
	struct hrv_deadline d;
	struct kase k = { .law = NULL };
	int rc = role_may(v->role, "case.event", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, args->which, &k, err);
	if (rc == HRV_OK)
		rc = check_text(kind, args->text, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, s.op, err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, args->on, day, err);
	s.day = day;
	if (rc == HRV_OK)
		rc = check_order(v, &k, kind, err);
	if (rc == HRV_OK)
		rc = check_clock(v, &k, kind->name, day, &d, err);
	if (rc == HRV_OK)
		rc = case_step(v, &k, &s, err);
	if (rc == HRV_OK)
		rc = event_doc(&k, &s, &d, ret_doc, err);
	case_clear(&k);
	return rc;
}
