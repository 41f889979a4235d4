/* SPDX-License-Identifier: ISC */
/*
 * Disclosing a record to a registered recipient. Layer: verbs. Invariant: the
 * row of a disclosure and the outcome that says it was done are one commit,
 * and the file has no name before it.
 */
#include "vault/disclose.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "hrvault/rights.h"
#include "vault/consent.h"
#include "vault/recipient.h"
#include "vault/record_release.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* What one disclosure has beyond a read. */
struct disclosing {
	const char *to;
	struct recipient_row recipient;
	char day[HRV_DATE_TEXT];
};

/* Nobody is given a record who is not in the register. */
int
disclose_recipient(struct hrv_vault *v, const char *to,
    struct recipient_row *ret, struct hrv_err *err)
{
	struct hrv_id id;
	int rc = lookup_recipient(v, to, &id, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail_as(err, HRV_EREFUSED, "recipient",
		    "there is no such recipient in the register");
		return hrv_hint(err, "'hrvault recipient list' names them; "
				     "'hrvault recipient add' registers one");
	}
	if (rc == HRV_OK)
		rc = recipient_load(v, &id, ret, err);
	return rc;
}

/* What rests on consent alone goes out only while there is one. */
int
disclose_consent(struct hrv_vault *v, const struct record_row *rec,
    const char *purpose, struct hrv_err *err)
{
	const struct hrv_class *c =
	    hrv_schedule_class(v->schedule, rec->class_name);
	bool live = true;
	int rc = HRV_OK;

	if (c != NULL && strcmp(c->legal_basis, "consent") == 0)
		rc = consent_live(v, &rec->subject, purpose, &live, NULL, err);
	if (rc != HRV_OK || live)
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "no-consent",
	    "records of the class '%s' rest on consent, and none for this "
	    "purpose is in force",
	    c->id);
	return hrv_hint(err, "'hrvault subject consent' enters one");
}

static int
had_it(struct hrv_vault *v, const struct hrv_id *record,
    const struct hrv_id *recipient, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_GET_DISCLOSED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_blob(st, 2, recipient->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_OK)
		*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return rc;
}

/* A contested record goes to nobody who has not had what the person says about
 * it (Art. 5(1)(d), 16). First the statement: the other way round, whatever
 * stops the second step would leave the record alone with the recipient. */
static int
check_statements(struct hrv_vault *v, const struct release *g,
    const struct hrv_id *recipient, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	char id[ID_TEXT_SIZE], on[ID_TEXT_SIZE], to[ID_TEXT_SIZE];
	bool had = true;
	size_t n = 0, i = 0;
	int rc = ids_of(v, SQL_RECORD_LIST_STATEMENTS, &g->rec.id, ID_RECORD,
	    &ids, &n, err);

	while (rc == HRV_OK && had && i < n)
		rc = had_it(v, &ids[i++], recipient, &had, err);
	if (rc == HRV_OK && !had) {
		id_format(&ids[i - 1], id);
		id_format(&g->rec.id, on);
		id_format(recipient, to);
		hrv_fail_as(err, HRV_EREFUSED, "statement-first",
		    "the person's statement %s on %s goes to a recipient "
		    "before it",
		    id, on);
		rc = hrv_hint(err,
		    "first 'hrvault disclose %s --to %s --purpose P --output "
		    "FILE'",
		    id, to);
	}
	free(ids);
	return rc;
}

static int
check(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	struct disclosing *d = g->ctx;
	char id[ID_TEXT_SIZE];
	int rc = disclose_recipient(v, d->to, &d->recipient, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&d->recipient.id, id);
	if (json_set_str(g->payload, "recipient", id))
		return no_memory(err);
	g->e.payload = g->payload;
	rc = vault_today_text(v, d->day, err);
	if (rc == HRV_OK)
		rc = recipient_check(v, &d->recipient, d->day, err);
	if (rc == HRV_OK)
		rc = check_statements(v, g, &d->recipient.id, err);
	return rc == HRV_OK
		   ? disclose_consent(v, &g->rec, g->args->purpose, err)
		   : rc;
}

int
disclose_note(
    struct hrv_vault *v, const struct disclosure *d, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_ADD_DISCLOSURE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, d->record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)d->leaf);
	(void)db_bind_int(st, 3, (int64_t)d->n);
	(void)db_bind_blob(st, 4, d->recipient->b, ID_BYTES);
	(void)db_bind_text(st, 5, d->purpose);
	(void)db_bind_text(st, 6, d->day);
	return db_run(st, err);
}

static int
note(struct hrv_vault *v, struct release *g, uint64_t leaf, struct hrv_err *err)
{
	struct disclosing *d = g->ctx;
	struct disclosure one = { .record = &g->rec.id,
		.n = g->ver.n,
		.leaf = leaf,
		.recipient = &d->recipient.id,
		.purpose = g->args->purpose,
		.day = d->day };

	return disclose_note(v, &one, err);
}

int
hrv_disclose(struct hrv_vault *v, const char *recipient,
    const struct hrv_record_read_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct disclosing d = { .to = recipient };
	struct release g = { .args = args,
		.check = check,
		.also = note,
		.ctx = &d,
		.ver = { .header = BUF_INIT },
		.e = ENTRY("disclose") };
	char id[ID_TEXT_SIZE];
	json_t *doc = NULL;
	int rc = record_release(v, &g, &doc, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&d.recipient.id, id);
	if (json_set_str(doc, "recipient", id) ||
	    json_set_str(doc, "purpose", args->purpose)) {
		json_decref(doc);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

static int
add_row(struct stmt *st, json_t *list, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECIPIENT };
	char text[ID_TEXT_SIZE];
	int rc = db_col_fixed(st, 2, id.b, ID_BYTES, err);
	json_t *o;

	if (rc != HRV_OK)
		return rc;
	id_format(&id, text);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I}", "recipient", text,
	    "kind", db_col_text(st, 5), "country", db_col_text(st, 6),
	    "purpose", db_col_text(st, 3), "on", db_col_text(st, 4), "version",
	    (json_int_t)db_col_int(st, 1), "entry",
	    (json_int_t)db_col_int(st, 0));
	return o == NULL || json_array_append_new(list, o) ? no_memory(err)
							   : HRV_OK;
}

int
disclosures_of(struct hrv_vault *v, const struct hrv_id *record, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st = NULL;
	bool more = false;
	int rc = list == NULL
		     ? no_memory(err)
		     : db_stmt(v->db, SQL_RIGHTS_LIST_DISCLOSURES, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while (rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more)
		rc = add_row(st, list, err);
	if (st != NULL)
		db_reset(st);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
