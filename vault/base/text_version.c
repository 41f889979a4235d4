/* SPDX-License-Identifier: ISC */
/*
 * Versions of texts that people were shown: consents, notices. Layer: base.
 * Invariant: they stand in the clear for ever, so they are short technical
 * names, and any two of them have an order that does not depend on a locale.
 */
#include <string.h>

#include "vault/base/text.h"

int
text_version_check(const char *version, const char *of, struct hrv_err *err)
{
	size_t n = strspn(version, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789._-");

	if (n > 0 && version[n] == '\0' && n < TEXT_VERSION_SIZE)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "the version of the %s is no version", of);
	return hrv_hint(err,
	    "letters, digits, dots and dashes, at most %d: "
	    "for example 2026.1",
	    TEXT_VERSION_SIZE - 1);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A run of digits as a number: without leading zeros the longer one is the
 * greater. Moves both texts behind it. */
static int
cmp_number(const char **a, const char **b)
{
	size_t na = 0, nb = 0;
	int d;

	while (**a == '0' && is_digit((*a)[1]))
		++*a;
	while (**b == '0' && is_digit((*b)[1]))
		++*b;
	while (is_digit((*a)[na]))
		na++;
	while (is_digit((*b)[nb]))
		nb++;
	d = na == nb ? memcmp(*a, *b, na) : na < nb ? -1 : 1;
	*a += na;
	*b += nb;
	return d;
}

int
text_version_cmp(const char *a, const char *b)
{
	int d = 0;

	while (d == 0 && *a != '\0' && *b != '\0') {
		if (is_digit(*a) && is_digit(*b))
			d = cmp_number(&a, &b);
		else
			d = (unsigned char)*a++ - (unsigned char)*b++;
	}
	return d != 0 ? d : (*a != '\0') - (*b != '\0');
}
