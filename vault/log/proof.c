/* SPDX-License-Identifier: ISC */
/*
 * Proofs as text, written and read. Layer: log. Invariant: the text has one
 * form (no trailing blanks, no second spelling of a number or hash), and
 * nothing of it is believed here before note_open() and the tree agree.
 */
#include "vault/log/proof.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/log/line.h"

#define MAGIC "c2sp.org/tlog-proof@v1"
#define WITNESS_MAX_PATH 63

static int
malformed(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY, "proof is malformed");
}

static void
add_path(const struct proof *p, struct buf *out)
{
	for (size_t i = 0; i < p->path.count; i++) {
		enc_b64(out, p->path.hash[i], TREE_HASH);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
	buf_add(out, p->note, p->note_len);
}

static bool
is_base64(const char *text, size_t len)
{
	struct buf tmp = BUF_INIT;
	bool ok =
	    len > 0 && len <= PROOF_EXTRA_MAX && enc_unb64(text, len, &tmp);

	buf_clear(&tmp);
	return ok;
}

int
proof_write(const struct proof *p, struct buf *out, struct hrv_err *err)
{
	if (p->path.count > TREE_MAX_PATH ||
	    (p->extra != NULL && !is_base64(p->extra, p->extra_len)))
		return hrv_fail(err, HRV_EFAILED, "proof cannot be written");
	buf_adds(out, MAGIC "\n");
	if (p->extra != NULL) {
		buf_adds(out, "extra ");
		buf_add(out, p->extra, p->extra_len);
		buf_addc(out, '\n');
	}
	buf_addf(out, "index %llu\n", (unsigned long long)p->index);
	add_path(p, out);
	return buf_ok(out, err);
}

/* "word value": the value, or false. */
static bool
value_of(const struct line *l, const char *word, struct line *ret)
{
	struct line rest = *l, key;

	if (!line_word(&rest, &key) || !line_is(&key, word) || rest.at == NULL)
		return false;
	*ret = rest;
	return true;
}

/* Hashes up to the empty line; the rest is the checkpoint. */
static bool
read_path(struct line_reader *in, size_t max, struct proof *p)
{
	struct line l;

	while (line_next(in, &l)) {
		if (l.len == 0) {
			p->note = in->at;
			p->note_len = (size_t)(in->end - in->at);
			return p->note_len > 0;
		}
		if (p->path.count >= max ||
		    !enc_unb64_fixed(
			l.at, l.len, p->path.hash[p->path.count], TREE_HASH))
			return false;
		p->path.count++;
	}
	return false;
}

int
proof_parse(
    const void *text, size_t len, struct proof *ret, struct hrv_err *err)
{
	struct line_reader in = { text, (const char *)text + len };
	struct proof p = { .index = 0 };
	struct line l, value;

	if (len > NOTE_MAX || !line_next(&in, &l) || !line_is(&l, MAGIC) ||
	    !line_next(&in, &l))
		return malformed(err);
	if (value_of(&l, "extra", &value)) {
		p.extra = value.at;
		p.extra_len = value.len;
		if (!is_base64(p.extra, p.extra_len) || !line_next(&in, &l))
			return malformed(err);
	}
	if (!value_of(&l, "index", &value) ||
	    !line_u64(value.at, value.len, TREE_MAX_SIZE, &p.index) ||
	    !read_path(&in, TREE_MAX_PATH, &p))
		return malformed(err);
	*ret = p;
	return HRV_OK;
}

int
proof_verify(const struct proof *p, const struct note_vkey *vkey,
    const uint8_t leaf_hash[TREE_HASH], struct note_checkpoint *ret_head,
    struct hrv_err *err)
{
	struct note_checkpoint head;
	struct tree_inclusion_claim claim;
	int rc;

	rc = note_open(p->note, p->note_len, vkey, &head, err);
	if (rc != HRV_OK)
		return rc;
	claim = (struct tree_inclusion_claim){ p->index, head.size, leaf_hash,
		head.root };
	rc = tree_inclusion_check(&claim, &p->path, err);
	if (rc == HRV_OK && ret_head != NULL)
		*ret_head = head;
	return rc;
}

int
proof_consistency_write(
    const struct proof *p, struct buf *out, struct hrv_err *err)
{
	if (p->path.count > WITNESS_MAX_PATH)
		return hrv_fail(err, HRV_EFAILED, "proof cannot be written");
	buf_addf(out, "old %llu\n", (unsigned long long)p->index);
	add_path(p, out);
	return buf_ok(out, err);
}

int
proof_consistency_parse(
    const void *text, size_t len, struct proof *ret, struct hrv_err *err)
{
	struct line_reader in = { text, (const char *)text + len };
	struct proof p = { .index = 0 };
	struct line l, value;

	if (len > NOTE_MAX || !line_next(&in, &l) ||
	    !value_of(&l, "old", &value) ||
	    !line_u64(value.at, value.len, TREE_MAX_SIZE, &p.index) ||
	    !read_path(&in, WITNESS_MAX_PATH, &p) ||
	    (p.index == 0 && p.path.count != 0))
		return malformed(err);
	*ret = p;
	return HRV_OK;
}

int
proof_consistency_verify(const struct proof *p, const struct note_vkey *vkey,
    const struct note_checkpoint *old, struct note_checkpoint *ret_head,
    struct hrv_err *err)
{
	struct note_checkpoint head;
	struct tree_consistency_claim claim;
	int rc;

	rc = note_open(p->note, p->note_len, vkey, &head, err);
	if (rc != HRV_OK)
		return rc;
	if (p->index != old->size || strcmp(old->origin, head.origin) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "proof does not start from that checkpoint");
	claim = (struct tree_consistency_claim){ old->size, head.size,
		old->root, head.root };
	rc = tree_consistency_check(&claim, &p->path, err);
	if (rc == HRV_OK && ret_head != NULL)
		*ret_head = head;
	return rc;
}
