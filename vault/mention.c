/* SPDX-License-Identifier: ISC */
/*
 * Whom a text names, see mention.h. Layer: verbs. Invariant: a single word of
 * a name proves nothing (Young, May, Price are words as well), so nobody is
 * found by one.
 */
#include "vault/mention.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vault/base/text.h"
#include "vault/index.h"
#include "vault/pseudonym.h"

#define WORD_MAX 64
#define NEAR 12	     /* bytes between two words of one name */
#define NUMBER_MIN 7 /* digits alone that may be somebody's number */
#define MARK_MAX 256
#define KNOWN_MAX 100000

struct mentions {
	struct hrv_vault *v;
	json_t *words; /* {"ngozi": true}: whether it is of anybody's name */
	json_t *hits;  /* {"1 E-77": ["S-..."]}: who has it, by field */
};

/* One text that is looked through. */
struct looking {
	struct mentions *m;
	const char *text;
	char last[WORD_MAX]; /* the word before; "": none */
	size_t last_to;
	mention_fn *fn;
	void *ctx;
	struct hrv_err *err;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
mentions_new(struct hrv_vault *v, struct mentions **ret, struct hrv_err *err)
{
	struct mentions *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return no_memory(err);
	m->v = v;
	m->words = json_object();
	m->hits = json_object();
	if (m->words == NULL || m->hits == NULL) {
		mentions_free(m);
		return no_memory(err);
	}
	*ret = m;
	return HRV_OK;
}

void
mentions_free(struct mentions *m)
{
	if (m == NULL)
		return;
	json_decref(m->words);
	json_decref(m->hits);
	free(m);
}

/* Puts what was found out aside; what is known is bounded. 0 or -1. */
static int
keep(json_t *known, const char *key, json_t *value)
{
	if (json_object_size(known) > KNOWN_MAX)
		(void)json_object_clear(known);
	return json_object_set_new(known, key, value);
}

/* Who has that value, *ret borrowed. */
static int
who(struct mentions *m, enum text_field field, const char *value, json_t **ret,
    struct hrv_err *err)
{
	char key[MARK_MAX + 16], text[ID_TEXT_SIZE];
	struct hrv_id *ids = NULL;
	json_t *list;
	size_t n = 0;
	int rc, bad = 0;

	snprintf(key, sizeof(key), "%d %s", (int)field, value);
	*ret = json_object_get(m->hits, key);
	if (*ret != NULL)
		return HRV_OK;
	rc = index_lookup(m->v, field, value, &ids, &n, err);
	if (rc != HRV_OK)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		id_format(&ids[i], text);
		bad |= json_array_append_new(list, json_string(text));
	}
	free(ids);
	if (keep(m->hits, key, list) || bad)
		return no_memory(err);
	*ret = list;
	return HRV_OK;
}

static int
ask(struct looking *l, enum text_field field, const char *value)
{
	json_t *ids = NULL;
	int rc = who(l->m, field, value, &ids, l->err);

	return rc == HRV_OK && json_array_size(ids) > 0
		   ? l->fn(l->ctx, ids, l->err)
		   : rc;
}

/* Whether it is a word of anybody's name. */
static int
is_known(struct mentions *m, const char *word, bool *ret, struct hrv_err *err)
{
	json_t *is = json_object_get(m->words, word);
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc;

	*ret = json_is_true(is);
	if (is != NULL)
		return HRV_OK;
	rc = index_lookup(m->v, TEXT_NAME, word, &ids, &n, err);
	free(ids);
	*ret = n > 0;
	if (rc == HRV_OK && keep(m->words, word, json_boolean(n > 0)))
		rc = no_memory(err);
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
	rc = is_known(l->m, l->last, &first, l->err);
	if (rc == HRV_OK && first)
		rc = is_known(l->m, word, &second, l->err);
	if (rc != HRV_OK || !second)
		return rc;
	snprintf(both, sizeof(both), "%s %s", l->last, word);
	return ask(l, TEXT_NAME, both);
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
look_at_mark(struct looking *l, const char *from, size_t len)
{
	static const char around[] = "<>()[]{},;:.!?\"'";
	char one[MARK_MAX];
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
		return ask(l, TEXT_EMAIL, at);
	}
	for (size_t i = 0; i < len; i++)
		digits += one[i] >= '0' && one[i] <= '9';
	if (digits == 0 || (digits == len && len < NUMBER_MIN))
		return HRV_OK;
	return ask(l, TEXT_NUMBER, one);
}

/* Digits with what people write between them. */
static int
look_at_phone(struct looking *l, const char *from, size_t len)
{
	char one[64];
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += from[i] >= '0' && from[i] <= '9';
	if (digits < NUMBER_MIN || len >= sizeof(one))
		return HRV_OK;
	memcpy(one, from, len);
	one[len] = '\0';
	return ask(l, TEXT_PHONE, one);
}

static int
look_at_marks(struct looking *l)
{
	int rc = HRV_OK;

	for (const char *p = l->text; rc == HRV_OK && *p != '\0';) {
		size_t blank = strspn(p, " \t\r\n");
		size_t n = strcspn(p + blank, " \t\r\n");

		p += blank;
		rc = look_at_mark(l, p, n);
		p += n;
	}
	for (const char *p = l->text; rc == HRV_OK && *p != '\0';) {
		size_t n = strspn(p, "0123456789+()/.- ");

		rc = look_at_phone(l, p, n);
		p += n > 0 ? n : 1;
	}
	return rc;
}

int
mentions_text(struct mentions *m, const char *text, mention_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct looking l = {
		.m = m, .text = text, .fn = fn, .ctx = ctx, .err = err
	};
	int rc = text_words(text, strlen(text), look_at_word, &l, err);

	explicit_bzero(l.last, sizeof(l.last));
	return rc == HRV_OK ? look_at_marks(&l) : rc;
}
