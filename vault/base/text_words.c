/* SPDX-License-Identifier: ISC */
/*
 * Words of a text with the places they stand in. Layer: base. Invariant: a
 * word here is folded by the same function as a word of the blind index.
 */
#include "vault/base/text.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

/* What a character does to the word it stands in. */
enum role {
	SEPARATES,
	JOINS, /* accents, apostrophes, invisible ones: part of a word */
	SPELLS,
	ALONE /* Han, Hangul: a word of its own */
};

static enum role
ascii_role(int32_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'))
		return SPELLS;
	return c == '\'' || c == '`' ? JOINS : SEPARATES;
}

/* Asked of the folding itself, so that both always agree. */
static int
role_of(
    int32_t c, const char *at, size_t len, enum role *ret, struct hrv_err *err)
{
	struct buf out = BUF_INIT;
	char around[8];
	int rc;

	if (c < 0x80) {
		*ret = ascii_role(c);
		return 0;
	}
	around[0] = 'a';
	memcpy(around + 1, at, len);
	around[len + 1] = 'a';
	rc = text_normalise(TEXT_NAME, around, len + 2, &out, err);
	if (rc == 0 && out.len == 2)
		*ret = JOINS;
	else if (rc == 0 && memchr(out.data, ' ', out.len) == NULL)
		*ret = SPELLS;
	else if (rc == 0)
		*ret = out.len == 3 ? SEPARATES : ALONE;
	buf_clear(&out);
	return rc;
}

/* Hands on each folded word of a run of characters; all have its place. */
static int
hand_on(const char *s, size_t from, size_t to, text_word_fn *fn, void *arg,
    struct hrv_err *err)
{
	struct buf out = BUF_INIT_SECRET;
	struct text_word w = { .from = from, .to = to };
	int rc = text_normalise(TEXT_NAME, s + from, to - from, &out, err);

	for (size_t i = 0, n; rc == 0 && i < out.len; i += n + 1) {
		const uint8_t *sp = memchr(out.data + i, ' ', out.len - i);

		n = (sp == NULL ? out.len : (size_t)(sp - out.data)) - i;
		w.text = (const char *)out.data + i;
		w.len = n;
		rc = fn(arg, &w);
	}
	buf_clear(&out);
	return rc;
}

int
text_words(
    const char *s, size_t len, text_word_fn *fn, void *arg, struct hrv_err *err)
{
	size_t start = 0, end = 0; /* the word at hand; empty: none */
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < len;) {
		enum role role = SEPARATES;
		int32_t c;
		utf8proc_ssize_t n =
		    utf8proc_iterate((const utf8proc_uint8_t *)s + i,
			(utf8proc_ssize_t)(len - i), &c);

		if (n <= 0)
			return hrv_fail(
			    err, HRV_EUSAGE, "the text is not valid UTF-8");
		rc = role_of(c, s + i, (size_t)n, &role, err);
		/* What joins nothing so far only separates. */
		if (rc == 0 && end > start &&
		    (role == SEPARATES || role == ALONE)) {
			rc = hand_on(s, start, end, fn, arg, err);
			start = end = 0;
		}
		if (rc == 0 && role == ALONE)
			rc = hand_on(s, i, i + (size_t)n, fn, arg, err);
		if (role == SPELLS && end == start)
			start = i;
		if (role == SPELLS || (role == JOINS && end > start))
			end = i + (size_t)n;
		i += (size_t)n;
	}
	return rc == 0 && end > start ? hand_on(s, start, end, fn, arg, err)
				      : rc;
}
