/* SPDX-License-Identifier: ISC */
/*
 * Checkpoints and verifier keys. Layer: log. Invariant: note_open() fills its
 * result from the very bytes whose signature verified, and a note with a bad
 * signature in our key's name is refused even when another one is good.
 */
#include "vault/log/note.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/log/line.h"
#include "vault/log/tree.h"

#define ED25519_TYPE 0x01
#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define DASH_LEN 4

bool
note_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NOTE_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] < 0x21 || name[i] > 0x7e || name[i] == '+')
			return false;
	}
	return true;
}

int
note_vkey_init(struct note_vkey *ret, const char *name, const uint8_t pub[32],
    struct hrv_err *err)
{
	static const uint8_t sep[] = { 0x0a, ED25519_TYPE };
	struct crypt_part parts[3];
	uint8_t hash[32];

	if (!note_name_ok(name))
		return hrv_fail(err, HRV_EUSAGE,
		    "a log name has 1 to %d printable ASCII characters, "
		    "no blank and no plus sign",
		    NOTE_NAME_MAX);
	parts[0] = (struct crypt_part){ name, strlen(name) };
	parts[1] = (struct crypt_part){ sep, sizeof(sep) };
	parts[2] = (struct crypt_part){ pub, 32 };
	crypt_sha256_parts(parts, 3, hash);
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->name, name, strlen(name));
	memcpy(ret->id, hash, sizeof(ret->id));
	memcpy(ret->pub, pub, 32);
	return HRV_OK;
}

void
note_vkey_format(const struct note_vkey *vkey, struct buf *out)
{
	uint8_t typed[33];

	typed[0] = ED25519_TYPE;
	memcpy(typed + 1, vkey->pub, 32);
	buf_adds(out, vkey->name);
	buf_addc(out, '+');
	enc_hex(out, vkey->id, sizeof(vkey->id));
	buf_addc(out, '+');
	enc_b64(out, typed, sizeof(typed));
}

int
note_vkey_parse(
    const char *text, size_t len, struct note_vkey *ret, struct hrv_err *err)
{
	const char *plus = len == 0 ? NULL : memchr(text, '+', len);
	size_t name_len = plus == NULL ? 0 : (size_t)(plus - text);
	char name[NOTE_NAME_MAX + 1] = "";
	struct note_vkey vkey;
	uint8_t id[4], typed[33];
	int rc;

	/* name '+' 8 hex digits '+' 44 base64 characters */
	if (plus == NULL || name_len > NOTE_NAME_MAX ||
	    len != name_len + 1 + 8 + 1 + 44 || plus[9] != '+' ||
	    !enc_unhex(plus + 1, 8, id, sizeof(id)) ||
	    !enc_unb64_fixed(plus + 10, 44, typed, sizeof(typed)) ||
	    typed[0] != ED25519_TYPE)
		goto bad;
	memcpy(name, text, name_len);
	if (strlen(name) != name_len)
		goto bad;
	rc = note_vkey_init(&vkey, name, typed + 1, err);
	if (rc != HRV_OK)
		return rc;
	if (memcmp(vkey.id, id, sizeof(id)) != 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "verifier key and its key id do not fit together");
	*ret = vkey;
	return HRV_OK;
bad:
	return hrv_fail(
	    err, HRV_EUSAGE, "not an Ed25519 verifier key (name+keyid+key)");
}

int
note_body(
    const struct note_checkpoint *cp, struct buf *out, struct hrv_err *err)
{
	if (!note_name_ok(cp->origin) || cp->size > TREE_MAX_SIZE)
		return hrv_fail(err, HRV_EUSAGE,
		    "origin or size cannot stand in a checkpoint");
	buf_addf(out, "%s\n%llu\n", cp->origin, (unsigned long long)cp->size);
	enc_b64(out, cp->root, sizeof(cp->root));
	buf_addc(out, '\n');
	return buf_ok(out, err);
}

int
note_sign_also(const struct note_checkpoint *cp, const struct key *seed,
    struct buf *out, struct hrv_err *err)
{
	struct note_vkey vkey;
	struct buf body = BUF_INIT;
	uint8_t pub[32], blob[4 + 64];
	int rc = crypt_ed25519_public(seed, pub, err);

	if (rc == HRV_OK)
		rc = note_vkey_init(&vkey, cp->origin, pub, err);
	if (rc == HRV_OK)
		rc = note_body(cp, &body, err);
	if (rc == HRV_OK)
		rc = crypt_ed25519_sign(
		    seed, body.data, body.len, blob + 4, err);
	buf_clear(&body);
	if (rc != HRV_OK)
		return rc;
	memcpy(blob, vkey.id, 4);
	buf_addf(out, DASH "%s ", cp->origin);
	enc_b64(out, blob, sizeof(blob));
	buf_addc(out, '\n');
	return buf_ok(out, err);
}

int
note_sign(const struct note_checkpoint *cp, const struct key *seed,
    struct buf *out, struct hrv_err *err)
{
	int rc = note_body(cp, out, err);

	if (rc != HRV_OK)
		return rc;
	buf_addc(out, '\n');
	return note_sign_also(cp, seed, out, err);
}

static int
malformed(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY, "checkpoint is malformed");
}

/* Finds the end of the signed text: what stands before the last empty line,
 * with its own newline. */
static bool
split_note(const char *note, size_t len, size_t *ret_text_len)
{
	if (len < 4 || len > NOTE_MAX || note[len - 1] != '\n' ||
	    !enc_utf8_valid(note, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)note[i] < 0x20 && note[i] != '\n')
			return false;
	}
	for (size_t i = len - 1; i > 0; i--) {
		if (note[i] == '\n' && note[i - 1] == '\n') {
			*ret_text_len = i;
			return i + 1 < len;
		}
	}
	return false;
}

static bool
read_body(const char *text, size_t len, struct note_checkpoint *ret)
{
	struct line_reader in = { text, text + len };
	struct note_checkpoint cp = { .size = 0 };
	struct line origin, size, root;

	if (!line_next(&in, &origin) || !line_next(&in, &size) ||
	    !line_next(&in, &root) || origin.len == 0 ||
	    origin.len > NOTE_NAME_MAX)
		return false;
	memcpy(cp.origin, origin.at, origin.len);
	if (strlen(cp.origin) != origin.len || !note_name_ok(cp.origin) ||
	    !line_u64(size.at, size.len, TREE_MAX_SIZE, &cp.size) ||
	    !enc_unb64_fixed(root.at, root.len, cp.root, sizeof(cp.root)))
		return false;
	/* Extension lines: opaque to us, but never empty. */
	for (struct line ext; line_next(&in, &ext);) {
		if (ext.len == 0)
			return false;
	}
	*ret = cp;
	return in.at == in.end;
}

/* One signature line taken apart; name borrows. */
struct sig_line {
	const char *name;
	size_t name_len;
	struct buf blob; /* key id and signature */
};

static bool
read_sig_line(const struct line *l, struct sig_line *ret)
{
	const char *sp;

	if (l->len <= DASH_LEN || memcmp(l->at, DASH, DASH_LEN) != 0)
		return false;
	ret->name = l->at + DASH_LEN;
	sp = memchr(ret->name, ' ', l->len - DASH_LEN);
	if (sp == NULL || sp == ret->name)
		return false;
	ret->name_len = (size_t)(sp - ret->name);
	if (memchr(ret->name, '+', ret->name_len) != NULL)
		return false;
	buf_reset(&ret->blob);
	return enc_unb64(
		   sp + 1, l->len - DASH_LEN - ret->name_len - 1, &ret->blob) &&
	       ret->blob.len > 4;
}

static bool
is_by(const struct sig_line *sig, const struct note_vkey *vkey)
{
	return sig->name_len == strlen(vkey->name) &&
	       memcmp(sig->name, vkey->name, sig->name_len) == 0 &&
	       memcmp(sig->blob.data, vkey->id, sizeof(vkey->id)) == 0;
}

static int
check_sig(const struct sig_line *sig, const char *text, size_t text_len,
    const struct note_vkey *vkey, struct hrv_err *err)
{
	int rc = HRV_EINTEGRITY;

	if (sig->blob.len == 4 + 64 && text_len <= CRYPT_ED25519_MSG_MAX)
		rc = crypt_ed25519_verify(
		    vkey->pub, text, text_len, sig->blob.data + 4, err);
	if (rc == HRV_EINTEGRITY)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "signature of the checkpoint is bad");
	return rc;
}

/* Every line must be well formed; every one by vkey must verify, and there
 * must be one. */
static int
check_sigs(struct line_reader *in, const char *text, size_t text_len,
    const struct note_vkey *vkey, struct hrv_err *err)
{
	struct sig_line sig = { .blob = BUF_INIT };
	bool verified = false;
	size_t n = 0;
	int rc = HRV_OK;

	for (struct line l; rc == HRV_OK && line_next(in, &l);) {
		if (++n > NOTE_MAX_SIGS || !read_sig_line(&l, &sig))
			rc = malformed(err);
		else if (!is_by(&sig, vkey))
			continue;
		else
			rc = check_sig(&sig, text, text_len, vkey, err);
		verified = rc == HRV_OK;
	}
	buf_clear(&sig.blob);
	if (rc == HRV_OK && !verified)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "checkpoint is not signed by the log's key");
	return rc;
}

bool
note_names(const void *note, size_t len, const struct note_vkey *vkey)
{
	const char *text = note;
	struct sig_line sig = { .blob = BUF_INIT };
	struct line_reader in;
	size_t text_len, n = 0;
	bool named = false;

	if (!split_note(text, len, &text_len))
		return false;
	in = (struct line_reader){ text + text_len + 1, text + len };
	for (struct line l;
	     !named && n++ < NOTE_MAX_SIGS && line_next(&in, &l);)
		named = read_sig_line(&l, &sig) && is_by(&sig, vkey);
	buf_clear(&sig.blob);
	return named;
}

int
note_peek(const void *note, size_t len, struct note_checkpoint *ret,
    struct hrv_err *err)
{
	size_t text_len;

	if (!split_note(note, len, &text_len) ||
	    !read_body(note, text_len, ret))
		return malformed(err);
	return HRV_OK;
}

int
note_open(const void *note, size_t len, const struct note_vkey *vkey,
    struct note_checkpoint *ret, struct hrv_err *err)
{
	const char *text = note;
	struct line_reader in;
	struct note_checkpoint cp;
	size_t text_len;
	int rc;

	if (!split_note(text, len, &text_len) ||
	    !read_body(text, text_len, &cp))
		return malformed(err);
	if (strcmp(cp.origin, vkey->name) != 0)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "checkpoint is from another log");
	in = (struct line_reader){ text + text_len + 1, text + len };
	rc = check_sigs(&in, text, text_len, vkey, err);
	if (rc != HRV_OK)
		return rc;
	*ret = cp;
	return HRV_OK;
}
