/* SPDX-License-Identifier: ISC */
/*
 * Reading a key backup. Layer: verbs. No key is unwrapped here.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/restore_int.h"

/* The newest file of a folder. */
struct newest {
	const char *dir;
	const char *sub;
	const char *suffix;
	const char *magic;
	struct hrv_id id;
	uint64_t covers;
	bool found;
};

static int
look_at(void *ctx, const struct hrv_id *id, struct hrv_err *err)
{
	struct newest *w = ctx;
	struct backup_head h = { .covers = 0 };
	struct buf file = BUF_INIT;
	char *path = NULL;
	int rc = backup_path(w->dir, w->sub, id, w->suffix, &path, err);

	if (rc == HRV_OK)
		rc = backup_in_read(path, w->magic, &file, &h, err);
	if (rc == HRV_OK && (!w->found || h.covers >= w->covers)) {
		w->id = *id;
		w->covers = h.covers;
		w->found = true;
	}
	free(path);
	buf_clear(&file);
	/* A damaged one is passed over; the newest sound one counts. */
	return rc == HRV_EINTEGRITY ? HRV_OK : rc;
}

int
restore_find(
    const char *path, const char *magic, char **ret_path, struct hrv_err *err)
{
	bool keys = strcmp(magic, BACKUP_MAGIC_KEYS) == 0;
	struct newest w = { .dir = path,
		.sub = keys ? "keys" : "log",
		.suffix = keys ? ".hrvk" : ".hrvl",
		.magic = magic };
	struct stat st;
	int rc;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		*ret_path = strdup(path);
		return *ret_path == NULL
			   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : HRV_OK;
	}
	rc = backup_each(path, w.sub, w.suffix, look_at, &w, err);
	if (rc == HRV_OK && !w.found)
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    "there is no backup of the "
		    "%s in this folder",
		    keys ? "keys" : "log");
	return rc == HRV_OK
		   ? backup_path(path, w.sub, &w.id, w.suffix, ret_path, err)
		   : rc;
}

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EINTEGRITY, "the key backup does not hold what it should");
}

static int
parse(struct bundle *b, struct hrv_err *err)
{
	struct backup_reader r = { b->plain.data, b->plain.len, false };
	const size_t n = strlen(BACKUP_PLAIN_KEYS);
	const uint8_t *p = backup_read_bytes(&r, n);

	if (p == NULL || memcmp(p, BACKUP_PLAIN_KEYS, n) != 0)
		return damaged(err);
	b->gen = (uint32_t)backup_read_number(&r, 4);
	b->log.size = backup_read_number(&r, 8);
	p = backup_read_bytes(&r, TREE_HASH);
	if (p != NULL)
		memcpy(b->log.root, p, TREE_HASH);
	b->slots.data = backup_read_string(&r, &b->slots.len);
	b->before.data = backup_read_string(&r, &b->before.len);
	b->cfg.data = backup_read_string(&r, &b->cfg.len);
	b->n = backup_read_number(&r, 8);
	b->keys = r;
	return r.bad || b->log.size != b->head.covers ? damaged(err) : HRV_OK;
}

static int
open_content(struct hrv_vault *v, const struct buf *file, const char *escrow,
    struct bundle *b, struct hrv_err *err)
{
	struct epoch e = { .n = (int64_t)b->head.number };
	struct key *secret = NULL, *dek = NULL;
	int rc;

	memcpy(e.key, b->head.epoch_key, sizeof(e.key));
	rc = epoch_open(v, escrow, b->head.vault, &e, &secret, err);
	if (rc == HRV_OK)
		rc = kem_decap(secret, b->head.enc, &dek, err);
	if (rc == HRV_OK)
		rc = backup_in_open(file, &b->head, dek, &b->plain, err);
	key_free(dek);
	key_free(secret);
	return rc;
}

int
bundle_open(struct hrv_vault *v, const char *path, const char *escrow,
    const uint8_t vault[VAULT_ID_LEN], struct bundle *ret, struct hrv_err *err)
{
	struct buf file = BUF_INIT;
	char *name = NULL;
	int rc = restore_find(path, BACKUP_MAGIC_KEYS, &name, err);

	if (rc == HRV_OK)
		rc = backup_in_read(
		    name, BACKUP_MAGIC_KEYS, &file, &ret->head, err);
	if (rc == HRV_OK && memcmp(ret->head.vault, vault, VAULT_ID_LEN) != 0)
		rc = hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "records and keys are backups of different vaults");
	if (rc == HRV_OK) {
		crypt_sha256(file.data, file.len, ret->file);
		rc = open_content(v, &file, escrow, ret, err);
	}
	if (rc == HRV_OK)
		rc = parse(ret, err);
	free(name);
	buf_clear(&file);
	return rc;
}

void
bundle_clear(struct bundle *b)
{
	buf_clear(&b->plain);
}

int
bundle_next(struct bundle *b, struct keystore_dek *ret, bool *ret_more,
    struct hrv_err *err)
{
	struct backup_reader *r = &b->keys;
	struct keystore_dek d = { .purpose = 0 };
	const uint8_t *id, *owner, *wrapped, *kek;
	size_t len = 0;

	*ret_more = b->n > 0;
	if (b->n == 0)
		return r->left == 0 ? HRV_OK : damaged(err);
	id = backup_read_bytes(r, KEYSTORE_ID_LEN);
	owner = backup_read_bytes(r, KEYSTORE_ID_LEN);
	d.purpose = (uint8_t)backup_read_number(r, 1);
	d.kek_version = (uint32_t)backup_read_number(r, 4);
	d.added = (int64_t)backup_read_number(r, 8);
	wrapped = backup_read_bytes(r, KEYSTORE_WRAPPED_LEN);
	kek = backup_read_string(r, &len);
	if (id == NULL || owner == NULL || wrapped == NULL || kek == NULL ||
	    r->bad || len > KEYSTORE_KEK_MAX || memchr(kek, 0, len) != NULL)
		return damaged(err);
	memcpy(d.dek_id, id, sizeof(d.dek_id));
	memcpy(d.record_id, owner, sizeof(d.record_id));
	memcpy(d.wrapped, wrapped, sizeof(d.wrapped));
	memcpy(d.kek, kek, len);
	b->n--;
	*ret = d;
	return HRV_OK;
}
