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

/* The tokens that an address has: a phone number is the same however it is
 * dialled, and may have been put on the list as it was typed. */
#define TOKENS_MAX 3
struct tokens {
	const struct key *key;
	const char *channel;
	uint8_t list[TOKENS_MAX][CRYPT_SHA256_LEN];
	size_t n;
	struct hrv_err *err;
};

/* text_token_fn */
static int
add_token(void *arg, const char *form, size_t len)
{
	struct tokens *t = arg;
	struct buf b = BUF_INIT_SECRET;
	int rc;

	if (t->n == TOKENS_MAX)
		return HRV_OK;
	buf_addf(&b, DOMAIN "%s\n", t->channel);
	buf_add(&b, form, len);
	rc = buf_ok(&b, t->err);
	if (rc == HRV_OK)
		rc = crypt_hmac_sha256(
		    t->key, b.data, b.len, t->list[t->n++], t->err);
	buf_clear(&b);
	return rc;
}

/* The tokens of an address under one version of the key; of a phone number as
 * it was typed, only where they are looked for. */
static int
make_tokens(const struct hrv_vault *v, uint32_t version, bool typed,
    const char *address, struct tokens *t, struct hrv_err *err)
{
	bool phone = strcmp(t->channel, CHANNEL_PHONE) == 0;
	size_t len = strlen(address);
	int rc = HRV_OK;

	t->key = keyring_get(&v->ring, KEY_SUPPRESS, version);
	t->err = err;
	t->n = 0;
	if (t->key == NULL)
		return hrv_fail(err, HRV_ENOTFOUND, "no such key");
	if (phone)
		rc = text_phone_forms(address, len, add_token, t, err);
	if (rc == HRV_OK && (!phone || typed))
		rc = text_tokens(phone ? TEXT_PHONE : TEXT_EMAIL, address, len,
		    add_token, t, err);
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
	struct tokens t = { .channel = channel };
	uint32_t version = 0;
	int rc = current_key(v, &version, err);

	for (uint32_t n = allowed ? 1 : version; rc == HRV_OK && n <= version;
	     n++) {
		if (keyring_get(&v->ring, KEY_SUPPRESS, n) == NULL)
			continue;
		rc = make_tokens(v, n, allowed, address, &t, err);
		for (size_t i = 0; rc == HRV_OK && i < t.n; i++)
			rc = allowed ? take(v, t.list[i], err)
				     : put(v, channel, t.list[i], err);
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
preference_is_no(struct hrv_vault *v, const struct hrv_id *subject,
    const char *channel, bool *ret, struct hrv_err *err)
{
	bool found = false;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_GET_PREFERENCE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	(void)db_bind_text(st, 2, channel);
	rc = db_step(st, &found, err);
	*ret = rc == HRV_OK && found && db_col_int(st, 0) == 0;
	db_reset(st);
	return rc;
}

int
suppress_follow(struct hrv_vault *v, const struct hrv_id *subject,
    const json_t *identity, struct hrv_err *err)
{
	static const char *const channels[] = { CHANNEL_EMAIL, CHANNEL_PHONE };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < 2; i++) {
		bool no = false;

		rc = preference_is_no(v, subject, channels[i], &no, err);
		if (no)
			rc = suppress_set(
			    v, channels[i], false, identity, NULL, err);
	}
	return rc;
}

/* since stays as it is where the token is not on the list. */
static int
find(struct hrv_vault *v, const uint8_t token[CRYPT_SHA256_LEN],
    char since[HRV_DATE_TEXT], struct hrv_err *err)
{
	bool found = false;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_GET_SUPPRESSED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, token, CRYPT_SHA256_LEN);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		snprintf(since, HRV_DATE_TEXT, "%s", db_col_text(st, 0));
	db_reset(st);
	return rc;
}

int
suppress_look_up(struct hrv_vault *v, const char *channel, const char *address,
    char since[HRV_DATE_TEXT], struct hrv_err *err)
{
	struct tokens t = { .channel = channel };
	char found[HRV_DATE_TEXT] = "";
	uint32_t version = 0;
	int rc = current_key(v, &version, err);

	for (uint32_t n = version; rc == HRV_OK && n > 0 && found[0] == '\0';
	     n--) {
		if (keyring_get(&v->ring, KEY_SUPPRESS, n) == NULL)
			continue;
		rc = make_tokens(v, n, true, address, &t, err);
		for (size_t i = 0; rc == HRV_OK && i < t.n; i++)
			rc = find(v, t.list[i], found, err);
	}
	if (rc == HRV_OK && found[0] != '\0')
		memcpy(since, found, HRV_DATE_TEXT);
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
