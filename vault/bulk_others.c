/* SPDX-License-Identifier: ISC */
/*
 * Whether a document still names somebody of this vault after everybody whom
 * it is known to be about has a letter. Layer: verbs. Invariant: it asks the
 * blind index only; nobody's identity is opened for it. What that cannot see:
 * a word of a name that stands alone, and names that nobody here has today.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/bulk.h"
#include "vault/index.h"

#define WORD_MAX 64
#define NEAR 12	     /* bytes between two words of one name */
#define NUMBER_MIN 7 /* digits alone that may be somebody's number */
#define KNOWN_MAX 100000

/* One text that is looked through. */
struct looking {
	struct bulk *b;
	const char *text;
	char last[WORD_MAX]; /* the word before; "": none */
	size_t last_to;
	bool found;
	struct hrv_err *err;
};

static int
ask(const struct bulk *b, enum text_field field, const char *value, bool *ret,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = index_lookup(b->v, field, value, &ids, &n, err);

	free(ids);
	if (rc == HRV_OK && n > 0)
		*ret = true;
	return rc;
}

/* Whether it is a word of anybody's name, asked once for each word. */
static int
is_known(struct bulk *b, const char *word, bool *ret, struct hrv_err *err)
{
	json_t *is;
	int rc;

	if (b->words == NULL || json_object_size(b->words) > KNOWN_MAX) {
		json_decref(b->words);
		b->words = json_object();
	}
	is = json_object_get(b->words, word);
	*ret = json_is_true(is);
	if (is != NULL)
		return HRV_OK;
	rc = ask(b, TEXT_NAME, word, ret, err);
	if (rc == HRV_OK &&
	    json_object_set_new(b->words, word, json_boolean(*ret)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* Two words side by side that one person has in the name. */
static int
look_at_pair(struct looking *l, const char *word)
{
	char both[2 * WORD_MAX + 1];
	bool first = false, second = false;
	int rc;

	if (strcmp(l->last, word) == 0)
		return HRV_OK;
	rc = is_known(l->b, l->last, &first, l->err);
	if (rc == HRV_OK && first)
		rc = is_known(l->b, word, &second, l->err);
	if (rc != HRV_OK || !second)
		return rc;
	snprintf(both, sizeof(both), "%s %s", l->last, word);
	return ask(l->b, TEXT_NAME, both, &l->found, l->err);
}

/* text_word_fn */
static int
look_at_word(void *arg, const struct text_word *w)
{
	struct looking *l = arg;
	char word[WORD_MAX];
	int rc = HRV_OK;

	if (w->len < 2 || w->len >= sizeof(word))
		return HRV_OK;
	memcpy(word, w->text, w->len);
	word[w->len] = '\0';
	if (pseudonyms_particle(word))
		return HRV_OK;
	if (l->last[0] != '\0' &&
	    (w->from <= l->last_to || (w->from - l->last_to <= NEAR &&
					  memchr(l->text + l->last_to, '\n',
					      w->from - l->last_to) == NULL)))
		rc = look_at_pair(l, word);
	memcpy(l->last, word, sizeof(l->last));
	l->last_to = w->to;
	return rc;
}

/* An address or a number: what stands between two blanks, without the marks
 * around it. */
static int
look_at_mark(struct bulk *b, const char *from, size_t len, bool *found,
    struct hrv_err *err)
{
	static const char around[] = "<>()[]{},;:.!?\"'";
	char one[256];
	size_t digits = 0;
	const char *at = one;

	while (len > 0 && strchr(around, from[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(around, from[0]) != NULL) {
		from++;
		len--;
	}
	if (len < 3 || len >= sizeof(one))
		return HRV_OK;
	memcpy(one, from, len);
	one[len] = '\0';
	if (strchr(one, '@') != NULL) {
		if (strncasecmp(one, "mailto:", 7) == 0)
			at += 7;
		return ask(b, TEXT_EMAIL, at, found, err);
	}
	for (size_t i = 0; i < len; i++)
		digits += one[i] >= '0' && one[i] <= '9';
	if (digits == 0 || (digits == len && len < NUMBER_MIN))
		return HRV_OK;
	return ask(b, TEXT_NUMBER, one, found, err);
}

/* Digits with what people write between them. */
static int
look_at_phone(struct bulk *b, const char *from, size_t len, bool *found,
    struct hrv_err *err)
{
	char one[64];
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += from[i] >= '0' && from[i] <= '9';
	if (digits < NUMBER_MIN || len >= sizeof(one))
		return HRV_OK;
	memcpy(one, from, len);
	one[len] = '\0';
	return ask(b, TEXT_PHONE, one, found, err);
}

static int
look_at_marks(
    struct bulk *b, const char *text, bool *found, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (const char *p = text; rc == HRV_OK && !*found && *p != '\0';) {
		size_t blank = strspn(p, " \t\r\n");
		size_t n = strcspn(p + blank, " \t\r\n");

		p += blank;
		rc = look_at_mark(b, p, n, found, err);
		p += n;
	}
	for (const char *p = text; rc == HRV_OK && !*found && *p != '\0';) {
		size_t n = strspn(p, "0123456789+()/.- ");

		rc = look_at_phone(b, p, n, found, err);
		p += n > 0 ? n : 1;
	}
	return rc;
}

static int
look_at(struct bulk *b, const char *text, bool *found, struct hrv_err *err)
{
	struct looking l = { .b = b, .text = text, .err = err };
	int rc = text_words(text, strlen(text), look_at_word, &l, err);

	explicit_bzero(l.last, sizeof(l.last));
	*found = *found || l.found;
	return rc == HRV_OK && !*found ? look_at_marks(b, text, found, err)
				       : rc;
}

int
bulk_others(struct bulk *b, const json_t *doc, bool *ret, struct hrv_err *err)
{
	json_t *v = (json_t *)(uintptr_t)doc, *one;
	const char *key;
	size_t i;
	int rc = HRV_OK;

	/* Numbers as they were stored begin with a NUL: they name nobody. */
	if (json_is_string(v))
		return look_at(b, json_string_value(v), ret, err);
	json_object_foreach(v, key, one)
	{
		if (rc == HRV_OK && !*ret)
			rc = look_at(b, key, ret, err);
		if (rc == HRV_OK && !*ret)
			rc = bulk_others(b, one, ret, err);
	}
	if (!json_is_array(v))
		return rc;
	json_array_foreach(v, i, one)
	{
		if (rc == HRV_OK && !*ret)
			rc = bulk_others(b, one, ret, err);
	}
	return rc;
}
