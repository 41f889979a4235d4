/* SPDX-License-Identifier: ISC */
/*
 * The suppression list. Layer: verbs. Invariant: an address is there only as
 * an HMAC under K_suppress over its channel and normalised form; nothing links
 * it to a subject.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/base/text.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/preference.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/txn.h"

#define DOMAIN "hrvault-suppress/v1\n"
#define CHANNEL_EMAIL "email"
#define CHANNEL_PHONE "phone"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
current_key(
    const struct hrv_vault *v, uint32_t *ret_version, struct hrv_err *err)
{
	if (keyring_current(&v->ring, v->slots, KEY_SUPPRESS, ret_version) !=
	    NULL)
		return HRV_OK;
	return hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "you do not hold the key of the suppression list");
}

/* The token of an address under one version of the key. */
static int
make_token(const struct hrv_vault *v, uint32_t version, const char *channel,
    const char *address, uint8_t out[CRYPT_SHA256_LEN], struct hrv_err *err)
{
	const struct key *k = keyring_get(&v->ring, KEY_SUPPRESS, version);
	bool email = strcmp(channel, CHANNEL_EMAIL) == 0;
	struct buf b = BUF_INIT_SECRET;
	int rc;

	if (k == NULL)
		return hrv_fail(err, HRV_ENOTFOUND, "no such key");
	buf_addf(&b, DOMAIN "%s\n", channel);
	rc = text_normalise(
	    email ? TEXT_EMAIL : TEXT_PHONE, address, strlen(address), &b, err);
	if (rc == HRV_OK)
		rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		rc = crypt_hmac_sha256(k, b.data, b.len, out, err);
	buf_clear(&b);
	return rc;
}

static int
put(struct hrv_vault *v, const char *channel,
    const uint8_t token[CRYPT_SHA256_LEN], struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc = vault_today_text(v, day, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_RIGHTS_ADD_SUPPRESSED, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, token, CRYPT_SHA256_LEN);
	(void)db_bind_text(st, 2, channel);
	(void)db_bind_text(st, 3, day);
	return db_run(st, err);
}

static int
take(struct hrv_vault *v, const uint8_t token[CRYPT_SHA256_LEN],
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_DEL_SUPPRESSED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, token, CRYPT_SHA256_LEN);
	return db_run(st, err);
}

/* Put under the newest key; taken away under every one that is held. */
static int
set_one(struct hrv_vault *v, const char *channel, bool allowed,
    const char *address, struct hrv_err *err)
{
	uint8_t token[CRYPT_SHA256_LEN];
	uint32_t version = 0;
	int rc = current_key(v, &version, err);

	if (rc == HRV_OK && !allowed) {
		rc = make_token(v, version, channel, address, token, err);
		return rc == HRV_OK ? put(v, channel, token, err) : rc;
	}
	for (uint32_t n = 1; rc == HRV_OK && n <= version; n++) {
		if (keyring_get(&v->ring, KEY_SUPPRESS, n) == NULL)
			continue;
		rc = make_token(v, n, channel, address, token, err);
		if (rc == HRV_OK)
			rc = take(v, token, err);
	}
	return rc;
}

int
suppress_set(struct hrv_vault *v, const char *channel, bool allowed,
    const json_t *identity, size_t *ret_n, struct hrv_err *err)
{
	const json_t *list = NULL;
	int rc = HRV_OK;

	if (strcmp(channel, CHANNEL_EMAIL) == 0)
		list = json_object_get(identity, "emails");
	else if (strcmp(channel, CHANNEL_PHONE) == 0)
		list = json_object_get(identity, "phones");
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = set_one(v, channel, allowed,
		    json_string_value(json_array_get(list, i)), err);
	if (rc == HRV_OK && ret_n != NULL)
		*ret_n = json_array_size(list);
	return rc;
}

int
suppress_follow(struct hrv_vault *v, const struct hrv_id *subject,
    const json_t *identity, struct hrv_err *err)
{
	static const char *const channels[] = { CHANNEL_EMAIL, CHANNEL_PHONE };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < 2; i++) {
		bool found = false, no = false;
		struct stmt *st;

		rc = db_stmt(v->db, SQL_RIGHTS_GET_PREFERENCE, &st, err);
		if (rc != HRV_OK)
			return rc;
		(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
		(void)db_bind_text(st, 2, channels[i]);
		rc = db_step(st, &found, err);
		no = rc == HRV_OK && found && db_col_int(st, 0) == 0;
		db_reset(st);
		if (no)
			rc = suppress_set(
			    v, channels[i], false, identity, NULL, err);
	}
	return rc;
}

int
suppress_look_up(struct hrv_vault *v, const char *channel, const char *address,
    char since[HRV_DATE_TEXT], struct hrv_err *err)
{
	uint8_t token[CRYPT_SHA256_LEN];
	uint32_t version = 0;
	bool found = false;
	struct stmt *st;
	int rc = current_key(v, &version, err);

	for (uint32_t n = version; rc == HRV_OK && n > 0 && !found; n--) {
		if (keyring_get(&v->ring, KEY_SUPPRESS, n) == NULL)
			continue;
		rc = make_token(v, n, channel, address, token, err);
		if (rc == HRV_OK)
			rc =
			    db_stmt(v->db, SQL_RIGHTS_GET_SUPPRESSED, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, token, sizeof(token));
		rc = db_step(st, &found, err);
		if (rc == HRV_OK && found)
			snprintf(
			    since, HRV_DATE_TEXT, "%s", db_col_text(st, 0));
		db_reset(st);
	}
	return rc;
}

int
hrv_suppressed(struct hrv_vault *v, const char *address,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("subject.preference");
	bool email = strchr(address, '@') != NULL;
	const char *channel = email ? CHANNEL_EMAIL : CHANNEL_PHONE;
	char since[HRV_DATE_TEXT] = "";
	json_t *o;
	int rc = role_may(v->role, "subject.preference", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = text_check_field(
	    email ? TEXT_EMAIL : TEXT_PHONE, address, strlen(address), err);
	if (rc == HRV_OK)
		rc = suppress_look_up(v, channel, address, since, err);
	if (rc != HRV_OK)
		return rc;
	o = json_pack(
	    "{s:s,s:b}", "channel", channel, "suppressed", since[0] != '\0');
	if (o == NULL ||
	    json_set_str(o, "since", since[0] == '\0' ? NULL : since)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}
