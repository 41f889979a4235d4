/* SPDX-License-Identifier: ISC */
/*
 * Rows of a package: what the tables and the opened headers say of each
 * record. Layer: verbs. Invariant: of a withheld or destroyed record nothing
 * is opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/case_annex.h"
#include "vault/case_gate.h"
#include "vault/contact.h"
#include "vault/detail.h"
#include "vault/event.h"
#include "vault/package_int.h"
#include "vault/recipient.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Notes a recipient among those of the whole package, once. */
static int
note_recipient(struct hrv_vault *v, struct package *p,
    const struct recipient_row *to, const char *name, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *one;
	size_t i;

	id_format(&to->id, id);
	json_array_foreach(p->recipients, i, one)
	{
		if (strcmp(json_str(one, "id"), id) == 0)
			return HRV_OK;
	}
	one = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "id", id, "name", name,
	    "kind", to->kind, "country", to->country, "safeguard",
	    to->safeguard, "transfer", !recipient_near(v, to->country));
	if (one == NULL ||
	    (to->until[0] != '\0' && json_set_str(one, "until", to->until)) ||
	    json_array_append(p->recipients, one)) {
		json_decref(one);
		return no_memory(err);
	}
	json_decref(one);
	return HRV_OK;
}

/* "Payroll Ltd (processor, IE)" for everybody it went to. */
static int
put_recipients(struct hrv_vault *v, const struct receipt *r, struct package *p,
    struct package_item *it, struct hrv_err *err)
{
	json_t *list = json_object_get(it->row, "recipients");
	struct buf text = BUF_INIT_SECRET;
	struct recipient_row to;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_RIGHTS_LIST_RECIPIENTS_OF_RECORD, &it->rec.id,
	    ID_RECIPIENT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		char id[ID_TEXT_SIZE];

		id_format(&ids[i], id);
		if (untold_has(json_object_get(p->frozen, "untold"), id))
			continue;
		buf_clear(&text);
		rc = recipient_load(v, &ids[i], &to, err);
		if (rc == HRV_OK)
			rc = recipient_name(v, r, &to, &text, err);
		if (rc == HRV_OK)
			rc = note_recipient(v, p, &to, buf_str(&text), err);
		buf_addf(&text, " (%s, %s)", to.kind, to.country);
		if (rc == HRV_OK)
			rc = buf_ok(&text, err);
		if (rc == HRV_OK &&
		    json_array_append_new(list, json_string(buf_str(&text))))
			rc = no_memory(err);
	}
	buf_clear(&text);
	free(ids);
	return rc;
}

/* Who gave an opinion is not for the person to read. */
static const char *
after_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end == NULL ? "" : end + 1;
}

/* The typed reason of a withheld record. */
static int
put_reason(struct hrv_vault *v, const struct receipt *r,
    const struct package *p, struct package_item *it,
    const struct case_item *item, struct hrv_err *err)
{
	bool harms = case_item_harms(item);
	struct detail d = { .sealed = BUF_INIT };
	struct buf text = BUF_INIT_SECRET;
	int rc = detail_load(v, item->leaf, &d, err);

	if (rc == HRV_OK)
		rc = unseal_detail(v, r, &d, &text, err);
	if (rc == HRV_OK)
		rc = package_put_named(p, it->row, "reason",
		    harms ? after_line(buf_str(&text)) : buf_str(&text), err);
	detail_clear(&d);
	buf_clear(&text);
	return rc;
}

/* What a stub says: when and under which rule. */
static int
put_stub(struct hrv_vault *v, struct package_item *it, const char *rule,
    bool dated, struct hrv_err *err)
{
	const struct hrv_rule *known = hrv_schedule_rule(v->schedule, rule);
	char text[512], day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc;

	/* The day and the rule tell when somebody else left. */
	if (!dated)
		return package_put(it->row, "reason",
			   "destroyed when its time was over")
			   ? no_memory(err)
			   : HRV_OK;
	rc = db_stmt(v->db, SQL_TOMBSTONE_GET_OF, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, it->rec.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)it->n);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	snprintf(day, sizeof(day), "%s", db_col_text(st, 1));
	db_reset(st);
	snprintf(text, sizeof(text), "destroyed on %s under the rule %s%s%s",
	    day, rule, known == NULL ? "" : ": ",
	    known == NULL ? "" : known->cite);
	if (package_put(it->row, "reason", text) ||
	    package_put(it->more, "destroyed_on", day))
		return no_memory(err);
	return HRV_OK;
}

/* Why the right itself leaves a record out; nobody typed it. */
static int
put_not_portable(struct package_item *it, struct hrv_err *err)
{
	return package_put(it->row, "reason",
		   "not provided by you under consent or a contract, which is "
		   "what Art. 20 takes in")
		   ? no_memory(err)
		   : HRV_OK;
}

/* [{"event","day"}] of a subject or record. */
static int
list_events(struct hrv_vault *v, const struct hrv_id *owner, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_OF, &st, err);

	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *e =
		    event_json(db_col_text(st, 0), "day", db_col_text(st, 1));

		if (e == NULL || json_array_append_new(list, e)) {
			rc = no_memory(err);
			break;
		}
	}
	db_reset(st);
	*ret = list;
	return rc;
}

/* They are what the employer entered, so Art. 20 has none. */
static int
events_told(struct hrv_vault *v, const struct package *p,
    const struct hrv_id *owner, json_t **ret, struct hrv_err *err)
{
	if (!case_is_portable(p->k))
		return list_events(v, owner, ret, err);
	*ret = json_array();
	return *ret == NULL ? no_memory(err) : HRV_OK;
}

static int
gather_one(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct case_item *item, struct hrv_err *err)
{
	struct package_item *it = &p->items[p->n];
	bool dated;
	json_t *events = NULL;
	int rc = record_load(v, &item->record, &it->rec, err);

	if (rc != HRV_OK)
		return rc;
	p->n++;
	rc = package_row(v, p->k, item, it, &dated, err);
	if (rc != HRV_OK)
		return rc;
	/* Of what is withheld, nothing more is told than that it is. */
	if (strcmp(item->disposition, ITEM_WITHHELD) != 0)
		rc = put_recipients(v, r, p, it, err);
	if (rc != HRV_OK)
		return rc;
	if (strcmp(item->disposition, ITEM_DESTROYED) == 0)
		return put_stub(v, it, item->code,
		    dated || strcmp(item->via, "own") == 0, err);
	if (strcmp(item->code, CODE_NOT_PORTABLE) == 0)
		return put_not_portable(it, err);
	if (strcmp(item->disposition, ITEM_WITHHELD) == 0)
		return put_reason(v, r, p, it, item, err);
	if (dated)
		rc = events_told(v, p, &it->rec.id, &events, err);
	if (rc == HRV_OK && events != NULL &&
	    json_object_set_new(it->more, "events", events))
		rc = no_memory(err);
	return rc == HRV_OK ? package_disclose(v, r, p, it, err) : rc;
}

static int
gather_subject(struct hrv_vault *v, struct package *p, struct hrv_err *err)
{
	struct subject_row s;
	int rc = subject_load(v, &p->k->subject, &s, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(p->kind, s.kind, sizeof(p->kind));
	memcpy(p->schedule, v->schedule_hash, sizeof(p->schedule));
	return events_told(v, p, &s.id, &p->events, err);
}

/* Whether somebody has a letter, for the name they have today. */
static int
has_letter(struct hrv_vault *v, const json_t *people,
    const struct subject_row *s, bool *ret, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct record_row rec;
	json_t *p;
	size_t i;
	int rc = record_load(v, &s->identity, &rec, err);

	id_format(&s->id, text);
	*ret = false;
	json_array_foreach(people, i, p)
	{
		const char *subject = json_str(p, "subject");

		if (subject != NULL && strcmp(subject, text) == 0)
			*ret = json_int(p, "identity", 0) == rec.version;
	}
	return rc;
}

/* Whether a letter stands for what a merged entry held. */
static bool
has_merged(const json_t *people, const struct hrv_id *id)
{
	char text[ID_TEXT_SIZE];
	json_t *p, *one;
	size_t i, k;

	id_format(id, text);
	json_array_foreach(people, i, p)
	{
		json_array_foreach(json_object_get(p, "merged"), k, one)
		{
			if (strcmp(json_string_value(one), text) == 0)
				return true;
		}
	}
	return false;
}

/* Whoever was linked to a record, or got another name, since the last
 * collecting has no letter for it yet, and would go out by name. */
static int
check_letter(struct hrv_vault *v, const struct package *p,
    const struct hrv_id *id, struct hrv_err *err)
{
	const json_t *people = json_object_get(p->frozen, "people");
	struct subject_row s;
	bool has = true;
	int rc = subject_load(v, id, &s, err);

	if (rc == HRV_OK && !s.gone)
		rc = has_letter(v, people, &s, &has, err);
	else if (rc == HRV_OK && s.merged)
		has = has_merged(people, id);
	if (rc != HRV_OK || has)
		return rc;
	hrv_fail_as(err, HRV_ECONFIRM, "not-collected",
	    "somebody was linked to a record, or got another name, since it "
	    "was collected");
	return hrv_hint(err, "'hrvault case collect %s'", p->root);
}

static int
check_letters(struct hrv_vault *v, const struct package *p, struct hrv_err *err)
{
	struct manifest m = { 0 };
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < p->k->n_items; i++)
		rc = manifest_add(&m, &p->k->items[i].record, NULL, err);
	if (rc == HRV_OK)
		rc = people_linked(v, p->k, &m, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = check_letter(v, p, &ids[i], err);
	manifest_clear(&m);
	free(ids);
	return rc;
}

/* A history that was frozen before holds were left out of it. */
static void
leave_out_holds(json_t *annex)
{
	for (size_t i = json_array_size(annex); i > 0; i--) {
		const char *act = json_str(json_array_get(annex, i - 1), "act");

		if (act == NULL || !annex_tells(act))
			(void)json_array_remove(annex, i - 1);
	}
}

static int
open_frozen(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    struct package *p, struct hrv_err *err)
{
	int rc = frozen_open(v, r, k, &p->frozen, err);

	leave_out_holds(json_object_get(p->frozen, "annex"));
	/* Art. 20 gives back what the person provided, and no more. */
	if (rc == HRV_OK && case_is_portable(k) &&
	    (json_object_set_new(p->frozen, "annex", json_array()) ||
		json_object_set_new(p->frozen, "requests", json_array())))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = check_letters(v, p, err);
	return rc != HRV_OK
		   ? rc
		   : pseudonyms_new(json_object_get(p->frozen, "people"),
			 json_object_get(p->frozen, "own"), &p->names, err);
}

/* Names a statement in the row of what it is about, once. */
static int
name_statement(json_t *row, const char *id)
{
	json_t *list = json_object_get(row, "statements"), *old;
	size_t i;

	if (list == NULL) {
		list = json_array();
		if (json_object_set_new(row, "statements", list))
			return -1;
	}
	json_array_foreach(list, i, old)
	{
		if (strcmp(json_string_value(old), id) == 0)
			return 0;
	}
	return json_array_append_new(list, json_string(id));
}

/* What a statement is about and what stands on a record, in their rows, so that
 * neither is read without the other. */
static int
put_together(struct package *p, struct package_item *it)
{
	char on[ID_TEXT_SIZE];
	int bad = 0;

	if (!is_statement(&it->rec))
		return 0;
	id_format(&it->rec.statement_on, on);
	bad = json_set_str(it->row, "statement_on", on);
	for (size_t i = 0; i < p->n; i++) {
		if (!id_equal(&p->items[i].rec.id, &it->rec.statement_on))
			continue;
		it->about = &p->items[i];
		bad |= name_statement(
		    p->items[i].row, json_str(it->row, "record"));
	}
	return bad;
}

int
package_gather(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, struct package *ret, struct hrv_err *err)
{
	int rc;

	*ret = (struct package){ .k = k };
	id_format(&k->id, ret->root);
	ret->items = calloc(k->n_items + 1, sizeof(*ret->items));
	ret->recipients = json_array();
	ret->banned = json_array();
	if (ret->items == NULL || ret->recipients == NULL ||
	    ret->banned == NULL)
		return no_memory(err);
	rc = contact_require(v, k->law->id, &ret->controller, err);
	if (case_is_collected(k))
		rc = open_frozen(v, r, k, ret, err);
	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++)
		rc = gather_one(v, r, ret, &k->items[i], err);
	for (size_t i = 0; rc == HRV_OK && i < ret->n; i++) {
		if (put_together(ret, &ret->items[i]))
			rc = no_memory(err);
	}
	if (rc == HRV_OK)
		rc = gather_subject(v, ret, err);
	return rc == HRV_OK ? package_search(v, r, ret, err) : rc;
}

void
package_clear(struct package *p)
{
	for (size_t i = 0; i < p->n; i++) {
		json_decref(p->items[i].row);
		json_decref(p->items[i].more);
		buf_clear(&p->items[i].body);
	}
	free(p->items);
	json_decref(p->frozen);
	pseudonyms_free(p->names);
	json_decref(p->identity);
	json_decref(p->events);
	json_decref(p->banned);
	json_decref(p->controller);
	json_decref(p->recipients);
	json_decref(p->manifest);
	*p = (struct package){ .k = NULL };
}
