/* SPDX-License-Identifier: ISC */
/*
 * The last look before anything goes out: documents whose words cannot be
 * replaced. Layer: verbs. Invariant: where people are replaced or the law bans
 * fields, a document goes out only if it was searched and nothing was found,
 * or if a person, not a collecting, decided about it; and where something was
 * found, if that person said that it was checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/escapes.h"
#include "vault/package_int.h"

#define WINDOW 65536
#define OVERLAP 1024 /* more than any name has */

/* A text that is searched on its way past. */
struct searching {
	const struct pseudonyms *names, *bans;
	size_t len;
	bool found;
	bool no_text; /* other bytes than UTF-8 */
	bool escapes; /* letters written otherwise */
	char window[WINDOW];
};

/* How the documents of a package stand. */
struct standing {
	char found[300], unseen[300]; /* ids, as many as fit */
	size_t n_found, n_unseen;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* "/bank/account_number" is looked for as "account_number"; a place in a list
 * has no name. */
static int
add_field(json_t *marks, const char *pointer)
{
	const char *name = strrchr(pointer, '/') + 1;

	if (strspn(name, "0123456789") == strlen(name))
		return 0;
	return json_array_append_new(marks, json_string(name));
}

/* What the law bans, by the fields' names and by what they held. */
static int
bans_new(const struct package *p, struct pseudonyms **ret, struct hrv_err *err)
{
	const struct hrv_law *law = p->k->law;
	json_t *marks = json_deep_copy(p->banned), *people;
	int bad = marks == NULL, rc;

	for (size_t i = 0; i < law->n_never_export; i++)
		bad |= add_field(marks, law->never_export[i]);
	people = json_pack("[{s:s,s:[],s:o,s:[]}]", "as", "", "names", "marks",
	    marks, "phones");
	if (bad || people == NULL)
		rc = no_memory(err);
	else
		rc = pseudonyms_new(people, NULL, ret, err);
	json_decref(people);
	return rc;
}

/* Searches the first n bytes of the window. */
static int
search(struct searching *s, size_t n, struct hrv_err *err)
{
	const struct pseudonyms *all[] = { s->names, s->bans };
	int rc = HRV_OK;

	if (memchr(s->window, '\0', n) != NULL)
		s->no_text = true;
	s->escapes = s->escapes || escapes_any(s->window, n);
	for (size_t i = 0; rc == HRV_OK && !s->no_text && !s->found && i < 2;
	     i++)
		rc =
		    pseudonyms_find(all[i], s->window, n, &s->found, NULL, err);
	if (rc == HRV_EUSAGE) {
		s->no_text = true;
		rc = HRV_OK;
	}
	return rc;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Where the words that are whole end: behind the last blank, or, in a script
 * without blanks, before the last character. */
static size_t
whole(const struct searching *s)
{
	size_t n = s->len;

	while (n > OVERLAP && !is_blank(s->window[n - 1]))
		n--;
	if (n > OVERLAP)
		return n;
	for (n = s->len - 1; n > 0 && (s->window[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

/* The window is full: searched, and its end kept, so that nothing lies on an
 * edge. */
static int
slide(struct searching *s, struct hrv_err *err)
{
	size_t end = whole(s), from = end - OVERLAP;
	int rc = search(s, end, err);

	while (from < end && !is_blank(s->window[from]))
		from++;
	memmove(s->window, s->window + from, s->len - from);
	s->len -= from;
	return rc;
}

static int
take(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct searching *s = ctx;
	const char *at = data;
	int rc = HRV_OK;

	while (rc == HRV_OK && len > 0 && !s->no_text && !s->found) {
		size_t n = WINDOW - s->len;

		n = n < len ? n : len;
		memcpy(s->window + s->len, at, n);
		s->len += n;
		at += n;
		len -= n;
		if (s->len == WINDOW)
			rc = slide(s, err);
	}
	return rc;
}

/* Opens a document once more and looks through it. */
static int
look_through(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct package_item *it, struct searching *s, struct hrv_err *err)
{
	struct package_origin o = { .size = 0 };
	struct buf text = BUF_INIT_SECRET;
	json_t *header = NULL;
	int rc;

	s->len = 0;
	s->found = s->no_text = s->escapes = false;
	if (it->made) {
		rc = package_made_again(v, r, p, it, &text, err);
		if (rc == HRV_OK)
			rc = take(s, text.data, text.len, err);
	} else {
		rc = package_open(v, r, p, it, &o, &header, err);
		if (rc == HRV_OK)
			rc = package_open_body(v, r, &o, it, take, s, err);
		json_decref(header);
		package_origin_clear(&o);
	}
	if (rc == HRV_OK && !s->found && !s->no_text)
		rc = search(s, s->len, err);
	buf_clear(&text);
	return rc;
}

/* Texts with no other way to write a word than its letters, unless one of them
 * turns up: the body of an e-mail, of which nothing else tells, is one too. */
static bool
is_plain(const char *media)
{
	static const char *const list[] = { "text/plain", "text/csv",
		"application/json" };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (strcmp(media, list[i]) == 0)
			return true;
	}
	return false;
}

static void
note(char list[300], size_t *n, const struct package_item *it)
{
	char id[ID_TEXT_SIZE];
	size_t used = strlen(list);

	id_format(&it->rec.id, id);
	(*n)++;
	if (strstr(list, id) != NULL || used + ID_TEXT_SIZE + 8 > 300)
		return;
	snprintf(list + used, 300 - used, "%s%s", used > 0 ? ", " : "", id);
}

/* Members of a row that are words of this program, the schedule or a register,
 * hashes and dates. Whatever else is there somebody typed. */
static bool
is_typed(const char *member)
{
	static const char *const fixed[] = { "record", "version", "class",
		"class_title", "disposition", "code", "file", "sha256",
		"details_sha256", "bytes", "purpose", "legal_basis",
		"recipients", "keep_until", "created", "stored", "provided_by",
		"relation", "events", "destroyed_on", "dependant_born",
		"confidential", "media_type", "statement_on", "statements" };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (strcmp(member, fixed[i]) == 0)
			return false;
	}
	return true;
}

/* The texts beside a document, as they stand in every file of the package. */
static int
look_at_row(const struct package *p, const json_t *row, bool *found,
    struct hrv_err *err)
{
	const char *member;
	json_t *value;
	int rc = HRV_OK;

	json_object_foreach((json_t *)(uintptr_t)row, member, value)
	{
		if (rc == HRV_OK && json_is_string(value) && is_typed(member))
			rc = pseudonyms_find(p->names, json_string_value(value),
			    json_string_length(value), found, NULL, err);
	}
	return rc;
}

int
package_words_left(const struct package *p, const struct package_item *it,
    bool *ret, struct hrv_err *err)
{
	const char *code = json_str(it->row, "code");
	int rc;

	*ret = false;
	/* Why these are not there nobody typed. */
	if (strcmp(json_str(it->row, "disposition"), ITEM_DESTROYED) == 0 ||
	    (code != NULL && strcmp(code, CODE_NOT_PORTABLE) == 0))
		return HRV_OK;
	rc = look_at_row(p, it->row, ret, err);
	return rc == HRV_OK ? look_at_row(p, it->more, ret, err) : rc;
}

static int
look_at(struct hrv_vault *v, const struct receipt *r, struct package *p,
    const struct package_item *it, struct searching *s, struct standing *st,
    struct hrv_err *err)
{
	bool text = is_plain(it->media) ||
		    strncmp(it->media, "text/", 5) == 0 ||
		    strncmp(it->media, "message/", 8) == 0;
	bool seen;
	int rc = HRV_OK;

	/* Without a media type it was made here, of what was cleaned. */
	if (it->file[0] == '\0' || it->media[0] == '\0' || it->checked)
		return HRV_OK;
	/* Names in JSON are gone already; what was made is looked at all the
	 * same, because it goes out as nobody has seen it. */
	if (it->cleaned && !it->made && p->k->law->n_never_export == 0)
		return HRV_OK;
	s->found = s->no_text = s->escapes = false;
	if (text)
		rc = look_through(v, r, p, it, s, err);
	if (rc != HRV_OK)
		return rc;
	seen = text && is_plain(it->media) && !s->no_text &&
	       (!s->escapes || it->cleaned);
	if (s->found)
		note(st->found, &st->n_found, it);
	else if (!seen && it->stood)
		note(st->unseen, &st->n_unseen, it);
	return HRV_OK;
}

static int
judge(const struct standing *st, struct hrv_err *err)
{
	if (st->n_found > 0) {
		hrv_fail_as(err, HRV_EREFUSED, "left-in",
		    "%zu record versions hold the name of somebody whom a "
		    "letter stands for, or a field that the law never lets "
		    "out: %s",
		    st->n_found, st->found);
		return hrv_hint(err,
		    "'hrvault case redact C R --replacement FILE --code X', "
		    "'case withhold C R --code X --reason T', or, where it may "
		    "stand, 'case decide C R --disclose --checked --reason T'");
	}
	if (st->n_unseen > 0) {
		hrv_fail_as(err, HRV_EREFUSED, "not-searched",
		    "%zu record versions cannot be searched for other people "
		    "or for what the law never lets out, and nobody decided "
		    "about them: %s",
		    st->n_unseen, st->unseen);
		return hrv_hint(err,
		    "look at each; then 'hrvault case decide C R --disclose', "
		    "'case redact C R --replacement FILE --code X' or 'case "
		    "withhold C R --code X --reason T'");
	}
	return HRV_OK;
}

int
package_search(struct hrv_vault *v, const struct receipt *r, struct package *p,
    struct hrv_err *err)
{
	struct pseudonyms *bans = NULL;
	struct searching *s;
	struct standing st = { .n_found = 0 };
	int rc = HRV_OK;

	if (!package_must_look(p))
		return HRV_OK;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return no_memory(err);
	s->names = p->names;
	if (p->k->law->n_never_export > 0)
		rc = bans_new(p, &bans, err);
	s->bans = bans;
	for (size_t i = 0; rc == HRV_OK && i < p->n; i++) {
		bool left = false;

		rc = package_words_left(p, &p->items[i], &left, err);
		if (left)
			note(st.found, &st.n_found, &p->items[i]);
		else if (rc == HRV_OK)
			rc = look_at(v, r, p, &p->items[i], s, &st, err);
	}
	if (rc == HRV_OK)
		rc = judge(&st, err);
	explicit_bzero(s, sizeof(*s));
	free(s);
	pseudonyms_free(bans);
	return rc;
}
