/* SPDX-License-Identifier: ISC */
/*
 * What a scope is asked about: a record with everything layer 1 knows that a
 * scope may speak of. Layer: verbs.
 */
#ifndef VAULT_SCOPETHING_H
#define VAULT_SCOPETHING_H

#include "vault/version.h"

/* The schedules that were ever in force, oldest first. */
struct scope_law {
	char jurisdiction[16];
	char until[11]; /* last day before the next one, "" for the newest */
};
struct scope_laws {
	struct scope_law *list;
	size_t n;
};

struct scope_event {
	char name[96];
	char day[11];
};

/* A record, as a scope sees it. What only a query asks for (kind, events,
 * laws) is filled by scopething_load() where it is told to. */
struct scope_thing {
	const struct record_row *rec;
	struct hrv_id *links; /* subjects it is linked to */
	size_t n_links;
	char kind[16]; /* of its subject; "" when not read */
	struct scope_event *events;
	size_t n_events;
	const struct scope_laws *laws;
	/* What it is kept together with, each with its own facts: the record
	 * that it is a statement on, statements on that or on it. What covers
	 * one of them covers all. */
	struct scope_kin *kin;
	size_t n_kin;
};

/* One of them; its thing has no kin. */
struct scope_kin {
	struct record_row rec;
	struct scope_thing thing;
};

/* Reads the schedules of all times. HRV_EINTEGRITY when one cannot be read.
 * Given back with scope_laws_clear(). */
int scope_laws_load(struct hrv_vault *v, struct scope_laws *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void scope_laws_clear(struct scope_laws *l);
/*
 * How many of the schedules that a record stored on that day was ever under are
 * of that jurisdiction, or of a part of it ("US" has "US-CA"). A later schedule
 * makes some of none or of all, and never none of some, so that neither what
 * has a jurisdiction nor what has not is ever lost by it.
 */
enum scope_extent { SCOPE_NONE, SCOPE_SOME, SCOPE_ALL };
enum scope_extent scope_laws_have(
    const struct scope_laws *l, const char *stored, const char *jurisdiction);

/*
 * Fills *ret for a record and its kin: links, and, with laws, what a query asks
 * for. rec and laws are borrowed. Given back with scopething_clear().
 */
int scopething_load(struct hrv_vault *v, const struct record_row *rec,
    const struct scope_laws *laws, struct scope_thing *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void scopething_clear(struct scope_thing *t);

#endif
