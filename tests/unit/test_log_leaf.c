/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/log/leaf.h"

static struct key *session;
static uint8_t pub[32];
static const uint8_t vault_id[32] = { 0x76 };

static int
setup(void **state)
{
	uint8_t bytes[32];
	struct hrv_err err;
	(void)state;

	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(0x40 + i);
	return crypt_init(&err) || key_from_bytes(bytes, 32, &session, &err) ||
	       crypt_ed25519_public(session, pub, &err);
}

static int
teardown(void **state)
{
	(void)state;
	key_free(session);
	return 0;
}

static void
text(char *field, size_t size, const char *value)
{
	snprintf(field, size, "%s", value);
}
#define TEXT(field, value) text(field, sizeof(field), value)

static struct leaf
read_intent(void)
{
	struct leaf l = LEAF_INIT;

	l.time = 1795447321123456LL;
	l.index = 1231;
	memset(l.root, 0x11, sizeof(l.root));
	memset(l.session, 0xab, sizeof(l.session));
	l.op = op_find("record.read", 11);
	l.phase = OP_INTENT;
	l.has = LEAF_SLOTS | LEAF_HOLDS;
	TEXT(l.subject, "S-0123456789ABCDEFGHJKMNPQRS");
	TEXT(l.record, "R-ZYXWVTSRQPNMKJHGFEDCBA9876");
	TEXT(l.comp, "pay");
	memset(l.slots, 0x22, sizeof(l.slots));
	memset(l.holds, 0x33, sizeof(l.holds));
	return l;
}

static struct leaf
session_open(void)
{
	struct leaf l = read_intent();

	l.op = op_find("session.open", 12);
	l.phase = OP_SINGLE;
	l.subject[0] = l.record[0] = l.comp[0] = '\0';
	l.result = LEAF_OK;
	l.has |= LEAF_KEY;
	TEXT(l.member, "0123456789ABCDEF0123456789ABCDEF01234567");
	TEXT(l.role, "hr");
	memcpy(l.key, pub, 32);
	TEXT(l.host, "desk-7.hr.example");
	TEXT(l.client, "hrvault/1.0");
	memset(l.cert, 0x99, 100);
	l.cert_len = 100;
	return l;
}

/* Every line that can stand in an outcome. */
static struct leaf
full_outcome(void)
{
	struct leaf l = read_intent();

	l.op = op_find("hold.place", 10);
	l.phase = OP_OUTCOME;
	l.ref = 1230;
	l.has |= LEAF_REF | LEAF_POLICY | LEAF_PAYLOAD | LEAF_STATE |
		 LEAF_MANIFEST | LEAF_DETAIL;
	TEXT(l.hold, "H-00000000000000000000000000");
	TEXT(l.kase, "C-00000000000000000000000000");
	TEXT(l.proposal, "P-00000000000000000000000000");
	TEXT(l.run, "D-00000000000000000000000000");
	TEXT(l.backup, "B-00000000000000000000000000");
	l.payload_len = 4096;
	l.manifest_count = 25;
	l.result = LEAF_REFUSED;
	TEXT(l.code, "held");
	return l;
}

static void
make(const struct leaf *l, struct buf *b)
{
	buf_reset(b);
	OK_(leaf_format(l, b, err));
	OK_(leaf_sign(b, vault_id, session, err));
}

/* Parses from a block of exactly that size. */
static int
parse_copy(const void *data, size_t len, struct hrv_err *err)
{
	struct leaf l;
	char *copy = malloc(len + (len == 0));
	int rc;

	memcpy(copy, data, len);
	rc = leaf_parse(copy, len, &l, err);
	free(copy);
	return rc;
}

static void
an_intent_is_written_as_documented(void **state)
{
	static const char want[] =
	    "hrvault-leaf/v1\n"
	    "time 2026-11-23T15:22:01.123456Z\n"
	    "head 1231 ERERERERERERERERERERERERERERERERERERERERERE=\n"
	    "session abababababababababababababababab\n"
	    "op record.read\n"
	    "phase intent\n"
	    "subject S-0123456789ABCDEFGHJKMNPQRS\n"
	    "record R-ZYXWVTSRQPNMKJHGFEDCBA9876\n"
	    "comp pay\n"
	    "slots IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=\n"
	    "holds MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=\n";
	struct leaf l = read_intent();
	struct buf b = BUF_INIT;
	(void)state;

	OK_(leaf_format(&l, &b, err));
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
what_is_written_is_read_back_byte_for_byte(void **state)
{
	struct leaf all[] = { read_intent(), session_open(), full_outcome() };
	struct buf b = BUF_INIT, again = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct leaf back;

		make(&all[i], &b);
		OK_(leaf_parse(b.data, b.len, &back, err));
		OK_(leaf_verify_sig(b.data, b.len, vault_id, pub, err));
		assert_true(back.has & LEAF_SIG);
		make(&back, &again);
		assert_int_equal(b.len, again.len);
		assert_memory_equal(b.data, again.data, b.len);
	}
	buf_clear(&b);
	buf_clear(&again);
}

static void
the_signature_covers_every_bit_and_the_vault(void **state)
{
	struct leaf l = read_intent();
	struct buf b = BUF_INIT;
	uint8_t other[32] = { 0x77 };
	(void)state;

	make(&l, &b);
	FAILS(leaf_verify_sig(b.data, b.len, other, pub, err), HRV_EINTEGRITY);
	memcpy(other, pub, sizeof(other));
	other[5] ^= 1;
	FAILS(leaf_verify_sig(b.data, b.len, vault_id, other, err),
	    HRV_EINTEGRITY);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= (uint8_t)(1 << i % 8);
		FAILS(leaf_verify_sig(b.data, b.len, vault_id, pub, err),
		    HRV_EINTEGRITY);
		b.data[i] ^= (uint8_t)(1 << i % 8);
		FAILS(leaf_verify_sig(b.data, i, vault_id, pub, err),
		    HRV_EINTEGRITY);
	}
	buf_clear(&b);
}

static void
cut_and_flipped_leaves_are_read_without_harm(void **state)
{
	struct leaf all[] = { session_open(), full_outcome() };
	struct buf b = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		make(&all[i], &b);
		for (size_t n = 0; n < b.len; n++) {
			FAILS(parse_copy(b.data, n, err), HRV_EINTEGRITY);
			for (int bit = 0; bit < 8; bit++) {
				struct hrv_err err;
				int rc;

				b.data[n] ^= (uint8_t)(1 << bit);
				rc = parse_copy(b.data, b.len, &err);
				assert_true(rc == 0 || rc == HRV_EINTEGRITY);
				b.data[n] ^= (uint8_t)(1 << bit);
			}
		}
	}
	buf_clear(&b);
}

/* Replaces the first `from` in a good leaf and expects a refusal. */
static void
refused_with(const struct leaf *l, const char *from, const char *to)
{
	struct buf b = BUF_INIT, bad = BUF_INIT;
	const char *at;

	make(l, &b);
	at = strstr(buf_str(&b), from);
	assert_non_null(at);
	buf_add(&bad, b.data, (size_t)(at - (const char *)b.data));
	buf_adds(&bad, to);
	buf_adds(&bad, at + strlen(from));
	FAILS(parse_copy(bad.data, bad.len, err), HRV_EINTEGRITY);
	buf_clear(&b);
	buf_clear(&bad);
}

static void
lines_that_are_not_as_documented_are_refused(void **state)
{
	struct leaf i = read_intent(), s = session_open(), o = full_outcome();
	(void)state;

	refused_with(&i, "v1\n", "v2\n");
	refused_with(&i, "op record.read\n", "op record.peek\n");
	refused_with(&i, "op record.read\n", "");
	refused_with(&i, "op record.read\n", "op record.read\n\n");
	refused_with(&i, "op record.read\n", "op  record.read\n");
	refused_with(&i, "op record.read\n", "op record.read \n");
	refused_with(&i, "op record.read\n", "op record.read x\n");
	refused_with(&i, "op record.read\n", "op record.read\r\n");
	refused_with(&i, "op record.read\n", "op\n");
	refused_with(&i, "comp pay\n", "comp pay\ncomp pay\n");
	refused_with(&i, "comp pay\n", "comp p\xc3\xa4y\n");
	refused_with(&i, "comp pay\n", "comp pay\nname Lovas\n");
	refused_with(&i, "comp pay\n", "run D-0000000000000000000000000I\n");
	refused_with(&i, "comp pay\n", "run R-00000000000000000000000000\n");
	refused_with(&i, "session abab", "session ABAB");
	refused_with(&i, "head 1231", "head 01231");
	refused_with(&i, "head 1231", "head -1");
	refused_with(&i, "ERE=", "ERF=");
	refused_with(&i, "phase intent\n", "phase outcome\n");
	refused_with(&i, "phase intent\n", "phase single\n");
	refused_with(&i, "phase intent\n", "phase intent\nref 1\n");
	refused_with(&i, "sig ", "result ok\nsig ");
	refused_with(&i, "sig ", "role hr\nsig ");
	refused_with(&s, "role hr\n", "");
	refused_with(&s, "role hr\n", "role auditor\n");
	refused_with(&s, "member 01", "member 0g");
	refused_with(&s, "result ok\n", "result failed:agent\n");
	refused_with(&o, "ref 1230", "ref 1231");
	refused_with(&o, "refused:held", "refused:");
	refused_with(&o, "refused:held", "refused:Lovas");
	refused_with(&o, "refused:held", "maybe");
	refused_with(&o, " 4096\n", "\n");
	refused_with(&o, " 4096\n", " 4096 1\n");
}

static void
what_makes_no_sense_is_not_written(void **state)
{
	struct leaf l = read_intent();
	struct buf b = BUF_INIT;
	(void)state;

	l.phase = OP_SINGLE;
	l.result = LEAF_OK;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l.result = LEAF_REFUSED;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	TEXT(l.code, "purpose");
	buf_reset(&b);
	OK_(leaf_format(&l, &b, err));
	l.has &= ~(unsigned)LEAF_HOLDS;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l = read_intent();
	l.time = WHEN_MAX + 1;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l = read_intent();
	l.op = NULL;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l = read_intent();
	TEXT(l.comp, "pay\nop x");
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l = session_open();
	TEXT(l.host, "two words");
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	l = session_open();
	l.cert_len = LEAF_CERT_MAX + 1;
	FAILS(leaf_format(&l, &b, err), HRV_EFAILED);
	buf_clear(&b);
}

static void
the_certificate_signs_the_lines_before_it(void **state)
{
	struct leaf l = session_open();
	struct buf before = BUF_INIT, all = BUF_INIT;
	(void)state;

	l.cert_len = 0;
	OK_(leaf_cert_bytes(&l, &before, err));
	FAILS(leaf_format(&l, &all, err), HRV_EFAILED);
	l.cert_len = 100;
	make(&l, &all);
	assert_memory_equal(all.data, before.data, before.len);
	assert_memory_equal(all.data + before.len, "cert ", 5);
	buf_clear(&before);
	buf_clear(&all);
}

static void
a_leaf_over_8_kib_is_not_signed(void **state)
{
	struct buf b = BUF_INIT;
	(void)state;

	while (b.len < LEAF_MAX - 92)
		buf_addc(&b, 'x');
	FAILS(leaf_sign(&b, vault_id, session, err), HRV_EFAILED);
	b.len--;
	OK_(leaf_sign(&b, vault_id, session, err));
	assert_int_equal(b.len, LEAF_MAX);
	FAILS(parse_copy(b.data, b.len, err), HRV_EINTEGRITY);
	buf_clear(&b);
}

static void
a_detail_is_committed_to_with_its_salt(void **state)
{
	struct buf b = BUF_INIT;
	uint8_t r[32] = { 7 }, a[32], want[32];
	(void)state;

	buf_adds(&b, "hrvault-detail/v1\n");
	buf_add(&b, r, 32);
	buf_adds(&b, "because");
	crypt_sha256(b.data, b.len, want);
	leaf_detail_commit(r, "because", 7, a);
	assert_memory_equal(a, want, 32);
	r[0] ^= 1;
	leaf_detail_commit(r, "because", 7, a);
	assert_memory_not_equal(a, want, 32);
	buf_clear(&b);
}

static void
every_operation_is_found_by_its_name_only(void **state)
{
	size_t n = 0;
	(void)state;

	for (const struct op *o; (o = op_at(n)) != NULL; n++) {
		assert_ptr_equal(op_find(o->name, strlen(o->name)), o);
		assert_true(o->phases != 0);
		assert_true(strlen(o->about) > 0);
	}
	assert_true(n > 60);
	assert_null(op_find("record", 6));
	assert_null(op_find("", 0));
	assert_null(op_phase_name((enum op_phase)3));
}

static void
every_operation_is_documented(void **state)
{
	struct buf doc = BUF_INIT;
	FILE *f = fopen("docs/formats/log.md", "r");
	int c;
	(void)state;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		buf_addc(&doc, c);
	fclose(f);
	for (size_t i = 0; op_at(i) != NULL; i++) {
		const struct op *o = op_at(i);
		char row[256];

		snprintf(row, sizeof(row), "\n| `%s` |%s%s%s | %s | %s |\n",
		    o->name, o->phases & OP_INTENT ? " i" : "",
		    o->phases & OP_OUTCOME ? " o" : "",
		    o->phases & OP_SINGLE ? " s" : "",
		    o->changes ? "yes" : "no", o->about);
		if (strstr(buf_str(&doc), row) == NULL)
			fail_msg("not documented: %s", row);
	}
	buf_clear(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_intent_is_written_as_documented),
		cmocka_unit_test(what_is_written_is_read_back_byte_for_byte),
		cmocka_unit_test(the_signature_covers_every_bit_and_the_vault),
		cmocka_unit_test(cut_and_flipped_leaves_are_read_without_harm),
		cmocka_unit_test(lines_that_are_not_as_documented_are_refused),
		cmocka_unit_test(what_makes_no_sense_is_not_written),
		cmocka_unit_test(the_certificate_signs_the_lines_before_it),
		cmocka_unit_test(a_leaf_over_8_kib_is_not_signed),
		cmocka_unit_test(a_detail_is_committed_to_with_its_salt),
		cmocka_unit_test(every_operation_is_found_by_its_name_only),
		cmocka_unit_test(every_operation_is_documented),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
