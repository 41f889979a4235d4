/* SPDX-License-Identifier: ISC */
/*
 * The lists of a law: grounds for withholding, gates before an export, fields
 * that never leave. Layer: policy (pure). Invariant: no entry that could not
 * be read is dropped silently - a ban that is misspelt is an error, not a ban
 * less.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/deadline.h"
#include "policy/law.h"

#define CODE_MAX 32

static const char *const need_words[] = { "opinion", "signoff" };

/* Codes are typed by people and printed in letters: short, no blanks. */
static bool
is_code(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

	return n > 0 && n <= CODE_MAX && text[n] == '\0';
}

/* RFC 6901: empty or parts that begin with '/', '~' only as ~0 or ~1. The
 * empty pointer, which is the whole document, is refused. */
static bool
is_pointer(const char *text)
{
	if (text[0] != '/' || text[1] == '\0')
		return false;
	for (const char *p = strchr(text, '~'); p != NULL;
	     p = strchr(p + 1, '~'))
		if (p[1] != '0' && p[1] != '1')
			return false;
	return true;
}

/* A ground that only somebody who knows medicine can judge. */
static void
read_opinion(const struct cfg_node *group, struct hrv_law_code *code,
    struct hrv_file_errors *errors)
{
	const char *needs = cfg_string(group, "needs", false, errors);

	code->within = (struct hrv_duration){ 0, 6, 0 };
	if (needs != NULL)
		code->needs_opinion = law_word(needs, need_words, 1, "needs",
					  group->line, errors) == 0;
	if (cfg_find(group, "within") == NULL)
		return;
	(void)cfg_duration(group, "within", &code->within, errors);
	if (needs == NULL)
		cfg_error(errors, group->line, "add needs = \"opinion\"",
		    "within says how old an opinion may be, and none is "
		    "needed");
}

static void
read_code(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_law_code *code, struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "id", "title", "cite", "note",
		"only", "needs", "within", NULL };
	static const char *const words[] = { "confidential" };
	const char *only;

	cfg_check_keys(group, keys, "an entry of codes", errors);
	code->id = cfg_string(group, "id", true, errors);
	code->title = cfg_string(group, "title", true, errors);
	code->cite = cfg_string(group, "cite", true, errors);
	code->note = cfg_string(group, "note", false, errors);
	if (code->note == NULL)
		code->note = "";
	only = cfg_string(group, "only", false, errors);
	if (only != NULL)
		code->only_confidential =
		    law_word(only, words, 1, "only", group->line, errors) == 0;
	read_opinion(group, code, errors);
	if (code->id == NULL)
		return;
	if (!is_code(code->id))
		cfg_error(errors, group->line,
		    "use at most 32 letters, digits, '-', '.' and '_'",
		    "the id of a code cannot be \"%.40s\"", code->id);
	if (hrv_law_find_code(law, code->id) != NULL)
		cfg_error(errors, group->line, "rename one of the two",
		    "code %.40s stands there twice", code->id);
}

static void
read_gate(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_law_gate *gate, struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "compartment", "needs", "within",
		NULL };
	const struct hrv_law_gate *other = NULL;
	const char *needs;
	int need = -1;

	cfg_check_keys(group, keys, "an entry of gates", errors);
	gate->compartment = law_id(group, "compartment", errors);
	needs = cfg_string(group, "needs", true, errors);
	if (needs != NULL)
		need = law_word(
		    needs, need_words, 2, "needs", group->line, errors);
	if (gate->compartment == NULL || need < 0)
		return;
	gate->needs = (enum hrv_gate_need)need;
	gate->within = (struct hrv_duration){ 0, 6, 0 };
	if (cfg_find(group, "within") != NULL)
		(void)cfg_duration(group, "within", &gate->within, errors);
	while (
	    (other = hrv_law_next_gate(law, gate->compartment, other)) != NULL)
		if (other->needs == gate->needs)
			cfg_error(errors, group->line, "remove one of the two",
			    "the same gate stands there twice");
}

static void
read_ban(const struct cfg_node *list, size_t i, struct hrv_law *law,
    const char **ban, struct hrv_file_errors *errors)
{
	const char *text = cfg_entry(list, i, "never_export", errors);
	int line = list->child[i]->line;

	if (text == NULL)
		return;
	if (!is_pointer(text))
		cfg_error(errors, line,
		    "write a JSON pointer, as \"/bank/account\"",
		    "never_export names no field: \"%.40s\"", text);
	for (size_t k = 0; k < law->n_never_export; k++)
		if (strcmp(law->never_export[k], text) == 0)
			cfg_error(errors, line, "remove one of the two",
			    "never_export names \"%.40s\" twice", text);
	*ban = text;
}

static void
read_bans(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list =
	    law_list(group, "never_export", false, errors);
	const char **bans;

	if (list == NULL)
		return;
	bans = law_alloc(list->count, sizeof(*bans), errors);
	law->never_export = bans;
	for (size_t i = 0; bans != NULL && i < list->count; i++) {
		const char **next = &bans[law->n_never_export];

		read_ban(list, i, law, next, errors);
		law->n_never_export += *next != NULL;
	}
}

void
law_read_lists(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list = law_list(group, "codes", false, errors);
	struct hrv_law_code *codes;
	struct hrv_law_gate *gates;

	if (list != NULL) {
		codes = law_alloc(list->count, sizeof(*codes), errors);
		law->codes = codes;
		for (size_t i = 0; codes != NULL && i < list->count; i++)
			if (cfg_is(list->child[i], CFG_GROUP,
				"an entry of codes", errors)) {
				read_code(list->child[i], law,
				    &codes[law->n_codes], errors);
				law->n_codes++;
			}
	}
	list = law_list(group, "gates", false, errors);
	if (list != NULL) {
		gates = law_alloc(list->count, sizeof(*gates), errors);
		law->gates = gates;
		for (size_t i = 0; gates != NULL && i < list->count; i++)
			if (cfg_is(list->child[i], CFG_GROUP,
				"an entry of gates", errors)) {
				read_gate(list->child[i], law,
				    &gates[law->n_gates], errors);
				law->n_gates++;
			}
	}
	read_bans(group, law, errors);
}

const struct hrv_law_code *
hrv_law_find_code(const struct hrv_law *law, const char *id)
{
	for (size_t i = 0; i < law->n_codes; i++)
		if (law->codes[i].id != NULL &&
		    strcmp(law->codes[i].id, id) == 0)
			return &law->codes[i];
	return NULL;
}

const struct hrv_law_gate *
hrv_law_next_gate(const struct hrv_law *law, const char *compartment,
    const struct hrv_law_gate *last)
{
	size_t i = last == NULL ? 0 : (size_t)(last - law->gates) + 1;

	for (; i < law->n_gates; i++)
		if (law->gates[i].compartment != NULL &&
		    strcmp(law->gates[i].compartment, compartment) == 0)
			return &law->gates[i];
	return NULL;
}

const char *
hrv_gate_need_name(enum hrv_gate_need need)
{
	return need_words[need];
}
