/* SPDX-License-Identifier: ISC */
/*
 * Setting a preference. Layer: verbs. Invariant: the row of the history, the
 * suppression list and the entry are one commit; the identity is opened for
 * its addresses only, under an intent.
 */
#include "vault/preference.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/custody/roles.h"
#include "vault/identity.h"
#include "vault/store/db.h"
#include "vault/subject_match.h"
#include "vault/terms.h"

#define OP "subject.preference"

/* One command's work. */
struct preferring {
	struct hrv_vault *v;
	const char *channel;
	bool allowed;
	char day[HRV_DATE_TEXT];
	struct subject_row subject;
	json_t *identity;
	struct receipt *receipt;
	struct entry e;
	size_t addresses;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
check_channel(const char *channel, struct hrv_err *err)
{
	if (strcmp(channel, "email") == 0 || strcmp(channel, "phone") == 0 ||
	    strcmp(channel, "post") == 0)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "there is no such channel");
	return hrv_hint(err, "email, phone or post");
}

/* The addresses, from the identity. There is none for letters. */
static int
open_identity(struct preferring *p, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc;

	if (strcmp(p->channel, "post") == 0)
		return HRV_OK;
	rc = manifest_add(&m, &p->subject.id, NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(p->v, &p->e, &m, &p->receipt, err);
	if (rc == HRV_OK)
		rc = identity_open(
		    p->v, p->receipt, &p->subject, &p->identity, err);
	manifest_clear(&m);
	return rc;
}

static int
add_row(struct preferring *p, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(p->v->db, SQL_RIGHTS_ADD_PREFERENCE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, p->subject.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	(void)db_bind_text(st, 3, p->channel);
	(void)db_bind_int(st, 4, p->allowed ? 1 : 0);
	(void)db_bind_text(st, 5, p->day);
	return db_run(st, err);
}

static int
store(struct preferring *p, struct hrv_err *err)
{
	json_t *payload = NULL;
	uint64_t leaf = 0;
	int rc = txn_begin(p->v, err);

	/* Who was merged since would keep a wish that nobody looks at. */
	if (rc == HRV_OK)
		rc = subject_load(p->v, &p->subject.id, &p->subject, err);
	if (rc == HRV_OK)
		rc = identity_gone(p->v, &p->subject, err);
	if (rc == HRV_OK)
		rc = suppress_set(p->v, p->channel, p->allowed, p->identity,
		    &p->addresses, err);
	if (rc != HRV_OK)
		return rc;
	payload = json_pack("{s:s,s:s,s:s,s:I}", "channel", p->channel,
	    "allowed", p->allowed ? "yes" : "no", "date", p->day, "addresses",
	    (json_int_t)p->addresses);
	if (payload == NULL)
		return no_memory(err);
	p->e.payload = payload;
	p->e.result = LEAF_OK;
	rc = p->receipt != NULL
		 ? receipt_entry(p->v, &p->receipt, &p->e, &leaf, err)
		 : txn_entry(p->v, &p->e, &leaf, err);
	if (rc == HRV_OK)
		rc = add_row(p, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(p->v, true, err);
	p->e.payload = NULL;
	json_decref(payload);
	return rc;
}

static int
make_result(struct preferring *p, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&p->subject.id, id);
	o = json_pack("{s:s,s:s,s:b,s:s,s:I}", "id", id, "channel", p->channel,
	    "allowed", p->allowed, "date", p->day, "addresses",
	    (json_int_t)p->addresses);
	if (o == NULL)
		return no_memory(err);
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
note_again(struct preferring *p, const char *day, struct hrv_err *err)
{
	json_t *payload =
	    json_pack("{s:s,s:s,s:s,s:i,s:i}", "channel", p->channel, "allowed",
		"no", "date", day, "addresses", 0, "again", 1);
	uint64_t leaf = 0;
	int rc;

	if (payload == NULL)
		return no_memory(err);
	snprintf(p->day, sizeof(p->day), "%s", day);
	p->e.subject = &p->subject.id;
	p->e.payload = payload;
	rc = txn_entry(p->v, &p->e, &leaf, err);
	if (rc == HRV_OK)
		rc = add_row(p, leaf, err);
	json_decref(payload);
	return rc;
}

int
preference_refuse_again(struct hrv_vault *v, const struct hrv_id *subject,
    const char *channel, const char *day, bool *ret_noted, struct hrv_err *err)
{
	struct preferring p = { .v = v, .channel = channel, .e = ENTRY(OP) };
	bool no = false;
	int rc = check_channel(channel, err);

	*ret_noted = false;
	if (rc == HRV_OK)
		rc = subject_load(v, subject, &p.subject, err);
	if (rc == HRV_OK)
		rc = preference_is_no(v, subject, channel, &no, err);
	if (rc != HRV_OK || no || p.subject.gone)
		return rc;
	*ret_noted = true;
	return note_again(&p, day, err);
}

int
hrv_subject_preference(struct hrv_vault *v, const char *who,
    const char *channel, bool allowed, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct preferring p = {
		.v = v, .channel = channel, .allowed = allowed, .e = ENTRY(OP)
	};
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &p.e, err);
	rc = check_channel(channel, err);
	if (rc == HRV_OK)
		rc = lookup_subject(v, who, &p.subject.id, err);
	if (rc == HRV_OK)
		rc = subject_load(v, &p.subject.id, &p.subject, err);
	if (rc == HRV_OK)
		rc = identity_gone(v, &p.subject, err);
	if (rc == HRV_OK)
		rc = vault_today_text(v, p.day, err);
	if (rc != HRV_OK)
		return rc;
	p.e.subject = &p.subject.id;
	rc = open_identity(&p, err);
	if (rc == HRV_OK)
		rc = store(&p, err);
	txn_abort(v);
	if (rc == HRV_OK)
		rc = make_result(&p, ret_doc, err);
	else
		rc = subject_read_failed(v, &p.receipt, &p.e, err);
	json_decref(p.identity);
	return rc;
}

int
preferences_of(struct hrv_vault *v, const struct hrv_id *subject, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st = NULL;
	bool more = false;
	int rc = list == NULL
		     ? no_memory(err)
		     : db_stmt(v->db, SQL_RIGHTS_LIST_PREFERENCES, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *o = json_pack("{s:s,s:b,s:s}", "channel",
		    db_col_text(st, 0), "allowed", db_col_int(st, 1) != 0,
		    "date", db_col_text(st, 2));

		if (o == NULL || json_array_append_new(list, o))
			rc = no_memory(err);
	}
	if (st != NULL)
		db_reset(st);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
