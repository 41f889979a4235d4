/* SPDX-License-Identifier: ISC */
/*
 * What the readers of laws and calendars share: identity lines, words out of
 * a closed list, allocation. Layer: policy (pure).
 */
#ifndef POLICY_LAW_H
#define POLICY_LAW_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/deadline.h"
#include "policy/cfg.h"

/* The one group `name` of a file that holds nothing else, reported where it
 * is missing or has company. NULL without it. */
const struct cfg_node *law_only_group(
    const struct cfg *tree, const char *name, struct hrv_file_errors *errors);

/* A required identifier (cfg_is_id()), or NULL (reported). */
const char *law_id(const struct cfg_node *group, const char *key,
    struct hrv_file_errors *errors);

/* The position of text in words[0..n-1], or -1, reported at `line` with all
 * words as remedy. key is how the message calls it. */
int law_word(const char *text, const char *const *words, size_t n,
    const char *key, int line, struct hrv_file_errors *errors);

/* As cfg_list(), refusing more than 1000 entries: what reads them compares
 * each with each. */
const struct cfg_node *law_list(const struct cfg_node *group, const char *key,
    bool required, struct hrv_file_errors *errors);

/* Zeroed memory for n things, at least one; NULL is noted in errors. */
void *law_alloc(size_t n, size_t size, struct hrv_file_errors *errors);

/* Fills codes, gates and never_export of the law from its group. */
void law_read_lists(const struct cfg_node *group, struct hrv_law *law,
    struct hrv_file_errors *errors);

#endif
