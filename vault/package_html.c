/* SPDX-License-Identifier: ISC */
/*
 * The values that the template of index.html is filled with. Layer: verbs.
 * Invariant: nothing is in them that is not in data.json or the law.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/contact.h"
#include "vault/package.h"
#include "vault/package_fill.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* 1234567 as "1.2 MB": what people read. */
static json_t *
size_text(int64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	int64_t tenths = bytes * 10;
	size_t unit = 0;

	while (tenths >= 10000 && unit + 1 < sizeof(units) / sizeof(*units)) {
		tenths = (tenths + 500) / 1000;
		unit++;
	}
	if (unit == 0)
		return json_sprintf("%lld %s", (long long)bytes, units[0]);
	return json_sprintf("%lld.%lld %s", (long long)(tenths / 10),
	    (long long)(tenths % 10), units[unit]);
}

/* Words that a template can translate. */
static const char *const known_bases[] = { "consent", "contract",
	"legal_obligation", "vital_interests", "public_task",
	"legitimate_interests", NULL };
static const char *const known_events[] = { "subject.applied", "subject.closed",
	"subject.hired", "subject.ended", "subject.died",
	"subject.consent_given", "subject.consent_withdrawn",
	"subject.last_contact", "subject.terminated_involuntarily", NULL };

/* A word of the schedule: KEY.WORD for the template to translate where it is
 * a known one, else KEY_other with the word as it can be read. */
static int
put_word(json_t *o, const char *key, const char *word, const char *const *known)
{
	char name[96], text[96];
	json_t *flag;

	if (word == NULL)
		return 0;
	snprintf(text, sizeof(text), "%s", word);
	for (; *known != NULL; known++) {
		if (strcmp(word, *known) == 0)
			break;
	}
	for (char *p = text; *p != '\0'; p++) {
		if (*p == '.' || *p == '_')
			*p = *known != NULL ? '_' : ' ';
	}
	if (*known == NULL) {
		snprintf(name, sizeof(name), "%s_other", key);
		return json_set_str(o, name, text);
	}
	flag = json_object();
	return json_set_int(flag, text, 1) | json_object_set_new(o, key, flag);
}

/* Until when it is kept, told apart for the words of the template. */
static int
put_terms(const struct package_item *it, json_t *o)
{
	const char *keep = json_str(it->row, "keep_until");
	const char *by = json_str(it->more, "provided_by");
	int bad = 0;

	if (keep != NULL && strcmp(keep, "pending") == 0)
		bad |= json_set_int(o, "keep_pending", 1);
	else
		bad |= json_set_str(o, "keep_date", keep);
	if (by != NULL && strcmp(by, "third_party") != 0)
		bad |= json_set_int(
		    o, strcmp(by, "subject") == 0 ? "from_you" : "from_us", 1);
	if (strcmp(it->rec.class_name, CLASS_IDENTITY) == 0)
		bad |= json_set_int(o, "is_identity", 1);
	return bad;
}

/* A record as the page shows it. */
static json_t *
shown_record(const struct package *p, const struct package_item *it)
{
	const char *code = json_str(it->row, "code");
	const struct hrv_law_code *c =
	    code == NULL ? NULL : hrv_law_find_code(p->k->law, code);
	const char *how = json_str(it->row, "disposition");
	const char *title = json_str(it->more, "title");
	const char *name = json_str(it->more, "file_name");
	const char *via = json_str(it->more, "relation");
	json_t *o = json_copy(it->row);
	int bad = o == NULL || json_object_update(o, it->more) != 0;

	if (it->file[0] != '\0')
		bad |= json_object_set_new(
		    o, "size", size_text((int64_t)it->bytes));
	if (c != NULL) {
		bad |= json_set_str(o, "code_title", c->title);
		bad |= json_set_str(o, "code_cite", c->cite);
	}
	bad |= json_set_str(o, "name",
	    title != NULL  ? title
	    : name != NULL ? name
			   : json_str(it->more, "class_title"));
	if (title != NULL && name != NULL)
		bad |= json_set_str(o, "original", name);
	if (strcmp(how, ITEM_REDACTED) == 0)
		bad |= json_set_int(o, "is_redacted", 1);
	if (strcmp(via, "own") != 0)
		bad |= json_set_str(o, "linked", via);
	if (it->n != it->rec.version)
		bad |= json_set_int(o, "is_older", it->n);
	bad |= put_terms(it, o);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static bool
is_disposed(const struct package_item *it, const char *how)
{
	return strcmp(json_str(it->row, "disposition"), how) == 0;
}

/* Records with one disposition, as a list. */
static json_t *
list_of(const struct package *p, const char *how)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++) {
		if (is_disposed(&p->items[i], how) &&
		    json_array_append_new(
			list, shown_record(p, &p->items[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
new_group(const struct package_item *it)
{
	const char *title = json_str(it->more, "class_title");
	static const char *const none[] = { NULL };
	json_t *g = json_pack("{s:s,s:s,s:[]}", "class", it->rec.class_name,
	    "class_title", title == NULL ? it->rec.class_name : title,
	    "records");

	if (g == NULL ||
	    put_word(g, "purpose", json_str(it->row, "purpose"), none) ||
	    put_word(
		g, "basis", json_str(it->row, "legal_basis"), known_bases) ||
	    (strcmp(it->rec.class_name, CLASS_IDENTITY) == 0 &&
		json_set_int(g, "is_identity", 1))) {
		json_decref(g);
		return NULL;
	}
	return g;
}

/* The group of a class, made where there is none yet. Borrowed. */
static json_t *
group_of(json_t *groups, const struct package_item *it)
{
	json_t *g;
	size_t i;

	json_array_foreach(groups, i, g)
	{
		if (strcmp(json_str(g, "class"), it->rec.class_name) == 0)
			return g;
	}
	g = new_group(it);
	return g == NULL || json_array_append_new(groups, g) != 0 ? NULL : g;
}

/* The order in which people look: who they are, then by class and date. */
static int
by_title(const void *a, const void *b)
{
	const struct package_item *x = *(struct package_item *const *)a;
	const struct package_item *y = *(struct package_item *const *)b;
	bool xi = strcmp(x->rec.class_name, CLASS_IDENTITY) == 0;
	bool yi = strcmp(y->rec.class_name, CLASS_IDENTITY) == 0;
	const char *xt = json_str(x->more, "class_title");
	const char *yt = json_str(y->more, "class_title");
	int order = (int)yi - (int)xi;

	if (order == 0)
		order = strcmp(xt == NULL ? "" : xt, yt == NULL ? "" : yt);
	if (order == 0)
		order = strcmp(x->rec.class_name, y->rec.class_name);
	if (order == 0)
		order = strcmp(x->rec.created, y->rec.created);
	if (order == 0)
		order = memcmp(x->rec.id.b, y->rec.id.b, ID_BYTES);
	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* What is given out, by class: [{class_title, records: [...]}]. */
static json_t *
by_class(const struct package *p)
{
	struct package_item **list =
	    calloc(p->n + 1, sizeof(struct package_item *));
	json_t *groups = json_array();
	bool bad = list == NULL || groups == NULL;
	size_t n = 0;

	for (size_t i = 0; !bad && i < p->n; i++) {
		if (p->items[i].file[0] != '\0')
			list[n++] = &p->items[i];
	}
	if (!bad)
		qsort(list, n, sizeof(struct package_item *), by_title);
	for (size_t i = 0; !bad && i < n; i++) {
		json_t *g = group_of(groups, list[i]);

		bad = g == NULL ||
		      json_array_append_new(json_object_get(g, "records"),
			  shown_record(p, list[i])) != 0;
	}
	free(list);
	if (bad) {
		json_decref(groups);
		return NULL;
	}
	return groups;
}

/* Dates of the subject, with words for the template. */
static json_t *
shown_events(const struct package *p)
{
	json_t *list = json_deep_copy(p->events), *e;
	size_t i;

	json_array_foreach(list, i, e)
	{
		if (put_word(e, "event", json_str(e, "event"), known_events)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Adds a text to a list of different texts. */
static int
add_once(json_t *list, const char *text)
{
	json_t *member;
	size_t i;

	json_array_foreach(list, i, member)
	{
		if (strcmp(json_string_value(member), text) == 0)
			return 0;
	}
	return json_array_append_new(list, json_string(text));
}

/* Where data came from besides the subject, and who got it, each once. */
static int
add_people(const struct package *p, json_t *o)
{
	json_t *from = json_array(), *to = json_array(), *one;
	int bad = from == NULL || to == NULL;
	size_t k;

	for (size_t i = 0; i < p->n && !bad; i++) {
		const struct package_item *it = &p->items[i];
		const char *source = json_str(it->row, "source");
		const char *by = json_str(it->more, "provided_by");

		if (source != NULL && by != NULL && strcmp(by, "subject") != 0)
			bad |= add_once(from, source);
		json_array_foreach(
		    json_object_get(it->row, "recipients"), k, one)
		{
			bad |= add_once(to, json_string_value(one));
		}
	}
	bad |= json_object_set_new(o, "sources", from);
	bad |= json_object_set_new(o, "recipients", to);
	return bad;
}

/* has_X for each list X, so that a template can put a heading before it. */
static int
add_flags(json_t *o)
{
	static const char *const lists[][2] = { { "withheld", "has_withheld" },
		{ "destroyed", "has_destroyed" }, { "sources", "has_sources" },
		{ "recipients", "has_recipients" },
		{ "events", "has_events" } };
	int bad = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		bad |= json_set_int(o, lists[i][1],
		    (int64_t)json_array_size(json_object_get(o, lists[i][0])));
	return bad;
}

/* The day of `generated`, as the head of the letter shows it. */
static int
add_dates(const struct package *p, json_t *o)
{
	const char *when = json_str(p->manifest, "generated");

	return json_object_set_new(
	    o, "date", json_stringn(when, when == NULL ? 0 : 10));
}

int
package_html_text(struct package *p, const char *template, size_t len,
    struct buf *out, struct hrv_err *err)
{
	json_t *o, *totals = json_object_get(p->manifest, "totals");
	int rc = HRV_OK;

	o = json_pack("{s:s,s:o,s:s,s:s,s:s,s:O?,s:o,s:O,s:O,s:o,s:o,s:o}",
	    "case", p->root, "controller", contact_for_page(p->controller),
	    "received", p->k->received, "law", p->k->law->title, "law_cite",
	    p->k->law->cite, "identity", p->identity, "events", shown_events(p),
	    "totals", totals, "log", json_object_get(p->manifest, "log"),
	    "groups", by_class(p), "withheld", list_of(p, ITEM_WITHHELD),
	    "destroyed", list_of(p, ITEM_DESTROYED));
	if (o == NULL || add_people(p, o) || add_dates(p, o) || add_flags(o))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = package_fill(template, len, o, out, err);
	json_decref(o);
	return rc;
}
