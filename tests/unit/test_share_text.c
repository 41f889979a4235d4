/* SPDX-License-Identifier: ISC */
/*
 * The texts of recovery shares: a known answer that another implementation
 * made, and that nothing passes which differs in a single byte.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/share.h"

/* Vault 00..1f, split a0..af, share 2 of docs/formats/share.md. */
static const char known[] =
    "hrvault-share/v1\n"
    "vault 000102030405060708090a0b0c0d0e0f101112131415161718191a"
    "1b1c1d1e1f\n"
    "split a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\n"
    "threshold 3\n"
    "shares 5\n"
    "index 2\n"
    "custodian 0123456789ABCDEF0123456789ABCDEF01234567\n"
    "secret KnW0+8ZiI+ypu5r1CFftwrdo8hAtUpOcQj0cM0683fI=\n"
    "check 27a0ae7a2035cb97\n";

static void
fill(struct share *s)
{
	struct share known_share;

	OK_(share_parse(known, strlen(known), &known_share, err));
	*s = known_share;
}

static void
the_known_share_is_read_and_written(void **state)
{
	struct buf out = BUF_INIT_SECRET;
	struct share s;

	(void)state;
	fill(&s);
	assert_int_equal(s.m, 3);
	assert_int_equal(s.n, 5);
	assert_int_equal(s.index, 2);
	assert_int_equal(s.vault[31], 0x1f);
	assert_int_equal(s.split[15], 0xaf);
	assert_int_equal(key_bytes(s.secret)[0], 0x2a);
	assert_int_equal(key_bytes(s.secret)[31], 0xf2);
	OK_(share_format(&s, &out, err));
	assert_string_equal(buf_str(&out), known);
	buf_clear(&out);
	share_clear(&s);
}

static void
every_mistyped_byte_is_found(void **state)
{
	char text[sizeof(known)];
	struct share s;

	(void)state;
	for (size_t i = 0; i < strlen(known); i++) {
		memcpy(text, known, sizeof(known));
		text[i] = (char)(text[i] == 'A' ? 'B' : 'A');
		FAILS(share_parse(text, strlen(known), &s, err),
		    i < strlen("hrvault-share/v1\n") ? HRV_EUSAGE
						     : HRV_EINTEGRITY);
	}
	for (size_t len = 0; len < strlen(known); len++) {
		struct hrv_err e = { 0 };

		assert_int_not_equal(share_parse(known, len, &s, &e), HRV_OK);
	}
	memcpy(text, known, sizeof(known));
	text[strlen(known)] = '\n';
	FAILS(share_parse(text, sizeof(known), &s, err), HRV_EINTEGRITY);
}

static void
word(struct share_word *w, bool with_to)
{
	*w = (struct share_word){ .pass = with_to, .index = 7 };
	memset(w->vault, 0x11, sizeof(w->vault));
	memset(w->split, 0x22, sizeof(w->split));
	memset(w->share, 0x33, sizeof(w->share));
	memset(w->custodian, 'A', FPR_LEN);
	w->custodian[FPR_LEN] = '\0';
	if (with_to) {
		memset(w->to, 'B', FPR_LEN);
		w->to[FPR_LEN] = '\0';
	}
	buf_adds(&w->sig, "a signature");
}

/* Every byte of what is signed or signs: another byte is another text, so
 * that a signature cannot be carried from one word to another. */
static void
a_word_has_one_spelling(void **state)
{
	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		struct share_word w, got;
		struct buf text = BUF_INIT, again = BUF_INIT;
		size_t used;

		word(&w, pass == 1);
		OK_(share_word_format(&w, &text, err));
		OK_(share_word_parse(
		    text.data, text.len, pass == 1, &got, &used, err));
		assert_int_equal(used, text.len);
		OK_(share_word_format(&got, &again, err));
		assert_string_equal(buf_str(&again), buf_str(&text));
		share_word_clear(&got);
		FAILS(share_word_parse(
			  text.data, text.len, pass == 0, &got, &used, err),
		    HRV_EUSAGE);
		for (size_t len = 0; len < text.len; len++)
			FAILS(share_word_parse(
				  text.data, len, pass == 1, &got, &used, err),
			    HRV_EUSAGE);
		/* Capitals where the one spelling has none. */
		for (size_t i = 0; i < text.len; i++) {
			if (text.data[i] < 'a' || text.data[i] > 'f' ||
			    i > text.len - 30)
				continue;
			text.data[i] = (uint8_t)(text.data[i] - 32);
			FAILS(share_word_parse(text.data, text.len, pass == 1,
				  &got, &used, err),
			    HRV_EUSAGE);
			text.data[i] = (uint8_t)(text.data[i] + 32);
		}
		buf_clear(&again);
		buf_clear(&text);
		share_word_clear(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_share_is_read_and_written),
		cmocka_unit_test(every_mistyped_byte_is_found),
		cmocka_unit_test(a_word_has_one_spelling),
	};
	struct hrv_err err;

	return crypt_init(&err) == HRV_OK ? RUN(tests) : 1;
}
