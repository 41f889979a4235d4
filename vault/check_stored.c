/* SPDX-License-Identifier: ISC */
/*
 * Bodies and keys: what is stored of every live version still has the hash
 * that was logged with it, and its key is there. Layer: verbs. No key of a
 * record is opened here.
 */
#include <string.h>

#include "vault/check_int.h"
#include "vault/crypto/crypt.h"
#include "vault/deklist.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"

static int
hash_piece(void *ctx, const uint8_t *data, size_t len, struct hrv_err *err)
{
	(void)err;
	crypt_sha256_add(ctx, data, len);
	return HRV_OK;
}

static int
hash_body(struct pack_reader *r, const struct pack_ref *ref, uint8_t out[32],
    struct hrv_err *err)
{
	struct crypt_sha256_ctx *sha = crypt_sha256_new();
	int rc;

	if (sha == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = pack_read(r, ref, hash_piece, sha, err);
	if (rc == HRV_OK)
		crypt_sha256_final(sha, out);
	else
		crypt_sha256_free(sha);
	return rc;
}

/* One live version: its sealed body, or its header where it has none. */
static int
check_body(struct check *c, struct pack_reader *r, struct stmt *st,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	char text[ID_TEXT_SIZE];
	uint8_t want[32], got[32];
	struct pack_ref ref;
	const uint8_t *p;
	size_t len;
	int rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = db_col_fixed(st, 5, want, sizeof(want), err);
	if (rc != HRV_OK)
		return rc;
	c->bodies++;
	id_format(&id, text);
	if (db_col_null(st, 2)) {
		p = db_col_blob(st, 6, &len);
		crypt_sha256(p, len, got);
	} else {
		ref = (struct pack_ref){ (uint32_t)db_col_int(st, 2),
			(uint64_t)db_col_int(st, 3),
			(uint64_t)db_col_int(st, 4) };
		rc = hash_body(r, &ref, got, err);
	}
	if (rc == HRV_OK && memcmp(want, got, sizeof(got)) != 0)
		check_problem(c,
		    "%s version %lld: what is stored is not what was sealed",
		    text, (long long)db_col_int(st, 1));
	return check_take(c, rc, text, err);
}

/* What lies behind a pack's committed length belongs to nobody: the next
 * writer would write over it. */
static int
check_lengths(struct check *c, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	char text[ID_TEXT_SIZE];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(c->v->db, SQL_CHECK_LIST_BEYOND, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		id_format(&id, text);
		check_problem(c,
		    "%s version %lld: it lies behind the committed end of its "
		    "pack",
		    text, (long long)db_col_int(st, 1));
	}
	db_reset(st);
	return rc;
}

int
check_bodies(struct check *c, struct hrv_err *err)
{
	struct pack_reader *r = NULL;
	struct stmt *st;
	bool more = false;
	int rc = check_lengths(c, err);

	if (rc == HRV_OK)
		rc = pack_reader_new(c->v->dir, &r, err);
	if (rc == HRV_OK)
		rc = db_stmt(c->v->db, SQL_CHECK_LIST_BODIES, &st, err);
	if (rc != HRV_OK)
		goto out;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = check_body(c, r, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
out:
	pack_reader_free(r);
	return rc;
}

/* Keys that nothing refers to. */
struct orphans {
	struct deklist wanted;
	struct check *check;
	uint64_t n;
};

static int
see_key(void *ctx, const struct keystore_dek *dek, struct hrv_err *err)
{
	struct orphans *o = ctx;

	(void)err;
	o->check->keys++;
	if (!deklist_has(&o->wanted, dek->dek_id))
		o->n++;
	return HRV_OK;
}

/* Live versions whose key is gone. */
static int
check_missing(struct check *c, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	struct keystore_dek dek;
	uint8_t want[DEK_ID_LEN];
	char text[ID_TEXT_SIZE];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(c->v->db, SQL_VERSION_LIST_DEKS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, want, sizeof(want), err);
		if (rc == HRV_OK)
			rc = db_col_fixed(st, 1, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = keystore_get(c->v->ks, want, &dek, err);
		id_format(&id, text);
		if (rc == HRV_OK &&
		    memcmp(dek.record_id, id.b, ID_BYTES) != 0) {
			check_problem(c,
			    "%s version %lld: its key belongs to another "
			    "record",
			    text, (long long)db_col_int(st, 2));
		} else if (rc == HRV_ENOTFOUND) {
			check_problem(c, "%s version %lld: its key is missing",
			    text, (long long)db_col_int(st, 2));
			rc = HRV_OK;
		}
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

int
check_keys(struct check *c, struct hrv_err *err)
{
	struct orphans o = { .check = c };
	int rc;

	if (!keyring_has(&c->v->ring, KEY_WRITE)) {
		check_note(c->skipped,
		    "the keys: the role %s cannot open the keystore",
		    role_name(c->v->role));
		return HRV_OK;
	}
	rc = keys_open(c->v, err);
	if (rc == HRV_OK)
		rc = check_missing(c, err);
	if (rc == HRV_OK)
		rc = deklist_query(
		    c->v, &o.wanted, SQL_VERSION_LIST_DEKS, NULL, err);
	if (rc == HRV_OK)
		rc = deklist_query(
		    c->v, &o.wanted, SQL_DETAIL_LIST_DEKS, NULL, err);
	if (rc == HRV_OK)
		rc = deklist_query(
		    c->v, &o.wanted, SQL_KASE_LIST_COPY_DEKS, NULL, err);
	if (rc == HRV_OK) {
		deklist_sort(&o.wanted);
		rc = keystore_walk(c->v->ks, see_key, &o, err);
	}
	if (rc == HRV_OK && o.n > 0)
		check_note(c->remarks,
		    "%llu key%s of changes that were never finished; a purge "
		    "leaves them out once they are old",
		    (unsigned long long)o.n, o.n == 1 ? "" : "s");
	deklist_clear(&o.wanted);
	return check_take(c, rc, "the keystore", err);
}
