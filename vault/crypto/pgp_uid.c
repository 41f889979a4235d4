/* SPDX-License-Identifier: ISC */
/*
 * Whose certificate it is, read from its packets (RFC 4880). Layer: crypto.
 * Invariant: it starts no process, so a list of many members costs nothing,
 * and it decides nothing: what it finds is shown to people beside the
 * fingerprint, which alone counts.
 */
#include <string.h>

#include "vault/crypto/pgp.h"
#include "vault/crypto/pgp_int.h"

#define TAG_SIGNATURE 2
#define TAG_USER_ID 13
#define SIG_REVOKED 0x30 /* of a user id */
#define SUBPACKET_PRIMARY 25

/* A user id and what the signatures after it say. */
struct uid {
	const uint8_t *text; /* NULL: none */
	size_t len;
	bool revoked;
	bool primary;
};

/* RFC 4880, 5.2.3.1: false when the bytes end before the length does. */
static bool
subpacket_length(const uint8_t *d, size_t len, size_t *pos, size_t *ret)
{
	size_t first, n = 0;

	if (*pos >= len)
		return false;
	first = d[(*pos)++];
	if (first < 192) {
		*ret = first;
		return true;
	}
	n = first < 255 ? 1 : 4;
	if (len - *pos < n)
		return false;
	if (n == 1) {
		*ret = ((first - 192) << 8) + d[(*pos)++] + 192;
		return true;
	}
	*ret = 0;
	while (n-- > 0)
		*ret = *ret << 8 | d[(*pos)++];
	return true;
}

/* Whether the hashed part of a version 4 signature calls the id primary. */
static bool
says_primary(const struct pgp_pkt *k)
{
	size_t pos = 6, n, end;

	if (k->body_len < 6)
		return false;
	end = 6 + ((size_t)k->body[4] << 8 | k->body[5]);
	if (end > k->body_len)
		return false;
	while (subpacket_length(k->body, end, &pos, &n)) {
		if (n == 0 || n > end - pos)
			return false;
		if ((k->body[pos] & 0x7f) == SUBPACKET_PRIMARY)
			return n > 1 && k->body[pos + 1] != 0;
		pos += n;
	}
	return false;
}

/* Whether b is rather the one to show than a. */
static bool
better(const struct uid *b, const struct uid *a)
{
	if (b->text == NULL)
		return false;
	if (a->text == NULL || a->revoked != b->revoked)
		return a->text == NULL || a->revoked;
	return b->primary && !a->primary;
}

/* Copies what is text, and cuts it at a whole character. */
static void
copy(const struct uid *u, char ret[PGP_UID_SIZE])
{
	size_t n = u->len < PGP_UID_SIZE ? u->len : PGP_UID_SIZE - 1;

	while (n < u->len && n > 0 && (u->text[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		ret[i] = u->text[i] == '\0' ? '?' : (char)u->text[i];
	ret[n] = '\0';
}

bool
pgp_cert_uid(const void *cert, size_t len, char ret[PGP_UID_SIZE])
{
	struct uid best = { .text = NULL }, now = { .text = NULL };
	struct pgp_pkt k;
	size_t pos = 0;

	while (pgp_pkt_next(cert, len, &pos, &k) && k.whole) {
		bool v4 = k.tag == TAG_SIGNATURE && k.body_len > 1 &&
			  k.body[0] == 4 && now.text != NULL;

		if (v4 && k.body[1] == SIG_REVOKED)
			now.revoked = true;
		if (v4 && says_primary(&k))
			now.primary = true;
		if (k.tag == TAG_SIGNATURE)
			continue;
		if (better(&now, &best))
			best = now;
		now = (struct uid){ .text = NULL };
		if (k.tag == TAG_USER_ID)
			now = (struct uid){ .text = k.body, .len = k.body_len };
	}
	if (better(&now, &best))
		best = now;
	if (best.text == NULL)
		return false;
	copy(&best, ret);
	return true;
}
