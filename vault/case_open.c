/* SPDX-License-Identifier: ISC */
/*
 * Opening a case. Layer: verbs. Invariant: law and calendar are kept by hash,
 * so that a later version of either never moves this case's due date.
 */
#include "hrvault/case.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/zone.h"
#include "vault/case.h"
#include "vault/case_life.h"
#include "vault/inforce.h"
#include "vault/restrict.h"
#include "vault/store/db.h"
#include "vault/version.h"

int
case_word(const char *text, const char *what, struct hrv_err *err)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	if (n >= 1 && n <= 31 && text[n] == '\0')
		return HRV_OK;
	return hrv_fail(err, HRV_EUSAGE,
	    "the %s is one word of a-z, 0-9, - and _: it stands in the log",
	    what);
}

static int
no_law(const char *name, struct hrv_err *err)
{
	if (name == NULL)
		hrv_fail(err, HRV_ENOTFOUND, "no law was adopted so far");
	else
		hrv_fail(err, HRV_ENOTFOUND,
		    "no law of that id was adopted in this vault");
	return hrv_hint(err,
	    "'hrvault policy adopt' takes a law and its calendar into force");
}

/* The one law there is; *ret_name (freed by the caller) is its id. */
static int
only_law(struct hrv_vault *v, char **ret_name, struct hrv_err *err)
{
	char *name = NULL;
	bool more = false, several = false;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_POLICY_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *kind = db_col_text(st, 1);
		const char *id = db_col_text(st, 2);

		if (kind == NULL || id == NULL || strcmp(kind, "law") != 0)
			continue;
		if (name == NULL && (name = strdup(id)) == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		if (rc != HRV_OK)
			break;
		several = several || strcmp(name, id) != 0;
	}
	db_reset(st);
	if (rc == HRV_OK && several) {
		hrv_fail(err, HRV_EUSAGE,
		    "several laws are in force here: say which with --law");
		rc = hrv_hint(err, "'hrvault policy show' lists them");
	}
	if (rc == HRV_OK && name == NULL)
		rc = no_law(NULL, err);
	if (rc != HRV_OK) {
		free(name);
		return rc;
	}
	*ret_name = name;
	return HRV_OK;
}

/* Law and calendar in force now, by hash and parsed. */
static int
pick_law(
    struct hrv_vault *v, const char *name, struct kase *k, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf text = BUF_INIT;
	char *only = NULL;
	struct hrv_law *law = NULL;
	int rc = HRV_OK;

	if (name == NULL) {
		rc = only_law(v, &only, err);
		name = only;
	}
	if (rc == HRV_OK)
		rc = inforce_policy_text(
		    v, "law", name, &text, k->law_hash, err);
	if (rc == HRV_ENOTFOUND)
		rc = no_law(name, err);
	if (rc == HRV_OK) {
		law = hrv_law_parse(buf_str(&text), text.len, &errors);
		if (law == NULL)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "an adopted law cannot be read");
	}
	buf_reset(&text);
	if (rc == HRV_OK)
		rc = inforce_policy_text(
		    v, "calendar", law->calendar, &text, k->calendar_hash, err);
	if (rc == HRV_OK)
		rc = case_law(v, k, err);
	hrv_law_free(law);
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	free(only);
	return rc;
}

/* The local day of receipt, not later than today. */
static int
set_received(struct hrv_vault *v, const char *received, struct kase *k,
    struct hrv_err *err)
{
	struct hrv_date day, today;
	int rc = hrv_local_date_parse(received, k->law->timezone, &day, err);

	if (rc == HRV_OK)
		rc = hrv_local_date(
		    vault_now(v) / 1000000, k->law->timezone, &today, err);
	if (rc == HRV_OK && hrv_date_cmp(day, today) > 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "a request cannot have been received in the future");
		rc = hrv_hint(err, "--received is the local day it came in");
	}
	if (rc == HRV_OK)
		hrv_date_format(day, k->received);
	return rc;
}

static int
find_subject(
    struct hrv_vault *v, const char *which, struct kase *k, struct hrv_err *err)
{
	struct subject_row s;
	char text[ID_TEXT_SIZE];
	int rc = lookup_subject(v, which, &k->subject, err);

	if (rc == HRV_OK)
		rc = subject_load(v, &k->subject, &s, err);
	if (rc == HRV_OK && s.gone) {
		id_format(&s.id, text);
		hrv_fail(err, HRV_EPURGED,
		    "all records of %s were destroyed, and who that was with "
		    "them",
		    text);
		rc =
		    hrv_hint(err, "answer that nothing is held any longer; the "
				  "certificates of destruction say since when");
	}
	return rc;
}

static int
add_row(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, k->subject.b, ID_BYTES);
	(void)db_bind_text(st, 3, k->claim);
	(void)db_bind_blob(st, 4, k->law_hash, 32);
	(void)db_bind_blob(st, 5, k->calendar_hash, 32);
	(void)db_bind_text(st, 6, k->received);
	(void)db_bind_text(st, 7, k->channel);
	(void)db_bind_int(st, 8, (int64_t)v->frontier.size);
	return db_run(st, err);
}

/* Art. 21(1), 18(1)(d): until an objection is decided, what it is about is
 * not used, whatever else restricts it: that may be lifted before. */
static int
restrict_objection(
    struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	struct restrict_step step = { .subject = &k->subject,
		.ground = RESTRICT_OBJECTION,
		.by_right = true,
		.kase = &k->id };
	struct subject_row s;
	int rc = HRV_OK;

	if (strcmp(k->claim, "objection") != 0)
		return HRV_OK;
	rc = subject_load(v, &k->subject, &s, err);
	if (rc == HRV_OK && !grounds_has(s.restricted, RESTRICT_OBJECTION))
		rc = restrict_apply(v, &step, NULL, err);
	return rc;
}

/* Row, timeline and entry in one commit. */
static int
store(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	struct case_step s = {
		.op = "case.open", .event = "received", .day = k->received
	};
	json_t *p =
	    json_pack("{s:s,s:s}", "right", k->claim, "channel", k->channel);
	int rc = HRV_OK;

	if (p == NULL || json_set_hex(p, "law", k->law_hash, 32) ||
	    json_set_hex(p, "calendar", k->calendar_hash, 32))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	s.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = add_row(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, &s, &k->opened_leaf, err);
	if (rc == HRV_OK)
		rc = restrict_objection(v, k, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

static int
opened_doc(struct hrv_vault *v, const struct kase *k, struct hrv_doc **ret,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];
	struct hrv_deadline d;
	json_t *o = NULL;
	int rc = case_deadline(k, &d, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&k->id, id);
	id_format(&k->subject, subject);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "subject", subject,
	    "right", k->claim, "status", k->status, "received", k->received,
	    "law", k->law->id);
	if (o == NULL || case_put_deadline(o, &d))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = case_put_repeat(v, k, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
check_right(const char *right, struct hrv_err *err)
{
	static const char *const rights[] = { "access", "portability",
		"rectification", "erasure", "restriction", "objection" };

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		if (strcmp(right, rights[i]) == 0)
			return HRV_OK;
	}
	hrv_fail(err, HRV_EUSAGE, "there is no such right");
	return hrv_hint(err, "access, portability, rectification, erasure, "
			     "restriction or objection");
}

int
hrv_case_open(struct hrv_vault *v, const struct hrv_case_open_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	const char *channel = args->channel == NULL ? "other" : args->channel;
	struct entry e = ENTRY("case.open");
	struct kase k = { .status = CASE_OPEN };
	int rc = role_may(v->role, "case.open", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = check_right(args->right, err);
	if (rc == HRV_OK) {
		memccpy(k.claim, args->right, '\0', sizeof(k.claim));
		rc = case_word(channel, "channel", err);
	}
	if (rc == HRV_OK)
		memccpy(k.channel, channel, '\0', sizeof(k.channel));
	if (rc == HRV_OK)
		rc = find_subject(v, args->subject, &k, err);
	if (rc == HRV_OK)
		rc = pick_law(v, args->law, &k, err);
	if (rc == HRV_OK)
		rc = set_received(v, args->received, &k, err);
	if (rc == HRV_OK) {
		vault_new_id(ID_CASE, &k.id);
		rc = store(v, &k, err);
	}
	if (rc == HRV_OK)
		rc = opened_doc(v, &k, ret_doc, err);
	case_clear(&k);
	return rc;
}

/* An objection that is open again restricts again. */
static int
reopen(struct hrv_vault *v, const struct kase *k, const struct case_step *s,
    struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, s, NULL, err);
	if (rc == HRV_OK)
		rc = restrict_objection(v, k, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
hrv_case_reopen(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct case_step s = {
		.op = "case.reopen", .event = "reopened", .status = CASE_OPEN
	};
	struct entry e = ENTRY("case.reopen");
	char day[HRV_DATE_TEXT], id[ID_TEXT_SIZE];
	struct kase k = { .law = NULL };
	int rc = role_may(v->role, "case.reopen", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK && strcmp(k.status, CASE_CLOSED) != 0 &&
	    strcmp(k.status, CASE_REFUSED) != 0)
		rc = case_refused(v, &k, s.op, "is not closed", "show", err);
	if (rc == HRV_OK) {
		id_format(&k.subject, id);
		rc = find_subject(v, id, &k, err);
	}
	if (rc == HRV_OK)
		rc = case_day(v, &k, NULL, day, err);
	s.day = day;
	if (rc == HRV_OK)
		rc = reopen(v, &k, &s, err);
	if (rc == HRV_OK) {
		memcpy(k.status, CASE_OPEN, sizeof(CASE_OPEN));
		rc = opened_doc(v, &k, ret_doc, err);
	}
	case_clear(&k);
	return rc;
}
