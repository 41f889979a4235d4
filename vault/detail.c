/* SPDX-License-Identifier: ISC */
/*
 * Details. Layer: verbs. Stored: 32 random bytes, then the text, sealed as
 * one content; the commitment covers both, so a short text cannot be guessed
 * from the log.
 */
#include "vault/detail.h"

#include <string.h>

#include "vault/base/text.h"
#include "vault/crypto/content.h"
#include "vault/crypto/crypt.h"
#include "vault/log/leaf.h"
#include "vault/store/db.h"

#define COMMIT_RANDOM 32

void
detail_context(
    const struct hrv_vault *v, const struct hrv_id *owner, struct buf *out)
{
	struct content_id id = {
		.version = 0, .kind = CONTENT_BODY, .class_name = DETAIL_CLASS
	};

	memcpy(id.vault_id, v->id, sizeof(id.vault_id));
	memcpy(id.record_id, owner->b, sizeof(id.record_id));
	content_context(out, &id);
}

/* Seals r || text under a new key. */
static int
seal_text(struct hrv_vault *v, struct detail *d, const struct buf *plain,
    struct hrv_err *err)
{
	struct keys_new_args k = { d->kek, &d->owner, WRAP_DETAIL };
	struct buf context = BUF_INIT;
	struct content_lock lock = { 0 };
	struct key *dek = NULL;
	int rc = keys_new(v, &k, &dek, d->dek, &d->kek_version, err);

	detail_context(v, &d->owner, &context);
	lock.dek = dek;
	lock.context = context.data;
	lock.context_len = context.len;
	if (rc == HRV_OK)
		rc = buf_ok(&context, err);
	if (rc == HRV_OK)
		rc = content_seal_buf(
		    &lock, plain->data, plain->len, &d->sealed, err);
	key_free(dek);
	buf_clear(&context);
	return rc;
}

int
detail_seal(struct hrv_vault *v, const char *kek, const struct hrv_id *owner,
    const char *text, struct detail *ret, struct hrv_err *err)
{
	struct detail d = { .kek = kek, .owner = *owner, .sealed = BUF_INIT };
	struct buf plain = BUF_INIT_SECRET;
	uint8_t r[COMMIT_RANDOM];
	int rc = text_check_field(TEXT_REASON, text, strlen(text), err);

	if (rc != HRV_OK)
		return rc;
	crypt_random(r, sizeof(r));
	buf_add(&plain, r, sizeof(r));
	buf_adds(&plain, text);
	rc = buf_ok(&plain, err);
	if (rc == HRV_OK)
		leaf_detail_commit(r, text, strlen(text), d.commit);
	if (rc == HRV_OK)
		rc = seal_text(v, &d, &plain, err);
	buf_clear(&plain);
	if (rc != HRV_OK) {
		detail_clear(&d);
		return rc;
	}
	*ret = d;
	return HRV_OK;
}

int
detail_store(struct hrv_vault *v, uint64_t leaf, const struct detail *d,
    struct hrv_err *err)
{
	char kind[2] = { d->owner.kind, '\0' };
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_DETAIL_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)leaf);
	(void)db_bind_text(st, 2, kind);
	(void)db_bind_blob(st, 3, d->owner.b, ID_BYTES);
	(void)db_bind_blob(st, 4, d->dek, sizeof(d->dek));
	(void)db_bind_int(st, 5, (int64_t)d->kek_version);
	(void)db_bind_text(st, 6, d->kek);
	(void)db_bind_blob(st, 7, d->sealed.data, d->sealed.len);
	return db_run(st, err);
}

int
detail_load(
    struct hrv_vault *v, uint64_t leaf, struct detail *ret, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	const char *kind, *kek;
	const uint8_t *p;
	size_t len;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_DETAIL_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)leaf);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_ENOTFOUND,
		    "entry %llu has no reason, or it is "
		    "gone with its record",
		    (unsigned long long)leaf);
	if (rc != HRV_OK)
		return rc;
	kind = db_col_text(st, 0);
	kek = db_col_text(st, 4);
	d.owner.kind = kind == NULL ? '?' : kind[0];
	d.kek = kek != NULL && strcmp(kek, "kek/hold") == 0 ? "kek/hold"
							    : "kek/detail";
	rc = db_col_fixed(st, 1, d.owner.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 2, d.dek, sizeof(d.dek), err);
	d.kek_version = (uint32_t)db_col_int(st, 3);
	p = db_col_blob(st, 5, &len);
	buf_add(&d.sealed, p, len);
	db_reset(st);
	if (rc == HRV_OK)
		rc = buf_ok(&d.sealed, err);
	if (rc != HRV_OK) {
		detail_clear(&d);
		return rc;
	}
	*ret = d;
	return HRV_OK;
}

void
detail_clear(struct detail *d)
{
	buf_clear(&d->sealed);
}
