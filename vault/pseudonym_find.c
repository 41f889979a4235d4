/* SPDX-License-Identifier: ISC */
/*
 * Finding names in a text, see pseudonym.h. Layer: verbs. Invariant: in doubt
 * a word goes; what stays is what the rules of that header let stay.
 */
#include <string.h>

#include "vault/pseudonym_int.h"

#define GAP 4 /* bytes between two words of one name */

static bool
same(const struct word *w, const char *text, size_t len)
{
	return w->len == len && memcmp(w->text, text, len) == 0;
}

static bool
same_alt(const struct word *w, const char *text, size_t len)
{
	return w->alt != NULL && w->alt_len == len &&
	       memcmp(w->alt, text, len) == 0;
}

/* Whether two words are one, as they are or with letters spelled out. */
static bool
same_word(const struct word *a, const struct word *b)
{
	return same(a, b->text, b->len) || same_alt(a, b->text, b->len) ||
	       (b->alt != NULL && same(a, b->alt, b->alt_len)) ||
	       (b->alt != NULL && same_alt(a, b->alt, b->alt_len));
}

static bool
has(const struct words *in, const struct word *w)
{
	for (size_t i = 0; i < in->n; i++) {
		if (same_word(&in->list[i], w))
			return true;
	}
	return false;
}

bool
pseudonyms_particle(const char *word)
{
	static const char *const list[] = { "abu", "al", "ap", "ben", "bin",
		"da", "das", "de", "del", "della", "den", "der", "des", "di",
		"do", "dos", "du", "el", "en", "ibn", "la", "las", "le", "les",
		"los", "mac", "mc", "of", "op", "st", "ten", "ter", "the",
		"van", "von", "zu", "zum", "zur" };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (strcmp(word, list[i]) == 0)
			return true;
	}
	return false;
}

static size_t
letters(const struct word *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->len; i++)
		n += ((unsigned char)w->text[i] & 0xc0) != 0x80;
	return n;
}

/* Begins with a letter that is not a small one of ASCII: a capital, or a
 * script without them. */
static bool
is_capital(const char *source, const struct word *w)
{
	char c = source[w->from];

	return c < 'a' || c > 'z';
}

/* A single character of a script that is written without blanks. */
static bool
is_single(const struct word *w)
{
	return w->len >= 3 && letters(w) == 1;
}

/* One form of a word, one of a name. */
static bool
is_form_of(const char *source, const struct word *w, const struct word *name,
    size_t *from, size_t *to)
{
	*from = w->from;
	*to = w->to;
	if (same(name, w->text, w->len))
		return true;
	if (name->len < 3 || w->len != name->len + 1)
		return false;
	if (memcmp(w->text, name->text, name->len) == 0 &&
	    w->text[w->len - 1] == 's') {
		*to -= 1;
		if (source[*to - 1] == '\'')
			*to -= 1;
		else if (*to >= 3 &&
			 memcmp(source + *to - 3, "\xe2\x80\x99", 3) == 0)
			*to -= 3;
		else
			*to += 1;
		return true;
	}
	if (memcmp(w->text + 1, name->text, name->len) != 0)
		return false;
	if (source[w->from + 1] == '\'')
		*from += 2;
	else if (memcmp(source + w->from + 1, "\xe2\x80\x99", 3) == 0)
		*from += 4;
	else
		return false;
	return true;
}

/* Whether a word of the source is this word of a name, also with the ending
 * or the article that an apostrophe joins to it ("Ravi's", "d'Italo"), and with
 * letters spelled out in either. What of the source is the name goes to *from
 * and *to. */
static bool
is_word_of(const char *source, const struct word *w, const struct word *name,
    size_t *from, size_t *to)
{
	struct word a = *w, b = *name;

	for (int turn = 0; turn < 4; turn++) {
		bool there = ((turn & 1) == 0 || w->alt != NULL) &&
			     ((turn & 2) == 0 || name->alt != NULL);

		a.text = turn & 1 ? w->alt : w->text;
		a.len = turn & 1 ? w->alt_len : w->len;
		b.text = turn & 2 ? name->alt : name->text;
		b.len = turn & 2 ? name->alt_len : name->len;
		if (there && is_form_of(source, &a, &b, from, to))
			return true;
	}
	return false;
}

static bool
in_name(const char *source, const struct person *p, const struct word *w,
    const struct word **name, size_t *from, size_t *to)
{
	for (size_t i = 0; i < p->names.n; i++) {
		*name = &p->names.list[i];
		if (is_word_of(source, w, *name, from, to))
			return true;
	}
	return false;
}

static bool
is_near(const char *source, const struct word *a, const struct word *b)
{
	if (b->from < a->to) /* both from one run of characters */
		return true;
	return b->from - a->to <= GAP &&
	       memchr(source + a->to, '\n', b->from - a->to) == NULL;
}

/* The run of words of a name that begins at i, if it is one. */
static bool
find_name(const struct pseudonyms *all, const struct person *p,
    const char *source, const struct words *w, size_t i, struct found *f)
{
	const struct word *name;
	size_t n = 0, strong = 0, singles = 0, from = 0, to = 0;
	bool bold = false;

	for (; i + n < w->n; n++) {
		const struct word *x = &w->list[i + n];
		size_t a, b;

		if ((n > 0 && !is_near(source, x - 1, x)) ||
		    !in_name(source, p, x, &name, &a, &b))
			break;
		from = n == 0 ? a : from;
		to = b;
		if (has(&all->own, name))
			continue;
		if (is_single(name)) {
			singles++;
		} else if (letters(name) > 1 &&
			   !pseudonyms_particle(name->text)) {
			strong++;
			bold =
			    bold || letters(name) > 3 || is_capital(source, x);
		}
	}
	*f = (struct found){ from, to, p->as, n };
	return (strong > 0 && (n > 1 || bold)) || singles > 1;
}

static bool
find_mark(const struct person *p, const char *source, const struct words *w,
    size_t i, struct found *f)
{
	for (size_t k = 0; k < p->n_marks; k++) {
		const struct words *m = &p->marks[k];
		size_t n = 0, len = 0;

		while (n < m->n && i + n < w->n &&
		       same_word(&m->list[n], &w->list[i + n]) &&
		       (n == 0 || is_near(source, &w->list[i + n - 1],
				      &w->list[i + n])))
			len += m->list[n++].len;
		if (n == 0 || n < m->n || len < 3)
			continue;
		*f = (struct found){ w->list[i].from, w->list[i + n - 1].to,
			p->as, n };
		return true;
	}
	return false;
}

static bool
is_digits(const struct word *w)
{
	return strspn(w->text, "0123456789") == w->len;
}

/* Digits side by side that end as a phone number does. */
static bool
find_phone(const struct person *p, const char *source, const struct words *w,
    size_t i, struct found *f)
{
	char digits[32];
	size_t len = 0;

	for (size_t n = 0; p->phones.n > 0 && i + n < w->n; n++) {
		const struct word *x = &w->list[i + n];

		if (!is_digits(x) || len + x->len >= sizeof(digits) ||
		    (n > 0 && !is_near(source, x - 1, x)))
			break;
		memcpy(digits + len, x->text, x->len);
		len += x->len;
		for (size_t k = 0; k < p->phones.n; k++) {
			const struct word *t = &p->phones.list[k];

			if (len < t->len ||
			    memcmp(digits + len - t->len, t->text, t->len) != 0)
				continue;
			*f = (struct found){ w->list[i].from, x->to, p->as,
				n + 1 };
			return true;
		}
	}
	return false;
}

bool
pseudonym_at(const struct pseudonyms *p, const char *source,
    const struct words *w, size_t i, struct found *ret)
{
	ret->words = 0;
	for (size_t k = 0; k < p->n; k++) {
		const struct person *x = &p->people[k];
		struct found f;

		if (find_mark(x, source, w, i, &f) && f.words > ret->words)
			*ret = f;
		if (find_phone(x, source, w, i, &f) && f.words > ret->words)
			*ret = f;
		if (find_name(p, x, source, w, i, &f) && f.words > ret->words)
			*ret = f;
	}
	return ret->words > 0;
}
