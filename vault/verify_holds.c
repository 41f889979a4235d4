/* SPDX-License-Identifier: ISC */
/*
 * What belongs to holds beside their scopes: kinds, reviews, notices, and
 * which members are subjects. Layer: verbs. Invariant: who may not decide
 * about a matter is believed from the log, never from a table alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/holdplace.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/verify_int.h"

static void
note_state(struct verify *y, const struct leaf *l)
{
	struct hrv_id id;

	if ((l->has & LEAF_STATE) == 0 || !id_parse(l->hold, ID_HOLD, &id))
		return;
	for (size_t i = 0; i < y->n_holds; i++) {
		if (!id_equal(&y->holds[i].id, &id))
			continue;
		memcpy(y->holds[i].state, l->state, sizeof(l->state));
		y->holds[i].stated = true;
	}
}

static size_t
find_person(
    const struct verify *y, const char *member, const struct hrv_id *subject)
{
	size_t i = 0;

	while (
	    i < y->n_persons && (strcmp(y->persons[i].member, member) != 0 ||
				    !id_equal(&y->persons[i].subject, subject)))
		i++;
	return i;
}

static int
note_person(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	const char *member = json_str(json, "member");
	bool linked = json_int(json, "linked", -1) == 1;
	struct verify_person *p;
	struct hrv_id id;
	size_t at;

	if (member == NULL || strlen(member) != FPR_LEN ||
	    !id_parse(l->subject, ID_SUBJECT, &id)) {
		verify_problem(y, y->f.size, "it does not say who is whom");
		return HRV_OK;
	}
	at = find_person(y, member, &id);
	if (linked == (at < y->n_persons)) {
		verify_problem(y, y->f.size, "it changes nothing");
		return HRV_OK;
	}
	if (!linked) {
		y->persons[at] = y->persons[--y->n_persons];
		return HRV_OK;
	}
	p = realloc(y->persons, (y->n_persons + 1) * sizeof(*p));
	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	y->persons = p;
	p[y->n_persons].subject = id;
	memcpy(p[y->n_persons++].member, member, FPR_SIZE);
	return HRV_OK;
}

int
verify_holds_after(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	if (strcmp(l->op->name, "subject.member") == 0)
		return note_person(y, l, json, err);
	note_state(y, l);
	return HRV_OK;
}

static int
check_states(struct verify *y, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < y->n_holds; i++) {
		struct verify_hold *h = &y->holds[i];
		char text[ID_TEXT_SIZE];
		uint8_t state[32];

		if (!h->stated)
			continue;
		id_format(&h->id, text);
		rc = hold_state(y->v, &h->id, state, err);
		if (rc == HRV_ENOTFOUND)
			rc = HRV_OK; /* said by check_holds() */
		else if (rc == HRV_OK && memcmp(state, h->state, 32) != 0)
			verify_problem_log(y,
			    "review or notices of %s are not those of the log",
			    text);
	}
	return rc;
}

static int
check_persons(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false, same = true;
	size_t n = 0;
	int rc = db_stmt(y->v->db, SQL_MEMBER_SUBJECT_LIST, &st, err);

	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_SUBJECT };
		const char *member = db_col_text(st, 0);

		rc = db_col_fixed(st, 1, id.b, ID_BYTES, err);
		same &= rc == HRV_OK && member != NULL &&
			find_person(y, member, &id) < y->n_persons;
		n++;
		if (rc != HRV_OK)
			db_reset(st);
	}
	if (rc == HRV_OK && (!same || n != y->n_persons))
		verify_problem_log(
		    y, "which members are subjects is not what the log says");
	return rc;
}

/* A review that is overdue is for the auditor; the hold goes on. */
static int
remark_overdue(struct verify *y, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_HOLD };
	char today[HRV_DATE_TEXT], text[ID_TEXT_SIZE];
	struct stmt *st;
	bool more = false;
	int rc = vault_today_text(y->v, today, err);

	if (rc == HRV_OK)
		rc = db_stmt(y->v->db, SQL_HOLD_LIST_OVERDUE, &st, err);
	if (rc == HRV_OK)
		(void)db_bind_text(st, 1, today);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *review = db_col_text(st, 1);

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		id_format(&id, text);
		verify_remark(y, (uint64_t)db_col_int(st, 2),
		    "%s was to be reviewed on %.10s; until somebody releases "
		    "it, it holds",
		    text, review == NULL ? "" : review);
		if (rc != HRV_OK)
			db_reset(st);
	}
	return rc;
}

int
verify_holds_end(struct verify *y, struct hrv_err *err)
{
	int rc = check_states(y, err);

	if (rc == HRV_OK)
		rc = check_persons(y, err);
	return rc == HRV_OK ? remark_overdue(y, err) : rc;
}
