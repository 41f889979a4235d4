/* SPDX-License-Identifier: ISC */
/*
 * Strict reading of libconfig text. libconfig itself wraps large integers,
 * follows @include to any path, cuts strings at a NUL, takes an unclosed
 * comment for the end of the file and joins neighbouring strings where a
 * comma was forgotten; cfg_parse() refuses all of that before the library
 * sees the text. What comes out is a plain tree that does not change, and a
 * set of readers that write every mistake they find into one list instead of
 * stopping at the first. Layer: policy (pure; also used for import maps and
 * vault.cfg). cfg.c is the only file that includes libconfig.h.
 */
#ifndef POLICY_CFG_H
#define POLICY_CFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"
#include "hrvault/fileerr.h"

#define CFG_SIZE_MAX (1024u * 1024u) /* bytes of text */
#define CFG_DEPTH_MAX 16	     /* groups, lists, arrays in each other */
#define CFG_DIGITS_MAX 9	     /* of a bare number */
#define CFG_SETTINGS_MAX 2000	     /* in one group */

enum cfg_type {
	CFG_GROUP,
	CFG_LIST,  /* ( ... ) of anything */
	CFG_ARRAY, /* [ ... ] of scalars of one type */
	CFG_STRING,
	CFG_INT,
	CFG_BOOL,
	CFG_FLOAT
};

/* One setting. Owned by its struct cfg. */
struct cfg_node {
	enum cfg_type type;
	int line;	  /* where the setting begins, from 1 */
	const char *name; /* NULL in lists and arrays and for the root */
	union {
		const char *string; /* UTF-8, never NULL */
		int32_t integer;
		double real;
		bool boolean;
	} v;
	const struct cfg_node *const *child; /* of group, list, array */
	size_t count;			     /* of children */
};

/* A parsed text; opaque, does not change, keeps no reference to the text. */
struct cfg;

/* Parses len bytes of text. NULL when anything is wrong, which is then in
 * errors (all that the scan finds, or else the one that the library stops
 * at). The caller frees the result with cfg_free(). */
struct cfg *cfg_parse(
    const char *text, size_t len, struct hrv_file_errors *errors);
/* Frees the tree and all nodes and strings of it. NULL is fine. */
void cfg_free(struct cfg *cfg);
/* The root group: what stands outermost in the file. Never NULL. */
const struct cfg_node *cfg_root(const struct cfg *cfg);

/* Adds one mistake: its line (0: none), what to write instead ("" or NULL:
 * nothing to say) and printf-style what is wrong. */
void cfg_error(struct hrv_file_errors *errors, int line, const char *remedy,
    const char *fmt, ...) HRV_PRINTF(4, 5);

/* "a group", "a string", ... for messages. Static. */
const char *cfg_type_name(enum cfg_type type);

/* The candidate nearest to word, if near enough to be a slip of the pen
 * (edit distance at most a third of its length), else NULL. list has n
 * entries, NULL entries are skipped. */
const char *cfg_nearest(const char *word, const char *const *list, size_t n);

/* Reports every child of group whose name is not in keys (NULL-terminated),
 * naming the nearest one. what says where: "rule uk.paye". */
void cfg_check_keys(const struct cfg_node *group, const char *const *keys,
    const char *what, struct hrv_file_errors *errors);

/* Reports a node that is not of the type; says whether it was right. key is
 * how the message calls it. */
bool cfg_is(const struct cfg_node *node, enum cfg_type type, const char *key,
    struct hrv_file_errors *errors);

/* The child of that name, of whatever type, or NULL without an error. */
const struct cfg_node *cfg_find(const struct cfg_node *group, const char *key);

/* The child of that name, reported where it is missing (when required), or
 * NULL. */
const struct cfg_node *cfg_get(const struct cfg_node *group, const char *key,
    bool required, struct hrv_file_errors *errors);

/* The child of that name as a group; NULL where it is missing (reported when
 * required) or something else (reported). */
const struct cfg_node *cfg_group(const struct cfg_node *group, const char *key,
    bool required, struct hrv_file_errors *errors);

/* As cfg_group(), for a list or an array; both are fine to write. */
const struct cfg_node *cfg_list(const struct cfg_node *group, const char *key,
    bool required, struct hrv_file_errors *errors);

/* As cfg_group(), for a string. A string that is empty or blank is reported
 * when it is required and returned otherwise. Borrowed from the tree. */
const char *cfg_string(const struct cfg_node *group, const char *key,
    bool required, struct hrv_file_errors *errors);

/* As cfg_string(), for each entry of a list node: entry i, or NULL where it
 * is not a string with something in it (reported; key names the list). */
const char *cfg_entry(const struct cfg_node *list, size_t i, const char *key,
    struct hrv_file_errors *errors);

/* As cfg_group(), for the others. They write *ret and answer true only where
 * the value is there and right. Dates and durations are strings; a bare
 * number in their place is reported with what to write. min and max are
 * inclusive. */
bool cfg_int(const struct cfg_node *group, const char *key, int32_t min,
    int32_t max, int32_t *ret, struct hrv_file_errors *errors);
bool cfg_bool(const struct cfg_node *group, const char *key, bool *ret,
    struct hrv_file_errors *errors);
bool cfg_date(const struct cfg_node *group, const char *key,
    struct hrv_date *ret, struct hrv_file_errors *errors);
bool cfg_duration(const struct cfg_node *group, const char *key,
    struct hrv_duration *ret, struct hrv_file_errors *errors);

/* Whether text is an identifier: letters, digits, '_', '-' and '.', a letter
 * or digit at both ends, no two dots in a row, at most 64 bytes. */
bool cfg_is_id(const char *text);

/* What every file has: reports a text that is not valid UTF-8, too long, or
 * holds what libconfig would misread. The first half of cfg_parse(). */
void cfg_scan(const char *text, size_t len, struct hrv_file_errors *errors);

/* Reports the first place where a text that passed cfg_scan() has not the
 * shape of a configuration. The second half of cfg_parse(). */
void cfg_grammar(const char *text, size_t len, struct hrv_file_errors *errors);

/* The length of the UTF-8 character at s (left > 0 bytes), 0 where there is
 * none: not UTF-8, overlong, a surrogate, or cut off. */
size_t cfg_utf8_length(const unsigned char *s, size_t left);

#endif
