/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/outfile.h"
#include "vault/record_source.h"

static char dir[32];

static int
make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hvs.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* A file of n bytes; its path is static. */
static const char *
file_of(size_t n)
{
	static char path[64];
	static const char zero[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/doc", dir);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	assert_true(fd >= 0);
	for (size_t at = 0; at < n; at += sizeof(zero)) {
		size_t len = n - at < sizeof(zero) ? n - at : sizeof(zero);

		assert_int_equal(write(fd, zero, len), len);
	}
	close(fd);
	return path;
}

/* Reads to the end; the code, and how much there was. */
static int
drain(struct record_source *s, size_t *ret_n, struct hrv_err *why)
{
	static uint8_t piece[65536];
	size_t n = 0;
	int rc;

	*ret_n = 0;
	do {
		rc = s->body.read(s->body.ctx, piece, sizeof(piece), &n, why);
		*ret_n += n;
	} while (rc == HRV_OK && n > 0);
	return rc;
}

static void
test_files_of_every_length_come_whole(void **state)
{
	static const size_t lengths[] = { 0, 1, 65535, 65536, 1048575, 1048576,
		1048577, 3000000 };
	struct record_source s;
	(void)state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct hrv_record_source from = { file_of(lengths[i]), -1 };
		size_t n;

		OK_(record_source_open(&s, &from, err));
		OK_(drain(&s, &n, err));
		assert_int_equal(n, lengths[i]);
		record_source_clear(&s);
		unlink(from.path);
	}
}

static void
test_a_file_that_grows_or_shrinks_meanwhile_is_not_stored(void **state)
{
	struct record_source s;
	struct hrv_err why = { 0 };
	size_t n;
	(void)state;

	for (int grow = 0; grow < 2; grow++) {
		struct hrv_record_source from = { file_of(2000000), -1 };

		OK_(record_source_open(&s, &from, err));
		assert_int_equal(
		    truncate(from.path, grow ? 2000001 : 1500000), 0);
		assert_int_equal(drain(&s, &n, &why), HRV_EFAILED);
		assert_string_equal(why.name, "changed");
		record_source_clear(&s);
		unlink(from.path);
	}
}

static void
test_a_pipe_is_read_to_its_end(void **state)
{
	struct record_source s;
	int p[2];
	struct hrv_record_source from = { NULL, -1 };
	size_t n;
	(void)state;

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "%PDF-1.4\n", 9), 9);
	close(p[1]);
	from.fd = p[0];
	OK_(record_source_open(&s, &from, err));
	assert_string_equal(s.media, "application/pdf");
	OK_(drain(&s, &n, err));
	assert_int_equal(n, 9);
	record_source_clear(&s);
	assert_int_equal(fcntl(p[0], F_GETFD) < 0, 0);
	close(p[0]);
}

static void
test_an_export_has_no_name_before_it_is_whole(void **state)
{
	struct export_file *f = NULL;
	struct stat st;
	char path[64];
	(void)state;

	snprintf(path, sizeof(path), "%s/export", dir);
	OK_(export_file_new(path, NULL, &f, err));
	OK_(export_file_write(f, "plain", 5, err));
	assert_int_equal(access(path, F_OK), -1);
	export_file_free(f);
	assert_int_equal(access(path, F_OK), -1);
	OK_(export_file_new(path, NULL, &f, err));
	OK_(export_file_write(f, "plain", 5, err));
	OK_(export_file_sync(f, err));
	OK_(export_file_commit(f, err));
	export_file_free(f);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(st.st_mode & 07777, 0600);
	unlink(path);
}

static void
test_a_name_taken_meanwhile_is_not_overwritten(void **state)
{
	struct export_file *f = NULL;
	char path[64], got[8] = "";
	int fd;
	(void)state;

	snprintf(path, sizeof(path), "%s/export", dir);
	OK_(export_file_new(path, NULL, &f, err));
	OK_(export_file_write(f, "plain", 5, err));
	fd = open(path, O_CREAT | O_EXCL | O_RDWR, 0644);
	assert_int_equal(write(fd, "mine", 4), 4);
	FAILS(export_file_commit(f, err), HRV_EEXISTS);
	export_file_free(f);
	assert_int_equal(pread(fd, got, sizeof(got), 0), 4);
	assert_string_equal(got, "mine");
	close(fd);
	unlink(path);
}

static void
test_a_folder_is_no_output(void **state)
{
	struct export_file *f = NULL;
	char path[64];
	(void)state;

	snprintf(path, sizeof(path), "%s/", dir);
	FAILS(export_file_new(path, NULL, &f, err), HRV_EUSAGE);
	snprintf(path, sizeof(path), "%s/..", dir);
	FAILS(export_file_new(path, NULL, &f, err), HRV_EUSAGE);
	FAILS(export_file_new("", NULL, &f, err), HRV_EUSAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_of_every_length_come_whole),
		cmocka_unit_test(
		    test_a_file_that_grows_or_shrinks_meanwhile_is_not_stored),
		cmocka_unit_test(test_a_pipe_is_read_to_its_end),
		cmocka_unit_test(test_an_export_has_no_name_before_it_is_whole),
		cmocka_unit_test(
		    test_a_name_taken_meanwhile_is_not_overwritten),
		cmocka_unit_test(test_a_folder_is_no_output),
	};
	struct hrv_err err;

	if (crypt_init(&err) != HRV_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
