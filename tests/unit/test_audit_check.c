/* SPDX-License-Identifier: ISC */
/*
 * Tables changed behind the program's back: what no entry of the log made is
 * found by a check, also where each row for itself looks right.
 */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "tests/unit/tamper.h"

#include <fcntl.h>

#include "hrvault/backup.h"
#include "hrvault/hold.h"
#include "hrvault/record.h"
#include "hrvault/schedule.h"
#include "hrvault/status.h"
#include "hrvault/subject.h"
#include "vault/fold.h"

static struct vaulthome home;
static char subject[32];
static char order_subject[ID_TEXT_SIZE], order_case[ID_TEXT_SIZE];

static void
add_record(struct hrv_vault *v, const char *class_name)
{
	struct hrv_record_add_args a = { .subject = subject,
		.class_name = class_name,
		.title = "Title",
		.content = { .fd = -1 } };
	struct hrv_doc *doc = NULL;
	char path[80];
	FILE *f;

	snprintf(path, sizeof(path), "%s/doc", home.root);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("a document\n", f);
	assert_int_equal(fclose(f), 0);
	a.content.path = path;
	OK_(hrv_record_add(v, &a, &doc, err));
	hrv_doc_free(doc);
}

/* Every kind of copy, and a look at what has no end. */
static void
copy_and_review(struct hrv_vault *v)
{
	const char *const custodians[] = { home.founder };
	char escrow[96], copies[96];
	struct hrv_escrow_args e = { .dir = escrow,
		.custodians = custodians,
		.n = 1,
		.days = 7,
		.keep = 5 };
	struct hrv_review_args r = { .what = subject, .reason = "looked" };
	struct hrv_doc *doc = NULL;

	snprintf(escrow, sizeof(escrow), "%s/escrow", home.root);
	snprintf(copies, sizeof(copies), "%s/copies", home.root);
	OK_(hrv_backup_escrow(v, &e, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_backup_keys(v, copies, escrow, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_backup_records(v, copies, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_backup_log(v, copies, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_retention_review(v, &r, &doc, err));
	hrv_doc_free(doc);
}

static int
set_up(void **state)
{
	struct hrv_subject_add_args a = { .kind = "employee",
		.fields = { .name = "Ngozi Adichie" } };
	const char *const subjects[] = { subject, NULL };
	struct hrv_subject_event_args event = {
		.who = subject, .name = "hired", .date = "2020-01-01"
	};
	struct hrv_hold_args hold = {
		.matter = "m", .reason = "r", .subjects = subjects
	};
	struct hrv_vault *v;
	struct hrv_doc *doc = NULL;

	(void)state;
	vaulthome_init(&home);
	v = vaulthome_open(&home);
	OK_(hrv_subject_add(v, &a, &doc, err));
	snprintf(subject, sizeof(subject), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	add_record(v, "note");
	add_record(v, "payslip");
	OK_(hrv_subject_event(v, &event, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_hold_place(v, &hold, &doc, err));
	hrv_doc_free(doc);
	copy_and_review(v);
	hrv_close(v);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vaulthome_clear(&home);
	return 0;
}

/* Whether a sentence of the check has the word; all of them are shown when
 * it is not as wanted. */
static void
check(struct hrv_vault *v, bool deep, const char *word)
{
	const struct hrv_doc *list;
	struct hrv_doc *doc = NULL;
	bool found = false;

	OK_(hrv_check(v, deep, &doc, err));
	list = hrv_doc_get(doc, "problems");
	for (size_t i = 0; word != NULL && i < hrv_doc_len(list); i++)
		found = found ||
			strstr(hrv_doc_text(hrv_doc_at(list, i)), word) != NULL;
	if (hrv_doc_true(doc, "ok") != (word == NULL) ||
	    (word != NULL && !found)) {
		for (size_t i = 0; i < hrv_doc_len(list); i++)
			print_message(
			    "# %s\n", hrv_doc_text(hrv_doc_at(list, i)));
		fail_msg("wanted: %s", word == NULL ? "no problem" : word);
	}
	hrv_doc_free(doc);
}

/* A copy of the vault for one test to spoil. */
static struct hrv_vault *
spoil_begin(void)
{
	char cmd[256], out[64];
	const char *const copy[] = { "sh", "-c", cmd, NULL };

	snprintf(cmd, sizeof(cmd), "cp -a %s %s/kept", home.dir, home.root);
	assert_int_equal(gpghome_run(copy, NULL, out, sizeof(out)), 0);
	return vaulthome_open(&home);
}

static void
spoil_end(struct hrv_vault *v)
{
	char cmd[256], out[64];
	const char *const back[] = { "sh", "-c", cmd, NULL };

	hrv_close(v);
	snprintf(cmd, sizeof(cmd), "rm -rf %s %s && mv %s/kept %s", home.dir,
	    home.state, home.root, home.dir);
	assert_int_equal(gpghome_run(back, NULL, out, sizeof(out)), 0);
}

static void
spoiled(const char *sql, const char *word)
{
	struct hrv_vault *v = spoil_begin();

	tamper(v, sql);
	check(v, false, word);
	spoil_end(v);
}

static void
test_an_undamaged_vault_has_no_problem(void **state)
{
	struct hrv_vault *v = spoil_begin();

	(void)state;
	check(v, false, NULL);
	check(v, true, NULL);
	check(v, false, NULL);
	spoil_end(v);
}

static void
test_an_edited_date_is_found(void **state)
{
	(void)state;
	spoiled("UPDATE event SET day = '2010-01-01'", "its facts are not");
	spoiled("DELETE FROM event", "its facts are not");
	spoiled("UPDATE record SET created = '2010-01-01'", "its facts");
	spoiled("UPDATE record SET class = 'note' WHERE class = 'payslip'",
	    "its facts");
	spoiled("UPDATE record SET state = zeroblob(32)", "in its row");
}

static void
test_an_edited_term_is_found(void **state)
{
	(void)state;
	spoiled("UPDATE term SET purge_from = '2010-01-01'", "follows from");
	spoiled("DELETE FROM term", "follows from its facts");
}

static void
test_a_removed_hold_is_found(void **state)
{
	(void)state;
	spoiled("DELETE FROM hold", "the table of holds");
	spoiled("UPDATE hold SET status = 'released'", "the table of holds");
	spoiled("UPDATE hold SET scope = '{}'", "the table of holds");
}

static void
test_an_edited_copy_is_found(void **state)
{
	static const char word[] = "the table of backups";

	(void)state;
	spoiled("DELETE FROM backup WHERE kind = 'keys'", word);
	spoiled("UPDATE backup SET epoch = NULL WHERE kind = 'keys'", word);
	spoiled("UPDATE backup SET intent_leaf = intent_leaf + 1", word);
	spoiled("UPDATE backup SET leaf = leaf + 1 WHERE kind = 'log'", word);
	spoiled("UPDATE backup SET day = '2030-01-01'", word);
	spoiled("UPDATE backup SET kind = 'keys' WHERE kind = 'log'", word);
	spoiled("UPDATE backup SET bytes = 1 WHERE kind = 'records'", word);
	spoiled("UPDATE backup SET copied = 1 WHERE kind = 'keys'", word);
	spoiled("UPDATE backup SET log_size = 1 WHERE kind = 'log'", word);
	spoiled("UPDATE backup SET id = zeroblob(16) WHERE kind = 'log'", word);
	spoiled("INSERT INTO backup SELECT zeroblob(16), kind, intent_leaf,"
		" leaf, day, epoch, log_size, bytes, copied FROM backup"
		" WHERE kind = 'keys'",
	    word);
}

static void
test_an_edited_epoch_is_found(void **state)
{
	static const char word[] = "the table of epochs";

	(void)state;
	spoiled("DELETE FROM epoch", word);
	spoiled("UPDATE epoch SET dies = '2099-01-01'", word);
	spoiled("UPDATE epoch SET closes = '2099-01-01'", word);
	spoiled("UPDATE epoch SET begins = '2020-01-01'", word);
	spoiled("UPDATE epoch SET key = zeroblob(32)", word);
	spoiled("UPDATE epoch SET sealed_hash = zeroblob(32)", word);
	spoiled("UPDATE epoch SET ended_leaf = leaf + 1", word);
	spoiled("UPDATE epoch SET leaf = leaf + 1", word);
	spoiled("UPDATE epoch SET escrow = zeroblob(16)", word);
	spoiled("UPDATE escrow SET custodians = 'X'", "the table of escrow");
	spoiled("UPDATE escrow SET id = zeroblob(16)", "the table of escrow");
	spoiled("UPDATE escrow SET keep = 99", "the table of escrow");
	spoiled("UPDATE escrow SET days = 99", "the table of escrow");
	spoiled("DELETE FROM escrow", "the table of escrow");
}

static void
test_an_edited_review_or_origin_is_found(void **state)
{
	(void)state;
	spoiled("UPDATE review SET next = '2099-01-01'", "table of reviews");
	spoiled("UPDATE review SET leaf = leaf + 1", "table of reviews");
	spoiled("DELETE FROM review", "the table of reviews");
	spoiled("INSERT INTO review SELECT id, '2099-01-01', 1 FROM record"
		" LIMIT 1",
	    "the table of reviews");
	spoiled("INSERT INTO succession VALUES (1, 'a/log1', 1, 1,"
		" zeroblob(32), 'a/log2')",
	    "the table of origins");
}

static void
test_a_changed_content_is_found(void **state)
{
	struct hrv_vault *v = spoil_begin();
	char path[96], byte;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/pack/1", home.dir);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	/* Flipped, because any fixed byte may be what stands there. */
	assert_int_equal(pread(fd, &byte, 1, 40), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, 40), 1);
	close(fd);
	check(v, false, "what is stored is not what was sealed");
	spoil_end(v);
}

static void
test_a_lost_key_is_found(void **state)
{
	(void)state;
	spoiled("UPDATE version SET dek = zeroblob(16)", "its key is missing");
	/* Another record's key does not pass for its own. */
	spoiled("UPDATE version SET dek = (SELECT dek FROM version LIMIT 1)",
	    "its key belongs to another record");
}

/* Every page that a later change rewrote, put back one at a time: the cipher
 * accepts each of them, so opening or checking must not. */
static void
test_an_old_page_put_back_is_found(void **state)
{
	enum { PAGE = 4096 };
	static uint8_t then[512][PAGE], now[512][PAGE];
	struct hrv_subject_event_args a = {
		.who = subject, .name = "ended", .date = "2025-05-05"
	};
	struct hrv_vault *v = spoil_begin();
	struct hrv_doc *doc = NULL;
	struct hrv_err why;
	char path[96];
	ssize_t n, m;
	int fd, tried = 0;
	bool busy;

	(void)state;
	snprintf(path, sizeof(path), "%s/vault.db", home.dir);
	OK_(db_checkpoint_truncate(v->db, &busy, err));
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	n = pread(fd, then, sizeof(then), 0) / PAGE;
	OK_(hrv_subject_event(v, &a, &doc, err));
	hrv_doc_free(doc);
	add_record(v, "note");
	OK_(db_checkpoint_truncate(v->db, &busy, err));
	hrv_close(v);
	m = pread(fd, now, sizeof(now), 0) / PAGE;
	assert_true(n > 10 && m >= n && m < 512);
	for (ssize_t i = 0; i < n; i++) {
		struct hrv_doc *found = NULL;

		if (memcmp(then[i], now[i], PAGE) == 0)
			continue;
		assert_int_equal(pwrite(fd, then[i], PAGE, i * PAGE), PAGE);
		tried++;
		v = NULL;
		if (hrv_open(&home.open, &v, &why) == HRV_OK &&
		    hrv_check(v, false, &found, &why) == HRV_OK &&
		    hrv_doc_true(found, "ok"))
			fail_msg("page %d was put back unseen", (int)i);
		hrv_doc_free(found);
		hrv_close(v);
		assert_int_equal(pwrite(fd, now[i], PAGE, i * PAGE), PAGE);
	}
	assert_true(tried > 10);
	close(fd);
	spoil_end(NULL);
}

/* The entries of a case name its subject and state the case. */
static void
test_the_state_of_a_case_is_not_its_subjects(void **state)
{
	static const uint8_t things[32] = { 1 }, cases[32] = { 2 };
	struct leaf l = LEAF_INIT;
	struct hrv_id id;
	struct fold f;

	(void)state;
	vault_new_id(ID_SUBJECT, &id);
	OK_(fold_init(&f, &id, 1, err));
	id_format(&id, l.subject);
	l.op = op_find("subject.event", 13);
	l.result = LEAF_OK;
	l.has = LEAF_STATE;
	memcpy(l.state, things, 32);
	OK_(fold_leaf(&f, &l, NULL, NULL, err));
	l.op = op_find("case.open", 9);
	memcpy(l.state, cases, 32);
	id.kind = ID_CASE;
	id_format(&id, l.kase);
	OK_(fold_leaf(&f, &l, NULL, NULL, err));
	id.kind = ID_SUBJECT;
	assert_memory_equal(fold_find(&f, &id)->state, things, 32);
	fold_clear(&f);
}

/* One entry, of that subject, carried out at that time. */
static void
fold_one(struct fold *f, const char *op, int64_t time, const char *record,
    const json_t *payload, const struct manifest *things)
{
	struct leaf l = LEAF_INIT;

	l.op = op_find(op, strlen(op));
	assert_non_null(l.op);
	l.phase = OP_SINGLE;
	l.result = LEAF_OK;
	l.time = time;
	snprintf(l.subject, sizeof(l.subject), "%s", order_subject);
	if (strncmp(op, "case.", 5) == 0)
		snprintf(l.kase, sizeof(l.kase), "%s", order_case);
	if (record != NULL)
		snprintf(l.record, sizeof(l.record), "%s", record);
	OK_(fold_leaf(f, &l, payload, things, err));
}

/* Which class or person a record has decides how long it is kept: one person
 * who files it anew must not destroy it the same night by an order. */
static void
test_a_record_filed_anew_has_its_notice_again(void **state)
{
	const struct hrv_id *r;
	char record[ID_TEXT_SIZE], other[ID_TEXT_SIZE], into[ID_TEXT_SIZE];
	struct hrv_id s, k, o;
	struct hrv_id both[2];
	json_t *p;
	struct fold f;

	(void)state;
	vault_new_id(ID_SUBJECT, &s);
	id_format(&s, order_subject);
	vault_new_id(ID_CASE, &k);
	id_format(&k, order_case);
	vault_new_id(ID_RECORD, &both[0]);
	vault_new_id(ID_RECORD, &both[1]);
	vault_new_id(ID_SUBJECT, &o);
	id_format(&both[0], record);
	id_format(&both[1], other);
	id_format(&o, into);
	r = both;
	OK_(fold_init(&f, both, 2, err));
	fold_one(&f, "case.open", 1, NULL, NULL, NULL);
	p = json_pack("{s:[[s,i],[s,i]]}", "records", record, 1, other, 1);
	fold_one(&f, "case.erase", 10, NULL, p, NULL);
	json_decref(p);
	fold_one(&f, "record.event", 20, record, NULL, NULL);
	assert_int_equal(fold_order_find(&f, r, 1)->time, 10);
	fold_one(&f, "record.reclassify", 30, record, NULL, NULL);
	assert_int_equal(fold_order_find(&f, r, 1)->time, 30);
	assert_int_equal(fold_order_find(&f, r + 1, 1)->time, 10);
	p = json_pack("{s:s}", "into", into);
	fold_one(&f, "subject.merge", 40, NULL, p, NULL);
	json_decref(p);
	assert_int_equal(fold_order_find(&f, r, 1)->time, 40);
	assert_int_equal(fold_order_find(&f, r + 1, 1)->time, 40);
	/* The one they became is merged, too. */
	memcpy(order_subject, into, sizeof(into));
	id_format(&s, into);
	p = json_pack("{s:s}", "into", into);
	fold_one(&f, "subject.merge", 50, NULL, p, NULL);
	json_decref(p);
	assert_int_equal(fold_order_find(&f, r + 1, 1)->time, 50);
	fold_one(&f, "record.move", 60, record, NULL, NULL);
	assert_null(fold_order_find(&f, r, 1));
	assert_int_equal(fold_order_find(&f, r + 1, 1)->time, 50);
	fold_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_undamaged_vault_has_no_problem),
		cmocka_unit_test(test_an_edited_date_is_found),
		cmocka_unit_test(test_an_edited_term_is_found),
		cmocka_unit_test(test_a_removed_hold_is_found),
		cmocka_unit_test(test_an_edited_copy_is_found),
		cmocka_unit_test(test_an_edited_epoch_is_found),
		cmocka_unit_test(test_an_edited_review_or_origin_is_found),
		cmocka_unit_test(test_a_changed_content_is_found),
		cmocka_unit_test(test_a_lost_key_is_found),
		cmocka_unit_test(test_an_old_page_put_back_is_found),
		cmocka_unit_test(test_the_state_of_a_case_is_not_its_subjects),
		cmocka_unit_test(test_a_record_filed_anew_has_its_notice_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
