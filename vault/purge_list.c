/* SPDX-License-Identifier: ISC */
/*
 * Approved lists in a run. Layer: verbs. Invariant: a list lets nothing pass
 * that is not on it as it was when it was approved.
 */
#include "vault/purge_list.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/inforce.h"
#include "vault/proposal.h"
#include "vault/purge_paper.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

void
purge_lists_clear(struct purge_lists *l)
{
	free(l->plans);
	free(l->items);
	free(l->papers);
	*l = (struct purge_lists){ .plans = NULL };
}

static int
cmp_listed(const void *a, const void *b)
{
	const struct purge_listed *x = a, *y = b;
	int c = memcmp(x->record.b, y->record.b, ID_BYTES);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

static int
read_item(const json_t *o, struct purge_listed *item, struct hrv_err *err)
{
	const char *id = json_str(o, "record"), *state = json_str(o, "state");
	int64_t n = json_int(o, "version", 0);

	if (id == NULL || state == NULL || n < 1 || n > UINT32_MAX ||
	    !id_parse(id, ID_RECORD, &item->record) ||
	    !enc_unhex(state, strlen(state), item->state, sizeof(item->state)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a proposed list is none: %s", id == NULL ? "?" : id);
	item->n = (uint32_t)n;
	return HRV_OK;
}

static int
add_plan(
    struct purge_lists *l, const struct proposal_row *p, struct hrv_err *err)
{
	const json_t *records = json_object_get(p->what, "records");
	size_t n = json_array_size(records);
	struct purge_approved *plans =
	    realloc(l->plans, (l->n_plans + 1) * sizeof(*plans));
	struct purge_listed *items;
	int rc = HRV_OK;

	if (plans == NULL)
		return no_memory(err);
	l->plans = plans;
	items = realloc(l->items, (l->n + n + 1) * sizeof(*items));
	if (items == NULL)
		return no_memory(err);
	l->items = items;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		items[l->n].plan = l->n_plans;
		rc = read_item(json_array_get(records, i), &items[l->n], err);
		l->n++;
	}
	if (rc == HRV_OK)
		rc = purge_papers_read(l, p->what, l->n_plans, err);
	plans[l->n_plans] = (struct purge_approved){ .id = p->id };
	id_format(&p->id, plans[l->n_plans].text);
	l->n_plans++;
	return rc;
}

/* Why the one list that was asked for is not carried out. */
static int
not_now(const struct proposal_row *p, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&p->id, id);
	if (strcmp(p->status, "open") != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "not-open",
		    "%s is %s already", id, p->status);
	hrv_fail_as(err, HRV_ECONFIRM, "approval",
	    "nothing was destroyed: %s waits for its approval", id);
	return hrv_hint(
	    err, "another member runs: hrvault proposal approve %s", id);
}

/* Takes one list in if it counts now. */
static int
take(struct hrv_vault *v, struct purge_lists *l, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	const char *wanted = l->alone ? "open" : "approved";
	bool counts;
	int rc = proposal_load(v, id, &p, err);

	if (rc != HRV_OK)
		return rc;
	counts = strcmp(p.kind, PURGE_LIST_KIND) == 0 &&
		 strcmp(p.status, wanted) == 0 &&
		 (!l->alone || strcmp(p.proposer, v->fpr) == 0);
	if (counts)
		rc = l->alone ? proposal_check_log(v, &p, err)
			      : proposal_check(v, &p, err);
	else if (l->only)
		rc = strcmp(p.kind, PURGE_LIST_KIND) == 0
			 ? not_now(&p, err)
			 : hrv_fail(err, HRV_EUSAGE,
			       "this proposal is no list of records");
	/* Who approved it may not any more: it counts for nothing. */
	if (rc == HRV_EREFUSED && !l->only) {
		rc = HRV_OK;
		counts = false;
	}
	if (rc == HRV_OK && counts)
		rc = add_plan(l, &p, err);
	proposal_clear(&p);
	return rc;
}

/* The ids of all lists that stand as `status`. */
static int
list_plans(struct hrv_vault *v, const char *status, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	bool more = false;
	size_t n = 0;
	int rc = db_stmt(v->db, SQL_PROPOSAL_LIST_STATUS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, status);
	(void)db_bind_text(st, 2, PURGE_LIST_KIND);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		list[n].kind = ID_PROPOSAL;
		rc = db_col_fixed(st, 0, list[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

int
purge_lists_load(struct hrv_vault *v, const char *which,
    struct purge_lists *ret, struct hrv_err *err)
{
	struct purge_lists l = { .only = which != NULL };
	struct hrv_id *ids = NULL, one;
	size_t n = 0;
	int rc = inforce_founding(v, &l.alone, err);

	if (rc != HRV_OK)
		return rc;
	if (which != NULL) {
		rc = lookup_proposal(v, which, &one, err);
		if (rc == HRV_OK)
			rc = take(v, &l, &one, err);
	} else {
		rc =
		    list_plans(v, l.alone ? "open" : "approved", &ids, &n, err);
		for (size_t i = 0; rc == HRV_OK && i < n; i++)
			rc = take(v, &l, &ids[i], err);
	}
	free(ids);
	if (rc != HRV_OK) {
		purge_lists_clear(&l);
		return rc;
	}
	if (l.n > 1)
		qsort(l.items, l.n, sizeof(*l.items), cmp_listed);
	*ret = l;
	return HRV_OK;
}

static const struct purge_listed *
find(const struct purge_lists *l, const struct hrv_id *record, uint32_t n)
{
	struct purge_listed key = { .record = *record, .n = n };

	return l->n == 0
		   ? NULL
		   : bsearch(&key, l->items, l->n, sizeof(key), cmp_listed);
}

/* One candidate, by its verdict and, where it is on a list, its state now. */
static int
choose(struct hrv_vault *v, struct purge_lists *l, struct candidate *c,
    struct hrv_err *err)
{
	const struct purge_listed *item = find(l, &c->record, c->n);
	bool due = c->verdict == VERDICT_DESTROY, same = false;
	uint8_t state[32];
	int rc = HRV_OK;

	c->approval = c->erasure && c->order[0] != '\0' ? c->order : NULL;
	c->chosen = false;
	if (!due && c->verdict != VERDICT_REVIEW)
		return HRV_OK;
	if (item != NULL) {
		rc = state_record(v, &c->record, state, err);
		same = rc == HRV_OK &&
		       memcmp(state, item->state, sizeof(state)) == 0;
	}
	if (same) {
		l->plans[item->plan].used = true;
		c->approval = l->plans[item->plan].text;
	}
	c->chosen = same || (due && !l->only);
	return rc;
}

int
purge_lists_choose(struct hrv_vault *v, struct purge_lists *l, struct survey *s,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; i < l->n_plans; i++)
		l->plans[i].used = false;
	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = choose(v, l, &s->list[i], err);
	return rc == HRV_OK ? purge_papers_choose(v, l, &s->papers, err) : rc;
}

size_t
purge_chosen(const struct survey *s, bool unlisted_only)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *c = &s->list[i];
		bool seen = false;

		if (!c->chosen || (unlisted_only && c->approval != NULL))
			continue;
		/* Versions of one record stand near each other at most. */
		for (size_t j = i; j > 0 && !seen && j + 8 > i; j--)
			seen =
			    s->list[j - 1].chosen &&
			    id_equal(&s->list[j - 1].record, &c->record) &&
			    !(unlisted_only && s->list[j - 1].approval != NULL);
		n += !seen;
	}
	return n;
}

json_t *
purge_lists_used(const struct purge_lists *l)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < l->n_plans; i++) {
		if (!l->plans[i].used)
			continue;
		if (json_array_append_new(
			list, json_string(l->plans[i].text))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int
end_alone(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_PROPOSAL_SET_ENDED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, "done");
	(void)db_bind_int(st, 3, (int64_t)leaf);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(v->db) == 0)
		rc = hrv_fail(err, HRV_EBUSY, "the list was rejected just now");
	return rc;
}

int
purge_lists_done(struct hrv_vault *v, const struct purge_lists *l,
    uint64_t leaf, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < l->n_plans; i++) {
		struct approval a = { .id = l->plans[i].id };

		if (!l->plans[i].used)
			continue;
		rc = l->alone ? end_alone(v, &a.id, leaf, err)
			      : proposal_done(v, &a, leaf, err);
	}
	return rc;
}

/* Why something listed stays, or NULL when it goes; c is what the survey made
 * of it, or NULL. */
static const char *
why_dropped(const struct candidate *c)
{
	if (c == NULL)
		return verdict_name(VERDICT_NOT_DUE);
	if (c->chosen && c->approval != NULL)
		return NULL;
	return c->verdict == VERDICT_DESTROY || c->verdict == VERDICT_REVIEW
		   ? "changed"
		   : verdict_name(c->verdict);
}

static int
cmp_candidate(const void *a, const void *b)
{
	const struct candidate *const *x = a, *const *y = b;
	int c = memcmp((*x)->record.b, (*y)->record.b, ID_BYTES);

	return c != 0 ? c : ((*x)->n > (*y)->n) - ((*x)->n < (*y)->n);
}

/* The candidates in the order in which lists have them: a list of thousands is
 * looked up once, not once for each. NULL without memory. */
static const struct candidate **
by_record(const struct survey *s)
{
	const struct candidate **list = calloc(s->n + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < s->n; i++)
		list[i] = &s->list[i];
	if (list != NULL && s->n > 1)
		qsort(list, s->n, sizeof(*list), cmp_candidate);
	return list;
}

json_t *
purge_lists_dropped(const struct purge_lists *l, const struct survey *s)
{
	const struct candidate **sorted = by_record(s);
	json_t *list = json_array();
	int bad = list == NULL || sorted == NULL;

	for (size_t i = 0, at = 0; !bad && i < l->n; i++) {
		struct candidate item = { .record = l->items[i].record,
			.n = l->items[i].n };
		const struct candidate *key = &item;
		char text[ID_TEXT_SIZE];
		const char *why;
		int c = 1;

		while (at < s->n && (c = cmp_candidate(&sorted[at], &key)) < 0)
			at++;
		why = why_dropped(at < s->n && c == 0 ? sorted[at] : NULL);
		if (why == NULL)
			continue;
		id_format(&l->items[i].record, text);
		bad |= json_array_append_new(
		    list, json_pack("{s:s,s:I,s:s,s:s}", "record", text,
			      "version", (json_int_t)l->items[i].n, "plan",
			      l->plans[l->items[i].plan].text, "why", why));
	}
	free(sorted);
	bad = bad || purge_papers_dropped(l, &s->papers, list);
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return list;
}
