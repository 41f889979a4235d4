/* SPDX-License-Identifier: ISC */
/* An agent socket that something holds open without ever answering. */
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/un.h>

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

static void
test_a_socket_nobody_answers_on_ends_the_operation(void **state)
{
	struct pgp *p = handle();
	const char *kill_it[] = { "gpgconf", "--homedir", home.dir, "--kill",
		"gpg-agent", NULL };
	const char *where[] = { "gpgconf", "--homedir", home.dir, "--list-dirs",
		"agent-socket", NULL };
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct buf sig = BUF_INIT;
	char out[108];
	int s;

	(void)state;
	(void)gpghome_run(kill_it, NULL, out, sizeof out);
	assert_int_equal(gpghome_run(where, NULL, out, sizeof out), 0);
	out[strcspn(out, "\n")] = '\0';
	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s", out);
	for (int i = 0; i < 100 && gpghome_agent(&home) > 0; i++)
		usleep(20000);
	(void)unlink(a.sun_path);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s, 8), 0);
	/* gpg alone would wait for ever here; how long is t5740's to say. */
	FAILS(pgp_sign_detached(p, ana, "x", 1, &sig, err), HRV_EKEY);
	assert_int_equal(gpghome_processes(&home, "gpg "), 0);
	/* Nobody listening at all: gpg starts an agent by itself. */
	(void)close(s);
	OK_(pgp_sign_detached(p, ana, "x", 1, &sig, err));
	buf_clear(&sig);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_socket_nobody_answers_on_ends_the_operation),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
