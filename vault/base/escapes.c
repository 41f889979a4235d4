/* SPDX-License-Identifier: ISC */
/*
 * Letters that are written otherwise. Layer: base.
 */
#include "vault/base/escapes.h"

#include <string.h>

#define REFERENCE_MAX 32 /* of a name between & and ; */
#define BASE64_MIN 60	 /* characters of a line of it, which has 64 or 76 */

/* What stands there; past the end a NUL. */
struct place {
	const char *s;
	size_t len;
};

static char
at(const struct place *p, size_t i)
{
	return i < p->len ? p->s[i] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
hex(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Two digits that stand for a letter, a blank, or a byte of other scripts:
 * what "50%" and "x=10" are followed by mostly stands for none. */
static bool
is_byte(const struct place *p, size_t i)
{
	int a = hex(at(p, i)), b = hex(at(p, i + 1)), c = a * 16 + b;

	return a >= 0 && b >= 0 &&
	       (c >= 0x80 || is_letter((char)c) || c == ' ' || c == '=');
}

/* "=C5", "=?utf-8?", or "=" at the end of a line that goes on. */
static bool
is_quoted(const struct place *p, char before)
{
	char c = at(p, 1);

	if (is_byte(p, 1) || (c == '?' && is_letter(at(p, 2))))
		return true;
	return (c == '\n' || (c == '\r' && at(p, 2) == '\n')) &&
	       before != '=' && before != ' ' && before != '\n' &&
	       before != '\0';
}

static bool
is_reference(const struct place *p)
{
	size_t n = at(p, 1) == '#' ? 2 : 1, from = n;

	while (n < REFERENCE_MAX && (is_letter(at(p, n)) || is_digit(at(p, n))))
		n++;
	return at(p, n) == ';' && n > from + (from == 1);
}

/* What is not ASCII is taken for a letter. */
static bool
is_tag(const struct place *p, char before)
{
	char c = at(p, 1);

	return (is_letter(before) || (before & 0x80) != 0) &&
	       (is_letter(c) || c == '/' || c == '!');
}

static bool
is_backslash(const struct place *p)
{
	size_t n = 2;

	switch (at(p, 1)) {
	case 'u':
	case 'U':
		if (at(p, 2) == '{')
			return hex(at(p, 3)) >= 0;
		while (n < 6 && hex(at(p, n)) >= 0)
			n++;
		return n == 6;
	case 'x':
	case '\'':
		return hex(at(p, 2)) >= 0 && hex(at(p, 3)) >= 0;
	default:
		return false;
	}
}

/* A run of capitals, small letters and digits that is longer than a word. */
static bool
is_base64(const struct place *p)
{
	bool small = false, capital = false, digit = false;
	size_t n = 0;

	for (; n < BASE64_MIN; n++) {
		char c = at(p, n);

		small = small || (c >= 'a' && c <= 'z');
		capital = capital || (c >= 'A' && c <= 'Z');
		digit = digit || is_digit(c);
		if (!is_letter(c) && !is_digit(c) && c != '+' && c != '/')
			return false;
	}
	return small && capital && digit;
}

bool
escapes_any(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct place p = { s + i, len - i };
		char before = i == 0 ? '\0' : s[i - 1];
		bool found = false;

		if (s[i] == '=')
			found = is_quoted(&p, before);
		else if (s[i] == '&')
			found = is_reference(&p);
		else if (s[i] == '<')
			found = is_tag(&p, before);
		else if (s[i] == '%')
			found = is_byte(&p, 1);
		else if (s[i] == '\\')
			found = is_backslash(&p);
		else if (before == '\0' || before == '\n')
			found = is_base64(&p);
		if (found)
			return true;
	}
	return false;
}
