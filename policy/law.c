/* SPDX-License-Identifier: ISC */
/*
 * Laws: reading the parameters of the clock out of a file; its lists are in
 * law_lists.c. Layer: policy (pure). Invariant: a law that leaves this file
 * is complete and does not contradict itself, so that the engine never has
 * to guess.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/deadline.h"
#include "policy/law.h"
#include "vault/base/zone.h"

#define LIST_MAX 1000

const struct cfg_node *
law_only_group(
    const struct cfg *tree, const char *name, struct hrv_file_errors *errors)
{
	const char *const keys[] = { name, NULL };
	const struct cfg_node *root = cfg_root(tree);

	cfg_check_keys(root, keys, "the file", errors);
	return cfg_group(root, name, true, errors);
}

const char *
law_id(const struct cfg_node *group, const char *key,
    struct hrv_file_errors *errors)
{
	const char *text = cfg_string(group, key, true, errors);

	if (text == NULL || cfg_is_id(text))
		return text;
	cfg_error(errors, cfg_find(group, key)->line,
	    "use letters, digits, '-', '_' and '.', as \"uk-ew\"",
	    "%s is not an identifier: \"%.40s\"", key, text);
	return NULL;
}

int
law_word(const char *text, const char *const *words, size_t n, const char *key,
    int line, struct hrv_file_errors *errors)
{
	char remedy[160] = "write one of";

	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return (int)i;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(remedy);

		snprintf(remedy + len, sizeof(remedy) - len, "%s \"%s\"",
		    i > 0 ? "," : "", words[i]);
	}
	cfg_error(errors, line, remedy, "%s cannot be \"%.40s\"", key, text);
	return -1;
}

const struct cfg_node *
law_list(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list = cfg_list(group, key, required, errors);

	if (list == NULL || list->count <= LIST_MAX)
		return list;
	cfg_error(errors, list->line, "remove what is not needed",
	    "%s has more than %d entries", key, LIST_MAX);
	return NULL;
}

void *
law_alloc(size_t n, size_t size, struct hrv_file_errors *errors)
{
	void *p = calloc(n > 0 ? n : 1, size);

	if (p == NULL)
		errors->no_memory = true;
	return p;
}

/* A required word out of a closed list; -1 (reported) for all else. */
static int
choice(const struct cfg_node *group, const char *key, const char *const *words,
    size_t n, struct hrv_file_errors *errors)
{
	const char *text = cfg_string(group, key, true, errors);

	if (text == NULL)
		return -1;
	return law_word(
	    text, words, n, key, cfg_find(group, key)->line, errors);
}

/* A duration that may be left out or left empty; says whether it is there. */
static bool
length(const struct cfg_node *group, const char *key, bool required,
    struct hrv_duration *ret, struct hrv_file_errors *errors)
{
	const struct cfg_node *node = cfg_get(group, key, required, errors);

	if (node == NULL)
		return false;
	if (!required && node->type == CFG_STRING && node->v.string[0] == '\0')
		return false;
	if (!cfg_duration(group, key, ret, errors))
		return false;
	if (hrv_duration_is_zero(*ret)) {
		cfg_error(errors, node->line, "write at least \"P1D\"",
		    "%s has no length", key);
		return false;
	}
	return true;
}

static void
read_clock_starts(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	static const char *const words[] = { "received", "identity",
		"authority", "fee" };
	const struct cfg_node *list =
	    law_list(group, "clock_starts", true, errors);
	bool seen[4] = { false };

	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const char *text = cfg_entry(list, i, "clock_starts", errors);
		int line = list->child[i]->line, w;

		if (text == NULL)
			continue;
		w = law_word(text, words, 4, "clock_starts", line, errors);
		if (w >= 0 && seen[w])
			cfg_error(errors, line, "remove one of the two",
			    "clock_starts names \"%s\" twice", text);
		if (w >= 0)
			seen[w] = true;
	}
	if (!seen[0])
		cfg_error(errors, list->line, "add \"received\"",
		    "clock_starts must name \"received\"");
	law->starts_authority = seen[2];
	law->starts_fee = seen[3];
	/* Said in two places; they have to agree. */
	if (seen[1] != (law->identity == HRV_IDENTITY_STARTS))
		cfg_error(errors, list->line,
		    seen[1] ? "write identity = \"starts\"; or take it out of "
			      "clock_starts"
			    : "add \"identity\" to clock_starts",
		    "clock_starts and identity contradict each other");
}

static void
read_extension(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	const struct hrv_date any = { 2000, 1, 1 };
	struct hrv_date base, longer;
	bool extended, notice;

	extended = length(group, "extended", false, &law->extended, errors);
	notice = length(
	    group, "extension_notice", false, &law->extension_notice, errors);
	law->extendable = extended && notice;
	if (extended != notice)
		cfg_error(errors, group->line, "write both, or neither",
		    "extended and extension_notice belong together");
	if (extended && hrv_date_add(any, law->period, &base) &&
	    hrv_date_add(any, law->extended, &longer) &&
	    hrv_date_cmp(longer, base) <= 0)
		cfg_error(errors, cfg_find(group, "extended")->line,
		    "it counts from the start of the clock: one month and two "
		    "more are \"P3M\"",
		    "extended is not longer than period");
}

static void
read_acknowledge(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	static const char key[] = "acknowledge_working_days";
	const char *text = cfg_string(group, key, false, errors);
	int n = 0;

	if (text == NULL || text[0] == '\0')
		return;
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9' || i > 2) {
			n = 0;
			break;
		}
		n = n * 10 + (text[i] - '0');
	}
	if (n < 1 || n > 250)
		cfg_error(errors, cfg_find(group, key)->line,
		    "write a number from 1 to 250 in quotes, as \"10\", or "
		    "\"\"",
		    "%s is not a number of days: \"%.40s\"", key, text);
	else
		law->acknowledge_working_days = n;
}

static void
read_clock(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	static const char *const identity[] = { "starts", "pauses", "ignored" };
	static const char *const pause[] = { "gap", "none" };
	static const char *const roll[] = { "next_working_day", "none" };
	int rule = choice(group, "identity", identity, 3, errors);

	law->identity =
	    rule < 0 ? HRV_IDENTITY_STARTS : (enum hrv_identity_rule)rule;
	if (rule >= 0)
		read_clock_starts(group, law, errors);
	law->pauses = choice(group, "pause", pause, 2, errors) == 0;
	law->rolls = choice(group, "roll", roll, 2, errors) == 0;
	(void)length(group, "period", true, &law->period, errors);
	read_extension(group, law, errors);
	law->has_internal =
	    length(group, "internal", false, &law->internal, errors);
	read_acknowledge(group, law, errors);
	if (!length(group, "freeze_after_close", false,
		&law->freeze_after_close, errors))
		law->freeze_after_close = (struct hrv_duration){ 0, 0, 90 };
}

static void
read_law(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "id", "version", "title",
		"timezone", "calendar", "cite", "clock_starts", "identity",
		"period", "extended", "extension_notice", "pause", "roll",
		"internal", "acknowledge_working_days", "freeze_after_close",
		"codes", "gates", "never_export", NULL };

	cfg_check_keys(group, keys, "the law", errors);
	law->id = law_id(group, "id", errors);
	law->version = cfg_string(group, "version", true, errors);
	law->title = cfg_string(group, "title", true, errors);
	law->timezone = cfg_string(group, "timezone", true, errors);
	if (law->timezone != NULL && !zone_name_valid(law->timezone))
		cfg_error(errors, cfg_find(group, "timezone")->line,
		    "use a name of the tz database, as \"Europe/London\"",
		    "timezone is not the name of a time zone: \"%.40s\"",
		    law->timezone);
	law->calendar = law_id(group, "calendar", errors);
	law->cite = cfg_string(group, "cite", true, errors);
	read_clock(group, law, errors);
	law_read_lists(group, law, errors);
}

struct hrv_law *
hrv_law_parse(const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct cfg *tree = cfg_parse(text, len, errors);
	const struct cfg_node *group = NULL;
	struct hrv_law *law = NULL;

	if (tree == NULL)
		return NULL;
	law = law_alloc(1, sizeof(*law), errors);
	if (law == NULL) {
		cfg_free(tree);
		return NULL;
	}
	law->tree = tree;
	group = law_only_group(tree, "law", errors);
	if (group != NULL)
		read_law(group, law, errors);
	if (!hrv_file_errors_none(errors)) {
		hrv_file_errors_sort(errors);
		hrv_law_free(law);
		return NULL;
	}
	return law;
}

void
hrv_law_free(struct hrv_law *law)
{
	if (law == NULL)
		return;
	free((void *)(uintptr_t)law->codes);
	free((void *)(uintptr_t)law->gates);
	free((void *)(uintptr_t)law->never_export);
	cfg_free(law->tree);
	free(law);
}
