/* SPDX-License-Identifier: ISC */
/*
 * How far an erasure is decided, see case_erase.h. Layer: verbs. Invariant:
 * what one person said counts for nothing before two approved it.
 */
#include <string.h>

#include "vault/case_erase.h"
#include "vault/case_gate.h"

bool
case_item_kept(const struct case_item *item)
{
	return strcmp(item->code, "others") != 0;
}

int
case_item_there(struct hrv_vault *v, const struct case_item *item, bool *ret,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	int rc = version_load(v, &item->record, item->n, &ver, err);

	if (rc == HRV_OK)
		*ret = ver.header.len > 0;
	version_clear(&ver);
	return rc;
}

bool
case_item_settled(const struct kase *k, const struct case_item *item)
{
	if (!case_item_kept(item))
		return true;
	for (size_t i = 0; i < k->n_events; i++) {
		const struct case_event *e = &k->events[i];

		if (strcmp(e->name, EVENT_KEPT) == 0) {
			if (e->leaf == item->leaf)
				return true;
		} else if ((strcmp(e->name, EVENT_ORDERED) == 0 ||
			       strcmp(e->name, EVENT_ANSWERED) == 0) &&
			   e->leaf > item->leaf) {
			return true;
		}
	}
	return false;
}

/* Whether somebody has to say something about a version still. */
static int
is_open(struct hrv_vault *v, const struct kase *k, const struct case_item *it,
    bool *ret, struct hrv_err *err)
{
	bool erase = strcmp(it->disposition, ITEM_ERASE) == 0;
	bool refused = strcmp(it->disposition, ITEM_REFUSED) == 0;
	struct record_row rec;
	bool there = false;
	int rc;

	*ret = false;
	/* An objection that was granted may be answered before its order. */
	if (erase && strcmp(k->claim, "erasure") != 0)
		return HRV_OK;
	if (!erase && (!refused || case_item_settled(k, it)))
		return HRV_OK;
	rc = record_load(v, &it->record, &rec, err);
	if (rc == HRV_OK)
		rc = case_item_there(v, it, &there, err);
	if (rc == HRV_OK)
		*ret = there && strcmp(rec.class_name, CLASS_IDENTITY) != 0;
	return rc;
}

int
case_erase_settled(struct hrv_vault *v, const struct kase *k, const char *op,
    struct hrv_err *err)
{
	bool open = false;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && !open && i < k->n_items; i++)
		rc = is_open(v, k, &k->items[i], &open, err);
	if (rc == HRV_OK && open)
		rc = case_refused(v, k, op,
		    "has records of which two people said neither that they "
		    "go nor that they are kept",
		    "erase", err);
	return rc;
}

int
case_erase_list(json_t *list, const struct case_item *item,
    const char *class_name, const char *ground, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *o;

	id_format(&item->record, text);
	o = json_pack("{s:s,s:I,s:s}", "record", text, "version",
	    (json_int_t)item->n, "class", class_name);
	if (o == NULL || json_set_str(o, "ground", ground) ||
	    json_array_append_new(list, o))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
case_erase_take_back(
    struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];
		bool there = false;

		if (strcmp(it->disposition, ITEM_ORDERED) != 0)
			continue;
		rc = case_item_there(v, it, &there, err);
		if (rc == HRV_OK && there)
			rc = case_item_set(v, k, it, ITEM_ERASE, NULL, err);
	}
	return rc;
}
