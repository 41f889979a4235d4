/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "hrvault/hold.h"
#include "hrvault/purge.h"
#include "hrvault/record.h"
#include "hrvault/subject.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/keys.h"
#include "vault/store/db.h"
#include "vault/store/db_admin.h"
#include "vault/store/keystore.h"

#define DAY INT64_C(86400000000)

struct world {
	struct vaulthome h;
	struct hrv_vault *v;
	char subject[40];
	char old[40];  /* dated long ago: due at once */
	char held[40]; /* the same, under a hold */
	char new[40];  /* not due */
	char hold[40];
};

static void
add_record(struct world *w, const char *date, char out[40])
{
	char path[96];
	struct hrv_record_add_args a = {
		.subject = w->subject, .class_name = "note", .title = "A title"
	};
	struct hrv_doc *doc = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "%s/in.txt", w->h.root);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "content of %s\n", date);
	fclose(f);
	a.content.path = path;
	a.content.fd = -1;
	assert_true(hrv_date_parse(date, &a.date));
	OK_(hrv_record_add(w->v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

static void
world_init(struct world *w)
{
	struct hrv_subject_add_args s = { .kind = "employee" };
	struct hrv_hold_args hold = { .matter = "M-1", .reason = "because" };
	const char *records[] = { w->held, NULL };
	struct hrv_doc *doc = NULL;

	memset(w, 0, sizeof(*w));
	vaulthome_init(&w->h);
	w->v = vaulthome_open(&w->h);
	s.fields.name = "Zo\xc3\xab \xc3\x98"
			"deg\xc3\xa5rd";
	OK_(hrv_subject_add(w->v, &s, &doc, err));
	snprintf(w->subject, sizeof(w->subject), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	add_record(w, "2020-01-01", w->old);
	add_record(w, "2020-01-02", w->held);
	add_record(w, "2026-11-01", w->new);
	hold.records = records;
	OK_(hrv_hold_place(w->v, &hold, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "matched", 0), 1);
	snprintf(w->hold, sizeof(w->hold), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

static void
world_clear(struct world *w)
{
	hrv_close(w->v);
	vaulthome_clear(&w->h);
}

static int
swallow(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	(void)data;
	(void)err;
	*(size_t *)ctx += len;
	return HRV_OK;
}

/* The code with which reading a record ends. */
static int
read_code(struct world *w, const char *record)
{
	size_t n = 0;
	struct hrv_record_read_args a = { .record = record,
		.purpose = "administration",
		.write = swallow,
		.write_ctx = &n };
	struct hrv_doc *doc = NULL;
	struct hrv_err err = { 0 };
	int rc = hrv_record_read(w->v, &a, &doc, &err);

	hrv_doc_free(doc);
	assert_true(rc == HRV_OK ? n > 0 : n == 0);
	return rc;
}

/* Runs once; returns how many records were destroyed. */
static int64_t
run(struct world *w, int64_t *protected)
{
	struct hrv_doc *doc = NULL;
	int64_t n;

	OK_(hrv_purge_run(w->v, &doc, err));
	n = hrv_doc_int(doc, "destroyed", -1);
	if (protected != NULL)
		*protected = hrv_doc_int(doc, "protected", -1);
	hrv_doc_free(doc);
	return n;
}

/* Daily runs for that many days, none of which may destroy anything. */
static void
idle_days(struct world *w, int days)
{
	for (int i = 0; i < days; i++) {
		w->h.now += DAY;
		assert_int_equal(run(w, NULL), 0);
	}
}

static void
test_nothing_goes_inside_the_notice_only_the_due_after(void **state)
{
	struct world w;
	int64_t protected = 0;
	(void)state;

	world_init(&w);
	assert_int_equal(run(&w, &protected), 0);
	assert_int_equal(protected, 2);
	idle_days(&w, 13);
	assert_int_equal(read_code(&w, w.old), HRV_OK);
	w.h.now += DAY;
	assert_int_equal(run(&w, &protected), 1);
	assert_int_equal(protected, 1);
	assert_int_equal(read_code(&w, w.old), HRV_EPURGED);
	assert_int_equal(read_code(&w, w.held), HRV_OK);
	assert_int_equal(read_code(&w, w.new), HRV_OK);
	w.h.now += DAY;
	assert_int_equal(run(&w, NULL), 0);
	world_clear(&w);
}

static void
test_the_old_generation_is_gone_with_its_key(void **state)
{
	struct world w;
	uint32_t *gens = NULL;
	size_t n = 0;
	(void)state;

	world_init(&w);
	idle_days(&w, 13);
	w.h.now += DAY;
	assert_int_equal(run(&w, NULL), 1);
	assert_int_equal(w.v->gen, 2);
	OK_(keystore_generations(w.v->dir, &gens, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(gens[0], 2);
	free(gens);
	world_clear(&w);
}

static void
test_a_certificate_verifies_and_a_changed_one_does_not(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL, *shown = NULL, *checked = NULL;
	struct hrv_certificate_files f = { 0 };
	uint8_t *sig = NULL;
	char *json;
	(void)state;

	world_init(&w);
	idle_days(&w, 13);
	w.h.now += DAY;
	OK_(hrv_purge_run(w.v, &doc, err));
	assert_non_null(hrv_doc_str(doc, "certificate"));
	OK_(hrv_purge_show(w.v, hrv_doc_str(doc, "certificate"), &shown, err));
	OK_(hrv_doc_bytes(shown, "signature", &sig, &f.sig_len, err));
	f.sig = sig;
	f.json = hrv_doc_str(shown, "json");
	f.json_len = strlen(f.json);
	f.proof = hrv_doc_str(shown, "proof");
	f.proof_len = strlen(f.proof);
	f.gnupg_home = w.h.gpg.dir;
	OK_(hrv_certificate_verify(&f, &checked, err));
	assert_true(hrv_doc_true(checked, "ok"));
	hrv_doc_free(checked);

	json = strdup(f.json);
	assert_non_null(json);
	*strstr(json, "2020-01-01") = '3';
	f.json = json;
	OK_(hrv_certificate_verify(&f, &checked, err));
	assert_false(hrv_doc_true(checked, "ok"));
	assert_int_equal(hrv_doc_len(hrv_doc_get(checked, "problems")), 2);
	hrv_doc_free(checked);
	/* It names records, rules and dates, and nobody. */
	assert_null(strstr(hrv_doc_str(shown, "text"), "deg"));
	assert_null(strstr(hrv_doc_str(shown, "json"), "title"));
	free(json);
	free(sig);
	hrv_doc_free(shown);
	hrv_doc_free(doc);
	world_clear(&w);
}

static void
test_a_clock_that_jumped_destroys_nothing(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL;
	int64_t start;
	(void)state;

	world_init(&w);
	start = w.h.now;
	w.h.now = start + 3650 * DAY;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	w.h.now = start - 3650 * DAY;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	w.h.now = 0;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	assert_int_equal(read_code(&w, w.old), HRV_OK);
	world_clear(&w);
}

static void
test_a_silence_of_a_month_can_be_lifted_by_confirmation(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL;
	(void)state;

	world_init(&w);
	w.h.now += 7 * DAY; /* a week without runs is no obstacle */
	assert_int_equal(run(&w, NULL), 0);
	w.h.now += 30 * DAY;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_ECONFIRM);
	assert_int_equal(read_code(&w, w.old), HRV_OK);
	OK_(hrv_purge_confirm_clock(w.v, &doc, err));
	hrv_doc_free(doc);
	assert_int_equal(run(&w, NULL), 1);
	world_clear(&w);
}

/* Changes the raw database, as somebody with the key and another program
 * could. */
static void
raw(struct world *w, const char *script)
{
	OK_(db_begin(w->v->db, err));
	db_unguard(w->v->db);
	OK_(db_script(w->v->db, script, err));
	db_guard(w->v->db);
	OK_(db_commit(w->v->db, err));
}

static void
test_a_date_edited_in_the_database_destroys_nothing(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL;
	(void)state;

	world_init(&w);
	idle_days(&w, 13);
	raw(&w, "UPDATE record SET created = '2020-01-05'"
		" WHERE created = '2020-01-01'");
	w.h.now += DAY;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	assert_int_equal(read_code(&w, w.old), HRV_OK);
	world_clear(&w);
}

static void
test_a_hold_removed_in_the_database_destroys_nothing(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL;
	(void)state;

	world_init(&w);
	idle_days(&w, 13);
	raw(&w, "UPDATE hold SET status = 'released', released_leaf = 0,"
		" free_from = '2000-01-01'");
	w.h.now += DAY;
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	/* Nothing can be logged meanwhile, so nothing is read either. */
	assert_int_equal(read_code(&w, w.held), HRV_EINTEGRITY);
	raw(&w, "UPDATE hold SET status = 'active', released_leaf = NULL,"
		" free_from = NULL");
	assert_int_equal(read_code(&w, w.held), HRV_OK);
	assert_int_equal(read_code(&w, w.old), HRV_OK);
	world_clear(&w);
}

static void
test_a_reader_of_the_old_keys_delays_the_end_not_the_purge(void **state)
{
	struct world w;
	struct hrv_vault *reader;
	struct hrv_doc *doc = NULL;
	(void)state;

	world_init(&w);
	idle_days(&w, 13);
	reader = vaulthome_open(&w.h);
	OK_(keys_open(reader, err));
	w.h.now += DAY;
	OK_(hrv_purge_run(w.v, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 1);
	assert_false(hrv_doc_true(doc, "finished"));
	assert_null(hrv_doc_str(doc, "certificate"));
	hrv_doc_free(doc);
	assert_int_equal(read_code(&w, w.old), HRV_EPURGED);
	hrv_close(reader);
	w.h.now += DAY;
	assert_int_equal(run(&w, NULL), 0);
	world_clear(&w);
}

static void
test_the_last_record_takes_the_identity_along(void **state)
{
	struct world w;
	struct hrv_doc *doc = NULL;
	struct hrv_subject_add_args s = { .kind = "employee" };
	char subject[40], record[40];
	(void)state;

	world_init(&w);
	s.fields.name = "\xe6\x9d\x8e \xe5\xb0\x8f\xe9\xbe\x99";
	s.fields.number = "E-77";
	OK_(hrv_subject_add(w.v, &s, &doc, err));
	snprintf(subject, sizeof(subject), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	snprintf(w.subject, sizeof(w.subject), "%s", subject);
	add_record(&w, "2020-02-02", record);
	idle_days(&w, 13);
	w.h.now += DAY;
	OK_(hrv_purge_run(w.v, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "destroyed", -1), 2);
	assert_int_equal(hrv_doc_int(doc, "identities", -1), 1);
	hrv_doc_free(doc);
	FAILS(hrv_subject_show(w.v, "number:E-77", &doc, err), HRV_ENOTFOUND);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_nothing_goes_inside_the_notice_only_the_due_after),
		cmocka_unit_test(test_the_old_generation_is_gone_with_its_key),
		cmocka_unit_test(
		    test_a_certificate_verifies_and_a_changed_one_does_not),
		cmocka_unit_test(test_a_clock_that_jumped_destroys_nothing),
		cmocka_unit_test(
		    test_a_silence_of_a_month_can_be_lifted_by_confirmation),
		cmocka_unit_test(
		    test_a_date_edited_in_the_database_destroys_nothing),
		cmocka_unit_test(
		    test_a_hold_removed_in_the_database_destroys_nothing),
		cmocka_unit_test(
		    test_a_reader_of_the_old_keys_delays_the_end_not_the_purge),
		cmocka_unit_test(test_the_last_record_takes_the_identity_along),
	};

	return RUN(tests);
}
