/* SPDX-License-Identifier: ISC */
/*
 * What is in force. Layer: verbs. A policy text is believed only while it has
 * the hash under which it was adopted and logged.
 */
#include "vault/inforce.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/store/db.h"

int
inforce_vault(struct hrv_vault *v, uint8_t ret_slots[32], struct hrv_err *err)
{
	uint8_t id[VAULT_ID_LEN];
	const char *origin;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_VAULT_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the vault's own row is missing");
	rc = db_col_fixed(st, 0, id, sizeof(id), err);
	if (rc == HRV_OK && memcmp(id, v->id, sizeof(id)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "vault.db and the slot file belong to different vaults");
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 4, ret_slots, 32, err);
	origin = db_col_text(st, 1);
	if (rc == HRV_OK) {
		snprintf(v->origin, sizeof(v->origin), "%s",
		    origin == NULL ? "" : origin);
		v->gen = (uint32_t)db_col_int(st, 2);
		v->founding = db_col_int(st, 3) != 0;
		v->restoring = db_col_int(st, 5) != 0;
		v->without_log = db_col_int(st, 6) != 0;
	}
	db_reset(st);
	return rc;
}

int
inforce_founding(struct hrv_vault *v, bool *ret, struct hrv_err *err)
{
	static const char said[] = "\"founding_ended\":1";
	bool ended = slots_approvers(v->slots) >= APPROVERS_NEEDED;
	struct stmt *st;
	int rc = HRV_OK;

	/* The whole log is read only here, where one member acts alone. */
	if (v->founding && !ended) {
		rc = db_stmt(v->db, SQL_LOG_GET_SAYING, &st, err);
		if (rc == HRV_OK)
			(void)db_bind_blob(st, 1, said, strlen(said));
		if (rc == HRV_OK)
			rc = db_step(st, &ended, err);
		if (rc == HRV_OK)
			db_reset(st);
	}
	if (rc != HRV_OK)
		return rc;
	if (v->founding && ended) {
		hrv_fail(err, HRV_EINTEGRITY,
		    "the database says that the vault is in founding, and "
		    "there were two who approve: nothing was done");
		return hrv_hint(err, "run 'hrvault audit verify'");
	}
	*ret = v->founding;
	return HRV_OK;
}

/* Takes column `at` as the text of a policy that must have this hash. */
static int
take_text(struct stmt *st, int at, const uint8_t hash[32], struct buf *text,
    struct hrv_err *err)
{
	uint8_t got[32];
	size_t len;
	const uint8_t *p = db_col_blob(st, at, &len);

	crypt_sha256(p, len, got);
	if (memcmp(got, hash, sizeof(got)) != 0)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a stored schedule, law, calendar or controller is not the "
		    "text that "
		    "was adopted");
	buf_add(text, p, len);
	return buf_ok(text, err);
}

int
inforce_policy_text(struct hrv_vault *v, const char *kind, const char *name,
    struct buf *text, uint8_t hash[32], struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_POLICY_GET_CURRENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, kind);
	(void)db_bind_text(st, 2, name);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_ENOTFOUND, "no %s%s%s was adopted here", kind,
		    name == NULL ? "" : " ", name == NULL ? "" : name);
		if (name == NULL)
			return hrv_hint(err, "'hrvault policy adopt FILE'");
		return hrv_hint(err,
		    "'hrvault policy adopt %s:%s' where it comes with the "
		    "program, or the path of its file",
		    kind, name);
	}
	if (rc != HRV_OK)
		return rc;
	rc = db_col_fixed(st, 0, hash, 32, err);
	if (rc == HRV_OK)
		rc = take_text(st, 3, hash, text, err);
	db_reset(st);
	return rc;
}

int
inforce_policy_by_hash(struct hrv_vault *v, const uint8_t hash[32],
    struct buf *text, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_POLICY_GET_HASH, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, hash, 32);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a schedule, law, calendar or controller that is referred "
		    "to is not "
		    "stored");
	if (rc != HRV_OK)
		return rc;
	rc = take_text(st, 3, hash, text, err);
	db_reset(st);
	return rc;
}

int
inforce_schedule(struct hrv_vault *v, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf text = BUF_INIT;
	struct hrv_schedule *s = NULL;
	uint8_t hash[32];
	int rc;

	rc = inforce_policy_text(v, "schedule", NULL, &text, hash, err);
	if (rc != HRV_OK)
		goto out;
	if (v->schedule != NULL && memcmp(hash, v->schedule_hash, 32) == 0)
		goto out;
	s = hrv_schedule_parse(buf_str(&text), text.len, &errors);
	if (s == NULL) {
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the schedule in force cannot be read by this program");
		goto out;
	}
	hrv_schedule_free(v->schedule);
	v->schedule = s;
	memcpy(v->schedule_hash, hash, sizeof(v->schedule_hash));
out:
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	return rc;
}

void
inforce_hold_line(
    struct buf *out, const struct hrv_id *id, const uint8_t scope[32])
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	buf_addf(out, "%s{\"id\":\"%s\",\"scope\":\"", out->len > 1 ? "," : "",
	    text);
	enc_b64(out, scope, 32);
	buf_adds(out, "\"}");
}

int
inforce_holds(struct hrv_vault *v, uint8_t out[32], struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_HOLD };
	struct buf list = BUF_INIT;
	const char *scope;
	uint8_t hash[32];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_HOLD_LIST_ACTIVE, &st, err);

	if (rc != HRV_OK)
		return rc;
	buf_addc(&list, '[');
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		scope = db_col_text(st, 1);
		crypt_sha256(scope, scope == NULL ? 0 : strlen(scope), hash);
		inforce_hold_line(&list, &id, hash);
	}
	db_reset(st);
	buf_addc(&list, ']');
	if (rc == HRV_OK)
		rc = buf_ok(&list, err);
	if (rc == HRV_OK)
		crypt_sha256(list.data, list.len, out);
	buf_clear(&list);
	return rc;
}
