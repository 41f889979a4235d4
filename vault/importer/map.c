/* SPDX-License-Identifier: ISC */
/*
 * Reading import maps. Layer: importer. Invariant: a map that was read says
 * for each of its columns exactly one thing to do, names no column twice and
 * yields a name for every subject; every mistake in it is found at once.
 */
#include "vault/importer/map.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cfg.h"
#include "vault/importer/dateform.h"

static const char *const map_keys[] = { "format", "id", "version", "title",
	"kind", "delimiter", "trim", "nulls", "two_digit_years",
	"minimum_hire_age", "columns", "rest", "ignore", "record", NULL };
static const char *const column_keys[] = { "column", "to", "required",
	"optional", "form", "dates", "nulls", "keep", "also", NULL };
static const char *const also_keys[] = { "to", "column", "is", NULL };
static const char *const record_keys[] = { "class", "title", "source",
	"provided_by", NULL };

/* Targets in the order of enum map_target; then the events. */
static const char *const targets[] = { "subject.number", "subject.name",
	"subject.given", "subject.middle", "subject.family", "subject.email",
	"subject.phone", "subject.born", "subject.applied", "subject.closed",
	"subject.hired", "subject.ended", "subject.died",
	"subject.last_contact", "subject.terminated_involuntarily",
	"subject.consent_given", "subject.consent_withdrawn", "record.created",
	NULL };

/* The index of word in a NULL-terminated list; an unknown one is reported with
 * the nearest known one, and -1. */
static int
choose(const char *word, const char *const *list, int line, const char *key,
    struct hrv_file_errors *errors)
{
	const char *near;
	size_t n = 0;

	for (; list[n] != NULL; n++)
		if (strcmp(list[n], word) == 0)
			return (int)n;
	near = cfg_nearest(word, list, n);
	cfg_error(errors, line, near, "%s = \"%s\" is not known", key, word);
	return -1;
}

/* A string setting that is one of a list; its index, or `otherwise` where it
 * is absent or (reported) wrong. */
static int
setting(const struct cfg_node *group, const char *key, const char *const *list,
    int otherwise, struct hrv_file_errors *errors)
{
	const char *s = cfg_string(group, key, false, errors);
	int i;

	if (s == NULL)
		return otherwise;
	i = choose(s, list, cfg_find(group, key)->line, key, errors);
	return i < 0 ? otherwise : i;
}

static bool
read_texts(const struct cfg_node *group, const char *key, struct map_texts *ret,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *list = cfg_list(group, key, false, errors);

	if (list == NULL)
		return false;
	ret->text = calloc(list->count + 1, sizeof(*ret->text));
	if (ret->text == NULL) {
		errors->no_memory = true;
		return false;
	}
	for (size_t i = 0; i < list->count; i++)
		if (cfg_is(list->child[i], CFG_STRING, key, errors))
			ret->text[ret->count++] = list->child[i]->v.string;
	return true;
}

static void
read_target(const struct cfg_node *g, struct map_column *c,
    struct hrv_file_errors *errors)
{
	const char *to = cfg_string(g, "to", true, errors);
	int i = to == NULL ? -1
			   : choose(to, targets, cfg_find(g, "to")->line, "to",
				 errors);

	if (i < 0)
		return;
	if (i < (int)MAP_EVENT) {
		c->to = (enum map_target)i;
	} else if (targets[i + 1] == NULL) {
		c->to = MAP_CREATED;
	} else {
		c->to = MAP_EVENT;
		c->event = targets[i] + strlen("subject.");
	}
}

static void
read_dates(const struct cfg_node *g, struct map_column *c,
    struct hrv_file_errors *errors)
{
	bool is_date =
	    c->to == MAP_BORN || c->to == MAP_EVENT || c->to == MAP_CREATED;
	bool given = read_texts(g, "dates", &c->dates, errors);

	if (given && !is_date)
		cfg_error(errors, cfg_find(g, "dates")->line, NULL,
		    "dates: this target takes no date");
	if (given && c->dates.count == 0)
		cfg_error(errors, cfg_find(g, "dates")->line,
		    "dates = ( \"YYYY-MM-DD\" )", "dates is empty");
	for (size_t i = 0; i < c->dates.count; i++)
		if (!dateform_ok(c->dates.text[i]))
			cfg_error(errors, cfg_find(g, "dates")->line,
			    "YYYY or YY, MM and DD with / - . between them",
			    "\"%s\" is not a date form", c->dates.text[i]);
}

/* The day of an event may be that of a second one: somebody was dismissed when
 * the reason of leaving, in another column, says so. */
static void
read_also(const struct cfg_node *g, struct map_column *c,
    struct hrv_file_errors *errors)
{
	const struct cfg_node *also = cfg_group(g, "also", false, errors);
	const char *to;
	int i;

	if (also == NULL)
		return;
	cfg_check_keys(also, also_keys, "also", errors);
	to = cfg_string(also, "to", true, errors);
	c->also_column = cfg_string(also, "column", true, errors);
	if (!read_texts(also, "is", &c->also_is, errors))
		cfg_error(
		    errors, also->line, "is = ( \"...\" )", "is is missing");
	i = to == NULL ? -1 : choose(to, targets, also->line, "to", errors);
	if (c->to == MAP_EVENT && i >= (int)MAP_EVENT && targets[i + 1] != NULL)
		c->also_event = targets[i] + strlen("subject.");
	else if (i >= 0)
		cfg_error(errors, also->line, NULL,
		    "also makes a second event of an event");
}

static void
read_column(const struct cfg_node *g, struct map_column *c,
    struct hrv_file_errors *errors)
{
	static const char *const forms[] = { "given surname", "surname, given",
		NULL };

	cfg_check_keys(g, column_keys, "column", errors);
	c->name = cfg_string(g, "column", true, errors);
	read_target(g, c, errors);
	(void)cfg_bool(g, "required", &c->required, errors);
	(void)cfg_bool(g, "optional", &c->optional, errors);
	(void)cfg_bool(g, "keep", &c->keep, errors);
	if (cfg_find(g, "form") != NULL && c->to != MAP_NAME)
		cfg_error(errors, cfg_find(g, "form")->line, NULL,
		    "form is only for subject.name");
	c->surname_first = setting(g, "form", forms, 0, errors) == 1;
	read_dates(g, c, errors);
	read_also(g, c, errors);
	c->own_nulls = read_texts(g, "nulls", &c->nulls, errors);
	if (c->required && c->optional)
		cfg_error(errors, g->line, NULL,
		    "a column is required or optional, not both");
}

static void
read_columns(
    const struct cfg_node *root, struct map *m, struct hrv_file_errors *errors)
{
	const struct cfg_node *list = cfg_list(root, "columns", true, errors);

	if (list == NULL)
		return;
	m->column = calloc(list->count + 1, sizeof(*m->column));
	if (m->column == NULL) {
		errors->no_memory = true;
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		if (cfg_is(list->child[i], CFG_GROUP, "column", errors))
			read_column(
			    list->child[i], &m->column[m->columns++], errors);
}

static size_t
count_target(const struct map *m, enum map_target to)
{
	size_t n = 0;

	for (size_t i = 0; i < m->columns; i++) {
		n += m->column[i].to == to;
		n += to == MAP_EVENT && m->column[i].also_event != NULL;
	}
	return n;
}

/* What must hold between the columns. */
static void
check_columns(const struct map *m, int line, struct hrv_file_errors *errors)
{
	size_t whole = count_target(m, MAP_NAME);
	size_t parts = count_target(m, MAP_GIVEN) +
		       count_target(m, MAP_MIDDLE) +
		       count_target(m, MAP_FAMILY);

	if (whole + parts == 0)
		cfg_error(errors, line, "to = \"subject.name\"",
		    "no column gives the name");
	if (whole > 1 || (whole > 0 && parts > 0) ||
	    count_target(m, MAP_GIVEN) > 1 || count_target(m, MAP_MIDDLE) > 1 ||
	    count_target(m, MAP_FAMILY) > 1)
		cfg_error(errors, line, NULL,
		    "the name comes from one column, or from one for each "
		    "part");
	if (count_target(m, MAP_NUMBER) > 1 || count_target(m, MAP_BORN) > 1 ||
	    count_target(m, MAP_CREATED) > 1)
		cfg_error(errors, line, NULL,
		    "subject.number, subject.born and record.created take one "
		    "column each");
	if (count_target(m, MAP_EMAIL) > MAP_EMAILS_MAX ||
	    count_target(m, MAP_PHONE) > MAP_PHONES_MAX ||
	    count_target(m, MAP_EVENT) > MAP_EVENTS_MAX)
		cfg_error(errors, line, NULL,
		    "at most 8 e-mail addresses, 8 phone numbers and 32 "
		    "events");
}

/* No column is mapped twice, or mapped and ignored. */
static void
check_names(const struct map *m, int line, struct hrv_file_errors *errors)
{
	for (size_t i = 0; i < m->columns; i++) {
		const char *name = m->column[i].name;

		for (size_t k = 0; name != NULL && k < i; k++)
			if (m->column[k].name != NULL &&
			    strcmp(m->column[k].name, name) == 0)
				cfg_error(errors, line, NULL,
				    "column \"%s\" is mapped twice", name);
		for (size_t k = 0; name != NULL && k < m->ignore.count; k++)
			if (strcmp(m->ignore.text[k], name) == 0)
				cfg_error(errors, line, NULL,
				    "column \"%s\" is mapped and ignored",
				    name);
	}
}

static void
read_record(
    const struct cfg_node *root, struct map *m, struct hrv_file_errors *errors)
{
	static const char *const sides[] = { "employer", "subject",
		"third_party", NULL };
	const struct cfg_node *g =
	    cfg_group(root, "record", m->rest == MAP_REST_RECORD, errors);

	if (g == NULL)
		return;
	if (m->rest != MAP_REST_RECORD)
		cfg_error(errors, g->line, "rest = \"record\"",
		    "record is only for rest = \"record\"");
	cfg_check_keys(g, record_keys, "record", errors);
	m->record_class = cfg_string(g, "class", true, errors);
	m->record_title = cfg_string(g, "title", false, errors);
	m->record_source = cfg_string(g, "source", false, errors);
	m->provided_by = sides[setting(g, "provided_by", sides, 0, errors)];
	if (m->record_class != NULL && !cfg_is_id(m->record_class))
		cfg_error(errors, g->line, "personnel_file",
		    "\"%s\" is not the id of a class", m->record_class);
}

static void
read_settings(
    const struct cfg_node *root, struct map *m, struct hrv_file_errors *errors)
{
	static const char *const kinds[] = { "employee", "candidate", NULL };
	static const char *const delimiters[] = { "auto", ",", ";", "|", "tab",
		NULL };
	static const char *const years[] = { "refuse", "past", NULL };
	static const char *const rests[] = { "refuse", "ignore", "record",
		NULL };
	int32_t age = 14;

	m->candidate = setting(root, "kind", kinds, 0, errors) == 1;
	if (cfg_find(root, "kind") == NULL)
		cfg_error(errors, root->line, "kind = \"employee\"",
		    "kind is missing");
	m->delimiter =
	    "\0,;|\t"[setting(root, "delimiter", delimiters, 0, errors)];
	m->trim = true;
	(void)cfg_bool(root, "trim", &m->trim, errors);
	m->past_years = setting(root, "two_digit_years", years, 0, errors) == 1;
	(void)cfg_int(root, "minimum_hire_age", 10, 21, &age, errors);
	m->minimum_hire_age = (uint32_t)age;
	(void)read_texts(root, "nulls", &m->nulls, errors);
	(void)read_texts(root, "ignore", &m->ignore, errors);
	m->rest = (enum map_rest)setting(root, "rest", rests, 0, errors);
}

static void
read_identity(
    const struct cfg_node *root, struct map *m, struct hrv_file_errors *errors)
{
	const char *format = cfg_string(root, "format", true, errors);

	if (format != NULL && strcmp(format, "hrvault-map/1") != 0)
		cfg_error(errors, cfg_find(root, "format")->line,
		    "format = \"hrvault-map/1\"",
		    "this format of map is not known here");
	m->id = cfg_string(root, "id", true, errors);
	if (m->id != NULL && !cfg_is_id(m->id))
		cfg_error(errors, cfg_find(root, "id")->line, NULL,
		    "\"%s\" is not an id", m->id);
	m->version = cfg_string(root, "version", true, errors);
	m->title = cfg_string(root, "title", false, errors);
}

struct map *
map_read(const char *text, size_t len, struct hrv_file_errors *errors)
{
	static const char *const top[] = { "map", NULL };
	struct map *m = calloc(1, sizeof(*m));
	const struct cfg_node *root;

	if (m == NULL) {
		errors->no_memory = true;
		return NULL;
	}
	m->cfg = cfg_parse(text, len, errors);
	if (m->cfg == NULL)
		goto out;
	cfg_check_keys(cfg_root(m->cfg), top, "the file", errors);
	root = cfg_group(cfg_root(m->cfg), "map", true, errors);
	if (root == NULL)
		goto out;
	cfg_check_keys(root, map_keys, "map", errors);
	read_identity(root, m, errors);
	read_settings(root, m, errors);
	read_columns(root, m, errors);
	read_record(root, m, errors);
	check_columns(m, root->line, errors);
	check_names(m, root->line, errors);
out:
	if (!hrv_file_errors_none(errors)) {
		map_free(m);
		m = NULL;
	}
	return m;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->columns; i++) {
		free(m->column[i].dates.text);
		free(m->column[i].nulls.text);
		free(m->column[i].also_is.text);
	}
	free(m->column);
	free(m->nulls.text);
	free(m->ignore.text);
	cfg_free(m->cfg);
	free(m);
}
