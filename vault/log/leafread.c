/* SPDX-License-Identifier: ISC */
/*
 * Reading leaves: bytes from anybody to a struct leaf, or a reason why not.
 * Layer: log. Invariant: a leaf that is accepted has one spelling, every one
 * of its lines was understood, and the lines together make sense (an outcome
 * names its intent, only session.open carries a member).
 */
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/log/leafline.h"
#include "vault/log/line.h"
#include "vault/log/tree.h"

/* A leaf being read. */
struct reading {
	struct leaf *leaf;
	uint32_t seen;	    /* bit i: line i was there */
	struct buf scratch; /* decoded base64 */
};

static bool
read_b64(struct reading *r, const struct line *l, void *out, size_t len)
{
	buf_reset(&r->scratch);
	if (!enc_unb64(l->at, l->len, &r->scratch) || r->scratch.len != len)
		return false;
	memcpy(out, r->scratch.data, len);
	return true;
}

static bool
read_hex(const struct line *l, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < l->len; i++) {
		if (l->at[i] >= 'A' && l->at[i] <= 'F')
			return false;
	}
	return enc_unhex(l->at, l->len, out, len);
}

/* Only characters of the set, at least one, and fitting with a NUL. */
static bool
read_text(const struct line *l, const char *set, char *out, size_t size)
{
	if (l->len == 0 || l->len >= size)
		return false;
	for (size_t i = 0; i < l->len; i++) {
		if (set != NULL && strchr(set, l->at[i]) == NULL)
			return false;
	}
	memcpy(out, l->at, l->len);
	out[l->len] = '\0';
	return true;
}

bool
leaf_id_ok(const char *text, size_t len, char kind)
{
	static const char kinds[] = "SRHCPDB";
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	if (len != LEAF_ID_LEN || text[0] == '\0' || text[1] != '-' ||
	    strchr(kinds, text[0]) == NULL || (kind && text[0] != kind))
		return false;
	for (size_t i = 2; i < len; i++) {
		if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
			return false;
	}
	return true;
}

static bool
read_result(struct leaf *leaf, const struct line *l)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	struct line code = *l;

	if (line_is(l, "ok")) {
		leaf->result = LEAF_OK;
		return true;
	}
	if (l->len > 8 && memcmp(l->at, "refused:", 8) == 0) {
		leaf->result = LEAF_REFUSED;
		code.at += 8, code.len -= 8;
	} else if (l->len > 7 && memcmp(l->at, "failed:", 7) == 0) {
		leaf->result = LEAF_FAILED;
		code.at += 7, code.len -= 7;
	} else {
		return false;
	}
	return read_text(&code, set, leaf->code, sizeof(leaf->code));
}

static bool
read_phase(struct leaf *leaf, const struct line *l)
{
	static const enum op_phase all[] = { OP_INTENT, OP_OUTCOME, OP_SINGLE };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (line_is(l, op_phase_name(all[i]))) {
			leaf->phase = all[i];
			return true;
		}
	}
	return false;
}

static bool
read_role(struct leaf *leaf, const struct line *l)
{
	/* An auditor writes nothing, so opens no session. */
	if (!line_is(l, "hr") && !line_is(l, "legal") && !line_is(l, "dpo") &&
	    !line_is(l, "purge"))
		return false;
	return read_text(l, NULL, leaf->role, sizeof(leaf->role));
}

static bool
read_cert(struct reading *r, const struct line *l)
{
	buf_reset(&r->scratch);
	if (!enc_unb64(l->at, l->len, &r->scratch) || r->scratch.len == 0 ||
	    r->scratch.len > LEAF_CERT_MAX)
		return false;
	memcpy(r->leaf->cert, r->scratch.data, r->scratch.len);
	r->leaf->cert_len = r->scratch.len;
	return true;
}

/* The kinds with a single value. */
static bool
read_value(
    struct reading *r, const struct leaf_line *line, const struct line *l)
{
	static const char comp[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	struct leaf *leaf = r->leaf;
	void *at = (char *)leaf + line->at;

	switch (line->kind) {
	case LEAF_K_TIME:
		return when_parse(l->at, l->len, &leaf->time);
	case LEAF_K_SESSION:
		return read_hex(l, at, line->size);
	case LEAF_K_OP:
		leaf->op = op_find(l->at, l->len);
		return leaf->op != NULL;
	case LEAF_K_PHASE:
		return read_phase(leaf, l);
	case LEAF_K_NUMBER:
		return line_u64(l->at, l->len, TREE_MAX_SIZE, at);
	case LEAF_K_ID:
		return leaf_id_ok(l->at, l->len, line->letter) &&
		       read_text(l, NULL, at, line->size);
	case LEAF_K_COMP:
		return read_text(l, comp, at, line->size);
	case LEAF_K_HASH:
	case LEAF_K_SIG:
		return read_b64(r, l, at, line->size);
	case LEAF_K_RESULT:
		return read_result(leaf, l);
	case LEAF_K_MEMBER:
		return (l->len == 40 || l->len == 64) &&
		       read_text(l, "0123456789ABCDEF", at, line->size);
	case LEAF_K_ROLE:
		return read_role(leaf, l);
	case LEAF_K_WORD:
		return read_text(l, NULL, at, line->size);
	case LEAF_K_CERT:
		return read_cert(r, l);
	case LEAF_K_HEAD:
	case LEAF_K_COUNTED:
	default:
		return false;
	}
}

/* All values of a line, given behind its key. */
static bool
read_values(struct reading *r, const struct leaf_line *line, struct line rest)
{
	struct leaf *leaf = r->leaf;
	char *base = (char *)leaf;
	struct line a, b, more;

	if (!line_word(&rest, &a))
		return false;
	leaf->has |= line->bit;
	if (line->kind != LEAF_K_HEAD && line->kind != LEAF_K_COUNTED)
		return !line_word(&rest, &more) && read_value(r, line, &a);
	if (!line_word(&rest, &b) || line_word(&rest, &more))
		return false;
	if (line->kind == LEAF_K_HEAD)
		return line_u64(a.at, a.len, TREE_MAX_SIZE - 1, &leaf->index) &&
		       read_b64(r, &b, leaf->root, sizeof(leaf->root));
	return read_b64(r, &a, base + line->at, line->size) &&
	       line_u64(b.at, b.len, INT64_MAX,
		   (uint64_t *)(void *)(base + line->number));
}

static const char *
read_line(
    struct reading *r, struct line l, enum leaf_nr *next, enum leaf_nr stop)
{
	struct line key;

	if (!line_word(&l, &key))
		return "a line is empty";
	for (size_t i = (size_t)*next; i < (size_t)stop; i++) {
		if (!line_is(&key, leaf_lines[i].key))
			continue;
		*next = (enum leaf_nr)(i + 1);
		r->seen |= 1u << i;
		if (read_values(r, &leaf_lines[i], l))
			return NULL;
		return leaf_lines[i].key;
	}
	return "a line is unknown, repeated or out of order";
}

#define BIT(l) (1u << (l))
/* Every leaf says when, after what, by whom, what, and under which slots and
 * holds. */
#define ALWAYS                                                                 \
	(BIT(LEAF_L_TIME) | BIT(LEAF_L_HEAD) | BIT(LEAF_L_SESSION) |           \
	    BIT(LEAF_L_OP) | BIT(LEAF_L_PHASE) | BIT(LEAF_L_SLOTS) |           \
	    BIT(LEAF_L_HOLDS))
#define OF_SESSION                                                             \
	(BIT(LEAF_L_MEMBER) | BIT(LEAF_L_ROLE) | BIT(LEAF_L_KEY) |             \
	    BIT(LEAF_L_HOST) | BIT(LEAF_L_CLIENT) | BIT(LEAF_L_CERT))

static const char *
check_session(const struct reading *r, uint32_t upto)
{
	const struct leaf *leaf = r->leaf;

	if (strcmp(leaf->op->name, "session.open") != 0)
		return (r->seen & OF_SESSION) == 0
			   ? NULL
			   : "only session.open names a member";
	if ((r->seen & OF_SESSION) != (OF_SESSION & upto))
		return "session.open needs member, role, key, host, client "
		       "and cert";
	return leaf->result == LEAF_OK ? NULL : "session.open without ok";
}

static const char *
check_sense(const struct reading *r, enum leaf_nr stop)
{
	const struct leaf *leaf = r->leaf;
	uint32_t upto = BIT(stop) - 1;
	bool ended = leaf->phase != OP_INTENT;

	if ((r->seen & ALWAYS) != ALWAYS)
		return "time, head, session, op, phase, slots or holds is "
		       "missing";
	if (stop == LEAF_L_COUNT && (r->seen & BIT(LEAF_L_SIG)) == 0)
		return "sig is missing";
	if ((leaf->result != LEAF_NO_RESULT) != ended)
		return "result belongs to outcomes and singles, to each";
	/* What never began may be refused in one leaf, never done in one. */
	if ((leaf->op->phases & leaf->phase) == 0 &&
	    (leaf->phase != OP_SINGLE || leaf->result == LEAF_OK))
		return "the operation has no such phase";
	if (((leaf->has & LEAF_REF) != 0) != (leaf->phase == OP_OUTCOME))
		return "ref belongs to outcomes, to each";
	if ((leaf->has & LEAF_REF) != 0 && leaf->ref >= leaf->index)
		return "ref is not an earlier entry";
	if ((leaf->has & LEAF_STATE) != 0 && !ended)
		return "an intent has no state yet";
	return check_session(r, upto);
}

static bool
charset_ok(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && (text[i] < 0x20 || text[i] > 0x7e))
			return false;
	}
	return true;
}

const char *
leaf_read_upto(
    const char *text, size_t len, enum leaf_nr stop, struct leaf *ret)
{
	const size_t magic = strlen(LEAF_MAGIC);
	struct reading r = { .leaf = ret, .scratch = BUF_INIT };
	enum leaf_nr next = LEAF_L_TIME;
	const char *bad = NULL;
	struct line_reader in;

	if (len > LEAF_MAX)
		return "too long";
	if (len < magic || memcmp(text, LEAF_MAGIC, magic) != 0)
		return "not an hrvault-leaf/v1";
	if (!charset_ok(text, len))
		return "a character is not allowed";
	memset(ret, 0, sizeof(*ret));
	in = (struct line_reader){ text + magic, text + len };
	for (struct line l; bad == NULL && line_next(&in, &l);)
		bad = read_line(&r, l, &next, stop);
	if (bad == NULL && in.at != in.end)
		bad = "the last line is cut off";
	if (bad == NULL)
		bad = check_sense(&r, stop);
	buf_clear(&r.scratch);
	return bad;
}

int
leaf_parse(const void *data, size_t len, struct leaf *ret, struct hrv_err *err)
{
	struct leaf leaf;
	const char *bad = leaf_read_upto(data, len, LEAF_L_COUNT, &leaf);

	if (bad != NULL)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "log entry is malformed: %s", bad);
	*ret = leaf;
	return HRV_OK;
}
