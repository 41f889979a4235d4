/* SPDX-License-Identifier: ISC */
/*
 * Sealed content: the known answers of docs/formats, whole and in pieces of
 * every awkward size, and everything that must not open.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/content.h"
#include "vault/crypto/content_priv.h"
#include "vault/crypto/crypt.h"

static const char test_context[] = "hrvault test context";

/* DEK 00..1f, salt a0..b7, plaintext byte i = (7i+3) mod 256. */
static const struct {
	size_t plain, stored;
	const char *sha256;
} known[] = {
	{ 0, 72,
	    "a80687e2c61cb282544773e82d1a3a28"
	    "5f5445627c68217c111132ddd42dbf01" },
	{ 1, 73,
	    "ffe7bc8508e3b5a04bd878547f48a7ce"
	    "b1aea9b77f1e7418d044733a0bdbe17d" },
	{ 16383, 16455,
	    "f124f6a6533dde055762cd812b08ad0c"
	    "f95924e26aae7c8b1d0ddefd07b5f533" },
	{ 16384, 16472,
	    "5d5094c6adb0981db96d989b013cf6ed"
	    "331be3565a20f64ff30220dcf3417d37" },
	{ 16385, 16473,
	    "28653e66c217341775432899c57dcf03"
	    "07202a608cb709ef829873c512f9d1aa" },
	{ 40000, 40104,
	    "341651dc9f8cbb29a661aa9e19b4190f"
	    "0fb438747c318846b8aea2d85b6b267a" },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

struct fixture {
	struct key *dek;
	uint8_t salt[CONTENT_SALT_LEN];
	uint8_t plain[100000];
	struct content_lock lock;
};
static struct fixture f;

static int
setup(void **state)
{
	size_t i;

	(void)state;
	OK_(crypt_init(err));
	OK_(key_new(KEY_LEN, &f.dek, err));
	for (i = 0; i < KEY_LEN; i++)
		key_fill(f.dek)[i] = (uint8_t)i;
	for (i = 0; i < sizeof(f.salt); i++)
		f.salt[i] = (uint8_t)(0xa0 + i);
	for (i = 0; i < sizeof(f.plain); i++)
		f.plain[i] = (uint8_t)(7 * i + 3);
	f.lock = (struct content_lock){ f.dek, test_context,
		sizeof(test_context) - 1 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	key_free(f.dek);
	return 0;
}

static void
same_hex(const void *data, size_t len, const char *want)
{
	struct buf hex = BUF_INIT;

	enc_hex(&hex, data, len);
	assert_string_equal(buf_str(&hex), want);
	buf_clear(&hex);
}

static void
same_hash(const struct buf *b, const char *want)
{
	uint8_t h[CRYPT_SHA256_LEN];

	crypt_sha256(b->data, b->len, h);
	same_hex(h, sizeof(h), want);
}

static void
seal_known(size_t len, struct buf *out)
{
	struct crypt_part part = { f.plain, len };

	OK_(content_seal_buf_salted(&f.lock, f.salt, part, out, err));
}

static int
to_buf(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	buf_add(ctx, data, len);
	return buf_ok(ctx, err);
}

static void
the_key_schedule_is_the_documented_one(void **state)
{
	struct content_keys keys;

	(void)state;
	OK_(content_keys_init(&keys, &f.lock, f.salt, err));
	same_hex(key_bytes(keys.key), key_len(keys.key),
	    "7c1d405f276211a2ae42da020098d309"
	    "20f9dd2410a48d42a1e8ef6b829af78b");
	same_hex(keys.nonce, sizeof(keys.nonce), "1f386f4d1b05e91a61026f7e");
	same_hex(keys.commit, sizeof(keys.commit),
	    "214b3244d5167da1fe5d1f07502fc516"
	    "d5cda71e297b3413d749bf86c1c46054");
	content_keys_clear(&keys);
}

static void
whole_buffers_give_the_known_answers_and_open(void **state)
{
	struct buf stored = BUF_INIT, plain = BUF_INIT_SECRET;
	uint64_t len;
	size_t i;

	(void)state;
	for (i = 0; i < N_KNOWN; i++) {
		seal_known(known[i].plain, &stored);
		assert_int_equal(stored.len, known[i].stored);
		assert_int_equal(
		    content_stored_len(known[i].plain), known[i].stored);
		OK_(content_plain_len(stored.len, &len, err));
		assert_int_equal(len, known[i].plain);
		same_hash(&stored, known[i].sha256);
		OK_(content_open_buf(
		    &f.lock, stored.data, stored.len, &plain, err));
		assert_int_equal(plain.len, known[i].plain);
		if (plain.len > 0)
			assert_memory_equal(plain.data, f.plain, plain.len);
		buf_reset(&stored);
		buf_reset(&plain);
	}
	buf_clear(&stored);
	buf_clear(&plain);
}

static void
seal_stream(size_t len, size_t step, struct buf *out)
{
	struct content_salted_args args = { &f.lock, f.salt, to_buf, out };
	struct content_seal *s = NULL;
	size_t at, n;

	OK_(content_seal_new_salted(&args, &s, err));
	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		OK_(content_seal_add(s, f.plain + at, n, err));
	}
	OK_(content_seal_finish(s, err));
	FAILS(content_seal_finish(s, err), HRV_EFAILED);
	FAILS(content_seal_add(s, f.plain, 1, err), HRV_EFAILED);
	content_seal_free(s);
}

static int
open_stream(const struct buf *stored, size_t step, struct buf *out)
{
	struct hrv_err e = { 0 };
	struct content_open *o = NULL;
	size_t at, n;
	int rc = HRV_OK;

	OK_(content_open_new(&f.lock, to_buf, out, &o, err));
	for (at = 0; at < stored->len && rc == HRV_OK; at += n) {
		n = stored->len - at < step ? stored->len - at : step;
		rc = content_open_add(o, stored->data + at, n, &e);
	}
	if (rc == HRV_OK)
		rc = content_open_finish(o, &e);
	FAILS(content_open_add(o, "x", 1, err), HRV_EFAILED);
	FAILS(content_open_finish(o, err), HRV_EFAILED);
	content_open_free(o);
	return rc;
}

static void
streams_give_the_same_bytes_whatever_the_pieces(void **state)
{
	static const size_t steps[] = { 11, 56, 72, 16383, 16384, 16385, 16400,
		16401, 16456, 33000, 100000 };
	struct buf stored = BUF_INIT, plain = BUF_INIT_SECRET;
	size_t i, s;

	(void)state;
	for (i = 0; i < N_KNOWN; i++) {
		for (s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
			seal_stream(known[i].plain, steps[s], &stored);
			same_hash(&stored, known[i].sha256);
			assert_int_equal(
			    open_stream(&stored, steps[s], &plain), HRV_OK);
			assert_int_equal(plain.len, known[i].plain);
			if (plain.len > 0)
				assert_memory_equal(
				    plain.data, f.plain, plain.len);
			buf_reset(&stored);
			buf_reset(&plain);
		}
	}
	buf_clear(&stored);
	buf_clear(&plain);
}

/* Neither way opens it, and the buffer is as it was. What a stream released
 * is a genuine beginning. */
static void
must_not_open(const struct buf *stored, size_t released)
{
	struct buf plain = BUF_INIT_SECRET;
	size_t i;

	buf_adds(&plain, "before");
	FAILS(content_open_buf(&f.lock, stored->data, stored->len, &plain, err),
	    HRV_EINTEGRITY);
	assert_string_equal(buf_str(&plain), "before");
	for (i = plain.len; i < plain.cap; i++)
		assert_int_equal(plain.data[i], 0);
	buf_reset(&plain);
	assert_int_equal(open_stream(stored, 5000, &plain), HRV_EINTEGRITY);
	assert_int_equal(plain.len, released);
	if (released > 0)
		assert_memory_equal(plain.data, f.plain, released);
	buf_clear(&plain);
}

static void
a_content_cut_anywhere_does_not_open(void **state)
{
	static const size_t cuts[] = { 0, 1, 23, 24, 55, 56, 57, 71, 72, 73,
		16455, 16456, 16457, 16471, 16472, 16473, 32855, 32856, 32857,
		32871, 32872, 40103 };
	struct buf stored = BUF_INIT;
	size_t i, chunks;

	(void)state;
	seal_known(40000, &stored);
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		stored.len = cuts[i];
		chunks = cuts[i] < 56 ? 0 : (cuts[i] - 56) / 16400;
		must_not_open(&stored, chunks * CONTENT_CHUNK);
	}
	buf_clear(&stored);
}

static void
a_content_with_something_after_it_does_not_open(void **state)
{
	static const size_t more[] = { 1, 16, 17, 9000, 20000 };
	struct buf stored = BUF_INIT;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		seal_known(16384, &stored);
		for (n = 0; n < more[i]; n++)
			buf_addc(&stored, (int)(n & 0x7f));
		must_not_open(&stored, CONTENT_CHUNK);
		buf_reset(&stored);
	}
	buf_clear(&stored);
}

static void
one_changed_bit_anywhere_does_not_open(void **state)
{
	static const size_t at[] = { 0, 23, 24, 55, 56, 16440, 16456, 32840,
		32856, 40087, 40103 };
	struct buf stored = BUF_INIT;
	size_t i, chunk;

	(void)state;
	seal_known(40000, &stored);
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		stored.data[at[i]] ^= 0x10;
		chunk = at[i] < 56 ? 0 : (at[i] - 56) / 16400;
		must_not_open(&stored, chunk * CONTENT_CHUNK);
		stored.data[at[i]] ^= 0x10;
	}
	buf_clear(&stored);
}

static void
swapped_chunks_do_not_open(void **state)
{
	struct buf stored = BUF_INIT;
	uint8_t *first, *second, tmp[16400];

	(void)state;
	seal_known(40000, &stored);
	first = stored.data + 56;
	second = first + sizeof(tmp);
	memcpy(tmp, first, sizeof(tmp));
	memcpy(first, second, sizeof(tmp));
	memcpy(second, tmp, sizeof(tmp));
	must_not_open(&stored, 0);
	buf_clear(&stored);
}

static void
another_key_or_context_does_not_open_it(void **state)
{
	struct buf stored = BUF_INIT, plain = BUF_INIT_SECRET;
	struct content_lock lock = f.lock;
	struct key *other = NULL, *half = NULL;

	(void)state;
	seal_known(1000, &stored);
	OK_(key_new_random(KEY_LEN, &other, err));
	OK_(key_new_random(16, &half, err));
	lock.context_len--;
	FAILS(content_open_buf(&lock, stored.data, stored.len, &plain, err),
	    HRV_EINTEGRITY);
	lock = f.lock;
	lock.dek = other;
	FAILS(content_open_buf(&lock, stored.data, stored.len, &plain, err),
	    HRV_EINTEGRITY);
	lock.dek = half;
	FAILS(content_open_buf(&lock, stored.data, stored.len, &plain, err),
	    HRV_EUSAGE);
	FAILS(content_seal_buf(&lock, "x", 1, &plain, err), HRV_EUSAGE);
	assert_int_equal(plain.len, 0);
	key_free(half);
	key_free(other);
	buf_clear(&stored);
	buf_clear(&plain);
}

static void
the_same_content_is_never_sealed_alike(void **state)
{
	struct buf one = BUF_INIT, two = BUF_INIT, plain = BUF_INIT_SECRET;
	struct content_seal *s = NULL;

	(void)state;
	OK_(content_seal_buf(&f.lock, f.plain, 500, &one, err));
	OK_(content_seal_new(&f.lock, to_buf, &two, &s, err));
	OK_(content_seal_add(s, f.plain, 500, err));
	OK_(content_seal_finish(s, err));
	content_seal_free(s);
	assert_int_equal(one.len, two.len);
	assert_memory_not_equal(one.data, two.data, CONTENT_SALT_LEN);
	assert_memory_not_equal(one.data + 24, two.data + 24, 32);
	OK_(content_open_buf(&f.lock, one.data, one.len, &plain, err));
	OK_(content_open_buf(&f.lock, two.data, two.len, &plain, err));
	assert_int_equal(plain.len, 1000);
	assert_memory_equal(plain.data, f.plain, 500);
	assert_memory_equal(plain.data + 500, f.plain, 500);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&plain);
}

static int
full_after_two(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	int *calls = ctx;

	(void)data;
	(void)len;
	if (++*calls > 2)
		return hrv_fail(err, HRV_EIO, "no space");
	return HRV_OK;
}

static void
a_sink_that_fails_stops_the_stream(void **state)
{
	struct content_seal *s = NULL;
	struct content_open *o = NULL;
	struct buf stored = BUF_INIT;
	int calls = 0;

	(void)state;
	OK_(content_seal_new(&f.lock, full_after_two, &calls, &s, err));
	FAILS(content_seal_add(s, f.plain, 40000, err), HRV_EIO);
	FAILS(content_seal_add(s, f.plain, 1, err), HRV_EFAILED);
	FAILS(content_seal_finish(s, err), HRV_EFAILED);
	content_seal_free(s);
	FAILS(content_seal_new(&f.lock, full_after_two, &calls, &s, err),
	    HRV_EIO);
	seal_known(40000, &stored);
	calls = 1;
	OK_(content_open_new(&f.lock, full_after_two, &calls, &o, err));
	FAILS(content_open_add(o, stored.data, stored.len, err), HRV_EIO);
	FAILS(content_open_finish(o, err), HRV_EFAILED);
	assert_int_equal(calls, 3);
	content_open_free(o);
	content_open_free(NULL);
	content_seal_free(NULL);
	buf_clear(&stored);
}

static void
the_context_names_vault_record_version_kind_and_class(void **state)
{
	struct content_id id = { .version = 0x01020304,
		.kind = CONTENT_BODY,
		.class_name = "pay.slip" };
	struct buf c = BUF_INIT;

	(void)state;
	memset(id.vault_id, 'V', sizeof(id.vault_id));
	memset(id.record_id, 'R', sizeof(id.record_id));
	content_context(&c, &id);
	OK_(buf_ok(&c, err));
	assert_int_equal(c.len, 19 + 32 + 16 + 4 + 1 + 9);
	assert_memory_equal(c.data,
	    "hrvault/content/v1\0"
	    "VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV"
	    "RRRRRRRRRRRRRRRR"
	    "\1\2\3\4\1pay.slip",
	    c.len);
	buf_clear(&c);
}

static void
lengths_that_no_content_has_are_refused(void **state)
{
	uint64_t len;

	(void)state;
	FAILS(content_plain_len(0, &len, err), HRV_EINTEGRITY);
	FAILS(content_plain_len(71, &len, err), HRV_EINTEGRITY);
	FAILS(content_plain_len(16456, &len, err), HRV_EINTEGRITY);
	FAILS(content_plain_len(16471, &len, err), HRV_EINTEGRITY);
	OK_(content_plain_len(16455, &len, err));
	assert_int_equal(len, 16383);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_schedule_is_the_documented_one),
		cmocka_unit_test(whole_buffers_give_the_known_answers_and_open),
		cmocka_unit_test(
		    streams_give_the_same_bytes_whatever_the_pieces),
		cmocka_unit_test(a_content_cut_anywhere_does_not_open),
		cmocka_unit_test(
		    a_content_with_something_after_it_does_not_open),
		cmocka_unit_test(one_changed_bit_anywhere_does_not_open),
		cmocka_unit_test(swapped_chunks_do_not_open),
		cmocka_unit_test(another_key_or_context_does_not_open_it),
		cmocka_unit_test(the_same_content_is_never_sealed_alike),
		cmocka_unit_test(a_sink_that_fails_stops_the_stream),
		cmocka_unit_test(
		    the_context_names_vault_record_version_kind_and_class),
		cmocka_unit_test(lengths_that_no_content_has_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
