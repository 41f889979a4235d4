/* SPDX-License-Identifier: ISC */
/*
 * Showing text from records. Layer: base. Invariant: whatever bytes a record
 * holds, what text_visible() writes moves no cursor, changes no colour, hides
 * nothing and reorders nothing on the terminal of the person who reads it.
 */
#include "vault/base/text.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

#include "vault/base/enc.h"

/* Longer words are no typing errors of ours. */
enum { NEAR_MAX = 48 };

/* Letters and marks that take no room or no ink, and so hide in a name. */
static bool
is_invisible(int32_t c)
{
	switch (c) {
	case 0x00ad: /* soft hyphen */
	case 0x034f: /* combining grapheme joiner */
	case 0x115f: /* Hangul fillers */
	case 0x1160:
	case 0x3164:
	case 0xffa0:
	case 0x17b4: /* Khmer inherent vowels */
	case 0x17b5:
	case 0x2800: /* blank Braille pattern */
		return true;
	default:
		return (c >= 0xfe00 && c <= 0xfe0f) ||
		       (c >= 0xe0000 && c <= 0xe0fff) ||
		       (c >= 0x180b && c <= 0x180f);
	}
}

static bool
must_escape(int32_t c)
{
	const unsigned int bad =
	    1U << UTF8PROC_CATEGORY_CC | 1U << UTF8PROC_CATEGORY_CF |
	    1U << UTF8PROC_CATEGORY_CS | 1U << UTF8PROC_CATEGORY_CO |
	    1U << UTF8PROC_CATEGORY_CN | 1U << UTF8PROC_CATEGORY_ZL |
	    1U << UTF8PROC_CATEGORY_ZP;

	return (1U << utf8proc_category(c) & bad) != 0 || is_invisible(c);
}

/* Reads one character; 0 when the bytes there are none. The library's own
 * reader is not trusted with what is well formed. */
static size_t
next_point(const char *s, size_t len, int32_t *c)
{
	utf8proc_ssize_t n = utf8proc_iterate(
	    (const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, c);

	if (n <= 0 || !enc_utf8_valid(s, (size_t)n))
		return 0;
	return (size_t)n;
}

void
text_visible(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		int32_t c = 0;

		n = next_point(s + i, len - i, &c);
		if (n == 0) {
			n = 1;
			buf_addf(out, "\\x%02x", (uint8_t)s[i]);
		} else if (c < 0x20 || c == 0x7f) {
			buf_addf(out, "\\x%02x", (unsigned int)c);
		} else if (must_escape(c)) {
			buf_addf(out, "<U+%04X>", (unsigned int)c);
		} else {
			buf_add(out, s + i, n);
		}
	}
}

size_t
text_width(const char *s, size_t len)
{
	size_t width = 0;

	for (size_t i = 0, n; i < len; i += n) {
		int32_t c = 0;
		int w;

		n = next_point(s + i, len - i, &c);
		w = n == 0 ? 1 : utf8proc_charwidth(c);
		width += w > 0 ? (size_t)w : 0;
		n += n == 0;
	}
	return width;
}

static unsigned int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)c + 32U : (unsigned char)c;
}

/* What it costs to read a as b: nothing, a half for the case, or one. */
static unsigned int
change_cost(char a, char b)
{
	if (a == b)
		return 0;
	return lower(a) == lower(b) ? 1 : 2;
}

static unsigned int
min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau-Levenshtein distance (neighbours swapped count once), in halves. */
static unsigned int
distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int row[3][NEAR_MAX + 1];
	unsigned int *two = row[0], *one = row[1], *now = row[2];

	for (size_t j = 0; j <= nb; j++)
		one[j] = two[j] = 2 * (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int *spare = two;

		now[0] = 2 * (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			now[j] = min3(one[j] + 2, now[j - 1] + 2,
			    one[j - 1] + change_cost(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) &&
			    two[j - 2] + 2 < now[j])
				now[j] = two[j - 2] + 2;
		}
		two = one;
		one = now;
		now = spare;
	}
	return one[nb];
}

const char *
text_nearest(const char *typed, const char *const *candidates)
{
	size_t n = strlen(typed);
	unsigned int best = 2 * (1 + (unsigned int)(n < 12 ? n / 4 : 3)) + 1;
	const char *found = NULL;

	if (n == 0 || n > NEAR_MAX)
		return NULL;
	for (; *candidates != NULL; candidates++) {
		size_t len = strlen(*candidates);
		unsigned int d;

		if (len > NEAR_MAX)
			continue;
		d = distance(typed, n, *candidates, len);
		/* Never offer a word that shares nothing with the typed one. */
		if (d < best && d < 2 * (n > len ? n : len)) {
			best = d;
			found = *candidates;
		}
	}
	return found;
}
