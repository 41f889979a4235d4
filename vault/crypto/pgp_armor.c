/* SPDX-License-Identifier: ISC */
/*
 * Takes ASCII armor off (RFC 4880, 6.2): `armor` in a user's gpg.conf cannot
 * be switched off through gpgme. Layer: crypto. Invariant: what is stored is
 * binary, whatever the user's options say.
 */
#include "vault/crypto/pgp_int.h"

#include <string.h>

#include "vault/base/enc.h"

/* The next line without its end; false behind the last one. */
static bool
line_next(const char **at, const char *end, const char **line, size_t *len)
{
	const char *nl;

	if (*at >= end)
		return false;
	nl = memchr(*at, '\n', (size_t)(end - *at));
	*line = *at;
	*len = (size_t)((nl != NULL ? nl : end) - *at);
	*at = nl != NULL ? nl + 1 : end;
	while (
	    *len > 0 && ((*line)[*len - 1] == '\r' || (*line)[*len - 1] == ' '))
		(*len)--;
	return true;
}

bool
pgp_is_armored(const uint8_t *data, size_t len)
{
	static const char begin[] = "-----BEGIN PGP ";

	return len > sizeof begin && memcmp(data, begin, sizeof begin - 1) == 0;
}

bool
pgp_dearmor(const uint8_t *data, size_t len, struct buf *out)
{
	const char *at = (const char *)data, *end = at + len, *line;
	struct buf text = BUF_INIT;
	size_t n;
	bool ok, in_head = true;

	while (line_next(&at, end, &line, &n)) {
		if (in_head) {
			in_head = n > 0;
			continue;
		}
		if (n > 0 && (line[0] == '=' || line[0] == '-'))
			break;
		buf_add(&text, line, n);
	}
	/* The head of a longer text ends anywhere. */
	ok = !in_head && !text.failed &&
	     enc_unb64(buf_str(&text), text.len & ~(size_t)3, out);
	buf_clear(&text);
	return ok;
}

int
pgp_make_binary(struct buf *b, size_t from, struct hrv_err *err)
{
	struct buf bin = BUF_INIT;
	int rc;

	if (b->failed || !pgp_is_armored(b->data + from, b->len - from))
		return buf_ok(b, err);
	if (!pgp_dearmor(b->data + from, b->len - from, &bin)) {
		rc = hrv_fail(err, HRV_EKEY, "gpg made no readable message");
		goto out;
	}
	b->len = from;
	buf_add(b, bin.data, bin.len);
	rc = buf_ok(b, err);
out:
	buf_clear(&bin);
	return rc;
}
