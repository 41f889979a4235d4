/* SPDX-License-Identifier: ISC */
/*
 * Verifying a certificate of destruction without a vault. Layer: verbs. What
 * is wrong is collected, so that a reader learns all of it at once.
 */
#include <string.h>

#include "hrvault/purge.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/log/leaf.h"
#include "vault/log/proof.h"

struct check {
	const struct hrv_certificate_files *files;
	json_t *cert;
	json_t *doc;
	json_t *problems;
	struct buf entry; /* the run's log entry */
};

static void
problem(struct check *c, const char *text)
{
	(void)json_array_append_new(c->problems, json_string(text));
}

/* The OpenPGP signature over the JSON file. */
static int
check_signature(struct check *c, struct hrv_err *err)
{
	const struct hrv_certificate_files *f = c->files;
	struct pgp_signed in = { f->sig, f->sig_len, f->json, f->json_len };
	struct pgp *pgp = NULL;
	struct pgp_sig sig;
	char when[WHEN_TEXT_LEN + 1];
	int rc = pgp_open(f->gnupg_home, &pgp, err);

	if (rc != HRV_OK)
		return rc;
	rc = pgp_verify_detached(pgp, &in, &sig, err);
	pgp_close(pgp);
	if (rc == HRV_EINTEGRITY) {
		problem(c,
		    strcmp(err->name, "unknown-signer") == 0
			? "the signer's key is not in this keyring: import the "
			  "certificate of the purge account"
			: "the signature is not over this certificate");
		return HRV_OK;
	}
	if (rc != HRV_OK)
		return rc;
	if (!when_format(sig.time * 1000000, when))
		when[0] = '\0';
	if (strcmp(sig.fpr, json_str(c->cert, "member") == NULL
				? ""
				: json_str(c->cert, "member")) != 0)
		problem(c, "it was signed by another key than the member it "
			   "names");
	return json_set_str(c->doc, "signer", sig.fpr) |
		       json_set_str(c->doc, "signed", when)
		   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		   : HRV_OK;
}

/* Whether the entry is the one of this run and names these facts. */
static int
check_entry(struct check *c, struct hrv_err *err)
{
	const json_t *log = json_object_get(c->cert, "log");
	const char *entry = json_str(log, "entry");
	const char *payload = json_str(log, "payload");
	const char *run = json_str(c->cert, "run"), *named;
	struct leaf l = LEAF_INIT;
	struct buf facts = BUF_INIT, hex = BUF_INIT;
	json_t *p = NULL;
	uint8_t hash[32];

	if (entry == NULL || payload == NULL || run == NULL ||
	    !enc_unb64(entry, strlen(entry), &c->entry) ||
	    leaf_parse(c->entry.data, c->entry.len, &l, NULL) != HRV_OK) {
		problem(c, "its log entry is damaged");
		return HRV_OK;
	}
	crypt_sha256(payload, strlen(payload), hash);
	if (strcmp(l.op->name, "purge.commit") != 0 || l.result != LEAF_OK ||
	    strcmp(l.run, run) != 0)
		problem(c, "its log entry is not the one of this run");
	if (memcmp(hash, l.payload, sizeof(hash)) != 0 ||
	    json_read(payload, strlen(payload), &p, NULL) != HRV_OK) {
		problem(c, "its payload is not the one that was logged");
		return HRV_OK;
	}
	if (json_canonical(json_object_get(c->cert, "facts"), &facts, err) ==
	    HRV_OK) {
		crypt_sha256(facts.data, facts.len, hash);
		enc_hex(&hex, hash, sizeof(hash));
	}
	named = json_str(p, "facts_sha256");
	if (named == NULL || strcmp(named, buf_str(&hex)) != 0)
		problem(c, "the records it lists are not those that were "
			   "logged");
	json_decref(p);
	buf_clear(&hex);
	buf_clear(&facts);
	return HRV_OK;
}

static int
check_proof(struct check *c, struct hrv_err *err)
{
	const struct hrv_certificate_files *f = c->files;
	const char *text =
	    f->vkey != NULL ? f->vkey
			    : json_str(json_object_get(c->cert, "log"), "vkey");
	uint8_t hash[TREE_HASH];
	struct note_checkpoint head;
	struct note_vkey vkey;
	struct proof p;

	if (text == NULL ||
	    note_vkey_parse(text, strlen(text), &vkey, NULL) != HRV_OK) {
		problem(c, "there is no public key of the log to check with");
		return HRV_OK;
	}
	if (proof_parse(f->proof, f->proof_len, &p, NULL) != HRV_OK) {
		problem(c, "the proof is damaged");
		return HRV_OK;
	}
	tree_leaf_hash(c->entry.data, c->entry.len, hash);
	if (proof_verify(&p, &vkey, hash, &head, NULL) != HRV_OK) {
		problem(c, "the proof does not show that the log holds its "
			   "entry");
		return HRV_OK;
	}
	return json_set_str(c->doc, "origin", head.origin) |
		       json_set_int(c->doc, "index", (int64_t)p.index) |
		       json_set_int(c->doc, "size", (int64_t)head.size)
		   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		   : HRV_OK;
}

static int
read_certificate(struct check *c, struct hrv_err *err)
{
	const char *format;
	int rc = json_read(c->files->json, c->files->json_len, &c->cert, err);

	format = json_str(c->cert, "format");
	if (rc != HRV_OK || format == NULL ||
	    strcmp(format, "hrvault-certificate/1") != 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "this is not a certificate of destruction");
	return HRV_OK;
}

int
hrv_certificate_verify(const struct hrv_certificate_files *files,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct check c = { .files = files, .entry = BUF_INIT };
	int rc = read_certificate(&c, err);

	c.doc = json_object();
	c.problems = json_array();
	if (rc == HRV_OK &&
	    (c.doc == NULL || c.problems == NULL ||
		json_set_str(c.doc, "run", json_str(c.cert, "run"))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = check_signature(&c, err);
	if (rc == HRV_OK)
		rc = check_entry(&c, err);
	if (rc == HRV_OK)
		rc = check_proof(&c, err);
	if (rc == HRV_OK &&
	    (json_object_set_new(
		 c.doc, "ok", json_boolean(json_array_size(c.problems) == 0)) ||
		json_object_set_new(c.doc, "log_key_checked",
		    json_boolean(files->vkey != NULL)) ||
		json_object_set(c.doc, "problems", c.problems)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(c.doc);
	json_decref(c.doc);
	json_decref(c.problems);
	json_decref(c.cert);
	buf_clear(&c.entry);
	return rc;
}
