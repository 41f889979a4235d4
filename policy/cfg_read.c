/* SPDX-License-Identifier: ISC */
/*
 * Readers on the tree of policy/cfg.h. Layer: policy (pure). Invariant: a
 * value that is not exactly what its key wants is reported with its line and
 * never guessed at; a caller gets "not there" instead.
 */
#include "policy/cfg.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64 /* longer words have no neighbours */

const char *
cfg_type_name(enum cfg_type type)
{
	static const char *const name[] = {
		[CFG_GROUP] = "a group { }",
		[CFG_LIST] = "a list ( )",
		[CFG_ARRAY] = "an array [ ]",
		[CFG_STRING] = "a string in quotes",
		[CFG_INT] = "a whole number",
		[CFG_BOOL] = "true or false",
		[CFG_FLOAT] = "a number with a fraction",
	};

	return name[type];
}

/* Edit distance, a swap of neighbours counting as one. */
static size_t
distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX + 1;
	for (size_t i = 0; i <= la; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= la; i++)
		for (size_t j = 1; j <= lb; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[la][lb];
}

const char *
cfg_nearest(const char *word, const char *const *list, size_t n)
{
	size_t best = strlen(word) / 3;
	const char *found = NULL;

	if (best == 0)
		best = 1;
	for (size_t i = 0; i < n; i++) {
		size_t d;

		if (list[i] == NULL)
			continue;
		d = distance(word, list[i]);
		if (d < best || (d == best && found == NULL)) {
			best = d;
			found = list[i];
		}
	}
	return found;
}

static size_t
length(const char *const *keys)
{
	size_t n = 0;

	while (keys[n] != NULL)
		n++;
	return n;
}

void
cfg_check_keys(const struct cfg_node *group, const char *const *keys,
    const char *what, struct hrv_file_errors *errors)
{
	size_t n = length(keys);

	for (size_t i = 0; i < group->count; i++) {
		const struct cfg_node *c = group->child[i];
		const char *near;
		char remedy[160] = "remove it";
		size_t k = 0;

		while (k < n && strcmp(c->name, keys[k]) != 0)
			k++;
		if (k < n)
			continue;
		near = cfg_nearest(c->name, keys, n);
		if (near != NULL)
			snprintf(
			    remedy, sizeof(remedy), "did you mean %s?", near);
		cfg_error(errors, c->line, remedy, "unknown key %.64s in %s",
		    c->name, what);
	}
}

bool
cfg_is(const struct cfg_node *node, enum cfg_type type, const char *key,
    struct hrv_file_errors *errors)
{
	if (node->type == type)
		return true;
	cfg_error(errors, node->line, "", "%s must be %s, but is %s", key,
	    cfg_type_name(type), cfg_type_name(node->type));
	return false;
}

const struct cfg_node *
cfg_find(const struct cfg_node *group, const char *key)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->child[i]->name != NULL &&
		    strcmp(group->child[i]->name, key) == 0)
			return group->child[i];
	return NULL;
}

const struct cfg_node *
cfg_get(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_find(group, key);
	char remedy[128];

	if (node == NULL && required) {
		snprintf(remedy, sizeof(remedy), "add %.64s = ...;", key);
		cfg_error(errors, group->line, remedy, "%s is missing", key);
	}
	return node;
}

const struct cfg_node *
cfg_group(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_get(group, key, required, errors);

	if (node == NULL || !cfg_is(node, CFG_GROUP, key, errors))
		return NULL;
	return node;
}

const struct cfg_node *
cfg_list(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_get(group, key, required, errors);

	if (node == NULL || node->type == CFG_ARRAY)
		return node;
	return cfg_is(node, CFG_LIST, key, errors) ? node : NULL;
}

/* The value of a string node, NULL (reported) where it is another type. */
static const char *
text_of(const struct cfg_node *node, const char *key,
    struct hrv_file_errors *errors)
{
	if (node->type == CFG_STRING)
		return node->v.string;
	if (node->type == CFG_INT || node->type == CFG_FLOAT ||
	    node->type == CFG_BOOL)
		cfg_error(errors, node->line, "put the value in quotes",
		    "%s must be a string, but is %s", key,
		    cfg_type_name(node->type));
	else
		cfg_is(node, CFG_STRING, key, errors);
	return NULL;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

const char *
cfg_string(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_get(group, key, required, errors);
	const char *text = node != NULL ? text_of(node, key, errors) : NULL;

	if (text == NULL || !required || !is_blank(text))
		return text;
	cfg_error(errors, node->line, "", "%s is empty", key);
	return NULL;
}

const char *
cfg_entry(const struct cfg_node *list, size_t i, const char *key,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = list->child[i];
	const char *text = text_of(node, key, errors);

	if (text == NULL || !is_blank(text))
		return text;
	cfg_error(
	    errors, node->line, "remove it", "an entry of %s is empty", key);
	return NULL;
}

bool
cfg_int(const struct cfg_node *group, const char *key, int32_t min, int32_t max,
    int32_t *ret, struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_find(group, key);

	if (node == NULL || !cfg_is(node, CFG_INT, key, errors))
		return false;
	if (node->v.integer < min || node->v.integer > max) {
		cfg_error(errors, node->line, "",
		    "%s must be from %d to %d, but is %d", key, min, max,
		    node->v.integer);
		return false;
	}
	*ret = node->v.integer;
	return true;
}

bool
cfg_bool(const struct cfg_node *group, const char *key, bool *ret,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_find(group, key);

	if (node == NULL || !cfg_is(node, CFG_BOOL, key, errors))
		return false;
	*ret = node->v.boolean;
	return true;
}

bool
cfg_date(const struct cfg_node *group, const char *key, struct hrv_date *ret,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_find(group, key);
	static const char remedy[] = "write a day that exists, as "
				     "\"2026-01-31\"";

	if (node == NULL)
		return false;
	if (node->type != CFG_STRING) {
		cfg_error(errors, node->line, remedy,
		    "%s must be a date in quotes, but is %s", key,
		    cfg_type_name(node->type));
		return false;
	}
	if (hrv_date_parse(node->v.string, ret))
		return true;
	cfg_error(errors, node->line, remedy, "%s is not a date: \"%.40s\"",
	    key, node->v.string);
	return false;
}

bool
cfg_duration(const struct cfg_node *group, const char *key,
    struct hrv_duration *ret, struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_find(group, key);
	static const char remedy[] = "write years, months and days as "
				     "\"P6Y\", \"P18M\" or \"P1Y6M10D\"";

	if (node == NULL)
		return false;
	if (node->type != CFG_STRING) {
		cfg_error(errors, node->line, remedy,
		    "%s must be a duration in quotes, but is %s", key,
		    cfg_type_name(node->type));
		return false;
	}
	if (!hrv_duration_parse(node->v.string, ret)) {
		cfg_error(errors, node->line, remedy,
		    "%s is not a duration: \"%.40s\"", key, node->v.string);
		return false;
	}
	if (!hrv_duration_over_years(*ret, 200))
		return true;
	cfg_error(errors, node->line,
	    "write at_expiry = \"permanent\" where "
	    "a record never ends",
	    "%s is longer than 200 years", key);
	return false;
}

bool
cfg_is_id(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');

		if (alnum)
			continue;
		if (i == 0 || i == n - 1 || (c == '.' && text[i + 1] == '.'))
			return false;
		if (c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}
