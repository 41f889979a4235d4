/* SPDX-License-Identifier: ISC */
/*
 * A query as query.c reads it and query_test.c asks it. Internal. Layer:
 * verbs.
 */
#ifndef VAULT_QUERY_INT_H
#define VAULT_QUERY_INT_H

#include "vault/query.h"

enum query_op { Q_AND, Q_OR, Q_NOT, Q_TEST };
enum query_cmp { Q_EQ, Q_NE, Q_LT, Q_LE, Q_GT, Q_GE };
enum query_field {
	QF_RECORD,
	QF_SUBJECT,
	QF_LINKED,
	QF_PERSON,
	QF_CLASS,
	QF_COMPARTMENT,
	QF_PROVIDED_BY,
	QF_KIND,
	QF_RESTRICTED,
	QF_JURISDICTION,
	QF_CREATED,
	QF_STORED,
	QF_EVENT
};

struct query_node {
	enum query_op op;
	size_t left, right; /* Q_AND, Q_OR; Q_NOT has only left */
	enum query_field field;
	enum query_cmp cmp;
	char event[QUERY_WORD_SIZE]; /* QF_EVENT: its full name */
	char word[QUERY_WORD_SIZE];
	struct hrv_id id; /* fields of ids */
};

struct query {
	struct query_node *nodes;
	size_t n;
	size_t root;
};

/* True for the fields whose value is an id. */
bool query_field_is_id(enum query_field f);

#endif
