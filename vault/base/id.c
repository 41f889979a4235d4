/* SPDX-License-Identifier: ISC */
/*
 * Opaque ids in Crockford base32: 128 bits in 26 characters, the two spare
 * bits at the end always zero so that an id has one spelling. Layer: base.
 */
#include "vault/base/id.h"

#include <string.h>

#define ID_DIGITS 26

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
id_format(const struct hrv_id *id, char out[ID_TEXT_SIZE])
{
	uint32_t bits = 0;
	unsigned have = 0;
	char *p = out;

	*p++ = id->kind;
	*p++ = '-';
	for (size_t i = 0; i < ID_BYTES; i++) {
		bits = bits << 8 | id->b[i];
		have += 8;
		while (have >= 5) {
			have -= 5;
			*p++ = digits[bits >> have & 31];
		}
	}
	*p++ = digits[bits << (5 - have) & 31];
	*p = '\0';
}

static int
digit_value(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* Packs 26 base32 values into 16 bytes; the last two bits are dropped. */
static void
pack(const uint8_t values[ID_DIGITS], uint8_t out[ID_BYTES])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (size_t i = 0; i < ID_DIGITS; i++) {
		bits = bits << 5 | values[i];
		have += 5;
		if (have >= 8 && n < ID_BYTES) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
}

static bool
kind_matches(const char *text, char kind)
{
	return (text[0] == kind || text[0] == kind - 'A' + 'a') &&
	       text[1] == '-';
}

int
id_parse_prefix(const char *text, char kind, struct hrv_id *ret_first,
    struct hrv_id *ret_last, struct hrv_err *err)
{
	uint8_t low[ID_DIGITS], high[ID_DIGITS];
	size_t n;

	memset(low, 0, sizeof(low));
	memset(high, 31, sizeof(high));
	if (!kind_matches(text, kind))
		return hrv_fail(err, HRV_EUSAGE,
		    "an id that begins with %c- was expected here", kind);
	for (n = 0; text[n + 2] != '\0'; n++) {
		int v = n < ID_DIGITS ? digit_value(text[n + 2]) : -1;

		if (v < 0)
			return hrv_fail(err, HRV_EUSAGE,
			    "this is not an id: %c- takes up to %d letters "
			    "and digits",
			    kind, ID_DIGITS);
		low[n] = high[n] = (uint8_t)v;
	}
	if (n < ID_PREFIX_MIN)
		return hrv_fail(err, HRV_EUSAGE,
		    "an id needs at least %d characters after %c-",
		    ID_PREFIX_MIN, kind);
	if (n == ID_DIGITS && (low[n - 1] & 3) != 0)
		return hrv_fail(err, HRV_EUSAGE, "this is not an id");
	ret_first->kind = ret_last->kind = kind;
	pack(low, ret_first->b);
	pack(high, ret_last->b);
	return HRV_OK;
}

bool
id_parse(const char *text, char kind, struct hrv_id *ret)
{
	struct hrv_id first, last;

	if (strlen(text) != ID_TEXT_LEN ||
	    id_parse_prefix(text, kind, &first, &last, NULL) != HRV_OK)
		return false;
	*ret = first;
	return true;
}

bool
id_equal(const struct hrv_id *a, const struct hrv_id *b)
{
	return a->kind == b->kind && memcmp(a->b, b->b, ID_BYTES) == 0;
}
