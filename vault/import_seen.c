/* SPDX-License-Identifier: ISC */
/*
 * Rows of one import by whom they are about: a set of hashes, so that a
 * number (or, for rows without one, an address with its name, or else all
 * that the row says) counts once in a file. Layer: verbs. In memory only.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/import_int.h"

struct slot {
	uint8_t hash[16];
	uint64_t row; /* 0: empty */
};

struct import_seen {
	struct slot *slot;
	size_t cap; /* a power of two */
	size_t n;
	struct buf key;
};

int
import_seen_new(struct import_seen **ret, struct hrv_err *err)
{
	struct import_seen *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->cap = 4096;
		s->key = (struct buf)BUF_INIT_SECRET;
		s->slot = calloc(s->cap, sizeof(*s->slot));
	}
	if (s == NULL || s->slot == NULL) {
		free(s);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = s;
	return HRV_OK;
}

void
import_seen_free(struct import_seen *s)
{
	if (s == NULL)
		return;
	buf_clear(&s->key);
	free(s->slot);
	free(s);
}

static struct slot *
find(struct slot *slots, size_t cap, const uint8_t hash[16])
{
	size_t at;

	memcpy(&at, hash, sizeof(at));
	for (at &= cap - 1; slots[at].row != 0; at = (at + 1) & (cap - 1)) {
		if (memcmp(slots[at].hash, hash, 16) == 0)
			break;
	}
	return &slots[at];
}

static int
grow(struct import_seen *s, struct hrv_err *err)
{
	struct slot *more;

	if (s->n < s->cap / 2)
		return HRV_OK;
	more = calloc(s->cap * 2, sizeof(*more));
	if (more == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slot[i].row != 0)
			*find(more, s->cap * 2, s->slot[i].hash) = s->slot[i];
	}
	free(s->slot);
	s->slot = more;
	s->cap *= 2;
	return HRV_OK;
}

static int
add_text(struct import_seen *s, enum text_field field, const char *text,
    struct hrv_err *err)
{
	return text_normalise(field, text, strlen(text), &s->key, err);
}

/* What makes the row's person this person. */
static int
make_key(struct import_seen *s, const struct import_row *r, struct hrv_err *err)
{
	int rc;

	buf_reset(&s->key);
	if (r->number != NULL) {
		buf_addc(&s->key, 'n');
		return add_text(s, TEXT_NUMBER, r->number, err);
	}
	buf_addc(&s->key, r->emails > 0 ? 'e' : 'x');
	rc = add_text(s, TEXT_NAME, r->name, err);
	buf_addc(&s->key, '\0');
	if (r->emails > 0)
		return rc == HRV_OK ? add_text(s, TEXT_EMAIL, r->email[0], err)
				    : rc;
	buf_add(&s->key, &r->born, sizeof(r->born));
	buf_add(&s->key, r->record.data, r->record.len);
	return rc;
}

int
import_seen_add(struct import_seen *s, const struct import_item *it,
    uint64_t *ret_before, struct hrv_err *err)
{
	uint8_t hash[CRYPT_SHA256_LEN];
	struct slot *slot;
	int rc = make_key(s, &it->row, err);

	if (rc == HRV_OK)
		rc = buf_ok(&s->key, err);
	if (rc == HRV_OK)
		rc = grow(s, err);
	if (rc != HRV_OK)
		return rc;
	crypt_sha256(s->key.data, s->key.len, hash);
	slot = find(s->slot, s->cap, hash);
	*ret_before = slot->row;
	if (slot->row == 0) {
		memcpy(slot->hash, hash, sizeof(slot->hash));
		slot->row = it->number;
		s->n++;
	}
	return HRV_OK;
}
