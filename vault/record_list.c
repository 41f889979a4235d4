/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing records. Layer: verbs. Invariant: titles are opened
 * only where the member holds the compartment's key, behind one intent for
 * the whole list, and handed on only after its outcome.
 */
#include "hrvault/record.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/disclose.h"
#include "vault/event.h"
#include "vault/record_view.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

/* One record of a list. */
struct item {
	struct record_row rec;
	json_t *doc;
	bool open; /* its title is to be read */
};

struct listing {
	struct item *items;
	size_t n;
	struct protect *protect;
	struct receipt *receipt;
	struct entry e;
};

static void
listing_clear(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		json_decref(l->items[i].doc);
	free(l->items);
	protect_free(l->protect);
	receipt_drop(&l->receipt);
}

/* Whether this member's key opens the newest version's header. */
static int
may_open(struct hrv_vault *v, const struct record_row *rec, bool *ret,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct hrv_err ignored;
	int rc;

	*ret = false;
	if (rec->purged || role_may(v->role, "record.show", &ignored) != HRV_OK)
		return HRV_OK;
	rc = version_load(v, &rec->id, rec->version, &ver, err);
	if (rc == HRV_OK)
		*ret = ver.header.len > 0 && unseal_may(v, rec, &ver);
	version_clear(&ver);
	return rc;
}

/* Adds to a result what the sealed header says. */
static int
open_header(struct hrv_vault *v, const struct receipt *r, struct item *it,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	json_t *header = NULL;
	int rc = version_load(v, &it->rec.id, it->rec.version, &ver, err);

	if (rc == HRV_OK)
		rc = unseal_header(v, r, &it->rec, &ver, &header, err);
	if (rc == HRV_OK && record_put_header(it->doc, header))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(header);
	version_clear(&ver);
	return rc;
}

/* Layer 1 of every record. */
static int
collect(struct hrv_vault *v, struct listing *l, const struct hrv_id *ids,
    bool titles, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < l->n; i++) {
		struct item *it = &l->items[i];

		it->doc = json_object();
		rc = record_load(v, &ids[i], &it->rec, err);
		if (rc == HRV_OK)
			rc = record_put(v, l->protect, &it->rec, it->doc, err);
		if (rc == HRV_OK && titles)
			rc = may_open(v, &it->rec, &it->open, err);
	}
	return rc;
}

/* Opens the titles of all items marked, in one audited read. */
static int
open_titles(struct hrv_vault *v, struct listing *l, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < l->n; i++) {
		const struct record_row *rec = &l->items[i].rec;

		if (!l->items[i].open)
			continue;
		/* One record is named by the entry, several by its list. */
		l->e.record = m.n == 0 ? &rec->id : NULL;
		l->e.comp = m.n == 0 ? rec->compartment : NULL;
		rc = manifest_add(&m, &rec->id, NULL, err);
	}
	if (m.n == 0)
		return rc;
	if (rc == HRV_OK)
		rc = receipt_open(v, &l->e, &m, &l->receipt, err);
	manifest_clear(&m);
	for (size_t i = 0; rc == HRV_OK && i < l->n; i++) {
		if (l->items[i].open)
			rc = open_header(v, l->receipt, &l->items[i], err);
	}
	if (rc == HRV_OK)
		rc = receipt_close(v, &l->receipt, &l->e, NULL, err);
	else
		rc = record_failed(v, &l->e, &l->receipt, err);
	return rc;
}

int
hrv_record_list(struct hrv_vault *v, const char *subject, bool titles,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct listing l = { .e = ENTRY("record.list") };
	struct subject_row s;
	struct hrv_id id, *ids = NULL;
	int rc = lookup_subject(v, subject, &id, err);

	if (rc == HRV_OK)
		rc = subject_load(v, &id, &s, err);
	if (rc == HRV_OK)
		rc = ids_of(v, SQL_RECORD_LIST_DOCUMENTS_OF, &id, ID_RECORD,
		    &ids, &l.n, err);
	if (rc == HRV_OK)
		rc = protect_load(v, &l.protect, err);
	l.items = calloc(l.n + 1, sizeof(*l.items));
	if (rc == HRV_OK && l.items == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (l.items == NULL)
		l.n = 0;
	l.e.subject = &id;
	if (rc == HRV_OK)
		rc = collect(v, &l, ids, titles, err);
	if (rc == HRV_OK)
		rc = open_titles(v, &l, err);
	for (size_t i = 0; rc == HRV_OK && i < l.n; i++)
		rc = fn(ctx, (struct hrv_doc *)l.items[i].doc, err);
	listing_clear(&l);
	free(ids);
	return rc;
}

/* Subject, day stored, who provided it. */
static int
put_origin(const struct record_row *rec, json_t *o)
{
	return record_put_id(o, "subject", &rec->subject) |
	       json_set_str(o, "stored", rec->stored) |
	       json_set_str(o, "provided_by", rec->provided_by);
}

static int
put_links(struct hrv_vault *v, const struct hrv_id *id, json_t *o,
    struct hrv_err *err)
{
	struct hrv_id subject = { .kind = ID_SUBJECT };
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_LINK_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *one = json_object();

		rc = db_col_fixed(st, 0, subject.b, ID_BYTES, err);
		if (rc != HRV_OK || record_put_id(one, "subject", &subject) ||
		    json_set_str(one, "as", db_col_text(st, 1)) ||
		    json_array_append_new(list, one)) {
			db_reset(st);
			rc = rc != HRV_OK
				 ? rc
				 : hrv_fail(err, HRV_ENOMEM, "out of memory");
		}
	}
	if (json_object_set_new(o, "links", list) && rc == HRV_OK)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

static int
put_versions(struct hrv_vault *v, const struct record_row *rec, json_t *o,
    struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = HRV_OK;

	for (uint32_t n = 1; rc == HRV_OK && n <= rec->version; n++) {
		struct version_row ver = { .header = BUF_INIT };
		json_t *one = json_object();

		rc = version_load(v, &rec->id, n, &ver, err);
		if (rc == HRV_OK &&
		    (json_set_int(one, "version", (int64_t)n) ||
			json_set_str(one, "stored", ver.stored) ||
			json_set_str(one, "superseded",
			    ver.superseded[0] == '\0' ? NULL
						      : ver.superseded) ||
			json_set_int(one, "bytes", (int64_t)ver.size) ||
			json_object_set_new(one, "destroyed",
			    json_boolean(ver.header.len == 0)) ||
			json_array_append(list, one)))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		json_decref(one);
		version_clear(&ver);
	}
	if (json_object_set_new(o, "versions", list) && rc == HRV_OK)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* What layer 1 knows beyond a line of a list. */
static int
put_more(struct hrv_vault *v, struct item *it, struct hrv_err *err)
{
	json_t *events = NULL, *given = NULL;
	int rc = put_origin(&it->rec, it->doc)
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : HRV_OK;

	if (rc == HRV_OK)
		rc = event_list(v, &it->rec.id, &events, err);
	if (rc == HRV_OK && json_object_set_new(it->doc, "events", events))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = put_links(v, &it->rec.id, it->doc, err);
	if (rc == HRV_OK)
		rc = put_versions(v, &it->rec, it->doc, err);
	if (rc == HRV_OK)
		rc = disclosures_of(v, &it->rec.id, &given, err);
	if (rc == HRV_OK && json_object_set_new(it->doc, "disclosures", given))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* The record, and behind it the statements that live with it: whoever looks at
 * the one sees the others. */
static int
load_show(struct hrv_vault *v, const char *record, struct listing *l,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = record_find(v, record, &rec, err);

	if (rc == HRV_OK)
		rc = ids_of(v, SQL_RECORD_LIST_STATEMENTS, &rec.id, ID_RECORD,
		    &ids, &n, err);
	if (rc == HRV_OK &&
	    (l->items = calloc(n + 1, sizeof(*l->items))) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i <= n; i++) {
		struct item *it = &l->items[l->n++];

		it->doc = json_object();
		if (i == 0)
			it->rec = rec;
		else
			rc = record_load(v, &ids[i - 1], &it->rec, err);
		if (rc == HRV_OK)
			rc = record_put(v, l->protect, &it->rec, it->doc, err);
		if (rc == HRV_OK)
			rc = may_open(v, &it->rec, &it->open, err);
	}
	free(ids);
	return rc;
}

static int
put_statements(struct listing *l, struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 1; !bad && i < l->n; i++)
		bad = json_array_append(list, l->items[i].doc);
	bad = json_object_set_new(l->items[0].doc, "statements", list) || bad;
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

int
hrv_record_show(struct hrv_vault *v, const char *record,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct listing l = { .e = ENTRY("record.show") };
	int rc = protect_load(v, &l.protect, err);

	if (rc == HRV_OK)
		rc = load_show(v, record, &l, err);
	if (rc == HRV_OK)
		l.e.subject = &l.items[0].rec.subject;
	if (rc == HRV_OK)
		rc = put_more(v, &l.items[0], err);
	if (rc == HRV_OK)
		rc = open_titles(v, &l, err);
	if (rc == HRV_OK)
		rc = put_statements(&l, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(l.items[0].doc);
	listing_clear(&l);
	return rc;
}
