/* SPDX-License-Identifier: ISC */
/*
 * Recovery shares in the log: that a split is one, that only custodians of it
 * confirm and hand over, and that the table says the same. Layer: verbs.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/pgp.h"
#include "vault/crypto/shamir.h"
#include "vault/share.h"
#include "vault/store/db.h"
#include "vault/vault_trust.h"
#include "vault/verify_int.h"

static bool
is_op(const struct leaf *l, const char *name)
{
	return strcmp(l->op->name, name) == 0;
}

static bool
read_id(const json_t *json, uint8_t out[SPLIT_ID_LEN])
{
	const char *hex = json_str(json, "split");

	return hex != NULL && enc_unhex(hex, strlen(hex), out, SPLIT_ID_LEN);
}

static struct verify_share *
find_share(struct verify *y, const uint8_t split[SPLIT_ID_LEN], int64_t index)
{
	for (size_t i = y->n_shares; i > 0; i--) {
		struct verify_share *s = &y->shares[i - 1];

		if (memcmp(s->split, split, SPLIT_ID_LEN) == 0 &&
		    (index == 0 || (int64_t)s->index == index))
			return s;
	}
	return NULL;
}

/* Number i (from 0) of the list of custodians; false when it is none. */
static bool
read_share(const json_t *list, size_t i, struct verify_share *s)
{
	const json_t *c = json_array_get(list, i);
	const char *fpr = json_str(c, "custodian");
	const char *hex = json_str(c, "sha256");

	s->index = (unsigned)i + 1;
	if (fpr == NULL || strlen(fpr) != FPR_LEN || hex == NULL ||
	    json_int(c, "index", 0) != (int64_t)s->index)
		return false;
	memcpy(s->custodian, fpr, FPR_SIZE);
	return enc_unhex(hex, strlen(hex), s->hash, sizeof(s->hash));
}

static int
fold_split(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const json_t *list = json_object_get(json, "custodians");
	struct verify_share s = { .leaf = y->f.size };
	size_t n = json_array_size(list);
	int64_t m = json_int(json, "threshold", 0);
	bool good = read_id(json, s.split) && n >= 2 && n <= SHAMIR_MAX &&
		    m >= 2 && m <= (int64_t)n &&
		    json_int(json, "shares", 0) == (int64_t)n &&
		    find_share(y, s.split, 0) == NULL;

	s.threshold = (unsigned)m;
	for (size_t i = 0; good && i < n; i++) {
		int rc = verify_grow(
		    &y->shares, y->n_shares, &y->shares_cap, sizeof(s), err);

		if (rc != HRV_OK)
			return rc;
		good = read_share(list, i, &s) &&
		       (i == 0 || strcmp(y->shares[y->n_shares - 1].custodian,
				      s.custodian) < 0);
		if (good)
			y->shares[y->n_shares++] = s;
	}
	if (!good)
		verify_problem(y, y->f.size,
		    "it divides no key among "
		    "custodians");
	return HRV_OK;
}

/* The signature of the custodian, when the slot file has the certificate. */
static int
check_sig(struct verify *y, const struct verify_share *s, const char *to,
    const char *sig, struct hrv_err *err)
{
	struct share_word w = { .pass = to != NULL, .index = s->index };
	struct buf text = BUF_INIT;
	struct pgp_signed in = { 0 };
	struct pgp_sig got;
	struct trust *t = NULL;
	int rc = HRV_OK;

	if (slots_cert(y->v->slots, s->custodian) == NULL)
		return HRV_OK;
	memcpy(w.vault, y->v->id, sizeof(w.vault));
	memcpy(w.split, s->split, sizeof(w.split));
	memcpy(w.custodian, s->custodian, sizeof(w.custodian));
	memcpy(w.share, s->hash, sizeof(w.share));
	if (to != NULL)
		snprintf(w.to, sizeof(w.to), "%s", to);
	if (!enc_unb64(sig, strlen(sig), &w.sig))
		rc = HRV_EINTEGRITY;
	if (rc == HRV_OK)
		rc = vault_trust(y->v, &t, err);
	if (rc == HRV_OK)
		rc = share_word_bytes(&w, &text, err);
	in = (struct pgp_signed){ w.sig.data, w.sig.len, text.data, text.len };
	if (rc == HRV_OK)
		rc = pgp_verify_detached(t->pgp, &in, &got, err);
	if (rc == HRV_EINTEGRITY ||
	    (rc == HRV_OK && strcmp(got.fpr, s->custodian) != 0)) {
		verify_problem(y, y->f.size,
		    "the signature of the custodian %s does not verify",
		    s->custodian);
		rc = HRV_OK;
	}
	buf_clear(&text);
	share_word_clear(&w);
	return rc;
}

static int
fold_confirm(struct verify *y, const json_t *json, struct hrv_err *err)
{
	const char *fpr = json_str(json, "custodian");
	const char *sig = json_str(json, "signature");
	uint8_t split[SPLIT_ID_LEN];
	struct verify_share *s = NULL;

	if (read_id(json, split) && json_int(json, "index", 0) > 0)
		s = find_share(y, split, json_int(json, "index", 0));
	if (s == NULL || fpr == NULL || sig == NULL || s->confirmed != 0 ||
	    strcmp(fpr, s->custodian) != 0) {
		verify_problem(y, y->f.size,
		    "it confirms no share that waits for that custodian");
		return HRV_OK;
	}
	s->confirmed = y->f.size;
	return check_sig(y, s, NULL, sig, err);
}

/* Takes a split out of the list; false when it does not wait. */
static bool
take_out(struct verify *y, const char *hex)
{
	uint8_t split[SPLIT_ID_LEN];
	bool waits = false;
	size_t kept = 0;

	if (hex == NULL || !enc_unhex(hex, strlen(hex), split, sizeof(split)))
		return false;
	for (size_t i = 0; i < y->n_shares; i++) {
		const struct verify_share *s = &y->shares[i];
		bool same = memcmp(s->split, split, SPLIT_ID_LEN) == 0;

		waits = waits || (same && s->confirmed == 0);
	}
	for (size_t i = 0; waits && i < y->n_shares; i++) {
		if (memcmp(y->shares[i].split, split, SPLIT_ID_LEN) != 0)
			y->shares[kept++] = y->shares[i];
	}
	y->n_shares = waits ? kept : y->n_shares;
	return waits;
}

/* Only what waits is taken back; its shares are of no split then. */
static void
fold_withdraw(struct verify *y, const json_t *json)
{
	const json_t *list = json_object_get(json, "splits");
	bool good = json_array_size(list) > 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *id = json_array_get(list, i);

		good = take_out(y, json_string_value(id)) && good;
	}
	if (!good)
		verify_problem(
		    y, y->f.size, "it takes back a split that does not wait");
}

/* One hand-over of a recovery; *seen: indexes so far. */
static int
check_pass(struct verify *y, const json_t *json, const json_t *o,
    uint64_t *seen, struct hrv_err *err)
{
	const char *fpr = json_str(o, "custodian");
	const char *sig = json_str(o, "signature");
	const char *to = json_str(json, "member");
	int64_t index = json_int(o, "index", 0);
	uint8_t split[SPLIT_ID_LEN];
	struct verify_share *s = NULL;

	if (read_id(json, split) && index > 0 && index <= SHAMIR_MAX)
		s = find_share(y, split, index);
	if (s == NULL || fpr == NULL || sig == NULL || to == NULL ||
	    strcmp(fpr, s->custodian) != 0 ||
	    (*seen & UINT64_C(1) << index) != 0) {
		verify_problem(
		    y, y->f.size, "it names a share that no custodian has");
		return HRV_OK;
	}
	*seen |= UINT64_C(1) << index;
	return check_sig(y, s, to, sig, err);
}

static int
fold_recover(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	const json_t *list = json_object_get(json, "shares");
	int64_t quorum = json_int(json, "quorum", 0);
	bool alone = json_int(json, "alone", 0) == 1;
	uint8_t split[SPLIT_ID_LEN];
	struct verify_share *s = NULL;
	uint64_t seen = 0;
	int rc = HRV_OK;

	if (read_id(json, split))
		s = find_share(y, split, 0);
	if (s == NULL || json_array_size(list) < s->threshold ||
	    (quorum != 0 && quorum != (int64_t)s->threshold))
		verify_problem(y, y->f.size,
		    "it recovers keys with fewer shares than are needed");
	if (l->proposal[0] == '\0' && !alone && quorum == 0)
		verify_problem(
		    y, y->f.size, "nobody approved it, and no quorum");
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = check_pass(y, json, json_array_get(list, i), &seen, err);
	return rc;
}

int
verify_share_entry(struct verify *y, const struct leaf *l, const json_t *json,
    struct hrv_err *err)
{
	if (is_op(l, "key.split"))
		return fold_split(y, json, err);
	if (is_op(l, "key.confirm"))
		return fold_confirm(y, json, err);
	if (is_op(l, "key.withdraw"))
		fold_withdraw(y, json);
	if (is_op(l, "key.recover"))
		return fold_recover(y, l, json, err);
	return HRV_OK;
}

static bool
same_row(struct stmt *st, const struct verify_share *s, struct hrv_err *err)
{
	uint8_t split[SPLIT_ID_LEN];

	return db_col_fixed(st, 0, split, sizeof(split), err) == HRV_OK &&
	       memcmp(split, s->split, sizeof(split)) == 0 &&
	       db_col_int(st, 1) == (int64_t)s->index &&
	       db_col_int(st, 2) == (int64_t)s->leaf &&
	       db_col_int(st, 3) == (int64_t)s->confirmed &&
	       db_col_int(st, 4) == (int64_t)s->threshold;
}

int
verify_share_end(struct verify *y, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false, same = true;
	size_t i = 0;
	int rc = db_stmt(y->v->db, SQL_SHARE_LIST, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		same =
		    same && i < y->n_shares && same_row(st, &y->shares[i], err);
		i++;
	}
	db_reset(st);
	if (rc == HRV_OK && (!same || i != y->n_shares))
		verify_problem_log(y, "the table of recovery shares is not "
				      "what the log made of it");
	return rc;
}
