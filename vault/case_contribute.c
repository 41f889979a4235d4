/* SPDX-License-Identifier: ISC */
/*
 * Handing records of a compartment over to a case whose handler does not hold
 * it. Layer: verbs. Invariant: what is handed over is a copy under a key of
 * its own; the record's key is used here, by who holds it, and nowhere else.
 */
#include "hrvault/case.h"

#include <stdlib.h>
#include <string.h>

#include "vault/audit_int.h"
#include "vault/case.h"
#include "vault/case_copy.h"
#include "vault/case_gate.h"
#include "vault/log/append.h"
#include "vault/record_view.h"
#include "vault/unseal.h"
#include "vault/version.h"

#define OP "case.contribute"

struct contributing {
	struct hrv_vault *v;
	struct kase k;
	char handler[65]; /* who opened the case */
	struct entry e;
	struct receipt *r;
	size_t copies;
	size_t waiting; /* of these compartments, not decided */
};

/* The session entry of the one that opened the case. */
static int
find_handler(struct contributing *x, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf l = LEAF_INIT;
	uint8_t session[LEAF_SESSION];
	int rc = log_read(x->v->db, x->k.opened_leaf, &text, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	memcpy(session, l.session, sizeof(session));
	/* A session is opened before its other entries, in the same or an
	 * earlier commit, and mostly right before them. */
	for (uint64_t i = x->k.opened_leaf; rc == HRV_OK && i > 0; i--) {
		buf_reset(&text);
		l = (struct leaf)LEAF_INIT;
		rc = log_read(x->v->db, i - 1, &text, NULL, err);
		if (rc == HRV_OK)
			rc = leaf_parse(text.data, text.len, &l, err);
		if (rc == HRV_OK && strcmp(l.op->name, "session.open") == 0 &&
		    memcmp(l.session, session, sizeof(session)) == 0) {
			memcpy(x->handler, l.member, sizeof(x->handler));
			break;
		}
	}
	buf_clear(&text);
	return rc;
}

/* Whether the handler holds that compartment today. */
static bool
handler_holds(const struct contributing *x, const char *compartment)
{
	const struct slot_member *m = slots_member(x->v->slots, x->handler);

	return m != NULL && (role_reserved_compartment(compartment) ||
				slots_list_has(m->compartments, compartment));
}

/* Whether an item is for the caller to hand over: of a compartment of the
 * caller's and not of the handler's. *ret_open: it waits for a decision. */
static int
is_mine(struct contributing *x, const struct case_item *it, bool *ret,
    struct record_row *rec, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	int rc = HRV_OK;

	*ret = false;
	if (strcmp(it->disposition, ITEM_DESTROYED) == 0)
		return HRV_OK;
	rc = record_load(x->v, &it->record, rec, err);
	if (rc == HRV_OK && !handler_holds(x, rec->compartment)) {
		rc = version_load(x->v, &rec->id, it->n, &ver, err);
		*ret = rc == HRV_OK && unseal_may(x->v, rec, &ver);
		version_clear(&ver);
	}
	return rc;
}

/* The body on its way from one key to another. */
struct giving {
	struct contributing *x;
	const struct record_row *rec;
	const struct version_row *ver;
};

static int
give(void *ctx, content_sink *sink, void *sink_ctx, struct hrv_err *err)
{
	struct giving *g = ctx;

	return unseal_body(
	    g->x->v, g->x->r, g->rec, g->ver, sink, sink_ctx, err);
}

static int
copy_item(struct contributing *x, const struct case_item *it,
    const struct record_row *rec, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct giving g = { x, rec, &ver };
	struct body_giver giver = { give, &g };
	struct case_copy_args a = { .kase = &x->k.id,
		.subject = &x->k.subject,
		.record = &it->record,
		.n = it->n };
	json_t *header = NULL;
	int rc = version_load(x->v, &rec->id, it->n, &ver, err);

	if (rc == HRV_OK)
		rc = unseal_header(x->v, x->r, rec, &ver, &header, err);
	if (rc == HRV_OK && json_str(header, "sha256") != NULL &&
	    json_set_str(header, "original_sha256", json_str(header, "sha256")))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	a.header = header;
	a.giver = ver.body.pack != 0 ? &giver : NULL;
	if (rc == HRV_OK)
		rc = case_copy_put(x->v, &a, NULL, err);
	if (rc == HRV_OK)
		x->copies++;
	json_decref(header);
	version_clear(&ver);
	return rc;
}

static bool
to_copy(const struct case_item *it)
{
	return strcmp(it->disposition, ITEM_DISCLOSED) == 0 &&
	       !case_item_copied(it);
}

/* What there is to hand over, for the receipt; counts what waits. */
static int
list_mine(struct contributing *x, struct manifest *m, size_t *ret_mine,
    struct hrv_err *err)
{
	struct record_row rec;
	bool mine;
	int rc = manifest_add(m, &x->k.id, NULL, err);

	*ret_mine = 0;
	for (size_t i = 0; rc == HRV_OK && i < x->k.n_items; i++) {
		const struct case_item *it = &x->k.items[i];

		rc = is_mine(x, it, &mine, &rec, err);
		if (rc != HRV_OK || !mine)
			continue;
		++*ret_mine;
		x->waiting += strcmp(it->disposition, ITEM_UNDECIDED) == 0;
		if (to_copy(it) && !id_equal(&m->rows[m->n - 1].id, &rec.id))
			rc = manifest_add(m, &rec.id, NULL, err);
	}
	return rc;
}

static int
copy_all(struct contributing *x, struct hrv_err *err)
{
	char gate[CASE_GATE_SIZE];
	struct record_row rec;
	bool mine;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < x->k.n_items; i++) {
		const struct case_item *it = &x->k.items[i];

		if (!to_copy(it))
			continue;
		rc = is_mine(x, it, &mine, &rec, err);
		if (rc != HRV_OK || !mine)
			continue;
		rc = case_gate_open(x->v, &x->k, &rec, it, NULL, gate, err);
		if (rc == HRV_OK)
			rc = copy_item(x, it, &rec, err);
	}
	return rc;
}

static int
store(struct contributing *x, struct hrv_err *err)
{
	struct case_step s = { .op = OP, .receipt = &x->r };
	json_t *p = json_object();
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : txn_begin(x->v, err);

	s.payload = p;
	if (rc == HRV_OK)
		rc = case_unchanged(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = copy_all(x, err);
	if (rc == HRV_OK && json_set_int(p, "copies", (int64_t)x->copies))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = case_step_write(x->v, &x->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	json_decref(p);
	return rc;
}

static int
nothing(struct contributing *x, struct hrv_err *err)
{
	bool own = strcmp(x->handler, x->v->fpr) == 0;

	if (own)
		hrv_fail(err, HRV_EREFUSED,
		    "you opened the case yourself: what you hold needs no "
		    "handing over");
	else
		hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no record of a compartment that you hold and "
		    "its handler does not");
	hrv_hint(err, "'hrvault case show' lists its records and their "
		      "compartments");
	return own ? txn_refuse(x->v, &x->e, err) : HRV_ENOTFOUND;
}

static int
contribute(struct contributing *x, struct hrv_err *err)
{
	struct manifest m = { 0 };
	size_t mine = 0;
	int rc = list_mine(x, &m, &mine, err);

	if (rc == HRV_OK && mine == 0)
		rc = nothing(x, err);
	/* Only the case itself: nothing is to be copied now. */
	if (rc == HRV_OK && m.n > 1) {
		rc = receipt_open(x->v, &x->e, &m, &x->r, err);
		if (rc == HRV_OK)
			rc = store(x, err);
		if (rc != HRV_OK)
			rc = record_failed(x->v, &x->e, &x->r, err);
	}
	manifest_clear(&m);
	return rc;
}

static int
contributed_doc(
    const struct contributing *x, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&x->k.id, id);
	o = json_pack("{s:s,s:I,s:I,s:I}", "id", id, "copies",
	    (json_int_t)x->copies, "undecided_here", (json_int_t)x->waiting,
	    "undecided", (json_int_t)case_count(&x->k, ITEM_UNDECIDED));
	if (o == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_case_contribute(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct contributing x = { .v = v, .e = ENTRY(OP) };
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &x.e, err);
	rc = case_load(v, which, &x.k, err);
	x.e.subject = &x.k.subject;
	x.e.kase = &x.k.id;
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &x.k, OP, err);
	if (rc == HRV_OK)
		rc = case_must_not_erase(v, &x.k, OP, err);
	if (rc == HRV_OK && strcmp(x.k.status, CASE_OPEN) != 0)
		rc = case_refused(
		    v, &x.k, OP, "was exported already", "show", err);
	if (rc == HRV_OK)
		rc = find_handler(&x, err);
	if (rc == HRV_OK)
		rc = contribute(&x, err);
	if (rc == HRV_OK)
		rc = contributed_doc(&x, ret_doc, err);
	receipt_drop(&x.r);
	case_clear(&x.k);
	return rc;
}
