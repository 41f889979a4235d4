/* SPDX-License-Identifier: ISC */
/*
 * Rows of the table of proposals. Layer: verbs. Invariant: a row whose columns
 * are not those of its payload is damage, never a proposal.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/version.h"

void
proposal_clear(struct proposal_row *p)
{
	json_decref(p->json);
	p->json = NULL;
	p->what = NULL;
	buf_clear(&p->payload);
	buf_clear(&p->sig);
}

static void
copy_text(struct stmt *st, int at, char *out, size_t size)
{
	const char *t = db_col_text(st, at);

	out[0] = '\0';
	if (t != NULL)
		memccpy(out, t, '\0', size - 1);
	out[size - 1] = '\0';
}

static void
copy_blob(struct stmt *st, int at, struct buf *out)
{
	size_t len;
	const uint8_t *p = db_col_blob(st, at, &len);

	buf_add(out, p, len);
}

static bool
same(const struct proposal_row *p, const char *key, const char *column)
{
	const char *text = json_str(p->json, key);

	return text != NULL && strcmp(text, column) == 0;
}

/* Parses the payload and compares it with the columns. */
static int
read_payload(struct proposal_row *p, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	struct hrv_date d;
	int rc = json_read(p->payload.data, p->payload.len, &p->json, err);

	id_format(&p->id, id);
	if (rc == HRV_OK) {
		p->what = json_object_get(p->json, "what");
		if (same(p, "proposal", id) && same(p, "kind", p->kind) &&
		    same(p, "proposer", p->proposer) &&
		    same(p, "expires", p->expires) &&
		    hrv_date_parse(p->expires, &d) && json_is_object(p->what))
			return HRV_OK;
	}
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the proposal %s in the database contradicts itself", id);
}

/* One that nobody carried out in time has lapsed, logged or not. */
static int
set_lapsed(struct hrv_vault *v, struct proposal_row *p, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK && strcmp(p->expires, today) < 0 &&
	    (strcmp(p->status, "open") == 0 ||
		strcmp(p->status, "approved") == 0))
		memcpy(p->status, "expired", sizeof("expired"));
	return rc;
}

int
proposal_load(struct hrv_vault *v, const struct hrv_id *id,
    struct proposal_row *ret, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_PROPOSAL_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	p.id = *id;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(
		    err, HRV_ENOTFOUND, "there is no such proposal");
	if (rc != HRV_OK)
		return rc;
	copy_text(st, 0, p.kind, sizeof(p.kind));
	copy_text(st, 1, p.proposer, sizeof(p.proposer));
	copy_blob(st, 3, &p.payload);
	copy_text(st, 4, p.status, sizeof(p.status));
	copy_text(st, 5, p.expires, sizeof(p.expires));
	p.opened_leaf = (uint64_t)db_col_int(st, 6);
	copy_text(st, 7, p.opened, sizeof(p.opened));
	copy_text(st, 8, p.approver, sizeof(p.approver));
	copy_blob(st, 9, &p.sig);
	db_reset(st);
	rc = buf_ok(&p.payload, err);
	if (rc == HRV_OK)
		rc = buf_ok(&p.sig, err);
	if (rc == HRV_OK)
		rc = read_payload(&p, err);
	if (rc == HRV_OK)
		rc = set_lapsed(v, &p, err);
	if (rc != HRV_OK) {
		proposal_clear(&p);
		return rc;
	}
	*ret = p;
	return HRV_OK;
}

/* The ids of proposals that are over by today; with a proposer, of all of his
 * that nobody carried out. */
static int
list_lapsed(struct hrv_vault *v, const char *proposer, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db,
		    proposer == NULL ? SQL_PROPOSAL_LIST_LAPSED
				     : SQL_PROPOSAL_LIST_OF,
		    &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, proposer == NULL ? today : proposer);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n].kind = ID_PROPOSAL;
		rc = db_col_fixed(st, 0, list[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

static int
set_expired(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_PROPOSAL_SET_ENDED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, "expired");
	(void)db_bind_int(st, 3, (int64_t)leaf);
	return db_run(st, err);
}

static int
expire(struct hrv_vault *v, const char *proposer, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = list_lapsed(v, proposer, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct entry e = ENTRY("proposal.expire");
		uint64_t leaf = 0;

		e.proposal = &ids[i];
		rc = txn_entry(v, &e, &leaf, err);
		if (rc == HRV_OK)
			rc = set_expired(v, &ids[i], leaf, err);
	}
	free(ids);
	return rc;
}

int
proposal_lapse(struct hrv_vault *v, struct hrv_err *err)
{
	return expire(v, NULL, err);
}

int
proposal_withdraw(struct hrv_vault *v, const char *fpr, struct hrv_err *err)
{
	return expire(v, fpr, err);
}
