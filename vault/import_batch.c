/* SPDX-License-Identifier: ISC */
/*
 * One batch of an import: decided, opened where somebody is known, stored in
 * one transaction under one entry. Layer: verbs. Invariant: whoever is opened
 * stands in the batch's one intent, and its outcome in the commit that stores
 * what came of it.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/import_int.h"

static bool
is_stored(const struct import_item *it)
{
	return it->fate == FATE_NEW || it->fate == FATE_UPDATE;
}

/* Looks everybody up, inside a transaction, so that what is found is what
 * the vault has when it is written to. */
static int
look_up(struct importing *im, size_t n, size_t *ret_known, struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret_known = 0;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct import_item *it = &im->item[i];

		if (it->fate == FATE_REJECT)
			continue;
		rc = import_lookup(im, it, &it->known, err);
		*ret_known += it->known.n;
	}
	return rc;
}

/* Under the write lock again: the same people as those that were opened? */
static int
look_again(struct importing *im, size_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct import_item *it = &im->item[i];
		struct subject_set now = { 0 };

		if (!is_stored(it))
			continue;
		rc = import_lookup(im, it, &now, err);
		if (rc == HRV_OK && !subject_set_equal(&it->known, &now)) {
			hrv_fail(err, HRV_EBUSY,
			    "another member has just stored one of these "
			    "people");
			rc = hrv_hint(err, "run the import again: it goes on "
					   "where it stopped");
		}
		subject_set_clear(&now);
	}
	return rc;
}

static int
by_id(const void *a, const void *b)
{
	const struct manifest_row *x = a, *y = b;

	return memcmp(x->id.b, y->id.b, ID_BYTES);
}

/* Two rows may have been led to one person. */
static void
distinct(struct manifest *m)
{
	size_t kept = 0;

	if (m->n > 1)
		qsort(m->rows, m->n, sizeof(*m->rows), by_id);
	for (size_t i = 0; i < m->n; i++) {
		if (i == 0 || by_id(&m->rows[i], &m->rows[kept - 1]) != 0)
			m->rows[kept++] = m->rows[i];
	}
	m->n = kept;
}

static int
open_known(struct importing *im, size_t n, struct hrv_err *err)
{
	struct manifest m = { 0 };
	struct entry e = ENTRY(IMPORT_OP);
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = subject_set_manifest(&im->item[i].known, &m, err);
	distinct(&m);
	if (rc == HRV_OK)
		rc = receipt_open(im->v, &e, &m, &im->receipt, err);
	manifest_clear(&m);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (im->item[i].fate != FATE_REJECT)
			rc = import_match(im, &im->item[i], err);
	}
	return rc;
}

static int
store_items(
    struct importing *im, size_t n, bool *ret_refused, struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret_refused = false;
	im->batch.records = im->batch.documents = 0;
	holdkeep_clear(&im->keep); /* read anew in every transaction */
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (is_stored(&im->item[i]))
			rc = import_store(im, &im->item[i], ret_refused, err);
	}
	return rc;
}

/* Stores what is to be stored in the open transaction. A row that turns out
 * to end something sooner is found only by trying: then all of it is undone
 * and done once more without such rows. */
static int
store_batch(struct importing *im, size_t n, struct hrv_err *err)
{
	bool refused = false;
	int rc = store_items(im, n, &refused, err);

	if (rc != HRV_OK || !refused)
		return rc;
	txn_abort(im->v);
	rc = txn_begin(im->v, err);
	if (rc == HRV_OK)
		rc = look_again(im, n, err);
	if (rc == HRV_OK)
		rc = store_items(im, n, &refused, err);
	if (rc == HRV_OK && refused)
		rc = hrv_fail(err, HRV_EBUSY,
		    "the vault was changed while rows were stored");
	return rc;
}

static void
count(struct importing *im, size_t n)
{
	struct import_counts *c = &im->batch;

	c->rows = n;
	c->added = c->updated = c->unchanged = c->rejected = c->waiting = 0;
	for (size_t i = 0; i < n; i++) {
		switch (im->item[i].fate) {
		case FATE_NEW:
			c->added++;
			break;
		case FATE_UPDATE:
			c->updated++;
			break;
		case FATE_SAME:
			c->unchanged++;
			break;
		case FATE_REJECT:
			c->rejected++;
			break;
		case FATE_WAIT:
			c->waiting++;
			break;
		}
	}
}

/* What the log says of a batch: how many, by which map, never who. */
static int
make_payload(
    const struct importing *im, size_t n, json_t **ret, struct hrv_err *err)
{
	const struct import_counts *c = &im->batch;
	const struct import_item *it = im->item;
	json_t *o = json_object();

	if (o == NULL ||
	    json_set_str(o, "map",
		im->format == IMPORT_PORTABLE ? "portable"
		: im->map == NULL	      ? "resume"
					      : im->map->id) ||
	    json_set_str(
		o, "version", im->map == NULL ? NULL : im->map->version) ||
	    json_set_str(o, "class", im->class_name) ||
	    json_set_int(o, "first", (int64_t)it[0].number) ||
	    json_set_int(o, "last", (int64_t)it[n - 1].number) ||
	    json_set_int(o, "rows", (int64_t)c->rows) ||
	    json_set_int(o, "added", (int64_t)c->added) ||
	    json_set_int(o, "updated", (int64_t)c->updated) ||
	    json_set_int(o, "unchanged", (int64_t)c->unchanged) ||
	    json_set_int(o, "rejected", (int64_t)c->rejected) ||
	    json_set_int(o, "records", (int64_t)c->records) ||
	    (c->waiting > 0 &&
		json_set_int(o, "waiting", (int64_t)c->waiting)) ||
	    (im->args->documents != NULL &&
		json_set_int(o, "documents", (int64_t)c->documents))) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}

static int
collect(struct importing *im, size_t n, struct manifest *m, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; i < n; i++) {
		const struct manifest *own = &im->item[i].states;

		if (!is_stored(&im->item[i]))
			continue;
		for (size_t k = 0; rc == HRV_OK && k < own->n; k++)
			rc = manifest_add(
			    m, &own->rows[k].id, own->rows[k].state, err);
	}
	return rc;
}

/* Logs the batch in the open transaction, as an outcome where somebody was
 * opened for it, and commits. */
static int
log_batch(struct importing *im, size_t n, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	struct entry e = ENTRY(IMPORT_OP);
	struct manifest m = { 0 };
	json_t *payload = NULL;
	uint64_t leaf = 0;
	int rc = make_payload(im, n, &payload, err);

	if (rc == HRV_OK)
		rc = collect(im, n, &m, err);
	if (im->class_name != NULL)
		c = hrv_schedule_class(im->v->schedule, im->class_name);
	e.comp = c == NULL ? NULL : c->compartment;
	if (rc == HRV_OK)
		rc = approval_log(&im->approval, &e, payload, err);
	e.payload = payload;
	e.manifest = m.n > 0 ? &m : NULL;
	if (rc == HRV_OK && im->receipt != NULL)
		rc = receipt_entry(im->v, &im->receipt, &e, &leaf, err);
	else if (rc == HRV_OK)
		rc = txn_entry(im->v, &e, &leaf, err);
	if (rc == HRV_OK && !im->approval_used)
		rc = proposal_done(im->v, &im->approval, leaf, err);
	im->approval_used = true;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (is_stored(&im->item[i]))
			rc = import_logged(im, &im->item[i], leaf, err);
	}
	if (rc == HRV_OK)
		rc = txn_commit(im->v, true, err);
	manifest_clear(&m);
	json_decref(payload);
	return rc;
}

/* A check stores nothing; the log only says that it read whom it opened. */
static int
end_check(struct importing *im, size_t n, struct hrv_err *err)
{
	struct entry e = ENTRY(IMPORT_OP);
	json_t *payload = json_object();
	int rc = HRV_OK;

	txn_abort(im->v);
	if (im->receipt != NULL &&
	    (payload == NULL || json_set_int(payload, "check", 1) ||
		json_set_int(payload, "first", (int64_t)im->item[0].number) ||
		json_set_int(payload, "last", (int64_t)im->item[n - 1].number)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.payload = payload;
	if (rc == HRV_OK && im->receipt != NULL)
		rc = receipt_close(im->v, &im->receipt, &e, NULL, err);
	json_decref(payload);
	return rc;
}

static int
judge_all(struct importing *im, size_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = import_judge(im, &im->item[i], err);
	return rc;
}

int
import_batch(struct importing *im, size_t n, struct hrv_err *err)
{
	struct entry e = ENTRY(IMPORT_OP);
	size_t known = 0;
	int rc = judge_all(im, n, err);

	im->batch = (struct import_counts){ 0 };
	if (rc == HRV_OK)
		rc = txn_begin(im->v, err);
	if (rc == HRV_OK)
		rc = look_up(im, n, &known, err);
	if (rc == HRV_OK && known > 0) {
		txn_abort(im->v);
		rc = open_known(im, n, err);
		if (rc == HRV_OK)
			rc = txn_begin(im->v, err);
		if (rc == HRV_OK)
			rc = look_again(im, n, err);
	}
	if (rc == HRV_OK)
		rc = store_batch(im, n, err);
	count(im, n);
	if (rc == HRV_OK && im->args->check)
		rc = end_check(im, n, err);
	else if (rc == HRV_OK &&
		 (im->batch.added > 0 || im->batch.updated > 0 ||
		     im->receipt != NULL))
		rc = log_batch(im, n, err);
	if (rc != HRV_OK)
		rc = subject_read_failed(im->v, &im->receipt, &e, err);
	txn_abort(im->v);
	holdkeep_clear(&im->keep);
	return rc;
}
