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
#include "vault/terms.h"
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

int
fold_rows_first(struct hrv_vault *v, const struct fold *f,
    const struct record_row *rec, uint64_t *ret, struct hrv_err *err)
{
	struct hrv_date stored, day;
	int rc = HRV_OK;

	*ret = rec->state_leaf;
	if (!hrv_date_parse(rec->stored, &stored))
		return HRV_OK;
	for (size_t i = 0; rc == HRV_OK && i < f->n_policies; i++) {
		const struct fold_policy *p = &f->policies[i];

		rc = vault_local_date(v, p->time / 1000000, &day, err);
		if (rc == HRV_OK && hrv_date_cmp(stored, day) < 0 &&
		    p->leaf < *ret)
			*ret = p->leaf;
	}
	return rc;
}

static int
first_of(struct hrv_vault *v, const struct fold *f, struct fold_thing *t,
    struct hrv_err *err)
{
	struct record_row rec;
	int rc;

	if (t->id.kind != ID_RECORD)
		return HRV_OK;
	rc = record_load(v, &t->id, &rec, err);
	return rc == HRV_OK ? fold_rows_first(v, f, &rec, &t->first, err) : rc;
}

int
fold_rows_policies(struct fold *f, struct hrv_vault *v, struct hrv_err *err)
{
	struct times t = { 0 };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_POLICY_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 1);
		struct fold_policy p = { .leaf = 0 };

		if (kind == NULL || strcmp(kind, "schedule") != 0)
			continue;
		p.leaf = (uint64_t)db_col_int(st, 4);
		rc = db_col_fixed(st, 0, p.hash, sizeof(p.hash), err);
		if (rc == HRV_OK)
			rc = time_of(v, &t, p.leaf, &p.time, err);
		if (rc == HRV_OK)
			rc = fold_policy_add(f, &p, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc == HRV_OK && !f->has_policy
		   ? hrv_fail(err, HRV_EINTEGRITY, "no schedule is in force")
		   : rc;
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
	int rc = holds(f, v, err);

	if (rc == HRV_OK)
		rc = fold_rows_policies(f, v, err);
	for (size_t i = 0; rc == HRV_OK && i < f->n_things; i++) {
		rc = thing(v, &t, &f->things[i], err);
		if (rc == HRV_OK)
			rc = first_of(v, f, &f->things[i], err);
	}
	return rc == HRV_OK ? fold_orders(f, v, err) : rc;
}
