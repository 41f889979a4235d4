/* SPDX-License-Identifier: ISC */
/*
 * Folding erasures. Layer: verbs. Invariant: what destroys for somebody's
 * request is an entry of the log; a row that says so alone destroys nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/fold.h"

static int
cmp_order(const void *a, const void *b)
{
	const struct fold_order *x = a, *y = b;
	int c = memcmp(x->record.b, y->record.b, ID_BYTES);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

const struct fold_order *
fold_order_find(const struct fold *f, const struct hrv_id *record, uint32_t n)
{
	struct fold_order key = { .record = *record, .n = n };

	return f->n_orders == 0 ? NULL
				: bsearch(&key, f->orders, f->n_orders,
				      sizeof(key), cmp_order);
}

int
fold_order_add(
    struct fold *f, const struct fold_order *order, struct hrv_err *err)
{
	struct fold_order *list = f->orders;
	size_t at = 0;
	int c = 1;

	while (at < f->n_orders && (c = cmp_order(&list[at], order)) < 0)
		at++;
	if (at < f->n_orders && c == 0) {
		list[at] = *order;
		return HRV_OK;
	}
	list = realloc(list, (f->n_orders + 1) * sizeof(*list));
	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	f->orders = list;
	memmove(list + at + 1, list + at, (f->n_orders - at) * sizeof(*list));
	list[at] = *order;
	f->n_orders++;
	return HRV_OK;
}

static int
damaged(const struct leaf *leaf, struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the payload of log entry %llu is not one of %s",
	    (unsigned long long)leaf->index, leaf->op->name);
}

/* Whom the case is about by that entry: who it was opened for may have become
 * another one. */
static struct hrv_id
whose(const struct fold *f, const struct leaf *leaf, const struct hrv_id *kase)
{
	struct hrv_id id;

	if (id_parse(leaf->subject, ID_SUBJECT, &id))
		return id;
	for (size_t i = f->cases.n; i > 0; i--) {
		if (id_equal(&f->cases.cases[i - 1].id, kase))
			return f->cases.cases[i - 1].subject;
	}
	return (struct hrv_id){ 0 };
}

static int
ordered(struct fold *f, const struct leaf *leaf, const struct hrv_id *kase,
    const json_t *payload, struct hrv_err *err)
{
	const json_t *list = json_object_get(payload, "records");
	int rc = json_is_array(list) ? HRV_OK : damaged(leaf, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		const char *id = json_string_value(json_array_get(row, 0));
		json_int_t n = json_integer_value(json_array_get(row, 1));
		struct fold_order o = { .kase = *kase,
			.subject = whose(f, leaf, kase),
			.time = leaf->time };

		if (id == NULL || n < 1 || n > UINT32_MAX ||
		    !id_parse(id, ID_RECORD, &o.record))
			return damaged(leaf, err);
		o.n = (uint32_t)n;
		memccpy(o.proposal, leaf->proposal, '\0', sizeof(o.proposal));
		o.proposal[sizeof(o.proposal) - 1] = '\0';
		rc = fold_order_add(f, &o, err);
	}
	return rc;
}

static bool
names(const struct manifest *things, const struct hrv_id *record)
{
	for (size_t i = 0; things != NULL && i < things->n; i++) {
		if (id_equal(&things->rows[i].id, record))
			return true;
	}
	return false;
}

/* Orders of a case are taken back; things NULL: all of them. */
static void
take_back(struct fold *f, const struct hrv_id *kase, bool all,
    const struct manifest *things)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n_orders; i++) {
		const struct fold_order *o = &f->orders[i];

		if (!id_equal(&o->kase, kase) ||
		    (!all && !names(things, &o->record)))
			f->orders[kept++] = *o;
	}
	f->n_orders = kept;
}

int
fold_case(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	const char *op = leaf->op->name;
	const char *disposition = json_str(payload, "disposition");
	struct hrv_id kase;

	if (!id_parse(leaf->kase, ID_CASE, &kase))
		return HRV_OK;
	if (strcmp(op, "case.erase") == 0)
		return ordered(f, leaf, &kase, payload, err);
	if (strcmp(op, "case.refuse") == 0)
		take_back(f, &kase, true, NULL);
	else if (strcmp(op, "case.decide") == 0 && disposition != NULL)
		take_back(f, &kase, false, things);
	return HRV_OK;
}

static void
restart(struct fold_order *o, int64_t time)
{
	if (time > o->time)
		o->time = time;
}

/* Two people are one: all dates of both may be others. */
static int
merged(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	const char *text = json_str(payload, "into");
	struct hrv_id from, into;

	if (text == NULL || !id_parse(text, ID_SUBJECT, &into) ||
	    !id_parse(leaf->subject, ID_SUBJECT, &from))
		return damaged(leaf, err);
	for (size_t i = 0; i < f->n_orders; i++) {
		struct fold_order *o = &f->orders[i];

		if (id_equal(&o->subject, &from))
			o->subject = into;
		if (id_equal(&o->subject, &into) || names(things, &o->record))
			restart(o, leaf->time);
	}
	return HRV_OK;
}

/* What began the keeping was taken back, and leaves no fact that the notice
 * could begin with. A consent that is given again takes its withdrawal back. */
static bool
takes_back(const struct leaf *leaf, const json_t *payload)
{
	static const char *const ways[] = { "earlier", "later", "pending",
		"dated" };
	const json_t *moved = json_object_get(payload, "moved");
	const char *op = leaf->op->name;

	if (strcmp(op, "subject.event") == 0 || strcmp(op, "record.event") == 0)
		return json_int(payload, "retracted", 0) != 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(op, "subject.consent") == 0 &&
		    json_int(moved, ways[i], 0) > 0)
			return true;
	}
	return false;
}

static int
taken_back(struct fold *f, const struct leaf *leaf, struct hrv_err *err)
{
	bool own = leaf->record[0] != '\0';
	struct hrv_id id;

	if (!id_parse(own ? leaf->record : leaf->subject,
		own ? ID_RECORD : ID_SUBJECT, &id))
		return damaged(leaf, err);
	for (size_t i = 0; i < f->n_orders; i++) {
		struct fold_order *o = &f->orders[i];

		if (id_equal(own ? &o->record : &o->subject, &id))
			restart(o, leaf->time);
	}
	return HRV_OK;
}

int
fold_refiled(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	bool moves = strcmp(leaf->op->name, "record.move") == 0;
	struct hrv_id record;
	size_t kept = 0;

	if (strcmp(leaf->op->name, "subject.merge") == 0)
		return merged(f, leaf, payload, things, err);
	if (takes_back(leaf, payload))
		return taken_back(f, leaf, err);
	if (!moves && strcmp(leaf->op->name, "record.reclassify") != 0)
		return HRV_OK;
	if (!id_parse(leaf->record, ID_RECORD, &record))
		return damaged(leaf, err);
	for (size_t i = 0; i < f->n_orders; i++) {
		struct fold_order o = f->orders[i];

		if (id_equal(&o.record, &record))
			restart(&o, leaf->time);
		if (!moves || !id_equal(&o.record, &record))
			f->orders[kept++] = o;
	}
	f->n_orders = kept;
	return HRV_OK;
}
