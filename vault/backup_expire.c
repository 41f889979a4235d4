/* SPDX-License-Identifier: ISC */
/*
 * The end of epochs. Layer: verbs. Invariants: an epoch ends on its day,
 * whatever holds there are; its end is announced in the log before its file is
 * touched, and attested after; a file that was not there is not called
 * destroyed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/terms.h"

/* One run. */
struct work {
	struct hrv_vault *v;
	const char *dir;
	struct epoch *list;
	size_t n;
	char today[HRV_DATE_TEXT];
	json_t *destroyed;
	json_t *missing;
	int64_t unreadable;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Overwrites and removes the private half; what it lay on. */
static int
destroy_file(struct work *w, const struct epoch *e, bool *ret_found,
    struct file_medium *medium, struct hrv_err *err)
{
	char name[64], *path = NULL;
	uint64_t size = 0;
	int rc;

	epoch_name(e, ".pgp", name);
	rc = file_join(w->dir, name, &path, err);
	if (rc == HRV_OK)
		rc = file_size(path, &size, err);
	*ret_found = rc == HRV_OK;
	if (rc == HRV_OK && file_medium(path, medium, NULL) != HRV_OK)
		snprintf(medium->text, sizeof(medium->text), "unknown");
	if (rc == HRV_OK)
		rc = file_destroy(path, err);
	if (rc == HRV_ENOTFOUND)
		rc = HRV_OK;
	free(path);
	return rc;
}

/* The attestation's text. */
static int
attest(struct work *w, const struct epoch *e, bool found, const char *medium,
    struct buf *out, struct hrv_err *err)
{
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
		json_set_int(o, "found", found) ||
		json_set_hex(o, "sealed_sha256", e->sealed, 32) ||
		json_set_str(o, "medium", medium) ||
		json_set_str(o, "member", v->fpr) ||
		json_set_str(o, "time", now)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = json_canonical(o, out, err);
	json_decref(o);
	return rc;
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
log_end(struct work *w, const struct epoch *e, struct receipt **intent,
    bool found, const struct buf *text, const struct buf *sig,
    struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || json_set_int(p, "epoch", e->n) ||
	    json_set_int(p, "found", found) ||
	    json_set_str(p, "attestation", buf_str(text)) ||
	    json_set_b64(p, "signature", sig->data, sig->len))
		rc = no_memory(err);
	en.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(w->v, err);
	if (rc == HRV_OK)
		rc = receipt_entry(w->v, intent, &en, &leaf, err);
	if (rc == HRV_OK)
		rc = set_ended(w->v, e->n, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(w->v, true, err);
	txn_abort(w->v);
	json_decref(p);
	return rc;
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

static int
write_copies(struct work *w, const struct epoch *e, const struct buf *text,
    const struct buf *sig, struct hrv_err *err)
{
	char *certs = NULL;
	int rc = vault_path(w->v, "certificates", &certs, err);
	const char *dirs[] = { w->dir, certs };

	for (int i = 0; rc == HRV_OK && i < 2; i++) {
		rc = write_copy(dirs[i], e, ".attestation.json", text, err);
		if (rc == HRV_OK)
			rc = write_copy(
			    dirs[i], e, ".attestation.json.sig", sig, err);
	}
	free(certs);
	return rc;
}

static int
announce(struct work *w, const struct epoch *e, struct receipt **ret,
    struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	struct manifest none = { 0 };
	json_t *p = json_object();
	int rc = HRV_OK;

	if (p == NULL || json_set_int(p, "epoch", e->n))
		rc = no_memory(err);
	en.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(w->v, &en, &none, ret, err);
	json_decref(p);
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
	w->unreadable += db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

static int
end_epoch(struct work *w, const struct epoch *e, struct hrv_err *err)
{
	struct file_medium medium = { .text = "unknown" };
	struct buf text = BUF_INIT, sig = BUF_INIT;
	struct receipt *intent = NULL;
	bool found = false;
	int rc = escrow_check(w->v, w->dir, e->escrow, err);

	if (rc == HRV_OK)
		rc = announce(w, e, &intent, err);
	if (rc == HRV_OK)
		rc = destroy_file(w, e, &found, &medium, err);
	if (rc == HRV_OK)
		rc = attest(w, e, found, medium.text, &text, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(
		    w->v->pgp, w->v->fpr, text.data, text.len, &sig, err);
	if (rc == HRV_OK)
		rc = log_end(w, e, &intent, found, &text, &sig, err);
	if (rc == HRV_OK)
		rc = write_copies(w, e, &text, &sig, err);
	if (rc == HRV_OK)
		rc = count_backups(w, e->n, err);
	if (rc == HRV_OK &&
	    json_array_append_new(
		found ? w->destroyed : w->missing, json_integer(e->n)))
		rc = no_memory(err);
	receipt_drop(&intent);
	buf_clear(&text);
	buf_clear(&sig);
	return rc;
}

/* Files of epochs that the log never named: an interrupted beginning. */
static void
sweep(struct work *w)
{
	DIR *d = w->dir == NULL ? NULL : opendir(w->dir);
	struct dirent *f;

	while (d != NULL && (f = readdir(d)) != NULL) {
		size_t len = strlen(f->d_name);
		bool known = strncmp(f->d_name, "epoch-", 6) != 0 || len < 5 ||
			     strcmp(f->d_name + len - 4, ".pgp") != 0;
		char name[64], *path = NULL;

		for (size_t i = 0; !known && i < w->n; i++) {
			epoch_name(&w->list[i], ".pgp", name);
			known = strcmp(name, f->d_name) == 0;
		}
		if (!known &&
		    file_join(w->dir, f->d_name, &path, NULL) == HRV_OK)
			(void)!file_destroy(path, NULL);
		free(path);
	}
	if (d != NULL)
		closedir(d);
}

static int
end_due(struct work *w, const char **ret_next, struct hrv_err *err)
{
	struct escrow esc = { .custodians = NULL };
	int rc = HRV_OK;

	*ret_next = NULL;
	for (size_t i = 0; rc == HRV_OK && i < w->n; i++) {
		const struct epoch *e = &w->list[i];

		if (e->ended)
			continue;
		if (strcmp(e->dies, w->today) <= 0)
			rc = end_epoch(w, e, err);
		else if (*ret_next == NULL || strcmp(e->dies, *ret_next) < 0)
			*ret_next = e->dies;
	}
	if (rc == HRV_OK && escrow_load(w->v, &esc, NULL) == HRV_OK &&
	    escrow_check(w->v, w->dir, esc.id, NULL) == HRV_OK)
		sweep(w);
	escrow_clear(&esc);
	return rc;
}

static int
result(struct work *w, const char *next, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	json_t *doc = json_object();

	if (doc == NULL || json_object_set(doc, "destroyed", w->destroyed) ||
	    json_object_set(doc, "missing", w->missing) ||
	    json_set_int(doc, "unreadable", w->unreadable) ||
	    json_object_set_new(
		doc, "next", next == NULL ? json_null() : json_string(next))) {
		json_decref(doc);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)doc;
	if (json_array_size(w->missing) == 0)
		return HRV_OK;
	hrv_fail(err, HRV_EPARTIAL,
	    "the private half of an epoch was not in the escrow folder: nobody "
	    "can say that it was destroyed");
	return hrv_hint(err, "find out who took it; the log says so for good");
}

int
hrv_backup_expire(struct hrv_vault *v, const char *escrow,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("backup.expire");
	struct work w = { .v = v,
		.dir = escrow,
		.destroyed = json_array(),
		.missing = json_array() };
	const char *next = NULL;
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK && (w.destroyed == NULL || w.missing == NULL))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = vault_today_text(v, w.today, err);
	if (rc == HRV_OK)
		rc = epoch_list(v, &w.list, &w.n, err);
	if (rc == HRV_OK)
		rc = end_due(&w, &next, err);
	if (rc == HRV_OK)
		rc = result(&w, next, ret_doc, err);
	else if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	free(w.list);
	json_decref(w.destroyed);
	json_decref(w.missing);
	return rc;
}
