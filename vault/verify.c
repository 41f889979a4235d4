/* SPDX-License-Identifier: ISC */
/*
 * Verifying the log: the walk over all entries and its report. Layer: verbs.
 * Invariant: a report is ok only when every entry was read to its end and no
 * check of any of the files verify*.c found anything.
 */
#include "vault/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/logkeys.h"
#include "vault/remember.h"
#include "vault/store/db.h"
#include "vault/verify_int.h"

uint64_t
verify_signed(const struct verify *y)
{
	return y->args->full ? 0 : y->args->from_size;
}

int
verify_grow(void *list, size_t n, size_t *cap, size_t size, struct hrv_err *err)
{
	void **p = list;
	size_t more = *cap == 0 ? 64 : *cap * 2;
	void *grown;

	if (n < *cap)
		return HRV_OK;
	grown = realloc(*p, more * size);
	if (grown == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*p = grown;
	*cap = more;
	return HRV_OK;
}

/* Adds a sentence to a list whose room doubles from 1. */
static bool
add_sentence(
    struct verify_problem **list, size_t *n, const struct verify_problem *p)
{
	struct verify_problem *grown = *list;

	if (*n >= VERIFY_PROBLEMS_MAX)
		return false;
	if ((*n & (*n - 1)) == 0) {
		grown = realloc(grown, (*n == 0 ? 1 : *n * 2) * sizeof(*grown));
		if (grown == NULL)
			return false;
		*list = grown;
	}
	grown[(*n)++] = *p;
	return true;
}

static void
add_problem(struct verify_report *r, const struct verify_problem *p)
{
	r->ok = false;
	if (!add_sentence(&r->problems, &r->n, p))
		r->more++;
}

void
verify_problem(struct verify *y, uint64_t index, const char *fmt, ...)
{
	struct verify_problem p = { .of_entry = true, .index = index };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p.text, sizeof(p.text), fmt, ap);
	va_end(ap);
	add_problem(y->report, &p);
}

void
verify_problem_log(struct verify *y, const char *fmt, ...)
{
	struct verify_problem p = { .of_entry = false };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p.text, sizeof(p.text), fmt, ap);
	va_end(ap);
	add_problem(y->report, &p);
}

void
verify_remark(struct verify *y, uint64_t index, const char *fmt, ...)
{
	struct verify_problem p = { .of_entry = true, .index = index };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p.text, sizeof(p.text), fmt, ap);
	va_end(ap);
	(void)add_sentence(&y->report->remarks, &y->report->n_remarks, &p);
}

void
verify_problem_text(const struct verify_problem *p, struct buf *out)
{
	if (p->of_entry)
		buf_addf(out, "entry %llu: ", (unsigned long long)p->index);
	buf_adds(out, p->text);
}

void
verify_report_clear(struct verify_report *r)
{
	free(r->problems);
	free(r->remarks);
	*r = (struct verify_report){ 0 };
}

static void
verify_clear(struct verify *y)
{
	free(y->trace);
	free(y->sessions);
	free(y->holds);
	free(y->persons);
	caselog_clear(&y->cases);
	free(y->shares);
	free(y->policies);
	json_decref(y->exposed);
	json_decref(y->logkeys);
	json_decref(y->rows);
	buf_clear(&y->note);
}

/* Everything, inside a transaction that shows one state of the vault. */
static int
walk(struct verify *y, struct hrv_err *err)
{
	int rc = logkeys_load(y->v, err);

	/* What is damaged is found below, by those of the opening. */
	if (rc == HRV_OK || rc == HRV_EINTEGRITY)
		rc = verify_fold_begin(y, err);

	if (rc == HRV_OK)
		rc = verify_notes_begin(y, err);
	if (rc == HRV_OK)
		rc = log_each(y->v->db, 0, verify_row, y, err);
	if (rc == HRV_OK)
		rc = verify_tree_end(y, err);
	if (rc == HRV_OK)
		rc = verify_fold_end(y, err);
	return rc;
}

int
verify_log(struct hrv_vault *v, const struct verify_args *args,
    struct verify_report *ret, struct hrv_err *err)
{
	struct verify y = {
		.v = v, .args = args, .report = ret, .note = BUF_INIT
	};
	bool own = !db_in_txn(v->db);
	int rc = HRV_OK;

	*ret = (struct verify_report){ .ok = true };
	y.remembered =
	    args->remembered != NULL ? *args->remembered : remember_size(v);
	if (own)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK)
		rc = walk(&y, err);
	/* A page that does not decrypt is a finding like any other; what
	 * lies behind it cannot be judged. */
	if (rc == HRV_EINTEGRITY) {
		verify_problem_log(&y, "%s", err->msg);
		rc = HRV_OK;
	}
	ret->size = y.f.size;
	tree_frontier_root(&y.f, ret->root);
	verify_clear(&y);
	if (own)
		db_rollback(v->db);
	if (rc != HRV_OK)
		ret->ok = false;
	return rc;
}
