/* SPDX-License-Identifier: ISC */
/*
 * Texts of recovery shares. Layer: verbs. Reading is strict by writing: what
 * was read is written again and must be the same bytes.
 */
#include "vault/share.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/shamir.h"

#define HEAD_SHARE "hrvault-share/v1"
#define HEAD_CONFIRM "hrvault-share-confirm/v1"
#define HEAD_PASS "hrvault-share-pass/v1"
#define CHECK_LEN 8 /* bytes of the hash that find a slip of the pen */

void
share_clear(struct share *s)
{
	key_free(s->secret);
	s->secret = NULL;
}

void
share_word_clear(struct share_word *w)
{
	buf_clear(&w->sig);
}

static void
add_hex(struct buf *out, const char *name, const uint8_t *p, size_t len)
{
	buf_addf(out, "%s ", name);
	enc_hex(out, p, len);
	buf_addc(out, '\n');
}

int
share_format(const struct share *s, struct buf *out, struct hrv_err *err)
{
	size_t start = out->len;
	uint8_t hash[32];

	buf_adds(out, HEAD_SHARE "\n");
	add_hex(out, "vault", s->vault, sizeof(s->vault));
	add_hex(out, "split", s->split, sizeof(s->split));
	buf_addf(out, "threshold %u\nshares %u\nindex %u\ncustodian %s\n", s->m,
	    s->n, s->index, s->custodian);
	buf_adds(out, "secret ");
	enc_b64(out, key_bytes(s->secret), key_len(s->secret));
	buf_addc(out, '\n');
	if (buf_ok(out, err) != HRV_OK)
		return HRV_ENOMEM;
	crypt_sha256(out->data + start, out->len - start, hash);
	add_hex(out, "check", hash, CHECK_LEN);
	return buf_ok(out, err);
}

/* The value of the next line, "<name> <value>" LF, into out; empty when the
 * line is another one or too long. */
static const char *
take(const char **at, const char *end, const char *name, char *out, size_t size)
{
	const char *nl = memchr(*at, '\n', (size_t)(end - *at));
	size_t head = strlen(name);
	size_t len = nl == NULL ? 0 : (size_t)(nl - *at);

	out[0] = '\0';
	if (nl == NULL || len <= head || memcmp(*at, name, head) != 0 ||
	    (*at)[head] != ' ' || len - head - 1 >= size)
		return out;
	memcpy(out, *at + head + 1, len - head - 1);
	out[len - head - 1] = '\0';
	*at = nl + 1;
	return out;
}

static bool
take_head(const char **at, const char *end, const char *head)
{
	size_t n = strlen(head);

	if ((size_t)(end - *at) <= n || memcmp(*at, head, n) != 0 ||
	    (*at)[n] != '\n')
		return false;
	*at += n + 1;
	return true;
}

static bool
unhex(const char *text, uint8_t *out, size_t len)
{
	return enc_unhex(text, strlen(text), out, len);
}

/* A whole number from lo to hi. */
static bool
number(const char *text, unsigned lo, unsigned hi, unsigned *ret)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	*ret = (unsigned)v;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && v >= lo &&
	       v <= hi;
}

static int
no_share(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EUSAGE, "this is no recovery share");
}

static int
mistyped(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EINTEGRITY, "mistyped",
	    "the recovery share is mistyped or damaged: its check does not "
	    "fit");
	return hrv_hint(err, "take the file that was handed out with it");
}

static bool
read_fields(struct share *s, const char **at, const char *end, struct key *k)
{
	char v[128];
	bool ok =
	    take_head(at, end, HEAD_SHARE) &&
	    unhex(take(at, end, "vault", v, sizeof(v)), s->vault,
		sizeof(s->vault)) &&
	    unhex(take(at, end, "split", v, sizeof(v)), s->split,
		sizeof(s->split)) &&
	    number(take(at, end, "threshold", v, sizeof(v)), 2, SHAMIR_MAX,
		&s->m) &&
	    number(take(at, end, "shares", v, sizeof(v)), s->m, SHAMIR_MAX,
		&s->n) &&
	    number(take(at, end, "index", v, sizeof(v)), 1, s->n, &s->index);

	if (ok)
		(void)take(
		    at, end, "custodian", s->custodian, sizeof(s->custodian));
	ok = ok && strlen(s->custodian) == FPR_LEN;
	(void)take(at, end, "secret", v, sizeof(v));
	ok = ok && enc_unb64_fixed(v, strlen(v), key_fill(k), KEY_LEN);
	explicit_bzero(v, sizeof(v));
	return ok;
}

int
share_parse(
    const void *text, size_t len, struct share *ret, struct hrv_err *err)
{
	const char *at = text, *end = at + len;
	struct share s = { .secret = NULL };
	struct buf again = BUF_INIT_SECRET;
	bool whole;
	int rc;

	if (!take_head(&at, end, HEAD_SHARE))
		return no_share(err);
	at = text;
	rc = key_new(KEY_LEN, &s.secret, err);
	if (rc == HRV_OK && !read_fields(&s, &at, end, s.secret))
		rc = mistyped(err);
	if (rc == HRV_OK)
		rc = share_format(&s, &again, err);
	whole = again.len == len && memcmp(again.data, text, len) == 0;
	buf_clear(&again);
	if (rc == HRV_OK && !whole)
		rc = mistyped(err);
	if (rc != HRV_OK) {
		share_clear(&s);
		return rc;
	}
	*ret = s;
	return HRV_OK;
}

int
share_word_bytes(
    const struct share_word *w, struct buf *out, struct hrv_err *err)
{
	buf_addf(out, "%s\n", w->pass ? HEAD_PASS : HEAD_CONFIRM);
	add_hex(out, "vault", w->vault, sizeof(w->vault));
	add_hex(out, "split", w->split, sizeof(w->split));
	buf_addf(out, "index %u\ncustodian %s\n", w->index, w->custodian);
	if (w->pass)
		buf_addf(out, "to %s\n", w->to);
	add_hex(out, "share", w->share, sizeof(w->share));
	return buf_ok(out, err);
}

int
share_word_format(
    const struct share_word *w, struct buf *out, struct hrv_err *err)
{
	int rc = share_word_bytes(w, out, err);

	if (rc != HRV_OK)
		return rc;
	buf_adds(out, "sig ");
	enc_b64(out, w->sig.data, w->sig.len);
	buf_addc(out, '\n');
	return buf_ok(out, err);
}

static bool
read_word(struct share_word *w, const char **at, const char *end)
{
	char v[8192];
	bool ok = take_head(at, end, w->pass ? HEAD_PASS : HEAD_CONFIRM) &&
		  unhex(take(at, end, "vault", v, sizeof(v)), w->vault,
		      sizeof(w->vault)) &&
		  unhex(take(at, end, "split", v, sizeof(v)), w->split,
		      sizeof(w->split)) &&
		  number(take(at, end, "index", v, sizeof(v)), 1, SHAMIR_MAX,
		      &w->index);

	if (!ok)
		return false;
	(void)take(at, end, "custodian", w->custodian, sizeof(w->custodian));
	if (w->pass)
		(void)take(at, end, "to", w->to, sizeof(w->to));
	return strlen(w->custodian) == FPR_LEN &&
	       (!w->pass || strlen(w->to) == FPR_LEN) &&
	       unhex(take(at, end, "share", v, sizeof(v)), w->share,
		   sizeof(w->share)) &&
	       take(at, end, "sig", v, sizeof(v))[0] != '\0' &&
	       enc_unb64(v, strlen(v), &w->sig);
}

int
share_word_parse(const void *text, size_t len, bool pass,
    struct share_word *ret, size_t *ret_used, struct hrv_err *err)
{
	struct share_word w = { .pass = pass };
	const char *at = text, *end = at + len;
	struct buf again = BUF_INIT;
	size_t used;
	int rc = HRV_EUSAGE;

	if (read_word(&w, &at, end))
		rc = share_word_format(&w, &again, err);
	used = (size_t)(at - (const char *)text);
	if (rc == HRV_OK &&
	    (again.len != used || memcmp(again.data, text, used) != 0))
		rc = HRV_EUSAGE;
	buf_clear(&again);
	if (rc != HRV_OK) {
		share_word_clear(&w);
		return rc == HRV_ENOMEM
			   ? rc
			   : hrv_fail(err, HRV_EUSAGE,
				 "this is no %s of a recovery share",
				 pass ? "hand-over" : "confirmation");
	}
	*ret = w;
	*ret_used = used;
	return HRV_OK;
}
