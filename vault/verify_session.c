/* SPDX-License-Identifier: ISC */
/*
 * Verifying who wrote an entry: the session key's signature on each, and on
 * each session.open the OpenPGP signature of a member. Layer: verbs.
 * Invariant: only certificates of the slot file count, in a keyring that
 * holds nothing else.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/vault_trust.h"
#include "vault/verify_int.h"

/* Number of the session + 1, looked for from the newest; 0: not opened. */
static uint32_t
find_session(const struct verify *y, const uint8_t id[LEAF_SESSION])
{
	for (size_t i = y->n_sessions; i > 0; i--) {
		if (memcmp(y->sessions[i - 1].id, id, LEAF_SESSION) == 0)
			return (uint32_t)i;
	}
	return 0;
}

static const struct slot_former *
find_former(const struct slots *s, const char *fpr)
{
	const struct slot_former *found = NULL;

	for (size_t i = 0; i < s->n_formers; i++) {
		if (strcmp(s->formers[i].fpr, fpr) == 0)
			found = &s->formers[i];
	}
	return found;
}

/* Somebody who left writes nothing any more; a role is that of the slot file
 * while it is still the same one. */
static void
check_member(struct verify *y, const struct leaf *l)
{
	const struct slots *s = y->v->slots;
	const struct slot_member *m = slots_member(s, l->member);
	const struct slot_former *f = find_former(s, l->member);
	char when[WHEN_TEXT_LEN + 1] = "";

	if (m == NULL && f == NULL) {
		verify_problem(y, y->f.size,
		    "%s never was a member of this vault", l->member);
		return;
	}
	(void)!when_format(l->time, when);
	if (m == NULL && strcmp(when, f->to) > 0)
		verify_problem(y, y->f.size,
		    "%s had left when this session was opened", l->member);
	if (m != NULL && memcmp(l->slots, s->hash, 32) == 0 &&
	    strcmp(role_name(m->role), l->role) != 0)
		verify_problem(y, y->f.size, "%s had another role", l->member);
	if (m != NULL && m->until[0] != '\0' && strncmp(when, m->until, 10) > 0)
		verify_remark(y, y->f.size, "the membership of %s ended on %s",
		    l->member, m->until);
}

/* The member's own signature over key, role and the head that was seen. */
static int
check_cert(struct verify *y, const struct leaf *l, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct pgp_signed in = { .sig = l->cert, .sig_len = l->cert_len };
	struct pgp_sig got;
	struct trust *t = NULL;
	int rc = HRV_OK;

	if (slots_cert(y->v->slots, l->member) == NULL) {
		verify_problem(y, y->f.size,
		    "the slot file has no certificate of %s", l->member);
		return HRV_OK;
	}
	rc = vault_trust(y->v, &t, err);
	if (rc == HRV_OK)
		rc = leaf_cert_bytes(l, &text, err);
	if (rc == HRV_OK)
		rc = buf_ok(&text, err);
	if (rc != HRV_OK)
		goto out;
	in.data = text.data;
	in.len = text.len;
	rc = pgp_verify_detached(t->pgp, &in, &got, err);
	if (rc == HRV_EINTEGRITY) {
		verify_problem(y, y->f.size,
		    "the OpenPGP signature of %s does not verify", l->member);
		rc = HRV_OK;
	} else if (rc == HRV_OK && strcmp(got.fpr, l->member) != 0) {
		verify_problem(y, y->f.size,
		    "the OpenPGP signature is by another key than %s",
		    l->member);
	} else if (rc == HRV_OK) {
		y->report->sessions++;
		if (got.key_expires != 0 &&
		    l->time / WHEN_SECOND > got.key_expires)
			verify_remark(y, y->f.size,
			    "the key of %s had expired by the certificate "
			    "that the vault has",
			    l->member);
	}
out:
	buf_clear(&text);
	return rc;
}

static int
open_session(struct verify *y, const struct leaf *l, struct hrv_err *err)
{
	struct verify_session *s;
	int rc;

	if (find_session(y, l->session) != 0)
		verify_problem(y, y->f.size, "this session was opened before");
	rc = verify_grow(
	    &y->sessions, y->n_sessions, &y->sessions_cap, sizeof(*s), err);
	if (rc != HRV_OK)
		return rc;
	s = &y->sessions[y->n_sessions++];
	memcpy(s->id, l->session, sizeof(s->id));
	memcpy(s->pub, l->key, sizeof(s->pub));
	snprintf(s->member, sizeof(s->member), "%s", l->member);
	check_member(y, l);
	if (y->f.size < verify_signed(y))
		return HRV_OK;
	return check_cert(y, l, err);
}

int
verify_session_entry(struct verify *y, const struct leaf *l,
    const struct log_row *row, struct hrv_err *err)
{
	uint32_t s;
	int rc = HRV_OK;

	if (strcmp(l->op->name, "session.open") == 0)
		rc = open_session(y, l, err);
	if (rc != HRV_OK)
		return rc;
	s = find_session(y, l->session);
	y->trace[row->index].session = s;
	if (s == 0) {
		verify_problem(y, row->index, "its session was never opened");
		return HRV_OK;
	}
	if (row->index < verify_signed(y))
		return HRV_OK;
	if (leaf_verify_sig(row->leaf, row->leaf_len, y->v->id,
		y->sessions[s - 1].pub, err) != HRV_OK)
		verify_problem(
		    y, row->index, "its session's signature does not verify");
	return HRV_OK;
}
