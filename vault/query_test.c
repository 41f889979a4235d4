/* SPDX-License-Identifier: ISC */
/*
 * Asking a query about a record. Layer: verbs; pure. Invariant: what is not
 * known is neither yes nor no, through every "not" (Kleene's three values),
 * so that a missing fact can only ever protect.
 */
#include <string.h>

#include "vault/query_int.h"

static enum query_answer
says(bool yes)
{
	return yes ? QUERY_YES : QUERY_NO;
}

static bool
ordered(int order, enum query_cmp cmp)
{
	switch (cmp) {
	case Q_EQ:
		return order == 0;
	case Q_NE:
		return order != 0;
	case Q_LT:
		return order < 0;
	case Q_LE:
		return order <= 0;
	case Q_GT:
		return order > 0;
	case Q_GE:
	default:
		return order >= 0;
	}
}

/* Dates are ISO text, which sorts as they do. */
static enum query_answer
test_event(const struct query_node *n, const struct scope_thing *t)
{
	enum query_answer a = QUERY_UNKNOWN;

	for (size_t i = 0; i < t->n_events; i++) {
		if (strcmp(t->events[i].name, n->event) != 0)
			continue;
		if (ordered(strcmp(t->events[i].day, n->word), n->cmp))
			return QUERY_YES;
		a = QUERY_NO;
	}
	return a;
}

static bool
is_linked(const struct scope_thing *t, const struct hrv_id *id)
{
	for (size_t i = 0; i < t->n_links; i++) {
		if (id_equal(&t->links[i], id))
			return true;
	}
	return false;
}

/* Of several jurisdictions a record is and is not of each. */
static enum query_answer
has_jurisdiction(const struct scope_thing *t, const char *word)
{
	if (t->laws == NULL)
		return QUERY_UNKNOWN;
	switch (scope_laws_have(t->laws, t->rec->stored, word)) {
	case SCOPE_NONE:
		return QUERY_NO;
	case SCOPE_ALL:
		return QUERY_YES;
	case SCOPE_SOME:
	default:
		return QUERY_UNKNOWN;
	}
}

/* Whether the record has the value that is asked for. */
static enum query_answer
has(const struct query_node *n, const struct scope_thing *t)
{
	const struct record_row *r = t->rec;

	switch (n->field) {
	case QF_RECORD:
		return says(id_equal(&r->id, &n->id));
	case QF_SUBJECT:
		return says(id_equal(&r->subject, &n->id));
	case QF_LINKED:
		return says(is_linked(t, &n->id));
	case QF_PERSON:
		return says(
		    id_equal(&r->subject, &n->id) || is_linked(t, &n->id));
	case QF_CLASS:
		return says(strcmp(r->class_name, n->word) == 0);
	case QF_COMPARTMENT:
		return says(strcmp(r->compartment, n->word) == 0);
	case QF_PROVIDED_BY:
		return says(strcmp(r->provided_by, n->word) == 0);
	case QF_RESTRICTED:
		return says(r->restricted[0] == '\0'
				? strcmp(n->word, "none") == 0
				: grounds_has(r->restricted, n->word));
	case QF_KIND:
		return t->kind[0] == '\0' ? QUERY_UNKNOWN
					  : says(strcmp(t->kind, n->word) == 0);
	case QF_JURISDICTION:
		return has_jurisdiction(t, n->word);
	case QF_CREATED:
	case QF_STORED:
	case QF_EVENT:
	default:
		return QUERY_UNKNOWN;
	}
}

static enum query_answer
opposite(enum query_answer a)
{
	return a == QUERY_YES ? QUERY_NO : a == QUERY_NO ? QUERY_YES : a;
}

static enum query_answer
test_one(const struct query_node *n, const struct scope_thing *t)
{
	if (n->field == QF_EVENT)
		return test_event(n, t);
	if (n->field == QF_CREATED)
		return says(ordered(strcmp(t->rec->created, n->word), n->cmp));
	if (n->field == QF_STORED)
		return says(ordered(strcmp(t->rec->stored, n->word), n->cmp));
	return n->cmp == Q_NE ? opposite(has(n, t)) : has(n, t);
}

static enum query_answer
test_node(const struct query *q, size_t at, const struct scope_thing *t)
{
	const struct query_node *n = &q->nodes[at];
	enum query_answer a, b;

	if (n->op == Q_TEST)
		return test_one(n, t);
	a = test_node(q, n->left, t);
	if (n->op == Q_NOT)
		return opposite(a);
	b = test_node(q, n->right, t);
	if (n->op == Q_AND)
		return a < b ? a : b;
	return a > b ? a : b;
}

enum query_answer
query_test(const struct query *q, const struct scope_thing *t)
{
	return test_node(q, q->root, t);
}
