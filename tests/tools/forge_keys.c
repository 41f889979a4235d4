/* SPDX-License-Identifier: ISC */
/*
 * For tests only: a key backup with another slot file in it, as somebody could
 * make it who writes to the folder of backups: forge_keys BACKUP ESCROW SLOTS
 * NEW. It is sealed to the same epoch and covers the same log. Where NEW is
 * named after a backup ("B-....hrvk"), the file says that it is that one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vault/base/enc.h"
#include "vault/crypto/kem.h"
#include "vault/handle.h"
#include "vault/restore_int.h"
#include "vault/store/file.h"

static int64_t
now(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL) * 1000000;
}

/* Puts text in the place of what follows a word of the head. */
static void
put(struct buf *head, const char *word, const char *text, size_t len)
{
	uint8_t *at = memmem(head->data, head->len, word, strlen(word));

	if (at == NULL)
		abort();
	memcpy(at + strlen(word), text, len);
}

static void
make_head(const struct buf *file, const struct bundle *b, const char *path,
    const uint8_t enc[KEM_LEN], struct buf *ret)
{
	const char *name = strrchr(path, '/');
	struct buf hex = BUF_INIT;
	char id[ID_TEXT_SIZE];

	id_format(&b->head.id, id);
	name = name == NULL ? path : name + 1;
	if (name[0] == 'B' && name[1] == '-')
		memcpy(id, name, ID_TEXT_LEN);
	buf_add(ret, file->data, b->head.len);
	enc_hex(&hex, enc, KEM_LEN);
	put(ret, "\nenc ", buf_str(&hex), hex.len);
	put(ret, "\nbackup ", id, ID_TEXT_LEN);
	buf_clear(&hex);
}

static int
write_new(const char *path, const struct bundle *b, const struct buf *slots,
    const struct buf *file, struct hrv_err *err)
{
	const uint8_t *end = b->slots.data + b->slots.len;
	struct buf head = BUF_INIT;
	struct backup_out *out = NULL;
	struct segment done;
	struct key *dek = NULL;
	uint8_t enc[KEM_LEN];
	int rc = kem_encap(b->head.epoch_key, enc, &dek, err);

	if (rc == HRV_OK) {
		make_head(file, b, path, enc, &head);
		rc = backup_out_new(path, &head, dek, &out, err);
	}
	if (rc == HRV_OK)
		rc = backup_out_add(out, b->plain.data,
		    (size_t)(b->slots.data - 4 - b->plain.data), err);
	if (rc == HRV_OK)
		rc = backup_out_string(out, slots->data, slots->len, err);
	if (rc == HRV_OK)
		rc = backup_out_add(out, end,
		    (size_t)(b->plain.data + b->plain.len - end), err);
	if (rc == HRV_OK)
		rc = backup_out_finish(out, &done, err);
	backup_out_free(out);
	key_free(dek);
	buf_clear(&head);
	return rc;
}

int
main(int argc, char **argv)
{
	struct hrv_err err = { .code = 0 };
	struct hrv_open_args a = { .dir = ".",
		.tmp_dir = "/tmp",
		.host = "test",
		.client = "test",
		.clock = { now, NULL } };
	struct bundle b = BUNDLE_INIT;
	struct buf file = BUF_INIT, slots = BUF_INIT;
	struct backup_head head;
	struct hrv_vault *v = NULL;
	int rc;

	if (argc != 5)
		return 2;
	rc = hrv_start(&err);
	if (rc == HRV_OK)
		rc = vault_handle_new(&a, &v, &err);
	if (rc == HRV_OK)
		rc = backup_in_read(
		    argv[1], BACKUP_MAGIC_KEYS, &file, &head, &err);
	if (rc == HRV_OK)
		rc = bundle_open(v, argv[1], argv[2], head.vault, &b, &err);
	if (rc == HRV_OK)
		rc = file_read(argv[3], BACKUP_META_MAX, &slots, &err);
	if (rc == HRV_OK)
		rc = write_new(argv[4], &b, &slots, &file, &err);
	if (rc != HRV_OK)
		fprintf(stderr, "forge_keys: %s\n", err.msg);
	bundle_clear(&b);
	buf_clear(&slots);
	buf_clear(&file);
	hrv_close(v);
	return rc == HRV_OK ? 0 : 1;
}
