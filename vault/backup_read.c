/* SPDX-License-Identifier: ISC */
/*
 * Reading sealed files of a backup. Layer: verbs. Everything comes from
 * outside: lengths are checked before anything is believed.
 */
#include <string.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/crypto/content.h"
#include "vault/store/file.h"

#define CONTEXT "hrvault/backup/v1"

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "this file is no backup, or its head is damaged");
}

/* The rest of the next line behind its word, or NULL. */
static const char *
take(const char **at, const char *end, const char *word, size_t *ret_len)
{
	const char *line = *at, *stop;
	size_t n = strlen(word);

	stop = memchr(line, '\n', (size_t)(end - line));
	if (stop == NULL || (size_t)(stop - line) < n ||
	    memcmp(line, word, n) != 0)
		return NULL;
	*at = stop + 1;
	*ret_len = (size_t)(stop - line) - n;
	return line + n;
}

static bool
take_hex(const char **at, const char *end, const char *word, uint8_t *out)
{
	size_t n = 0;
	const char *p = take(at, end, word, &n);

	return p != NULL && n == 64 && enc_unhex(p, n, out, 32);
}

static bool
take_id(const char **at, const char *end, struct hrv_id *ret)
{
	char text[ID_TEXT_SIZE] = "";
	size_t n = 0;
	const char *p = take(at, end, "backup ", &n);

	if (p == NULL || n != ID_TEXT_LEN)
		return false;
	memcpy(text, p, n);
	return id_parse(text, ID_BACKUP, ret);
}

/* Up to 18 digits, then `after`. */
static bool
number(const char **p, size_t *left, char after, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < *left && i < 18 && (*p)[i] >= '0' && (*p)[i] <= '9'; i++)
		v = v * 10 + (uint64_t)((*p)[i] - '0');
	if (i == 0 ||
	    (after == '\0' ? i != *left : i >= *left || (*p)[i] != after))
		return false;
	*ret = v;
	i += after != '\0';
	*p += i;
	*left -= i;
	return true;
}

static bool
take_covers(const char **at, const char *end, uint64_t *ret)
{
	size_t n = 0;
	const char *p = take(at, end, "covers ", &n);

	return p != NULL && number(&p, &n, '\0', ret);
}

static bool
take_lock(const char **at, const char *end, bool keys, struct backup_head *h)
{
	size_t n = 0;
	const char *p = take(at, end, keys ? "epoch " : "meta ", &n);

	if (p == NULL || !number(&p, &n, keys ? ' ' : '\0', &h->number))
		return false;
	return !keys || (n == 64 && enc_unhex(p, n, h->epoch_key, KEM_LEN) &&
			    take_hex(at, end, "enc ", h->enc));
}

int
backup_in_read(const char *path, const char *magic, struct buf *ret,
    struct backup_head *head, struct hrv_err *err)
{
	bool keys = strcmp(magic, BACKUP_MAGIC_KEYS) == 0;
	const char *at, *end;
	size_t n = 0;
	int rc = file_read(path, BACKUP_FILE_MAX, ret, err);

	if (rc != HRV_OK)
		return rc;
	memset(head, 0, sizeof(*head));
	at = (const char *)ret->data;
	end = at + ret->len;
	if (ret->len == 0 || take(&at, end, magic, &n) == NULL || n != 0 ||
	    !take_hex(&at, end, "vault ", head->vault) ||
	    !take_id(&at, end, &head->id) ||
	    !take_covers(&at, end, &head->covers) ||
	    !take_lock(&at, end, keys, head) ||
	    take(&at, end, "", &n) == NULL || n != 0)
		return damaged(err);
	head->len = (size_t)(at - (const char *)ret->data);
	return HRV_OK;
}

int
backup_in_open(const struct buf *file, const struct backup_head *head,
    const struct key *dek, struct buf *plain, struct hrv_err *err)
{
	struct buf context = BUF_INIT;
	struct content_lock lock = { .dek = dek };
	int rc;

	buf_add(&context, CONTEXT, sizeof(CONTEXT));
	buf_add(&context, file->data, head->len);
	rc = buf_ok(&context, err);
	lock.context = context.data;
	lock.context_len = context.len;
	if (rc == HRV_OK)
		rc = content_open_buf(&lock, file->data + head->len,
		    file->len - head->len, plain, err);
	if (rc == HRV_EINTEGRITY)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the backup is damaged, cut, or sealed under another key");
	buf_clear(&context);
	return rc;
}

const uint8_t *
backup_read_bytes(struct backup_reader *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->bad || len > r->left) {
		r->bad = true;
		return NULL;
	}
	r->p += len;
	r->left -= len;
	return p;
}

uint64_t
backup_read_number(struct backup_reader *r, unsigned bytes)
{
	const uint8_t *p = backup_read_bytes(r, bytes);
	uint64_t v = 0;

	for (unsigned i = 0; p != NULL && i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

const uint8_t *
backup_read_string(struct backup_reader *r, size_t *ret_len)
{
	size_t len = (size_t)backup_read_number(r, 4);
	const uint8_t *p = backup_read_bytes(r, len);

	*ret_len = p == NULL ? 0 : len;
	return p;
}
