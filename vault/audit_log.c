/* SPDX-License-Identifier: ISC */
/*
 * Listing the log. Layer: verbs. Everything comes from the entries
 * themselves; a batch counts as about every thing on its list.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hrvault/audit.h"
#include "hrvault/date.h"
#include "vault/audit_int.h"
#include "vault/base/when.h"
#include "vault/custody/roles.h"
#include "vault/log/append.h"
#include "vault/member.h"
#include "vault/store/db.h"
#include "vault/txn.h"
#include "vault/version.h"

/* What is looked for, and what was found so far. */
struct listing {
	struct hrv_vault *v;
	const struct hrv_audit_filter *filter;
	struct audit_sessions sessions;
	char (*ids)[ID_TEXT_SIZE]; /* things asked for; NULL: everything */
	size_t n_ids;
	uint64_t *batches; /* entries whose lists have one of them, sorted */
	size_t n_batches;
	json_t *kept; /* for reasons: entries wait here, else NULL */
	hrv_doc_fn *fn;
	void *ctx;
};

static bool
hex_tail(const char *text)
{
	size_t n = strlen(text);

	return n >= 16 && n < FPR_SIZE &&
	       strspn(text, "0123456789abcdefABCDEF") == n;
}

static int
check_filter(const struct hrv_audit_filter *f, struct hrv_err *err)
{
	struct hrv_date day;
	size_t n = f->op == NULL ? 0 : strlen(f->op);
	const struct op *op;

	if (f->since != NULL &&
	    (strlen(f->since) < 10 || f->since[4] != '-' ||
		(strlen(f->since) == 10 && !hrv_date_parse(f->since, &day))))
		return hrv_fail(
		    err, HRV_EUSAGE, "the day to begin from is not a date");
	if (f->actor != NULL && !hex_tail(f->actor)) {
		hrv_fail(err, HRV_EUSAGE,
		    "a member is named by a fingerprint or at least the last "
		    "16 digits of it");
		return hrv_hint(err, MEMBER_NAMES);
	}
	for (size_t i = 0; n > 0 && (op = op_at(i)) != NULL; i++) {
		if (strncmp(op->name, f->op, n) == 0 &&
		    (op->name[n] == '\0' || op->name[n] == '.'))
			return HRV_OK;
	}
	if (n == 0)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "the log knows no such operation");
	return hrv_hint(err, "one of the list in docs/formats/log.md, such as "
			     "record.read, or its first word for all of them");
}

static int
add_id(struct listing *l, const struct hrv_id *id, struct hrv_err *err)
{
	char(*ids)[ID_TEXT_SIZE] =
	    realloc(l->ids, (l->n_ids + 1) * sizeof(*ids));

	if (ids == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	l->ids = ids;
	id_format(id, l->ids[l->n_ids++]);
	return HRV_OK;
}

/* Entries whose list has that thing. */
static int
add_batches(struct listing *l, const struct hrv_id *id, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(l->v->db, SQL_LOG_LIST_BATCHES_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		uint64_t *list =
		    realloc(l->batches, (l->n_batches + 1) * sizeof(*list));

		if (list == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		l->batches = list;
		list[l->n_batches++] = (uint64_t)db_col_int(st, 0);
	}
	db_reset(st);
	return rc;
}

static int
add_thing(struct listing *l, const struct hrv_id *id, struct hrv_err *err)
{
	int rc = add_id(l, id, err);

	return rc == HRV_OK ? add_batches(l, id, err) : rc;
}

static int
add_subject(struct listing *l, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *records = NULL;
	size_t n = 0;
	int rc = add_thing(l, id, err);

	if (rc == HRV_OK)
		rc = ids_of(
		    l->v, SQL_RECORD_LIST_OF, id, ID_RECORD, &records, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_thing(l, &records[i], err);
	free(records);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* A full id need not be in the tables any more: the log outlives them. */
static int
find_things(struct listing *l, struct hrv_err *err)
{
	const struct hrv_audit_filter *f = l->filter;
	struct hrv_id id;
	int rc = HRV_OK;

	if (f->subject != NULL) {
		if (!id_parse(f->subject, ID_SUBJECT, &id))
			rc = lookup_subject(l->v, f->subject, &id, err);
		if (rc == HRV_OK)
			rc = add_subject(l, &id, err);
	}
	if (rc == HRV_OK && f->record != NULL) {
		if (!id_parse(f->record, ID_RECORD, &id))
			rc = lookup_record(l->v, f->record, &id, err);
		if (rc == HRV_OK)
			rc = add_thing(l, &id, err);
	}
	if (l->n_batches > 1)
		qsort(l->batches, l->n_batches, sizeof(*l->batches), by_number);
	return rc;
}

static bool
about(const struct listing *l, const struct leaf *leaf)
{
	if (l->ids == NULL)
		return true;
	for (size_t i = 0; i < l->n_ids; i++) {
		if (strcmp(leaf->subject, l->ids[i]) == 0 ||
		    strcmp(leaf->record, l->ids[i]) == 0)
			return true;
	}
	return l->n_batches > 0 &&
	       bsearch(&leaf->index, l->batches, l->n_batches,
		   sizeof(*l->batches), by_number) != NULL;
}

static bool
fits(const struct listing *l, const struct leaf *leaf,
    const struct audit_session *s)
{
	const struct hrv_audit_filter *f = l->filter;
	char when[WHEN_TEXT_LEN + 1] = "";
	size_t n;

	if (f->since != NULL &&
	    (!when_format(leaf->time, when) || strcmp(when, f->since) < 0))
		return false;
	if (f->op != NULL) {
		n = strlen(f->op);
		if (strncmp(leaf->op->name, f->op, n) != 0 ||
		    (leaf->op->name[n] != '\0' && leaf->op->name[n] != '.'))
			return false;
	}
	if (f->actor != NULL) {
		n = strlen(f->actor);
		if (s == NULL || n > strlen(s->member) ||
		    strcasecmp(s->member + strlen(s->member) - n, f->actor) !=
			0)
			return false;
	}
	return about(l, leaf);
}

/* Puts an entry aside; one that may have a reason gets a place for it. */
static int
keep(struct listing *l, const struct leaf *leaf, json_t *doc,
    struct hrv_err *err)
{
	int bad = 0;

	if ((leaf->has & LEAF_DETAIL) != 0)
		bad = json_object_set_new(doc, "reason", json_null());
	if (bad || json_array_append(l->kept, doc))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
list_row(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct listing *l = ctx;
	const struct audit_session *s;
	struct leaf leaf = LEAF_INIT;
	json_t *doc = NULL;
	int rc = leaf_parse(row->leaf, row->leaf_len, &leaf, err);

	if (rc != HRV_OK) {
		hrv_fail(err, HRV_EINTEGRITY, "entry %llu cannot be read",
		    (unsigned long long)row->index);
		return hrv_hint(err, "hrvault audit verify");
	}
	if (strcmp(leaf.op->name, "session.open") == 0)
		rc = audit_session_add(&l->sessions, &leaf, err);
	s = audit_session_find(&l->sessions, leaf.session);
	if (rc != HRV_OK || !fits(l, &leaf, s))
		return rc;
	rc = audit_entry_doc(
	    &leaf, s, row->payload, row->payload_len, &doc, err);
	if (rc == HRV_OK && l->kept == NULL)
		rc = l->fn(l->ctx, (const struct hrv_doc *)doc, err);
	else if (rc == HRV_OK)
		rc = keep(l, &leaf, doc, err);
	json_decref(doc);
	return rc;
}

/* Reasons are opened after all was read, and shown after that was logged. */
static int
show_reasons(struct listing *l, struct hrv_err *err)
{
	int rc = audit_reasons(l->v, "audit.reasons", l->kept, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(l->kept); i++)
		rc = l->fn(l->ctx,
		    (const struct hrv_doc *)json_array_get(l->kept, i), err);
	return rc;
}

int
hrv_audit_log(struct hrv_vault *v, const struct hrv_audit_filter *filter,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct listing l = { .v = v, .filter = filter, .fn = fn, .ctx = ctx };
	struct entry refused = ENTRY("audit.reasons");
	int rc = check_filter(filter, err);

	if (rc == HRV_OK && filter->reasons) {
		rc = role_may(v->role, "audit.reasons", err);
		if (rc != HRV_OK)
			return txn_refuse(v, &refused, err);
		l.kept = json_array();
		if (l.kept == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK) {
		rc = find_things(&l, err);
		if (rc == HRV_OK)
			rc = log_each(v->db, 0, list_row, &l, err);
		db_rollback(v->db);
	}
	if (rc == HRV_OK && filter->reasons)
		rc = show_reasons(&l, err);
	json_decref(l.kept);
	free(l.sessions.list);
	free(l.ids);
	free(l.batches);
	return rc;
}
