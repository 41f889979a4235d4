/* SPDX-License-Identifier: ISC */
/*
 * New versions. Layer: verbs. Invariant: only ever adds: the version before
 * keeps its key until a purge ends it on its own date, so a held record can
 * be amended as well.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/custody/roles.h"
#include "vault/dual.h"
#include "vault/earlier.h"
#include "vault/record_release.h"
#include "vault/record_source.h"
#include "vault/record_store.h"
#include "vault/record_view.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/unseal.h"

/* Everything one `record amend` works with. */
struct amending {
	const struct hrv_record_amend_args *args;
	struct record_row rec;
	struct record_source source;
	json_t *header; /* of the new version */
	json_t *payload;
	struct entry e; /* its payload is set with the outcome */
	struct receipt *receipt;
	uint8_t state[32];
	uint8_t sha256[32];
	uint64_t size;
	struct approval approval; /* where it takes two people */
	struct terms_moved moved;
};

/* What it is changed for, where it is restricted, is part of the outcome. */
static int
may_change(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	if (a->payload == NULL)
		a->payload = json_object();
	return a->payload == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
				  : record_change_may(v, &a->rec, &a->args->use,
					a->payload, err);
}

static int
check(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	struct subject_row subject;
	const struct hrv_class *c;
	const char *reason = a->args->reason;
	int rc;

	if (reason == NULL) {
		hrv_fail(err, HRV_EUSAGE, "a new version needs a reason");
		return hrv_hint(err, "say why with --reason");
	}
	rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = record_source_open(&a->source, &a->args->content, err);
	if (rc == HRV_OK)
		rc = record_find(v, a->args->record, &a->rec, err);
	if (rc != HRV_OK)
		return rc;
	a->e.subject = &a->rec.subject;
	a->e.record = &a->rec.id;
	a->e.comp = a->rec.compartment;
	if (a->rec.purged)
		return record_purged(v, &a->rec, a->rec.version, err);
	rc = subject_load(v, &a->rec.subject, &subject, err);
	if (rc == HRV_OK)
		rc = record_class(v, a->rec.class_name, &subject, &c, err);
	/* The kind of a subject may have changed since; its records stay. */
	if (rc == HRV_EREFUSED && strcmp(err->name, "wrong-kind") == 0)
		rc = HRV_OK;
	return rc == HRV_OK ? may_change(v, a, err) : rc;
}

/* Title and source of the version before, unless new ones are given. */
static int
make_header(struct amending *a, const json_t *old, struct hrv_err *err)
{
	struct record_header h = { .title = a->args->title,
		.source = a->args->source,
		.note = json_str(old, "note"),
		.file = a->args->content.path,
		.media = a->source.media };

	if (h.title == NULL)
		h.title = json_str(old, "title");
	if (h.source == NULL)
		h.source = json_str(old, "source");
	return record_header_new(&h, &a->header, err);
}

static int
read_old(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct manifest m = { 0 };
	json_t *old = NULL;
	int rc = version_load(v, &a->rec.id, a->rec.version, &ver, err);

	if (rc == HRV_OK)
		rc = manifest_add(&m, &a->rec.id, NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(v, &a->e, &m, &a->receipt, err);
	if (rc == HRV_OK)
		rc = unseal_header(v, a->receipt, &a->rec, &ver, &old, err);
	if (rc == HRV_OK)
		rc = make_header(a, old, err);
	manifest_clear(&m);
	json_decref(old);
	version_clear(&ver);
	return rc;
}

/* Another member may have been faster between the read and the lock. */
static int
reload(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	uint32_t before = a->rec.version;
	int rc = record_load(v, &a->rec.id, &a->rec, err);

	if (rc == HRV_OK && a->rec.purged)
		rc = record_purged(v, &a->rec, a->rec.version, err);
	if (rc == HRV_OK && a->rec.version != before) {
		hrv_fail(err, HRV_EBUSY,
		    "another version was stored at the same moment");
		rc = hrv_hint(err, "look at it, then run the command again");
	}
	return rc == HRV_OK ? may_change(v, a, err) : rc;
}

static int
supersede(struct hrv_vault *v, struct amending *a, const char *day,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_SET_SUPERSEDED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, a->rec.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)a->rec.version);
	(void)db_bind_text(st, 3, day);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_RECORD_SET_VERSION, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, a->rec.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)a->rec.version + 1);
	return db_run(st, err);
}

static int
seal_new(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	struct seal_args sa = { .subject = &a->rec.subject,
		.record = &a->rec.id,
		.version = a->rec.version + 1,
		.class_name = a->rec.class_name,
		.compartment = a->rec.compartment,
		.header = a->header,
		.body = &a->source.body };
	struct sealed s = { .header = BUF_INIT };
	char day[HRV_DATE_TEXT];
	int rc = vault_today_text(v, day, err);

	if (rc == HRV_OK)
		rc = seal_version(v, &sa, &s, err);
	if (rc == HRV_OK)
		rc = seal_store(v, &sa, &s, day, err);
	if (rc == HRV_OK)
		rc = supersede(v, a, day, err);
	memcpy(a->sha256, s.sha256, sizeof(a->sha256));
	a->size = s.size;
	sealed_clear(&s);
	return rc;
}

static int
make_payload(struct amending *a, struct hrv_err *err)
{
	if (json_set_int(a->payload, "version", (int64_t)a->rec.version + 1) ||
	    json_set_int(a->payload, "bytes", (int64_t)a->size))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	a->e.payload = a->payload;
	a->e.state = a->state;
	a->e.result = LEAF_OK;
	return approval_log(&a->approval, &a->e, a->payload, err);
}

/* Whether exactly this version may be stored. Where the schedule asks two
 * people they are told which dates move by it, and otherwise two are asked when
 * a known one moves earlier: the version before may end by the day of the new
 * one. */
static int
allow(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	json_t *what = json_object(), *bound = json_object();
	struct dual_step step = { .kind = a->e.op,
		.subject = &a->rec.subject,
		.record = &a->rec.id,
		.comp = a->rec.compartment,
		.what = what,
		.bound = bound,
		.reason = a->args->reason };
	struct earlier_step earlier = { .subject = &a->rec.subject,
		.record = &a->rec.id,
		.comp = a->rec.compartment,
		.identity = bound,
		.version = a->rec.version + 1,
		.reason = a->args->reason };
	int rc = HRV_OK;

	if (what == NULL ||
	    json_set_int(what, "version", (int64_t)a->rec.version + 1) ||
	    earlier_set_moved(what, &a->moved) ||
	    json_set_hex(bound, "sha256", a->sha256, sizeof(a->sha256)) ||
	    json_set_str(bound, "title", json_str(a->header, "title")) ||
	    json_set_str(bound, "source", json_str(a->header, "source")))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = dual_asks(v, a->e.op)
			 ? dual_allow(v, &step, &a->approval, err)
			 : earlier_allow(
			       v, &a->moved, &earlier, &a->approval, err);
	json_decref(what);
	json_decref(bound);
	return rc;
}

static int
store(struct hrv_vault *v, struct amending *a, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = reload(v, a, err);
	if (rc == HRV_OK)
		rc = seal_new(v, a, err);
	if (rc == HRV_OK)
		rc = terms_update_record(v, &a->rec.id, &a->moved, err);
	if (rc == HRV_OK)
		rc = allow(v, a, err);
	if (rc == HRV_OK)
		rc = detail_seal(
		    v, KEK_DETAIL, &a->rec.id, a->args->reason, &d, err);
	if (rc == HRV_OK)
		rc = state_record(v, &a->rec.id, a->state, err);
	if (rc == HRV_OK)
		rc = make_payload(a, err);
	if (rc == HRV_OK) {
		a->e.detail = d.commit;
		rc = receipt_entry(v, &a->receipt, &a->e, &leaf, err);
	}
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &a->approval, leaf, err);
	if (rc == HRV_OK)
		rc = state_set_record(v, &a->rec.id, leaf, a->state, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	a->e.detail = NULL;
	a->e.proposal = NULL;
	detail_clear(&d);
	return rc;
}

/* Adds what becomes of the version before. */
static int
put_superseded(struct hrv_vault *v, const struct amending *a, json_t *doc,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct hrv_decision d = { .rule_count = 0 };
	struct hrv_date today;
	json_t *o = json_object();
	int rc = version_load(v, &a->rec.id, a->rec.version, &ver, err);

	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = record_decide(v, &a->rec, &ver, today, &d, err);
	if (rc == HRV_OK && (json_set_int(o, "version", (int64_t)ver.n) ||
				record_put_dates(o, &d) ||
				json_object_set(doc, "superseded", o)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(o);
	version_clear(&ver);
	return rc;
}

int
hrv_record_amend(struct hrv_vault *v, const struct hrv_record_amend_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct amending a = { .args = args,
		.source = { .fd = -1, .head = BUF_INIT_SECRET },
		.e = ENTRY("record.amend") };
	json_t *doc = NULL;
	int rc = role_may(v->role, "record.amend", err);

	if (rc == HRV_OK)
		rc = check(v, &a, err);
	if (rc == HRV_OK)
		rc = read_old(v, &a, err);
	if (rc == HRV_OK)
		rc = store(v, &a, err);
	if (rc != HRV_OK)
		rc = record_failed(v, &a.e, &a.receipt, err);
	else
		rc = record_result(
		    v, &a.rec.id, a.source.media, a.sha256, &doc, err);
	if (rc == HRV_OK)
		rc = put_superseded(v, &a, doc, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	else
		json_decref(doc);
	receipt_drop(&a.receipt);
	json_decref(a.header);
	json_decref(a.payload);
	record_source_clear(&a.source);
	return rc;
}
