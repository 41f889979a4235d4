/* SPDX-License-Identifier: ISC */
/*
 * What a legal hold covers. A scope names records, subjects, classes and a
 * range of document dates. It covers a record that it names, or that is of
 * one of its subjects (about them or linked to them), in one of its classes
 * and in its range, where what the scope does not name restricts nothing. It
 * is evaluated whenever it matters, so records stored later are caught
 * without a sweep. Layer: verbs.
 */
#ifndef VAULT_SCOPE_H
#define VAULT_SCOPE_H

#include "vault/base/json.h"
#include "vault/version.h"

struct scope {
	struct hrv_id *records; /* sorted, like the others */
	size_t n_records;
	struct hrv_id *subjects;
	size_t n_subjects;
	char (*classes)[CLASS_NAME_SIZE];
	size_t n_classes;
	char from[11]; /* range of record.created, "" for open */
	char to[11];
};

/* Each adds one thing, kept sorted and without repetition. HRV_ENOMEM. */
int scope_add_record(struct scope *s, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
int scope_add_subject(struct scope *s, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
int scope_add_class(
    struct scope *s, const char *name, struct hrv_err *err) HRV_MUST_CHECK;
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
 * Whether the scope covers a record; links are the subjects it is linked to.
 */
bool scope_covers(const struct scope *s, const struct record_row *rec,
    const struct hrv_id *links, size_t n_links);
/* Whether the scope names the subject itself, whatever its records. */
bool scope_names_subject(const struct scope *s, const struct hrv_id *id);

#endif
