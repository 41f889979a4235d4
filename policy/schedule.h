/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the schedule reader share. One struct reader exists while
 * a text is read; what it makes lives in the schedule's pool. Layer: policy
 * (internal).
 */
#ifndef POLICY_SCHEDULE_H
#define POLICY_SCHEDULE_H

#include "hrvault/policy.h"
#include "policy/cfg.h"
#include "policy/pool.h"
#include "policy/term.h"

/* A case of the tests section. Bounds that are not asked for have no text. */
struct schedule_test {
	int line;
	const struct hrv_class *klass;
	struct hrv_facts facts;
	struct hrv_date on;
	const char
	    *keep_until; /* date, "pending", "" (none); NULL: not asked */
	const char *limit_until;
	const char *purge_from;
	const char *restrict_from;
	const char *state;
};

/* The public schedule and what only this directory sees of it. */
struct schedule {
	struct hrv_schedule pub; /* first: the two are cast to each other */
	struct pool pool;
	struct period *period;
	size_t period_count;
	struct schedule_test *test;
	size_t file_rules;   /* of pub.rule, those before the built-in ones */
	size_t file_classes; /* likewise */
};

struct reader {
	struct schedule *s;
	struct pool *pool;
	struct hrv_file_errors *errors;
	struct hrv_rule *rule;		/* = s->pub.rule, still to be written */
	struct hrv_class *klass;	/* = s->pub.klass */
	const struct cfg_node *classes; /* for class ids not yet read */
};

/* The built-in events, in the order of the documentation. */
extern const char *const builtin_events[];
extern const size_t builtin_event_count;
/* The bases of Art. 6(1), and their number. */
extern const char *const legal_bases[];
extern const size_t legal_basis_count;

/* Reads a keep or limit term; depth is the number of groups around it. NULL
 * where it is wrong (reported). */
const struct hrv_term *read_term(
    struct reader *r, const struct cfg_node *n, int depth);

/* The event of that name as the schedule's own string, or NULL (reported at
 * line). Accepts class.<id>.destroyed of any class of the file. */
const char *read_event(struct reader *r, const char *name, int line);

/* Fill in their part of the schedule from the group `schedule`. */
void read_periods(struct reader *r, const struct cfg_node *g);
void read_rules(struct reader *r, const struct cfg_node *g);
void read_classes(struct reader *r, const struct cfg_node *g);
void read_tests(struct reader *r, const struct cfg_node *g);

/* A list of strings, each once, as a NULL-free array in the pool; count is
 * written always. */
const char *const *read_strings(struct reader *r, const struct cfg_node *g,
    const char *key, bool required, size_t *ret_count);

/* Position of text in a list, or -1. */
int string_index(const char *const *list, size_t n, const char *text);

/* Reports a name that is not in a list, with the nearest. */
void report_unknown(struct reader *r, int line, const char *what,
    const char *name, const char *const *list, size_t n);

/* Built-in rules and classes behind those of the file. Room for them is in
 * the arrays already. */
#define BUILTIN_CLASSES 7
#define BUILTIN_RULES 6
bool is_builtin_class(const char *id);
void add_builtin_rules(struct reader *r);
void add_builtin_classes(struct reader *r);

/* After everything was read: cycles between classes, limits before keeps,
 * classes that ask more than a decision can hold. */
void check_schedule(struct reader *r);

/* Calls f for each event that a term names, with arg: its own, those of its
 * condition, those of its children. */
void term_each_event(const struct hrv_term *term,
    void (*f)(const struct hrv_term *at, const char *event, void *arg),
    void *arg);

/* If event is class.<id>.destroyed: where <id> begins, and its length. */
bool class_event(const char *event, const char **ret_id, size_t *ret_len);

#endif
