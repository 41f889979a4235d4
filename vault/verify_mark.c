/* SPDX-License-Identifier: ISC */
/*
 * What a client remembers of its last verification, in its own state folder:
 * "hrvault-verified/1", size, base64 root, time, a line each. Layer: verbs.
 * Invariant: only a verification without any problem is remembered, so the
 * signatures before the mark need no second look while the root still fits.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/log/append.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/verify.h"

#define NAME_MARK "verified"
#define MAGIC "hrvault-verified/1"

static bool
take_line(const char **at, const char **ret, size_t *ret_len)
{
	const char *end = strchr(*at, '\n');

	if (end == NULL)
		return false;
	*ret = *at;
	*ret_len = (size_t)(end - *at);
	*at = end + 1;
	return true;
}

static bool
read_mark(const char *text, struct verify_mark *m)
{
	const char *line;
	char *end;
	size_t len;

	if (!take_line(&text, &line, &len) || len != strlen(MAGIC) ||
	    memcmp(line, MAGIC, len) != 0)
		return false;
	if (!take_line(&text, &line, &len) || len == 0)
		return false;
	m->size = strtoull(line, &end, 10);
	if (end != line + len || m->size > TREE_MAX_SIZE)
		return false;
	return take_line(&text, &line, &len) &&
	       enc_unb64_fixed(line, len, m->root, sizeof(m->root)) &&
	       take_line(&text, &line, &len) &&
	       when_parse(line, len, &m->time) && *text == '\0';
}

/* A mark of a history that was given up is worth nothing: everything is
 * verified anew. Where nothing was given up it stays, so that a verification
 * says that the entries are not those any more. */
static bool
given_up(const struct hrv_vault *v, const struct verify_mark *m)
{
	uint8_t root[TREE_HASH];
	struct stmt *st;
	bool any = false;

	if (db_stmt(v->db, SQL_SUCCESSION_LIST, &st, NULL) != HRV_OK ||
	    db_step(st, &any, NULL) != HRV_OK)
		return false;
	db_reset(st);
	return any && (log_root_at(v->db, m->size, root, NULL) != HRV_OK ||
			  memcmp(root, m->root, sizeof(root)) != 0);
}

void
verify_mark_load(const struct hrv_vault *v, struct verify_mark *ret)
{
	struct verify_mark m = { 0 };
	struct buf text = BUF_INIT;
	char *path = NULL;

	if (file_join(v->state_dir, NAME_MARK, &path, NULL) != HRV_OK ||
	    file_read(path, 4096, &text, NULL) != HRV_OK ||
	    !read_mark(buf_str(&text), &m) || given_up(v, &m))
		m = (struct verify_mark){ 0 };
	*ret = m;
	free(path);
	buf_clear(&text);
}

void
verify_mark_save(const struct hrv_vault *v, const struct verify_report *r)
{
	char now[WHEN_TEXT_LEN + 1];
	struct buf text = BUF_INIT;
	char *path = NULL;

	if (!r->ok || !when_format(vault_now(v), now))
		return;
	buf_addf(&text, MAGIC "\n%llu\n", (unsigned long long)r->size);
	enc_b64(&text, r->root, sizeof(r->root));
	buf_addf(&text, "\n%s\n", now);
	if (buf_ok(&text, NULL) == HRV_OK &&
	    file_join(v->state_dir, NAME_MARK, &path, NULL) == HRV_OK)
		(void)!file_write_atomic(
		    path, text.data, text.len, FILE_MODE_PRIVATE, NULL);
	free(path);
	buf_clear(&text);
}
