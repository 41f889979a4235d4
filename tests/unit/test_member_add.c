/* SPDX-License-Identifier: ISC */
/*
 * Adding members: what each role's grant holds, read with the real key of its
 * owner, and everything that must be refused before anything is written.
 */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "hrvault/proposal.h"
#include "vault/custody/keyring.h"
#include "vault/crypto/pgp.h"
#include "vault/handle.h"
#include "vault/txn.h"

static struct vaulthome home;
static char hr[41], legal[41], dpo[41], purge[41], auditor[41];

static int
set_up(void **state)
{
	(void)state;
	vaulthome_init(&home);
	assert_true(gpghome_key(&home.gpg, "hr", hr));
	assert_true(gpghome_key(&home.gpg, "legal", legal));
	assert_true(gpghome_key(&home.gpg, "dpo", dpo));
	assert_true(gpghome_key(&home.gpg, "purge", purge));
	assert_true(gpghome_key(&home.gpg, "auditor", auditor));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vaulthome_clear(&home);
	return 0;
}

static struct hrv_vault *
open_as(const char *fpr)
{
	struct hrv_open_args a = home.open;
	struct hrv_vault *v = NULL;

	a.as = fpr;
	OK_(hrv_open(&a, &v, err));
	return v;
}

static int
add(struct hrv_vault *v, const char *who, const char *role, const char *comps,
    struct hrv_err *err)
{
	struct hrv_member_args a = { who, role, comps, NULL };
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_add(v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

/* Adds when two people are asked for: legal is the second. */
static void
add_by_two(
    struct hrv_vault *v, const char *who, const char *role, const char *comps)
{
	struct hrv_vault *other = open_as(legal);
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	char id[ID_TEXT_SIZE] = "";

	assert_int_equal(add(v, who, role, comps, &e), HRV_ECONFIRM);
	assert_non_null(strstr(e.msg, "P-"));
	memcpy(id, strstr(e.msg, "P-"), ID_TEXT_LEN);
	OK_(hrv_proposal_approve(other, id, &doc, err));
	hrv_doc_free(doc);
	hrv_close(other);
	OK_(add(v, who, role, comps, err));
}

static bool
slot_file_exists(unsigned gen)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/slots.%u", home.dir, gen);
	return access(path, F_OK) == 0;
}

static uint64_t
log_size(struct hrv_vault *v)
{
	uint64_t size;

	OK_(txn_begin(v, err));
	size = v->frontier.size;
	txn_abort(v);
	return size;
}

/* Names in the grant of fpr, opened with the key of fpr: "meta write ". */
static void
grant_of(struct hrv_vault *v, const char *fpr, struct buf *out)
{
	struct buf plain = BUF_INIT_SECRET;
	struct keyring ring = KEYRING_INIT;

	for (size_t i = 0; i < v->slots->n_grants; i++) {
		const struct slot_grant *g = &v->slots->grants[i];

		if (strcmp(g->fpr, fpr) == 0)
			OK_(pgp_decrypt(
			    v->pgp, g->msg.data, g->msg.len, &plain, err));
	}
	OK_(keyring_read_grant(&ring, v->slots, &plain, err));
	for (size_t i = 0; i < ring.n; i++)
		buf_addf(out, "%s ", ring.entries[i].name);
	keyring_clear(&ring);
	buf_clear(&plain);
}

static void
grant_is(struct hrv_vault *v, const char *fpr, const char *want)
{
	struct buf got = BUF_INIT;

	grant_of(v, fpr, &got);
	assert_string_equal(buf_str(&got), want);
	buf_clear(&got);
}

static void
unusable_keys_are_refused_and_nothing_is_written(void **state)
{
	struct hrv_vault *v = open_as(home.founder);
	char old[41], gone[41];
	struct hrv_err e = { 0 };
	(void)state;

	assert_true(gpghome_key_with(&home.gpg, "old", "", "seconds=1", old));
	assert_true(gpghome_key(&home.gpg, "gone", gone));
	assert_true(gpghome_revoke(&home.gpg, gone));
	sleep(2);
	assert_int_equal(add(v, old, "hr", "general", &e), HRV_EKEY);
	assert_non_null(strstr(e.msg, old));
	assert_non_null(strstr(e.msg, "expired"));
	assert_int_equal(add(v, gone, "hr", "general", &e), HRV_EKEY);
	assert_non_null(strstr(e.msg, gone));
	assert_non_null(strstr(e.msg, "revoked"));
	assert_int_equal(
	    add(v, "0123456789ABCDEF0123456789ABCDEF01234567", "hr", NULL, &e),
	    HRV_EKEY);
	assert_false(slot_file_exists(2));
	hrv_close(v);
}

static void
what_makes_no_sense_is_refused_and_nothing_is_written(void **state)
{
	struct hrv_vault *v = open_as(home.founder);
	struct hrv_member_args until = { hr, "hr", "general", "2020-01-01" };
	struct hrv_doc *doc = NULL;
	uint64_t before;
	(void)state;

	FAILS(add(v, hr, "boss", NULL, err), HRV_EUSAGE);
	FAILS(add(v, hr, "hr", "general,medical", err), HRV_EUSAGE);
	FAILS(add(v, hr, "hr", "identity", err), HRV_EUSAGE);
	FAILS(add(v, hr, "hr", "general,", err), HRV_EUSAGE);
	FAILS(hrv_member_add(v, &until, &doc, err), HRV_EUSAGE);
	until.until = "tomorrow";
	FAILS(hrv_member_add(v, &until, &doc, err), HRV_EUSAGE);
	FAILS(add(v, home.founder, "hr", NULL, err), HRV_EEXISTS);
	before = log_size(v);
	FAILS(add(v, purge, "purge", "general", err), HRV_EREFUSED);
	FAILS(add(v, auditor, "auditor", "pay", err), HRV_EREFUSED);
	FAILS(add(v, legal, "legal", "pay", err), HRV_EREFUSED);
	/* Refusals are in the log. */
	assert_int_equal(log_size(v), before + 3);
	assert_false(slot_file_exists(2));
	hrv_close(v);
}

static void
each_grant_holds_exactly_the_keys_of_its_role(void **state)
{
	struct hrv_vault *v = open_as(home.founder);
	(void)state;

	OK_(add(v, hr, "hr", "general", err));
	OK_(add(v, purge, "purge", NULL, err));
	OK_(add(v, auditor, "auditor", "-", err));
	assert_true(v->founding);
	OK_(add(v, legal, "legal", NULL, err));
	assert_false(v->founding);
	add_by_two(v, dpo, "dpo", "pay,general,pay");
	grant_is(v, hr,
	    "meta write index suppress kek/identity kek/detail kek/casework "
	    "kek/general ");
	grant_is(v, purge, "meta write ");
	grant_is(v, auditor, "meta ");
	grant_is(v, legal,
	    "meta write index kek/identity kek/detail kek/hold kek/casework ");
	grant_is(v, dpo,
	    "meta write index suppress kek/identity kek/detail kek/hold "
	    "kek/casework kek/general kek/pay ");
	assert_string_equal(
	    slots_member(v->slots, dpo)->compartments, "general,pay");
	assert_int_equal(v->slots->gen, 6);
	assert_true(slot_file_exists(5));
	assert_false(slot_file_exists(4)); /* one predecessor is kept */
	hrv_close(v);
}

static void
new_members_open_the_vault_in_their_role(void **state)
{
	const char *const who[] = { hr, legal, dpo, purge, auditor };
	const char *const roles[] = { "hr", "legal", "dpo", "purge",
		"auditor" };
	(void)state;

	for (size_t i = 0; i < 5; i++) {
		struct hrv_vault *v = open_as(who[i]);

		assert_string_equal(hrv_member_role(v), roles[i]);
		assert_false(v->founding);
		hrv_close(v);
	}
}

static void
nobody_grants_what_he_does_not_hold(void **state)
{
	struct hrv_vault *v = open_as(hr);
	struct hrv_err e = { 0 };
	char other[41];
	uint64_t before = log_size(v);
	(void)state;

	assert_true(gpghome_key(&home.gpg, "other", other));
	assert_int_equal(add(v, other, "hr", "general,pay", &e), HRV_EREFUSED);
	assert_string_equal(e.name, "key-not-held");
	/* An hr member holds no key of the holds. */
	assert_int_equal(add(v, other, "legal", NULL, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "key-not-held");
	assert_int_equal(log_size(v), before + 2);
	hrv_close(v);
	v = open_as(purge);
	FAILS(add(v, other, "hr", "general", err), HRV_EREFUSED);
	hrv_close(v);
	v = open_as(auditor);
	FAILS(add(v, other, "hr", "general", err), HRV_EREFUSED);
	hrv_close(v);
	v = open_as(hr);
	assert_null(slots_member(v->slots, other));
	add_by_two(v, other, "hr", "general");
	hrv_close(v);
}

/* gpg would add that key to every message; the library must not let it. */
static void
an_encrypt_to_of_gpg_conf_is_no_recipient(void **state)
{
	struct hrv_vault *v;
	char conf[128], late[41];
	struct buf got = BUF_INIT;
	(void)state;

	assert_true(gpghome_key(&home.gpg, "late", late));
	snprintf(conf, sizeof(conf), "encrypt-to %s\n", auditor);
	assert_true(gpghome_file(&home.gpg, "gpg.conf", conf));
	v = open_as(home.founder);
	add_by_two(v, late, "hr", "general");
	for (size_t i = 0; i < v->slots->n_grants; i++) {
		const struct slot_grant *g = &v->slots->grants[i];
		const char *more[] = { "--list-only", "--list-packets", NULL };
		char path[64], out[4096], *first;
		FILE *f;

		if (strcmp(g->fpr, late) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/grant", home.root);
		f = fopen(path, "we");
		assert_non_null(f);
		assert_int_equal(
		    fwrite(g->msg.data, 1, g->msg.len, f), g->msg.len);
		fclose(f);
		{
			const char *argv[] = { more[0], more[1], path, NULL };

			(void)gpghome_gpg(
			    &home.gpg, NULL, out, sizeof(out), argv);
		}
		first = strstr(out, ":pubkey enc packet:");
		assert_non_null(first);
		assert_null(strstr(first + 1, ":pubkey enc packet:"));
	}
	grant_of(v, late, &got);
	assert_non_null(strstr(buf_str(&got), "kek/general"));
	buf_clear(&got);
	assert_true(gpghome_file(&home.gpg, "gpg.conf", ""));
	hrv_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    unusable_keys_are_refused_and_nothing_is_written),
		cmocka_unit_test(
		    what_makes_no_sense_is_refused_and_nothing_is_written),
		cmocka_unit_test(each_grant_holds_exactly_the_keys_of_its_role),
		cmocka_unit_test(new_members_open_the_vault_in_their_role),
		cmocka_unit_test(nobody_grants_what_he_does_not_hold),
		cmocka_unit_test(an_encrypt_to_of_gpg_conf_is_no_recipient),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
