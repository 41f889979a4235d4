/* SPDX-License-Identifier: ISC */
/*
 * Taking schedules into force: effects beforehand, new compartments and their
 * keys, refusals that leave no trace, and a recomputation cut short.
 */
#include "tests/unit/unit.h"

#include "tests/unit/retentionhome.h"

#include "vault/adopt.h"
#include "vault/inforce.h"

static struct vaulthome h;
static struct hrv_vault *v;
static struct hrv_id subject, record;

/* One vault with one employee and one note of 1 June 2025. */
static int
set_up(void **state)
{
	(void)state;
	vaulthome_init(&h);
	v = vaulthome_open(&h);
	recordhome_subject(v, "employee", NULL, &subject);
	retentionhome_record(v, &subject, "note", "2025-06-01", &record);
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

static uint64_t
log_size(void)
{
	uint64_t size;

	OK_(txn_begin(v, err));
	size = v->frontier.size;
	txn_abort(v);
	return size;
}

static void
purge_from_is(const char *want)
{
	struct stmt *st;

	OK_(db_stmt(v->db, SQL_TERM_GET, &st, err));
	(void)db_bind_blob(st, 1, record.b, ID_BYTES);
	(void)db_bind_int(st, 2, 1);
	OK_(db_step_one(st, err));
	assert_string_equal(db_col_text(st, 2), want);
	db_reset(st);
}

static void
counts_are(const struct hrv_doc *doc, int earlier, int later, int due)
{
	assert_int_equal(hrv_doc_int(doc, "earlier", -1), earlier);
	assert_int_equal(hrv_doc_int(doc, "later", -1), later);
	assert_int_equal(hrv_doc_int(doc, "due_now", -1), due);
}

static void
a_diff_counts_and_writes_nothing(void **state)
{
	struct variant x = { .version = "2", .plus = "P3Y" };
	struct hrv_doc *doc = NULL;
	const char *text = retentionhome_text(&x);
	uint64_t before = log_size();
	(void)state;

	/* One year after 1 June 2025 is over on 2 June 2026. */
	purge_from_is("2026-06-02");
	OK_(hrv_policy_diff(v, text, strlen(text), &doc, err));
	counts_are(doc, 0, 1, 0);
	assert_int_equal(hrv_doc_int(doc, "records", -1), 1);
	assert_string_equal(hrv_doc_str(doc, "kind"), "schedule");
	assert_string_equal(hrv_doc_str(doc, "version"), "2");
	assert_string_equal(
	    hrv_doc_str(hrv_doc_at(hrv_doc_get(doc, "classes"), 0), "class"),
	    "note");
	hrv_doc_free(doc);
	assert_int_equal(log_size(), before);
	purge_from_is("2026-06-02");
	FAILS(hrv_policy_diff(v, "schedule = {", 12, &doc, err), HRV_EUSAGE);
	FAILS(hrv_policy_diff(v, "", 0, &doc, err), HRV_EUSAGE);
	FAILS(hrv_policy_diff(v, "/*", 2, &doc, err), HRV_EUSAGE);
}

static void
adopting_moves_the_dates_of_all_records(void **state)
{
	struct variant x = { .version = "3", .plus = "P3Y" };
	struct hrv_doc *doc = NULL;
	const char *text = retentionhome_text(&x);
	(void)state;

	OK_(hrv_policy_adopt(v, text, strlen(text), &doc, err));
	counts_are(doc, 0, 1, 0);
	assert_true(hrv_doc_int(doc, "audit_index", 0) > 0);
	hrv_doc_free(doc);
	purge_from_is("2028-06-02");
	FAILS(hrv_policy_adopt(v, text, strlen(text), &doc, err), HRV_EEXISTS);
	x.plus = "P1Y";
	text = retentionhome_text(&x);
	OK_(hrv_policy_adopt(v, text, strlen(text), &doc, err));
	counts_are(doc, 1, 0, 1);
	hrv_doc_free(doc);
	purge_from_is("2026-06-02");
	hrv_close(v);
	v = vaulthome_open(&h);
	OK_(hrv_policy_show(v, NULL, &doc, err));
	assert_string_equal(hrv_doc_str(doc, "version"), "3");
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "compartments")), 2);
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "texts")), 3);
	hrv_doc_free(doc);
	OK_(hrv_policy_show(v, "note", &doc, err));
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "classes")), 1);
	hrv_doc_free(doc);
	FAILS(hrv_policy_show(v, "nota", &doc, err), HRV_ENOTFOUND);
}

static void
a_new_compartment_gets_a_key_of_its_own(void **state)
{
	struct variant x = { .version = "4",
		.plus = "P1Y",
		.compartments = "\"general\", \"pay\", \"medical\"" };
	uint32_t gen = v->slots->gen;
	(void)state;

	assert_false(keyring_has(&v->ring, "kek/medical"));
	retentionhome_adopt(v, &x);
	assert_int_equal(v->slots->gen, gen + 1);
	assert_true(keyring_has(&v->ring, "kek/medical"));
	hrv_close(v);
	v = vaulthome_open(&h);
	assert_true(keyring_has(&v->ring, "kek/medical"));
	assert_true(keyring_has(&v->ring, "kek/hold"));
	assert_string_equal(slots_member(v->slots, v->fpr)->compartments,
	    "general,pay,medical");
	/* Left out and taken back in, it keeps its key. */
	x.compartments = NULL;
	x.version = "5";
	retentionhome_adopt(v, &x);
	x.compartments = "\"general\", \"pay\", \"medical\"";
	x.version = "6";
	retentionhome_adopt(v, &x);
	assert_int_equal(v->slots->gen, gen + 1);
}

static void
a_schedule_that_drops_a_class_leaves_no_trace(void **state)
{
	static const char other[] =
	    "schedule = { id = \"t\"; version = \"9\"; title = \"test\";"
	    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
	    " minimum_age = 13; compartments = ( \"general\", \"secret\" );"
	    " purposes = ( \"administration\" ); events = (); classes = ("
	    "  { id = \"nota\"; title = \"N\"; who = ( \"employee\" );"
	    "    compartment = \"general\"; purpose = \"administration\";"
	    "    legal_basis = \"contract\"; rules = ( \"r\" );"
	    "    special_category = false; } );"
	    " rules = ( { id = \"r\"; cite = \"test\"; at_expiry = \"purge\";"
	    "   keep = { on = \"record.created\"; plus = \"P1D\"; }; } ); };";
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	uint32_t gen = v->slots->gen;
	size_t keys = v->ring.n;
	uint64_t before = log_size();
	char version[65];
	(void)state;

	snprintf(version, sizeof(version), "%s", v->schedule->version);
	assert_int_equal(
	    hrv_policy_adopt(v, other, strlen(other), &doc, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "class-in-use");
	assert_non_null(strstr(e.msg, "'note'"));
	assert_int_equal(v->slots->gen, gen);
	assert_int_equal(v->ring.n, keys);
	assert_string_equal(v->schedule->version, version);
	assert_int_equal(log_size(), before + 1); /* the refusal */
	purge_from_is("2026-06-02");
}

static void
a_compartment_in_use_cannot_go(void **state)
{
	struct variant x = { .version = "7",
		.plus = "P1Y",
		.compartments = "\"pay\", \"other\"" };
	const char *text;
	char *at;
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	static char moved[4096];
	(void)state;

	text = retentionhome_text(&x);
	snprintf(moved, sizeof(moved), "%s", text);
	at = strstr(moved, "compartment = \"general\"");
	assert_non_null(at);
	memcpy(at, "compartment = \"pay\"    ", 23);
	assert_int_equal(
	    hrv_policy_diff(v, moved, strlen(moved), &doc, &e), HRV_EREFUSED);
	assert_string_equal(e.name, "compartment-in-use");
}

static int
take_state(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	char *out = ctx;

	(void)err;
	snprintf(out, 64, "%s %s", hrv_doc_str(doc, "state"),
	    hrv_doc_str(doc, "purge_from"));
	return HRV_OK;
}

struct told {
	uint64_t calls, done, total;
};

static void
tell(void *ctx, uint64_t done, uint64_t total)
{
	struct told *t = ctx;

	assert_true(done >= t->done && done <= total);
	*t = (struct told){ t->calls + 1, done, total };
}

/* The schedule is in force, and the writer died before the terms were. */
static void
an_interrupted_recomputation_hides_nothing_and_goes_on(void **state)
{
	struct variant x = { .version = "8", .plus = "P1D" };
	struct adopt_text t = { .kind = ADOPT_SCHEDULE };
	struct hrv_due_args today = { .as_of = HRV_DATE_NONE };
	struct hrv_doc *doc = NULL;
	struct told told = { 0 };
	char seen[64] = "";
	(void)state;

	x.plus = "P20Y";
	retentionhome_adopt(v, &x);
	x.plus = "P1D";
	t.text = retentionhome_text(&x);
	t.len = strlen(t.text);
	OK_(adopt_check(&t, err));
	OK_(txn_begin(v, err));
	OK_(adopt_store(v, &t, err));
	OK_(txn_commit(v, true, err));
	purge_from_is("2045-06-02");
	OK_(hrv_retention_due(v, &today, take_state, seen, err));
	assert_string_equal(seen, "due 2025-06-03");
	hrv_on_dates(v, tell, &told);
	OK_(hrv_policy_adopt(v, t.text, t.len, &doc, err));
	hrv_on_dates(v, NULL, NULL);
	assert_true(told.calls > 0 && told.total > 0);
	assert_int_equal(told.done, told.total);
	assert_true(hrv_doc_true(doc, "resumed"));
	hrv_doc_free(doc);
	purge_from_is("2025-06-03");
	FAILS(hrv_policy_adopt(v, t.text, t.len, &doc, err), HRV_EEXISTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_diff_counts_and_writes_nothing),
		cmocka_unit_test(adopting_moves_the_dates_of_all_records),
		cmocka_unit_test(a_new_compartment_gets_a_key_of_its_own),
		cmocka_unit_test(a_schedule_that_drops_a_class_leaves_no_trace),
		cmocka_unit_test(a_compartment_in_use_cannot_go),
		cmocka_unit_test(
		    an_interrupted_recomputation_hides_nothing_and_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
