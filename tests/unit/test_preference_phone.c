/* SPDX-License-Identifier: ISC */
/* Numbers on the suppression list from before they were the same however they
 * are dialled. */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

#include <string.h>

#include "hrvault/rights.h"
#include "vault/crypto/crypt.h"
#include "vault/preference.h"
#include "vault/store/db.h"

static const char number[] = "+44 20 7946 0000";

/* A token over the number as it was typed, as version 1 of the list has it. */
static void
put_as_typed(void)
{
	static const char text[] = "hrvault-suppress/v1\nphone\n+442079460000";
	uint32_t version = 0;
	const struct key *k =
	    keyring_current(&v->ring, v->slots, KEY_SUPPRESS, &version);
	uint8_t token[CRYPT_SHA256_LEN];
	struct stmt *st;

	assert_non_null(k);
	OK_(crypt_hmac_sha256(k, text, strlen(text), token, err));
	OK_(db_stmt(v->db, SQL_RIGHTS_ADD_SUPPRESSED, &st, err));
	(void)db_bind_blob(st, 1, token, sizeof(token));
	(void)db_bind_text(st, 2, "phone");
	(void)db_bind_text(st, 3, "2026-01-02");
	OK_(db_run(st, err));
}

static bool
is_suppressed(const char *typed)
{
	char since[HRV_DATE_TEXT] = "";

	OK_(suppress_look_up(v, "phone", typed, since, err));
	return since[0] != '\0';
}

static void
a_number_from_before_is_known_and_taken_off(void **state)
{
	json_t *who = json_pack("{s:[s]}", "phones", number);
	(void)state;

	assert_non_null(who);
	OK_(txn_begin(v, err));
	assert_false(is_suppressed(number));
	put_as_typed();
	assert_true(is_suppressed(number));
	assert_false(is_suppressed("020 7946 0000"));
	OK_(suppress_set(v, "phone", false, who, NULL, err));
	assert_true(is_suppressed("020 7946 0000"));
	OK_(suppress_set(v, "phone", true, who, NULL, err));
	assert_false(is_suppressed(number));
	assert_false(is_suppressed("020 7946 0000"));
	txn_abort(v);
	json_decref(who);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_from_before_is_known_and_taken_off),
	};

	return RUN_SUBJECT(tests);
}
