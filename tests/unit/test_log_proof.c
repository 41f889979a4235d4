/* SPDX-License-Identifier: ISC */
/* Proofs and tiles; the proofs are also shown to the independent verifier. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"
#include "vault/log/proof.h"
#include "vault/log/tiles.h"

static struct key *seed;
static struct note_vkey vkey;

static int
leaf_at(void *ctx, uint64_t index, uint8_t out[TREE_HASH], struct hrv_err *err)
{
	char leaf[32];
	(void)ctx;
	(void)err;

	snprintf(leaf, sizeof(leaf), "leaf %d\n", (int)index);
	tree_leaf_hash(leaf, strlen(leaf), out);
	return HRV_OK;
}

static const struct tree_source source = { leaf_at, NULL, NULL };

static int
setup(void **state)
{
	uint8_t bytes[32] = { 9 }, pub[32];
	struct hrv_err err;
	(void)state;

	return crypt_init(&err) || key_from_bytes(bytes, 32, &seed, &err) ||
	       crypt_ed25519_public(seed, pub, &err) ||
	       note_vkey_init(&vkey, "hrvault.example/proof/log1", pub, &err);
}

static int
teardown(void **state)
{
	(void)state;
	key_free(seed);
	return 0;
}

static struct note_checkpoint
head_at(uint64_t size, struct buf *note)
{
	struct note_checkpoint cp = { .size = size };

	snprintf(cp.origin, sizeof(cp.origin), "%s", vkey.name);
	OK_(tree_range_root(&source, 0, size, cp.root, err));
	OK_(note_sign(&cp, seed, note, err));
	return cp;
}

/* A proof of leaf `index` in the tree of `size`. */
static void
make_proof(uint64_t index, uint64_t size, const char *extra, struct buf *out)
{
	struct proof p = { .index = index, .extra = extra };
	struct buf note = BUF_INIT;

	head_at(size, &note);
	p.extra_len = extra == NULL ? 0 : strlen(extra);
	p.note = (const char *)note.data;
	p.note_len = note.len;
	OK_(tree_inclusion(&source, index, size, &p.path, err));
	OK_(proof_write(&p, out, err));
	buf_clear(&note);
}

static void
make_request(uint64_t old, uint64_t size, struct buf *out)
{
	struct proof p = { .index = old };
	struct buf note = BUF_INIT;

	head_at(size, &note);
	p.note = (const char *)note.data;
	p.note_len = note.len;
	OK_(tree_consistency(&source, old, size, &p.path, err));
	OK_(proof_consistency_write(&p, out, err));
	buf_clear(&note);
}

/* Parses and verifies from a block of exactly that size. */
static int
check_proof(const void *data, size_t len, uint64_t leaf, struct hrv_err *err)
{
	char *copy = malloc(len + (len == 0));
	uint8_t hash[TREE_HASH];
	struct proof p;
	int rc;

	memcpy(copy, data, len);
	rc = leaf_at(NULL, leaf, hash, err);
	if (rc == HRV_OK)
		rc = proof_parse(copy, len, &p, err);
	if (rc == HRV_OK)
		rc = proof_verify(&p, &vkey, hash, NULL, err);
	free(copy);
	return rc;
}

static void
proofs_verify_for_their_leaf_only(void **state)
{
	(void)state;
	for (uint64_t size = 1; size < 12; size++) {
		for (uint64_t i = 0; i < size; i++) {
			struct buf b = BUF_INIT;

			make_proof(i, size, i % 2 ? "AAEC" : NULL, &b);
			OK_(check_proof(b.data, b.len, i, err));
			FAILS(check_proof(b.data, b.len, i + 1, err),
			    HRV_EINTEGRITY);
			buf_clear(&b);
		}
	}
}

static void
a_proof_is_written_as_documented(void **state)
{
	struct buf b = BUF_INIT;
	(void)state;

	make_proof(1, 2, "AAEC", &b);
	assert_memory_equal(
	    b.data, "c2sp.org/tlog-proof@v1\nextra AAEC\nindex 1\n", 42);
	assert_memory_equal(b.data + 42 + 44,
	    "\n\n"
	    "hrvault.example",
	    17);
	buf_clear(&b);
}

static void
cut_and_changed_proofs_are_refused(void **state)
{
	struct buf b = BUF_INIT;
	(void)state;

	make_proof(5, 9, NULL, &b);
	for (size_t n = 0; n < b.len; n++) {
		FAILS(check_proof(b.data, n, 5, err), HRV_EINTEGRITY);
		b.data[n] ^= (uint8_t)(1 << n % 7);
		FAILS(check_proof(b.data, b.len, 5, err), HRV_EINTEGRITY);
		b.data[n] ^= (uint8_t)(1 << n % 7);
	}
	buf_clear(&b);
}

static void
texts_that_are_no_proof_are_refused(void **state)
{
	static const char *const bad[] = { "", "\n", "c2sp.org/tlog-proof@v1",
		"c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n",
		"c2sp.org/tlog-proof@v1\nindex 0\n\n",
		"c2sp.org/tlog-proof@v1\nindex 00\n\nx",
		"c2sp.org/tlog-proof@v1\nindex\n\nx",
		"c2sp.org/tlog-proof@v1\nindex -1\n\nx",
		"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nx",
		"c2sp.org/tlog-proof@v1\nindex 0\nextra AAEC\n\nx",
		"c2sp.org/tlog-proof@v1\nindex 0\nAAEC\n\nx",
		"c2sp.org/tlog-proof@v1\nindex 0\nnull\n\nx" };
	struct proof p = { .index = 42 };
	struct buf many = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(proof_parse(bad[i], strlen(bad[i]), &p, err),
		    HRV_EINTEGRITY);
	buf_adds(&many, "c2sp.org/tlog-proof@v1\nindex 0\n");
	for (int i = 0; i < 65; i++)
		buf_adds(
		    &many, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_adds(&many, "\nx");
	FAILS(proof_parse(many.data, many.len, &p, err), HRV_EINTEGRITY);
	assert_int_equal(p.index, 42);
	buf_clear(&many);
}

static int
check_request(
    const struct buf *b, const struct note_checkpoint *old, struct hrv_err *err)
{
	struct note_checkpoint head;
	struct proof p;
	int rc = proof_consistency_parse(b->data, b->len, &p, err);

	if (rc == HRV_OK)
		rc = proof_consistency_verify(&p, &vkey, old, &head, err);
	return rc;
}

static void
a_longer_log_is_proved_to_extend_the_older_head(void **state)
{
	(void)state;
	for (uint64_t old = 1; old <= 9; old++) {
		struct buf b = BUF_INIT, note = BUF_INIT;
		struct note_checkpoint cp = head_at(old, &note);

		make_request(old, 9, &b);
		OK_(check_request(&b, &cp, err));
		cp.root[0] ^= 1;
		FAILS(check_request(&b, &cp, err), HRV_EINTEGRITY);
		cp.root[0] ^= 1;
		cp.size++;
		FAILS(check_request(&b, &cp, err), HRV_EINTEGRITY);
		buf_clear(&b);
		buf_clear(&note);
	}
}

static void
the_empty_tree_proves_nothing(void **state)
{
	struct buf b = BUF_INIT, note = BUF_INIT;
	struct note_checkpoint cp = head_at(3, &note);
	(void)state;

	buf_addf(&b, "old 0\n\n%s", buf_str(&note));
	cp.size = 0;
	tree_empty_root(cp.root);
	FAILS(check_request(&b, &cp, err), HRV_EINTEGRITY);
	buf_reset(&b);
	buf_addf(&b,
	    "old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n%s",
	    buf_str(&note));
	FAILS(check_request(&b, &cp, err), HRV_EINTEGRITY);
	buf_clear(&b);
	buf_clear(&note);
}

static void
path_is(int level, uint64_t n, unsigned width, const char *want)
{
	struct tiles_tile t = { level, n, width };
	char out[TILES_PATH_MAX];

	OK_(tiles_path(&t, out, err));
	assert_string_equal(out, want);
}

static void
tiles_are_named_in_groups_of_three_digits(void **state)
{
	struct tiles_tile none = { 0, 0, 0 }, wide = { 0, 0, 257 };
	struct tiles_tile high = { 8, 0, 1 }, far = { 1, 1ull << 60, 1 };
	char out[TILES_PATH_MAX];
	(void)state;

	path_is(0, 0, 256, "tile/0/000");
	path_is(0, 1234067, 256, "tile/0/x001/x234/067");
	path_is(1, 1000, 17, "tile/1/x001/000.p/17");
	path_is(TILES_ENTRIES, 273, 112, "tile/entries/273.p/112");
	path_is(7, 0, 127, "tile/7/000.p/127");
	path_is(0, 36028797018963966ull, 256,
	    "tile/0/x036/x028/x797/x018/x963/966");
	FAILS(tiles_path(&none, out, err), HRV_EFAILED);
	FAILS(tiles_path(&wide, out, err), HRV_EFAILED);
	FAILS(tiles_path(&high, out, err), HRV_EFAILED);
	FAILS(tiles_path(&far, out, err), HRV_EFAILED);
}

static void
seventy_thousand_leaves_have_the_specified_tiles(void **state)
{
	(void)state;
	assert_int_equal(tiles_count(0, 70000), 274);
	assert_int_equal(tiles_width(0, 272, 70000), 256);
	assert_int_equal(tiles_width(0, 273, 70000), 112);
	assert_int_equal(tiles_width(0, 274, 70000), 0);
	assert_int_equal(tiles_count(1, 70000), 2);
	assert_int_equal(tiles_width(1, 1, 70000), 17);
	assert_int_equal(tiles_count(2, 70000), 1);
	assert_int_equal(tiles_width(2, 0, 70000), 1);
	assert_int_equal(tiles_count(3, 70000), 0);
	assert_int_equal(tiles_count(1, 256), 1);
	assert_int_equal(tiles_count(TILES_ENTRIES, 70000), 274);
	assert_int_equal(tiles_count(-2, 70000), 0);
}

static void
a_tile_of_level_one_hashes_full_tiles_of_level_zero(void **state)
{
	struct tiles_tile low = { 0, 1, 256 }, high = { 1, 0, 2 };
	struct buf a = BUF_INIT, b = BUF_INIT;
	uint8_t root[TREE_HASH];
	(void)state;

	OK_(tiles_hashes(&source, &low, &a, err));
	assert_int_equal(a.len, 8192);
	OK_(tiles_hashes(&source, &high, &b, err));
	assert_int_equal(b.len, 64);
	tree_root_of((const uint8_t(*)[TREE_HASH])(void *)a.data, 256, root);
	assert_memory_equal(b.data + 32, root, TREE_HASH);
	buf_clear(&a);
	buf_clear(&b);
}

static void
bundles_give_back_their_entries_and_notice_a_cut(void **state)
{
	struct buf b = BUF_INIT;
	const uint8_t *leaf;
	size_t pos = 0, len;
	static uint8_t big[65536];
	(void)state;

	OK_(tiles_entry_add(&b, "", 0, err));
	OK_(tiles_entry_add(&b, big, 300, err));
	FAILS(tiles_entry_add(&b, big, 65536, err), HRV_EFAILED);
	assert_int_equal(b.len, 304);
	assert_memory_equal(b.data, "\0\0\x01\x2c", 4);
	OK_(tiles_entry_next(b.data, b.len, &pos, &leaf, &len, err));
	assert_int_equal(len, 0);
	FAILS(tiles_entry_next(b.data, 3, &pos, &leaf, &len, err),
	    HRV_EINTEGRITY);
	FAILS(tiles_entry_next(b.data, 303, &pos, &leaf, &len, err),
	    HRV_EINTEGRITY);
	OK_(tiles_entry_next(b.data, b.len, &pos, &leaf, &len, err));
	assert_int_equal(len, 300);
	FAILS(tiles_entry_next(b.data, b.len, &pos, &leaf, &len, err),
	    HRV_ENOTFOUND);
	buf_clear(&b);
}

/* Exit status of a script under sh; the working folder is the project's. */
static int
run_shell(const char *script)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Writes b below dir. */
static void
save(const char *dir, const char *name, const struct buf *b)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	assert_int_equal(fclose(f), 0);
}

static void
the_independent_verifier_agrees(void **state)
{
	/* Good ones, then each with a byte changed. */
	static const char script[] =
	    "set -e; cd \"$1\"; "
	    "V=\"$OLDPWD/tests/tools/verify_checkpoint.py\"\n"
	    "command -v python3 >/dev/null || exit 77\n"
	    "v() { python3 \"$V\" \"$@\" >/dev/null 2>&1; }\n"
	    "v checkpoint --vkey \"$2\" old\n"
	    "v proof --vkey \"$2\" --leaf leaf proof\n"
	    "v consistency --vkey \"$2\" --old old request\n"
	    "for f in old proof request; do sed '$s/./A/40' $f > bad; "
	    "cmp -s $f bad && exit 3; case $f in\n"
	    "old) ! v checkpoint --vkey \"$2\" bad;;\n"
	    "proof) ! v proof --vkey \"$2\" --leaf leaf bad;;\n"
	    "request) ! v consistency --vkey \"$2\" --old old bad;;\n"
	    "esac || exit 4; done\n"
	    "! v proof --vkey \"$2\" --leaf old proof || exit 5\n";
	char dir[] = "/tmp/hv.XXXXXX", cmd[4096];
	struct buf b = BUF_INIT, key = BUF_INIT;
	int status;
	(void)state;

	assert_non_null(mkdtemp(dir));
	note_vkey_format(&vkey, &key);
	head_at(6, &b);
	save(dir, "old", &b);
	buf_reset(&b);
	make_proof(5, 9, "AAEC", &b);
	save(dir, "proof", &b);
	buf_reset(&b);
	make_request(6, 9, &b);
	save(dir, "request", &b);
	buf_reset(&b);
	buf_adds(&b, "leaf 5\n");
	save(dir, "leaf", &b);
	snprintf(
	    cmd, sizeof(cmd), "set -- %s '%s'\n%s", dir, buf_str(&key), script);
	buf_clear(&b);
	buf_clear(&key);
	status = run_shell(cmd);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	assert_int_equal(run_shell(cmd), 0);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_verify_for_their_leaf_only),
		cmocka_unit_test(a_proof_is_written_as_documented),
		cmocka_unit_test(cut_and_changed_proofs_are_refused),
		cmocka_unit_test(texts_that_are_no_proof_are_refused),
		cmocka_unit_test(
		    a_longer_log_is_proved_to_extend_the_older_head),
		cmocka_unit_test(the_empty_tree_proves_nothing),
		cmocka_unit_test(tiles_are_named_in_groups_of_three_digits),
		cmocka_unit_test(
		    seventy_thousand_leaves_have_the_specified_tiles),
		cmocka_unit_test(
		    a_tile_of_level_one_hashes_full_tiles_of_level_zero),
		cmocka_unit_test(
		    bundles_give_back_their_entries_and_notice_a_cut),
		cmocka_unit_test(the_independent_verifier_agrees),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
