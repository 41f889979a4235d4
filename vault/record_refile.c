/* SPDX-License-Identifier: ISC */
/*
 * Refiling. Layer: verbs. Invariants: what was sealed for one person or class
 * is never merely relabelled, because a header names its subject and a context
 * its class; nothing that a hold or a case protects is touched; all of a
 * record moves in one commit or nothing does.
 */
#include "vault/record_refile_int.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/record.h"
#include "vault/base/text.h"
#include "vault/detail.h"
#include "vault/earlier.h"
#include "vault/dual.h"
#include "vault/identity.h"
#include "vault/record_release.h"
#include "vault/record_reseal.h"
#include "vault/record_store.h"
#include "vault/record_view.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
refile_check_reason(const char *reason, struct hrv_err *err)
{
	if (reason == NULL) {
		hrv_fail(err, HRV_EUSAGE, "this needs a reason");
		return hrv_hint(err, "say why with --reason");
	}
	return text_check_field(TEXT_REASON, reason, strlen(reason), err);
}

int
refile_check_free(
    struct hrv_vault *v, const struct record_row *rec, struct hrv_err *err)
{
	struct protect *p = NULL;
	struct protect_why why = { 0 };
	char text[ID_TEXT_SIZE];
	int rc = protect_load(v, &p, err);

	if (rc == HRV_OK)
		rc = protect_record(v, p, rec, &why, err);
	protect_free(p);
	if (rc != HRV_OK || !protect_any(&why))
		return rc;
	id_format(&rec->id, text);
	if (why.hold) {
		hrv_fail_as(err, HRV_EREFUSED, "held",
		    "%s is under a legal hold: held records are append only",
		    text);
		return hrv_hint(err, "a correction is added with 'hrvault "
				     "record amend'; otherwise ask legal");
	}
	if (why.kase) {
		hrv_fail_as(err, HRV_EREFUSED, "open-case",
		    "%s is frozen by an open case: it is append only", text);
		return hrv_hint(err, "see 'hrvault case list'; a correction is "
				     "added with 'hrvault record amend'");
	}
	hrv_fail_as(err, HRV_EREFUSED, "cooling-off",
	    "%s was under a legal hold that is cooling off", text);
	return hrv_hint(err, "try again from %s on", why.until);
}

int
refile_check_keys(
    struct hrv_vault *v, const struct record_row *rec, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (uint32_t n = 1; rc == HRV_OK && n <= rec->version; n++) {
		struct version_row ver = { .header = BUF_INIT };

		rc = version_load(v, &rec->id, n, &ver, err);
		if (rc == HRV_OK && ver.header.len > 0 &&
		    !unseal_may(v, rec, &ver)) {
			rc = hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
			    "you do not hold the key of the compartment '%s'",
			    rec->compartment);
			hrv_hint(err, "ask a member who holds it; 'hrvault "
				      "member list' shows who does");
		}
		version_clear(&ver);
	}
	return rc;
}

/* Everything that can be refused before anything is opened, and again under
 * the write lock: a hold may have come meanwhile. */
static int
check(struct hrv_vault *v, struct refiling *r, bool *ret_born,
    struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	int rc;

	if (r->rec.purged)
		return record_purged(v, &r->rec, r->rec.version, err);
	if (r->payload == NULL)
		r->payload = json_object();
	rc = r->payload == NULL ? no_memory(err)
				: record_no_statement(&r->rec, err);
	if (rc == HRV_OK)
		rc = record_change_may(v, &r->rec, r->use, r->payload, err);
	if (rc == HRV_OK)
		rc = refile_check_free(v, &r->rec, err);
	if (rc == HRV_OK)
		rc = record_class(v, r->class_name, &r->to, &c, err);
	if (rc == HRV_OK)
		rc = refile_check_keys(v, &r->rec, err);
	if (rc != HRV_OK)
		return rc;
	snprintf(r->compartment, sizeof(r->compartment), "%s", c->compartment);
	r->dependant_born[0] = '\0';
	if (c->needs_dependant_born && hrv_date_is_set(r->dependant))
		hrv_date_format(r->dependant, r->dependant_born);
	else if (c->needs_dependant_born)
		memcpy(r->dependant_born, r->rec.dependant_born,
		    sizeof(r->dependant_born));
	else if (hrv_date_is_set(r->dependant))
		return hrv_fail(err, HRV_EUSAGE,
		    "no rule of the class '%s' asks for a dependant's birth "
		    "date, so it is not kept",
		    c->id);
	if (c->needs_dependant_born && r->dependant_born[0] == '\0') {
		hrv_fail_as(err, HRV_EUSAGE, "birth-date-missing",
		    "records of the class '%s' are kept until a dependant "
		    "reaches an age",
		    c->id);
		return hrv_hint(err, "give the dependant's birth date with "
				     "--dependant-born");
	}
	*ret_born = c->needs_born;
	return HRV_OK;
}

/* The birth date of who it will be about, for a class that counts an age. */
static int
read_born(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	char subject[ID_TEXT_SIZE];
	const char *born;
	json_t *who = NULL;
	int rc = identity_open(v, r->receipt, &r->to, &who, err);

	if (rc != HRV_OK)
		return rc;
	born = json_str(who, "born");
	if (born != NULL)
		snprintf(r->born, sizeof(r->born), "%s", born);
	json_decref(who);
	if (r->born[0] != '\0')
		return HRV_OK;
	id_format(&r->to.id, subject);
	hrv_fail_as(err, HRV_EUSAGE, "birth-date-missing",
	    "records of the class '%s' are kept until an age is reached, and "
	    "the subject's birth date is not known",
	    r->class_name);
	return hrv_hint(err,
	    "first 'hrvault subject update %s --born DATE --reason T'",
	    subject);
}

static int
open_intent(
    struct hrv_vault *v, struct refiling *r, bool born, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = manifest_add(&m, &r->rec.id, NULL, err);

	if (rc == HRV_OK && born)
		rc = manifest_add(&m, &r->to.id, NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(v, &r->e, &m, &r->receipt, err);
	manifest_clear(&m);
	return rc == HRV_OK && born ? read_born(v, r, err) : rc;
}

/* Another member may have been faster between the check and the lock. */
static int
reload(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	uint64_t before = r->rec.state_leaf;
	bool born;
	int rc = record_load(v, &r->rec.id, &r->rec, err);

	if (rc == HRV_OK && !r->rec.purged && r->rec.state_leaf != before) {
		hrv_fail(err, HRV_EBUSY,
		    "the record was changed at the same moment");
		return hrv_hint(err, "look at it, then run the command again");
	}
	if (rc == HRV_OK)
		rc = subject_load(v, &r->to.id, &r->to, err);
	return rc == HRV_OK ? check(v, r, &born, err) : rc;
}

static void
bind_text_or_null(struct stmt *st, int at, const char *text)
{
	(void)db_bind_text(st, at, text[0] == '\0' ? NULL : text);
}

int
refile_set_row(
    struct hrv_vault *v, const struct refiling *r, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RECORD_SET_FILED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->rec.id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, r->to.id.b, ID_BYTES);
	(void)db_bind_text(st, 3, r->class_name);
	(void)db_bind_text(st, 4, r->compartment);
	bind_text_or_null(st, 5, r->born);
	bind_text_or_null(st, 6, r->dependant_born);
	rc = db_run(st, err);
	/* Whom it is about need not be named beside it any more. */
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LINK_DEL, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, r->rec.id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, r->to.id.b, ID_BYTES);
	return db_run(st, err);
}

/* How much stands between the versions and their destruction besides the day:
 * 2 where nobody may ever, 1 where a person is asked, for each. */
static int
weigh(struct hrv_vault *v, const struct record_row *rec, unsigned *ret,
    struct hrv_err *err)
{
	unsigned sum = 0;
	int rc = HRV_OK;

	for (uint32_t n = 1; rc == HRV_OK && n <= rec->version; n++) {
		const char *at;
		struct stmt *st;
		bool found = false;

		rc = db_stmt(v->db, SQL_TERM_GET, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, rec->id.b, ID_BYTES);
		(void)db_bind_int(st, 2, (int64_t)n);
		rc = db_step(st, &found, err);
		at = rc == HRV_OK && found ? db_col_text(st, 4) : NULL;
		if (at != NULL)
			sum += strcmp(at, "permanent") == 0 ? 2
			       : strcmp(at, "review") == 0  ? 1
							    : 0;
		db_reset(st);
	}
	*ret = sum;
	return rc;
}

/* Where the schedule asks two people for the step itself: they decide about
 * the dates that it moves as well, by the same rule. */
static int
allow_step(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	json_t *what = json_object();
	struct dual_step step = { .kind = r->e.op,
		.subject = &r->rec.subject,
		.record = &r->rec.id,
		.comp = r->rec.compartment,
		.to_comp = r->compartment,
		.what = what,
		.reason = r->reason };
	char to[ID_TEXT_SIZE];
	int rc = HRV_OK;

	id_format(&r->to.id, to);
	if (what == NULL || json_set_str(what, "to_subject", to) ||
	    json_set_str(what, "to_class", r->class_name) ||
	    earlier_bind_moved(what, &r->moved))
		rc = no_memory(err);
	step.others = r->moved.others ? &r->to.id : NULL;
	if (rc == HRV_OK)
		rc = dual_allow(v, &step, &r->approval, err);
	json_decref(what);
	return rc;
}

/* New dates, of everything that a record of this class of these subjects may
 * be a trigger for, and whether one member may bring them about. */
static int
set_terms(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	struct earlier_step step = { .subject = &r->rec.subject,
		.record = &r->rec.id,
		.comp = r->rec.compartment,
		.to_subject = &r->to.id,
		.to_class = r->class_name,
		.to_comp = r->compartment,
		.reason = r->reason };
	bool moves = !id_equal(&r->rec.subject, &r->to.id);
	unsigned before = 0, after = 0;
	int rc = weigh(v, &r->rec, &before, err);

	r->moved.about = &r->rec.id;
	if (rc == HRV_OK)
		rc = refile_set_row(v, r, err);
	if (rc == HRV_OK)
		rc = refile_with_rows(v, r, err);
	if (rc == HRV_OK)
		rc = earlier_update_subject(v, &r->to.id, &r->moved, err);
	if (rc == HRV_OK && moves)
		rc = earlier_update_subject(v, &r->rec.subject, &r->moved, err);
	if (rc == HRV_OK)
		rc = weigh(v, &r->rec, &after, err);
	/* Not asking a person any more is a kind of earlier as well. */
	r->moved.earlier += after < before;
	step.others = r->moved.others;
	if (rc != HRV_OK)
		return rc;
	return dual_asks(v, r->e.op)
		   ? allow_step(v, r, err)
		   : earlier_allow(v, &r->moved, &step, &r->approval, err);
}

static int
make_payload(struct refiling *r, struct hrv_err *err)
{
	if (r->payload == NULL)
		r->payload = json_object();
	if (r->payload == NULL || json_set_str(r->payload, "from", r->was) ||
	    json_set_str(r->payload, "to", r->is) ||
	    json_set_int(r->payload, "versions", (int64_t)r->versions) ||
	    earlier_set_moved(r->payload, &r->moved))
		return no_memory(err);
	return approval_log(&r->approval, &r->e, r->payload, err);
}

int
refile_log(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	struct entry e;
	struct detail d = { .sealed = BUF_INIT };
	uint64_t leaf = 0;
	int rc = detail_seal(v, KEK_DETAIL, &r->rec.id, r->reason, &d, err);

	if (rc == HRV_OK)
		rc = state_record(v, &r->rec.id, r->state, err);
	if (rc == HRV_OK)
		rc = make_payload(r, err);
	e = r->e;
	e.subject = &r->to.id;
	e.comp = r->compartment;
	e.payload = r->payload;
	e.state = r->state;
	e.detail = d.commit;
	e.result = LEAF_OK;
	if (rc == HRV_OK)
		rc = receipt_entry(v, &r->receipt, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = state_set_record(v, &r->rec.id, leaf, r->state, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &r->approval, leaf, err);
	detail_clear(&d);
	return rc;
}

/* Under the write lock. */
static int
carry_out(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = reload(v, r, err);
	if (rc == HRV_OK)
		rc = refile_with_reload(v, r, err);
	if (rc == HRV_OK)
		rc = set_terms(v, r, err);
	if (rc == HRV_OK)
		rc = reseal_versions(v, r, err);
	if (rc == HRV_OK)
		rc = refile_log(v, r, err);
	if (rc == HRV_OK)
		rc = refile_with_seal(v, r, err);
	return rc == HRV_OK ? txn_commit(v, true, err) : rc;
}

int
refile(struct hrv_vault *v, struct refiling *r, struct hrv_err *err)
{
	bool born = false;
	int rc;

	r->e.subject = &r->rec.subject;
	r->e.record = &r->rec.id;
	r->e.comp = r->rec.compartment;
	rc = check(v, r, &born, err);
	if (rc == HRV_OK)
		rc = refile_with_load(v, r, err);
	if (rc == HRV_OK)
		rc = open_intent(v, r, born, err);
	if (rc == HRV_OK)
		rc = refile_with_open(v, r, err);
	if (rc == HRV_OK)
		rc = carry_out(v, r, err);
	r->e.proposal = NULL;
	if (rc == HRV_OK)
		return rc;
	rc = record_failed(v, &r->e, &r->receipt, err);
	refile_with_failed(v, r, err);
	return rc;
}

int
refile_result(struct hrv_vault *v, const struct refiling *r,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = record_result(v, &r->rec.id, r->media, r->sha256, &doc, err);

	if (rc == HRV_OK && earlier_set_moved(doc, &r->moved))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(v, doc, &r->moved, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

void
refile_clear(struct refiling *r)
{
	refile_with_clear(r);
	receipt_drop(&r->receipt);
	json_decref(r->payload);
}
