/* SPDX-License-Identifier: ISC */
/* OpenPGP messages in memory: for whom they are, and what is refused. Real gpg
 * in a home of its own. */
#include "tests/unit/unit.h"

#include "tests/unit/gpghome.h"
#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

static struct gpghome home;
static char ana[41], bo[41], foreign[41], old[41], gone[41];

static int
set_up(void **state)
{
	(void)state;
	if (!gpghome_new(&home) ||
	    !gpghome_key(&home, "Ana Müller <ana@example.org>", ana) ||
	    !gpghome_key(&home, "山田 太郎 <bo@example.org>", bo) ||
	    !gpghome_key(&home, "Foreign <foreign@example.net>", foreign) ||
	    !gpghome_key_with(
		&home, "Old <old@example.org>", "", "seconds=1", old) ||
	    !gpghome_key(&home, "Gone <gone@example.org>", gone) ||
	    !gpghome_revoke(&home, gone))
		return -1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	gpghome_free(&home);
	return 0;
}

static struct pgp *
handle(void)
{
	struct pgp *p = NULL;

	OK_(pgp_init(err));
	OK_(pgp_open(home.dir, &p, err));
	return p;
}

static void
test_a_message_opens_for_its_recipients(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana, bo };
	const struct pgp_to to = { fprs, 2 };
	struct buf out = BUF_INIT, plain = BUF_INIT_SECRET;

	(void)state;
	OK_(pgp_encrypt(p, &to, "grant", 5, &out, err));
	OK_(pgp_decrypt(p, out.data, out.len, &plain, err));
	assert_string_equal(buf_str(&plain), "grant");
	/* A second one is appended, and the handle is used again. */
	OK_(pgp_decrypt(p, out.data, out.len, &plain, err));
	assert_string_equal(buf_str(&plain), "grantgrant");
	buf_clear(&out);
	buf_clear(&plain);
	pgp_close(p);
}

static void
test_a_large_message_comes_back_whole(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf in = BUF_INIT, out = BUF_INIT, plain = BUF_INIT_SECRET;

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_addc(&in, i % 251);
	OK_(pgp_encrypt(p, &to, in.data, in.len, &out, err));
	assert_true(out.len > in.len); /* not compressed */
	OK_(pgp_decrypt(p, out.data, out.len, &plain, err));
	assert_int_equal(plain.len, in.len);
	assert_memory_equal(plain.data, in.data, in.len);
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&plain);
	pgp_close(p);
}

static void
conf(const char *fmt, const char *fpr)
{
	char text[128];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(text, sizeof text, fmt, fpr);
#pragma GCC diagnostic pop
	assert_true(gpghome_file(&home, "gpg.conf", text));
}

static void
test_default_recipients_are_left_out(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT;

	(void)state;
	conf("encrypt-to %s\n", foreign);
	OK_(pgp_encrypt(p, &to, "x", 1, &out, err));
	conf("hidden-encrypt-to %s\n", foreign);
	OK_(pgp_encrypt(p, &to, "x", 1, &out, err));
	conf("default-recipient %s\n", foreign);
	OK_(pgp_encrypt(p, &to, "x", 1, &out, err));
	conf("", "");
	buf_clear(&out);
	pgp_close(p);
}

static void
test_a_foreign_recipient_in_the_options_is_refused(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT;

	(void)state;
	buf_adds(&out, "before");
	conf("recipient %s\n", foreign);
	FAILS(pgp_encrypt(p, &to, "secret", 6, &out, err), HRV_EKEY);
	conf("hidden-recipient %s\n", foreign);
	FAILS(pgp_encrypt(p, &to, "secret", 6, &out, err), HRV_EKEY);
	conf("throw-keyids\n%s", "");
	FAILS(pgp_encrypt(p, &to, "secret", 6, &out, err), HRV_EKEY);
	assert_string_equal(buf_str(&out), "before");
	conf("", "");
	buf_clear(&out);
	pgp_close(p);
}

static void
test_armor_in_the_options_changes_nothing(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT, sig = BUF_INIT, cert = BUF_INIT;

	(void)state;
	conf("armor\n%s", "");
	OK_(pgp_encrypt(p, &to, "x", 1, &out, err));
	OK_(pgp_sign_detached(p, ana, "x", 1, &sig, err));
	OK_(pgp_export_minimal(p, ana, &cert, err));
	assert_true(out.data[0] & 0x80);
	assert_true(sig.data[0] & 0x80);
	assert_true(cert.data[0] & 0x80);
	conf("", "");
	buf_clear(&out);
	buf_clear(&sig);
	buf_clear(&cert);
	pgp_close(p);
}

static void
refused(struct pgp *p, const char *fpr)
{
	const char *fprs[] = { ana, fpr };
	const struct pgp_to to = { fprs, 2 };
	struct hrv_err err = { 0 };
	struct buf out = BUF_INIT;

	if (pgp_encrypt(p, &to, "x", 1, &out, &err) != HRV_EKEY)
		fail_msg("%s: %s", fpr == old ? "old" : "gone", err.msg);
	assert_non_null(strstr(err.msg, fpr));
	assert_null(strchr(err.msg, '@'));
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void
test_unusable_keys_are_named_and_refused(void **state)
{
	struct pgp *p;

	(void)state;
	sleep(2); /* the key that lives one second */
	p = handle();
	refused(p, old);
	refused(p, gone);
	pgp_close(p);
}

static void
test_a_key_that_is_not_here_is_refused(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { "0123456789ABCDEF0123456789ABCDEF01234567" };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT;

	(void)state;
	FAILS(pgp_encrypt(p, &to, "x", 1, &out, err), HRV_EKEY);
	fprs[0] = "ana@example.org";
	FAILS(pgp_encrypt(p, &to, "x", 1, &out, err), HRV_EUSAGE);
	pgp_close(p);
}

static void
test_a_damaged_message_is_refused(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT, plain = BUF_INIT_SECRET;

	(void)state;
	OK_(pgp_encrypt(p, &to, "secret", 6, &out, err));
	FAILS(
	    pgp_decrypt(p, out.data, out.len - 3, &plain, err), HRV_EINTEGRITY);
	out.data[out.len - 5] ^= 1;
	FAILS(pgp_decrypt(p, out.data, out.len, &plain, err), HRV_EINTEGRITY);
	FAILS(pgp_decrypt(p, "", 0, &plain, err), HRV_EINTEGRITY);
	FAILS(pgp_decrypt(p, "\xcb\x01x", 3, &plain, err), HRV_EINTEGRITY);
	assert_int_equal(plain.len, 0);
	buf_clear(&out);
	buf_clear(&plain);
	pgp_close(p);
}

static void
test_a_message_for_somebody_else_needs_their_key(void **state)
{
	struct pgp *p = handle(), *q = NULL;
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf out = BUF_INIT, plain = BUF_INIT_SECRET;
	struct gpghome other;

	(void)state;
	OK_(pgp_encrypt(p, &to, "x", 1, &out, err));
	assert_true(gpghome_new(&other));
	OK_(pgp_open(other.dir, &q, err));
	FAILS(pgp_decrypt(q, out.data, out.len, &plain, err), HRV_EKEY);
	pgp_close(q);
	pgp_close(p);
	gpghome_free(&other);
	buf_clear(&out);
}

static void
test_no_network_process_is_started(void **state)
{
	struct pgp *p = handle();
	struct pgp_key_info k;
	struct buf sig = BUF_INIT;
	struct pgp_sig got;
	struct pgp_signed in = { .data = "x", .len = 1 };
	struct gpghome other;
	struct pgp *q = NULL;

	(void)state;
	conf("auto-key-locate wkd,keyserver\nauto-key-retrieve\n%s", "");
	FAILS(pgp_key_find(p, "nobody@example.org", false, &k, err),
	    HRV_ENOTFOUND);
	conf("", "");
	assert_int_equal(gpghome_processes(&home, "dirmngr"), 0);
	/* An unknown signer is where gpg would fetch a key. */
	OK_(pgp_sign_detached(p, ana, "x", 1, &sig, err));
	in.sig = sig.data;
	in.sig_len = sig.len;
	assert_true(gpghome_new(&other));
	assert_true(gpghome_file(&other, "gpg.conf", "auto-key-retrieve\n"));
	OK_(pgp_open(other.dir, &q, err));
	FAILS(pgp_verify_detached(q, &in, &got, err), HRV_EINTEGRITY);
	assert_int_equal(gpghome_processes(&other, "dirmngr"), 0);
	pgp_close(q);
	gpghome_free(&other);
	buf_clear(&sig);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_opens_for_its_recipients),
		cmocka_unit_test(test_a_large_message_comes_back_whole),
		cmocka_unit_test(test_default_recipients_are_left_out),
		cmocka_unit_test(
		    test_a_foreign_recipient_in_the_options_is_refused),
		cmocka_unit_test(test_armor_in_the_options_changes_nothing),
		cmocka_unit_test(test_unusable_keys_are_named_and_refused),
		cmocka_unit_test(test_a_key_that_is_not_here_is_refused),
		cmocka_unit_test(test_a_damaged_message_is_refused),
		cmocka_unit_test(
		    test_a_message_for_somebody_else_needs_their_key),
		cmocka_unit_test(test_no_network_process_is_started),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
