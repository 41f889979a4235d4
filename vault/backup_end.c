/* SPDX-License-Identifier: ISC */
/*
 * How one epoch ends. Layer: verbs. Invariants: what lies there is noted in the
 * log before it is touched, and attested after; a file that was not there is
 * not called destroyed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Where, and what came of it. */
struct work {
	struct hrv_vault *v;
	const char *dir;
	struct epoch_end *ret;
};

/* What lies in the place of a private half. */
struct half {
	char *path;
	bool there; /* anything at all */
	bool same;  /* and it is what the log says was put there */
	struct file_medium medium;
};

/* One epoch that ends. */
struct ending {
	const struct epoch *e;
	struct receipt *intent;
	struct half half;
	bool found;
	uint64_t announced; /* entry of a run that found it and died; 0 */
	bool ended;	    /* by another command, just now */
	struct buf text, sig;
};

static int
look(struct work *w, const struct epoch *e, struct half *h, struct hrv_err *err)
{
	struct buf data = BUF_INIT;
	char name[64];
	uint8_t hash[32];
	int rc = HRV_OK;

	epoch_name(e, ".pgp", name);
	h->there = h->same = false;
	snprintf(h->medium.text, sizeof(h->medium.text), "unknown");
	if (h->path == NULL)
		rc = file_join(w->dir, name, &h->path, err);
	if (rc == HRV_OK)
		rc = file_read(h->path, EPOCH_SEALED_MAX, &data, err);
	h->there = rc == HRV_OK || rc == HRV_EINTEGRITY;
	crypt_sha256(data.data, data.len, hash);
	h->same = rc == HRV_OK && memcmp(hash, e->sealed, sizeof(hash)) == 0;
	if (h->there)
		(void)!file_medium(h->path, &h->medium, NULL);
	buf_clear(&data);
	return h->there || rc == HRV_ENOTFOUND ? HRV_OK : rc;
}

/* A run that found it, said so, and did not live to say more. */
struct search {
	int64_t epoch;
	uint64_t before, at;
};

static int
find_announced(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	static const char op[] = "\nop backup.expire\nphase intent\n";
	struct search *s = ctx;
	json_t *p = NULL;
	int rc;

	if (row->index >= s->before || row->payload_len == 0 ||
	    memmem(row->leaf, row->leaf_len, op, sizeof(op) - 1) == NULL)
		return HRV_OK;
	rc = json_read(row->payload, row->payload_len, &p, err);
	if (rc == HRV_OK && json_int(p, "epoch", 0) == s->epoch &&
	    json_int(p, "found", 0) == 1)
		s->at = row->index;
	json_decref(p);
	return rc;
}

/* The attestation's text. */
static int
attest(struct work *w, struct ending *x, struct hrv_err *err)
{
	const struct epoch *e = x->e;
	struct hrv_vault *v = w->v;
	char now[WHEN_TEXT_LEN + 1];
	json_t *o = json_object();
	int rc = HRV_OK;

	if (!when_format(vault_now(v), now))
		rc = hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	if (rc == HRV_OK &&
	    (o == NULL || json_set_str(o, "format", "hrvault-attestation/1") ||
		json_set_hex(o, "vault", v->id, sizeof(v->id)) ||
		json_set_int(o, "epoch", e->n) ||
		json_set_hex(o, "key", e->key, sizeof(e->key)) ||
		json_set_str(o, "begins", e->begins) ||
		json_set_str(o, "dies", e->dies) ||
		json_set_int(o, "found", x->found) ||
		(x->announced > 0 &&
		    json_set_int(o, "announced", (int64_t)x->announced)) ||
		json_set_hex(o, "sealed_sha256", e->sealed, 32) ||
		json_set_str(o, "medium", x->half.medium.text) ||
		json_set_str(o, "member", v->fpr) ||
		json_set_str(o, "time", now)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(o, &x->text, err);
	json_decref(o);
	return rc == HRV_OK ? pgp_sign_detached(v->pgp, v->fpr, x->text.data,
				  x->text.len, &x->sig, err)
			    : rc;
}

static int
set_ended(struct hrv_vault *v, int64_t n, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_SET_EPOCH_ENDED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, n);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	return db_run(st, err);
}

/* The outcome, with the attestation itself in it: files can be lost. */
static int
log_end(struct work *w, struct ending *x, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || json_set_int(p, "epoch", x->e->n) ||
	    json_set_int(p, "found", x->found) ||
	    json_set_str(p, "attestation", buf_str(&x->text)) ||
	    json_set_b64(p, "signature", x->sig.data, x->sig.len))
		rc = no_memory(err);
	en.payload = p;
	if (rc == HRV_OK)
		rc = receipt_entry(w->v, &x->intent, &en, &leaf, err);
	if (rc == HRV_OK)
		rc = set_ended(w->v, x->e->n, leaf, err);
	json_decref(p);
	return rc;
}

/* What was found, before it is touched: if we die now, the next run can say
 * what became of it. */
static int
announce(struct work *w, struct ending *x, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	struct manifest none = { 0 };
	json_t *p = json_object();
	int rc = look(w, x->e, &x->half, err);

	if (rc == HRV_OK && (p == NULL || json_set_int(p, "epoch", x->e->n) ||
				json_set_int(p, "found", x->half.same) ||
				json_set_str(p, "medium", x->half.medium.text)))
		rc = no_memory(err);
	en.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(w->v, &en, &none, &x->intent, err);
	json_decref(p);
	return rc;
}

/* Whether it still lives, under the lock. */
static int
check_lives(struct work *w, struct ending *x, struct hrv_err *err)
{
	struct epoch *list = NULL;
	size_t n = 0;
	int rc = epoch_list(w->v, &list, &n, err);

	x->ended = true;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (list[i].n == x->e->n)
			x->ended = list[i].ended;
	}
	free(list);
	return rc;
}

/* Somebody else was faster: then that command attested it. */
static int
log_nothing(struct work *w, struct ending *x, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");

	en.result = LEAF_REFUSED;
	en.code = "ended";
	return receipt_entry(w->v, &x->intent, &en, NULL, err);
}

static int
destroy(struct work *w, struct ending *x, struct hrv_err *err)
{
	struct search s = { .epoch = x->e->n,
		.before = receipt_index(x->intent) };
	int rc = look(w, x->e, &x->half, err);

	x->found = x->half.same;
	if (rc == HRV_OK && !x->found) {
		rc = log_each(w->v->db, 0, find_announced, &s, err);
		x->announced = s.at;
		x->found = s.at > 0;
	}
	if (rc == HRV_OK && x->half.there)
		rc = file_destroy(x->half.path, err);
	if (rc == HRV_OK)
		rc = attest(w, x, err);
	return rc == HRV_OK ? log_end(w, x, err) : rc;
}

static int
write_copy(const char *dir, const struct epoch *e, const char *suffix,
    const struct buf *data, struct hrv_err *err)
{
	char name[64], *path = NULL;
	int rc;

	epoch_name(e, suffix, name);
	rc = file_join(dir, name, &path, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    path, data->data, data->len, FILE_MODE_SHARED, err);
	free(path);
	return rc;
}

static const char json_suffix[] = ".attestation.json";
static const char sig_suffix[] = ".attestation.json.sig";

static int
write_both(const char *dir, const struct epoch *e, const struct buf *text,
    const struct buf *sig, struct hrv_err *err)
{
	int rc = write_copy(dir, e, json_suffix, text, err);

	return rc == HRV_OK ? write_copy(dir, e, sig_suffix, sig, err) : rc;
}

/* The log has it already: a copy that cannot be written undoes nothing. */
static void
write_copies(struct work *w, const struct ending *x)
{
	struct hrv_err ignored;
	char *certs = NULL;
	int rc = vault_path(w->v, "certificates", &certs, &ignored);

	if (rc == HRV_OK)
		rc = write_both(w->dir, x->e, &x->text, &x->sig, &ignored);
	if (rc == HRV_OK)
		rc = write_both(certs, x->e, &x->text, &x->sig, &ignored);
	w->ret->uncopied = rc != HRV_OK;
	free(certs);
}

static bool
has_copy(const char *dir, const struct epoch *e, const char *suffix)
{
	char name[64], *path = NULL;
	struct hrv_err ignored;
	bool there;

	epoch_name(e, suffix, name);
	there = file_join(dir, name, &path, &ignored) == HRV_OK &&
		access(path, F_OK) == 0;
	free(path);
	return there;
}

/* Text and signature of an attestation, as its entry has them. */
static int
read_attestation(struct hrv_vault *v, const struct epoch *e, struct buf *text,
    struct buf *sig, struct hrv_err *err)
{
	struct buf leaf = BUF_INIT, payload = BUF_INIT;
	json_t *p = NULL;
	const char *s = NULL, *b64 = NULL;
	int rc = log_read(v->db, e->end, &leaf, &payload, err);

	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, &p, err);
	if (rc == HRV_OK) {
		s = json_str(p, "attestation");
		b64 = json_str(p, "signature");
	}
	if (rc == HRV_OK &&
	    (s == NULL || json_int(p, "epoch", 0) != e->n || b64 == NULL ||
		!enc_unb64(b64, strlen(b64), sig)))
		rc = HRV_EINTEGRITY;
	if (rc == HRV_EUSAGE || rc == HRV_EINTEGRITY || rc == HRV_ENOTFOUND)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "entry %llu of the log does not attest the end of epoch "
		    "%lld",
		    (unsigned long long)e->end, (long long)e->n);
	if (rc == HRV_OK)
		buf_adds(text, s);
	if (rc == HRV_OK)
		rc = buf_ok(text, err);
	json_decref(p);
	buf_clear(&leaf);
	buf_clear(&payload);
	return rc;
}

int
epoch_copies(struct hrv_vault *v, const char *dir, const struct epoch *e,
    bool *ret_uncopied, struct hrv_err *err)
{
	struct buf text = BUF_INIT, sig = BUF_INIT;
	struct hrv_err ignored;
	char *certs = NULL;
	int rc = vault_path(v, "certificates", &certs, err);
	const char *dirs[] = { certs, dir };

	if (dir != NULL && escrow_check(v, dir, e->escrow, &ignored) != HRV_OK)
		dirs[1] = NULL;
	for (int i = 0; rc == HRV_OK && i < 2; i++) {
		if (dirs[i] == NULL || (has_copy(dirs[i], e, json_suffix) &&
					   has_copy(dirs[i], e, sig_suffix)))
			continue;
		if (text.len == 0)
			rc = read_attestation(v, e, &text, &sig, err);
		if (rc == HRV_OK &&
		    write_both(dirs[i], e, &text, &sig, &ignored) != HRV_OK)
			*ret_uncopied = true;
	}
	free(certs);
	buf_clear(&text);
	buf_clear(&sig);
	return rc;
}

static int
count_backups(struct work *w, int64_t epoch, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_BACKUP_COUNT_OF_EPOCH, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, epoch);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	w->ret->unreadable = db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

int
epoch_end(struct hrv_vault *v, const char *dir, const struct epoch *e,
    struct epoch_end *ret, struct hrv_err *err)
{
	struct ending x = { .e = e, .text = BUF_INIT, .sig = BUF_INIT };
	struct work w = { .v = v, .dir = dir, .ret = ret };
	int rc = announce(&w, &x, err);

	*ret = (struct epoch_end){ .done = false };
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = check_lives(&w, &x, err);
	if (rc == HRV_OK)
		rc = x.ended ? log_nothing(&w, &x, err) : destroy(&w, &x, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	if (rc == HRV_OK && !x.ended) {
		ret->done = true;
		ret->found = x.found;
		write_copies(&w, &x);
		rc = count_backups(&w, e->n, err);
	}
	receipt_drop(&x.intent);
	free(x.half.path);
	buf_clear(&x.text);
	buf_clear(&x.sig);
	return rc;
}
