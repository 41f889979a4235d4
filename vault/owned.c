/* SPDX-License-Identifier: ISC */
/*
 * Whose a record is, from the entries. Layer: verbs. Invariant: a record that
 * any entry gave to a person is never missing here; one that somebody else has
 * by now may be there, and its row, once it was checked, says so.
 */
#include "vault/owned.h"

#include <stdlib.h>
#include <string.h>

#include "vault/fold.h"

#define SLOTS_MIN 1024 /* a power of two */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

void
owned_clear(struct owned *o)
{
	free(o->list);
	free(o->slots);
	free(o->sorted);
	free(o->losses);
	free(o->links);
	free(o->counts);
	free(o->merges);
	free(o->marks);
	free(o->imports);
	*o = (struct owned){ .n = 0 };
}

/* Where an id belongs: ids are random. */
static size_t
slot_of(const struct owned *o, const struct hrv_id *id)
{
	uint32_t h;
	size_t at;

	memcpy(&h, id->b, sizeof(h));
	at = h & (o->n_slots - 1);
	while (o->slots[at] != 0 &&
	       !id_equal(&o->list[o->slots[at] - 1].record, id))
		at = (at + 1) & (o->n_slots - 1);
	return at;
}

static struct owned_record *
find(const struct owned *o, const struct hrv_id *id)
{
	uint32_t at = o->n == 0 ? 0 : o->slots[slot_of(o, id)];

	return at == 0 ? NULL : &o->list[at - 1];
}

/* Room for one more; at most half of the slots are taken. */
static int
grow(struct owned *o, struct hrv_err *err)
{
	size_t n = o->n_slots == 0 ? SLOTS_MIN : 2 * o->n_slots;
	struct owned_record *list;

	if (2 * o->n < o->n_slots)
		return HRV_OK;
	list = realloc(o->list, n / 2 * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	o->list = list;
	free(o->slots);
	o->slots = calloc(n, sizeof(*o->slots));
	if (o->slots == NULL) {
		o->n = 0;
		o->n_slots = 0;
		return no_memory(err);
	}
	o->n_slots = n;
	for (size_t i = 0; i < o->n; i++)
		o->slots[slot_of(o, &o->list[i].record)] = (uint32_t)i + 1;
	return HRV_OK;
}

static int
add_record(struct owned *o, const struct hrv_id *id, struct hrv_err *err)
{
	size_t at;
	int rc;

	if (id->kind != ID_RECORD)
		return HRV_OK;
	rc = grow(o, err);
	if (rc != HRV_OK)
		return rc;
	at = slot_of(o, id);
	if (o->slots[at] != 0)
		return HRV_OK;
	o->list[o->n++] = (struct owned_record){ .record = *id };
	o->slots[at] = (uint32_t)o->n;
	return HRV_OK;
}

static int
add_merge(struct owned *o, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const char *into = json_str(payload, "into");
	struct owned_merge m = { .at = o->n_merges }, *list;

	if (into == NULL || !id_parse(leaf->subject, ID_SUBJECT, &m.from) ||
	    !id_parse(into, ID_SUBJECT, &m.into))
		return HRV_OK; /* fold_refiled() says that it is damaged */
	list = realloc(o->merges, (o->n_merges + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	o->merges = list;
	list[o->n_merges++] = m;
	return HRV_OK;
}

static int
add_mark(struct owned *o, const char *record, const json_t *payload,
    struct hrv_err *err)
{
	const char *proposal = json_str(payload, "proposal");
	struct owned_mark m = { .proposal = "" }, *list;
	struct owned_record *r;
	struct hrv_id id;

	if (record == NULL || !id_parse(record, ID_RECORD, &id))
		return HRV_OK;
	r = find(o, &id);
	if (r == NULL)
		return HRV_OK; /* nobody's who is looked at, so far */
	m.before = r->mark;
	if (proposal != NULL && strlen(proposal) < sizeof(m.proposal))
		memcpy(m.proposal, proposal, strlen(proposal) + 1);
	list = realloc(o->marks, (o->n_marks + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	o->marks = list;
	list[o->n_marks++] = m;
	r->mark = (uint32_t)o->n_marks;
	return HRV_OK;
}

/* The record, and the statements on it that go with it. */
static int
add_marks(struct owned *o, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const json_t *list = json_object_get(payload, "statements");
	int rc = add_mark(o, leaf->record, payload, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = add_mark(o,
		    json_string_value(
			json_array_get(json_array_get(list, i), 0)),
		    payload, err);
	return rc;
}

static bool
is_watched(const struct fold *f, const char *text)
{
	struct hrv_id id;

	return text != NULL && id_parse(text, ID_SUBJECT, &id) &&
	       fold_find(f, &id) != NULL;
}

static bool
names_watched(const struct fold *f, const struct manifest *things)
{
	for (size_t i = 0; things != NULL && i < things->n; i++) {
		const struct hrv_id *id = &things->rows[i].id;

		if (id->kind == ID_SUBJECT && fold_find(f, id) != NULL)
			return true;
	}
	return false;
}

static int
add_import(struct fold *f, const struct leaf *leaf,
    const struct manifest *things, struct hrv_err *err)
{
	struct owned *o = &f->owned;
	uint64_t *list;

	if (!names_watched(f, things))
		return HRV_OK;
	list = realloc(o->imports, (o->n_imports + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	o->imports = list;
	list[o->n_imports++] = leaf->index;
	return HRV_OK;
}

/* A batch whose intent named one of them. */
static bool
is_import(const struct owned *o, const struct leaf *leaf)
{
	for (size_t i = 0; i < o->n_imports; i++) {
		if ((leaf->has & LEAF_REF) != 0 && o->imports[i] == leaf->ref)
			return true;
	}
	return false;
}

/* Operations that give a record to somebody, or name somebody in one. A batch
 * does not say which is whose, so all of it counts. */
static bool
gives(const char *op)
{
	static const char *const ops[] = { "subject.add", "record.add",
		"record.move", "record.link", "subject.merge", "import" };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(op, ops[i]) == 0)
			return true;
	}
	return false;
}

static int
add_given(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	struct hrv_id id;
	int rc = HRV_OK;

	if (!gives(leaf->op->name) ||
	    !(is_watched(f, leaf->subject) || names_watched(f, things) ||
		is_watched(f, json_str(payload, "into")) ||
		is_import(&f->owned, leaf)))
		return HRV_OK;
	if (id_parse(leaf->record, ID_RECORD, &id))
		rc = add_record(&f->owned, &id, err);
	for (size_t i = 0; rc == HRV_OK && things != NULL && i < things->n; i++)
		rc = add_record(&f->owned, &things->rows[i].id, err);
	return rc;
}

/* Whether the run names the approval by which it was marked. */
static bool
is_approved(const struct owned_mark *m, const json_t *run)
{
	const json_t *list = json_object_get(run, "approvals");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *p = json_string_value(json_array_get(list, i));

		if (p != NULL && strcmp(p, m->proposal) == 0)
			return true;
	}
	return false;
}

/* Whether this run took it as filed in error. That of a member who was alone
 * names no approval; neither did one of the schedule before it said of itself
 * that it was whole, so that this is not certain. */
static void
look_for_mark(const struct owned *o, const struct owned_record *r,
    const json_t *run, struct owned_loss *loss)
{
	bool none = json_array_size(json_object_get(run, "approvals")) == 0 &&
		    json_int(run, "whole", 0) == 0;

	for (uint32_t i = r->mark; i != 0; i = o->marks[i - 1].before) {
		const struct owned_mark *m = &o->marks[i - 1];
		bool alone = m->proposal[0] == '\0' && none;

		if (!alone && !is_approved(m, run))
			continue;
		loss->voided = true;
		loss->doubt = loss->doubt || alone;
	}
}

static int
add_loss(struct owned *o, struct owned_record *r, bool same, const json_t *run,
    struct hrv_err *err)
{
	/* A run states what waits for another record, too, and so does one
	 * that repeats what went before a restore. */
	struct owned_loss loss = { .doubt = same, .before = r->loss }, *list;
	const char *day = json_str(run, "day");

	if (day == NULL || strlen(day) >= sizeof(loss.day))
		return HRV_OK;
	memcpy(loss.day, day, strlen(day) + 1);
	look_for_mark(o, r, run, &loss);
	list = o->losses;
	if ((o->n_losses & (o->n_losses - 1)) == 0)
		list = realloc(list, (2 * o->n_losses + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	o->losses = list;
	list[o->n_losses++] = loss;
	r->loss = (uint32_t)o->n_losses;
	return HRV_OK;
}

/* It was filed anew: what is gone of it was as it had been. */
static void
keep_losses(struct owned *o, const struct owned_record *r, bool moved,
    const json_t *payload)
{
	const char *from = json_str(payload, "from");

	for (uint32_t i = r->loss; i != 0; i = o->losses[i - 1].before) {
		struct owned_loss *l = &o->losses[i - 1];

		if (from == NULL)
			l->doubt = true;
		else if (moved && l->subject.kind != ID_SUBJECT)
			l->doubt |= !id_parse(from, ID_SUBJECT, &l->subject);
		else if (!moved && l->class_name[0] == '\0' &&
			 strlen(from) < sizeof(l->class_name))
			memcpy(l->class_name, from, strlen(from) + 1);
	}
}

static int
note(struct owned *o, const struct hrv_id *id, const uint8_t state[32],
    const struct leaf *leaf, const json_t *payload, struct hrv_err *err)
{
	struct owned_record *r = id->kind == ID_RECORD ? find(o, id) : NULL;
	const char *op = leaf->op->name;
	bool moved = strcmp(op, "record.move") == 0, same;

	if (r == NULL)
		return HRV_OK;
	same = r->known && memcmp(r->state, state, sizeof(r->state)) == 0;
	r->known = true;
	memcpy(r->state, state, sizeof(r->state));
	if (moved || strcmp(op, "record.reclassify") == 0)
		keep_losses(o, r, moved, payload);
	return strcmp(op, "purge.commit") == 0
		   ? add_loss(o, r, same, payload, err)
		   : HRV_OK;
}

int
owned_leaf(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	struct owned *o = &f->owned;
	struct hrv_id id;
	int rc = HRV_OK;

	if (!o->on)
		return HRV_OK;
	if (leaf->phase == OP_INTENT)
		return strcmp(leaf->op->name, "import") == 0
			   ? add_import(f, leaf, things, err)
			   : HRV_OK;
	if (leaf->result != LEAF_OK)
		return HRV_OK;
	if (strcmp(leaf->op->name, "subject.merge") == 0)
		rc = add_merge(o, leaf, payload, err);
	if (rc == HRV_OK && strcmp(leaf->op->name, "record.void") == 0)
		rc = add_marks(o, leaf, payload, err);
	if (rc == HRV_OK)
		rc = add_given(f, leaf, payload, things, err);
	if (rc != HRV_OK || o->n == 0)
		return rc;
	if ((leaf->has & LEAF_STATE) != 0 && leaf->kase[0] == '\0' &&
	    id_parse(leaf->record, ID_RECORD, &id))
		rc = note(o, &id, leaf->state, leaf, payload, err);
	if (things == NULL || !things->states)
		return rc;
	for (size_t i = 0; rc == HRV_OK && i < things->n; i++)
		rc = note(o, &things->rows[i].id, things->rows[i].state, leaf,
		    payload, err);
	return rc;
}
