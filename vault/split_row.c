/* SPDX-License-Identifier: ISC */
/*
 * Splits as the tables and the log have them. Layer: verbs. Invariant: what a
 * share has to be is read from the log's payload; the table says where that
 * is, and how far the split is.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/pgp.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/split.h"
#include "vault/store/db.h"

const char *
split_state_name(enum split_state state)
{
	static const char *const names[] = { "replaced", "pending", "ready" };

	return names[state];
}

static int
read_row(struct stmt *st, struct split *s, struct hrv_err *err)
{
	struct buf hex = BUF_INIT;
	int rc = db_col_fixed(st, 0, s->id, sizeof(s->id), err);

	if (rc != HRV_OK)
		return rc;
	s->leaf = (uint64_t)db_col_int(st, 1);
	s->n = (unsigned)db_col_int(st, 2);
	s->confirmed = (unsigned)db_col_int(st, 3);
	s->m = (unsigned)db_col_int(st, 4);
	enc_hex(&hex, s->id, sizeof(s->id));
	memccpy(s->hex, buf_str(&hex), '\0', sizeof(s->hex));
	buf_clear(&hex);
	return HRV_OK;
}

/* Newest first: whatever lies behind the first whole one was replaced, and of
 * those that wait only the newest counts. */
static void
judge(struct split *list, size_t n)
{
	bool behind = false;

	for (size_t i = 0; i < n; i++) {
		bool whole = list[i].confirmed == list[i].n;

		list[i].state = behind	 ? SPLIT_REPLACED
				: whole	 ? SPLIT_READY
				: i == 0 ? SPLIT_PENDING
					 : SPLIT_REPLACED;
		behind = behind || whole;
	}
}

int
split_list(
    struct hrv_vault *v, struct split **ret, size_t *ret_n, struct hrv_err *err)
{
	struct split *list = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(v->db, SQL_SHARE_LIST_SPLITS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n] = (struct split){ 0 };
		rc = read_row(st, &list[n++], err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	judge(list, n);
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

int
split_find(struct hrv_vault *v, const uint8_t id[SPLIT_ID_LEN],
    struct split *ret, struct hrv_err *err)
{
	struct split *list = NULL;
	size_t n = 0;
	int rc = split_list(v, &list, &n, err);

	if (rc != HRV_OK)
		return rc;
	rc = HRV_EREFUSED;
	for (size_t i = 0; i < n; i++) {
		if (memcmp(list[i].id, id, SPLIT_ID_LEN) == 0) {
			*ret = list[i];
			rc = HRV_OK;
		}
	}
	free(list);
	if (rc == HRV_OK)
		return rc;
	return hrv_fail_as(err, HRV_EREFUSED, "other-split",
	    "this vault knows no split with that id");
}

int
split_payload(struct hrv_vault *v, const struct split *s, json_t **ret,
    struct hrv_err *err)
{
	struct buf leaf = BUF_INIT, text = BUF_INIT;
	struct leaf l = LEAF_INIT;
	json_t *p = NULL;
	const char *hex = NULL;
	int rc = log_read(v->db, s->leaf, &leaf, &text, err);

	if (rc == HRV_OK)
		rc = leaf_parse(leaf.data, leaf.len, &l, err);
	if (rc == HRV_OK)
		rc = json_read(text.data, text.len, &p, err);
	if (rc == HRV_OK)
		hex = json_str(p, "split");
	if (rc == HRV_ENOMEM)
		goto out;
	if (rc != HRV_OK || strcmp(l.op->name, "key.split") != 0 ||
	    hex == NULL || strcmp(hex, s->hex) != 0) {
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log entry of split %s is another one", s->hex);
		goto out;
	}
	*ret = p;
	p = NULL;
out:
	json_decref(p);
	buf_clear(&text);
	buf_clear(&leaf);
	return rc;
}

/* What the log says of share number `index`, or NULL. */
static const json_t *
share_of(const json_t *payload, unsigned index)
{
	const json_t *list = json_object_get(payload, "custodians");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (json_int(c, "index", 0) == (int64_t)index)
			return c;
	}
	return NULL;
}

/* The share is the one that was made, and for whom it was made. */
static int
check_share(const json_t *payload, const struct share_word *w,
    const struct split *s, struct hrv_err *err)
{
	const json_t *c = share_of(payload, w->index);
	const char *fpr = json_str(c, "custodian");
	const char *hex = json_str(c, "sha256");
	uint8_t hash[32];

	if (fpr == NULL || hex == NULL || strcmp(fpr, w->custodian) != 0)
		return hrv_fail(err, HRV_EREFUSED,
		    "share %u of split %s was not given to %s", w->index,
		    s->hex, w->custodian);
	if (!enc_unhex(hex, strlen(hex), hash, sizeof(hash)) ||
	    memcmp(hash, w->share, sizeof(hash)) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "this is not share %u of split %s as it was made: another "
		    "one, or altered",
		    w->index, s->hex);
	return HRV_OK;
}

static int
check_sig(struct hrv_vault *v, const struct share_word *w, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct pgp_signed in = { .sig = w->sig.data, .sig_len = w->sig.len };
	struct pgp_sig got;
	int rc = share_word_bytes(w, &text, err);

	in.data = text.data;
	in.len = text.len;
	if (rc == HRV_OK)
		rc = pgp_verify_detached(v->pgp, &in, &got, err);
	buf_clear(&text);
	if (rc == HRV_EINTEGRITY && strcmp(err->name, "unknown-signer") == 0) {
		hrv_fail(err, HRV_EKEY,
		    "the public key of the custodian %s is not in your keyring",
		    w->custodian);
		return hrv_hint(err, "gpg --import FILE");
	}
	if (rc == HRV_OK && strcmp(got.fpr, w->custodian) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "it is signed by another key than the custodian's, %s",
		    w->custodian);
	return rc;
}

int
split_check_word(struct hrv_vault *v, const struct split *s,
    const json_t *payload, const struct share_word *w, struct hrv_err *err)
{
	int rc = check_share(payload, w, s, err);

	return rc == HRV_OK ? check_sig(v, w, err) : rc;
}

int
split_add_rows(struct hrv_vault *v, const struct split *s, uint64_t leaf,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (unsigned i = 1; rc == HRV_OK && i <= s->n; i++) {
		struct stmt *st;

		rc = db_stmt(v->db, SQL_SHARE_ADD, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, s->id, sizeof(s->id));
		(void)db_bind_int(st, 2, (int64_t)i);
		(void)db_bind_int(st, 3, (int64_t)leaf);
		(void)db_bind_int(st, 4, (int64_t)s->m);
		rc = db_run(st, err);
	}
	return rc;
}

int
split_set_confirmed(struct hrv_vault *v, const struct split *s, unsigned index,
    uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_SHARE_SET_CONFIRMED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, s->id, sizeof(s->id));
	(void)db_bind_int(st, 2, (int64_t)index);
	(void)db_bind_int(st, 3, (int64_t)leaf);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(v->db) != 1)
		rc = hrv_fail_as(err, HRV_EREFUSED, "confirmed",
		    "share %u was confirmed before", index);
	return rc;
}
