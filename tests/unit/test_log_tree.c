/* SPDX-License-Identifier: ISC */
/* The constants come from docs/formats/log.md; the eight leaves are those of
 * the Certificate Transparency test data. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/log/tree.h"

#define N 130

static uint8_t leaves[N][TREE_HASH];

static int
leaf_at(void *ctx, uint64_t index, uint8_t out[TREE_HASH], struct hrv_err *err)
{
	(void)ctx;
	if (index >= N)
		return hrv_fail(err, HRV_ENOTFOUND, "no such leaf");
	memcpy(out, leaves[index], TREE_HASH);
	return HRV_OK;
}

/* Knows the full subtrees of 8 leaves and no others. */
static int
node_at(void *ctx, unsigned level, uint64_t index, uint8_t out[TREE_HASH],
    bool *ret_found, struct hrv_err *err)
{
	(void)err;
	*ret_found = level == 3;
	if (level == 3) {
		++*(int *)ctx;
		tree_root_of(
		    (const uint8_t(*)[TREE_HASH])leaves + index * 8, 8, out);
	}
	return HRV_OK;
}

static const struct tree_source source = { leaf_at, NULL, NULL };

static int
setup(void **state)
{
	struct hrv_err err;
	(void)state;

	if (crypt_init(&err) != HRV_OK)
		return -1;
	for (int i = 0; i < N; i++) {
		uint8_t byte = (uint8_t)i;

		tree_leaf_hash(&byte, 1, leaves[i]);
	}
	return 0;
}

static void
hex_is(const uint8_t hash[32], const char *want)
{
	struct buf b = BUF_INIT;

	enc_hex(&b, hash, 32);
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
digest_is(struct buf *feed, const char *want)
{
	uint8_t hash[32];

	OK_(buf_ok(feed, err));
	crypt_sha256(feed->data, feed->len, hash);
	hex_is(hash, want);
	buf_clear(feed);
}

static void
feed_path(
    struct buf *feed, uint64_t a, uint64_t b, const struct tree_path *path)
{
	buf_addf(feed, "%d %d", (int)a, (int)b);
	for (size_t i = 0; i < path->count; i++) {
		buf_addc(feed, ' ');
		enc_hex(feed, path->hash[i], TREE_HASH);
	}
	buf_addc(feed, '\n');
}

static void
the_eight_leaves_have_the_known_root(void **state)
{
	static const char *const hex[] = { "", "00", "10", "2021", "3031",
		"40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f" };
	uint8_t hash[8][TREE_HASH], root[TREE_HASH];
	(void)state;

	for (size_t i = 0; i < 8; i++) {
		uint8_t raw[16];
		size_t len = strlen(hex[i]) / 2;

		assert_true(enc_unhex(hex[i], 2 * len, raw, len));
		tree_leaf_hash(raw, len, hash[i]);
	}
	tree_root_of((const uint8_t(*)[TREE_HASH])hash, 8, root);
	hex_is(root, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff"
		     "4604328");
	tree_empty_root(root);
	hex_is(root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7"
		     "852b855");
}

static void
all_roots_up_to_130_leaves_are_the_known_ones(void **state)
{
	struct tree_frontier f;
	struct buf feed = BUF_INIT;
	uint8_t root[TREE_HASH], again[TREE_HASH];
	(void)state;

	tree_frontier_init(&f);
	for (size_t n = 0; n <= N; n++) {
		tree_frontier_root(&f, root);
		OK_(tree_range_root(&source, 0, n, again, err));
		assert_memory_equal(root, again, TREE_HASH);
		buf_addf(&feed, "%d ", (int)n);
		enc_hex(&feed, root, TREE_HASH);
		buf_addc(&feed, '\n');
		if (n < N)
			OK_(tree_frontier_append(&f, leaves[n], err));
	}
	digest_is(&feed, "9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7a"
			 "a3133165dec");
}

static void
all_inclusion_proofs_are_the_known_ones_and_verify(void **state)
{
	struct buf feed = BUF_INIT;
	struct tree_path path;
	uint8_t root[TREE_HASH];
	(void)state;

	for (uint64_t n = 1; n <= N; n++) {
		OK_(tree_range_root(&source, 0, n, root, err));
		for (uint64_t i = 0; i < n; i++) {
			struct tree_inclusion_claim claim = { i, n, leaves[i],
				root };

			OK_(tree_inclusion(&source, i, n, &path, err));
			OK_(tree_inclusion_check(&claim, &path, err));
			feed_path(&feed, i, n, &path);
		}
	}
	digest_is(&feed, "893ce6eea61adc33c22c0e3a952498b76dfa3c282e78ac659f6fc"
			 "c0ea44f9983");
}

static void
all_consistency_proofs_are_the_known_ones_and_verify(void **state)
{
	struct buf feed = BUF_INIT;
	struct tree_path path;
	uint8_t root[N + 1][TREE_HASH];
	(void)state;

	for (uint64_t n = 1; n <= N; n++) {
		OK_(tree_range_root(&source, 0, n, root[n], err));
		for (uint64_t m = 1; m <= n; m++) {
			struct tree_consistency_claim claim = { m, n, root[m],
				root[n] };

			OK_(tree_consistency(&source, m, n, &path, err));
			OK_(tree_consistency_check(&claim, &path, err));
			feed_path(&feed, m, n, &path);
		}
	}
	digest_is(&feed, "2498232e1aebe8d1aa8d339d897fc471f4495fe0b8a55ac08f7da"
			 "e3d88bc4c2a");
}

static void
known_subtrees_are_used_and_change_nothing(void **state)
{
	int asked = 0;
	const struct tree_source cached = { leaf_at, node_at, &asked };
	(void)state;

	for (uint64_t n = 1; n <= N; n++) {
		struct tree_path a, b;

		OK_(tree_consistency(&source, (n + 1) / 2, n, &a, err));
		OK_(tree_consistency(&cached, (n + 1) / 2, n, &b, err));
		assert_int_equal(a.count, b.count);
		assert_memory_equal(a.hash, b.hash, a.count * TREE_HASH);
	}
	assert_true(asked > 100);
}

static void
changed_proofs_do_not_verify(void **state)
{
	struct tree_path path;
	uint8_t root[TREE_HASH], old[TREE_HASH];
	struct tree_inclusion_claim in = { 37, 101, leaves[37], root };
	struct tree_consistency_claim co = { 37, 101, old, root };
	(void)state;

	OK_(tree_range_root(&source, 0, 101, root, err));
	OK_(tree_range_root(&source, 0, 37, old, err));
	OK_(tree_inclusion(&source, 37, 101, &path, err));
	for (size_t i = 0; i < path.count; i++) {
		path.hash[i][i] ^= 1;
		FAILS(tree_inclusion_check(&in, &path, err), HRV_EINTEGRITY);
		path.hash[i][i] ^= 1;
	}
	path.count--;
	FAILS(tree_inclusion_check(&in, &path, err), HRV_EINTEGRITY);
	path.count += 2;
	FAILS(tree_inclusion_check(&in, &path, err), HRV_EINTEGRITY);
	path.count = TREE_MAX_PATH + 1;
	FAILS(tree_inclusion_check(&in, &path, err), HRV_EINTEGRITY);
	OK_(tree_consistency(&source, 37, 101, &path, err));
	for (size_t i = 0; i < path.count; i++) {
		path.hash[i][i] ^= 1;
		FAILS(tree_consistency_check(&co, &path, err), HRV_EINTEGRITY);
		path.hash[i][i] ^= 1;
	}
	path.count--;
	FAILS(tree_consistency_check(&co, &path, err), HRV_EINTEGRITY);
	path.count = 0;
	FAILS(tree_consistency_check(&co, &path, err), HRV_EINTEGRITY);
}

static void
claims_that_make_no_sense_are_refused(void **state)
{
	struct tree_path none = { .count = 0 };
	uint8_t root[TREE_HASH], other[TREE_HASH] = { 1 };
	struct tree_consistency_claim zero = { 0, 5, root, root };
	struct tree_consistency_claim both_zero = { 0, 0, root, root };
	struct tree_consistency_claim shrinks = { 6, 5, root, root };
	struct tree_consistency_claim differs = { 5, 5, root, other };
	struct tree_inclusion_claim past = { 5, 5, leaves[0], root };
	struct tree_inclusion_claim empty = { 0, 0, leaves[0], root };
	struct tree_inclusion_claim huge = { 1, UINT64_MAX, leaves[0], root };
	(void)state;

	tree_empty_root(root);
	FAILS(tree_consistency_check(&zero, &none, err), HRV_EINTEGRITY);
	FAILS(tree_consistency_check(&both_zero, &none, err), HRV_EINTEGRITY);
	FAILS(tree_consistency_check(&shrinks, &none, err), HRV_EINTEGRITY);
	FAILS(tree_consistency_check(&differs, &none, err), HRV_EINTEGRITY);
	FAILS(tree_inclusion_check(&past, &none, err), HRV_EINTEGRITY);
	FAILS(tree_inclusion_check(&empty, &none, err), HRV_EINTEGRITY);
	FAILS(tree_inclusion_check(&huge, &none, err), HRV_EINTEGRITY);
	FAILS(tree_inclusion(&source, 5, 5, &none, err), HRV_EFAILED);
	FAILS(tree_consistency(&source, 0, 5, &none, err), HRV_EFAILED);
	FAILS(tree_consistency(&source, 6, 5, &none, err), HRV_EFAILED);
	FAILS(tree_range_root(&source, 3, 8, root, err), HRV_EFAILED);
	FAILS(tree_inclusion(&source, 1, 200, &none, err), HRV_ENOTFOUND);
	assert_int_equal(none.count, 0);
}

static void
the_edge_survives_being_stored_and_refuses_other_lengths(void **state)
{
	struct tree_frontier f, back;
	struct buf b = BUF_INIT;
	uint8_t one[TREE_HASH], two[TREE_HASH];
	(void)state;

	tree_frontier_init(&f);
	for (size_t i = 0; i < 103; i++)
		OK_(tree_frontier_append(&f, leaves[i], err));
	assert_int_equal(tree_frontier_count(&f), 5);
	tree_frontier_write(&f, &b);
	assert_int_equal(b.len, 8 + 5 * TREE_HASH);
	for (size_t n = 0; n < b.len; n++)
		FAILS(
		    tree_frontier_read(b.data, n, &back, err), HRV_EINTEGRITY);
	OK_(tree_frontier_read(b.data, b.len, &back, err));
	tree_frontier_root(&f, one);
	tree_frontier_root(&back, two);
	assert_memory_equal(one, two, TREE_HASH);
	b.data[0] = 0x80;
	FAILS(tree_frontier_read(b.data, b.len, &back, err), HRV_EINTEGRITY);
	buf_clear(&b);
	f.size = TREE_MAX_SIZE;
	FAILS(tree_frontier_append(&f, leaves[0], err), HRV_EFAILED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_eight_leaves_have_the_known_root),
		cmocka_unit_test(all_roots_up_to_130_leaves_are_the_known_ones),
		cmocka_unit_test(
		    all_inclusion_proofs_are_the_known_ones_and_verify),
		cmocka_unit_test(
		    all_consistency_proofs_are_the_known_ones_and_verify),
		cmocka_unit_test(known_subtrees_are_used_and_change_nothing),
		cmocka_unit_test(changed_proofs_do_not_verify),
		cmocka_unit_test(claims_that_make_no_sense_are_refused),
		cmocka_unit_test(
		    the_edge_survives_being_stored_and_refuses_other_lengths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
