/* SPDX-License-Identifier: ISC */
/*
 * Reads the top of a schedule and the lists that everything else refers to,
 * and gives the order in which the rest is read. Layer: policy (pure).
 * Invariant: a schedule comes out only when nothing at all was wrong with its
 * text; there is no half-read one.
 */
#include "policy/schedule.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const schedule_keys[] = { "id", "version", "title",
	"jurisdiction", "timezone", "minimum_age", "periods", "compartments",
	"purge", "dual_control", "purposes", "events", "classes", "rules",
	"tests", NULL };

/* Keys of the vault that no schedule can give away. */
static const char *const reserved[] = { "identity", "detail", "hold",
	"casework" };

/* Steps that can be made to take two people, and those that always do. */
static const char *const steps[] = { "record.amend", "record.move",
	"record.reclassify", "record.read", "subject.update", "subject.merge",
	"subject.restrict", "subject.lift", "disclose", "import", "case.close",
	"hold.release", "policy.adopt", "review", "record.void", "case.export",
	"case.refuse", "member.change", "event.earlier", "clock", "rollback",
	"restore" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
report_unknown(struct reader *r, int line, const char *what, const char *name,
    const char *const *list, size_t n)
{
	const char *near = cfg_nearest(name, list, n);
	char remedy[160] = "";

	if (near != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean %.64s?", near);
	cfg_error(r->errors, line, remedy, "unknown %s \"%.64s\"", what, name);
}

const char *const *
read_strings(struct reader *r, const struct cfg_node *g, const char *key,
    bool required, size_t *ret_count)
{
	const struct cfg_node *list = cfg_list(g, key, required, r->errors);
	const char **out;
	size_t n = 0;

	*ret_count = 0;
	out = pool_alloc(r->pool, list != NULL ? list->count : 0, sizeof(*out));
	if (list == NULL || out == NULL)
		return out;
	if (list->count == 0 && required)
		cfg_error(r->errors, list->line, "", "%s is empty", key);
	for (size_t i = 0; i < list->count; i++) {
		const char *s = cfg_entry(list, i, key, r->errors);

		if (s == NULL)
			continue;
		if (string_index(out, n, s) >= 0) {
			cfg_error(r->errors, list->child[i]->line, "remove one",
			    "%.64s stands twice in %s", s, key);
			continue;
		}
		s = pool_strdup(r->pool, s);
		if (s != NULL)
			out[n++] = s;
	}
	*ret_count = n;
	return out;
}

static void
check_word(struct reader *r, const struct cfg_node *g, const char *key,
    const char *text, const char *example)
{
	char remedy[128];

	if (text == NULL || cfg_is_id(text))
		return;
	snprintf(remedy, sizeof(remedy),
	    "write letters, digits, '.', '_' and '-', as \"%s\"", example);
	cfg_error(r->errors, cfg_find(g, key)->line, remedy,
	    "%s cannot be \"%.64s\"", key, text);
}

/* "Europe/London", "UTC", "Etc/GMT+5". Whether it exists takes a look at the
 * system's zone files, which a pure reader does not do. */
static bool
is_zone(const char *s)
{
	if (!isalpha((unsigned char)s[0]) || strlen(s) > 64 ||
	    strstr(s, "//") != NULL || s[strlen(s) - 1] == '/')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("/_+-", *s) == NULL)
			return false;
	return true;
}

static const char *
copy_string(struct reader *r, const struct cfg_node *g, const char *key)
{
	const char *s = cfg_string(g, key, true, r->errors);
	const char *copy = pool_strdup(r->pool, s != NULL ? s : "");

	return copy != NULL ? copy : "";
}

static void
read_heading(struct reader *r, const struct cfg_node *g)
{
	struct hrv_schedule *s = &r->s->pub;

	s->id = copy_string(r, g, "id");
	s->version = copy_string(r, g, "version");
	s->title = copy_string(r, g, "title");
	s->jurisdiction = copy_string(r, g, "jurisdiction");
	s->timezone = copy_string(r, g, "timezone");
	if (s->id[0] != '\0')
		check_word(r, g, "id", s->id, "uk-hr");
	if (s->version[0] != '\0')
		check_word(r, g, "version", s->version, "2026.1");
	if (s->timezone[0] != '\0' && !is_zone(s->timezone))
		cfg_error(r->errors, cfg_find(g, "timezone")->line,
		    "write a name as \"Europe/London\"",
		    "timezone cannot be \"%.64s\"", s->timezone);
	s->minimum_age = 13;
	cfg_int(g, "minimum_age", 0, 99, &s->minimum_age, r->errors);
}

static void
read_compartments(struct reader *r, const struct cfg_node *g)
{
	struct hrv_schedule *s = &r->s->pub;
	int line;

	s->compartment =
	    read_strings(r, g, "compartments", true, &s->compartment_count);
	for (size_t i = 0; i < s->compartment_count; i++) {
		const char *c = s->compartment[i];

		line = cfg_find(g, "compartments")->line;
		if (string_index(reserved, COUNT(reserved), c) >= 0)
			cfg_error(r->errors, line, "choose another name",
			    "the compartment %s belongs to the vault itself",
			    c);
		else if (!cfg_is_id(c))
			cfg_error(r->errors, line,
			    "write letters, digits, '.', '_' and '-'",
			    "a compartment cannot be called \"%.64s\"", c);
	}
}

/* administration is always a purpose, whether the file says so or not. */
static void
read_purposes(struct reader *r, const struct cfg_node *g)
{
	static const char always[] = "administration";
	struct hrv_schedule *s = &r->s->pub;
	const char **all;
	size_t n;

	s->purpose = read_strings(r, g, "purposes", false, &n);
	s->purpose_count = n;
	for (size_t i = 0; i < n; i++)
		if (!cfg_is_id(s->purpose[i]))
			cfg_error(r->errors, cfg_find(g, "purposes")->line,
			    "write letters, digits, '.', '_' and '-'",
			    "a purpose cannot be called \"%.64s\"",
			    s->purpose[i]);
	if (string_index(s->purpose, n, always) >= 0)
		return;
	all = pool_alloc(r->pool, n + 1, sizeof(*all));
	if (all == NULL)
		return;
	all[0] = always;
	for (size_t i = 0; i < n; i++)
		all[i + 1] = s->purpose[i];
	s->purpose = all;
	s->purpose_count = n + 1;
}

static bool
is_event_name(const char *s)
{
	size_t n = 0;

	if (strncmp(s, "record.", 7) == 0)
		s += 7;
	else if (strncmp(s, "subject.", 8) == 0)
		s += 8;
	else
		return false;
	for (; s[n] != '\0'; n++)
		if (!(s[n] >= 'a' && s[n] <= 'z') &&
		    !(s[n] >= '0' && s[n] <= '9') && s[n] != '_')
			return false;
	return n >= 1 && n <= 64;
}

static void
read_events(struct reader *r, const struct cfg_node *g)
{
	struct hrv_schedule *s = &r->s->pub;
	const char *const *own;
	const char **all;
	size_t n, count = 0;

	own = read_strings(r, g, "events", false, &n);
	all = pool_alloc(r->pool, n + builtin_event_count, sizeof(*all));
	if (all == NULL)
		return;
	for (size_t i = 0; i < builtin_event_count; i++)
		all[count++] = builtin_events[i];
	for (size_t i = 0; i < n; i++) {
		if (!is_event_name(own[i]))
			cfg_error(r->errors, cfg_find(g, "events")->line,
			    "write it as \"record.pay_date\" or "
			    "\"subject.retired\"",
			    "an event cannot be called \"%.64s\"", own[i]);
		else if (string_index(all, count, own[i]) < 0)
			all[count++] = own[i];
	}
	s->event = all;
	s->event_count = count;
}

static void
read_dual_control(struct reader *r, const struct cfg_node *g)
{
	struct hrv_schedule *s = &r->s->pub;

	s->dual_control =
	    read_strings(r, g, "dual_control", false, &s->dual_control_count);
	for (size_t i = 0; i < s->dual_control_count; i++)
		if (string_index(steps, COUNT(steps), s->dual_control[i]) < 0)
			report_unknown(r, cfg_find(g, "dual_control")->line,
			    "step", s->dual_control[i], steps, COUNT(steps));
}

/* "10%". */
static void
read_share(struct reader *r, const struct cfg_node *g, int32_t *ret)
{
	const struct cfg_node *node = cfg_find(g, "max_share");
	const char *s;
	size_t n;
	int v;

	if (node == NULL)
		return;
	s = node->type == CFG_STRING ? node->v.string : "";
	n = strspn(s, "0123456789");
	v = n >= 1 && n <= 3 ? (int)strtol(s, NULL, 10) : 0;
	if (v >= 1 && v <= 100 && strcmp(s + n, "%") == 0)
		*ret = v;
	else
		cfg_error(r->errors, node->line, "write it as \"10%\"",
		    "max_share must be a share from 1%% to 100%% in quotes");
}

static void
read_silence(struct reader *r, const struct cfg_node *g, int32_t *ret)
{
	struct hrv_duration p;

	if (!cfg_duration(g, "max_silence", &p, r->errors))
		return;
	if (p.years == 0 && p.months == 0 && p.days >= 1 && p.days <= 45)
		*ret = (int32_t)p.days;
	else
		cfg_error(r->errors, cfg_find(g, "max_silence")->line,
		    "write days, from \"P1D\" to \"P45D\"",
		    "max_silence must be 1 to 45 days");
}

static void
read_purge(struct reader *r, const struct cfg_node *g)
{
	static const char *const keys[] = { "notice", "max_per_run",
		"max_share", "release_cooling_off", "max_silence", NULL };
	struct hrv_purge_settings *p = &r->s->pub.purge;

	*p = (struct hrv_purge_settings){ .notice = { 0, 0, 14 },
		.max_per_run = 500,
		.max_share = 10,
		.release_cooling_off = { 0, 0, 30 },
		.max_silence = 8 };
	g = cfg_group(g, "purge", false, r->errors);
	if (g == NULL)
		return;
	cfg_check_keys(g, keys, "purge", r->errors);
	cfg_duration(g, "notice", &p->notice, r->errors);
	cfg_duration(
	    g, "release_cooling_off", &p->release_cooling_off, r->errors);
	cfg_int(g, "max_per_run", 1, 999999999, &p->max_per_run, r->errors);
	read_share(r, g, &p->max_share);
	read_silence(r, g, &p->max_silence);
}

static void
read_all(struct reader *r, const struct cfg_node *g)
{
	cfg_check_keys(g, schedule_keys, "schedule", r->errors);
	read_heading(r, g);
	read_compartments(r, g);
	read_purposes(r, g);
	read_events(r, g);
	read_dual_control(r, g);
	read_purge(r, g);
	read_periods(r, g);
	/* Class ids before rules, which may name them in events. */
	r->classes = cfg_find(g, "classes");
	read_rules(r, g);
	read_classes(r, g);
	if (r->errors->count + r->errors->more == 0 && !r->pool->failed)
		check_schedule(r);
	read_tests(r, g);
}

static const struct cfg_node *
find_schedule(const struct cfg *cfg, struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "schedule", NULL };
	const struct cfg_node *root = cfg_root(cfg);

	cfg_check_keys(root, keys, "the file", errors);
	if (cfg_find(root, "schedule") == NULL) {
		cfg_error(errors, 1, "write schedule = { ... };",
		    "the file holds no schedule");
		return NULL;
	}
	return cfg_group(root, "schedule", true, errors);
}

struct hrv_schedule *
hrv_schedule_parse(const char *text, size_t len, struct hrv_file_errors *errors)
{
	size_t before = errors->count + errors->more;
	struct reader r = { .errors = errors };
	const struct cfg_node *g = NULL;
	struct cfg *cfg = NULL;
	struct schedule *s = NULL;

	cfg = cfg_parse(text, len, errors);
	if (cfg == NULL)
		goto out;
	g = find_schedule(cfg, errors);
	if (g == NULL)
		goto out;
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		errors->no_memory = true;
		goto out;
	}
	r.s = s;
	r.pool = &s->pool;
	read_all(&r, g);
	if (s->pool.failed)
		errors->no_memory = true;
	hrv_file_errors_sort(errors);
out:
	cfg_free(cfg);
	if (s != NULL &&
	    (errors->count + errors->more != before || errors->no_memory)) {
		hrv_schedule_free(&s->pub);
		s = NULL;
	}
	return s != NULL ? &s->pub : NULL;
}
