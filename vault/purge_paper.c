/* SPDX-License-Identifier: ISC */
/*
 * Papers in a run. Layer: verbs. Invariant: as for records, a list lets
 * nothing pass that is not on it as it was when it was approved.
 */
#include "vault/purge_paper.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/earlier.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
read_item(const json_t *o, struct purge_listed_paper *item, struct hrv_err *err)
{
	const char *id = json_str(o, "paper"), *state = json_str(o, "state");
	const char *class_name = json_str(o, "class");
	int kind = class_name == NULL ? -1 : paper_kind_of(class_name);

	if (id == NULL || state == NULL || kind < 0 ||
	    !id_parse(id, id[0], &item->id) ||
	    !enc_unhex(state, strlen(state), item->state, sizeof(item->state)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a proposed list is none: %s", id == NULL ? "?" : id);
	item->kind = (enum paper_kind)kind;
	return HRV_OK;
}

int
purge_papers_read(
    struct purge_lists *l, const json_t *what, size_t plan, struct hrv_err *err)
{
	const json_t *list = json_object_get(what, "papers");
	size_t n = json_array_size(list);
	struct purge_listed_paper *p =
	    realloc(l->papers, (l->n_papers + n + 1) * sizeof(*p));
	int rc = HRV_OK;

	if (p == NULL)
		return no_memory(err);
	l->papers = p;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		p[l->n_papers].plan = plan;
		rc = read_item(json_array_get(list, i), &p[l->n_papers++], err);
	}
	return rc;
}

static const struct purge_listed_paper *
find(const struct purge_lists *l, const struct paper *p)
{
	for (size_t i = 0; i < l->n_papers; i++) {
		if (l->papers[i].kind == p->kind &&
		    id_equal(&l->papers[i].id, &p->id))
			return &l->papers[i];
	}
	return NULL;
}

static int
choose(struct hrv_vault *v, struct purge_lists *l, struct paper *p,
    struct hrv_err *err)
{
	const struct purge_listed_paper *item = find(l, p);
	bool due = p->verdict == VERDICT_DESTROY, same = false;
	uint8_t state[32];
	int rc = HRV_OK;

	p->approval = NULL;
	p->chosen = false;
	if (!due && p->verdict != VERDICT_REVIEW)
		return HRV_OK;
	if (item != NULL) {
		rc = paper_state(v, p, state, err);
		same = rc == HRV_OK &&
		       memcmp(state, item->state, sizeof(state)) == 0;
	}
	if (same) {
		l->plans[item->plan].used = true;
		p->approval = l->plans[item->plan].text;
	}
	p->chosen = same || (due && !l->only);
	return rc;
}

int
purge_papers_choose(struct hrv_vault *v, struct purge_lists *l,
    struct papers *p, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < p->n; i++)
		rc = choose(v, l, &p->list[i], err);
	return rc;
}

size_t
purge_papers_chosen(const struct papers *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->list[i].chosen;
	return n;
}

size_t
purge_papers_braked(const struct papers *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->list[i].kind != PAPER_STUB &&
		     p->list[i].verdict == VERDICT_DESTROY &&
		     p->list[i].approval == NULL;
	return n;
}

int
purge_papers_items(const struct papers *p, struct destroy_paper **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct destroy_paper *list = calloc(p->n + 1, sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return no_memory(err);
	for (size_t i = 0; i < p->n; i++) {
		if (p->list[i].chosen)
			list[n++] =
			    (struct destroy_paper){ .kind = p->list[i].kind,
				    .id = p->list[i].id,
				    .approval = p->list[i].approval };
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

static int
propose(struct hrv_vault *v, const struct paper *p, json_t *list, json_t *comps,
    struct hrv_err *err)
{
	const struct hrv_class *c =
	    hrv_schedule_class(v->schedule, p->class_name);
	char text[ID_TEXT_SIZE];
	uint8_t state[32];
	json_t *o = json_object();
	int rc = paper_state(v, p, state, err);

	id_format(&p->id, text);
	if (rc == HRV_OK &&
	    (o == NULL || json_set_str(o, "paper", text) ||
		json_set_str(o, "class", p->class_name) ||
		json_set_str(o, "rule", p->rule) ||
		json_set_str(o, "purge_from", p->purge_from) ||
		json_set_hex(o, "state", state, sizeof(state)) ||
		json_array_append(list, o) ||
		earlier_add_comp(comps, c == NULL ? "" : c->compartment)))
		rc = no_memory(err);
	json_decref(o);
	return rc;
}

int
purge_papers_propose(struct hrv_vault *v, const struct papers *p, bool braked,
    json_t *list, json_t *comps, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < p->n; i++) {
		const struct paper *x = &p->list[i];

		if (x->verdict == VERDICT_REVIEW ||
		    (braked && x->verdict == VERDICT_DESTROY &&
			x->kind != PAPER_STUB))
			rc = propose(v, x, list, comps, err);
	}
	return rc;
}

/* Why something listed stays, or NULL when it goes. */
static const char *
why_dropped(const struct purge_listed_paper *item, const struct papers *papers)
{
	for (size_t i = 0; i < papers->n; i++) {
		const struct paper *p = &papers->list[i];

		if (p->kind != item->kind || !id_equal(&p->id, &item->id))
			continue;
		if (p->chosen && p->approval != NULL)
			return NULL;
		return p->verdict == VERDICT_DESTROY ||
			       p->verdict == VERDICT_REVIEW
			   ? "changed"
			   : verdict_name(p->verdict);
	}
	return verdict_name(VERDICT_NOT_DUE);
}

int
purge_papers_dropped(
    const struct purge_lists *l, const struct papers *p, json_t *list)
{
	int bad = 0;

	for (size_t i = 0; !bad && i < l->n_papers; i++) {
		const struct purge_listed_paper *item = &l->papers[i];
		const char *why = why_dropped(item, p);
		char text[ID_TEXT_SIZE];

		if (why == NULL)
			continue;
		id_format(&item->id, text);
		bad |= json_array_append_new(
		    list, json_pack("{s:s,s:s,s:s,s:s}", "paper", text, "class",
			      paper_class(item->kind), "plan",
			      l->plans[item->plan].text, "why", why));
	}
	return bad;
}
