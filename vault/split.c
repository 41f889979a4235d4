/* SPDX-License-Identifier: ISC */
/*
 * Dividing keys among custodians. Layer: verbs. Invariant: the recovery key
 * exists only here, between its birth and the last sealed share; nothing is
 * stored that opens without m of them.
 */
#include "vault/split.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/custody.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/crypto/shamir.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/txn.h"

/* What is being made. */
struct splitting {
	struct split s;
	const struct hrv_split_args *args;
	char fprs[SHAMIR_MAX][FPR_SIZE]; /* sorted: index 1 is the first */
	struct buf comps;
	struct buf grant; /* secret */
	struct buf ids;
	struct buf sealed[SHAMIR_MAX];
	uint8_t hashes[SHAMIR_MAX][32];
	uint8_t kcv[KEY_CHECK_LEN];
	uint8_t package[32];
};

static void
splitting_clear(struct splitting *x)
{
	for (size_t i = 0; i < SHAMIR_MAX; i++)
		buf_clear(&x->sealed[i]);
	buf_clear(&x->ids);
	buf_clear(&x->grant);
	buf_clear(&x->comps);
}

/* A custodian's key: one that can do what custodians do. */
static int
find_custodian(struct hrv_vault *v, const char *who, char out[FPR_SIZE],
    struct hrv_err *err)
{
	struct pgp_key_info k;
	const char *why = NULL;
	int rc = pgp_key_find(v->pgp, who, false, &k, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "a custodian's public key is not in your keyring");
		return hrv_hint(err, "gpg --import FILE, and compare the "
				     "fingerprint with its owner");
	}
	if (rc != HRV_OK)
		return rc;
	if (k.revoked || k.expired)
		why = k.revoked ? "is revoked" : "has expired";
	else if (k.disabled || k.invalid)
		why = "is disabled or not valid in your keyring";
	else if (!k.can_encrypt || !k.can_sign)
		why = "cannot both encrypt and sign";
	if (why != NULL)
		return hrv_fail(
		    err, HRV_EKEY, "the custodian's key %s %s", k.fpr, why);
	memcpy(out, k.fpr, FPR_SIZE);
	return HRV_OK;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
read_custodians(struct hrv_vault *v, struct splitting *x, struct hrv_err *err)
{
	const struct hrv_split_args *a = x->args;
	int rc = HRV_OK;

	if (a->n < 2 || a->n > SHAMIR_MAX || a->threshold < 2 ||
	    a->threshold > a->n) {
		hrv_fail(err, HRV_EUSAGE,
		    "name 2 to %d custodians, and 2 or more of them as the "
		    "threshold",
		    SHAMIR_MAX);
		return hrv_hint(
		    err, "hrvault key split --threshold 2 KEY KEY KEY");
	}
	for (size_t i = 0; rc == HRV_OK && i < a->n; i++)
		rc = find_custodian(v, a->custodians[i], x->fprs[i], err);
	if (rc != HRV_OK)
		return rc;
	qsort(x->fprs, a->n, sizeof(x->fprs[0]), by_text);
	for (size_t i = 1; i < a->n; i++) {
		if (strcmp(x->fprs[i], x->fprs[i - 1]) == 0)
			return hrv_fail(err, HRV_EUSAGE,
			    "%s is named twice: one custodian, one share",
			    x->fprs[i]);
	}
	x->s.m = a->threshold;
	x->s.n = (unsigned)a->n;
	return HRV_OK;
}

/* Every compartment of the vault, "a,b". */
static int
all_compartments(const struct slots *s, struct buf *out, struct hrv_err *err)
{
	char name[KEY_ID_SIZE];
	uint32_t version;

	for (size_t i = 0; i < s->n_keys; i++) {
		if (s->keys[i].status != KEY_ENABLED ||
		    !slots_key_split(s->keys[i].id, name, &version) ||
		    strncmp(name, "kek/", 4) != 0 ||
		    role_reserved_compartment(name + 4) ||
		    slots_list_has(buf_str(out), name + 4))
			continue;
		buf_addf(out, "%s%s", out->len > 0 ? "," : "", name + 4);
	}
	return buf_ok(out, err);
}

/* Everything that goes into the grant must be held: a recovery that lacks a
 * key is found out when it is too late. */
static int
check_whole(
    const struct hrv_vault *v, const struct slot_member *m, struct hrv_err *err)
{
	char name[KEY_ID_SIZE];
	uint32_t version;

	for (size_t i = 0; i < v->slots->n_keys; i++) {
		const struct slot_key *k = &v->slots->keys[i];

		if (k->status == KEY_DESTROYED ||
		    !slots_key_split(k->id, name, &version) ||
		    !keyring_belongs(m, name) ||
		    keyring_get(&v->ring, name, version) != NULL)
			continue;
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key %s, so you cannot divide it",
		    k->id);
		return hrv_hint(err, "name what you hold by --compartment, or "
				     "ask a member who holds it");
	}
	return HRV_OK;
}

static int
make_grant(struct hrv_vault *v, struct splitting *x, struct hrv_err *err)
{
	const char *list = x->args->compartments;
	struct slot_member m = { .role = list == NULL ? ROLE_DPO : ROLE_HR };
	int rc = HRV_OK;

	if (list != NULL && list[0] == '\0')
		return hrv_fail(err, HRV_EUSAGE, "no compartment is named");
	if (list == NULL)
		rc = all_compartments(v->slots, &x->comps, err);
	else
		buf_adds(&x->comps, list);
	if (rc == HRV_OK)
		rc = buf_ok(&x->comps, err);
	if (rc != HRV_OK)
		return rc;
	m.compartments = (char *)x->comps.data;
	rc = check_whole(v, &m, err);
	if (rc == HRV_OK)
		rc = keyring_write_grant(
		    &v->ring, v->slots, &m, &x->grant, &x->ids, err);
	return rc;
}

static int
seal_share(struct hrv_vault *v, struct splitting *x, unsigned i,
    struct key *secret, struct hrv_err *err)
{
	struct share s = {
		.m = x->s.m, .n = x->s.n, .index = i + 1, .secret = secret
	};
	const char *const to[] = { x->fprs[i] };
	const struct pgp_to one = { to, 1 };
	struct buf text = BUF_INIT_SECRET;
	int rc;

	memcpy(s.vault, v->id, sizeof(s.vault));
	memcpy(s.split, x->s.id, sizeof(s.split));
	memcpy(s.custodian, x->fprs[i], sizeof(s.custodian));
	rc = share_format(&s, &text, err);
	if (rc == HRV_OK) {
		crypt_sha256(text.data, text.len, x->hashes[i]);
		rc = pgp_encrypt(
		    v->pgp, &one, text.data, text.len, &x->sealed[i], err);
	}
	buf_clear(&text);
	return rc;
}

static void
new_id(struct split *s)
{
	struct buf hex = BUF_INIT;

	crypt_random(s->id, sizeof(s->id));
	enc_hex(&hex, s->id, sizeof(s->id));
	memccpy(s->hex, buf_str(&hex), '\0', sizeof(s->hex));
	buf_clear(&hex);
}

/* The recovery key, its shares and the file it opens. */
static int
divide(struct hrv_vault *v, struct splitting *x, struct hrv_err *err)
{
	struct key *recovery = NULL, *shares[SHAMIR_MAX] = { NULL };
	char id[16 + SPLIT_HEX] = "split/";
	int rc;

	new_id(&x->s);
	memccpy(id + 6, x->s.hex, '\0', SPLIT_HEX);
	rc = key_new_random(KEY_LEN, &recovery, err);
	if (rc == HRV_OK)
		rc = key_check_value(recovery, id, x->kcv, err);
	if (rc == HRV_OK)
		rc = shamir_split(recovery, x->s.m, x->s.n, shares, err);
	for (unsigned i = 0; rc == HRV_OK && i < x->s.n; i++)
		rc = seal_share(v, x, i, shares[i], err);
	if (rc == HRV_OK)
		rc = split_pack(v, &x->s, recovery, &x->grant, x->package, err);
	for (unsigned i = 0; i < SHAMIR_MAX; i++)
		key_free(shares[i]);
	key_free(recovery);
	return rc;
}

static int
add_custodians(json_t *list, const struct splitting *x)
{
	int bad = list == NULL ? -1 : 0;

	for (unsigned i = 0; bad == 0 && i < x->s.n; i++) {
		json_t *c = json_object();

		bad = json_set_str(c, "custodian", x->fprs[i]) ||
		      json_set_int(c, "index", (int64_t)i + 1) ||
		      json_set_hex(c, "sha256", x->hashes[i], 32) ||
		      json_array_append(list, c);
		json_decref(c);
	}
	return bad;
}

/* A sorted list of the ids. */
static json_t *
id_list(const struct buf *ids)
{
	json_t *in = member_words(buf_str(ids)), *out = json_array();

	for (size_t i = 0; out != NULL && i < json_array_size(in); i++) {
		const char *t = json_string_value(json_array_get(in, i));
		size_t at = 0;

		while (
		    at < json_array_size(out) &&
		    strcmp(json_string_value(json_array_get(out, at)), t) < 0)
			at++;
		if (json_array_insert_new(out, at, json_string(t))) {
			json_decref(out);
			out = NULL;
		}
	}
	json_decref(in);
	return out;
}

static int
make_payload(const struct splitting *x, json_t *p, struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = add_custodians(list, x) ||
		  json_set_str(p, "split", x->s.hex) ||
		  json_set_int(p, "threshold", (int64_t)x->s.m) ||
		  json_set_int(p, "shares", (int64_t)x->s.n) ||
		  json_object_set_new(p, "ids", id_list(&x->ids)) ||
		  json_set_b64(p, "kcv", x->kcv, sizeof(x->kcv)) ||
		  json_set_hex(p, "package", x->package, 32) ||
		  json_object_set(p, "custodians", list);

	json_decref(list);
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

/* What a second person approves: who will be able to do what, with how many
 * others. */
static int
ask_second(struct hrv_vault *v, const struct splitting *x, struct approval *ret,
    struct hrv_err *err)
{
	json_t *what = json_object(), *who = json_array();
	struct proposal_args two = { .kind = "key.split", .what = what };
	int bad = what == NULL || who == NULL;
	int rc;

	for (unsigned i = 0; !bad && i < x->s.n; i++)
		bad = json_array_append_new(who, json_string(x->fprs[i]));
	bad = bad || json_set_int(what, "threshold", (int64_t)x->s.m) ||
	      json_object_set(what, "custodians", who) ||
	      json_object_set_new(what, "ids", id_list(&x->ids));
	rc = bad ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		 : proposal_require(v, &two, ret, err);
	json_decref(who);
	json_decref(what);
	return rc;
}

static int
give_shares(const struct splitting *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (unsigned i = 0; rc == HRV_OK && i < x->s.n; i++)
		rc = x->args->give(x->args->ctx, i + 1, x->fprs[i],
		    x->sealed[i].data, x->sealed[i].len, err);
	return rc;
}

static int
commit_split(struct hrv_vault *v, const struct splitting *x,
    const struct approval *approval, struct hrv_err *err)
{
	struct entry e = ENTRY("key.split");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = make_payload(x, p, err);

	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = approval_log(approval, &e, p, err);
	if (rc == HRV_OK) {
		e.payload = p;
		rc = txn_entry(v, &e, &leaf, err);
	}
	if (rc == HRV_OK)
		rc = proposal_done(v, approval, leaf, err);
	if (rc == HRV_OK)
		rc = split_add_rows(v, &x->s, leaf, err);
	if (rc == HRV_OK)
		rc = give_shares(x, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

static json_t *
result(const struct splitting *x)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "split", x->s.hex) ||
	    json_set_int(o, "threshold", (int64_t)x->s.m) ||
	    json_set_int(o, "shares", (int64_t)x->s.n) ||
	    json_set_int(o, "confirmed", 0) ||
	    json_set_str(o, "state", split_state_name(SPLIT_PENDING)) ||
	    json_object_set_new(o, "keys", id_list(&x->ids))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
hrv_key_split(struct hrv_vault *v, const struct hrv_split_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct splitting x = { .args = args, .grant = BUF_INIT_SECRET };
	struct entry e = ENTRY("key.split");
	struct approval approval = { .alone = false };
	struct hrv_err ignored;
	json_t *doc = NULL;
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_OK)
		rc = read_custodians(v, &x, err);
	if (rc == HRV_OK)
		rc = make_grant(v, &x, err);
	if (rc == HRV_EREFUSED) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (rc == HRV_OK)
		rc = ask_second(v, &x, &approval, err);
	if (rc == HRV_OK)
		rc = divide(v, &x, err);
	if (rc == HRV_OK && (doc = result(&x)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK) {
		rc = commit_split(v, &x, &approval, err);
		if (rc != HRV_OK)
			split_discard(v, &x.s);
	}
	/* It is made; what could not be tidied, the next transaction does. */
	if (rc == HRV_OK)
		(void)!split_tidy(v, &ignored);
	if (rc != HRV_OK)
		goto out;
	*ret_doc = (struct hrv_doc *)doc;
	doc = NULL;
out:
	json_decref(doc);
	splitting_clear(&x);
	return rc;
}
