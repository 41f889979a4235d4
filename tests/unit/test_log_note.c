/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/log/note.h"

/* The known answer of docs/formats/log.md: seed 00 01 .. 1f. */
static const char known_note[] =
    "hrvault.example/test/log1\n"
    "8\n"
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    "\n"
    "\xe2\x80\x94 hrvault.example/test/log1 2/Z1LyTipirDe5zS7oVgV9wA7OjxA4tm"
    "TXYNU25hqc+nSg1o26O6RQ2LL1vc7AKSLx0j9P3JTbA7QeatZN7IdmjgVAU=\n";
static const char known_vkey[] = "hrvault.example/test/log1+dbf6752f+"
				 "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

#define KNOWN_LEN (sizeof(known_note) - 1)

static struct key *seed;
static struct note_vkey vkey;

static int
setup(void **state)
{
	uint8_t bytes[32], pub[32];
	struct hrv_err err;
	(void)state;

	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	return crypt_init(&err) || key_from_bytes(bytes, 32, &seed, &err) ||
	       crypt_ed25519_public(seed, pub, &err) ||
	       note_vkey_init(&vkey, "hrvault.example/test/log1", pub, &err);
}

static int
teardown(void **state)
{
	(void)state;
	key_free(seed);
	return 0;
}

static struct note_checkpoint
known_head(void)
{
	struct note_checkpoint cp = { .origin = "hrvault.example/test/log1",
		.size = 8 };

	assert_true(enc_unb64_fixed(
	    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", 44, cp.root, 32));
	return cp;
}

/* Opens exactly these bytes from a block of their size, so that reading past
 * the end is noticed. */
static int
open_copy(const void *note, size_t len, struct hrv_err *err)
{
	struct note_checkpoint cp;
	char *copy = malloc(len + (len == 0));
	int rc;

	memcpy(copy, note, len);
	rc = note_open(copy, len, &vkey, &cp, err);
	free(copy);
	return rc;
}

static void
the_known_checkpoint_is_made_byte_for_byte(void **state)
{
	struct note_checkpoint cp = known_head();
	struct buf b = BUF_INIT, hex = BUF_INIT;
	uint8_t hash[32];
	(void)state;

	OK_(note_sign(&cp, seed, &b, err));
	assert_int_equal(b.len, 197);
	assert_string_equal(buf_str(&b), known_note);
	crypt_sha256(b.data, b.len, hash);
	enc_hex(&hex, hash, 32);
	assert_string_equal(buf_str(&hex),
	    "a6ba5c01d2c248293a6da8c8e7ad332adbca0e5fa3f73ca794c61284c8c30d81");
	buf_clear(&b);
	buf_clear(&hex);
}

static void
the_known_vkey_is_made_and_read(void **state)
{
	struct note_vkey back;
	struct buf b = BUF_INIT;
	(void)state;

	note_vkey_format(&vkey, &b);
	assert_string_equal(buf_str(&b), known_vkey);
	OK_(note_vkey_parse(known_vkey, strlen(known_vkey), &back, err));
	assert_string_equal(back.name, vkey.name);
	assert_memory_equal(back.pub, vkey.pub, 32);
	for (size_t i = 0; i < b.len; i++) {
		FAILS(note_vkey_parse(known_vkey, i, &back, err), HRV_EUSAGE);
		b.data[i] ^= 1;
		FAILS(note_vkey_parse((char *)b.data, b.len, &back, err),
		    HRV_EUSAGE);
		b.data[i] ^= 1;
	}
	buf_clear(&b);
}

static void
the_known_checkpoint_opens_and_no_changed_one_does(void **state)
{
	struct note_checkpoint cp;
	struct buf b = BUF_INIT;
	(void)state;

	OK_(note_open(known_note, KNOWN_LEN, &vkey, &cp, err));
	assert_string_equal(cp.origin, "hrvault.example/test/log1");
	assert_int_equal(cp.size, 8);
	buf_adds(&b, known_note);
	for (size_t i = 0; i < KNOWN_LEN; i++) {
		FAILS(open_copy(known_note, i, err), HRV_EINTEGRITY);
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (uint8_t)(1 << bit);
			FAILS(open_copy(b.data, b.len, err), HRV_EINTEGRITY);
			b.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	buf_clear(&b);
}

static void
other_keys_are_ignored_even_forty_of_them(void **state)
{
	struct buf b = BUF_INIT;
	(void)state;

	buf_adds(&b, known_note);
	for (int i = 0; i < 40; i++)
		buf_addf(
		    &b, "\xe2\x80\x94 witness%d.example/w AAAAAAAAAAAA\n", i);
	/* Our name under another key id is another key. */
	buf_adds(&b, "\xe2\x80\x94 hrvault.example/test/log1 AAAAAAAAAAAA\n");
	OK_(open_copy(b.data, b.len, err));
	for (int i = 0; i < 200; i++)
		buf_adds(&b, "\xe2\x80\x94 w AAAAAAAAAAAA\n");
	FAILS(open_copy(b.data, b.len, err), HRV_EINTEGRITY);
	buf_clear(&b);
}

static void
one_bad_signature_in_our_name_spoils_the_note(void **state)
{
	const char *sig = strstr(known_note, "\xe2\x80\x94");
	struct buf b = BUF_INIT;
	(void)state;

	buf_adds(&b, known_note);
	buf_adds(&b, sig);
	OK_(open_copy(b.data, b.len, err));
	b.data[b.len - 10] ^= 1;
	FAILS(open_copy(b.data, b.len, err), HRV_EINTEGRITY);
	buf_clear(&b);
}

static void
a_note_without_our_signature_is_refused(void **state)
{
	static const char *const bad[] = {
		"hrvault.example/test/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lg"
		"z+Nw7/RgQyg=\n\n",
		"hrvault.example/test/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lg"
		"z+Nw7/RgQyg=\n\n\xe2\x80\x94 other.example/x AAAAAAAAAAAA\n",
		"hrvault.example/test/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lg"
		"z+Nw7/RgQyg=\n\n- other.example/x AAAAAAAAAAAA\n",
		"\n\n\n\n",
		"\n",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(open_copy(bad[i], strlen(bad[i]), err), HRV_EINTEGRITY);
}

static void
bodies_with_a_second_spelling_are_refused(void **state)
{
	static const char root[] = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQy";
	static const char *const forms[] = { "o\n08\n%sg=\n", "o\n+8\n%sg=\n",
		"o\n8 \n%sg=\n", "o\n8\n%sh=\n", "o\n8\n%sg\n", "\n8\n%sg=\n",
		"o+o\n8\n%sg=\n", "o o\n8\n%sg=\n", "o\n-1\n%sg=\n",
		"o\n9223372036854775808\n%sg=\n", "o\n\n%sg=\n",
		"o\n18446744073709551624\n%sg=\n", "o\n8\n%sg=\n\nx\n",
		"o\r\n8\n%sg=\n" };
	struct note_checkpoint cp = { .size = 77 };
	char body[256];
	(void)state;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct buf b = BUF_INIT;
		const char *pct = strstr(forms[i], "%s");

		snprintf(body, sizeof(body), "%.*s%s%s", (int)(pct - forms[i]),
		    forms[i], root, pct + 2);
		buf_addf(&b, "%s\n\xe2\x80\x94 o AAAAAAAAAAAA\n", body);
		FAILS(note_peek(b.data, b.len, &cp, err), HRV_EINTEGRITY);
		buf_clear(&b);
	}
	assert_int_equal(cp.size, 77);
}

static void
extension_lines_are_signed_and_ignored(void **state)
{
	struct note_checkpoint cp = known_head(), got;
	struct buf b = BUF_INIT;
	uint8_t blob[68];
	(void)state;

	OK_(note_body(&cp, &b, err));
	buf_adds(&b, "extension of another program\n");
	memcpy(blob, vkey.id, 4);
	OK_(crypt_ed25519_sign(seed, b.data, b.len, blob + 4, err));
	buf_addf(&b, "\n\xe2\x80\x94 %s ", vkey.name);
	enc_b64(&b, blob, sizeof(blob));
	buf_addc(&b, '\n');
	OK_(note_open(b.data, b.len, &vkey, &got, err));
	assert_int_equal(got.size, 8);
	buf_clear(&b);
}

static void
a_checkpoint_of_another_log_is_refused(void **state)
{
	struct note_checkpoint cp = known_head();
	struct buf b = BUF_INIT;
	(void)state;

	snprintf(cp.origin, sizeof(cp.origin), "hrvault.example/test/log2");
	OK_(note_sign(&cp, seed, &b, err));
	FAILS(open_copy(b.data, b.len, err), HRV_EINTEGRITY);
	buf_clear(&b);
	snprintf(cp.origin, sizeof(cp.origin), "has blank");
	FAILS(note_sign(&cp, seed, &b, err), HRV_EUSAGE);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_checkpoint_is_made_byte_for_byte),
		cmocka_unit_test(the_known_vkey_is_made_and_read),
		cmocka_unit_test(
		    the_known_checkpoint_opens_and_no_changed_one_does),
		cmocka_unit_test(other_keys_are_ignored_even_forty_of_them),
		cmocka_unit_test(one_bad_signature_in_our_name_spoils_the_note),
		cmocka_unit_test(a_note_without_our_signature_is_refused),
		cmocka_unit_test(bodies_with_a_second_spelling_are_refused),
		cmocka_unit_test(extension_lines_are_signed_and_ignored),
		cmocka_unit_test(a_checkpoint_of_another_log_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
