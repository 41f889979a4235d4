/* SPDX-License-Identifier: ISC */
/*
 * Reading a case, see case.h. Layer: verbs.
 */
#include "vault/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/inforce.h"
#include "vault/store/db.h"
#include "vault/version.h"

static void
copy_text(struct stmt *st, int at, char *out, size_t size)
{
	const char *t = db_col_text(st, at);

	snprintf(out, size, "%s", t == NULL ? "" : t);
}

static int
load_row(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND) {
		id_format(&k->id, text);
		return hrv_fail(err, HRV_ENOTFOUND,
		    "there is no case %s in this vault", text);
	}
	if (rc != HRV_OK)
		return rc;
	k->filed.kind = ID_SUBJECT;
	rc = db_col_fixed(st, 0, k->filed.b, ID_BYTES, err);
	copy_text(st, 1, k->claim, sizeof(k->claim));
	copy_text(st, 2, k->status, sizeof(k->status));
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 3, k->law_hash, 32, err);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 4, k->calendar_hash, 32, err);
	copy_text(st, 5, k->received, sizeof(k->received));
	copy_text(st, 6, k->channel, sizeof(k->channel));
	k->opened_leaf = (uint64_t)db_col_int(st, 7);
	copy_text(st, 8, k->frozen_until, sizeof(k->frozen_until));
	db_reset(st);
	/* An answer is about one person, however often that was entered. */
	k->subject = k->filed;
	return rc == HRV_OK ? subject_last(v, &k->subject, err) : rc;
}

/* One more element of `size` bytes at the end of an array, zeroed. */
static void *
grow(void **array, size_t *n, size_t size, struct hrv_err *err)
{
	char *p = *array;

	if (p == NULL || (*n & (*n - 1)) == 0) {
		p = realloc(p, (*n == 0 ? 1 : 2 * *n) * size);
		if (p == NULL) {
			hrv_fail(err, HRV_ENOMEM, "out of memory");
			return NULL;
		}
		*array = p;
	}
	memset(p + *n * size, 0, size);
	return p + (*n)++ * size;
}

static int
load_events(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	void *array = NULL;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_EVENTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct case_event *e =
		    grow(&array, &k->n_events, sizeof(*e), err);

		if (e == NULL) {
			rc = HRV_ENOMEM;
			break;
		}
		copy_text(st, 0, e->name, sizeof(e->name));
		copy_text(st, 1, e->day, sizeof(e->day));
		e->leaf = (uint64_t)db_col_int(st, 2);
	}
	db_reset(st);
	k->events = array;
	return rc;
}

static int
load_items(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	void *array = NULL;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_ITEMS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct case_item *i =
		    grow(&array, &k->n_items, sizeof(*i), err);

		if (i == NULL) {
			rc = HRV_ENOMEM;
			break;
		}
		i->record.kind = ID_RECORD;
		rc = db_col_fixed(st, 0, i->record.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		i->n = (uint32_t)db_col_int(st, 1);
		copy_text(st, 2, i->disposition, sizeof(i->disposition));
		copy_text(st, 3, i->code, sizeof(i->code));
		copy_text(st, 4, i->via, sizeof(i->via));
		i->leaf = (uint64_t)db_col_int(st, 5);
		copy_text(st, 6, i->gate, sizeof(i->gate));
		if (!db_col_null(st, 7))
			rc = db_col_fixed(st, 7, i->copy, sizeof(i->copy), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	k->items = array;
	return rc;
}

/* What collecting froze, by the hash of it. */
static int
load_frozen(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_KASE_GET_COPY, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, k->id.b, ID_BYTES);
	(void)db_bind_int(st, 3, 0);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		rc = db_col_fixed(st, 6, k->frozen, sizeof(k->frozen), err);
	db_reset(st);
	return rc;
}

int
case_rows(struct hrv_vault *v, const struct hrv_id *id, struct kase *ret,
    struct hrv_err *err)
{
	struct kase k = { .id = *id };
	int rc = load_row(v, &k, err);

	if (rc == HRV_OK)
		rc = load_events(v, &k, err);
	if (rc == HRV_OK)
		rc = load_items(v, &k, err);
	if (rc == HRV_OK)
		rc = load_frozen(v, &k, err);
	if (rc == HRV_OK)
		rc = case_load_told(v, &k, err);
	if (rc != HRV_OK) {
		case_clear(&k);
		return rc;
	}
	*ret = k;
	return HRV_OK;
}

int
case_load(struct hrv_vault *v, const char *which, struct kase *ret,
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	struct hrv_id id;
	int rc = lookup_case(v, which, &id, err);

	if (rc == HRV_OK)
		rc = case_rows(v, &id, &k, err);
	if (rc == HRV_OK)
		rc = case_law(v, &k, err);
	if (rc != HRV_OK) {
		case_clear(&k);
		return rc;
	}
	*ret = k;
	return HRV_OK;
}

void
case_clear(struct kase *k)
{
	free(k->events);
	free(k->items);
	free(k->told);
	hrv_law_free(k->law);
	hrv_calendar_free(k->calendar);
	*k = (struct kase){ .law = NULL };
}

int
case_law(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf law = BUF_INIT, calendar = BUF_INIT;
	int rc = inforce_policy_by_hash(v, k->law_hash, &law, err);

	if (rc == HRV_OK)
		rc =
		    inforce_policy_by_hash(v, k->calendar_hash, &calendar, err);
	if (rc == HRV_OK) {
		k->law = hrv_law_parse(buf_str(&law), law.len, &errors);
		k->calendar = hrv_calendar_parse(
		    buf_str(&calendar), calendar.len, &errors);
		if (k->law == NULL || k->calendar == NULL)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the law or calendar of a case cannot be read");
	}
	hrv_file_errors_clear(&errors);
	buf_clear(&law);
	buf_clear(&calendar);
	return rc;
}

bool
case_person(const struct kase *k, const struct hrv_id *subject)
{
	return id_equal(subject, &k->subject) || id_equal(subject, &k->filed);
}

const struct case_event *
case_find_event(const struct kase *k, const char *name)
{
	for (size_t i = k->n_events; i > 0; i--) {
		if (strcmp(k->events[i - 1].name, name) == 0)
			return &k->events[i - 1];
	}
	return NULL;
}

bool
case_is_collected(const struct kase *k)
{
	static const uint8_t none[sizeof(k->frozen)];

	return memcmp(k->frozen, none, sizeof(none)) != 0;
}

bool
case_item_copied(const struct case_item *item)
{
	static const uint8_t none[sizeof(item->copy)];

	return memcmp(item->copy, none, sizeof(none)) != 0;
}

bool
case_item_stood(const struct kase *k, const struct case_item *item)
{
	for (size_t i = 0; i < k->n_events; i++) {
		if (strcmp(k->events[i].name, "collected") == 0 &&
		    k->events[i].leaf == item->leaf)
			return true;
	}
	return false;
}

const struct case_item *
case_next_item(const struct kase *k, const struct hrv_id *record, uint32_t n,
    const struct case_item *last)
{
	size_t i = last == NULL ? 0 : (size_t)(last - k->items) + 1;

	for (; i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];

		if (id_equal(&it->record, record) && (n == 0 || n == it->n) &&
		    strcmp(it->disposition, ITEM_DESTROYED) != 0)
			return it;
	}
	return NULL;
}

size_t
case_count(const struct kase *k, const char *disposition)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n_items; i++)
		n += strcmp(k->items[i].disposition, disposition) == 0;
	return n;
}

int
case_put_counts(json_t *doc, const struct kase *k)
{
	static const char *const all[] = { ITEM_UNDECIDED, ITEM_DISCLOSED,
		ITEM_REDACTED, ITEM_WITHHELD, ITEM_DESTROYED, ITEM_ERASE,
		ITEM_ORDERED, ITEM_REFUSED };
	int bad = json_set_int(doc, "records", (int64_t)k->n_items);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		bad |=
		    json_set_int(doc, all[i], (int64_t)case_count(k, all[i]));
	return bad;
}

int
case_items_json(struct hrv_vault *v, const struct kase *k, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];
		struct record_row rec;
		char text[ID_TEXT_SIZE];
		json_t *o;

		rc = record_load(v, &it->record, &rec, err);
		if (rc != HRV_OK)
			break;
		id_format(&it->record, text);
		o = json_pack("{s:s,s:I,s:s,s:s,s:s,s:s}", "record", text,
		    "version", (json_int_t)it->n, "class", rec.class_name,
		    "compartment", rec.compartment, "disposition",
		    it->disposition, "via", it->via);
		if (o == NULL ||
		    (it->code[0] != '\0' &&
			json_set_str(o, "code", it->code)) ||
		    (it->gate[0] != '\0' &&
			json_set_str(o, "gate", it->gate)) ||
		    json_object_set_new(
			o, "copy", json_boolean(case_item_copied(it))) ||
		    json_array_append_new(list, o))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
