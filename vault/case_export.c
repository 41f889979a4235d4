/* SPDX-License-Identifier: ISC */
/*
 * Exporting a case. Layer: verbs. Invariants: the intent entry names the hash
 * of exactly what goes out, and is durable and provable before a document is
 * opened for it; the package got its name before success is logged, and is
 * the caller's to remove when that fails.
 */
#include "hrvault/case.h"

#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/case.h"
#include "vault/case_named.h"
#include "vault/case_prove.h"
#include "vault/case_ready.h"
#include "vault/contact.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/letter_render.h"
#include "vault/package.h"
#include "vault/package_fill.h"
#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

#define OP "case.export"

/* One export on its way. */
struct exporting {
	struct hrv_vault *v;
	const struct hrv_case_export_args *a;
	struct kase k;
	struct buf passphrase;
	char to[PGP_FPR_LEN + 1]; /* "" under a passphrase */
	struct package p;
	struct package_texts t;
	json_t *named; /* whom nobody linked, case_named.h */
	struct approval approval;
	uint64_t index;
	char day[HRV_DATE_TEXT];
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* A person who is not told whom to turn to got no answer. */
static int
check_controller(const struct exporting *x, struct hrv_err *err)
{
	json_t *who = NULL;
	int rc = contact_require(x->v, x->k.law->id, &who, err);

	json_decref(who);
	return rc;
}

/* How the package is closed, as the log has it. */
static const char *
form_of(const struct exporting *x)
{
	if (x->to[0] != '\0')
		return "openpgp-key";
	return x->a->zip ? "zip-passphrase" : "openpgp-passphrase";
}

/* The texts that the pages are made from, by their hashes: what a template
 * says goes out as well, and no other than was approved. */
static int
put_templates(const struct exporting *x, json_t *what)
{
	const struct hrv_case_pages *a = &x->a->pages;
	json_t *o = json_object();
	uint8_t hash[32];
	int bad = o == NULL;

	crypt_sha256(a->page, a->page_len, hash);
	bad |= json_set_hex(o, "page", hash, sizeof(hash));
	crypt_sha256(a->letter, a->letter_len, hash);
	bad |= json_set_hex(o, "letter", hash, sizeof(hash));
	crypt_sha256(a->frame, a->frame_len, hash);
	bad |= json_set_hex(o, "frame", hash, sizeof(hash));
	return bad | json_object_set_new(what, "templates", o);
}

/* Recipients of whom the person is not told: the second one agrees to that. */
static int
put_untold(const struct exporting *x, json_t *what)
{
	json_t *untold = json_object_get(x->p.frozen, "untold");

	return untold == NULL ? 0 : json_object_set(what, "untold", untold);
}

/* To whom it goes. The fingerprint names a person, so the log has a keyed
 * hash of it; whoever is to approve reads it among the sealed reasons. */
static int
put_recipient(const struct exporting *x, json_t *what, struct buf *said,
    struct hrv_err *err)
{
	json_t *bound;
	int rc;

	if (x->to[0] == '\0')
		return HRV_OK;
	bound = json_pack("{s:s}", "to", x->to);
	rc = bound == NULL ? no_memory(err) : dual_bind(x->v, bound, what, err);
	json_decref(bound);
	buf_addf(said, "to the OpenPGP key %s", x->to);
	return rc == HRV_OK ? buf_ok(said, err) : rc;
}

/* Whether exactly this may go out, and so: a second member approves the hash
 * of the content, the templates around it and to whom it goes, but in a vault
 * that is being founded. */
static int
case_export_approved(struct exporting *x, struct hrv_err *err)
{
	struct proposal_args args = { .kind = OP,
		.subject = &x->k.subject,
		.kase = &x->k.id,
		.kek = KEK_DETAIL,
		.owner = &x->k.id };
	json_t *what =
	    json_pack("{s:s,s:s}", "case", x->p.root, "form", form_of(x));
	json_t *effects = case_comes_to(
	    &x->k, json_object_get(x->p.manifest, "totals"), x->named);
	struct buf said = BUF_INIT_SECRET;
	int rc = HRV_OK;

	if (what == NULL || effects == NULL ||
	    json_set_hex(what, "manifest", x->p.content, 32) ||
	    put_untold(x, what) || put_templates(x, what))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = put_recipient(x, what, &said, err);
	if (rc == HRV_OK) {
		args.what = what;
		args.effects = effects;
		args.reason = said.len > 0 ? buf_str(&said) : NULL;
		rc = proposal_require(x->v, &args, &x->approval, err);
	}
	buf_clear(&said);
	json_decref(effects);
	json_decref(what);
	return rc;
}

static int
check_passphrase(struct exporting *x, struct hrv_err *err)
{
	const char *pass = x->a->passphrase;
	size_t n = pass == NULL ? 0 : strlen(pass);

	if (n == 0 || n > 255 || strchr(pass, '\n') != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "a passphrase has 1 to 255 bytes on one line");
	buf_add(&x->passphrase, pass, n);
	return buf_ok(&x->passphrase, err);
}

/* The requester's key, by its full fingerprint and usable today. */
static int
check_recipient(struct exporting *x, struct hrv_err *err)
{
	struct pgp_key_info info;
	size_t n = strlen(x->a->to);
	int rc;

	if (n != PGP_FPR_LEN ||
	    strspn(x->a->to, "0123456789abcdefABCDEF") != n) {
		hrv_fail(err, HRV_EUSAGE,
		    "the recipient is named by a full fingerprint of 40 hex "
		    "digits");
		return hrv_hint(err, "'gpg --fingerprint' shows it; compare "
				     "it with the requester on another way");
	}
	rc = pgp_key_find(x->v->pgp, x->a->to, false, &info, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "the recipient's key is not in the local keyring");
		return hrv_hint(err, "'gpg --import FILE' takes it in");
	}
	if (rc != HRV_OK)
		return rc;
	if (info.expired || info.revoked || info.disabled || info.invalid ||
	    !info.can_encrypt) {
		hrv_fail(err, HRV_EKEY, "the recipient's key %s %s", info.fpr,
		    info.expired    ? "has expired"
		    : info.revoked  ? "was revoked"
		    : info.disabled ? "is disabled"
				    : "cannot be encrypted to");
		return hrv_hint(err, "ask the requester for a key that is "
				     "valid today, or use --passphrase-fd");
	}
	memcpy(x->to, info.fpr, sizeof(x->to));
	return HRV_OK;
}

static int
open_receipt(const struct exporting *x, struct entry *e, struct receipt **ret,
    struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = case_things(x->v, &x->k, &m, err);

	e->subject = &x->k.subject;
	e->kase = &x->k.id;
	if (rc == HRV_OK)
		rc = receipt_open(x->v, e, &m, ret, err);
	manifest_clear(&m);
	return rc;
}

/* Ends a receipt after a failure, whose error stays the one to tell. */
static void
close_failed(struct hrv_vault *v, struct receipt **r, struct entry *e,
    struct hrv_err *err)
{
	struct hrv_err why = *err, ignored;

	if (*r != NULL)
		(void)!receipt_close(v, r, e, &why, &ignored);
	*err = why;
}

/* Opens headers, reasons and the identity under an entry of its own, because
 * the manifest that the export's entry names is made of them. */
static int
prepare(struct exporting *x, struct hrv_err *err)
{
	struct entry e = ENTRY("case.show");
	struct receipt *r = NULL;
	int rc = open_receipt(x, &e, &r, err);

	if (rc == HRV_OK)
		rc = package_gather(x->v, r, &x->k, &x->p, err);
	if (rc == HRV_OK)
		rc = package_manifest(&x->p, err);
	if (rc == HRV_OK)
		rc = case_named(x->v, r, &x->k, x->p.names, &x->named, err);
	if (rc == HRV_OK)
		rc = receipt_close(x->v, &r, &e, NULL, err);
	else
		close_failed(x->v, &r, &e, err);
	receipt_drop(&r);
	return rc;
}

/* Before anybody is asked to approve it. */
static int
tell_named(const struct exporting *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (x->a->named == NULL)
		return HRV_OK;
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(x->named); i++)
		rc = x->a->named(x->a->ctx,
		    (const struct hrv_doc *)json_array_get(x->named, i), err);
	return rc;
}

/* What a person reads: the letter, as text and as a page, and the index. */
static int
make_pages(struct exporting *x, int64_t now, struct hrv_err *err)
{
	const struct hrv_case_pages *a = &x->a->pages;
	struct letter_frame frame = { a->frame, a->frame_len };
	char when[WHEN_TEXT_LEN + 1];
	json_t *values = NULL;
	int rc = HRV_OK;

	if (!when_format(now, when))
		return hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	when[10] = '\0';
	rc = package_values(x->v, &x->p, when, &values, err);
	if (rc == HRV_OK)
		rc =
		    package_fill(a->page, a->page_len, values, &x->t.html, err);
	if (rc == HRV_OK)
		rc = letter_text(
		    a->letter, a->letter_len, values, &x->t.letter, err);
	if (rc == HRV_OK)
		rc = letter_html(a->letter, a->letter_len, values, &frame,
		    &x->t.letter_page, err);
	json_decref(values);
	return rc;
}

static int
make_texts(struct exporting *x, int64_t now, struct hrv_err *err)
{
	struct note_checkpoint head;
	struct package_log log = { .origin = x->v->origin, .index = x->index };
	int rc = case_prove(x->v, x->index, &x->t.proof, &head, err);

	if (rc != HRV_OK)
		return rc;
	log.size = head.size;
	log.root = head.root;
	rc = package_manifest_text(&x->p, now, &log, &x->t.manifest, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(x->v->pgp, x->v->fpr, x->t.manifest.data,
		    x->t.manifest.len, &x->t.sig, err);
	if (rc == HRV_OK)
		rc = package_data_text(&x->p, &x->t.data, err);
	if (rc == HRV_OK)
		rc = package_csv_text(&x->p, &x->t.csv, err);
	if (rc == HRV_OK)
		rc = make_pages(x, now, err);
	return rc;
}

static int
log_done(struct exporting *x, struct receipt **r, struct entry *e,
    struct hrv_err *err)
{
	uint8_t state[32];
	uint64_t leaf = 0;
	int rc = txn_begin(x->v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = case_event_add(x->v, &x->k.id, "exported", x->day, err);
	if (rc == HRV_OK && strcmp(x->k.status, CASE_OPEN) == 0)
		rc = case_set_status(x->v, &x->k.id, CASE_EXPORTED, NULL, err);
	if (rc == HRV_OK)
		rc = case_state(x->v, &x->k.id, state, err);
	if (rc == HRV_OK) {
		e->result = LEAF_OK;
		e->state = state;
		rc = receipt_entry(x->v, r, e, &leaf, err);
	}
	if (rc == HRV_OK && e->uses == NULL)
		rc = proposal_done(x->v, &x->approval, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	txn_abort(x->v);
	e->state = NULL;
	return rc;
}

static json_t *
intent_payload(const struct exporting *x)
{
	json_t *p = json_pack("{s:s}", "form", form_of(x));

	if (p == NULL || json_set_hex(p, "manifest", x->p.content, 32)) {
		json_decref(p);
		return NULL;
	}
	return p;
}

static int
release(struct exporting *x, struct hrv_err *err)
{
	int64_t now = vault_now(x->v);
	struct package_lock lock = { .to = x->to[0] != '\0' ? x->to : NULL,
		.passphrase = &x->passphrase,
		.zip = x->a->zip,
		.fd = x->a->fd,
		.mtime = now / 1000000 };
	struct entry e = ENTRY(OP);
	struct receipt *r = NULL;
	json_t *payload = intent_payload(x);
	int rc = payload == NULL ? no_memory(err) : HRV_OK;

	e.payload = payload;
	/* Under another passphrase it is for somebody else: one try. */
	e.uses = x->to[0] == '\0' ? &x->approval : NULL;
	if (rc == HRV_OK)
		rc = approval_log(&x->approval, &e, payload, err);
	if (rc == HRV_OK)
		rc = open_receipt(x, &e, &r, err);
	if (rc == HRV_OK) {
		x->index = receipt_index(r);
		rc = make_texts(x, now, err);
	}
	if (rc == HRV_OK)
		rc = package_write(x->v, r, &x->p, &x->t, &lock, err);
	if (rc == HRV_OK)
		rc = x->a->place(x->a->ctx, err);
	if (rc == HRV_OK)
		rc = log_done(x, &r, &e, err);
	if (rc != HRV_OK)
		close_failed(x->v, &r, &e, err);
	receipt_drop(&r);
	json_decref(payload);
	return rc;
}

static int
exported_doc(
    const struct exporting *x, struct hrv_doc **ret, struct hrv_err *err)
{
	uint8_t hash[32];
	json_t *o = json_pack("{s:s,s:s,s:I,s:O}", "id", x->p.root, "status",
	    strcmp(x->k.status, CASE_OPEN) == 0 ? CASE_EXPORTED : x->k.status,
	    "audit_index", (json_int_t)x->index, "totals",
	    json_object_get(x->p.manifest, "totals"));

	crypt_sha256(x->t.manifest.data, x->t.manifest.len, hash);
	if (o == NULL || json_set_hex(o, "manifest_sha256", hash, 32) ||
	    json_set_hex(o, "content_sha256", x->p.content, 32) ||
	    case_put_named(o, x->named, false)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
run(struct exporting *x, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	int rc = case_load(x->v, x->a->which, &x->k, err);

	if (rc == HRV_OK)
		rc = x->a->to != NULL ? check_recipient(x, err)
				      : check_passphrase(x, err);
	if (rc == HRV_OK)
		rc = case_day(x->v, &x->k, NULL, x->day, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(x->v, &x->k, OP, err);
	if (rc == HRV_OK && !case_has_package(&x->k))
		rc = case_refused(x->v, &x->k, OP,
		    "is about another right and has no package", "outcome",
		    err);
	if (rc != HRV_OK)
		return rc;
	e.subject = &x->k.subject;
	e.kase = &x->k.id;
	rc = case_ready(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = check_controller(x, err);
	if (rc == HRV_EREFUSED || rc == HRV_ECONFIRM)
		return txn_refuse(x->v, &e, err);
	if (rc == HRV_OK)
		rc = prepare(x, err);
	if (rc == HRV_OK)
		rc = tell_named(x, err);
	if (rc == HRV_OK) {
		rc = case_export_approved(x, err);
		/* The proposal is one entry; that nothing went out another. */
		if (rc == HRV_ECONFIRM || rc == HRV_EREFUSED)
			return txn_refuse(x->v, &e, err);
	}
	if (rc == HRV_OK)
		rc = release(x, err);
	if (rc == HRV_OK)
		rc = exported_doc(x, ret_doc, err);
	return rc;
}

int
hrv_case_export(struct hrv_vault *v, const struct hrv_case_export_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct exporting x = { .v = v,
		.a = args,
		.passphrase = BUF_INIT_SECRET,
		.t = { BUF_INIT_SECRET, BUF_INIT_SECRET, BUF_INIT_SECRET,
		    BUF_INIT_SECRET, BUF_INIT, BUF_INIT, BUF_INIT_SECRET,
		    BUF_INIT_SECRET } };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	if ((args->to == NULL) == (args->passphrase == NULL))
		return hrv_fail(err, HRV_EUSAGE,
		    "a package goes to a key or under a passphrase");
	if (args->to != NULL && args->zip)
		return hrv_fail(err, HRV_EUSAGE,
		    "a ZIP file is closed with a passphrase, not for a key");
	rc = run(&x, ret_doc, err);
	json_decref(x.named);
	package_clear(&x.p);
	case_clear(&x.k);
	buf_clear(&x.passphrase);
	buf_clear(&x.t.html);
	buf_clear(&x.t.letter);
	buf_clear(&x.t.letter_page);
	buf_clear(&x.t.data);
	buf_clear(&x.t.csv);
	buf_clear(&x.t.manifest);
	buf_clear(&x.t.sig);
	buf_clear(&x.t.proof);
	return rc;
}
