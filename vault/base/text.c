/* SPDX-License-Identifier: ISC */
/*
 * Folding of identifying text for the blind index, and the checks on it.
 * Layer: base. Invariant: one person's name folds to the same tokens however
 * it was typed, on every machine and in every version, because the tokens
 * are what the index was built from; and no copy of a value outlives a call.
 */
#include "vault/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "vault/base/enc.h"

/* Decomposed code points of one value. */
struct points {
	int32_t *at;
	size_t n;
	size_t cap;
};

/* Letters that Unicode does not decompose but readers do. All are lower case:
 * the table is asked after case folding. */
static const struct {
	int32_t from;
	char to[3];
} bases[] = {
	/* clang-format off */
	{ 0x00e6, "ae" }, { 0x00f0, "d" }, { 0x00f8, "o" }, { 0x00fe, "th" },
	{ 0x0111, "d" }, { 0x0127, "h" }, { 0x0131, "i" }, { 0x0138, "k" },
	{ 0x0142, "l" }, { 0x014b, "n" }, { 0x0153, "oe" }, { 0x0167, "t" },
	{ 0x0180, "b" }, { 0x0188, "c" }, { 0x018c, "d" }, { 0x0192, "f" },
	{ 0x0199, "k" }, { 0x019a, "l" }, { 0x019e, "n" }, { 0x01a5, "p" },
	{ 0x01ad, "t" }, { 0x01b4, "y" }, { 0x01b6, "z" }, { 0x01e5, "g" },
	{ 0x0225, "z" }, { 0x0237, "j" }, { 0x023c, "c" }, { 0x0247, "e" },
	{ 0x0249, "j" }, { 0x024d, "r" }, { 0x024f, "y" }, { 0x0253, "b" },
	{ 0x0256, "d" }, { 0x0257, "d" }, { 0x0260, "g" }, { 0x0268, "i" },
	{ 0x026b, "l" }, { 0x0272, "n" }, { 0x0289, "u" }, { 0x1d7c, "i" },
	{ 0x2c61, "l" }, { 0x2c65, "a" }, { 0x2c66, "t" },
	/* clang-format on */
};

/* The zero of each run of ten decimal digits that NFKC leaves alone. */
static const int32_t zeros[] = { 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66,
	0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0,
	0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* General categories as a set of bits. */
#define CAT(name) (1U << UTF8PROC_CATEGORY_##name)

static bool
is_in(int32_t c, unsigned int categories)
{
	return (1U << utf8proc_category(c) & categories) != 0;
}

static void
points_clear(struct points *p)
{
	if (p->at != NULL)
		explicit_bzero(p->at, p->cap * sizeof(*p->at));
	free(p->at);
	p->at = NULL;
	p->n = p->cap = 0;
}

/* NFKD, case folded, ignorable characters gone. */
static int
points_read(
    const char *value, size_t len, struct points *p, struct hrv_err *err)
{
	const utf8proc_option_t how = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
				      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
				      UTF8PROC_STABLE;
	utf8proc_ssize_t want, got;

	if (len > 1 << 24 || !enc_utf8_valid(value, len))
		return hrv_fail(err, HRV_EUSAGE, "the text is not valid UTF-8");
	want = utf8proc_decompose((const utf8proc_uint8_t *)value,
	    (utf8proc_ssize_t)len, NULL, 0, how);
	if (want < 0)
		return hrv_fail(err, HRV_EUSAGE, "the text is not valid UTF-8");
	p->cap = (size_t)want + 1;
	p->at = calloc(p->cap, sizeof(*p->at));
	if (p->at == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	got = utf8proc_decompose((const utf8proc_uint8_t *)value,
	    (utf8proc_ssize_t)len, p->at, want, how);
	p->n = got < 0 ? 0 : (size_t)got;
	return 0;
}

/* Puts what belongs together back into one code point. */
static void
points_compose(struct points *p)
{
	utf8proc_ssize_t n = utf8proc_normalize_utf32(
	    p->at, (utf8proc_ssize_t)p->n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);

	p->n = n < 0 ? 0 : (size_t)n;
}

static void
add_point(struct buf *out, int32_t c)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);

	buf_add(out, bytes, n > 0 ? (size_t)n : 0);
	explicit_bzero(bytes, sizeof(bytes));
}

/* An accent, as opposed to a mark that is a letter of its script. */
static bool
is_accent(int32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property(c);

	if (is_in(c, CAT(ME)))
		return true;
	if (!is_in(c, CAT(MN) | CAT(MC)))
		return false;
	switch (p->combining_class) {
	case 0:	 /* vowel signs of most Indic scripts */
	case 8:	 /* voicing marks of kana */
	case 9:	 /* viramas */
	case 84: /* Telugu length marks */
	case 91:
	case 103: /* Thai and Lao vowels */
	case 118:
	case 129: /* Tibetan vowels */
	case 130:
	case 132:
		return false;
	default:
		return true;
	}
}

/* Dropped without separating: apostrophes, middle dots, tatweel. */
static bool
is_joiner(int32_t c)
{
	switch (c) {
	case '\'':
	case '`':
	case 0x00b4:
	case 0x00b7:
	case 0x0640:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2027:
	case 0x2032:
	case 0x2035:
	case 0x05f3:
		return true;
	default:
		return c >= 0x02b9 && c <= 0x02bf;
	}
}

static bool
is_word(int32_t c)
{
	/* letters, marks that fold_letters() kept, numbers */
	return is_in(c, CAT(LU) | CAT(LL) | CAT(LT) | CAT(LM) | CAT(LO) |
			    CAT(MN) | CAT(MC) | CAT(ND) | CAT(NL) | CAT(NO));
}

/* Written without blanks and searched by its parts: a word of its own. */
static bool
is_own_word(int32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) ||
	       (c >= 0x20000 && c <= 0x3ffff) || c == 0x3005 || c == 0x3007;
}

/* Accents out, strokes and ligatures to base letters (at most two for one). */
static int
fold_letters(struct points *p, struct hrv_err *err)
{
	struct points out = { NULL, 0, p->n * 2 + 1 };

	out.at = calloc(out.cap, sizeof(*out.at));
	if (out.at == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < p->n; i++) {
		const char *to = NULL;

		if (is_accent(p->at[i]) || is_joiner(p->at[i]))
			continue;
		for (size_t k = 0; k < COUNT(bases) && to == NULL; k++)
			if (bases[k].from == p->at[i])
				to = bases[k].to;
		if (to == NULL)
			out.at[out.n++] = p->at[i];
		for (; to != NULL && *to != '\0'; to++)
			out.at[out.n++] = (unsigned char)*to;
	}
	points_clear(p);
	*p = out;
	points_compose(p);
	return 0;
}

/* The words with one blank between them. */
static void
write_words(const struct points *p, struct buf *out)
{
	size_t start = out->len;
	bool gap = false;

	for (size_t i = 0; i < p->n; i++) {
		int32_t c = p->at[i];

		if (!is_word(c)) {
			gap = true;
			continue;
		}
		if ((gap || is_own_word(c)) && out->len > start)
			buf_addc(out, ' ');
		add_point(out, c);
		gap = is_own_word(c);
	}
}

static bool
is_blank(int32_t c)
{
	return is_in(c, CAT(ZS) | CAT(ZL) | CAT(ZP) | CAT(CC));
}

/* The ASCII digit of a decimal digit of any script, or c itself. */
static int32_t
ascii_digit(int32_t c)
{
	for (size_t i = 0; i < COUNT(zeros); i++)
		if (c >= zeros[i] && c < zeros[i] + 10)
			return '0' + c - zeros[i];
	return c;
}

static void
write_number(const struct points *p, struct buf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		int32_t c = ascii_digit(p->at[i]);

		if (is_blank(c))
			continue;
		if (is_in(c, CAT(PD)) || c == 0x2212)
			c = '-';
		add_point(out, c);
	}
}

static void
write_email(const struct points *p, struct buf *out)
{
	size_t from = 0, to = p->n;

	while (from < to && is_blank(p->at[from]))
		from++;
	while (to > from && is_blank(p->at[to - 1]))
		to--;
	for (size_t i = from; i < to; i++)
		add_point(out, p->at[i]);
}

static bool
is_trunk_zero(const struct points *p, size_t i)
{
	return i + 2 < p->n && p->at[i] == '(' &&
	       ascii_digit(p->at[i + 1]) == '0' && p->at[i + 2] == ')';
}

static void
write_phone(const struct points *p, struct buf *out)
{
	char digits[256];
	size_t n = 0;
	bool plus = false;

	for (size_t i = 0; i < p->n && n < sizeof(digits); i++) {
		int32_t c = ascii_digit(p->at[i]);

		if (c >= '0' && c <= '9')
			digits[n++] = (char)c;
		else if (c == '+' && n == 0)
			plus = true;
		else if ((c == 'x' || c == 'e' || c == '#') && n > 0)
			break; /* an extension: not part of the number */
		else if ((plus || (n >= 2 && memcmp(digits, "00", 2) == 0)) &&
			 is_trunk_zero(p, i))
			i += 2;
	}
	if (!plus && n > 2 && memcmp(digits, "00", 2) == 0) {
		buf_addc(out, '+');
		buf_add(out, digits + 2, n - 2);
	} else {
		if (plus && n > 0)
			buf_addc(out, '+');
		buf_add(out, digits, n);
	}
	explicit_bzero(digits, sizeof(digits));
}

int
text_normalise(enum text_field field, const char *value, size_t len,
    struct buf *out, struct hrv_err *err)
{
	struct points p = { NULL, 0, 0 };
	int rc;

	rc = points_read(value, len, &p, err);
	if (rc != 0)
		goto out;
	if (field == TEXT_NUMBER || field == TEXT_EMAIL) {
		points_compose(&p);
		(field == TEXT_NUMBER ? write_number : write_email)(&p, out);
	} else if (field == TEXT_PHONE) {
		write_phone(&p, out);
	} else {
		rc = fold_letters(&p, err);
		if (rc != 0)
			goto out;
		write_words(&p, out);
	}
	rc = buf_ok(out, err);
out:
	points_clear(&p);
	return rc;
}

/* The end of the word that starts at `at`, or of the whole value. */
static size_t
token_end(enum text_field field, const struct buf *b, size_t at)
{
	const uint8_t *sp;

	if (field < TEXT_NAME)
		return b->len;
	sp = memchr(b->data + at, ' ', b->len - at);
	return sp == NULL ? b->len : (size_t)(sp - b->data);
}

static bool
seen_before(enum text_field field, const struct buf *b, size_t at, size_t end)
{
	for (size_t i = 0, e; i < at; i = e + 1) {
		e = token_end(field, b, i);
		if (e - i == end - at &&
		    memcmp(b->data + i, b->data + at, e - i) == 0)
			return true;
	}
	return false;
}

int
text_tokens(enum text_field field, const char *value, size_t len,
    text_token_fn *fn, void *arg, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	int rc;

	rc = text_normalise(field, value, len, &b, err);
	for (size_t i = 0, end; rc == 0 && i < b.len; i = end + 1) {
		end = token_end(field, &b, i);
		if (!seen_before(field, &b, i, end))
			rc = fn(arg, (const char *)b.data + i, end - i);
	}
	if (b.data != NULL)
		explicit_bzero(b.data, b.cap);
	buf_clear(&b);
	return rc;
}

struct match {
	enum text_field field;
	const struct buf *value;
	size_t found;
};

static int
match_token(void *arg, const char *token, size_t len)
{
	struct match *m = arg;

	for (size_t i = 0, end; i < m->value->len; i = end + 1) {
		end = token_end(m->field, m->value, i);
		if (end - i == len &&
		    memcmp(m->value->data + i, token, len) == 0) {
			m->found++;
			return 0;
		}
	}
	return -1;
}

bool
text_matches(enum text_field field, const char *value, const char *query)
{
	struct buf b = BUF_INIT;
	struct match m = { field, &b, 0 };
	bool ok;

	ok = text_normalise(field, value, strlen(value), &b, NULL) == 0 &&
	     text_tokens(field, query, strlen(query), match_token, &m, NULL) ==
		 0 &&
	     m.found > 0;
	if (b.data != NULL)
		explicit_bzero(b.data, b.cap);
	buf_clear(&b);
	return ok;
}
