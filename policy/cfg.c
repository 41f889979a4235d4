/* SPDX-License-Identifier: ISC */
/*
 * From text to tree, see policy/cfg.h: the one file that knows libconfig.
 * Layer: policy (pure). Invariant: no text reaches the library that
 * cfg_scan() and cfg_grammar() have not passed, and nothing of the library's
 * memory is left in the tree.
 */
#include "policy/cfg.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

struct cfg {
	struct cfg_node root;
};

/* What the library says, and what a person can do about it. */
static const struct {
	const char *theirs;
	const char *ours;
	const char *remedy;
} parse_errors[] = {
	{ "duplicate setting name", "the same name stands twice in one group",
	    "keep one of the two" },
	{ "mismatched element type in array",
	    "an array in [ ] holds values of different types",
	    "write a list: ( ... )" },
};

static void
report(const config_t *lib, struct hrv_file_errors *errors)
{
	const char *text = config_error_text(lib);
	size_t n = sizeof(parse_errors) / sizeof(parse_errors[0]);
	int line = config_error_line(lib);

	for (size_t i = 0; text != NULL && i < n; i++)
		if (strcmp(text, parse_errors[i].theirs) == 0) {
			cfg_error(errors, line, parse_errors[i].remedy, "%s",
			    parse_errors[i].ours);
			return;
		}
	cfg_error(errors, line, "", "%s",
	    text != NULL ? text : "the text cannot be understood");
}

static void
clear_node(struct cfg_node *node)
{
	struct cfg_node **child = NULL;

	free((void *)(uintptr_t)node->name);
	if (node->type == CFG_STRING)
		free((void *)(uintptr_t)node->v.string);
	child = (struct cfg_node **)(uintptr_t)node->child;
	for (size_t i = 0; i < node->count; i++) {
		clear_node(child[i]);
		free(child[i]);
	}
	free(child);
}

static bool copy_node(config_setting_t *from, struct cfg_node *to);

static bool
copy_children(config_setting_t *from, struct cfg_node *to)
{
	int n = config_setting_length(from);
	struct cfg_node **child;

	if (n == 0)
		return true;
	child = calloc((size_t)n, sizeof(*child));
	if (child == NULL)
		return false;
	to->child = (const struct cfg_node *const *)child;
	for (int i = 0; i < n; i++) {
		child[i] = calloc(1, sizeof(**child));
		if (child[i] == NULL)
			return false;
		to->count++;
		if (!copy_node(
			config_setting_get_elem(from, (unsigned)i), child[i]))
			return false;
	}
	return true;
}

/* What was copied before a failure is there for clear_node(). */
static bool
copy_node(config_setting_t *from, struct cfg_node *to)
{
	const char *name = config_setting_name(from), *text;

	to->line = (int)config_setting_source_line(from);
	to->type = CFG_INT;
	if (name != NULL) {
		to->name = strdup(name);
		if (to->name == NULL)
			return false;
	}
	switch (config_setting_type(from)) {
	case CONFIG_TYPE_GROUP:
		to->type = CFG_GROUP;
		return copy_children(from, to);
	case CONFIG_TYPE_LIST:
		to->type = CFG_LIST;
		return copy_children(from, to);
	case CONFIG_TYPE_ARRAY:
		to->type = CFG_ARRAY;
		return copy_children(from, to);
	case CONFIG_TYPE_STRING:
		text = config_setting_get_string(from);
		to->v.string = strdup(text != NULL ? text : "");
		to->type = CFG_STRING;
		return to->v.string != NULL;
	case CONFIG_TYPE_BOOL:
		to->type = CFG_BOOL;
		to->v.boolean = config_setting_get_bool(from) != 0;
		return true;
	case CONFIG_TYPE_FLOAT:
		to->type = CFG_FLOAT;
		to->v.real = config_setting_get_float(from);
		return true;
	default:
		to->v.integer = config_setting_get_int(from);
		return true;
	}
}

/* The library takes a NUL-terminated string, and a comment on the last line
 * only when a newline ends it. */
static char *
for_library(const char *text, size_t len)
{
	char *copy = malloc(len + 2);

	if (copy == NULL)
		return NULL;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\n';
	copy[len + 1] = '\0';
	return copy;
}

struct cfg *
cfg_parse(const char *text, size_t len, struct hrv_file_errors *errors)
{
	size_t before = errors->count + errors->more;
	struct cfg *cfg = NULL, *done = NULL;
	char *copy = NULL;
	config_t lib;

	config_init(&lib);
	cfg_scan(text, len, errors);
	if (errors->count + errors->more == before)
		cfg_grammar(text, len, errors);
	if (errors->count + errors->more != before || errors->no_memory)
		goto out;
	copy = for_library(text, len);
	cfg = calloc(1, sizeof(*cfg));
	if (copy == NULL || cfg == NULL) {
		errors->no_memory = true;
		goto out;
	}
	if (config_read_string(&lib, copy) != CONFIG_TRUE) {
		report(&lib, errors);
		goto out;
	}
	if (!copy_node(config_root_setting(&lib), &cfg->root)) {
		errors->no_memory = true;
		goto out;
	}
	done = cfg;
	cfg = NULL;
out:
	cfg_free(cfg);
	free(copy);
	config_destroy(&lib);
	return done;
}

void
cfg_free(struct cfg *cfg)
{
	if (cfg == NULL)
		return;
	clear_node(&cfg->root);
	free(cfg);
}

const struct cfg_node *
cfg_root(const struct cfg *cfg)
{
	return &cfg->root;
}
