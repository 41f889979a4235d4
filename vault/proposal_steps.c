/* SPDX-License-Identifier: ISC */
/*
 * What a proposal would do, in sentences: the steps that a schedule puts under
 * two people, and those about keys and backups. Layer: verbs; pure. Invariant:
 * a member of what is approved that no sentence has is shown as it is.
 */
#include <stdio.h>
#include <string.h>

#include "vault/proposal_rule.h"

#define HASH_HEX 64 /* digits of a SHA-256 */

void
proposal_add_list(struct buf *line, const json_t *list)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++) {
		const char *t = json_string_value(json_array_get(list, i));

		buf_addf(line, "%s%s", i > 0 ? ", " : "", t == NULL ? "?" : t);
	}
	if (n == 0)
		buf_adds(line, "none");
}

void
proposal_add_count(struct buf *line, long long n, const char *one)
{
	buf_addf(line, "%lld %s%s", n, one, n == 1 ? "" : "s");
}

/* "3 versions may be destroyed earlier ...": what happens to the dates. */
void
proposal_add_moved(struct buf *line, const json_t *moved)
{
	static const struct {
		const char *key, *words;
	} kinds[] = {
		{ "earlier",
		    "may then be destroyed earlier than today's dates say" },
		{ "pending", "lose their date (pending) until another is set" },
		{ "later", "may be destroyed later" },
		{ "dated", "get a first date" },
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		long long n = (long long)json_int(moved, kinds[i].key, 0);

		if (n == 0)
			continue;
		buf_adds(line, any ? ", " : "");
		proposal_add_count(line, n, "version");
		buf_addf(line, " of records %s", kinds[i].words);
		any = true;
	}
	if (!any)
		buf_adds(line, "no date of destruction moves");
}

static bool
is_hash(const json_t *value)
{
	const char *t = json_string_value(value);

	return t != NULL && strlen(t) == HASH_HEX &&
	       strspn(t, "0123456789abcdef") == HASH_HEX;
}

static void
add_hash(struct buf *line, const char *within, const char *key, const char *hex)
{
	buf_addf(line, "%s%s%s%s %s", line->len > 0 ? "; " : "", within,
	    within[0] == '\0' ? "" : " ", key, hex);
}

int
proposal_hashes(const json_t *what, json_t *list, struct hrv_err *err)
{
	json_t *o = (json_t *)(uintptr_t)what, *value, *part;
	const char *key, *name;
	struct buf all = BUF_INIT, line = BUF_INIT;
	int rc = HRV_OK;

	json_object_foreach(o, key, value)
	{
		if (is_hash(value))
			add_hash(&all, "", key, json_string_value(value));
		/* The templates of a package. */
		json_object_foreach(value, name, part)
		{
			if (is_hash(part))
				add_hash(
				    &all, key, name, json_string_value(part));
		}
	}
	if (all.len > 0) {
		buf_addf(&line, "that and nothing else, by these hashes: %s",
		    buf_str(&all));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	buf_clear(&all);
	return rc;
}

static void
add_value(struct buf *line, const json_t *value)
{
	if (json_is_string(value))
		buf_adds(line, json_string_value(value));
	else if (json_is_integer(value))
		buf_addf(line, "%lld", (long long)json_integer_value(value));
	else
		proposal_add_list(line, value);
}

static bool
is_told(const char *const *told, const char *key)
{
	for (; *told != NULL; told++)
		if (strcmp(*told, key) == 0)
			return true;
	return false;
}

void
proposal_add_rest(struct buf *line, const json_t *w, const char *const *told)
{
	json_t *o = (json_t *)(uintptr_t)w, *value;
	const char *key;

	json_object_foreach(o, key, value)
	{
		if (is_hash(value) || json_is_object(value) ||
		    is_told(told, key) ||
		    (strcmp(key, "compartments") == 0 &&
			json_array_size(value) == 0))
			continue;
		buf_addf(line, "%s%s: ", line->len > 0 ? "; " : "", key);
		add_value(line, value);
	}
}

static void
amend_words(const json_t *w, struct buf *line)
{
	long long n = (long long)json_int(w, "version", 0);

	buf_addf(line,
	    "version %lld of %s, about %s, is stored: exactly the file, title "
	    "and source that were given; version %lld ends as its class says; ",
	    n, proposal_text(w, "record"), proposal_text(w, "subject"), n - 1);
	proposal_add_moved(line, json_object_get(w, "moved"));
}

static void
refile_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "%s, filed under %s, is filed under %s and the class %s; ",
	    proposal_text(w, "record"), proposal_text(w, "subject"),
	    proposal_text(w, "to_subject"), proposal_text(w, "to_class"));
	proposal_add_moved(line, json_object_get(w, "moved"));
}

static void
read_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "version %lld of %s, about %s, is opened once and handed to ",
	    (long long)json_int(w, "version", 0), proposal_text(w, "record"),
	    proposal_text(w, "subject"));
	if (json_str(w, "recipient") != NULL)
		buf_addf(
		    line, "the recipient %s", proposal_text(w, "recipient"));
	else
		buf_adds(line, "the proposer");
	buf_addf(line, ", for the purpose '%s'", proposal_text(w, "purpose"));
}

static void
update_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "who %s is (%s) is corrected, exactly to what was typed; ",
	    proposal_text(w, "subject"), proposal_text(w, "kind"));
	proposal_add_moved(line, json_object_get(w, "moved"));
}

void
proposal_add_merge(const json_t *w, struct buf *line)
{
	buf_addf(line, "%s is merged into %s, because the two are one person: ",
	    proposal_text(w, "subject"), proposal_text(w, "into"));
	proposal_add_count(
	    line, (long long)json_int(w, "records", 0), "record");
	buf_adds(line, " and all else go there; ");
	proposal_add_moved(line, json_object_get(w, "moved"));
}

static void
restrict_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "what is kept about %s may only be stored, on the ground '%s'; "
	    "this is about ",
	    proposal_text(w, "subject"), proposal_text(w, "ground"));
	proposal_add_count(
	    line, (long long)json_int(w, "records", 0), "record");
}

static void
lift_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "the restriction of what is kept about %s on the ground '%s' ends, "
	    "of which the person was told on %s; ",
	    proposal_text(w, "subject"), proposal_text(w, "lifted"),
	    proposal_text(w, "told"));
	if (json_str(w, "left") != NULL)
		buf_addf(line, "it stays restricted on the ground '%s'; ",
		    proposal_text(w, "left"));
	buf_adds(line, "this is about ");
	proposal_add_count(
	    line, (long long)json_int(w, "records", 0), "record");
}

static void
import_words(const json_t *w, struct buf *line)
{
	proposal_add_count(line, (long long)json_int(w, "rows", 0), "row");
	buf_adds(line, " of exactly the file that was given come in, read as "
		       "exactly its map says");
	if (json_str(w, "class") != NULL)
		buf_addf(line, ", with documents of the class %s",
		    proposal_text(w, "class"));
}

static void
close_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "%s of %s is closed: what it froze may be destroyed "
	    "again when it is due",
	    proposal_text(w, "case"), proposal_text(w, "subject"));
}

static void
escrow_words(const json_t *w, struct buf *line)
{
	const json_t *who = json_object_get(w, "custodians");

	buf_adds(line, "backups of keys are sealed from now on to ");
	proposal_add_count(line, (long long)json_array_size(who), "custodian");
	buf_adds(line, ", any one of whom can open them: ");
	proposal_add_list(line, who);
	buf_addf(line,
	    "; a new backup key every %lld days, of which %lld are kept before "
	    "the oldest is destroyed; the escrow folder is number %s",
	    (long long)json_int(w, "days", 0),
	    (long long)json_int(w, "keep", 0), proposal_text(w, "escrow"));
}

static void
split_words(const json_t *w, struct buf *line)
{
	const json_t *who = json_object_get(w, "custodians");

	buf_addf(
	    line, "any %lld of these ", (long long)json_int(w, "threshold", 0));
	proposal_add_count(line, (long long)json_array_size(who), "custodian");
	buf_adds(line, " can together give a member vault keys back: ");
	proposal_add_list(line, who);
	buf_adds(line, "; the keys: ");
	proposal_add_list(line, json_object_get(w, "ids"));
}

static void
recover_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "the member %s with the role %s gets vault keys out of the shares "
	    "of the split %s: ",
	    proposal_text(w, "member"), proposal_text(w, "role"),
	    proposal_text(w, "split"));
	proposal_add_list(line, json_object_get(w, "ids"));
}

static const struct {
	const char *kind;
	void (*words)(const json_t *w, struct buf *line);
	const char *told[8]; /* members that its words have */
} steps[] = {
	{ "record.amend", amend_words,
	    { "record", "subject", "version", "moved" } },
	{ "record.move", refile_words,
	    { "record", "subject", "to_subject", "to_class", "moved" } },
	{ "record.reclassify", refile_words,
	    { "record", "subject", "to_subject", "to_class", "moved" } },
	{ "record.read", read_words,
	    { "record", "subject", "version", "purpose" } },
	{ "disclose", read_words,
	    { "record", "subject", "version", "purpose", "recipient" } },
	{ "subject.update", update_words, { "subject", "kind", "moved" } },
	{ "subject.merge", proposal_add_merge,
	    { "subject", "into", "records", "moved" } },
	{ "subject.restrict", restrict_words,
	    { "subject", "ground", "records" } },
	{ "subject.lift", lift_words,
	    { "subject", "was", "lifted", "left", "told", "records" } },
	{ "import", import_words, { "rows", "class" } },
	{ "case.close", close_words, { "case", "subject" } },
	{ "backup.escrow", escrow_words,
	    { "escrow", "custodians", "days", "keep" } },
	{ "key.split", split_words, { "threshold", "custodians", "ids" } },
	{ "key.recover", recover_words, { "split", "member", "role", "ids" } },
};

void
proposal_step_words(const char *kind, const json_t *w, struct buf *line)
{
	static const char *const nothing[] = { NULL };
	const char *const *told = nothing;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(steps[i].kind, kind) != 0)
			continue;
		steps[i].words(w, line);
		told = steps[i].told;
	}
	proposal_add_rest(line, w, told);
}
