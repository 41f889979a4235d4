/* SPDX-License-Identifier: ISC */
/*
 * Reading a slot file. Layer: custody. The file comes from a folder that a
 * whole OS group can write, so nothing in it is believed before its shape was
 * checked line by line; signatures are checked by trust.c.
 */
#include "vault/custody/slots.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/keyring.h"

/* A line cut into words; pointers into a copy of the file. */
#define MAX_WORDS 6
struct line {
	size_t number;
	char *words[MAX_WORDS];
	size_t n;
};

struct parser {
	char *text; /* writable copy */
	char *next;
	struct slots *s;
	int rank; /* place of the last line in the order of line kinds */
	struct hrv_err *err;
	size_t number;
};

static int
bad(struct parser *p, const char *why)
{
	return hrv_fail(p->err, HRV_EINTEGRITY,
	    "the slot file is damaged at line %zu: %s", p->number, why);
}

/* Cuts the next line at single spaces. *ret_done is set at the end. */
static int
next_line(struct parser *p, struct line *l, bool *ret_done)
{
	char *end;

	*ret_done = *p->next == '\0';
	if (*ret_done)
		return HRV_OK;
	p->number++;
	end = strchr(p->next, '\n');
	if (end == NULL)
		return bad(p, "the last line does not end");
	*end = '\0';
	l->number = p->number;
	l->n = 0;
	for (char *w = p->next; w != NULL;) {
		char *space = strchr(w, ' ');

		if (l->n == MAX_WORDS || *w == ' ' || *w == '\0')
			return bad(p, "words must be separated by one space");
		l->words[l->n++] = w;
		if (space != NULL)
			*space++ = '\0';
		w = space;
	}
	p->next = end + 1;
	return HRV_OK;
}

static bool
is_fpr(const char *w)
{
	for (size_t i = 0; i < FPR_LEN; i++) {
		if (!isdigit((unsigned char)w[i]) && (w[i] < 'A' || w[i] > 'F'))
			return false;
	}
	return w[FPR_LEN] == '\0';
}

static int
take_gen(struct parser *p, const struct line *l)
{
	char *end;
	unsigned long v = l->n == 2 ? strtoul(l->words[1], &end, 10) : 0;

	if (v == 0 || v > UINT32_MAX || *end != '\0')
		return bad(p, "gen takes a number");
	p->s->gen = (uint32_t)v;
	return HRV_OK;
}

static int
take_hash(struct parser *p, const struct line *l, uint8_t out[32])
{
	if (l->n != 2 || !enc_unhex(l->words[1], strlen(l->words[1]), out, 32))
		return bad(p, "a SHA-256 in hex was expected");
	return HRV_OK;
}

static int
take_member(struct parser *p, const struct line *l)
{
	struct slot_member m = { .compartments = l->words[3] };
	bool dated = l->n == 6 && strcmp(l->words[4], "until") == 0 &&
		     strlen(l->words[5]) == 10;

	if ((l->n != 4 && !dated) || !is_fpr(l->words[1]) ||
	    !role_parse(l->words[2], &m.role))
		return bad(p, "not a member line");
	if (slots_member(p->s, l->words[1]) != NULL)
		return bad(p, "the same member twice");
	if (!role_takes_compartments(m.role) && strcmp(l->words[3], "-") != 0)
		return bad(p, "this role takes no compartments");
	snprintf(m.fpr, sizeof(m.fpr), "%s", l->words[1]);
	if (dated)
		snprintf(m.until, sizeof(m.until), "%.10s", l->words[5]);
	return slots_add_member(p->s, &m, p->err);
}

static int
take_former(struct parser *p, const struct line *l)
{
	struct slot_former f;

	if (l->n != 4 || !is_fpr(l->words[1]) || strlen(l->words[2]) > 31 ||
	    strlen(l->words[3]) > 31)
		return bad(p, "not a former line");
	snprintf(f.fpr, sizeof(f.fpr), "%s", l->words[1]);
	snprintf(f.from, sizeof(f.from), "%.31s", l->words[2]);
	snprintf(f.to, sizeof(f.to), "%.31s", l->words[3]);
	return slots_add_former(p->s, &f, p->err);
}

/* cert FPR B64 and sig FPR B64 have the same shape. */
static int
take_blob(struct parser *p, const struct line *l, bool is_sig)
{
	struct buf b = BUF_INIT;
	int rc;

	if (l->n != 3 || !is_fpr(l->words[1]) ||
	    !enc_unb64(l->words[2], strlen(l->words[2]), &b) || b.len == 0)
		rc = bad(p, "a fingerprint and base64 were expected");
	else if (is_sig)
		rc = slots_add_sig(p->s, l->words[1], b.data, b.len, p->err);
	else
		rc = slots_add_cert(p->s, l->words[1], b.data, b.len, p->err);
	buf_clear(&b);
	return rc;
}

static int
take_key(struct parser *p, const struct line *l)
{
	static const char *const names[] = { "enabled", "disabled",
		"destroyed" };
	char name[KEY_ID_SIZE];
	uint32_t version;
	uint8_t kcv[16];
	int rc;

	if (l->n != 4 || !slots_key_split(l->words[1], name, &version) ||
	    !enc_unb64_fixed(l->words[3], strlen(l->words[3]), kcv, 16))
		return bad(p, "not a key line");
	if (slots_key(p->s, l->words[1]) != NULL)
		return bad(p, "the same key twice");
	rc = slots_add_key(p->s, l->words[1], kcv, p->err);
	for (unsigned i = 0; rc == HRV_OK && i < 3; i++) {
		if (strcmp(l->words[2], names[i]) == 0) {
			p->s->keys[p->s->n_keys - 1].status =
			    (enum key_status)i;
			return HRV_OK;
		}
	}
	return rc == HRV_OK ? bad(p, "not a state of a key") : rc;
}

/* Every key of the list is one that the matrix gives to that member: a file
 * in which an auditor or the purge account holds a compartment is no slot
 * file, whoever signed it. */
static bool
grant_fits(const struct parser *p, const char *fpr, const char *ids)
{
	const struct slot_member *m = slots_member(p->s, fpr);
	char id[KEY_ID_SIZE], name[KEY_ID_SIZE];
	uint32_t version;

	for (const char *at = ids; m != NULL;) {
		size_t n = strcspn(at, ",");

		if (n >= sizeof(id))
			return false;
		memcpy(id, at, n);
		id[n] = '\0';
		if (!slots_key_split(id, name, &version) ||
		    !keyring_belongs(m, name))
			return false;
		if (at[n] == '\0')
			return true;
		at += n + 1;
	}
	return false;
}

static int
take_grant(struct parser *p, const struct line *l)
{
	struct buf b = BUF_INIT;
	int rc;

	if (l->n != 4 || !is_fpr(l->words[1]) ||
	    !enc_unb64(l->words[3], strlen(l->words[3]), &b) || b.len == 0)
		rc = bad(p, "not a grant line");
	else if (!grant_fits(p, l->words[1], l->words[2]))
		rc = bad(p, "this member is given a key that the role has not");
	else
		rc =
		    slots_add_grant(p->s, l->words[1], l->words[2], &b, p->err);
	buf_clear(&b);
	return rc;
}

static int
take_line(struct parser *p, const struct line *l)
{
	static const char *const order[] = { "gen", "vault", "prev", "cfg",
		"member", "former", "cert", "key", "grant", "sig" };
	int rank = -1;

	for (int i = 0; i < (int)(sizeof(order) / sizeof(order[0])); i++) {
		if (strcmp(l->words[0], order[i]) == 0)
			rank = i;
	}
	if (rank < 0)
		return bad(p, "this kind of line is not known");
	if (rank < p->rank || (rank == p->rank && rank < 4))
		return bad(p, "this line stands in the wrong place");
	p->rank = rank;
	switch (rank) {
	case 0:
		return take_gen(p, l);
	case 1:
		return take_hash(p, l, p->s->vault);
	case 2:
		return take_hash(p, l, p->s->prev);
	case 3:
		return take_hash(p, l, p->s->cfg);
	case 4:
		return take_member(p, l);
	case 5:
		return take_former(p, l);
	case 6:
		return take_blob(p, l, false);
	case 7:
		return take_key(p, l);
	case 8:
		return take_grant(p, l);
	default:
		return take_blob(p, l, true);
	}
}

static int
parse_lines(struct parser *p)
{
	struct line l;
	bool done;
	int rc = next_line(p, &l, &done);

	if (rc != HRV_OK)
		return rc;
	if (done || l.n != 1 || strcmp(l.words[0], "hrvault-slots/v1") != 0)
		return bad(p, "it does not begin with hrvault-slots/v1");
	while ((rc = next_line(p, &l, &done)) == HRV_OK && !done) {
		if (p->s->signed_len == 0 && strcmp(l.words[0], "sig") == 0)
			p->s->signed_len = (size_t)(l.words[0] - p->text);
		rc = take_line(p, &l);
		if (rc != HRV_OK)
			return rc;
	}
	if (rc == HRV_OK && (p->s->gen == 0 || p->s->n_members == 0))
		return bad(p, "it is cut short");
	return rc;
}

int
slots_parse(
    const void *text, size_t len, struct slots **ret, struct hrv_err *err)
{
	struct parser p = { .err = err, .rank = -1 };
	int rc = HRV_ENOMEM;

	if (len > SLOTS_MAX || memchr(text, '\0', len) != NULL)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the slot file is damaged: it is too large or not text");
	p.text = malloc(len + 1);
	p.s = slots_new();
	if (p.text == NULL || p.s == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	memcpy(p.text, text, len);
	p.text[len] = '\0';
	p.next = p.text;
	rc = parse_lines(&p);
	if (rc != HRV_OK)
		goto out;
	if (p.s->signed_len == 0)
		p.s->signed_len = len;
	crypt_sha256(text, len, p.s->hash);
	*ret = p.s;
	p.s = NULL;
	rc = HRV_OK;
out:
	slots_free(p.s);
	free(p.text);
	return rc;
}
