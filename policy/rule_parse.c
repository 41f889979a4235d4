/* SPDX-License-Identifier: ISC */
/*
 * Reads rules and classes. Layer: policy (pure). Invariant: every class has a
 * rule, every rule an authority, and every name in them leads somewhere.
 */
#include "policy/schedule.h"

#include <stdio.h>
#include <string.h>

const char *const legal_bases[] = { "consent", "contract", "legal_obligation",
	"vital_interests", "public_task", "legitimate_interests",
	"legitimate_interest" };
const size_t legal_basis_count = sizeof(legal_bases) / sizeof(legal_bases[0]);

static const char *
copy(struct reader *r, const char *text)
{
	const char *s = pool_strdup(r->pool, text != NULL ? text : "");

	return s != NULL ? s : "";
}

/* The id of a rule or class, "" where it is wrong (reported). */
static const char *
read_id(struct reader *r, const struct cfg_node *g, const char *what)
{
	const char *id = cfg_string(g, "id", true, r->errors);

	if (id == NULL || cfg_is_id(id))
		return copy(r, id);
	cfg_error(r->errors, cfg_find(g, "id")->line,
	    "write letters, digits, '.', '_' and '-', as \"uk.paye\"",
	    "a %s cannot be called \"%.64s\"", what, id);
	return "";
}

static enum hrv_at_expiry
read_at_expiry(struct reader *r, const struct cfg_node *g)
{
	static const char *const name[] = { "purge", "review", "permanent" };
	const char *s = cfg_string(g, "at_expiry", false, r->errors);
	int at;

	if (s == NULL)
		return HRV_EXPIRY_PURGE;
	at = string_index(name, 3, s);
	if (at >= 0)
		return (enum hrv_at_expiry)at;
	cfg_error(r->errors, cfg_find(g, "at_expiry")->line,
	    "write \"purge\", \"review\" or \"permanent\"",
	    "at_expiry cannot be \"%.40s\"", s);
	return HRV_EXPIRY_PERMANENT;
}

static const struct hrv_term *
read_bound(struct reader *r, const struct cfg_node *g, const char *key)
{
	const struct cfg_node *n = cfg_find(g, key);

	if (n == NULL)
		return NULL;
	if (n->type != CFG_GROUP) {
		cfg_error(r->errors, n->line,
		    "write { on = \"subject.ended\"; plus = \"P6Y\"; }",
		    "%s must be a term, but is %s", key,
		    cfg_type_name(n->type));
		return NULL;
	}
	return read_term(r, n, 0);
}

static void
read_rule(struct reader *r, const struct cfg_node *g, struct hrv_rule *rule)
{
	static const char *const keys[] = { "id", "cite", "note", "keep",
		"limit", "at_expiry", "review_if_pending", "valid_from", NULL };
	const struct cfg_node *cite = cfg_find(g, "cite");
	char what[96];

	rule->line = g->line;
	rule->id = read_id(r, g, "rule");
	snprintf(what, sizeof(what), "rule %.64s", rule->id);
	cfg_check_keys(g, keys, what, r->errors);
	if (cite == NULL)
		cfg_error(r->errors, g->line,
		    "add cite = \"the law or practice it rests on\";",
		    "%s has no citation", what);
	else
		rule->cite = copy(r, cfg_string(g, "cite", true, r->errors));
	rule->note = copy(r, cfg_string(g, "note", false, r->errors));
	rule->keep = read_bound(r, g, "keep");
	rule->limit = read_bound(r, g, "limit");
	rule->at_expiry = read_at_expiry(r, g);
	rule->has_review_if_pending = cfg_duration(
	    g, "review_if_pending", &rule->review_if_pending, r->errors);
	cfg_date(g, "valid_from", &rule->valid_from, r->errors);
	if (cfg_find(g, "keep") == NULL && cfg_find(g, "limit") == NULL &&
	    rule->at_expiry == HRV_EXPIRY_PURGE)
		cfg_error(r->errors, g->line, "add keep, limit or both",
		    "%s says neither how long to keep nor when to end", what);
}

static void
report_twice(struct reader *r, const struct cfg_node *g, const char *what,
    const char *id, int line)
{
	char remedy[64];

	snprintf(remedy, sizeof(remedy), "the other stands in line %d", line);
	cfg_error(
	    r->errors, g->line, remedy, "the %s %.64s stands twice", what, id);
}

void
read_rules(struct reader *r, const struct cfg_node *g)
{
	const struct cfg_node *list = cfg_list(g, "rules", true, r->errors);
	size_t n = list != NULL ? list->count : 0, at = 0;

	r->rule = pool_alloc(r->pool, n + BUILTIN_RULES, sizeof(*r->rule));
	r->s->pub.rule = r->rule;
	if (r->rule == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		struct hrv_rule *rule = &r->rule[at];
		const struct hrv_rule *other;

		if (!cfg_is(list->child[i], CFG_GROUP, "a rule", r->errors))
			continue;
		read_rule(r, list->child[i], rule);
		other = hrv_schedule_rule(&r->s->pub, rule->id);
		if (other != NULL && rule->id[0] != '\0')
			report_twice(
			    r, list->child[i], "rule", rule->id, other->line);
		r->s->pub.rule_count = ++at;
	}
	r->s->file_rules = at;
	add_builtin_rules(r);
}

static unsigned
read_who(struct reader *r, const struct cfg_node *g, bool required)
{
	static const char *const name[] = { "candidate", "employee" };
	const char *const *who;
	unsigned bits = 0;
	size_t n;

	who = read_strings(r, g, "who", required, &n);
	for (size_t i = 0; i < n; i++) {
		int at = string_index(name, 2, who[i]);

		if (at < 0)
			cfg_error(r->errors, cfg_find(g, "who")->line,
			    "write \"candidate\", \"employee\" or both",
			    "who cannot be \"%.40s\"", who[i]);
		else
			bits |= at == 0 ? HRV_WHO_CANDIDATE : HRV_WHO_EMPLOYEE;
	}
	return bits;
}

/* A name out of a list of the schedule, as the list's own string. */
static const char *
read_name(struct reader *r, const struct cfg_node *g, const char *key,
    const char *const *list, size_t n)
{
	const char *s = cfg_string(g, key, true, r->errors);
	int at = s != NULL ? string_index(list, n, s) : -1;

	if (at >= 0)
		return list[at];
	if (s != NULL)
		report_unknown(r, cfg_find(g, key)->line, key, s, list, n);
	return "";
}

static void
read_class_purposes(
    struct reader *r, const struct cfg_node *g, struct hrv_class *c)
{
	const struct hrv_schedule *s = &r->s->pub;
	const struct cfg_node *list = cfg_find(g, "purposes");

	c->purposes = s->purpose;
	c->purpose_count = s->purpose_count;
	if (list == NULL)
		return;
	c->purposes = read_strings(r, g, "purposes", true, &c->purpose_count);
	for (size_t i = 0; i < c->purpose_count; i++)
		if (string_index(s->purpose, s->purpose_count, c->purposes[i]) <
		    0)
			report_unknown(r, list->line, "purpose", c->purposes[i],
			    s->purpose, s->purpose_count);
}

static void
find_ages(const struct hrv_term *t, struct hrv_class *c)
{
	if (t == NULL)
		return;
	if (t->kind == TERM_AGE && t->dependant)
		c->needs_dependant_born = true;
	else if (t->kind == TERM_AGE)
		c->needs_born = true;
	for (size_t i = 0; i < t->count; i++)
		find_ages(t->child[i], c);
}

static void
read_class_rules(
    struct reader *r, const struct cfg_node *g, struct hrv_class *c)
{
	const struct hrv_schedule *s = &r->s->pub;
	const struct cfg_node *list = cfg_find(g, "rules");
	const struct hrv_rule **rule;
	const char *const *names;
	size_t n;

	if (list == NULL || (list->type == CFG_LIST && list->count == 0)) {
		cfg_error(r->errors, list != NULL ? list->line : g->line,
		    "add rules = ( \"id of a rule\" );",
		    "class %.64s has no rule, so nothing could be stored "
		    "under it",
		    c->id);
		return;
	}
	names = read_strings(r, g, "rules", true, &n);
	rule = pool_alloc(r->pool, n, sizeof(struct hrv_rule *));
	for (size_t i = 0; rule != NULL && i < n; i++) {
		const struct hrv_rule *one = hrv_schedule_rule(s, names[i]);
		const char *ids[256];
		size_t k = 0;

		for (; k < s->rule_count && k < 256; k++)
			ids[k] = s->rule[k].id;
		if (one == NULL) {
			report_unknown(r, list->line, "rule", names[i], ids, k);
			continue;
		}
		rule[c->rule_count++] = one;
		find_ages(one->keep, c);
		find_ages(one->limit, c);
	}
	c->rule = rule;
}

static void
read_class(struct reader *r, const struct cfg_node *g, struct hrv_class *c)
{
	static const char *const keys[] = { "id", "title", "who", "compartment",
		"purpose", "purposes", "legal_basis", "rules",
		"special_category", NULL };
	const struct hrv_schedule *s = &r->s->pub;
	char what[96];

	c->line = g->line;
	c->id = read_id(r, g, "class");
	snprintf(what, sizeof(what), "class %.64s", c->id);
	cfg_check_keys(g, keys, what, r->errors);
	c->title = copy(r, cfg_string(g, "title", true, r->errors));
	c->who = read_who(r, g, true);
	c->compartment = read_name(
	    r, g, "compartment", s->compartment, s->compartment_count);
	c->purpose = read_name(r, g, "purpose", s->purpose, s->purpose_count);
	read_class_purposes(r, g, c);
	c->legal_basis =
	    read_name(r, g, "legal_basis", legal_bases, legal_basis_count);
	cfg_bool(g, "special_category", &c->special_category, r->errors);
	read_class_rules(r, g, c);
}

/* The vault's own papers: only their rules are for a schedule to say. */
static void
read_vault_class(
    struct reader *r, const struct cfg_node *g, struct hrv_class *c)
{
	static const char *const keys[] = { "id", "rules", NULL };

	c->line = g->line;
	c->id = read_id(r, g, "class");
	c->built_in = true;
	for (size_t i = 0; i < g->count; i++)
		if (string_index(keys, 2, g->child[i]->name) < 0)
			cfg_error(r->errors, g->child[i]->line,
			    "write only id and rules",
			    "%.64s of %.64s is fixed", g->child[i]->name,
			    c->id);
	if (!is_builtin_class(c->id))
		cfg_error(r->errors, g->line,
		    "vault.case, vault.hold, vault.tombstone, "
		    "vault.certificate, vault.disclosure and vault.log can "
		    "be given rules; name your own class differently",
		    "there is no class %.64s in the vault", c->id);
	else if (strcmp(c->id, "vault.identity") == 0)
		cfg_error(r->errors, g->line, "remove it",
		    "vault.identity takes no rules: it ends with the "
		    "subject's last record");
	read_class_rules(r, g, c);
}

void
read_classes(struct reader *r, const struct cfg_node *g)
{
	const struct cfg_node *list = cfg_list(g, "classes", true, r->errors);
	size_t n = list != NULL ? list->count : 0, at = 0;

	r->klass = pool_alloc(r->pool, n + BUILTIN_CLASSES, sizeof(*r->klass));
	r->s->pub.klass = r->klass;
	if (r->klass == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct cfg_node *one = list->child[i], *id;
		const struct hrv_class *other;
		struct hrv_class *c = &r->klass[at];

		if (!cfg_is(one, CFG_GROUP, "a class", r->errors))
			continue;
		id = cfg_find(one, "id");
		if (id != NULL && id->type == CFG_STRING &&
		    strncmp(id->v.string, "vault.", 6) == 0)
			read_vault_class(r, one, c);
		else
			read_class(r, one, c);
		other = hrv_schedule_class(&r->s->pub, c->id);
		if (other != NULL && c->id[0] != '\0')
			report_twice(r, one, "class", c->id, other->line);
		r->s->pub.class_count = ++at;
	}
	r->s->file_classes = at;
	add_builtin_classes(r);
}
