/* SPDX-License-Identifier: ISC */
/*
 * Registering and listing recipients. Layer: verbs. Invariant: the name of a
 * recipient is nowhere but in the sealed detail of its entry.
 */
#include "vault/recipient.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/base/text.h"
#include "vault/custody/roles.h"
#include "vault/detail.h"
#include "vault/store/db.h"
#include "vault/terms.h"

#define OP_ADD "recipient.add"
#define OP_LIST "recipient.list"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* One of the words, or HRV_EUSAGE with all of them. */
static int
choose(const char *what, const char *const words[5], const char *typed,
    char out[16], struct hrv_err *err)
{
	for (size_t i = 0; i < 5 && words[i] != NULL; i++) {
		if (strcmp(words[i], typed) == 0) {
			snprintf(out, 16, "%s", typed);
			return HRV_OK;
		}
	}
	return hrv_fail(
	    err, HRV_EUSAGE, "there is no such %s of a recipient", what);
}

static int
read_country(const char *typed, char out[3], struct hrv_err *err)
{
	if (strlen(typed) != 2 || !isupper((unsigned char)typed[0]) ||
	    !isupper((unsigned char)typed[1])) {
		hrv_fail(err, HRV_EUSAGE,
		    "a country is two capital letters (ISO 3166)");
		return hrv_hint(err, "for example GB, IE, DE or US");
	}
	snprintf(out, 3, "%s", strcmp(typed, "UK") == 0 ? "GB" : typed);
	return HRV_OK;
}

static int
read_args(struct hrv_vault *v, const struct hrv_recipient_args *a,
    struct recipient_row *r, struct hrv_err *err)
{
	static const char *const kinds[5] = { "group", "processor", "authority",
		"other" };
	static const char *const safeguards[5] = { "adequacy", "scc", "bcr",
		"consent", "none" };
	struct hrv_date until;
	int rc = text_check_field(TEXT_NAME, a->name, strlen(a->name), err);

	if (rc == HRV_OK)
		rc = choose("kind", kinds, a->kind, r->kind, err);
	if (rc == HRV_OK)
		rc = read_country(a->country, r->country, err);
	if (rc == HRV_OK)
		rc = choose("safeguard", safeguards,
		    a->safeguard == NULL ? "none" : a->safeguard, r->safeguard,
		    err);
	if (rc == HRV_OK && a->until != NULL) {
		if (!hrv_date_parse(a->until, &until))
			return hrv_fail(err, HRV_EUSAGE,
			    "the end of the safeguard is not a date "
			    "(YYYY-MM-DD)");
		if (strcmp(r->safeguard, "none") == 0)
			return hrv_fail(err, HRV_EUSAGE,
			    "an end was given, but no safeguard");
		hrv_date_format(until, r->until);
	}
	if (rc == HRV_OK)
		rc = vault_today_text(v, r->added, err);
	return rc;
}

static int
insert(struct hrv_vault *v, const struct recipient_row *r, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_ADD_RECIPIENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->id.b, ID_BYTES);
	(void)db_bind_text(st, 2, r->kind);
	(void)db_bind_text(st, 3, r->country);
	(void)db_bind_text(st, 4, r->safeguard);
	(void)db_bind_text(st, 5, r->until[0] == '\0' ? NULL : r->until);
	(void)db_bind_text(st, 6, r->added);
	(void)db_bind_int(st, 7, (int64_t)r->leaf);
	return db_run(st, err);
}

/* What the log says: everything but the name. */
static json_t *
payload_of(const struct recipient_row *r)
{
	char id[ID_TEXT_SIZE];
	json_t *p;

	id_format(&r->id, id);
	p = json_pack("{s:s,s:s,s:s,s:s}", "recipient", id, "kind", r->kind,
	    "country", r->country, "safeguard", r->safeguard);
	if (p != NULL &&
	    json_set_str(p, "until", r->until[0] == '\0' ? NULL : r->until)) {
		json_decref(p);
		p = NULL;
	}
	return p;
}

static int
store(struct hrv_vault *v, struct recipient_row *r, const char *name,
    struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	struct entry e = ENTRY(OP_ADD);
	json_t *p = payload_of(r);
	int rc = p == NULL ? no_memory(err) : txn_begin(v, err);

	if (rc == HRV_OK)
		rc = detail_seal(v, KEK_DETAIL, &r->id, name, &d, err);
	e.payload = p;
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &r->leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, r->leaf, &d, err);
	if (rc == HRV_OK)
		rc = insert(v, r, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	json_decref(p);
	return rc;
}

int
hrv_recipient_add(struct hrv_vault *v, const struct hrv_recipient_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY(OP_ADD);
	struct recipient_row r = { .leaf = 0 };
	json_t *doc = NULL;
	int rc = role_may(v->role, OP_ADD, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = read_args(v, args, &r, err);
	vault_new_id(ID_RECIPIENT, &r.id);
	if (rc == HRV_OK)
		rc = store(v, &r, args->name, err);
	if (rc == HRV_OK)
		rc = recipient_view(v, &r, &doc, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	return rc;
}

/* One recipient with its name. */
static int
add_view(struct hrv_vault *v, const struct receipt *r, const struct hrv_id *id,
    json_t *docs, struct hrv_err *err)
{
	struct buf name = BUF_INIT_SECRET;
	struct recipient_row row;
	json_t *o = NULL;
	int rc = recipient_load(v, id, &row, err);

	if (rc == HRV_OK)
		rc = recipient_view(v, &row, &o, err);
	if (rc == HRV_OK)
		rc = recipient_name(v, r, &row, &name, err);
	if (rc == HRV_OK && (json_set_str(o, "name", buf_str(&name)) ||
				json_set_str(o, "added", row.added) ||
				json_array_append(docs, o)))
		rc = no_memory(err);
	json_decref(o);
	buf_clear(&name);
	return rc;
}

/* All names behind one intent; nothing is handed on before its outcome. */
static int
open_all(struct hrv_vault *v, const struct hrv_id *ids, size_t n, json_t *docs,
    struct hrv_err *err)
{
	struct entry e = ENTRY(OP_LIST);
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	struct hrv_err why, ignored;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = manifest_add(&m, &ids[i], NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, &r, err);
	manifest_clear(&m);
	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_view(v, r, &ids[i], docs, err);
	if (rc == HRV_OK)
		return receipt_close(v, &r, &e, NULL, err);
	why = *err;
	(void)!receipt_close(v, &r, &e, &why, &ignored);
	return rc;
}

int
hrv_recipient_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct entry refused = ENTRY(OP_LIST);
	struct hrv_id *ids = NULL;
	json_t *docs;
	size_t n = 0;
	int rc = role_may(v->role, OP_LIST, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	docs = json_array();
	if (docs == NULL)
		return no_memory(err);
	rc = ids_of(
	    v, SQL_RIGHTS_LIST_RECIPIENTS, NULL, ID_RECIPIENT, &ids, &n, err);
	if (rc == HRV_OK && n > 0)
		rc = open_all(v, ids, n, docs, err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(docs); i++)
		rc = fn(ctx, (struct hrv_doc *)json_array_get(docs, i), err);
	free(ids);
	json_decref(docs);
	return rc;
}
