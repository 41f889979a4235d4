/* SPDX-License-Identifier: ISC */
/*
 * What a case asks for, and whether it may be answered to who asks. Layer:
 * verbs; from the rows alone.
 */
#include <string.h>

#include "hrvault/policy.h"
#include "vault/case.h"
#include "vault/record_view.h"

const char *
case_outcome_word(const struct kase *k)
{
	static const char *const words[] = { "granted", "partly", "rejected" };

	for (size_t i = k->n_events; i > 0; i--) {
		const char *name = k->events[i - 1].name;

		/* Reopened, it is to be decided again. */
		if (strcmp(name, "reopened") == 0)
			return NULL;
		for (size_t j = 0; j < 3; j++) {
			if (strncmp(name, "decided.", 8) == 0 &&
			    strcmp(name + 8, words[j]) == 0)
				return words[j];
		}
	}
	return NULL;
}

bool
case_refusal_stands(const struct kase *k)
{
	for (size_t i = k->n_events; i > 0; i--) {
		if (strcmp(k->events[i - 1].name, "reopened") == 0)
			return false;
		if (strcmp(k->events[i - 1].name, "refused") == 0)
			return true;
	}
	return false;
}

static bool
answers(const char *name)
{
	return strcmp(name, "exported") == 0 || strcmp(name, "ordered") == 0 ||
	       strcmp(name, "answered") == 0 ||
	       strncmp(name, "decided.", 8) == 0;
}

const struct case_event *
case_answer(const struct kase *k, bool first)
{
	const struct case_event *found = NULL;

	for (size_t i = k->n_events; i > 0; i--) {
		const struct case_event *e = &k->events[i - 1];

		if (strcmp(e->name, "reopened") == 0 ||
		    strcmp(e->name, "refused") == 0)
			break;
		if (answers(e->name) && (first || found == NULL))
			found = e;
	}
	return found;
}

bool
case_erases(const struct kase *k)
{
	const char *word = case_outcome_word(k);

	return strcmp(k->claim, "erasure") == 0 ||
	       (strcmp(k->claim, "objection") == 0 && word != NULL &&
		   strcmp(word, "granted") == 0);
}

bool
case_has_package(const struct kase *k)
{
	return strcmp(k->claim, "access") == 0 ||
	       strcmp(k->claim, "portability") == 0;
}

bool
case_is_portable(const struct kase *k)
{
	return strcmp(k->claim, "portability") == 0;
}

bool
case_not_portable(const struct hrv_schedule *schedule, const struct kase *k,
    const struct record_row *rec)
{
	const struct hrv_class *c;

	if (!case_is_portable(k))
		return false;
	if (!case_person(k, &rec->subject) ||
	    strcmp(rec->provided_by, "subject") != 0)
		return true;
	/* Without the identity nothing of it would be anybody's. */
	if (strcmp(rec->class_name, CLASS_IDENTITY) == 0)
		return false;
	c = hrv_schedule_class(schedule, rec->class_name);
	return c == NULL || (strcmp(c->legal_basis, "consent") != 0 &&
				strcmp(c->legal_basis, "contract") != 0);
}
