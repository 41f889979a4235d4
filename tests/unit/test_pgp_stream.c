/* SPDX-License-Identifier: ISC */
/* Streams into files: a package to a key, and one under a passphrase. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>

#include "tests/unit/gpghome.h"
#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

#define BIG (6 << 20)

static struct gpghome home;
static char ana[41], foreign[41];

struct writer {
	int fd;
	size_t len;
};

static int
set_up(void **state)
{
	(void)state;
	return gpghome_new(&home) &&
		       gpghome_key(&home, "Ana <ana@example.org>", ana) &&
		       gpghome_key(&home, "F <f@example.net>", foreign)
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

static void *
write_all(void *arg)
{
	const struct writer *w = arg;
	char block[4096];
	size_t done = 0;

	memset(block, 'a', sizeof block);
	while (done < w->len) {
		size_t n = w->len - done < 4096 ? w->len - done : 4096;

		if (write(w->fd, block, n) != (ssize_t)n)
			break;
		done += n;
	}
	(void)close(w->fd);
	return NULL;
}

static void *
read_all(void *arg)
{
	struct writer *r = arg;
	char block[4096];
	ssize_t n;

	while ((n = read(r->fd, block, sizeof block)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			r->len += block[i] == 'a';
	}
	return NULL;
}

/* Encrypts len bytes into a new file whose descriptor is in *ret_fd; the file
 * begins with six bytes of something else. */
static int
make(struct pgp *p, const char *fpr, const struct buf *pass, size_t len,
    int *ret_fd, struct hrv_err *err)
{
	char path[64];
	struct writer w = { -1, len };
	int fds[2], pipes[2], rc;
	pthread_t t;

	(void)snprintf(path, sizeof path, "%s/package", home.dir);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	fds[0] = pipes[0];
	w.fd = pipes[1];
	fds[1] = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fds[1] >= 0);
	assert_int_equal(write(fds[1], "before", 6), 6);
	assert_int_equal(pthread_create(&t, NULL, write_all, &w), 0);
	rc = pgp_encrypt_fd(p, fpr, pass, fds, err);
	(void)close(fds[0]);
	assert_int_equal(pthread_join(t, NULL), 0);
	*ret_fd = fds[1];
	return rc;
}

static int
reopen(struct pgp *p, const struct buf *pass, int fd, size_t *ret_len,
    struct hrv_err *err)
{
	struct writer r = { -1, 0 };
	int fds[2], pipes[2], rc;
	pthread_t t;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	r.fd = pipes[0];
	fds[0] = fd;
	fds[1] = pipes[1];
	assert_int_equal(lseek(fd, 6, SEEK_SET), 6);
	assert_int_equal(pthread_create(&t, NULL, read_all, &r), 0);
	rc = pgp_decrypt_symmetric_fd(p, pass, fds, err);
	(void)close(fds[1]);
	assert_int_equal(pthread_join(t, NULL), 0);
	(void)close(pipes[0]);
	*ret_len = r.len;
	return rc;
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
test_a_stream_goes_to_one_key(void **state)
{
	struct pgp *p = handle();
	struct buf msg = BUF_INIT, plain = BUF_INIT_SECRET;
	const char *fprs[] = { ana };
	struct pgp_to to = { fprs, 1 };
	struct stat st;
	int fd = -1;

	(void)state;
	OK_(make(p, ana, NULL, BIG, &fd, err));
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size > BIG); /* not compressed */
	OK_(pgp_stream_recipients(p, fd, 6, &to, err));
	fprs[0] = foreign;
	FAILS(pgp_stream_recipients(p, fd, 6, &to, err), HRV_EKEY);
	FAILS(pgp_stream_recipients(p, fd, 6, NULL, err), HRV_EKEY);
	assert_non_null(buf_reserve(&msg, (size_t)st.st_size));
	msg.len = (size_t)pread(fd, msg.data, (size_t)st.st_size, 6);
	OK_(pgp_decrypt(p, msg.data, msg.len, &plain, err));
	assert_int_equal(plain.len, BIG);
	(void)close(fd);
	buf_clear(&msg);
	buf_clear(&plain);
	pgp_close(p);
}

static void
test_a_stream_opens_with_its_passphrase_only(void **state)
{
	struct pgp *p = handle();
	struct buf pass = BUF_INIT_SECRET, wrong = BUF_INIT_SECRET;
	size_t len = 0;
	int fd = -1;

	(void)state;
	buf_adds(&pass, "дверь öffne dich 7");
	buf_adds(&wrong, "wrong");
	OK_(make(p, NULL, &pass, BIG, &fd, err));
	OK_(pgp_stream_recipients(p, fd, 6, NULL, err));
	OK_(reopen(p, &pass, fd, &len, err));
	assert_int_equal(len, BIG);
	FAILS(reopen(p, &wrong, fd, &len, err), HRV_EKEY);
	assert_int_equal(len, 0);
	assert_int_equal(pwrite(fd, "\x55", 1, 5000), 1);
	FAILS(reopen(p, &pass, fd, &len, err), HRV_EINTEGRITY);
	(void)close(fd);
	buf_clear(&pass);
	buf_clear(&wrong);
	pgp_close(p);
}

static void
test_an_empty_stream_is_a_message_too(void **state)
{
	struct pgp *p = handle();
	struct buf pass = BUF_INIT_SECRET;
	size_t len = 9;
	int fd = -1;

	(void)state;
	buf_adds(&pass, "x");
	OK_(make(p, NULL, &pass, 0, &fd, err));
	OK_(reopen(p, &pass, fd, &len, err));
	assert_int_equal(len, 0);
	(void)close(fd);
	buf_clear(&pass);
	pgp_close(p);
}

static void
empty_after(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 6);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 6);
	(void)close(fd);
}

static void
test_options_that_weaken_a_package_leave_none(void **state)
{
	struct pgp *p = handle();
	struct buf pass = BUF_INIT_SECRET;
	char conf[80];
	int fd = -1;

	(void)state;
	buf_adds(&pass, "x");
	(void)snprintf(conf, sizeof conf, "recipient %s\n", foreign);
	assert_true(gpghome_file(&home, "gpg.conf", conf));
	FAILS(make(p, ana, NULL, 9000, &fd, err), HRV_EKEY);
	empty_after(fd);
	assert_true(
	    gpghome_file(&home, "gpg.conf", "s2k-cipher-algo AES128\n"));
	FAILS(make(p, NULL, &pass, 9000, &fd, err), HRV_EKEY);
	empty_after(fd);
	assert_true(gpghome_file(&home, "gpg.conf", "armor\n"));
	OK_(make(p, ana, NULL, 9000, &fd, err));
	(void)close(fd);
	assert_true(gpghome_file(&home, "gpg.conf", ""));
	buf_clear(&pass);
	pgp_close(p);
}

static void
test_a_passphrase_is_one_line(void **state)
{
	struct pgp *p = handle();
	struct buf pass = BUF_INIT_SECRET;
	int fd = -1;

	(void)state;
	FAILS(make(p, NULL, &pass, 10, &fd, err), HRV_EUSAGE);
	empty_after(fd);
	buf_adds(&pass, "two\nlines");
	FAILS(make(p, NULL, &pass, 10, &fd, err), HRV_EUSAGE);
	empty_after(fd);
	buf_clear(&pass);
	pgp_close(p);
}

static void
test_a_full_disk_is_told(void **state)
{
	struct pgp *p = handle();
	int fds[2] = { open("/dev/zero", O_RDONLY | O_CLOEXEC),
		open("/dev/full", O_RDWR | O_CLOEXEC) };

	(void)state;
	FAILS(pgp_encrypt_fd(p, ana, NULL, fds, err), HRV_EIO);
	(void)close(fds[0]);
	(void)close(fds[1]);
	pgp_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stream_goes_to_one_key),
		cmocka_unit_test(test_a_stream_opens_with_its_passphrase_only),
		cmocka_unit_test(test_an_empty_stream_is_a_message_too),
		cmocka_unit_test(test_options_that_weaken_a_package_leave_none),
		cmocka_unit_test(test_a_passphrase_is_one_line),
		cmocka_unit_test(test_a_full_disk_is_told),
	};

	/* The library ignores it too; the writer threads need it from the
	 * start. */
	(void)signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
