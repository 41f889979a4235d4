/* SPDX-License-Identifier: ISC */
/*
 * A row and the people who are in the vault already. Layer: verbs. Invariant:
 * nothing that is stored is contradicted by an import: what differs rejects
 * the row, only what is new comes in.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/identity.h"
#include "vault/import_int.h"
#include "vault/subject_intake.h"
#include "vault/store/db.h"
#include "vault/subject_store.h"
#include "vault/unseal.h"

/* One subject whom the row may be about. */
struct match {
	struct importing *im;
	struct import_item *it;
	struct subject_row subject;
	json_t *identity;
	bool has_record;  /* `record` is the one that the import made */
	bool same_record; /* and has exactly this content */
	struct record_row record;
};

int
import_lookup(struct importing *im, const struct import_item *it,
    struct subject_set *ret, struct hrv_err *err)
{
	const struct import_row *r = &it->row;

	if (r->number != NULL)
		return subject_set_add(im->v, ret, TEXT_NUMBER, r->number, err);
	if (r->emails > 0)
		return subject_set_add(
		    im->v, ret, TEXT_EMAIL, r->email[0], err);
	return subject_set_add(im->v, ret, TEXT_NAME, r->name, err);
}

static bool
same_text(const json_t *a, const json_t *b, const char *key)
{
	const char *x = json_str(a, key), *y = json_str(b, key);

	return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool
contradicts(const json_t *a, const json_t *b, const char *key)
{
	return json_str(a, key) != NULL && json_str(b, key) != NULL &&
	       !same_text(a, b, key);
}

/* Whether one header is of a record that this kind of row made. */
static bool
is_ours(const struct importing *im, const json_t *header)
{
	const char *title = json_str(header, "title");
	const char *file = json_str(header, "file");

	if (im->map == NULL)
		return true;
	return file != NULL && strcmp(file, IMPORT_FILE) == 0 &&
	       (im->map->record_title == NULL ||
		   (title != NULL &&
		       strcmp(title, im->map->record_title) == 0));
}

static bool
same_content(const struct import_item *it, const json_t *header)
{
	const char *hex = json_str(header, "sha256");
	uint8_t want[CRYPT_SHA256_LEN], is[CRYPT_SHA256_LEN];

	crypt_sha256(it->row.record.data, it->row.record.len, is);
	return hex != NULL && enc_unhex(hex, strlen(hex), want, sizeof(want)) &&
	       memcmp(want, is, sizeof(is)) == 0;
}

static bool
of_class(const struct importing *im, const struct record_row *rec)
{
	return im->class_name != NULL &&
	       strcmp(rec->class_name, im->class_name) == 0;
}

static int
look_at_record(struct match *m, const struct hrv_id *id, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct hrv_vault *v = m->im->v;
	struct record_row rec;
	json_t *header = NULL;
	int rc = record_load(v, id, &rec, err);

	if (rc != HRV_OK || rec.purged ||
	    strcmp(rec.class_name, CLASS_IDENTITY) == 0 ||
	    (m->it->docs == 0 && !of_class(m->im, &rec)))
		return rc;
	rc = version_load(v, id, rec.version, &ver, err);
	if (rc != HRV_OK)
		return rc;
	if (ver.header.len > 0 && unseal_may(v, &rec, &ver))
		rc = unseal_header(v, m->im->receipt, &rec, &ver, &header, err);
	if (rc == HRV_OK && header != NULL)
		import_docs_known(m->it, rec.class_name, header);
	if (rc == HRV_OK && header != NULL && !m->same_record &&
	    of_class(m->im, &rec) && is_ours(m->im, header)) {
		m->has_record = true;
		m->same_record = same_content(m->it, header);
		m->record = rec;
	}
	json_decref(header);
	version_clear(&ver);
	return rc;
}

/* Finds the record that an earlier import made of this person's row. */
static int
find_record(struct match *m, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc;

	m->has_record = m->same_record = false;
	if (m->im->class_name == NULL && m->it->docs == 0)
		return HRV_OK;
	rc = ids_of(m->im->v, SQL_RECORD_LIST_OF, &m->subject.id, ID_RECORD,
	    &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = look_at_record(m, &ids[i], err);
	free(ids);
	return rc;
}

/* Whether the opened subject is the person of the row. A number decides; a
 * name and an address together do; a name alone only with the very same
 * record. */
static bool
is_same_person(const struct match *m)
{
	const struct import_row *r = &m->it->row;

	if (r->number != NULL)
		return subject_has(m->identity, TEXT_NUMBER, r->number);
	if (!same_text(m->identity, m->it->identity, "name") ||
	    contradicts(m->identity, m->it->identity, "born"))
		return false;
	if (r->emails > 0)
		return subject_has(m->identity, TEXT_EMAIL, r->email[0]);
	return m->same_record;
}

static void
differs(struct match *m, const char *key, enum map_target to, const char *about)
{
	if (contradicts(m->identity, m->it->identity, key))
		import_reject(m->it, import_column(m->im, to, NULL), about,
		    "it differs from what is stored; correct it with "
		    "'hrvault subject update'");
}

/* Appends the texts of a list that the identity does not have yet. */
static int
merge_list(
    json_t *merged, const json_t *said, const char *key, enum text_field field)
{
	const json_t *from = json_object_get(said, key);
	json_t *list = json_object_get(merged, key);

	for (size_t i = 0; i < json_array_size(from); i++) {
		json_t *one = json_array_get(from, i);

		if (subject_has(merged, field, json_string_value(one)))
			continue;
		if (list == NULL) {
			list = json_array();
			if (json_object_set_new(merged, key, list))
				return -1;
		}
		if (json_array_append(list, one))
			return -1;
	}
	return 0;
}

static int
merge_text(json_t *merged, const json_t *said, const char *key)
{
	json_t *value = json_object_get(said, key);

	if (value == NULL || json_object_get(merged, key) != NULL)
		return 0;
	return json_object_set(merged, key, value);
}

/* The identity with what the row adds to it. Parts of a name are left as
 * they are: they say nothing that the name does not. */
static int
merge(struct match *m, struct hrv_err *err)
{
	struct import_item *it = m->it;
	json_t *merged = json_deep_copy(m->identity), *changed = NULL;
	int rc;

	if (merged == NULL || merge_text(merged, it->identity, "born") ||
	    merge_text(merged, it->identity, "number") ||
	    merge_list(merged, it->identity, "emails", TEXT_EMAIL) ||
	    merge_list(merged, it->identity, "phones", TEXT_PHONE)) {
		json_decref(merged);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	rc = intake_changed(m->identity, merged, &changed, err);
	if (rc == HRV_OK && json_array_size(changed) > 0) {
		rc = identity_check(merged, err);
		if (rc == HRV_EUSAGE) {
			import_reject(it, 0, NULL, err->msg);
			rc = HRV_OK;
		}
		it->merged = json_incref(merged);
		it->changed = json_incref(changed);
	}
	json_decref(merged);
	json_decref(changed);
	return rc;
}

/* What happens once in an employment; of anything else another date is
 * another event. */
static bool
once(const char *name)
{
	static const char *const names[] = { "subject.hired", "subject.ended",
		"subject.died", "subject.terminated_involuntarily" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool
stored_otherwise(const json_t *stored, const struct event *e, bool *ret_has)
{
	char day[HRV_DATE_TEXT];
	bool other = false;

	hrv_date_format(e->day, day);
	*ret_has = false;
	for (size_t i = 0; i < json_array_size(stored); i++) {
		const json_t *one = json_array_get(stored, i);
		const char *name = json_str(one, "event");
		const char *date = json_str(one, "date");

		if (name == NULL || date == NULL || strcmp(name, e->name) != 0)
			continue;
		if (strcmp(date, day) == 0)
			*ret_has = true;
		else
			other = true;
	}
	return other && !*ret_has;
}

/* Keeps of the row's events those that are new. */
static int
new_events(struct match *m, struct hrv_err *err)
{
	struct import_item *it = m->it;
	json_t *stored = NULL;
	size_t kept = 0;
	int rc = event_list(m->im->v, &m->subject.id, &stored, err);

	for (size_t i = 0; rc == HRV_OK && i < it->events; i++) {
		struct event e = it->event[i];
		bool has = false;

		if (stored_otherwise(stored, &e, &has) && once(e.name))
			import_reject(it,
			    import_column(
				m->im, MAP_EVENT, e.name + strlen("subject.")),
			    "event",
			    "another date is stored; correct it, or add a "
			    "second one, with 'hrvault subject event'");
		else if (!has)
			it->event[kept++] = e;
	}
	it->events = kept;
	json_decref(stored);
	return rc;
}

static bool
brings(const struct import_item *it, const char *event)
{
	for (size_t i = 0; i < it->events; i++) {
		if (strcmp(it->event[i].name, event) == 0)
			return true;
	}
	return false;
}

/* A candidate may become an employee, by being hired; never the other way. */
static void
check_kind(struct match *m)
{
	struct import_item *it = m->it;

	if (strcmp(m->subject.kind, m->im->kind) == 0)
		return;
	if (strcmp(m->im->kind, KIND_CANDIDATE) == 0)
		import_reject(it, 0, NULL, "the person is an employee here");
	else if (brings(it, "subject.hired"))
		it->hired = true;
	else
		import_reject(it, 0, NULL,
		    "the person is a candidate here and the row has no hire");
}

/* The person is known: what does the row bring? */
static int
compare(struct match *m, struct hrv_err *err)
{
	struct import_item *it = m->it;
	int rc;

	differs(m, "name", MAP_NAME, "name");
	differs(m, "born", MAP_BORN, "birth date");
	rc = new_events(m, err);
	if (rc == HRV_OK)
		check_kind(m);
	if (rc == HRV_OK)
		rc = merge(m, err);
	if (rc == HRV_OK)
		rc = record_load(m->im->v, &m->subject.identity, &it->who, err);
	it->subject = m->subject;
	it->record = m->record;
	if (m->im->class_name != NULL && !m->same_record) {
		it->amend = m->has_record && m->im->map != NULL;
		it->store = !it->amend;
	}
	/* A row says for nothing why it may be changed all the same. */
	if (it->amend && it->record.restricted[0] != '\0')
		import_reject(it, 0, "record",
		    "it is restricted and not changed by an import; 'hrvault "
		    "record amend' asks what it is for");
	if (rc == HRV_OK)
		rc = import_check_erased(m->im, it, err);
	if (it->fate == FATE_REJECT)
		return rc;
	it->fate = it->merged != NULL || it->events > 0 || it->hired ||
			   it->amend || it->store || import_docs_new(it)
		       ? FATE_UPDATE
		       : FATE_SAME;
	return rc;
}

static int
open_one(struct match *m, const struct hrv_id *id, bool *ret_same,
    struct hrv_err *err)
{
	struct hrv_vault *v = m->im->v;
	int rc = subject_load(v, id, &m->subject, err);

	*ret_same = false;
	if (rc != HRV_OK || m->subject.gone)
		return rc;
	rc = identity_open(v, m->im->receipt, &m->subject, &m->identity, err);
	if (rc == HRV_OK)
		rc = find_record(m, err);
	if (rc == HRV_OK)
		*ret_same = is_same_person(m);
	return rc;
}

int
import_match(struct importing *im, struct import_item *it, struct hrv_err *err)
{
	struct match found = { .im = im, .it = it };
	size_t same = 0;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < it->known.n; i++) {
		struct match m = { .im = im, .it = it };
		bool is = false;

		rc = open_one(&m, &it->known.ids[i], &is, err);
		if (rc == HRV_OK && is && same++ == 0) {
			found = m;
			m.identity = NULL;
		}
		json_decref(m.identity);
	}
	/* People without number or address may well be two of one name. */
	if (rc == HRV_OK && same > 1 &&
	    (it->row.number != NULL || it->row.emails > 0))
		import_reject(it, 0, NULL,
		    "several subjects have this number or address and name");
	else if (rc == HRV_OK && same > 0)
		rc = compare(&found, err);
	json_decref(found.identity);
	/* What may not be opened is a matter of this row. */
	if (rc == HRV_EREFUSED) {
		import_reject(it, 0, NULL, err->msg);
		rc = HRV_OK;
	}
	return rc;
}
