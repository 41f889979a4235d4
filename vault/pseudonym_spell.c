/* SPDX-License-Identifier: ISC */
/*
 * Letters that people spell out where they have none: "Mueller", "Soerensen",
 * "Aakesson". Layer: verbs. Invariant: a word has a second form where its own
 * letters give one, and no other; so "Michael" is not found in "Michal".
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/pseudonym_int.h"

static const struct {
	const char *letter, *spelled;
} letters[] = {
	{ "\xc3\xa4", "ae" }, /* a umlaut, */
	{ "\xc3\x84", "ae" },
	{ "a\xcc\x88", "ae" }, /* also from two characters */
	{ "A\xcc\x88", "ae" },
	{ "\xc3\xb6", "oe" }, /* o umlaut */
	{ "\xc3\x96", "oe" },
	{ "o\xcc\x88", "oe" },
	{ "O\xcc\x88", "oe" },
	{ "\xc3\xbc", "ue" }, /* u umlaut */
	{ "\xc3\x9c", "ue" },
	{ "u\xcc\x88", "ue" },
	{ "U\xcc\x88", "ue" },
	{ "\xc3\x9f", "ss" },	  /* sharp s */
	{ "\xe1\xba\x9e", "ss" }, /* the capital one */
	{ "\xc3\xb8", "oe" },	  /* o with a stroke */
	{ "\xc3\x98", "oe" },
	{ "\xc3\xa5", "aa" }, /* a with a ring */
	{ "\xc3\x85", "aa" },
	{ "a\xcc\x8a", "aa" },
	{ "A\xcc\x8a", "aa" },
	{ "\xc3\xa6", "ae" }, /* ae as one letter */
	{ "\xc3\x86", "ae" },
};

/* Which letter stands there, or -1. */
static int
letter_at(const char *s, size_t len)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		size_t n = strlen(letters[i].letter);

		if (n <= len && memcmp(s, letters[i].letter, n) == 0)
			return (int)i;
	}
	return -1;
}

/* Whether there was anything to spell out. */
static bool
spell(const char *s, size_t len, struct buf *out)
{
	bool any = false;

	for (size_t at = 0; at < len;) {
		int i = letter_at(s + at, len - at);

		if (i < 0) {
			buf_addc(out, s[at++]);
			continue;
		}
		any = true;
		buf_adds(out, letters[i].spelled);
		at += strlen(letters[i].letter);
	}
	return any;
}

/* text_word_fn: the one word of a word. */
static int
keep_one(void *arg, const struct text_word *w)
{
	struct word *to = arg;

	if (to->alt != NULL)
		return HRV_OK;
	to->alt = strndup(w->text, w->len);
	to->alt_len = w->len;
	return to->alt == NULL ? HRV_ENOMEM : 0;
}

int
pseudonym_spell(
    struct words *w, size_t first, const char *source, struct hrv_err *err)
{
	struct buf out = BUF_INIT_SECRET;
	int rc = HRV_OK;

	for (size_t i = first; rc == HRV_OK && i < w->n; i++) {
		struct word *x = &w->list[i];

		buf_reset(&out);
		if (!spell(source + x->from, x->to - x->from, &out))
			continue;
		rc = buf_ok(&out, err);
		if (rc == HRV_OK)
			rc = text_words(
			    buf_str(&out), out.len, keep_one, x, err);
		if (rc == HRV_ENOMEM)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	buf_clear(&out);
	return rc;
}
