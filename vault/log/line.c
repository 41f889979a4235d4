/* SPDX-License-Identifier: ISC */
/*
 * Lines, words and numbers of the log's texts. Layer: log. Invariant: each
 * call stays within the bytes it was given, which may hold anything.
 */
#include "vault/log/line.h"

#include <string.h>

bool
line_next(struct line_reader *in, struct line *ret)
{
	size_t left = (size_t)(in->end - in->at);
	const char *nl = left == 0 ? NULL : memchr(in->at, '\n', left);

	if (nl == NULL)
		return false;
	ret->at = in->at;
	ret->len = (size_t)(nl - in->at);
	in->at = nl + 1;
	return true;
}

bool
line_word(struct line *l, struct line *ret)
{
	const char *sp;

	if (l->at == NULL)
		return false;
	ret->at = l->at;
	sp = l->len == 0 ? NULL : memchr(l->at, ' ', l->len);
	if (sp == NULL) {
		ret->len = l->len;
		l->at = NULL;
		l->len = 0;
		return true;
	}
	ret->len = (size_t)(sp - l->at);
	l->len -= ret->len + 1;
	l->at = sp + 1;
	return true;
}

bool
line_u64(const char *text, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (len == 0 || len > 20 || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit;

		if (text[i] < '0' || text[i] > '9')
			return false;
		digit = (uint64_t)(text[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

bool
line_is(const struct line *l, const char *word)
{
	return l->len == strlen(word) && memcmp(l->at, word, l->len) == 0;
}
