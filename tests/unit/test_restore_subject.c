/* SPDX-License-Identifier: ISC */
/*
 * What a restore takes from a log backup about restrictions: only what a
 * member signed. The entries are those of a real vault, one of them spoilt.
 */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

#include "hrvault/rights.h"
#include "vault/log/append.h"
#include "vault/restore_int.h"

#define ENTRIES_MAX 32

static struct hrv_date today;
static struct {
	struct buf leaf[ENTRIES_MAX], payload[ENTRIES_MAX];
	struct past_entry entries[ENTRIES_MAX];
	struct restore r;
} w;

/* The live log as the entries that a restore gives up. */
static void
read_log(void)
{
	struct tree_frontier f;

	OK_(log_frontier(v->db, &f, err));
	assert_in_range(f.size, 1, ENTRIES_MAX);
	w.r.past.log.size = f.size;
	w.r.past.entries = w.entries;
	for (uint64_t i = 0; i < f.size; i++) {
		OK_(log_read(v->db, i, &w.leaf[i], &w.payload[i], err));
		w.entries[i] = (struct past_entry){ .leaf = w.leaf[i].data,
			.leaf_len = w.leaf[i].len,
			.payload = w.payload[i].data,
			.payload_len = w.payload[i].len };
	}
}

static int
setup(void **state)
{
	char id[ID_TEXT_SIZE], day[HRV_DATE_TEXT];
	struct hrv_doc *doc = NULL;

	(void)subjecthome_setup(state);
	assert_true(hrv_date_from_days(
	    (int32_t)(home.now / (INT64_C(86400) * 1000000)), &today));
	hrv_date_format(today, day);
	subjecthome_add("Signe Toksvig", NULL, id);
	OK_(hrv_subject_restrict(v, id, "accuracy", &doc, err));
	hrv_doc_free(doc);
	doc = NULL;
	OK_(hrv_subject_lift(v, id, NULL, "settled", day, &doc, err));
	hrv_doc_free(doc);
	w.r.v = v;
	read_log();
	return 0;
}

static void
drop_log(void)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		buf_clear(&w.leaf[i]);
		buf_clear(&w.payload[i]);
	}
}

static int
teardown(void **state)
{
	drop_log();
	return subjecthome_teardown(state);
}

static int
begin(void **state)
{
	(void)state;
	w.r.restricts = json_object();
	w.r.merges = json_object();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	json_decref(w.r.restricts);
	json_decref(w.r.merges);
	return 0;
}

/* Number of the outcome of that operation. */
static uint64_t
entry_of(const char *op)
{
	for (uint64_t i = 0; i < w.r.past.log.size; i++) {
		struct leaf l = LEAF_INIT;

		OK_(leaf_parse(
		    w.entries[i].leaf, w.entries[i].leaf_len, &l, err));
		if (strcmp(l.op->name, op) == 0 && l.result == LEAF_OK)
			return i;
	}
	fail_msg("no %s in the log", op);
	return 0;
}

static int
take(const char *op, struct hrv_err *why)
{
	struct leaf l = LEAF_INIT;
	uint64_t i = entry_of(op);

	OK_(leaf_parse(w.entries[i].leaf, w.entries[i].leaf_len, &l, err));
	return restore_subject(&w.r, i, &l, why);
}

static void
take_all(void)
{
	for (uint64_t i = 0; i < w.r.past.log.size; i++) {
		struct leaf l = LEAF_INIT;

		OK_(leaf_parse(
		    w.entries[i].leaf, w.entries[i].leaf_len, &l, err));
		OK_(restore_subject(&w.r, i, &l, err));
	}
}

/* The ground that is in force, or "". */
static const char *
ground(void)
{
	json_t *value;
	const char *key, *ret = "";

	json_object_foreach(w.r.restricts, key, value)
	{
		if (json_is_string(value))
			ret = json_string_value(value);
	}
	return ret;
}

static void
spoil_signature(const char *op)
{
	struct buf *b = &w.leaf[entry_of(op)];
	uint8_t *sig = memmem(b->data, b->len, "\nsig ", 5);

	assert_non_null(sig);
	sig[5] = sig[5] == 'A' ? 'B' : 'A';
}

static void
what_was_signed_counts(void **state)
{
	(void)state;
	OK_(take("subject.restrict", err));
	assert_string_equal(ground(), "accuracy");
	OK_(take("subject.lift", err));
	assert_string_equal(ground(), "");
}

static void
a_lifting_that_nobody_signed_lifts_nothing(void **state)
{
	struct hrv_err e = { 0 };

	(void)state;
	OK_(take("subject.restrict", err));
	spoil_signature("subject.lift");
	assert_int_equal(take("subject.lift", &e), HRV_EINTEGRITY);
	assert_string_equal(ground(), "accuracy");
}

/* Lifted on one of two grounds, somebody is restricted on the other again. */
static void
a_ground_that_was_left_restricts_again(void **state)
{
	char id[ID_TEXT_SIZE], day[HRV_DATE_TEXT];
	struct hrv_doc *doc = NULL;
	(void)state;

	hrv_date_format(today, day);
	subjecthome_add("Tove Ditlevsen", NULL, id);
	OK_(hrv_subject_restrict(v, id, "claims", &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_subject_restrict(v, id, "accuracy", &doc, err));
	hrv_doc_free(doc);
	drop_log();
	read_log();
	take_all();
	assert_string_equal(json_str(w.r.restricts, id), "accuracy,claims");
	OK_(hrv_subject_lift(v, id, "claims", "settled", day, &doc, err));
	hrv_doc_free(doc);
	drop_log();
	read_log();
	take_all();
	assert_string_equal(json_str(w.r.restricts, id), "accuracy");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_was_signed_counts, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_lifting_that_nobody_signed_lifts_nothing, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_ground_that_was_left_restricts_again, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
