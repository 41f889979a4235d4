/* SPDX-License-Identifier: ISC */
/*
 * Writing, signing and verifying leaves. Layer: log. Invariant: what is
 * written is read back by the strict reader before anybody signs it, so a leaf
 * that verifiers would refuse never enters the log.
 */
#include "vault/log/leaf.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/log/leafline.h"

#define AT(f) offsetof(struct leaf, f), sizeof(((struct leaf *)0)->f)
#define PLAIN(key, kind, f)                                                    \
	{                                                                      \
		key, kind, AT(f), 0, 0, 0                                      \
	}
#define ID(key, f, letter)                                                     \
	{                                                                      \
		key, LEAF_K_ID, AT(f), 0, 0, letter                            \
	}
#define HASH(key, f, bit)                                                      \
	{                                                                      \
		key, LEAF_K_HASH, AT(f), 0, bit, 0                             \
	}
#define COUNTED(key, f, n, bit)                                                \
	{                                                                      \
		key, LEAF_K_COUNTED, AT(f), offsetof(struct leaf, n), bit, 0   \
	}

const struct leaf_line leaf_lines[] = {
	[LEAF_L_TIME] = PLAIN("time", LEAF_K_TIME, time),
	[LEAF_L_HEAD] = PLAIN("head", LEAF_K_HEAD, root),
	[LEAF_L_SESSION] = PLAIN("session", LEAF_K_SESSION, session),
	[LEAF_L_OP] = PLAIN("op", LEAF_K_OP, op),
	[LEAF_L_PHASE] = PLAIN("phase", LEAF_K_PHASE, phase),
	[LEAF_L_REF] = { "ref", LEAF_K_NUMBER, AT(ref), 0, LEAF_REF, 0 },
	[LEAF_L_SUBJECT] = ID("subject", subject, 'S'),
	[LEAF_L_RECORD] = ID("record", record, 'R'),
	[LEAF_L_HOLD] = ID("hold", hold, 'H'),
	[LEAF_L_CASE] = ID("case", kase, 'C'),
	[LEAF_L_PROPOSAL] = ID("proposal", proposal, 'P'),
	[LEAF_L_RUN] = ID("run", run, 'D'),
	[LEAF_L_BACKUP] = ID("backup", backup, 'B'),
	[LEAF_L_COMP] = PLAIN("comp", LEAF_K_COMP, comp),
	[LEAF_L_SLOTS] = HASH("slots", slots, LEAF_SLOTS),
	[LEAF_L_POLICY] = HASH("policy", policy, LEAF_POLICY),
	[LEAF_L_HOLDS] = HASH("holds", holds, LEAF_HOLDS),
	[LEAF_L_PAYLOAD] =
	    COUNTED("payload", payload, payload_len, LEAF_PAYLOAD),
	[LEAF_L_STATE] = HASH("state", state, LEAF_STATE),
	[LEAF_L_MANIFEST] =
	    COUNTED("manifest", manifest, manifest_count, LEAF_MANIFEST),
	[LEAF_L_DETAIL] = HASH("detail", detail, LEAF_DETAIL),
	[LEAF_L_RESULT] = PLAIN("result", LEAF_K_RESULT, code),
	[LEAF_L_MEMBER] = PLAIN("member", LEAF_K_MEMBER, member),
	[LEAF_L_ROLE] = PLAIN("role", LEAF_K_ROLE, role),
	[LEAF_L_KEY] = HASH("key", key, LEAF_KEY),
	[LEAF_L_HOST] = PLAIN("host", LEAF_K_WORD, host),
	[LEAF_L_CLIENT] = PLAIN("client", LEAF_K_WORD, client),
	[LEAF_L_CERT] = PLAIN("cert", LEAF_K_CERT, cert),
	[LEAF_L_SIG] = { "sig", LEAF_K_SIG, AT(sig), 0, LEAF_SIG, 0 },
};

static const char sig_domain[] = "hrvault-leaf-sig/v1\n";
static const char detail_domain[] = "hrvault-detail/v1\n";

static const void *
field(const struct leaf *leaf, size_t at)
{
	return (const char *)leaf + at;
}

static bool
present(const struct leaf *leaf, const struct leaf_line *line)
{
	if (line->bit != 0)
		return (leaf->has & line->bit) != 0;
	switch (line->kind) {
	case LEAF_K_ID:
	case LEAF_K_COMP:
	case LEAF_K_MEMBER:
	case LEAF_K_ROLE:
	case LEAF_K_WORD:
		return *(const char *)field(leaf, line->at) != '\0';
	case LEAF_K_RESULT:
		return leaf->result != LEAF_NO_RESULT;
	case LEAF_K_CERT:
		return leaf->cert_len > 0;
	case LEAF_K_OP:
		return leaf->op != NULL;
	case LEAF_K_PHASE:
		return op_phase_name(leaf->phase) != NULL;
	case LEAF_K_TIME:
	case LEAF_K_HEAD:
	case LEAF_K_SESSION:
	case LEAF_K_NUMBER:
	case LEAF_K_HASH:
	case LEAF_K_COUNTED:
	case LEAF_K_SIG:
	default:
		return true;
	}
}

static void
add_number(struct buf *out, uint64_t v)
{
	buf_addf(out, "%llu", (unsigned long long)v);
}

static void
add_time(struct buf *out, int64_t us)
{
	char text[WHEN_TEXT_LEN + 1];

	/* Left empty where it cannot be written: the reader then refuses. */
	if (when_format(us, text))
		buf_adds(out, text);
}

static void
add_result(struct buf *out, const struct leaf *leaf)
{
	if (leaf->result == LEAF_REFUSED)
		buf_addf(out, "refused:%s", leaf->code);
	else if (leaf->result == LEAF_FAILED)
		buf_addf(out, "failed:%s", leaf->code);
	else
		buf_adds(out, "ok");
}

static void
add_value(
    struct buf *out, const struct leaf *leaf, const struct leaf_line *line)
{
	const void *at = field(leaf, line->at);

	switch (line->kind) {
	case LEAF_K_TIME:
		add_time(out, leaf->time);
		break;
	case LEAF_K_HEAD:
		add_number(out, leaf->index);
		buf_addc(out, ' ');
		enc_b64(out, leaf->root, sizeof(leaf->root));
		break;
	case LEAF_K_SESSION:
		enc_hex(out, at, line->size);
		break;
	case LEAF_K_OP:
		buf_adds(out, leaf->op->name);
		break;
	case LEAF_K_PHASE:
		buf_adds(out, op_phase_name(leaf->phase));
		break;
	case LEAF_K_NUMBER:
		add_number(out, leaf->ref);
		break;
	case LEAF_K_HASH:
	case LEAF_K_SIG:
		enc_b64(out, at, line->size);
		break;
	case LEAF_K_COUNTED:
		enc_b64(out, at, line->size);
		buf_addc(out, ' ');
		add_number(out, *(const uint64_t *)field(leaf, line->number));
		break;
	case LEAF_K_RESULT:
		add_result(out, leaf);
		break;
	case LEAF_K_CERT:
		if (leaf->cert_len <= LEAF_CERT_MAX)
			enc_b64(out, leaf->cert, leaf->cert_len);
		break;
	case LEAF_K_ID:
	case LEAF_K_COMP:
	case LEAF_K_MEMBER:
	case LEAF_K_ROLE:
	case LEAF_K_WORD:
	default:
		buf_adds(out, at);
		break;
	}
}

static int
format_upto(const struct leaf *leaf, enum leaf_nr stop, struct buf *out,
    struct hrv_err *err)
{
	size_t start = out->len;
	struct leaf back;
	const char *bad;

	buf_adds(out, LEAF_MAGIC);
	for (size_t i = 0; i < (size_t)stop; i++) {
		if (!present(leaf, &leaf_lines[i]))
			continue;
		buf_adds(out, leaf_lines[i].key);
		buf_addc(out, ' ');
		add_value(out, leaf, &leaf_lines[i]);
		buf_addc(out, '\n');
	}
	if (out->failed)
		return buf_ok(out, err);
	bad = leaf_read_upto(
	    (const char *)out->data + start, out->len - start, stop, &back);
	if (bad != NULL)
		return hrv_fail(
		    err, HRV_EFAILED, "log entry cannot be written: %s", bad);
	return HRV_OK;
}

int
leaf_format(const struct leaf *leaf, struct buf *out, struct hrv_err *err)
{
	return format_upto(leaf, LEAF_L_SIG, out, err);
}

int
leaf_cert_bytes(const struct leaf *leaf, struct buf *out, struct hrv_err *err)
{
	return format_upto(leaf, LEAF_L_CERT, out, err);
}

/* What the session key signs. False when it would not fit. */
static bool
sig_message(
    const void *lines, size_t len, const uint8_t vault_id[32], struct buf *out)
{
	if (len > LEAF_MAX)
		return false;
	buf_adds(out, sig_domain);
	buf_add(out, vault_id, 32);
	buf_add(out, lines, len);
	return !out->failed;
}

int
leaf_sign(struct buf *text, const uint8_t vault_id[32],
    const struct key *session, struct hrv_err *err)
{
	struct buf msg = BUF_INIT;
	uint8_t sig[64];
	int rc;

	if (text->len + strlen("sig \n") + 88 > LEAF_MAX ||
	    !sig_message(text->data, text->len, vault_id, &msg))
		rc = hrv_fail(
		    err, HRV_EFAILED, "log entry is over %d bytes", LEAF_MAX);
	else
		rc = crypt_ed25519_sign(session, msg.data, msg.len, sig, err);
	buf_clear(&msg);
	if (rc != HRV_OK)
		return rc;
	buf_adds(text, "sig ");
	enc_b64(text, sig, sizeof(sig));
	buf_addc(text, '\n');
	return buf_ok(text, err);
}

int
leaf_verify_sig(const void *data, size_t len, const uint8_t vault_id[32],
    const uint8_t pub[32], struct hrv_err *err)
{
	const size_t sig_line = strlen("sig \n") + 88;
	const char *text = data;
	struct buf msg = BUF_INIT;
	uint8_t sig[64];
	int rc = HRV_EINTEGRITY;

	if (len <= sig_line || len > LEAF_MAX || text[len - 1] != '\n' ||
	    memcmp(text + len - sig_line - 1, "\nsig ", 5) != 0 ||
	    !enc_unb64_fixed(text + len - 89, 88, sig, sizeof(sig)))
		goto out;
	if (!sig_message(text, len - sig_line, vault_id, &msg)) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	rc = crypt_ed25519_verify(pub, msg.data, msg.len, sig, err);
out:
	buf_clear(&msg);
	if (rc == HRV_EINTEGRITY)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "signature of a log entry is bad");
	return rc;
}

void
leaf_detail_commit(
    const uint8_t r[32], const void *detail, size_t len, uint8_t out[32])
{
	const struct crypt_part parts[] = {
		{ detail_domain, sizeof(detail_domain) - 1 },
		{ r, 32 },
		{ detail, len },
	};

	crypt_sha256_parts(parts, 3, out);
}
