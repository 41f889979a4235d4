/* SPDX-License-Identifier: ISC */
/*
 * A custodian's part, without a vault: opening the share and signing for it.
 * Layer: verbs. Invariant: the share leaves only as a message to the one key
 * that was named, together with the custodian's signature that says so.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/custody.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/share.h"

/* One use of a share. */
struct use {
	struct pgp *pgp;
	struct buf text; /* of the share; secret */
	struct share share;
	struct share_word word;
	struct buf out; /* secret until sealed */
};

static void
use_clear(struct use *u)
{
	buf_clear(&u->out);
	share_word_clear(&u->word);
	share_clear(&u->share);
	buf_clear(&u->text);
	pgp_close(u->pgp);
}

/* The key that the share goes to: usable, and compared by its owner. */
static int
find_receiver(struct use *u, const char *to, struct hrv_err *err)
{
	struct pgp_key_info k;
	int rc = pgp_key_find(u->pgp, to, false, &k, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "the public key named by --to is not in your keyring");
		return hrv_hint(err, "gpg --import FILE, and compare the "
				     "fingerprint with its owner");
	}
	if (rc == HRV_OK && (k.revoked || k.expired || !k.can_encrypt))
		rc = hrv_fail(
		    err, HRV_EKEY, "the key %s cannot be encrypted to", k.fpr);
	if (rc == HRV_OK)
		memcpy(u->word.to, k.fpr, sizeof(u->word.to));
	return rc;
}

static int
open_share(struct use *u, const struct hrv_blob *in, struct hrv_err *err)
{
	int rc = pgp_decrypt(u->pgp, in->data, in->len, &u->text, err);

	if (rc == HRV_OK)
		rc = share_parse(u->text.data, u->text.len, &u->share, err);
	if (rc != HRV_OK)
		return rc;
	memcpy(u->word.vault, u->share.vault, sizeof(u->word.vault));
	memcpy(u->word.split, u->share.split, sizeof(u->word.split));
	memcpy(
	    u->word.custodian, u->share.custodian, sizeof(u->word.custodian));
	u->word.index = u->share.index;
	crypt_sha256(u->text.data, u->text.len, u->word.share);
	return HRV_OK;
}

static int
sign_word(struct use *u, struct hrv_err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = share_word_bytes(&u->word, &bytes, err);

	if (rc == HRV_OK)
		rc = pgp_sign_detached(u->pgp, u->word.custodian, bytes.data,
		    bytes.len, &u->word.sig, err);
	if (rc == HRV_OK)
		rc = share_word_format(&u->word, &u->out, err);
	buf_clear(&bytes);
	return rc;
}

/* The hand-over, sealed to who may use it. */
static int
seal(struct use *u, struct hrv_err *err)
{
	const char *const to[] = { u->word.to };
	const struct pgp_to one = { to, 1 };
	struct buf msg = BUF_INIT;
	int rc;

	buf_add(&u->out, u->text.data, u->text.len);
	rc = buf_ok(&u->out, err);
	if (rc == HRV_OK)
		rc = pgp_encrypt(
		    u->pgp, &one, u->out.data, u->out.len, &msg, err);
	buf_clear(&u->out);
	if (rc != HRV_OK) {
		buf_clear(&msg);
		return rc;
	}
	u->out = msg;
	return HRV_OK;
}

static int
describe(const struct use *u, struct hrv_doc **ret, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL || json_set_hex(o, "vault", u->word.vault, 32) ||
	    json_set_hex(o, "split", u->word.split, SPLIT_ID_LEN) ||
	    json_set_int(o, "index", (int64_t)u->word.index) ||
	    json_set_int(o, "threshold", (int64_t)u->share.m) ||
	    json_set_int(o, "shares", (int64_t)u->share.n) ||
	    json_set_str(o, "custodian", u->word.custodian) ||
	    json_set_str(o, "to", u->word.pass ? u->word.to : NULL)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_share_use(const struct hrv_share_args *args, char **ret_data,
    size_t *ret_len, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct use u = { .text = BUF_INIT_SECRET, .out = BUF_INIT_SECRET };
	int rc = pgp_open(args->gnupg_home, &u.pgp, err);

	if (rc == HRV_OK && args->passphrase != NULL)
		rc = pgp_use_passphrase(u.pgp, args->passphrase, err);
	u.word.pass = args->to != NULL;
	if (rc == HRV_OK && args->to != NULL)
		rc = find_receiver(&u, args->to, err);
	if (rc == HRV_OK)
		rc = open_share(&u, &args->share, err);
	if (rc == HRV_OK)
		rc = sign_word(&u, err);
	if (rc == HRV_OK && args->to != NULL)
		rc = seal(&u, err);
	if (rc == HRV_OK && (*ret_data = malloc(u.out.len)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = describe(&u, ret_doc, err);
	if (rc == HRV_OK) {
		memcpy(*ret_data, u.out.data, u.out.len);
		*ret_len = u.out.len;
	}
	use_clear(&u);
	return rc;
}

void
hrv_share_free(char *data)
{
	free(data);
}
