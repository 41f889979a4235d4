/* SPDX-License-Identifier: ISC */
/*
 * The texts of a package that machines read: manifest.json, data.json and
 * records.csv. Layer: verbs. Invariant: the same case gives the same manifest
 * but for `generated` and `log`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/jsonptr.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/package.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

bool
package_ban(const struct hrv_law *law, json_t *doc)
{
	bool any = false;

	for (size_t i = 0; i < law->n_never_export; i++)
		any = jsonptr_remove(doc, law->never_export[i]) || any;
	return any;
}

static json_t *
totals_of(const struct package *p)
{
	static const char *const all[] = { ITEM_DISCLOSED, ITEM_REDACTED,
		ITEM_WITHHELD, ITEM_DESTROYED };
	json_t *o = json_object();
	int bad = json_set_int(o, "records", (int64_t)p->n);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t n = 0;

		for (size_t k = 0; k < p->n; k++)
			n += strcmp(json_str(p->items[k].row, "disposition"),
				 all[i]) == 0;
		bad |= json_set_int(o, all[i], n);
	}
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* A copy without the members that are null. */
static json_t *
without_null(const json_t *row)
{
	json_t *o = json_deep_copy(row), *value;
	const char *key;
	void *next;

	json_object_foreach_safe(o, next, key, value)
	{
		if (json_is_null(value))
			(void)json_object_del(o, key);
	}
	return o;
}

static int
hash_content(struct package *p, struct hrv_err *err)
{
	json_t *copy = json_deep_copy(p->manifest);
	json_t *rows = json_array();
	struct buf b = BUF_INIT_SECRET;
	int bad = copy == NULL || rows == NULL, rc = HRV_OK;

	for (size_t i = 0; i < p->n; i++)
		bad |=
		    json_array_append_new(rows, without_null(p->items[i].row));
	if (bad || json_object_set(copy, "records", rows))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(copy, &b, err);
	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, p->content);
	json_decref(copy);
	json_decref(rows);
	buf_clear(&b);
	return rc;
}

/* Whether somebody made a copy by hand, which may have any letter. */
static bool
made_by_hand(const struct package *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].copied && !p->items[i].cleaned)
			return true;
	}
	return false;
}

/* What collecting froze: told as far as it is for the person, and bound as a
 * whole by the hash of what is sealed. Of the letters those that occur. */
static int
put_frozen(struct package *p)
{
	json_t *letters = json_array(), *one;
	bool all = made_by_hand(p);
	int bad = letters == NULL;
	size_t i;

	json_array_foreach(json_object_get(p->frozen, "people"), i, one)
	{
		if (all || pseudonyms_used(p->names, json_str(one, "as")))
			bad |= json_array_append(
			    letters, json_object_get(one, "as"));
	}
	bad |= json_object_set_new(p->manifest, "pseudonyms", letters);
	bad |= json_object_set(
	    p->manifest, "annex", json_object_get(p->frozen, "annex"));
	bad |= json_object_set(
	    p->manifest, "requests", json_object_get(p->frozen, "requests"));
	return bad | json_set_hex(p->manifest, "frozen", p->k->frozen, 32);
}

/* The hash of a value, in hex, as a member. */
static int
put_hash(json_t *o, const char *key, const json_t *value, struct hrv_err *err)
{
	struct buf b = BUF_INIT_SECRET;
	uint8_t hash[32];
	int rc =
	    value == NULL ? no_memory(err) : json_canonical(value, &b, err);

	if (rc == HRV_OK) {
		crypt_sha256(b.data, b.len, hash);
		if (json_set_hex(o, key, hash, sizeof(hash)))
			rc = no_memory(err);
	}
	buf_clear(&b);
	return rc;
}

/* What data.json and the pages say of the person beside any record, and the
 * schedule whose words they use: an event that came later, or the terms of
 * another recipient, were not approved. */
static int
bind_person(struct package *p, struct hrv_err *err)
{
	json_t *recipients = json_deep_copy(p->recipients), *one;
	json_t *told = json_pack("{s:s,s:O,s:o}", "kind", p->kind, "events",
	    p->events, "recipients", recipients);
	size_t i;
	int bad, rc;

	if (told == NULL)
		return no_memory(err);
	bad = json_set_hex(told, "schedule", p->schedule, 32);
	/* The canonical form knows no truth values. */
	json_array_foreach(recipients, i, one)
	{
		bad |= json_set_int(one, "transfer",
		    json_is_true(json_object_get(one, "transfer")));
	}
	rc = bad ? no_memory(err)
		 : put_hash(p->manifest, "person_sha256", told, err);
	json_decref(told);
	return rc;
}

/* Titles, notes and whatever else data.json says of a record beside its row:
 * the manifest, and so the approval, is for exactly these. */
static int
bind_details(struct package_item *it, struct hrv_err *err)
{
	json_t *told = without_null(it->more);
	int rc = put_hash(it->row, "details_sha256", told, err);

	json_decref(told);
	return rc;
}

int
package_manifest(struct package *p, struct hrv_err *err)
{
	char subject[ID_TEXT_SIZE];
	json_t *rows = json_array();
	json_t *who = json_object_get(p->controller, "sha256");
	int bad = rows == NULL || who == NULL, rc = HRV_OK;

	id_format(&p->k->subject, subject);
	for (size_t i = 0; rc == HRV_OK && i < p->n; i++)
		rc = bind_details(&p->items[i], err);
	if (rc != HRV_OK) {
		json_decref(rows);
		return rc;
	}
	for (size_t i = 0; i < p->n; i++)
		bad |= json_array_append(rows, p->items[i].row);
	p->manifest = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:O,s:o,s:o}",
	    "format", "hrvault-case/1", "case", p->root, "subject", subject,
	    "law", p->k->law->id, "law_version", p->k->law->version, "received",
	    p->k->received, "controller", who, "records", rows, "totals",
	    totals_of(p));
	if (bad || p->manifest == NULL || put_frozen(p))
		return no_memory(err);
	rc = bind_person(p, err);
	return rc == HRV_OK ? hash_content(p, err) : rc;
}

int
package_manifest_text(struct package *p, int64_t now,
    const struct package_log *log, struct buf *out, struct hrv_err *err)
{
	json_t *l = json_pack("{s:s,s:I,s:I}", "origin", log->origin, "index",
	    (json_int_t)log->index, "size", (json_int_t)log->size);
	char when[WHEN_TEXT_LEN + 1];
	int rc;

	if (!when_format(now, when))
		when[0] = '\0';
	if (l == NULL || json_set_b64(l, "root", log->root, 32) ||
	    json_set_str(p->manifest, "generated", when) ||
	    json_object_set(p->manifest, "log", l))
		rc = no_memory(err);
	else
		rc = json_pretty(p->manifest, out, err);
	json_decref(l);
	buf_addc(out, '\n');
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}

/* Everything known of a record: its row, and what stands in the header. */
static json_t *
whole_record(const struct package_item *it)
{
	json_t *o = json_copy(it->row);

	if (o != NULL && json_object_update(o, it->more) != 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
package_data_text(struct package *p, struct buf *out, struct hrv_err *err)
{
	json_t *rows = json_array(), *o;
	char subject[ID_TEXT_SIZE];
	int bad = rows == NULL, rc;

	id_format(&p->k->subject, subject);
	for (size_t i = 0; i < p->n; i++)
		bad |= json_array_append_new(rows, whole_record(&p->items[i]));
	o = json_pack("{s:s,s:s,s:O,s:{s:s,s:s,s:O?,s:O},s:o}", "format",
	    "hrvault-case-data/1", "case", p->root, "controller", p->controller,
	    "subject", "id", subject, "kind", p->kind, "identity", p->identity,
	    "events", p->events, "records", rows);
	bad =
	    bad || o == NULL ||
	    json_object_set(o, "annex", json_object_get(p->frozen, "annex")) ||
	    json_object_set(
		o, "requests", json_object_get(p->frozen, "requests"));
	rc = bad ? no_memory(err) : json_pretty(o, out, err);
	json_decref(o);
	buf_addc(out, '\n');
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}
