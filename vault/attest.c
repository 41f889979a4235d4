/* SPDX-License-Identifier: ISC */
/*
 * Entering that somebody confirmed what is kept about them, or that people
 * were told of a privacy notice. Layer: verbs. Invariant: the rows, the states
 * and the entry are one commit; nothing is opened for it.
 */
#include "vault/attest.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/custody/roles.h"
#include "vault/identity.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/txn.h"

#define CONFIRM "subject.confirm"
#define NOTICE "subject.notice"

/* One command's work. */
struct attesting {
	struct hrv_vault *v;
	const char *op;
	const char *act;     /* "confirmed" or "notice" */
	const char *version; /* "" of a confirmation */
	char day[HRV_DATE_TEXT];
	struct hrv_id one; /* kind 0: everybody */
	struct manifest states;
	size_t n; /* subjects that changed */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Today, or a day before it that was given. */
static int
read_day(struct attesting *a, const char *on, struct hrv_err *err)
{
	struct hrv_date day, today;
	int rc = vault_today(a->v, &today, err);

	if (rc != HRV_OK)
		return rc;
	day = today;
	if (on != NULL && !hrv_date_parse(on, &day))
		return hrv_fail(
		    err, HRV_EUSAGE, "the day is not a date (YYYY-MM-DD)");
	if (hrv_date_cmp(day, today) > 0)
		return hrv_fail(err, HRV_EUSAGE, "the day is in the future");
	hrv_date_format(day, a->day);
	return HRV_OK;
}

/* What is said twice is said once. */
static int
is_new(struct attesting *a, const struct hrv_id *id, bool *ret,
    struct hrv_err *err)
{
	struct attest was;
	int rc = attest_load(a->v, id, &was, err);

	if (rc != HRV_OK)
		return rc;
	if (strcmp(a->op, CONFIRM) == 0)
		*ret = strcmp(was.confirmed, a->day) < 0;
	else
		*ret = strcmp(was.notice, a->version) != 0;
	return HRV_OK;
}

/* The next entry of the transaction is the one of this. */
static int
add_row(struct attesting *a, const struct hrv_id *id, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(a->v->db, SQL_ATTEST_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)a->v->frontier.size);
	(void)db_bind_text(st, 3, a->act);
	(void)db_bind_text(st, 4, a->version);
	(void)db_bind_text(st, 5, a->day);
	return db_run(st, err);
}

static int
take(struct attesting *a, const struct hrv_id *id, struct hrv_err *err)
{
	uint8_t state[32];
	bool new_one = false;
	int rc = is_new(a, id, &new_one, err);

	if (rc != HRV_OK || !new_one)
		return rc;
	rc = add_row(a, id, err);
	if (rc == HRV_OK)
		rc = state_subject(a->v, id, state, err);
	if (rc == HRV_OK)
		rc = manifest_add(&a->states, id, state, err);
	a->n++;
	return rc;
}

/* One subject, or everybody who is not gone. */
static int
take_all(struct attesting *a, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct subject_row s;
	size_t n = 0;
	int rc;

	if (a->one.kind == ID_SUBJECT) {
		rc = subject_load(a->v, &a->one, &s, err);
		if (rc == HRV_OK)
			rc = identity_gone(a->v, &s, err);
		return rc == HRV_OK ? take(a, &a->one, err) : rc;
	}
	rc = ids_of(
	    a->v, SQL_ATTEST_LIST_SUBJECTS, NULL, ID_SUBJECT, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = take(a, &ids[i], err);
	free(ids);
	return rc;
}

/* A confirmation states its one subject, a notice all in a manifest. */
static int
log_it(struct attesting *a, struct hrv_err *err)
{
	bool single = strcmp(a->op, CONFIRM) == 0;
	struct entry e = ENTRY(a->op);
	uint64_t leaf = 0;
	json_t *p = json_pack("{s:s}", "date", a->day);
	int rc = HRV_OK;

	if (p == NULL ||
	    (!single && (json_set_str(p, "version", a->version) ||
			    json_set_int(p, "subjects", (int64_t)a->n))))
		rc = no_memory(err);
	e.payload = p;
	e.subject = a->one.kind == ID_SUBJECT ? &a->one : NULL;
	a->states.states = true;
	if (single)
		e.state = a->states.rows[0].state;
	else
		e.manifest = &a->states;
	if (rc == HRV_OK)
		rc = txn_entry(a->v, &e, &leaf, err);
	for (size_t i = 0; rc == HRV_OK && i < a->states.n; i++)
		rc = state_set_subject(a->v, &a->states.rows[i].id, leaf,
		    a->states.rows[i].state, err);
	json_decref(p);
	return rc;
}

static int
make_result(
    const struct attesting *a, struct hrv_doc **ret, struct hrv_err *err)
{
	bool single = a->one.kind == ID_SUBJECT;
	char id[ID_TEXT_SIZE] = "";
	json_t *o = json_object();

	if (single)
		id_format(&a->one, id);
	if (o == NULL || json_set_str(o, "id", single ? id : NULL) ||
	    json_set_str(
		o, "version", a->version[0] == '\0' ? NULL : a->version) ||
	    json_set_str(o, "date", a->day) ||
	    json_set_int(o, "subjects", (int64_t)a->n) ||
	    json_object_set_new(o, "unchanged", json_boolean(a->n == 0))) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
run(struct attesting *a, const char *who, const char *on, struct hrv_doc **ret,
    struct hrv_err *err)
{
	struct entry refused = ENTRY(a->op);
	int rc = role_may(a->v->role, a->op, err);

	if (rc != HRV_OK)
		return txn_refuse(a->v, &refused, err);
	rc = read_day(a, on, err);
	if (rc == HRV_OK && who != NULL)
		rc = lookup_subject(a->v, who, &a->one, err);
	if (rc == HRV_OK)
		rc = txn_begin(a->v, err);
	if (rc == HRV_OK)
		rc = take_all(a, err);
	if (rc == HRV_OK && a->n > 0)
		rc = log_it(a, err);
	if (rc == HRV_OK && a->n > 0)
		rc = txn_commit(a->v, true, err);
	txn_abort(a->v);
	manifest_clear(&a->states);
	return rc == HRV_OK ? make_result(a, ret, err) : rc;
}

int
hrv_subject_confirm(struct hrv_vault *v, const char *who, const char *on,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct attesting a = {
		.v = v, .op = CONFIRM, .act = "confirmed", .version = ""
	};

	return run(&a, who, on, ret_doc, err);
}

int
hrv_subject_notice(struct hrv_vault *v, const char *who, const char *version,
    const char *on, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct attesting a = {
		.v = v, .op = NOTICE, .act = "notice", .version = version
	};
	int rc = text_version_check(version, "privacy notice", err);

	return rc == HRV_OK ? run(&a, who, on, ret_doc, err) : rc;
}
