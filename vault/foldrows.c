/* SPDX-License-Identifier: ISC */
/*
 * A fold from the tables. Layer: verbs. Reads only what it was asked for.
 */
#include "vault/foldrows.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/foldorders.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/version.h"

#define TIMES 1024 /* a power of two */

/* Times of entries already read, by the low bits of their number: a batch
 * states many things, and things come in the order of their ids. */
struct times {
	struct {
		bool known;
		uint64_t index;
		int64_t time;
	} slot[TIMES];
};

static int
time_of(struct hrv_vault *v, struct times *t, uint64_t index, int64_t *ret,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf l = LEAF_INIT;
	size_t at = index % TIMES;
	int rc = HRV_OK;

	if (!t->slot[at].known || t->slot[at].index != index) {
		rc = log_read(v->db, index, &text, NULL, err);
		if (rc == HRV_OK)
			rc = leaf_parse(text.data, text.len, &l, err);
		buf_clear(&text);
		if (rc != HRV_OK)
			return rc;
		t->slot[at].known = true;
		t->slot[at].index = index;
		t->slot[at].time = l.time;
	}
	*ret = t->slot[at].time;
	return HRV_OK;
}

static int
thing(struct hrv_vault *v, struct times *t, struct fold_thing *f,
    struct hrv_err *err)
{
	struct record_row rec;
	struct subject_row sub;
	uint64_t leaf;
	int rc;

	if (f->id.kind == ID_SUBJECT) {
		rc = subject_load(v, &f->id, &sub, err);
		if (rc != HRV_OK)
			return rc;
		leaf = sub.state_leaf;
		memcpy(f->state, sub.state, sizeof(f->state));
	} else {
		rc = record_load(v, &f->id, &rec, err);
		if (rc != HRV_OK)
			return rc;
		leaf = rec.state_leaf;
		memcpy(f->state, rec.state, sizeof(f->state));
	}
	f->known = true;
	return time_of(v, t, leaf, &f->time, err);
}

static int
holds(struct fold *f, struct hrv_vault *v, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_HOLD_LIST_ACTIVE, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct fold_hold h = { .id = { .kind = ID_HOLD },
			.active = true };
		const char *scope = db_col_text(st, 1);
		struct fold_hold *p;

		rc = db_col_fixed(st, 0, h.id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		crypt_sha256(scope, scope == NULL ? 0 : strlen(scope), h.scope);
		p = realloc(f->holds, (f->n_holds + 1) * sizeof(*p));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		f->holds = p;
		p[f->n_holds++] = h;
	}
	db_reset(st);
	return rc;
}

int
fold_rows(struct fold *f, struct hrv_vault *v, struct hrv_err *err)
{
	struct times t = { 0 };
	struct stmt *st;
	uint64_t leaf;
	int rc = holds(f, v, err);

	for (size_t i = 0; rc == HRV_OK && i < f->n_things; i++)
		rc = thing(v, &t, &f->things[i], err);
	if (rc == HRV_OK)
		rc = fold_orders(f, v, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_POLICY_GET_CURRENT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, "schedule");
	(void)db_bind_null(st, 2);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return hrv_fail(err, HRV_EINTEGRITY, "no schedule is in force");
	leaf = (uint64_t)db_col_int(st, 4);
	db_reset(st);
	f->has_policy = true;
	memcpy(f->policy, v->schedule_hash, sizeof(f->policy));
	return time_of(v, &t, leaf, &f->policy_time, err);
}
