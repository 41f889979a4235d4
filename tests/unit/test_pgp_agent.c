/* SPDX-License-Identifier: ISC */
/* An agent that hangs, was killed, or cannot start. Real gpg; the agent is our
 * own and is stopped by its process id. */
#include "tests/unit/unit.h"

#include <signal.h>

#include "tests/unit/gpghome.h"
#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

static struct gpghome home;
static char ana[41];

static int
set_up(void **state)
{
	(void)state;
	return gpghome_new(&home) &&
		       gpghome_key(&home, "Ana <ana@example.org>", ana)
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

/* Two agents may have been started at once on a busy machine; the loser ends
 * itself, and the one that answers next is the one to stop. */
static pid_t
stopped_agent(void)
{
	for (int i = 0; i < 4; i++) {
		pid_t agent = gpghome_agent(&home);

		if (agent > 1 && gpghome_stop(agent))
			return agent;
		if (agent > 1)
			(void)kill(agent, SIGCONT);
	}
	fail_msg("no agent could be stopped");
	return -1;
}

static void
test_a_stopped_agent_ends_the_operation(void **state)
{
	struct pgp *p = handle();
	const char *fprs[] = { ana };
	const struct pgp_to to = { fprs, 1 };
	struct buf msg = BUF_INIT, other = BUF_INIT, plain = BUF_INIT_SECRET;
	struct hrv_err e = { 0 };
	pid_t agent;
	int rc;

	(void)state;
	OK_(pgp_encrypt(p, &to, "x", 1, &msg, err));
	OK_(pgp_decrypt(p, msg.data, msg.len, &plain, err));
	agent = stopped_agent();
	/* gpg alone would wait for ever here; how long is t5740's to say. */
	rc = pgp_decrypt(p, msg.data, msg.len, &plain, &e);
	/* Encrypting asks no agent, and is not held up by a stopped one. */
	OK_(pgp_encrypt(p, &to, "x", 1, &other, err));
	assert_int_equal(kill(agent, SIGCONT), 0);
	assert_int_equal(rc, HRV_EKEY);
	assert_string_equal(e.name, "agent");
	assert_non_null(strstr(e.hint, "gpgconf --kill gpg-agent"));
	assert_int_equal(gpghome_processes(&home, "gpg "), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	/* The same handle works again. */
	OK_(pgp_decrypt(p, msg.data, msg.len, &plain, err));
	assert_string_equal(buf_str(&plain), "xx");
	buf_clear(&msg);
	buf_clear(&other);
	buf_clear(&plain);
	pgp_close(p);
}

static void
test_a_killed_agent_is_started_again(void **state)
{
	struct pgp *p = handle();
	struct buf sig = BUF_INIT;
	pid_t agent;

	(void)state;
	OK_(pgp_sign_detached(p, ana, "x", 1, &sig, err));
	agent = gpghome_agent(&home);
	assert_true(agent > 1);
	assert_int_equal(kill(agent, SIGKILL), 0);
	OK_(pgp_sign_detached(p, ana, "x", 1, &sig, err));
	buf_clear(&sig);
	pgp_close(p);
}

static void
test_an_agent_that_cannot_start_is_an_error_with_a_hint(void **state)
{
	struct pgp *p = handle();
	const char *kill_it[] = { "gpgconf", "--homedir", home.dir, "--kill",
		"gpg-agent", NULL };
	const char *fprs[] = { ana };
	const struct pgp_to keys = { fprs, 1 };
	struct buf msg = BUF_INIT, plain = BUF_INIT_SECRET, sig = BUF_INIT;
	struct hrv_err e = { 0 };
	char out[64];
	bool have;

	(void)state;
	OK_(pgp_encrypt(p, &keys, "x", 1, &msg, err));
	(void)gpghome_run(kill_it, NULL, out, sizeof out);
	assert_true(gpghome_file(&home, "gpg.conf", "no-autostart\n"));
	assert_int_equal(
	    pgp_decrypt(p, msg.data, msg.len, &plain, &e), HRV_EKEY);
	assert_true(e.hint[0] != '\0');
	assert_int_equal(pgp_sign_detached(p, ana, "x", 1, &sig, &e), HRV_EKEY);
	assert_true(e.hint[0] != '\0');
	if (pgp_secret_keys(p, &keys, &have, &e) == HRV_OK)
		assert_false(have);
	assert_true(gpghome_file(&home, "gpg.conf", ""));
	buf_clear(&msg);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stopped_agent_ends_the_operation),
		cmocka_unit_test(test_a_killed_agent_is_started_again),
		cmocka_unit_test(
		    test_an_agent_that_cannot_start_is_an_error_with_a_hint),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
