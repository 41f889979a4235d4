/* SPDX-License-Identifier: ISC */
/* A pinentry that waits, is cancelled, or gives the wrong passphrase: each is
 * a small script of our own. */
#include "tests/unit/unit.h"

#include <time.h>

#include "tests/unit/gpghome.h"
#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

static struct gpghome home;
static char locked[41];

static int
set_up(void **state)
{
	(void)state;
	return gpghome_new(&home) &&
		       gpghome_key_with(&home, "Bo <bo@example.org>", "open",
			   "never", locked)
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
handle(void)
{
	struct pgp *p = NULL;

	OK_(pgp_init(err));
	OK_(pgp_open(home.dir, &p, err));
	return p;
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
use_pinentry(const char *script)
{
	const char *argv[] = { "gpgconf", "--homedir", home.dir, "--kill",
		"gpg-agent", NULL };
	char text[256], out[64], path[64];

	(void)snprintf(path, sizeof path, "%s/pinentry", home.dir);
	assert_true(gpghome_file(&home, "pinentry", script));
	assert_int_equal(chmod(path, 0700), 0);
	(void)snprintf(text, sizeof text,
	    GPGHOME_AGENT_CONF "pinentry-program %s\n", path);
	assert_true(gpghome_file(&home, "gpg-agent.conf", text));
	(void)gpghome_run(argv, NULL, out, sizeof out);
}

static void
test_a_cancelled_pinentry_and_a_wrong_passphrase_say_so(void **state)
{
	struct pgp *p = handle();
	struct buf sig = BUF_INIT;
	struct hrv_err e = { 0 };

	(void)state;
	use_pinentry("#!/bin/sh\n"
		     "echo OK\n"
		     "while read -r c rest; do\n"
		     "case $c in\n"
		     "GETPIN) echo 'ERR 83886179 cancelled';;\n"
		     "BYE) echo OK; exit;;\n"
		     "*) echo OK;; esac; done\n");
	assert_int_equal(
	    pgp_sign_detached(p, locked, "x", 1, &sig, &e), HRV_EKEY);
	assert_non_null(strstr(e.msg, "no passphrase was given"));
	assert_true(e.hint[0] != '\0');
	use_pinentry("#!/bin/sh\n"
		     "echo OK\n"
		     "while read -r c rest; do\n"
		     "case $c in\n"
		     "GETPIN) echo 'D wrong'; echo OK;;\n"
		     "BYE) echo OK; exit;;\n"
		     "*) echo OK;; esac; done\n");
	assert_int_equal(
	    pgp_sign_detached(p, locked, "x", 1, &sig, &e), HRV_EKEY);
	assert_non_null(strstr(e.msg, "wrong passphrase"));
	use_pinentry("#!/bin/false\n");
	assert_int_equal(
	    pgp_sign_detached(p, locked, "x", 1, &sig, &e), HRV_EKEY);
	assert_true(e.hint[0] != '\0');
	assert_int_equal(sig.len, 0);
	pgp_close(p);
}

static void
test_a_person_at_the_pinentry_is_waited_for(void **state)
{
	struct pgp *p = handle();
	struct buf sig = BUF_INIT;
	double t;

	(void)state;
	use_pinentry("#!/bin/sh\n"
		     "echo OK\n"
		     "while read -r c rest; do\n"
		     "case $c in\n"
		     "GETPIN) sleep 5.5; echo 'D open'; echo OK;;\n"
		     "BYE) echo OK; exit;;\n"
		     "*) echo OK;; esac; done\n");
	t = seconds();
	OK_(pgp_sign_detached(p, locked, "x", 1, &sig, err));
	assert_true(seconds() - t > 5.2);
	buf_clear(&sig);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_cancelled_pinentry_and_a_wrong_passphrase_say_so),
		cmocka_unit_test(test_a_person_at_the_pinentry_is_waited_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
