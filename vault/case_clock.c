/* SPDX-License-Identifier: ISC */
/*
 * The clock of a case: from its dated events to the facts of a due date.
 * Layer: verbs. Invariant: nothing but the rows of the timeline counts.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/zone.h"
#include "vault/case.h"

/* The facts, and room for the pauses they point to. */
struct clock_facts {
	struct hrv_deadline_facts f;
	struct hrv_span *pauses;
};

static void
proof_of(const struct kase *k, const char *asked, const char *given,
    struct hrv_proof *p)
{
	const struct case_event *a = case_find_event(k, asked);
	const struct case_event *g = case_find_event(k, given);

	p->asked = a != NULL;
	if (a != NULL)
		(void)hrv_date_parse(a->day, &p->asked_on);
	if (a != NULL && g != NULL)
		(void)hrv_date_parse(g->day, &p->given_on);
}

/* Questions and answers stand in turn; the last may be open. */
static void
add_pauses(const struct kase *k, struct clock_facts *c)
{
	struct hrv_date asked = HRV_DATE_NONE;

	for (size_t i = 0; i < k->n_events; i++) {
		const struct case_event *e = &k->events[i];
		struct hrv_span *s = &c->pauses[c->f.n_pauses];

		if (strcmp(e->name, "question.asked") == 0) {
			(void)hrv_date_parse(e->day, &asked);
		} else if (strcmp(e->name, "question.answered") == 0) {
			s->from = asked;
			(void)hrv_date_parse(e->day, &s->to);
			c->f.n_pauses++;
			asked = HRV_DATE_NONE;
		}
	}
	c->f.question_open = hrv_date_is_set(asked);
	c->f.question_asked = asked;
	c->f.pauses = c->pauses;
}

int
case_deadline(
    const struct kase *k, struct hrv_deadline *ret, struct hrv_err *err)
{
	const struct case_event *x = case_find_event(k, "extended");
	struct clock_facts c = { .pauses = NULL };
	int rc;

	c.pauses = calloc(k->n_events + 1, sizeof(*c.pauses));
	if (c.pauses == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	(void)hrv_date_parse(k->received, &c.f.received);
	proof_of(k, "identity.asked", "identity.given", &c.f.identity);
	proof_of(k, "authority.asked", "authority.given", &c.f.authority);
	proof_of(k, "fee.asked", "fee.given", &c.f.fee);
	add_pauses(k, &c);
	if (x != NULL)
		(void)hrv_date_parse(x->day, &c.f.extension_notice);
	rc = hrv_deadline(k->law, k->calendar, &c.f, ret, err);
	free(c.pauses);
	return rc;
}

static int
put_date(json_t *doc, const char *key, struct hrv_date d)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	return json_object_set_new(
	    doc, key, hrv_date_is_set(d) ? json_string(text) : json_null());
}

int
case_put_deadline(json_t *doc, const struct hrv_deadline *d)
{
	json_t *reasons = json_array(), *awaiting = json_array();
	int bad = reasons == NULL;

	for (unsigned bits = d->awaiting; bits != 0; bits &= bits - 1)
		bad |= json_array_append_new(
		    awaiting, json_string(hrv_await_name(bits)));
	bad |= put_date(doc, "due", d->awaiting != 0 ? HRV_DATE_NONE : d->due);
	bad |= put_date(doc, "safe_target",
	    d->awaiting != 0 ? HRV_DATE_NONE : d->safe_target);
	bad |= put_date(doc, "internal_target",
	    d->awaiting != 0 ? HRV_DATE_NONE : d->internal_target);
	bad |= json_object_set_new(doc, "awaiting", awaiting);
	bad |= json_object_set_new(doc, "extended", json_boolean(d->extended));
	if (hrv_date_is_set(d->extension_limit))
		bad |= put_date(doc, "extension_limit", d->extension_limit);
	if (hrv_date_is_set(d->acknowledge_by))
		bad |= put_date(doc, "acknowledge_by", d->acknowledge_by);
	for (size_t i = 0; i < d->n_reasons; i++)
		bad |=
		    json_array_append_new(reasons, json_string(d->reasons[i]));
	bad |= json_object_set_new(doc, "reasons", reasons);
	return bad;
}

int
case_day(struct hrv_vault *v, const struct kase *k, const char *on,
    char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	struct hrv_date today, day, received = HRV_DATE_NONE;
	int rc = hrv_local_date(
	    vault_now(v) / 1000000, k->law->timezone, &today, err);

	if (rc != HRV_OK)
		return rc;
	day = today;
	if (on != NULL && !hrv_date_parse(on, &day))
		return hrv_fail(err, HRV_EUSAGE,
		    "the day of a step is written as 2026-03-02");
	(void)hrv_date_parse(k->received, &received);
	if (hrv_date_cmp(day, today) > 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "a step cannot lie in the future");
	if (hrv_date_cmp(day, received) < 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "a step cannot lie before the request was received (%s)",
		    k->received);
	hrv_date_format(day, out);
	return HRV_OK;
}
