/* SPDX-License-Identifier: ISC */
/*
 * Packs: bodies come back byte for byte, an uncommitted tail is left,
 * and a pack that lacks bytes is damage.
 */
#include "tests/unit/store.h"

#include <signal.h>
#include <sys/resource.h>

#include "vault/base/buf.h"
#include "vault/store/pack.h"

#define NO_LIMIT UINT64_MAX

static struct store_dir dir;

static int
set_up(void **state)
{
	(void)state;
	store_dir_init(&dir);
	assert_int_equal(mkdir(store_path(&dir, "pack"), 0700), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_dir_clear(&dir);
	return 0;
}

static int
append(struct pack_writer *w, const void *data, size_t len,
    struct pack_ref *ref, struct hrv_err *err)
{
	uint8_t is[PACK_SHA256_LEN];
	uint8_t want[PACK_SHA256_LEN];
	int rc = pack_begin(w, err);

	if (rc == HRV_OK)
		rc = pack_add(w, data, len, err);
	if (rc == HRV_OK)
		rc = pack_finish(w, ref, is, err);
	if (rc != HRV_OK)
		return rc;
	crypt_sha256(data, len, want);
	assert_memory_equal(is, want, sizeof(is));
	return HRV_OK;
}

static void
holds(const struct pack_ref *ref, const void *want, size_t len)
{
	struct pack_reader *r = NULL;
	struct buf out = BUF_INIT;

	OK_(pack_reader_new(dir.path, &r, err));
	OK_(pack_read_whole(r, ref, SIZE_MAX / 2, &out, err));
	assert_int_equal(out.len, len);
	if (len > 0)
		assert_memory_equal(out.data, want, len);
	buf_clear(&out);
	pack_reader_free(r);
}

static void
bodies_come_back_as_they_were(void **state)
{
	struct pack_end end = { 0, 0 };
	struct pack_writer *w = NULL;
	struct pack_ref one;
	struct pack_ref two;
	struct pack_ref none;
	mode_t before = umask(077);

	(void)state;
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(append(w, "first", 5, &one, err));
	OK_(append(w, "", 0, &none, err));
	OK_(append(w, "second", 6, &two, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	umask(before);
	assert_int_equal(end.pack, 1);
	assert_int_equal(end.len, PACK_HEAD_LEN + 11);
	assert_int_equal(store_size(&dir, "pack/1"), PACK_HEAD_LEN + 11);
	assert_int_equal(store_mode(&dir, "pack/1"), 0660);
	holds(&one, "first", 5);
	holds(&none, "", 0);
	holds(&two, "second", 6);
}

static void
an_uncommitted_tail_is_never_cut_off(void **state)
{
	struct pack_end committed = { 0, 0 };
	struct pack_end end;
	struct pack_writer *w = NULL;
	struct pack_ref keep;
	struct pack_ref lost;
	struct pack_ref next;

	(void)state;
	OK_(pack_open(dir.path, &committed, NO_LIMIT, &w, err));
	OK_(append(w, "keep", 4, &keep, err));
	OK_(pack_flush(w, &committed, err));
	OK_(append(w, "never committed", 15, &lost, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	OK_(pack_open(dir.path, &committed, NO_LIMIT, &w, err));
	OK_(append(w, "next", 4, &next, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	assert_int_equal(next.offset, lost.offset + lost.len);
	holds(&lost, "never committed", 15);
	assert_int_equal(store_size(&dir, "pack/1"), (off_t)end.len);
	holds(&keep, "keep", 4);
	holds(&next, "next", 4);
}

static void
a_cancelled_body_leaves_no_trace(void **state)
{
	static uint8_t big[3 * 1024 * 1024];
	struct pack_end end = { 0, 0 };
	struct pack_writer *w = NULL;
	struct pack_ref one;
	struct pack_ref two;

	(void)state;
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(append(w, "one", 3, &one, err));
	OK_(pack_begin(w, err));
	OK_(pack_add(w, "short", 5, err));
	FAILS(pack_flush(w, &end, err), HRV_EFAILED);
	OK_(pack_cancel(w, err));
	OK_(pack_begin(w, err));
	OK_(pack_add(w, "x", 1, err));
	OK_(pack_add(w, big, sizeof(big), err));
	OK_(pack_cancel(w, err));
	OK_(pack_cancel(w, err));
	OK_(append(w, "two", 3, &two, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	assert_int_equal(store_size(&dir, "pack/1"), PACK_HEAD_LEN + 6);
	holds(&one, "one", 3);
	holds(&two, "two", 3);
}

static void
a_full_pack_is_followed_by_the_next(void **state)
{
	struct pack_end end = { 0, 0 };
	struct pack_writer *w = NULL;
	struct pack_ref refs[5];

	(void)state;
	OK_(pack_open(dir.path, &end, 30, &w, err));
	for (size_t i = 0; i < 5; i++)
		OK_(append(w, "0123456789", 10, &refs[i], err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	assert_int_equal(refs[1].pack, 1);
	assert_int_equal(refs[2].pack, 2);
	assert_int_equal(refs[4].pack, 3);
	assert_int_equal(end.pack, 3);
	assert_int_equal(end.len, PACK_HEAD_LEN + 10);
	for (size_t i = 0; i < 5; i++)
		holds(&refs[i], "0123456789", 10);
}

static void
a_pack_left_by_a_crash_is_begun_anew(void **state)
{
	struct pack_end end = { 0, 0 };
	struct pack_writer *w = NULL;
	struct pack_ref ref;
	int fd = open(store_path(&dir, "pack/1"), O_CREAT | O_RDWR, 0600);

	(void)state;
	assert_int_equal(write(fd, "hrvault-pa", 10), 10);
	close(fd);
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(append(w, "body", 4, &ref, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	holds(&ref, "body", 4);
}

static void
a_pack_shorter_than_committed_is_damage(void **state)
{
	struct pack_end end = { 0, 0 };
	struct pack_end beyond;
	struct pack_reader *r = NULL;
	struct pack_writer *w = NULL;
	struct buf out = BUF_INIT;
	struct pack_ref ref;

	(void)state;
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(append(w, "0123456789", 10, &ref, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	OK_(pack_reader_new(dir.path, &r, err));
	FAILS(pack_read_whole(r, &ref, 9, &out, err), HRV_EINTEGRITY);
	beyond = end;
	beyond.len++;
	FAILS(pack_open(dir.path, &beyond, NO_LIMIT, &w, err), HRV_EINTEGRITY);
	ref.len++;
	FAILS(pack_read_whole(r, &ref, 100, &out, err), HRV_EINTEGRITY);
	ref.offset = 3;
	FAILS(pack_read_whole(r, &ref, 100, &out, err), HRV_EINTEGRITY);
	ref.offset = UINT64_MAX - 3;
	FAILS(pack_read_whole(r, &ref, 100, &out, err), HRV_EINTEGRITY);
	ref.pack = 2;
	ref.offset = 15;
	FAILS(pack_read_whole(r, &ref, 100, &out, err), HRV_EINTEGRITY);
	pack_reader_free(r);
	store_flip(&dir, "pack/1", 2);
	FAILS(pack_open(dir.path, &end, NO_LIMIT, &w, err), HRV_EINTEGRITY);
	buf_clear(&out);
}

static int
sum_sink(void *ctx, const uint8_t *data, size_t len, struct hrv_err *err)
{
	(void)err;
	assert_true(len <= 256 * 1024);
	crypt_sha256_add(ctx, data, len);
	return HRV_OK;
}

static void
a_large_body_streams_through(void **state)
{
	static uint8_t piece[300 * 1024];
	struct crypt_sha256_ctx *sum = crypt_sha256_new();
	struct pack_end end = { 0, 0 };
	struct pack_reader *r = NULL;
	struct pack_writer *w = NULL;
	struct pack_ref ref;
	uint8_t wrote[PACK_SHA256_LEN];
	uint8_t read[PACK_SHA256_LEN];

	(void)state;
	crypt_random(piece, sizeof(piece));
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(pack_begin(w, err));
	for (size_t i = 0; i < 30; i++)
		OK_(pack_add(w, piece + i, sizeof(piece) - i * 1000, err));
	OK_(pack_finish(w, &ref, wrote, err));
	OK_(pack_flush(w, &end, err));
	pack_close(w);
	OK_(pack_reader_new(dir.path, &r, err));
	OK_(pack_read(r, &ref, sum_sink, sum, err));
	crypt_sha256_final(sum, read);
	assert_memory_equal(read, wrote, sizeof(read));
	pack_reader_free(r);
}

static void
a_failed_write_commits_nothing(void **state)
{
	static uint8_t big[2 * 1024 * 1024];
	struct pack_end end = { 0, 0 };
	struct pack_writer *w = NULL;
	struct pack_ref ref;
	struct rlimit was;
	struct rlimit low;

	(void)state;
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	OK_(append(w, "fine", 4, &ref, err));
	OK_(pack_flush(w, &end, err));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	low = was;
	low.rlim_cur = 100 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	OK_(pack_begin(w, err));
	FAILS(pack_add(w, big, sizeof(big), err), HRV_EIO);
	FAILS(pack_add(w, big, 1, err), HRV_EFAILED);
	FAILS(pack_flush(w, &end, err), HRV_EFAILED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	pack_close(w);
	OK_(pack_open(dir.path, &end, NO_LIMIT, &w, err));
	pack_close(w);
	holds(&ref, "fine", 4);
	assert_true(store_size(&dir, "pack/1") >= (off_t)end.len);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(bodies_come_back_as_they_were),
		T(an_uncommitted_tail_is_never_cut_off),
		T(a_cancelled_body_leaves_no_trace),
		T(a_full_pack_is_followed_by_the_next),
		T(a_pack_left_by_a_crash_is_begun_anew),
		T(a_pack_shorter_than_committed_is_damage),
		T(a_large_body_streams_through),
		T(a_failed_write_commits_nothing),
	};

	return RUN(tests);
}
