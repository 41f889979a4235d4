/* SPDX-License-Identifier: ISC */
/*
 * The values that the template of index.html is filled with. Layer: verbs.
 * Invariant: nothing is in them that is not in data.json or the law.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/contact.h"
#include "vault/package.h"

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

int
package_word(
    json_t *o, const char *key, const char *word, const char *const *known)
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
	    package_word(g, "purpose", json_str(it->row, "purpose"), none) ||
	    package_word(
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
		if (package_word(
			e, "event", json_str(e, "event"), known_events)) {
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

/* Where data came from besides the subject, each once: Art. 15(1)(g). */
static int
add_sources(const struct package *p, json_t *o)
{
	json_t *from = json_array();
	int bad = from == NULL;

	for (size_t i = 0; i < p->n && !bad; i++) {
		const struct package_item *it = &p->items[i];
		const char *source = json_str(it->row, "source");
		const char *by = json_str(it->more, "provided_by");

		if (source != NULL && by != NULL && strcmp(by, "subject") != 0)
			bad |= add_once(from, source);
	}
	return json_object_set_new(o, "sources", from) | bad;
}

/* Adds to a category the rules its time comes from. */
static int
add_criteria(const struct hrv_vault *v, const char *class_name, json_t *o)
{
	const struct hrv_class *c = hrv_schedule_class(v->schedule, class_name);
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t i = 0; c != NULL && i < c->rule_count && !bad; i++) {
		const struct hrv_rule *r = c->rule[i];
		const struct hrv_term *t = r->keep != NULL ? r->keep : r->limit;
		char *words = t == NULL ? NULL : hrv_term_words(t);
		json_t *one = json_pack("{s:s}", "cite", r->cite);

		bad = one == NULL || json_set_str(one, "words", words) ||
		      json_array_append_new(list, one);
		free(words);
	}
	return json_object_set_new(o, "criteria", list) | bad;
}

/* The latest date of a category, and whether some have none yet. */
static int
add_latest(const struct package_item *it, json_t *o)
{
	const char *keep = json_str(it->row, "keep_until");
	const char *latest = json_str(o, "keep_latest");

	if (keep == NULL)
		return 0;
	if (strcmp(keep, "pending") == 0)
		return json_set_int(o, "keep_pending", 1);
	if (latest == NULL || strcmp(keep, latest) > 0)
		return json_set_str(o, "keep_latest", keep);
	return 0;
}

/* The kinds of data there are, withheld ones too: Art. 15(1)(a), (b), (d). */
static int
add_categories(const struct hrv_vault *v, const struct package *p, json_t *o)
{
	json_t *list = json_array(), *g;
	int bad = json_object_set_new(o, "categories", list);

	for (size_t i = 0; !bad && i < p->n; i++) {
		const struct package_item *it = &p->items[i];
		size_t before = json_array_size(list);

		if (is_disposed(it, ITEM_DESTROYED))
			continue;
		g = group_of(list, it);
		bad = g == NULL;
		if (!bad && json_array_size(list) > before)
			bad = add_criteria(v, it->rec.class_name, g);
		if (!bad)
			bad = json_set_int(g, "n", json_int(g, "n", 0) + 1) |
			      add_latest(it, g);
	}
	return bad;
}

/* Who got something, with words for the template: Art. 15(1)(c), 15(2). */
static int
add_recipients(const struct package *p, json_t *o)
{
	static const char *const kinds[] = { "group", "processor", "authority",
		"other", NULL };
	static const char *const safeguards[] = { "adequacy", "scc", "bcr",
		"consent", "none", NULL };
	json_t *list = json_deep_copy(p->recipients), *one;
	int bad = json_object_set_new(o, "recipients", list);
	size_t i;

	json_array_foreach(list, i, one)
	{
		char kind[16], safeguard[16];

		snprintf(kind, sizeof(kind), "%s", json_str(one, "kind"));
		snprintf(safeguard, sizeof(safeguard), "%s",
		    json_str(one, "safeguard"));
		bad |= package_word(one, "kind", kind, kinds) |
		       package_word(one, "safeguard", safeguard, safeguards);
	}
	return bad;
}

/* has_X for each list X, so that a template can put a heading before it. */
static int
add_flags(json_t *o)
{
	static const char *const lists[][2] = { { "withheld", "has_withheld" },
		{ "destroyed", "has_destroyed" }, { "sources", "has_sources" },
		{ "recipients", "has_recipients" }, { "groups", "has_groups" },
		{ "events", "has_events" } };
	int bad = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		bad |= json_set_int(o, lists[i][1],
		    (int64_t)json_array_size(json_object_get(o, lists[i][0])));
	return bad;
}

int
package_values(struct hrv_vault *v, const struct package *p, const char *day,
    json_t **ret, struct hrv_err *err)
{
	json_t *totals = json_object_get(p->manifest, "totals");
	json_t *o = json_pack(
	    "{s:s,s:s,s:o,s:s,s:s,s:s,s:O?,s:o,s:O,s:O?,s:o,s:o,s:o}", "case",
	    p->root, "date", day, "controller", contact_for_page(p->controller),
	    "received", p->k->received, "law", p->k->law->title, "law_cite",
	    p->k->law->cite, "identity", p->identity, "events", shown_events(p),
	    "totals", totals, "log", json_object_get(p->manifest, "log"),
	    "groups", by_class(p), "withheld", list_of(p, ITEM_WITHHELD),
	    "destroyed", list_of(p, ITEM_DESTROYED));

	if (o == NULL || add_sources(p, o) || add_recipients(p, o) ||
	    add_categories(v, p, o) ||
	    json_set_str(o, "name", json_str(p->identity, "name")) ||
	    add_flags(o)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = o;
	return HRV_OK;
}
