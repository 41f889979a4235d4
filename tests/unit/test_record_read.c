/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/recordhome.h"

#include "hrvault/record.h"
#include "vault/base/enc.h"
#include "vault/store/db_admin.h"
#include "vault/store/db_priv.h"
#include "vault/unseal.h"

#define SECRET "the secret of the marmot"

struct world {
	struct vaulthome h;
	struct hrv_vault *v;
	struct hrv_id s, r;
	char rid[ID_TEXT_SIZE];
	char out[64];
};

static void
setup(struct world *w)
{
	vaulthome_init(&w->h);
	w->v = vaulthome_open(&w->h);
	recordhome_subject(w->v, "employee", NULL, &w->s);
	recordhome_record(w->v, &w->s, "payslip", SECRET, &w->r);
	id_format(&w->r, w->rid);
	snprintf(w->out, sizeof(w->out), "%s/out", w->h.root);
}

static void
teardown(struct world *w)
{
	hrv_close(w->v);
	vaulthome_clear(&w->h);
}

/* Reads the record for a purpose into path; the code and the error. */
static int
read_to(
    struct world *w, const char *purpose, const char *path, struct hrv_err *why)
{
	struct hrv_record_read_args a = {
		.record = w->rid, .purpose = purpose, .output = path
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_record_read(w->v, &a, &doc, why);

	hrv_doc_free(doc);
	return rc;
}

/* No file in the vault's neighbourhood holds the plaintext. */
static void
assert_no_plaintext(struct world *w)
{
	char out[4096];
	const char *const grep[] = { "grep", "-r", "-l", "marmot", w->h.root,
		NULL };

	assert_int_equal(gpghome_run(grep, NULL, out, sizeof(out)), 1);
}

static void
test_a_read_gives_the_file_and_names_its_intent(void **state)
{
	struct world w;
	struct hrv_record_read_args a = { .purpose = "payroll",
		.reason = "asked by telephone" };
	struct hrv_doc *doc = NULL;
	char got[64] = "";
	struct stat st;
	int fd;
	(void)state;

	setup(&w);
	a.record = w.rid;
	a.output = w.out;
	OK_(hrv_record_read(w.v, &a, &doc, err));
	assert_true(hrv_doc_int(doc, "audit_index", -1) > 0);
	assert_int_equal(strlen(hrv_doc_str(doc, "sha256")), 64);
	hrv_doc_free(doc);
	assert_int_equal(stat(w.out, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = open(w.out, O_RDONLY);
	assert_int_equal(read(fd, got, sizeof(got)), strlen(SECRET));
	close(fd);
	assert_string_equal(got, SECRET);
	FAILS(hrv_record_read(w.v, &a, &doc, err), HRV_EEXISTS);
	teardown(&w);
}

static void
test_purposes_outside_the_list_leave_nothing(void **state)
{
	struct world w;
	struct hrv_err why;
	(void)state;

	setup(&w);
	assert_int_equal(read_to(&w, "curiosity", w.out, &why), HRV_EREFUSED);
	assert_string_equal(why.name, "purpose");
	assert_int_equal(access(w.out, F_OK), -1);
	OK_(read_to(&w, "administration", w.out, err));
	teardown(&w);
}

static void
test_nothing_stands_in_the_way_of_a_name_that_is_taken(void **state)
{
	static const char *const names[] = { "file", "link", "fifo", "dir" };
	struct world w;
	char path[96];
	(void)state;

	setup(&w);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", w.h.root, names[i]);
		switch (i) {
		case 0:
			close(open(path, O_CREAT | O_WRONLY, 0644));
			break;
		case 1:
			assert_int_equal(symlink("nowhere", path), 0);
			break;
		case 2:
			assert_int_equal(mkfifo(path, 0600), 0);
			break;
		default:
			assert_int_equal(mkdir(path, 0700), 0);
		}
		FAILS(read_to(&w, "payroll", path, err), HRV_EEXISTS);
	}
	snprintf(path, sizeof(path), "%s/nowhere", w.h.root);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/no/such", w.h.root);
	FAILS(read_to(&w, "payroll", path, err), HRV_ENOTFOUND);
	teardown(&w);
}

static int
fail_at_once(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	(void)data;
	*(size_t *)ctx += len;
	return hrv_fail(err, HRV_EIO, "full");
}

static void
test_a_sink_that_fails_is_logged_as_a_failed_read(void **state)
{
	struct world w;
	size_t got = 0;
	struct hrv_record_read_args a = {
		.purpose = "payroll", .write = fail_at_once, .write_ctx = &got
	};
	struct hrv_doc *doc = NULL;
	struct stmt *st;
	const uint8_t *leaf;
	size_t len;
	(void)state;

	setup(&w);
	a.record = w.rid;
	FAILS(hrv_record_read(w.v, &a, &doc, err), HRV_EIO);
	OK_(db_stmt(w.v->db, SQL_LOG_GET_LEAF, &st, err));
	(void)db_bind_int(st, 1, (int64_t)w.v->frontier.size - 1);
	OK_(db_step_one(st, err));
	leaf = db_col_blob(st, 0, &len);
	assert_non_null(memmem(leaf, len, "result failed:", 14));
	db_reset(st);
	teardown(&w);
}

/* Changes the raw database behind the program's back. @ in sql stands for the
 * id of the record, # for that of the other one. */
static void
vandalise(struct world *w, const char *sql, const struct hrv_id *other)
{
	struct buf a = BUF_INIT, b = BUF_INIT, text = BUF_INIT;

	enc_hex(&a, w->r.b, ID_BYTES);
	enc_hex(&b, other->b, ID_BYTES);
	for (const char *p = sql; *p != '\0'; p++) {
		if (*p == '@')
			buf_addf(&text, "x'%s'", buf_str(&a));
		else if (*p == '#')
			buf_addf(&text, "x'%s'", buf_str(&b));
		else
			buf_addc(&text, *p);
	}
	OK_(db_begin(w->v->db, err));
	OK_(db_exec(w->v->db, buf_str(&text), err));
	OK_(db_commit(w->v->db, err));
	buf_clear(&a);
	buf_clear(&b);
	buf_clear(&text);
}

static void
test_parts_of_another_record_do_not_open_as_this_one(void **state)
{
	static const char *const forgeries[] = {
		"UPDATE version SET header = (SELECT header FROM version"
		" WHERE record = #) WHERE record = @",
		"UPDATE version SET dek = (SELECT dek FROM version"
		" WHERE record = #) WHERE record = @",
		"UPDATE version SET pos = (SELECT pos FROM version"
		" WHERE record = #), length = (SELECT length FROM version"
		" WHERE record = #) WHERE record = @",
		"UPDATE record SET class = 'note' WHERE id = @",
		"UPDATE record SET subject = (SELECT id FROM subject WHERE id "
		"<>"
		" (SELECT subject FROM record WHERE id = #)) WHERE id = @",
	};
	struct world w;
	struct hrv_id other, stranger;
	(void)state;

	setup(&w);
	recordhome_record(w.v, &w.s, "payslip", "another body", &other);
	recordhome_subject(w.v, "employee", NULL, &stranger);
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		recordhome_record(w.v, &w.s, "payslip", SECRET, &w.r);
		id_format(&w.r, w.rid);
		vandalise(&w, forgeries[i], &other);
		FAILS(
		    read_to(&w, "administration", w.out, err), HRV_EINTEGRITY);
		assert_int_equal(access(w.out, F_OK), -1);
	}
	assert_no_plaintext(&w);
	teardown(&w);
}

static void
test_without_a_log_entry_nothing_is_decrypted(void **state)
{
	struct world w;
	struct hrv_err why;
	size_t got;
	struct hrv_record_read_args a = {
		.purpose = "payroll", .write = fail_at_once, .write_ctx = &got
	};
	struct hrv_doc *doc = NULL;
	(void)state;

	setup(&w);
	a.record = w.rid;
	/* Every step up to the durable intent fails once. */
	for (unsigned n = 1; n < 200; n++) {
		int rc;

		got = 0;
		db_fail_after(w.v->db, n);
		rc = hrv_record_read(w.v, &a, &doc, &why);
		db_fail_after(w.v->db, 0);
		assert_int_not_equal(rc, HRV_OK);
		if (got > 0)
			break; /* the failure came after the intent */
	}
	assert_int_equal(got, strlen(SECRET));
	teardown(&w);
}

static void
test_the_full_disk_of_the_log_is_said_and_leaves_no_file(void **state)
{
	struct world w;
	struct hrv_err why;
	bool said = false;
	(void)state;

	setup(&w);
	for (unsigned n = 1; n < 100; n++) {
		int rc;

		db_fail_after(w.v->db, n);
		rc = read_to(&w, "payroll", w.out, &why);
		db_fail_after(w.v->db, 0);
		said = said || rc == HRV_ELOG;
		assert_int_not_equal(rc, HRV_OK);
		assert_int_equal(access(w.out, F_OK), -1);
	}
	assert_true(said);
	OK_(read_to(&w, "payroll", w.out, err));
	teardown(&w);
}

static void
test_restricted_records_are_for_claims_and_requests(void **state)
{
	struct world w;
	struct hrv_err why;
	(void)state;

	setup(&w);
	vandalise(
	    &w, "UPDATE record SET restricted = 'accuracy' WHERE id = @", &w.r);
	assert_int_equal(
	    read_to(&w, "administration", w.out, &why), HRV_EREFUSED);
	assert_string_equal(why.name, "restricted");
	assert_int_equal(access(w.out, F_OK), -1);
	teardown(&w);
}

static void
test_a_destroyed_record_says_when_and_by_which_rule(void **state)
{
	struct world w;
	struct hrv_err why;
	(void)state;

	setup(&w);
	vandalise(&w, "UPDATE record SET status = 'purged' WHERE id = @", &w.r);
	vandalise(&w,
	    "INSERT INTO tombstone (record, n, subject, class, compartment,"
	    " run, day, rule) VALUES (@, 1, @, 'payslip', 'pay', @,"
	    " '2026-11-01', 'uk.paye')",
	    &w.r);
	assert_int_equal(read_to(&w, "payroll", w.out, &why), HRV_EPURGED);
	assert_non_null(strstr(why.msg, "2026-11-01"));
	assert_non_null(strstr(why.msg, "uk.paye"));
	assert_non_null(strstr(why.msg, "D-"));
	teardown(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_read_gives_the_file_and_names_its_intent),
		cmocka_unit_test(test_purposes_outside_the_list_leave_nothing),
		cmocka_unit_test(
		    test_nothing_stands_in_the_way_of_a_name_that_is_taken),
		cmocka_unit_test(
		    test_a_sink_that_fails_is_logged_as_a_failed_read),
		cmocka_unit_test(
		    test_parts_of_another_record_do_not_open_as_this_one),
		cmocka_unit_test(test_without_a_log_entry_nothing_is_decrypted),
		cmocka_unit_test(
		    test_the_full_disk_of_the_log_is_said_and_leaves_no_file),
		cmocka_unit_test(
		    test_restricted_records_are_for_claims_and_requests),
		cmocka_unit_test(
		    test_a_destroyed_record_says_when_and_by_which_rule),
	};

	return RUN(tests);
}
