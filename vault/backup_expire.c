/* SPDX-License-Identifier: ISC */
/*
 * Which epochs end. Layer: verbs. Invariant: each ends on its day, whatever
 * holds there are, by a clock that a destruction run would believe.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/purge.h"
#include "vault/terms.h"

/* One run. */
struct work {
	struct hrv_vault *v;
	const char *dir;
	struct epoch *list;
	size_t n;
	char today[HRV_DATE_TEXT];
	json_t *destroyed;
	json_t *missing;
	json_t *orphans; /* files of no epoch, destroyed */
	json_t *unknown; /* files of no epoch, too young for that */
	int64_t unreadable;
	bool uncopied; /* an attestation is in the log alone */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* ---- what is due, and whether today can be believed ---- */

static bool
is_due(const struct work *w, const struct epoch *e)
{
	return !e->ended && strcmp(e->dies, w->today) <= 0;
}

int
epoch_check_clock(struct hrv_vault *v, struct hrv_err *err)
{
	const struct survey_list none = { .n = 0 };
	struct survey s = { .n = 0 };
	int rc = survey_make_list(v, &none, &s, err);

	if (rc == HRV_OK)
		rc = purge_check_trust(v, &s, err);
	survey_clear(&s);
	return rc;
}

/* The folder, before anything is asked of the clock. */
static int
prepare(struct work *w, json_t *old, const char **ret_next, struct hrv_err *err)
{
	bool due = false;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < w->n; i++) {
		const struct epoch *e = &w->list[i];

		if (is_due(w, e)) {
			rc = escrow_check(w->v, w->dir, e->escrow, err);
			due = true;
		} else if (!e->ended && (*ret_next == NULL ||
					    strcmp(e->dies, *ret_next) < 0)) {
			*ret_next = e->dies;
		}
	}
	if (rc == HRV_OK && w->dir != NULL)
		rc = orphan_list(w->v, w->dir, old, w->unknown, err);
	due = due || json_array_size(old) > 0;
	return rc == HRV_OK && due ? epoch_check_clock(w->v, err) : rc;
}

static int
end_one(struct work *w, const struct epoch *e, struct hrv_err *err)
{
	struct epoch_end x;
	int rc = epoch_end(w->v, w->dir, e, &x, err);

	if (x.done)
		(void)json_array_append_new(
		    x.found ? w->destroyed : w->missing, json_integer(e->n));
	w->unreadable += x.unreadable;
	w->uncopied = w->uncopied || x.uncopied;
	return rc;
}

static int
end_due(struct work *w, const json_t *old, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < w->n; i++) {
		if (is_due(w, &w->list[i]))
			rc = end_one(w, &w->list[i], err);
	}
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(old); i++) {
		const char *name = json_string_value(json_array_get(old, i));
		bool done = false;

		rc = orphan_end(w->v, w->dir, name, &done, err);
		if (done)
			(void)json_array_append_new(
			    w->orphans, json_string(name));
	}
	return rc;
}

/* What a run that died had destroyed and attested, but not written out. */
static int
copy_ended(struct work *w, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < w->n; i++) {
		if (w->list[i].ended)
			rc = epoch_copies(
			    w->v, w->dir, &w->list[i], &w->uncopied, err);
	}
	return rc;
}

static int
run(struct work *w, const json_t *old, struct hrv_err *err)
{
	int rc = end_due(w, old, err);

	return rc == HRV_OK ? copy_ended(w, err) : rc;
}

static int
partly(const struct work *w, int rc, struct hrv_err *err)
{
	struct hrv_err why = *err;

	if (rc != HRV_OK && json_array_size(w->destroyed) +
				    json_array_size(w->missing) +
				    json_array_size(w->orphans) >
				0) {
		hrv_fail(err, HRV_EPARTIAL,
		    "some private halves were destroyed, and then: %s",
		    why.msg);
		return hrv_hint(err, "run it again: it goes on with the rest");
	}
	if (rc != HRV_OK)
		return rc;
	if (json_array_size(w->missing) > 0) {
		hrv_fail(err, HRV_EPARTIAL,
		    "the private half of an epoch was not in the escrow "
		    "folder: nobody can say that it was destroyed");
		return hrv_hint(
		    err, "find out who took it; the log says so for good");
	}
	if (w->uncopied) {
		hrv_fail(err, HRV_EPARTIAL,
		    "all was destroyed and attested in the log, but a copy of "
		    "an attestation could not be written");
		return hrv_hint(err, "'hrvault audit log --op backup.expire' "
				     "has it; look at the space on the medium");
	}
	return HRV_OK;
}

static int
result(struct work *w, const char *next, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	json_t *doc = json_object();

	if (doc == NULL || json_object_set(doc, "destroyed", w->destroyed) ||
	    json_object_set(doc, "missing", w->missing) ||
	    json_object_set(doc, "orphans", w->orphans) ||
	    json_object_set(doc, "unknown", w->unknown) ||
	    json_set_int(doc, "unreadable", w->unreadable) ||
	    json_object_set_new(
		doc, "next", next == NULL ? json_null() : json_string(next))) {
		json_decref(doc);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

static void
work_clear(struct work *w)
{
	free(w->list);
	json_decref(w->destroyed);
	json_decref(w->missing);
	json_decref(w->orphans);
	json_decref(w->unknown);
}

int
hrv_backup_expire(struct hrv_vault *v, const char *escrow,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("backup.expire");
	struct work w = { .v = v,
		.dir = escrow,
		.destroyed = json_array(),
		.missing = json_array(),
		.orphans = json_array(),
		.unknown = json_array() };
	json_t *old = json_array();
	const char *next = NULL;
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK &&
	    (w.destroyed == NULL || w.missing == NULL || w.orphans == NULL ||
		w.unknown == NULL || old == NULL))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = vault_today_text(v, w.today, err);
	if (rc == HRV_OK)
		rc = epoch_list(v, &w.list, &w.n, err);
	if (rc == HRV_OK)
		rc = prepare(&w, old, &next, err);
	if (rc == HRV_EREFUSED || rc == HRV_ECONFIRM) {
		rc = txn_refuse(v, &refused, err);
		goto out;
	}
	if (rc == HRV_OK)
		rc = partly(&w, run(&w, old, err), err);
	if (rc == HRV_OK || rc == HRV_EPARTIAL) {
		struct hrv_err why = *err;
		int made = result(&w, next, ret_doc, err);

		if (made == HRV_OK)
			*err = why;
		else
			rc = made;
	}
out:
	json_decref(old);
	work_clear(&w);
	return rc;
}
