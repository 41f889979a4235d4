/* SPDX-License-Identifier: ISC */
/*
 * Recovering keys from shares. Layer: verbs. Invariant: every share is proved
 * to be the one that was made, handed over by its custodian to exactly this
 * member, before any is combined; what comes out is compared with check
 * values that were logged before; the vault changes in one commit or not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/custody.h"
#include "hrvault/policy.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/crypto/shamir.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/slotnext.h"
#include "vault/split.h"
#include "vault/txn.h"

/* One recovery. */
struct recovery {
	struct split s;
	json_t *payload; /* of the key.split entry */
	struct share shares[SHAMIR_MAX];
	struct share_word words[SHAMIR_MAX];
	size_t n;
	bool quorum;
	struct slots *next;
	struct buf ids; /* of the new grant */
};

static void
recovery_clear(struct recovery *r)
{
	for (size_t i = 0; i < r->n; i++) {
		share_clear(&r->shares[i]);
		share_word_clear(&r->words[i]);
	}
	buf_clear(&r->ids);
	slots_free(r->next);
	json_decref(r->payload);
}

/* Opens one hand-over: the custodian's word, then the share it is about. */
static int
open_pass(struct hrv_vault *v, const struct hrv_blob *in, struct recovery *r,
    struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET;
	struct share_word *w = &r->words[r->n];
	struct share *s = &r->shares[r->n];
	uint8_t hash[32];
	size_t used = 0;
	int rc = pgp_decrypt(v->pgp, in->data, in->len, &plain, err);

	if (rc == HRV_OK)
		rc = share_word_parse(
		    plain.data, plain.len, true, w, &used, err);
	if (rc == HRV_OK) {
		rc = share_parse(plain.data + used, plain.len - used, s, err);
		if (rc != HRV_OK)
			share_word_clear(w);
	}
	if (rc == HRV_OK) {
		r->n++;
		crypt_sha256(plain.data + used, plain.len - used, hash);
		if (memcmp(hash, w->share, sizeof(hash)) != 0 ||
		    s->index != w->index ||
		    memcmp(s->split, w->split, sizeof(s->split)) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "a share is not the one that %s signed for",
			    w->custodian);
	}
	buf_clear(&plain);
	return rc;
}

/* Of this vault, of one split, to me, each custodian once. */
static int
check_belongs(struct hrv_vault *v, const struct recovery *r, size_t at,
    struct hrv_err *err)
{
	const struct share_word *w = &r->words[at];

	if (memcmp(w->vault, v->id, sizeof(v->id)) != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "the share of %s is of another vault", w->custodian);
	if (memcmp(w->split, r->words[0].split, SPLIT_ID_LEN) != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "other-split",
		    "the share of %s is of another split than that of %s",
		    w->custodian, r->words[0].custodian);
	if (strcmp(w->to, v->fpr) != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "other-receiver",
		    "%s handed the share over to %s", w->custodian, w->to);
	for (size_t i = 0; i < at; i++) {
		if (r->words[i].index == w->index ||
		    strcmp(r->words[i].custodian, w->custodian) == 0)
			return hrv_fail_as(err, HRV_EREFUSED, "same-custodian",
			    "two of the shares are of %s, and count once",
			    w->custodian);
	}
	return HRV_OK;
}

static int
check_count(
    const struct hrv_vault *v, const struct recovery *r, struct hrv_err *err)
{
	size_t others = 0;

	for (size_t i = 0; i < r->n; i++)
		others += strcmp(r->words[i].custodian, v->fpr) != 0;
	if (r->n < r->s.m) {
		hrv_fail_as(err, HRV_ECONFIRM, "quorum",
		    "%u of %u custodians are needed, and %zu handed over a "
		    "share",
		    r->s.m, r->s.n, r->n);
		return hrv_hint(err,
		    "each runs: hrvault key share FILE --to %s --output FILE",
		    v->fpr);
	}
	if (r->quorum && others < r->s.m)
		return hrv_fail_as(err, HRV_ECONFIRM, "quorum",
		    "without an approval %u custodians other than you are "
		    "needed",
		    r->s.m);
	return HRV_OK;
}

static int
read_passes(struct hrv_vault *v, const struct hrv_blob *passes, size_t n,
    struct recovery *r, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (n == 0 || n > SHAMIR_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "a recovery takes the hand-overs of 2 to %d custodians",
		    SHAMIR_MAX);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = open_pass(v, &passes[i], r, err);
		if (rc == HRV_OK)
			rc = check_belongs(v, r, i, err);
	}
	if (rc == HRV_OK)
		rc = split_find(v, r->words[0].split, &r->s, err);
	if (rc == HRV_OK && r->s.state == SPLIT_REPLACED)
		rc = hrv_fail_as(err, HRV_EREFUSED, "replaced",
		    "split %s was replaced by a later one: its shares are "
		    "worth nothing any more",
		    r->s.hex);
	if (rc == HRV_OK)
		rc = split_payload(v, &r->s, &r->payload, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = split_check_word(v, &r->s, r->payload, &r->words[i], err);
	return rc == HRV_OK ? check_count(v, r, err) : rc;
}

/* The recovery key, proved by the check value that was logged. */
static int
combine(const struct recovery *r, struct key **ret, struct hrv_err *err)
{
	struct shamir_point points[SHAMIR_MAX];
	const char *kcv = json_str(r->payload, "kcv");
	char id[16 + SPLIT_HEX] = "split/";
	uint8_t want[KEY_CHECK_LEN];
	struct key *key = NULL;
	int rc;

	memccpy(id + 6, r->s.hex, '\0', SPLIT_HEX);
	for (size_t i = 0; i < r->n; i++)
		points[i] = (struct shamir_point){ (uint8_t)r->shares[i].index,
			r->shares[i].secret };
	if (kcv == NULL ||
	    !enc_unb64_fixed(kcv, strlen(kcv), want, sizeof(want)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log entry of the split is damaged");
	rc = shamir_combine(points, (unsigned)r->n, &key, err);
	if (rc == HRV_OK)
		rc = key_check(key, id, want, err);
	if (rc == HRV_EINTEGRITY)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the shares do not give the key that was divided");
	if (rc != HRV_OK) {
		key_free(key);
		return rc;
	}
	*ret = key;
	return HRV_OK;
}

/* Moves into the caller's ring what the caller does not hold and the vault
 * still uses. */
static int
take_keys(struct hrv_vault *v, struct keyring *got, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < got->n; i++) {
		struct keyring_entry *e = &got->entries[i];
		const struct slot_key *k = slots_key(v->slots, e->id);

		if (k == NULL || k->status == KEY_DESTROYED ||
		    keyring_get(&v->ring, e->name, e->version) != NULL)
			continue;
		rc = keyring_add(&v->ring, e->id, &e->key, err);
	}
	return rc;
}

static int
open_keys(struct hrv_vault *v, struct recovery *r, struct keyring *got,
    struct hrv_err *err)
{
	const char *hex = json_str(r->payload, "package");
	struct buf grant = BUF_INIT_SECRET;
	struct key *key = NULL;
	uint8_t hash[32];
	int rc = combine(r, &key, err);

	if (rc == HRV_OK &&
	    (hex == NULL || !enc_unhex(hex, strlen(hex), hash, sizeof(hash))))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log entry of the split is damaged");
	if (rc == HRV_OK)
		rc = split_unpack(v, &r->s, key, hash, &grant, err);
	if (rc == HRV_OK)
		rc = keyring_read_grant(got, v->slots, &grant, err);
	if (rc == HRV_OK)
		rc = take_keys(v, got, err);
	buf_clear(&grant);
	key_free(key);
	return rc;
}

/* The compartments of the schedule that were held or came out, in its order. */
static int
compartments(const struct hrv_vault *v, const char *had,
    const struct keyring *got, char **ret, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	char name[KEY_ID_SIZE];
	int rc;

	for (size_t i = 0; i < v->schedule->compartment_count; i++) {
		const char *c = v->schedule->compartment[i];

		snprintf(name, sizeof(name), "kek/%s", c);
		if (slots_list_has(had, c) || keyring_has(got, name))
			buf_addf(&b, "%s%s", b.len > 0 ? "," : "", c);
	}
	if (b.len == 0)
		buf_addc(&b, '-');
	rc = buf_ok(&b, err);
	*ret = rc == HRV_OK ? strdup(buf_str(&b)) : NULL;
	buf_clear(&b);
	return rc == HRV_OK && *ret == NULL
		   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		   : rc;
}

static int
make_next(struct hrv_vault *v, struct recovery *r, struct hrv_err *err)
{
	struct keyring got = KEYRING_INIT;
	struct slot_member *m;
	char *comps = NULL;
	int rc = open_keys(v, r, &got, err);

	if (rc == HRV_OK)
		rc = slotnext_new(v, &r->next, err);
	m = rc == HRV_OK ? slots_member(r->next, v->fpr) : NULL;
	if (rc == HRV_OK && m == NULL)
		rc = hrv_fail(err, HRV_EFAILED, "%s is no member", v->fpr);
	if (rc == HRV_OK)
		rc = compartments(v, m->compartments, &got, &comps, err);
	if (rc == HRV_OK) {
		free(m->compartments);
		m->compartments = comps;
		rc = slotnext_grant(v, v->pgp, r->next, v->fpr, &r->ids, err);
	}
	keyring_clear(&got);
	return rc;
}

/* What is done: for the log, and for the second person. */
static int
fill(json_t *p, const struct hrv_vault *v, const struct recovery *r,
    struct hrv_err *err)
{
	const struct slot_member *m = slots_member(r->next, v->fpr);

	if (p == NULL || json_set_str(p, "split", r->s.hex) ||
	    json_set_str(p, "member", m->fpr) ||
	    json_set_str(p, "role", role_name(m->role)) ||
	    json_object_set_new(
		p, "compartments", member_words(m->compartments)) ||
	    json_object_set_new(p, "ids", member_words(buf_str(&r->ids))))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
add_signatures(json_t *p, const struct recovery *r, struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = list == NULL ? -1 : 0;

	for (size_t i = 0; bad == 0 && i < r->n; i++) {
		const struct share_word *w = &r->words[i];
		json_t *o = json_object();

		bad = json_set_str(o, "custodian", w->custodian) ||
		      json_set_int(o, "index", (int64_t)w->index) ||
		      json_set_b64(o, "signature", w->sig.data, w->sig.len) ||
		      json_array_append(list, o);
		json_decref(o);
	}
	bad = bad || json_object_set(p, "shares", list);
	json_decref(list);
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

/* The custodians stand in only where nobody could approve, or where nobody who
 * could have said anything until the proposal lapsed: a member who died is
 * still listed, and his removal would take two people, too. */
static int
check_nobody(
    struct hrv_vault *v, const struct proposal_args *two, struct hrv_err *err)
{
	char other[FPR_SIZE];
	bool lapsed = false;
	int rc = proposal_other(v, two->kind, other, err);

	if (rc == HRV_OK && other[0] != '\0')
		rc = proposal_unanswered(v, two, &lapsed, err);
	if (rc != HRV_OK || other[0] == '\0' || lapsed)
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "quorum",
	    "%s could approve this: the custodians stand in for an approval "
	    "only where nobody is left",
	    other);
	return hrv_hint(err,
	    "leave out --quorum, which proposes it; when nobody has approved "
	    "or rejected that until it lapses (%d days), --quorum counts",
	    PROPOSAL_DAYS);
}

/* Another dpo or legal, or the custodians where nobody is left. */
static int
ask_second(struct hrv_vault *v, const struct recovery *r, json_t *p,
    struct approval *ret, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "key.recover", .what = p };
	int rc;

	/* One person may have chosen the custodians of such a split. */
	if (r->quorum && !v->founding &&
	    json_int(r->payload, "alone", 0) != 0) {
		hrv_fail_as(err, HRV_EREFUSED, "quorum",
		    "this split was made by one person in founding: its "
		    "custodians do not stand in for an approval");
		return hrv_hint(
		    err, "leave out --quorum and let a dpo or legal approve");
	}
	if (r->quorum && !v->founding) {
		rc = check_nobody(v, &two, err);
		if (rc != HRV_OK)
			return rc;
		*ret = (struct approval){ .alone = false };
		return json_set_int(p, "quorum", (int64_t)r->s.m)
			   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : HRV_OK;
	}
	return proposal_require(v, &two, ret, err);
}

static int
commit_recovery(struct hrv_vault *v, struct recovery *r, struct hrv_err *err)
{
	struct entry e = ENTRY("key.recover");
	struct approval approval = { .alone = false };
	struct proposal_args two = { .kind = "key.recover" };
	json_t *p = json_object(), *asked = NULL;
	uint64_t leaf = 0;
	int rc = fill(p, v, r, err);

	if (rc == HRV_OK && (asked = json_deep_copy(p)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	two.what = asked;
	if (rc == HRV_OK)
		rc = ask_second(v, r, p, &approval, err);
	if (rc == HRV_OK)
		rc = add_signatures(p, r, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	/* Somebody may have answered just now. */
	if (rc == HRV_OK && r->quorum && !v->founding)
		rc = check_nobody(v, &two, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, p, err);
	if (rc == HRV_OK)
		rc = slotnext_write(v, r->next, p, err);
	if (rc == HRV_OK) {
		e.payload = p;
		rc = txn_entry(v, &e, &leaf, err);
	}
	if (rc == HRV_OK)
		rc = proposal_done(v, &approval, leaf, err);
	if (rc == HRV_OK)
		rc = slotnext_log(v, r->next, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK)
		slotnext_use(v, &r->next);
	txn_abort(v);
	json_decref(asked);
	json_decref(p);
	return rc;
}

static int
check_role(const struct hrv_vault *v, const char *op, struct hrv_err *err)
{
	int rc = role_may(v->role, op, err);

	if (rc == HRV_OK && !role_takes_compartments(v->role))
		rc = hrv_fail_as(err, HRV_EREFUSED, "role",
		    "a member with the role %s is given no compartments, so "
		    "there is nothing to recover",
		    role_name(v->role));
	return rc;
}

/* Whatever of the shares was wrong is worth an entry; that one of the
 * caller's own keys or files could not be used is not. */
static bool
is_refusal(int rc, const struct hrv_err *err)
{
	return rc == HRV_EREFUSED || rc == HRV_EINTEGRITY ||
	       (rc == HRV_ECONFIRM && strcmp(err->name, "quorum") == 0);
}

int
hrv_key_recover(struct hrv_vault *v, const struct hrv_blob *passes, size_t n,
    bool quorum, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct recovery r = { .quorum = quorum };
	struct entry e = ENTRY("key.recover");
	json_t *doc = NULL;
	int rc = check_role(v, e.op, err);

	if (rc == HRV_OK)
		rc = read_passes(v, passes, n, &r, err);
	if (rc == HRV_OK)
		rc = make_next(v, &r, err);
	if (is_refusal(rc, err)) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (rc == HRV_OK &&
	    ((doc = member_json(
		  r.next, slots_member(r.next, v->fpr), "active")) == NULL ||
		json_set_str(doc, "split", r.s.hex)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = commit_recovery(v, &r, err);
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)doc;
		doc = NULL;
	}
out:
	json_decref(doc);
	recovery_clear(&r);
	return rc;
}
