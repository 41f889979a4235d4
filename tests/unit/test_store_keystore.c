/* SPDX-License-Identifier: ISC */
/*
 * Keystore generations and their anchors: adding, the next generation with
 * exactly the survivors, and the end of the old one.
 */
#include "tests/unit/store.h"

#include <time.h>

#include "vault/store/anchor.h"
#include "vault/store/keystore.h"

static struct store_dir dir;

static int
set_up(void **state)
{
	(void)state;
	store_dir_init(&dir);
	OK_(keystore_init(dir.path, dir.key, err));
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
open_gen(uint32_t gen, struct keystore **ret, struct hrv_err *err)
{
	const struct keystore_open_args args = { .dir = dir.path,
		.gen = gen,
		.k_write = dir.key,
		.timeout_ms = 50 };

	return keystore_open(&args, ret, err);
}

/* Key number n; ids ascend with n. */
static struct keystore_dek
dek_no(uint32_t n)
{
	struct keystore_dek dek = {
		.purpose = 1, .kek_version = 3, .kek = "kek/pay", .added = 20000
	};

	memset(dek.dek_id, 0x11, sizeof(dek.dek_id));
	dek.dek_id[0] = (uint8_t)(n >> 16);
	dek.dek_id[1] = (uint8_t)(n >> 8);
	dek.dek_id[2] = (uint8_t)n;
	memset(dek.record_id, 0x22, sizeof(dek.record_id));
	memset(dek.wrapped, (int)(n & 0xff), sizeof(dek.wrapped));
	return dek;
}

static void
add_keys(struct keystore *ks, uint32_t from, uint32_t to)
{
	OK_(keystore_begin(ks, err));
	for (uint32_t n = from; n < to; n++) {
		struct keystore_dek dek = dek_no(n);

		OK_(keystore_add(ks, &dek, err));
	}
	OK_(keystore_commit(ks, err));
}

/* Every `step`-th key up to `to` as a survivor. */
struct every {
	uint32_t at;
	uint32_t to;
	uint32_t step;
};

static int
every_next(void *ctx, uint8_t ret_id[KEYSTORE_ID_LEN], bool *ret_more,
    struct hrv_err *err)
{
	struct every *e = ctx;
	struct keystore_dek dek = dek_no(e->at);

	(void)err;
	*ret_more = e->at < e->to;
	memcpy(ret_id, dek.dek_id, KEYSTORE_ID_LEN);
	e->at += e->step;
	return HRV_OK;
}

static int
build(struct keystore *ks, struct every e, struct keystore_set *set,
    struct hrv_err *err)
{
	const struct keystore_build_args args = { .live = keystore_gen(ks),
		.k_write = dir.key,
		.next = every_next,
		.next_ctx = &e };

	return keystore_build_next(ks, &args, set, err);
}

static int
end_gen(int (*end)(const struct keystore_end_args *, struct hrv_err *),
    uint32_t gen, uint32_t live, struct hrv_err *err)
{
	const struct keystore_end_args args = { dir.path, gen, live, 50 };

	return end(&args, err);
}

static bool
there(const char *name)
{
	return store_size(&dir, name) >= 0;
}

static void
a_key_is_found_again_as_it_was_added(void **state)
{
	struct keystore_dek want = dek_no(5);
	struct keystore_dek is;
	struct keystore *ks = NULL;
	uint64_t n = 0;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 10);
	keystore_close(ks);
	OK_(open_gen(1, &ks, err));
	OK_(keystore_get(ks, want.dek_id, &is, err));
	assert_memory_equal(&is, &want, sizeof(is));
	OK_(keystore_count(ks, &n, err));
	assert_int_equal(n, 10);
	want = dek_no(11);
	FAILS(keystore_get(ks, want.dek_id, &is, err), HRV_ENOTFOUND);
	keystore_close(ks);
}

static void
what_is_not_committed_is_not_there(void **state)
{
	struct keystore_dek dek = dek_no(1);
	struct keystore *ks = NULL;
	uint64_t n = 9;

	(void)state;
	OK_(open_gen(1, &ks, err));
	OK_(keystore_begin(ks, err));
	OK_(keystore_add(ks, &dek, err));
	FAILS(keystore_add(ks, &dek, err), HRV_EEXISTS);
	keystore_close(ks);
	OK_(open_gen(1, &ks, err));
	OK_(keystore_count(ks, &n, err));
	assert_int_equal(n, 0);
	keystore_close(ks);
}

static void
the_set_hash_is_that_of_the_sorted_ids(void **state)
{
	struct crypt_sha256_ctx *sum = crypt_sha256_new();
	struct keystore *ks = NULL;
	struct keystore_set set;
	uint8_t want[KEYSTORE_HASH_LEN];

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 20, 30);
	add_keys(ks, 0, 20);
	for (uint32_t n = 0; n < 30; n++) {
		struct keystore_dek dek = dek_no(n);

		crypt_sha256_add(sum, dek.dek_id, sizeof(dek.dek_id));
	}
	crypt_sha256_final(sum, want);
	OK_(keystore_set(ks, &set, err));
	assert_int_equal(set.count, 30);
	assert_memory_equal(set.hash, want, sizeof(want));
	keystore_close(ks);
}

static void
the_next_generation_holds_exactly_the_survivors(void **state)
{
	struct keystore_dek dek = dek_no(4);
	struct keystore_dek is;
	struct keystore *ks = NULL;
	struct keystore_set built;
	struct keystore_set set;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 100);
	OK_(build(ks, (struct every){ 0, 100, 3 }, &built, err));
	OK_(keystore_get(ks, dek.dek_id, &is, err));
	keystore_close(ks);
	assert_int_equal(built.count, 34);
	assert_int_equal(store_mode(&dir, "keys.2.db"), 0660);
	assert_int_equal(store_mode(&dir, "anchor.2"), 0660);
	OK_(open_gen(2, &ks, err));
	OK_(keystore_set(ks, &set, err));
	assert_int_equal(set.count, built.count);
	assert_memory_equal(set.hash, built.hash, sizeof(set.hash));
	FAILS(keystore_get(ks, dek.dek_id, &is, err), HRV_ENOTFOUND);
	dek = dek_no(3);
	OK_(keystore_get(ks, dek.dek_id, &is, err));
	assert_memory_equal(&is, &dek, sizeof(is));
	keystore_close(ks);
}

static void
a_survivor_that_is_not_there_stops_the_build(void **state)
{
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 10);
	FAILS(build(ks, (struct every){ 0, 12, 1 }, &set, err), HRV_EINTEGRITY);
	FAILS(build(ks, (struct every){ 0, 4, 0 }, &set, err), HRV_EINTEGRITY);
	assert_false(there("keys.2.db"));
	assert_false(there("anchor.2"));
	keystore_close(ks);
}

static int
rewrap(void *ctx, struct keystore_dek *dek, struct hrv_err *err)
{
	(void)ctx;
	(void)err;
	dek->kek_version = 4;
	memset(dek->wrapped, 0xee, sizeof(dek->wrapped));
	return HRV_OK;
}

static void
survivors_can_be_rewrapped_on_the_way(void **state)
{
	struct keystore_dek two[2] = { dek_no(2), dek_no(7) };
	uint8_t ids[2][KEYSTORE_ID_LEN];
	struct keystore_list list = { ids[0], 2, 0 };
	const struct keystore_build_args args = { .live = 1,
		.k_write = dir.key,
		.next = keystore_list_next,
		.next_ctx = &list,
		.rewrap = rewrap };
	struct keystore_dek is;
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	memcpy(ids[0], two[0].dek_id, sizeof(ids[0]));
	memcpy(ids[1], two[1].dek_id, sizeof(ids[1]));
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 10);
	OK_(keystore_build_next(ks, &args, &set, err));
	keystore_close(ks);
	OK_(open_gen(2, &ks, err));
	OK_(keystore_get(ks, ids[1], &is, err));
	assert_int_equal(is.kek_version, 4);
	assert_int_equal(is.wrapped[65], 0xee);
	keystore_close(ks);
}

static void
an_old_generation_is_destroyed_with_all_its_files(void **state)
{
	struct keystore *ks = NULL;
	struct keystore_set set;
	uint32_t *gens = NULL;
	size_t count = 0;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 10);
	OK_(build(ks, (struct every){ 0, 10, 2 }, &set, err));
	/* A reader is waited for, and then it stays as it was. */
	FAILS(end_gen(keystore_destroy, 1, 2, err), HRV_EBUSY);
	assert_true(there("anchor.1"));
	assert_true(there("keys.1.db-wal"));
	keystore_close(ks);
	close(open(store_path(&dir, "keys.1.db-wal"), O_CREAT | O_RDWR, 0600));
	OK_(end_gen(keystore_destroy, 1, 2, err));
	OK_(end_gen(keystore_destroy, 1, 2, err));
	OK_(keystore_generations(dir.path, &gens, &count, err));
	assert_int_equal(count, 1);
	assert_int_equal(gens[0], 2);
	free(gens);
	FAILS(open_gen(1, &ks, err), HRV_ENOTFOUND);
}

static void
the_live_generation_is_never_ended(void **state)
{
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	FAILS(end_gen(keystore_destroy, 1, 1, err), HRV_EREFUSED);
	FAILS(end_gen(keystore_discard, 1, 1, err), HRV_EREFUSED);
	/* Nor an old one while the live one is not there. */
	FAILS(end_gen(keystore_destroy, 1, 2, err), HRV_EREFUSED);
	OK_(open_gen(1, &ks, err));
	OK_(build(ks, (struct every){ 0, 0, 1 }, &set, err));
	keystore_close(ks);
	store_flip(&dir, "anchor.2", 30);
	FAILS(end_gen(keystore_destroy, 1, 2, err), HRV_EREFUSED);
	assert_true(there("anchor.1"));
	assert_true(there("keys.1.db"));
}

static void
an_uncommitted_generation_is_taken_back_or_built_anew(void **state)
{
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, 10);
	OK_(build(ks, (struct every){ 0, 10, 2 }, &set, err));
	OK_(build(ks, (struct every){ 0, 10, 5 }, &set, err));
	assert_int_equal(set.count, 2);
	keystore_close(ks);
	OK_(end_gen(keystore_discard, 2, 1, err));
	OK_(end_gen(keystore_discard, 2, 1, err));
	assert_false(there("keys.2.db"));
	assert_false(there("anchor.2"));
	assert_true(there("keys.1.db"));
}

static void
only_the_live_generation_is_built_upon(void **state)
{
	struct every e = { 0, 0, 1 };
	struct keystore_build_args args = { .live = 2,
		.k_write = dir.key,
		.next = every_next,
		.next_ctx = &e };
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	OK_(open_gen(1, &ks, err));
	FAILS(keystore_build_next(ks, &args, &set, err), HRV_EREFUSED);
	keystore_close(ks);
	FAILS(keystore_init(dir.path, dir.key, err), HRV_EEXISTS);
}

static void
without_its_own_anchor_a_keystore_does_not_open(void **state)
{
	struct keystore *ks = NULL;
	struct keystore_set set;

	(void)state;
	OK_(open_gen(1, &ks, err));
	OK_(build(ks, (struct every){ 0, 0, 1 }, &set, err));
	keystore_close(ks);
	/* The database of one generation under the name of another. */
	assert_int_equal(rename(store_path(&dir, "keys.1.db"),
			     store_path(&dir, "keys.2.db")),
	    0);
	FAILS(open_gen(2, &ks, err), HRV_EINTEGRITY);
	/* An anchor likewise. */
	assert_int_equal(
	    rename(store_path(&dir, "anchor.1"), store_path(&dir, "anchor.2")),
	    0);
	FAILS(open_gen(2, &ks, err), HRV_EINTEGRITY);
}

static void
every_byte_of_an_anchor_counts(void **state)
{
	struct anchor *a = NULL;

	(void)state;
	assert_int_equal(store_size(&dir, "anchor.1"), 68);
	for (off_t at = 0; at < 68; at++) {
		store_flip(&dir, "anchor.1", at);
		FAILS(anchor_open(dir.path, 1, 0, &a, err), HRV_EINTEGRITY);
		store_flip(&dir, "anchor.1", at);
	}
	OK_(anchor_open(dir.path, 1, 0, &a, err));
	anchor_close(a);
	FAILS(anchor_create(dir.path, 1, err), HRV_EEXISTS);
	assert_int_equal(truncate(store_path(&dir, "anchor.1"), 67), 0);
	FAILS(anchor_open(dir.path, 1, 0, &a, err), HRV_EINTEGRITY);
}

static void
a_destroyed_anchor_is_overwritten_before_its_name_goes(void **state)
{
	int fd = open(store_path(&dir, "anchor.1"), O_RDONLY);
	uint8_t before[68];
	uint8_t after[68];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, before, sizeof(before), 0), 68);
	OK_(anchor_destroy(dir.path, 1, 0, err));
	assert_false(there("anchor.1"));
	assert_int_equal(pread(fd, after, sizeof(after), 0), 68);
	assert_memory_not_equal(before + 20, after + 20, 32);
	close(fd);
	OK_(anchor_destroy(dir.path, 1, 0, err));
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
many_keys_survive_quickly(void **state)
{
	const char *asked = getenv("HRV_KEYS");
	uint32_t n = asked == NULL ? 5000 : (uint32_t)strtoul(asked, NULL, 10);
	struct keystore *ks = NULL;
	struct keystore_set set;
	double began;

	(void)state;
	OK_(open_gen(1, &ks, err));
	add_keys(ks, 0, n);
	began = now();
	OK_(build(ks, (struct every){ 1, n, 1 }, &set, err));
	print_message(
	    "# %u keys in %.3f s\n", (unsigned)set.count, now() - began);
	assert_int_equal(set.count, n - 1);
	keystore_close(ks);
	OK_(end_gen(keystore_destroy, 1, 2, err));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_key_is_found_again_as_it_was_added),
		T(what_is_not_committed_is_not_there),
		T(the_set_hash_is_that_of_the_sorted_ids),
		T(the_next_generation_holds_exactly_the_survivors),
		T(a_survivor_that_is_not_there_stops_the_build),
		T(survivors_can_be_rewrapped_on_the_way),
		T(an_old_generation_is_destroyed_with_all_its_files),
		T(the_live_generation_is_never_ended),
		T(an_uncommitted_generation_is_taken_back_or_built_anew),
		T(only_the_live_generation_is_built_upon),
		T(without_its_own_anchor_a_keystore_does_not_open),
		T(every_byte_of_an_anchor_counts),
		T(a_destroyed_anchor_is_overwritten_before_its_name_goes),
		T(many_keys_survive_quickly),
	};

	return RUN(tests);
}
