/* SPDX-License-Identifier: ISC */
/*
 * Records as a page shows them: words to translate, sizes, groups by class.
 * Layer: verbs. Invariant: nothing is in them that is not in data.json or the
 * law.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/package.h"
#include "vault/package_page.h"

#define LONG_GROUP 24 /* records that are looked through at a glance */
#define SCREENFUL 8   /* records beyond which one wants a way back */

/* 1234567 as "1.2 MB": what people read. Also by its parts, because the word
 * for bytes and the sign before the tenths are the language's. */
static int
put_size(json_t *o, int64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	json_t *parts = json_object();
	int64_t tenths = bytes * 10;
	char text[48], tenth[12] = "", in[16];
	size_t unit = 0;
	int bad;

	while (tenths >= 10000 && unit + 1 < sizeof(units) / sizeof(*units)) {
		tenths = (tenths + 500) / 1000;
		unit++;
	}
	if (unit > 0)
		snprintf(tenth, sizeof(tenth), "%d", (int)(tenths % 10));
	/* No name that is also one of the manifest row around it. */
	snprintf(in, sizeof(in), "in_%s", units[unit]);
	snprintf(text, sizeof(text), "%lld%s%s %s", (long long)(tenths / 10),
	    unit > 0 ? "." : "", tenth, units[unit]);
	bad = json_set_str(o, "size", text) |
	      json_set_int(parts, "whole", tenths / 10) |
	      json_set_int(parts, in, 1);
	if (unit > 0)
		bad |= json_set_str(parts, "tenth", tenth);
	return bad | json_object_set_new(o, "size_in", parts);
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
		if (*p == '.' || *p == '_' || *p == '-')
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

/* Why something was taken out: codes of the law and words of our own, divided
 * by commas. */
static int
put_grounds(const struct package *p, const char *codes, json_t *o)
{
	static const char *const own[] = { "never-export", "pseudonym", NULL };
	json_t *list = json_array();
	int bad = json_object_set_new(o, "grounds", list);

	while (codes != NULL && *codes != '\0' && !bad) {
		size_t n = strcspn(codes, ",");
		const struct hrv_law_code *c;
		json_t *one = json_object();
		char code[80];

		snprintf(code, sizeof(code), "%.*s", (int)n, codes);
		codes += n + strspn(codes + n, ", ");
		c = hrv_law_find_code(p->k->law, code);
		if (c != NULL)
			bad = json_set_str(one, "ground", c->title) |
			      json_set_str(one, "ground_cite", c->cite);
		else
			bad = package_word(one, "own", code, own);
		bad |= json_array_append_new(list, one);
	}
	return bad;
}

static const char *
shown_name(const struct package_item *it)
{
	static const char *const keys[] = { "title", "file_name",
		"class_title" };
	const char *name = NULL;

	for (size_t i = 0; name == NULL && i < sizeof(keys) / sizeof(*keys);
	     i++)
		name = json_str(it->more, keys[i]);
	return name;
}

/* What a statement is about, as far as that is in the package; else itself. */
static const struct package_item *
contested(const struct package_item *it)
{
	return it->about == NULL ? it : it->about;
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
		bad |= put_size(o, (int64_t)it->bytes);
	if (c != NULL) {
		bad |= json_set_str(o, "code_title", c->title);
		bad |= json_set_str(o, "code_cite", c->cite);
	} else if (code != NULL && strcmp(code, CODE_NOT_PORTABLE) == 0) {
		bad |= json_set_str(o, "code_title", "Right to portability");
		bad |= json_set_str(o, "code_cite", "Art. 20(1)(a)");
	}
	bad |= json_set_str(o, "name", shown_name(it));
	if (title != NULL && name != NULL)
		bad |= json_set_str(o, "original", name);
	if (strcmp(how, ITEM_REDACTED) == 0)
		bad |=
		    json_set_int(o, "is_redacted", 1) | put_grounds(p, code, o);
	if (via != NULL && strcmp(via, "own") != 0)
		bad |= json_set_str(o, "linked", via);
	if (it->n != it->rec.version)
		bad |= json_set_int(o, "is_older", it->n);
	if (is_statement(&it->rec))
		bad |= json_set_str(o, "contests", shown_name(contested(it)));
	if (json_object_get(it->row, "statements") != NULL)
		bad |= json_set_int(o, "is_contested", 1);
	bad |= put_terms(it, o);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

bool
page_is(const struct package_item *it, const char *how)
{
	return strcmp(json_str(it->row, "disposition"), how) == 0;
}

json_t *
page_list(const struct package *p, const char *how)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++) {
		if (page_is(&p->items[i], how) &&
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

json_t *
page_group(json_t *groups, const struct package_item *it)
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

/* What is written over a record, "" where nothing is. */
static const char *
name_of(const struct package_item *it)
{
	const char *title = json_str(it->more, "title");

	return title == NULL ? "" : title;
}

/* Of two that belong together: the record, then the statements on it. */
static int
by_turn(const struct package_item *x, const struct package_item *y)
{
	int order = (int)is_statement(&x->rec) - (int)is_statement(&y->rec);

	if (order == 0)
		order = strcmp(x->rec.stored, y->rec.stored);
	if (order == 0)
		order = memcmp(x->rec.id.b, y->rec.id.b, ID_BYTES);
	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* The order in which people look: who they are, then by class and date; a
 * statement stands right behind what it is about. */
static int
by_title(const void *a, const void *b)
{
	const struct package_item *one = *(struct package_item *const *)a;
	const struct package_item *other = *(struct package_item *const *)b;
	const struct package_item *x = contested(one), *y = contested(other);
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
		order = strcmp(name_of(x), name_of(y));
	if (order == 0)
		order = memcmp(x->rec.id.b, y->rec.id.b, ID_BYTES);
	return order != 0 ? order : by_turn(one, other);
}

struct package_item **
page_sorted(const struct package *p)
{
	struct package_item **list =
	    calloc(p->n + 1, sizeof(struct package_item *));

	for (size_t i = 0; list != NULL && i < p->n; i++)
		list[i] = &p->items[i];
	if (list != NULL)
		qsort(list, p->n, sizeof(struct package_item *), by_title);
	return list;
}

/* Says how many a group has, and in a long one marks the first record of each
 * year: nobody finds a payslip among hundreds without. */
static int
finish_group(json_t *g)
{
	json_t *records = json_object_get(g, "records"), *one;
	char year[5] = "";
	size_t i, n = json_array_size(records);
	int bad = json_set_int(g, "n", (int64_t)n) |
		  json_set_int(g, "is_long", n > SCREENFUL);

	json_array_foreach(records, i, one)
	{
		const char *day = json_str(one, "created");

		if (n <= LONG_GROUP || day == NULL ||
		    strncmp(day, year, 4) == 0)
			continue;
		snprintf(year, sizeof(year), "%.4s", day);
		bad |= json_set_str(one, "year", year);
	}
	return bad;
}

json_t *
page_groups(const struct package *p)
{
	struct package_item **list = page_sorted(p);
	json_t *groups = json_array(), *g;
	bool bad = list == NULL || groups == NULL;
	size_t k;

	for (size_t i = 0; !bad && i < p->n; i++) {
		if (list[i]->file[0] == '\0')
			continue;
		g = page_group(groups, list[i]);
		bad = g == NULL ||
		      json_array_append_new(json_object_get(g, "records"),
			  shown_record(p, list[i])) != 0;
	}
	json_array_foreach(groups, k, g)
	{
		bad = bad || finish_group(g) != 0;
	}
	free(list);
	if (bad) {
		json_decref(groups);
		return NULL;
	}
	return groups;
}

/* A deep copy in the order of days. */
static json_t *
by_day(const json_t *events)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);
		size_t at = json_array_size(list);

		while (at > 0 &&
		       strcmp(json_str(json_array_get(list, at - 1), "day"),
			   json_str(e, "day")) > 0)
			at--;
		if (json_array_insert_new(list, at, json_deep_copy(e)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *
page_events(const struct package *p)
{
	json_t *list = by_day(p->events), *e;
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
