/* SPDX-License-Identifier: ISC */
/*
 * Reading what a scope is asked about. Layer: verbs. No key and no plaintext.
 */
#include "vault/scopething.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/date.h"
#include "hrvault/policy.h"
#include "vault/base/when.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/event.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
add_law(struct scope_laws *l, const char *jurisdiction, struct hrv_err *err)
{
	struct scope_law *p = realloc(l->list, (l->n + 1) * sizeof(*p));

	if (p == NULL)
		return no_memory(err);
	l->list = p;
	p[l->n] = (struct scope_law){ .until = "" };
	snprintf(p[l->n].jurisdiction, sizeof(p[l->n].jurisdiction), "%s",
	    jurisdiction == NULL ? "" : jurisdiction);
	l->n++;
	return HRV_OK;
}

/* The jurisdiction of a schedule by its hash. */
static int
read_law(struct hrv_vault *v, const uint8_t hash[32], struct scope_laws *l,
    struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf text = BUF_INIT;
	struct hrv_schedule *s = NULL;
	int rc;

	if (v->schedule != NULL && memcmp(hash, v->schedule_hash, 32) == 0)
		return add_law(l, v->schedule->jurisdiction, err);
	rc = inforce_policy_by_hash(v, hash, &text, err);
	if (rc == HRV_OK) {
		s = hrv_schedule_parse(buf_str(&text), text.len, &errors);
		/* One of an older program: what it governed stays covered. */
		rc = add_law(l, s == NULL ? "?" : s->jurisdiction, err);
	}
	hrv_schedule_free(s);
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	return rc;
}

/* The schedule before this one counted through the day after its adoption:
 * times of the log are UTC, days of records are local. The entry says when
 * that was; the row could have been edited. */
static int
end_law(struct hrv_vault *v, struct scope_laws *l, uint64_t entry,
    struct hrv_err *err)
{
	struct hrv_duration day = { .days = 1 };
	struct buf text = BUF_INIT;
	struct leaf leaf = LEAF_INIT;
	struct hrv_date d;
	int rc = HRV_OK;

	if (l->n == 0)
		return HRV_OK;
	rc = log_read(v->db, entry, &text, NULL, err);
	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &leaf, err);
	buf_clear(&text);
	if (rc == HRV_OK &&
	    hrv_date_from_days((int32_t)when_day(leaf.time), &d) &&
	    hrv_date_add(d, day, &d))
		hrv_date_format(d, l->list[l->n - 1].until);
	return rc;
}

int
scope_laws_load(
    struct hrv_vault *v, struct scope_laws *ret, struct hrv_err *err)
{
	struct scope_laws l = { 0 };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_POLICY_LIST, &st, err);

	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 1);
		uint8_t hash[32];

		if (kind == NULL || strcmp(kind, "schedule") != 0)
			continue;
		rc = end_law(v, &l, (uint64_t)db_col_int(st, 4), err);
		if (rc == HRV_OK)
			rc = db_col_fixed(st, 0, hash, sizeof(hash), err);
		if (rc == HRV_OK)
			rc = read_law(v, hash, &l, err);
		if (rc != HRV_OK)
			db_reset(st);
	}
	if (rc != HRV_OK) {
		scope_laws_clear(&l);
		return rc;
	}
	*ret = l;
	return HRV_OK;
}

void
scope_laws_clear(struct scope_laws *l)
{
	free(l->list);
	*l = (struct scope_laws){ 0 };
}

enum scope_extent
scope_laws_have(
    const struct scope_laws *l, const char *stored, const char *jurisdiction)
{
	size_t n = strlen(jurisdiction);
	bool some = false, others = false;

	for (size_t i = 0; i < l->n; i++) {
		const char *j = l->list[i].jurisdiction;
		bool unknown = j[0] == '?';
		bool is = strncmp(j, jurisdiction, n) == 0 &&
			  (j[n] == '\0' || j[n] == '-');

		if (l->list[i].until[0] != '\0' &&
		    strcmp(stored, l->list[i].until) > 0)
			continue;
		some = some || is || unknown;
		others = others || !is;
	}
	if (!some)
		return SCOPE_NONE;
	return others ? SCOPE_SOME : SCOPE_ALL;
}

static int
add_event(struct scope_thing *t, struct stmt *st, struct hrv_err *err)
{
	struct scope_event *p;
	const char *name = db_col_text(st, 0), *day = db_col_text(st, 1);

	p = realloc(t->events, (t->n_events + 1) * sizeof(*p));
	if (p == NULL)
		return no_memory(err);
	t->events = p;
	snprintf(p[t->n_events].name, sizeof(p->name), "%s",
	    name == NULL ? "" : name);
	(void)event_cut_purpose(p[t->n_events].name);
	snprintf(p[t->n_events].day, sizeof(p->day), "%.10s",
	    day == NULL ? "" : day);
	t->n_events++;
	return HRV_OK;
}

static int
load_events(struct hrv_vault *v, const struct hrv_id *owner,
    struct scope_thing *t, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_EVENT_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_event(t, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
load_one(struct hrv_vault *v, const struct record_row *rec,
    const struct scope_laws *laws, struct scope_thing *ret, struct hrv_err *err)
{
	struct scope_thing t = { .rec = rec, .laws = laws };
	struct subject_row s;
	int rc = ids_of(v, SQL_LINK_LIST_OF, &rec->id, ID_SUBJECT, &t.links,
	    &t.n_links, err);

	if (rc == HRV_OK && laws != NULL) {
		rc = subject_load(v, &rec->subject, &s, err);
		if (rc == HRV_OK)
			memcpy(t.kind, s.kind, sizeof(t.kind));
		if (rc == HRV_OK)
			rc = load_events(v, &rec->id, &t, err);
		if (rc == HRV_OK)
			rc = load_events(v, &rec->subject, &t, err);
	}
	if (rc != HRV_OK) {
		scopething_clear(&t);
		return rc;
	}
	*ret = t;
	return HRV_OK;
}

static int
load_kin(struct hrv_vault *v, struct scope_thing *t, struct hrv_err *err)
{
	const struct record_row *rec = t->rec;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_together(v, rec, &ids, &n, err);

	if (rc == HRV_OK && n > 0) {
		t->kin = calloc(n, sizeof(*t->kin));
		if (t->kin == NULL)
			rc = no_memory(err);
	}
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct scope_kin *k = &t->kin[t->n_kin];

		if (id_equal(&ids[i], &rec->id))
			continue;
		rc = record_load(v, &ids[i], &k->rec, err);
		if (rc == HRV_OK)
			rc = load_one(v, &k->rec, t->laws, &k->thing, err);
		t->n_kin += rc == HRV_OK;
	}
	free(ids);
	return rc;
}

int
scopething_load(struct hrv_vault *v, const struct record_row *rec,
    const struct scope_laws *laws, struct scope_thing *ret, struct hrv_err *err)
{
	struct scope_thing t = { 0 };
	int rc = load_one(v, rec, laws, &t, err);

	if (rc == HRV_OK)
		rc = load_kin(v, &t, err);
	if (rc != HRV_OK) {
		scopething_clear(&t);
		return rc;
	}
	*ret = t;
	return HRV_OK;
}

void
scopething_clear(struct scope_thing *t)
{
	for (size_t i = 0; i < t->n_kin; i++)
		scopething_clear(&t->kin[i].thing);
	free(t->kin);
	free(t->links);
	free(t->events);
	*t = (struct scope_thing){ 0 };
}
