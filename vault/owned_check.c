/* SPDX-License-Identifier: ISC */
/*
 * What the log says of people's records, held against the tables. Layer: verbs.
 * Rows are read by the key of the record, never found by whose they are: an old
 * page of an index would leave some out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/fold.h"
#include "vault/owned_int.h"
#include "vault/paper_ended.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/version.h"

int
owned_differs(const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says: nothing "
	    "is destroyed",
	    text);
	return hrv_hint(err, "run 'hrvault check' and 'hrvault audit verify'");
}

/* Whether a version of it is left. */
static int
has_version(struct hrv_vault *v, const struct hrv_id *record, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

static int
add_link(struct owned *o, const struct owned_pair *link, struct hrv_err *err)
{
	struct owned_pair *list = o->links;

	if ((o->n_links & (o->n_links - 1)) == 0)
		list = realloc(list, (2 * o->n_links + 1) * sizeof(*list));
	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	o->links = list;
	list[o->n_links++] = *link;
	return HRV_OK;
}

/* Whom it names besides. */
static int
load_links(struct hrv_vault *v, struct owned *o, const struct hrv_id *record,
    struct hrv_err *err)
{
	struct owned_pair link = { .a.kind = ID_SUBJECT, .b = *record };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LINK_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, link.a.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = add_link(o, &link, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Of whom and as what each version of it went. */
static int
count_losses(struct owned *o, const struct owned_record *r,
    const struct record_row *rec, struct hrv_err *err)
{
	for (uint32_t i = r->loss; i != 0; i = o->losses[i - 1].before) {
		struct owned_loss l = o->losses[i - 1], *list = o->counts;

		if ((o->n_counts & (o->n_counts - 1)) == 0)
			list = realloc(
			    list, (2 * o->n_counts + 1) * sizeof(*list));
		if (list == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		if (l.subject.kind != ID_SUBJECT)
			l.subject = rec->subject;
		if (l.class_name[0] == '\0')
			memcpy(l.class_name, rec->class_name,
			    sizeof(l.class_name));
		l.last = owned_last(o, &l.subject);
		o->counts = list;
		list[o->n_counts++] = l;
	}
	return HRV_OK;
}

static int
check_one(struct hrv_vault *v, const struct paper_ended *ended, struct owned *o,
    struct owned_record *r, struct hrv_err *err)
{
	struct record_row rec;
	uint8_t state[32];
	bool lives = false;
	int rc = record_load(v, &r->record, &rec, err);

	r->there = rc == HRV_OK;
	if (rc == HRV_ENOTFOUND)
		return paper_ended_has(ended, &r->record)
			   ? HRV_OK
			   : owned_differs(&r->record, err);
	if (rc == HRV_OK)
		rc = state_record(v, &r->record, state, err);
	if (rc == HRV_OK)
		rc = has_version(v, &r->record, &lives, err);
	if (rc == HRV_OK)
		rc = load_links(v, o, &r->record, err);
	if (rc == HRV_OK)
		rc = count_losses(o, r, &rec, err);
	if (rc != HRV_OK)
		return rc;
	r->subject = rec.subject;
	return r->known && memcmp(state, r->state, sizeof(state)) == 0 &&
		       lives != rec.purged
		   ? HRV_OK
		   : owned_differs(&r->record, err);
}

static int
by_from(const void *a, const void *b)
{
	const struct owned_merge *x = a, *y = b;
	int c = memcmp(x->from.b, y->from.b, ID_BYTES);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* The first merge of somebody from that place of the log on, or NULL. */
static const struct owned_merge *
merge_of(const struct owned *o, const struct hrv_id *from, size_t at)
{
	struct owned_merge key = { .from = *from, .at = at };
	size_t lo = 0, hi = o->n_merges;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_from(&o->merges[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < o->n_merges && id_equal(&o->merges[lo].from, from)
		   ? &o->merges[lo]
		   : NULL;
}

struct hrv_id
owned_last(const struct owned *o, const struct hrv_id *subject)
{
	const struct owned_merge *m = merge_of(o, subject, 0);

	return m == NULL ? *subject : m->last;
}

/* Backwards in the log, so that the end of those that follow is known. */
static int
resolve_merges(struct owned *o, struct hrv_err *err)
{
	size_t *places = calloc(o->n_merges + 1, sizeof(*places));

	if (places == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (o->n_merges > 1)
		qsort(o->merges, o->n_merges, sizeof(*o->merges), by_from);
	for (size_t i = 0; i < o->n_merges; i++)
		places[o->merges[i].at] = i;
	for (size_t i = o->n_merges; i > 0; i--) {
		struct owned_merge *m = &o->merges[places[i - 1]];
		const struct owned_merge *next = merge_of(o, &m->into, i);

		m->last = next == NULL ? m->into : next->last;
	}
	free(places);
	return HRV_OK;
}

/* Who became one of those that are looked at is looked at as well, or the
 * tables do not know of it. */
static int
check_merges(const struct fold *f, struct hrv_err *err)
{
	for (size_t i = 0; i < f->owned.n_merges; i++) {
		const struct owned_merge *m = &f->owned.merges[i];

		if (fold_find(f, &m->last) != NULL &&
		    fold_find(f, &m->from) == NULL)
			return owned_differs(&m->from, err);
	}
	return HRV_OK;
}

static int
by_subject(const void *a, const void *b, void *ctx)
{
	const struct owned_record *list = ctx;
	const struct owned_record *x = &list[*(const uint32_t *)a];
	const struct owned_record *y = &list[*(const uint32_t *)b];
	int c = memcmp(x->subject.b, y->subject.b, ID_BYTES);

	return c != 0 ? c : memcmp(x->record.b, y->record.b, ID_BYTES);
}

static int
by_name(const void *a, const void *b)
{
	const struct owned_pair *x = a, *y = b;

	return memcmp(x->a.b, y->a.b, ID_BYTES);
}

static int
by_last(const void *a, const void *b)
{
	const struct owned_loss *x = a, *y = b;

	return memcmp(x->last.b, y->last.b, ID_BYTES);
}

static int
sort(struct owned *o, struct hrv_err *err)
{
	free(o->sorted);
	o->sorted = calloc(o->n + 1, sizeof(*o->sorted));
	if (o->sorted == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < o->n; i++)
		o->sorted[i] = (uint32_t)i;
	if (o->n > 1)
		qsort_r(
		    o->sorted, o->n, sizeof(*o->sorted), by_subject, o->list);
	if (o->n_links > 1)
		qsort(o->links, o->n_links, sizeof(*o->links), by_name);
	if (o->n_counts > 1)
		qsort(o->counts, o->n_counts, sizeof(*o->counts), by_last);
	return HRV_OK;
}

int
owned_check(struct hrv_vault *v, struct fold *f, struct hrv_err *err)
{
	struct owned *o = &f->owned;
	struct paper_ended ended = { .n = 0 };
	int rc = resolve_merges(o, err);

	o->checked = false;
	o->n_links = 0;
	o->n_counts = 0;
	if (rc == HRV_OK)
		rc = check_merges(f, err);
	if (rc == HRV_OK)
		rc = paper_ended_load(v, &ended, err);
	paper_ended_sort(&ended);
	for (size_t i = 0; rc == HRV_OK && i < o->n; i++)
		rc = check_one(v, &ended, o, &o->list[i], err);
	paper_ended_clear(&ended);
	if (rc == HRV_OK)
		rc = sort(o, err);
	o->checked = rc == HRV_OK;
	return rc;
}

size_t
owned_first(const struct owned *o, const struct hrv_id *subject)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(o->list[o->sorted[mid]].subject.b, subject->b,
			ID_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct owned_record *
owned_next(const struct owned *o, const struct hrv_id *subject, size_t *at)
{
	while (*at < o->n) {
		const struct owned_record *r = &o->list[o->sorted[(*at)++]];

		if (!r->there)
			continue;
		return id_equal(&r->subject, subject) ? r : NULL;
	}
	return NULL;
}

/* Whether that record still names the person. */
static int
names(struct hrv_vault *v, const struct owned_pair *link, bool *ret,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_SUBJECT };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LINK_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, link->b.b, ID_BYTES);
	while (!*ret && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		*ret = id_equal(&id, &link->a);
	}
	db_reset(st);
	return rc;
}

/* A living record of somebody else that names the person. */
static int
is_named(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	size_t lo = 0, hi = o->n_links;
	int rc = HRV_OK;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(o->links[mid].a.b, subject->b, ID_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; rc == HRV_OK && !*ret && lo < o->n_links; lo++) {
		if (!id_equal(&o->links[lo].a, subject))
			break;
		rc = names(v, &o->links[lo], ret, err);
	}
	return rc;
}

int
owned_lives(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret, struct hrv_err *err)
{
	size_t at = owned_first(o, subject);
	const struct owned_record *r;
	struct record_row rec;
	int rc = HRV_OK;

	*ret = false;
	while (rc == HRV_OK && !*ret) {
		r = owned_next(o, subject, &at);
		if (r == NULL)
			break;
		rc = record_load(v, &r->record, &rec, err);
		if (rc == HRV_OK && strcmp(rec.class_name, CLASS_IDENTITY) != 0)
			rc = has_version(v, &r->record, ret, err);
	}
	return rc == HRV_OK && !*ret ? is_named(v, o, subject, ret, err) : rc;
}
