/* SPDX-License-Identifier: ISC */
/* Detached signatures, certificates and how keys are named. Real gpg. */
#include "tests/unit/unit.h"

#include "tests/unit/gpghome.h"
#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

static struct gpghome home;
static char ana[41], twin1[41], twin2[41], brief[41];

static int
set_up(void **state)
{
	(void)state;
	return gpghome_new(&home) &&
		       gpghome_key(&home, "Zoë <ana@example.org>", ana) &&
		       gpghome_key(&home, "A <twin@example.org>", twin1) &&
		       gpghome_key(&home, "B <twin@example.org>", twin2) &&
		       gpghome_key_with(&home, "C <brief@example.org>", "",
			   "seconds=4", brief)
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	gpghome_free(&home);
	return 0;
}

static struct pgp *
handle(const char *dir)
{
	struct pgp *p = NULL;

	OK_(pgp_init(err));
	OK_(pgp_open(dir, &p, err));
	return p;
}

static struct pgp_signed
over(const struct buf *sig, const char *text)
{
	struct pgp_signed s = { sig->data, sig->len, text, strlen(text) };

	return s;
}

static void
test_a_key_is_found_by_its_three_names(void **state)
{
	struct pgp *p = handle(home.dir);
	struct pgp_key_info k;
	char spaced[80] = "0x";

	(void)state;
	OK_(pgp_key_find(p, ana, false, &k, err));
	assert_string_equal(k.fpr, ana);
	assert_string_equal(k.uid, "Zoë <ana@example.org>");
	assert_true(k.can_encrypt && k.can_sign);
	assert_false(k.expired || k.revoked || k.disabled || k.invalid);
	assert_int_equal(k.expires, 0);
	OK_(pgp_key_find(p, ana + 24, true, &k, err));
	OK_(pgp_key_find(p, ana + 17, true, &k, err));
	assert_string_equal(k.fpr, ana);
	memset(&k, 0, sizeof k);
	OK_(pgp_key_find(p, "ana@example.org", true, &k, err));
	assert_string_equal(k.fpr, ana);
	(void)snprintf(spaced + 2, 70, "%.20s %s", ana, ana + 20);
	OK_(pgp_key_find(p, spaced, false, &k, err));
	pgp_close(p);
}

/* A status that looks at each member from four sides asks gpg once for all. */
static void
test_a_fingerprint_is_asked_for_once(void **state)
{
	struct gpghome gone;
	struct pgp *p = handle(home.dir), *q;
	struct pgp_cert cert = { .len = 0 };
	struct pgp_key_info k;
	const char *fprs[] = { "0123456789ABCDEF0123456789ABCDEF01234567",
		ana };
	const struct pgp_to keys = { fprs, 2 };
	struct buf b = BUF_INIT;

	(void)state;
	OK_(pgp_export_minimal(p, ana, &b, err));
	cert.data = b.data;
	cert.len = b.len;
	assert_true(gpghome_new(&gone));
	OK_(pgp_open(gone.dir, &q, err));
	OK_(pgp_import(q, &cert, 1, err));
	OK_(pgp_keys_know(q, &keys, err));
	gpghome_free(&gone);
	OK_(pgp_key_find(q, ana, false, &k, err));
	assert_string_equal(k.fpr, ana);
	assert_string_equal(k.uid, "Zoë <ana@example.org>");
	FAILS(pgp_key_find(q, fprs[0], false, &k, err), HRV_ENOTFOUND);
	assert_int_not_equal(pgp_key_find(q, ana, true, &k, NULL), HRV_OK);
	pgp_close(q);
	pgp_close(p);
	buf_clear(&b);
}

static void
test_half_a_name_is_refused(void **state)
{
	struct pgp *p = handle(home.dir);
	struct pgp_key_info k;
	char wrong[41];

	(void)state;
	FAILS(pgp_key_find(p, ana + 25, false, &k, err), HRV_EUSAGE);
	FAILS(pgp_key_find(p, "Zoë", false, &k, err), HRV_EUSAGE);
	FAILS(pgp_key_find(p, "", false, &k, err), HRV_EUSAGE);
	FAILS(pgp_key_find(p, "--armor", false, &k, err), HRV_EUSAGE);
	FAILS(pgp_key_find(p, "na@example.org", false, &k, err), HRV_ENOTFOUND);
	FAILS(pgp_key_find(p, "twin@example.org", false, &k, err), HRV_EKEY);
	/* The right last 16 digits, another digit before them. */
	(void)snprintf(wrong, sizeof wrong, "%s", ana + 20);
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	FAILS(pgp_key_find(p, wrong, false, &k, err), HRV_ENOTFOUND);
	pgp_close(p);
}

static void
test_secret_keys_are_told_apart(void **state)
{
	struct gpghome empty;
	struct pgp *p = handle(home.dir), *q;
	const char *fprs[] = { "0123456789ABCDEF0123456789ABCDEF01234567",
		ana };
	const struct pgp_to keys = { fprs, 2 };
	bool have[2] = { true, false };

	(void)state;
	OK_(pgp_secret_keys(p, &keys, have, err));
	assert_false(have[0]);
	assert_true(have[1]);
	assert_true(gpghome_new(&empty));
	q = handle(empty.dir);
	OK_(pgp_secret_keys(q, &keys, have, err));
	assert_false(have[0] || have[1]);
	pgp_close(q);
	gpghome_free(&empty);
	pgp_close(p);
}

static void
test_a_signature_verifies_and_names_its_primary_key(void **state)
{
	struct pgp *p = handle(home.dir);
	struct buf sig = BUF_INIT;
	struct pgp_signed in;
	struct pgp_sig got;

	(void)state;
	OK_(pgp_sign_detached(p, ana, "text", 4, &sig, err));
	in = over(&sig, "text");
	OK_(pgp_verify_detached(p, &in, &got, err));
	assert_string_equal(got.fpr, ana);
	assert_true(got.time > 1600000000);
	assert_false(got.key_expired || got.key_revoked || got.sig_expired);
	in = over(&sig, "texT");
	FAILS(pgp_verify_detached(p, &in, &got, err), HRV_EINTEGRITY);
	buf_clear(&sig);
	pgp_close(p);
}

static void
test_forged_and_odd_signatures_are_refused(void **state)
{
	struct pgp *p = handle(home.dir);
	struct buf sig = BUF_INIT, two = BUF_INIT;
	struct pgp_signed in;
	struct pgp_sig got;

	(void)state;
	OK_(pgp_sign_detached(p, ana, "text", 4, &sig, err));
	buf_add(&two, sig.data, sig.len);
	buf_add(&two, sig.data, sig.len);
	in = over(&two, "text");
	FAILS(pgp_verify_detached(p, &in, &got, err), HRV_EINTEGRITY);
	in = over(&sig, "text");
	in.sig_len--;
	FAILS(pgp_verify_detached(p, &in, &got, err), HRV_EINTEGRITY);
	in.sig_len = 0;
	FAILS(pgp_verify_detached(p, &in, &got, err), HRV_EINTEGRITY);
	sig.data[sig.len - 1] ^= 1;
	in = over(&sig, "text");
	FAILS(pgp_verify_detached(p, &in, &got, err), HRV_EINTEGRITY);
	buf_clear(&sig);
	buf_clear(&two);
	pgp_close(p);
}

static void
test_options_cannot_change_what_a_signature_is(void **state)
{
	struct pgp *p = handle(home.dir);
	struct buf sig = BUF_INIT;
	char conf[80];

	(void)state;
	assert_true(gpghome_file(&home, "gpg.conf", "textmode\n"));
	if (pgp_sign_detached(p, ana, "a", 1, &sig, NULL) == HRV_OK)
		assert_int_equal(sig.data[3], 0);
	assert_true(gpghome_file(&home, "gpg.conf", "digest-algo SHA1\n"));
	FAILS(pgp_sign_detached(p, ana, "a", 1, &sig, err), HRV_EKEY);
	(void)snprintf(conf, sizeof conf, "local-user %s\n", twin1);
	assert_true(gpghome_file(&home, "gpg.conf", conf));
	FAILS(pgp_sign_detached(p, ana, "a", 1, &sig, err), HRV_EKEY);
	assert_true(gpghome_file(&home, "gpg.conf", ""));
	buf_clear(&sig);
	pgp_close(p);
}

static void
test_members_are_verified_in_a_private_home(void **state)
{
	struct pgp *p = handle(home.dir), *q;
	struct buf c[3] = { BUF_INIT, BUF_INIT, BUF_INIT }, sig = BUF_INIT,
		   stranger = BUF_INIT;
	struct pgp_cert certs[3] = { 0 };
	const char *fprs[] = { ana, twin1, brief };
	struct pgp_signed in;
	struct pgp_sig got;
	char *dir = NULL, path[160];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		OK_(pgp_export_minimal(p, fprs[i], &c[i], err));
		certs[i].data = c[i].data;
		certs[i].len = c[i].len;
	}
	OK_(pgp_sign_detached(p, brief, "log", 3, &sig, err));
	OK_(pgp_sign_detached(p, twin2, "log", 3, &stranger, err));
	OK_(pgp_tmp_home_new("/tmp", &dir, err));
	q = handle(dir);
	OK_(pgp_import(q, certs, 3, err));
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(certs[i].fpr, fprs[i]);
	sleep(5); /* the key that lives four seconds */
	in = over(&sig, "log");
	OK_(pgp_verify_detached(q, &in, &got, err));
	assert_string_equal(got.fpr, brief);
	assert_true(got.key_expired);
	assert_true(got.key_created <= got.time && got.time < got.key_expires);
	in = over(&stranger, "log");
	FAILS(pgp_verify_detached(q, &in, &got, err), HRV_EINTEGRITY);
	(void)snprintf(path, sizeof path, "%s/S.gpg-agent", dir);
	assert_int_not_equal(stat(path, &st), 0);
	(void)snprintf(path, sizeof path, "%s", dir);
	pgp_close(q);
	pgp_tmp_home_free(dir);
	assert_int_not_equal(stat(path, &st), 0);
	for (size_t i = 0; i < 3; i++)
		buf_clear(&c[i]);
	buf_clear(&sig);
	buf_clear(&stranger);
	pgp_close(p);
}

static void
test_only_one_public_key_is_taken_as_a_certificate(void **state)
{
	struct pgp *p = handle(home.dir), *q;
	struct buf two = BUF_INIT;
	struct pgp_cert c = { 0 };
	char *dir = NULL, text[16384];
	const char *sec[] = { "--armor", "--export-secret-keys", ana, NULL };
	const char *arm[] = { "--armor", "--export", ana, NULL };

	(void)state;
	OK_(pgp_export_minimal(p, ana, &two, err));
	OK_(pgp_export_minimal(p, twin1, &two, err));
	OK_(pgp_tmp_home_new("/tmp", &dir, err));
	q = handle(dir);
	c.data = two.data;
	c.len = two.len;
	FAILS(pgp_import(q, &c, 1, err), HRV_EUSAGE);
	c.len = 10;
	FAILS(pgp_import(q, &c, 1, err), HRV_EUSAGE);
	assert_int_equal(gpghome_gpg(&home, NULL, text, sizeof text, sec), 0);
	c.data = strstr(text, "-----BEGIN");
	assert_non_null(c.data);
	c.len = strlen(c.data);
	FAILS(pgp_import(q, &c, 1, err), HRV_EUSAGE);
	assert_int_equal(gpghome_gpg(&home, NULL, text, sizeof text, arm), 0);
	c.data = strstr(text, "-----BEGIN");
	assert_non_null(c.data);
	c.len = strlen(c.data);
	OK_(pgp_import(q, &c, 1, err));
	assert_string_equal(c.fpr, ana);
	pgp_close(q);
	pgp_tmp_home_free(dir);
	buf_clear(&two);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_are_verified_in_a_private_home),
		cmocka_unit_test(test_a_key_is_found_by_its_three_names),
		cmocka_unit_test(test_a_fingerprint_is_asked_for_once),
		cmocka_unit_test(test_half_a_name_is_refused),
		cmocka_unit_test(test_secret_keys_are_told_apart),
		cmocka_unit_test(
		    test_a_signature_verifies_and_names_its_primary_key),
		cmocka_unit_test(test_forged_and_odd_signatures_are_refused),
		cmocka_unit_test(
		    test_options_cannot_change_what_a_signature_is),
		cmocka_unit_test(
		    test_only_one_public_key_is_taken_as_a_certificate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
