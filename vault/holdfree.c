/* SPDX-License-Identifier: ISC */
/*
 * What would become free if a hold were released. Layer: verbs. Writes
 * nothing. Invariant: a record is listed only when nothing else protects it.
 */
#include <string.h>

#include "hrvault/hold.h"
#include "vault/holdplace.h"
#include "vault/holdscope.h"
#include "vault/protect.h"
#include "vault/record_view.h"
#include "vault/store/db.h"

struct freeing {
	struct hrv_vault *v;
	struct hrv_id id;
	struct protect *p; /* everything else that counts */
	char free_from[HRV_DATE_TEXT];
	int64_t matched;
	int64_t still;
	json_t *freed;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The hold in question, as if it were not there. */
static void
forget(struct protect *p, const struct hrv_id *id)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!id_equal(&p->holds[i].id, id))
			continue;
		scope_clear(&p->holds[i].scope);
		p->holds[i] = p->holds[--p->n];
		return;
	}
}

/* One version with the day on which a run could take it. */
static int
add_version(struct freeing *x, const struct record_row *rec, struct stmt *st,
    struct hrv_err *err)
{
	const char *from = db_col_text(st, 1), *how = db_col_text(st, 2);
	bool dated = from != NULL && from[0] != '\0' && how != NULL &&
		     strcmp(how, "permanent") != 0;
	const char *eligible = NULL;
	json_t *o = json_object();

	if (dated)
		eligible = strcmp(from, x->free_from) > 0 ? from : x->free_from;
	if (o == NULL || record_put_id(o, "record", &rec->id) ||
	    json_set_int(o, "version", db_col_int(st, 0)) ||
	    json_set_str(o, "class", rec->class_name) ||
	    json_set_str(o, "purge_from", dated ? from : NULL) ||
	    json_object_set_new(o, "eligible_from",
		eligible == NULL ? json_null() : json_string(eligible)) ||
	    json_array_append(x->freed, o)) {
		json_decref(o);
		return no_memory(err);
	}
	json_decref(o);
	return HRV_OK;
}

static int
look(void *ctx, const struct scope_thing *t, struct hrv_err *err)
{
	struct freeing *x = ctx;
	struct protect_why why;
	struct stmt *st;
	bool more = false;
	int rc = protect_record(x->v, x->p, t->rec, &why, err);

	x->matched++;
	if (rc != HRV_OK || protect_any(&why)) {
		x->still++;
		return rc;
	}
	rc = db_stmt(x->v->db, SQL_TERM_LIST_OF, &st, err);
	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, t->rec->id.b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_version(x, t->rec, st, err);
		if (rc != HRV_OK)
			db_reset(st);
	}
	return rc;
}

static int
make_doc(const struct freeing *x, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&x->id, id);
	o = json_pack("{s:s,s:I,s:I,s:s,s:O}", "hold", id, "matched",
	    (json_int_t)x->matched, "still_protected", (json_int_t)x->still,
	    "free_from", x->free_from, "freed", x->freed);
	if (o == NULL)
		return no_memory(err);
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_hold_preview_release(struct hrv_vault *v, const char *hold,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.show");
	struct freeing x = { .v = v, .freed = json_array() };
	struct hold_row h = { .scope = BUF_INIT };
	struct scope s = { 0 };
	int rc = role_may(v->role, "hold.show", err);

	if (rc == HRV_OK)
		rc = lookup_hold(v, hold, &x.id, err);
	if (rc == HRV_OK) {
		refused.hold = &x.id;
		rc = hold_load_active(v, &x.id, &h, err);
	}
	if (rc == HRV_OK)
		rc = conflict_check_hold(v, v->fpr, &x.id, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		rc = scope_parse(buf_str(&h.scope), &s, err);
	if (rc == HRV_OK)
		rc = hold_free_day(v, x.free_from, err);
	if (rc == HRV_OK)
		rc = protect_load(v, &x.p, err);
	if (rc == HRV_OK) {
		forget(x.p, &x.id);
		rc = holdscope_each(v, &s, look, &x, err);
	}
	if (rc == HRV_OK)
		rc = make_doc(&x, ret_doc, err);
	protect_free(x.p);
	scope_clear(&s);
	hold_row_clear(&h);
	json_decref(x.freed);
	return rc;
}
