/* SPDX-License-Identifier: ISC */
/*
 * Hex, base64 and UTF-8, all strict: two spellings of one value would let a
 * signed text be changed without its meaning changing. Layer: base.
 */
#include "vault/base/enc.h"

#include <string.h>

static const char b64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
enc_hex(struct buf *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		buf_addc(out, digits[p[i] >> 4]);
		buf_addc(out, digits[p[i] & 15]);
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
enc_unhex(const char *text, size_t text_len, uint8_t *out, size_t len)
{
	if (text_len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int hi = hex_value(text[2 * i]);
		int lo = hex_value(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

void
enc_b64(struct buf *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i;
		uint32_t v = (uint32_t)p[i] << 16;

		if (n > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			v |= p[i + 2];
		buf_addc(out, b64_digits[v >> 18]);
		buf_addc(out, b64_digits[v >> 12 & 63]);
		buf_addc(out, n > 1 ? b64_digits[v >> 6 & 63] : '=');
		buf_addc(out, n > 2 ? b64_digits[v & 63] : '=');
	}
}

static int
b64_value(char c)
{
	const char *at = c == '\0' ? NULL : strchr(b64_digits, c);

	return at == NULL ? -1 : (int)(at - b64_digits);
}

/* Decodes one group of four; returns the number of bytes (1-3) or 0. */
static size_t
unb64_group(const char *text, bool last, uint8_t out[3])
{
	uint32_t v = 0;
	size_t n = 3;

	if (last && text[3] == '=')
		n = text[2] == '=' ? 1 : 2;
	for (size_t i = 0; i < 4; i++) {
		int digit = i <= n ? b64_value(text[i]) : 0;

		if (digit < 0)
			return 0;
		v = v << 6 | (uint32_t)digit;
	}
	if ((n == 1 && (v & 0xffff) != 0) || (n == 2 && (v & 0xff) != 0))
		return 0;
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	return n;
}

bool
enc_unb64(const char *text, size_t text_len, struct buf *out)
{
	if (text_len % 4 != 0)
		return false;
	for (size_t i = 0; i < text_len; i += 4) {
		uint8_t group[3];
		size_t n = unb64_group(text + i, i + 4 == text_len, group);

		if (n == 0)
			return false;
		buf_add(out, group, n);
	}
	return !out->failed;
}

bool
enc_unb64_fixed(const char *text, size_t text_len, uint8_t *out, size_t len)
{
	struct buf tmp = BUF_INIT_SECRET;
	bool ok = false;

	if (enc_unb64(text, text_len, &tmp) && tmp.len == len) {
		if (len > 0)
			memcpy(out, tmp.data, len);
		ok = true;
	}
	buf_clear(&tmp);
	return ok;
}

/* Length of the well-formed sequence at p, or 0. */
static size_t
utf8_sequence(const uint8_t *p, size_t left)
{
	size_t n;
	uint32_t min, v;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		n = 2, min = 0x80, v = p[0] & 0x1fu;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		n = 3, min = 0x800, v = p[0] & 0x0fu;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		n = 4, min = 0x10000, v = p[0] & 0x07u;
	} else {
		return 0;
	}
	if (left < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fu);
	}
	if (v < min || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	return n;
}

bool
enc_utf8_valid(const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_sequence(p + i, len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}
