/* SPDX-License-Identifier: ISC */
/*
 * Reading a content for a purpose, and releasing one to somebody else. Layer:
 * verbs. Invariants: the intent is durable before the key is opened; a file
 * gets its name only after the outcome is in the log.
 */
#include "hrvault/record.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/consent.h"
#include "vault/custody/roles.h"
#include "vault/dual.h"
#include "vault/outfile.h"
#include "vault/record_release.h"
#include "vault/record_view.h"
#include "vault/terms.h"
#include "vault/unseal.h"

/* Whether the schedule has this purpose at all. */
static bool
knows_purpose(const struct hrv_schedule *s, const char *purpose)
{
	for (size_t i = 0; i < s->purpose_count; i++) {
		if (strcmp(s->purpose[i], purpose) == 0)
			return true;
	}
	return strcmp(purpose, "administration") == 0;
}

static void
list_purposes(const char *const *list, size_t n, char *out, size_t size)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i == 0 ? "" : ", ", list[i]);
	snprintf(out, size, "%s", buf_str(&b));
	buf_clear(&b);
}

int
record_release_purpose(
    const struct hrv_vault *v, const char *purpose, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	char list[256];

	if (knows_purpose(s, purpose))
		return HRV_OK;
	list_purposes(s->purpose, s->purpose_count, list, sizeof(list));
	hrv_fail_as(err, HRV_EREFUSED, "purpose",
	    "the schedule in force knows no such purpose");
	return hrv_hint(err, "its purposes: %s", list);
}

/* A purpose of the schedule, and one for which this class may be read. The
 * words somebody typed are logged only where they are the schedule's own. */
static int
check_purpose(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;
	const struct hrv_class *c = hrv_schedule_class(s, g->rec.class_name);
	const char *purpose = g->args->purpose;
	char list[256];
	int rc = record_release_purpose(v, purpose, err);

	if (rc != HRV_OK)
		return rc;
	if (json_set_str(g->payload, "purpose", purpose) ||
	    json_set_int(g->payload, "version", (int64_t)g->ver.n))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	g->e.payload = g->payload;
	if (strcmp(purpose, "administration") == 0 || c == NULL ||
	    hrv_class_allows_purpose(c, purpose))
		return HRV_OK;
	list_purposes(c->purposes, c->purpose_count, list, sizeof(list));
	hrv_fail_as(err, HRV_EREFUSED, "purpose",
	    "records of the class '%s' may not be read for '%s'", c->id,
	    purpose);
	return hrv_hint(err, "this class may be read for: %s", list);
}

static bool
in_list(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, list[i]) == 0)
			return true;
	}
	return false;
}

static int
restricted(const struct release *g, const char *id, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "restricted", "%s is restricted (%s)",
	    id, g->rec.restricted);
	return hrv_hint(err, "it may be read for legal_claim or "
			     "subject_request, and with --restricted-for on "
			     "one of the other grounds of Art. 18(2)");
}

/* The other grounds of Art. 18(2), each with what makes it one: consent that
 * is in force for this purpose, or words to which somebody can be held. */
static int
check_despite(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	const char *why = g->args->restricted_for;
	bool live = true;
	int rc = HRV_OK;

	if (strcmp(why, "consent") == 0)
		rc = consent_live(
		    v, &g->rec.subject, g->args->purpose, &live, NULL, err);
	else if (strcmp(why, "protect-other") != 0 &&
		 strcmp(why, "public-interest") != 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "there is no such use of a restricted record");
	else if (g->args->reason == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "whom or what it protects is to be said with --reason");
	if (rc == HRV_OK && !live)
		rc = hrv_fail_as(err, HRV_EREFUSED, "no-consent",
		    "no consent of the person for '%s' is in force",
		    g->args->purpose);
	if (rc == HRV_OK && json_set_str(g->payload, "restricted_for", why))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* What rests on consent is not used any more once it was withdrawn; what was
 * done before stays lawful. */
static int
check_withdrawn(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	const struct hrv_class *c =
	    hrv_schedule_class(v->schedule, g->rec.class_name);
	char version[33] = "";
	bool live = true;
	int rc = HRV_OK;

	if (c != NULL && strcmp(c->legal_basis, "consent") == 0)
		rc = consent_live(
		    v, &g->rec.subject, c->purpose, &live, version, err);
	if (rc != HRV_OK || live || version[0] == '\0')
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "no-consent",
	    "the consent on which records of the class '%s' rest was withdrawn",
	    c->id);
	return hrv_hint(err, "it may be read for legal_claim or "
			     "subject_request");
}

/* What a restricted record is kept for. */
static bool
is_always_allowed(const char *purpose)
{
	static const char *const allowed[] = { "legal_claim",
		"subject_request" };

	return purpose != NULL && in_list(purpose, allowed, 2);
}

/* Restricted by a person's right (Art. 18) or by the schedule: it stays, and
 * is used for legal claims and for the person's own requests, and on few
 * grounds more. */
static int
check_restriction(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], day[HRV_DATE_TEXT];
	struct hrv_decision d = { .rule_count = 0 };
	struct hrv_date today;
	int rc;

	if (is_always_allowed(g->args->purpose))
		return HRV_OK;
	id_format(&g->rec.id, id);
	if (g->rec.restricted[0] != '\0' && g->args->restricted_for == NULL)
		return restricted(g, id, err);
	rc = g->rec.restricted[0] != '\0' ? check_despite(v, g, err) : HRV_OK;
	if (rc == HRV_OK)
		rc = check_withdrawn(v, g, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = record_decide(v, &g->rec, &g->ver, today, &d, err);
	if (rc != HRV_OK || d.restrict_from.kind != HRV_BOUND_DATE ||
	    hrv_date_cmp(today, d.restrict_from.date) < 0)
		return rc;
	hrv_date_format(d.restrict_from.date, day);
	hrv_fail_as(err, HRV_EREFUSED, "restricted",
	    "%s is restricted since %s: it is kept, and no longer used", id,
	    day);
	return hrv_hint(err,
	    "it may be read for legal_claim or "
	    "subject_request; 'hrvault record explain %s' "
	    "says why",
	    id);
}

static int
not_changed(const struct record_row *rec, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&rec->id, id);
	hrv_fail_as(err, HRV_EREFUSED, "restricted",
	    "%s is restricted (%s): it is not changed", id, rec->restricted);
	return hrv_hint(err,
	    "but with --purpose legal_claim or subject_request, or with "
	    "--restricted-for on one of the other grounds of Art. 18(2)");
}

int
record_change_may(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_record_use *use, json_t *payload, struct hrv_err *err)
{
	/* Who changes a record has said why. */
	struct hrv_record_read_args args = { .purpose = use->purpose,
		.restricted_for = use->restricted_for,
		.reason = "" };
	struct release g = { .args = &args, .rec = *rec, .payload = payload };
	int rc = HRV_OK;

	if (rec->restricted[0] == '\0')
		return HRV_OK;
	if (use->purpose != NULL)
		rc = record_release_purpose(v, use->purpose, err);
	if (rc == HRV_OK && use->purpose != NULL &&
	    json_set_str(payload, "purpose", use->purpose))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK || is_always_allowed(use->purpose))
		return rc;
	if (use->restricted_for == NULL)
		return not_changed(rec, err);
	if (use->purpose == NULL && strcmp(use->restricted_for, "consent") == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "a consent is for a purpose, which is said with --purpose");
	return check_despite(v, &g, err);
}

static int
check_key(const struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	if (unseal_may(v, &g->rec, &g->ver))
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "you do not hold the key of the compartment '%s'",
	    g->rec.compartment);
	return hrv_hint(err, "ask a member who holds it; 'hrvault member list' "
			     "shows who does");
}

int
record_release_may(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	int rc = check_purpose(v, g, err);

	if (rc == HRV_OK)
		rc = check_key(v, g, err);
	return rc == HRV_OK ? check_restriction(v, g, err) : rc;
}

/* Finds the version; what is refused here is logged by the caller. */
static int
find(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	uint32_t n = g->args->version;
	int rc = record_find(v, g->args->record, &g->rec, err);

	if (rc != HRV_OK)
		return rc;
	g->e.subject = &g->rec.subject;
	g->e.record = &g->rec.id;
	g->e.comp = g->rec.compartment;
	if (n == 0)
		n = g->rec.version;
	if (g->rec.purged)
		return record_purged(v, &g->rec, n, err);
	rc = version_load(v, &g->rec.id, n, &g->ver, err);
	if (rc == HRV_OK && g->ver.header.len == 0)
		rc = record_purged(v, &g->rec, n, err);
	return rc;
}

/* Whether it may be released, where that takes two people: to whom and what
 * for is in the payload already. The approval is used up with the intent,
 * before anything is opened: it is good for one release, however that ends. */
static int
allow(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	struct dual_step step = { .kind = g->e.op,
		.subject = &g->rec.subject,
		.record = &g->rec.id,
		.comp = g->rec.compartment,
		.what = g->payload,
		.reason = g->args->reason };
	int rc = dual_allow(v, &step, &g->approval, err);

	if (rc == HRV_OK)
		rc = approval_log(&g->approval, &g->e, g->payload, err);
	g->e.uses = g->e.proposal == NULL ? NULL : &g->approval;
	return rc;
}

/* Outcome and typed reason, in one transaction of their own. */
static int
close_read(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	bool typed = g->args->reason != NULL;
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	g->e.result = LEAF_OK;
	if (rc == HRV_OK && typed)
		rc = detail_seal(
		    v, KEK_DETAIL, &g->rec.id, g->args->reason, &d, err);
	if (rc == HRV_OK) {
		g->e.detail = typed ? d.commit : NULL;
		rc = receipt_entry(v, &g->receipt, &g->e, &leaf, err);
	}
	if (rc == HRV_OK && typed)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK && g->also != NULL)
		rc = g->also(v, g, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	if (rc == HRV_EIO)
		rc = hrv_fail(err, HRV_ELOG,
		    "the outcome cannot be written to the log, so the content "
		    "is not handed over");
	g->e.detail = NULL;
	detail_clear(&d);
	return rc;
}

/* The plaintext, after the intent: into the unnamed file, or to the caller. */
static int
release(struct hrv_vault *v, struct release *g, struct hrv_err *err)
{
	int rc =
	    unseal_header(v, g->receipt, &g->rec, &g->ver, &g->header, err);

	if (rc == HRV_OK && g->ver.body.pack == 0)
		rc = hrv_fail(err, HRV_EUSAGE, "this record has no content");
	if (rc == HRV_OK && g->file != NULL)
		rc = unseal_body(v, g->receipt, &g->rec, &g->ver,
		    export_file_write, g->file, err);
	else if (rc == HRV_OK)
		rc = unseal_body(v, g->receipt, &g->rec, &g->ver,
		    g->args->write, g->args->write_ctx, err);
	if (rc == HRV_OK && g->file != NULL)
		rc = export_file_sync(g->file, err);
	return rc;
}

static int
make_result(struct release *g, json_t **ret, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL || json_set_int(o, "audit_index", (int64_t)g->index) ||
	    record_put_id(o, "record", &g->rec.id) ||
	    json_set_int(o, "version", (int64_t)g->ver.n) ||
	    json_set_str(o, "sha256", json_str(g->header, "sha256")) ||
	    json_set_int(o, "bytes", (int64_t)g->ver.size) ||
	    json_set_str(o, "media", json_str(g->header, "media")) ||
	    json_set_str(o, "file", json_str(g->header, "file"))) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}

static int
read_all(
    struct hrv_vault *v, struct release *g, json_t **ret, struct hrv_err *err)
{
	struct manifest m = { 0 };
	json_t *doc = NULL;
	int rc = manifest_add(&m, &g->rec.id, NULL, err);

	if (rc == HRV_OK)
		rc = receipt_open(v, &g->e, &m, &g->receipt, err);
	manifest_clear(&m);
	if (rc != HRV_OK)
		return rc;
	g->index = receipt_index(g->receipt);
	rc = release(v, g, err);
	if (rc == HRV_OK)
		rc = close_read(v, g, err);
	if (rc == HRV_OK)
		rc = make_result(g, &doc, err);
	if (rc == HRV_OK && g->file != NULL)
		rc = export_file_commit(g->file, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret = doc;
	return HRV_OK;
}

int
record_release(
    struct hrv_vault *v, struct release *g, json_t **ret, struct hrv_err *err)
{
	const char *reason = g->args->reason;
	int rc = role_may(v->role, g->e.op, err);

	g->payload = json_object();
	if (rc == HRV_OK && g->payload == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = find(v, g, err);
	if (rc == HRV_OK && g->check != NULL)
		rc = g->check(v, g, err);
	if (rc == HRV_OK)
		rc = record_release_may(v, g, err);
	if (rc == HRV_OK && reason != NULL)
		rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = allow(v, g, err);
	if (rc == HRV_OK && g->args->output != NULL)
		rc = export_file_new(
		    g->args->output, v->unfinished, &g->file, err);
	if (rc == HRV_OK)
		rc = read_all(v, g, ret, err);
	if (rc != HRV_OK)
		rc = record_failed(v, &g->e, &g->receipt, err);
	receipt_drop(&g->receipt);
	export_file_free(g->file);
	json_decref(g->header);
	json_decref(g->payload);
	version_clear(&g->ver);
	return rc;
}

int
hrv_record_read(struct hrv_vault *v, const struct hrv_record_read_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct release g = { .args = args,
		.ver = { .header = BUF_INIT },
		.e = ENTRY("record.read") };
	json_t *doc = NULL;
	int rc = record_release(v, &g, &doc, err);

	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	return rc;
}
