/* SPDX-License-Identifier: ISC */
/*
 * Papers, listed and judged. Layer: verbs. Invariant: as for records,
 * VERDICT_DESTROY is reached only when every reason to keep was looked at.
 */
#include "vault/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/deklist.h"
#include "vault/log/append.h"
#include "vault/paper_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/version.h"

static const struct paper_ops *const kinds[] = { [PAPER_HOLD] = &paper_hold,
	[PAPER_STUB] = &paper_stub,
	[PAPER_DISCLOSURE] = &paper_disclosure,
	[PAPER_CASE] = &paper_case };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
paper_class(enum paper_kind kind)
{
	return kinds[kind]->class_name;
}

int
paper_kind_of(const char *class_name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i]->class_name, class_name) == 0)
			return (int)i;
	}
	return -1;
}

void
papers_clear(struct papers *p)
{
	free(p->list);
	*p = (struct papers){ .list = NULL };
}

/* ---- the schedule ---- */

static int
decide(struct hrv_vault *v, struct hrv_date day, struct paper *p,
    struct hrv_err *err)
{
	struct hrv_fact list[3] = { { .event = "record.created" },
		{ .event = "record.stored" }, { .event = "record.closed" } };
	struct hrv_facts facts = { .fact = list, .count = 2 };
	const struct hrv_rule *rule;
	int rc;

	p->class_name = kinds[p->kind]->class_name;
	if (!hrv_date_parse(p->created, &list[0].date) ||
	    (p->closed[0] != '\0' && !hrv_date_parse(p->closed, &list[2].date)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a paper of the vault has no day: nothing is destroyed");
	list[1].date = list[0].date;
	facts.count += p->closed[0] != '\0';
	rc = hrv_policy_decide(
	    v->schedule, p->class_name, &facts, day, &p->decision, err);
	if (rc != HRV_OK)
		return rc;
	rule = candidate_rule(&p->decision);
	snprintf(p->rule, sizeof(p->rule), "%s", rule == NULL ? "" : rule->id);
	if (p->decision.purge_from.kind == HRV_BOUND_DATE)
		hrv_date_format(p->decision.purge_from.date, p->purge_from);
	return HRV_OK;
}

static bool
within(const struct paper_walk *w, const struct paper *p)
{
	return w->last == NULL || (p->purge_from[0] != '\0' &&
				      strcmp(p->purge_from, w->last) <= 0);
}

int
paper_wanted(const struct paper_walk *w, const struct paper *probe, bool *ret,
    struct hrv_err *err)
{
	struct paper p = *probe;
	int rc = decide(w->v, w->day, &p, err);

	*ret = rc == HRV_OK && within(w, &p);
	return rc;
}

int
paper_pass(const struct paper_walk *w, const struct paper *found, size_t n,
    struct hrv_err *err)
{
	struct paper p = *found;
	int rc = decide(w->v, w->day, &p, err);

	return rc == HRV_OK && within(w, &p) ? w->fn(w->ctx, &p, n, err) : rc;
}

static int
walk(const struct paper_walk *w, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < KINDS; i++)
		rc = kinds[i]->each(w, err);
	return rc;
}

/* For who wants them one by one. */
struct each {
	paper_fn *fn;
	void *ctx;
};

static int
pass_one(void *ctx, const struct paper *p, size_t n, struct hrv_err *err)
{
	const struct each *e = ctx;

	(void)n;
	return e->fn(e->ctx, p, err);
}

int
paper_each(struct hrv_vault *v, struct hrv_date day, const char *last,
    paper_fn *fn, void *ctx, struct hrv_err *err)
{
	struct each e = { fn, ctx };
	struct paper_walk w = {
		.v = v, .day = day, .last = last, .fn = pass_one, .ctx = &e
	};

	return walk(&w, err);
}

int
paper_count(struct hrv_vault *v, struct hrv_date day, paper_count_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct paper_walk w = {
		.v = v, .day = day, .counted = true, .fn = fn, .ctx = ctx
	};

	return walk(&w, err);
}

/* ---- what protects it ---- */

void
paper_join(struct protect_why *why, const struct protect_why *more)
{
	if (more->hold || (more->cooling && !why->hold))
		why->hold_id = more->hold_id;
	if (more->kase)
		why->case_id = more->case_id;
	if (strcmp(more->until, why->until) > 0)
		memcpy(why->until, more->until, sizeof(why->until));
	why->hold |= more->hold;
	why->cooling |= more->cooling;
	why->kase |= more->kase;
}

static int
add_person(struct hrv_vault *v, const struct protect *protect,
    const struct hrv_id *subject, struct protect_why *why, struct hrv_err *err)
{
	struct protect_why one = { 0 };
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = protect_subject(v, protect, subject, &one, err);

	if (rc == HRV_OK)
		paper_join(why, &one);
	if (rc == HRV_OK && protect->n > 0)
		rc = ids_of(
		    v, SQL_RECORD_LIST_OF, subject, ID_RECORD, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && !why->hold && i < n; i++) {
		rc = record_load(v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged)
			continue;
		rc = protect_record(v, protect, &rec, &one, err);
		if (rc == HRV_OK)
			paper_join(why, &one);
	}
	free(ids);
	return rc;
}

int
paper_person(struct hrv_vault *v, const struct protect *protect,
    const struct hrv_id *subject, struct protect_why *why, struct hrv_err *err)
{
	struct hrv_id last = *subject;
	int rc = subject_last(v, &last, err);

	if (rc == HRV_OK)
		rc = add_person(v, protect, subject, why, err);
	if (rc == HRV_OK && !id_equal(&last, subject))
		rc = add_person(v, protect, &last, why, err);
	return rc;
}

int
paper_protected(struct hrv_vault *v, const struct protect *protect,
    const struct paper *p, struct protect_why *ret, struct hrv_err *err)
{
	struct protect_why why = { 0 };
	int rc = kinds[p->kind]->protect(v, protect, p, &why, err);

	if (rc == HRV_OK)
		*ret = why;
	return rc;
}

/* ---- the judgement ---- */

static int
not_as_logged(const struct paper *p, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(&p->id, text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says: nothing "
	    "is destroyed",
	    text);
	return hrv_hint(err, "run 'hrvault check' and 'hrvault audit verify'");
}

int
paper_listed(
    struct hrv_vault *v, const struct paper *p, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_LOG_GET_LISTED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)p->leaf);
	(void)db_bind_blob(st, 2, p->id.b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return HRV_OK;
}

/* The entry from which it counts, and its time. */
static int
check_entry(const struct judge *j, const struct paper *p, int64_t *ret_time,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	struct leaf l = LEAF_INIT;
	json_t *o = NULL;
	bool same = false;
	int rc = log_read(j->v->db, p->leaf, &text, &payload, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc == HRV_OK && payload.len > 0)
		rc = json_read(payload.data, payload.len, &o, err);
	if (rc == HRV_OK && l.result == LEAF_OK)
		rc = kinds[p->kind]->check(j, p, &l, o, &same, err);
	if (rc == HRV_OK && !same)
		rc = not_as_logged(p, err);
	*ret_time = l.time;
	json_decref(o);
	buf_clear(&payload);
	buf_clear(&text);
	return rc;
}

/* N days after the later of the entry and the schedule. */
static int
notice_over(const struct judge *j, const struct paper *p, int64_t time,
    struct hrv_date *ret, struct hrv_err *err)
{
	if (j->fold->policy_time > time)
		time = j->fold->policy_time;
	return judge_notice(j, time, p->leaf, ret, err);
}

/* One that the schedule calls due: whatever protects it wins. */
static int
judge_due(const struct judge *j, struct paper *p, struct hrv_err *err)
{
	struct protect_why why = { 0 };
	struct hrv_date over;
	enum verdict shield;
	int64_t time = 0;
	int rc = check_entry(j, p, &time, err);

	if (rc == HRV_OK)
		rc = paper_protected(j->v, j->protect, p, &why, err);
	if (rc == HRV_OK)
		rc = notice_over(j, p, time, &over, err);
	if (rc != HRV_OK)
		return rc;
	shield = candidate_shield(&why);
	if (shield != VERDICT_DESTROY) {
		p->verdict = shield;
		if (shield == VERDICT_COOLING)
			memcpy(p->until, why.until, sizeof(why.until));
	} else if (hrv_date_cmp(j->today, over) < 0) {
		p->verdict = VERDICT_NOTICE;
		hrv_date_format(over, p->until);
	}
	return HRV_OK;
}

static int
judge_paper(const struct judge *j, struct paper *p, struct hrv_err *err)
{
	p->verdict = candidate_scheduled(&p->decision);
	return p->verdict == VERDICT_DESTROY || p->verdict == VERDICT_REVIEW
		   ? judge_due(j, p, err)
		   : HRV_OK;
}

/* Those that are due are copied; they are judged when no statement runs. */
static int
add_due(void *ctx, const struct paper *p, size_t n, struct hrv_err *err)
{
	enum verdict verdict = candidate_scheduled(&p->decision);
	struct papers *list = ctx;
	struct paper *more = list->list;

	(void)n;
	if (verdict != VERDICT_DESTROY && verdict != VERDICT_REVIEW)
		return HRV_OK;
	if ((list->n & (list->n - 1)) == 0)
		more = realloc(
		    more, (list->n == 0 ? 1 : 2 * list->n) * sizeof(*more));
	if (more == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	list->list = more;
	more[list->n++] = *p;
	return HRV_OK;
}

int
papers_judge(const struct judge *j, struct papers *ret, struct hrv_err *err)
{
	struct papers list = { .list = NULL };
	char today[HRV_DATE_TEXT];
	struct paper_walk w = { .v = j->v,
		.day = j->today,
		.last = today,
		.fn = add_due,
		.ctx = &list };
	int rc;

	hrv_date_format(j->today, today);
	rc = walk(&w, err);

	for (size_t i = 0; rc == HRV_OK && i < list.n; i++)
		rc = judge_paper(j, &list.list[i], err);
	if (rc != HRV_OK) {
		papers_clear(&list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}

int
paper_judge(const struct judge *j, enum paper_kind kind,
    const struct hrv_id *id, struct paper *ret, struct hrv_err *err)
{
	struct papers list = { .list = NULL };
	struct paper_walk w = { .v = j->v,
		.day = j->today,
		.id = id,
		.fn = add_due,
		.ctx = &list };
	int rc = kinds[kind]->each(&w, err);

	*ret = (struct paper){ .kind = kind,
		.id = *id,
		.class_name = paper_class(kind),
		.verdict = VERDICT_NOT_DUE };
	if (rc == HRV_OK && list.n > 0) {
		*ret = list.list[0];
		rc = judge_paper(j, ret, err);
	}
	papers_clear(&list);
	return rc;
}

/* ---- telling ---- */

int
paper_state(struct hrv_vault *v, const struct paper *p, uint8_t out[32],
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	struct deklist keys = { 0 };
	struct buf text = BUF_INIT;
	int sql = kinds[p->kind]->deks;
	int rc = sql < 0 ? HRV_OK : deklist_query(v, &keys, sql, &p->id, err);

	id_format(&p->id, id);
	buf_addf(&text, "%s %s %llu %s %s\n", p->class_name, id,
	    (unsigned long long)p->leaf, p->rule, p->purge_from);
	deklist_sort(&keys);
	for (size_t i = 0; i < keys.n; i++)
		buf_add(&text, keys.ids[i], DEK_ID_LEN);
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		crypt_sha256(text.data, text.len, out);
	deklist_clear(&keys);
	buf_clear(&text);
	return rc;
}

int
paper_tell(const struct paper *p, json_t **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&p->id, id);
	if (o == NULL || json_set_str(o, "paper", id) ||
	    json_set_str(o, "class", p->class_name) ||
	    json_set_str(o, "rule", p->rule) ||
	    json_set_str(o, "purge_from", p->purge_from) ||
	    json_set_str(o, "why",
		p->verdict == VERDICT_DESTROY ? NULL
					      : verdict_name(p->verdict)) ||
	    json_set_str(o, "until", p->until[0] == '\0' ? NULL : p->until)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}
