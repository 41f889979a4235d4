/* SPDX-License-Identifier: ISC */
/*
 * The history of access as the person is told it, and earlier requests.
 * Layer: verbs. Invariant: no member is named; what was refused is no access;
 * nothing tells that there is a legal hold.
 */
#include "vault/case_annex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/zone.h"
#include "vault/audit_int.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* One access. */
struct access {
	uint64_t index;
	char on[HRV_DATE_TEXT];
	const char *act; /* of the operations' table */
	char purpose[64];
	char role[16];
	bool refused;
};

struct reading {
	struct hrv_vault *v;
	const struct kase *k;
	const struct manifest *things;
	const json_t *untold;
	struct hrv_id *merged; /* other entries of the person */
	size_t n_merged;
	struct audit_sessions sessions;
	uint64_t *batches; /* entries whose lists have one of the things */
	size_t n_batches;
	struct access *list;
	size_t n;
	char id[ID_TEXT_SIZE]; /* of the case */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Room for one more of `size` bytes; arrays double from 1. */
static int
grow(void *list, size_t n, size_t size, struct hrv_err *err)
{
	void **p = list, *more;

	if ((n & (n - 1)) != 0)
		return HRV_OK;
	more = realloc(*p, (n == 0 ? 1 : 2 * n) * size);
	if (more == NULL)
		return no_memory(err);
	*p = more;
	return HRV_OK;
}

static int
add_batches(struct reading *x, const struct hrv_id *id, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_LOG_LIST_BATCHES_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = grow(&x->batches, x->n_batches, sizeof(*x->batches), err);
		if (rc != HRV_OK)
			break;
		x->batches[x->n_batches++] = (uint64_t)db_col_int(st, 0);
	}
	db_reset(st);
	return rc;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Whoever was looked up as another entry of the person was looked up too. */
static bool
is_person(const struct reading *x, const struct hrv_id *id)
{
	bool is = id_equal(id, &x->k->subject);

	for (size_t i = 0; !is && i < x->n_merged; i++)
		is = id_equal(id, &x->merged[i]);
	return is;
}

static bool
names(const struct reading *x, const char *text, char kind)
{
	struct hrv_id id;

	return text[0] != '\0' && id_parse(text, kind, &id) &&
	       (is_person(x, &id) || manifest_has(x->things, &id));
}

static bool
is_about(const struct reading *x, const struct leaf *l)
{
	return names(x, l->subject, ID_SUBJECT) ||
	       names(x, l->record, ID_RECORD) ||
	       (x->n_batches > 0 &&
		   bsearch(&l->index, x->batches, x->n_batches,
		       sizeof(*x->batches), by_number) != NULL);
}

bool
annex_tells(const char *act)
{
	return strncmp(act, "hold.", 5) != 0;
}

/* Destruction announced is no access, and neither is this request. */
static bool
is_access(const struct reading *x, const struct leaf *l)
{
	return l->phase == OP_INTENT &&
	       strcmp(l->op->name, "purge.intent") != 0 &&
	       annex_tells(l->op->name) && strcmp(l->kase, x->id) != 0 &&
	       is_about(x, l);
}

static void
note_refused(struct reading *x, uint64_t ref)
{
	for (size_t i = x->n; i > 0 && x->list[i - 1].index >= ref; i--) {
		if (x->list[i - 1].index == ref)
			x->list[i - 1].refused = true;
	}
}

static int
add_access(struct reading *x, const struct leaf *l, const void *payload,
    size_t len, struct hrv_err *err)
{
	const struct audit_session *s =
	    audit_session_find(&x->sessions, l->session);
	struct access *a;
	struct hrv_date day;
	json_t *p = NULL;
	const char *purpose;
	int rc = grow(&x->list, x->n, sizeof(*x->list), err);

	if (rc == HRV_OK)
		rc = hrv_local_date(
		    l->time / 1000000, x->k->law->timezone, &day, err);
	if (rc == HRV_OK && len > 0)
		rc = json_read(payload, len, &p, err);
	if (rc != HRV_OK || untold_has(x->untold, json_str(p, "recipient"))) {
		json_decref(p);
		return rc;
	}
	a = &x->list[x->n++];
	*a = (struct access){ .index = l->index, .act = l->op->name };
	hrv_date_format(day, a->on);
	purpose = json_str(p, "purpose");
	(void)snprintf(a->purpose, sizeof(a->purpose), "%s",
	    purpose == NULL ? "administration" : purpose);
	(void)snprintf(
	    a->role, sizeof(a->role), "%s", s == NULL ? "unknown" : s->role);
	json_decref(p);
	return HRV_OK;
}

static int
read_leaf(struct reading *x, struct stmt *st, struct hrv_err *err)
{
	struct leaf l = LEAF_INIT;
	const void *bytes, *payload;
	size_t n, len;
	int rc;

	bytes = db_col_blob(st, 1, &n);
	payload = db_col_blob(st, 2, &len);
	rc = leaf_parse(bytes, n, &l, err);
	if (rc != HRV_OK)
		return rc;
	if (strcmp(l.op->name, "session.open") == 0)
		return audit_session_add(&x->sessions, &l, err);
	if (l.phase == OP_OUTCOME && l.result == LEAF_REFUSED)
		note_refused(x, l.ref);
	return is_access(x, &l) ? add_access(x, &l, payload, len, err) : HRV_OK;
}

static int
read_log(struct reading *x, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_LOG_LIST_LEAVES, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, 0);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = read_leaf(x, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* By what the person is told, so that equal ones come in a row. */
static int
by_words(const void *a, const void *b)
{
	const struct access *x = a, *y = b;
	int c = strcmp(x->on, y->on);

	if (c == 0)
		c = strcmp(x->act, y->act);
	if (c == 0)
		c = strcmp(x->purpose, y->purpose);
	return c != 0 ? c : strcmp(x->role, y->role);
}

static int
make_list(struct reading *x, json_t **ret, struct hrv_err *err)
{
	json_t *list = json_array(), *row = NULL;
	const struct access *last = NULL;
	int bad = list == NULL;

	if (x->n > 1)
		qsort(x->list, x->n, sizeof(*x->list), by_words);
	for (size_t i = 0; !bad && i < x->n; i++) {
		const struct access *a = &x->list[i];

		if (a->refused)
			continue;
		if (last != NULL && by_words(last, a) == 0) {
			bad = json_set_int(
			    row, "times", json_int(row, "times", 0) + 1);
			continue;
		}
		row = json_pack("{s:s,s:s,s:s,s:s,s:i}", "on", a->on, "act",
		    a->act, "purpose", a->purpose, "role", a->role, "times", 1);
		bad = row == NULL || json_array_append_new(list, row);
		last = a;
	}
	if (bad) {
		json_decref(list);
		return no_memory(err);
	}
	*ret = list;
	return HRV_OK;
}

int
annex_of_log(struct hrv_vault *v, const struct kase *k,
    const struct manifest *things, const json_t *untold, json_t **ret,
    struct hrv_err *err)
{
	struct reading x = {
		.v = v, .k = k, .things = things, .untold = untold
	};
	int rc = ids_of(v, SQL_SUBJECT_LIST_MERGED, &k->subject, ID_SUBJECT,
	    &x.merged, &x.n_merged, err);

	id_format(&k->id, x.id);
	if (rc == HRV_OK)
		rc = add_batches(&x, &k->subject, err);
	for (size_t i = 0; rc == HRV_OK && i < x.n_merged; i++)
		rc = add_batches(&x, &x.merged[i], err);
	for (size_t i = 0; rc == HRV_OK && i < things->n; i++)
		rc = add_batches(&x, &things->rows[i].id, err);
	if (x.n_batches > 1)
		qsort(x.batches, x.n_batches, sizeof(*x.batches), by_number);
	if (rc == HRV_OK)
		rc = read_log(&x, err);
	if (rc == HRV_OK)
		rc = make_list(&x, ret, err);
	free(x.sessions.list);
	free(x.merged);
	free(x.batches);
	free(x.list);
	return rc;
}

static int
add_request(struct hrv_vault *v, const struct hrv_id *id, json_t *list,
    struct hrv_err *err)
{
	struct kase k = { .law = NULL };
	char text[ID_TEXT_SIZE];
	json_t *o;
	int rc = case_rows(v, id, &k, err);

	if (rc != HRV_OK)
		return rc;
	id_format(id, text);
	o = json_pack("{s:s,s:s,s:s,s:s}", "case", text, "right", k.claim,
	    "received", k.received, "status", k.status);
	if (o == NULL || json_array_append_new(list, o))
		rc = no_memory(err);
	case_clear(&k);
	return rc;
}

int
annex_requests(struct hrv_vault *v, const struct kase *k, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = list == NULL ? no_memory(err)
			      : ids_of(v, SQL_KASE_LIST_OF, &k->subject,
				    ID_CASE, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (!id_equal(&ids[i], &k->id))
			rc = add_request(v, &ids[i], list, err);
	}
	free(ids);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
