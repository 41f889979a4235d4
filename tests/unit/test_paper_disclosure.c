/* SPDX-License-Identifier: ISC */
/*
 * Whom a record was disclosed to is known as long as the schedule says, by a
 * person's decision where it asks for one, and its stub waits for that.
 */
#include "tests/unit/unit.h"

#include "tests/unit/paperhome.h"
#include "tests/unit/tamper.h"

#include "hrvault/case.h"
#include "hrvault/record.h"
#include "hrvault/rights.h"
#include "vault/disclose.h"

static struct holdhome w;
static char who[40], record[40];

static int
set_up(void **state)
{
	(void)state;

	holdhome_init(&w);
	ph_adopt(w.v, "3", "vault.disclosure", "record.created", "review");
	hh_subject(w.v, who);
	hh_record(w.v, who, "note", "2026-11-01", record);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

static void
disclose(void)
{
	struct hrv_recipient_args r = {
		.name = "A Ltd", .kind = "processor", .country = "GB"
	};
	char to[40];
	size_t n = 0;
	struct hrv_record_read_args a = { .record = record,
		.purpose = "administration",
		.write = hh_swallow,
		.write_ctx = &n };
	struct hrv_doc *doc = NULL;

	OK_(hrv_recipient_add(w.v, &r, &doc, err));
	snprintf(to, sizeof(to), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	OK_(hrv_disclose(w.v, to, &a, &doc, err));
	hrv_doc_free(doc);
}

static size_t
told(void)
{
	struct hrv_id id;
	json_t *list = NULL;
	size_t n;

	assert_true(id_parse(record, ID_RECORD, &id));
	OK_(disclosures_of(w.v, &id, &list, err));
	n = json_array_size(list);
	json_decref(list);
	return n;
}

static void
days(int n)
{
	int64_t papers;

	for (; n > 0; n -= 30) {
		w.p.h.now += (n < 30 ? n : 30) * DAY;
		(void)ph_run(w.v, &papers, NULL);
	}
}

static void
a_list_of_recipients_counts_from_the_last(void **state)
{
	struct hrv_doc *doc = NULL;
	struct people_newest p;
	char hold[40];
	(void)state;

	disclose();
	days(20);
	disclose();
	assert_int_equal(told(), 2);
	assert_int_equal(ph_forecast(w.v), 1);
	days(20);
	ph_why_is(w.v, record, "");
	days(15);
	ph_why_is(w.v, record, "review");
	assert_int_equal(ph_due(w.v), 1);
	(void)hh_hold_record(w.v, record, hold);
	ph_why_is(w.v, record, "hold");
	OK_(hh_release(w.v, hold, err));
	days(11);
	FAILS(hrv_purge_propose(w.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	assert_int_equal(told(), 2);
	/* Told again, the list is another one, and not over. */
	disclose();
	OK_(hrv_purge_run_plan(w.v, p.id, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "papers", -1), 0);
	assert_true(hh_says(doc, "\"dropped\":[{"));
	assert_int_equal(told(), 3);
	days(35);
	FAILS(hrv_purge_propose(w.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	OK_(hrv_purge_run_plan(w.v, p.id, &doc, err));
	assert_int_equal(hrv_doc_int(doc, "papers", -1), 1);
	hrv_doc_free(doc);
	assert_int_equal(told(), 0);
	assert_true(hh_lives(w.v, record));
	ph_sound(w.v);
}

static void
a_disclosure_that_was_dated_back_ends_nothing(void **state)
{
	struct hrv_doc *doc = NULL;
	size_t before = told();
	(void)state;

	disclose();
	tamper(w.v, "UPDATE disclosure SET day = '2001-01-01';");
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	assert_int_equal(told(), before + 1);
}

/* What the vault's clock said then, not what a time zone makes of it now. */
static void
a_time_zone_of_another_schedule_stops_nothing(void **state)
{
	struct hrv_doc *doc = NULL;
	(void)state;

	tamper(w.v, "DELETE FROM disclosure;");
	disclose();
	days(35);
	tamper(w.v, "UPDATE disclosure SET day = date(day, '+1 day');");
	ph_why_is(w.v, record, "review");
	OK_(hrv_purge_run(w.v, &doc, err));
	hrv_doc_free(doc);
	tamper(w.v, "UPDATE disclosure SET day = date(day, '+1 day');");
	FAILS(hrv_purge_run(w.v, &doc, err), HRV_EINTEGRITY);
	tamper(w.v, "UPDATE disclosure SET day = date(day, '-2 days');");
}

static void
a_witness_who_asks_is_told_whom_it_went_to(void **state)
{
	struct hrv_case_event_args known = { .event = HRV_CASE_IDENTITY_GIVEN,
		.text = "passport seen" };
	char witness[40], kase[40];
	struct hrv_doc *doc = NULL;
	(void)state;

	ph_why_is(w.v, record, "review");
	hh_subject(w.v, witness);
	OK_(hrv_record_link(w.v, record, witness, "witness", &doc, err));
	hrv_doc_free(doc);
	hh_law(w.v);
	hh_case(&w, witness, kase);
	known.which = kase;
	OK_(hrv_case_event(w.v, &known, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_case_collect(w.v, kase, NULL, NULL, &doc, err));
	hrv_doc_free(doc);
	ph_why_is(w.v, record, "case");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_recipients_counts_from_the_last),
		cmocka_unit_test(a_time_zone_of_another_schedule_stops_nothing),
		cmocka_unit_test(a_witness_who_asks_is_told_whom_it_went_to),
		cmocka_unit_test(a_disclosure_that_was_dated_back_ends_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
