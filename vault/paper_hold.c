/* SPDX-License-Identifier: ISC */
/*
 * The file of a hold: matter, reason, authority, names of who was told, why it
 * was released. Layer: verbs. Invariant: it ends only after the hold does, and
 * what the log is folded from - scope, days, notices by number - stays.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/holdplace.h"
#include "vault/paper_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/version.h"

/* The local day of a time of the table. */
static int
local_day(struct hrv_vault *v, const char *time, char out[HRV_DATE_TEXT],
    struct hrv_err *err)
{
	struct hrv_date d;
	int64_t us;
	int rc;

	if (time == NULL || !when_parse(time, strlen(time), &us))
		return hrv_fail(err, HRV_EINTEGRITY, "a hold has no day");
	rc = vault_local_date(v, us / 1000000, &d, err);
	if (rc == HRV_OK)
		hrv_date_format(d, out);
	return rc;
}

static int
read_row(
    struct hrv_vault *v, struct stmt *st, struct paper *p, struct hrv_err *err)
{
	const char *free_from = db_col_text(st, 3);
	int rc = db_col_fixed(st, 0, p->id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = local_day(v, db_col_text(st, 1), p->created, err);
	p->leaf = (uint64_t)db_col_int(st, 2);
	snprintf(p->closed, sizeof(p->closed), "%s",
	    free_from == NULL ? "" : free_from);
	return rc;
}

static int
each(const struct paper_walk *w, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(w->v->db, SQL_HOLD_LIST_FILES, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct paper p = { .kind = PAPER_HOLD, .id.kind = ID_HOLD };

		rc = read_row(w->v, st, &p, err);
		if (rc == HRV_OK && (w->id == NULL || id_equal(w->id, &p.id)))
			rc = paper_pass(w, &p, 1, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Released by that entry, free from that day, and of the scope that the log
 * knows: whom the file is about follows from it. */
static int
check(const struct judge *j, const struct paper *p, const struct leaf *l,
    const json_t *payload, bool *ret, struct hrv_err *err)
{
	const char *free_from = json_str(payload, "free_from");
	struct hold_row h = { .scope = BUF_INIT };
	char text[ID_TEXT_SIZE];
	uint8_t hash[32];
	int rc = hold_load(j->v, &p->id, &h, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&p->id, text);
	*ret = strcmp(l->op->name, "hold.release") == 0 &&
	       strcmp(l->hold, text) == 0 && free_from != NULL &&
	       strcmp(free_from, p->closed) == 0;
	crypt_sha256(h.scope.data, h.scope.len, hash);
	for (size_t i = 0; i < j->fold->n_holds; i++) {
		const struct fold_hold *log = &j->fold->holds[i];

		if (id_equal(&log->id, &p->id))
			*ret = *ret && !log->active &&
			       memcmp(log->scope, hash, sizeof(hash)) == 0;
	}
	hold_row_clear(&h);
	return HRV_OK;
}

/* Everybody a scope names, what amendments added included. */
static int
protect_named(struct hrv_vault *v, const struct protect *protect,
    const struct scope *s, struct protect_why *why, bool *ret_named,
    struct hrv_err *err)
{
	struct record_row rec;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n_subjects; i++)
		rc = paper_person(v, protect, &s->subjects[i], why, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n_about; i++)
		rc = paper_person(v, protect, &s->about[i], why, err);
	for (size_t i = 0; rc == HRV_OK && i < s->n_records; i++) {
		rc = record_load(v, &s->records[i], &rec, err);
		if (rc == HRV_OK)
			rc = paper_person(v, protect, &rec.subject, why, err);
		else if (rc == HRV_ENOTFOUND)
			rc = HRV_OK; /* its stub has ended, too */
	}
	*ret_named |= s->n_subjects + s->n_about + s->n_records > 0;
	for (size_t i = 0; rc == HRV_OK && i < s->n_also; i++)
		rc =
		    protect_named(v, protect, &s->also[i], why, ret_named, err);
	return rc;
}

/* A file that is about nobody by name stays while any hold is about nobody by
 * name: the two matters may be one. */
static void
protect_unnamed(const struct protect *protect, struct protect_why *why)
{
	for (size_t i = 0; i < protect->n; i++) {
		const struct protect_hold *h = &protect->holds[i];
		struct protect_why one = { .hold = h->free_from[0] == '\0',
			.cooling = h->free_from[0] != '\0',
			.hold_id = h->id };

		if (h->scope.n_subjects + h->scope.n_about +
			h->scope.n_records >
		    0)
			continue;
		memcpy(one.until, h->free_from, sizeof(one.until));
		paper_join(why, &one);
	}
}

static int
protect(struct hrv_vault *v, const struct protect *holds, const struct paper *p,
    struct protect_why *why, struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	struct scope s = { 0 };
	bool named = false;
	int rc = hold_load(v, &p->id, &h, err);

	if (rc == HRV_OK)
		rc = scope_parse(buf_str(&h.scope), &s, err);
	if (rc == HRV_OK)
		rc = protect_named(v, holds, &s, why, &named, err);
	if (rc == HRV_OK && !named)
		protect_unnamed(holds, why);
	scope_clear(&s);
	hold_row_clear(&h);
	return rc;
}

const struct paper_ops paper_hold = {
	.class_name = "vault.hold",
	.each = each,
	.check = check,
	.protect = protect,
	.deks = SQL_DETAIL_LIST_OF,
};
