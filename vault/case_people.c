/* SPDX-License-Identifier: ISC */
/*
 * The people a letter stands for, see case_annex.h. Layer: verbs. Invariant:
 * a letter that was given stays whose it is.
 */
#include "vault/case_annex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/identity.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* "Person A" to "Person Z", then "Person AA". */
static void
label_of(size_t i, char out[32])
{
	char letters[8];
	size_t at = sizeof(letters) - 1;

	letters[at] = '\0';
	for (i++; i > 0 && at > 0; i = (i - 1) / 26)
		letters[--at] = (char)('A' + (i - 1) % 26);
	snprintf(out, 32, "Person %s", letters + at);
}

/* Whoever became the person of the case is that person. */
static int
is_other(struct hrv_vault *v, const struct kase *k, const struct hrv_id *id,
    bool *ret, struct hrv_err *err)
{
	struct hrv_id last = *id;
	int rc = subject_last(v, &last, err);

	*ret = rc == HRV_OK && !case_person(k, id) && !case_person(k, &last);
	return rc;
}

static int
add_id(struct hrv_vault *v, struct manifest *m, const struct kase *k,
    const struct hrv_id *id, struct hrv_err *err)
{
	bool other = false;
	int rc;

	for (size_t i = 0; i < m->n; i++) {
		if (id_equal(&m->rows[i].id, id))
			return HRV_OK;
	}
	rc = is_other(v, k, id, &other, err);
	return rc == HRV_OK && other ? manifest_add(m, id, NULL, err) : rc;
}

static int
add_of_record(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *record, struct manifest *m, struct hrv_err *err)
{
	struct record_row rec;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = record_load(v, record, &rec, err);

	if (rc == HRV_OK)
		rc = add_id(v, m, k, &rec.subject, err);
	if (rc == HRV_OK)
		rc = ids_of(
		    v, SQL_LINK_LIST_OF, record, ID_SUBJECT, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_id(v, m, k, &ids[i], err);
	free(ids);
	return rc;
}

int
people_merged(struct hrv_vault *v, const struct hrv_id *id, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	struct subject_row s;
	struct hrv_id *ids = NULL;
	size_t n = 0, kept = 0;
	int rc =
	    ids_of(v, SQL_SUBJECT_LIST_MERGED, id, ID_SUBJECT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = subject_load(v, &ids[i], &s, err);
		if (rc == HRV_OK && s.merged)
			ids[kept++] = ids[i];
	}
	if (rc != HRV_OK) {
		free(ids);
		return rc;
	}
	*ret = ids;
	*ret_n = kept;
	return HRV_OK;
}

/* What the person was called as another entry. */
static int
add_merged(struct hrv_vault *v, struct manifest *m, const struct kase *k,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t linked = m->n, n = 0;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < linked; i++) {
		rc = people_merged(v, &m->rows[i].id, &ids, &n, err);
		for (size_t j = 0; rc == HRV_OK && j < n; j++)
			rc = add_id(v, m, k, &ids[j], err);
		free(ids);
		ids = NULL;
	}
	return rc;
}

int
people_linked(struct hrv_vault *v, const struct kase *k,
    const struct manifest *things, struct hrv_id **ret, size_t *ret_n,
    struct hrv_err *err)
{
	struct manifest m = { 0 };
	struct hrv_id *ids = NULL;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < things->n; i++) {
		if (things->rows[i].id.kind == ID_RECORD)
			rc = add_of_record(v, k, &things->rows[i].id, &m, err);
	}
	if (rc == HRV_OK)
		rc = add_merged(v, &m, k, err);
	if (rc == HRV_OK && (ids = calloc(m.n + 1, sizeof(*ids))) == NULL)
		rc = no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < m.n; i++)
		ids[i] = m.rows[i].id;
	if (rc == HRV_OK) {
		*ret = ids;
		*ret_n = m.n;
	}
	manifest_clear(&m);
	return rc;
}

/* The person of that id or with one of these names, or NULL. */
static json_t *
find_person(json_t *list, const char *subject, const json_t *names)
{
	json_t *p, *name, *old;
	size_t i, k, j;

	json_array_foreach(list, i, p)
	{
		const char *id = json_str(p, "subject");

		if (subject != NULL && id != NULL && strcmp(id, subject) == 0)
			return p;
	}
	json_array_foreach(list, i, p)
	{
		/* Two subjects of one name are two people. */
		if (subject != NULL && json_str(p, "subject") != NULL)
			continue;
		json_array_foreach(json_object_get(p, "names"), k, old)
		{
			json_array_foreach(names, j, name)
			{
				const char *a = json_string_value(old);
				const char *b = json_string_value(name);

				if (text_matches(TEXT_NAME, a, b) &&
				    text_matches(TEXT_NAME, b, a))
					return p;
			}
		}
	}
	return NULL;
}

/* Adds what is new of `from` to the list `key` of a person. */
static int
merge(json_t *person, const char *key, const json_t *from)
{
	json_t *to = json_object_get(person, key), *one, *old;
	size_t i, k;
	bool known;

	if (to == NULL) {
		to = json_array();
		if (json_object_set_new(person, key, to))
			return -1;
	}
	json_array_foreach(from, i, one)
	{
		known = false;
		json_array_foreach(to, k, old)
		{
			known = known || json_equal(old, one);
		}
		if (!known && json_array_append(to, one))
			return -1;
	}
	return 0;
}

static json_t *
new_person(json_t *list)
{
	char as[32];
	json_t *p;

	label_of(json_array_size(list), as);
	p = json_pack("{s:s}", "as", as);
	return p == NULL || json_array_append_new(list, p) ? NULL : p;
}

/* The name as it is written, and as its parts make it. */
static json_t *
names_of(const json_t *who)
{
	static const char *const parts[] = { "given", "middle", "family" };
	json_t *names = json_pack("[s]", json_str(who, "name"));
	struct buf whole = BUF_INIT_SECRET;
	int bad = names == NULL;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *part = json_str(who, parts[i]);

		if (part != NULL)
			buf_addf(
			    &whole, "%s%s", whole.len > 0 ? " " : "", part);
	}
	if (!bad && whole.len > 0)
		bad = whole.failed || json_array_append_new(
					  names, json_string(buf_str(&whole)));
	buf_clear(&whole);
	if (bad) {
		json_decref(names);
		return NULL;
	}
	return names;
}

/* What of an identity names its person. */
static int
put_identity(json_t *p, const json_t *who)
{
	const char *number = json_str(who, "number");
	json_t *names = names_of(who);
	json_t *numbers = number == NULL ? NULL : json_pack("[s]", number);
	int bad = names == NULL || merge(p, "names", names) ||
		  merge(p, "marks", numbers) ||
		  merge(p, "marks", json_object_get(who, "emails")) ||
		  merge(p, "phones", json_object_get(who, "phones"));

	json_decref(names);
	json_decref(numbers);
	return bad;
}

/* Whom an identity is of in the list, new if need be; NULL: no memory. */
static json_t *
person_of(json_t *list, const char *subject, const json_t *who)
{
	json_t *names = json_pack("[s]", json_str(who, "name"));
	json_t *p = names == NULL ? NULL : find_person(list, subject, names);

	if (p == NULL && names != NULL)
		p = new_person(list);
	json_decref(names);
	return p == NULL || json_set_str(p, "subject", subject) ? NULL : p;
}

/* A text of last year has the name of last year: every version counts. */
static int
add_versions(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, uint32_t newest, json_t *p,
    struct hrv_err *err)
{
	json_t *who = NULL;
	int rc = HRV_OK;

	for (uint32_t n = newest; rc == HRV_OK && n > 0; n--) {
		rc = identity_open_version(v, r, s, n, &who, err);
		if (rc == HRV_ENOTFOUND) {
			rc = HRV_OK;
			continue;
		}
		if (rc == HRV_OK && put_identity(p, who))
			rc = no_memory(err);
		json_decref(who);
		who = NULL;
	}
	return rc;
}

/* The entry that has it now; a merged one has nothing but its names. */
static int
put_person(json_t *list, const struct hrv_id *id, const struct hrv_id *last,
    const json_t *who, uint32_t version, json_t **ret)
{
	char text[ID_TEXT_SIZE], from[ID_TEXT_SIZE];
	json_t *p, *merged;
	int bad;

	id_format(last, text);
	id_format(id, from);
	p = person_of(list, text, who);
	if (p == NULL)
		return -1;
	*ret = p;
	if (id_equal(id, last))
		return json_set_int(p, "identity", (int64_t)version);
	merged = json_pack("[s]", from);
	bad = merged == NULL || merge(p, "merged", merged);
	json_decref(merged);
	return bad;
}

static int
add_linked(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *id, json_t *list, struct hrv_err *err)
{
	struct hrv_id last = *id;
	struct subject_row s;
	struct record_row rec;
	json_t *who = NULL, *p = NULL;
	int rc = subject_load(v, id, &s, err);

	/* Of somebody who is gone nothing is known but what was frozen. */
	if (rc != HRV_OK || (s.gone && !s.merged))
		return rc;
	rc = record_load(v, &s.identity, &rec, err);
	if (rc == HRV_OK)
		rc = subject_last(v, &last, err);
	if (rc == HRV_OK)
		rc = identity_open_version(v, r, &s, rec.version, &who, err);
	if (rc == HRV_OK && put_person(list, id, &last, who, rec.version, &p))
		rc = no_memory(err);
	json_decref(who);
	return rc == HRV_OK ? add_versions(v, r, &s, rec.version, p, err) : rc;
}

/* Whoever has a letter keeps it as the one they became. */
static int
follow(struct hrv_vault *v, json_t *list, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id id;
	json_t *p;
	size_t i;
	int rc = HRV_OK;

	json_array_foreach(list, i, p)
	{
		const char *subject = json_str(p, "subject");

		if (rc != HRV_OK || subject == NULL ||
		    !id_parse(subject, ID_SUBJECT, &id))
			continue;
		rc = subject_last(v, &id, err);
		id_format(&id, text);
		if (rc == HRV_OK && find_person(list, text, NULL) == NULL &&
		    json_set_str(p, "subject", text))
			rc = no_memory(err);
	}
	return rc;
}

int
people_add(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *linked, size_t n, json_t *list, struct hrv_err *err)
{
	int rc = follow(v, list, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_linked(v, r, &linked[i], list, err);
	return rc;
}

/* The spellings of one line: "Ravi Ítalo = Рави Итало". */
static int
spellings(const char *line, size_t len, json_t *names, struct hrv_err *err)
{
	for (size_t at = 0; at <= len;) {
		const char *s = line + at;
		const char *eq = memchr(s, '=', len - at);
		size_t n = eq == NULL ? len - at : (size_t)(eq - s);

		at += n + 1;
		while (n > 0 && (*s == ' ' || *s == '\t')) {
			s++;
			n--;
		}
		while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
			n--;
		if (text_check_field(TEXT_NAME, s, n, err) != HRV_OK) {
			hrv_fail(
			    err, HRV_EUSAGE, "a line of the names is no name");
			return hrv_hint(err, "one person a line, spellings "
					     "divided by =");
		}
		if (json_array_append_new(names, json_stringn(s, n)))
			return no_memory(err);
	}
	return HRV_OK;
}

static int
add_line(json_t *list, const char *line, size_t len, struct hrv_err *err)
{
	json_t *names = json_array(), *p;
	int rc =
	    names == NULL ? no_memory(err) : spellings(line, len, names, err);

	if (rc == HRV_OK) {
		p = find_person(list, NULL, names);
		if (p == NULL)
			p = new_person(list);
		if (p == NULL || merge(p, "names", names))
			rc = no_memory(err);
	}
	json_decref(names);
	return rc;
}

int
people_add_names(json_t *list, const char *names, struct hrv_err *err)
{
	int rc = HRV_OK;

	while (rc == HRV_OK && names != NULL && *names != '\0') {
		size_t n = strcspn(names, "\n");

		if (strspn(names, " \t\r") < n)
			rc = add_line(list, names, n, err);
		names += names[n] == '\0' ? n : n + 1;
	}
	return rc;
}
