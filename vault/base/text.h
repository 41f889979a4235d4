/* SPDX-License-Identifier: ISC */
/*
 * What people write about people: checked, folded for the blind index, and
 * shown without letting it play tricks on a terminal. Nothing here keeps a
 * value; working memory is wiped before it is given back. Layer: base.
 *
 * Folding of names (docs/formats/blind-index.md). NFKC and full case folding;
 * default-ignorable characters and accents go; letters that carry a stroke, a
 * hook or a ligature become their base letters (o-slash o, l-stroke l, ae, oe,
 * th for thorn, d for eth, i for dotless i). Kept are the marks that are
 * letters and no accents: vowel signs and viramas of Indic and South-East
 * Asian scripts and the voicing marks of kana; without them whole families of
 * names would fall together.
 *
 * Words of a name. A word is a run of letters, digits and kept marks; every
 * other run of characters separates, so that a double-barrelled name is two
 * words. An apostrophe of any shape, a middle dot or a tatweel inside a name
 * is dropped without separating: "O'Brien", the same with a curly apostrophe
 * and "OBrien" are the one word "obrien". Each Han character and each Hangul
 * syllable is a word of its own, because such names are written without blanks
 * and are looked for by the family name alone.
 */
#ifndef VAULT_BASE_TEXT_H
#define VAULT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/err.h"
#include "vault/base/buf.h"

/* What a text is. The first four are fields of the blind index. */
enum text_field {
	TEXT_NUMBER, /* a number the employer gave: at most 64 characters */
	TEXT_EMAIL,  /* at most 254 characters, something@something */
	TEXT_PHONE,  /* at most 64 characters, three digits or more */
	TEXT_NAME,   /* at most 1,000 characters */
	TEXT_TITLE,  /* of a record, source, matter: at most 1,000 characters */
	TEXT_REASON  /* typed reasons and notes: at most 10,000 characters */
};

/* Gets one token; returns 0 to go on, anything else ends the walk. */
typedef int text_token_fn(void *arg, const char *token, size_t len);

/* "number", "e-mail address", "phone number", "name", "title", "reason":
 * for messages. Static. */
const char *text_field_label(enum text_field field);

/* Is this a text that may be stored in this field: well-formed UTF-8 without
 * NUL, not only blanks, within the limit of characters, of the right shape?
 * HRV_EUSAGE with a message that names the field and never the value. */
int text_check_field(enum text_field field, const char *value, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;

#define TEXT_VERSION_SIZE 33 /* of a version, with its NUL */

/* Whether this is the version of a text people were shown (1 to 32 letters,
 * digits, dots and dashes). HRV_EUSAGE; `of` is what the text is, for the
 * message: "privacy notice". */
int text_version_check(
    const char *version, const char *of, struct hrv_err *err) HRV_MUST_CHECK;
/* Below, at or above 0 as a is older than b, the same, or newer: runs of digits
 * compare as numbers, all else byte by byte, and what begins another is the
 * older one. */
int text_version_cmp(const char *a, const char *b);

/* Appends the one form under which equal values of a field are equal:
 * a number: NFKC, case folded, any dash as '-', no blanks;
 * an e-mail address: NFKC, case folded, no blanks around it, tags kept;
 * a phone number: '+' and ASCII digits, a leading 00 read as '+', "(0)" after
 * a country code and everything from an extension ("ext", "x", "#") on left
 * out; a name: its words joined by one blank; other fields as a name.
 * The value need not have passed text_check_field(); a byte that is not UTF-8
 * is HRV_EUSAGE. An empty result is no error. Adds nothing on an error. */
int text_normalise(enum text_field field, const char *value, size_t len,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/* Calls fn with each token of a value, each distinct one once: the words of a
 * name, or the whole normalised value of another field. A value of which
 * nothing is left has no tokens. Returns 0, an error, or what fn returned. A
 * token is valid only during the call. */
int text_tokens(enum text_field field, const char *value, size_t len,
    text_token_fn *fn, void *arg, struct hrv_err *err) HRV_MUST_CHECK;

/* Calls fn with the digits that a phone number has however it is dialled: in
 * its country, from abroad, with or without the zero of the one or the code of
 * the other. Of digits that may begin with a country's code, but do not say so,
 * both readings. A number may share these digits with one of another country.
 * Returns as text_tokens(). */
int text_phone_forms(const char *value, size_t len, text_token_fn *fn,
    void *arg, struct hrv_err *err) HRV_MUST_CHECK;

/* A word of a name or any other text, folded, and the bytes of the text that
 * it stands in. */
struct text_word {
	const char *text;
	size_t len;
	size_t from, to;
};
/* Gets one word, valid during the call; 0 to go on, anything else ends it. */
typedef int text_word_fn(void *arg, const struct text_word *w);
/* Calls fn with each word of a text in turn, folded as text_tokens() folds the
 * words of a name, also those that came before. HRV_EUSAGE for bytes that are
 * not UTF-8. Returns 0, an error, or what fn returned. */
int text_words(const char *s, size_t len, text_word_fn *fn, void *arg,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Does a stored value answer a query: is every token of the query a token of
 * the value (and is there one)? Confirms a hit of the blind index. False also
 * when either text is not UTF-8 or memory is short. */
bool text_matches(enum text_field field, const char *value, const char *query);

/* Appends s so that it shows what it is: control characters and bytes that
 * are not UTF-8 as \x1b; bidi controls, zero-width and other invisible
 * characters, line and paragraph separators, private and unassigned code
 * points as <U+202E>. A backslash stays as it is. Always one line. */
void text_visible(struct buf *out, const char *s, size_t len);

/* Columns that well-formed text takes on a terminal: wide characters two,
 * combining ones none. What text_visible() wrote is measured rightly. */
size_t text_width(const char *s, size_t len);

/* The candidate nearest to what was typed (letters left out, added, changed
 * or swapped; case counts half), or NULL when none is near enough to be worth
 * a "did you mean". candidates ends with NULL; borrowed from there. */
const char *text_nearest(const char *typed, const char *const *candidates);

#endif
