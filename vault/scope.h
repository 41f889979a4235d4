/* SPDX-License-Identifier: ISC */
/*
 * What a legal hold covers. A scope names records, subjects, classes and a
 * range of document dates. It covers a record that it names, or that is of
 * one of its subjects (about them or linked to them), in one of its classes
 * and in its range, where what the scope does not name restricts nothing. It
 * is evaluated whenever it matters, so records stored later are caught
 * without a sweep. A query narrows like a class does; a frozen scope names
 * records and nothing else; an amendment adds a further scope and never
 * changes what was there. Layer: verbs.
 */
#ifndef VAULT_SCOPE_H
#define VAULT_SCOPE_H

#include "vault/base/json.h"
#include "vault/query.h"
#include "vault/scopething.h"

#define SCOPE_POLICY_SIZE 65 /* SHA-256 of a schedule as hex */

struct scope {
	struct hrv_id *records; /* sorted, like the others */
	size_t n_records;
	struct hrv_id *subjects;
	size_t n_subjects;
	char (*classes)[CLASS_NAME_SIZE];
	size_t n_classes;
	char from[11]; /* range of record.created, "" for open */
	char to[11];
	struct hrv_id *about; /* whom the matter is about; covers nothing */
	size_t n_about;
	bool frozen;	     /* the records are all that was matched once */
	struct query *query; /* NULL: none */
	char policy[SCOPE_POLICY_SIZE]; /* schedule the query was read with */
	struct scope *also;		/* what amendments added */
	size_t n_also;
};

/* Each adds one thing, kept sorted and without repetition. HRV_ENOMEM. */
int scope_add_record(struct scope *s, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
int scope_add_subject(struct scope *s, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
int scope_add_class(
    struct scope *s, const char *name, struct hrv_err *err) HRV_MUST_CHECK;
int scope_add_about(struct scope *s, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds a scope that an amendment brings; *more is taken over, in any case. */
int scope_add_more(
    struct scope *s, struct scope *more, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether any part of it asks a query: then things need all their facts. */
bool scope_has_query(const struct scope *s);
/* True when it covers the records that it names and no others. */
bool scope_only_names(const struct scope *s);
/* True when the scope names nothing at all. */
bool scope_is_empty(const struct scope *s);
/* Appends the canonical JSON of a scope, the form that is logged. */
int scope_format(
    const struct scope *s, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Reads that form. HRV_EINTEGRITY when it is anything else. */
int scope_parse(
    const char *text, struct scope *ret, struct hrv_err *err) HRV_MUST_CHECK;
void scope_clear(struct scope *s);

/*
 * The hash of a scope as it was before its last amendment, from its logged
 * form: what an entry hold.amend calls "was". False when it was never amended,
 * or memory is short.
 */
bool scope_hash_before(const json_t *scope, uint8_t out[32]);

/* Whether the scope covers a record. */
bool scope_covers(const struct scope *s, const struct scope_thing *t);
/* Whether the scope names the subject itself, whatever its records; a query
 * does wherever its id stands in it. */
bool scope_names_subject(const struct scope *s, const struct hrv_id *id);
/* Whether somebody of that id is whom the matter is about: named by the scope
 * or said to be. */
bool scope_is_about(const struct scope *s, const struct hrv_id *id);

#endif
