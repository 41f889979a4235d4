/* SPDX-License-Identifier: ISC */
/*
 * Reading and writing queries. Layer: verbs. Invariant: one query has one
 * text, and what is stored and logged is that text.
 */
#include "vault/query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/date.h"
#include "vault/query_int.h"

static const struct field {
	const char *name;
	enum query_field field;
	bool dates; /* compares by order as well */
} fields[] = {
	{ "record", QF_RECORD, false },
	{ "subject", QF_SUBJECT, false },
	{ "linked", QF_LINKED, false },
	{ "person", QF_PERSON, false },
	{ "class", QF_CLASS, false },
	{ "compartment", QF_COMPARTMENT, false },
	{ "provided_by", QF_PROVIDED_BY, false },
	{ "kind", QF_KIND, false },
	{ "restricted", QF_RESTRICTED, false },
	{ "jurisdiction", QF_JURISDICTION, false },
	{ "created", QF_CREATED, true },
	{ "stored", QF_STORED, true },
	{ "", QF_EVENT, true },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *const cmps[] = { "=", "!=", "<", "<=", ">", ">=" };
/* Words that a field with a closed list takes. */
static const char *const providers[] = { "subject", "employer", "third_party",
	NULL };
static const char *const kinds[] = { "candidate", "employee", NULL };
static const char *const grounds[] = { "none", "accuracy", "unlawful", "claims",
	"objection", NULL };

struct reading {
	const char *text;
	const char *at; /* begin of the current token */
	size_t len;	/* of the current token; 0: the end */
	query_look *look;
	void *ctx;
	struct query *q;
	int depth;
};

bool
query_field_is_id(enum query_field f)
{
	return f <= QF_PERSON;
}

void
query_free(struct query *q)
{
	if (q == NULL)
		return;
	free(q->nodes);
	free(q);
}

static int
mistake(const struct reading *r, const char *wanted, struct hrv_err *err)
{
	hrv_fail(err, HRV_EUSAGE, "the query has %s at character %zu", wanted,
	    (size_t)(r->at - r->text) + 1);
	return hrv_hint(err, "for example: class = payslip and (created >= "
			     "2020-01-01 or person = S-...)");
}

static bool
is_word(int c)
{
	return isascii(c) && (isalnum(c) || strchr("_.:@+-", c) != NULL);
}

/* Goes to the next token. */
static void
next(struct reading *r)
{
	const char *p = r->at + r->len;

	while (*p == ' ' || *p == '\n' || *p == '\t')
		p++;
	r->at = p;
	r->len = 0;
	if (*p == '\0')
		return;
	if (strchr("=!<>", *p) != NULL)
		r->len = p[1] == '=' ? 2 : 1;
	else
		while (p[r->len] != '\0' && is_word((unsigned char)p[r->len]))
			r->len++;
	if (r->len == 0)
		r->len = 1;
}

static bool
token_is(const struct reading *r, const char *word)
{
	return r->len == strlen(word) && memcmp(r->at, word, r->len) == 0;
}

static bool
take_token(struct reading *r, const char *word)
{
	if (!token_is(r, word))
		return false;
	next(r);
	return true;
}

static int
take_word(struct reading *r, char out[QUERY_WORD_SIZE], struct hrv_err *err)
{
	if (r->len == 0 || r->len >= QUERY_WORD_SIZE ||
	    !is_word((unsigned char)*r->at))
		return mistake(r, "no word it can use", err);
	memcpy(out, r->at, r->len);
	out[r->len] = '\0';
	return HRV_OK;
}

static int
add(struct reading *r, const struct query_node *node, size_t *ret,
    struct hrv_err *err)
{
	struct query *q = r->q;

	if (q->n == QUERY_NODES)
		return hrv_fail(err, HRV_EUSAGE, "the query is too long");
	q->nodes[q->n] = *node;
	*ret = q->n++;
	return HRV_OK;
}

static bool
listed(const char *const *list, const char *word)
{
	for (; *list != NULL; list++) {
		if (strcmp(*list, word) == 0)
			return true;
	}
	return false;
}

/* The word as the vault spells it. */
static int
look_up(struct reading *r, struct query_node *t, struct hrv_err *err)
{
	static const enum query_about about[] = { QUERY_RECORD, QUERY_SUBJECT,
		QUERY_SUBJECT, QUERY_SUBJECT, QUERY_CLASS, QUERY_COMPARTMENT };
	char out[QUERY_WORD_SIZE];
	enum query_about a =
	    t->field == QF_JURISDICTION ? QUERY_JURISDICTION : QUERY_CLASS;
	int rc;

	if (t->field <= QF_COMPARTMENT)
		a = about[t->field];
	else if (t->field != QF_JURISDICTION)
		return HRV_OK;
	if (r->look == NULL)
		return HRV_OK;
	rc = r->look(r->ctx, a, t->word, out, err);
	if (rc == HRV_OK)
		memcpy(t->word, out, sizeof(t->word));
	return rc;
}

static int
check_word(struct reading *r, struct query_node *t, struct hrv_err *err)
{
	const char *const *list = t->field == QF_PROVIDED_BY ? providers
				  : t->field == QF_KIND	     ? kinds
							     : grounds;
	struct hrv_date d;
	int rc = look_up(r, t, err);

	if (rc != HRV_OK)
		return rc;
	if (query_field_is_id(t->field))
		return id_parse(t->word,
			   t->field == QF_RECORD ? ID_RECORD : ID_SUBJECT,
			   &t->id)
			   ? HRV_OK
			   : mistake(r, "no whole id", err);
	if (t->field >= QF_CREATED)
		return hrv_date_parse(t->word, &d)
			   ? HRV_OK
			   : mistake(r, "no date (YYYY-MM-DD)", err);
	if (t->field >= QF_PROVIDED_BY && t->field <= QF_RESTRICTED &&
	    !listed(list, t->word))
		return mistake(r, "a word that this field does not take", err);
	return HRV_OK;
}

static int
take_field(struct reading *r, struct query_node *t, bool *ret_dates,
    struct hrv_err *err)
{
	char word[QUERY_WORD_SIZE];
	int rc = take_word(r, word, err);

	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; i < FIELDS; i++) {
		if (strcmp(fields[i].name, word) != 0)
			continue;
		t->field = fields[i].field;
		*ret_dates = fields[i].dates;
		next(r);
		return HRV_OK;
	}
	if (strncmp(word, "subject.", 8) != 0 &&
	    strncmp(word, "record.", 7) != 0)
		return mistake(r, "an unknown field", err);
	memcpy(t->event, word, sizeof(word));
	if (r->look != NULL)
		rc = r->look(r->ctx, QUERY_EVENT, word, t->event, err);
	t->field = QF_EVENT;
	*ret_dates = true;
	next(r);
	return rc;
}

static int
take_value(
    struct reading *r, struct query_node *t, size_t *ret, struct hrv_err *err)
{
	int rc = take_word(r, t->word, err);

	if (rc == HRV_OK)
		rc = check_word(r, t, err);
	if (rc != HRV_OK)
		return rc;
	next(r);
	return add(r, t, ret, err);
}

/* "in (a, b)" is a or b. */
static int
take_list(
    struct reading *r, struct query_node *t, size_t *ret, struct hrv_err *err)
{
	struct query_node either = { .op = Q_OR };
	int rc = take_token(r, "(") ? take_value(r, t, ret, err)
				    : mistake(r, "no list behind 'in'", err);

	while (rc == HRV_OK && take_token(r, ",")) {
		rc = take_value(r, t, &either.right, err);
		either.left = *ret;
		if (rc == HRV_OK)
			rc = add(r, &either, ret, err);
	}
	if (rc == HRV_OK && !take_token(r, ")"))
		rc = mistake(r, "a list without its end", err);
	return rc;
}

static int
take_test(struct reading *r, size_t *ret, struct hrv_err *err)
{
	struct query_node t = { .op = Q_TEST, .cmp = Q_EQ };
	bool dates = false, found = false;
	int rc = take_field(r, &t, &dates, err);

	if (rc != HRV_OK)
		return rc;
	if (take_token(r, "in"))
		return take_list(r, &t, ret, err);
	for (int i = 0; !found && i < (dates ? 6 : 2); i++) {
		found = token_is(r, cmps[i]);
		t.cmp = found ? (enum query_cmp)i : t.cmp;
	}
	if (!found)
		return mistake(r, "no comparison that this field takes", err);
	next(r);
	return take_value(r, &t, ret, err);
}

static int take_either(struct reading *r, size_t *ret, struct hrv_err *err);

static int
take_factor(struct reading *r, size_t *ret, struct hrv_err *err)
{
	struct query_node not_ = { .op = Q_NOT };
	int rc;

	if (++r->depth > QUERY_DEPTH)
		return hrv_fail(err, HRV_EUSAGE, "the query is too deep");
	if (take_token(r, "not")) {
		rc = take_factor(r, &not_.left, err);
		if (rc == HRV_OK)
			rc = add(r, &not_, ret, err);
	} else if (take_token(r, "(")) {
		rc = take_either(r, ret, err);
		if (rc == HRV_OK && !take_token(r, ")"))
			rc = mistake(r, "no ')'", err);
	} else {
		rc = take_test(r, ret, err);
	}
	r->depth--;
	return rc;
}

static int
take_both(struct reading *r, size_t *ret, struct hrv_err *err)
{
	struct query_node both = { .op = Q_AND };
	int rc = take_factor(r, ret, err);

	while (rc == HRV_OK && take_token(r, "and")) {
		rc = take_factor(r, &both.right, err);
		both.left = *ret;
		if (rc == HRV_OK)
			rc = add(r, &both, ret, err);
	}
	return rc;
}

static int
take_either(struct reading *r, size_t *ret, struct hrv_err *err)
{
	struct query_node either = { .op = Q_OR };
	int rc = take_both(r, ret, err);

	while (rc == HRV_OK && take_token(r, "or")) {
		rc = take_both(r, &either.right, err);
		either.left = *ret;
		if (rc == HRV_OK)
			rc = add(r, &either, ret, err);
	}
	return rc;
}

int
query_parse(const char *text, query_look *look, void *ctx, struct query **ret,
    struct hrv_err *err)
{
	struct reading r = {
		.text = text, .at = text, .look = look, .ctx = ctx
	};
	int rc;

	r.q = calloc(1, sizeof(*r.q));
	if (r.q != NULL)
		r.q->nodes = calloc(QUERY_NODES, sizeof(*r.q->nodes));
	if (r.q == NULL || r.q->nodes == NULL) {
		query_free(r.q);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	next(&r);
	rc = take_either(&r, &r.q->root, err);
	if (rc == HRV_OK && r.len != 0)
		rc = mistake(&r, "something behind its end", err);
	if (rc != HRV_OK) {
		query_free(r.q);
		return rc;
	}
	*ret = r.q;
	return HRV_OK;
}

static void
write_test(const struct query_node *t, struct buf *out)
{
	const char *name = t->event;

	for (size_t i = 0; t->field != QF_EVENT && i < FIELDS; i++) {
		if (fields[i].field == t->field)
			name = fields[i].name;
	}
	buf_addf(out, "%s %s %s", name, cmps[t->cmp], t->word);
}

/* In parentheses where it would not be read as this node without them: the
 * reader joins from the left, "and" before "or". */
static void
write_node(const struct query *q, size_t at, const struct query_node *above,
    bool right, struct buf *out)
{
	const struct query_node *n = &q->nodes[at];
	bool joint = n->op == Q_AND || n->op == Q_OR;
	bool wrap = joint && above != NULL &&
		    (above->op == Q_NOT || right ||
			(above->op == Q_AND && n->op == Q_OR));

	if (n->op == Q_TEST) {
		write_test(n, out);
		return;
	}
	if (wrap)
		buf_addc(out, '(');
	if (n->op == Q_NOT)
		buf_adds(out, "not ");
	write_node(q, n->left, n, false, out);
	if (joint) {
		buf_adds(out, n->op == Q_AND ? " and " : " or ");
		/* a or b and c: the right side binds closer by itself. */
		write_node(q, n->right, n,
		    n->op == Q_AND || q->nodes[n->right].op == Q_OR, out);
	}
	if (wrap)
		buf_addc(out, ')');
}

void
query_format(const struct query *q, struct buf *out)
{
	write_node(q, q->root, NULL, false, out);
}

int
query_each_id(const struct query *q,
    int (*fn)(void *ctx, const struct hrv_id *id), void *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < q->n; i++) {
		const struct query_node *t = &q->nodes[i];

		if (t->op == Q_TEST && query_field_is_id(t->field))
			rc = fn(ctx, &t->id);
	}
	return rc;
}
