/* SPDX-License-Identifier: ISC */
/*
 * Copies of the wrapped data keys. Layer: verbs. Invariants: they are sealed
 * to an epoch that this host cannot open; no key is unwrapped here, and the
 * anchor is never read into a copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/keys.h"
#include "vault/log/append.h"
#include "vault/store/file.h"
#include "vault/store/keystore.h"

/* A copy on its way. */
struct work {
	struct hrv_vault *v;
	const char *dir;
	const char *escrow; /* NULL: no epoch may begin */
	struct backup_run run;
	struct epoch epoch;
	struct backup_out *out;
	struct keystore_set set;
	struct segment file;
	uint64_t n;
	uint8_t root[TREE_HASH]; /* of the log, log_size entries of it */
};

static void
add_number(struct buf *b, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_addc(b, (uint8_t)(value >> (8 * (bytes - 1 - i))));
}

static int
put_key(void *ctx, const struct keystore_dek *d, struct hrv_err *err)
{
	uint8_t fixed[KEYSTORE_ID_LEN * 2 + 1 + 4 + 8 + KEYSTORE_WRAPPED_LEN];
	struct work *w = ctx;
	uint8_t *p = fixed;
	int rc;

	memcpy(p, d->dek_id, KEYSTORE_ID_LEN);
	p += KEYSTORE_ID_LEN;
	memcpy(p, d->record_id, KEYSTORE_ID_LEN);
	p += KEYSTORE_ID_LEN;
	*p++ = d->purpose;
	for (int i = 3; i >= 0; i--)
		*p++ = (uint8_t)(d->kek_version >> (8 * i));
	for (int i = 7; i >= 0; i--)
		*p++ = (uint8_t)((uint64_t)d->added >> (8 * i));
	memcpy(p, d->wrapped, KEYSTORE_WRAPPED_LEN);
	rc = backup_out_add(w->out, fixed, sizeof(fixed), err);
	w->n++;
	return rc == HRV_OK
		   ? backup_out_string(w->out, d->kek, strlen(d->kek), err)
		   : rc;
}

/* A file of the vault; one that is missing is an empty string if it may be. */
static int
put_file(struct work *w, const char *name, bool may_miss, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *path = NULL;
	int rc = vault_path(w->v, name, &path, err);

	if (rc == HRV_OK)
		rc = file_read(path, SLOTS_MAX, &text, err);
	if (rc == HRV_ENOTFOUND && may_miss)
		rc = HRV_OK;
	if (rc == HRV_OK)
		rc = backup_out_string(w->out, text.data, text.len, err);
	free(path);
	buf_clear(&text);
	return rc;
}

static int
put_files(struct work *w, struct hrv_err *err)
{
	char name[32];
	int rc;

	snprintf(name, sizeof(name), "slots.%u", w->v->slots->gen);
	rc = put_file(w, name, false, err);
	snprintf(name, sizeof(name), "slots.%u", w->v->slots->gen - 1);
	if (rc == HRV_OK)
		rc = put_file(w, name, true, err);
	return rc == HRV_OK ? put_file(w, NAME_CFG, false, err) : rc;
}

static int
put_content(struct work *w, struct hrv_err *err)
{
	struct hrv_vault *v = w->v;
	struct buf b = BUF_INIT;
	int rc;

	buf_adds(&b, BACKUP_PLAIN_KEYS);
	add_number(&b, keystore_gen(v->ks), 4);
	add_number(&b, w->run.log_size, 8);
	buf_add(&b, w->root, sizeof(w->root));
	rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		rc = backup_out_add(w->out, b.data, b.len, err);
	if (rc == HRV_OK)
		rc = put_files(w, err);
	buf_reset(&b);
	add_number(&b, w->set.count, 8);
	if (rc == HRV_OK)
		rc = backup_out_add(w->out, b.data, b.len, err);
	if (rc == HRV_OK)
		rc = keystore_walk(v->ks, put_key, w, err);
	buf_clear(&b);
	return rc;
}

static int
make_head(struct work *w, const uint8_t enc[KEM_LEN], struct buf *head,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&w->run.id, id);
	buf_adds(head, BACKUP_MAGIC_KEYS "\nvault ");
	enc_hex(head, w->v->id, sizeof(w->v->id));
	buf_addf(head, "\nbackup %s\ncovers %llu\nepoch %lld ", id,
	    (unsigned long long)w->run.log_size, (long long)w->epoch.n);
	enc_hex(head, w->epoch.key, KEM_LEN);
	buf_adds(head, "\nenc ");
	enc_hex(head, enc, KEM_LEN);
	buf_adds(head, "\n\n");
	return buf_ok(head, err);
}

/* One snapshot of the keystore: its set is counted and walked in one read
 * transaction of its own database. */
static int
make(struct work *w, struct hrv_err *err)
{
	uint8_t enc[KEM_LEN] = { 0 };
	struct tree_frontier f = { .size = 0 };
	struct buf head = BUF_INIT;
	struct key *key = NULL;
	char *path = NULL;
	int rc = backup_path(w->dir, "keys", &w->run.id, ".hrvk", &path, err);

	if (rc == HRV_OK)
		rc = keys_open(w->v, err);
	if (rc == HRV_OK)
		rc = log_frontier(w->v->db, &f, err);
	w->run.log_size = f.size;
	tree_frontier_root(&f, w->root);
	if (rc == HRV_OK)
		rc = kem_encap(w->epoch.key, enc, &key, err);
	if (rc == HRV_OK)
		rc = make_head(w, enc, &head, err);
	if (rc == HRV_OK)
		rc = backup_out_new(path, &head, key, &w->out, err);
	if (rc == HRV_OK)
		rc = keystore_begin_read(w->v->ks, err);
	if (rc == HRV_OK)
		rc = keystore_set(w->v->ks, &w->set, err);
	if (rc == HRV_OK)
		rc = put_content(w, err);
	keystore_rollback(w->v->ks);
	if (rc == HRV_OK && w->n != w->set.count)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the keystore changed while it was copied");
	if (rc == HRV_OK)
		rc = backup_out_finish(w->out, &w->file, err);
	w->run.bytes = w->run.copied = w->file.bytes;
	backup_out_free(w->out);
	key_free(key);
	buf_clear(&head);
	free(path);
	return rc;
}

/* Members or keys were changed while it was made: its slot file is not the one
 * in force, and no entry will ever name it. */
static void
take_back(struct work *w)
{
	char *path = NULL;

	if (backup_path(w->dir, "keys", &w->run.id, ".hrvk", &path, NULL) ==
	    HRV_OK)
		(void)!file_unlink(path, NULL, NULL);
	free(path);
}

static int
conclude(struct work *w, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *p = json_object();
	int rc = HRV_OK;

	id_format(&w->run.id, id);
	if (p == NULL || json_set_int(p, "epoch", w->epoch.n) ||
	    json_set_int(p, "keys", (int64_t)w->set.count) ||
	    json_set_hex(p, "keys_sha256", w->set.hash, 32) ||
	    json_set_int(p, "bytes", (int64_t)w->file.bytes) ||
	    json_set_hex(p, "sha256", w->file.hash, 32))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = backup_end(w->v, &w->run, p, err);
	if (rc == HRV_EBUSY)
		take_back(w);
	if (rc == HRV_OK && (json_set_str(p, "backup", id) ||
				json_set_str(p, "dies", w->epoch.dies)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK) {
		json_decref(p);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)p;
	return HRV_OK;
}

/* Key and what it seals in one place would be no protection at all. */
static int
check_apart(const char *dir, const char *escrow, struct hrv_err *err)
{
	if (escrow == NULL ||
	    (!backup_inside(dir, escrow) && !backup_inside(escrow, dir)))
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE,
	    "the backup and the escrow folder must not lie in one another");
	return hrv_hint(err,
	    "keep the escrow folder off this host, on a medium "
	    "of its own");
}

int
hrv_backup_keys(struct hrv_vault *v, const char *dir, const char *escrow,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct work w = { .v = v,
		.dir = dir,
		.escrow = escrow,
		.run = { .op = "backup.keys", .kind = "keys" } };
	struct backup_dir d = BACKUP_DIR_INIT;
	int rc = role_may(v->role, w.run.op, err);

	vault_new_id(ID_BACKUP, &w.run.id);
	if (rc == HRV_OK)
		rc = backup_dir_open(v, dir, "keys", &d, err);
	if (rc == HRV_OK)
		rc = check_apart(dir, escrow, err);
	if (rc == HRV_OK)
		rc = epoch_current(v, escrow, &w.epoch, err);
	w.run.epoch = w.epoch.n;
	if (rc == HRV_OK)
		rc = backup_begin(v, &w.run, err);
	if (rc == HRV_OK)
		rc = make(&w, err);
	if (rc == HRV_OK)
		rc = conclude(&w, ret_doc, err);
	else
		rc = backup_fail(v, &w.run, err);
	receipt_drop(&w.run.intent);
	backup_dir_close(&d);
	return rc;
}
