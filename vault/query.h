/* SPDX-License-Identifier: ISC */
/*
 * Queries of holds: conditions on what layer 1 knows of a record, joined by
 * and, or, not. Layer: verbs. Pure but for memory; nothing in a query names or
 * describes a person: ids, classes, dates and words of closed lists.
 *
 *	class = payslip and (created >= 2020-01-01 or person = S-...)
 *
 * Fields: record, subject, linked, person (subject or linked), class,
 * compartment, provided_by, kind, restricted, jurisdiction (= and !=);
 * created, stored, and events such as subject.ended (= != < <= > >=). Every
 * field that is tested by = also takes "in (a, b)". An event that is not
 * there is unknown, not false: what cannot be told is covered.
 */
#ifndef VAULT_QUERY_H
#define VAULT_QUERY_H

#include "vault/base/buf.h"
#include "vault/base/id.h"
#include "vault/scopething.h"

#define QUERY_WORD_SIZE 96 /* of a value or an event name, with the NUL */
#define QUERY_NODES 512	   /* conditions and joints of one query, at most */
#define QUERY_DEPTH 32	   /* parentheses within each other, at most */

struct query;

/* What a condition is about, for who looks its value up. */
enum query_about {
	QUERY_RECORD,  /* an id */
	QUERY_SUBJECT, /* an id */
	QUERY_CLASS,
	QUERY_COMPARTMENT,
	QUERY_JURISDICTION,
	QUERY_EVENT /* the name of the event itself */
};

/*
 * Looks a typed word up and writes its one spelling (a full id, a class of
 * the schedule) into out. Errors end the reading of the query.
 */
typedef int query_look(void *ctx, enum query_about about, const char *word,
    char out[QUERY_WORD_SIZE], struct hrv_err *err);

/* What a query says of a record. */
enum query_answer { QUERY_NO, QUERY_UNKNOWN, QUERY_YES };

/*
 * Reads a query. look NULL: words must be in their one spelling already, as
 * query_format() writes them. HRV_EUSAGE with the place of the mistake, never
 * the text. *ret is given back with query_free().
 */
int query_parse(const char *text, query_look *look, void *ctx,
    struct query **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees; NULL is fine. */
void query_free(struct query *q);
/* Appends the one text of a query; reading it gives the same query. */
void query_format(const struct query *q, struct buf *out);
/* What the query says of a record. */
enum query_answer query_test(
    const struct query *q, const struct scope_thing *t);
/* Calls fn for every id that the query names, records and subjects, wherever
 * it stands in it; anything but 0 ends the walk and is returned. */
int query_each_id(const struct query *q,
    int (*fn)(void *ctx, const struct hrv_id *id), void *ctx);

#endif
