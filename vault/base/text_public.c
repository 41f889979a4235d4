/* SPDX-License-Identifier: ISC */
/*
 * Public face of vault/base/text.h for programs above. Layer: base.
 * Invariant: JSON text keeps its value, only its spelling changes.
 */
#include "hrvault/text.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/text.h"

/* The buffer's text as one of its own, or NULL; clears the buffer. */
static char *
take(struct buf *b)
{
	char *text = b->failed ? NULL : strdup(buf_str(b));

	buf_clear(b);
	return text;
}

char *
hrv_text_visible(const char *text)
{
	struct buf b = BUF_INIT_SECRET;

	text_visible(&b, text, strlen(text));
	return take(&b);
}

/* Length of the UTF-8 character that begins with this byte. */
static size_t
char_len(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* One character of JSON text: as it is, or as \u escapes of its UTF-16. */
static void
add_json_char(struct buf *out, const char *s, size_t n)
{
	struct buf shown = BUF_INIT_SECRET;
	unsigned long c;

	text_visible(&shown, s, n);
	if (n == 1 && *s == 0x7f) {
		buf_adds(out, "\\u007f");
	} else if (strncmp(buf_str(&shown), "<U+", 3) != 0) {
		buf_add(out, s, n);
	} else {
		c = strtoul(buf_str(&shown) + 3, NULL, 16);
		if (c > 0xffff)
			buf_addf(out, "\\u%04lx\\u%04lx",
			    0xd800 + ((c - 0x10000) >> 10),
			    0xdc00 + ((c - 0x10000) & 0x3ff));
		else
			buf_addf(out, "\\u%04lx", c);
	}
	out->failed = out->failed || shown.failed;
	buf_clear(&shown);
}

char *
hrv_text_json(const char *json)
{
	struct buf b = BUF_INIT_SECRET;
	size_t len = strlen(json);

	for (size_t i = 0, n; i < len; i += n) {
		const unsigned char c = (unsigned char)json[i];

		n = char_len(c);
		if (n > len - i)
			n = len - i;
		/* '<' shows itself and would look like an escape. */
		if (c < 0x7f)
			buf_addc(&b, c);
		else
			add_json_char(&b, json + i, n);
	}
	return take(&b);
}

void
hrv_text_free(char *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}

size_t
hrv_text_width(const char *text, size_t len)
{
	return text_width(text, len);
}

const char *
hrv_text_nearest(const char *typed, const char *const *candidates)
{
	return text_nearest(typed, candidates);
}
