/* SPDX-License-Identifier: ISC */
/*
 * hrvault policy explain: which dates follow from which facts, and why.
 * Layer: cli. Pure but for the day, which is today where none is given.
 */
#include "cli/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policyfile.h"
#include "hrvault/docmake.h"
#include "hrvault/policy.h"

/* With the prefix that was left out, or the nearest, or all that there are. */
static int
no_event(const struct hrv_schedule *s, const char *name, struct hrv_err *err)
{
	const char *near = hrv_schedule_nearest_event(s, name);
	char all[440] = "";
	size_t used = 0;

	for (size_t i = 0; i < s->event_count; i++) {
		const char *dot = strchr(s->event[i], '.');

		if (dot != NULL && strcmp(dot + 1, name) == 0)
			near = s->event[i];
		if (used < sizeof(all) - 80)
			used += (size_t)snprintf(all + used, sizeof(all) - used,
			    "%s%.64s", used > 0 ? ", " : "", s->event[i]);
	}
	hrv_fail(err, HRV_EUSAGE,
	    "--event: the schedule knows no event '%.64s'", name);
	if (near != NULL)
		return hrv_hint(err, "did you mean %s?", near);
	return hrv_hint(err, "there are: %s", all);
}

/* The facts of the command line; *ret_list is freed by the caller. */
static int
facts_of(const struct cli *c, const struct hrv_schedule *s,
    struct hrv_facts *ret, struct hrv_fact **ret_list, struct hrv_err *err)
{
	size_t n = opt_count(c, "event");
	struct hrv_fact *list = calloc(n + 1, sizeof(*list));

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret_list = list;
	for (size_t i = 0; i < n; i++) {
		const struct opt_value *v = opt_nth(c, "event", i);

		list[i] =
		    (struct hrv_fact){ .event = v->name, .date = v->date };
		if (hrv_schedule_knows_event(s, v->name))
			continue;
		return no_event(s, v->name, err);
	}
	*ret = (struct hrv_facts){
		.fact = list,
		.count = n,
		.born = opt_date(c, "born"),
		.dependant_born = opt_date(c, "dependant-born"),
	};
	return HRV_OK;
}

static bool
set_bound(struct hrv_doc *doc, const char *key, struct hrv_bound b)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(b, text);
	return hrv_doc_set_str(
	    doc, key, b.kind == HRV_BOUND_NONE ? NULL : text);
}

static struct hrv_doc *
explain_doc(const char *class_id, struct hrv_date on,
    const struct hrv_decision *d, const struct hrv_reasons *why)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *reasons = hrv_doc_new_array();
	char day[HRV_DATE_TEXT];
	bool ok;

	hrv_date_format(on, day);
	ok = hrv_doc_set_str(doc, "class", class_id) &&
	     hrv_doc_set_str(doc, "on", day) &&
	     hrv_doc_set_str(doc, "state", hrv_state_name(d->state)) &&
	     set_bound(doc, "keep_until", d->keep_until) &&
	     set_bound(doc, "limit_until", d->limit_until) &&
	     set_bound(doc, "restrict_from", d->restrict_from) &&
	     set_bound(doc, "purge_from", d->purge_from) &&
	     hrv_doc_set_bool(doc, "overdue", d->overdue);
	for (size_t i = 0; i < why->count; i++)
		ok = hrv_doc_add_str(reasons, why->line[i]) && ok;
	ok = hrv_doc_set(doc, "reasons", reasons) && ok;
	if (ok)
		return doc;
	hrv_doc_free(doc);
	return NULL;
}

int
policy_explain(struct cli *c, struct hrv_err *err)
{
	struct hrv_reasons why = HRV_REASONS_INIT;
	struct hrv_schedule *s = NULL;
	struct hrv_fact *list = NULL;
	struct hrv_doc *doc = NULL;
	struct hrv_date on = opt_date(c, "on");
	const char *class_id = opt_text(c, "class");
	struct hrv_facts facts;
	struct hrv_decision d;
	int rc;

	rc = policyfile_schedule(c, arg(c, 0), &s, err);
	if (rc == HRV_OK)
		rc = facts_of(c, s, &facts, &list, err);
	if (rc == HRV_OK && !hrv_date_is_set(on))
		rc = context_today(c, s->timezone, &on, err);
	if (rc == HRV_OK)
		rc = hrv_policy_decide(s, class_id, &facts, on, &d, err);
	if (rc == HRV_OK)
		rc = hrv_policy_explain(s, class_id, &facts, on, &why, err);
	if (rc == HRV_OK && (doc = explain_doc(class_id, on, &d, &why)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	hrv_reasons_clear(&why);
	free(list);
	hrv_schedule_free(s);
	return rc;
}
