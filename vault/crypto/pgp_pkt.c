/* SPDX-License-Identifier: ISC */
/*
 * Reads just enough of RFC 4880 packets to tell for whom a message is. Layer:
 * crypto. Invariant: what gpg made is believed only after it was read again
 * here, because options in a user's gpg.conf can add recipients.
 */
#include "vault/crypto/pgp_int.h"

#include <stdlib.h>
#include <string.h>

#define TAG_PKESK 1
#define TAG_SKESK 3
#define TAG_MARKER 10

static bool
take(const uint8_t *data, size_t len, size_t *pos, size_t n, size_t *ret)
{
	size_t v = 0;

	if (len - *pos < n)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | data[(*pos)++];
	*ret = v;
	return true;
}

/* RFC 4880, 4.2.1 and 4.2.2. */
static bool
read_length(const uint8_t *data, size_t len, size_t *pos, int ctb,
    size_t *ret_len, bool *ret_open)
{
	size_t first;

	*ret_open = false;
	if (!(ctb & 0x40)) {
		if ((ctb & 3) == 3) {
			*ret_open = true;
			*ret_len = len - *pos;
			return true;
		}
		return take(data, len, pos, (size_t)1 << (ctb & 3), ret_len);
	}
	if (!take(data, len, pos, 1, &first))
		return false;
	if (first < 192) {
		*ret_len = first;
	} else if (first < 224) {
		size_t second;

		if (!take(data, len, pos, 1, &second))
			return false;
		*ret_len = ((first - 192) << 8) + second + 192;
	} else if (first < 255) {
		*ret_open = true;
		*ret_len = (size_t)1 << (first & 31);
	} else {
		return take(data, len, pos, 4, ret_len);
	}
	return true;
}

bool
pgp_pkt_next(const uint8_t *data, size_t len, size_t *pos, struct pgp_pkt *ret)
{
	size_t at = *pos, n;
	bool open;
	int ctb;

	if (at >= len)
		return false;
	ctb = data[at++];
	if (!(ctb & 0x80) || !read_length(data, len, &at, ctb, &n, &open))
		return false;
	ret->tag = ctb & 0x40 ? ctb & 0x3f : ctb >> 2 & 0xf;
	ret->body = data + at;
	ret->whole = !open && n <= len - at;
	ret->body_len = n <= len - at ? n : len - at;
	/* Behind a packet in parts nothing can be told without walking all
	 * parts; the callers that care look at `whole`. */
	*pos = ret->whole ? at + n : len;
	return true;
}

static bool
head_add(struct pgp_head *h, const struct pgp_pkt *k)
{
	uint64_t id = 0;

	if (!k->whole)
		return false;
	if (k->tag == TAG_SKESK) {
		if (k->body_len < 2 || k->body[0] < 4)
			return false;
		h->cipher = k->body[1];
		h->n_passphrases++;
		return true;
	}
	if (k->body_len < 10 || k->body[0] != 3 ||
	    h->n_keys == PGP_RECIPIENTS_MAX)
		return false;
	for (size_t i = 1; i < 9; i++)
		id = id << 8 | k->body[i];
	h->key_id[h->n_keys++] = id;
	return true;
}

bool
pgp_head_read(const uint8_t *data, size_t len, struct pgp_head *ret)
{
	struct pgp_pkt k;
	size_t pos = 0;

	memset(ret, 0, sizeof *ret);
	while (pgp_pkt_next(data, len, &pos, &k)) {
		if (k.tag == TAG_MARKER && k.whole)
			continue;
		if (k.tag != TAG_PKESK && k.tag != TAG_SKESK) {
			ret->data_tag = k.tag;
			ret->n_after = len - pos;
			return ret->n_keys + ret->n_passphrases > 0;
		}
		if (!head_add(ret, &k))
			return false;
	}
	return false;
}

static bool
key_has_id(gpgme_key_t key, uint64_t id)
{
	for (gpgme_subkey_t s = key->subkeys; s != NULL; s = s->next) {
		if (s->can_encrypt && s->keyid != NULL &&
		    strtoull(s->keyid, NULL, 16) == id)
			return true;
	}
	return false;
}

static int
other_set(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EKEY, "recipients",
	    "gpg made a message for other keys than it was asked to");
	return hrv_hint(err,
	    "remove recipient, encrypt-to and throw-keyids from gpg.conf, "
	    "then try again");
}

int
pgp_head_check(const struct pgp_head *h, const gpgme_key_t *keys, size_t n,
    struct hrv_err *err)
{
	bool seen[PGP_RECIPIENTS_MAX] = { false };

	if (h->n_passphrases > 0)
		return other_set(err);
	for (size_t i = 0; i < h->n_keys; i++) {
		size_t j = 0;

		while (j < n && !key_has_id(keys[j], h->key_id[i]))
			j++;
		if (j == n || seen[j])
			return other_set(err);
		/* A key that was named twice got one packet. */
		for (size_t k = 0; k < n; k++)
			seen[k] = seen[k] || keys[k] == keys[j];
	}
	for (size_t j = 0; j < n; j++) {
		if (!seen[j])
			return other_set(err);
	}
	if (h->data_tag != 18 && h->data_tag != 20)
		return hrv_fail(err, HRV_EKEY,
		    "gpg made a message without integrity protection");
	return HRV_OK;
}
