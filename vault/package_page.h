/* SPDX-License-Identifier: ISC */
/*
 * Records as pages and letters show them: what package_html.c makes for
 * package_values.c. Internal. Layer: verbs. A JSON value is the caller's and
 * NULL without memory.
 */
#ifndef VAULT_PACKAGE_PAGE_H
#define VAULT_PACKAGE_PAGE_H

#include "vault/package.h"

/* Whether that became of it (ITEM_...). */
bool page_is(const struct package_item *it, const char *how);
/* Records with one disposition, as a list. */
json_t *page_list(const struct package *p, const char *how);
/* The group of the item's class in a list, made where there is none yet.
 * Borrowed; NULL: out of memory. */
json_t *page_group(json_t *groups, const struct package_item *it);
/* The items in the order in which people look: who they are, then by class
 * and date. Freed by the caller; NULL: out of memory. */
struct package_item **page_sorted(const struct package *p);
/* What is given out, by class: [{class_title, n, records: [...]}]. */
json_t *page_groups(const struct package *p);
/* Dates of the subject in their order, with words for the template. */
json_t *page_events(const struct package *p);

#endif
