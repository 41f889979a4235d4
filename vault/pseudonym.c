/* SPDX-License-Identifier: ISC */
/*
 * Replacing names, see pseudonym.h. Layer: verbs. Invariant: what is replaced
 * is found by pseudonym_find.c alone, in a text as in a member's name.
 */
#include "vault/pseudonym_int.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/json_kept.h"
#include "vault/base/text.h"

#define PHONE_MIN 7  /* digits that make a phone number */
#define PHONE_TAIL 9 /* digits compared at most */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
words_clear(struct words *w)
{
	for (size_t i = 0; i < w->n; i++) {
		explicit_bzero(w->list[i].text, w->list[i].len);
		free(w->list[i].text);
		if (w->list[i].alt != NULL)
			explicit_bzero(w->list[i].alt, w->list[i].alt_len);
		free(w->list[i].alt);
	}
	free(w->list);
	*w = (struct words){ .n = 0 };
}

/* text_word_fn: keeps a copy. */
static int
keep(void *arg, const struct text_word *w)
{
	struct words *to = arg;
	struct word *p = to->list;

	if ((to->n & (to->n - 1)) == 0) {
		p = realloc(p, (to->n == 0 ? 1 : 2 * to->n) * sizeof(*p));
		if (p == NULL)
			return HRV_ENOMEM;
		to->list = p;
	}
	p[to->n] = (struct word){ .text = strndup(w->text, w->len),
		.len = w->len,
		.from = w->from,
		.to = w->to };
	if (p[to->n].text == NULL)
		return HRV_ENOMEM;
	to->n++;
	return 0;
}

static int
read_part(const char *text, size_t len, struct words *to, struct hrv_err *err)
{
	size_t first = to->n;
	int rc = text_words(text, len, keep, to, err);

	if (rc == HRV_ENOMEM)
		return no_memory(err);
	return rc == HRV_OK ? pseudonym_spell(to, first, text, err) : rc;
}

static int
read_words(const char *text, struct words *to, struct hrv_err *err)
{
	return read_part(text, strlen(text), to, err);
}

static int
read_list(const json_t *list, struct words *to, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = read_words(
		    json_string_value(json_array_get(list, i)), to, err);
	return rc;
}

/* A mark: all its words, one after the other. */
static int
add_mark(struct person *p, const char *text, struct hrv_err *err)
{
	struct words *list =
	    realloc(p->marks, (p->n_marks + 1) * sizeof(*list));

	if (list == NULL)
		return no_memory(err);
	p->marks = list;
	list[p->n_marks] = (struct words){ .n = 0 };
	p->n_marks++;
	return read_words(text, &list[p->n_marks - 1], err);
}

static const char *
form(const struct word *w, bool spelled)
{
	return spelled && w->alt != NULL ? w->alt : w->text;
}

/* "raviitalo" and "italoravi", as in the names of accounts and files. */
static int
add_glued(struct person *p, const char *name, struct hrv_err *err)
{
	struct words w = { .n = 0 };
	struct buf a = BUF_INIT_SECRET;
	int rc = read_words(name, &w, err);

	for (int turn = 0; rc == HRV_OK && turn < 4 && w.n > 1; turn++) {
		const struct word *first = &w.list[turn & 1 ? w.n - 1 : 0];
		const struct word *last = &w.list[turn & 1 ? 0 : w.n - 1];

		if (turn > 1 && first->alt == NULL && last->alt == NULL)
			break;
		buf_reset(&a);
		buf_addf(
		    &a, "%s%s", form(first, turn > 1), form(last, turn > 1));
		rc = buf_ok(&a, err);
		if (rc == HRV_OK && a.len > 5)
			rc = add_mark(p, buf_str(&a), err);
	}
	words_clear(&w);
	buf_clear(&a);
	return rc;
}

/* text_token_fn: the end of a number, which is the same however it begins. */
static int
keep_phone(void *arg, const char *digits, size_t len)
{
	struct person *p = arg;
	struct text_word w = { .text = digits, .len = len };

	if (w.len > PHONE_TAIL) {
		w.text += w.len - PHONE_TAIL;
		w.len = PHONE_TAIL;
	}
	return w.len < PHONE_MIN ? 0 : keep(&p->phones, &w);
}

static int
add_phone(struct person *p, const char *phone, struct hrv_err *err)
{
	int rc = text_phone_forms(phone, strlen(phone), keep_phone, p, err);

	return rc == HRV_ENOMEM ? no_memory(err) : rc;
}

static int
read_person(struct person *p, const json_t *from, struct hrv_err *err)
{
	const json_t *names = json_object_get(from, "names");
	const json_t *marks = json_object_get(from, "marks");
	const json_t *phones = json_object_get(from, "phones");
	int rc = read_list(names, &p->names, err);

	p->as = strdup(json_str(from, "as"));
	if (p->as == NULL)
		return no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(names); i++)
		rc = add_glued(
		    p, json_string_value(json_array_get(names, i)), err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(marks); i++)
		rc = add_mark(
		    p, json_string_value(json_array_get(marks, i)), err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(phones); i++)
		rc = add_phone(
		    p, json_string_value(json_array_get(phones, i)), err);
	return rc;
}

int
pseudonyms_new(const json_t *people, const json_t *own, struct pseudonyms **ret,
    struct hrv_err *err)
{
	size_t n = json_array_size(people);
	struct pseudonyms *p = calloc(1, sizeof(*p));
	int rc;

	if (p == NULL)
		return no_memory(err);
	p->people = calloc(n + 1, sizeof(*p->people));
	if (p->people == NULL) {
		pseudonyms_free(p);
		return no_memory(err);
	}
	rc = read_list(own, &p->own, err);
	for (; rc == HRV_OK && p->n < n; p->n++)
		rc = read_person(
		    &p->people[p->n], json_array_get(people, p->n), err);
	if (rc != HRV_OK) {
		pseudonyms_free(p);
		return rc;
	}
	*ret = p;
	return HRV_OK;
}

void
pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; p->people != NULL && i < p->n; i++) {
		struct person *x = &p->people[i];

		free(x->as);
		words_clear(&x->names);
		words_clear(&x->phones);
		for (size_t k = 0; k < x->n_marks; k++)
			words_clear(&x->marks[k]);
		free(x->marks);
	}
	free(p->people);
	words_clear(&p->own);
	free(p);
}

static void
mark_used(const struct pseudonyms *p, const char *as)
{
	for (size_t i = 0; i < p->n; i++)
		p->people[i].used |= p->people[i].as == as;
}

bool
pseudonyms_used(const struct pseudonyms *p, const char *as)
{
	for (size_t i = 0; p != NULL && i < p->n; i++) {
		if (p->people[i].used && strcmp(p->people[i].as, as) == 0)
			return true;
	}
	return false;
}

int
pseudonyms_text(const struct pseudonyms *p, const char *text, struct buf *out,
    bool *ret_any, struct hrv_err *err)
{
	struct words w = { .n = 0 };
	struct found f;
	size_t at = 0;
	int rc = p == NULL || p->n == 0 ? HRV_OK : read_words(text, &w, err);

	for (size_t i = 0; rc == HRV_OK && i < w.n;) {
		if (!pseudonym_at(p, text, &w, i, &f)) {
			i++;
			continue;
		}
		if (f.from > at)
			buf_add(out, text + at, f.from - at);
		buf_adds(out, f.as);
		mark_used(p, f.as);
		at = f.to;
		i += f.words;
		if (ret_any != NULL)
			*ret_any = true;
	}
	words_clear(&w);
	buf_adds(out, text + at);
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}

bool
pseudonyms_any(const struct pseudonyms *p)
{
	return p != NULL && p->n > 0;
}

/* A letter that stands here already: somebody may be called Person. */
static bool
is_letter(const struct pseudonyms *p, const char *at, size_t len)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t n = strlen(p->people[i].as);

		if (n > 0 && n <= len && memcmp(at, p->people[i].as, n) == 0)
			return true;
	}
	return false;
}

int
pseudonyms_find(const struct pseudonyms *p, const char *text, size_t len,
    bool *ret_any, size_t *ret_at, struct hrv_err *err)
{
	struct words w = { .n = 0 };
	struct found f;
	bool any = false;
	int rc = HRV_OK;

	if (pseudonyms_any(p))
		rc = read_part(text, len, &w, err);
	for (size_t i = 0; rc == HRV_OK && !any && i < w.n; i++) {
		any = pseudonym_at(p, text, &w, i, &f) &&
		      !is_letter(p, text + f.from, len - f.from);
		if (any && ret_at != NULL)
			*ret_at = f.from;
	}
	*ret_any = *ret_any || any;
	words_clear(&w);
	return rc;
}

/* A string with names replaced; NULL in *ret: there was none. */
static int
replaced(const struct pseudonyms *p, const char *text, json_t **ret,
    struct hrv_err *err)
{
	struct buf out = BUF_INIT_SECRET;
	bool any = false;
	int rc = pseudonyms_text(p, text, &out, &any, err);

	*ret = NULL;
	if (rc == HRV_OK && any) {
		*ret = json_string(buf_str(&out));
		if (*ret == NULL)
			rc = no_memory(err);
	}
	buf_clear(&out);
	return rc;
}

/* Puts a member under its new name, numbered where that is taken. */
static int
put_member(json_t *o, const char *name, json_t *value, struct hrv_err *err)
{
	char *numbered = NULL;
	int n = 1, rc;

	while (json_object_get(o, numbered == NULL ? name : numbered) != NULL) {
		free(numbered);
		if (asprintf(&numbered, "%s (%d)", name, ++n) < 0)
			return no_memory(err);
	}
	rc = json_object_set(o, numbered == NULL ? name : numbered, value);
	free(numbered);
	return rc == 0 ? HRV_OK : no_memory(err);
}

static int
object(const struct pseudonyms *p, json_t **doc, bool *any, struct hrv_err *err)
{
	json_t *o = json_object(), *value;
	const char *name;
	int rc = o == NULL ? no_memory(err) : HRV_OK;

	for (void *it = json_object_iter(*doc); rc == HRV_OK && it != NULL;
	     it = json_object_iter_next(*doc, it)) {
		json_t *as = NULL;

		name = json_object_iter_key(it);
		value = json_incref(json_object_iter_value(it));
		rc = pseudonyms_json(p, &value, any, err);
		if (rc == HRV_OK)
			rc = replaced(p, name, &as, err);
		*any = *any || as != NULL;
		if (rc == HRV_OK)
			rc = put_member(o,
			    as == NULL ? name : json_string_value(as), value,
			    err);
		json_decref(as);
		json_decref(value);
	}
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	json_decref(*doc);
	*doc = o;
	return HRV_OK;
}

static int
array(const struct pseudonyms *p, json_t *list, bool *any, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		json_t *value = json_incref(json_array_get(list, i));

		rc = pseudonyms_json(p, &value, any, err);
		if (rc == HRV_OK && json_array_set(list, i, value) != 0)
			rc = no_memory(err);
		json_decref(value);
	}
	return rc;
}

int
pseudonyms_json(const struct pseudonyms *p, json_t **doc, bool *ret_any,
    struct hrv_err *err)
{
	json_t *as = NULL;
	int rc;

	if (p == NULL || p->n == 0)
		return HRV_OK;
	if (json_is_object(*doc))
		return object(p, doc, ret_any, err);
	if (json_is_array(*doc))
		return array(p, *doc, ret_any, err);
	if (!json_is_string(*doc))
		return HRV_OK;
	rc = replaced(p, json_kept_str(*doc), &as, err);
	if (as != NULL) {
		json_decref(*doc);
		*doc = as;
		*ret_any = true;
	}
	return rc;
}
