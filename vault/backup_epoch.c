/* SPDX-License-Identifier: ISC */
/*
 * Epochs. Layer: verbs. Invariants: the private half is in secure memory or
 * sealed to the custodians, nowhere else; it is in its place and read back
 * before the log names the epoch, and nothing is sealed to one it does not
 * name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/terms.h"

void
epoch_name(const struct epoch *e, const char *suffix, char out[64])
{
	snprintf(out, 64, "epoch-%lld-%02x%02x%02x%02x%s", (long long)e->n,
	    e->key[0], e->key[1], e->key[2], e->key[3], suffix);
}

static void
take_day(struct stmt *st, int at, char out[HRV_DATE_TEXT])
{
	const char *t = db_col_text(st, at);

	snprintf(out, HRV_DATE_TEXT, "%s", t == NULL ? "" : t);
}

int
epoch_list(
    struct hrv_vault *v, struct epoch **ret, size_t *ret_n, struct hrv_err *err)
{
	struct epoch *list = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(v->db, SQL_BACKUP_LIST_EPOCHS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		p = &list[n++];
		memset(p, 0, sizeof(*p));
		p->n = db_col_int(st, 0);
		take_day(st, 3, p->begins);
		take_day(st, 4, p->closes);
		take_day(st, 5, p->dies);
		p->ended = !db_col_null(st, 7);
		p->end = (uint64_t)db_col_int(st, 7);
		rc = db_col_fixed(st, 1, p->key, sizeof(p->key), err);
		if (rc == HRV_OK)
			rc = db_col_fixed(
			    st, 2, p->escrow, sizeof(p->escrow), err);
		if (rc == HRV_OK)
			rc = db_col_fixed(
			    st, 6, p->sealed, sizeof(p->sealed), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

/* The newest, or n = 0. */
static int
newest(struct hrv_vault *v, struct epoch *ret, struct hrv_err *err)
{
	struct epoch *list = NULL;
	size_t n = 0;
	int rc = epoch_list(v, &list, &n, err);

	*ret = n > 0 ? list[n - 1] : (struct epoch){ .n = 0 };
	free(list);
	return rc;
}

static int
set_days(struct hrv_vault *v, const struct escrow *esc, struct epoch *e,
    struct hrv_err *err)
{
	struct hrv_duration open = { .days = (uint32_t)esc->days };
	struct hrv_duration life = { .days =
					 (uint32_t)(esc->days * esc->keep) };
	struct hrv_date day, closes, dies;
	int rc = vault_today(v, &day, err);

	if (rc != HRV_OK)
		return rc;
	if (!hrv_date_add(day, open, &closes) ||
	    !hrv_date_add(day, life, &dies))
		return hrv_fail(err, HRV_EFAILED, "a date is out of range");
	hrv_date_format(day, e->begins);
	hrv_date_format(closes, e->closes);
	hrv_date_format(dies, e->dies);
	return HRV_OK;
}

static void
plain_head(const uint8_t *vault, const struct epoch *e, struct buf *out)
{
	buf_adds(out, "hrvault-epoch/1\nvault ");
	enc_hex(out, vault, VAULT_ID_LEN);
	buf_addf(out, "\nepoch %lld ", (long long)e->n);
	enc_hex(out, e->key, KEM_LEN);
	buf_adds(out, "\nsecret ");
}

/* Splits "A,B" in place. False: more than can be sealed to; none is left out
 * in silence. */
static bool
split(char *list, const char *out[PGP_RECIPIENTS_MAX], size_t *ret_n)
{
	size_t n = 0;
	char *save = NULL;

	for (char *p = strtok_r(list, ",", &save); p != NULL;
	     p = strtok_r(NULL, ",", &save)) {
		if (n == PGP_RECIPIENTS_MAX)
			return false;
		out[n++] = p;
	}
	*ret_n = n;
	return true;
}

static int
seal_private(struct hrv_vault *v, const struct escrow *esc,
    const struct epoch *e, const struct key *secret, struct buf *out,
    struct hrv_err *err)
{
	const char *fprs[PGP_RECIPIENTS_MAX];
	struct pgp_to to = { fprs, 0 };
	struct buf plain = BUF_INIT_SECRET;
	char *list = strdup(esc->custodians);
	int rc;

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (!split(list, fprs, &to.n)) {
		free(list);
		return hrv_fail(err, HRV_EREFUSED,
		    "more custodians are registered than %d, to which a key "
		    "can be sealed",
		    PGP_RECIPIENTS_MAX);
	}
	plain_head(v->id, e, &plain);
	enc_b64(&plain, key_bytes(secret), key_len(secret));
	buf_addc(&plain, '\n');
	rc = buf_ok(&plain, err);
	if (rc == HRV_OK)
		rc = pgp_encrypt(v->pgp, &to, plain.data, plain.len, out, err);
	buf_clear(&plain);
	free(list);
	return rc;
}

/* Writes the sealed private half and compares what is on the medium. */
static int
place(const char *dir, const struct epoch *e, const struct buf *sealed,
    struct hrv_err *err)
{
	struct buf again = BUF_INIT;
	char name[64], *path = NULL;
	int rc;

	epoch_name(e, ".pgp", name);
	rc = file_join(dir, name, &path, err);
	if (rc == HRV_OK)
		rc = file_write_new(
		    path, sealed->data, sealed->len, FILE_MODE_PRIVATE, err);
	if (rc == HRV_OK)
		rc = file_read(path, EPOCH_SEALED_MAX, &again, err);
	if (rc == HRV_OK &&
	    (again.len != sealed->len ||
		memcmp(again.data, sealed->data, again.len) != 0))
		rc = hrv_fail(err, HRV_EIO,
		    "the escrow folder does not keep what is written there");
	free(path);
	buf_clear(&again);
	return rc;
}

int
epoch_add(struct hrv_vault *v, const struct epoch *e, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_ADD_EPOCH, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, e->n);
	(void)db_bind_blob(st, 2, e->key, sizeof(e->key));
	(void)db_bind_blob(st, 3, e->escrow, sizeof(e->escrow));
	(void)db_bind_text(st, 4, e->begins);
	(void)db_bind_text(st, 5, e->closes);
	(void)db_bind_text(st, 6, e->dies);
	(void)db_bind_blob(st, 7, e->sealed, sizeof(e->sealed));
	(void)db_bind_int(st, 8, (int64_t)leaf);
	return db_run(st, err);
}

static json_t *
payload(const struct escrow *esc, const struct epoch *e)
{
	json_t *p = json_object(), *list = json_array();
	const char *fprs[PGP_RECIPIENTS_MAX];
	char *names = strdup(esc->custodians);
	size_t n = 0;
	int bad = p == NULL || list == NULL || names == NULL ||
		  !split(names, fprs, &n);

	for (size_t i = 0; i < n; i++)
		bad |= json_array_append_new(list, json_string(fprs[i]));
	bad |= json_set_int(p, "epoch", e->n);
	bad |= json_set_hex(p, "key", e->key, sizeof(e->key));
	bad |= json_set_hex(p, "escrow", e->escrow, sizeof(e->escrow));
	bad |= json_set_str(p, "begins", e->begins);
	bad |= json_set_str(p, "closes", e->closes);
	bad |= json_set_str(p, "dies", e->dies);
	bad |= json_object_set(p, "custodians", list);
	bad |= json_set_hex(p, "sealed_sha256", e->sealed, sizeof(e->sealed));
	free(names);
	json_decref(list);
	if (bad) {
		json_decref(p);
		return NULL;
	}
	return p;
}

/* Another command may have begun one meanwhile: then that one counts, and the
 * file of ours protects nothing. */
static int
log_epoch(struct hrv_vault *v, const struct escrow *esc, struct epoch *e,
    struct hrv_err *err)
{
	struct entry en = ENTRY("backup.epoch");
	json_t *p = payload(esc, e);
	struct epoch now;
	uint64_t leaf = 0;
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : txn_begin(v, err);

	en.payload = p;
	if (rc == HRV_OK)
		rc = newest(v, &now, err);
	if (rc == HRV_OK && now.n != e->n - 1)
		rc = hrv_fail(
		    err, HRV_EBUSY, "another command began an epoch just now");
	if (rc == HRV_OK)
		rc = txn_entry(v, &en, &leaf, err);
	if (rc == HRV_OK)
		rc = epoch_add(v, e, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

static int
begin(struct hrv_vault *v, const char *dir, const struct escrow *esc,
    struct epoch *e, struct hrv_err *err)
{
	struct buf sealed = BUF_INIT;
	struct key *secret = NULL;
	int rc = epoch_check_clock(v, err);

	if (rc == HRV_OK)
		rc = set_days(v, esc, e, err);
	memcpy(e->escrow, esc->id, sizeof(e->escrow));
	if (rc == HRV_OK)
		rc = key_new_random(KEM_LEN, &secret, err);
	if (rc == HRV_OK)
		rc = crypt_x25519_public(secret, e->key, err);
	if (rc == HRV_OK)
		rc = seal_private(v, esc, e, secret, &sealed, err);
	key_free(secret);
	if (rc == HRV_OK) {
		crypt_sha256(sealed.data, sealed.len, e->sealed);
		rc = place(dir, e, &sealed, err);
	}
	if (rc == HRV_OK)
		rc = log_epoch(v, esc, e, err);
	buf_clear(&sealed);
	return rc;
}

int
epoch_current(struct hrv_vault *v, const char *escrow, struct epoch *ret,
    struct hrv_err *err)
{
	char today[HRV_DATE_TEXT] = "";
	struct escrow esc = { .custodians = NULL };
	struct epoch e = { .n = 0 };
	int rc = escrow_load(v, &esc, err);

	if (rc == HRV_OK)
		rc = vault_today_text(v, today, err);
	if (rc == HRV_OK)
		rc = newest(v, &e, err);
	if (rc == HRV_OK &&
	    (e.n == 0 || e.ended || strcmp(today, e.closes) >= 0 ||
		memcmp(e.escrow, esc.id, sizeof(esc.id)) != 0)) {
		e = (struct epoch){ .n = e.n + 1 };
		rc = escrow_check(v, escrow, esc.id, err);
		if (rc == HRV_OK)
			rc = begin(v, escrow, &esc, &e, err);
	}
	if (rc == HRV_OK)
		*ret = e;
	escrow_clear(&esc);
	return rc;
}

/* The secret of an opened escrow file. */
static int
take_secret(const uint8_t *vault, const struct epoch *e,
    const struct buf *plain, struct key **ret, struct hrv_err *err)
{
	struct buf head = BUF_INIT;
	struct key *k = NULL;
	uint8_t pub[KEM_LEN];
	int rc;

	plain_head(vault, e, &head);
	rc = buf_ok(&head, err);
	if (rc == HRV_OK)
		rc = key_new(KEM_LEN, &k, err);
	if (rc == HRV_OK &&
	    (plain->len != head.len + 45 ||
		memcmp(plain->data, head.data, head.len) != 0 ||
		!enc_unb64_fixed((const char *)plain->data + head.len, 44,
		    key_fill(k), KEM_LEN)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the escrow file holds the key of another epoch");
	if (rc == HRV_OK)
		rc = crypt_x25519_public(k, pub, err);
	if (rc == HRV_OK && memcmp(pub, e->key, sizeof(pub)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the escrow file does not hold the key of its epoch");
	buf_clear(&head);
	if (rc != HRV_OK) {
		key_free(k);
		return rc;
	}
	*ret = k;
	return HRV_OK;
}

int
epoch_open(struct hrv_vault *v, const char *escrow, const uint8_t *vault,
    const struct epoch *e, struct key **ret, struct hrv_err *err)
{
	struct buf sealed = BUF_INIT, plain = BUF_INIT_SECRET;
	char name[64], *path = NULL;
	int rc;

	epoch_name(e, ".pgp", name);
	rc = file_join(escrow, name, &path, err);
	if (rc == HRV_OK)
		rc = file_read(path, EPOCH_SEALED_MAX, &sealed, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail_as(err, HRV_ENOTFOUND, "epoch-gone",
		    "the private half of epoch %lld is not in the escrow "
		    "folder: it was destroyed, or this is another folder",
		    (long long)e->n);
		rc = hrv_hint(err, "use a key backup of an epoch that lives; "
				   "'hrvault backup list' shows them");
	}
	if (rc == HRV_OK)
		rc = pgp_decrypt(v->pgp, sealed.data, sealed.len, &plain, err);
	if (rc == HRV_OK)
		rc = take_secret(vault, e, &plain, ret, err);
	free(path);
	buf_clear(&plain);
	buf_clear(&sealed);
	return rc;
}
