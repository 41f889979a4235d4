/* SPDX-License-Identifier: ISC */
/*
 * Whether two people may be made one, and who that is. Layer: verbs.
 * Invariant: what anything protects is not touched.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/identity.h"
#include "vault/merge.h"
#include "vault/protect.h"
#include "vault/record_refile.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int protected(const struct hrv_id *id, const char *name, const char *why,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	hrv_fail_as(
	    err, HRV_EREFUSED, name, "%s %s: both stay as they are", text, why);
	return hrv_hint(err, "merge them when that is over");
}

/* A case of either decides about one person; a hold that names the one must go
 * on to cover what it covers. */
static int
check_people(struct merging *m, struct hrv_err *err)
{
	struct protect_why from = { 0 }, to = { 0 };
	struct protect *p = NULL;
	int rc = protect_load(m->v, &p, err);

	if (rc == HRV_OK)
		rc = protect_subject(m->v, p, &m->from.id, &from, err);
	if (rc == HRV_OK)
		rc = protect_subject(m->v, p, &m->to.subject.id, &to, err);
	protect_free(p);
	if (rc != HRV_OK)
		return rc;
	if (from.hold)
		return protected(
		    &m->from.id, "held", "is named by a legal hold", err);
	if (from.cooling)
		return protected(&m->from.id, "cooling-off",
		    "was named by a legal hold that is cooling off", err);
	if (from.kase)
		return protected(
		    &m->from.id, "open-case", "has an open case", err);
	return to.kase ? protected(&m->to.subject.id, "open-case",
			     "has an open case", err)
		       : HRV_OK;
}

/* Who is a member stays who is meant: that is entered by the member. */
static int
check_member(struct merging *m, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false, found = false;
	int rc = db_stmt(m->v->db, SQL_MEMBER_SUBJECT_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_SUBJECT };

		rc = db_col_fixed(st, 1, id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		found = found || id_equal(&id, &m->from.id);
	}
	db_reset(st);
	if (rc == HRV_OK && found) {
		hrv_fail_as(err, HRV_EREFUSED, "member",
		    "a member is linked to this subject");
		rc = hrv_hint(err, "link the member to the other one first: "
				   "'hrvault member link'");
	}
	return rc;
}

static int
add(struct merging *m, const struct record_row *rec, bool linked,
    struct hrv_err *err)
{
	struct merge_record *p =
	    realloc(m->records, (m->n + 1) * sizeof(*m->records));

	if (p == NULL)
		return no_memory(err);
	m->records = p;
	p[m->n++] = (struct merge_record){ rec->id, rec->state_leaf, linked };
	return HRV_OK;
}

static int
check_key(struct merging *m, const struct record_row *rec, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (uint32_t n = 1; rc == HRV_OK && n <= rec->version; n++) {
		struct version_row ver = { .header = BUF_INIT };

		rc = version_load(m->v, &rec->id, n, &ver, err);
		if (rc == HRV_OK && ver.header.len > 0 &&
		    !unseal_may(m->v, rec, &ver)) {
			hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
			    "you do not hold the key of the compartment '%s', "
			    "in which there are records of the person",
			    rec->compartment);
			rc = hrv_hint(err, "ask a member who holds all of "
					   "them: 'hrvault member list'");
		}
		version_clear(&ver);
	}
	return rc;
}

/* Records about the person, then those that name the person. */
static int
list(struct merging *m, enum sql_id sql, bool linked, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(m->v, (int)sql, &m->from.id, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(m->v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged)
			continue;
		if (linked && id_equal(&rec.subject, &m->from.id))
			continue;
		/* Linked in two roles it is there twice. */
		if (linked && i > 0 && id_equal(&ids[i], &ids[i - 1]))
			continue;
		rc = refile_check_free(m->v, &rec, err);
		if (rc == HRV_OK && !linked)
			rc = check_key(m, &rec, err);
		if (rc == HRV_OK)
			rc = add(m, &rec, linked, err);
	}
	free(ids);
	return rc;
}

static bool
same(const struct merge_record *a, size_t n, const struct merge_record *b,
    size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!id_equal(&a[i].id, &b[i].id) ||
		    a[i].state_leaf != b[i].state_leaf)
			return false;
	}
	return true;
}

int
merge_check(struct merging *m, struct hrv_err *err)
{
	struct merge_record *was = m->records;
	size_t n = m->n;
	int rc;

	m->records = NULL;
	m->n = 0;
	rc = check_people(m, err);
	if (rc == HRV_OK)
		rc = check_member(m, err);
	if (rc == HRV_OK)
		rc = list(m, SQL_RECORD_LIST_DOCUMENTS_OF, false, err);
	if (rc == HRV_OK)
		rc = list(m, SQL_LINK_LIST_TO, true, err);
	if (rc == HRV_OK && m->v->in_txn && !same(was, n, m->records, m->n)) {
		hrv_fail(err, HRV_EBUSY,
		    "records of the person were changed just now");
		rc = hrv_hint(err, "run the command again");
	}
	free(was);
	return rc;
}

/* A text that the other has not is taken over; one that it has otherwise is
 * told. */
static int
take_text(struct merging *m, const json_t *from, const char *key)
{
	const char *a = json_str(from, key), *b = json_str(m->to.identity, key);

	if (a == NULL || (b != NULL && strcmp(a, b) == 0))
		return 0;
	if (b != NULL)
		return json_array_append_new(m->dropped, json_string(key));
	return json_set_str(m->to.identity, key, a) ||
	       json_array_append_new(m->to.changed, json_string(key));
}

static bool
has(const json_t *list, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (json_equal(json_array_get(list, i), value))
			return true;
	}
	return false;
}

static int
take_list(struct merging *m, const json_t *from, const char *key)
{
	const json_t *list = json_object_get(from, key);
	json_t *to = json_object_get(m->to.identity, key);
	bool any = false;
	int bad = 0;

	for (size_t i = 0; !bad && i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		if (has(to, one))
			continue;
		if (to == NULL) {
			to = json_array();
			bad = json_object_set_new(m->to.identity, key, to);
		}
		bad = bad || json_array_append(to, one);
		any = true;
	}
	return bad ||
	       (any && json_array_append_new(m->to.changed, json_string(key)));
}

int
merge_identity(struct merging *m, const json_t *from, const json_t *to,
    struct hrv_err *err)
{
	static const char *const texts[] = { "name", "given", "middle",
		"family", "number", "born" };
	bool employee = strcmp(m->from.kind, m->to.subject.kind) != 0;
	int bad;

	m->to.identity = json_deep_copy(to);
	m->to.changed = json_array();
	m->dropped = json_array();
	bad = m->to.identity == NULL || m->to.changed == NULL ||
	      m->dropped == NULL;
	for (size_t i = 0; !bad && i < sizeof(texts) / sizeof(texts[0]); i++)
		bad = take_text(m, from, texts[i]);
	bad =
	    bad || take_list(m, from, "emails") || take_list(m, from, "phones");
	m->to.kind = employee ? "employee" : m->to.subject.kind;
	if (!bad && strcmp(m->to.kind, m->to.subject.kind) != 0)
		bad = json_array_append_new(m->to.changed, json_string("kind"));
	return bad ? no_memory(err) : identity_check(m->to.identity, err);
}
