/* SPDX-License-Identifier: ISC */
/*
 * Sealing. Layer: verbs. Invariant: plaintext goes through memory only, one
 * piece at a time, and leaves this file sealed.
 */
#include "vault/seal.h"

#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/store/db.h"

#define PIECE 65536 /* plaintext read at a time */

int
body_memory_read(
    void *ctx, uint8_t *out, size_t cap, size_t *ret_len, struct hrv_err *err)
{
	struct body_memory *m = ctx;
	size_t n = m->len - m->at < cap ? m->len - m->at : cap;

	(void)err;
	if (n > 0)
		memcpy(out, m->data + m->at, n);
	m->at += n;
	*ret_len = n;
	return HRV_OK;
}

static void
make_context(struct hrv_vault *v, const struct seal_args *a,
    enum content_kind kind, struct buf *out)
{
	struct content_id id = {
		.version = a->version, .kind = kind, .class_name = a->class_name
	};

	memcpy(id.vault_id, v->id, sizeof(id.vault_id));
	memcpy(id.record_id, a->record->b, sizeof(id.record_id));
	content_context(out, &id);
}

static int
open_pack(struct hrv_vault *v, struct hrv_err *err)
{
	struct pack_end end = { 0, 0 };
	struct stmt *st;
	bool found = false;
	int rc;

	if (v->pack != NULL)
		return HRV_OK;
	rc = db_stmt(v->db, SQL_PACK_GET_LAST, &st, err);
	if (rc == HRV_OK)
		rc = db_step(st, &found, err);
	if (rc == HRV_OK && found) {
		end.pack = (uint32_t)db_col_int(st, 0);
		end.len = (uint64_t)db_col_int(st, 1);
		db_reset(st);
	}
	if (rc == HRV_OK)
		rc = pack_open(v->dir, &end, v->cfg.pack_size, &v->pack, err);
	return rc;
}

static int
to_pack(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	return pack_add(ctx, data, len, err);
}

/* A body on its way through the cipher into the pack. */
struct pumping {
	struct content_seal *seal;
	struct crypt_sha256_ctx *sha;
	uint64_t size;
};

static int
take_piece(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct pumping *p = ctx;

	crypt_sha256_add(p->sha, data, len);
	p->size += len;
	return content_seal_add(p->seal, data, len, err);
}

/* piece is wiped when the body is through, not given back: locking 64 KiB of
 * memory for each of a million records would cost more than sealing them. */
static int
pull(const struct body_source *src, struct buf *piece, struct pumping *to,
    struct hrv_err *err)
{
	uint8_t *p = buf_reserve(piece, PIECE);
	size_t n = 0;
	int rc = HRV_OK;

	if (p == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	while (rc == HRV_OK) {
		rc = src->read(src->ctx, p, PIECE, &n, err);
		if (rc != HRV_OK || n == 0)
			break;
		rc = take_piece(to, p, n, err);
	}
	buf_reset(piece);
	return rc;
}

/* Moves the whole body through the cipher, hashing on the way. */
static int
pump(struct hrv_vault *v, const struct seal_args *a, struct content_seal *seal,
    struct sealed *ret, struct hrv_err *err)
{
	struct pumping p = { .seal = seal, .sha = crypt_sha256_new() };
	int rc = HRV_OK;

	if (p.sha == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else if (a->giver != NULL)
		rc = a->giver->give(a->giver->ctx, take_piece, &p, err);
	else
		rc = pull(a->body, &v->piece, &p, err);
	if (rc == HRV_OK)
		rc = content_seal_finish(seal, err);
	if (rc == HRV_OK) {
		crypt_sha256_final(p.sha, ret->sha256);
		p.sha = NULL;
		ret->size = p.size;
	}
	crypt_sha256_free(p.sha);
	return rc;
}

static bool
has_body(const struct seal_args *a)
{
	return a->body != NULL || a->giver != NULL;
}

static int
seal_body(struct hrv_vault *v, const struct seal_args *a, const struct key *dek,
    struct sealed *ret, struct hrv_err *err)
{
	struct buf context = BUF_INIT;
	struct content_seal *seal = NULL;
	struct content_lock lock = { .dek = dek };
	int rc = open_pack(v, err);

	make_context(v, a, CONTENT_BODY, &context);
	lock.context = context.data;
	lock.context_len = context.len;
	if (rc == HRV_OK)
		rc = buf_ok(&context, err);
	if (rc == HRV_OK)
		rc = pack_begin(v->pack, err);
	if (rc == HRV_OK)
		rc = content_seal_new(&lock, to_pack, v->pack, &seal, err);
	if (rc == HRV_OK)
		rc = pump(v, a, seal, ret, err);
	if (rc == HRV_OK)
		rc = pack_finish(v->pack, &ret->body, ret->body_hash, err);
	else if (v->pack != NULL)
		(void)!pack_cancel(v->pack, NULL);
	content_seal_free(seal);
	buf_clear(&context);
	return rc;
}

static int
seal_header(struct hrv_vault *v, const struct seal_args *a,
    const struct key *dek, struct sealed *ret, struct hrv_err *err)
{
	struct buf context = BUF_INIT, text = BUF_INIT_SECRET;
	struct content_lock lock = { .dek = dek };
	char subject[ID_TEXT_SIZE];
	int rc = HRV_OK;

	id_format(a->subject, subject);
	if (json_set_str(a->header, "subject", subject) ||
	    json_set_int(a->header, "bytes", (int64_t)ret->size) ||
	    (has_body(a) && json_set_hex(a->header, "sha256", ret->sha256, 32)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = json_line(a->header, &text, err);
	make_context(v, a, CONTENT_HEADER, &context);
	if (rc == HRV_OK)
		rc = buf_ok(&context, err);
	lock.context = context.data;
	lock.context_len = context.len;
	if (rc == HRV_OK)
		rc = content_seal_buf(
		    &lock, text.data, text.len, &ret->header, err);
	if (rc == HRV_OK && !has_body(a))
		crypt_sha256(ret->header.data, ret->header.len, ret->body_hash);
	buf_clear(&text);
	buf_clear(&context);
	return rc;
}

int
seal_version(struct hrv_vault *v, const struct seal_args *args,
    struct sealed *ret, struct hrv_err *err)
{
	char kek[KEY_ID_SIZE] = "kek/";
	struct keys_new_args k = { kek, args->record, WRAP_CONTENT };
	const struct keys_new_args copy = { KEK_CASEWORK, args->kase,
		WRAP_CASE_COPY };
	struct sealed s = { .header = BUF_INIT };
	struct key *dek = NULL;
	int rc;

	if (args->kase != NULL)
		k = copy;
	else
		memccpy(kek + 4, args->compartment, '\0', sizeof(kek) - 5);
	rc = keys_new(v, &k, &dek, s.dek, &s.kek, err);
	if (rc == HRV_OK && has_body(args))
		rc = seal_body(v, args, dek, &s, err);
	if (rc == HRV_OK)
		rc = seal_header(v, args, dek, &s, err);
	key_free(dek);
	if (rc != HRV_OK) {
		sealed_clear(&s);
		return rc;
	}
	*ret = s;
	return HRV_OK;
}

void
sealed_clear(struct sealed *s)
{
	buf_clear(&s->header);
}

int
seal_store(struct hrv_vault *v, const struct seal_args *args,
    const struct sealed *s, const char *day, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VERSION_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, args->record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)args->version);
	(void)db_bind_blob(st, 3, s->dek, sizeof(s->dek));
	(void)db_bind_int(st, 4, (int64_t)s->kek);
	(void)db_bind_blob(st, 5, s->header.data, s->header.len);
	if (s->body.pack != 0) {
		(void)db_bind_int(st, 6, (int64_t)s->body.pack);
		(void)db_bind_int(st, 7, (int64_t)s->body.offset);
		(void)db_bind_int(st, 8, (int64_t)s->body.len);
	}
	(void)db_bind_blob(st, 9, s->body_hash, sizeof(s->body_hash));
	(void)db_bind_int(st, 10, (int64_t)s->size);
	(void)db_bind_text(st, 11, day);
	return db_run(st, err);
}
