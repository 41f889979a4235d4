/* SPDX-License-Identifier: ISC */
/*
 * Folding cases. Layer: verbs. Invariant: a case freezes from the entry that
 * opened it until an entry says that it is closed and until when.
 */
#include "vault/caselog.h"

#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/store/db.h"

#define PREFIX "case."

void
caselog_clear(struct caselog *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->cases[i].records);
	free(c->cases);
	*c = (struct caselog){ .cases = NULL };
}

static int
damaged(const struct leaf *leaf, struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "log entry %llu (%s) is no step of a case that was opened",
	    (unsigned long long)leaf->index, leaf->op->name);
}

/* Room for one more of `size` bytes; arrays double from 1. */
static int
grow(void *list, size_t n, size_t size, struct hrv_err *err)
{
	void **p = list, *more;

	if ((n & (n - 1)) != 0)
		return HRV_OK;
	more = realloc(*p, (n == 0 ? 1 : 2 * n) * size);
	if (more == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*p = more;
	return HRV_OK;
}

static struct caselog_case *
find(const struct caselog *c, const struct hrv_id *id)
{
	for (size_t i = c->n; i > 0; i--) {
		if (id_equal(&c->cases[i - 1].id, id))
			return &c->cases[i - 1];
	}
	return NULL;
}

static int
opened(struct caselog *c, const struct leaf *leaf, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct caselog_case k = { .id = *id };
	int rc;

	if (find(c, id) != NULL ||
	    !id_parse(leaf->subject, ID_SUBJECT, &k.subject))
		return damaged(leaf, err);
	rc = grow(&c->cases, c->n, sizeof(*c->cases), err);
	if (rc == HRV_OK)
		c->cases[c->n++] = k;
	return rc;
}

static int
list_record(
    struct caselog_case *k, const struct hrv_id *record, struct hrv_err *err)
{
	int rc;

	if (record->kind != ID_RECORD)
		return HRV_OK;
	for (size_t i = 0; i < k->n_records; i++) {
		if (id_equal(&k->records[i], record))
			return HRV_OK;
	}
	rc = grow(&k->records, k->n_records, sizeof(*k->records), err);
	if (rc == HRV_OK)
		k->records[k->n_records++] = *record;
	return rc;
}

static int
collected(
    struct caselog_case *k, const struct manifest *things, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && things != NULL && i < things->n; i++)
		rc = list_record(k, &things->rows[i].id, err);
	return rc;
}

/* What the entry says of how the case stands; most steps say nothing. */
static int
moved(struct caselog_case *k, const struct leaf *leaf, const json_t *payload,
    struct hrv_err *err)
{
	const char *status = json_str(payload, "status");
	const char *until = json_str(payload, "frozen_until");

	if (status == NULL)
		return HRV_OK;
	k->closed = strcmp(status, CASE_CLOSED) == 0;
	k->frozen_until[0] = '\0';
	if (until != NULL && strlen(until) == 10)
		memcpy(k->frozen_until, until, sizeof(k->frozen_until));
	return k->closed && k->frozen_until[0] == '\0' ? damaged(leaf, err)
						       : HRV_OK;
}

int
caselog_leaf(struct caselog *c, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err)
{
	struct caselog_case *k;
	struct hrv_id id;
	int rc = HRV_OK;

	if (strncmp(leaf->op->name, PREFIX, strlen(PREFIX)) != 0 ||
	    leaf->phase == OP_INTENT || leaf->result != LEAF_OK ||
	    leaf->kase[0] == '\0')
		return HRV_OK;
	if (!id_parse(leaf->kase, ID_CASE, &id))
		return damaged(leaf, err);
	if (strcmp(leaf->op->name, "case.open") == 0)
		rc = opened(c, leaf, &id, err);
	if (rc != HRV_OK)
		return rc;
	k = find(c, &id);
	if (k == NULL)
		return damaged(leaf, err);
	if (strcmp(leaf->op->name, "case.collect") == 0)
		rc = collected(k, things, err);
	return rc == HRV_OK ? moved(k, leaf, payload, err) : rc;
}

static bool
freezes(const struct caselog_case *k, const char *day)
{
	return !k->closed || strcmp(k->frozen_until, day) >= 0;
}

/* One row of the table that freezes something against the log. */
static bool
same_row(const struct caselog *c, struct stmt *st, const struct hrv_id *id,
    const uint8_t subject[ID_BYTES], const char *day)
{
	const struct caselog_case *k = find(c, id);
	const char *status = db_col_text(st, 2), *until = db_col_text(st, 3);
	bool closed = status != NULL && strcmp(status, CASE_CLOSED) == 0;

	return k != NULL && freezes(k, day) && k->closed == closed &&
	       memcmp(k->subject.b, subject, ID_BYTES) == 0 &&
	       (!closed ||
		   (until != NULL && strcmp(until, k->frozen_until) == 0));
}

/* Every case that freezes, in the table: each must be one of the log, and as
 * many as there. */
static int
compare_cases(struct hrv_vault *v, const struct caselog *c, const char *day,
    bool *ret_same, struct hrv_err *err)
{
	size_t table = 0, log = 0;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_FREEZING, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, day);
	while (*ret_same && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_CASE };
		uint8_t subject[ID_BYTES];

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = db_col_fixed(st, 1, subject, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		*ret_same = same_row(c, st, &id, subject, day);
		table++;
	}
	db_reset(st);
	for (size_t i = 0; i < c->n; i++)
		log += freezes(&c->cases[i], day);
	*ret_same = *ret_same && table == log;
	return rc;
}

/* Every record that the log has on the list of that case is on it. */
static int
compare_items(struct hrv_vault *v, const struct caselog_case *k, bool *ret_same,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && *ret_same && i < k->n_records; i++) {
		struct stmt *st;

		rc = db_stmt(v->db, SQL_KASE_GET_ITEM, &st, err);
		if (rc != HRV_OK)
			return rc;
		(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
		(void)db_bind_blob(st, 2, k->records[i].b, ID_BYTES);
		rc = db_step(st, ret_same, err);
		db_reset(st);
	}
	return rc;
}

int
caselog_compare(struct hrv_vault *v, const struct caselog *c, const char *day,
    bool *ret_same, struct hrv_err *err)
{
	bool same = true;
	int rc = compare_cases(v, c, day, &same, err);

	for (size_t i = 0; rc == HRV_OK && i < c->n; i++) {
		if (freezes(&c->cases[i], day))
			rc = compare_items(v, &c->cases[i], &same, err);
	}
	if (rc == HRV_OK)
		*ret_same = same;
	return rc;
}
