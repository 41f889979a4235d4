/* SPDX-License-Identifier: ISC */
/*
 * Finding what a case is about. Layer: verbs. Invariant: nothing that is
 * stored about the subject is left out, and what was decided stays decided.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/case_annex.h"
#include "vault/case_erase.h"
#include "vault/case_named.h"
#include "vault/case_next.h"
#include "vault/record_view.h"
#include "vault/store/db.h"
#include "vault/unseal.h"
#include "vault/version.h"

#define OP "case.collect"

struct collecting {
	struct kase *k;
	const char *names; /* of people to be replaced besides, or NULL */
	const struct hrv_case_untold *untold; /* or NULL */
	char untold_id[ID_TEXT_SIZE];
	struct manifest found;
	struct manifest things; /* records, before the lock is taken */
	struct hrv_id *people;	/* others that they are about */
	size_t n_people;
	struct entry e;
	struct receipt *r;
	size_t added;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static const struct case_item *
find_item(const struct kase *k, const struct hrv_id *record, uint32_t n)
{
	for (size_t i = 0; i < k->n_items; i++) {
		if (k->items[i].n == n && id_equal(&k->items[i].record, record))
			return &k->items[i];
	}
	return NULL;
}

/* Somebody was linked to its record since a collecting let it stand. */
static bool
lost_its_ground(const struct kase *k, const struct case_item *old,
    const struct case_item *now)
{
	return strcmp(old->disposition, ITEM_DISCLOSED) == 0 &&
	       strcmp(now->disposition, ITEM_UNDECIDED) == 0 &&
	       case_item_stood(k, old);
}

/* Adds an item, or marks one as destroyed; who had what was ordered is told. */
static int
put_item(struct hrv_vault *v, struct collecting *c,
    const struct case_item *item, struct hrv_err *err)
{
	const struct case_item *old = find_item(c->k, &item->record, item->n);
	bool gone = strcmp(item->disposition, ITEM_DESTROYED) == 0;
	struct stmt *st;
	int rc;

	if (old != NULL && !lost_its_ground(c->k, old, item) &&
	    (!gone || strcmp(old->disposition, ITEM_DESTROYED) == 0 ||
		strcmp(old->disposition, ITEM_ORDERED) == 0))
		return HRV_OK;
	rc = db_stmt(v->db, old != NULL ? SQL_KASE_SET_ITEM : SQL_KASE_ADD_ITEM,
	    &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, c->k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 3, item->n);
	(void)db_bind_text(st, 4, item->disposition);
	(void)db_bind_text(st, 5, item->code[0] == '\0' ? NULL : item->code);
	if (old == NULL) {
		(void)db_bind_text(st, 6, item->via);
		(void)db_bind_int(st, 7, (int64_t)v->frontier.size);
		c->added++;
	} else {
		(void)db_bind_int(st, 6, (int64_t)v->frontier.size);
	}
	return db_run(st, err);
}

/* Live versions of a record, oldest first. */
static int
live_versions(struct hrv_vault *v, const struct hrv_id *record, uint32_t **ret,
    size_t *ret_n, struct hrv_err *err)
{
	uint32_t *list = NULL;
	size_t n = 0;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		uint32_t *p = realloc(list, (n + 1) * sizeof(*list));

		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		list[n++] = (uint32_t)db_col_int(st, 0);
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

/* How a version stands before anybody decided. */
static int
stand_of(struct hrv_vault *v, const struct collecting *c,
    const struct record_row *rec, uint32_t n, struct case_item *item,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	bool others = true, free_to_go, left_out;
	int rc = case_about_others(v, c->k, rec, &others, err);

	if (rc == HRV_OK)
		rc = version_load(v, &rec->id, n, &ver, err);
	if (rc != HRV_OK)
		return rc;
	free_to_go =
	    !others && unseal_may(v, rec, &ver) &&
	    hrv_law_next_gate(c->k->law, rec->compartment, NULL) == NULL;
	version_clear(&ver);
	item->record = rec->id;
	item->n = n;
	if (case_erases(c->k))
		return case_erase_stand(c->k, rec, item);
	left_out = case_not_portable(v->schedule, c->k, rec);
	snprintf(item->disposition, sizeof(item->disposition), "%s",
	    left_out	 ? ITEM_WITHHELD
	    : free_to_go ? ITEM_DISCLOSED
			 : ITEM_UNDECIDED);
	snprintf(item->code, sizeof(item->code), "%s",
	    left_out ? CODE_NOT_PORTABLE : "");
	return HRV_OK;
}

static int
add_record(struct hrv_vault *v, struct collecting *c,
    const struct hrv_id *record, const char *via, struct hrv_err *err)
{
	struct record_row rec;
	uint32_t *list = NULL;
	size_t n = 0;
	int rc = record_load(v, record, &rec, err);

	if (rc == HRV_OK)
		rc = live_versions(v, record, &list, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct case_item item = { .n = 0 };

		snprintf(item.via, sizeof(item.via), "%s", via);
		rc = stand_of(v, c, &rec, list[i], &item, err);
		if (rc == HRV_OK)
			rc = put_item(v, c, &item, err);
	}
	if (rc == HRV_OK && n > 0)
		rc = manifest_add(&c->found, record, NULL, err);
	free(list);
	return rc;
}

static int
add_own(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RECORD_LIST_OF, &c->k->subject, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_record(v, c, &ids[i], "own", err);
	free(ids);
	return rc;
}

/* A record of somebody else in which the subject has a part. */
struct linked {
	struct hrv_id record;
	char role[16];
};

static int
list_linked(struct hrv_vault *v, const struct kase *k, struct linked **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct linked *list = NULL;
	size_t n = 0;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_LINKED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->subject.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct linked *p = realloc(list, (n + 1) * sizeof(*list));

		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		list[n].record.kind = ID_RECORD;
		rc = db_col_fixed(st, 0, list[n].record.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		snprintf(list[n].role, sizeof(list[n].role), "%s",
		    db_col_text(st, 1));
		n++;
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

/* One item per version, also where several roles link it. */
static int
add_linked(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	struct linked *list = NULL;
	size_t n = 0;
	int rc = list_linked(v, c->k, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct record_row rec;

		if (i > 0 && id_equal(&list[i].record, &list[i - 1].record))
			continue;
		rc = record_load(v, &list[i].record, &rec, err);
		if (rc == HRV_OK && !case_person(c->k, &rec.subject))
			rc = add_record(
			    v, c, &list[i].record, list[i].role, err);
	}
	free(list);
	return rc;
}

/* Ids of destroyed versions and the rules that destroyed them. */
static int
list_stubs(struct hrv_vault *v, const struct kase *k, struct case_item **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct case_item *list = NULL;
	size_t n = 0;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->subject.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct case_item *p = realloc(list, (n + 1) * sizeof(*list));

		if (p == NULL) {
			rc = no_memory(err);
			break;
		}
		list = p;
		p = &list[n++];
		*p = (struct case_item){ .record.kind = ID_RECORD,
			.disposition = ITEM_DESTROYED,
			.via = "own" };
		rc = db_col_fixed(st, 0, p->record.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		p->n = (uint32_t)db_col_int(st, 1);
		snprintf(p->code, sizeof(p->code), "%s", db_col_text(st, 6));
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
add_stubs(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	struct case_item *list = NULL;
	size_t n = 0;
	int rc = list_stubs(v, c->k, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = put_item(v, c, &list[i], err);
	free(list);
	return rc;
}

/* Everything about the subject that has a row: own records, those of others,
 * stubs. */
static int
add_all(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	int rc = add_own(v, c, err);

	if (rc == HRV_OK)
		rc = add_linked(v, c, err);
	return rc == HRV_OK ? add_stubs(v, c, err) : rc;
}

/* Records as they are found now, for the receipt and the annex. */
static int
list_things(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	struct linked *list = NULL;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	uint8_t hash[32];
	int rc = ids_of(
	    v, SQL_RECORD_LIST_OF, &c->k->subject, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = manifest_add(&c->things, &ids[i], NULL, err);
	free(ids);
	n = 0;
	if (rc == HRV_OK)
		rc = list_linked(v, c->k, &list, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (i == 0 || !id_equal(&list[i].record, &list[i - 1].record))
			rc = manifest_add(
			    &c->things, &list[i].record, NULL, err);
	}
	free(list);
	/* Sorted, so that it can be asked. */
	return rc == HRV_OK ? manifest_hash(&c->things, hash, err) : rc;
}

/* Whose names are opened: of the subject and of the others. */
static int
open_receipt(struct hrv_vault *v, struct collecting *c, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = manifest_add(&m, &c->k->id, NULL, err);

	if (rc == HRV_OK)
		rc = manifest_add(&m, &c->k->subject, NULL, err);
	for (size_t i = 0; rc == HRV_OK && i < c->n_people; i++)
		rc = manifest_add(&m, &c->people[i], NULL, err);
	c->e.subject = &c->k->subject;
	c->e.kase = &c->k->id;
	if (rc == HRV_OK)
		rc = receipt_open(v, &c->e, &m, &c->r, err);
	manifest_clear(&m);
	return rc;
}

static int
collect_all(struct hrv_vault *v, struct collecting *c, const char *day,
    struct hrv_err *err)
{
	struct case_step s = { .op = OP,
		.event = "collected",
		.day = day,
		.manifest = &c->found,
		.receipt = &c->r };
	struct frozen_from from = { .linked = c->people,
		.n_linked = c->n_people,
		.names = c->names,
		.untold = c->untold,
		.untold_id = c->untold_id,
		.things = &c->things,
		.day = day };
	json_t *frozen = NULL, *p = json_object();
	int rc = frozen_make(v, c->r, c->k, &from, &frozen, err);

	if (rc == HRV_OK &&
	    (p == NULL || untold_put(c->untold, c->untold_id, p)))
		rc = no_memory(err);
	s.payload = p;
	s.text = c->untold == NULL ? NULL : c->untold->reason;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(v, c->k, err);
	if (rc == HRV_OK)
		rc = add_all(v, c, err);
	if (rc == HRV_OK)
		rc = frozen_put(v, c->k, frozen, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, c->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	json_decref(frozen);
	json_decref(p);
	return rc;
}

/* Names are opened first, under an intent; then all is written at once. */
static int
collect(struct hrv_vault *v, struct collecting *c, const char *day,
    struct hrv_err *err)
{
	int rc = list_things(v, c, err);

	if (rc == HRV_OK)
		rc = people_linked(
		    v, c->k, &c->things, &c->people, &c->n_people, err);
	if (rc == HRV_OK)
		rc = open_receipt(v, c, err);
	if (rc != HRV_OK)
		return rc;
	rc = collect_all(v, c, day, err);
	return rc == HRV_OK ? rc : record_failed(v, &c->e, &c->r, err);
}

int
hrv_case_collect(struct hrv_vault *v, const char *which, const char *names,
    const struct hrv_case_untold *untold, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	struct collecting c = {
		.k = &k, .names = names, .untold = untold, .e = ENTRY(OP)
	};
	char day[HRV_DATE_TEXT];
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &c.e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, OP, err);
	if (rc == HRV_OK)
		rc = untold_check(v, &k, untold, c.untold_id, err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, NULL, day, err);
	if (rc == HRV_OK)
		rc = collect(v, &c, day, err);
	if (rc == HRV_OK)
		rc = case_collected(v, &k.id, c.added, ret_doc, err);
	receipt_drop(&c.r);
	manifest_clear(&c.found);
	manifest_clear(&c.things);
	free(c.people);
	case_clear(&k);
	return rc;
}
