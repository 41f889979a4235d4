/* SPDX-License-Identifier: ISC */
/*
 * Which records are disclosed together. Layer: verbs. Invariant: what one
 * disclosure would refuse is not in one of many; it is left out and listed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/jsonptr.h"
#include "vault/bulk.h"
#include "vault/case_annex.h"
#include "vault/crypto/crypt.h"
#include "vault/disclose.h"
#include "vault/record_release.h"
#include "vault/record_view.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static bool
has_id(const struct hrv_id *list, size_t n, const struct hrv_id *id)
{
	for (size_t i = 0; i < n; i++) {
		if (id_equal(&list[i], id))
			return true;
	}
	return false;
}

static bool
has_text(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], text) == 0)
			return true;
	}
	return false;
}

/* What was typed names something: a misspelt class must not choose nothing. */
static int
check_words(const struct bulk *b, struct hrv_err *err)
{
	for (size_t i = 0; i < b->a->n_classes; i++) {
		if (hrv_schedule_class(b->v->schedule, b->a->classes[i]) ==
		    NULL) {
			hrv_fail(err, HRV_EUSAGE,
			    "the schedule in force has no such class");
			return hrv_hint(
			    err, "'hrvault policy show' lists them");
		}
	}
	for (size_t i = 0; i < b->a->n_fields; i++) {
		if (!jsonptr_ok(b->a->fields[i]))
			return hrv_fail(err, HRV_EUSAGE,
			    "a field is named by a JSON pointer: /salary");
	}
	return HRV_OK;
}

/* HMAC-free on purpose: ids are random, and a recipient who does not have them
 * learns nothing from the order; another recipient gets another one. */
static void
set_order(struct bulk *b, struct bulk_item *it)
{
	uint8_t text[2 * ID_BYTES];

	memcpy(text, b->to.id.b, ID_BYTES);
	memcpy(text + ID_BYTES, it->rec.subject.b, ID_BYTES);
	crypt_sha256(text, sizeof(text), it->order);
	memcpy(text + ID_BYTES, it->rec.id.b, ID_BYTES);
	crypt_sha256(text, sizeof(text), it->order + 32);
}

static int
by_order(const void *a, const void *b)
{
	const struct bulk_item *x = a, *y = b;

	return memcmp(x->order, y->order, sizeof(x->order));
}

/* Whether it may go, as if it went alone; the error's name is its code. */
static int
judge(struct bulk *b, struct bulk_item *it, struct hrv_err *err)
{
	struct hrv_record_read_args args = { .purpose = b->a->purpose };
	struct release g = { .args = &args,
		.rec = it->rec,
		.ver = { .header = BUF_INIT },
		.payload = json_object(),
		.e = ENTRY("disclose") };
	int rc = g.payload == NULL ? no_memory(err)
				   : version_load(b->v, &it->rec.id,
					 it->rec.version, &g.ver, err);

	if (rc == HRV_OK)
		rc = record_release_may(b->v, &g, err);
	if (rc == HRV_OK)
		rc = disclose_consent(b->v, &it->rec, b->a->purpose, err);
	if (rc == HRV_EREFUSED) {
		snprintf(it->code, sizeof(it->code), "%s", err->name);
		rc = HRV_OK;
	}
	version_clear(&g.ver);
	json_decref(g.payload);
	return rc;
}

static int
add_item(struct bulk *b, const struct record_row *rec, struct hrv_err *err)
{
	struct bulk_item *it;

	if ((b->n & (b->n - 1)) == 0) {
		it =
		    realloc(b->items, (b->n == 0 ? 1 : 2 * b->n) * sizeof(*it));
		if (it == NULL)
			return no_memory(err);
		b->items = it;
	}
	it = &b->items[b->n];
	*it = (struct bulk_item){ .rec = *rec };
	b->n++;
	set_order(b, it);
	return judge(b, it, err);
}

static int
named(struct bulk *b, struct hrv_err *err)
{
	struct record_row rec;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->a->n_records; i++) {
		rc = record_find(b->v, b->a->records[i], &rec, err);
		if (rc == HRV_OK && rec.purged)
			rc = record_purged(b->v, &rec, rec.version, err);
		for (size_t k = 0; rc == HRV_OK && k < b->n; k++) {
			if (id_equal(&b->items[k].rec.id, &rec.id))
				rc = hrv_fail(
				    err, HRV_EUSAGE, "a record is named twice");
		}
		if (rc == HRV_OK)
			rc = add_item(b, &rec, err);
	}
	return rc;
}

/* Special categories go only when their class is asked for by its name. */
static int
one_of_all(struct bulk *b, const struct record_row *rec, struct hrv_err *err)
{
	const struct hrv_class *c =
	    hrv_schedule_class(b->v->schedule, rec->class_name);
	bool asked = has_text(b->a->classes, b->a->n_classes, rec->class_name);
	int rc;

	if (b->a->n_classes > 0 && !asked)
		return HRV_OK;
	rc = add_item(b, rec, err);
	if (rc == HRV_OK && !asked && (c == NULL || c->special_category))
		snprintf(b->items[b->n - 1].code, BULK_CODE_SIZE, "%s",
		    "special-category");
	return rc;
}

static int
all_records(struct bulk *b, const struct hrv_id *subjects, struct hrv_err *err)
{
	struct record_row rec;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(
	    b->v, SQL_CHECK_LIST_RECORDS, NULL, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(b->v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged ||
		    strcmp(rec.class_name, CLASS_IDENTITY) == 0)
			continue;
		if (b->a->n_subjects == 0 ||
		    has_id(subjects, b->a->n_subjects, &rec.subject))
			rc = one_of_all(b, &rec, err);
	}
	free(ids);
	return rc;
}

static int
choose(struct bulk *b, struct hrv_err *err)
{
	struct hrv_id *subjects =
	    calloc(b->a->n_subjects + 1, sizeof(*subjects));
	int rc = subjects == NULL ? no_memory(err) : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->a->n_subjects; i++)
		rc = lookup_subject(b->v, b->a->subjects[i], &subjects[i], err);
	if (rc == HRV_OK)
		rc = b->a->n_records > 0 ? named(b, err)
					 : all_records(b, subjects, err);
	free(subjects);
	if (rc == HRV_OK && b->n > 1)
		qsort(b->items, b->n, sizeof(*b->items), by_order);
	return rc;
}

/* Every replacement is for a record that was chosen, once. */
static int
match_instead(struct bulk *b, struct hrv_err *err)
{
	struct hrv_id id;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->a->n_instead; i++) {
		struct bulk_item *found = NULL;

		rc = lookup_record(b->v, b->a->instead[i].record, &id, err);
		for (size_t k = 0; rc == HRV_OK && k < b->n; k++) {
			if (id_equal(&b->items[k].rec.id, &id))
				found = &b->items[k];
		}
		if (rc == HRV_OK && (found == NULL || found->instead != NULL))
			rc = hrv_fail(err, HRV_EUSAGE,
			    "a replacement is for a record that was not "
			    "chosen, "
			    "or for one that has one already");
		if (rc == HRV_OK)
			found->instead = &b->a->instead[i];
	}
	return rc;
}

static int
add_one(struct bulk *b, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *more;

	if (has_id(b->people, b->n_people, id))
		return HRV_OK;
	more = realloc(b->people, (b->n_people + 1) * sizeof(*more));
	if (more == NULL)
		return no_memory(err);
	b->people = more;
	b->people[b->n_people++] = *id;
	return manifest_add(&b->things, id, NULL, err);
}

/* With the entries that became that person: a document has the name and the
 * number of when it was written. */
static int
add_person(struct bulk *b, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *merged = NULL;
	size_t n = 0;
	int rc;

	if (has_id(b->people, b->n_people, id))
		return HRV_OK;
	rc = add_one(b, id, err);
	if (rc == HRV_OK)
		rc = people_merged(b->v, id, &merged, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_one(b, &merged[i], err);
	free(merged);
	return rc;
}

static int
add_linked(struct bulk *b, const struct hrv_id *record, struct hrv_err *err)
{
	struct hrv_id *linked = NULL;
	size_t n = 0;
	int rc = ids_of(
	    b->v, SQL_LINK_LIST_OF, record, ID_SUBJECT, &linked, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_person(b, &linked[i], err);
	free(linked);
	return rc;
}

/* Who is to be opened: the people of what goes, in their order, then those who
 * are linked to it. */
static int
list_things(struct bulk *b, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		if (b->items[i].code[0] != '\0')
			continue;
		rc = manifest_add(&b->things, &b->items[i].rec.id, NULL, err);
		if (rc == HRV_OK)
			rc = add_person(b, &b->items[i].rec.subject, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < b->n; i++) {
		if (b->items[i].code[0] == '\0')
			rc = add_linked(b, &b->items[i].rec.id, err);
	}
	return rc;
}

static int
nothing(const struct bulk *b, struct hrv_err *err)
{
	hrv_fail(err, HRV_ENOTFOUND,
	    b->n == 0 ? "no record was chosen"
		      : "nothing of what was chosen may go");
	return b->n == 0 ? HRV_ENOTFOUND
			 : hrv_hint(err,
			       "the first is left out because of "
			       "'%s'",
			       b->items[0].code);
}

int
bulk_pick(struct bulk *b, struct hrv_err *err)
{
	int rc = disclose_recipient(b->v, b->a->recipient, &b->to, err);

	if (rc == HRV_OK)
		rc = vault_today_text(b->v, b->day, err);
	if (rc == HRV_OK)
		rc = recipient_check(b->v, &b->to, b->day, err);
	if (rc == HRV_OK)
		rc = record_release_purpose(b->v, b->a->purpose, err);
	if (rc == HRV_OK)
		rc = check_words(b, err);
	if (rc == HRV_OK)
		rc = choose(b, err);
	if (rc == HRV_OK)
		rc = match_instead(b, err);
	if (rc == HRV_OK)
		rc = list_things(b, err);
	return rc == HRV_OK && b->things.n == 0 ? nothing(b, err) : rc;
}
