/* SPDX-License-Identifier: ISC */
/*
 * Phone numbers however they are dialled. Layer: base. Pure.
 */
#include "vault/base/text.h"

#include <string.h>

#define ABROAD_MIN 11 /* digits; shorter ones have no country in front */

/* How many digits the code of the country has that a number begins with: the
 * codes of ITU-T E.164 are one digit, or one of these two, or three. */
static size_t
country_len(const char *digits)
{
	static const char *const two[] = { "20", "27", "30", "31", "32", "33",
		"34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
		"48", "49", "51", "52", "53", "54", "55", "56", "57", "58",
		"60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
		"86", "90", "91", "92", "93", "94", "95", "98" };

	if (digits[0] == '1' || digits[0] == '7')
		return 1;
	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++) {
		if (strncmp(digits, two[i], 2) == 0)
			return 2;
	}
	return 3;
}

/* Behind the country's code, and the zero that is dialled without one. */
static const char *
inland(const char *digits, bool with_country)
{
	size_t n = with_country ? country_len(digits) : 0;

	if (n < strlen(digits))
		digits += n;
	while (digits[0] == '0' && digits[1] != '\0')
		digits++;
	return digits;
}

int
text_phone_forms(const char *value, size_t len, text_token_fn *fn, void *arg,
    struct hrv_err *err)
{
	struct buf b = BUF_INIT_SECRET;
	const char *at;
	int rc = text_normalise(TEXT_PHONE, value, len, &b, err);

	if (rc == 0 && b.len > 0) {
		bool plus = buf_str(&b)[0] == '+';
		const char *digits = buf_str(&b) + (plus ? 1 : 0);

		at = inland(digits, plus);
		if (at[0] != '\0')
			rc = fn(arg, at, strlen(at));
		/* "44 20 ..." as tables have it that lost their signs. */
		if (rc == 0 && !plus && digits[0] != '0' &&
		    strlen(digits) >= ABROAD_MIN) {
			at = inland(digits, true);
			rc = fn(arg, at, strlen(at));
		}
	}
	buf_clear(&b);
	return rc;
}
