/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "vault/handle.h"
#include "vault/receipt.h"
#include "vault/seal.h"
#include "vault/unseal.h"

static void
test_a_new_vault_opens_and_says_who_opened_it(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	assert_string_equal(hrv_member_role(v), "dpo");
	assert_string_equal(hrv_member_fpr(v), h.founder);
	assert_string_equal(v->origin, "hrvault.example/test/log1");
	assert_int_equal(v->gen, 1);
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
test_a_folder_without_a_vault_is_no_vault(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v = NULL;
	struct hrv_open_args a;
	(void)state;

	vaulthome_init(&h);
	a = h.open;
	a.dir = "/tmp";
	FAILS(hrv_open(&a, &v, err), HRV_ENOVAULT);
	a.dir = "/nonexistent";
	FAILS(hrv_open(&a, &v, err), HRV_ENOVAULT);
	vaulthome_clear(&h);
}

static void
test_a_transaction_adds_signed_entries_and_a_checkpoint(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct entry e = ENTRY("clock.confirm");
	uint64_t first = 0, second = 0;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	OK_(txn_begin(v, err));
	OK_(txn_entry(v, &e, &first, err));
	OK_(txn_commit(v, true, err));
	hrv_close(v);
	v = vaulthome_open(&h);
	OK_(txn_begin(v, err));
	OK_(txn_entry(v, &e, &second, err));
	OK_(txn_commit(v, true, err));
	/* One session.open entry lies between. */
	assert_int_equal(second, first + 2);
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
test_an_aborted_transaction_leaves_nothing(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct entry e = ENTRY("clock.confirm");
	uint64_t size;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	OK_(txn_begin(v, err));
	size = v->frontier.size;
	OK_(txn_entry(v, &e, NULL, err));
	txn_abort(v);
	OK_(txn_begin(v, err));
	assert_int_equal(v->frontier.size, size);
	txn_abort(v);
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
test_a_rolled_back_vault_is_refused(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v = NULL;
	struct entry e = ENTRY("clock.confirm");
	char cmd[256], out[64];
	const char *const save[] = { "sh", "-c", cmd, NULL };
	(void)state;

	vaulthome_init(&h);
	snprintf(cmd, sizeof(cmd), "cp -a %s %s/old", h.dir, h.root);
	assert_int_equal(gpghome_run(save, NULL, out, sizeof(out)), 0);
	v = vaulthome_open(&h);
	OK_(txn_begin(v, err));
	OK_(txn_entry(v, &e, NULL, err));
	OK_(txn_commit(v, true, err));
	hrv_close(v);
	v = NULL;
	snprintf(cmd, sizeof(cmd), "rm -rf %s && mv %s/old %s", h.dir, h.root,
	    h.dir);
	assert_int_equal(gpghome_run(save, NULL, out, sizeof(out)), 0);
	FAILS(hrv_open(&h.open, &v, err), HRV_EINTEGRITY);
	vaulthome_clear(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_new_vault_opens_and_says_who_opened_it),
		cmocka_unit_test(test_a_folder_without_a_vault_is_no_vault),
		cmocka_unit_test(
		    test_a_transaction_adds_signed_entries_and_a_checkpoint),
		cmocka_unit_test(test_an_aborted_transaction_leaves_nothing),
		cmocka_unit_test(test_a_rolled_back_vault_is_refused),
	};

	return RUN(tests);
}
