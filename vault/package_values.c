/* SPDX-License-Identifier: ISC */
/*
 * The values that the page and the letters of a case are filled with. Layer:
 * verbs. Invariant: nothing is in them that is not in data.json, the law, the
 * schedule or the registers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/contact.h"
#include "vault/package.h"
#include "vault/package_page.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
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
	struct package_item **items = page_sorted(p);
	json_t *from = json_array();
	int bad = from == NULL || items == NULL;

	for (size_t i = 0; i < p->n && !bad; i++) {
		const struct package_item *it = items[i];
		const char *source = json_str(it->row, "source");
		const char *by = json_str(it->more, "provided_by");

		if (source != NULL && by != NULL && strcmp(by, "subject") != 0)
			bad |= add_once(from, source);
	}
	free(items);
	return json_object_set_new(o, "sources", from) | bad;
}

/* "subject.ended, then 6 years" as "ended, then 6 years". */
static void
in_words(char *words)
{
	static const char *const prefixes[] = { "subject.", "record.",
		"class." };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t n = strlen(prefixes[i]);
		char *at;

		while ((at = strstr(words, prefixes[i])) != NULL)
			memmove(at, at + n, strlen(at + n) + 1);
	}
	for (char *p = words; *p != '\0'; p++) {
		if (*p == '_')
			*p = ' ';
	}
	/* Names of periods are written small, countries are not. */
	words = strstr(words, "uk tax");
	if (words != NULL)
		memcpy(words, "UK", 2);
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

		if (words != NULL)
			in_words(words);
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
	struct package_item **items = page_sorted(p);
	json_t *list = json_array(), *g;
	int bad = json_object_set_new(o, "categories", list) | (items == NULL);

	for (size_t i = 0; !bad && i < p->n; i++) {
		const struct package_item *it = items[i];
		size_t before = json_array_size(list);

		if (page_is(it, ITEM_DESTROYED))
			continue;
		g = page_group(list, it);
		bad = g == NULL;
		if (!bad && json_array_size(list) > before)
			bad = add_criteria(v, it->rec.class_name, g);
		if (!bad)
			bad = json_set_int(g, "n", json_int(g, "n", 0) + 1) |
			      add_latest(it, g);
	}
	free(items);
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

/* A text of an object, "" where there is none. */
static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_str(o, key);

	return s == NULL ? "" : s;
}

/* The letters that stand for other people. */
static int
add_pseudonyms(const struct package *p, json_t *o)
{
	json_t *list = json_object_get(p->manifest, "pseudonyms");

	return list == NULL ? 0 : json_object_set(o, "pseudonyms", list);
}

/* Who looked, in words for the template: no member is named, only what was
 * done, for what, and in which role. */
static int
add_history(const struct package *p, json_t *o)
{
	static const char *const acts[] = { "record.read", "record.list",
		"record.show", "record.explain", "record.add", "record.amend",
		"record.move", "record.reclassify", "subject.find",
		"subject.show", "subject.list", "subject.update",
		"subject.merge", "case.show", "case.export", "case.letter",
		"disclose", "disclose.prepare", "audit.reasons", NULL };
	static const char *const roles[] = { "hr", "dpo", "legal", "purge",
		"auditor", NULL };
	static const char *const none[] = { NULL };
	json_t *list = json_deep_copy(json_object_get(p->manifest, "annex"));
	json_t *one;
	int bad = 0;
	size_t i;

	json_array_foreach(list, i, one)
	{
		char act[64], purpose[64], role[16];

		/* A reason that was read, whichever command asked for it. */
		snprintf(act, sizeof(act), "%s",
		    strcmp(text(one, "act"), "proposal.show") == 0
			? "audit.reasons"
			: text(one, "act"));
		snprintf(purpose, sizeof(purpose), "%s", text(one, "purpose"));
		snprintf(role, sizeof(role), "%s", text(one, "role"));
		bad |= package_word(one, "act", act, acts) |
		       package_word(one, "role", role, roles);
		if (purpose[0] != '\0')
			bad |= package_word(one, "purpose", purpose, none);
	}
	return list == NULL ? 0 : json_object_set_new(o, "history", list) | bad;
}

/* What the person asked for before. */
static int
add_requests(const struct package *p, json_t *o)
{
	static const char *const rights[] = { "access", "portability",
		"rectification", "erasure", "restriction", "objection", NULL };
	static const char *const states[] = { "open", "exported", "delivered",
		"refused", "closed", NULL };
	json_t *list = json_deep_copy(json_object_get(p->manifest, "requests"));
	json_t *one;
	int bad = 0;
	size_t i;

	json_array_foreach(list, i, one)
	{
		char right[24], status[24];

		snprintf(right, sizeof(right), "%s", text(one, "right"));
		snprintf(status, sizeof(status), "%s", text(one, "status"));
		bad |= package_word(one, "right", right, rights) |
		       package_word(one, "status", status, states);
	}
	return list == NULL ? 0
			    : json_object_set_new(o, "requests", list) | bad;
}

/* How many of the records that were found are earlier versions of one. */
static int64_t
earlier(const struct package *p)
{
	int64_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->items[i].n != p->items[i].rec.version &&
		     !page_is(&p->items[i], ITEM_DESTROYED);
	return n;
}

/* has_X for each list X, so that a template can put a heading before it. */
static int
add_flags(json_t *o)
{
	static const char *const lists[][2] = { { "withheld", "has_withheld" },
		{ "destroyed", "has_destroyed" }, { "sources", "has_sources" },
		{ "recipients", "has_recipients" },
		{ "history", "has_history" }, { "requests", "has_requests" },
		{ "pseudonyms", "has_pseudonyms" }, { "groups", "has_groups" },
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
	    p->k->law->cite, "identity", p->identity, "events", page_events(p),
	    "totals", totals, "log", json_object_get(p->manifest, "log"),
	    "groups", page_groups(p), "withheld", page_list(p, ITEM_WITHHELD),
	    "destroyed", page_list(p, ITEM_DESTROYED));

	if (o == NULL || add_sources(p, o) || add_recipients(p, o) ||
	    add_categories(v, p, o) || add_history(p, o) ||
	    add_requests(p, o) || add_pseudonyms(p, o) ||
	    json_set_str(o, "name", json_str(p->identity, "name")) ||
	    json_set_str(o, "signer", v->fpr) ||
	    json_set_int(o, "earlier", earlier(p)) || add_flags(o)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = o;
	return HRV_OK;
}
