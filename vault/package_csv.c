/* SPDX-License-Identifier: ISC */
/*
 * records.csv of a package. Layer: verbs. Invariant: no program for tables
 * finds a formula in it, whichever character it takes to divide cells: what
 * begins a piece of a cell as a formula begins has an apostrophe before it.
 */
#include <string.h>

#include "vault/package.h"

/* What a character means to a program that takes a cell to pieces. */
enum meaning {
	PLAIN,
	DIVIDES, /* a cell or a line may end here */
	PASSED,	 /* trimmed, or a quote: what follows begins the cell still */
	BLANK,	 /* divides for some, and is all over a sentence */
	FORMULA
};

static enum meaning
meaning_of(uint32_t c)
{
	/* Full-width and small forms are made plain by some on the way. */
	static const uint32_t formulas[] = { '=', '+', '-', '@', 0x2212, 0xfe62,
		0xfe63, 0xfe66, 0xfe6b, 0xff0b, 0xff0d, 0xff1d, 0xff20 };
	static const uint32_t divides[] = { ',', ';', '|', '\t', '\n', '\v',
		'\f', '\r', 0x85, 0x2028, 0x2029, 0xff0c, 0xff1b };

	for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
		if (c == formulas[i])
			return FORMULA;
	}
	for (size_t i = 0; i < sizeof(divides) / sizeof(divides[0]); i++) {
		if (c == divides[i])
			return DIVIDES;
	}
	if (c == ' ' || c == 0xa0 || c == 0x3000)
		return BLANK;
	if (c < ' ' || c == 0x7f || c == '"' || c == 0xfeff || c == 0xad ||
	    (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
	    (c >= 0x205f && c <= 0x206f))
		return PASSED;
	return PLAIN;
}

/* One character of well-formed UTF-8; its bytes. */
static size_t
next_char(const char *text, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0xc0 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	*ret = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return i;
		*ret = *ret << 6 | (p[i] & 0x3fu);
	}
	return n;
}

/* Where a piece of a cell could begin. */
enum place { INSIDE, AFTER_BLANK, BEGIN };

static enum place
next_place(enum place before, enum meaning m)
{
	if (m == DIVIDES)
		return BEGIN;
	if (m == PASSED)
		return before;
	if (m == BLANK)
		return before == BEGIN ? BEGIN : AFTER_BLANK;
	return INSIDE;
}

/* A dash between words is no formula; one before a word or a number is. */
static bool
is_armed(enum place at, const char *after)
{
	return at == BEGIN ||
	       (at == AFTER_BLANK && *after != '\0' && *after != ' ');
}

void
package_csv_cell(struct buf *out, const char *text)
{
	const char *end = text + strlen(text);
	struct buf cell = BUF_INIT_SECRET;
	enum place at = BEGIN;
	bool changed = *text == '\t' || *text == '\r';

	if (changed)
		buf_addc(&cell, '\'');
	while (text < end) {
		uint32_t c = 0;
		size_t n = next_char(text, &c);
		enum meaning m = meaning_of(c);

		if (m == FORMULA && is_armed(at, text + n)) {
			buf_addc(&cell, '\'');
			changed = true;
		}
		if (c == '"')
			buf_addc(&cell, '"');
		buf_add(&cell, text, n);
		at = next_place(at, m);
		text += n;
	}
	changed = changed || strpbrk(buf_str(&cell), ",;|\"\t\r\n") != NULL;
	buf_addf(out, "%s%s%s", changed ? "\"" : "", buf_str(&cell),
	    changed ? "\"" : "");
	buf_clear(&cell);
}

static void
add_value(struct buf *out, const json_t *value)
{
	size_t i;
	json_t *member;

	if (json_is_string(value)) {
		package_csv_cell(out, json_string_value(value));
	} else if (json_is_integer(value)) {
		buf_addf(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_array(value)) {
		struct buf list = BUF_INIT_SECRET;

		json_array_foreach(value, i, member)
		{
			buf_adds(&list, i > 0 ? "; " : "");
			buf_adds(&list, json_string_value(member));
		}
		package_csv_cell(out, buf_str(&list));
		buf_clear(&list);
	}
}

int
package_csv_text(const struct package *p, struct buf *out, struct hrv_err *err)
{
	static const char *const keys[] = { "record", "version", "class",
		"class_title", "title", "created", "disposition", "code",
		"reason", "file", "sha256", "bytes", "purpose", "legal_basis",
		"source", "provided_by", "recipients", "keep_until",
		"statement_on" };
	const size_t n = sizeof(keys) / sizeof(keys[0]);

	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", keys[i]);
	buf_addc(out, '\n');
	for (size_t r = 0; r < p->n; r++) {
		for (size_t i = 0; i < n; i++) {
			json_t *value =
			    json_object_get(p->items[r].row, keys[i]);

			if (value == NULL)
				value =
				    json_object_get(p->items[r].more, keys[i]);
			if (i > 0)
				buf_addc(out, ',');
			add_value(out, value);
		}
		buf_addc(out, '\n');
	}
	return buf_ok(out, err);
}
