/* SPDX-License-Identifier: ISC */
/*
 * At the one place that all destruction passes, as if no check came before it:
 * a statement does not go without its record, nor the last of a record without
 * the statements on it; and what protects one protects all.
 */
#include "tests/unit/unit.h"

#include "tests/unit/vaulthome.h"

#include "hrvault/hold.h"
#include "hrvault/purge.h"
#include "hrvault/record.h"
#include "hrvault/subject.h"
#include "vault/destroy.h"
#include "vault/keys.h"
#include "vault/purge.h"
#include "vault/store/keystore.h"
#include "vault/survey.h"

#define MAX 8
#define DAY INT64_C(86400000000)

static struct vaulthome h;
static struct hrv_vault *v;
static char subject[40], path[96];
/* A contested record of two versions, with two statements. */
static char record[40], said[2][40];

static void
id_of(struct hrv_doc *doc, char out[40])
{
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

static void
contest(void)
{
	struct hrv_record_add_args a = { .subject = subject,
		.class_name = "note",
		.date = { 2020, 1, 1 },
		.content = { path, -1 } };
	struct hrv_record_amend_args again = { .record = record,
		.reason = "a correction",
		.content = { path, -1 } };
	struct hrv_record_statement_args s = { .record = record,
		.content = { path, -1 } };
	struct hrv_doc *doc = NULL;

	OK_(hrv_record_add(v, &a, &doc, err));
	id_of(doc, record);
	OK_(hrv_record_amend(v, &again, &doc, err));
	hrv_doc_free(doc);
	for (int i = 0; i < 2; i++) {
		OK_(hrv_record_statement(v, &s, &doc, err));
		assert_string_equal(hrv_doc_str(doc, "statement_on"), record);
		id_of(doc, said[i]);
	}
}

/* The notice of what was stored is over. A run a day keeps the clock
 * credible. */
static void
past_notice(void)
{
	struct hrv_doc *doc = NULL;

	for (int i = 0; i < 14; i++) {
		h.now += DAY;
		if (i == 13)
			break;
		OK_(hrv_purge_run(v, &doc, err));
		hrv_doc_free(doc);
	}
}

static int
set_up(void **state)
{
	struct hrv_subject_add_args s = { .kind = "employee",
		.fields.name = "Zo\xc3\xab" };
	struct hrv_doc *doc = NULL;
	FILE *f;
	(void)state;

	vaulthome_init(&h);
	v = vaulthome_open(&h);
	snprintf(path, sizeof(path), "%s/in.txt", h.root);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("what somebody says\n", f);
	fclose(f);
	OK_(hrv_subject_add(v, &s, &doc, err));
	id_of(doc, subject);
	contest();
	past_notice();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	hrv_close(v);
	vaulthome_clear(&h);
	return 0;
}

/* What is put on the list, out of the versions there are. */
struct forced {
	struct survey s;
	struct survey_item items[MAX];
	size_t n;
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
};

static void
take(struct forced *f, const char *id, uint32_t n)
{
	assert_true(f->n < MAX);
	OK_(lookup_record(v, id, &f->items[f->n].record, err));
	f->items[f->n++].n = n;
}

static int
force(struct hrv_vault *vault, void *ctx, struct hrv_err *e)
{
	struct forced *f = ctx;
	struct destroy_item items[MAX];
	struct destroy_args a = { .run = &f->run,
		.judge = &f->s.judge,
		.items = items,
		.n = f->n,
		.intent = &f->intent };

	for (size_t i = 0; i < f->n; i++)
		items[i] = (struct destroy_item){ f->items[i].record,
			f->items[i].n, DESTROY_SCHEDULE, NULL };
	return destroy_commit(vault, &a, &f->result, e);
}

/* So many versions of the list go, and the others are spared. */
static void
goes(struct forced *f, size_t versions)
{
	struct survey_list list = { .items = f->items, .n = f->n };
	struct purge_commit_args a = { .survey = &f->s,
		.run = &f->run,
		.intent = &f->intent,
		.destroy = force,
		.ctx = f,
		.result = &f->result };

	vault_new_id(ID_RUN, &f->run);
	OK_(survey_make_list(v, &list, &f->s, err));
	assert_int_equal(f->s.n, f->n);
	for (size_t i = 0; i < f->s.n; i++)
		assert_int_equal(f->s.list[i].verdict, VERDICT_DESTROY);
	OK_(purge_announce(v, &f->s, &f->run, NULL, &f->intent, err));
	OK_(purge_commit(v, &a, err));
	assert_int_equal(f->result.versions, versions);
	assert_int_equal(json_array_size(f->result.spared), f->n - versions);
	destroy_clear(&f->result);
	survey_clear(&f->s);
}

static bool
there(const char *id, uint32_t n)
{
	struct version_row ver = { .header = BUF_INIT };
	struct keystore_dek dek;
	struct hrv_err ignored;
	struct hrv_id r;
	bool ret;

	OK_(lookup_record(v, id, &r, err));
	OK_(version_load(v, &r, n, &ver, err));
	OK_(keys_open(v, err));
	ret = ver.header.len > 0;
	assert_int_equal(
	    keystore_get(v->ks, ver.dek, &dek, &ignored) == HRV_OK, ret);
	version_clear(&ver);
	return ret;
}

static void
a_statement_does_not_go_before_its_record(void **state)
{
	struct forced one = { .n = 0 }, both = { .n = 0 }, older = { .n = 0 };
	(void)state;

	take(&one, said[0], 1);
	goes(&one, 0);
	take(&both, said[0], 1);
	take(&both, said[1], 1);
	goes(&both, 0);
	/* What was corrected goes by itself; what it says now is still there.
	 */
	take(&older, record, 1);
	take(&older, said[0], 1);
	take(&older, said[1], 1);
	goes(&older, 1);
	past_notice(); /* which that run began anew */
	assert_true(there(record, 2));
	assert_true(there(said[0], 1));
	assert_true(there(said[1], 1));
}

static void
a_record_does_not_go_without_what_is_said_about_it(void **state)
{
	struct forced none = { .n = 0 }, some = { .n = 0 };
	(void)state;

	take(&none, record, 2);
	goes(&none, 0);
	take(&some, record, 2);
	take(&some, said[1], 1);
	goes(&some, 0);
	assert_true(there(record, 2));
	assert_true(there(said[0], 1));
	assert_true(there(said[1], 1));
}

static void
a_hold_on_one_is_a_hold_on_all(void **state)
{
	const char *names[] = { said[1], NULL };
	struct hrv_hold_args a = {
		.matter = "M", .reason = "T", .records = names
	};
	struct survey_item items[3];
	struct survey s;
	struct hrv_doc *doc = NULL;
	char kept[3][40];
	(void)state;

	memcpy(kept[0], record, sizeof(kept[0]));
	memcpy(kept[1], said, sizeof(said));
	contest();
	OK_(hrv_hold_place(v, &a, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "matched", 0), 3);
	hrv_doc_free(doc);
	OK_(lookup_record(v, record, &items[0].record, err));
	OK_(lookup_record(v, said[0], &items[1].record, err));
	OK_(lookup_record(v, said[1], &items[2].record, err));
	items[0].n = 2;
	items[1].n = items[2].n = 1;
	OK_(survey_make_list(
	    v, &(struct survey_list){ .items = items, .n = 3 }, &s, err));
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(s.list[i].verdict, VERDICT_HOLD);
	survey_clear(&s);
	memcpy(record, kept[0], sizeof(record));
	memcpy(said, kept[1], sizeof(said));
}

static void
together_they_go(void **state)
{
	struct forced all = { .n = 0 };
	(void)state;

	take(&all, said[1], 1);
	take(&all, record, 2);
	take(&all, said[0], 1);
	goes(&all, 3);
	assert_false(there(record, 2));
	assert_false(there(said[0], 1));
	assert_false(there(said[1], 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_does_not_go_before_its_record),
		cmocka_unit_test(
		    a_record_does_not_go_without_what_is_said_about_it),
		cmocka_unit_test(a_hold_on_one_is_a_hold_on_all),
		cmocka_unit_test(together_they_go),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
