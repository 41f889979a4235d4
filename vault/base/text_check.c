/* SPDX-License-Identifier: ISC */
/*
 * What may be stored in a field that describes a person. Layer: base.
 * Invariant: a message says which field is wrong and how, and never a part of
 * the value, because it ends up on a screen, in a mail or in a journal.
 */
#include "vault/base/text.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

#include "vault/base/enc.h"

struct limits {
	const char *label;
	size_t max_chars;
};

static const struct limits fields[] = {
	[TEXT_NUMBER] = { "number", 64 },
	[TEXT_EMAIL] = { "e-mail address", 254 },
	[TEXT_PHONE] = { "phone number", 64 },
	[TEXT_NAME] = { "name", 1000 },
	[TEXT_TITLE] = { "title", 1000 },
	[TEXT_REASON] = { "reason", 10000 },
};

const char *
text_field_label(enum text_field field)
{
	return fields[field].label;
}

static bool
is_digit(int32_t c)
{
	return utf8proc_category(c) == UTF8PROC_CATEGORY_ND;
}

/* Blanks, controls and what is not seen do not make a value. */
static bool
is_inked(int32_t c)
{
	const unsigned int none =
	    1U << UTF8PROC_CATEGORY_ZS | 1U << UTF8PROC_CATEGORY_ZL |
	    1U << UTF8PROC_CATEGORY_ZP | 1U << UTF8PROC_CATEGORY_CC |
	    1U << UTF8PROC_CATEGORY_CF;

	return (1U << utf8proc_category(c) & none) == 0;
}

/* Characters of well-formed text that fit. */
static size_t
count(const char *value, size_t len, bool (*fits)(int32_t))
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		int32_t c;
		utf8proc_ssize_t step =
		    utf8proc_iterate((const utf8proc_uint8_t *)value + i,
			(utf8proc_ssize_t)(len - i), &c);

		n += fits == NULL || fits(c);
		i += step > 0 ? (size_t)step : 1;
	}
	return n;
}

/* What well-formed text of a field must have besides characters. */
static int
check_shape(
    enum text_field field, const char *value, size_t len, struct hrv_err *err)
{
	const char *at = memchr(value, '@', len);

	if (field == TEXT_EMAIL &&
	    (at == NULL || at == value || at + 1 == value + len))
		return hrv_fail(err, HRV_EUSAGE,
		    "the e-mail address has no name or no domain around an @");
	if (field == TEXT_PHONE && count(value, len, is_digit) < 3)
		return hrv_fail(err, HRV_EUSAGE,
		    "the phone number has fewer than three digits");
	return 0;
}

int
text_check_field(
    enum text_field field, const char *value, size_t len, struct hrv_err *err)
{
	const struct limits *f = &fields[field];
	size_t chars;

	if (len > 0 && memchr(value, '\0', len) != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the %s has a NUL character in it", f->label);
	if (!enc_utf8_valid(value, len))
		return hrv_fail(
		    err, HRV_EUSAGE, "the %s is not valid UTF-8", f->label);
	chars = count(value, len, NULL);
	if (chars > f->max_chars)
		return hrv_fail(err, HRV_EUSAGE,
		    "the %s has %zu characters; at most %zu are allowed",
		    f->label, chars, f->max_chars);
	if (count(value, len, is_inked) == 0)
		return hrv_fail(err, HRV_EUSAGE, "the %s is empty", f->label);
	return check_shape(field, value, len, err);
}
