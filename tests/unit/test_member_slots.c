/* SPDX-License-Identifier: ISC */
/*
 * The slot file as members change: what stands in it byte by byte, what a
 * killed or hostile writer leaves beside it, and what member list and show
 * say of it.
 */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include <time.h>

#include "hrvault/date.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/handle.h"
#include "vault/slotfile.h"
#include "vault/slotnext.h"
#include "vault/txn.h"

#define FPR_A "0123456789ABCDEF0123456789ABCDEF01234567"
#define FPR_B "89ABCDEF0123456789ABCDEF0123456789ABCDEF"

/* docs/formats/slots.md has this text and its hash. */
static const char known[] =
    "hrvault-slots/v1\n"
    "gen 2\n"
    "vault 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "prev 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"
    "cfg 404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\n"
    "member " FPR_A " dpo general,pay\n"
    "member " FPR_B " auditor - until 2027-11-01\n"
    "cert " FPR_A " Y2VydCBB\n"
    "cert " FPR_B " Y2VydCBC\n"
    "key meta.1 enabled AAECAwQFBgcICQoLDA0ODw==\n"
    "key kek/pay.1 disabled AAECAwQFBgcICQoLDA0ODw==\n"
    "grant " FPR_A " meta.1,kek/pay.1 Z3JhbnQgQQ==\n"
    "grant " FPR_B " meta.1 Z3JhbnQgQg==\n"
    "sig " FPR_A " c2lnIEE=\n";
static const char known_hash[] =
    "642ab344bb80a07ae5ed909cb346851e8d60349cedb3cec05536deed4a639a69";

static void
count_up(uint8_t *out, size_t len, uint8_t from)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(from + i);
}

static void
add_person(struct slots *s, const char *fpr, enum role role, const char *tag)
{
	char comps[] = "general,pay", none[] = "-";
	struct slot_member m = { .role = role };
	char cert[16];

	m.compartments = role == ROLE_DPO ? comps : none;
	snprintf(m.fpr, sizeof(m.fpr), "%s", fpr);
	if (role == ROLE_AUDITOR)
		snprintf(m.until, sizeof(m.until), "2027-11-01");
	OK_(slots_add_member(s, &m, err));
	snprintf(cert, sizeof(cert), "cert %s", tag);
	OK_(slots_add_cert(s, fpr, cert, strlen(cert), err));
}

static void
add_grant(struct slots *s, const char *fpr, const char *ids, const char *text)
{
	struct buf msg = BUF_INIT;

	buf_adds(&msg, text);
	OK_(slots_set_grant(s, fpr, ids, &msg, err));
	buf_clear(&msg);
}

static void
a_known_slot_file_has_known_bytes(void **state)
{
	struct slots *s = slots_new(), *read = NULL;
	struct buf text = BUF_INIT, hex = BUF_INIT;
	uint8_t kcv[16], hash[32];
	(void)state;

	assert_non_null(s);
	s->gen = 2;
	count_up(s->vault, 32, 0);
	count_up(s->prev, 32, 0x20);
	count_up(s->cfg, 32, 0x40);
	count_up(kcv, sizeof(kcv), 0);
	add_person(s, FPR_A, ROLE_DPO, "A");
	add_person(s, FPR_B, ROLE_AUDITOR, "B");
	OK_(slots_add_key(s, "meta.1", kcv, err));
	OK_(slots_add_key(s, "kek/pay.1", kcv, err));
	s->keys[1].status = KEY_DISABLED;
	add_grant(s, FPR_A, "meta.1,kek/pay.1", "grant A");
	add_grant(s, FPR_B, "meta.1", "grant B");
	OK_(slots_add_sig(s, FPR_A, "sig A", 5, err));
	OK_(slots_format(s, true, &text, err));
	assert_string_equal(buf_str(&text), known);
	crypt_sha256(text.data, text.len, hash);
	enc_hex(&hex, hash, sizeof(hash));
	assert_string_equal(buf_str(&hex), known_hash);
	OK_(slots_parse(text.data, text.len, &read, err));
	assert_memory_equal(read->hash, hash, sizeof(hash));
	buf_reset(&text);
	OK_(slots_format(read, true, &text, err));
	assert_string_equal(buf_str(&text), known);
	slots_free(read);
	slots_free(s);
	buf_clear(&hex);
	buf_clear(&text);
}

static void
no_line_of_a_slot_file_can_be_spoilt_unnoticed(void **state)
{
	static const char *const spoilt[] = { "", "hrvault-slots/v2\n",
		"hrvault-slots/v1\ngen 1\n", "hrvault-slots/v1\ngen 0\n" };
	struct slots *s = NULL;
	(void)state;

	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++)
		FAILS(slots_parse(spoilt[i], strlen(spoilt[i]), &s, err),
		    HRV_EINTEGRITY);
	/* Every line twice, every line cut, every blank doubled. */
	for (const char *p = known; *p != '\0'; p = strchr(p, '\n') + 1) {
		size_t line = (size_t)(strchr(p, '\n') + 1 - p);
		struct buf twice = BUF_INIT, cut = BUF_INIT;

		buf_add(&twice, known, (size_t)(p - known));
		buf_add(&cut, known, (size_t)(p - known));
		buf_add(&twice, p, line);
		if (strncmp(p, "cert", 4) != 0 && strncmp(p, "grant", 5) != 0 &&
		    strncmp(p, "sig", 3) != 0) {
			buf_adds(&twice, p);
			FAILS(slots_parse(twice.data, twice.len, &s, err),
			    HRV_EINTEGRITY);
		}
		buf_add(&cut, p, line - 2);
		FAILS(slots_parse(cut.data, cut.len, &s, err), HRV_EINTEGRITY);
		buf_clear(&cut);
		buf_clear(&twice);
	}
	assert_null(s);
}

static int
add(struct hrv_vault *v, const char *who, const char *role, const char *comps,
    struct hrv_err *err)
{
	struct hrv_member_args a = { who, role, comps, NULL };
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_add(v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

/* What is left when the writer dies between the file and the commit. */
static void
leave_aborted_file(struct hrv_vault *v)
{
	struct slots *next = NULL;
	json_t *payload = json_object();

	OK_(slotnext_new(v, &next, err));
	OK_(txn_begin(v, err));
	OK_(slotnext_write(v, next, payload, err));
	OK_(slotnext_log(v, next, err));
	txn_abort(v);
	slots_free(next);
	json_decref(payload);
}

static void
an_aborted_change_is_harmless(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	char other[41], path[96];
	(void)state;

	vaulthome_init(&h);
	assert_true(gpghome_key(&h.gpg, "other", other));
	h.open.as = h.founder;
	v = vaulthome_open(&h);
	leave_aborted_file(v);
	snprintf(path, sizeof(path), "%s/slots.2", h.dir);
	assert_int_equal(access(path, F_OK), 0);
	/* The same handle goes on with the old file... */
	OK_(txn_begin(v, err));
	txn_abort(v);
	hrv_close(v);
	/* ...and so does the next command, which then takes its number. */
	v = vaulthome_open(&h);
	assert_int_equal(v->slots->gen, 1);
	OK_(add(v, other, "hr", "general", err));
	OK_(add(v, FPR_A, "hr", "general", err) == HRV_EKEY
		? HRV_OK
		: hrv_fail(err, HRV_EFAILED, "a key nobody has was added"));
	hrv_close(v);
	v = vaulthome_open(&h);
	assert_int_equal(v->slots->gen, 2);
	assert_non_null(slots_member(v->slots, other));
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
put_file(const struct vaulthome *h, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", h->dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static void
newer_files_that_the_log_never_named_are_passed_over(void **state)
{
	struct vaulthome h, foreign;
	struct hrv_vault *v;
	char from[128], to[128];
	(void)state;

	vaulthome_init(&h);
	vaulthome_init(&foreign);
	put_file(&h, "slots.9", "hrvault-slots/v1\ngen 9\nnonsense\n");
	put_file(&h, "slots.8", known);
	snprintf(from, sizeof(from), "%s/slots.1", foreign.dir);
	snprintf(to, sizeof(to), "%s/slots.6", h.dir);
	assert_int_equal(rename(from, to), 0);
	v = vaulthome_open(&h);
	assert_int_equal(v->slots->gen, 1);
	hrv_close(v);
	vaulthome_clear(&foreign);
	vaulthome_clear(&h);
}

/* A good file of the same member for another vault, under the next number. */
static void
a_file_of_another_vault_of_the_same_member_is_passed_over(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct slots *next = NULL;
	json_t *payload = json_object();
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	OK_(slotnext_new(v, &next, err));
	next->vault[0] ^= 1;
	OK_(slotnext_write(v, next, payload, err));
	slots_free(next);
	json_decref(payload);
	hrv_close(v);
	v = vaulthome_open(&h);
	assert_int_equal(v->slots->gen, 1);
	hrv_close(v);
	vaulthome_clear(&h);
}

static void
a_damaged_file_in_force_is_said_to_be_damaged(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v = NULL;
	(void)state;

	vaulthome_init(&h);
	put_file(&h, "slots.1", known);
	FAILS(hrv_open(&h.open, &v, err), HRV_EINTEGRITY);
	assert_null(v);
	vaulthome_clear(&h);
}

static void
a_command_that_saw_the_old_members_is_told_to_try_again(void **state)
{
	struct vaulthome h;
	struct hrv_vault *first, *second;
	char other[41];
	(void)state;

	vaulthome_init(&h);
	assert_true(gpghome_key(&h.gpg, "other", other));
	h.open.as = h.founder;
	first = vaulthome_open(&h);
	second = vaulthome_open(&h);
	OK_(add(first, other, "auditor", NULL, err));
	FAILS(txn_begin(second, err), HRV_EBUSY);
	/* The one who changed them goes on. */
	OK_(txn_begin(first, err));
	txn_abort(first);
	hrv_close(second);
	hrv_close(first);
	vaulthome_clear(&h);
}

struct seen {
	char text[4096];
};

static int
note_member(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	(void)err;
	snprintf(s->text + n, sizeof(s->text) - n, "%s %s %zu %zu\n",
	    hrv_doc_str(doc, "role"), hrv_doc_str(doc, "status"),
	    hrv_doc_len(hrv_doc_get(doc, "compartments")),
	    hrv_doc_len(hrv_doc_get(doc, "keys")));
	return HRV_OK;
}

static void
the_list_tells_who_is_about_to_leave(void **state)
{
	struct vaulthome h;
	struct hrv_vault *v;
	struct hrv_member_args until = { NULL, "auditor", NULL, NULL };
	struct hrv_doc *doc = NULL;
	struct seen seen = { "" };
	char soon[41], key[41], gone[41], end[HRV_DATE_TEXT];
	struct hrv_date day;
	(void)state;

	vaulthome_init(&h);
	/* gpg judges keys by the real clock. */
	h.now = (int64_t)time(NULL) * 1000000;
	assert_true(
	    hrv_date_from_days((int32_t)(time(NULL) / 86400) + 8, &day));
	hrv_date_format(day, end);
	until.until = end;
	h.open.as = h.founder;
	assert_true(gpghome_key(&h.gpg, "soon", soon));
	assert_true(gpghome_key(&h.gpg, "gone", gone));
	assert_true(gpghome_key_with(&h.gpg, "key", "", "17d", key));
	v = vaulthome_open(&h);
	until.who = soon;
	OK_(hrv_member_add(v, &until, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "fingerprint"), soon);
	assert_string_equal(hrv_doc_str(doc, "until"), end);
	assert_string_equal(hrv_doc_str(doc, "status"), "active");
	hrv_doc_free(doc);
	OK_(add(v, key, "hr", "general", err));
	OK_(add(v, gone, "hr", NULL, err));
	assert_true(gpghome_revoke(&h.gpg, gone));
	hrv_close(v);
	h.open.as = soon; /* an auditor may see it */
	v = vaulthome_open(&h);
	OK_(hrv_member_list(v, note_member, &seen, err));
	assert_string_equal(seen.text,
	    "dpo active 2 10\nauditor expiring 0 1\nhr expiring 1 8\n"
	    "hr revoked 0 7\n");
	OK_(hrv_member_show(v, soon + 24, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "fingerprint"), soon);
	assert_true(hrv_doc_true(doc, "you"));
	hrv_doc_free(doc);
	FAILS(hrv_member_show(v, soon + 25, &doc, err), HRV_EUSAGE);
	FAILS(
	    hrv_member_show(v, "somebody@example.org", &doc, err), HRV_EUSAGE);
	FAILS(hrv_member_show(v, FPR_A, &doc, err), HRV_ENOTFOUND);
	h.now += INT64_C(40) * 86400 * 1000000;
	seen.text[0] = '\0';
	OK_(hrv_member_list(v, note_member, &seen, err));
	assert_non_null(strstr(seen.text, "auditor expired 0 1\n"));
	hrv_close(v);
	vaulthome_clear(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_slot_file_has_known_bytes),
		cmocka_unit_test(
		    no_line_of_a_slot_file_can_be_spoilt_unnoticed),
		cmocka_unit_test(an_aborted_change_is_harmless),
		cmocka_unit_test(
		    newer_files_that_the_log_never_named_are_passed_over),
		cmocka_unit_test(
		    a_file_of_another_vault_of_the_same_member_is_passed_over),
		cmocka_unit_test(a_damaged_file_in_force_is_said_to_be_damaged),
		cmocka_unit_test(
		    a_command_that_saw_the_old_members_is_told_to_try_again),
		cmocka_unit_test(the_list_tells_who_is_about_to_leave),
	};

	return RUN(tests);
}
