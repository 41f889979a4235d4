/* SPDX-License-Identifier: ISC */
/*
 * What comes next in a case, see case_next.h. Layer: verbs. Invariant: what it
 * says is what the step itself would say now: the same checks are asked.
 */
#include "vault/case_next.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case_ready.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
case_about_others(struct hrv_vault *v, const struct kase *k,
    const struct record_row *rec, bool *ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	bool others = !case_person(k, &rec->subject);
	int rc =
	    ids_of(v, SQL_LINK_LIST_OF, &rec->id, ID_SUBJECT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		others = others || !case_person(k, &ids[i]);
	free(ids);
	if (rc == HRV_OK)
		*ret = others;
	return rc;
}

static int
add_gates(const struct kase *k, const struct record_row *rec, json_t *list)
{
	const struct hrv_law_gate *g = NULL;
	int bad = 0;

	while ((g = hrv_law_next_gate(k->law, rec->compartment, g)) != NULL)
		bad |= json_array_append_new(
		    list, json_string(hrv_gate_need_name(g->needs)));
	return bad;
}

/* Why a collecting left it to somebody. */
static int
waits_of(struct hrv_vault *v, const struct kase *k, const struct case_item *it,
    json_t *list, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct record_row rec;
	bool others = false;
	int bad, rc = record_load(v, &it->record, &rec, err);

	if (rc == HRV_OK)
		rc = case_about_others(v, k, &rec, &others, err);
	if (rc == HRV_OK)
		rc = version_load(v, &rec.id, it->n, &ver, err);
	if (rc != HRV_OK)
		return rc;
	bad =
	    others && json_array_append_new(list, json_string("linked-person"));
	bad |= add_gates(k, &rec, list);
	if (!unseal_may(v, &rec, &ver))
		bad |= json_array_append_new(list, json_string("key"));
	version_clear(&ver);
	return bad ? no_memory(err) : HRV_OK;
}

int
case_put_waits(struct hrv_vault *v, const struct kase *k, json_t *items,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		json_t *row = json_array_get(items, i), *list;

		if (strcmp(k->items[i].disposition, ITEM_UNDECIDED) != 0)
			continue;
		list = json_array();
		if (json_object_set_new(row, "waits_for", list))
			rc = no_memory(err);
		else
			rc = waits_of(v, k, &k->items[i], list, err);
	}
	return rc;
}

/* Who asks, then what was found where it is about records, then the answer. */
static int
decision_due(struct hrv_vault *v, const struct kase *k, char next[160],
    struct hrv_err *why)
{
	char id[ID_TEXT_SIZE];
	int rc = case_check_requester(k, why);

	(void)v;
	id_format(&k->id, id);
	if (rc == HRV_OK && case_erases(k) && !case_is_collected(k))
		snprintf(next, 160, "'hrvault case collect %s'", id);
	else if (rc == HRV_OK && case_erases(k))
		snprintf(next, 160, "'hrvault case erase %s'", id);
	else if (rc == HRV_OK)
		snprintf(next, 160,
		    "'hrvault case resolve %s --outcome granted' or rejected",
		    id);
	return rc;
}

static int
answer_due(struct hrv_vault *v, const struct kase *k, char next[160],
    struct hrv_err *why)
{
	char id[ID_TEXT_SIZE];
	int rc;

	if (!case_has_package(k))
		return decision_due(v, k, next, why);
	rc = case_ready(v, k, why);
	id_format(&k->id, id);
	if (rc == HRV_OK)
		snprintf(next, 160,
		    "'hrvault case export %s --to FINGERPRINT --output FILE'",
		    id);
	return rc;
}

int
case_put_next(
    struct hrv_vault *v, const struct kase *k, json_t *o, struct hrv_err *err)
{
	struct hrv_err why = { 0 };
	char id[ID_TEXT_SIZE], next[160] = "";
	int rc = HRV_OK;

	id_format(&k->id, id);
	if (strcmp(k->status, CASE_OPEN) == 0)
		rc = answer_due(v, k, next, &why);
	else if (strcmp(k->status, CASE_EXPORTED) == 0 ||
		 strcmp(k->status, CASE_DECIDED) == 0)
		snprintf(next, 160, "'hrvault case deliver %s --method M'", id);
	else if (strcmp(k->status, CASE_CLOSED) != 0)
		snprintf(next, 160, "'hrvault case close %s'", id);
	if (rc != HRV_OK && rc != HRV_ECONFIRM && rc != HRV_EREFUSED) {
		*err = why;
		return rc;
	}
	if (rc != HRV_OK && (json_set_str(o, "missing", why.msg) ||
				json_set_str(o, "next", why.hint)))
		return no_memory(err);
	return next[0] != '\0' && json_set_str(o, "next", next) ? no_memory(err)
								: HRV_OK;
}
